# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Images, copies, jobs, tags and quota, in the API's words; paging hidden."""

from __future__ import annotations

import itertools
import typing as t
from urllib.parse import quote

from .. import _clock as clocks
from .. import _errors as errors
from .._model import job as jobs
from .._model import place as places
from .._model.image import Image, parse_image
from .._model.raw import Raw, Unreadable
from .auth import Client
from .transport import Response

PAGE = 500
# No project holds as many; a list that goes on is one that never ends.
MOST_IMAGES = 100_000
# So many pages in a row may hold nothing new where each names another one.
MOST_STALE = 3


class Ims:
    """One project in one region."""

    def __init__(self, client: Client, region: str, project_id: str) -> None:
        self._client = client
        self._region = region
        self._project_id = project_id
        self._old_jobs = False

    def own_images(
        self, *, name: t.Optional[str] = None, deadline: t.Optional[clocks.Deadline] = None, **filters: t.Any
    ) -> t.List[Image]:
        """The project's own images, oldest first, shared out or not, on all pages.

        :param filters: query parameters under the API's own names; None is left out
        :param deadline: no page is asked for after it, unless it leaves less time than any list is given
        :raises BadReply: when the pages do not end, as half a list must not be taken for the whole
        """
        asked = {"owner": self._project_id, "sort_key": "created_at", "sort_dir": "asc", "name": name, **filters}
        query = [(key, _parameter(value)) for key, value in asked.items() if value is not None]
        found = self._pages(query, deadline)
        # An own image that is shared out is listed like a foreign one, so the owner decides.
        return [image for image in found if image.owned_by(self._project_id) and (name is None or image.name == name)]

    def _pages(self, query: t.Sequence[t.Tuple[str, str]], deadline: t.Optional[clocks.Deadline]) -> t.Iterator[Image]:
        """All images. A short page is not the last one: only one without anything new is, or one that says so.

        Source: IMS API reference, Querying Images (ListImages).
        """
        seen: t.Set[str] = set()
        markers: t.List[str] = []
        stale = 0
        ends = self._client.time_for_pages(deadline)
        for number in itertools.count(1):
            at = [("marker", marker) for marker in markers[-1:]]
            reply = self._client.call(
                "GET", "/v2/cloudimages", query=[*query, ("limit", str(PAGE)), *at], deadline=deadline
            )
            page, (told, following) = self._images(reply), reply.read(_following)
            fresh = [image for image in page if image.id not in seen]
            stale = 0 if fresh else stale + 1
            leads_on = told and following is not None and following not in markers
            if stale > MOST_STALE or (stale and not leads_on and len(page) >= PAGE):
                raise reply.bad(f"the list of images in {self._region} repeats itself")
            if stale and not leads_on:
                return
            yield from _owned(fresh, reply, named=any(key == "name" for key, _value in query))
            seen.update(image.id for image in fresh)
            if told and following is None:
                return
            markers.append(following if following is not None else page[-1].id)
            if ends.passed or len(seen) > MOST_IMAGES:
                error = reply.bad(
                    f"the list of images in {self._region} does not end: {len(seen)} images on {number} pages, "
                    "and more to come"
                )
                error.hint = "Run the task again later; if it goes on, report it to the cloud's support."
                raise error

    def _images(self, reply: Response) -> t.List[Image]:
        """:raises BadReply: also when the answer says two things of one image: none of them is to be relied on"""
        images: t.Dict[str, Image] = {}
        for image in reply.read(lambda data: [parse_image(raw, self._region) for raw in Raw(data).objects("images")]):
            first = images.setdefault(image.id, image)
            if first is not image and first != image:
                raise reply.bad(f"the answer cannot be read: image {image.id} stands there twice, and not alike")
        return list(images.values())

    def _named_image(self, reply: Response, image_id: str) -> Image:
        """:raises BadReply: when the answer is about another image"""
        image = reply.read(lambda data: parse_image(data, self._region))
        if image.id != image_id:
            raise reply.bad(f"asked for image {image_id}, the service answers with image {image.id}")
        return image

    def image(self, image_id: str, deadline: t.Optional[clocks.Deadline] = None) -> t.Optional[Image]:
        """One image, whoever owns it; None when the region does not know it."""
        try:
            reply = self._client.call("GET", "/v2/cloudimages", query=[("id", image_id)], deadline=deadline)
        except errors.NotFound as error:
            # A 404 of the gateway means that there is no such call, not that there is no such image.
            if error.code and error.code.startswith("IMG."):
                return None
            raise
        return next((image for image in _owned(self._images(reply), reply) if image.id == image_id), None)

    def shown(self, image_id: str) -> t.Optional[Image]:
        """One image as it is now: lists may be late. None when it is gone.

        Source: IMS API reference, Querying Image Details (Native OpenStack API).
        """
        try:
            reply = self._client.call("GET", f"/v2/images/{_segment(image_id)}")
        except errors.NotFound:
            return None
        return self._named_image(reply, image_id)

    def copy(self, image_id: str, body: t.Mapping[str, t.Any], not_after: t.Optional[clocks.Deadline] = None) -> str:
        """Begin a cross-region copy, and return the id of its job. It is sent at most once, and not after that.

        Source: IMS API reference, Replicating an Image Across Regions (CopyImageCrossRegion).

        :raises ReplyLost: when the copy may or may not have begun
        """
        path = f"/v1/cloudimages/{_segment(image_id)}/cross_region_copy"
        reply = self._client.call("POST", path, body=dict(body), repeat=False, not_after=not_after)
        try:
            return reply.read(_job_id)
        except errors.BadReply as error:
            raise errors.ReplyLost(
                f"{reply.label}: the copy of {image_id} was accepted, but the answer holds no job id",
                http_status=reply.status,
                request_id=reply.request_id,
            ) from error

    def job(self, job_id: str, deadline: t.Optional[clocks.Deadline] = None) -> jobs.Job:
        """A job, which only the region and project know in which it was begun.

        Source: IMS API reference, Querying the Progress of an Asynchronous Job; Querying the Status of an
        Asynchronous Job, which is the older one and all that some regions have.

        :raises NotFound: when the job is not known, which is IMG.0023 here, and still so when asked again
        """
        try:
            return self._job(job_id, deadline)
        except errors.ServerFault as error:
            if error.code != "IMG.0023":
                raise
            raise errors.NotFound(
                f"IMS: job {job_id} is not known in project {self._project_id} of {self._region}",
                code=error.code,
                http_status=error.http_status,
                request_id=error.request_id,
                hint="Only the region and the project that a job was begun in know it, and not for ever.",
            ) from error

    def _job(self, job_id: str, deadline: t.Optional[clocks.Deadline]) -> jobs.Job:
        if not self._old_jobs:
            try:
                reply = self._client.call("GET", f"/v1/cloudimages/job/{_segment(job_id)}", deadline=deadline)
                return self._named(reply, job_id)
            except errors.NotFound as error:
                if error.code != "APIGW.0101":
                    raise
        path = f"/v1/{_segment(self._project_id)}/jobs/{_segment(job_id)}"
        job = self._named(self._client.call("GET", path, deadline=deadline), job_id)
        self._old_jobs = True
        return job

    def _named(self, reply: Response, job_id: str) -> jobs.Job:
        """:raises BadReply: when the answer is about another job: what came of that one says nothing of this one"""
        job = reply.read(lambda data: jobs.parse_job(data, job_id, reply.told))
        if job.id != job_id:
            raise reply.bad(f"asked for job {job_id}, the service answers with job {job.id}")
        return job

    def quota(self) -> places.Quota:
        """The image quota of the project. Source: IMS API reference, Querying the Image Quota."""
        reply = self._client.call("GET", "/v1/cloudimages/quota")
        return reply.read(_quota)

    def update(self, image_id: str, patch: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Change attributes of an active image. What has become of it, only the image itself tells.

        An attribute that is not there cannot be replaced (IMG.0035), so it is added then.
        Source: IMS API reference, Updating Image Information.

        :param patch: operations with ``op``, ``path`` and ``value``
        """
        path = f"/v2/cloudimages/{_segment(image_id)}"
        try:
            self._client.call("PATCH", path, body=list(patch), repeat=True)
        except errors.ApiError as error:
            if error.code != "IMG.0035" or not any(change.get("op") == "replace" for change in patch):
                raise
            added = [{**change, "op": "add"} if change.get("op") == "replace" else dict(change) for change in patch]
            self._client.call("PATCH", path, body=added, repeat=True)

    def delete(self, image_id: str) -> None:
        """Delete an image. The service says the same of one that never was: what has become of it, only a look tells.

        Source: IMS API reference, Deleting an Image (Native OpenStack API).
        """
        # Said twice it means the same.
        self._client.call("DELETE", f"/v2/images/{_segment(image_id)}", repeat=True)

    def set_tags(self, image_id: str, tags: t.Mapping[str, str]) -> None:
        """Add tags, or give those that are there another value, in one request."""
        self._tags(image_id, "create", tags)

    def remove_tags(self, image_id: str, tags: t.Mapping[str, str]) -> None:
        """Take tags off, in one request."""
        self._tags(image_id, "delete", tags)

    def _tags(self, image_id: str, action: str, tags: t.Mapping[str, str]) -> None:
        """Source: IMS API reference, Batch Adding or Deleting Image Tags."""
        if tags:
            self._client.call(
                "POST",
                f"/v2/{_segment(self._project_id)}/images/{_segment(image_id)}/tags/action",
                body={"action": action, "tags": [{"key": key, "value": value} for key, value in tags.items()]},
                # Said twice it means the same.
                repeat=True,
            )


def _owned(images: t.Iterable[Image], reply: Response, named: bool = False) -> t.Iterator[Image]:
    """The same images; whose each is decides whether it counts, and where they are asked for by name, that does.

    :raises BadReply: when nobody says it of one: what is there might seem not to be
    """
    for image in images:
        if named and not image.name.strip():
            raise reply.bad(f"the answer cannot be read: image {image.id} has no name")
        if not image.project_id:
            raise reply.bad(f"the answer cannot be read: image {image.id} has no owner")
        yield image


def _job_id(data: t.Any) -> str:
    raw = Raw(data)
    if not isinstance(raw.data.get("job_id"), str):
        raise raw.wrong("job_id", "is not text")
    return raw.identifier("job_id")


def _following(data: t.Any) -> t.Tuple[bool, t.Optional[str]]:
    """Whether a page tells what follows it, and the marker of that; None: nothing."""
    info = Raw(data).inner("page_info")
    return info is not None, info.text("next_marker") if info is not None else None


def _quota(data: t.Any) -> places.Quota:
    quotas = Raw(data).inner("quotas")
    for row in quotas.objects("resources") if quotas is not None else ():
        if row.text("type") == "image":
            used, limit = row.number("used"), row.number("quota")
            if used is None or limit is None:
                raise row.wrong("used" if used is None else "quota", "is not a number")
            return places.Quota(used, limit)
    raise Unreadable("quotas.resources has none of images")


def _parameter(value: t.Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _segment(value: str) -> str:
    """One part of a path, whatever is in the value."""
    return quote(value, safe="")
