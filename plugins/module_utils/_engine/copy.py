# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""One copy on its way: what is known about it so far, and how that reads as a result."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import typing as t

from .._clock import Deadline, timestamp
from .._decide.decision import ACTIVE, SUBMIT, Decision
from .._decide.facts import FAIL, WARN, Check
from .._decide.replica import foreseen, picture
from .._errors import ImsError, WaitTimeout
from .._model.copy_request import CopyRequest
from .._model.image import Image
from .._model.job import Job
from .._model.place import Project
from .ledger import Record

_T = t.TypeVar("_T")


def known(fact: t.Optional[_T]) -> _T:
    """A fact that the state of a copy guarantees; its absence is a bug, no error of a user's."""
    if fact is None:
        raise AssertionError("a copy has got ahead of what is known about it")
    return fact


class State(enum.Enum):
    """Where a copy stands in this run."""

    NEW = "new"
    QUEUED = "queued"  # to be submitted
    SEARCHING = "searching"  # submitted perhaps; being looked for in the destination
    RUNNING = "running"  # the service is at work
    SETTLING = "settling"  # made; to be verified and brought in line
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


IN_FLIGHT_STATES = (State.SEARCHING, State.RUNNING)
ENDED_STATES = (State.DONE, State.FAILED, State.SKIPPED)


@dataclasses.dataclass
class Copy:
    """``due`` is the monotonic moment of the next look; deadlines are set when what they bound begins.

    ``remembered`` and ``spent`` (seconds of its time-out) are what the results of an earlier run tell;
    ``foretold`` says that this is check mode, and what would be done has not been done.
    """

    request: CopyRequest
    state: State = State.NEW
    source: t.Optional[Image] = None
    source_project: t.Optional[Project] = None
    project: t.Optional[Project] = None
    decision: t.Optional[Decision] = None
    checks: t.List[Check] = dataclasses.field(default_factory=list)
    job_id: t.Optional[str] = None
    job: t.Optional[Job] = None
    replica: t.Optional[Image] = None
    before: t.Dict[str, t.Any] = dataclasses.field(default_factory=dict)
    error: t.Optional[ImsError] = None
    warnings: t.List[str] = dataclasses.field(default_factory=list)
    attempts: int = 0
    submitted: bool = False
    waited_for: bool = False
    updated: bool = False
    due: float = 0.0
    deadline: t.Optional[Deadline] = None
    confirm_by: t.Optional[Deadline] = None
    refused_since: t.Optional[datetime.datetime] = None
    failed_looks: int = 0
    remembered: t.Optional[Record] = None
    spent: float = 0.0
    foretold: bool = False
    started_at: t.Optional[datetime.datetime] = None
    finished_at: t.Optional[datetime.datetime] = None

    @property
    def name(self) -> str:
        """The replica's name; only once the source is known."""
        if self.source is None:
            return self.request.replica_name("", self.request.image_id or "")
        return self.request.replica_name(self.source.name, self.source.id)

    @property
    def ended(self) -> bool:
        return self.state in ENDED_STATES

    @property
    def action(self) -> str:
        """``none``, ``waited``, ``submitted`` or ``updated``: the most that was done, or would be."""
        if self.submitted:
            return "submitted"
        if self.updated:
            return "updated"
        return "waited" if self.waited_for else "none"

    @property
    def changed(self) -> bool:
        return self.submitted or self.updated

    def fail(self, error: ImsError, now: datetime.datetime) -> None:
        self.error = error
        self.state = State.FAILED
        self.finished_at = now

    def warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)


def status_of(copy: Copy) -> str:
    """``present``, ``copied``, ``updated``, ``in_progress``, ``not_started``, ``skipped`` or ``failed``."""
    if copy.state in (State.FAILED, State.SKIPPED):
        return str(copy.state.value)
    if copy.state is State.DONE:
        if copy.submitted or copy.waited_for:
            return "copied"
        return "updated" if copy.updated else "present"
    if copy.state is State.QUEUED or (copy.state is State.NEW and copy.started_at is None):
        return "not_started"
    return "in_progress"


def preflight_of(copy: Copy) -> t.List[t.Dict[str, t.Any]]:
    """A rule that is broken is no failure where nothing has to be submitted: then it is a warning."""
    moot = copy.decision is not None and copy.decision.kind != SUBMIT and copy.error is None
    return [
        (dataclasses.replace(check, status=WARN) if moot and check.status == FAIL else check).as_dict()
        for check in copy.checks
    ]


def entry_of(copy: Copy) -> t.Dict[str, t.Any]:
    """The result of one copy, always with the same keys."""
    return {
        "status": status_of(copy),
        "action": copy.action,
        "image": copy.replica.as_dict() if copy.replica is not None else None,
        "source_image": copy.source.as_dict() if copy.source is not None else None,
        "job": job_of(copy),
        "preflight": preflight_of(copy),
        "error": copy.error.as_error() if copy.error is not None else None,
        "timed_out": isinstance(copy.error, WaitTimeout),
        "attempts": copy.attempts,
        "started_at": timestamp(copy.started_at) if copy.started_at else None,
        "finished_at": timestamp(copy.finished_at) if copy.finished_at else None,
        "refused_since": timestamp(copy.refused_since) if copy.refused_since else None,
    }


def job_of(copy: Copy) -> t.Optional[t.Dict[str, t.Any]]:
    """The job as it was last seen; an id that nobody has looked at yet is a job too."""
    if copy.job is not None:
        return copy.job.as_dict()
    if copy.job_id is None:
        return None
    return Job(id=copy.job_id, type=None, status="INIT").as_dict()


def diff_of(copy: Copy) -> t.Dict[str, t.Any]:
    """Before and after, in real runs and in check mode: what ``--diff`` shows."""
    after = copy.before
    if copy.source is not None and copy.changed and (copy.replica is not None or copy.state is not State.FAILED):
        now = copy.replica if copy.replica is not None and copy.replica.status == ACTIVE else None
        after = picture(now, copy.request)
        if now is None or not copy.ended or copy.foretold:
            after = foreseen(copy.request, copy.source, now)
    return {"before": copy.before, "after": after}
