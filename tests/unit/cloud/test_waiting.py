# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a copy: what ends a wait, what does not, and what the result says when the time is over."""

from __future__ import annotations

import pytest

IMAGE = "ubuntu-22.04-web"
JOBS = "ShowJobProgress"


def looks(cloud):
    return [request["at"] for request in cloud.journal(operation=JOBS)]


def test_the_job_is_asked_for_once_an_interval_and_when_it_should_end(cloud, copy):
    copy(wait_interval=20)

    assert cloud.jobs()[0]["end"] - cloud.jobs()[0]["begin"] == 90
    *before, last = looks(cloud)
    # The one at 80 s gives way to the one at the end.
    assert before == [20, 40, 60]
    assert 90 <= last < 92


def test_a_copy_that_ends_about_when_a_look_is_due_is_looked_at_when_it_has_ended(cloud, copy):
    copy(wait_interval=85)

    first, *later = looks(cloud)
    assert first == 85
    assert [90 <= look < 92 for look in later] == [True]


def test_when_the_time_is_over_the_copy_goes_on_and_the_result_says_how_to_go_on(cloud, copy):
    cloud.outcome(name=IMAGE, seconds=1000)

    result = copy(wait_timeout=100)

    job = result["job"]["id"]
    assert (result["failed"], result["timed_out"], result["changed"]) == (True, True, True)
    assert (result["error"]["stage"], result["action"]) == ("wait", "submitted")
    assert 0 < result["job"]["progress"] < 100
    assert f"job_id: {job}" in result["msg"]
    assert result["waited"] == 100

    taken_up = copy(job_id=job)
    assert (taken_up["changed"], taken_up["action"], taken_up["job"]["status"]) == (False, "waited", "SUCCESS")


def test_the_last_look_comes_when_the_time_is_over_even_if_the_interval_is_longer(cloud, copy, clock):
    cloud.outcome(name=IMAGE, seconds=100)

    result = copy(wait_timeout=100, wait_interval=60)
    assert result["image"]["status"] == "active"
    assert looks(cloud) == [60, 100]

    cloud.outcome(name=IMAGE, seconds=110)
    assert copy(name="late", wait_timeout=100, wait_interval=60)["timed_out"] is True
    assert [look - looks(cloud)[1] for look in looks(cloud)[2:]] == [60, 100]


def test_a_copy_that_ends_just_in_time_is_no_time_out_though_looks_fail_before(cloud, copy):
    cloud.outcome(name=IMAGE, seconds=100)
    cloud.fault(operation=JOBS, do="respond", status=503, times=9)

    assert copy(wait_timeout=100)["image"]["status"] == "active"


def test_no_time_at_all_still_looks_once(cloud, copy, clock):
    result = copy(wait_timeout=0)

    assert result["timed_out"] is True
    assert clock.sleeps == []
    assert len(looks(cloud)) == len(cloud.copies()) == 1


def test_a_copy_that_never_ends_is_waited_for_until_the_time_is_over_and_no_longer(cloud, copy, clock):
    cloud.outcome(name=IMAGE, stuck_at="RUNNING")

    result = copy(wait_timeout=600)

    assert result["timed_out"] is True
    assert clock.monotonic() == 600


@pytest.mark.parametrize("where", ["top", "entities", "sub_job"])
def test_a_job_that_fails_ends_the_wait_at_once_wherever_its_reason_stands(cloud, copy, clock, where):
    reason = "agency lacks permission on target project"
    cloud.outcome(name=IMAGE, status="FAIL", error_code="IMG.0151", fail_reason=reason, where=where, at=0.5)

    result = copy()

    assert (result["failed"], result["timed_out"]) == (True, False)
    assert clock.monotonic() == pytest.approx(45, abs=10)
    assert (result["error"]["stage"], result["error"]["code"]) == ("wait", "IMG.0151")
    assert reason in result["msg"]
    assert "agency" in result["error"]["hint"].lower()
    assert (result["job"]["status"], result["job"]["error_code"], result["job"]["fail_reason"]) == (
        "FAIL",
        "IMG.0151",
        reason,
    )
    assert result["job"]["id"] in result["msg"]
    assert "job_id" not in result["msg"], "a job that failed is not to be taken up"


def test_what_a_failed_copy_left_behind_is_named_and_not_deleted(cloud, copy, warnings):
    cloud.outcome(name=IMAGE, status="FAIL", leftover="killed")

    copy()
    (leftover,) = [raw for raw in cloud.images("cn-south-1") if raw["name"] == IMAGE]

    assert any(leftover["id"] in warning and "not deleted" in warning for warning in warnings)


def test_an_unknown_status_is_pending(cloud, copy):
    cloud.outcome(name=IMAGE, job_status="DOZING")

    assert copy()["image"]["status"] == "active"


@pytest.mark.parametrize(
    "fault",
    [
        {"do": "drop"},
        {"do": "mangle"},
        {"do": "respond", "status": 500},
        {"do": "respond", "status": 503, "body": "<html>busy</html>"},
        {"do": "respond", "status": 429, "headers": {"Retry-After": "3"}},
        {"do": "respond", "status": 200, "body": {}},
        {"do": "respond", "status": 200, "body": []},
        {"do": "respond", "status": 400, "body": {"error": {"code": "IMG.0023", "message": "job query failed"}}},
    ],
    ids=["drop", "half", "500", "html", "429", "no status", "no object", "IMG.0023"],
)
def test_looks_that_fail_do_not_end_a_wait(cloud, copy, replicas, fault):
    cloud.fault(operation=JOBS, skip=1, times=8, **fault)

    result = copy()

    assert result["image"]["status"] == "active"
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_service_that_does_not_answer_for_long_does_not_end_a_wait(cloud, copy):
    cloud.fault(operation=JOBS, do="respond", status=502, times=60)

    assert copy()["image"]["status"] == "active"


def test_a_job_query_that_goes_on_failing_does_not_end_a_wait_even_if_the_replica_does_not_show(cloud, copy, replicas):
    cloud.switch(replica_visible="late", replica_delay=600)
    cloud.outcome(name=IMAGE, seconds=900)
    cloud.fault(operation=JOBS, do="respond", status=400, body={"error": {"code": "IMG.0023"}}, times=100)

    result = copy()

    assert result["image"], result["msg"]
    assert len(cloud.copies()) == len(replicas()) == 1


@pytest.mark.parametrize("status", ["finished", "unfinished"])
def test_of_a_job_that_can_never_be_asked_for_the_replica_tells(cloud, copy, clock, status):
    cloud.outcome(name=IMAGE, seconds=15 if status == "finished" else 900)
    cloud.fault(operation=JOBS, do="respond", status=400, body={"error": {"code": "IMG.0023"}}, times=None)
    began = clock.monotonic()

    result = copy(wait_interval=10, wait_timeout=7200)

    assert (result["changed"], result["image"]["status"]) == (True, "active")
    assert clock.monotonic() - began < 1000


def test_looks_that_are_refused_again_and_again_end_the_wait_with_the_job(cloud, copy):
    body = {"error_code": "APIGW.0302", "error_msg": "not allowed"}
    cloud.fault(operation=JOBS, do="respond", status=403, body=body, times=None)

    result = copy()

    assert (result["failed"], result["timed_out"], result["error"]["code"]) == (True, False, "APIGW.0302")
    assert len(looks(cloud)) == 3
    assert cloud.copies()[0]["result"] in result["msg"]
    assert "job_id" in result["msg"]


def test_a_look_that_is_refused_once_does_not_end_a_wait(cloud, copy):
    cloud.fault(operation=JOBS, do="respond", status=403, body={"error_code": "APIGW.0302"}, times=2)

    assert copy()["image"]["status"] == "active"


def test_a_job_that_is_suddenly_unknown_leaves_the_destination_to_tell(cloud, copy, replicas):
    cloud.fault(operation=JOBS, do="respond", status=404, body={"error": {"code": "IMG.0027"}}, times=None)

    result = copy()

    assert result["image"]["status"] == "active"
    assert result["job"]["id"] == cloud.copies()[0]["result"]
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_copy_of_an_earlier_run_that_disappears_half_way_is_submitted_again(cloud, copy, replicas):
    cloud.outcome(name=IMAGE, status="FAIL", leftover="none", at=0.6)
    copy(wait=False, state_dir="")

    result = copy(state_dir="")

    assert (result["changed"], result["action"]) == (True, "submitted")
    assert len(replicas()) == 1


@pytest.mark.parametrize("remembered", [True, False])
def test_a_copy_of_an_earlier_run_that_is_killed_half_way_is_submitted_again_once(
    cloud, copy, warnings, replicas, remembered
):
    memory = {} if remembered else {"state_dir": ""}
    cloud.outcome(name=IMAGE, status="FAIL", leftover="killed", at=0.6, times=2)
    copy(wait=False, **memory)

    result = copy(**memory)

    assert (result["failed"], result["changed"], result["action"]) == (True, True, "submitted")
    assert len(cloud.copies()) == 2
    assert any("not deleted" in warning for warning in warnings)


def test_a_time_out_without_a_known_job_says_how_to_go_on_too(cloud, copy):
    copy(wait=False, state_dir="")

    result = copy(wait_timeout=20, state_dir="")

    assert (result["timed_out"], result["changed"], result["job"]) == (True, False, None)
    assert result["image"]["status"] in ("queued", "saving")
    assert "Run again to go on waiting" in result["msg"]


def test_slots_that_others_hold_are_waited_for(cloud, copy, clock):
    cloud.occupy_slots(5, 120)

    result = copy()

    assert result["action"] == "submitted"
    begun = [request["at"] for request in cloud.copies() if request["took_effect"]]
    assert 120 <= begun[0] <= 120 + 60


def test_waiting_for_a_slot_does_not_use_up_the_time_of_the_copy(cloud, copy):
    cloud.occupy_slots(5, 95)

    assert copy(wait_timeout=100)["image"]["status"] == "active"


def test_without_waiting_taken_slots_are_waited_for_a_moment_only(cloud, copy, clock):
    cloud.occupy_slots(5, 10)
    assert copy(wait=False)["action"] == "submitted"

    cloud.occupy_slots(5, 3600)
    began = clock.monotonic()
    result = copy(wait=False, name="another")

    assert (result["failed"], result["error"]["code"], result["changed"]) == (True, "IMG.0149", False)
    assert clock.monotonic() - began == pytest.approx(30, abs=1)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("wait_timeout", -1),
        ("wait_timeout", 10**12),
        ("wait_interval", 0),
        ("wait_interval", 4000),
        ("confirm_timeout", -1),
        ("run_for", 0),
    ],
)
def test_times_that_cannot_be_right_are_refused_before_anything_is_sent(cloud, copy, option, value):
    result = copy(**{option: value})

    assert (result["failed"], result["error"]["stage"]) == (True, "input")
    assert option in result["msg"]
    assert cloud.journal() == []


@pytest.mark.parametrize("option", ["confirm_timeout", "run_for"])
def test_a_time_that_is_no_number_at_all_is_refused_as_any_other_word_is(cloud, copy, option):
    result = copy(**{option: "nan"})

    assert (result["failed"], option in result["msg"]) == (True, True)
    assert cloud.journal() == []
