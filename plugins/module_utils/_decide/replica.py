# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What a replica must be like, and what to change to bring it in line; pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _errors as errors
from .. import _text as texts
from .._model import copy_request
from .._model import image as images
from .._model.mark import digits_of, is_of

# The check that compares a finished replica with its source; it can be left out like a preflight check.
LIKE_SOURCE = "replica_like_source"


@dataclasses.dataclass(frozen=True)
class Changes:
    """What stands between a replica and what was asked for: attributes by the API's name, and tags.

    ``carried`` are the marks of copies that a replica has from its source. They are no reason to change one that was
    found.
    """

    attributes: t.Mapping[str, t.Union[str, int]] = dataclasses.field(default_factory=dict)
    replaced: t.FrozenSet[str] = frozenset()
    set_tags: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    remove_tags: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    carried: t.FrozenSet[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.attributes or self.set_tags or self.remove_tags)

    @property
    def patch(self) -> t.List[t.Dict[str, t.Any]]:
        """The JSON patch: ``replace`` answers IMG.0035 where the attribute is absent, ``add`` is for those.

        Source: IMS API reference, Updating Image Information.
        """
        return [
            {"op": "replace" if name in self.replaced else "add", "path": f"/{name}", "value": value}
            for name, value in self.attributes.items()
        ]

    @property
    def clearance(self) -> t.List[t.Dict[str, t.Any]]:
        """The JSON patch that takes off what was carried along."""
        return [{"op": "remove", "path": f"/{name}"} for name in sorted(self.carried)]


def wanted_tags(request: copy_request.CopyRequest, source: images.Image) -> t.Dict[str, str]:
    """The source's tags first where they are to be copied, then the request's own."""
    tags = dict(source.tags) if request.copy_tags else {}
    tags.update(request.tags)
    return tags


def changes(replica: images.Image, request: copy_request.CopyRequest, source: images.Image) -> Changes:
    """What to change on a finished replica. An option that was not given leaves its attribute alone."""
    attributes: t.Dict[str, t.Union[str, int]] = {}
    if request.description is not None and request.description != (replica.description or ""):
        attributes["__description"] = request.description
    if request.min_ram is not None and request.min_ram != (replica.min_ram or 0):
        attributes["min_ram"] = request.min_ram
    if request.max_ram is not None and request.max_ram != (replica.max_ram or 0):
        attributes["max_ram"] = str(request.max_ram)
    tags = wanted_tags(request, source)
    return Changes(
        attributes=attributes,
        replaced=frozenset(name for name in attributes if name in replica.attributes),
        set_tags={key: value for key, value in tags.items() if replica.tags.get(key) != value},
        remove_tags={key: value for key, value in replica.tags.items() if key not in tags}
        if request.purge_tags
        else {},
        carried=_carried(replica, source),
    )


def _carried(replica: images.Image, source: images.Image) -> t.FrozenSet[str]:
    """Names of marks on a replica that are its source's: such a one means nothing there."""
    own = digits_of(source.id, replica.project_id, replica.name)
    return frozenset(name for name in replica.marks if name in source.marks or is_of(name, own))


def differences(source: images.Image, replica: images.Image) -> t.List[str]:
    """Where a finished replica is not like its source; what either side does not say is not compared."""
    found = []
    for label, ours, theirs in (
        ("operating system", source.os_type, replica.os_type),
        ("architecture", source.architecture, replica.architecture),
        ("kind", source.env_type, replica.env_type),
        ("size in bytes", source.size_bytes, replica.size_bytes),
        ("smallest disk in GB", source.min_disk, replica.min_disk),
    ):
        if ours and theirs and ours != theirs:
            found.append(f"{label}: the source has {ours}, the replica {theirs}")
    return found


def picture(replica: t.Optional[images.Image], request: copy_request.CopyRequest) -> t.Dict[str, t.Any]:
    """The part of a replica that this collection looks after, for ``--diff``."""
    if replica is None:
        return {}
    return {
        "name": replica.name,
        "region": replica.region,
        "project_name": request.destination.project_name,
        "origin": replica.origin._asdict() if replica.origin else None,
        "description": replica.description or "",
        "min_ram": replica.min_ram or 0,
        "max_ram": replica.max_ram or 0,
        "tags": dict(sorted(replica.tags.items())),
    }


def foreseen(
    request: copy_request.CopyRequest, source: images.Image, replica: t.Optional[images.Image]
) -> t.Dict[str, t.Any]:
    """The same part as it will be when everything has been done."""
    after = picture(replica, request) or {
        "name": request.name_for(source),
        "region": request.destination.region,
        "project_name": request.destination.project_name,
        "origin": {"region": request.source_region, "image_id": source.id},
        "description": "",
        "min_ram": source.min_ram or 0,
        "max_ram": source.max_ram or 0,
        "tags": {},
    }
    tags = wanted_tags(request, source)
    if not request.purge_tags:
        tags = {**after["tags"], **tags}
    after["tags"] = dict(sorted(tags.items()))
    for name in ("description", "min_ram", "max_ram"):
        value = getattr(request, name)
        if value is not None:
            after[name] = value
    return after


def finished(request: copy_request.CopyRequest, replica: images.Image) -> bool:
    """Whether an image can be judged: it is active, and it says where it comes from if that is asked for."""
    return replica.status == "active" and (replica.origin is not None or request.match == "name")


def of_another(request: copy_request.CopyRequest, source: images.Image, replica: images.Image) -> bool:
    """Whether an image says that it is a copy of something else."""
    return replica.origin not in (None, images.Origin(request.source_region, source.id))


def misnamed(
    request: copy_request.CopyRequest, source: images.Image, replica: images.Image
) -> t.Optional[errors.NotAReplica]:
    """Why an image does not count by its name: a later run would not know it again, and submit another copy."""
    name = request.name_for(source)
    if request.match == "origin" or replica.name == name:
        return None
    # A message is one line, on which two blanks are one.
    alike = "; the names differ in blanks alone" if replica.name.split() == name.split() else ""
    return errors.NotAReplica(
        f'image {replica.id} is called "{texts.visible(replica.name)}", not "{texts.visible(name)}"{alike}',
        remedy="misnamed",
    )


def objection(
    request: copy_request.CopyRequest, source: images.Image, replica: images.Image
) -> t.Optional[errors.NotAReplica]:
    """Why a finished image is not the replica that was asked for; None: it is."""
    if replica.origin is not None and of_another(request, source, replica):
        return errors.NotAReplica(
            f"image {replica.id} is a copy of {replica.origin.image_id} in {replica.origin.region}, "
            f"not of {source.id} in {request.source_region}",
            remedy="of_another",
        )
    wrong_name = misnamed(request, source, replica)
    if wrong_name is not None:
        return wrong_name
    unlike = [] if LIKE_SOURCE in request.skip_checks else differences(source, replica)
    if unlike:
        return errors.NotAReplica(f"image {replica.id} is not like its source: {'; '.join(unlike)}", remedy="unlike")
    return None
