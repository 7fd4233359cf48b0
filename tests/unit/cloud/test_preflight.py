# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be checked before a submission is checked, with the code that the service itself would answer."""

from __future__ import annotations

import pytest

from tests.emulator import seed_images as seeded
from tests.emulator.seed import VAULT_FULL, VAULT_GOOD

# What is asked for, the checks that it breaks, and the code that the service answers first.
BROKEN = {
    "encrypted": ({"image_name": "encrypted-vault"}, {"source_not_encrypted"}, "IMG.0143"),
    "ISO": ({"image_name": "installer-iso"}, {"source_not_iso"}, "IMG.0167"),
    "too large": (
        {"image_name": "too-large-lake", "destination_region": "eu-west-101"},
        {"source_size"},
        "IMG.0146",
    ),
    "being created": ({"image_name": "being-created"}, {"source_active"}, "IMG.0046"),
    "full-ECS without a vault": ({"image_name": "full-ecs-erp"}, {"full_ecs_vault"}, "IMG.0184"),
    "public": ({"image_id": seeded.PUBLIC_UBUNTU}, {"source_own", "source_private"}, "IMG.0024"),
    "market": ({"image_id": seeded.MARKET_APPLIANCE}, {"source_own", "source_private"}, "IMG.0024"),
    "somebody else's": ({"image_id": seeded.PARTNER_IMAGE}, {"source_own"}, "IMG.0047"),
    "same region": ({"destination_region": "cn-north-4"}, {"regions_differ"}, "IMG.0142"),
    "no such agency": ({"agency_name": "nobody"}, {"agency_exists"}, "IMG.0036"),
    "agency of another service": ({"agency_name": "ecs_agency"}, {"agency_delegated"}, "IMG.0036"),
    "agency without a role": ({"agency_name": "ims_no_roles"}, {"agency_permitted"}, "IMG.0151"),
    "agency with a role elsewhere": (
        {"agency_name": "ims_south_only", "destination_region": "eu-west-101"},
        {"agency_permitted"},
        "IMG.0151",
    ),
    "agency with a role in another project": (
        {"agency_name": "ims_south_only", "destination_project_name": "cn-south-1_apps"},
        {"agency_permitted"},
        "IMG.0151",
    ),
    "name with a slash": ({"name": "a/b"}, {"name"}, "IMG.0003"),
    "name that ends in a space": ({"name": "web "}, {"name"}, "IMG.0003"),
    "long name": ({"name": "n" * 129}, {"name"}, "IMG.0002"),
    "description with a line break": ({"description": "a\nb"}, {"description"}, "IMG.0054"),
    "description with a tag": ({"description": "a <b>"}, {"description"}, "IMG.0054"),
    "long description": ({"description": "d" * 1025}, {"description"}, "IMG.0004"),
}


def by_name(result):
    return {check["check"]: check for check in result["preflight"]}


def failed(result):
    return {check["check"] for check in result["preflight"] if check["status"] == "fail"}


@pytest.mark.parametrize(("options", "checks", "code"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_found_before_anything_is_submitted(cloud, copy, options, checks, code):
    result = copy(**options)

    assert (result["failed"], result["changed"], result["error"]["stage"]) == (True, False, "preflight")
    assert failed(result) == checks
    assert code in {by_name(result)[check]["code"] for check in checks}
    assert code in result["msg"]
    for check in checks:
        assert by_name(result)[check]["message"] in result["msg"]
    assert cloud.mutations() == []


@pytest.mark.parametrize(("options", "checks", "code"), BROKEN.values(), ids=BROKEN)
def test_with_its_check_left_out_the_service_answers_what_was_foretold(cloud, copy, options, checks, code):
    result = copy(skip_checks=sorted(checks), **options)

    assert (result["failed"], result["changed"], result["error"]["stage"]) == (True, False, "submit")
    assert result["error"]["code"] == code
    assert not checks & set(by_name(result))
    assert [request["took_effect"] for request in cloud.copies()] == [False]


def test_a_full_destination_is_found_before_the_copy_and_answered_alike(cloud, copy):
    cloud.set_quota("cn-south-1", 2)

    found, answered = copy(), copy(skip_checks=["quota"])

    assert failed(found) == {"quota"}
    assert found["error"]["code"] == answered["error"]["code"] == "IMG.0015"
    assert answered["error"]["stage"] == "submit"


def test_the_last_place_of_a_quota_can_be_taken(cloud, copy):
    cloud.set_quota("cn-south-1", 3)

    assert copy()["action"] == "submitted"


@pytest.mark.parametrize(("size_limit", "found"), [(250, False), (100, True)])
def test_the_limit_of_size_can_be_set(cloud, copy, size_limit, found):
    result = copy(image_name="too-large-lake", size_limit=size_limit, check=True)

    assert ("source_size" in failed(result)) is found


def test_a_full_ecs_image_goes_into_a_vault_with_room(cloud, copy):
    assert copy(image_name="full-ecs-erp", vault_id=VAULT_GOOD, wait=False)["action"] == "submitted"
    assert cloud.copies()[0]["body"]["vault_id"] == VAULT_GOOD


def test_a_full_vault_is_what_only_the_service_can_tell(cloud, copy):
    result = copy(image_name="full-ecs-erp", vault_id=VAULT_FULL)

    assert (result["error"]["stage"], result["error"]["code"]) == ("submit", "IMG.0182")
    assert failed(result) == set()


def test_a_windows_image_is_copied_with_a_warning_among_the_checks(cloud, copy):
    result = copy(image_name="windows-2019-app", wait=False)

    assert result["action"] == "submitted"
    assert by_name(result)["windows"]["status"] == "warn"


@pytest.mark.parametrize(
    "name", ["debian-12-db", "centos-7-legacy", "rocky-9-batch", "euleros-arm", "data-disk-logs", "shared-out-base"]
)
def test_an_ordinary_own_image_breaks_no_rule_and_arrives(cloud, copy, name):
    result = copy(image_name=name)

    assert {check["status"] for check in result["preflight"]} == {"pass"}
    assert result["image"]["status"] == "active"
    assert result["image"]["architecture"] == result["source_image"]["architecture"]


def test_two_images_of_one_name_are_told_with_their_ids(cloud, copy):
    result = copy(image_name="twin-image")

    assert failed(result) == {"source_found"}
    assert seeded.TWIN_ONE in result["msg"]
    assert seeded.TWIN_TWO in result["msg"]
    assert copy(image_id=seeded.TWIN_TWO, check=True)["action"] == "submitted"


@pytest.mark.parametrize(
    "options",
    [
        {"image_name": "no-such-image"},
        {"image_name": "Ubuntu 22.04 server 64bit"},
        {"image_name": "partner-image"},
        {"image_name": "ci-runner"},
        {"image_id": "10000000-0000-4000-8000-00000000ffff"},
        {"image_id": "no-uuid"},
    ],
    ids=["unknown", "public", "foreign", "of another project", "unknown id", "malformed id"],
)
def test_what_is_no_own_image_of_the_project_is_not_found(cloud, copy, options):
    result = copy(**options)

    assert failed(result) == {"source_found"}
    assert result["error"]["code"] == "IMG.0027"
    assert (result["image"], result["source_image"], result["job"]) == (None, None, None)
    assert cloud.mutations() == []


def test_a_rule_that_is_broken_only_meanwhile_does_not_matter_to_a_replica_that_stands(cloud, copy):
    made = copy()["image"]
    cloud.patch_image(made["origin"]["image_id"], __system__cmkid="40000000-0000-4000-8000-000000000004")

    result = copy()

    assert (result["changed"], result["action"]) == (False, "none")
    assert by_name(result)["source_not_encrypted"]["status"] == "warn"


def test_a_blank_name_is_no_name_so_the_replica_is_called_like_its_source(cloud, copy):
    assert copy(name="")["image"]["name"] == "ubuntu-22.04-web"


def test_a_refusal_says_each_thing_once_and_the_message_of_its_error_is_short(cloud, copy, migrate):
    iso = cloud.image("installer-iso")
    cloud.set_quota("cn-south-1", 1)

    alone = copy(image_id=iso["id"])
    listed = migrate(images=[{"image_id": iso["id"]}])

    failed = [check for check in alone["preflight"] if check["status"] == "fail"]
    assert [check["check"] for check in failed] == ["source_not_iso", "quota"]
    for result in (alone, listed):
        for check in failed:
            assert result["msg"].count(check["message"]) == 1
            assert result["msg"].count(check["hint"]) == 1
    for error in (alone["error"], listed["results"][0]["error"]):
        assert error["message"] == (
            f'Cannot copy image "installer-iso" ({iso["id"]}) from cn-north-4 to cn-south-1: '
            "2 checks failed (source_not_iso, quota)"
        )
        assert error["code"] == "IMG.0167"
