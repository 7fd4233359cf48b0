# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.matrix``: ansible-test with every series of ansible-core that the collection supports.

The series and their Pythons are those that the package index has now. The exit status is 1 when anything fails with a
final release, or cannot run and was not named by ``--skip``; what comes before a release is reported alone.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import subprocess
import sys
import typing as t

import yaml

from tests.tools import pythons
from tests.tools.matrix import cell as cells
from tests.tools.matrix.cores import Core, known
from tests.tools.matrix.plan import Cell, Plan, plan, table

ROOT = pathlib.Path(__file__).resolve().parents[3]
# The Python that runs this, and the environment of the tests.
THIS, THIS_ONE = "{}.{}".format(*sys.version_info), pathlib.Path(sys.executable)
PACKAGES = ROOT / ".build" / "matrix" / "packages"


def oldest() -> str:
    """The oldest series that is supported, such as "2.16": meta/runtime.yml says so."""
    wanted = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    return ".".join(str(wanted).removeprefix(">=").split(".")[:2])


def run(one: Cell, python: pathlib.Path, parts: list[str], skip: list[str]) -> list[cells.Outcome]:
    """All parts of one cell. One without an environment has failed."""
    try:
        print(cells.set_up(one, python), flush=True)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        return [cells.Outcome(one, part, False, 0.0, f"no environment: {error}") for part in parts]
    outcomes = []
    for part in parts:
        outcomes.append(cells.run(one, part, skip))
        print(f"  {part}: {word(outcomes[-1])}, {outcomes[-1].note}", flush=True)
    return outcomes


def word(outcome: cells.Outcome) -> str:
    if outcome.passed:
        return "ok"
    return "FAILED" if outcome.cell.core.final else "failed (pre-release)"


def is_green(outcomes: list[cells.Outcome], missing: list[str]) -> bool:
    """Whether all ran, and passed with every final release; where nothing ran nothing is green."""
    final = [one for one in outcomes if one.cell.core.final]
    return bool(final) and all(one.passed for one in final) and not missing


def named(only: str, cores: list[Core]) -> list[str]:
    """The series that are named; ``oldest`` and ``default``, the newest that this Python takes, are names as well.

    :raises SystemExit: when there is no such series
    """
    takes = [core.series for core in cores if core.final and THIS in core.pythons]
    words = {"oldest": oldest(), "default": takes[-1] if takes else "default"}
    names = [words.get(name, name) for name in only.split(",") if name]
    unknown = [name for name in names if name not in [core.series for core in cores]]
    if unknown:
        sys.exit(f"There is no core {', '.join(unknown)}; there are {', '.join(core.series for core in cores)}.")
    return names


def not_here(cores: list[Core], only: list[str], here: t.Collection[str]) -> list[str]:
    """The Pythons of these cores, and of their targets, that this machine has not."""
    last = max(pythons.by_version(one) for core in cores if not only or core.series in only for one in core.pythons)
    first = pythons.by_version(cells.oldest_target())
    wanted = [f"3.{minor}" for minor in range(first[1], last[1] + 1)]
    return [python for python in wanted if python not in here]


def told(outcomes: list[cells.Outcome], missing: list[str], left_out: t.Mapping[str, str]) -> str:
    """The table at the end, and what did not run."""
    heading = ("core", "Python", "part", "", "seconds", "what ran")
    rows = [
        (one.cell.core.version, one.cell.python, one.part, word(one), f"{one.seconds:.0f}", one.note)
        for one in outcomes
    ]
    lines = [table([heading, *rows]), *(f"NOT RUN: {what}" for what in missing)]
    return "\n".join([*lines, *(f"Left out, {why}: {what}" for what, why in left_out.items())])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.matrix", description=__doc__)
    parser.add_argument("--cores", default="", metavar="2.16,2.19", help="these alone; or oldest, or default")
    parser.add_argument("--parts", required=True, help=f"some of {', '.join(cells.PARTS)}")
    parser.add_argument("--skip", default="", metavar="2.20,3.14", help="series and Pythons that need not run")
    parser.add_argument("--here", action="store_true", help="leave out Pythons that are not here, and tell which")
    arguments = parser.parse_args()
    parts = arguments.parts.split(",")
    if set(parts) - set(cells.PARTS):
        parser.error(f"parts are {', '.join(cells.PARTS)}")
    here = pythons.here(os.environ.get("PATH", ""))
    cores = known(oldest(), PACKAGES)
    only = named(arguments.cores, cores)
    left_out = {name: "as asked for" for name in arguments.skip.split(",") if name}
    if arguments.here:
        left_out.update((python, "for it is not here") for python in not_here(cores, only, here))
    skip = list(left_out)
    planned = plan(cores, here, skip, only)
    if arguments.cores == "default":
        planned = Plan([Cell(core, THIS) for core in cores if core.series in only], [])
    outcomes = [outcome for one in planned.cells for outcome in run(one, here.get(one.python, THIS_ONE), parts, skip)]
    print("\n" + told(outcomes, planned.missing, left_out))
    return 0 if is_green(outcomes, planned.missing) else 1


if __name__ == "__main__":
    sys.exit(main())
