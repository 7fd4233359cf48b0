# SPDX-License-Identifier: GPL-3.0-or-later
"""What one side answers and the other does not; pure."""

from __future__ import annotations

import dataclasses
import typing as t

from tests.parity.exchanges import Exchange
from tests.parity.shapes import Shape, shape, together

LACKED = "for want of"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one step: ``said`` is "ok", or the kind and code of the error that our client made of the answer."""

    step: str
    said: str
    exchanges: t.Sequence[Exchange]

    @property
    def was_asked(self) -> bool:
        return bool(self.exchanges)

    @property
    def lacked(self) -> bool:
        """Whether it could not be asked for want of something; otherwise it was tried."""
        return self.said.startswith(LACKED)


@dataclasses.dataclass(frozen=True)
class Finding:
    """``differs``: the two cannot both be right. Otherwise it was only seen on one of the two sides."""

    step: str
    text: str
    differs: bool


def compare(real: t.Sequence[Outcome], emulator: t.Sequence[Outcome]) -> list[Finding]:
    """Step by step; what was not asked on either side is a remark."""
    ours = {outcome.step: outcome for outcome in emulator}
    return [finding for theirs in real for finding in _step(theirs, ours[theirs.step])]


def _step(real: Outcome, emulator: Outcome) -> t.Iterator[Finding]:
    if not (real.was_asked and emulator.was_asked):
        if real.was_asked or emulator.was_asked:
            tried = not real.lacked and not emulator.lacked
            yield Finding(real.step, f"was asked of one side alone: {real.said} / {emulator.said}", tried)
        return
    if real.said != emulator.said:
        yield Finding(real.step, f"ends as {real.said}, and with the emulator as {emulator.said}", True)
    answers, expected = _statuses(real), _statuses(emulator)
    if answers != expected:
        yield Finding(real.step, f"is answered with {answers}, and by the emulator with {expected}", True)
    yield from _shapes(real.step, _shape(real), _shape(emulator))


def _statuses(outcome: Outcome) -> str:
    return ", ".join(sorted({str(one.status) for one in outcome.exchanges}))


def _shape(outcome: Outcome) -> Shape:
    return together(shape(one.body) for one in outcome.exchanges)


def _shapes(step: str, real: Shape, emulator: Shape) -> t.Iterator[Finding]:
    for path in sorted({*real, *emulator}):
        here, there = real.get(path), emulator.get(path)
        name = path or "the answer"
        if here is None:
            yield Finding(step, f"{name} is the emulator's alone", False)
        elif there is None:
            yield Finding(step, f"{name} ({_types(here)}) is not the emulator's", False)
        # What is null somewhere may be null elsewhere: that alone is no other type.
        elif not (here - {"null"} <= there - {"null"} or there - {"null"} <= here - {"null"}):
            yield Finding(step, f"{name} is {_types(here)}, and with the emulator {_types(there)}", True)


def _types(types: set[str]) -> str:
    return " or ".join(sorted(types))
