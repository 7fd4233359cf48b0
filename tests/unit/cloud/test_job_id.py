# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy that was submitted earlier is taken up by the id of its job, and never submitted again."""

from __future__ import annotations

import pytest

IMAGE = "ubuntu-22.04-web"
UNKNOWN = "ff808082000000000000000000000000"


@pytest.fixture
def job(cloud, copy):
    return copy(wait=False)["job"]["id"]


def test_a_job_that_has_ended_meanwhile_is_taken_up_without_waiting(cloud, copy, clock, job):
    clock.advance(3600)

    result = copy(job_id=job)

    assert (result["changed"], result["action"], result["image"]["status"]) == (False, "none", "active")
    assert clock.sleeps == []


def test_even_without_waiting_a_job_that_has_ended_gives_its_replica(cloud, copy, clock, job):
    clock.advance(3600)

    result = copy(job_id=job, wait=False)

    assert (result["image"]["status"], result["job"]["status"]) == ("active", "SUCCESS")


def test_without_waiting_a_job_that_has_ended_before_its_replica_shows_is_no_failure(cloud, copy, clock):
    cloud.switch(replica_visible="late", replica_delay=600)
    job = copy(wait=False)["job"]["id"]
    clock.advance(300)

    result = copy(job_id=job, wait=False)

    assert "failed" not in result
    assert (result["image"], result["job"]["status"], result["changed"]) == (None, "SUCCESS", False)
    assert "is being copied" in result["msg"]


def test_without_waiting_a_job_that_runs_is_reported_as_it_stands(cloud, copy, clock, job):
    clock.advance(45)

    result = copy(job_id=job, wait=False)

    assert (result["changed"], result["action"]) == (False, "none")
    assert (result["job"]["status"], result["job"]["progress"]) == ("RUNNING", 50)
    assert clock.sleeps == []


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("check", [True, False])
def test_a_job_that_has_failed_fails_the_task_and_nothing_is_submitted(cloud, copy, clock, check, wait):
    cloud.outcome(name=IMAGE, status="FAIL", error_code="IMG.0061", fail_reason="disk broke")
    job = copy(wait=False)["job"]["id"]
    clock.advance(3600)
    cloud.clear_journal()

    result = copy(job_id=job, wait=wait, check=check)

    assert (result["failed"], result["changed"], result["error"]["code"]) == (True, False, "IMG.0061")
    assert "disk broke" in result["msg"]
    assert cloud.mutations() == []


def test_a_job_that_fails_while_it_is_waited_for_fails_the_task_and_nothing_is_submitted(cloud, copy):
    cloud.outcome(name=IMAGE, status="FAIL", error_code="IMG.0061", fail_reason="disk broke")
    job = copy(wait=False)["job"]["id"]

    result = copy(job_id=job)

    assert (result["failed"], result["changed"], result["error"]["code"]) == (True, False, "IMG.0061")
    assert len(cloud.copies()) == 1


def test_a_job_that_the_service_does_not_know_is_named_and_nothing_is_submitted(cloud, copy):
    result = copy(job_id=UNKNOWN)

    assert result["failed"] is True
    assert f"job {UNKNOWN} is not known in cn-north-4" in result["msg"]
    assert "Leave job_id out" in result["msg"]
    assert cloud.mutations() == []


def test_a_job_is_known_in_its_own_project_only(cloud, copy, job):
    result = copy(source_project_name="cn-north-4_build", image_name="ci-runner", job_id=job)

    assert "cn-north-4_build" in result["msg"]
    assert result["failed"] is True
    assert len(cloud.copies()) == 1


def test_the_job_of_another_image_is_refused(cloud, copy, job):
    result = copy(image_name="debian-12-db", job_id=job)

    assert result["failed"] is True
    assert IMAGE in result["msg"]
    assert "debian-12-db" in result["msg"]
    assert len(cloud.copies()) == 1


def test_a_job_of_another_kind_is_refused(cloud, copy):
    body = {"status": "RUNNING", "job_id": UNKNOWN, "job_type": "imsImportImageJob", "entities": {}}
    cloud.fault(operation="ShowJobProgress", do="respond", status=200, body=body)

    result = copy(job_id=UNKNOWN)

    assert "imsImportImageJob" in result["msg"]
    assert cloud.mutations() == []


def test_the_job_of_another_image_with_the_same_name_is_told_by_the_origin_of_what_it_made(cloud, copy, clock, job):
    clock.advance(3600)

    result = copy(image_name="debian-12-db", name=IMAGE, job_id=job)

    assert (result["failed"], result["error"]["stage"]) == (True, "verify")
    assert "is a copy of" in result["msg"]
    assert len(cloud.copies()) == 1


def test_a_job_into_another_region_is_not_waited_for_for_ever(cloud, copy, clock, job):
    clock.advance(3600)

    result = copy(destination_region="eu-west-101", job_id=job)

    assert (result["failed"], result["error"]["stage"]) == (True, "verify")
    assert "not to be seen in eu-west-101" in result["msg"]
    assert len(cloud.copies()) == 1


def test_a_job_that_is_suddenly_unknown_does_not_make_the_run_submit_a_copy(cloud, copy, job):
    cloud.switch(replica_visible="late")
    body = {"error": {"code": "IMG.0027"}}
    cloud.fault(operation="ShowJobProgress", skip=1, do="respond", status=404, body=body, times=None)
    for raw in cloud.images("cn-south-1"):
        if raw["name"] == IMAGE:
            cloud.delete_image(raw["id"])

    result = copy(job_id=job)

    assert result["failed"] is True
    assert job in result["msg"]
    assert len(cloud.copies()) == 1


def test_a_job_that_cannot_be_asked_for_is_no_reason_to_submit(cloud, copy, job):
    cloud.fault(operation="ShowJobProgress", do="respond", status=503, times=None)

    result = copy(job_id=job)

    assert (result["failed"], result["error"]["http_status"]) == (True, 503)
    assert len(cloud.copies()) == 1


def test_a_job_id_that_cannot_be_one_is_refused_before_anything_is_sent(cloud, copy):
    result = copy(job_id="../../quota")

    assert (result["failed"], result["error"]["stage"]) == (True, "input")
    assert cloud.journal() == []


def test_a_job_that_is_named_for_several_destinations_is_refused(cloud, copy, migrate):
    job_id = copy(wait=False)["job"]["id"]
    places = [{"region": region, "agency_name": "ims_copy_image"} for region in ("cn-south-1", "cn-east-3")]

    result = migrate(images=[{"image_name": "ubuntu-22.04-web", "job_id": job_id}], destinations=places)

    assert result["failed"]
    assert "job_id is the job of one copy" in result["msg"]
    assert result["results"] == []
