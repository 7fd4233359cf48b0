# SPDX-License-Identifier: GPL-3.0-or-later
"""How a copy is marked on its source image, and what is made of a mark that nobody can read."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._model.mark import (
    Mark,
    digits_of,
    is_of,
    marks_of,
    name_of,
)

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
COPY, ROUTE = digits_of("a1", "p-south", "golden"), digits_of("cn-north-4", "a1", "p-south")
NAME = f"ims_copy_{COPY}_0123"


def test_a_mark_is_named_after_its_copy_and_its_run() -> None:
    assert name_of(COPY, "0123cafe") == NAME
    assert (len(COPY), Mark(NAME, "pending", NOON, "0123cafe").copy) == (12, COPY)
    assert is_of(NAME, COPY) and not is_of(NAME, COPY[:-1])


def test_the_digits_of_a_copy_are_those_of_its_source_its_destination_and_its_name() -> None:
    others = {digits_of(*parts) for parts in (("a2", "p-south", "golden"), ("a1", "p-east", "golden"),
                                              ("a1", "p-south", "silver"), ("a1", "p-southgolden"))}  # fmt: skip
    assert len(others | {COPY, ROUTE}) == 6


@pytest.mark.parametrize(
    ("mark", "value"),
    [
        (Mark(NAME, "pending", NOON, "0123cafe", None, "00ff"), "pending 2026-03-01T12:00:00Z 0123cafe - 00ff"),
        (Mark(NAME, "submitted", NOON, "0123cafe", "j1"), "submitted 2026-03-01T12:00:00Z 0123cafe j1 -"),
        (Mark(NAME, "ended", NOON, "0123cafe", "j1", "00ff"), "ended 2026-03-01T12:00:00Z 0123cafe j1 00ff"),
        (Mark(NAME, "ended", NOON, "0123cafe", "j1", "00ff", "i1"), "ended 2026-03-01T12:00:00Z 0123cafe j1 00ff i1"),
    ],
)
def test_what_is_written_is_read_again(mark: Mark, value: str) -> None:
    assert mark.value == value
    other = name_of(digits_of("a2", "p", "n"), "0123")
    assert marks_of({mark.name: value, other: value, "other": "x"}, COPY) == [mark]


def test_of_a_copy_under_any_name_all_marks_of_its_route_are_its_own() -> None:
    told = "pending 2026-03-01T12:00:00Z 0123cafe -"
    silver, elsewhere, junk = (name_of(digits, "0123cafe") for digits in ("0a" * 6, "0b" * 6, "0c" * 6))
    attributes = {NAME: told, silver: f"{told} {ROUTE}", elsewhere: f"{told} 00ff", junk: "junk"}
    assert [mark.name for mark in marks_of(attributes, COPY, ROUTE)] == sorted([NAME, silver])
    assert [mark.name for mark in marks_of(attributes, COPY)] == [NAME]


UNREADABLE = ["", "pending", "submitted", "submitted 2026-03-01T12:00:00Z 0123cafe", "x y z j", "-"]


@pytest.mark.parametrize("value", UNREADABLE)
def test_a_mark_that_nobody_can_read_may_be_one_of_a_submission(value: str) -> None:
    (mark,) = marks_of({NAME: value}, COPY)
    assert (mark.state, mark.at, mark.job_id) == ("pending", None, None)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_mark_of_a_year_in_which_there_was_no_cloud_tells_no_time(at: str) -> None:
    (found,) = marks_of({NAME: f"submitted {at} deadbeef j1 -"}, COPY)
    assert (found.state, found.at, found.job_id) == ("submitted", None, "j1")


def test_the_marks_of_several_runs_stand_beside_each_other() -> None:
    values = {name_of(COPY, run): f"pending 2026-03-01T12:00:00Z {run} -" for run in ("0123cafe", "4567cafe")}
    assert [mark.run for mark in marks_of(values, COPY)] == ["0123cafe", "4567cafe"]
