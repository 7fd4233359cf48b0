# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered of submissions, how a file tells it, and which of several tells most."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import (
    Key,
    Record,
    parsed,
    telling,
    written,
)

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
LATER = NOON + datetime.timedelta(minutes=1)
SENT = Record(NOON, run="r1", attempt=1, copy="c1")
ACCEPTED = SENT._replace(at=LATER, job_id="j1")


ENDED = ACCEPTED._replace(ended_at=LATER, image_id="i1")


@pytest.mark.parametrize("records", [[SENT], [ENDED, SENT._replace(copy="c2")]])
def test_what_is_written_is_read_again(records: list[Record]) -> None:
    assert parsed(written(records), 0.0) == records


def test_an_empty_file_was_claimed_and_never_written() -> None:
    assert parsed(b"", NOON.timestamp()) == []


UNREADABLE = [
    b"{",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"{}",
    b"[[]]",
    b'{"at": "2026-03-01T12:00:00Z", "job_id": null}',
    b'[{"at": "2026-03-01T12:00:00Z"}]',
    b'[{"at": "yesterday", "job_id": null}]',
    b'[{"at": 17, "job_id": null}]',
    b'[{"at": null, "job_id": "job-1"}]',
    written([SENT])[:-1] + b", {}]",
]


@pytest.mark.parametrize("content", UNREADABLE)
def test_what_cannot_be_read_says_that_something_was_sent_when_it_was_written(content: bytes) -> None:
    assert parsed(content, NOON.timestamp()) == [Record(NOON)]


@pytest.mark.parametrize("job_id", ["17", "true", "{}", "[]", '""', '"a/b"', '"\\ud800"'])
def test_a_job_id_that_no_service_has_given_is_none(job_id: str) -> None:
    content = f'[{{"at": "2026-03-01T12:00:00Z", "job_id": {job_id}, "run": 7, "attempt": "x", "copy": []}}]'
    assert parsed(content.encode(), 0.0) == [Record(NOON)]


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ([SENT, ACCEPTED._replace(run="r2")], [ACCEPTED._replace(run="r2"), SENT]),
        ([SENT, SENT._replace(at=LATER)], [SENT._replace(at=LATER), SENT]),
        ([SENT, ACCEPTED], [ACCEPTED]),  # the same one, from before it was answered
        ([ACCEPTED, SENT._replace(at=LATER + (LATER - NOON), attempt=2)], None),  # a further attempt of that run
        ([ACCEPTED, SENT._replace(copy="c2")], None),  # another copy of that run
        ([ACCEPTED, ACCEPTED._replace(run="r2", at=NOON)], [ACCEPTED]),  # noted by a run that followed it
    ],
)
def test_what_says_most_comes_first_and_what_says_less_of_the_same_is_left_out(
    records: list[Record], told: t.Optional[list[Record]]
) -> None:
    assert telling(records) == (told if told is not None else records)


@pytest.mark.parametrize(
    ("key", "heeded"), [(Key("r", "c1"), ["c1", ""]), (Key("r", "c1", any_name=True), ["c1", "c2", ""])]
)
def test_a_copy_under_any_name_heeds_every_one_on_its_way(key: Key, heeded: list[str]) -> None:
    assert [copy for copy in ("c1", "c2", "") if key.heeds(SENT._replace(copy=copy))] == heeded
