# SPDX-License-Identifier: GPL-3.0-or-later
"""A survey and the service behind it, in memory and on the clock of a test: one source region, one destination."""

from __future__ import annotations

import dataclasses
import types
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.facts import Facts
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import ImsError, NotFound
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.copy_request import CopyRequest
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image, Origin
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image_index import ImageIndex
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from tests.unit.shapes import facts, replica, request, source
from tests.unit.support import FakeClock


@dataclasses.dataclass
class Running:
    """A copy of the service's: when it ends, how, and what it makes."""

    ends: float
    status: str
    image: Image


class FakeService:
    """``done`` tells in order what was asked for. A source image that is called ``a1`` has this id too, and one byte.

    ``answers`` are what the next requests for a copy come to: None for a job, or an error; after a "lost" reply the
    copy goes on all the same if ``effect`` is true.
    """

    many = False

    def __init__(self, clock: FakeClock, seconds: float = 35.0) -> None:
        self.clock = clock
        self.seconds = seconds
        self.sizes: dict[str, int] = {}
        self.images: list[Image] = []
        # What earlier lists have shown, and the last one does not.
        self.vanished_images: list[Image] = []
        self.jobs: dict[str, Running] = {}
        self.answers: list[ImsError | None] = []
        self.effect = False
        self.trouble: dict[str, ImsError] = {}
        self.refusals: dict[str, dict[str, t.Any]] = {}
        self.fails: set[str] = set()
        # What jobs say that they make, where they say so.
        self.calls: dict[str, str | None] = {}
        self.done: list[str] = []
        self.bound: t.Any = None
        self.cloud = types.SimpleNamespace(ims_endpoint="https://ims.example", clock=clock, max_retries=2)
        self._listed_at = float("-inf")
        self._listed = ImageIndex([])

    def asked(self, name: str, **fields: t.Any) -> CopyRequest:
        """The copy of an image; a digit at the end of its name is its size."""
        self.sizes.setdefault(name, int(name[-1]) if name[-1].isdigit() else 1)
        return request(image_id=name, **fields)

    def did(self, what: str) -> list[str]:
        """The names with which something was done."""
        return [line.partition(" ")[2] for line in self.done if line.startswith(f"{what} ")]

    # -- as a survey ----------------------------------------------------------------------------------------------

    def ground(self, asked: CopyRequest) -> Facts:
        name = str(asked.image_id)
        self._may("ground")
        self._may(f"ground {name}")
        more = self.refusals.get(name, {})
        return facts(sources=[source(id=name, name=name, __image_size=str(self.sizes[name]), **more)])

    def for_submission(self, asked: CopyRequest, ground: Facts, ahead: int) -> Facts:
        return ground

    def reachable(self, asked: CopyRequest, known: Facts) -> bool:
        return True

    def forget_trouble(self) -> None:
        self.done.append("forget trouble")

    def ims(self, region: str, project: t.Any) -> FakeService:
        return self

    def until(self, deadline: t.Any) -> None:
        self.bound = deadline

    def own_images(self, region: str, project: t.Any, fresh: bool = False, deadline: t.Any = None) -> ImageIndex:
        if fresh or self._listed_at == float("-inf"):
            self._may("list")
            self.done.append("list all")
            own = [image for image in self._shown() if image.owned_by(project.id)]
            self._listed_at, self._listed = self.clock.monotonic(), ImageIndex(own)
        return self._listed

    def vanished(self, region: str, project: t.Any) -> ImageIndex:
        return ImageIndex(self.vanished_images)

    def age(self, region: str, project: t.Any) -> float:
        return self.clock.monotonic() - self._listed_at

    # -- as the service -------------------------------------------------------------------------------------------

    def copy(self, image_id: str, body: t.Mapping[str, t.Any], not_after: t.Any = None) -> str:
        self.not_after = not_after
        self.done.append(f"copy {image_id}")
        error = self.answers.pop(0) if self.answers else None
        if error is None or self.effect:
            number = len(self.jobs) + 1
            made = replica(f"r{number}", Origin("cn-north-4", image_id), name=body["name"])
            made = dataclasses.replace(made, size_bytes=self.sizes[image_id])
            status = "FAIL" if image_id in self.fails else "SUCCESS"
            self.jobs[f"j{number}"] = Running(self.clock.monotonic() + self.seconds, status, made)
        if error is not None:
            raise error
        return f"j{len(self.jobs)}"

    def job(self, job_id: str, deadline: t.Any = None) -> Job:
        self._may("job")
        self.done.append(f"job {job_id}")
        running = self.jobs.get(job_id)
        if running is None:
            raise NotFound("no such job", code="IMG.0023")
        over = self.clock.monotonic() >= running.ends
        status = running.status if over else "RUNNING"
        made = running.image.id if over else None
        return Job(job_id, status, image_id=made, image_name=self.calls.get(job_id))

    def image(self, image_id: str, deadline: t.Any = None) -> Image | None:
        self._may("image")
        self.done.append(f"image {image_id}")
        return ImageIndex(self._shown()).by_id(image_id)

    def _shown(self) -> list[Image]:
        """Replicas show from the beginning."""
        return [*self.images, *(self._image_of(running) for running in self.jobs.values())]

    def _image_of(self, running: Running) -> Image:
        status = "saving"
        if self.clock.monotonic() >= running.ends:
            status = "active" if running.status == "SUCCESS" else "killed"
        return dataclasses.replace(running.image, status=status)

    def _may(self, what: str) -> None:
        if what in self.trouble:
            raise self.trouble[what]
