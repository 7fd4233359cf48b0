# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud that lies for as long as a run lasts: what it says of a thing it says every time."""

from __future__ import annotations

import copy
import dataclasses
import random
import typing as t

from tests.campaign.draw import SOURCE, Wanted
from tests.emulator.exchange import Answer
from tests.emulator.journal import Entry
from tests.emulator.state import Cloud
from tests.emulator.world import World

LIST, SHOW, UPDATE, TAGS = "ListImages", "GlanceShowImage", "UpdateImage", "BatchAddOrDeleteTags"
SUBMIT, TOKEN = "CopyImageCrossRegion", "CreateToken"
JOBS = ("ShowJobProgress", "ShowJob")
NOBODY = "0" * 31 + "f"
DATES = ("0000-00-00T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "99999-01-01T00:00:00Z")


@dataclasses.dataclass
class Liar:
    """Says something else than the cloud, or does not do what it says. ``memory``: what it has to remember.
    ``manner``: what it says in place of a true answer; None: that."""

    kind: str
    manner: Says
    world: World
    dice: random.Random
    wanted: t.Sequence[Wanted]
    told: int = 0
    memory: dict[str, t.Any] = dataclasses.field(default_factory=dict)

    @property
    def cloud(self) -> Cloud:
        return self.world.cloud

    def carries_out(self, entry: Entry) -> bool:
        return self.kind != "does_nothing" or entry.operation not in (UPDATE, TAGS)

    def dawdles(self, patience: float) -> float:
        """Seconds that an answer takes; the caller waits for so many."""
        return {"takes_its_time": 0.95 * patience, "never_ends": 1.0}.get(self.kind, 0.0)

    def says(self, entry: Entry, answer: Answer) -> Answer | None:
        """Another answer; None: the true one."""
        truth = Answer(answer.status, copy.deepcopy(answer.body), dict(answer.headers))
        said = self.manner(self, entry, truth)
        self.told += said is not None
        return said

    # -- what is lied about ------------------------------------------------------------------------------------------

    def there(self, entry: Entry) -> bool:
        """Whether a list of the destination is asked for, or one image of it."""
        return entry.operation == LIST and entry.region == self.wanted[0].project.region

    def whole(self, entry: Entry) -> bool:
        """Whether it is a whole list, from its beginning."""
        return self.there(entry) and not {name for name, _value in entry.query} & {"id", "marker"}

    def by_id(self, entry: Entry) -> bool:
        return self.there(entry) and "id" in {name for name, _value in entry.query}

    def is_copy(self, row: t.Mapping[str, t.Any]) -> bool:
        """Whether it is one of the copies that are asked for, wherever."""
        sources = {f"image,{SOURCE.region},{one.source_id}" for one in self.wanted}
        return row.get("__data_origin") in sources or row.get("name") in {one.name for one in self.wanted}

    def copies(self, answer: Answer) -> list[dict[str, t.Any]]:
        return [row for row in rows(answer) if self.is_copy(row)]

    def others(self) -> list[str]:
        """Ids of images of the destination's region that are none of these copies, but for one that is anothers'."""
        region = self.wanted[0].project.region
        own = {one.project.id for one in self.wanted}
        images = [image for image in self.cloud.images.values() if image.region == region]
        return sorted(image.id for image in images if not (self.is_copy(image.raw) and image.owner in own))


def rows(answer: Answer) -> list[dict[str, t.Any]]:
    rows: list[dict[str, t.Any]] = answer.body.get("images", []) if isinstance(answer.body, dict) else []
    return rows


Says = t.Callable[[Liar, Entry, Answer], "Answer | None"]
