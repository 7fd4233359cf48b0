# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The interface under ``/_emulator``: what a test sets and looks at. No authentication, no journal."""

from __future__ import annotations

import json
import math
import re
import typing as t

from . import auth, copies, seed
from .clock import token_time
from .exchange import Answer
from .faults import fault_from
from .jobs import status_of
from .state import Image, Job, set_raw
from .world import World

Values = dict[str, t.Any]
PREFIX = "/_emulator"
_IMAGE = re.compile(r"/images/([^/]+)")


def handle(world: World, method: str, path: str, query: t.Mapping[str, str], body: bytes) -> Answer:
    """``path`` without the prefix. What cannot be understood is answered 400, what does not exist 404."""
    world.cloud.settle()
    try:
        values = json.loads(body) if body.strip() else {}
        if not isinstance(values, dict):
            raise ValueError("the body is a JSON object")
        handler = _HANDLERS.get((method, path))
        if handler is not None:
            return Answer(200, handler(world, values, query))
        image = _IMAGE.fullmatch(path)
        if image is not None and method in ("PATCH", "DELETE"):
            return Answer(200, _one_image(world, method, image[1], values))
    except ValueError as error:
        return Answer(400, {"error": str(error)})
    except LookupError as error:
        return Answer(404, {"error": f"there is no {error.args[0]}"})
    return Answer(404, {"error": f"there is no {method} {PREFIX}{path}"})


def _health(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    clock = world.clock
    scale = None if clock.manual else clock.time_scale
    return {"status": "ok", "now": token_time(clock.moment()), "monotonic": clock.now(), "time_scale": scale}


def _journal(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    since = float(query.get("since", "-inf"))
    return {"requests": world.journal.listed(query.get("operation"), query.get("region"), since)}


def _clear_journal(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    world.journal.clear()
    return {}


def _add_fault(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    return {"id": world.faults.add(fault_from(values))}


def _list_faults(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    return {"faults": world.faults.listed()}


def _clear_faults(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    world.faults.clear()
    return {}


def _switches(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    world.cloud.switches.set(values)
    return world.cloud.switches.as_dict()


def _clock(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    world.clock.advance(float(values.get("advance", 0)))
    world.cloud.settle()
    return {"monotonic": world.clock.now()}


def _reset(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    world.reset()
    return {}


def _list_images(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    region = query.get("region")
    return {"images": [image.raw for image in world.cloud.images.values() if region in (None, image.region)]}


def _add_image(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    project = _project(values)
    raw = values.get("image") or {}
    if not isinstance(raw, dict):
        raise ValueError("image is an object")
    return world.cloud.add_image(project.region, project, raw).raw


def _one_image(world: World, method: str, image_id: str, values: Values) -> Values:
    image = world.cloud.images.get(image_id)
    if image is None:
        raise LookupError(f"image {image_id}")
    if method == "DELETE":
        del world.cloud.images[image_id]
    else:
        _change(world, image, values)
    return image.raw


def _change(world: World, image: Image, values: Values) -> None:
    if values.get("id", image.id) != image.id:
        raise ValueError("the id of an image does not change")
    set_raw(image.raw, values)


def _outcome(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    world.cloud.outcomes.append(copies.outcome_from(values))
    return {}


def _slots(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    jobs = world.cloud.occupy_slots(int(values.get("count", 1)), float(values.get("seconds", 600)))
    return {"jobs": [job.id for job in jobs]}


def _quotas(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    project, quota = _project(values), int(values["quota"])
    world.cloud.quotas[project.id] = quota
    return {"project": project.name, "quota": quota}


def _expire(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    auth.expire_tokens(world.cloud)
    return {}


def _tokens(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    keys = [assumed.key for assumed in world.cloud.assumed_keys.values()]
    return {"tokens": [*world.cloud.tokens, *(str(part) for key in keys for part in (key.secret, key.security_token))]}


def _jobs(world: World, values: Values, query: t.Mapping[str, str]) -> Values:
    return {"jobs": [_job(job, world.clock.now()) for job in world.cloud.jobs.values()]}


def _job(job: Job, now: float) -> Values:
    return {
        "id": job.id,
        "source": {**_place(job.source), "image_id": job.source_image_id},
        "destination": {**_place(job.destination), "image_id": job.replica_id},
        "name": job.name,
        "status": status_of(job, now),
        "begin": job.begin,
        "end": None if math.isinf(job.end) else job.end,
        "caller": job.caller,
        "foreign": job.foreign,
    }


def _place(project: seed.Project) -> Values:
    return {"region": project.region, "project": project.name, "project_id": project.id}


def _project(values: Values) -> seed.Project:
    """The project that is named, by name or id; the region's own one if none is."""
    region = values.get("region")
    if region not in seed.REGIONS:
        raise ValueError(f"there is no region {region}")
    wanted = values.get("project") or region
    for project in seed.PROJECTS.values():
        if project.region == region and wanted in (project.name, project.id):
            return project
    raise ValueError(f"there is no project {wanted} in {region}")


_HANDLERS: dict[tuple[str, str], t.Callable[[World, Values, t.Mapping[str, str]], Values]] = {
    ("GET", "/health"): _health,
    ("GET", "/journal"): _journal,
    ("DELETE", "/journal"): _clear_journal,
    ("GET", "/faults"): _list_faults,
    ("POST", "/faults"): _add_fault,
    ("DELETE", "/faults"): _clear_faults,
    ("GET", "/switches"): _switches,
    ("PATCH", "/switches"): _switches,
    ("POST", "/clock"): _clock,
    ("POST", "/reset"): _reset,
    ("GET", "/images"): _list_images,
    ("POST", "/images"): _add_image,
    ("POST", "/outcomes"): _outcome,
    ("POST", "/slots"): _slots,
    ("PATCH", "/quotas"): _quotas,
    ("GET", "/tokens"): _tokens,
    ("POST", "/tokens/expire"): _expire,
    ("GET", "/jobs"): _jobs,
}
