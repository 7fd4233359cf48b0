# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that runs its module in several turns comes to the result of one that runs it once."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.ims.plugins.plugin_utils import _merge

SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
EAST = {"region": "cn-east-3", "agency_name": "ims_copy_image"}
TWO = [{"image_name": "debian-12-db", "tags": {"team": "db"}}, {"image_name": "ubuntu-22.04-web"}]
# A later turn counts the images in the destination anew, which a check's message tells.
TIMES = (
    "waited", "started_at", "finished_at", "begin_time", "end_time", "created_at", "id", "current_task", "warnings",
    "message",
)  # fmt: skip


def in_turns(run, clock, seconds, merge, carry_on, **given):
    """The result, and how many turns it took."""
    began, arguments, merged, turns = timestamp(clock.utcnow()), given, None, 0
    while True:
        merged = merge(merged, run(**arguments, run_for=seconds))
        turns += 1
        assert turns < 200
        if not merged["cut_short"]:
            return merged, turns
        arguments = {**given, **carry_on(merged, began)}


@pytest.fixture
def many(migrate, clock):
    def run(seconds=15, **given):
        def carry_on(merged, began):
            return _merge.carry_on_many(given, merged, began)

        return in_turns(migrate, clock, seconds, _merge.many_copies, carry_on, **given)

    return run


@pytest.fixture
def one(copy, clock):
    def run(seconds=15, **given):
        asked = {"destination_region": "cn-south-1", "image_name": "ubuntu-22.04-web", **given}

        def merge(before, now):
            return _merge.one_copy(before, now, asked)

        def carry_on(merged, began):
            return {"resume": _merge.carry_on_one(merged, began)}

        return in_turns(copy, clock, seconds, merge, carry_on, **given)

    return run


def shape(value):
    """A result without what differs from run to run: times, ids, and the arguments that some cores add."""
    if isinstance(value, dict):
        kept = {key: shape(item) for key, item in value.items() if key not in (*TIMES, "invocation")}
        return {key: item for key, item in kept.items() if (key, item) != ("failed", False)}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return value


def without_id(text, results):
    for entry in results:
        if entry and entry.get("image"):
            text = text.replace(entry["image"]["id"], "ID")
    return text


def test_a_migration_in_turns_comes_to_the_result_of_one_run(cloud, many, migrate):
    given = {"images": TWO, "destinations": [SOUTH, EAST], "diff": True, "max_concurrent": 2}
    whole = migrate(**given)
    cloud.reset()

    merged, turns = many(**given)

    assert turns > 3
    assert {**shape(merged), "diff": None} == {**shape(whole), "diff": None}
    assert [part["before_header"] for part in merged["diff"]] == [part["before_header"] for part in whole["diff"]]
    assert all(entry["started_at"] and entry["finished_at"] for entry in merged["results"])
    assert all(entry["job"]["status"] == "SUCCESS" for entry in merged["results"])
    assert len(cloud.copies()) == 4


def test_one_copy_in_turns_comes_to_the_result_of_one_run(cloud, one, copy):
    whole = copy(diff=True, tags={"a": "b"})
    cloud.reset()

    merged, turns = one(diff=True, tags={"a": "b"})

    assert turns > 3
    assert without_id(merged.pop("msg"), [merged]) == without_id(whole.pop("msg"), [whole])
    assert {**shape(merged), "diff": None} == {**shape(whole), "diff": None}
    assert merged["diff"]["before"] == whole["diff"]["before"]
    assert len(cloud.copies()) == 1


def test_what_the_query_found_first_is_what_is_copied(cloud, many, clock):
    query = "[?tags.env=='prod']"
    began = clock.sleep

    def sleep(seconds):
        began(seconds)
        if not any(raw["name"] == "latecomer" for raw in cloud.images("cn-north-4")):
            tagged = {"__image_size": "1073741824", "tags": ["env=prod"]}
            cloud.add_image("cn-north-4", name="latecomer", **tagged)

    clock.sleep = sleep

    merged, turns = many(query=query)

    assert turns > 1
    assert sorted(entry["name"] for entry in merged["results"]) == ["debian-12-db", "ubuntu-22.04-web"]


@pytest.mark.parametrize("seconds", [5, 15, 30])
def test_a_job_that_fails_is_not_submitted_again_in_a_later_turn(cloud, many, seconds):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="storage trouble")

    merged, turns = many(seconds, images=TWO)

    assert turns > 1
    assert [entry["status"] for entry in merged["results"]] == ["copied", "failed"]
    assert merged["failed"] is True
    assert "storage trouble" in merged["msg"] and merged["error"]["code"] == "IMG.0061"
    assert len(cloud.copies()) == 2


def test_one_job_that_fails_is_not_submitted_again_in_a_later_turn(cloud, one):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="storage trouble")

    merged, turns = one(7)

    assert turns > 1
    assert (merged["failed"], merged["changed"], merged["action"]) == (True, True, "submitted")
    assert "storage trouble" in merged["msg"]
    assert len(cloud.copies()) == 1


def test_a_further_attempt_is_made_in_a_later_turn_and_no_more_than_asked_for(cloud, many):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="broke", times=3)

    merged, dummy = many(7, images=TWO, max_attempts=2)

    assert [entry["attempts"] for entry in merged["results"]] == [1, 2]
    assert merged["results"][1]["status"] == "failed"
    assert len(cloud.copies()) == 3


def test_the_time_out_counts_over_all_turns(cloud, many, clock):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)

    merged, turns = many(images=TWO[1:], wait_timeout=100)

    assert turns > 5
    assert 99 <= clock.monotonic() <= 120
    assert merged["results"][0]["timed_out"] is True


def test_the_time_out_of_one_copy_counts_over_all_turns(cloud, one, clock):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)

    merged, dummy = one(wait_timeout=100)

    assert 99 <= clock.monotonic() <= 120
    assert merged["timed_out"] is True


@pytest.mark.parametrize("memory", ["forgotten", "kept"])
def test_the_time_out_counts_from_the_task_on_for_a_copy_of_an_earlier_run(cloud, one, copy, clock, tmp_path, memory):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)
    copy(wait=False)
    if memory == "forgotten":
        for path in (tmp_path / "state").iterdir():
            path.unlink()
    clock.advance(1000)

    merged, dummy = one(wait_timeout=100)

    assert 1099 <= clock.monotonic() <= 1120
    assert (merged["timed_out"], merged["action"], merged["changed"]) == (True, "waited", False)


def test_a_lost_reply_is_searched_for_in_its_turn_and_nothing_is_sent_twice(cloud, many):
    cloud.fault(operation="CopyImageCrossRegion", do="drop", effect=True, times=1)
    cloud.switch(replica_visible="late", replica_delay=40)

    merged, turns = many(images=TWO)

    assert turns > 1
    assert [entry["status"] for entry in merged["results"]] == ["copied", "copied"]
    assert [entry["attempts"] for entry in merged["results"]] == [1, 1]
    assert len(cloud.copies()) == 2


@pytest.mark.parametrize("trouble", [{"service": "iam"}, {"operation": "ListImages"}, {}])
def test_an_outage_between_turns_ends_no_wait(cloud, many, clock, trouble):
    asleep = clock.sleep
    outage: list[str] = []

    def sleep(seconds):
        asleep(seconds)
        if clock.monotonic() > 30 and not outage:
            outage.append(cloud.fault(**trouble, do="respond", status=503, body="away", times=None))
        if clock.monotonic() > 200:
            cloud.clear_faults()

    clock.sleep = sleep

    merged, turns = many(images=TWO, max_concurrent=1)

    assert outage and turns > 5
    assert [entry["status"] for entry in merged["results"]] == ["copied", "copied"]
    assert len(cloud.copies()) == 2


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


def test_with_stop_a_failure_in_one_turn_keeps_the_next_from_submitting(cloud, many):
    cloud.outcome(name="debian-12-db", status="FAIL", error_code="IMG.0061", fail_reason="storage trouble")

    merged, dummy = many(images=TWO, max_concurrent=1, on_copy_failure="stop")

    assert [entry["status"] for entry in merged["results"]] == ["failed", "not_started"]
    assert merged["finished"] is False
    assert len(cloud.copies()) == 1


def test_a_copy_waits_for_a_slot_over_several_turns(cloud, one):
    cloud.occupy_slots(5, 300)

    merged, turns = one()

    assert turns > 5
    assert (merged["action"], merged["image"]["status"]) == ("submitted", "active")


def test_turns_whose_planning_takes_all_of_their_time_get_somewhere_all_the_same(cloud, many, clock, monkeypatch):
    asked = clock.monotonic
    monkeypatch.setattr(clock, "monotonic", lambda: (clock.advance(1), asked())[1])

    merged, dummy = many(1, images=TWO)

    assert [entry["status"] for entry in merged["results"]] == ["copied", "copied"]
