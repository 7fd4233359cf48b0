# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One image: show, update, delete; and the quota of the project."""

from __future__ import annotations

import re
import typing as t

from . import attributes, errors, seed
from .clock import image_time
from .exchange import Answer, Context
from .render import rendered
from .seed_images import Raw
from .state import Image

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
# IMS API reference, Image Attributes: letters, digits, Chinese, - . _ and inner spaces.
_NAME = re.compile(r"[A-Za-z0-9\-._\u4e00-\u9fff](?:[A-Za-z0-9\-._ \u4e00-\u9fff]*[A-Za-z0-9\-._\u4e00-\u9fff])?")
_NATIVE_PATCH = "application/openstack-images-v2.1-json-patch"


def check_name(name: t.Any) -> str:
    """Raises IMG.0013 for none, IMG.0002 for too long a one, IMG.0003 for a character that may not be there."""
    if name is None or name == "":
        raise errors.ims("IMG.0013")
    if not isinstance(name, str):
        raise errors.ims("IMG.0001")
    if len(name) > 128:
        raise errors.ims("IMG.0002")
    if not _NAME.fullmatch(name):
        raise errors.ims("IMG.0003")
    return name


def check_description(text: t.Any) -> str:
    """Raises IMG.0004 for too long a one, IMG.0054 for a character that may not be there."""
    if not isinstance(text, str):
        raise errors.ims("IMG.0001")
    if len(text) > 1024:
        raise errors.ims("IMG.0004")
    if set(text) & set("\r\n<>"):
        raise errors.ims("IMG.0054")
    return text


def find(context: Context, image_id: str) -> Image | None:
    """The image if this project can see it; raises IMG.0066 for what is no id."""
    if not _UUID.fullmatch(image_id):
        raise errors.ims("IMG.0066")
    image = context.cloud.images.get(image_id.lower())
    return image if image is not None and image.seen_by(context.project, context.cloud.now) else None


def find_own(context: Context, image_id: str) -> Image:
    """Raises IMG.0027 for an unknown image, IMG.0047 for somebody else's."""
    image = find(context, image_id)
    if image is None:
        raise errors.ims("IMG.0027")
    if image.owner != context.project.id:
        raise errors.ims("IMG.0047")
    return image


def glance_show_image(context: Context) -> Answer:
    image_id = context.variables["image_id"]
    image, switches = find(context, image_id), context.cloud.switches
    lag = switches.number("list_lag") if switches.choice("lag_shown_by") == "list_and_show" else 0
    raw = None if image is None else attributes.lagging(image, context.cloud.now, lag, switches.choice("lag_of"))
    if image is None or raw is None:
        raise errors.native_not_found(image_id)
    return Answer(200, rendered(image, switches, raw))


def update_image(context: Context) -> Answer:
    """JSON patch of an active image (IMS API reference, Updating Image Information)."""
    return _patch(context, "application/json")


def glance_update_image(context: Context) -> Answer:
    return _patch(context, _NATIVE_PATCH)


def _patch(context: Context, content_type: str) -> Answer:
    context.user.must(seed.UPDATE_IMAGE)
    if not context.request.headers.get("Content-Type", "").startswith(content_type):
        raise errors.ims("IMG.0001", f"The content type has to be {content_type}.", 415)
    operations = context.ims_json()
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise errors.ims("IMG.0001", "The body has to be an array of operations.")
    cloud, peer = context.cloud, context.request.peer
    image = find_own(context, context.variables["image_id"])
    if image.status != "active":
        raise errors.ims("IMG.0046")
    if cloud.switches.choice("patch_while_copying") == "refused" and cloud.being_copied(image.id):
        raise errors.ims("IMG.0046", "The image is being copied.", 409)
    changed = dict(attributes.read(image, peer, cloud.now, cloud.switches.number("lost_updates")))
    names = [_apply(changed, operation) for operation in operations]
    changed["updated_at"] = image_time(cloud.clock.moment())
    attributes.write(image, peer, cloud.now, changed, names)
    return Answer(200, rendered(image, cloud.switches))


def _apply(raw: Raw, operation: Raw) -> str:
    """Carries out one operation; returns the name of its attribute."""
    path = operation.get("path")
    verb = operation.get("op")
    if not isinstance(path, str) or not re.fullmatch(r"/[^/]+", path) or verb not in ("add", "replace", "remove"):
        raise errors.ims("IMG.0001")
    name = path[1:]
    if name in attributes.READ_ONLY or (verb != "add" and name not in raw):
        raise errors.ims("IMG.0035", f"{verb} {name}: the attribute is absent, or it cannot be modified.")
    if verb == "remove":
        del raw[name]
    elif "value" not in operation:
        raise errors.ims("IMG.0001")
    else:
        raw[name] = _value(name, operation["value"])
    return name


def _value(name: str, value: t.Any) -> t.Any:
    if name == "name":
        return check_name(value)
    if name == "__description":
        return check_description(value)
    if name == "protected":
        return str(value).lower() == "true"
    if name in ("min_ram", "max_ram"):
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]+", str(value)):
            raise errors.ims("IMG.0001", f"{name} is a whole number of MB.")
        return int(value) if name == "min_ram" else str(value)
    return attributes.checked(name, value) if attributes.is_own(name) else value


def glance_delete_image(context: Context) -> Answer:
    """204 for an image that is already gone, too, as observed in the Terraform provider."""
    context.user.must(seed.DELETE_IMAGE)
    image = find(context, context.variables["image_id"])
    if image is None:
        return Answer(204)
    kind = image.raw.get("__imagetype")
    if kind in ("gold", "market"):
        raise errors.ims("IMG.0094" if kind == "gold" else "IMG.0093")
    if image.owner != context.project.id:
        raise errors.ims("IMG.0092")
    if image.status in ("queued", "saving"):
        raise errors.ims("IMG.0090")
    if image.raw.get("protected"):
        raise errors.ims("IMG.0091")
    del context.cloud.images[image.id]
    return Answer(204)


def show_image_quota(context: Context) -> Answer:
    context.user.must(seed.SHOW_QUOTA)
    used = len(context.cloud.own_images(context.project))
    quota = context.cloud.quota(context.project)
    resource = {"type": "image", "used": used, "quota": quota, "min": 0, "max": 10000}
    return Answer(200, {"quotas": {"resources": [resource]}})
