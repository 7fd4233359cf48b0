# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the books of the cloud: which copies were paid for, by whom, and what could be seen of them at which moment."""

from __future__ import annotations

import collections
import dataclasses
import math
import typing as t

from tests.campaign.draw import SOURCE, Scenario, Wanted
from tests.campaign.plot import BY_HAND, Played
from tests.campaign.replicas import counts, replicas, shows
from tests.campaign.wire import BUSY_CODES, COPY, Sent
from tests.emulator import seed
from tests.emulator.seed_images import Raw
from tests.emulator.state import Image, Job

Key = tuple[str, str, str]
ACCEPTED, LOST, BUSY, REFUSED, UNSENT = "accepted", "lost", "busy", "refused", "unsent"
# A 401 is "not now" where the proof can be renewed, and final where not; IMG.0061 says nothing at all.
AMBIGUOUS = "ambiguous"


def fate_of(sent: Sent) -> str:
    """What a caller must take his submission for, by what he saw of it."""
    if sent.saw == "refused":
        return UNSENT
    if not isinstance(sent.saw, int):
        return LOST
    if sent.saw < 300:
        return ACCEPTED
    if sent.saw >= 500 or sent.saw in (408, 499):
        return LOST
    if sent.saw == 429 or sent.code in BUSY_CODES:
        return BUSY
    return AMBIGUOUS if sent.saw == 401 or sent.code == "IMG.0061" else REFUSED


@dataclasses.dataclass
class Paid:
    """A copy that the service has begun: the job, and the request that began it."""

    job: Job
    sent: Sent

    @property
    def key(self) -> Key:
        """Which copy it is."""
        return (str(self.job.source_image_id), self.job.destination.id, self.job.name)

    @property
    def by_hand(self) -> bool:
        return self.sent.run >= BY_HAND

    @property
    def denied(self) -> bool:
        """Whether the service has said that it has not begun it."""
        return fate_of(self.sent) not in (ACCEPTED, LOST)

    @property
    def begun(self) -> float:
        return self.job.begin

    def failed_by(self, moment: float) -> bool:
        return self.job.outcome.status == "FAIL" and self.job.end <= moment

    def running_at(self, moment: float) -> bool:
        return self.job.begin <= moment < self.job.end


class Look(t.NamedTuple):
    """A list of a destination: when its first page was made, and when the last one that came was seen."""

    made_at: float
    until: float


class Books:
    """Everything that a judge looks up."""

    def __init__(self, played: Played) -> None:
        self.played = played
        self.scenario: Scenario = played.scenario
        self.cloud = played.world.cloud
        self.posts = [sent for sent in played.book if sent.entry.operation == COPY]
        begun = {sent.entry.result: sent for sent in self.posts if sent.entry.result}
        self.paid: dict[Key, list[Paid]] = collections.defaultdict(list)
        for job in sorted(played.jobs, key=lambda job: job.begin):
            paid = Paid(job, begun[job.id])
            self.paid[paid.key].append(paid)
        # The replicas of copies; what else there is has stood there before.
        self._active_since = {str(job.replica_id): job.end for job in played.jobs}
        self._deleted = {one.image.id: one for one in played.deleted}
        self._mutations: dict[int, list[Sent]] = collections.defaultdict(list)
        for sent in played.book:
            if sent.entry.mutating and sent.entry.service == "ims":
                self._mutations[sent.run].append(sent)

    def all_paid(self) -> t.Iterator[Paid]:
        for some in self.paid.values():
            yield from some

    def paid_for(self, job_id: str) -> Paid | None:
        """The copy that a job makes."""
        return next((paid for paid in self.all_paid() if paid.job.id == job_id), None)

    def mutations(self, run: int) -> list[Sent]:
        """What a run has asked to have changed."""
        return self._mutations[run]

    def posts_of(self, run: int, key: Key | None = None) -> list[Sent]:
        return [sent for sent in self._mutations[run] if sent.entry.operation == COPY and key in (None, key_of(sent))]

    def may_not_mark(self, run: int) -> bool:
        """Whether a run was told that it may not update a source image: it goes on with the notes of its host."""
        on_sources = (one for one in self._mutations[run] if one.entry.region == SOURCE.region)
        return any(one.entry.operation == "UpdateImage" and one.saw == 403 for one in on_sources)

    def updates_of(self, run: int) -> list[Sent]:
        """Changes of replicas that took effect; marks on sources are none."""
        return [
            sent
            for sent in self._mutations[run]
            if sent.entry.operation != COPY and sent.took_effect and sent.entry.region != SOURCE.region
        ]

    def look_before(self, post: Sent) -> Look | None:
        """The last list of the destination that this run has seen before it submitted."""
        project = destination_of(post)
        look = None
        for sent in self.played.book:
            if sent is post:
                return look
            if (sent.run, sent.entry.operation, sent.entry.project_id) != (post.run, "ListImages", project):
                continue
            names = {name for name, _value in sent.entry.query}
            if sent.saw != 200 or "id" in names or sent.effect_at is None or sent.answered_at is None:
                continue
            if "marker" not in names:
                look = Look(sent.effect_at, sent.answered_at)
            elif look is not None:
                look = look._replace(until=sent.answered_at)
        return look

    def visible(self, paid: Paid, moment: float) -> bool:
        """Whether a list that was made at that moment shows the replica."""
        image = self.cloud.images.get(paid.job.replica_id or "")
        deleted = self._deleted.get(paid.job.replica_id or "")
        if deleted is not None and moment < deleted.at:
            image = deleted.image
        return image is not None and paid.begun <= moment and shows(self.cloud, image, moment)

    def came_to_nothing(self, paid: Paid, moment: float) -> bool:
        """Whether it had failed by then, or somebody had deleted its replica."""
        deleted = self._deleted.get(paid.job.replica_id or "")
        return paid.failed_by(moment) or (deleted is not None and deleted.at <= moment)

    def may_be_taken_for(self, paid: Paid, other: Paid, moment: float) -> bool:
        """Whether somebody's copy was to be seen where that one was not, and had failed by then."""
        if paid.by_hand or self.visible(paid, moment):
            return False
        return other.by_hand and other.failed_by(moment) and other.job.end > paid.begun

    def stood_in(self, paid: Paid, moment: float) -> bool:
        """Whether another replica stood there after it had begun, which somebody had deleted by then."""
        wanted = next(one for one in self.scenario.wanted if one.key == paid.key)
        return any(
            paid.begun < one.at <= moment and one.image.id != paid.job.replica_id
            for one in self.played.deleted
            if counts(self.scenario, wanted, one.image)
        )

    def emptied(self, wanted: Wanted, moment: float) -> bool:
        """Whether somebody had deleted by then what counted as that replica."""
        return any(one.at <= moment and counts(self.scenario, wanted, one.image) for one in self.played.deleted)

    def standing(self, wanted: Wanted, moment: float) -> t.Iterator[Image]:
        """The images that count as that replica, those too that were deleted only after that moment."""
        deleted = [one.image for one in self.played.deleted if one.at >= moment]
        for image in [*self.cloud.images.values(), *deleted]:
            if counts(self.scenario, wanted, image) and self._active_since.get(image.id, -math.inf) <= moment:
                yield image

    def shown(self, image: Image, moment: float) -> bool:
        """Whether a list that is made at that moment shows an image that stands."""
        return self._active_since.get(image.id, -math.inf) <= moment and shows(self.cloud, image, moment)

    def replicas(self, wanted: Wanted) -> list[Raw]:
        """The active images that count as that replica."""
        return [image.raw for image in replicas(self.cloud, self.scenario, wanted)]


def key_of(post: Sent) -> Key | None:
    """Which copy a request asks for."""
    body = post.entry.body
    if not isinstance(body, dict):
        return None
    return (post.entry.path.split("/")[-2], destination_of(post) or "", str(body.get("name")))


def destination_of(post: Sent) -> str | None:
    body = post.entry.body
    name = body.get("project_name") or body.get("region") if isinstance(body, dict) else None
    project = seed.project_named(str(name))
    return project.id if project is not None else None
