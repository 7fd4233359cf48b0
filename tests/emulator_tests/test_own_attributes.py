# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Own attributes of images as the official SDK sets them, and the switches that say what becomes of them."""

from __future__ import annotations

import typing as t

import huaweicloudsdkims.v2 as ims_v2
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.emulator import seed_images
from tests.emulator.testing import Emulator
from tests.emulator_tests import sdk
from tests.emulator_tests.api import NORTH, SOUTH, Api, code

WEB = seed_images.UBUNTU_WEB
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(emulator: Emulator) -> t.Any:
    return sdk.ims(emulator, NORTH)


@pytest.fixture
def other(emulator: Emulator) -> t.Any:
    """Somebody else, on a connection of his own."""
    return sdk.ims(emulator, NORTH)


def update(client: t.Any, op: str, name: str, value: str | None = None) -> t.Any:
    operation = ims_v2.UpdateImageRequestBody(op=op, path=f"/{name}", value=value)
    return client.update_image(ims_v2.UpdateImageRequest(WEB, [operation]))


def listed(api: Api, region: str = NORTH, **query: str) -> dict[str, t.Any]:
    images = api.images(region, **query)
    return images[0] if images else {}


def marks(raw: dict[str, t.Any]) -> dict[str, t.Any]:
    return {name: value for name, value in raw.items() if name.startswith("mark")}


def seen(api: Api) -> list[dict[str, t.Any]]:
    """The own attributes by the list and by the image on its own."""
    return [marks(listed(api, id=WEB)), marks(api.ims("GET", f"/v2/images/{WEB}").json())]


def test_own_attributes_are_added_replaced_and_removed_and_shown_beside_the_others(client: t.Any, api: Api) -> None:
    update(client, "add", "mark", "one")
    assert seen(api) == [{"mark": "one"}] * 2
    update(client, "replace", "mark", "two")
    assert seen(api) == [{"mark": "two"}] * 2
    assert listed(api, mark="two")["id"] == WEB
    update(client, "remove", "mark")
    assert seen(api) == [{}] * 2


@pytest.mark.parametrize(("op", "name"), [("replace", "mark"), ("remove", "mark"), ("add", "__data_origin")])
def test_what_is_absent_or_belongs_to_the_service_is_refused(client: t.Any, op: str, name: str) -> None:
    with pytest.raises(ClientRequestException) as refused:
        update(client, op, name, None if op == "remove" else "x")
    assert (refused.value.status_code, refused.value.error_code) == (400, "IMG.0035")


def test_name_and_value_have_at_most_255_characters(client: t.Any, api: Api) -> None:
    name = "mark" + "k" * 251
    update(client, "add", name, "v" * 255)
    assert seen(api) == [{name: "v" * 255}] * 2
    for wrong_name, value in ((name + "k", "v"), ("mark", "v" * 256)):
        with pytest.raises(ClientRequestException) as refused:
            update(client, "add", wrong_name, value)
        assert refused.value.error_code == "IMG.0001"


@pytest.mark.parametrize("value", [7, None, True, ["v"], {"v": "v"}])
def test_a_value_is_a_text(api: Api, value: t.Any) -> None:
    operation = {"op": "add", "path": "/mark", "value": value}
    assert code(api.ims("PATCH", f"/v2/cloudimages/{WEB}", json=[operation])) == (400, "IMG.0001")


def test_two_updates_do_not_lose_each_other_unless_told_to(client: t.Any, other: t.Any, api: Api) -> None:
    update(client, "add", "mark_1", "one")
    update(other, "add", "mark_2", "two")
    assert seen(api) == [{"mark_1": "one", "mark_2": "two"}] * 2


def test_of_two_simultaneous_updates_the_later_one_writes_back_what_it_has_read(
    emulator: Emulator, client: t.Any, other: t.Any, api: Api
) -> None:
    emulator.switch(lost_updates=2)
    update(client, "add", "mark_0", "nought")
    emulator.advance(2)
    update(client, "add", "mark_1", "one")
    update(client, "remove", "mark_0")
    assert seen(api) == [{"mark_1": "one"}] * 2, "one's own are not lost"
    emulator.advance(1.9)
    update(other, "add", "mark_2", "two")
    assert seen(api) == [{"mark_0": "nought", "mark_2": "two"}] * 2
    assert listed(api, id=WEB)["__description"] == "web server base"


def test_updates_one_after_the_other_lose_nothing(emulator: Emulator, client: t.Any, other: t.Any, api: Api) -> None:
    emulator.switch(lost_updates=2)
    update(client, "add", "mark_1", "one")
    emulator.advance(2)
    update(other, "add", "mark_2", "two")
    assert seen(api) == [{"mark_1": "one", "mark_2": "two"}] * 2


def test_the_same_client_sees_its_own_update_in_the_midst_of_others(
    emulator: Emulator, client: t.Any, other: t.Any, api: Api
) -> None:
    emulator.switch(lost_updates=2)
    update(client, "add", "mark_1", "one")
    update(other, "add", "mark_2", "two")
    update(client, "add", "mark_3", "three")
    assert seen(api) == [{"mark_1": "one", "mark_3": "three"}] * 2


@pytest.mark.parametrize("position", ["list", "list_and_show"])
def test_the_list_is_late_with_own_attributes(emulator: Emulator, client: t.Any, api: Api, position: str) -> None:
    emulator.switch(list_lag=30, lag_shown_by=position)
    update(client, "add", "mark", "one")
    emulator.advance(10)
    update(client, "replace", "mark", "two")
    one: list[dict[str, str]] = [{}, {"mark": "two"} if position == "list" else {}]
    assert seen(api) == one
    emulator.advance(20)
    assert seen(api) == [{"mark": "one"}, {"mark": "two" if position == "list" else "one"}]
    emulator.advance(10)
    assert seen(api) == [{"mark": "two"}] * 2


@pytest.mark.parametrize(("position", "status"), [("list", 200), ("list_and_show", 404)])
def test_the_list_is_late_with_new_images(emulator: Emulator, api: Api, position: str, status: int) -> None:
    emulator.switch(list_lag=30, lag_shown_by=position)
    api.submit(WEB)
    added = emulator.add_image(SOUTH, name="by-hand")
    emulator.advance(29)
    assert not api.names(SOUTH) & {"replica", "by-hand"}
    assert api.ims("GET", f"/v2/images/{added['id']}", SOUTH).status_code == status
    emulator.advance(1)
    assert api.names(SOUTH) >= {"replica", "by-hand"}
    assert api.ims("GET", f"/v2/images/{added['id']}", SOUTH).status_code == 200


@pytest.mark.parametrize(("position", "attribute", "image"), [("attributes", False, True), ("images", True, False)])
def test_the_list_is_late_with_what_the_switch_says(
    emulator: Emulator, client: t.Any, api: Api, position: str, attribute: bool, image: bool
) -> None:
    emulator.switch(list_lag=30, lag_of=position)
    update(client, "add", "mark", "one")
    api.submit(WEB)
    assert (listed(api, id=WEB).get("mark") == "one", "replica" in api.names(SOUTH)) == (attribute, image)


@pytest.mark.parametrize("position", [False, True])
def test_a_replica_carries_the_own_attributes_if_the_switch_says_so(
    emulator: Emulator, client: t.Any, api: Api, position: bool
) -> None:
    emulator.switch(carried_attributes=position)
    update(client, "add", "mark", "one")
    api.submit(WEB)
    update(client, "add", "mark_later", "two")
    assert marks(emulator.image("replica", SOUTH)) == ({"mark": "one"} if position else {})


@pytest.mark.parametrize(("position", "refused"), [("allowed", False), ("refused", True)])
def test_a_source_may_be_updated_during_its_copy_or_not(
    emulator: Emulator, client: t.Any, api: Api, position: str, refused: bool
) -> None:
    emulator.switch(patch_while_copying=position)
    api.submit(WEB)
    if refused:
        with pytest.raises(ClientRequestException) as refusal:
            update(client, "add", "mark", "one")
        assert (refusal.value.status_code, refusal.value.error_code) == (409, "IMG.0046")
        emulator.advance(90)
    update(client, "add", "mark", "one")
    assert marks(emulator.image("ubuntu-22.04-web")) == {"mark": "one"}
