# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Deletes the replicas of sources, and sees that they are gone; a copy that is under way is waited for first."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._decide import removal as removals
from .._decide.decision import GONE, Wanted
from .._decide.facts import Facts
from .._decide.preflight import failures, preflight
from .._model import copy_request
from .._model import job as jobs
from .._model.image import Image, Origin
from . import endings, observations
from . import ledger as ledgers
from . import survey as surveys
from .copy import Copy
from .phases import ABSENT, DELETED, Outcome
from .planning import ground
from .probes import Probes
from .terms import RunOptions

if t.TYPE_CHECKING:
    from .lease import NoLease

# The checks that are about places: whether an image may be copied, or by which agency, does not matter here.
PLACES = ("regions_differ", "source_region", "destination_region", "destination_project")
# Seconds between two looks at an image that has just been deleted.
PAUSE = 2.0
FAILED = Outcome.FAILED.value


@dataclasses.dataclass
class Removal:
    """The replica of one copy, on its way out.

    ``standing`` are the images that stand there as far as is known, and ``removed`` those that this run has deleted,
    or in check mode would. ``outcome`` is None as long as something is under way; ``until`` is the monotonic moment
    until which that is waited for.
    """

    copy: Copy
    delete_shared: bool = False
    until: float = 0.0
    standing: t.Tuple[Image, ...] = ()
    removed: t.List[Image] = dataclasses.field(default_factory=list)
    job: t.Optional[jobs.Job] = None
    outcome: t.Optional[str] = None
    error: t.Optional[errors.ImsError] = None

    @property
    def source_id(self) -> str:
        source = self.copy.plan.source
        return source.id if source is not None else str(self.copy.request.image_id)

    @property
    def doing(self) -> str:
        return f"Deleting the replica of {self.copy.request.route}"

    @property
    def wanted(self) -> Wanted:
        request = self.copy.request
        origin = Origin(request.source_region, self.source_id)
        return Wanted(origin, request.name_if_known(self.copy.plan.source), request.match)


def as_it_was(request: copy_request.CopyRequest, told: t.Mapping[str, t.Any]) -> copy_request.CopyRequest:
    """The request for the very source and replica of which the result of an earlier run tells: another image may have
    the name of the source by now, and where that is gone, nobody else knows what the replica is called.

    A result of another source tells nothing of this one.
    """
    source = told.get("source_image") or {}
    if not source.get("id") or request.image_id not in (None, source["id"]):
        return request
    if request.image_id is None and request.image_name not in (told.get("image_name"), source.get("name")):
        return request
    name = request.name or told.get("name") or (told.get("image") or {}).get("name")
    return dataclasses.replace(request, image_id=source["id"], image_name=None, name=name)


class Remover:
    """Deletes what is provably a replica. In check mode it only looks."""

    def __init__(
        self,
        survey: surveys.Survey,
        ledger: ledgers.Ledger,
        clock: clocks.Clock,
        options: RunOptions,
        lease: t.Optional[NoLease] = None,
    ) -> None:
        self._probes = Probes(survey, clock, options.limits)
        self._survey = survey
        self._ledger = ledger
        self._clock = clock
        self._options = options
        self._limits = options.limits
        self._lease = lease
        # The places that have been listed in this round of looks.
        self._listed: t.Set[t.Tuple[str, str]] = set()
        self.cut_short = False

    def run(self, all_of_them: t.Sequence[Removal]) -> None:
        """Errors end up in the removals; nothing of one stops another."""
        ends = clocks.Deadline(self._clock, self._options.run_for) if self._options.run_for is not None else None
        for removal in all_of_them:
            if self._deserted:
                self.cut_short = True
                return
            removal.until = self._clock.monotonic() + self._limits.wait_timeout
            self._tried(removal, self._plan)
        self._survey.until(None)
        while self._options.wait and not self._limits.check_mode:
            waiting = [removal for removal in all_of_them if removal.outcome is None]
            if not waiting:
                return
            if self._deserted or (ends is not None and ends.passed):
                self.cut_short = True
                return
            self._clock.sleep(self._limits.wait_interval)
            self._listed.clear()
            for removal in waiting:
                self._tried(removal, self._look_again)

    @property
    def _deserted(self) -> bool:
        """Whether nobody waits for the run any more."""
        return self._lease is not None and self._lease.stale

    def _tried(self, removal: Removal, step: t.Callable[[Removal], None]) -> None:
        try:
            step(removal)
        except errors.ImsError as error:
            removal.outcome, removal.error = FAILED, error.at("delete", removal.doing)

    def _plan(self, removal: Removal) -> None:
        copy = removal.copy
        facts = ground(self._survey, copy)
        self._check(copy, facts)
        if copy.plan.source is None and copy.request.image_id is None:
            found = facts.sources if isinstance(facts.sources, (list, tuple)) else ()
            many = f"{len(found)} own images have that name" if found else "no own image has that name"
            raise errors.PreflightFailed(many, remedy="source_gone")
        self._look(removal)

    def _check(self, copy: Copy, facts: Facts) -> None:
        """:raises PreflightFailed: when the destination is no place that could be looked into"""
        failed = [check for check in failures(preflight(copy.request, facts)) if check.check in PLACES]
        if failed or facts.destination_project is None or not self._survey.reachable(copy.request, facts):
            told = "; ".join(check.message for check in failed) or "the destination cannot be found"
            raise errors.PreflightFailed(told, code=next((check.code for check in failed if check.code), None))

    def _look_again(self, removal: Removal) -> None:
        asked_at = self._clock.monotonic()
        try:
            self._look(removal, again=True)
        except endings.PASSING as error:
            if asked_at >= removal.until:
                raise
            removal.copy.warn(f"A look failed, and was repeated: {error.as_text(hint=False)}")
        if removal.outcome is None and asked_at >= removal.until:
            raise self._out_of_time(removal)

    def _out_of_time(self, removal: Removal) -> errors.ImsError:
        if removal.standing:
            named = removals.called(removal.standing[0])
            return errors.WaitTimeout(f"{named} is still {removal.standing[0].status}", remedy="removal_waits")
        return errors.NotShown("a copy has been submitted, and its replica does not show", remedy="removal_waits")

    def _look(self, removal: Removal, again: bool = False) -> None:
        """Find out what stands there, and delete what may go. ``again``: by a list of this round of looks."""
        copy = removal.copy
        region = copy.request.destination.region
        fresh = again and (region, copy.project.id) not in self._listed
        deadline = self._probes.soon() if fresh else None
        images = self._survey.own_images(region, copy.project, fresh=fresh, deadline=deadline)
        self._listed.add((region, copy.project.id))
        decision = self._decided(removal, images)
        for warning in decision.warnings:
            copy.warn(warning)
        removal.standing = decision.images
        if decision.kind == removals.BLOCKED:
            raise errors.Blocked(str(decision.reason), remedy="not_deleted").at("delete", removal.doing)
        if decision.kind == removals.DELETE:
            self._delete_all(removal)
        elif decision.kind == removals.ABSENT and not self._is_under_way(removal):
            removal.outcome = DELETED if removal.removed else ABSENT

    def _decided(self, removal: Removal, images: t.Iterable[Image]) -> removals.Removal:
        # The source itself is never its own replica, wherever it stands.
        others = [image for image in images if image.id != removal.source_id]
        return removals.decide(removal.wanted, others, removal.delete_shared)

    def _is_under_way(self, removal: Removal) -> bool:
        """Whether a submission is known of which nothing shows yet."""
        copy = removal.copy
        if copy.plan.source is None or copy.plan.source_project is None:
            return False
        told = [copy.earlier.record] if copy.earlier.record is not None else []
        for record in [*told, *self._ledger.peek(self._probes.key(copy))]:
            seen = self._probes.recall(copy, record)
            if isinstance(seen, observations.UnderWay) and seen.job is not None:
                removal.job = seen.job
            if isinstance(seen, observations.MayHaveBegun) or (removal.job is not None and removal.job.done):
                removal.until = min(removal.until, self._clock.monotonic() + self._limits.confirm_timeout)
            if seen is not None and not isinstance(seen, observations.Standing):
                return True
        return False

    def _delete_all(self, removal: Removal) -> None:
        for image in removal.standing:
            if self._limits.check_mode or self._delete(removal, image):
                removal.removed.append(image)
        removal.standing = ()
        removal.outcome = DELETED if removal.removed else ABSENT
        if not self._limits.check_mode:
            self._forget(removal.copy)

    def _delete(self, removal: Removal, image: Image) -> bool:
        """Whether this run has deleted it: what is gone already has not been.

        What a list said may be old, so the image is looked at right before; and as the service says of any image that
        it is deleted, it is looked for afterwards.
        """
        copy, ims = removal.copy, self._probes.destination_ims(removal.copy)
        seen = self._probes.image(copy, image.id)
        if seen is None or seen.status == GONE:
            return False
        again = self._decided(removal, [seen])
        if again.kind != removals.DELETE:
            raise errors.Blocked(
                again.reason or f"{removals.called(image)} has changed meanwhile", remedy="not_deleted"
            )
        trouble: t.Optional[errors.ImsError] = None
        try:
            ims.delete(image.id)
        except errors.ImsError as error:
            trouble = error
        self._see_gone(copy, image, trouble)
        return True

    def _see_gone(self, copy: Copy, image: Image, trouble: t.Optional[errors.ImsError]) -> None:
        """:raises ImsError: when it is still there; what was refused is looked for once"""
        until = clocks.Deadline(self._clock, self._limits.confirm_timeout if trouble is None else 0)
        while True:
            seen = self._probes.image(copy, image.id)
            if seen is None or seen.status == GONE:
                return
            if until.passed:
                error = trouble or errors.NotAReplica("the service says that it is deleted, and it still shows")
                raise error.at("delete", f"Deleting {removals.called(image)}")
            self._clock.sleep(PAUSE)

    def _forget(self, copy: Copy) -> None:
        """No later run is to wait for what was deleted."""
        if copy.plan.source is None or copy.plan.source_project is None:
            return
        key = self._probes.key(copy)
        for record in self._ledger.peek(key):
            self._ledger.forget(key, record)
