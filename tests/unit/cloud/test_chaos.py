# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever trouble meets two runs, the third one ends with exactly one replica, and no copy was begun twice."""

from __future__ import annotations

import random

import pytest

OPERATIONS = [
    "CopyImageCrossRegion",
    "CopyImageCrossRegion",
    "ShowJobProgress",
    "ListImages",
    "UpdateImage",
    "BatchAddOrDeleteTags",
    "ListProjects",
    "ShowImageQuota",
    None,
]
BUSY = {"status": 400, "body": {"error": {"code": "IMG.0149"}}, "effect": False}
INSIDE = {"status": 400, "body": {"error": {"code": "IMG.0061"}}}
OPTIONS = {"description": "golden", "tags": {"env": "dr"}, "copy_tags": True, "max_ram": 4096}


def trouble(dice):
    """A fault that may happen to a request. A refusal that lies is not among them: nobody could tell."""
    do = dice.choice(["drop", "drop", "mangle", "respond", "respond", "busy", "inside"])
    fault = {
        "operation": dice.choice(OPERATIONS),
        "times": dice.choice([1, 1, 2, 5]),
        "skip": dice.choice([0, 0, 1, 3]),
    }
    if do == "busy":
        return {**fault, "do": "respond", **BUSY}
    fault["effect"] = dice.random() < 0.5
    if do == "inside":
        return {**fault, "do": "respond", **INSIDE}
    return {**fault, "do": do, "status": dice.choice([500, 502, 503, 504])}


def behaviour(dice):
    return {
        "replica_visible": dice.choice(["at_once", "late"]),
        "replica_delay": dice.choice([5, 60, 90]),
        "origin_written": dice.choice(["at_once", "at_end"]),
        "job_image_id": dice.choice(["early", "late"]),
        "unique_names": dice.random() < 0.3,
        "progress_endpoint": dice.random() < 0.7,
        "page_limit": dice.choice([1, 500]),
    }


@pytest.mark.parametrize("seed", range(30))
def test_after_any_trouble_a_run_that_meets_none_ends_with_exactly_one_replica(
    cloud, copy, killed, clock, replicas, as_user, seed
):
    dice = random.Random(seed)
    as_user(how=dice.choice(["aksk", "password"]))
    cloud.switch(**behaviour(dice))
    for _run in range(2):
        for _fault in range(dice.randint(1, 4)):
            cloud.fault(**trouble(dice))
        killed(dice.randint(0, 12), wait=dice.random() < 0.8, **OPTIONS)
        clock.advance(dice.choice([0, 1, 30, 200]))
    cloud.clear_faults()

    result = copy(**OPTIONS)

    assert result.get("failed", False) is False, result["msg"]
    assert result["image"]["status"] == "active"
    assert result["image"]["tags"] == {"env": "dr", "role": "web"}
    assert len(replicas()) == 1
    assert len([request for request in cloud.copies() if request["took_effect"]]) == 1
    cloud.clear_journal()
    assert copy(**OPTIONS)["action"] == "none"
    assert cloud.mutations() == []
