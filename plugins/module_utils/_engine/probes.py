# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Looks at what becomes of a copy, and says what was seen; looking changes nothing."""

from __future__ import annotations

import contextlib
import datetime
import math
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .. import _text as texts
from .._client.ims import Ims
from .._decide import decision as decisions
from .._model import job as jobs
from .._model.image import Image, Origin
from .._model.mark import digits_of
from . import endings, observations, phases, terms
from . import record as records
from . import survey as surveys
from .copy import Copy
from .life_settles import replica_id
from .life_under_way import CLOCKS_APART, HOPELESS_LOOKS


class Probes:
    """One question at a time, which may be asked again for about as long as the next look is away."""

    def __init__(self, survey: surveys.Survey, clock: clocks.Clock, limits: terms.Limits) -> None:
        self.survey = survey
        self._clock = clock
        self._limits = limits
        # When the last list that was asked for anew had come, on the monotonic clock.
        self.listed_at = -math.inf

    def look(self, copy: Copy) -> t.Optional[observations.Observation]:
        """What there is to be seen of a copy in its present phase; None where nothing is looked at."""
        asked_at = self._clock.monotonic()
        phase = copy.phase
        try:
            if isinstance(phase, phases.FollowingJob):
                return observations.JobSeen(self._own_job(copy, str(phase.attempt.job_id), self.soon()), asked_at)
            if isinstance(phase, phases.WatchingImage):
                return observations.ImageSeen(
                    self.image(copy, phase.attempt.image.id if phase.attempt.image else None), asked_at
                )
            if isinstance(phase, phases.Searching):
                return self._search(copy, asked_at)
            if isinstance(phase, phases.Settling):
                # One that stood there before was seen in the list.
                image = phase.image if phase.until is None else self._replica(copy, replica_id(phase))
                return observations.ImageSeen(image, asked_at)
        except errors.ImsError as error:
            return self._seen_instead(copy, error, asked_at) or observations.LookFailed(error, asked_at)
        return None

    def _seen_instead(
        self, copy: Copy, error: errors.ImsError, asked_at: float
    ) -> t.Optional[observations.Observation]:
        """What shows in the destination of a job that is not known time and again; it may long have ended."""
        phase = copy.phase
        if not isinstance(phase, phases.FollowingJob) or not isinstance(error, errors.NotFound):
            return None
        if phase.failed_looks + 1 < HOPELESS_LOOKS and asked_at < phase.attempt.deadline:
            return None
        with contextlib.suppress(errors.ImsError):
            return self._search(copy, asked_at)
        return None

    def destination(self, copy: Copy, fresh: bool = False) -> decisions.Decision:
        """The decision by what stands in the destination."""
        region, project = copy.request.destination.region, copy.project
        try:
            images = self.survey.own_images(region, project, fresh=fresh, deadline=self.soon() if fresh else None)
        except errors.ImsError as error:
            raise error.at("destination", f"Listing the images in {region} (project {project.name})") from error
        if fresh:
            self.listed_at = self._clock.monotonic()
        standing = [*images.candidates(copy.name, origin_of(copy)), *self._noted(copy, images)]
        return self._decided(copy, [*standing, *self._unlisted(copy)] if fresh else standing)

    def _unlisted(self, copy: Copy) -> t.Iterator[Image]:
        """What an earlier list has shown is gone only once it is not to be seen by its id either."""
        vanished = self.survey.vanished(copy.request.destination.region, copy.project)
        for image in vanished.candidates(copy.name, origin_of(copy)):
            seen = self.image(copy, image.id)
            if seen is not None:
                yield seen

    def _noted(self, copy: Copy, images: t.Iterable[Image]) -> t.List[Image]:
        """Images without an origin that may be the copy under another name of which a note tells, where that counts."""
        note = copy.note
        if copy.request.match != "origin" or note is None or note.copy in ("", self.key(copy).copy):
            return []
        return [image for image in images if image.origin is None and self.key(copy, image.name).copy == note.copy]

    def _decided(self, copy: Copy, images: t.Iterable[Image]) -> decisions.Decision:
        # With the regions' check left out, the source itself may be among the destination's images.
        standing = [image for image in images if image.id != copy.source.id]
        also = frozenset(image.name for image in self._noted(copy, standing))
        return decisions.decide(decisions.Wanted(origin_of(copy), copy.name, copy.request.match, also), standing)

    def recall(
        self, copy: Copy, record: records.Record, deadline: t.Optional[clocks.Deadline] = None
    ) -> t.Optional[observations.Observation]:
        """What a remembered submission means where nothing shows in the destination; None: nothing any more."""
        if record.image_id is not None:
            made = self.image(copy, record.image_id)
            return (
                observations.Standing(made)
                if made is not None and made.status not in (decisions.GONE, decisions.KILLED)
                else None
            )
        if record.job_id is not None:
            try:
                return self.take_up(copy, self._own_job(copy, record.job_id, deadline), record)
            except errors.NotFound:
                return self._not_known(copy, record.job_id, record)
        left = self._limits.confirm_timeout - self._age(record.at)
        if left <= 0:
            copy.warn(endings.never_showed(None))
            return None
        # A clock that was set back must not make the search longer.
        return observations.MayHaveBegun(min(left, self._limits.confirm_timeout))

    def _not_known(self, copy: Copy, job_id: str, record: records.Record) -> t.Optional[observations.JobUnknown]:
        """What a job means that the service named, and does not know; None: nothing any more, after so long."""
        now = self._clock.utcnow()
        left = self._limits.kept_for(record, now)
        if left <= 0:
            copy.warn(endings.never_showed(job_id))
            return None
        copy.warn(
            f"Job {job_id} of an earlier run is not known to the service any more; its replica is looked for, and it "
            f"is not submitted again before {endings.kept_until(left, now)}."
        )
        return observations.JobUnknown(job_id)

    def take_up(
        self, copy: Copy, job: jobs.Job, record: records.Record, image: t.Optional[Image] = None
    ) -> t.Optional[observations.UnderWay]:
        """What the job of a remembered submission means; None: nothing any more."""
        told = copy.earlier.record is not None and copy.earlier.record.job_id == job.id
        if job.failed and not told:
            copy.warn(f"Job {job.id} of an earlier run failed ({job.error_code}: {job.fail_reason}).")
            return None
        # One that is at work again has not ended, whatever was seen of it.
        ended_at = _ended_at(job, record) if job.done else None
        if ended_at is not None and self._age(ended_at) >= self._limits.forget_after:
            copy.warn(f"Job {job.id} of an earlier run succeeded, but its replica is gone or never showed.")
            return None
        return observations.UnderWay(image, job)

    def job(self, copy: Copy, job_id: str, deadline: t.Optional[clocks.Deadline] = None) -> jobs.Job:
        try:
            return self.source_ims(copy).job(job_id, deadline=deadline)
        except errors.ImsError as error:
            raise error.at("wait", f"Asking for job {job_id} in {copy.request.source_region}") from error

    def _own_job(self, copy: Copy, job_id: str, deadline: t.Optional[clocks.Deadline]) -> jobs.Job:
        """The job of this copy; how another image's came to fail says nothing of it."""
        job = self.job(copy, job_id, deadline)
        if job.failed and job.image_name and not self._may_be_called(copy, job.image_name):
            named = f'"{texts.visible(job.image_name)}", not "{texts.visible(copy.name)}"'
            raise errors.NotFound(f"job {job_id}, which failed, was to make an image called {named}")
        return job

    def _may_be_called(self, copy: Copy, name: str) -> bool:
        """Whether the image of a copy may have that name: it was asked for, or is that of what is followed."""
        key, note = self.key(copy, name), copy.note
        if name == copy.name or note is None:
            return name == copy.name
        return note.copy == key.copy or (key.any_name and not note.copy)

    def key(self, copy: Copy, name: t.Optional[str] = None) -> records.Key:
        """What the ledger knows a copy by; ``name`` is the replica's, where that has another than was asked for."""
        source, project = copy.source, copy.project
        return records.Key(
            digits_of(copy.request.source_region, source.id, project.id),
            digits_of(source.id, project.id, name if name is not None else copy.name),
            copy.request.match == "origin",
            source,
            copy.source_project,
        )

    def source_ims(self, copy: Copy) -> Ims:
        """Where the copy is submitted, and where alone its job is known."""
        return self.survey.ims(copy.request.source_region, copy.source_project)

    def destination_ims(self, copy: Copy) -> Ims:
        """Where the replica stands."""
        return self.survey.ims(copy.request.destination.region, copy.project)

    def _search(self, copy: Copy, asked_at: float) -> observations.Observation:
        decision = self.destination(copy, fresh=True)
        if decision.replica is not None and decision.kind == decisions.PRESENT:
            return observations.Standing(decision.replica)
        if decision.replica is not None and decision.kind == decisions.IN_FLIGHT:
            return observations.UnderWay(decision.replica)
        return observations.Absent(asked_at, decision.leftovers)

    def _replica(self, copy: Copy, image_id: t.Optional[str]) -> t.Optional[Image]:
        """What became of a job: the image that it names, or, where that is none of this copy, what stands there."""
        image = self.image(copy, image_id)
        if image_id is None or self._decided(copy, [image] if image is not None else []).kind in (
            decisions.PRESENT,
            decisions.IN_FLIGHT,
        ):
            return image
        decision = self.destination(copy, fresh=True)
        return decision.replica if decision.kind in (decisions.PRESENT, decisions.IN_FLIGHT) else image

    def image(self, copy: Copy, image_id: t.Optional[str]) -> t.Optional[Image]:
        """An image of the destination's own, as it is now."""
        if image_id is None:
            return self.destination(copy, fresh=True).replica
        image = self.destination_ims(copy).image(image_id, deadline=self.soon())
        return image if image is not None and image.owned_by(copy.project.id) else None

    def soon(self) -> clocks.Deadline:
        """A look may be tried again for about as long as the next one is away, so that no copy starves another."""
        return clocks.Deadline(self._clock, self._limits.wait_interval)

    def _age(self, then: datetime.datetime) -> float:
        return (self._clock.utcnow() - then).total_seconds()


def origin_of(copy: Copy) -> Origin:
    """What its replica is a copy of."""
    return Origin(copy.request.source_region, copy.source.id)


def _ended_at(job: jobs.Job, record: records.Record) -> t.Optional[datetime.datetime]:
    """When a copy has ended well, as its job says, or as it was first seen; no job is older than its request."""
    told = clocks.moment(job.end_time)
    if told is None or (record.at - told).total_seconds() > CLOCKS_APART:
        return record.ended_at
    return told if record.ended_at is None else min(told, record.ended_at)
