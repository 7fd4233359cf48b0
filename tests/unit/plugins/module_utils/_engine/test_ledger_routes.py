# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of one image to one place under several names: where their runs meet, and what each remembers."""

from __future__ import annotations

import datetime
import os
import pathlib
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Ledger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Key, Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import Held
from tests.unit.support import FakeClock

KEY = Key("0a1b2c3d4e5f", "c1")
# Under another name, and under any.
SILVER, ANY = KEY._replace(copy="c2"), KEY._replace(copy="c3", any_name=True)
NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
SENT = Record(NOON, copy="c1")
ACCEPTED = Record(NOON, "job-1", copy="c1")

Make = t.Callable[..., Ledger]


@pytest.fixture
def run(tmp_path: pathlib.Path, clock: FakeClock) -> Make:
    """The ledger as one more run on this host has it."""
    return lambda: Ledger(str(tmp_path), clock)


@pytest.mark.parametrize("other", [SILVER, ANY])
def test_runs_meet_whatever_they_call_their_copy_of_an_image_to_a_place(run: Make, other: Key) -> None:
    with run().claim(KEY), pytest.raises(Held), run().claim(other):
        pytest.fail("two runs submitted copies of one image to one place")


@pytest.fixture
def two_names(run: Make) -> tuple[Record, Record]:
    """Submissions under two names, the younger one without an answer."""
    noted = (ACCEPTED, Record(NOON + datetime.timedelta(minutes=1), run="r2", copy="c2"))
    for key, record in zip((KEY, SILVER), noted):
        with run().claim(key) as entry:
            entry.write(record)
    return noted


def test_a_copy_under_a_name_has_its_own_submission_alone_and_one_under_any_name_has_all(
    run: Make, two_names: tuple[Record, Record]
) -> None:
    golden, silver = two_names
    assert (run().peek(KEY), run().peek(SILVER), run().peek(ANY)) == ([golden], [silver], [golden, silver])
    with run().claim(ANY) as entry:
        assert entry.read() == [golden, silver]


def test_a_submission_takes_the_place_of_none_of_another_name(run: Make, two_names: tuple[Record, Record]) -> None:
    with run().claim(ANY) as entry:
        entry.write(SENT._replace(copy=""))
        entry.forget()
    assert run().peek(ANY) == list(two_names)


@pytest.mark.parametrize(
    ("key", "known", "stands", "left"),
    [
        (KEY, None, "c1", ["c2"]),
        (ANY, None, "c1", ["c2"]),  # what stands is called so
        (ANY, None, "c9", ["c1", "c2"]),
        (ANY, ACCEPTED, "c9", ["c2"]),  # the service has called it otherwise
        (ANY, ACCEPTED, None, ["c2"]),
        (SILVER, ACCEPTED, "c2", ["c1", "c2"]),
    ],
)
def test_what_has_ended_is_forgotten_and_no_submission_of_another_name(
    run: Make, two_names: tuple[Record, Record], key: Key, known: Record | None, stands: str | None, left: list[str]
) -> None:
    run().forget(key, known, stands)
    assert [record.copy for record in run().peek(ANY)] == left


def test_the_end_of_a_copy_under_another_name_is_noted_with_its_submission(
    run: Make, two_names: tuple[Record, Record], clock: FakeClock
) -> None:
    golden, silver = two_names
    run().note_end(ANY, golden._replace(run="somebody"))
    assert run().peek(ANY) == [golden._replace(ended_at=clock.utcnow()), silver]


@pytest.mark.parametrize(("key", "left"), [(KEY, []), (ANY, [Record(NOON)])])
def test_what_nobody_can_read_goes_with_the_copy_that_stands_unless_it_may_be_of_another_name(
    run: Make, tmp_path: pathlib.Path, key: Key, left: list[Record]
) -> None:
    note = tmp_path / f"{KEY.route}.json"
    note.write_bytes(b"{")
    os.utime(note, (NOON.timestamp(), NOON.timestamp()))
    run().forget(key, stands="c1")
    assert run().peek(ANY) == left


def test_what_nobody_can_read_is_not_written_over_by_the_end_of_another_submission(
    run: Make, tmp_path: pathlib.Path
) -> None:
    note = tmp_path / f"{KEY.route}.json"
    note.write_bytes(b"{")
    run().note_end(KEY, ACCEPTED)
    assert note.read_bytes() == b"{"
