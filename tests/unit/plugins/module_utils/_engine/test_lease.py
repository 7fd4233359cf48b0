# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a lease lasts: while its file is touched, by the module's own clock."""

from __future__ import annotations

import math
import os
import pathlib

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.lease import Lease, NoLease
from tests.unit.support import FakeClock, open_below


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "lease").touch()
    return tmp_path / "lease"


def touch(file: pathlib.Path, seconds: float) -> None:
    os.utime(file, (seconds, seconds))


def test_whoever_waits_can_tell_by_the_file_whether_the_process_is_there(clock: FakeClock, file: pathlib.Path) -> None:
    Lease(str(file), clock)
    assert file.read_text() == str(os.getpid())


def test_a_lease_leaves_no_file_open(clock: FakeClock, file: pathlib.Path) -> None:
    Lease(str(file), clock)
    assert open_below(file.parent) == []


def test_a_lease_that_nobody_renews_ends(clock: FakeClock, file: pathlib.Path) -> None:
    held = Lease(str(file), clock)
    clock.sleep(29.9)
    assert not held.stale
    clock.sleep(0.2)
    assert held.stale


def test_a_touch_renews_it_from_when_it_is_seen(clock: FakeClock, file: pathlib.Path) -> None:
    held = Lease(str(file), clock)
    for moment in range(1, 5):
        clock.sleep(29)
        touch(file, moment)
        assert not held.stale
    clock.sleep(30.1)
    assert held.stale


@pytest.mark.parametrize(("last", "stale"), [(14, True), (83, True), (85, False), (114, False)])
def test_after_a_long_while_without_a_look_it_counts_when_the_file_was_touched(
    last: int, stale: bool, clock: FakeClock, file: pathlib.Path
) -> None:
    """While a plan is made of a slow service's answers, whoever waited may long be gone."""
    held = Lease(str(file), clock)
    touch(file, file.stat().st_mtime + last)
    clock.sleep(114)
    assert held.stale is stale


@pytest.mark.parametrize("jump", [-3600, 3600])
def test_where_the_clock_of_the_file_was_set_it_counts_when_the_touch_is_seen(
    jump: int, clock: FakeClock, file: pathlib.Path
) -> None:
    held = Lease(str(file), clock)
    clock.sleep(100)
    touch(file, file.stat().st_mtime + jump)
    assert not held.stale
    clock.sleep(29.9)
    assert not held.stale
    clock.sleep(0.2)
    assert held.stale


@pytest.mark.parametrize("moment", [0.0, 4e9])
def test_whose_clock_the_file_has_does_not_matter(moment: float, clock: FakeClock, file: pathlib.Path) -> None:
    touch(file, moment)
    held = Lease(str(file), clock)
    clock.sleep(29)
    assert not held.stale
    clock.sleep(2)
    assert held.stale


def test_it_ends_at_once_when_the_file_is_gone(clock: FakeClock, file: pathlib.Path) -> None:
    held = Lease(str(file), clock)
    file.unlink()
    assert held.stale


def test_it_never_began_without_a_file(clock: FakeClock, tmp_path: pathlib.Path) -> None:
    assert Lease(str(tmp_path / "none"), clock).stale


def test_once_ended_it_stays_so(clock: FakeClock, file: pathlib.Path) -> None:
    held = Lease(str(file), clock)
    file.unlink()
    assert held.stale
    file.touch()
    assert held.stale


def test_it_lasts_as_long_as_it_is_told(clock: FakeClock, file: pathlib.Path) -> None:
    held = Lease(str(file), clock, seconds=6)
    clock.sleep(5.9)
    assert (held.stale, held.pause) == (False, 1.0)
    clock.sleep(0.1)
    assert held.stale


def test_a_pause_is_shorter_than_a_lease(clock: FakeClock, file: pathlib.Path) -> None:
    assert Lease(str(file), clock).pause == 5.0


def test_without_one_a_run_ends_when_it_is_done() -> None:
    assert (NoLease().stale, NoLease().pause) == (False, math.inf)
