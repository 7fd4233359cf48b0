# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of each module's documentation, played as they stand."""

from __future__ import annotations

import pytest
import yaml

from tests.unit.documented import MODULES, documentation, waiting_briefly

# Images that examples name by an id, which an embedded cloud does not know.
IMAGES_BY_ID = ("465076de-dc36-4aec-80f5-ef9d8009428f",)


# Two images of one name, which cannot both go by it in the destination.
TWIN = "twin-image"


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run(ansible, cloud, module):
    for image_id in IMAGES_BY_ID:
        cloud.add_image("cn-north-4", id=image_id, name="golden")
    cloud.delete_image(next(raw["id"] for raw in cloud.images("cn-north-4") if raw["name"] == TWIN))
    cloud.switch(copy_base_seconds=20, copy_seconds_per_gib=0.5)

    outcome = ansible.play(
        play={"module_defaults": waiting_briefly()}, tasks=yaml.safe_load(documentation()[module]["examples"])
    )

    assert (outcome.status, [result.get("msg") for result in outcome.results if result.get("failed")]) == (0, [])
