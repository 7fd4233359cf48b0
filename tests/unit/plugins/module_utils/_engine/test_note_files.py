# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the ledger in a folder in which others may write as well: nobody leads a run astray, or holds it up."""

from __future__ import annotations

import errno
import os
import pathlib
import stat

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import note_files
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Ledger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Key, Record, parsed
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import NoteUnreadable
from tests.unit.support import FakeClock

KEY = Key("0a1b2c3d4e5f", "c1")
THEIRS = '[{"at": "2026-03-01T12:00:00Z", "job_id": "theirs", "copy": "c1"}]'


@pytest.fixture
def ledger(tmp_path: pathlib.Path, clock: FakeClock) -> Ledger:
    return Ledger(str(tmp_path), clock)


@pytest.fixture
def note(ledger: Ledger, tmp_path: pathlib.Path) -> pathlib.Path:
    """Where the note of a copy goes; nothing is there yet."""
    with ledger.claim(KEY) as entry:
        entry.forget()
    return pathlib.Path(ledger._path(KEY))


def link(note: pathlib.Path) -> None:
    target = note.with_name("target")
    target.write_text(THEIRS)
    note.symlink_to(target)


def dangling_link(note: pathlib.Path) -> None:
    note.symlink_to(note.with_name("made for somebody else"))


def second_name(note: pathlib.Path) -> None:
    target = note.with_name("target")
    target.write_text(THEIRS)
    os.link(target, note)


def open_socket(note: pathlib.Path) -> None:
    os.mknod(note, stat.S_IFSOCK | 0o600)


ASTRAY = {
    link: "is a link",
    dangling_link: "is a link",
    second_name: "has a second name",
    os.mkfifo: "is not a plain file",
    os.mkdir: "is not a plain file",
    open_socket: "is not a plain file",
}


def refusing(number):
    """As the system opens a file for whom it is not."""

    def refuse(*arguments, **options):
        raise OSError(number, os.strerror(number))

    return refuse


astray = pytest.mark.parametrize("make", ASTRAY, ids=lambda make: make.__name__)


@astray
def test_what_is_no_file_of_our_own_is_never_written_and_keeps_the_copy_from_being_submitted(
    ledger, note, tmp_path, make
):
    make(note)
    before = {path.name: path.stat().st_size for path in tmp_path.iterdir() if path.exists()}

    with pytest.raises(NoteUnreadable) as caught, ledger.claim(KEY):
        pass

    assert {path.name: path.stat().st_size for path in tmp_path.iterdir() if path.exists()} == before
    assert caught.value.message.endswith(f"is not known: in {tmp_path}, {note.name} {ASTRAY[make]}")
    assert "ledger: cloud" in caught.value.hint


@astray
def test_what_is_no_file_of_our_own_is_never_believed_and_a_plan_tells_of_it(ledger, note, make):
    make(note)
    with pytest.raises(NoteUnreadable):
        ledger.peek(KEY)


@astray
def test_what_is_no_file_of_our_own_stays_when_a_copy_has_ended(ledger, note, clock, make):
    make(note)
    ledger.forget(KEY)
    ledger.note_end(KEY, Record(clock.utcnow(), "job-1"))
    assert (os.path.lexists(note), ledger.trouble) == (True, None)


def test_the_file_of_another_user_is_neither_believed_nor_written(ledger, note, monkeypatch):
    note.write_text(THEIRS)
    monkeypatch.setattr(os, "geteuid", lambda: note.stat().st_uid + 1)

    with pytest.raises(NoteUnreadable, match="belongs to another user"):
        ledger.peek(KEY)
    with pytest.raises(NoteUnreadable, match="belongs to another user"), ledger.claim(KEY):
        pass


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_a_file_that_another_user_keeps_to_himself_belongs_to_another_user(ledger, note, monkeypatch, number):
    note.write_text(THEIRS)
    monkeypatch.setattr(os, "open", refusing(number))

    with pytest.raises(NoteUnreadable, match="belongs to another user"):
        ledger.peek(KEY)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_where_no_file_can_be_made_there_is_no_note_of_anybody(ledger, note, monkeypatch, number):
    monkeypatch.setattr(os, "open", refusing(number))

    assert ledger.peek(KEY) == []
    with ledger.claim(KEY) as entry:
        assert entry.read() == []
    assert str(ledger.trouble).startswith("Submitted copies cannot be remembered in ")


def test_every_folder_that_is_made_is_for_its_owner_alone(tmp_path):
    mask = os.umask(0)
    try:
        note_files.claimed(str(tmp_path / "one" / "two" / "three"), "note")
    finally:
        os.umask(mask)
    made = [tmp_path / "one", tmp_path / "one" / "two", tmp_path / "one" / "two" / "three"]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o700] * 3


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    os.close(note_files.claimed(str(tmp_path), "note"))
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_folder_may_be_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "state").symlink_to(tmp_path / "disk")
    os.close(note_files.claimed(str(tmp_path / "state"), "note"))
    assert (tmp_path / "disk" / "note").exists()


@pytest.mark.parametrize("folder", ["a\0b", "\ud800"])
def test_a_folder_that_no_system_can_have_is_an_error_of_the_system(folder):
    with pytest.raises(OSError) as raised:
        note_files.claimed(folder, "note")
    assert raised.value.errno == errno.EINVAL


@pytest.mark.parametrize("content", [b"[" * 60_000, b'{"at":' * 10_000], ids=["lists", "dicts"])
def test_a_note_nested_too_deep_to_be_read_still_says_when_something_was_sent(ledger, note, content):
    note.write_bytes(content)
    os.utime(note, (1_800_000_000, 1_800_000_000))
    (record,) = ledger.peek(KEY)
    assert record.at.timestamp() == 1_800_000_000


def test_no_more_of_a_note_is_read_than_a_note_can_have(tmp_path):
    (tmp_path / "note").write_bytes(b"x" * 1_000_000)
    content, _modified = note_files.content_of(str(tmp_path), "note")
    assert len(content) == note_files.LONGEST


def test_a_note_of_a_year_that_no_date_has_is_one_of_the_last(clock):
    (record,) = parsed(b"x", 2.0**40)
    assert record.at.year == 9999


@pytest.mark.parametrize("deep", ["/" + "a/" * 3000, "b" * 300, "x/" * 5000])
def test_a_folder_whose_path_is_too_long_is_an_error_of_the_system(deep):
    with pytest.raises(OSError) as raised:
        note_files.claimed(deep, "note")
    assert raised.value.errno == errno.ENAMETOOLONG


def test_a_thousand_folders_that_are_missing_are_made(tmp_path):
    folder = tmp_path.joinpath(*["x"] * 1000)
    os.close(note_files.claimed(str(folder), "note"))
    try:
        assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE((tmp_path / "x").stat().st_mode)) == (0o700, 0o700)
    finally:
        # Whoever tidies up after the tests walks into folders, and not so deep.
        (folder / "note").unlink()
        os.removedirs(folder)
        tmp_path.mkdir(exist_ok=True, parents=True)


def test_a_folder_in_which_none_can_be_made_is_an_error_of_the_system(tmp_path, monkeypatch):
    # As in /proc, where a new folder is answered with this.
    mkdir = os.mkdir

    def make(path, mode):
        if os.path.dirname(path) == str(tmp_path):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        mkdir(path, mode)

    monkeypatch.setattr(os, "mkdir", make)
    for folder in (tmp_path / "one", tmp_path / "one" / "two"):
        with pytest.raises(FileNotFoundError):
            note_files.claimed(str(folder), "note")


def test_a_folder_that_another_run_makes_meanwhile_is_used(tmp_path, monkeypatch):
    mkdir = os.mkdir
    state = tmp_path / "state"

    def make(path, mode):
        monkeypatch.setattr(os, "mkdir", mkdir)
        try:
            mkdir(path, mode)
        finally:
            state.mkdir()

    monkeypatch.setattr(os, "mkdir", make)
    os.close(note_files.claimed(str(state / "one"), "note"))
    assert (state / "one" / "note").exists()


def in_a_pipe(folder):
    os.mkfifo(folder)
    return folder / "below"


def a_pipe(folder):
    os.mkfifo(folder)
    return folder


def a_loop(folder):
    folder.symlink_to(folder)
    return folder


def below_nowhere(folder):
    folder.symlink_to(folder.with_name("nowhere"))
    return folder / "below"


def below_a_file(folder):
    folder.write_text("")
    return folder / "below"


IN_THE_WAY = (in_a_pipe, a_pipe, a_loop, below_nowhere, below_a_file)


@pytest.mark.parametrize("make", IN_THE_WAY, ids=lambda make: make.__name__)
def test_what_stands_where_a_folder_should_be_is_said_and_holds_up_nothing(tmp_path, clock, make):
    folder = make(tmp_path / "state")
    ledger = Ledger(str(folder), clock)

    with ledger.claim(KEY) as entry:
        entry.write(Record(clock.utcnow(), "job-1"))
        assert entry.read() == []

    assert (ledger.peek(KEY), str(ledger.trouble).partition(str(folder))[0]) == (
        [],
        "Submitted copies cannot be remembered in ",
    )


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_notes_and_folders_are_for_their_owner_alone_whatever_the_umask_is(tmp_path, mask):
    before = os.umask(mask)
    try:
        os.close(note_files.claimed(str(tmp_path / "one" / "two"), "note"))
    finally:
        os.umask(before)
    paths = [tmp_path / "one", tmp_path / "one" / "two", tmp_path / "one" / "two" / "note"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o700, 0o700, 0o600]
