# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy that the service has accepted has begun, whether its job can be asked for or not: it is not paid for twice."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import moment

COPY, IMAGE = "CopyImageCrossRegion", "ubuntu-22.04-web"
NOT_KNOWN = [
    pytest.param({"status": 404}, id="404"),
    pytest.param({"status": 404, "body": {"error": {"code": "IMG.0027", "message": "no such job"}}}, id="404 IMG.0027"),
    pytest.param({"status": 400, "body": {"error": {"code": "IMG.0023", "message": "query failed"}}}, id="IMG.0023"),
]


@pytest.fixture
def unknown(cloud):
    """From now on no job is known to the service."""

    def forget(answer=NOT_KNOWN[0].values[0]):
        for operation in ("ShowJobProgress", "ShowJob"):
            cloud.fault(operation=operation, do="respond", times=None, **answer)

    return forget


@pytest.fixture(params=["host", "cloud", "resume"])
def next_run(request, copy, migrate, monkeypatch, tmp_path):
    """A run after another one that has submitted the copy: what tells it of the job, and where it runs."""
    images = [{"image_name": IMAGE}]
    if request.param == "resume":
        given = {"images": images, "ledger": "none"}
        first = migrate(**given, run_for=1)["results"]
        return lambda **more: migrate(**given, resume=first, **more)["results"][0]
    copy(wait=False, ledger=request.param)
    if request.param == "cloud":
        monkeypatch.setenv("HW_IMS_STATE_DIR", str(tmp_path / "another container"))
    return lambda **more: migrate(images=images, ledger=request.param, **more)["results"][0]


@pytest.fixture
def hidden(cloud):
    cloud.switch(replica_visible="late", replica_delay=528)


def test_a_run_waits_for_the_replica_of_a_job_that_is_not_known_any_more(cloud, copy, unknown, hidden, replicas):
    unknown()

    result = copy(confirm_timeout=120)

    assert (result["action"], result["image"]["status"]) == ("submitted", "active")
    assert len(cloud.copies()) == len(replicas()) == 1


@pytest.mark.parametrize("answer", NOT_KNOWN)
def test_a_later_run_waits_for_it_as_well_and_does_not_copy_again(
    cloud, hidden, next_run, unknown, clock, replicas, answer
):
    unknown(answer)
    clock.advance(290)

    result = next_run(confirm_timeout=120)

    assert (result["action"], result["image"]["status"]) == ("waited", "active")
    assert len(cloud.copies()) == len(replicas()) == 1


def test_where_the_time_to_wait_is_short_runs_fail_and_say_until_when_it_is_not_submitted_again(
    cloud, hidden, next_run, unknown, clock
):
    unknown()
    began = clock.utcnow()

    error = next_run(wait_timeout=60, confirm_timeout=1)["error"]

    assert "is not known to the service any more, and its replica does not show in cn-south-1" in error["message"]
    until = moment(error["message"].rpartition("not submitted again before ")[2])
    assert until is not None
    assert (until - began).total_seconds() == pytest.approx(3600, abs=10)
    assert "ledger: none" in error["hint"]
    assert len(cloud.copies()) == 1


def test_without_waiting_it_is_reported_as_under_way_and_that_its_job_is_not_known(
    cloud, copy, hidden, unknown, clock, warnings
):
    job = copy(wait=False)["job"]["id"]
    unknown()

    result = copy(wait=False)

    assert (result["changed"], result["action"], result["job"]["id"]) == (False, "none", job)
    assert [f"Job {job} of an earlier run is not known" in text for text in warnings] == [True]
    assert clock.sleeps == []


def test_after_the_time_to_wait_the_next_run_copies_again_at_once(cloud, next_run, unknown, clock):
    for raw in cloud.images("cn-south-1"):
        if raw["name"] == IMAGE:
            cloud.delete_image(raw["id"])
    unknown()
    clock.advance(10800)

    result = next_run(run_for=1, max_attempts=2)

    assert result["action"] == "submitted"
    assert len(cloud.copies()) == 2


def test_who_knows_that_it_came_to_nothing_has_it_copied_at_once_without_a_ledger(cloud, copy, unknown, hidden):
    copy(wait=False)
    unknown()

    assert copy(wait=False, ledger="none")["action"] == "submitted"


def test_a_job_that_the_user_names_is_looked_for_and_nothing_is_submitted_in_its_place(cloud, copy, unknown, hidden):
    job = copy(wait=False)["job"]["id"]
    cloud.fault(operation="ShowJobProgress", skip=1, do="respond", status=404, times=None)

    result = copy(job_id=job, wait_timeout=60)

    assert result["failed"] is True
    assert f"job {job} is not known to the service any more" in result["msg"]
    assert "Leave job_id out" in result["msg"]
    assert len(cloud.copies()) == 1


def test_a_copy_that_failed_while_its_job_was_not_known_is_told_by_the_image_that_it_left(cloud, copy, unknown):
    cloud.outcome(name=IMAGE, status="FAIL", error_code="IMG.0061", at=0.5, leftover="killed")
    unknown()

    result = copy()

    assert result["failed"] is True
    assert "was killed" in result["msg"]
    assert copy()["action"] == "submitted"
