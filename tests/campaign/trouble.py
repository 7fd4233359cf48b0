# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws what goes wrong with requests: faults of every kind on every operation, before the effect and after it."""

from __future__ import annotations

import dataclasses
import random

from tests.campaign.wire import COPY, Trouble

OPERATIONS = (
    *[COPY] * 5,
    *["ListImages"] * 3,
    *["ShowJobProgress"] * 2,
    *["UpdateImage"] * 2,
    "ShowJob",
    "GlanceShowImage",
    "BatchAddOrDeleteTags",
    "CreateToken",
    "ListProjects",
    "ListRegions",
    "ListAgencies",
    "ListRolesForAgencyOnProject",
    "ShowImageQuota",
    None,
)
KINDS = (*["drop"] * 4, *["status"] * 6, *["slow"] * 2, *["late"] * 2, "refuse", "mangle", "cut", "html", "empty")
ANSWERS: tuple[tuple[int, str | None], ...] = (
    (408, None),
    (499, None),
    (500, None),
    (500, "IMG.0061"),
    (502, None),
    (503, None),
    (504, None),
    (504, "APIGW.0201"),
    (429, "APIGW.0308"),
    (400, "IMG.0149"),
    (400, "IMG.0060"),
    (401, "APIGW.0301"),
    (403, "APIGW.0302"),
    (400, "IMG.0061"),
)
# What says that nothing was begun, or that it never will be: told after the effect it is a lie, which cannot be seen
# through before the replica shows.
DENIALS = (400, 401, 403, 429)


# What refusals say of when to come again: seconds, a date far away, and what nobody can read.
WAITS = ("0", "1", "20", "20", "300", "86400", "99999999999", "-5", "Wed, 01 Apr 2026 12:00:00 GMT", "soon")


@dataclasses.dataclass
class Gap:
    """A time, in seconds after the round began, in which nothing is answered as it should be."""

    begins: float
    seconds: float
    trouble: Trouble


def draw_troubles(dice: random.Random, patience: float) -> tuple[list[Trouble], list[Gap]]:
    """``patience``: the time-out of a request."""
    troubles = [_trouble(dice, patience) for _number in range(dice.choice((0, 1, 2, 3, 4, 6)))]
    gaps = []
    if dice.random() < 0.1:
        away = Trouble(dice.choice(("drop", "status", "refuse")), dice.choice(OPERATIONS), times=None)
        gaps.append(Gap(dice.uniform(0, 120), dice.uniform(10, 400), away))
    if dice.random() < 0.06:
        # Jobs that nobody can ask for.
        status, code = dice.choice(((400, "IMG.0023"), (404, None), (403, "APIGW.0302"), (500, None)))
        troubles += [
            Trouble("status", operation, times=None, status=status, code=code)
            for operation in ("ShowJobProgress", "ShowJob")
        ]
    return troubles, gaps


def mannered(dice: random.Random, troubles: list[Trouble], patience: float) -> None:
    """Some refusals ask for patience, and some are long in coming."""
    for one in troubles:
        if one.kind == "status":
            one.retry_after = dice.choice(WAITS) if dice.random() < 0.4 else None
            one.takes = dice.uniform(0, 1.2 * patience) if dice.random() < 0.2 else 0.0


def _trouble(dice: random.Random, patience: float) -> Trouble:
    made = Trouble(
        kind=dice.choice(KINDS),
        operation=dice.choice(OPERATIONS),
        skip=dice.choice((0, 0, 0, 1, 2, 5, 10)),
        times=dice.choice((1, 1, 1, 2, 3, 6)),
        effect=dice.random() < 0.5,
    )
    if made.kind == "status":
        made.status, made.code = dice.choice(ANSWERS)
        if made.status in DENIALS and dice.random() < 0.8:
            made.effect = False
        if made.status in (401, 403, 429, 400):
            made.times = min(made.times or 1, 3)
    made.seconds = dice.choice((dice.uniform(0.5, patience), dice.uniform(patience, 3 * patience)))
    return made
