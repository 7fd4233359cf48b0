# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What holds for one copy through its whole life: what was asked for, the limits, and what an earlier run left."""

from __future__ import annotations

import datetime
import typing as t

from .._model import copy_request
from .._model import image as images
from . import record as records

# For how long, in seconds, runs look for the replica of a copy that has ended well before they take it for deleted.
FORGET_AFTER = 3600.0
# For so many seconds after the last list of the destination has come a request may be sent.
FRESH = 15.0


class Limits(t.NamedTuple):
    """How long, how often and how strictly; times are in seconds.

    ``wait_timeout`` bounds the wait for one attempt, ``confirm_timeout`` the search for what the service does not show.
    ``skip_refused``: a copy that a check refuses is left out rather than failed. ``patient_until``: the monotonic
    moment until which trouble with planning puts a copy off rather than failing it; None where it always fails.
    """

    wait_timeout: float = 10800
    wait_interval: float = 10
    confirm_timeout: float = 120
    max_attempts: int = 1
    skip_refused: bool = False
    check_mode: bool = False
    looking: bool = False  # check mode for a task that is to run: what has arrived is no longer noted as under way
    patient_until: t.Optional[float] = None

    @property
    def notes(self) -> bool:
        """Whether anything may be noted of what was seen."""
        return self.looking or not self.check_mode

    @property
    def forget_after(self) -> float:
        """Seconds after its end from which on a replica that does not show is taken for deleted."""
        return max(FORGET_AFTER, self.confirm_timeout)

    def kept_for(self, note: records.Record, now: datetime.datetime) -> float:
        """Seconds for which a copy whose request was accepted is not submitted again, where neither its job nor its
        replica is to be seen: it has begun, and may still be at work."""
        since, most = note.ended_at, self.forget_after
        if since is None:
            since, most = note.at, max(self.wait_timeout, self.forget_after)
        # A clock that was set back must not make it longer.
        return min(most - (now - since).total_seconds(), most)


class RunOptions(t.NamedTuple):
    """How a run goes about its copies; everything that is a time is in seconds.

    ``carry_on``: an earlier run has passed the checks, so nothing of this one stops at them.
    """

    limits: Limits = Limits()
    wait: bool = True
    max_concurrent: int = 5
    largest_first: bool = True
    stop_on_copy_failure: bool = False
    run_for: t.Optional[float] = None
    carry_on: bool = False

    def after(self, seconds: float) -> RunOptions:
        """The same once the run has taken so many seconds."""
        return self if self.run_for is None else self._replace(run_for=max(self.run_for - seconds, 0.0))


class RunEnd(t.NamedTuple):
    """How a run over its copies ended: whether it was cut short, or refused as a whole, and what could not be noted."""

    cut_short: bool
    refused: bool
    troubles: t.List[str]


class Earlier(t.NamedTuple):
    """What the results of an earlier run tell of a copy.

    ``made`` attempts, of which so many are ``over`` that had ended then; ``deadline`` is the monotonic moment at which
    the time-out ends that the earlier run began, and ``waited_since`` when it took up what another had submitted.
    """

    made: int = 0
    began: t.Optional[datetime.datetime] = None
    deadline: t.Optional[float] = None
    record: t.Optional[records.Record] = None
    refused_since: t.Optional[datetime.datetime] = None
    over: int = 0
    waited_since: t.Optional[datetime.datetime] = None


class Terms(t.NamedTuple):
    """``source`` is None as long as it is not known; ``name`` is the replica's. ``note``: what the ledger is known to
    hold of the copy."""

    request: copy_request.CopyRequest
    limits: Limits = Limits()
    earlier: Earlier = Earlier()
    source: t.Optional[images.Image] = None
    note: t.Optional[records.Record] = None

    @property
    def name(self) -> str:
        if self.source is None:
            return self.request.replica_name("", self.request.image_id or "")
        return self.request.name_for(self.source)

    def note_of(self, job_id: t.Optional[str]) -> t.Optional[records.Record]:
        """What is noted of the submission that became this job."""
        return self.note if self.note is not None and self.note.job_id == job_id else None

    @property
    def last_attempt(self) -> int:
        """The number of the last attempt: what is tried again has as many as if it were new."""
        return self.earlier.over + self.limits.max_attempts

    @property
    def pinned(self) -> bool:
        """The user named the job: nothing is ever submitted in its place."""
        return self.request.job_id is not None
