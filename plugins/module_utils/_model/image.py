# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""A raw image -> the documented dict; pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _text as texts
from .mark import PREFIX
from .raw import LONGEST, Raw, kind_of

# The raw attributes that a run may bring in line; one that is there is replaced, and one that is not is added.
ALTERED = ("__description", "min_ram", "max_ram")


class Origin(t.NamedTuple):
    """What an image is a copy of: the proof that the service writes on a replica."""

    region: str
    image_id: str


@dataclasses.dataclass(frozen=True)
class Image:
    """An image: sizes in bytes (``size_bytes``), GB (``min_disk``) and MB (``min_ram``, ``max_ram``; 0 is no limit).

    ``attributes`` are the names of those raw attributes that are present and may be altered, and ``marks`` are the
    marks of copies (see ``mark.py``), by name; neither is part of the documented dict.
    """

    id: str
    name: str
    region: str
    project_id: str
    status: str
    size_bytes: t.Optional[int]
    min_disk: t.Optional[int]
    min_ram: t.Optional[int]
    max_ram: t.Optional[int]
    os_type: t.Optional[str]
    os_version: t.Optional[str]
    platform: t.Optional[str]
    architecture: t.Optional[str]
    disk_format: t.Optional[str]
    image_type: t.Optional[str]
    env_type: t.Optional[str]
    encrypted: bool
    iso: bool
    full_ecs: bool
    protected: bool
    origin: t.Optional[Origin]
    tags: t.Dict[str, str]
    description: t.Optional[str]
    created_at: str
    enterprise_project_id: t.Optional[str]
    attributes: t.FrozenSet[str] = dataclasses.field(default=frozenset(), compare=False, repr=False)
    marks: t.Mapping[str, str] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    @property
    def label(self) -> str:
        """The image as messages name it."""
        return f'image "{texts.visible(self.name)}" ({self.id})' if self.name else f"image {self.id}"

    def owned_by(self, project_id: str) -> bool:
        """Whether the image is the project's own, shared out or not; public, market and foreign ones are not."""
        return self.project_id == project_id and self.image_type not in ("gold", "market")

    def as_dict(self) -> t.Dict[str, t.Any]:
        """The documented dict. There may be ten thousand of them, and ``asdict`` copies every value deeply."""
        result = dict(vars(self), tags=dict(self.tags), origin=self.origin and self.origin._asdict())
        del result["attributes"], result["marks"]
        return result


def parse_image(data: t.Any, region: str) -> Image:
    """An image from what the service says about it.

    Every attribute but the id may be missing or null, a number may be a string, a boolean a string in any case.
    Source: IMS API reference, Image Attributes.

    :param data: the object of an answer, or one that is read already
    :raises Unreadable: when there is no id, or an attribute is not of its kind
    """
    raw = data if isinstance(data, Raw) else Raw(data)
    env_type = raw.text("virtual_env_type")
    disk_format = raw.text("disk_format")
    return Image(
        id=raw.identifier("id"),
        # Not trimmed: the name is compared with the one that was asked for.
        name=raw.verbatim("name") or "",
        region=region,
        project_id=raw.text("owner") or "",
        status=(raw.text("status") or "").lower(),
        size_bytes=raw.number("__image_size"),
        min_disk=raw.number("min_disk"),
        min_ram=raw.number("min_ram"),
        max_ram=raw.number("max_ram") or 0,
        os_type=raw.text("__os_type"),
        os_version=raw.text("__os_version"),
        platform=raw.text("__platform"),
        architecture=raw.text("architecture") or ("arm" if raw.truth("__support_arm") else None),
        disk_format=disk_format,
        image_type=_image_type(raw),
        env_type=env_type,
        encrypted=raw.text("__system__cmkid") is not None,
        iso=(env_type or "").lower() == "isoimage" or (disk_format or "").lower() == "iso",
        full_ecs=raw.truth("__whole_image"),
        protected=raw.truth("protected"),
        origin=_origin(raw),
        tags=_tags(raw),
        description=raw.verbatim("__description"),
        created_at=raw.text("created_at") or "",
        # An image without one belongs to the default enterprise project.
        enterprise_project_id=raw.text("enterprise_project_id") or "0",
        attributes=frozenset(name for name in ALTERED if raw.data.get(name) is not None),
        marks={name: raw.verbatim(name) or "" for name in raw.data if name.startswith(PREFIX)},
    )


def _image_type(raw: Raw) -> t.Optional[str]:
    """private, shared, gold (public) or market; native Glance attributes tell it by their visibility."""
    said, visibility = raw.text("__imagetype"), raw.text("visibility")
    if said is not None:
        return said.lower()
    return {"private": "private", "shared": "shared", "public": "gold"}.get((visibility or "").lower())


def _origin(raw: Raw) -> t.Optional[Origin]:
    """``image,<region>,<image id>`` is the mark of a copy; other images have other forms, or none."""
    parts = [part.strip() for part in (raw.text("__data_origin") or "").split(",")]
    if len(parts) != 3 or parts[0] != "image" or not all(parts):
        return None
    return Origin(parts[1], parts[2])


def _tags(raw: Raw) -> t.Dict[str, str]:
    """``key=value``, or the older ``key.value``, or a plain key.

    Source: IMS API reference, Image Tag Data Formats.
    """
    tags: t.Dict[str, str] = {}
    for item in raw.items("tags") if raw.data.get("tags") is not None else ():
        if isinstance(item, (dict, list)):
            raise raw.wrong("tags", f"holds {kind_of(item)}, not text alone")
        text = str(item or "")[:LONGEST]
        separator = "=" if "=" in text else "."
        key, dummy, content = text.partition(separator)
        if key:
            tags[key] = content
    return tags
