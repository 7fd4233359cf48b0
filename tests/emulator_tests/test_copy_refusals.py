# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a copy is refused for, by the codes of the IMS API reference, Error Codes; and that nothing begins then."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import seed, seed_images
from tests.emulator.testing import Emulator
from tests.emulator_tests.api import NORTH, SOUTH, Api, code

WEB = seed_images.UBUNTU_WEB


def refused_with(emulator: Emulator, reply: t.Any) -> t.Any:
    """The code of a refusal that left no trace."""
    status, found = code(reply)
    assert status == 400, reply.text
    assert emulator.jobs() == []
    assert len(emulator.images(SOUTH)) == 2
    [entry] = emulator.copies()
    assert (entry["mutating"], entry["took_effect"], entry["result"]) == (True, False, None)
    return found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, "IMG.0013"),
        ({"name": None}, "IMG.0013"),
        ({"name": "n" * 129}, "IMG.0002"),
        ({"name": " leading"}, "IMG.0003"),
        ({"name": "trailing "}, "IMG.0003"),
        ({"name": "a/b"}, "IMG.0003"),
        ({"name": "line\n"}, "IMG.0003"),
        ({"name": 7}, "IMG.0001"),
        ({"description": "d" * 1025}, "IMG.0004"),
        ({"description": "<b>"}, "IMG.0054"),
        ({"description": "two\nlines"}, "IMG.0054"),
        ({"colour": "blue"}, "IMG.0001"),
        ({"region": NORTH, "project_name": NORTH}, "IMG.0142"),
        ({"region": NORTH, "project_name": "cn-north-4_build"}, "IMG.0142"),
        ({"region": "mars-1"}, "IMG.0147"),
        ({"region": None}, "IMG.0147"),
        ({"project_name": "cn-south-1_none"}, "IMG.0145"),
        ({"project_name": "cn-east-3"}, "IMG.0145"),
        ({"project_name": None}, "IMG.0104"),
        ({"region": "eu-west-101", "project_name": None}, "IMG.0145"),
        ({"agency_name": "nobody"}, "IMG.0036"),
        ({"agency_name": None}, "IMG.0036"),
        ({"agency_name": "ecs_agency"}, "IMG.0036"),
        ({"agency_name": "ims_no_roles"}, "IMG.0151"),
        ({"agency_name": "ims_inherited"}, "IMG.0151"),
        ({"agency_name": "ims_south_only", "project_name": "cn-south-1_apps"}, "IMG.0151"),
        ({"agency_name": "ims_custom_policy", "region": "cn-east-3", "project_name": "cn-east-3"}, "IMG.0151"),
    ],
)
def test_a_wrong_field_is_refused(emulator: Emulator, api: Api, changes: dict[str, t.Any], expected: str) -> None:
    assert refused_with(emulator, api.copy(WEB, **changes)) == expected


@pytest.mark.parametrize(
    ("image_id", "expected"),
    [
        ("not-an-id", "IMG.0066"),
        ("99999999-0000-4000-8000-000000000000", "IMG.0027"),
        (seed_images.OCCUPIED_NAME, "IMG.0027"),
        (seed_images.CI_RUNNER, "IMG.0027"),
        (seed_images.PUBLIC_UBUNTU, "IMG.0024"),
        (seed_images.MARKET_APPLIANCE, "IMG.0024"),
        (seed_images.PARTNER_IMAGE, "IMG.0047"),
        (seed_images.BEING_CREATED, "IMG.0046"),
        (seed_images.ENCRYPTED_VAULT, "IMG.0143"),
        (seed_images.INSTALLER_ISO, "IMG.0167"),
        (seed_images.BROKEN_EVERYTHING, "IMG.0143"),
        (seed_images.FULL_ECS_ERP, "IMG.0184"),
    ],
)
def test_an_image_that_cannot_be_copied_is_refused(emulator: Emulator, api: Api, image_id: str, expected: str) -> None:
    assert refused_with(emulator, api.copy(image_id)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"", "IMG.0007"), (b"  ", "IMG.0007"), (b"{", "IMG.0001"), (b"[]", "IMG.0001"), (b'"x"', "IMG.0001")],
)
def test_a_body_that_is_no_object_is_refused(emulator: Emulator, api: Api, body: bytes, expected: str) -> None:
    reply = api.ims("POST", f"/v1/cloudimages/{WEB}/cross_region_copy", data=body)
    assert refused_with(emulator, reply) == expected


@pytest.mark.parametrize(
    ("region", "gib", "accepted"),
    [(SOUTH, 300, True), (SOUTH, 301, False), ("eu-west-101", 128, True), ("eu-west-101", 129, False)],
)
def test_the_size_limit_depends_on_both_regions(
    emulator: Emulator, api: Api, region: str, gib: int, accepted: bool
) -> None:
    image = emulator.add_image(NORTH, name="sized", __image_size=str(gib * seed_images.GIB))
    reply = api.copy(image["id"], region=region, project_name=region)
    assert reply.status_code == 200 if accepted else code(reply) == (400, "IMG.0146")


@pytest.mark.parametrize(
    ("vault_id", "expected"),
    [(seed.VAULT_GOOD, None), (seed.VAULT_FULL, "IMG.0182"), ("50000000-0000-4000-8000-00000000ffff", "IMG.0184")],
)
def test_a_whole_server_needs_a_vault_with_room(api: Api, vault_id: str, expected: str | None) -> None:
    reply = api.copy(seed_images.FULL_ECS_ERP, vault_id=vault_id)
    assert reply.status_code == 200 if expected is None else code(reply) == (400, expected)


def test_a_whole_server_needs_more_than_the_policy_for_disks(api: Api) -> None:
    reply = api.copy(seed_images.FULL_ECS_ERP, vault_id=seed.VAULT_GOOD, agency_name="ims_copy_policy")
    assert code(reply) == (400, "IMG.0151")


@pytest.mark.parametrize("agency", ["ims_copy_image", "ims_copy_policy", "ims_south_only", "ims_custom_policy"])
def test_an_agency_with_a_role_on_the_project_will_do(api: Api, agency: str) -> None:
    assert api.copy(WEB, agency_name=agency).status_code == 200


def test_a_full_quota_is_refused_until_there_is_room(emulator: Emulator, api: Api) -> None:
    emulator.set_quota(SOUTH, 2)
    assert refused_with(emulator, api.copy(WEB)) == "IMG.0015"
    assert api.copy(WEB, project_name="cn-south-1_apps").status_code == 200
    emulator.set_quota(SOUTH, 3)
    api.submit(WEB)


def test_a_user_without_the_permission_is_refused_before_anything_else(emulator: Emulator) -> None:
    with Api(emulator, "reader") as reader:
        assert code(reader.copy("not-an-id", name="")) == (403, "APIGW.0302")


def test_five_copies_of_the_whole_tenant_run_at_a_time(emulator: Emulator, api: Api) -> None:
    emulator.occupy_slots(3, 200)
    api.submit(WEB, name="fourth")
    api.submit(WEB, name="fifth", region="eu-west-101", project_name="eu-west-101")
    assert code(api.copy(WEB, name="sixth")) == (400, "IMG.0149")
    emulator.advance(91)
    api.submit(WEB, name="sixth")


def test_a_slot_of_somebody_else_comes_free_in_time(emulator: Emulator, api: Api) -> None:
    emulator.occupy_slots(5, 60)
    assert code(api.copy(WEB)) == (400, "IMG.0149")
    emulator.advance(59)
    assert code(api.copy(WEB)) == (400, "IMG.0149")
    emulator.advance(1)
    api.submit(WEB)
    assert [job["foreign"] for job in emulator.jobs()].count(True) == 5
