# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a scenario of real processes: as any other by the books, and by what a kill leaves behind."""

from __future__ import annotations

import typing as t

from tests.campaign.draw_kills import CONTROLLER
from tests.campaign.judge import Verdict, judge
from tests.campaign.judge_twice import Finding
from tests.campaign.playbooks import PlayedOut, Struck
from tests.campaign.wire import COPY

# What was on its way when the lease went, arrives within so many seconds.
ON_ITS_WAY = 5.0


def judge_killed(played: PlayedOut) -> Verdict:
    verdict = judge(played)
    for number, struck in played.struck.items():
        verdict.findings += [
            Finding("lease", f"run {number}: {text}") for text in _submits_nothing(played, number, struck)
        ]
    for number in played.lingering:
        verdict.findings.append(Finding("lingers", f"run {number}: it goes on, and nobody waits for it"))
    verdict.findings += [Finding("secret", text) for text in played.betrayed]
    return verdict


def _submits_nothing(played: PlayedOut, number: int, struck: Struck) -> t.Iterator[str]:
    """A run nobody waits for submits nothing, but for what was on its way; a look is no run yet."""
    if struck.unwatched_at is None:
        yield "its lease was there to the end"
        return
    later = [sent.at for sent in played.book if sent.run == number and sent.entry.operation == COPY]
    later = [at for at in later if at > struck.unwatched_at]
    most = 1 if struck.kill.whom == CONTROLLER and struck.watched else 0
    if len(later) > most or any(at > struck.unwatched_at + ON_ITS_WAY for at in later):
        moments = ", ".join(f"{at:.1f}" for at in later)
        yield f"it submits at {moments} s, and nobody waits for it since {struck.unwatched_at:.1f} s"
