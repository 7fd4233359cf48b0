# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""How fast copies go, learned from those of this run: when one should end, and when the whole should; pure."""

from __future__ import annotations

import typing as t

# A job's percentage is a whole number, so an end that follows from it is off by up to this share of the duration.
ROUNDING = 0.01
# Below this many per cent a percentage tells less than what other copies have shown.
TELLING_PERCENT = 5
# Nobody looks more often than this share of the interval between two looks.
SHORTEST_SHARE = 0.05
# A look that is due so little before the end that is expected, in shares of the interval, waits for it.
CLOSE_SHARE = 0.75


class Pace:
    """The durations of copies that have ended, as a line over their sizes: a beginning, and seconds for each byte."""

    def __init__(self) -> None:
        self._count = 0
        self._sizes = self._seconds = self._squares = self._products = 0.0

    def learn(self, size_bytes: t.Optional[int], seconds: t.Optional[float]) -> None:
        """A copy of that size has taken so long."""
        if not size_bytes or not seconds:
            return
        self._count += 1
        self._sizes += size_bytes
        self._seconds += seconds
        self._squares += float(size_bytes) ** 2
        self._products += float(size_bytes) * seconds

    def line(self) -> t.Optional[t.Tuple[float, float]]:
        """Seconds that each copy takes, and seconds for each byte; None before anything has been learned."""
        if not self._count:
            return None
        spread = self._count * self._squares - self._sizes**2
        if spread > 1e-9 * self._count * self._squares:
            slope = (self._count * self._products - self._sizes * self._seconds) / spread
            base = (self._seconds - slope * self._sizes) / self._count
            if slope > 0 and base >= 0:
                return base, slope
        return 0.0, self._seconds / self._sizes

    def duration(self, size_bytes: t.Optional[int]) -> t.Optional[float]:
        """Seconds that a copy of that size should take."""
        line = self.line()
        return line[0] + line[1] * size_bytes if line is not None and size_bytes else None

    def left(self, size_bytes: t.Optional[int], elapsed: t.Optional[float], percent: int) -> t.Optional[float]:
        """Seconds that a copy should take from now on; None where nobody can tell.

        :param elapsed: seconds since it was submitted
        :param percent: what its job said last
        """
        if elapsed is None:
            return None
        known = self.duration(size_bytes)
        if percent >= 100:
            return 0.0
        # Another clock may have it begin later than ours has it now: then the percentage tells nothing.
        if elapsed > 0 and (percent >= TELLING_PERCENT or (known is None and percent > 0)):
            return elapsed * (100 - percent) / percent
        return max(0.0, known - elapsed) if known is not None else None


def next_look(interval: float, left: t.Optional[float], elapsed: t.Optional[float]) -> float:
    """Seconds until a copy is to be looked at: in an interval, or when it should end if that is about then."""
    if left is None:
        return interval
    aim = left + ROUNDING * (left + (elapsed or 0.0))
    if aim > interval * (1 + CLOSE_SHARE):
        return interval
    return max(aim, interval * SHORTEST_SHARE)


def spread(first: float, interval: float, others: t.Sequence[float], slots: int) -> float:
    """A moment for a first look, in an interval at the latest, away from the looks at other copies.

    :param first: seconds until the look would be due
    :param others: seconds until the looks at the others are due
    """
    step = interval / (2 * max(1, slots))
    candidates = [first - number * step for number in range(max(1, slots))]
    free = [moment for moment in candidates if all(abs(moment - other) >= step / 2 for other in others)]
    return free[0] if free else first


def whole_left(
    line: t.Optional[t.Tuple[float, float]], queued: t.Tuple[int, int, int], running: t.Sequence[float], slots: int
) -> t.Optional[float]:
    """Seconds until everything should be done: as the slots allow, and no less than the longest copy takes.

    :param line: seconds for each copy, and for each byte; None where nobody can tell
    :param queued: how many copies wait, their bytes together, and the bytes of the largest
    :param running: seconds that each copy under way should still take
    """
    count, size, largest = queued
    if count and line is None:
        return None
    base, slope = line or (0.0, 0.0)
    waiting = base * count + slope * size
    longest = base + slope * largest if count else 0.0
    return max([longest, *running, (waiting + sum(running)) / max(1, slots)])


class Moving(t.NamedTuple):
    """A copy under way: its size, the seconds since it was submitted, and what its job said last."""

    size_bytes: int
    elapsed: t.Optional[float]
    percent: int


def first_guess(moving: t.Sequence[Moving]) -> t.Optional[t.Tuple[float, float]]:
    """A line before anything has ended: what is under way shows how fast it goes."""
    seen = [(copy.elapsed, copy.size_bytes * copy.percent / 100) for copy in moving if copy.elapsed and copy.percent]
    copied = sum(size for dummy, size in seen)
    return (0.0, sum(elapsed for elapsed, dummy in seen) / copied) if copied else None


def rest_of(pace: Pace, copy: Moving, slope: float) -> float:
    """Seconds that a copy under way should still take; ``slope``: seconds for each byte, where nothing else tells."""
    left = pace.left(copy.size_bytes, copy.elapsed, copy.percent)
    return left if left is not None else slope * copy.size_bytes * (100 - copy.percent) / 100
