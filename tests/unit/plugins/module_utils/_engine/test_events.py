# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run notes of itself, and that a log which cannot be written costs nothing but itself."""

from __future__ import annotations

import errno
import json
import os
import pathlib
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.events import (
    EventLog,
    NoEventLog,
    event_log,
    run_of,
)
from tests.unit.support import FakeClock, open_below


def told(path: pathlib.Path) -> list[dict[str, t.Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines() if line]


def test_each_event_is_a_line_with_its_time_and_its_run(clock: FakeClock, tmp_path: pathlib.Path) -> None:
    log = EventLog(str(tmp_path / "log"), clock, "0123abcd")
    log.tell("planned", copies=2)
    clock.sleep(1.5)
    log.tell("ended", changed=True)

    assert told(tmp_path / "log") == [
        {"at": "2026-03-01T12:00:00.000Z", "run": "0123abcd", "event": "planned", "copies": 2},
        {"at": "2026-03-01T12:00:01.500Z", "run": "0123abcd", "event": "ended", "changed": True},
    ]


@pytest.mark.parametrize(
    ("lease", "run"), [("/x/0123abcd", "0123abcd"), ("/x/mine", None), ("/x/0123abcd.lock", None), (None, None)]
)
def test_a_run_has_the_name_of_its_lease_where_that_is_one_of_a_run(lease: str | None, run: str | None) -> None:
    assert run_of(lease) == run


def test_an_event_leaves_no_file_open(clock: FakeClock, tmp_path: pathlib.Path) -> None:
    EventLog(str(tmp_path / "log"), clock).tell("planned")
    assert open_below(tmp_path) == []


def test_every_run_has_a_name_of_its_own(clock: FakeClock, tmp_path: pathlib.Path) -> None:
    for _run in range(2):
        log = EventLog(str(tmp_path / "log"), clock)
        log.tell("planned")
        log.tell("ended")

    runs = [line["run"] for line in told(tmp_path / "log")]
    assert runs[0] == runs[1] != runs[2] == runs[3]
    assert all(len(bytes.fromhex(run)) == 4 for run in runs)


def test_what_stands_in_the_file_stays(clock: FakeClock, tmp_path: pathlib.Path) -> None:
    (tmp_path / "log").write_text("mine\n")
    EventLog(str(tmp_path / "log"), clock).tell("ended")
    assert (tmp_path / "log").read_text().startswith("mine\n{")


def test_nobody_else_reads_a_new_file(clock: FakeClock, tmp_path: pathlib.Path) -> None:
    EventLog(str(tmp_path / "log"), clock).tell("ended")
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_whatever_a_name_holds_an_event_stays_one_line_of_ascii(clock: FakeClock, tmp_path: pathlib.Path) -> None:
    EventLog(str(tmp_path / "log"), clock).tell("failed", name="a\nb\x1b[2J\u2028\u00e9")
    assert (tmp_path / "log").read_bytes().count(b"\n") == 1
    assert told(tmp_path / "log")[0]["name"] == "a\nb\x1b[2J\u2028\u00e9"


def test_each_line_is_one_write_at_the_end(
    clock: FakeClock, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[bytes] = []
    flags: list[int] = []
    write, opened = os.write, os.open

    def note_write(descriptor: int, data: bytes) -> int:
        writes.append(data)
        return write(descriptor, data)

    def note_open(path: str, how: int, mode: int) -> int:
        flags.append(how)
        return opened(path, how, mode)

    monkeypatch.setattr(os, "write", note_write)
    monkeypatch.setattr(os, "open", note_open)
    EventLog(str(tmp_path / "log"), clock).tell("ended", text="x" * 100_000)
    assert len(writes) == 1 and writes[0].endswith(b"}\n")
    assert flags[0] & os.O_APPEND


def test_a_log_that_cannot_be_written_says_so_once(clock: FakeClock, tmp_path: pathlib.Path) -> None:
    log = EventLog(str(tmp_path / "nowhere" / "log"), clock)
    log.tell("planned")
    first = log.trouble
    (tmp_path / "nowhere").mkdir()
    log.tell("ended")

    assert first == log.trouble and f"{tmp_path}/nowhere/log (No such file" in str(first)
    assert [line["event"] for line in told(tmp_path / "nowhere" / "log")] == ["ended"]


def test_half_a_line_on_a_full_disk_spoils_no_other(
    clock: FakeClock, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = EventLog(str(tmp_path / "log"), clock)
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda fd, data: write(fd, data[:9]))
        log.tell("planned")
    log.tell("ended")

    assert "no room" in str(log.trouble)
    half, whole = (tmp_path / "log").read_text().splitlines()
    assert (len(half), json.loads(whole)["event"]) == (9, "ended")


def test_trouble_with_writing_reaches_nobody(
    clock: FakeClock, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(fd: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    log = EventLog(str(tmp_path / "log"), clock)
    monkeypatch.setattr(os, "write", full)
    log.tell("planned")
    assert "No space left on device" in str(log.trouble)


@pytest.mark.parametrize("path", [None, ""])
def test_without_a_path_nothing_is_noted(path: str | None, clock: FakeClock) -> None:
    log = event_log(path, clock)
    log.tell("planned", copies=1)
    assert log.__class__ is NoEventLog and log.trouble is None


def test_with_a_path_there_is_a_log(clock: FakeClock, tmp_path: pathlib.Path) -> None:
    event_log(str(tmp_path / "log"), clock, "aaaaaaaa").tell("ended")
    assert told(tmp_path / "log")[0]["run"] == "aaaaaaaa"
