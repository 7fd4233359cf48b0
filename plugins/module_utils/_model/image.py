# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""A raw image -> the documented dict; pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .._errors import BadReply
from .._text import visible
from .mark import PREFIX

# The raw attributes that a run may bring in line; one that is there is replaced, and one that is not is added.
ALTERED = ("__description", "min_ram", "max_ram")


@dataclasses.dataclass(frozen=True)
class Origin:
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
        return f'image "{visible(self.name)}" ({self.id})' if self.name else f"image {self.id}"

    def owned_by(self, project_id: str) -> bool:
        """Whether the image is the project's own, shared out or not; public, market and foreign ones are not."""
        return self.project_id == project_id and self.image_type in ("private", "shared")

    def as_dict(self) -> t.Dict[str, t.Any]:
        """The documented dict. There may be ten thousand of them, and ``asdict`` copies every value deeply."""
        result = dict(vars(self), tags=dict(self.tags), origin=self.origin and dict(vars(self.origin)))
        del result["attributes"], result["marks"]
        return result


def parse_image(raw: t.Mapping[str, t.Any], region: str) -> Image:
    """An image from what the service says about it.

    Every attribute but the id may be missing or null, a number may be a string, a boolean a string in any case.
    Source: IMS API reference, Image Attributes.

    :raises BadReply: when there is no id
    """
    image_id = _text(raw.get("id")) if isinstance(raw, t.Mapping) else None
    if image_id is None:
        raise BadReply(f"IMS: an image in {region} has no id")
    env_type = _text(raw.get("virtual_env_type"))
    disk_format = _text(raw.get("disk_format"))
    return Image(
        id=image_id,
        # Not trimmed: the name is compared with the one that was asked for.
        name=str(raw.get("name") or ""),
        region=region,
        project_id=_text(raw.get("owner")) or "",
        status=(_text(raw.get("status")) or "").lower(),
        size_bytes=_number(raw.get("__image_size")),
        min_disk=_number(raw.get("min_disk")),
        min_ram=_number(raw.get("min_ram")),
        max_ram=_number(raw.get("max_ram")) or 0,
        os_type=_text(raw.get("__os_type")),
        os_version=_text(raw.get("__os_version")),
        platform=_text(raw.get("__platform")),
        architecture=_text(raw.get("architecture")) or ("arm" if _truth(raw.get("__support_arm")) else None),
        disk_format=disk_format,
        image_type=_image_type(raw),
        env_type=env_type,
        encrypted=_text(raw.get("__system__cmkid")) is not None,
        iso=(env_type or "").lower() == "isoimage" or (disk_format or "").lower() == "iso",
        full_ecs=_truth(raw.get("__whole_image")),
        protected=_truth(raw.get("protected")),
        origin=_origin(raw.get("__data_origin")),
        tags=_tags(raw.get("tags")),
        description=None if raw.get("__description") is None else str(raw["__description"]),
        created_at=_text(raw.get("created_at")) or "",
        # An image without one belongs to the default enterprise project.
        enterprise_project_id=_text(raw.get("enterprise_project_id")) or "0",
        attributes=frozenset(name for name in ALTERED if raw.get(name) is not None),
        marks={name: str(value) for name, value in raw.items() if str(name).startswith(PREFIX)},
    )


def _text(value: t.Any) -> t.Optional[str]:
    text = "" if value is None else str(value).strip()
    return text or None


def _number(value: t.Any) -> t.Optional[int]:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = int(str(value).strip() if not isinstance(value, float) else value)
    except (ValueError, OverflowError):
        return None
    # Nothing of an image is that large, and greater numbers cannot be divided into GiB.
    return number if abs(number) < 2**63 else None


def _truth(value: t.Any) -> bool:
    return str(value).strip().lower() in ("true", "1", "yes")


def _image_type(raw: t.Mapping[str, t.Any]) -> t.Optional[str]:
    """private, shared, gold (public) or market; native Glance attributes tell it by their visibility."""
    said = _text(raw.get("__imagetype"))
    if said is not None:
        return said.lower()
    visibility = (_text(raw.get("visibility")) or "").lower()
    return {"private": "private", "shared": "shared", "public": "gold"}.get(visibility)


def _origin(value: t.Any) -> t.Optional[Origin]:
    """``image,<region>,<image id>`` is the mark of a copy; other images have other forms, or none."""
    parts = [part.strip() for part in str(value or "").split(",")]
    if len(parts) != 3 or parts[0] != "image" or not all(parts):
        return None
    return Origin(parts[1], parts[2])


def _tags(value: t.Any) -> t.Dict[str, str]:
    """``key=value``, or the older ``key.value``, or a plain key.

    Source: IMS API reference, Image Tag Data Formats.
    """
    tags: t.Dict[str, str] = {}
    for item in value if isinstance(value, list) else ():
        text = str(item or "")
        separator = "=" if "=" in text else "."
        key, dummy, content = text.partition(separator)
        if key:
            tags[key] = content
    return tags
