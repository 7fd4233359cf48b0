# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The images of one project, found by id, by name and by origin without looking through all of them."""

from __future__ import annotations

import collections
import typing as t

from .image import Image, Origin


class ImageIndex:
    """A list of images in the order in which the service gave them."""

    def __init__(self, images: t.Iterable[Image]) -> None:
        self._images = list(images)
        self._places: t.Dict[str, int] = {}
        self._named: t.Dict[str, t.List[int]] = collections.defaultdict(list)
        self._copies: t.Dict[Origin, t.List[int]] = collections.defaultdict(list)
        for place, image in enumerate(self._images):
            self._places.setdefault(image.id, place)
            self._named[image.name].append(place)
            if image.origin is not None:
                self._copies[image.origin].append(place)

    def __iter__(self) -> t.Iterator[Image]:
        return iter(self._images)

    def __len__(self) -> int:
        return len(self._images)

    def by_id(self, image_id: str) -> t.Optional[Image]:
        place = self._places.get(image_id)
        return self._images[place] if place is not None else None

    def named(self, name: str) -> t.List[Image]:
        """The images of exactly that name."""
        return [self._images[place] for place in self._named.get(name, ())]

    def candidates(self, name: str, origin: Origin) -> t.List[Image]:
        """All that may count as a replica, or stand in its way: by name, or by where it comes from."""
        places = {*self._named.get(name, ()), *self._copies.get(origin, ())}
        return [self._images[place] for place in sorted(places)]
