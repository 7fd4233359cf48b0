# SPDX-License-Identifier: GPL-3.0-or-later
"""How a copy is marked on its source image, and what is made of a mark that nobody can read."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._model.mark import Mark, marks_of, name_of, stem_of

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
STEM = stem_of("a1", "p-south", "golden")


def test_a_mark_is_named_after_its_copy_and_its_run() -> None:
    assert name_of(STEM, "0123cafe") == STEM + "0123"
    assert len(STEM) == len("ims_copy_") + 12 + 1
    others = {stem_of("a2", "p-south", "golden"), stem_of("a1", "p-east", "golden"), stem_of("a1", "p-south", "silver")}
    assert len(others | {STEM}) == 4


@pytest.mark.parametrize(
    ("mark", "value"),
    [
        (Mark(STEM + "0123", "pending", NOON, "0123cafe"), "pending 2026-03-01T12:00:00Z 0123cafe -"),
        (Mark(STEM + "0123", "submitted", NOON, "0123cafe", "j1"), "submitted 2026-03-01T12:00:00Z 0123cafe j1"),
        (Mark(STEM + "0123", "ended", NOON, "0123cafe", "j1"), "ended 2026-03-01T12:00:00Z 0123cafe j1"),
    ],
)
def test_what_is_written_is_read_again(mark: Mark, value: str) -> None:
    assert mark.value == value
    assert marks_of({mark.name: value, stem_of("a2", "p", "n") + "0123": value, "other": "x"}, STEM) == [mark]


UNREADABLE = ["", "pending", "submitted", "submitted 2026-03-01T12:00:00Z 0123cafe", "x y z j", "-"]


@pytest.mark.parametrize("value", UNREADABLE)
def test_a_mark_that_nobody_can_read_may_be_one_of_a_submission(value: str) -> None:
    (mark,) = marks_of({STEM + "0123": value}, STEM)
    assert (mark.state, mark.at, mark.job_id) == ("pending", None, None)


def test_the_marks_of_several_runs_stand_beside_each_other() -> None:
    values = {name_of(STEM, run): f"pending 2026-03-01T12:00:00Z {run} -" for run in ("0123cafe", "4567cafe")}
    assert [mark.run for mark in marks_of(values, STEM)] == ["0123cafe", "4567cafe"]
