# SPDX-License-Identifier: GPL-3.0-or-later
"""Which core runs on which Python of this machine, and what cannot run; pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from tests.tools.matrix.cores import Core
from tests.tools.pythons import by_version

PYTHON = re.compile(r"3\.\d+")


@dataclasses.dataclass(frozen=True)
class Cell:
    """A core on a Python."""

    core: Core
    python: str

    @property
    def name(self) -> str:
        return f"{self.core.series}-py{self.python}"


@dataclasses.dataclass(frozen=True)
class Plan:
    """``missing`` is what should run and cannot, in words; with it nothing is green."""

    cells: list[Cell]
    missing: list[str]


def plan(
    cores: t.Sequence[Core], here: t.Collection[str], skip: t.Collection[str], only: t.Collection[str] = ()
) -> Plan:
    """Each series on the newest of its Pythons that is here, the newest final one on the oldest of them as well.

    :param here: the Pythons of this machine
    :param skip: series and Pythons that were named as not to be run
    :param only: series that alone are to be run, if there are any
    """
    wanted = [core for core in cores if core.series not in skip and (not only or core.series in only)]
    final = [core.series for core in cores if core.final]
    cells: list[Cell] = []
    missing: list[str] = []
    for core in wanted:
        of_this = sorted((python for python in core.pythons if python not in skip), key=by_version)
        runs = [python for python in of_this if python in here]
        if not runs:
            missing.append(f"core {core.series}: none of its Pythons is here ({', '.join(core.pythons)})")
            continue
        both = final and core.series == final[-1]
        cells += [Cell(core, python) for python in dict.fromkeys([runs[-1], *(runs[:1] if both else [])])]
        missing += [f"core {core.series} on Python {python}" for python in of_this if python not in here]
    known = {core.series for core in cores}
    nothing = [name for name in skip if name not in known and not PYTHON.fullmatch(name)]
    missing += [f"SKIP={name} is no series of core and no Python" for name in nothing]
    return Plan(cells, missing)


def not_seen(wanted: t.Iterable[str], seen: t.Collection[str], skip: t.Collection[str]) -> list[str]:
    """The Pythons on which something should have run, and has not."""
    return [python for python in sorted(wanted, key=by_version) if python not in seen and python not in skip]


def table(rows: t.Sequence[t.Sequence[str]]) -> str:
    """Rows of words below each other, the first one a heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip() for row in rows)
