# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Images seen one by one and in lists, changed, tagged and deleted (IMS API reference, Image Management)."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import seed, seed_images
from tests.emulator.testing import Emulator
from tests.emulator_tests.api import NORTH, SOUTH, Api, code

WEB, ROCKY = seed_images.UBUNTU_WEB, seed_images.ROCKY_BATCH
TAGS = f"/v2/{seed.CN_NORTH_4.id}/images/{ROCKY}/tags"


def patch(api: Api, image_id: str, *operations: t.Any) -> t.Any:
    return api.ims("PATCH", f"/v2/cloudimages/{image_id}", json=list(operations))


def test_without_a_filter_all_that_the_project_may_see_is_listed_newest_first(api: Api) -> None:
    images = api.images()
    names = {image["name"] for image in images}
    assert {"ubuntu-22.04-web", "partner-image", "Ubuntu 22.04 server 64bit", "Marketplace appliance"} <= names
    assert not names & {"ci-runner", "occupied-name", "south-native"}
    created = [image["created_at"] for image in images]
    assert created == sorted(created, reverse=True)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"__imagetype": "gold"}, {"Ubuntu 22.04 server 64bit"}),
        ({"__imagetype": "market"}, {"Marketplace appliance"}),
        ({"__imagetype": "shared"}, {"partner-image", "shared-out-base"}),
        ({"owner": seed.FOREIGN_PROJECT_ID}, {"partner-image"}),
        ({"name": "twin-image"}, {"twin-image"}),
        ({"name": "twin"}, set()),
        ({"status": "saving"}, {"being-created"}),
        ({"tag": "env=prod"}, {"ubuntu-22.04-web", "debian-12-db"}),
        ({"__os_type": "Windows"}, {"windows-2019-app"}),
        ({"virtual_env_type": "DataImage"}, {"data-disk-logs"}),
        ({"__whole_image": "True"}, {"full-ecs-erp"}),
        ({"architecture": "arm"}, {"euleros-arm"}),
        ({"id": WEB}, {"ubuntu-22.04-web"}),
        ({"id": "99999999-0000-4000-8000-000000000000"}, set()),
        ({"created_at": "lt:2026-01-02T00:00:00Z"}, {"Ubuntu 22.04 server 64bit"}),
        ({"created_at": "eq:2026-01-03 08:00:00"}, {"ubuntu-22.04-web"}),
        ({"invented": "value"}, set()),
    ],
)
def test_filters(api: Api, query: dict[str, str], names: set[str]) -> None:
    assert api.names(**query) == names


def test_only_registered_images_are_listed_unless_asked(emulator: Emulator, api: Api) -> None:
    emulator.patch_image(ROCKY, __isregistered="false")
    assert "rocky-9-batch" not in api.names()
    assert api.names(__isregistered="false") == {"rocky-9-batch"}


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "x"},
        {"sort_key": "colour"},
        {"created_at": "yesterday"},
        {"created_at": "gt:yesterday"},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(api: Api, query: dict[str, str]) -> None:
    assert code(api.ims("GET", "/v2/cloudimages", params=query)) == (400, "IMG.0001")


def test_pages_follow_each_other_without_gap_or_overlap(api: Api) -> None:
    everything = [image["id"] for image in api.images()]
    paged: list[str] = []
    while page := api.images(limit=4, **({"marker": paged[-1]} if paged else {})):
        paged += [image["id"] for image in page]
    assert paged == everything


def test_a_marker_that_is_no_image_is_refused(api: Api) -> None:
    assert code(api.ims("GET", "/v2/cloudimages", params={"marker": "x"})) == (400, "IMG.0027")


def test_the_native_list_has_25_a_page(emulator: Emulator, api: Api) -> None:
    for number in range(20):
        emulator.add_image(NORTH, name=f"more-{number}")
    first = api.ims("GET", "/v2/images").json()
    assert len(first["images"]) == 25
    rest = api.ims("GET", first["next"]).json()
    assert "next" not in rest
    assert len(rest["images"]) == len(api.images()) - 25


def test_an_image_of_another_project_is_not_found(api: Api) -> None:
    assert api.ims("GET", f"/v2/images/{WEB}").status_code == 200
    assert code(api.ims("GET", f"/v2/images/{seed_images.CI_RUNNER}"))[0] == 404
    assert code(api.ims("GET", f"/v2/images/{WEB}", SOUTH))[0] == 404


def test_an_update_is_all_or_nothing(emulator: Emulator, api: Api) -> None:
    reply = patch(
        api, WEB, {"op": "replace", "path": "/name", "value": "new"}, {"op": "replace", "path": "/absent", "value": "x"}
    )
    assert code(reply) == (400, "IMG.0035")
    assert emulator.image("ubuntu-22.04-web")["id"] == WEB


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "replace", "path": "/__description", "value": "new"}, {"__description": "new"}),
        ({"op": "replace", "path": "/min_ram", "value": "1024"}, {"min_ram": 1024}),
        ({"op": "add", "path": "/max_ram", "value": 4096}, {"max_ram": "4096"}),
        ({"op": "add", "path": "/my_marker", "value": "m"}, {"my_marker": "m"}),
        ({"op": "remove", "path": "/__description"}, {"__description": None}),
    ],
)
def test_attributes_that_may_be_changed(
    emulator: Emulator, api: Api, operation: dict[str, t.Any], expected: dict[str, t.Any]
) -> None:
    assert patch(api, WEB, operation).status_code == 200
    image = emulator.image("ubuntu-22.04-web")
    assert {name: image.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "replace", "path": "/status", "value": "active"}, "IMG.0035"),
        ({"op": "replace", "path": "/__data_origin", "value": "image,a,b"}, "IMG.0035"),
        ({"op": "remove", "path": "/my_marker"}, "IMG.0035"),
        ({"op": "replace", "path": "/name", "value": "a/b"}, "IMG.0003"),
        ({"op": "replace", "path": "/__description", "value": "<"}, "IMG.0054"),
        ({"op": "replace", "path": "/min_ram", "value": "much"}, "IMG.0001"),
        ({"op": "replace", "path": "/name"}, "IMG.0001"),
        ({"op": "move", "path": "/name"}, "IMG.0001"),
        ("name=x", "IMG.0001"),
    ],
)
def test_attributes_that_may_not(emulator: Emulator, api: Api, operation: t.Any, expected: str) -> None:
    before = emulator.image("ubuntu-22.04-web")
    assert code(patch(api, WEB, operation)) == (400, expected)
    assert emulator.image("ubuntu-22.04-web") == before


def test_only_own_active_images_are_updated(api: Api) -> None:
    rename = {"op": "replace", "path": "/name", "value": "x"}
    assert code(patch(api, seed_images.BEING_CREATED, rename)) == (400, "IMG.0046")
    assert code(patch(api, seed_images.PARTNER_IMAGE, rename)) == (400, "IMG.0047")
    assert code(patch(api, seed_images.CI_RUNNER, rename)) == (400, "IMG.0027")


def test_an_update_has_the_content_type_of_its_interface(api: Api) -> None:
    body = '[{"op":"replace","path":"/name","value":"x"}]'
    native = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    assert api.ims("PATCH", f"/v2/cloudimages/{WEB}", data=body, headers=native).status_code == 415
    assert api.ims("PATCH", f"/v2/images/{WEB}", data=body, headers=native).status_code == 200


@pytest.mark.parametrize(
    ("image_id", "expected"),
    [
        (seed_images.BEING_CREATED, "IMG.0090"),
        (seed_images.PARTNER_IMAGE, "IMG.0092"),
        (seed_images.MARKET_APPLIANCE, "IMG.0093"),
        (seed_images.PUBLIC_UBUNTU, "IMG.0094"),
    ],
)
def test_what_cannot_be_deleted_stays(emulator: Emulator, api: Api, image_id: str, expected: str) -> None:
    assert code(api.ims("DELETE", f"/v2/images/{image_id}")) == (400, expected)
    assert image_id in {raw["id"] for raw in emulator.images(NORTH)}


def test_a_protected_image_is_deleted_only_after_its_protection(emulator: Emulator, api: Api) -> None:
    emulator.patch_image(ROCKY, protected=True)
    assert code(api.ims("DELETE", f"/v2/images/{ROCKY}")) == (400, "IMG.0091")
    assert patch(api, ROCKY, {"op": "replace", "path": "/protected", "value": False}).status_code == 200
    assert api.ims("DELETE", f"/v2/images/{ROCKY}").status_code == 204


def test_deleting_twice_is_no_error(api: Api) -> None:
    assert [api.ims("DELETE", f"/v2/images/{ROCKY}").status_code for _time in range(2)] == [204, 204]
    assert "rocky-9-batch" not in api.names()


def test_a_tag_is_added_once_and_its_value_replaced(emulator: Emulator, api: Api) -> None:
    for value in ("one", "two", ""):
        assert api.ims("POST", TAGS, json={"tag": {"key": "k", "value": value}}).status_code == 204
        assert emulator.image("rocky-9-batch")["tags"] == [f"k={value}"]


def test_tags_are_changed_together_or_not_at_all(emulator: Emulator, api: Api) -> None:
    tags = [{"key": f"k{number}", "value": "v"} for number in range(11)]
    assert code(api.ims("POST", f"{TAGS}/action", json={"action": "create", "tags": tags})) == (400, "IMG.0116")
    assert emulator.image("rocky-9-batch")["tags"] == []
    assert api.ims("POST", f"{TAGS}/action", json={"action": "create", "tags": tags[:10]}).status_code == 204
    assert api.ims("POST", f"{TAGS}/action", json={"action": "delete", "tags": tags[:9]}).status_code == 204
    assert emulator.image("rocky-9-batch")["tags"] == ["k9=v"]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ({"key": "", "value": "v"}, "IMG.0115"),
        ({"key": "k" * 37, "value": "v"}, "IMG.0115"),
        ({"key": "k.k", "value": "v"}, "IMG.0115"),
        ({"key": "k", "value": "v" * 44}, "IMG.0115"),
        ({"key": "k", "value": "a=b"}, "IMG.0115"),
        ("k=v", "IMG.0001"),
    ],
)
def test_a_tag_that_is_none_is_refused(api: Api, tag: t.Any, expected: str) -> None:
    assert code(api.ims("POST", TAGS, json={"tag": tag})) == (400, expected)


def test_tags_are_those_of_the_own_project(api: Api) -> None:
    elsewhere = f"/v2/{seed.CN_SOUTH_1.id}/images/{ROCKY}/tags"
    assert code(api.ims("GET", elsewhere)) == (400, "IMG.0030")
    assert code(api.ims("POST", elsewhere, json={"tag": {"key": "k", "value": "v"}})) == (400, "IMG.0030")


def test_the_quota_is_one_for_each_project(emulator: Emulator, api: Api) -> None:
    emulator.set_quota(SOUTH, 7, project="cn-south-1_apps")

    def quota(project: str) -> tuple[int, int]:
        [found] = api.ims("GET", "/v1/cloudimages/quota", SOUTH, project).json()["quotas"]["resources"]
        return found["used"], found["quota"]

    assert (quota(SOUTH), quota("cn-south-1_apps")) == ((2, 50), (0, 7))
