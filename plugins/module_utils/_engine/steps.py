# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The steps of one copy until it has ended: submit it, look how it goes, find it again when the answer is lost."""

from __future__ import annotations

from .._clock import Clock, Deadline
from .._decide.decision import ACTIVE, IN_FLIGHT, KILLED, PRESENT, SUBMIT
from .._errors import (
    Busy,
    ImsError,
    JobFailed,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    ReplyLost,
    ServerFault,
    Uncertain,
    WaitTimeout,
)
from .copy import Copy, State, known
from .ledger import Ledger, Record
from .planner import QUERY_FAILED, Planner, failed_job

# A look that is refused is no verdict on the copy; refused so often in a row, it will stay refused.
HOPELESS_LOOKS = 3
# Seconds between two looks at a copy that should have ended by now.
SHORTEST_PAUSE = 1.0


class Steps:
    """What is done about one copy at a time. Every step leaves the copy in the state that says what comes next."""

    def __init__(
        self,
        planner: Planner,
        ledger: Ledger,
        clock: Clock,
        *,
        wait_timeout: float,
        wait_interval: float,
        confirm_timeout: float,
    ) -> None:
        """All three in seconds; ``confirm_timeout`` bounds the search for what the service has not shown yet."""
        self._planner = planner
        self._ledger = ledger
        self._clock = clock
        self._wait_timeout = wait_timeout
        self._wait_interval = wait_interval
        self._confirm_timeout = confirm_timeout

    def submit(self, copy: Copy) -> None:
        """Send the one request that costs money, at most once.

        :raises Busy: the service has no slot now, or another run on this host is at it; nothing was begun
        :raises ImsError: the service refused; nothing was begun
        """
        request, source = copy.request, known(copy.source)
        with self._ledger.claim(self._planner.key(copy)) as entry:
            record = entry.read()
            overtaken = record is not None and self._planner.recall(copy, record) is not None
            if overtaken or self._planner.revisit(copy):
                self.begin(copy)
                return
            entry.write(Record(self._clock.utcnow()))
            copy.attempts += 1
            try:
                job_id = self._planner.source_ims(copy).copy(source.id, request.submission(source))
            except (ReplyLost, ServerFault) as lost:
                self._search_for(copy, lost)
                return
            except ImsError as error:
                if isinstance(error, Busy):
                    copy.attempts -= 1
                entry.forget()
                raise error.at("submit", f"Submitting the copy of {request.route}") from error
            entry.write(Record(self._clock.utcnow(), job_id))
        copy.submitted = True
        copy.job_id = job_id
        copy.started_at = self._clock.utcnow()
        copy.state = State.RUNNING
        self.begin(copy)

    def begin(self, copy: Copy) -> None:
        """The copy is on its way: its deadline starts to run, and the next look is due in an interval."""
        if copy.deadline is None:
            copy.deadline = Deadline(self._clock, self._wait_timeout - copy.spent)
        copy.due = self._clock.monotonic() if copy.deadline.passed else self._next_look(copy)

    def look(self, copy: Copy) -> None:
        """One look at a copy that is on its way. Trouble with the looking itself does not end the wait."""
        late = copy.deadline is not None and copy.deadline.passed
        copy.due = self._next_look(copy)
        try:
            if copy.state is State.SEARCHING:
                self._search(copy)
            elif copy.job_id is not None:
                self._look_at_job(copy, copy.job_id)
            else:
                self._look_at_replica(copy)
            copy.failed_looks = 0
        except (JobFailed, Uncertain) as error:
            copy.fail(error, self._clock.utcnow())
        except ImsError as error:
            self._failed_look(copy, error)
        # A search has its own end: before it, nobody can say that there is a copy which goes on.
        if late and copy.state is State.RUNNING:
            copy.fail(self._timeout(copy), self._clock.utcnow())

    def look_sooner(self, copy: Copy) -> None:
        """Have the next look when the copy should end, if it goes on as it went and that is within the interval."""
        if copy.started_at is None or copy.job is None or not 0 < copy.job.progress < 100:
            return
        elapsed = (self._clock.utcnow() - copy.started_at).total_seconds()
        left = max(SHORTEST_PAUSE, elapsed * (100 - copy.job.progress) / copy.job.progress)
        copy.due = min(copy.due, self._clock.monotonic() + left)

    def _next_look(self, copy: Copy) -> float:
        """In an interval, or when the deadline passes if that comes first, as the last look comes right after it."""
        left = self._wait_interval
        if copy.deadline is not None and not copy.deadline.passed:
            left = min(left, copy.deadline.remaining)
        return self._clock.monotonic() + left

    def _patience(self) -> Deadline:
        """A look may be tried again for about as long as the next one is away, so that no copy starves another."""
        return Deadline(self._clock, self._wait_interval)

    def _search_for(self, copy: Copy, lost: ImsError) -> None:
        """The reply is lost: whether a copy began can only be seen in the destination."""
        copy.warn(f"The answer to the submission was lost ({lost.as_text()}); the copy was looked for instead.")
        copy.submitted = True
        copy.started_at = self._clock.utcnow()
        copy.state = State.SEARCHING
        copy.confirm_by = Deadline(self._clock, self._confirm_timeout)
        self.begin(copy)
        copy.due = self._clock.monotonic()

    def _search(self, copy: Copy) -> None:
        last = copy.confirm_by is None or copy.confirm_by.passed
        if copy.confirm_by is not None:
            copy.due = min(copy.due, self._clock.monotonic() + copy.confirm_by.remaining)
        try:
            decision = self._planner.look(copy, fresh=True)
        except ImsError as error:
            if last and self._is_ours(copy):
                raise self._uncertain(copy) from error
            raise
        if decision.kind in (PRESENT, IN_FLIGHT):
            copy.replica = decision.replica
            copy.waited_for = True
            copy.state = State.SETTLING if decision.kind == PRESENT else State.RUNNING
        elif last and self._is_ours(copy):
            raise self._uncertain(copy)
        elif last:
            # It was another run that may have submitted it, long enough ago: it never began.
            copy.state = State.QUEUED
            copy.deadline = None

    @staticmethod
    def _is_ours(copy: Copy) -> bool:
        """Whether this run submitted the copy or was told of its job: then nothing is submitted in its place."""
        return copy.submitted or copy.request.job_id is not None

    def _look_at_job(self, copy: Copy, job_id: str) -> None:
        job = self._planner.source_ims(copy).job(job_id, deadline=self._patience())
        copy.job = job
        if job.failed:
            self._ledger.forget(self._planner.key(copy))
            self._note_leftovers(copy)
            raise failed_job(job, copy)
        if job.done:
            copy.state = State.SETTLING
            copy.confirm_by = Deadline(self._clock, self._confirm_timeout)
            copy.due = self._clock.monotonic()
        else:
            copy.waited_for = True

    def _look_at_replica(self, copy: Copy) -> None:
        """No job is known (an earlier run's copy): the replica's own status tells."""
        image_id = known(copy.replica).id
        seen = self._planner.destination_ims(copy).image(image_id, deadline=self._patience())
        if seen is None:
            raise NotFound(f"image {image_id} is not to be seen")
        copy.replica = seen
        copy.waited_for = True
        if seen.status == KILLED:
            copy.replica = None
            raise JobFailed(
                f"image {seen.id}, the replica that an earlier run began, was killed",
                hint="Run again: the copy is then submitted anew. The killed image is not deleted.",
            ).at("wait", f"Copying {copy.request.route}")
        if seen.status == ACTIVE:
            copy.state = State.SETTLING
            copy.confirm_by = Deadline(self._clock, self._confirm_timeout)
            copy.due = self._clock.monotonic()

    def _failed_look(self, copy: Copy, error: ImsError) -> None:
        copy.failed_looks += 1
        copy.warn(f"A look at the copy failed, and the wait went on: {error.as_text()}")
        if copy.failed_looks < HOPELESS_LOOKS:
            return
        if isinstance(error, (NotAuthenticated, NotPermitted)):
            error.doing = f"Waiting for the copy of {copy.request.route}{_and_job(copy)}"
            copy.fail(error.at("wait"), self._clock.utcnow())
        elif isinstance(error, NotFound) and not (self._is_ours(copy) and error.code == QUERY_FAILED):
            # A job or image that is gone for good: only the destination's list can tell what became of the copy.
            copy.state = State.SEARCHING
            copy.confirm_by = Deadline(self._clock, self._confirm_timeout)

    def _note_leftovers(self, copy: Copy) -> None:
        try:
            decision = self._planner.look(copy, fresh=True)
        except ImsError as error:
            copy.warn(f"Whether the failed copy left anything behind is not known: {error.as_text()}")
            return
        if decision.kind == SUBMIT:
            for warning in decision.warnings:
                copy.warn(warning)

    def _uncertain(self, copy: Copy) -> Uncertain:
        not_shown = f"has not shown in the destination for {self._confirm_timeout:g} s"
        hint = f'Look in {copy.request.destination.region} for an image called "{copy.name}" before you run again.'
        if copy.job_id is not None:
            what = f"job {copy.job_id} is not known any more, and the replica {not_shown}: what became of it is unclear"
        elif copy.replica is not None:
            what = f"image {copy.replica.id}, which was to become the replica, is gone: it failed or was deleted"
            hint = "Run again to have the copy submitted anew."
        else:
            what = f"the answer was lost, and the replica {not_shown}: the copy may or may not have begun"
            return Uncertain(what, hint=hint).at("submit", f"Submitting the copy of {copy.request.route}")
        return Uncertain(what, hint=hint, stage="wait").at("wait", f"Copying {copy.request.route}")

    def _timeout(self, copy: Copy) -> WaitTimeout:
        progress = f", {copy.job.progress} % done" if copy.job is not None else ""
        return WaitTimeout(
            f"not finished within {self._wait_timeout:g} s; the copy itself goes on{_and_job(copy)}{progress}",
            hint="Run again to go on waiting"
            + (f", with job_id: {copy.job_id} to follow this very job" if copy.job_id else "")
            + ". A greater wait_timeout gives it more time.",
        ).at("wait", f"Copying {copy.request.route}")


def _and_job(copy: Copy) -> str:
    return f" (job {copy.job_id})" if copy.job_id else ""
