# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CopyImageCrossRegion: the refusals in order, then the job and the replica that it fills."""

from __future__ import annotations

import math
import typing as t
import uuid

from . import attributes, errors, seed
from .clock import image_time
from .exchange import Answer, Context
from .images import check_description, check_name, find
from .render import is_true
from .seed_images import GIB, Raw
from .state import Cloud, Image, Job, Outcome, new_job_id, set_raw

_FIELDS = frozenset({"name", "region", "project_name", "agency_name", "description", "vault_id"})
# What a replica takes over from its source; tags, sizes of memory and the enterprise project are not among it.
_INHERITED = (
    "container_format", "disk_format", "min_disk", "virtual_env_type", "hw_firmware_type",
    "hw_vif_multiqueue_enabled", "architecture", "__os_type", "__os_bit", "__os_version", "__platform",
    "__os_feature_list", "__support_kvm", "__support_xen", "__support_arm", "__support_agent_list", "__lazyloading",
    "__whole_image", "__root_origin",
)  # fmt: skip


def copy_image_cross_region(context: Context) -> Answer:
    context.user.must(seed.COPY_IMAGE)
    body = _body(context)
    name = check_name(body.get("name"))
    description = check_description(body.get("description") or "")
    source = _source(context)
    destination = _destination(context.project, body)
    _copyable(source, context.project, destination)
    _agency(body.get("agency_name"), source, destination)
    _vault(source, destination, body.get("vault_id"))
    _room(context.cloud, destination, name)
    job = _begin(context, source, destination, name, description)
    return Answer(200, {"job_id": job.id}, result=job.id)


def _body(context: Context) -> Raw:
    body = context.ims_object()
    unknown = sorted(body.keys() - _FIELDS)
    if unknown:
        raise errors.ims("IMG.0001", f"The request has fields that do not exist: {', '.join(unknown)}.")
    if not all(value is None or isinstance(value, str) for value in body.values()):
        raise errors.ims("IMG.0001")
    return body


def _source(context: Context) -> Image:
    image = find(context, context.variables["image_id"])
    if image is None:
        raise errors.ims("IMG.0027")
    if image.raw.get("__imagetype") in ("gold", "market"):
        raise errors.ims("IMG.0024")
    if image.owner != context.project.id:
        raise errors.ims("IMG.0047")
    if image.status != "active":
        raise errors.ims("IMG.0046")
    return image


def _destination(here: seed.Project, body: Raw) -> seed.Project:
    region, name = body.get("region"), body.get("project_name")
    if region not in seed.REGIONS:
        raise errors.ims("IMG.0147")
    if region == here.region:
        raise errors.ims("IMG.0142")
    in_region = [project for project in seed.PROJECTS.values() if project.region == region]
    if not name and len(in_region) > 1:
        raise errors.ims("IMG.0104")
    project = next((project for project in in_region if project.name == name), None)
    if project is None:
        raise errors.ims("IMG.0145")
    return project


def _copyable(source: Image, here: seed.Project, destination: seed.Project) -> None:
    raw = source.raw
    if raw.get("__system__cmkid"):
        raise errors.ims("IMG.0143")
    if raw.get("virtual_env_type") == "IsoImage" or raw.get("disk_format") == "iso":
        raise errors.ims("IMG.0167")
    large = {here.region, destination.region} <= seed.LARGE_COPY_REGIONS
    if _size(source) > (300 if large else 128) * GIB:
        raise errors.ims("IMG.0146")


def _size(source: Image) -> int:
    return int(source.raw.get("__image_size") or 0)


def _agency(name: str | None, source: Image, destination: seed.Project) -> None:
    """IMG.0036 without an agency that trusts IMS; IMG.0151 without a role on the very project.

    Roles that an agency has through "all resources" do not count (user guide, Replicating Images Across Regions).
    """
    agency = seed.AGENCIES.get(name or "")
    if agency is None or agency.trusts != seed.IMS_SERVICE:
        raise errors.ims("IMG.0036")
    wanted = "ims:wholeImages:create" if is_true(source.raw.get("__whole_image")) else "ims:serverImages:create"
    actions = {action for role in agency.roles_on(destination) for action in role.actions}
    if not actions & {"ims:*:*", wanted}:
        raise errors.ims("IMG.0151")


def _vault(source: Image, destination: seed.Project, vault_id: str | None) -> None:
    if not is_true(source.raw.get("__whole_image")):
        return
    room = seed.VAULTS.get(destination.region, {}).get(vault_id or "")
    if room is None:
        raise errors.ims("IMG.0184")
    if not room:
        raise errors.ims("IMG.0182")


def _room(cloud: Cloud, destination: seed.Project, name: str) -> None:
    there = cloud.own_images(destination)
    if len(there) >= cloud.quota(destination):
        raise errors.ims("IMG.0015")
    taken = any(image.raw.get("name") == name and image.status != "killed" for image in there)
    if taken and cloud.switches.flag("unique_names"):
        raise errors.ims("IMG.0009")
    if cloud.running_copies() >= cloud.switches.number("slots"):
        raise errors.ims("IMG.0149")


def _begin(context: Context, source: Image, destination: seed.Project, name: str, description: str) -> Job:
    cloud = context.cloud
    now, outcome = cloud.now, _next_outcome(cloud, source)
    duration = _duration(cloud, source) if outcome.seconds is None else outcome.seconds
    ends_at = duration * (outcome.at if outcome.status != "SUCCESS" else 1.0)
    job = Job(
        id=new_job_id(),
        source=context.project,
        destination=destination,
        begin=now,
        duration=duration,
        end=math.inf if outcome.stuck_at else now + ends_at,
        source_image_id=source.id,
        name=name,
        caller=context.user.user.name,
        outcome=outcome,
    )
    replica = _replica(cloud, source, job, description)
    cloud.images[replica.id] = replica
    job.replica_id = replica.id
    cloud.add_job(job)
    return job


def _duration(cloud: Cloud, source: Image) -> float:
    switches = cloud.switches
    return switches.number("copy_base_seconds") + switches.number("copy_seconds_per_gib") * _size(source) / GIB


def _next_outcome(cloud: Cloud, source: Image) -> Outcome:
    for outcome in cloud.outcomes:
        if outcome.times == 0 or not (outcome.image_id == source.id or outcome.name == source.raw.get("name")):
            continue
        if outcome.times is not None:
            outcome.times -= 1
        return outcome
    return Outcome()


def _replica(cloud: Cloud, source: Image, job: Job, description: str) -> Image:
    """The image in the destination as it is while the copy runs; ``job.final`` holds what the end adds."""
    created = image_time(cloud.clock.moment(job.begin))
    image_id = str(uuid.uuid4())
    raw: Raw = {
        "id": image_id, "name": job.name, "owner": job.destination.id, "status": "queued", "visibility": "private",
        "protected": False, "min_ram": 0, "max_ram": "0", "size": 0, "created_at": created, "updated_at": created,
        "self": f"/v2/images/{image_id}", "file": f"/v2/images/{image_id}/file", "schema": "/v2/schemas/image",
        "tags": list(source.raw["tags"]) if cloud.switches.flag("copies_tags") else [],
        "enterprise_project_id": "0", "__imagetype": "private", "__isregistered": "true", "__image_source_type": "uds",
        "__description": description, "__sequence_num": "1",
    }  # fmt: skip
    raw.update({name: source.raw[name] for name in _INHERITED if name in source.raw})
    if cloud.switches.flag("carried_attributes"):
        raw.update(attributes.own(source.raw))
    origin = {"__data_origin": f"image,{job.source.region},{source.id}", "__originalimagename": source.id}
    job.final = {"__image_size": source.raw.get("__image_size", "0"), "checksum": source.raw.get("checksum")}
    if is_true(source.raw.get("__whole_image")):
        job.final["__backup_id"] = str(uuid.uuid4())
    (raw if cloud.switches.choice("origin_written") == "at_once" else job.final).update(origin)
    # The overrides of an outcome show from the start, but for what only the end writes.
    set_raw(raw, {name: value for name, value in job.outcome.replica.items() if name not in {*job.final, "status"}})
    late = cloud.switches.choice("replica_visible") == "late"
    visible_at = job.begin + cloud.switches.number("replica_delay") if late else 0.0
    return Image(job.destination.region, job.destination.id, raw, visible_at, born=job.begin)


def outcome_from(values: t.Mapping[str, t.Any]) -> Outcome:
    """An outcome from what the control interface was sent; raises ValueError."""
    if not (values.get("image_id") or values.get("name")):
        raise ValueError("an outcome needs the image_id or the name of a source image")
    try:
        outcome = Outcome(**values)
    except TypeError as error:
        raise ValueError(str(error)) from None
    for field, allowed in (
        ("status", ("SUCCESS", "FAIL")),
        ("where", ("top", "entities", "sub_job")),
        ("leftover", ("killed", "none")),
    ):
        if getattr(outcome, field) not in allowed:
            raise ValueError(f"{field} is one of {', '.join(allowed)}, not {getattr(outcome, field)!r}")
    return outcome
