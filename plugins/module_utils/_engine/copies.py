# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Drives one or many copies through plan, submit, wait and verify, with the service's slots kept full."""

from __future__ import annotations

import dataclasses
import random
import typing as t
from copy import copy as duplicate

from .._clock import Clock, Deadline
from .._errors import Blocked, Busy, ImsError, JobFailed, PreflightFailed, ServerFault, TransportError
from .copy import IN_FLIGHT_STATES, Copy, State, known
from .events import NoEventLog
from .finish import Finisher
from .lease import NoLease
from .ledger import Ledger
from .planner import Planner, vanished
from .standing import standing_of
from .steps import Steps
from .survey import Survey
from .teller import Teller

# Seconds between two attempts at a slot that somebody else holds: from, up to.
BUSY_PAUSE = 5.0
LONGEST_BUSY_PAUSE = 60.0
# Without waiting for the copy, how long to stay with a service that says "not now", in seconds.
IMPATIENCE = 30.0


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """How a run goes about its copies; everything that is a time is in seconds."""

    check_mode: bool = False
    wait: bool = True
    wait_timeout: float = 10800
    wait_interval: float = 10
    confirm_timeout: float = 120
    max_concurrent: int = 5
    largest_first: bool = True
    skip_on_preflight_failure: bool = False
    stop_on_copy_failure: bool = False
    max_attempts: int = 1
    run_for: t.Optional[float] = None
    carry_on: bool = False  # an earlier run has passed the checks, so nothing of this one stops at them


class Copies:
    """One run. Only this class decides when something is done; how it is done stands in the steps."""

    def __init__(
        self,
        survey: Survey,
        ledger: Ledger,
        clock: Clock,
        options: RunOptions,
        jitter: t.Callable[[], float] = random.random,
        teller: t.Optional[Teller] = None,
        lease: t.Optional[NoLease] = None,
    ) -> None:
        """``jitter``: a number in [0, 1), so that runs that were refused together do not come back together."""
        self._teller = teller or Teller(NoEventLog(), clock)
        self._lease = lease or NoLease()
        self._clock = clock
        self._options = options
        self._jitter = jitter
        self._planner = Planner(survey, ledger, clock, options.confirm_timeout)
        self._steps = Steps(
            self._planner,
            ledger,
            clock,
            wait_timeout=options.wait_timeout,
            wait_interval=options.wait_interval,
            confirm_timeout=options.confirm_timeout,
        )
        self._finisher = Finisher(self._planner, ledger, clock, options.wait_interval)
        self._leave_at = Deadline(clock, options.run_for) if options.run_for is not None else None
        self._not_before = 0.0
        self._busy_pause = BUSY_PAUSE
        self.cut_short = False

    def run(self, copies: t.Sequence[Copy]) -> None:
        """Bring every copy as far as it goes. Errors end up in the copies; nothing of one stops another."""
        self._plan([copy for copy in copies if not copy.ended])
        self._numbers = {id(copy): number for number, copy in enumerate(copies)}
        if self._refused(copies):
            self._leave_alone(copies)
            self._teller.planned([standing_of(copy) for copy in copies])
            return
        for copy in copies:
            if copy.state is State.SETTLING:
                self._finisher.settle(copy, self._options.check_mode)
        if self._options.check_mode:
            self._foretell(copies)
            return
        self._teller.planned([standing_of(copy) for copy in copies])
        for copy in copies:
            if copy.state in IN_FLIGHT_STATES:
                self._steps.begin(copy)
                copy.due = self._clock.monotonic()
        self._drive(self._in_order(copies))

    def _tell(self, copy: Copy, busy: t.Optional[Busy] = None, again: bool = False) -> None:
        refusal = busy.as_error() if busy is not None else None
        self._teller.changed(self._numbers[id(copy)], standing_of(copy, refusal), again)

    def _plan(self, copies: t.Sequence[Copy]) -> None:
        for copy in copies:
            self._planner.plan(copy)
            if copy.state is State.QUEUED and copy.attempts >= self._options.max_attempts:
                # An earlier run left it under way, and nothing of it is there any more.
                copy.fail(vanished(copy), self._clock.utcnow())
        if self._options.carry_on and not self._options.check_mode:
            self._put_off([copy for copy in copies if isinstance(copy.error, (TransportError, ServerFault, Busy))])

    def _put_off(self, copies: t.Sequence[Copy]) -> None:
        """Trouble with looking does not end the wait for what an earlier run began, nor the plan for what follows."""
        for copy in copies:
            if copy.started_at is not None and copy.deadline is None:
                copy.deadline = Deadline(self._clock, self._options.wait_timeout - copy.spent)
        if not any(copy.deadline is not None and not copy.deadline.passed for copy in copies):
            return
        for copy in copies:
            copy.warn(f"A look at the copy failed, and the wait went on: {known(copy.error).as_text()}")
            copy.error, copy.finished_at, copy.state = None, None, State.NEW
            copy.job_id = copy.remembered.job_id if copy.remembered is not None else None
            copy.due = self._clock.monotonic() + self._options.wait_interval

    def _plan_what_was_put_off(self, copies: t.Sequence[Copy]) -> None:
        unseen = [copy for copy in copies if copy.state is State.NEW]
        if not unseen or self._clock.monotonic() < min(copy.due for copy in unseen):
            return
        self._planner.forget_trouble()
        self._plan(unseen)
        self._refused(unseen)
        for copy in unseen:
            if copy.state in IN_FLIGHT_STATES:
                self._steps.begin(copy)
                copy.due = self._clock.monotonic()
            self._tell(copy)

    def _refused(self, copies: t.Sequence[Copy]) -> bool:
        """What preflight found: with ``fail`` nothing at all is done, with ``skip`` the rest goes on."""
        if not self._options.skip_on_preflight_failure:
            return not self._options.carry_on and any(copy.state is State.FAILED for copy in copies)
        for copy in copies:
            if isinstance(copy.error, (PreflightFailed, Blocked)):
                copy.state = State.SKIPPED
        return False

    @staticmethod
    def _leave_alone(copies: t.Sequence[Copy]) -> None:
        """What is present is present, but nothing at all is done about it."""
        for copy in copies:
            if copy.state is State.SETTLING:
                copy.state = State.DONE

    def _foretell(self, copies: t.Sequence[Copy]) -> None:
        for copy in copies:
            copy.foretold = True
            if copy.state is State.QUEUED:
                copy.submitted = True
            elif not copy.ended:
                copy.waited_for = self._options.wait

    def _in_order(self, copies: t.Sequence[Copy]) -> t.List[Copy]:
        if not self._options.largest_first:
            return list(copies)
        return sorted(copies, key=lambda copy: -((copy.source.size_bytes or 0) if copy.source is not None else 0))

    def _drive(self, copies: t.Sequence[Copy]) -> None:
        first = True
        while True:
            self._plan_what_was_put_off(copies)
            self._submit_what_fits(copies, first)
            first = False
            self._look_at_what_is_due(copies)
            open_ones = [copy for copy in copies if not copy.ended]
            if not self._options.wait:
                open_ones = [copy for copy in open_ones if copy.state in (State.QUEUED, State.SEARCHING)]
            if not open_ones or self._stopped(copies):
                return
            if self._may_leave(copies):
                self.cut_short = True
                return
            self._sleep(copies)

    def _stopped(self, copies: t.Sequence[Copy]) -> bool:
        """After a failure with ``stop``: nothing new begins, and what is under way is still seen to its end."""
        if not self._options.stop_on_copy_failure or not any(copy.state is State.FAILED for copy in copies):
            return False
        return not any(copy.state in (*IN_FLIGHT_STATES, State.SETTLING, State.NEW) for copy in copies)

    def _may_leave(self, copies: t.Sequence[Copy]) -> bool:
        """Not while something is looked for that only this run knows how long it has been looking for."""
        if self._leave_at is None or not self._leave_at.passed:
            return self._lease.stale
        return self._lease.stale or not any(copy.state in (State.SEARCHING, State.SETTLING) for copy in copies)

    def _submit_what_fits(self, copies: t.Sequence[Copy], first: bool) -> None:
        """``first``: also if the time is over, as runs whose planning takes all of it would get nowhere."""
        if self._options.stop_on_copy_failure and any(copy.state is State.FAILED for copy in copies):
            return
        if any(copy.state is State.NEW for copy in copies):
            # Nobody knows how many slots are taken.
            return
        for copy in copies:
            taken = sum(1 for other in copies if other.state in IN_FLIGHT_STATES)
            if taken >= self._options.max_concurrent or self._clock.monotonic() < self._not_before:
                return
            if not first and self._leave_at is not None and self._leave_at.passed:
                return
            if copy.state is State.QUEUED and not self._lease.stale:
                self._submit(copy, copies)
                self._tell(copy)

    def _submit(self, copy: Copy, copies: t.Sequence[Copy]) -> None:
        try:
            self._steps.submit(copy)
        except Busy as busy:
            self._put_back(copy, busy, copies)
        except ImsError as error:
            copy.fail(error.at("submit"), self._clock.utcnow())
        else:
            for other in copies:
                other.refused_since = None
            self._busy_pause = BUSY_PAUSE

    def _put_back(self, copy: Copy, busy: Busy, copies: t.Sequence[Copy]) -> None:
        """The service said "not now": no failure, unless it says so for too long and nothing of ours is under way."""
        now = self._clock.utcnow()
        copy.refused_since = copy.refused_since or now
        self._tell(copy, busy)
        queued = [other for other in copies if other.state is State.QUEUED]
        refused_for = max((now - other.refused_since).total_seconds() for other in queued if other.refused_since)
        patience = self._options.wait_timeout if self._options.wait else IMPATIENCE
        if refused_for >= patience and not any(other.state in IN_FLIGHT_STATES for other in copies):
            for other in queued:
                error = duplicate(busy).at("submit", f"Submitting the copy of {other.request.route}")
                other.fail(error, now)
                self._tell(other)
            return
        pause = self._busy_pause * (0.5 + self._jitter() / 2)
        if busy.retry_after is not None:
            pause = max(pause, min(busy.retry_after, patience))
        if refused_for < patience:
            # The last attempt comes when the time is over.
            pause = min(pause, patience - refused_for)
        self._not_before = self._clock.monotonic() + pause
        self._busy_pause = min(self._busy_pause * 2, LONGEST_BUSY_PAUSE)

    def _look_at_what_is_due(self, copies: t.Sequence[Copy]) -> None:
        for copy in copies:
            if self._clock.monotonic() < copy.due:
                continue
            if copy.state in IN_FLIGHT_STATES:
                if self._options.wait or copy.state is State.SEARCHING:
                    self._look(copy)
                if copy.state is State.RUNNING and any(other.state is State.QUEUED for other in copies):
                    # A slot that is free and not seen to be is time lost.
                    self._steps.look_sooner(copy)
            elif copy.state is State.SETTLING:
                self._finisher.settle(copy)
            else:
                continue
            self._tell(copy)

    def _look(self, copy: Copy) -> None:
        self._steps.look(copy)
        if copy.state not in IN_FLIGHT_STATES:
            # A slot has come free, so there is no reason to go on pausing.
            self._not_before = 0.0
        if copy.state is State.SETTLING:
            self._finisher.settle(copy)
        elif isinstance(copy.error, JobFailed) and self._has_another_attempt(copy):
            self._try_again(copy)

    def _has_another_attempt(self, copy: Copy) -> bool:
        """A copy that an earlier run began leaves this run's attempts to it; a job that was named is not replaced."""
        return copy.attempts < self._options.max_attempts and copy.request.job_id is None

    def _try_again(self, copy: Copy) -> None:
        self._tell(copy, again=True)
        copy.warn(f"Attempt {copy.attempts} failed and was repeated: {copy.error.as_text() if copy.error else ''}")
        copy.error, copy.job, copy.job_id, copy.deadline, copy.finished_at = None, None, None, None, None
        copy.state = State.QUEUED

    def _sleep(self, copies: t.Sequence[Copy]) -> None:
        """Until the next thing is due, and never past the moment to leave."""
        now = self._clock.monotonic()
        moments = [copy.due for copy in copies if copy.state in (*IN_FLIGHT_STATES, State.SETTLING, State.NEW)]
        if any(copy.state is State.QUEUED for copy in copies) and self._not_before > now:
            moments.append(self._not_before)
        pause = min(moments, default=now) - now
        if self._leave_at is not None and not self._leave_at.passed:
            pause = min(pause, self._leave_at.remaining)
        self._clock.sleep(max(min(pause, self._lease.pause), 0.0))
