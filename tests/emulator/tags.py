# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The tags of an image and of a project (IMS API reference, Image Tag)."""

from __future__ import annotations

import re
import typing as t

from . import errors, seed
from .exchange import Answer, Context
from .images import find_own
from .state import Image

MOST_TAGS = 10
_KEY = re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fff]{1,36}")
_VALUE = re.compile(r"[A-Za-z0-9_\-.\u4e00-\u9fff]{0,43}")


def add_image_tag(context: Context) -> Answer:
    image = _writable(context)
    tag = context.ims_object().get("tag")
    key, value = _checked(tag)
    _write(image, {**_read(image), key: value})
    return Answer(204)


def batch_add_or_delete_tags(context: Context) -> Answer:
    image = _writable(context)
    body = context.ims_object()
    tags = body.get("tags")
    if body.get("action") not in ("create", "delete") or not isinstance(tags, list) or not tags:
        raise errors.ims("IMG.0001")
    wanted = _read(image)
    for tag in tags:
        key, value = _checked(tag)
        if body["action"] == "create":
            wanted[key] = value
        else:
            wanted.pop(key, None)
    _write(image, wanted)
    return Answer(204)


def list_image_tags(context: Context) -> Answer:
    context.must_be_own_project()
    image = find_own(context, context.variables["image_id"])
    return Answer(200, {"tags": [{"key": key, "value": value} for key, value in _read(image).items()]})


def delete_image_tag(context: Context) -> Answer:
    image = _writable(context)
    wanted = _read(image)
    wanted.pop(context.variables["key"], None)
    _write(image, wanted)
    return Answer(204)


def list_images_tags(context: Context) -> Answer:
    context.must_be_own_project()
    values: dict[str, set[str]] = {}
    for image in context.cloud.own_images(context.project):
        for key, value in _read(image).items():
            values.setdefault(key, set()).add(value)
    return Answer(200, {"tags": [{"key": key, "values": sorted(found)} for key, found in sorted(values.items())]})


def _writable(context: Context) -> Image:
    context.user.must(seed.TAG_IMAGE)
    context.must_be_own_project()
    return find_own(context, context.variables["image_id"])


def _checked(tag: t.Any) -> tuple[str, str]:
    if not isinstance(tag, dict):
        raise errors.ims("IMG.0001")
    key, value = tag.get("key"), tag.get("value") or ""
    valid = isinstance(key, str) and isinstance(value, str) and _KEY.fullmatch(key) and _VALUE.fullmatch(value)
    if not valid:
        raise errors.ims("IMG.0115")
    return str(key), str(value)


def _read(image: Image) -> dict[str, str]:
    pairs = (str(tag).partition("=") for tag in image.raw.get("tags") or [])
    return {key: value for key, _equals, value in pairs}


def _write(image: Image, tags: dict[str, str]) -> None:
    if len(tags) > MOST_TAGS:
        raise errors.ims("IMG.0116")
    image.raw["tags"] = [f"{key}={value}" for key, value in tags.items()]
