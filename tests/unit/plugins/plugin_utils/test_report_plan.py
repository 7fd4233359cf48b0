# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report as a plan, and its lines for a terminal: what would be done, and what would fail."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report import view
from tests.unit.report_page import ERROR, NOON, Reader, at, entry, failed, shown


def to_copy(name: str = "web", **more: t.Any) -> dict[str, t.Any]:
    return entry(name, status="not_started", action="submitted", image=None, **more)


def lines(*entries: dict[str, t.Any], check_mode: bool = True) -> list[str]:
    found: list[str] = view({"results": list(entries), "check_mode": check_mode}, NOON)["lines"]
    return found


PLAN = (
    entry("here"),
    to_copy("web"),
    {**to_copy("web", destination_region="cn-east-3", destination_project_name="cn-east-3"), "name": "golden"},
    entry("tagged", status="updated", action="updated"),
    entry("left", status="skipped"),
    failed("db", started_at=None, finished_at=None, action="none"),
)


def test_a_plan_is_titled_as_one_and_says_that_nothing_has_been_done() -> None:
    text = Reader(shown(*PLAN, check_mode=True)).text

    assert "Plan of an image migration: cn-north-4 → cn-south-1, cn-east-3" in text
    assert "This is a plan Nothing has been changed." in text
    assert "Not finished" not in text and "Timeline" not in text


def test_a_plan_counts_what_would_be_done_with_its_size() -> None:
    text = Reader(shown(*PLAN, check_mode=True)).text

    for tile in (
        "6 copies asked for", "1 Would fail", "2 Would be copied", "1 Would be brought in line",
        "1 Would be left out", "1 Present", "6.0 GiB to be copied, of 18.0 GiB in all",
    ):  # fmt: skip
        assert tile in text
    assert "One copy would fail" in text and "the agency lacks permission" in text


def test_a_plan_shows_failures_first_then_what_would_be_done() -> None:
    kinds = [row["kind"] for row in view({"results": list(PLAN), "check_mode": True}, NOON)["rows"]]

    assert kinds == ["failed", "to_copy", "to_copy", "updated", "skipped", "present"]


def test_a_plan_that_could_not_be_made_says_so() -> None:
    assert "The plan could not be made bad key" in Reader(shown(check_mode=True, failed=True, msg="bad key")).text


def test_copies_under_way_are_drawn_in_a_plan_too() -> None:
    job = {"id": "j", "progress": 40, "begin_time": "2026-03-01T11:50:00.000Z"}
    text = shown(entry("a", status="in_progress", action="waited", job=job), check_mode=True, now=0)

    assert "Timeline" in text and "10:00, Under way, 40 %, begun by an earlier run" in Reader(text).text


def test_what_is_held_back_by_the_failure_of_another_is_not_said_to_be_copied() -> None:
    held = entry("c", status="not_started", action="none")

    assert lines(held, failed("db")) == [
        'Would fail: "db" to cn-south-1: the agency lacks permission',
        'Held back: "c" to cn-south-1',
    ]


def test_the_lines_of_a_plan_name_every_copy_that_something_would_be_done_about() -> None:
    assert lines(*PLAN) == [
        'Would fail: "db" to cn-south-1: the agency lacks permission',
        'Would be copied: "web" to cn-south-1, 3.0 GiB',
        'Would be copied: "web" to cn-east-3 as "golden", 3.0 GiB',
        'Would be brought in line: "tagged" to cn-south-1',
        'Would be left out: "left" to cn-south-1',
        "Present: 1 of 6",
    ]


def test_fifty_lines_are_none_too_many() -> None:
    assert lines(*(to_copy(f"web-{number}") for number in range(50)))[-1].startswith('Would be copied: "web-49"')


def test_many_lines_are_cut_and_the_rest_is_counted() -> None:
    found = lines(*(to_copy(f"web-{number}") for number in range(60)), entry("here"))

    assert len(found) == 52
    assert found[-2:] == ["and 10 more", "Present: 1 of 61"]


def test_checks_that_could_not_be_made_are_noted_where_something_would_be_submitted() -> None:
    checks = [
        {"check": "quota", "status": "unknown", "code": None, "message": "may not be asked"},
        {"check": "windows", "status": "warn", "code": None, "message": "needs a driver"},
        {"check": "name", "status": "fail", "code": "IMG.0005", "message": "too long"},
    ]
    told = to_copy(preflight=checks, warnings=["windows: needs a driver"])
    (row,) = view({"results": [told], "check_mode": True}, NOON)["rows"]
    (present,) = view({"results": [entry("a", preflight=checks)], "check_mode": True}, at(0))["rows"]

    assert row["notes"] == ["windows: needs a driver", "quota: may not be asked"]
    assert present["notes"] == []


def test_an_image_that_was_asked_for_by_its_id_is_named_with_its_name() -> None:
    by_id = to_copy("x", image_name=None, image_id="465076de", source_image={"id": "465076de", "name": "x"})
    unknown = failed("x", image_name=None, image_id="465076de", source_image=None)

    assert lines(by_id, unknown) == [
        'Would fail: "465076de" to cn-south-1 as "x": the agency lacks permission',
        'Would be copied: "x" to cn-south-1',
    ]
    assert "x 465076de" in Reader(shown(by_id, check_mode=True).partition("<tbody")[2]).text


REFUSED: dict[str, t.Any] = {
    "error": {**ERROR, "stage": "preflight", "message": "Cannot copy it: 2 checks failed", "hint": "Mend it."},
    "preflight": [
        {
            "check": "source_not_iso",
            "status": "fail",
            "code": "IMG.0144",
            "message": "it is an ISO",
            "hint": "Take another",
        },
        {"check": "quota", "status": "fail", "code": None, "message": "no room is left", "hint": None},
        {"check": "windows", "status": "warn", "code": None, "message": "needs a driver"},
    ],
}


@pytest.mark.parametrize("status", ["failed", "skipped"])
def test_a_preflight_failure_says_each_thing_once(status: str) -> None:
    refused = entry("db", status=status, action="none", **REFUSED)
    (line,) = lines(refused)
    text = Reader(shown(refused, check_mode=True).partition("<tbody")[2]).text

    assert line.endswith('"db" to cn-south-1: it is an ISO; no room is left')
    assert "it is an ISO Take another check source_not_iso , code IMG.0144 no room is left check quota" in text
    assert text.count("it is an ISO") == 1
    assert "2 checks failed" not in text


def test_an_error_that_is_no_check_is_told_as_it_is() -> None:
    later = failed("db", preflight=REFUSED["preflight"])

    assert lines(later, check_mode=False) == ['Failed: "db" to cn-south-1: the agency lacks permission']


def test_a_plan_that_would_fail_says_that_nothing_at_all_is_submitted() -> None:
    held = "As long as something would fail, nothing at all is submitted"

    assert held in Reader(shown(to_copy(), failed("db"), check_mode=True)).text
    assert held not in Reader(shown(to_copy(), check_mode=True)).text
