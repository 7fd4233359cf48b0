# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Images that belong together, such as all that a pipeline has made of one name; pure."""

from __future__ import annotations

import datetime
import json
import typing as t

from .. import _clock as clocks

Shown = t.Mapping[str, t.Any]
NEVER = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


def newest_of_each(images: t.Sequence[Shown], keys: t.Sequence[t.Any]) -> t.List[Shown]:
    """Of the images with the same key, the newest; where several are equally new, the last one.

    :param images: in the documented shape; ``created_at`` decides, and who does not tell it is older than all others
    :param keys: one for each; an image whose key is None is of no family, and left out
    :return: in the order in which the families begin
    """
    found: t.Dict[str, Shown] = {}
    for image, key in zip(images, keys):
        if key is None:
            continue
        family = json.dumps(key, sort_keys=True)
        if family not in found or made(found[family].get("created_at")) <= made(image.get("created_at")):
            found[family] = image
    return list(found.values())


def made(created_at: t.Optional[str]) -> datetime.datetime:
    """When an image was made, to be compared with when another one was."""
    return clocks.moment(created_at) or NEVER
