# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws a scenario of real processes from its seed: what is asked for, and at which request which process is killed."""

from __future__ import annotations

import dataclasses
import random
import typing as t

from tests.campaign.draw import SOURCE, Death, Round, Scenario, Start, draw_standing, draw_wanted
from tests.campaign.wire import COPY

SETTINGS = (
    ("kept", "host"),
    ("wiped", "cloud"),
    ("two_on_one_host", "host"),
    ("kept", "cloud"),
    ("two_hosts", "cloud"),
)
# Who is killed: all that came of the command; all but the module, which works in the background; the command alone.
ALL, WATCHERS, CONTROLLER = "all", "watchers", "controller"
BEFORE, AFTER, ANSWERED = "before", "after", "answered"
# Longer than a mark of a run that died counts for, in seconds.
LONG_PAUSE = 150.0


@dataclasses.dataclass
class Kill(Death):
    """``how``: ``before`` the effect of a request, ``after`` it, or when the answer has just gone out.

    :param at: so many requests are let through before
    :param operation: which requests are counted; None: any
    """

    operation: str | None = None
    whom: str = ALL
    signal: str = "SIGKILL"


def draw(seed: int) -> Scenario:
    """Its seconds are real ones: the clocks of processes are nobody's to move."""
    dice = random.Random(seed)
    setting, ledger = SETTINGS[seed % len(SETTINGS)]
    many = dice.random() < 0.8
    options = _options(dice, many)
    options["ledger"] = ledger
    wanted = draw_wanted(dice, many, options)
    scenario = Scenario(
        seed=seed,
        setting=setting,
        ledger=ledger,
        many=many,
        wanted=wanted,
        options=options,
        switches=_switches(dice, ledger),
        outcomes=_outcomes(dice, wanted[0].source_id),
        standing=draw_standing(dice, wanted, options),
        rounds=[],
        auth=dice.choice(("aksk", "aksk", "password", "temporary")),
    )
    scenario.rounds = [_round(dice, scenario) for _number in range(dice.choice((1, 1, 2)))]
    return scenario


def _options(dice: random.Random, many: bool) -> dict[str, t.Any]:
    options: dict[str, t.Any] = {
        "source_region": SOURCE.region,
        "wait_interval": dice.choice((0.2, 0.5)),
        "wait_timeout": 20,
        "confirm_timeout": 8,
        "settle_time": 1,
        "max_retries": 1,
        "request_timeout": 10,
        "match": dice.choice(("name_and_origin", "name_and_origin", "origin", "name")),
        "progress_interval": 1,
    }
    if dice.random() < 0.4:
        options.update(description="golden", tags={"env": "dr"}, copy_tags=dice.random() < 0.5)
    if many:
        options.update(
            max_concurrent=dice.randint(1, 3),
            max_attempts=dice.choice((1, 1, 2)),
            order=dice.choice(("largest_first", "as_listed")),
            on_preflight_failure="fail",
        )
    return options


def _switches(dice: random.Random, ledger: str) -> dict[str, t.Any]:
    return {
        "replica_visible": dice.choice(("at_once", "late")),
        "replica_delay": round(dice.uniform(1, 3), 1),
        "origin_written": dice.choice(("at_once", "at_end")),
        "job_image_id": dice.choice(("early", "late")),
        "progress_endpoint": dice.random() < 0.85,
        "carried_attributes": dice.random() < 0.3,
        "patch_while_copying": "refused" if dice.random() < 0.1 else "allowed",
        "lost_updates": dice.choice((0.0, 0.0, 0.3)) if ledger == "cloud" else 0.0,
        "list_lag": dice.choice((0.0, 0.0, 0.3)),
        "slots": dice.choice((5, 5, 1)),
        "page_limit": dice.choice((3, 500)),
        "copy_base_seconds": round(dice.uniform(0.5, 3), 1),
        "copy_seconds_per_gib": 0.02,
    }


def _outcomes(dice: random.Random, source_id: str) -> list[dict[str, t.Any]]:
    if dice.random() > 0.15:
        return []
    leftover, where = dice.choice(("killed", "none")), dice.choice(("top", "entities", "sub_job"))
    return [{"image_id": source_id, "status": "FAIL", "error_code": "IMG.0151", "where": where, "leftover": leftover}]


def _round(dice: random.Random, scenario: Scenario) -> Round:
    two = scenario.setting in ("two_on_one_host", "two_hosts")
    starts = [Start(death=_kill(dice, scenario))]
    if two:
        death = _kill(dice, scenario) if dice.random() < 0.5 else None
        # So many requests of the first have come when the second one begins.
        starts.append(Start(int(scenario.setting == "two_hosts"), dice.choice((0, 5, 15)), death=death))
    long = dice.random() < (0.8 if scenario.ledger == "cloud" else 0.3)
    return Round(starts, [], pause=LONG_PAUSE if long else 0.0)


def _kill(dice: random.Random, scenario: Scenario) -> Kill:
    whom = dice.choices((ALL, CONTROLLER, WATCHERS), (45, 40, 15))[0]
    signals = {ALL: (*["SIGKILL"] * 5, "SIGTERM"), CONTROLLER: (*["SIGKILL"] * 3, "SIGTERM", "SIGINT")}
    operations: tuple[str | None, ...] = (*[COPY] * 6, None, None, None, "ListImages", "ShowJobProgress")
    if scenario.ledger == "cloud":
        operations += ("UpdateImage",)
    operation = dice.choice(operations)
    most = {COPY: len(scenario.wanted) - 1, None: 30}.get(operation, 3)
    return Kill(
        dice.choice((BEFORE, AFTER, ANSWERED)),
        dice.randint(0, most),
        operation,
        whom,
        dice.choice(signals.get(whom, ("SIGKILL",))),
    )
