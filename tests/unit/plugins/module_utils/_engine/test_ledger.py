# SPDX-License-Identifier: GPL-3.0-or-later
"""What this host remembers of its submissions, also when two runs are at the same copy, and when it cannot."""

from __future__ import annotations

import datetime
import errno
import fcntl
import json
import os
import pathlib
import socket
import stat
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Ledger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Key, Record, parsed
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import Held
from tests.unit.support import FakeClock, open_below

KEY = Key("0a1b2c3d4e5f", "c1")
SILVER, ANY = KEY._replace(copy="c2"), KEY._replace(copy="c3", any_name=True)
ELSEWHERE = Key("f5e4d3c2b1a0", "c1")
NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
SENT = Record(NOON, copy="c1")
ACCEPTED = Record(NOON, "job-1", copy="c1")
UNREAD = Record(NOON)

Make = t.Callable[..., Ledger]


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "new" / "state"


@pytest.fixture
def run(directory: pathlib.Path, clock: FakeClock) -> Make:
    """The ledger as one more run on this host has it."""
    return lambda: Ledger(str(directory), clock)


def refusing(number: int) -> t.Callable[..., t.Any]:
    def refuse(*arguments: t.Any, **options: t.Any) -> t.NoReturn:
        raise OSError(number, os.strerror(number))

    return refuse


def only_file(directory: pathlib.Path) -> pathlib.Path:
    (path,) = directory.glob("*.json")
    return path


def test_nothing_is_remembered_at_first(run: Make) -> None:
    ledger = run()
    assert ledger.peek(KEY) == []
    with ledger.claim(KEY) as entry:
        assert entry.read() == []
    assert ledger.peek(KEY) == []


@pytest.mark.parametrize("record", [SENT, ACCEPTED])
def test_another_run_finds_what_was_written(run: Make, record: Record) -> None:
    with run().claim(KEY) as entry:
        entry.write(record)
        assert entry.read() == [record]
    assert run().peek(KEY) == [record]
    with run().claim(KEY) as entry:
        assert entry.read() == [record]


def test_a_record_takes_the_place_of_the_one_before_even_if_it_is_shorter(run: Make) -> None:
    with run().claim(KEY) as entry:
        entry.write(ACCEPTED)
        entry.write(SENT)
        assert entry.read() == [SENT]
    assert run().peek(KEY) == [SENT]


def test_every_copy_has_a_record_of_its_own(run: Make) -> None:
    with run().claim(KEY) as entry, run().claim(ELSEWHERE) as another:
        entry.write(SENT)
        another.write(ACCEPTED)
    assert (run().peek(KEY), run().peek(ELSEWHERE)) == ([SENT], [ACCEPTED])


def test_directory_and_file_are_for_the_owner_alone(run: Make, directory: pathlib.Path) -> None:
    mask = os.umask(0)
    try:
        with run().claim(KEY) as entry:
            entry.write(SENT)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(only_file(directory).stat().st_mode) == 0o600


def test_looking_creates_nothing(run: Make, directory: pathlib.Path) -> None:
    run().peek(KEY)
    run().forget(KEY)
    assert not directory.parent.exists()


def test_what_is_forgotten_is_gone(run: Make, directory: pathlib.Path) -> None:
    with run().claim(KEY) as entry:
        entry.write(SENT)
    ledger = run()
    ledger.forget(KEY)
    assert (ledger.peek(KEY), list(directory.iterdir()), ledger.trouble) == ([], [], None)
    ledger.forget(KEY)


def test_a_claim_can_be_forgotten_while_it_is_held(run: Make, directory: pathlib.Path) -> None:
    with run().claim(KEY) as entry:
        entry.write(SENT)
        entry.forget()
        entry.forget()
    assert list(directory.iterdir()) == []


def test_looking_does_not_wait_for_the_lock(run: Make) -> None:
    with run().claim(KEY) as entry:
        entry.write(SENT)
        assert run().peek(KEY) == [SENT]


def test_what_another_run_holds_is_not_waited_for(run: Make) -> None:
    with run().claim(KEY), pytest.raises(Held) as raised, run().claim(KEY):
        pytest.fail("two runs held the same copy")
    this = f"process {os.getpid()} on {socket.gethostname()}"
    assert raised.value.as_text() == (
        f"another run is submitting a copy of this image to the same destination: {this}, since 2026-03-01T12:00:00Z. "
        f"Wait for {this} to end, or end it if it hangs, and run again: what it has begun is found."
    )
    assert raised.value.stage == "submit"


@pytest.mark.parametrize("odd", ["", "no json", "[]", '{"pid": "7", "host": "h", "since": "2026-03-01T12:00:00Z"}'])
def test_who_holds_it_is_left_out_where_it_cannot_be_read(run: Make, directory: pathlib.Path, odd: str) -> None:
    with run().claim(KEY):
        (note,) = directory.glob("*.holder")
        note.write_text(odd)
        with pytest.raises(Held) as raised, run().claim(KEY):
            pytest.fail("two runs held the same copy")
    assert raised.value.message == "another run is submitting a copy of this image to the same destination"


@pytest.mark.parametrize(("length", "told"), [(255, "h" * 255), (256, "h" * 252 + "...")])
def test_the_name_of_a_host_is_told_up_to_255_signs(run: Make, directory: pathlib.Path, length: int, told: str) -> None:
    with run().claim(KEY):
        (note,) = directory.glob("*.holder")
        note.write_text(json.dumps({"pid": 7, "host": "h" * length, "since": "2026-03-01T12:00:00Z"}))
        with pytest.raises(Held, match=f"process 7 on {told}, since"), run().claim(KEY):
            pytest.fail("two runs held the same copy")


def test_a_copy_is_claimed_and_given_back_even_where_nobody_can_note_who_holds_it(
    run: Make, directory: pathlib.Path
) -> None:
    with run().claim(KEY) as entry:
        entry.write(SENT)
    (directory / f"{only_file(directory).name}.holder").mkdir()
    with run().claim(KEY) as entry:
        assert entry.read() == [SENT]


def test_who_held_a_copy_leaves_nothing_behind(run: Make, directory: pathlib.Path) -> None:
    with run().claim(KEY) as entry:
        entry.write(SENT)
    assert list(directory.iterdir()) == [only_file(directory)]


def test_a_second_run_goes_on_with_what_the_first_one_wrote(run: Make) -> None:
    with run().claim(KEY) as first:
        first.write(ACCEPTED)
    with run().claim(KEY) as second:
        assert second.read() == [ACCEPTED]


def test_the_lock_is_let_go_when_the_block_fails(run: Make) -> None:
    with pytest.raises(ZeroDivisionError), run().claim(KEY):
        raise ZeroDivisionError
    with run().claim(KEY):
        pass


def test_no_descriptor_is_left_open(run: Make, directory: pathlib.Path) -> None:
    with run().claim(KEY) as entry:
        entry.write(SENT)
        with pytest.raises(Held), run().claim(KEY):
            pass
    run().forget(KEY)
    assert open_below(directory) == []


def test_a_file_that_was_forgotten_between_opening_and_locking_is_not_taken(
    run: Make, directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise two runs would hold two files for one copy, and only one of them would be found again."""
    really = fcntl.flock
    forgotten: list[pathlib.Path] = []

    def forgotten_meanwhile(descriptor: int, operation: int) -> None:
        if not forgotten:
            forgotten.append(only_file(directory))
            forgotten[0].unlink()
        really(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", forgotten_meanwhile)
    with run().claim(KEY) as entry:
        entry.write(SENT)
    assert run().peek(KEY) == [SENT]


def test_forgetting_leaves_the_record_of_a_run_that_is_just_submitting(run: Make) -> None:
    with run().claim(KEY) as entry:
        entry.write(SENT)
        run().forget(KEY)
        assert run().peek(KEY) == [SENT]


OTHER = Record(NOON, "job-2", copy="c1")


@pytest.mark.parametrize(
    ("noted", "known", "stands", "stays"),
    [
        (ACCEPTED, ACCEPTED, None, False),
        (SENT, SENT, None, False),
        (SENT, ACCEPTED, None, False),
        (ACCEPTED, SENT, None, True),
        (ACCEPTED, SENT, KEY.copy, False),
        (OTHER, ACCEPTED, KEY.copy, True),
    ],
)
def test_of_a_submission_that_has_ended_the_note_goes_unless_it_is_of_another_or_has_come_to_name_a_job(
    run: Make, noted: Record, known: Record, stands: str | None, stays: bool
) -> None:
    with run().claim(KEY) as entry:
        entry.write(noted)
    run().forget(KEY, known, stands)
    assert bool(run().peek(KEY)) is stays


def test_an_empty_file_was_claimed_and_never_written(run: Make, directory: pathlib.Path) -> None:
    with run().claim(KEY):
        assert only_file(directory).read_bytes() == b""
        assert run().peek(KEY) == []
    assert list(directory.iterdir()) == []


def test_an_unreadable_record_may_be_of_any_copy_and_still_says_when_something_was_sent(
    run: Make, directory: pathlib.Path
) -> None:
    with run().claim(KEY) as entry:
        entry.write(SENT)
    path = only_file(directory)
    path.write_bytes(b"{")
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    for key in (KEY, SILVER, ANY):
        assert run().peek(key) == [UNREAD]
        with run().claim(key) as entry:
            assert entry.read() == [UNREAD]


def remembers_nothing(ledger: Ledger) -> bool:
    with ledger.claim(KEY) as entry:
        entry.write(ACCEPTED)
        if entry.read():
            return False
        entry.forget()
    ledger.forget(KEY)
    return ledger.peek(KEY) == []


def test_without_a_directory_nothing_is_remembered_and_that_is_no_trouble(clock: FakeClock) -> None:
    ledger = Ledger(None, clock)
    assert remembers_nothing(ledger)
    assert ledger.trouble is None


def test_a_place_that_is_no_directory_is_trouble_and_no_failure(run: Make, directory: pathlib.Path) -> None:
    directory.parent.write_text("a file")
    ledger = run()
    assert remembers_nothing(ledger)
    assert ledger.trouble == f"Submitted copies cannot be remembered in {directory}: Not a directory."


@pytest.mark.parametrize(
    ("call", "number", "said"),
    [
        ("mkdir", errno.EROFS, "Read-only file system"),
        ("mkdir", errno.EACCES, "Permission denied"),
        ("open", errno.EACCES, "Permission denied"),
    ],
)
def test_a_directory_that_cannot_be_written_is_trouble_and_no_failure(
    run: Make, directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, said: str
) -> None:
    monkeypatch.setattr(os, call, refusing(number))
    ledger = run()
    assert remembers_nothing(ledger)
    assert ledger.trouble == f"Submitted copies cannot be remembered in {directory}: {said}."


def test_a_file_system_without_locks_is_trouble_and_no_failure(
    run: Make, directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", refusing(errno.ENOLCK))
    ledger = run()
    assert remembers_nothing(ledger)
    assert ledger.trouble == f"Submitted copies cannot be remembered in {directory}: No locks available."
    assert open_below(directory) == []


def test_a_full_disk_is_trouble_and_leaves_the_record_that_is_there(
    run: Make, directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = run()
    with ledger.claim(KEY) as entry:
        entry.write(SENT)
        monkeypatch.setattr(os, "write", refusing(errno.ENOSPC))
        entry.write(ACCEPTED)
        assert entry.read() == [SENT]
    assert ledger.trouble == f"Submitted copies cannot be remembered in {directory}: No space left on device."


def test_a_record_that_cannot_be_removed_is_trouble_and_no_failure(
    run: Make, directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = run()
    with ledger.claim(KEY) as entry:
        entry.write(SENT)
        monkeypatch.setattr(os, "unlink", refusing(errno.EACCES))
        entry.forget()
    assert ledger.trouble == f"Submitted copies cannot be remembered in {directory}: Permission denied."


def test_a_record_is_on_the_disk_before_the_request_is_sent(run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.pread(descriptor, 1000, 0)))
    with run().claim(KEY) as entry:
        entry.write(ACCEPTED)
    assert [parsed(content, 0.0) for content in synced] == [[ACCEPTED]]
