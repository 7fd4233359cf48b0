# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""A run that does something about its copies: submits them, brings their replicas in line, and tells of it."""

from __future__ import annotations

import contextlib
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._decide import replica as replicas
from .._model import image as images
from . import effects as do
from . import endings, observations, terms
from . import ledger as ledgers
from . import survey as surveys
from .copy import Copy
from .lease import NoLease
from .run import Run
from .standing import standing_of
from .submission import Submission
from .teller import Teller

# How often a replica that was changed is read back at most, and how many seconds apart.
READINGS, READING_PAUSE = 3, 2.0
# Seconds for which the changes of one replica may be tried again: meanwhile all other copies wait.
CHANGING = 60.0
# What may have been done although nobody has said so.
UNANSWERED = (errors.ReplyLost, errors.BadReply, errors.ServerFault)


class ActingRun(Run):
    """Looks as any run does, and acts."""

    def __init__(
        self,
        survey: surveys.Survey,
        ledger: ledgers.Ledger,
        clock: clocks.Clock,
        options: terms.RunOptions,
        teller: Teller,
        lease: NoLease,
    ) -> None:
        super().__init__(survey, ledger, clock, options)
        self._teller = teller
        self._telling = False
        retries = survey.cloud.max_retries
        self._submission = Submission(self._planner, self._probes, ledger, clock, ledger.run, lease, retries)

    def tell_plan(self, copies: t.Sequence[Copy]) -> None:
        """The plan stands; from now on it is told what happens to each copy."""
        self._telling = True
        self._teller.planned([standing_of(copy) for copy in copies])

    def prepare(self, copies: t.Iterable[Copy]) -> None:
        """The turn of these comes soon."""
        for copy in copies:
            self._ledger.prepare(self._probes.key(copy))

    def submit(self, copy: Copy) -> observations.Observation:
        """Submit a copy whose turn it is; what came of it."""
        return self.see(copy, observations.Chosen())

    def _tell(self, copy: Copy, seen: observations.Observation, again: bool) -> None:
        if self._telling:
            refusal = seen.error.as_error() if isinstance(seen, observations.NotNow) else None
            self._teller.changed(copy.number, standing_of(copy, refusal), again)

    def _do(self, copy: Copy, effect: do.Effect) -> t.Optional[observations.Observation]:
        if isinstance(effect, do.Submit):
            return self.see(copy, self._submission.send(copy))
        if isinstance(effect, do.BringInLine):
            return self.see(copy, self._bring_in_line(copy, effect.image, effect.changes))
        return super()._do(copy, effect)

    def _bring_in_line(self, copy: Copy, replica: images.Image, wanted: replicas.Changes) -> observations.Observation:
        self._probes.survey.until(clocks.Deadline(self._clock, CHANGING))
        altered, error = self._change(copy, replica, wanted)
        self._probes.survey.until(None)
        unanswered = isinstance(error, UNANSWERED)
        seen: t.Optional[images.Image] = None
        try:
            # A refusal may come from before the service or from behind it: one look tells.
            seen = self._read_back(copy, replica.id, READINGS if error is None or unanswered else 1)
        except errors.ImsError as trouble:
            error = error or trouble
        if seen is not None:
            still = replicas.changes(seen, copy.request, copy.source)
            if error is None or not still:
                return observations.InLine(seen)
            altered = altered or still != wanted
        else:
            error = error or errors.NotShown(endings.not_to_be_seen(replica.id))
            altered = altered or unanswered
        error.hint = error.hint or "The replica itself is complete: run again to bring it in line."
        error.at("update", f"Bringing image {replica.id} in {replica.region} in line")
        return observations.NotInLine(error, altered)

    def _change(
        self, copy: Copy, replica: images.Image, wanted: replicas.Changes
    ) -> t.Tuple[bool, t.Optional[errors.ImsError]]:
        """Whether the service has taken any change, and why not all of them."""
        ims, altered = self._probes.destination_ims(copy), False
        try:
            if wanted.attributes:
                ims.update(replica.id, wanted.patch)
                altered = True
            if wanted.set_tags:
                ims.set_tags(replica.id, wanted.set_tags)
                altered = True
            if wanted.remove_tags:
                ims.remove_tags(replica.id, wanted.remove_tags)
                altered = True
            if wanted.clearance:
                with contextlib.suppress(errors.ImsError):
                    ims.update(replica.id, wanted.clearance)
        except errors.ImsError as error:
            return altered, error
        return altered, None

    def _read_back(self, copy: Copy, image_id: str, readings: int) -> t.Optional[images.Image]:
        """The replica as it shows once it was changed; what is read may lag behind what was written. None: it does not
        show."""
        seen = None
        for number in range(readings):
            if number:
                self._clock.sleep(READING_PAUSE)
            seen = self._probes.image(copy, image_id)
            if seen is not None and not replicas.changes(seen, copy.request, copy.source):
                break
        return seen
