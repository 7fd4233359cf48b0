# SPDX-License-Identifier: GPL-3.0-or-later
"""What trouble leaves behind: notes that are right, images that are named right, and a queue that goes on."""

from __future__ import annotations

import pytest

WEB, DB, LOGS = ({"image_name": name} for name in ("ubuntu-22.04-web", "debian-12-db", "data-disk-logs"))


def test_a_host_that_only_followed_a_job_remembers_that_its_replica_did_not_show(cloud, copy, clock, tmp_path):
    cloud.switch(replica_visible="late", replica_delay=3000)
    elsewhere = str(tmp_path / "elsewhere")
    job_id = copy(wait=False)["job"]["id"]

    followed = copy(job_id=job_id, state_dir=elsewhere)
    again = copy(state_dir=elsewhere)

    assert "is not to be seen" in followed["msg"] and "is not to be seen" in again["msg"]
    assert len(cloud.copies()) == 1


def test_a_note_is_forgotten_by_a_run_that_took_its_job_up_from_results(cloud, copy, tmp_path):
    begun = copy(wait=False)
    assert list((tmp_path / "state").iterdir())

    resumed = {"job": begun["job"], "started_at": begun["started_at"], "status": "in_progress"}
    assert copy(resume=resumed)["image"]["status"] == "active"

    assert list((tmp_path / "state").iterdir()) == []


def test_a_short_outage_when_a_slot_comes_free_fails_nothing(cloud, migrate):
    cloud.fault(operation="ListImages", region="cn-south-1", do="respond", status=503, skip=3, times=4)

    result = migrate(images=[WEB, DB, LOGS], max_concurrent=1)

    assert [entry["status"] for entry in result["results"]] == ["copied"] * 3
    assert len(cloud.copies()) == 3


def test_each_copy_that_never_gets_a_slot_is_named_in_its_own_error(cloud, migrate):
    cloud.occupy_slots(5, 36000)

    result = migrate(images=[WEB, DB], wait_timeout=60)

    for entry, image in zip(result["results"], (WEB, DB)):
        assert entry["status"] == "failed"
        assert image["image_name"] in entry["error"]["message"]


@pytest.mark.parametrize(
    ("operation", "changed"), [("UpdateImage", False), ("BatchAddOrDeleteTags", True)]
)
def test_what_could_not_be_altered_is_no_change(cloud, copy, operation, changed):
    copy()
    cloud.fault(operation=operation, do="respond", status=403, effect=False, times=9)

    result = copy(description="golden", tags={"team": "web"})

    assert (result["failed"], result["error"]["stage"], result["changed"]) == (True, "update", changed)


@pytest.mark.parametrize("operation", ["UpdateImage", "BatchAddOrDeleteTags"])
def test_what_was_altered_and_then_refused_is_a_change(cloud, copy, operation):
    copy()
    cloud.fault(operation=operation, do="respond", status=403, effect=True, times=1)

    result = copy(description="golden" if operation == "UpdateImage" else None, tags={"team": "web"})

    assert result["changed"] is True
    # What was refused first keeps the rest from being done.
    assert result.get("failed", False) is (operation == "UpdateImage")


def test_what_is_left_out_is_told_with_its_reason(cloud, migrate, warnings):
    result = migrate(images=[WEB, {"image_name": "nowhere"}], on_preflight_failure="skip")

    assert [entry["status"] for entry in result["results"]] == ["copied", "skipped"]
    (told,) = [warning for warning in warnings if "is left out" in warning]
    assert 'images[1] ("nowhere") to cn-south-1' in told and "source_found" in told


def test_trouble_is_found_out_once_however_many_copies_meet_it(cloud, migrate, monkeypatch):
    monkeypatch.setenv("HW_MAX_RETRIES", "0")
    cloud.fault(operation="ListAgencies", do="respond", status=503, times=99)

    result = migrate(images=[WEB, DB, LOGS])

    assert [entry["error"]["http_status"] for entry in result["results"]] == [503] * 3
    assert len(cloud.journal(operation="ListAgencies")) == 1


@pytest.mark.parametrize(("effect", "done"), [(True, True), (False, False)])
def test_whether_a_change_was_made_whose_answer_is_lost_the_replica_itself_tells(cloud, copy, effect, done):
    copy()
    cloud.fault(operation="BatchAddOrDeleteTags", do="drop", effect=effect, times=9)

    result = copy(tags={"team": "web"})

    assert (result["changed"], result.get("failed", False)) == (done, not done)
    assert ("team" in result["image"]["tags"]) == done


def test_where_the_replica_cannot_be_asked_either_a_lost_change_counts_as_made(cloud, copy):
    copy()
    cloud.fault(operation="BatchAddOrDeleteTags", do="drop", effect=True, times=9)
    cloud.fault(operation="ListImages", region="cn-south-1", do="respond", status=503, skip=2, times=9)

    result = copy(tags={"team": "web"})

    assert (result["failed"], result["changed"], result["error"]["stage"]) == (True, True, "update")


def test_marks_that_cannot_be_tidied_up_end_no_run(cloud, migrate):
    cloud.fault(operation="GlanceShowImage", do="respond", status=503, skip=2, times=None)

    result = migrate(images=[WEB, DB], ledger="cloud")

    assert [entry["status"] for entry in result["results"]] == ["copied", "copied"]


def test_a_job_that_failed_is_no_way_to_go_on_when_the_next_submission_is_refused(cloud, copy, killed):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", at=0.5)
    assert killed(at=1)
    cloud.fault(operation="CopyImageCrossRegion", do="respond", status=403, times=None)

    result = copy()

    assert (result["failed"], result["job"]["status"], result["error"]["http_status"]) == (True, "FAIL", 403)
    assert "takes it up" not in result["msg"]
