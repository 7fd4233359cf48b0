# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images of the cloud count as the replica of a copy that is asked for, those that somebody has deleted too."""

from __future__ import annotations

import dataclasses
import typing as t

from tests.campaign.draw import SOURCE, Scenario, Wanted
from tests.emulator.state import Cloud, Image


@dataclasses.dataclass
class Deleted:
    """An image that somebody has deleted, at that virtual moment."""

    image: Image
    at: float


def counts(scenario: Scenario, wanted: Wanted, image: Image) -> bool:
    """Whether an active image is that replica, as the scenario's ``match`` would have it."""
    if image.region != wanted.project.region or image.owner != wanted.project.id or image.status != "active":
        return False
    named = image.raw["name"] == wanted.name
    ours = image.raw.get("__data_origin") == f"image,{SOURCE.region},{wanted.source_id}"
    return bool({"name": named, "origin": ours}.get(str(scenario.options["match"]), named and ours))


def replicas(cloud: Cloud, scenario: Scenario, wanted: Wanted) -> list[Image]:
    return [image for image in cloud.images.values() if counts(scenario, wanted, image)]


def shows(cloud: Cloud, image: Image, moment: float) -> bool:
    """Whether a list that is made at that moment shows an image that there is."""
    late = cloud.switches.choice("lag_of") != "attributes"
    lag = cloud.switches.number("list_lag") if late else 0.0
    return moment >= image.visible_at and moment >= image.born + lag


def delete(cloud: Cloud, scenario: Scenario, wanted: Wanted) -> t.Iterator[Deleted]:
    """Somebody deletes all that counts as a replica, and that he sees."""
    cloud.settle()
    for image in replicas(cloud, scenario, wanted):
        if shows(cloud, image, cloud.now):
            del cloud.images[image.id]
            yield Deleted(image, cloud.now)
