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
from .._model import job as jobs
from .._model.image import Image, Origin
from . import endings, observations
from . import ledger as ledgers
from .copy import Copy, Plan
from .probes import Probes
from .terms import RunOptions

# The checks that are about places: whether an image may be copied, or by which agency, does not matter here.
PLACES = ("regions_differ", "source_region", "destination_region", "destination_project")
# Seconds between two looks at an image that has just been deleted.
PAUSE = 2.0
DELETED, ABSENT, FAILED = "deleted", "absent", "failed"


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


class Remover:
    """Deletes what is provably a replica. In check mode it only looks."""

    def __init__(
        self,
        probes: Probes,
        ledger: ledgers.Ledger,
        clock: clocks.Clock,
        options: RunOptions,
        gone: t.Callable[[], bool] = lambda: False,
    ) -> None:
        """``gone``: whether nobody waits for the run any more."""
        self._probes = probes
        self._survey = probes.survey
        self._ledger = ledger
        self._clock = clock
        self._options = options
        self._limits = options.limits
        self._gone = gone
        self.cut_short = False

    def run(self, all_of_them: t.Sequence[Removal]) -> None:
        """Errors end up in the removals; nothing of one stops another."""
        ends = clocks.Deadline(self._clock, self._options.run_for) if self._options.run_for is not None else None
        for removal in all_of_them:
            if self._gone():
                self.cut_short = True
                return
            removal.until = self._clock.monotonic() + self._limits.wait_timeout
            self._tried(removal, self._plan)
        self._survey.until(None)
        while self._options.wait and not self._limits.check_mode:
            waiting = [removal for removal in all_of_them if removal.outcome is None]
            if not waiting:
                return
            if self._gone() or (ends is not None and ends.passed):
                self.cut_short = True
                return
            self._clock.sleep(self._limits.wait_interval)
            for removal in waiting:
                self._tried(removal, self._look_again)

    def _tried(self, removal: Removal, step: t.Callable[[Removal], None]) -> None:
        try:
            step(removal)
        except errors.ImsError as error:
            removal.outcome, removal.error = FAILED, error.at("delete", removal.doing)

    def _plan(self, removal: Removal) -> None:
        copy = removal.copy
        facts = self._survey.ground(copy.request)
        found = facts.sources if isinstance(facts.sources, (list, tuple)) else ()
        source = found[0] if len(found) == 1 else None
        copy.plan = Plan(source, facts.source_project, facts.destination_project)
        if source is not None:
            copy.request = copy.request.naming(source)
        self._check(copy, facts)
        if source is None and copy.request.image_id is None:
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
            self._look(removal, fresh=True)
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

    def _look(self, removal: Removal, fresh: bool = False) -> None:
        """Find out what stands there, and delete what may go."""
        copy = removal.copy
        region = copy.request.destination.region
        deadline = self._probes.soon() if fresh else None
        images = self._survey.own_images(region, copy.project, fresh=fresh, deadline=deadline)
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
