# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What ``ims_image_info`` and ``ims_job_info`` do: read, and show it in the documented shapes."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._client.cloud import Cloud
from .._client.connection import filled_env_fallback
from .._engine import survey as surveys
from .._model import copy_request
from .._model import place as places
from .._model.image import Image
from . import glue, query

# Filters that the service applies itself (IMS API reference, Querying Images), by our name for them.
FILTERS: t.Mapping[str, str] = {
    "status": "status",
    "os_type": "__os_type",
    "platform": "__platform",
    "env_type": "virtual_env_type",
    "enterprise_project_id": "enterprise_project_id",
}
# What is no attribute of any image.
ALL_PROJECTS = "all_granted_eps"


def place_spec() -> glue.Result:
    """The options that say where to look."""
    return {
        "region": {"type": "str", "required": True, "fallback": (filled_env_fallback, ["HW_REGION_NAME"])},
        "project_name": {"type": "str"},
    }


def show_images(module: glue.Module, clock: t.Optional[clocks.Clock] = None) -> None:
    """The whole of ``ims_image_info``: exits or fails the module."""
    params = module.params
    shown: glue.Result = {"changed": False, "images": [], "selection": None}
    if params["query"] and not query.HAS_JMESPATH:
        glue.fail_without(module, "jmespath", query.JMESPATH_IMPORT_ERROR, shown)

    def work(cloud: Cloud) -> None:
        project = _project(cloud, params)
        try:
            found = [image.as_dict() for image in _own_images(cloud, project, params)]
        except errors.ImsError as error:
            raise error.at("source", f"Listing the images in {params['region']} (project {project.name})") from error
        shown["images"] = found
        if params["query"]:
            shown["images"] = []
            shown["selection"] = query.selection(params["query"], found)
            shown["images"] = query.whole(shown["selection"], found)

    def result() -> glue.Result:
        return shown

    checks = (lambda: _check(params, "image_id"), lambda: query.check(params["query"]))
    glue.run(module, clock or clocks.SystemClock(), work, result, *checks)
    module.exit_json(**result())


def show_job(module: glue.Module, clock: t.Optional[clocks.Clock] = None) -> None:
    """The whole of ``ims_job_info``: exits or fails the module."""
    params = module.params
    found: t.List[t.Dict[str, t.Any]] = []

    def work(cloud: Cloud) -> None:
        project = _project(cloud, params)
        try:
            job = cloud.ims(params["region"], project).job(params["job_id"])
        except errors.NotFound:
            return
        except errors.ImsError as error:
            raise error.at("query", f"Asking for job {params['job_id']} in {params['region']}") from error
        found.append({"job": job.as_dict(), "image_id": job.image_id, "image_name": job.image_name})

    def result() -> glue.Result:
        nothing: glue.Result = {"job": None, "image_id": None, "image_name": None}
        return {"changed": False, **(found[0] if found else nothing)}

    glue.run(module, clock or clocks.SystemClock(), work, result, lambda: _check(params, "job_id"))
    module.exit_json(**result())


def _own_images(cloud: Cloud, project: places.Project, params: t.Mapping[str, t.Any]) -> t.Iterator[Image]:
    filters = {theirs: params[ours] for ours, theirs in FILTERS.items() if params[ours]}
    if params["image_id"]:
        filters["id"] = params["image_id"]
    wanted_tags = {str(key): str(value) for key, value in params["tags"].items()}
    for image in cloud.ims(params["region"], project).own_images(name=params["name"], **filters):
        # The service takes one tag only, so tags are compared here.
        if wanted_tags.items() <= image.tags.items() and _fits(image, params):
            yield image


def _fits(image: Image, params: t.Mapping[str, t.Any]) -> bool:
    """Whether an image says of itself what was asked for; not every service pays attention to every filter."""
    told = {"image_id": image.id, **{name: getattr(image, name) for name in FILTERS}}
    asked = {name: params[name] for name in told if params[name] and params[name] != ALL_PROJECTS}
    return all(not told[name] or told[name].lower() == asked[name].lower() for name in asked)


def _project(cloud: Cloud, params: t.Mapping[str, t.Any]) -> places.Project:
    return surveys.Survey(cloud).required_project(params["project_name"] or params["region"], "region and project_name")


def _check(params: t.Mapping[str, t.Any], option: str) -> None:
    problems = [
        f"{name} {params[name]!r} cannot be right: {copy_request.expected(pattern)}"
        for name, pattern in (("region", copy_request.REGION), (option, copy_request.IDENTIFIER))
        if params[name] and not pattern.fullmatch(params[name])
    ]
    if problems:
        raise errors.InputError(problems)
