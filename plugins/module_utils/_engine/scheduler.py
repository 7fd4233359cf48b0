# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Decides when something is done about which copy, so that no slot of the service stands idle."""

from __future__ import annotations

import heapq
import random
import typing as t
from copy import copy as duplicate

from .. import _clock as clocks
from .. import _errors as errors
from . import endings, observations, phases, terms
from . import ledger as ledgers
from . import survey as surveys
from .acting import ActingRun
from .agenda import Agenda, Slots, duration
from .copy import Copy
from .events import NoEventLog
from .lease import NoLease
from .pace import Pace
from .teller import Teller

# Without waiting for the copy, how long to stay with a service that says "not now", in seconds.
IMPATIENCE = 30.0


class Scheduler:
    """One run over all of its copies."""

    def __init__(
        self,
        survey: surveys.Survey,
        ledger: ledgers.Ledger,
        clock: clocks.Clock,
        options: terms.RunOptions,
        *,
        jitter: t.Callable[[], float] = random.random,
        teller: t.Optional[Teller] = None,
        pace: t.Optional[Pace] = None,
        lease: t.Optional[NoLease] = None,
    ) -> None:
        """``jitter``: a number in [0, 1), so that runs that were refused together do not come back together."""
        self._clock = clock
        self._options = options
        self._lease = lease or NoLease()
        self._ledger = ledger
        self._run = ActingRun(survey, ledger, clock, options, teller or Teller(NoEventLog(), clock), self._lease)
        self._pace = pace or Pace()
        self._agenda = Agenda(clock, self._pace, options.limits.wait_interval, options.max_concurrent)
        self._slots = Slots(clock, options.limits.wait_timeout if options.wait else IMPATIENCE, jitter)
        self._leave_at = clocks.Deadline(clock, options.run_for) if options.run_for is not None else None
        # What waits for a slot, by its place in the order; and what is neither waiting nor ended, by its number.
        self._queue: t.List[t.Tuple[int, Copy]] = []
        self._ranks: t.Dict[int, int] = {}
        self._open: t.Dict[int, Copy] = {}
        self._held: t.List[t.Tuple[float, Copy]] = []  # what another run is at, and when it is tried again
        self._refused: t.List[Copy] = []
        self._failures = 0
        self.cut_short = self.refused = False

    def run(self, copies: t.Sequence[Copy]) -> None:
        """Bring every copy as far as it goes."""
        self.refused = self._run.begin(copies)
        self._run.tell_plan(copies)
        if not self.refused:
            self._drive(copies)

    def _drive(self, copies: t.Sequence[Copy]) -> None:
        ordered = sorted(copies, key=_size_of, reverse=True) if self._options.largest_first else copies
        self._ranks = {copy.number: rank for rank, copy in enumerate(ordered)}
        self._failures = sum(1 for copy in copies if copy.failed)
        self._refused = [copy for copy in copies if copy.refused_since is not None]
        for copy in copies:
            self._place(copy)
            if not isinstance(copy.phase, phases.Settling):
                self._agenda.at_once(copy)
        self._prepare()
        self._fill(first=True)
        while True:
            self._look_at_what_is_due()
            self._ledger.tend()
            if self._is_over():
                return
            if self._may_leave():
                self.cut_short = True
                return
            self._sleep()
            self._fill()

    # -- slots -------------------------------------------------------------------------------------------------------

    def _fill(self, first: bool = False) -> None:
        """Submit what fits. ``first``: also if the time is over, as runs that plan for all of it would get nowhere."""
        self._try_held_again()
        while self._queue and self._has_slot(first):
            self._submit(heapq.heappop(self._queue)[1])
            self._prepare()

    def _prepare(self) -> None:
        """The next in line are made ready, so that no slot has to wait for what that takes."""
        self._run.prepare([copy for _rank, copy in heapq.nsmallest(self._options.max_concurrent, self._queue)])

    def _has_slot(self, first: bool) -> bool:
        if self._options.stop_on_copy_failure and self._failures:
            return False
        if any(isinstance(copy.phase, phases.PutOff) for copy in self._open.values()):
            # Nobody knows how many slots are taken.
            return False
        if not first and self._leave_at is not None and self._leave_at.passed:
            return False
        taken = sum(1 for copy in self._open.values() if copy.in_flight)
        return taken < self._options.max_concurrent and self._slots.open and not self._lease.stale

    def _submit(self, copy: Copy) -> None:
        before = copy.phase
        seen = self._run.submit(copy)
        if not isinstance(seen, observations.NotNow):
            if isinstance(seen, observations.Accepted):
                self._got_a_slot(copy)
            self._moved(copy, before)
            return
        refusal = seen.error
        if isinstance(refusal, errors.Held):
            self._hold(copy, refusal)
            return
        self._place(copy)
        if copy not in self._refused:
            self._refused.append(copy)
        refused_for = self._refused_for()
        if self._slots.hopeless(refused_for) and not any(one.in_flight for one in self._open.values()):
            self._give_up(refusal)
        else:
            self._slots.refused(refusal, refused_for)

    def _hold(self, copy: Copy, refusal: errors.Held) -> None:
        """Another run is at this very copy, with which the others have nothing to do."""
        self._open.pop(copy.number, None)
        self._agenda.drop(copy)
        if self._slots.hopeless(self._waited(copy)):
            self._refuse_for_good(copy, refusal)
        else:
            self._held.append((self._clock.monotonic() + self._slots.turn(), copy))

    def _try_held_again(self) -> None:
        held, self._held = self._held, []
        for until, copy in held:
            if until > self._clock.monotonic():
                self._held.append((until, copy))
            else:
                self._place(copy)

    def _got_a_slot(self, copy: Copy) -> None:
        self._slots.got_one()
        for other in self._refused:
            if other is not copy and isinstance(other.phase, phases.Queued):
                self._run.see(other, observations.SlotTaken())
        self._refused = []

    def _refused_for(self) -> float:
        """Seconds since the service first said "not now" to a copy that still waits."""
        return max((self._waited(copy) for copy in self._refused), default=0.0)

    def _waited(self, copy: Copy) -> float:
        """Seconds since a copy was first refused, if it was."""
        since = copy.refused_since
        return (self._clock.utcnow() - since).total_seconds() if since is not None else 0.0

    def _give_up(self, refusal: errors.ImsError) -> None:
        """The service goes on saying "not now", and nothing of ours is under way that might free a slot."""
        while self._queue:
            self._refuse_for_good(heapq.heappop(self._queue)[1], refusal)

    def _refuse_for_good(self, copy: Copy, refusal: errors.ImsError) -> None:
        before = copy.phase
        error = duplicate(refusal)
        error.doing = endings.submitting(copy.request)
        self._run.see(copy, observations.NeverASlot(error.at("submit")))
        self._place(copy, before)

    # -- looks -------------------------------------------------------------------------------------------------------

    def _watched(self) -> t.List[Copy]:
        """The copies that are looked at: without waiting, only those of which nobody knows whether they began."""
        if self._options.wait:
            return list(self._open.values())
        return [copy for copy in self._open.values() if isinstance(copy.phase, phases.Searching)]

    def _look_at_what_is_due(self) -> None:
        for copy in self._agenda.due(self._watched()):
            before = copy.phase
            if isinstance(before, phases.PutOff):
                self._run.plan(copy)
            else:
                self._run.look(copy)
            self._moved(copy, before)

    def _moved(self, copy: Copy, before: phases.Phase) -> None:
        """Put a copy where it belongs now; a slot that came free is filled before anything else is done."""
        self._place(copy, before)
        if isinstance(before, phases.PutOff) and copy.in_flight:
            self._agenda.at_once(copy)
        if isinstance(before, phases.InFlight) and not copy.in_flight:
            followed = isinstance(before, (phases.FollowingJob, phases.WatchingImage))
            if isinstance(copy.phase, phases.Settling) and followed:
                self._pace.learn(copy.source.size_bytes, duration(copy, self._clock.utcnow()))
            self._slots.freed()
            self._fill()
        if isinstance(copy.phase, phases.Settling) and not isinstance(before, phases.Settling):
            before = copy.phase
            self._run.look(copy)
            self._place(copy, before)

    def _place(self, copy: Copy, before: t.Optional[phases.Phase] = None) -> None:
        self._open.pop(copy.number, None)
        if copy.ended:
            self._agenda.drop(copy)
            self._failures += before is not None and copy.failed
        elif isinstance(copy.phase, phases.Queued):
            self._agenda.drop(copy)
            heapq.heappush(self._queue, (self._ranks[copy.number], copy))
        else:
            self._open[copy.number] = copy
            self._agenda.put(copy, before)

    # -- time --------------------------------------------------------------------------------------------------------

    def _is_over(self) -> bool:
        if self._options.stop_on_copy_failure and self._failures:
            # Nothing new begins, and what is under way is still seen to its end.
            return not self._watched()
        return not self._queue and not self._held and not self._watched()

    def _may_leave(self) -> bool:
        """Not while something is looked for that only this run knows how long it has been looking for."""
        if self._lease.stale:
            return True
        if self._leave_at is None or not self._leave_at.passed:
            return False
        return not any(isinstance(copy.phase, (phases.Searching, phases.Settling)) for copy in self._open.values())

    def _sleep(self) -> None:
        """Until the next thing is due, and never past the moment to leave."""
        now = self._clock.monotonic()
        moments = [self._agenda.next(self._watched()), self._ledger.tended_at]
        if self._queue and self._slots.not_before > now:
            moments.append(self._slots.not_before)
        moments.extend(until for until, dummy in self._held)
        pause = min((moment for moment in moments if moment is not None), default=now) - now
        if self._leave_at is not None and not self._leave_at.passed:
            pause = min(pause, self._leave_at.remaining)
        self._clock.sleep(max(min(pause, self._lease.pause), 0.0))


def _size_of(copy: Copy) -> int:
    return (copy.plan.source.size_bytes or 0) if copy.plan.source is not None else 0
