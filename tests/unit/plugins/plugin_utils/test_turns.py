# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown and how often, and how the results of turns become one.

What real turns come to stands in tests/unit/cloud/test_turns.py.
"""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.plugin_utils import _merge, _turns

BEGAN = "2026-03-01T11:00:00Z"


def entry(status: str = "in_progress", **fields: t.Any) -> dict[str, t.Any]:
    return {
        "label": "images[0]",
        "image_id": None,
        "image_name": "golden",
        "destination_region": "cn-south-1",
        "destination_project_name": "cn-south-1",
        "status": status,
        "action": "none",
        "image": None,
        "source_image": {"id": "i1", "name": "golden"},
        "job": {"id": "j1"},
        "preflight": [],
        "error": None,
        "attempts": 0,
        "started_at": None,
        "warnings": [],
        **fields,
    }


def result(*entries: dict[str, t.Any], **fields: t.Any) -> dict[str, t.Any]:
    return {"changed": False, "results": list(entries), "waited": 1.04, "cut_short": True, "msg": "?", **fields}


def merged(before: dict[str, t.Any], now: dict[str, t.Any]) -> dict[str, t.Any]:
    (only,) = _merge.many_copies(result(before), result(now))["results"]
    return t.cast("dict[str, t.Any]", only)


SUBMITTED = entry(action="submitted", attempts=1, started_at=BEGAN, preflight=[{"check": "quota", "status": "pass"}])


@pytest.mark.parametrize(
    ("given", "environment", "seconds"),
    [
        ({}, {}, 30.0),
        ({"progress_interval": 5}, {"HW_IMS_PROGRESS_INTERVAL": "7"}, 5.0),
        ({"progress_interval": "5"}, {}, 5.0),
        ({}, {"HW_IMS_PROGRESS_INTERVAL": "7"}, 7.0),
        ({}, {"HW_IMS_PROGRESS_INTERVAL": ""}, 30.0),
        ({"progress_interval": 0.01}, {}, 1.0),
        *(({"progress_interval": value}, {}, 0.0) for value in (0, "0", -1, "often", "nan", "inf")),
    ],
)
def test_how_often_lines_come(given: dict[str, t.Any], environment: dict[str, str], seconds: float) -> None:
    assert _turns.interval_of(given, environment) == seconds


@pytest.mark.parametrize("callback", ["json", "jsonl", "tiny_json", "junit", "null", "tree"])
def test_lines_stay_out_of_what_machines_read(callback: str) -> None:
    assert _turns.is_for_machines(callback)


@pytest.mark.parametrize("callback", ["default", "minimal", "yaml", "awx_display"])
def test_people_read_the_rest(callback: str) -> None:
    assert not _turns.is_for_machines(callback)


def test_the_arguments_that_are_shown_are_the_users() -> None:
    told = {"invocation": {"module_args": {"run_for": 24.0, "resume": []}}}
    assert _turns.as_given(told, {})["invocation"]["module_args"] == {"run_for": None, "resume": []}
    assert _turns.as_given({"msg": "x"}, {}) == {"msg": "x"}


def test_a_turn_that_dies_leaves_what_earlier_ones_did() -> None:
    left = _turns.died(result(SUBMITTED, changed=True), {"failed": True, "changed": False, "msg": "MODULE FAILURE"})
    assert (left["results"], left["changed"], left["failed"]) == ([SUBMITTED], True, True)
    assert left["msg"].startswith("MODULE FAILURE. Copies that are under way go on")
    assert "ended without a result" in _turns.died(result(), {"failed": True})["msg"]


def test_a_first_turn_is_the_result_so_far() -> None:
    first = result(SUBMITTED)
    assert _merge.many_copies(None, first) is first
    assert _merge.one_copy(None, first, {}) is first


def test_what_this_task_submitted_is_copied_and_not_merely_found() -> None:
    now = entry("present", image={"id": "i2"}, job=None, preflight=[{"check": "quota", "status": "unknown"}])
    found = merged(SUBMITTED, now)
    assert (found["status"], found["action"], found["attempts"]) == ("copied", "submitted", 1)
    assert (found["started_at"], found["job"], found["image"]) == (BEGAN, {"id": "j1"}, {"id": "i2"})
    assert found["preflight"] == SUBMITTED["preflight"]


def test_what_this_task_waited_for_is_copied_too() -> None:
    found = merged(entry(action="waited"), entry("updated", action="updated"))
    assert (found["status"], found["action"]) == ("copied", "updated")


@pytest.mark.parametrize("status", ["present", "copied", "updated", "skipped", "failed"])
@pytest.mark.parametrize("later", ["present", "failed", "skipped", "not_started"])
def test_what_is_over_stays_as_it_was(status: str, later: str) -> None:
    before = entry(status, action="submitted")
    assert merged(before, entry(later)) == before


def test_a_further_attempt_has_its_own_beginning() -> None:
    later = "2026-03-01T11:30:00Z"
    found = merged(SUBMITTED, {**SUBMITTED, "attempts": 2, "started_at": later})
    assert (found["attempts"], found["started_at"]) == (2, later)


def test_a_copy_that_a_later_turn_begins_has_that_turns_beginning() -> None:
    assert merged(entry("not_started"), SUBMITTED)["started_at"] == BEGAN


def test_the_parts_come_to_one_result() -> None:
    other = entry("not_started", label="images[1]")
    before = result(SUBMITTED, other, changed=True, warnings=["a"], invocation={"first": True})
    now = result(entry("present"), entry("present", label="images[1]"), warnings=["a", "b"], cut_short=False)

    whole = _merge.many_copies(before, now)

    assert (whole["changed"], whole["waited"], whole["warnings"]) == (True, 2.1, ["a", "b"])
    assert (whole["msg"], whole["finished"], whole["failed"]) == ("2 copies: 1 present, 1 copied", True, False)
    assert (whole["counts"]["copied"], whole["cut_short"], whole["invocation"]) == (1, False, {"first": True})


def test_one_that_failed_fails_the_whole_with_its_reason() -> None:
    failed = entry("failed", error={"message": "storage broke", "code": "IMG.0061"})
    whole = _merge.many_copies(result(SUBMITTED), result(failed))
    assert whole["failed"] is True and "storage broke" in whole["msg"]
    assert whole["error"]["code"] == "IMG.0061"


def test_a_turn_that_fails_as_a_whole_loses_nothing_of_the_earlier_ones() -> None:
    whole = _merge.many_copies(result(SUBMITTED), result(failed=True, msg="IAM is away", error={"code": "x"}))
    assert (whole["results"], whole["msg"], whole["failed"]) == ([SUBMITTED], "IAM is away", True)
    assert whole["finished"] is False


def test_a_difference_spans_the_turns() -> None:
    def part(header: str, before: str, after: str) -> dict[str, str]:
        return {"before_header": header, "after_header": header, "before": before, "after": after}

    first = result(SUBMITTED, diff=[part("a", "nothing", "foreseen")])
    now = result(SUBMITTED, diff=[part("a", "untagged", "tagged"), part("b", "nothing", "foreseen")])
    assert _merge.many_copies(first, now)["diff"] == [part("a", "nothing", "tagged"), part("b", "nothing", "foreseen")]


ONE: dict[str, t.Any] = {
    "changed": True,
    "action": "submitted",
    "image": None,
    "source_image": {"id": "i1", "name": "golden"},
    "job": {"id": "j1"},
    "preflight": ["first"],
    "started_at": BEGAN,
    "refused_since": None,
    "waited": 1.0,
    "cut_short": True,
}


def test_one_copy_is_told_as_what_the_task_did() -> None:
    now = {**ONE, "changed": False, "action": "waited", "preflight": [], "cut_short": False}
    now["image"] = {"id": "i2", "name": "golden", "status": "active"}
    whole = _merge.one_copy(ONE, now, {"destination_region": "cn-south-1"})
    assert (whole["changed"], whole["action"], whole["preflight"]) == (True, "submitted", ["first"])
    assert whole["msg"] == '"golden" has been copied to cn-south-1 as image i2'


def test_one_copy_that_fails_keeps_its_message_and_what_was_known() -> None:
    now = {**ONE, "changed": False, "action": "none", "job": None, "source_image": None, "failed": True, "msg": "no"}
    whole = _merge.one_copy(ONE, now, {})
    assert (whole["msg"], whole["job"], whole["source_image"]) == ("no", ONE["job"], ONE["source_image"])


def test_a_turn_is_told_what_was_submitted() -> None:
    told = _merge.carry_on_one(ONE, "later")
    assert (told["status"], told["attempts"], told["started_at"]) == ("in_progress", 1, BEGAN)


def test_time_counts_from_the_task_on_for_what_an_earlier_run_submitted() -> None:
    told = _merge.carry_on_one({**ONE, "action": "waited", "started_at": None}, "task")
    assert (told["status"], told["attempts"], told["started_at"]) == ("in_progress", 0, "task")


def test_a_copy_that_waits_for_a_slot_has_not_begun() -> None:
    told = _merge.carry_on_one({**ONE, "action": "none", "job": None, "started_at": None}, "task")
    assert (told["status"], told["started_at"]) == ("not_started", None)


def test_what_the_query_found_is_named_in_the_next_turn() -> None:
    named = [{"image_name": "golden", "copy_tags": True}]
    found = entry(label="query", image_id="i9", image_name=None)
    told = _merge.carry_on_many({"images": named, "query": "[]"}, result(SUBMITTED, found, found), "task")
    assert (told["images"], told["query"], told["retry_failed"]) == ([*named, {"image_id": "i9"}], None, False)
    assert [each["started_at"] for each in told["resume"]] == [BEGAN, "task", "task"]
