# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The phases of a copy and the attempts that are made at it: frozen data that carries what it needs.

Moments in seconds are of the monotonic clock; times of day are aware and in UTC.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import typing as t

from .. import _errors as errors
from .._model import image as images
from .._model import job as jobs


class Now(t.NamedTuple):
    """The present: ``seconds`` for deadlines, ``utc`` for people."""

    seconds: float
    utc: datetime.datetime


class Attempt(t.NamedTuple):
    """One submission, of this run (``ours``) or of an earlier one.

    ``number`` counts the requests that were sent for this copy, 0 where an earlier run sent it. ``before`` is the
    attempt that failed before this one. ``waited``: this run has seen it under way. ``leftovers`` are the ids of killed
    images that stood in the destination when it was sent, ``answer`` is what came instead of an answer to it, and
    ``error`` is why the attempt came to nothing. ``waited_since`` is when one of another run was first taken up.
    """

    number: int
    ours: bool
    deadline: float
    submitted_at: t.Optional[datetime.datetime] = None
    job_id: t.Optional[str] = None
    job: t.Optional[jobs.Job] = None
    image: t.Optional[images.Image] = None
    waited: bool = False
    leftovers: t.FrozenSet[str] = frozenset()
    answer: t.Optional[errors.ImsError] = None
    error: t.Optional[errors.ImsError] = None
    before: t.Optional[Attempt] = None
    waited_since: t.Optional[datetime.datetime] = None

    @property
    def submitted(self) -> bool:
        """Whether this run has sent a request for the copy, in this attempt or in one before it."""
        return self.ours or (self.before is not None and self.before.submitted)


@dataclasses.dataclass(frozen=True)
class Unplanned:
    """Nothing is known yet."""


@dataclasses.dataclass(frozen=True)
class PutOff:
    """Looking failed; the plan is made again at ``until``."""

    until: float


@dataclasses.dataclass(frozen=True)
class Queued:
    """To be submitted once a slot is free. ``last`` is the attempt that failed, ``refused_since`` when the service
    first said "not now" of the present attempt."""

    made: int = 0
    last: t.Optional[Attempt] = None
    refused_since: t.Optional[datetime.datetime] = None


@dataclasses.dataclass(frozen=True)
class Submitting:
    """The request is about to be sent, or has been, and its answer is not known."""

    queued: Queued


@dataclasses.dataclass(frozen=True)
class FollowingJob:
    """The service is at work, and its job tells how far."""

    attempt: Attempt
    failed_looks: int = 0


@dataclasses.dataclass(frozen=True)
class WatchingImage:
    """The service is at work; no job is known, and the status of the replica tells."""

    attempt: Attempt
    failed_looks: int = 0


@dataclasses.dataclass(frozen=True)
class Searching:
    """A copy may have begun: the destination is looked at until the moment ``until``."""

    attempt: Attempt
    until: float
    failed_looks: int = 0


@dataclasses.dataclass(frozen=True)
class Settling:
    """The copy is made: its replica is verified and brought in line.

    ``until`` is None where the replica stood there before; its ``attempt`` is then known by a job, or one that failed.
    """

    attempt: t.Optional[Attempt]
    image: t.Optional[images.Image] = None
    until: t.Optional[float] = None


class Outcome(enum.Enum):
    """How a copy ended; the values are the statuses of a result."""

    PRESENT = "present"
    COPIED = "copied"
    UPDATED = "updated"
    FAILED = "failed"
    SKIPPED = "skipped"


# The statuses of a replica that was to be removed, and is gone, or was not there.
REMOVED = DELETED, ABSENT = "deleted", "absent"
# The statuses with which nothing is left to do.
DONE = (*(outcome.value for outcome in (Outcome.PRESENT, Outcome.COPIED, Outcome.UPDATED)), *REMOVED)


@dataclasses.dataclass(frozen=True)
class Ended:
    """Nothing more is done about the copy in this run."""

    outcome: Outcome
    at: t.Optional[datetime.datetime]
    attempt: t.Optional[Attempt] = None
    image: t.Optional[images.Image] = None
    updated: bool = False
    error: t.Optional[errors.ImsError] = None
    made: int = 0


Phase = t.Union[Unplanned, PutOff, Queued, Submitting, FollowingJob, WatchingImage, Searching, Settling, Ended]
# The phases in which a slot of the service is taken, as far as anybody knows.
InFlight = (Searching, FollowingJob, WatchingImage)
