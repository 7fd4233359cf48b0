# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed at any moment is made good by the next one: one replica, one request that began a copy."""

from __future__ import annotations

import itertools

import pytest

COPY = "CopyImageCrossRegion"
POSITIONS = list(itertools.product(("at_once", "late"), ("at_once", "at_end"), ("early", "late")))


def begun(cloud):
    return [request for request in cloud.copies() if request["took_effect"]]


@pytest.mark.parametrize(("visible", "origin", "image_id"), POSITIONS)
def test_a_run_that_was_killed_at_any_wait_is_made_good_by_the_next(
    cloud, copy, killed, replicas, visible, origin, image_id
):
    cloud.switch(replica_visible=visible, replica_delay=70, origin_written=origin, job_image_id=image_id)
    for moment in itertools.count():
        cloud.clear_journal()
        options = {"name": f"replica-{moment}", "wait_interval": 25}
        if not killed(moment, **options):
            break
        result = copy(**options)

        assert result["image"]["status"] == "active"
        assert (result["changed"], result["action"]) == (False, "waited")
        assert len(cloud.copies()) == 1
        assert len(replicas(options["name"])) == 1
    assert moment > 2, "there were waits to be killed at"


@pytest.mark.parametrize("image_id", ["early", "late"])
@pytest.mark.parametrize("origin", ["at_once", "at_end"])
def test_without_the_memory_of_this_host_a_copy_that_shows_is_found_again(
    cloud, copy, killed, replicas, origin, image_id
):
    cloud.switch(origin_written=origin, job_image_id=image_id)
    assert killed(at=1, state_dir="")

    result = copy(state_dir="")

    assert (result["changed"], result["action"]) == (False, "waited")
    assert len(cloud.copies()) == len(replicas()) == 1


@pytest.mark.parametrize("visible", ["at_once", "late"])
def test_a_run_that_was_killed_before_the_reply_came_is_made_good_by_the_next(cloud, copy, killed, replicas, visible):
    cloud.switch(replica_visible=visible, replica_delay=80)
    cloud.fault(operation=COPY, do="drop", effect=True)
    assert killed(at=0)

    result = copy()

    assert (result["changed"], result["action"]) == (False, "waited")
    assert result["image"]["status"] == "active"
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_run_that_was_killed_before_anything_was_sent_is_made_good_by_the_next(cloud, copy, killed, replicas):
    cloud.fault(operation=COPY, do="drop", effect=False)
    assert killed(at=0)

    result = copy()

    assert (result["changed"], result["action"]) == (True, "submitted")
    assert [request["took_effect"] for request in cloud.copies()] == [False, True]
    assert len(replicas()) == 1


def test_a_run_that_was_killed_while_it_waited_for_a_slot_has_begun_nothing(cloud, copy, killed, clock, replicas):
    cloud.occupy_slots(5, 20)
    assert killed(at=1)
    assert begun(cloud) == []

    result = copy()

    assert (result["changed"], result["action"]) == (True, "submitted")
    assert len(begun(cloud)) == len(replicas()) == 1


def test_a_copy_that_failed_after_its_run_was_killed_is_submitted_again_and_the_leftover_is_named(
    cloud, copy, clock, killed, warnings, replicas
):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="disk broke", at=0.5)
    assert killed(at=1)
    clock.advance(100)

    result = copy()

    assert (result["changed"], result["action"]) == (True, "submitted")
    assert any("disk broke" in warning for warning in warnings)
    assert any("killed" in warning for warning in warnings)
    assert len(begun(cloud)) == 2
    assert len(replicas()) == 1


def test_a_copy_that_ended_after_its_run_was_killed_is_simply_present(cloud, copy, killed, clock):
    assert killed(at=1)
    clock.advance(3600)

    result = copy()

    assert (result["changed"], result["action"]) == (False, "none")
    assert clock.sleeps == []


def test_a_job_that_the_service_has_long_forgotten_does_not_stand_in_the_way(cloud, copy, killed, clock, replicas):
    assert killed(at=1)
    cloud.reset()
    clock.sleep(10800)

    result = copy()

    assert (result["changed"], result["action"]) == (True, "submitted")
    assert len(replicas()) == 1


@pytest.mark.parametrize("status", [400, 404])
def test_a_job_that_cannot_be_asked_for_leaves_the_destination_to_tell(cloud, copy, killed, clock, replicas, status):
    cloud.switch(replica_visible="late", replica_delay=90)
    assert killed(at=1)
    body = {"error": {"code": "IMG.0023", "message": "job query failed"}}
    cloud.fault(operation="ShowJobProgress", do="respond", status=status, body=body, times=None)

    result = copy()

    assert (result["changed"], result["action"], result["image"]["status"]) == (False, "waited", "active")
    assert len(cloud.copies()) == len(replicas()) == 1


def test_after_a_job_that_cannot_be_asked_for_the_destination_is_watched_for_the_whole_time_again(
    cloud, copy, killed, clock, replicas
):
    cloud.switch(replica_visible="late", replica_delay=250)
    cloud.outcome(name="ubuntu-22.04-web", seconds=900)
    assert killed(at=1)
    clock.advance(150)
    body = {"error": {"code": "IMG.0023", "message": "job query failed"}}
    cloud.fault(operation="ShowJobProgress", do="respond", status=400, body=body, times=None)

    result = copy()

    assert (result["changed"], result["action"], result["image"]["status"]) == (False, "waited", "active")
    assert len(cloud.copies()) == len(replicas()) == 1


def test_an_unknown_job_of_a_copy_that_shows_is_warned_of_in_the_right_words(cloud, copy, killed, clock, warnings):
    cloud.outcome(name="ubuntu-22.04-web", seconds=900)
    assert killed(at=1)
    clock.advance(300)
    body = {"error": {"code": "IMG.0023", "message": "job query failed"}}
    cloud.fault(operation="ShowJobProgress", do="respond", status=404, body=body, times=None)

    assert copy()["image"]["status"] == "active"
    assert any("could not be asked for" in warning for warning in warnings)
    assert not any("never showed" in warning for warning in warnings)


def test_a_finished_copy_leaves_nothing_behind_on_this_host(cloud, copy, tmp_path):
    copy()

    assert list((tmp_path / "state").iterdir()) == []


def test_a_host_that_cannot_remember_copies_all_the_same_and_says_so(cloud, copy, warnings, tmp_path):
    (tmp_path / "file").write_text("in the way")

    result = copy(state_dir=str(tmp_path / "file"))

    assert result["action"] == "submitted"
    assert any("cannot be remembered" in warning for warning in warnings)


def test_a_folder_whose_name_is_blank_is_none(copy, warnings, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    copy(state_dir="  ")

    assert (list(tmp_path.iterdir()), warnings) == ([], [])


@pytest.mark.parametrize("by", ["option", "variable"])
def test_blanks_around_the_name_of_a_folder_are_no_part_of_it(copy, tmp_path, monkeypatch, by):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    if by == "variable":
        monkeypatch.setenv("HW_IMS_STATE_DIR", " ~/notes\n")

    copy(wait=False, **({"state_dir": " ~/notes\n"} if by == "option" else {}))

    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


def test_what_a_dying_host_wrote_half_is_taken_for_a_copy_that_may_have_begun(
    cloud, copy, killed, clock, tmp_path, replicas
):
    cloud.switch(replica_visible="late", replica_delay=60)
    assert killed(at=0)
    (record,) = (tmp_path / "state").iterdir()
    record.write_text('{"at": "2026-')

    result = copy()

    assert (result["changed"], result["action"]) == (False, "waited")
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_search_that_cannot_look_goes_on_at_its_pace_and_submits_nothing_meanwhile(
    cloud, copy, killed, clock, monkeypatch
):
    monkeypatch.setenv("HW_MAX_RETRIES", "0")
    cloud.fault(operation=COPY, do="drop", effect=True)
    cloud.switch(replica_visible="late", replica_delay=600)
    assert killed(at=0)
    away = {"operation": "ListImages", "region": "cn-south-1", "do": "respond", "status": 503}
    cloud.fault(**away, skip=2, times=1000)

    assert killed(at=40, wait_interval=10)

    assert clock.monotonic() >= 10 * 39, "the search itself was over after 120 s"
    assert len(begun(cloud)) == 1
