# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Tells of each copy what has changed about it since it was last told of, and how the whole run goes."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import heapq
import typing as t

from .. import _clock as clocks
from .events import NoEventLog
from .pace import Moving, Pace, first_guess, rest_of, whole_left

IN_PROGRESS, NOT_STARTED = "in_progress", "not_started"
# Statuses that are told when a copy comes to them, under their own name. What is present is only counted.
TOLD_ENDS = ("copied", "updated", "failed", "skipped")

Fields = t.Dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Standing:
    """How a copy stands, as far as events tell it.

    ``submitted`` says that this run began it, ``refusal`` is the service's reason for "not now", and ``status`` is
    that of results.
    """

    status: str
    copy: Fields
    attempt: int = 0
    job: t.Optional[str] = None
    percent: t.Optional[int] = None
    began: t.Optional[datetime.datetime] = None
    error: t.Optional[Fields] = None
    refusal: t.Optional[Fields] = None
    submitted: bool = False
    warnings: t.Tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return self.copy["source"].get("size_bytes") or 0

    @property
    def bytes_done(self) -> float:
        if self.status == "copied":
            return self.size
        return self.size * (self.percent or 0) / 100 if self.status == IN_PROGRESS else 0


class Teller:
    """Told once that the plan stands, then of each copy that may have changed, and once that the run has ended."""

    def __init__(
        self, log: NoEventLog, clock: clocks.Clock, max_concurrent: int = 5, pace: t.Optional[Pace] = None
    ) -> None:
        """``pace``: what the run learns of how fast its copies go."""
        self._log = log
        self._clock = clock
        self._max_concurrent = max_concurrent
        self._pace = pace or Pace()
        self._known: t.List[Standing] = []
        self._counts: t.Counter[str] = collections.Counter()
        self._under_way: t.Dict[int, Standing] = {}
        self._queued_bytes = 0
        # The largest first; what has left the queue is dropped when it comes to the front.
        self._queued_sizes: t.List[t.Tuple[int, int]] = []
        self._refused: t.Set[int] = set()
        self._bytes = 0
        self._bytes_copied = 0.0
        self._whole: Fields = {}

    @property
    def trouble(self) -> t.Optional[str]:
        """Why something could not be told, or None."""
        return self._log.trouble

    def planned(self, standings: t.Sequence[Standing]) -> None:
        """The plan stands: what is to be done, and what an earlier run has left under way."""
        self._known = list(standings)
        for number, standing in enumerate(standings):
            self._count(number, standing)
        self._bytes = sum(standing.size for standing in standings if standing.status in (IN_PROGRESS, NOT_STARTED))
        self._log.tell(
            "planned",
            copies=len(standings),
            bytes=self._bytes,
            present=self._counts["present"] + self._counts["updated"],
            queued=self._counts[NOT_STARTED],
            under_way=self._counts[IN_PROGRESS],
            failed=self._counts["failed"],
            skipped=self._counts["skipped"],
            max_concurrent=self._max_concurrent,
        )
        for number, standing in enumerate(standings):
            if standing.status == IN_PROGRESS:
                self._tell("found", number, standing)
            elif standing.status in TOLD_ENDS:
                self._tell(standing.status, number, standing)
            self._warn(number, standing, ())
        self._tell_whole()

    def changed(self, number: int, standing: Standing, again: bool = False) -> None:
        """A copy may stand otherwise than before.

        :param again: this attempt has failed, and another one follows
        """
        before = self._known[number]
        if standing == before and not again:
            return
        self._count(number, standing, before)
        self._known[number] = standing
        self._warn(number, standing, before.warnings)
        if again:
            self._tell("failed", number, standing, again=True)
        else:
            event = self._event(before, standing)
            if event is not None:
                self._tell(event, number, standing)
        self._tell_whole()

    def ended(self, changed: bool, counts: t.Mapping[str, int]) -> None:
        """Nothing more follows."""
        self._log.tell("ended", changed=changed, counts=dict(counts))

    @staticmethod
    def _event(before: Standing, now: Standing) -> t.Optional[str]:
        if now.status in TOLD_ENDS:
            return now.status if before.status != now.status else None
        if now.status == IN_PROGRESS:
            if now.submitted and now.attempt > before.attempt:
                return "submitted"
            if before.status != IN_PROGRESS:
                return "found"
            return "progress" if (now.percent, now.job) != (before.percent, before.job) else None
        return "waiting_for_slot" if now.refusal is not None and before.refusal is None else None

    def _tell(self, event: str, number: int, standing: Standing, **more: t.Any) -> None:
        error = standing.refusal if event == "waiting_for_slot" else standing.error
        self._log.tell(
            event,
            number=number,
            copy=standing.copy,
            attempt=standing.attempt,
            job=standing.job,
            percent=standing.percent,
            began=clocks.precise(standing.began) if standing.began is not None else None,
            error=error,
            **more,
        )

    def _warn(self, number: int, standing: Standing, said: t.Tuple[str, ...]) -> None:
        for message in standing.warnings:
            if message not in said:
                self._tell("warning", number, standing, message=message)

    def _tell_whole(self) -> None:
        whole = self._whole_of()
        # Time passes between any two events, which alone is no news.
        if {**whole, "seconds_left": None} != {**self._whole, "seconds_left": None}:
            self._whole = whole
            self._log.tell("progress", whole=whole)

    def _whole_of(self) -> Fields:
        queued, under_way = self._counts[NOT_STARTED], len(self._under_way)
        refused = bool(self._refused)
        # Of an account's slots, those that others hold are of no use.
        slots = max(under_way, 1) if refused else min(self._max_concurrent, max(under_way + queued, 1))
        left = self._seconds_left(slots)
        moving = sum(standing.bytes_done for standing in self._under_way.values())
        return {
            "copies": len(self._known),
            "done": len(self._known) - queued - under_way,
            "failed": self._counts["failed"],
            "under_way": under_way,
            "queued": queued,
            "slots": under_way,
            "refused": refused,
            "bytes": self._bytes,
            "bytes_done": round(self._bytes_copied + moving),
            "seconds_left": round(left, 1) if left is not None and queued + under_way else None,
        }

    def _seconds_left(self, slots: int) -> t.Optional[float]:
        """Until everything is copied, by the sizes, by what has been learned, and by how far the others are."""
        now = self._clock.utcnow()
        moving = [
            Moving(one.size, (now - one.began).total_seconds() if one.began else None, one.percent or 0)
            for one in self._under_way.values()
        ]
        while self._queued_sizes and self._known[self._queued_sizes[0][1]].status != NOT_STARTED:
            heapq.heappop(self._queued_sizes)
        largest = -self._queued_sizes[0][0] if self._queued_sizes else 0
        line = self._pace.line() or first_guess(moving)
        if line is None:
            return None
        queued = (self._counts[NOT_STARTED], self._queued_bytes, largest)
        return whole_left(line, queued, [rest_of(self._pace, copy, line[1]) for copy in moving], slots)

    def _count(self, number: int, standing: Standing, before: t.Optional[Standing] = None) -> None:
        """Keep the sums, so that an event costs the same however many copies there are."""
        if before is not None:
            self._counts[before.status] -= 1
            self._queued_bytes -= before.size if before.status == NOT_STARTED else 0
            if standing.status == "copied" != before.status:
                self._bytes_copied += standing.size
        self._counts[standing.status] += 1
        if standing.status == NOT_STARTED:
            self._queued_bytes += standing.size
            heapq.heappush(self._queued_sizes, (-standing.size, number))
        self._under_way.pop(number, None)
        if standing.status == IN_PROGRESS:
            self._under_way[number] = standing
        self._refused.discard(number)
        if standing.status == NOT_STARTED and standing.refusal is not None:
            self._refused.add(number)
