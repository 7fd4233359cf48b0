# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Sends the one request that costs money, at most once, and says what came of it."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from . import endings, observations, terms
from . import ledger as ledgers
from . import record as records
from .copy import Copy
from .lease import NoLease
from .planning import Planner
from .probes import Probes


class Submission:
    """Holds the ledger's lock on a copy from the last look until the answer is noted; ``run`` stands in the notes.

    A request that never left is sent again ``retries`` times, each time after a new look.
    """

    def __init__(
        self,
        planner: Planner,
        probes: Probes,
        ledger: ledgers.Ledger,
        clock: clocks.Clock,
        run: str,
        lease: NoLease,
        retries: int = 0,
    ) -> None:
        self._planner = planner
        self._probes = probes
        self._ledger = ledger
        self._clock = clock
        self._run = run
        self._lease = lease
        self._retries = retries
        # How often the request of a copy has not left the host, by the copy's number.
        self._not_sent: t.Dict[int, int] = {}

    def send(self, copy: Copy) -> observations.Observation:
        try:
            key = self._probes.key(copy)
            with self._ledger.claim(key) as entry:
                return self._overtaken(copy, key, entry) or self._send(copy, key, entry)
        except endings.PASSING as error:
            # Another run on this host is at it, or the last look failed: nothing was sent, and it may be over soon.
            return observations.NotNow(error.at("submit"))
        except errors.ImsError as error:
            return observations.Refused(error.at("submit"))

    def _overtaken(self, copy: Copy, key: records.Key, entry: ledgers.Entry) -> t.Optional[observations.Observation]:
        """What has happened since the plan was made."""
        for record in entry.read():
            if (record.run, record.copy) == (self._run, key.copy):
                # An attempt of this run, which has failed.
                continue
            copy.note = record
            seen = self._probes.recall(copy, record, self._probes.soon())
            if seen is not None:
                return seen
        return self._planner.revisit(copy)

    def _send(self, copy: Copy, key: records.Key, entry: ledgers.Entry) -> observations.Observation:
        decision = copy.plan.decision
        leftovers = frozenset(image.id for image in decision.leftovers) if decision is not None else frozenset()
        # What that list does not show any more was asked for after it, and may have been long in coming.
        fresh = clocks.Deadline(self._clock, terms.FRESH - (self._clock.monotonic() - self._probes.listed_at))
        copy.note = records.Record(self._clock.utcnow(), run=self._run, attempt=copy.attempts + 1, copy=key.copy)
        entry.write(copy.note)
        too_late = self._too_late(fresh)
        if too_late is not None:
            entry.forget()
            raise too_late
        try:
            job_id = self._probes.source_ims(copy).copy(copy.source.id, copy.request.submission(copy.source), fresh)
        except (errors.ReplyLost, errors.ServerFault) as lost:
            return observations.AnswerLost(lost, leftovers)
        except errors.ImsError as error:
            entry.forget()
            error.at("submit", endings.submitting(copy.request))
            if isinstance(error, errors.Busy) or self._may_leave_yet(copy, error):
                return observations.NotNow(error)
            return observations.Refused(error, sent=not isinstance(error, errors.NotSent))
        copy.note = copy.note._replace(at=self._clock.utcnow(), job_id=job_id)
        entry.write(copy.note)
        return observations.Accepted(job_id, leftovers)

    def _too_late(self, fresh: clocks.Deadline) -> t.Optional[errors.Held]:
        """Why nothing is sent any more: marks that settle, a list that is long in coming, and an update of the source
        take their time. What was seen of the destination is ``fresh`` until then."""
        if self._lease.stale:
            return errors.Held("nobody waits for this run any more", remedy="died")
        if fresh.passed:
            return errors.Held("marking this copy has taken too long to go by what was seen before", remedy="too_late")
        return None

    def _may_leave_yet(self, copy: Copy, error: errors.ImsError) -> bool:
        """Whether a request that never left is to be sent again."""
        if not isinstance(error, errors.NotSent) or isinstance(error, errors.TlsError):
            return False
        self._not_sent[copy.number] = self._not_sent.get(copy.number, 0) + 1
        return self._not_sent[copy.number] <= self._retries
