# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the service asks for, a run comes to its end when it was told to, and says what there was no time for."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import ims

ROLES = "ListRolesForAgencyOnProject"
PLANNING = ["ListProjects", "ListRegions", "ListImages", "ListAgencies", ROLES, "ShowImageQuota"]
RESTING = {"do": "respond", "status": 429, "headers": {"Retry-After": "86400"}, "times": None}
LEFT_ALONE = "it wants to be left alone for 86400 s, and the time is over"


@pytest.mark.parametrize("operation", PLANNING)
def test_a_plan_waits_for_the_service_as_long_as_wait_timeout_allows(cloud, copy, clock, operation):
    cloud.fault(operation=operation, **RESTING)

    result = copy(wait_timeout=60)

    assert (result["failed"], result["error"]["http_status"]) == (True, 429)
    assert LEFT_ALONE in result["msg"]
    assert sum(clock.sleeps) <= 60
    assert cloud.mutations() == []


def test_all_that_a_plan_asks_shares_the_time_of_wait_timeout(cloud, copy, clock):
    for operation in PLANNING:
        cloud.fault(operation=operation, **{**RESTING, "headers": {"Retry-After": "50"}, "times": 1})

    copy(wait_timeout=60)

    assert sum(clock.sleeps) <= 60


def test_what_a_plan_takes_is_part_of_run_for(cloud, migrate, clock):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)
    cloud.fault(operation="ListImages", **{**RESTING, "headers": {"Retry-After": "40"}, "times": 1})

    result = migrate(run_for=60, images=[{"image_name": "ubuntu-22.04-web"}])

    assert (result["cut_short"], result["counts"]["in_progress"]) == (True, 1)
    assert 60 <= clock.monotonic() < 70


def test_a_plan_comes_back_by_run_for(cloud, copy, migrate, clock):
    cloud.fault(operation="ListImages", **RESTING)

    assert LEFT_ALONE in copy(run_for=45)["msg"]
    assert sum(clock.sleeps) <= 45
    assert LEFT_ALONE in migrate(run_for=45, query="[]")["msg"]
    assert sum(clock.sleeps) <= 45


def test_who_does_not_wait_for_the_copy_waits_five_minutes_for_its_plan(cloud, copy, clock):
    cloud.fault(operation="ListImages", **RESTING)

    assert LEFT_ALONE in copy(wait=False, wait_timeout=10**6)["msg"]
    assert sum(clock.sleeps) <= 300


@pytest.mark.parametrize("operation", ["ListImages", "ShowJobProgress"])
def test_a_look_at_a_copy_under_way_ends_with_wait_timeout_whatever_the_service_asks_for(
    cloud, copy, clock, operation
):
    job = copy(wait=False)["job"]["id"]
    cloud.fault(operation=operation, region="cn-north-4" if operation == "ShowJobProgress" else "cn-south-1", **RESTING)
    before = clock.monotonic()

    result = copy(job_id=job, wait_timeout=60)

    assert result["failed"] is True
    # The last look comes after the time-out, and is a look like any other.
    assert clock.monotonic() - before <= 60 + 10 + 120


def test_a_login_that_is_put_off_ends_with_the_call_that_it_is_for(cloud, copy, as_user, clock):
    as_user(how="password")
    cloud.fault(operation="CreateToken", **RESTING)

    assert LEFT_ALONE in copy(wait_timeout=60)["msg"]
    assert sum(clock.sleeps) <= 60


@pytest.mark.parametrize("lifetime", [30, 299, 300, 600])
def test_a_short_lived_token_is_used_for_most_of_its_life(cloud, copy, as_user, lifetime):
    as_user(how="password")
    cloud.switch(token_lifetime=lifetime)

    result = copy()

    assert result["image"]["status"] == "active"
    logins = cloud.journal(operation="CreateToken")
    # Three scopes, each of which logs in anew when nine tenths of its token's life are over.
    assert len(logins) <= 3 * (1 + result["waited"] // (lifetime * 0.9))


def test_a_service_that_always_has_another_page_is_not_listed_for_ever(cloud, copy, monkeypatch):
    for number in range(30):
        cloud.add_image("cn-south-1", name=f"more-{number}")
    cloud.switch(page_limit=1)
    monkeypatch.setattr(ims, "MOST_IMAGES", 20)

    result = copy()

    assert "the list of images in cn-south-1 does not end: 21 images on 21 pages" in result["msg"]
    assert cloud.mutations() == []


def test_marks_that_cannot_be_read_once_a_copy_has_ended_do_not_make_it_fail(cloud, copy):
    # The first two readings are those before the submission and after it.
    cloud.fault(operation="GlanceShowImage", do="respond", status=200, body="[]", skip=2, times=None)

    result = copy(ledger="cloud")

    marks = [name for name in cloud.image("ubuntu-22.04-web") if name.startswith("ims_copy_")]
    assert (result.get("failed", False), result["image"]["status"], marks) == (False, "active", [])


@pytest.mark.parametrize(
    ("operation", "wanted"), [("UpdateImage", {"min_ram": 2048}), ("BatchAddOrDeleteTags", {"tags": {"a": "b"}})]
)
def test_changes_of_a_replica_keep_other_copies_waiting_for_a_minute_at_most(cloud, copy, clock, operation, wanted):
    copy()
    cloud.fault(operation=operation, **RESTING)

    result = copy(**wanted)

    assert (result["failed"], result["error"]["http_status"]) == (True, 429)
    assert LEFT_ALONE in result["msg"]
    assert round(sum(clock.sleeps), 6) <= 60


def test_all_changes_of_a_replica_share_a_minute(cloud, copy, clock):
    copy()
    for operation in ("UpdateImage", "BatchAddOrDeleteTags"):
        cloud.fault(operation=operation, **{**RESTING, "headers": {"Retry-After": "40"}, "times": 1})

    result = copy(min_ram=2048, tags={"a": "b"})

    assert result["action"] == "updated"
    assert round(sum(clock.sleeps), 6) == 60
