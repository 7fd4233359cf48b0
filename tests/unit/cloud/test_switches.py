# SPDX-License-Identifier: GPL-3.0-or-later
"""What the public reference leaves open: the outcome is the same whichever way the service behaves."""

from __future__ import annotations

import functools

import pytest

SETTINGS = [
    {},
    {"replica_visible": "late", "replica_delay": 70},
    {"origin_written": "at_end"},
    {"job_image_id": "late"},
    {"unique_names": True},
    {"booleans": "lower"},
    {"booleans": "upper"},
    {"booleans": "native"},
    {"shared_out_as": "private"},
    {"page_info": True},
    {"page_limit": 2},
    {"page_limit": 2, "page_info": True},
    {"progress_endpoint": False},
    {"retry_after": True, "requests_per_minute": 6},
    {"requests_per_minute": 6},
    {"sizes": "string"},
    {"sizes": "integer"},
    {"copies_tags": True},
    {"replica_visible": "late", "origin_written": "at_end", "job_image_id": "late", "progress_endpoint": False},
    {
        "replica_visible": "late",
        "origin_written": "at_end",
        "job_image_id": "late",
        "unique_names": True,
        "booleans": "native",
        "shared_out_as": "private",
        "page_limit": 1,
        "sizes": "integer",
        "copies_tags": True,
        "progress_endpoint": False,
    },
]


def named(setting):
    return ",".join(f"{name}={value}" for name, value in setting.items()) or "as observed"


@pytest.fixture(params=SETTINGS, ids=named)
def cloud(cloud, request, monkeypatch):
    cloud.switch(**request.param)
    # Enough to sit out a minute's worth of flow control.
    monkeypatch.setenv("HW_MAX_RETRIES", "20")
    return cloud


@pytest.fixture
def copy(copy):
    return functools.partial(copy, wait_interval=30)


OPTIONS = {"description": "kept", "tags": {"env": "dr"}, "min_ram": 1024, "max_ram": 8192, "purge_tags": True}


def test_a_copy_is_made_once_brought_in_line_and_then_left_alone(cloud, copy, replicas):
    foretold = copy(check=True, **OPTIONS)
    assert cloud.mutations() == []
    first = copy(**OPTIONS)
    cloud.clear_journal()
    second = copy(**OPTIONS)

    assert set(foretold) == set(first) == set(second)
    assert (foretold["changed"], foretold["action"]) == (first["changed"], first["action"]) == (True, "submitted")
    assert (second["changed"], second["action"]) == (False, "none")
    assert first["image"] == second["image"]
    assert cloud.mutations() == []
    assert len(replicas()) == 1
    image = first["image"]
    assert (image["description"], image["tags"]) == ("kept", {"env": "dr"})
    assert (image["min_ram"], image["max_ram"]) == (1024, 8192)
    assert image["size_bytes"] == 3 * 1024**3
    assert image["origin"] == {"region": "cn-north-4", "image_id": first["source_image"]["id"]}


def test_a_killed_run_a_lost_reply_and_a_job_taken_up_end_with_one_replica_each(cloud, copy, killed, replicas):
    assert killed(2)
    assert copy()["action"] in ("none", "waited")

    cloud.fault(operation="CopyImageCrossRegion", do="drop", effect=True)
    assert copy(name="lost")["image"]["status"] == "active"

    job = copy(name="later", wait=False)["job"]["id"]
    assert copy(name="later", job_id=job)["image"]["status"] == "active"

    assert [len(replicas(name)) for name in ("ubuntu-22.04-web", "lost", "later")] == [1, 1, 1]
    assert len([request for request in cloud.copies() if request["took_effect"]]) == 3


def test_a_copy_that_fails_is_told_with_its_reason_and_can_be_made_again(cloud, copy, replicas):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="no space", at=0.4)

    failed = copy()
    again = copy()

    assert failed["error"]["code"] == "IMG.0061"
    assert "no space" in failed["msg"]
    assert again["action"] == "submitted"
    assert len(replicas()) == 1


def test_a_copy_that_takes_too_long_is_left_to_go_on_and_taken_up_again(cloud, copy, replicas):
    cloud.outcome(name="ubuntu-22.04-web", seconds=500)

    late = copy(wait_timeout=200)
    result = copy()

    assert late["timed_out"] is True
    assert (result["changed"], result["action"]) == (False, "waited")
    assert len(replicas()) == 1
