# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The only source of time: everything that waits or signs is handed a clock, so that tests hand in their own."""

from __future__ import annotations

import datetime
import time
import typing as t

# The years in which anything of a cloud can have happened: not before there was any, nor when calendars end.
YEARS = range(1970, 9000)


class Clock(t.Protocol):
    """What the collection asks of time."""

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps; only differences mean anything."""

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""

    def utcnow(self) -> datetime.datetime:
        """The time of day, aware, in UTC."""


class SystemClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def utcnow(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.timezone.utc)


class Deadline:
    """A moment on the monotonic clock, ``seconds`` from now."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._ends = clock.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._ends - self._clock.monotonic())

    @property
    def passed(self) -> bool:
        return self.remaining <= 0.0


def timestamp(moment: datetime.datetime) -> str:
    """``2026-03-01T12:00:00Z``, the form in which results carry a time."""
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def precise(moment: datetime.datetime) -> str:
    """``2026-03-01T12:00:00.123Z``, the form in which events carry a time."""
    utc = moment.astimezone(datetime.timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def is_possible(when: datetime.datetime) -> bool:
    """Whether anything of a cloud can have happened then."""
    return when.year in YEARS


def moment(text: t.Any) -> t.Optional[datetime.datetime]:
    """The time that :func:`timestamp` or :func:`precise` wrote; None for anything else."""
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ"):
        try:
            return datetime.datetime.strptime(str(text), form).replace(tzinfo=datetime.timezone.utc)
        except ValueError:
            continue
    return None
