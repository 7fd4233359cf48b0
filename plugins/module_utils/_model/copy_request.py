# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""One copy as it was asked for: from where to where, under which name, and in the service's own words; pure."""

from __future__ import annotations

import dataclasses
import re
import string
import typing as t

from .. import _clock as clocks
from .. import _text as texts
from . import image as images
from . import place as places
from . import raw

MATCHES = ("name_and_origin", "origin", "name")

# A region becomes part of a host name, an id part of a path: nothing else may get in there.
REGION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
IDENTIFIER = raw.IDENTIFIER


@dataclasses.dataclass(frozen=True)
class CopyRequest:
    """One source image and one destination. ``size_limit`` is in GiB, ``min_ram`` and ``max_ram`` in MB.

    ``body`` is what was given of the request that submits the copy, under the API's names, ``source_name`` what the
    source image is called where it was asked for by its id, once that is known. ``own`` is what a migration was told
    of this image alone, and ``of_all`` what it was told of all images, for a later run that carries on.
    """

    source_region: str
    source_project_name: str
    destination: places.Destination
    image_id: t.Optional[str] = None
    image_name: t.Optional[str] = None
    name: t.Optional[str] = None
    name_template: t.Optional[str] = None
    description: t.Optional[str] = None
    tags: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    copy_tags: bool = False
    purge_tags: bool = False
    min_ram: t.Optional[int] = None
    max_ram: t.Optional[int] = None
    match: str = "name_and_origin"
    size_limit: t.Optional[float] = None
    skip_checks: t.FrozenSet[str] = frozenset()
    job_id: t.Optional[str] = None
    body: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    source_name: t.Optional[str] = None
    own: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict, compare=False)
    of_all: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict, compare=False)

    @property
    def asked_for(self) -> str:
        """The source image in the user's own words, and by its name as well where that is known."""
        if self.image_id is None:
            return f'"{texts.visible(self.image_name)}"'
        return f'"{texts.visible(self.source_name)}" ({self.image_id})' if self.source_name else self.image_id

    def naming(self, source: images.Image) -> CopyRequest:
        """The same request, which knows what its source image is called."""
        return dataclasses.replace(self, source_name=source.name)

    @property
    def route(self) -> str:
        """From where to where, as messages say it."""
        target = self.destination.region
        if self.destination.project_name != target:
            target = f"{target} (project {self.destination.project_name})"
        return f"image {self.asked_for} from {self.source_region} to {target}"

    def replica_name(self, source_name: str, source_id: str, created_at: t.Optional[str] = None) -> str:
        """The name that the replica of that source image is to have."""
        if self.name is not None:
            return self.name
        if self.name_template is None:
            return source_name
        return self.name_template.format(
            name=source_name,
            id=source_id,
            source_region=self.source_region,
            destination_region=self.destination.region,
            source_created=day_of(created_at) or "",
        )

    def name_for(self, source: images.Image) -> str:
        """The name that the replica of an image is to have, once that is known."""
        return self.replica_name(source.name, source.id, source.created_at)

    def name_if_known(self, source: t.Optional[images.Image]) -> t.Optional[str]:
        """The name that the replica is to have, or None where it follows from what is not known of the source."""
        if source is not None:
            return self.name_for(source)
        known = {"name": self.image_name, "id": self.image_id, "source_created": None}
        if any(value is None and self.name_follows_from(fact) for fact, value in known.items()):
            return None
        return self.replica_name(self.image_name or "", self.image_id or "")

    def name_follows_from(self, fact: str) -> bool:
        """Whether the name of the replica is made from ``name``, ``id`` or ``source_created`` of the source image."""
        if self.name is not None:
            return False
        return any(part[1] == fact for part in string.Formatter().parse(self.name_template or "{name}"))

    def submission(self, source: images.Image) -> t.Dict[str, t.Any]:
        """The copy as the service is asked for it.

        Source: IMS API reference, Replicating an Image Across Regions (CopyImageCrossRegion).
        """
        return {**self.body, "name": self.name_for(source)}


def day_of(created_at: t.Optional[str]) -> t.Optional[str]:
    """The date in a time as the service writes it, such as 2026-01-03, in UTC; None where there is none."""
    moment = clocks.moment(created_at)
    return moment.date().isoformat() if moment is not None else None


def expected(pattern: t.Pattern[str]) -> str:
    """What a region or an id looks like, for a message."""
    if pattern is REGION:
        return "a region id is lower-case letters, digits and dashes, such as cn-north-4"
    return "an id is letters, digits, dashes and underscores, at most 64 of them"
