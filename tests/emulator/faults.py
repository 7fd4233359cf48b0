# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scripted trouble: which requests meet it, how often, and what it does to them."""

from __future__ import annotations

import dataclasses
import re
import typing as t

ACTIONS = ("respond", "drop", "delay", "mangle", "drip")


@dataclasses.dataclass(frozen=True)
class Match:
    """Absent conditions hold for every request; ``path`` is a regular expression, searched in the path received."""

    operation: str | None = None
    service: str | None = None
    region: str | None = None
    method: str | None = None
    path: str | None = None

    def holds(self, facts: Facts) -> bool:
        plain = ("operation", "service", "region", "method")
        for name in plain:
            wanted = getattr(self, name)
            if wanted is not None and wanted != getattr(facts, name):
                return False
        return self.path is None or re.search(self.path, facts.path) is not None


@dataclasses.dataclass(frozen=True)
class Facts:
    """What a fault can tell of a request."""

    operation: str | None
    service: str
    region: str | None
    method: str
    path: str


@dataclasses.dataclass
class Fault:
    """``times`` None: for ever. ``effect``: the request is carried out before the trouble begins."""

    match: Match
    do: str
    skip: int = 0
    times: int | None = 1
    effect: bool = False
    status: int = 503
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: t.Any = None
    content_type: str | None = None
    seconds: float = 0.0
    id: str = ""
    matched: int = 0
    hits: int = 0

    def as_dict(self) -> dict[str, t.Any]:
        return dataclasses.asdict(self)


def fault_from(values: t.Mapping[str, t.Any]) -> Fault:
    """A fault from what the control interface was sent; raises ValueError."""
    given = dict(values)
    match = given.pop("match", None) or {}
    known = {field.name for field in dataclasses.fields(Fault)} - {"id", "match", "matched", "hits"}
    unknown = sorted(given.keys() - known)
    if unknown or not isinstance(match, dict):
        raise ValueError(f"a fault has no {', '.join(unknown)}" if unknown else "match is an object")
    if given.get("do") not in ACTIONS:
        raise ValueError(f"a fault does one of {', '.join(ACTIONS)}, not {given.get('do')!r}")
    try:
        fault = Fault(match=Match(**match), **given)
        re.compile(fault.match.path or "")
    except (TypeError, re.error) as error:
        raise ValueError(str(error)) from None
    return fault


class Faults:
    """The faults in the order in which they were added: the first that applies to a request is the one it meets."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._added = 0

    def add(self, fault: Fault) -> str:
        self._added += 1
        fault.id = f"fault-{self._added}"
        self._faults.append(fault)
        return fault.id

    def clear(self) -> None:
        self._faults.clear()

    def listed(self) -> list[dict[str, t.Any]]:
        return [fault.as_dict() for fault in self._faults]

    def meet(self, facts: Facts) -> Fault | None:
        """The fault that this request meets, counted."""
        for fault in self._faults:
            if fault.times is not None and fault.hits >= fault.times:
                continue
            if not fault.match.holds(facts):
                continue
            fault.matched += 1
            if fault.matched > fault.skip:
                fault.hits += 1
                return fault
        return None
