# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that show an image by turns: what an earlier one has shown is gone only once it is not to be seen by its id."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.decision import PRESENT, SUBMIT
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.probes import Probes
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.survey import Survey
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import ServerFault
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image, Origin
from tests.unit.fake_service import FakeService
from tests.unit.shapes import DESTINATION_PROJECT, SOURCE_PROJECT, replica

REPLICA = replica("r1", Origin("cn-north-4", "a1"), name="a1")
OTHER = replica("r2")


def test_what_an_earlier_list_has_shown_and_the_last_one_does_not_has_vanished() -> None:
    lists = iter([[REPLICA, OTHER], [OTHER], [], [REPLICA]])
    service = types.SimpleNamespace(own_images=lambda deadline: next(lists))
    cloud: t.Any = types.SimpleNamespace(ims=lambda region, project: service)
    survey, vanished = Survey(cloud), []
    for _time in range(4):
        survey.own_images("cn-south-1", DESTINATION_PROJECT, fresh=True)
        vanished.append({image.id for image in survey.vanished("cn-south-1", DESTINATION_PROJECT)})

    assert vanished == [set(), {"r1"}, {"r1", "r2"}, {"r2"}]
    assert list(survey.vanished("cn-south-1", SOURCE_PROJECT)) == []


def unlisted(service: FakeService, *images: Image) -> None:
    """They are there, and the list does not show them."""
    service.own_images("", DESTINATION_PROJECT, fresh=True)
    service.images = list(images)


@pytest.mark.parametrize(("there", "kind"), [([REPLICA], PRESENT), ([], SUBMIT), ([OTHER], SUBMIT)])
def test_a_replica_that_has_vanished_from_the_list_is_asked_for_by_its_id(
    probes: Probes, service: FakeService, copy: Copy, there: list[Image], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.vanished_images = [OTHER, REPLICA]
    service.images = there
    monkeypatch.setattr(service, "own_images", lambda *place, **how: types.SimpleNamespace(candidates=lambda *one: []))

    assert probes.destination(copy, fresh=True).kind == kind
    assert service.did("image") == ["r1"]


def test_whether_a_replica_has_vanished_is_nobodys_guess(probes: Probes, service: FakeService, copy: Copy) -> None:
    service.vanished_images = [REPLICA]
    service.trouble["image"] = ServerFault("away")

    with pytest.raises(ServerFault):
        probes.destination(copy, fresh=True)
    assert probes.destination(copy).kind == SUBMIT
