# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""One copy in one run: what was asked for, what the plan found, and the phase in which it is."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .. import _text as texts
from .._decide import decision as decisions
from .._decide.facts import Check
from .._model import copy_request
from .._model import image as images
from .._model import job as jobs
from .._model import place as places
from . import phases
from . import record as records
from .terms import Earlier, Limits, Terms

MOST_WARNINGS = 20


class Plan(t.NamedTuple):
    """What looking found out before anything is done; None is what could not be found.

    ``checks`` are all that were made, or of one copy among many those that did not pass; ``passed`` counts those that
    did.
    """

    source: t.Optional[images.Image] = None
    source_project: t.Optional[places.Project] = None
    project: t.Optional[places.Project] = None
    decision: t.Optional[decisions.Decision] = None
    checks: t.Tuple[Check, ...] = ()
    passed: int = 0


class Incomplete(AssertionError):
    """A copy has got ahead of what is known about it: a bug, no error of a user's."""


@dataclasses.dataclass
class Copy:
    """``number`` is its place among the results, from 0, and ``label`` is how messages name it.

    The phase is written by the run that lives it, with what ``life.advance`` says. ``note`` is what the ledger is
    known to hold of it.
    """

    request: copy_request.CopyRequest
    number: int = 0
    label: str = ""
    earlier: Earlier = Earlier()
    plan: Plan = Plan()
    phase: phases.Phase = phases.Unplanned()
    note: t.Optional[records.Record] = None
    warnings: t.List[str] = dataclasses.field(default_factory=list)

    def terms(self, limits: Limits) -> Terms:
        return Terms(self.request, limits, self.earlier, self.plan.source, self.note)

    @property
    def name(self) -> str:
        """The replica's name; only once the source is known."""
        if self.plan.source is None:
            return self.request.replica_name("", self.request.image_id or "")
        return self.request.name_for(self.plan.source)

    @property
    def source(self) -> images.Image:
        """The source image, of a copy that is planned."""
        if self.plan.source is None:
            raise Incomplete("the source image is not known")
        return self.plan.source

    @property
    def source_project(self) -> places.Project:
        if self.plan.source_project is None:
            raise Incomplete("the source project is not known")
        return self.plan.source_project

    @property
    def project(self) -> places.Project:
        """The project of the destination, of a copy that is planned."""
        if self.plan.project is None:
            raise Incomplete("the destination project is not known")
        return self.plan.project

    @property
    def ended(self) -> bool:
        return isinstance(self.phase, phases.Ended)

    @property
    def in_flight(self) -> bool:
        """Whether it takes a slot of the service, as far as anybody knows."""
        return isinstance(self.phase, phases.InFlight)

    @property
    def attempt(self) -> t.Optional[phases.Attempt]:
        """The last submission that is known of."""
        phase = self.phase
        if isinstance(
            phase, (phases.FollowingJob, phases.WatchingImage, phases.Searching, phases.Settling, phases.Ended)
        ):
            return phase.attempt
        if isinstance(phase, phases.Submitting):
            return phase.queued.last
        return phase.last if isinstance(phase, phases.Queued) else None

    @property
    def attempts(self) -> int:
        """How many requests have been sent for it, those of an earlier run included."""
        phase = self.phase
        if isinstance(phase, phases.Queued):
            return phase.made
        if isinstance(phase, phases.Submitting):
            return phase.queued.made
        # A request that was refused is no attempt, and counts all the same.
        refused = phase.made if isinstance(phase, phases.Ended) else 0
        if self.attempt is not None:
            return max(self.attempt.number, refused)
        return refused or self.earlier.made

    @property
    def submitted(self) -> bool:
        """Whether this run has sent a request for it."""
        return self.attempt is not None and self.attempt.submitted

    @property
    def updated(self) -> bool:
        return isinstance(self.phase, phases.Ended) and self.phase.updated

    @property
    def changed(self) -> bool:
        return self.submitted or self.updated

    @property
    def status(self) -> str:
        """``present``, ``copied``, ``updated``, ``in_progress``, ``not_started``, ``skipped`` or ``failed``."""
        if isinstance(self.phase, phases.Ended):
            return str(self.phase.outcome.value)
        begun = isinstance(self.phase, (phases.Unplanned, phases.PutOff)) and self.earlier.began is not None
        return (
            "not_started"
            if isinstance(self.phase, (phases.Unplanned, phases.PutOff, phases.Queued)) and not begun
            else "in_progress"
        )

    @property
    def failed(self) -> bool:
        return isinstance(self.phase, phases.Ended) and self.phase.outcome is phases.Outcome.FAILED

    @property
    def action(self) -> str:
        """``none``, ``waited``, ``updated`` or ``submitted``: the most that was done."""
        if self.submitted:
            return "submitted"
        if self.updated:
            return "updated"
        return "waited" if self.attempt is not None and self.attempt.waited else "none"

    @property
    def started_at(self) -> t.Optional[datetime.datetime]:
        """When the copy was submitted, as far as that is known; of another run's copy its job or its note tell."""
        attempt = self.attempt
        if attempt is None:
            return self.earlier.began
        if attempt.submitted_at is not None or not (self.in_flight or attempt.waited):
            return attempt.submitted_at
        told = clocks.moment(self.job.begin_time) if self.job is not None else None
        return told or (self.note.at if self.note is not None else None)

    @property
    def waited_since(self) -> t.Optional[datetime.datetime]:
        """Since when a copy is waited for that another run submitted, in this run and those that it carries on from."""
        return self.attempt.waited_since if self.attempt is not None else self.earlier.waited_since

    @property
    def began(self) -> t.Optional[datetime.datetime]:
        """As :attr:`started_at`; of a copy that another run submitted, what its job says."""
        if self.started_at is not None or self.job is None:
            return self.started_at
        return clocks.moment(self.job.begin_time)

    @property
    def finished_at(self) -> t.Optional[datetime.datetime]:
        return self.phase.at if isinstance(self.phase, phases.Ended) else None

    @property
    def refused_since(self) -> t.Optional[datetime.datetime]:
        """Since when the service says "not now" to it."""
        return self.phase.refused_since if isinstance(self.phase, phases.Queued) else None

    @property
    def error(self) -> t.Optional[errors.ImsError]:
        return self.phase.error if isinstance(self.phase, phases.Ended) else None

    @property
    def attempt_failed(self) -> bool:
        """Whether it waits for another attempt, as the last one came to nothing."""
        return (
            isinstance(self.phase, phases.Queued) and self.phase.last is not None and self.phase.last.error is not None
        )

    @property
    def job(self) -> t.Optional[jobs.Job]:
        """The job as it was last seen; an id that nobody has looked at yet is a job too."""
        attempt = self.attempt
        if isinstance(self.phase, (phases.Queued, phases.Submitting)):
            return None
        if attempt is not None and attempt.job is not None:
            return attempt.job
        job_id = attempt.job_id if attempt is not None else self._job_told
        return jobs.Job(id=job_id, type=None, status="INIT") if job_id is not None else None

    @property
    def _job_told(self) -> t.Optional[str]:
        """The job of an earlier run, as long as nothing was found out about the copy: a later run is to know of it."""
        if self.plan.decision is not None or self.earlier.record is None:
            return None
        return self.earlier.record.job_id

    @property
    def image(self) -> t.Optional[images.Image]:
        """The replica as it was last seen."""
        phase = self.phase
        if isinstance(phase, (phases.Settling, phases.Ended)):
            return phase.image
        attempt = self.attempt
        return attempt.image if attempt is not None and self.in_flight else None

    def warn(self, text: str) -> None:
        """Of a wait of hours in which every look fails, nobody wants to be told more than how it begins."""
        text = texts.one_line(text)
        if len(self.warnings) == MOST_WARNINGS:
            text = "There was more to warn of about this copy, which is left out."
        if text not in self.warnings and len(self.warnings) <= MOST_WARNINGS:
            self.warnings.append(text)
