# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Lives the copies of one run: hands what is seen to ``life.advance``, and carries out what follows."""

from __future__ import annotations

import contextlib
import typing as t

from .._clock import Clock
from .._decide.decision import SUBMIT
from .._decide.replica import Changes, changes
from .._errors import BadReply, ImsError, ReplyLost, ServerFault
from .._model.image import Image
from . import effects as do
from . import observations, phases
from .copy import Copy
from .lease import NoLease
from .ledger import Ledger
from .life import advance
from .planning import Planner
from .probes import Probes
from .record import Record
from .standing import standing_of
from .submission import Submission
from .survey import Survey
from .teller import Teller
from .terms import Limits

# How often a replica that was changed is read back at most, and how many seconds apart.
READINGS, READING_PAUSE = 3, 2.0
# What may have been done although nobody has said so.
UNANSWERED = (ReplyLost, BadReply, ServerFault)


class Run:
    """The only writer of a copy's phase."""

    def __init__(
        self, survey: Survey, ledger: Ledger, clock: Clock, limits: Limits, teller: Teller, lease: NoLease
    ) -> None:
        self._clock = clock
        self._ledger = ledger
        self._limits = limits
        self._teller = teller
        self._telling = False
        self._probes = Probes(survey, clock, limits)
        self._planner = Planner(self._probes, ledger, clock.monotonic)
        self._submission = Submission(self._planner, self._probes, ledger, clock, ledger.run, lease)

    def tell_plan(self, copies: t.Sequence[Copy]) -> None:
        """The plan stands; from now on it is told what happens to each copy."""
        self._telling = True
        self._teller.planned([standing_of(copy) for copy in copies])

    def plan(self, copy: Copy) -> None:
        """Find out what is to be done about a copy; what went wrong is in its phase."""
        survey, again = self._probes.survey, not isinstance(copy.phase, phases.Unplanned)
        if again:
            survey.forget_trouble()
            survey.until(self._probes.soon())
        seen = self._planner.plan(copy)
        if again:
            survey.until(None)
        self.see(copy, seen)

    def planned(self) -> None:
        """All plans are made: what comes now has deadlines of its own."""
        self._probes.survey.until(None)

    def prepare(self, copies: t.Iterable[Copy]) -> None:
        """The turn of these comes soon."""
        for copy in copies:
            self._ledger.prepare(self._probes.key(copy))

    def look(self, copy: Copy) -> None:
        """Look how a copy goes."""
        seen = self._probes.look(copy)
        if seen is not None:
            self.see(copy, seen)

    def submit(self, copy: Copy) -> observations.Observation:
        """Submit a copy whose turn it is; what came of it."""
        return self.see(copy, observations.Chosen())

    def see(self, copy: Copy, seen: observations.Observation) -> observations.Observation:
        """Move a copy on by what was seen, and do what follows from that; what was seen last is returned."""
        now = phases.Now(self._clock.monotonic(), self._clock.utcnow())
        before = copy.phase
        copy.phase, effects = advance(before, seen, now, copy.terms(self._limits))
        again = isinstance(before, phases.InFlight) and copy.attempt_failed
        last = seen
        for effect in effects:
            last = self._do(copy, effect) or last
        # What is being submitted is told once the service has answered, and what was warned of with what it is about.
        if self._telling and last is seen:
            refusal = seen.error.as_error() if isinstance(seen, observations.NotNow) else None
            self._teller.changed(copy.number, standing_of(copy, refusal), again)
        return last

    def _do(self, copy: Copy, effect: do.Effect) -> t.Optional[observations.Observation]:
        """Carry out an effect; what it came to, where that can be seen."""
        if isinstance(effect, do.Submit):
            return self.see(copy, self._submission.send(copy))
        if isinstance(effect, do.BringInLine):
            return self.see(copy, self._bring_in_line(copy, effect.image, effect.changes))
        if isinstance(effect, do.ForgetNote):
            self._forget(copy, effect.stands)
        elif isinstance(effect, do.NoteEnd):
            ended = self._submission_of(copy)._replace(image_id=effect.image_id)
            self._ledger.note_end(self._probes.key(copy), ended)
        elif isinstance(effect, do.SeekLeftovers):
            self._seek_leftovers(copy)
        else:
            copy.warn(effect.text)
        return None

    def _forget(self, copy: Copy, stands: bool) -> None:
        """``stands``: the replica is there, under whatever name."""
        key = self._probes.key(copy)
        if not stands:
            self._ledger.forget(key, self._submission_of(copy))
            return
        named = copy.image.name if copy.image is not None else None
        self._ledger.forget(key, copy.note, stands=self._probes.key(copy, named).copy)

    def _submission_of(self, copy: Copy) -> Record:
        """The note of a copy, or what one would say."""
        if copy.note is not None:
            return copy.note
        job_id = copy.job.id if copy.job is not None else None
        started_at = copy.started_at or self._clock.utcnow()
        key = self._probes.key(copy)
        return Record(started_at, job_id, run=self._ledger.run, attempt=copy.attempts, copy=key.copy)

    def _bring_in_line(self, copy: Copy, replica: Image, wanted: Changes) -> observations.Observation:
        ims = self._probes.destination_ims(copy)
        after, altered = replica, False
        try:
            if wanted.attributes:
                after, altered = ims.update(replica.id, wanted.patch), True
            if wanted.set_tags:
                ims.set_tags(replica.id, wanted.set_tags)
                altered = True
            if wanted.remove_tags:
                ims.remove_tags(replica.id, wanted.remove_tags)
                altered = True
            if wanted.clearance:
                with contextlib.suppress(ImsError):
                    ims.update(replica.id, wanted.clearance)
            return observations.InLine(self._read_back(copy, after))
        except ImsError as error:
            unanswered = isinstance(error, UNANSWERED)
            try:
                # A refusal may come from before the service or from behind it: one look tells.
                seen = self._read_back(copy, after, READINGS if unanswered else 1)
            except ImsError:
                altered = altered or unanswered
            else:
                still = changes(seen, copy.request, copy.source)
                if not still:
                    return observations.InLine(seen)
                altered = altered or still != wanted
            error.hint = error.hint or "The replica itself is complete: run again to bring it in line."
            error.at("update", f"Bringing image {replica.id} in {replica.region} in line")
            return observations.NotInLine(error, altered)

    def _read_back(self, copy: Copy, after: Image, readings: int = READINGS) -> Image:
        """The replica as it shows once it was changed; what is read may lag behind what was written."""
        ims = self._probes.destination_ims(copy)
        for number in range(readings):
            if number:
                self._clock.sleep(READING_PAUSE)
            after = ims.image(after.id) or after
            if not changes(after, copy.request, copy.source):
                break
        return after

    def _seek_leftovers(self, copy: Copy) -> None:
        try:
            decision = self._probes.destination(copy, fresh=True)
        except ImsError as error:
            copy.warn(f"Whether the failed copy left anything behind is not known: {error.as_text(hint=False)}")
            return
        for warning in decision.warnings if decision.kind == SUBMIT else ():
            copy.warn(warning)
