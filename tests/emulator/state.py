# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the emulated cloud holds at one moment: images, jobs, tokens, quotas. It changes by requests and by time."""

from __future__ import annotations

import dataclasses
import math
import typing as t
import uuid

from . import seed, seed_images
from .clock import VirtualClock, image_time
from .seed_images import Raw
from .switches import Switches


@dataclasses.dataclass(frozen=True)
class Update:
    """An update by a caller: the own attributes before it, and what it wanted of them (None: gone)."""

    at: float
    peer: str
    before: Raw
    changes: Raw


@dataclasses.dataclass
class Image:
    """``project_id`` None: in every project of the region. ``visible_at`` and ``born``: virtual seconds."""

    region: str
    project_id: str | None
    raw: Raw
    visible_at: float = 0.0
    born: float = -math.inf
    updates: list[Update] = dataclasses.field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def owner(self) -> str:
        return str(self.raw.get("owner", ""))

    @property
    def status(self) -> str:
        return str(self.raw.get("status", ""))

    def seen_by(self, project: seed.Project, now: float) -> bool:
        here = self.region == project.region and self.project_id in (None, project.id)
        return here and now >= self.visible_at


@dataclasses.dataclass
class Outcome:
    """How the next ``times`` copies of one source image (None: all of them) go."""

    image_id: str | None = None
    name: str | None = None
    status: str = "SUCCESS"
    error_code: str = "IMG.0061"
    fail_reason: str = "unknown system error"
    where: str = "top"
    at: float = 0.5
    leftover: str = "killed"
    times: int | None = 1
    seconds: float | None = None
    replica: Raw = dataclasses.field(default_factory=dict)
    stuck_at: str | None = None
    job_status: str | None = None


@dataclasses.dataclass
class Job:
    """One copy. ``duration`` is what a whole copy takes; ``end`` is when this one ends, infinite if it never does."""

    id: str
    source: seed.Project
    destination: seed.Project
    begin: float
    duration: float
    end: float
    source_image_id: str | None = None
    replica_id: str | None = None
    name: str = ""
    caller: str | None = None
    foreign: bool = False
    outcome: Outcome = dataclasses.field(default_factory=Outcome)
    final: Raw = dataclasses.field(default_factory=dict)
    settled: bool = False

    def fraction(self, now: float) -> float:
        """The share of the work that is done, 0 to 1."""
        moment = min(now, self.end)
        done = (moment - self.begin) / self.duration if self.duration > 0 else 1.0
        if math.isinf(self.end):
            done = min(done, self.outcome.at)
        return max(0.0, min(1.0, done))

    def running(self, now: float) -> bool:
        return now < self.end


@dataclasses.dataclass
class Token:
    user: seed.User
    project: seed.Project | None
    expires_at: float


@dataclasses.dataclass
class AssumedKey:
    """A temporary key of an agency, and whom it stands for."""

    key: seed.AccessKey
    user: seed.User
    expires_at: float


class Cloud:
    """The emulated cloud; a new one is what ``reset`` makes."""

    def __init__(self, clock: VirtualClock, switches: Switches) -> None:
        self.clock = clock
        self.switches = switches
        self.images: dict[str, Image] = {}
        for seeded in seed_images.seed_images():
            self.images[seeded.raw["id"]] = Image(seeded.region, seeded.project_id, seeded.raw)
        self.jobs: dict[str, Job] = {}
        self.tokens: dict[str, Token] = {}
        self.assumed_keys: dict[str, AssumedKey] = {}
        self.outcomes: list[Outcome] = []
        self.quotas: dict[str, int] = {}
        self._unsettled: list[Job] = []

    @property
    def now(self) -> float:
        return self.clock.now()

    def quota(self, project: seed.Project) -> int:
        return self.quotas.get(project.id, seed.IMAGE_QUOTA)

    def own_images(self, project: seed.Project) -> list[Image]:
        """Those that count against the quota of the project, invisible ones too."""
        return [image for image in self.images.values() if image.owner == project.id]

    def add_image(self, region: str, project: seed.Project, raw: Raw) -> Image:
        """Adds ``raw`` over the attributes of an ordinary active private image."""
        given = {"id": str(uuid.uuid4()), **raw}
        owner = str(given.get("owner", project.id))
        whole = seed_images.complete(given, owner, image_time(self.clock.moment()))
        image = Image(region, project.id, whole, born=self.now)
        self.images[image.id] = image
        return image

    def add_job(self, job: Job) -> None:
        self.jobs[job.id] = job
        self._unsettled.append(job)

    def occupy_slots(self, count: int, seconds: float) -> list[Job]:
        """Copies of somebody else in the tenant, of which nothing shows but the slots that they take."""
        now = self.now
        there = seed.PROJECTS[seed.CN_SOUTH_1.id]
        added = []
        for _number in range(count):
            job = Job(new_job_id(), seed.CN_NORTH_4, there, now, seconds, now + seconds, name="foreign", foreign=True)
            self.add_job(job)
            added.append(job)
        return added

    def being_copied(self, image_id: str) -> bool:
        now = self.now
        return any(job.source_image_id == image_id and job.running(now) for job in self.jobs.values())

    def running_copies(self) -> int:
        now = self.now
        return sum(job.running(now) for job in self.jobs.values())

    def settle(self) -> None:
        """Bring every image up to what time has made of it; called before anything is looked at."""
        now = self.now
        for job in self._unsettled:
            replica = self.images.get(job.replica_id or "")
            if now >= job.end:
                job.settled = True
                if replica is not None:
                    self._finish(job, replica)
            elif replica is not None and replica.status == "queued" and job.fraction(now) >= SAVING_FROM:
                replica.raw["status"] = "saving"
        self._unsettled = [job for job in self._unsettled if not job.settled]

    def _finish(self, job: Job, replica: Image) -> None:
        ended = image_time(self.clock.moment(job.end))
        if job.outcome.status == "SUCCESS":
            replica.raw.update({"status": "active", "active_at": ended, "updated_at": ended, **job.final})
            set_raw(replica.raw, job.outcome.replica)
        elif job.outcome.leftover == "none":
            self.images.pop(replica.id, None)
        else:
            replica.raw.update({"status": "killed", "updated_at": ended})


# A replica is queued for this share of the copy, then saving.
SAVING_FROM = 0.1


def set_raw(raw: Raw, changes: t.Mapping[str, t.Any]) -> None:
    """Sets attributes; null takes one away."""
    for name, value in changes.items():
        if value is None:
            raw.pop(name, None)
        else:
            raw[name] = value


def new_job_id() -> str:
    """32 lower-case hexadecimal digits that begin as those of the service do."""
    return "ff808082" + uuid.uuid4().hex[8:]
