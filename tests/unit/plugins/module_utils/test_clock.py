# SPDX-License-Identifier: GPL-3.0-or-later
"""Deadlines on a clock that tests move, and the form in which results carry a time."""

from __future__ import annotations

import datetime
import time

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import (
    Deadline,
    SystemClock,
    moment,
    precise,
    timestamp,
)
from tests.unit.support import FakeClock

UTC = datetime.timezone.utc


def test_a_deadline_counts_down_to_nothing_and_stays_there(clock: FakeClock) -> None:
    deadline = Deadline(clock, 10)
    assert (deadline.remaining, deadline.passed) == (10, False)
    clock.sleep(9)
    assert (deadline.remaining, deadline.passed) == (1, False)
    clock.sleep(1)
    assert (deadline.remaining, deadline.passed) == (0, True)
    clock.sleep(1)
    assert (deadline.remaining, deadline.passed) == (0, True)


def test_a_timestamp_is_in_utc_wherever_the_moment_was_taken() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=8))
    assert timestamp(datetime.datetime(2026, 3, 1, 20, 0, 5, 999, tzinfo=zone)) == "2026-03-01T12:00:05Z"


def test_a_timestamp_is_read_back() -> None:
    assert moment("2026-03-01T12:00:05Z") == datetime.datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def test_a_precise_time_has_milliseconds_and_is_read_back() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=8))
    assert precise(datetime.datetime(2026, 3, 1, 20, 0, 5, 7999, tzinfo=zone)) == "2026-03-01T12:00:05.007Z"
    assert moment("2026-03-01T12:00:05.007Z") == datetime.datetime(2026, 3, 1, 12, 0, 5, 7000, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-03-01", 17, ["2026-03-01T12:00:05Z"]])
def test_what_is_no_timestamp_is_no_moment(text: object) -> None:
    assert moment(text) is None


def test_the_system_clock_is_the_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    before = time.monotonic()
    clock = SystemClock()
    assert before <= clock.monotonic() <= time.monotonic()
    assert abs(datetime.datetime.now(UTC) - clock.utcnow()) < datetime.timedelta(minutes=1)
    clock.sleep(3.5)
    assert slept == [3.5]
