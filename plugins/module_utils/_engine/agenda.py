# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""When each copy is to be looked at next, and when the service may be asked for a slot again."""

from __future__ import annotations

import datetime
import typing as t

from .. import _errors as errors
from .._clock import Clock, moment
from . import phases
from .copy import Copy
from .pace import Pace, next_look, spread

# Seconds between two attempts at a slot that somebody else holds: from, up to.
BUSY_PAUSE = 5.0
LONGEST_BUSY_PAUSE = 60.0
# A job cannot have taken longer than it was waited for; its clock and ours may differ by this many seconds.
CLOCK_SLACK = 1.0


class Agenda:
    """The moments, on the monotonic clock, at which the copies that are open are due."""

    def __init__(self, clock: Clock, pace: Pace, interval: float, slots: int) -> None:
        """``interval``: seconds between two looks at a copy about whose end nothing is known."""
        self._clock = clock
        self._pace = pace
        self._interval = interval
        self._slots = slots
        self._moments: t.Dict[int, float] = {}

    def due(self, copies: t.Iterable[Copy]) -> t.List[Copy]:
        """Those that are due, the one that has been so for longest first."""
        now = self._clock.monotonic()
        ready = [copy for copy in copies if self._moments.get(copy.number, now) <= now]
        return sorted(ready, key=lambda copy: self._moments.get(copy.number, now))

    def next(self, copies: t.Iterable[Copy]) -> t.Optional[float]:
        """The moment at which the first of them is due."""
        return min((self._moments[copy.number] for copy in copies if copy.number in self._moments), default=None)

    def put(self, copy: Copy, before: t.Optional[phases.Phase] = None) -> None:
        """Note when a copy is due, which has just been looked at or begun.

        :param before: the phase before, if there was one in this run
        """
        now = self._clock.monotonic()
        self._moments[copy.number] = now + self._pause(copy, now, before)

    def at_once(self, copy: Copy) -> None:
        self._moments[copy.number] = self._clock.monotonic()

    def drop(self, copy: Copy) -> None:
        self._moments.pop(copy.number, None)

    def _pause(self, copy: Copy, now: float, before: t.Optional[phases.Phase]) -> float:
        phase = copy.phase
        if isinstance(phase, phases.PutOff):
            return max(0.0, phase.until - now)
        if isinstance(phase, phases.Searching):
            if not isinstance(before, phases.Searching):
                return 0.0
            # The last look comes at the end of the search; one that failed is made again after the usual pause.
            return min(self._interval, phase.until - now) if phase.until > now else self._interval
        if not isinstance(phase, (phases.FollowingJob, phases.WatchingImage)):
            return self._interval
        first = not isinstance(before, (phases.FollowingJob, phases.WatchingImage))
        left = phase.attempt.deadline - now
        if left <= 0 and first:
            return 0.0
        pause = self._until_next_look(copy, now, first)
        # The last look comes right after the deadline.
        return min(pause, left) if left > 0 else pause

    def _until_next_look(self, copy: Copy, now: float, first: bool) -> float:
        elapsed = since(copy, self._clock.utcnow())
        left = self._pace.left(copy.source.size_bytes, elapsed, copy.job.progress if copy.job is not None else 0)
        pause = next_look(self._interval, left, elapsed)
        if not first or pause < self._interval:
            return pause
        others = [moment - now for number, moment in self._moments.items() if number != copy.number]
        return spread(pause, self._interval, others, self._slots)


class Slots:
    """The service's answers to requests for a slot, and the pauses that follow from them."""

    def __init__(self, clock: Clock, patience: float, jitter: t.Callable[[], float]) -> None:
        """``patience``: seconds for which "not now" is put up with; ``jitter``: a number in [0, 1)."""
        self._clock = clock
        self._patience = patience
        self._jitter = jitter
        self._pause = BUSY_PAUSE
        self.not_before = 0.0

    @property
    def open(self) -> bool:
        """Whether the service may be asked."""
        return self._clock.monotonic() >= self.not_before

    def got_one(self) -> None:
        self._pause = BUSY_PAUSE

    def freed(self) -> None:
        """One of ours has come free, so there is no reason to go on pausing."""
        self.not_before = 0.0

    def hopeless(self, refused_for: float) -> bool:
        """Whether the service has said "not now" for as long as anybody would wait."""
        return refused_for >= self._patience

    def turn(self) -> float:
        """Seconds to leave a copy alone that another run is at; drawn, so that two runs do not meet again and again."""
        return BUSY_PAUSE * (1.0 + self._jitter())

    def refused(self, error: errors.ImsError, refused_for: float) -> None:
        """The service said "not now"; so it has for ``refused_for`` seconds."""
        pause = self._pause * (0.5 + self._jitter() / 2)
        if isinstance(error, errors.Busy) and error.retry_after is not None:
            pause = max(pause, min(error.retry_after, self._patience))
        if refused_for < self._patience:
            # The last attempt comes when the time is over.
            pause = min(pause, self._patience - refused_for)
        self.not_before = self._clock.monotonic() + pause
        self._pause = min(self._pause * 2, LONGEST_BUSY_PAUSE)


def since(copy: Copy, now: datetime.datetime) -> t.Optional[float]:
    """Seconds since a copy was submitted, where that is known."""
    return max(0.0, (now - copy.began).total_seconds()) if copy.began is not None else None


def duration(copy: Copy, now: datetime.datetime) -> t.Optional[float]:
    """Seconds that a finished copy took: what its job says, if that can be, or as long as it was waited for."""
    waited = since(copy, now)
    if waited is None:
        return None
    began = moment(copy.job.begin_time) if copy.job is not None else None
    ended = moment(copy.job.end_time) if copy.job is not None else None
    if began is None or ended is None:
        return waited
    told = (ended - began).total_seconds()
    return told if 0 < told <= waited + CLOCK_SLACK else waited
