# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Own attributes of an image: which ones they are, how simultaneous updates lose them, how late others see them."""

from __future__ import annotations

import typing as t

from . import errors
from .seed_images import Raw, complete
from .state import Image, Update

LONGEST = 255
# Attributes that the service writes itself; any other one may be set, invented ones too.
READ_ONLY = frozenset(
    {
        "id", "owner", "status", "visibility", "container_format", "disk_format", "size", "checksum", "virtual_size",
        "created_at", "updated_at", "active_at", "self", "file", "schema", "tags", "min_disk", "virtual_env_type",
        "architecture", "__imagetype", "__isregistered", "__image_size", "__image_source_type", "__data_origin",
        "__originalimagename", "__backup_id", "__root_origin", "__os_type", "__os_bit", "__os_version", "__platform",
        "__whole_image", "__system__cmkid", "__productcode", "__account_code", "__system_support_market",
    }
)  # fmt: skip
# Attributes with a meaning of their own, which are no invention of a user's.
_KNOWN = READ_ONLY | complete({"id": ""}, "", "").keys() | {"__support_xen", "__support_arm", "__support_amd"}


def is_own(name: str) -> bool:
    """Whether a user made that attribute up."""
    return name not in _KNOWN


def own(raw: Raw) -> Raw:
    """The attributes that users made up."""
    return {name: value for name, value in raw.items() if is_own(name)}


def checked(name: str, value: t.Any) -> str:
    """The value of an own attribute; raises IMG.0001 for what is no text, or for too long a one."""
    if not isinstance(value, str) or len(name) > LONGEST or len(value) > LONGEST:
        raise errors.ims("IMG.0001", f"{name[:40]}: name and value are texts of at most {LONGEST} characters.")
    return value


def read(image: Image, peer: str, now: float, window: float) -> Raw:
    """The attributes as an update has read them that is answered now, and that began ``window`` seconds ago.

    What others have written meanwhile it does not know, and writes back without; a connection, on which one request
    follows the answer to another, knows what it has written itself.
    """
    meanwhile = [update for update in image.updates if update.at > now - window]
    if all(update.peer == peer for update in meanwhile):
        return image.raw
    known = dict(meanwhile[0].before)
    for update in meanwhile:
        if update.peer == peer:
            known.update(update.changes)
    return _with_own(image.raw, {name: value for name, value in known.items() if value is not None})


def write(image: Image, peer: str, now: float, raw: Raw, names: t.Iterable[str]) -> None:
    """Has the image be ``raw``, of which ``names`` were asked for."""
    changes = {name: raw.get(name) for name in names if is_own(name)}
    image.updates.append(Update(now, peer, own(image.raw), changes))
    image.raw = raw


def lagging(image: Image, now: float, lag: float, what: str) -> Raw | None:
    """The image for one who sees what was ``lag`` seconds ago: own attributes of then, None for one yet unknown.

    ``what``: of which of these that holds, a position of the switch ``lag_of``.
    """
    if what != "attributes" and now < image.born + lag:
        return None
    if what == "images":
        return image.raw
    unseen = next((update for update in image.updates if update.at > now - lag), None)
    return image.raw if unseen is None else _with_own(image.raw, unseen.before)


def _with_own(raw: Raw, attributes: Raw) -> Raw:
    return {**{name: value for name, value in raw.items() if not is_own(name)}, **attributes}
