# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Lives the copies of one run, as far as looking goes: hands what is seen to ``life.advance``, and carries out what
follows. What changes anything in the cloud is done in ``acting.py``."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._decide import decision as decisions
from . import effects as do
from . import ledger as ledgers
from . import observations, phases, terms
from . import record as records
from . import survey as surveys
from .copy import Copy
from .life import advance
from .planning import Planner
from .probes import Probes


class Run:
    """The only writer of a copy's phase."""

    def __init__(
        self, survey: surveys.Survey, ledger: ledgers.Ledger, clock: clocks.Clock, options: terms.RunOptions
    ) -> None:
        self._clock = clock
        self._ledger = ledger
        self._options = options
        self._probes = Probes(survey, clock, options.limits)
        self._planner = Planner(self._probes, ledger, clock.monotonic)

    def begin(self, copies: t.Sequence[Copy]) -> bool:
        """Plan every copy, and see to those that stand there. Errors end up in the copies; nothing of one stops
        another.

        :returns: whether one that is refused keeps everything from being done
        """
        for copy in copies:
            if not copy.ended:
                self.plan(copy)
        # All plans are made: what comes now has deadlines of its own.
        self._probes.survey.until(None)
        refused = self._all_refused(copies)
        for copy in copies:
            if not isinstance(copy.phase, phases.Settling):
                continue
            if refused:
                self.see(copy, observations.LeftAlone())
            else:
                self.look(copy)
        return refused

    def _all_refused(self, copies: t.Sequence[Copy]) -> bool:
        """With ``fail``, one copy that is refused keeps everything from being done; with ``skip`` the rest goes on."""
        if self._options.limits.skip_refused or self._options.carry_on:
            return False
        return any(copy.failed for copy in copies)

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

    def look(self, copy: Copy) -> None:
        """Look how a copy goes."""
        seen = self._probes.look(copy)
        if seen is not None:
            self.see(copy, seen)

    def see(self, copy: Copy, seen: observations.Observation) -> observations.Observation:
        """Move a copy on by what was seen, and do what follows from that; what was seen last is returned."""
        now = phases.Now(self._clock.monotonic(), self._clock.utcnow())
        before = copy.phase
        copy.phase, effects = advance(before, seen, now, copy.terms(self._options.limits))
        again = isinstance(before, phases.InFlight) and copy.attempt_failed
        last = seen
        for effect in effects:
            last = self._do(copy, effect) or last
        # What is being submitted is told once the service has answered, and what was warned of with what it is about.
        if last is seen:
            self._tell(copy, seen, again)
        return last

    def _tell(self, copy: Copy, seen: observations.Observation, again: bool) -> None:
        """A copy has moved on. Nobody waits for news of a run that only looks.

        :param again: another attempt follows the one that has just failed
        """

    def _do(self, copy: Copy, effect: do.Effect) -> t.Optional[observations.Observation]:
        """Carry out an effect; what it came to, where that can be seen."""
        if isinstance(effect, do.ForgetNote):
            self._forget(copy, effect.stands)
        elif isinstance(effect, do.NoteEnd):
            ended = self._submission_of(copy)._replace(image_id=effect.image_id)
            self._ledger.note_end(self._probes.key(copy), ended)
        elif isinstance(effect, do.SeekLeftovers):
            self._seek_leftovers(copy)
        elif isinstance(effect, do.Warn):
            copy.warn(effect.text)
        else:
            raise AssertionError(f"{type(effect).__name__} is nothing for a run that only looks")
        return None

    def _forget(self, copy: Copy, stands: bool) -> None:
        """``stands``: the replica is there, under whatever name."""
        key = self._probes.key(copy)
        if not stands:
            self._ledger.forget(key, self._submission_of(copy))
            return
        named = copy.image.name if copy.image is not None else None
        self._ledger.forget(key, copy.note, stands=self._probes.key(copy, named).copy)

    def _submission_of(self, copy: Copy) -> records.Record:
        """The note of a copy, or what one would say."""
        if copy.note is not None:
            return copy.note
        job_id = copy.job.id if copy.job is not None else None
        started_at = copy.started_at or self._clock.utcnow()
        key = self._probes.key(copy)
        return records.Record(started_at, job_id, run=self._ledger.run, attempt=copy.attempts, copy=key.copy)

    def _seek_leftovers(self, copy: Copy) -> None:
        try:
            decision = self._probes.destination(copy, fresh=True)
        except errors.ImsError as error:
            copy.warn(f"Whether the failed copy left anything behind is not known: {error.as_text(hint=False)}")
            return
        for warning in decision.warnings if decision.kind == decisions.SUBMIT else ():
            copy.warn(warning)
