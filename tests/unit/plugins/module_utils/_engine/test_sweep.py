# SPDX-License-Identifier: GPL-3.0-or-later
"""What killed runs, and copies for which nobody comes back, leave in the folder of the ledger, and who removes it."""

from __future__ import annotations

import datetime
import fcntl
import os
import pathlib
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Ledger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Key, Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.sweep import sweep
from tests.unit.support import FakeClock

KEY = Key("0a1b2c3d4e5f", "c1")
ELSEWHERE = Key("f5e4d3c2b1a0", "c1")
NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
SENT = Record(NOON, copy="c1")

Make = t.Callable[..., Ledger]


@pytest.fixture
def run(tmp_path: pathlib.Path, clock: FakeClock) -> Make:
    """The ledger as one more run on this host has it."""
    return lambda: Ledger(str(tmp_path), clock)


def only_file(folder: pathlib.Path) -> pathlib.Path:
    (path,) = folder.glob("*.json")
    return path


def test_a_run_that_was_killed_before_it_noted_anything_leaves_what_the_next_to_forget_removes(
    run: Make, tmp_path: pathlib.Path
) -> None:
    with run().claim(KEY):
        (claimed,) = tmp_path.glob("*.json")
        holder = claimed.with_name(f"{claimed.name}.holder").read_text()
    claimed.touch()
    claimed.with_name(f"{claimed.name}.holder").write_text(holder)

    run().forget(KEY, stands="c1")

    assert list(tmp_path.iterdir()) == []


def test_the_lock_that_a_killed_run_has_left_is_the_next_ones(run: Make, tmp_path: pathlib.Path) -> None:
    with run().claim(KEY) as entry:
        entry.write(SENT)
    note = only_file(tmp_path)
    left = note.with_name(f"{note.name}.holder")
    left.write_text('{"pid": 1, "host": "killed", "since": "2026-03-01T12:00:00Z"}')

    with run().claim(KEY):
        assert "killed" not in left.read_text()
    assert list(tmp_path.iterdir()) == [note]


def test_a_file_that_a_run_has_forgotten_while_another_made_it_anew_is_left_to_that_one(
    run: Make, tmp_path: pathlib.Path
) -> None:
    with run().claim(KEY):
        only_file(tmp_path).unlink()
        with run().claim(KEY) as entry:
            entry.write(SENT)
    assert run().peek(KEY) == [SENT]


DAY = 24 * 3600.0


def aged(path: pathlib.Path, clock: FakeClock, days: float) -> pathlib.Path:
    path.touch()
    then = clock.utcnow().timestamp() - days * DAY
    os.utime(path, (then, then))
    return path


def test_the_first_claim_of_a_run_removes_notes_for_which_nobody_has_come_back_in_a_month(
    run: Make, tmp_path: pathlib.Path, clock: FakeClock
) -> None:
    old = aged(tmp_path / "00aa00aa00aa.json", clock, 31)
    aged(tmp_path / "00aa00aa00aa.json.holder", clock, 31)
    aged(tmp_path / "00bb00bb00bb.json.holder", clock, 0)
    young = aged(tmp_path / "00cc00cc00cc.json", clock, 29)
    others = [aged(tmp_path / name, clock, 400) for name in ("report.json", "00dd.txt", "00EE.json")]
    linked = tmp_path / "00ff00ff00ff.json"
    linked.symlink_to(others[0])

    with run().claim(KEY) as entry:
        entry.write(SENT)

    assert not old.exists()
    assert set(tmp_path.iterdir()) == {young, *others, linked, pathlib.Path(tmp_path / f"{KEY.route}.json")}


def test_an_old_note_that_somebody_has_locked_stays(run: Make, tmp_path: pathlib.Path, clock: FakeClock) -> None:
    with run().claim(ELSEWHERE) as entry:
        entry.write(SENT)
        aged(only_file(tmp_path), clock, 31)
        with run().claim(KEY):
            pass
        assert run().peek(ELSEWHERE) == [SENT]


def test_an_old_note_that_is_written_anew_just_then_stays(
    run: Make, tmp_path: pathlib.Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = aged(tmp_path / "00aa00aa00aa.json", clock, 31)
    really = fcntl.flock

    def written_meanwhile(descriptor: int, operation: int) -> None:
        aged(old, clock, 0)
        really(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", written_meanwhile)
    sweep(str(tmp_path), clock.utcnow())
    assert old.exists()
