# SPDX-License-Identifier: GPL-3.0-or-later
"""What results come to: counts, one sentence, one error."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import error_of
from ansible_collections.huaweicloud.ims.plugins.module_utils._result.summary import (
    counts_of,
    left_out,
    listed,
    replicas_of,
    sentence,
    story,
    summary,
    verdict,
)


def entries(*statuses: str) -> list[dict[str, t.Any]]:
    return [
        {"status": status, "label": f"images[{index}]", "destination_region": "cn-south-1"}
        for index, status in enumerate(statuses)
    ]


def test_every_status_is_counted_also_those_that_do_not_occur() -> None:
    assert counts_of(entries("copied", "failed", "copied")) == {
        "total": 3,
        "present": 0,
        "copied": 2,
        "updated": 0,
        "deleted": 0,
        "absent": 0,
        "in_progress": 0,
        "not_started": 0,
        "skipped": 0,
        "failed": 1,
    }


@pytest.mark.parametrize(
    ("statuses", "check_mode", "said"),
    [
        (["copied", "not_started", "copied"], False, "3 copies: 2 copied, 1 not started"),
        (["present"], False, "1 copy: present"),
        (["not_started"], True, "1 copy planned: to be copied"),
        (
            ["not_started", "present", "updated"],
            True,
            "3 copies planned: 1 present, 1 to be brought in line, 1 to be copied",
        ),
        ([], False, "0 copies: nothing to do"),
        (
            ["failed", "present", "copied", "updated", "failed", "in_progress"],
            False,
            "3 of 6 done, 2 failed: 1 present, 1 copied, 1 updated, 1 in progress",
        ),
        (["failed", "not_started"], True, "0 of 2 in order, 1 failed: 1 to be copied"),
        (["failed"], False, "0 of 1 done, 1 failed"),
    ],
)
def test_one_line_on_how_it_ended_begins_with_what_matters(statuses: list[str], check_mode: bool, said: str) -> None:
    assert summary(entries(*statuses), check_mode) == said


def test_checks_that_could_not_be_made_are_counted_where_a_copy_is_to_be_submitted() -> None:
    unknown, warned = {"status": "unknown"}, {"status": "warn"}
    planned = entries("not_started", "present", "not_started")
    planned[0].update(action="submitted", preflight=[unknown, warned])
    planned[1].update(action="none", preflight=[unknown])
    assert summary(planned, True).endswith("; 1 check could not be made")
    planned[2].update(action="submitted", preflight=[unknown])
    assert summary(planned, True) == "3 copies planned: 1 present, 2 to be copied; 2 checks could not be made"


def test_where_nothing_failed_there_is_no_error() -> None:
    assert verdict(entries("copied", "in_progress", "skipped")) is None


def failing() -> list[dict[str, t.Any]]:
    failed = entries("failed", "copied", "failed")
    failed[0]["error"] = {"stage": "plan", "code": "C.1", "http_status": 400, "message": "no", "request_id": "r1"}
    failed[2]["error"] = {"message": "neither", "hint": "Ask."}
    return failed


def test_one_error_stands_for_all_that_failed() -> None:
    error = verdict(failing())
    assert error is not None
    assert error.message == "1 of 3 done, 2 failed: 1 copied"
    assert (error.stage, error.code, error.http_status, error.request_id) == ("plan", "C.1", 400, "r1")
    assert error.hint is not None and error.hint.startswith("Mend the causes and run again")


def test_each_failure_has_a_line_of_its_own() -> None:
    assert story(failing()).splitlines() == [
        "1 of 3 done, 2 failed: 1 copied",
        "- images[0] to cn-south-1: no (code C.1, HTTP 400, request id r1)",
        "- images[2] to cn-south-1: neither. Ask.",
        "Mend the causes and run again: what is done stays done, and only the rest is tried.",
    ]


def test_a_reason_that_several_share_is_said_once() -> None:
    failed = entries("failed", "failed", "copied", "failed")
    for entry, reason in zip(failed, ("no agency", "full", "", "no agency")):
        entry["error"] = {"message": reason}
    assert story(failed).splitlines()[1:-1] == [
        "- 2 copies: no agency",
        "  - images[0] to cn-south-1",
        "  - images[3] to cn-south-1",
        "- images[1] to cn-south-1: full",
    ]


def test_what_is_left_out_is_told_once_for_each_reason() -> None:
    skipped = entries("skipped", "failed", *["skipped"] * 5)
    for entry in skipped:
        entry["error"] = {"message": "encrypted"}
    skipped[0]["error"] = {"message": "no source"}
    assert left_out(skipped) == [
        "images[0] to cn-south-1 is left out: no source",
        "images[2] to cn-south-1, images[3] to cn-south-1, images[4] to cn-south-1 and 2 more are left out: encrypted",
    ]


def test_nothing_is_said_of_more_where_all_are_named() -> None:
    assert listed(["a", "b", "c"]) == "a, b, c"
    assert listed(["a", "b", "c", "d"]) == "a, b, c and 1 more"


def test_what_the_service_says_cannot_look_like_a_line_of_ours() -> None:
    forged = entries("failed")
    forged[0]["error"] = {"message": "x\n- images[9] forged\x1b[31m \u202eabc"}
    assert story(forged).splitlines()[1] == r"- images[0] to cn-south-1: x - images[9] forged\x1b[31m \u202eabc"


@pytest.mark.parametrize("nothing", [{}, {"error": None}, {"error": {}}])
def test_an_error_without_a_reason_says_so(nothing: dict[str, t.Any]) -> None:
    assert error_of(nothing).message == "no reason is known"


ACTIVE = {"id": "r1", "name": "golden", "status": "active"}
SAVING = {**ACTIVE, "status": "saving"}


@pytest.mark.parametrize(
    ("result", "check_mode", "said"),
    [
        ({"action": "none", "image": ACTIVE}, False, '"golden" is present in cn-south-1 as image r1'),
        ({"action": "none", "image": ACTIVE}, True, '"golden" is present in cn-south-1 as image r1'),
        ({"action": "submitted", "image": ACTIVE}, False, '"golden" has been copied to cn-south-1 as image r1'),
        ({"action": "waited", "image": ACTIVE}, False, '"golden" has arrived in cn-south-1 as image r1'),
        ({"action": "updated", "image": ACTIVE}, False, '"golden" has been brought in line in cn-south-1 as image r1'),
        ({"action": "submitted", "image": None}, True, '"wanted" would be copied to cn-south-1'),
        ({"action": "updated", "image": ACTIVE}, True, '"golden" would be brought in line in cn-south-1'),
        (
            {"action": "submitted", "image": SAVING, "job": {"id": "j1"}},
            False,
            '"golden" is being copied to cn-south-1 as job j1',
        ),
        ({"action": "none", "image": SAVING}, False, '"golden" is being copied to cn-south-1 as image r1'),
        ({"action": "submitted", "image": None}, False, '"wanted" is being copied to cn-south-1 or about to be'),
        (
            {"action": "none", "image": None},
            False,
            '"wanted" was not submitted to cn-south-1 by this run, whose time was over; run again to carry on',
        ),
    ],
)
def test_one_sentence_on_how_a_copy_ended(result: dict[str, t.Any], check_mode: bool, said: str) -> None:
    assert sentence(result, "cn-south-1", "wanted", check_mode) == said


def stands(status: str, source: str | None, region: str, replica: str | None) -> dict[str, t.Any]:
    return {
        "status": status,
        "destination_region": region,
        "source_image": source and {"name": source},
        "image": replica and {"id": replica},
    }


def test_replicas_are_found_by_source_and_region_and_the_first_of_several_counts() -> None:
    told = [
        stands("copied", "web", "cn-south-1", "r1"),
        stands("present", "web", "cn-east-3", "r2"),
        stands("updated", "db", "cn-south-1", "r3"),
        stands("copied", "web", "cn-south-1", "r4"),
        stands("in_progress", "win", "cn-south-1", "r5"),
        stands("failed", "win", "cn-east-3", "r6"),
        stands("copied", "lost", "cn-south-1", None),
        stands("present", None, "cn-south-1", "r7"),
    ]
    assert replicas_of(told) == {"web": {"cn-south-1": "r1", "cn-east-3": "r2"}, "db": {"cn-south-1": "r3"}}
