# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that come back early, each carried on by the next with what the one before it found."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp

TWO = [{"image_name": "debian-12-db", "tags": {"team": "db"}}, {"image_name": "ubuntu-22.04-web"}]
ENDED = ("present", "copied", "updated", "skipped", "failed")


def one_after_the_other(run, seconds, carry_on, **given):
    """The result of each run until one is not cut short."""
    results: list[dict[str, t.Any]] = []
    arguments = given
    while not results or results[-1]["cut_short"]:
        results.append(run(**arguments, run_for=seconds))
        assert len(results) < 200
        arguments = {**given, **carry_on(results[-1])}
    return results


@pytest.fixture
def many(migrate, clock):
    """What became of each entry in the run that ended it, and how many runs it took."""

    def run(seconds=15, **given):
        began = timestamp(clock.utcnow())

        def carry_on(result):
            entries = [
                {**entry, "started_at": entry["started_at"] or (began if entry["status"] == "in_progress" else None)}
                for entry in result["results"]
            ]
            return {"resume": entries, "retry_failed": False}

        runs = one_after_the_other(migrate, seconds, carry_on, **given)
        ends = [
            next((entry for entry in entries if entry["status"] in ENDED), entries[-1])
            for entries in zip(*(result["results"] for result in runs))
        ]
        # What an earlier run began, and a later one finds there, is present to that one.
        arrived = {"present": "copied", "updated": "copied"}
        ends = [{**entry, "status": arrived.get(entry["status"], entry["status"])} for entry in ends]
        return {**runs[-1], "results": ends}, len(runs)

    return run


@pytest.fixture
def one(copy, clock):
    def run(seconds=15, **given):
        began = timestamp(clock.utcnow())
        made = [0]

        def carry_on(result):
            begun = result["action"] != "none" or result["job"] is not None or result["image"] is not None
            told = {key: result[key] for key in ("job", "refused_since", "waited_since")}
            started = result["started_at"] or (began if begun else None)
            made.append(made[-1] + (result["action"] == "submitted"))
            status = "in_progress" if begun else "not_started"
            return {"resume": {**told, "status": status, "started_at": started, "attempts": made[-1]}}

        runs = one_after_the_other(copy, seconds, carry_on, **given)
        return runs[-1], len(runs)

    return run


@pytest.mark.parametrize("seconds", [5, 15, 30])
def test_a_job_that_fails_is_not_submitted_again_in_a_later_run(cloud, many, seconds):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="storage trouble")

    merged, runs = many(seconds, images=TWO)

    assert runs > 1
    assert [entry["status"] for entry in merged["results"]] == ["copied", "failed"]
    assert merged["failed"] is True
    assert "storage trouble" in merged["msg"] and merged["error"]["code"] == "IMG.0061"
    assert len(cloud.copies()) == 2


def test_one_job_that_fails_is_not_submitted_again_in_a_later_run(cloud, one):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="storage trouble")

    merged, runs = one(7)

    assert runs > 1
    assert (merged["failed"], merged["image"]) == (True, None)
    assert "storage trouble" in merged["msg"]
    assert len(cloud.copies()) == 1


def test_a_further_attempt_is_made_in_a_later_run_and_no_more_than_asked_for(cloud, many):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="broke", times=3)

    merged, dummy = many(7, images=TWO, max_attempts=2)

    assert [entry["attempts"] for entry in merged["results"]] == [1, 2]
    assert merged["results"][1]["status"] == "failed"
    assert len(cloud.copies()) == 3


def test_the_time_out_counts_over_all_runs(cloud, many, clock):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)

    merged, runs = many(images=TWO[1:], wait_timeout=100)

    assert runs > 5
    assert 99 <= clock.monotonic() <= 120
    assert merged["results"][0]["timed_out"] is True


def test_the_time_out_of_one_copy_counts_over_all_runs(cloud, one, clock):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)

    merged, dummy = one(wait_timeout=100)

    assert 99 <= clock.monotonic() <= 120
    assert merged["timed_out"] is True


@pytest.mark.parametrize("memory", ["forgotten", "kept"])
def test_the_time_out_counts_from_the_first_run_on_for_an_earlier_copy(cloud, one, copy, clock, tmp_path, memory):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)
    copy(wait=False)
    if memory == "forgotten":
        for path in (tmp_path / "state").iterdir():
            path.unlink()
    clock.advance(1000)

    merged, dummy = one(wait_timeout=100)

    assert 1099 <= clock.monotonic() <= 1120
    assert (merged["timed_out"], merged["action"], merged["changed"]) == (True, "waited", False)


@pytest.mark.parametrize("ledger", ["host", "cloud"])
@pytest.mark.parametrize("shown", ["at_once", "late"])
def test_a_copy_that_another_run_began_says_when_and_its_time_out_counts_over_all_runs(
    cloud, copy, clock, monkeypatch, tmp_path, ledger, shown
):
    cloud.switch(replica_visible=shown, replica_delay=36000)
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)
    begun = copy(wait=False, ledger=ledger)
    if ledger == "cloud":
        monkeypatch.setenv("HW_IMS_STATE_DIR", str(tmp_path / "another host"))
    clock.advance(1000)
    taken_up = clock.monotonic()

    result = copy(run_for=30, wait_timeout=100, ledger=ledger)
    while result["cut_short"]:
        assert result["started_at"][:18] == begun["started_at"][:18]
        result = copy(run_for=30, wait_timeout=100, ledger=ledger, resume=result)

    assert result["timed_out"] is True
    assert 99 <= clock.monotonic() - taken_up <= 120


def test_a_lost_reply_is_searched_for_in_its_run_and_nothing_is_sent_twice(cloud, many):
    cloud.fault(operation="CopyImageCrossRegion", do="drop", effect=True, times=1)
    cloud.switch(replica_visible="late", replica_delay=40)

    merged, runs = many(images=TWO)

    assert runs > 1
    assert [entry["status"] for entry in merged["results"]] == ["copied", "copied"]
    assert [entry["attempts"] for entry in merged["results"]] == [1, 1]
    assert len(cloud.copies()) == 2


@pytest.mark.parametrize("trouble", [{"service": "iam"}, {"operation": "ListImages"}, {}])
def test_an_outage_between_runs_ends_no_wait(cloud, many, clock, trouble):
    asleep = clock.sleep
    outage: list[str] = []

    def sleep(seconds):
        asleep(seconds)
        if clock.monotonic() > 30 and not outage:
            outage.append(cloud.fault(**trouble, do="respond", status=503, body="away", times=None))
        if clock.monotonic() > 200:
            cloud.clear_faults()

    clock.sleep = sleep

    merged, runs = many(images=TWO, max_concurrent=1)

    assert outage and runs > 5
    assert [entry["status"] for entry in merged["results"]] == ["copied", "copied"]
    assert len(cloud.copies()) == 2


@pytest.mark.parametrize(("operation", "status"), [("ListProjects", 500), ("ListImages", 500), ("ListRegions", 401)])
def test_the_job_is_still_known_after_a_run_that_could_find_out_nothing(cloud, migrate, operation, status):
    cloud.switch(replica_visible="late", replica_delay=600)
    given = {"images": TWO[1:], "ledger": "none"}
    first = migrate(**given, run_for=1)
    cloud.fault(operation=operation, do="respond", status=status, times=500)
    second = migrate(**given, resume=first["results"], run_for=5)
    third = migrate(**given, resume=second["results"], retry_failed=False, run_for=5)
    cloud.clear_faults()

    fourth = migrate(**given, resume=third["results"], confirm_timeout=900)

    assert [entry["status"] for entry in fourth["results"]] == ["copied"]
    assert fourth["results"][0]["job"]["id"] == first["results"][0]["job"]["id"]
    assert len(cloud.copies()) == 1


def test_an_outage_that_does_not_end_ends_with_the_time_out(cloud, many, clock):
    asleep = clock.sleep

    def sleep(seconds):
        asleep(seconds)
        if clock.monotonic() > 20:
            cloud.fault(service="iam", do="respond", status=503, body="away", times=None)

    clock.sleep = sleep

    merged, dummy = many(images=TWO, max_concurrent=1, wait_timeout=100)

    assert clock.monotonic() < 400
    assert merged["failed"] is True
    assert len(cloud.copies()) == 1


def test_with_stop_a_failure_in_one_run_keeps_the_next_from_submitting(cloud, many):
    cloud.outcome(name="debian-12-db", status="FAIL", error_code="IMG.0061", fail_reason="storage trouble")

    merged, dummy = many(images=TWO, max_concurrent=1, on_copy_failure="stop")

    assert [entry["status"] for entry in merged["results"]] == ["failed", "not_started"]
    assert merged["finished"] is False
    assert len(cloud.copies()) == 1


def test_a_copy_waits_for_a_slot_over_several_runs(cloud, one):
    cloud.occupy_slots(5, 300)

    merged, runs = one()

    assert runs > 5
    assert ("failed" in merged, merged["image"]["status"]) == (False, "active")


def test_runs_whose_planning_takes_all_of_their_time_get_somewhere_all_the_same(cloud, many, clock, monkeypatch):
    asked = clock.monotonic
    monkeypatch.setattr(clock, "monotonic", lambda: (clock.advance(1), asked())[1])

    merged, dummy = many(1, images=TWO)

    assert [entry["status"] for entry in merged["results"]] == ["copied", "copied"]
