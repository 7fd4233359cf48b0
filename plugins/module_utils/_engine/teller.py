# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Tells of each copy what has changed about it since it was last told of, and how the whole run goes."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from .._clock import Clock, precise
from .events import NoEventLog

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


class Pace:
    """How fast one slot copies, by what all copies together have shown so far."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bytes = 0.0
        self._seconds = 0.0

    def note(self, standing: Standing) -> None:
        """A copy has ended, and its whole time counts from now on."""
        if standing.status == "copied" and standing.began is not None:
            self._bytes += standing.size
            self._seconds += self._since(standing.began)

    def seconds_left(self, under_way: t.Iterable[Standing], queued: float, slots: int) -> t.Optional[float]:
        """Until everything is copied, if it goes on like this; None before anything can be told.

        :param queued: bytes of the copies that have not begun
        :param slots: how many copies run at a time
        """
        moving = list(under_way)
        seen, seconds = self._bytes, self._seconds
        for standing in moving:
            if standing.began is not None and standing.bytes_done:
                seen += standing.bytes_done
                seconds += self._since(standing.began)
        if not seen or not seconds:
            return None
        rests = [standing.size - standing.bytes_done for standing in moving]
        # No sooner than the slowest of those under way, nor than all the slots together can do the whole.
        rest = max([*rests, (sum(rests) + queued) / max(slots, 1)])
        return rest * seconds / seen

    def _since(self, moment: datetime.datetime) -> float:
        return max(0.0, (self._clock.utcnow() - moment).total_seconds())


class Teller:
    """Told once that the plan stands, then of each copy that may have changed, and once that the run has ended."""

    def __init__(self, log: NoEventLog, clock: Clock, max_concurrent: int = 5) -> None:
        self._log = log
        self._clock = clock
        self._max_concurrent = max_concurrent
        self._pace = Pace(clock)
        self._known: t.List[Standing] = []
        self._counts: t.Counter[str] = collections.Counter()
        self._under_way: t.Dict[int, Standing] = {}
        self._queued_bytes = 0.0
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
            began=precise(standing.began) if standing.began is not None else None,
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
        left = self._pace.seconds_left(self._under_way.values(), self._queued_bytes, slots)
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

    def _count(self, number: int, standing: Standing, before: t.Optional[Standing] = None) -> None:
        """Keep the sums, so that an event costs the same however many copies there are."""
        if before is not None:
            self._counts[before.status] -= 1
            self._queued_bytes -= before.size if before.status == NOT_STARTED else 0
            if standing.status == "copied" != before.status:
                self._bytes_copied += standing.size
                self._pace.note(standing)
        self._counts[standing.status] += 1
        self._queued_bytes += standing.size if standing.status == NOT_STARTED else 0
        self._under_way.pop(number, None)
        if standing.status == IN_PROGRESS:
            self._under_way[number] = standing
        self._refused.discard(number)
        if standing.status == NOT_STARTED and standing.refusal is not None:
            self._refused.add(number)
