# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Virtual time: the durations of the service in seconds of its own, which run faster than ours or only on demand."""

from __future__ import annotations

import datetime
import time

UTC = datetime.timezone.utc


class VirtualClock:
    """Seconds since the start, ``time_scale`` times as fast as real ones; ``manual`` stands still until advanced.

    :param epoch: the virtual time of day at the start, if it is not the real one
    """

    def __init__(
        self, time_scale: float = 60.0, manual: bool = False, epoch: datetime.datetime | None = None
    ) -> None:
        if time_scale <= 0:
            raise ValueError("the time scale must be above 0")
        self.time_scale = time_scale
        self.manual = manual
        self._starts_at = epoch
        self.restart()

    def restart(self) -> None:
        """Second 0 is now; the virtual time of day is the real one again, or the one given."""
        self._began = time.monotonic()
        self._epoch = self._starts_at or datetime.datetime.now(UTC)
        self._advanced = 0.0

    def now(self) -> float:
        """Virtual seconds since the start."""
        if self.manual:
            return self._advanced
        return (time.monotonic() - self._began) * self.time_scale + self._advanced

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._advanced += seconds

    def moment(self, seconds: float | None = None) -> datetime.datetime:
        """The virtual time of day, now or at so many virtual seconds since the start."""
        return self._epoch + datetime.timedelta(seconds=self.now() if seconds is None else seconds)

    def signing_time(self) -> datetime.datetime:
        """What the date of a signature is held against: real time, unless time is moved by hand."""
        return self.moment() if self.manual else datetime.datetime.now(UTC)

    def real_seconds(self, virtual: float) -> float:
        return virtual if self.manual else virtual / self.time_scale


def image_time(moment: datetime.datetime) -> str:
    """``2026-03-01T12:00:41Z``, as images carry it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def job_time(moment: datetime.datetime) -> str:
    """``2026-03-01T12:00:40.100Z``, as jobs carry it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def token_time(moment: datetime.datetime) -> str:
    """``2026-03-01T12:00:40.100000Z``, as IAM tokens carry it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
