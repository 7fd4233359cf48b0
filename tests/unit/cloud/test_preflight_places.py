# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions, projects and agencies: what is wrong is told before a submission, what cannot be known is no failure."""

from __future__ import annotations

import pytest


def statuses(result):
    return {check["check"]: check["status"] for check in result["preflight"]}


def failed(result):
    return {check["check"]: check["code"] for check in result["preflight"] if check["status"] == "fail"}


@pytest.mark.parametrize("agency", ["ims_copy_image", "ims_copy_policy", "ims_south_only", "ims_custom_policy"])
def test_an_agency_that_may_write_there_does(cloud, copy, agency):
    result = copy(agency_name=agency)

    assert result["image"]["status"] == "active"
    # What a custom policy allows cannot be told from its name.
    expected = "unknown" if agency == "ims_custom_policy" else "pass"
    assert statuses(result)["agency_permitted"] == expected


def test_an_agency_whose_roles_are_inherited_is_warned_of_and_the_service_decides(cloud, copy):
    result = copy(agency_name="ims_inherited")

    assert statuses(result)["agency_permitted"] == "warn"
    assert (result["error"]["stage"], result["error"]["code"]) == ("submit", "IMG.0151")


@pytest.mark.parametrize(
    ("options", "broken"),
    [
        (
            {"destination_region": "cn-west-9"},
            {"destination_region": "IMG.0147", "destination_project": "IMG.0145"},
        ),
        (
            {"destination_region": "cn-west-9", "destination_project_name": "cn-south-1"},
            {"destination_region": "IMG.0147", "destination_project": "IMG.0145"},
        ),
        ({"destination_project_name": "cn-south-1_nowhere"}, {"destination_project": "IMG.0145"}),
        ({"destination_project_name": "cn-east-3"}, {"destination_project": "IMG.0145"}),
        ({"destination_project_name": "cn-south-10"}, {"destination_project": "IMG.0145"}),
        ({"source_project_name": "cn-north-4_nowhere"}, {"source_project": "IMG.0145"}),
        ({"source_project_name": "cn-south-1"}, {"source_project": "IMG.0145"}),
        (
            {"source_region": "cn-west-9"},
            {"source_region": "IMG.0147", "source_project": "IMG.0145"},
        ),
    ],
    ids=str,
)
def test_a_place_that_does_not_exist_is_told_by_name_without_asking_there(cloud, copy, options, broken):
    result = copy(**options)

    assert (result["failed"], result["error"]["stage"]) == (True, "preflight")
    assert failed(result) == broken
    for value in options.values():
        assert value in result["msg"]
    assert cloud.mutations() == []
    assert all(request["status"] == 200 for request in cloud.journal())


def test_what_is_wrong_on_both_sides_is_told_in_one_answer(cloud, copy):
    result = copy(
        image_name="encrypted-vault",
        name="a/b",
        description="<x>",
        tags={"a b": "c"},
        destination_project_name="cn-south-1_nowhere",
        agency_name="ecs_agency",
    )

    assert set(failed(result)) == {
        "source_not_encrypted",
        "name",
        "description",
        "tags",
        "destination_project",
        "agency_delegated",
    }


@pytest.mark.parametrize("how", ["aksk", "password"])
def test_sub_projects_on_both_sides(cloud, copy, as_user, how):
    as_user(how=how)
    options = {
        "image_name": "ci-runner",
        "source_project_name": "cn-north-4_build",
        "destination_project_name": "cn-south-1_apps",
    }

    first, second = copy(**options), copy(**options)

    assert first["image"]["status"] == "active"
    assert (second["changed"], second["action"]) == (False, "none")
    assert cloud.copies()[0]["body"]["project_name"] == "cn-south-1_apps"
    assert first["image"]["project_id"] != copy(check=True, **{**options, "image_name": "nobody"})
    assert {raw["owner"] for raw in cloud.images("cn-south-1") if raw["name"] == "ci-runner"} == {
        first["image"]["project_id"]
    }


def test_two_projects_of_a_region_are_two_destinations(cloud, copy):
    one, two = copy(), copy(destination_project_name="cn-south-1_apps")

    assert (one["action"], two["action"]) == ("submitted", "submitted")
    assert one["image"]["project_id"] != two["image"]["project_id"]


@pytest.mark.parametrize("how", ["aksk", "password"])
def test_what_a_limited_caller_may_not_look_up_is_unknown_and_the_copy_is_made(cloud, copy, as_user, how):
    as_user("limited", how)

    result = copy()

    assert result["image"]["status"] == "active"
    assert "fail" not in statuses(result).values()
    unknown = {name for name, status in statuses(result).items() if status == "unknown"}
    assert unknown == {
        "source_region",
        "destination_region",
        "agency_exists",
        "agency_delegated",
        "agency_permitted",
        "quota",
    }
    assert all("HTTP 403" in c["message"] for c in result["preflight"] if c["check"] in ("source_region", "quota"))


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"agency_name": "nobody"}, "IMG.0036"),
        ({"agency_name": "ims_no_roles"}, "IMG.0151"),
        ({"image_name": "encrypted-vault"}, "IMG.0143"),
    ],
)
def test_for_a_limited_caller_the_service_has_the_last_word(cloud, copy, as_user, options, code):
    as_user("limited")

    result = copy(**options)

    assert (result["failed"], result["error"]["code"]) == (True, code)


@pytest.mark.parametrize("operation", ["ListRegions", "ListAgencies", "ListRolesForAgencyOnProject", "ShowImageQuota"])
def test_a_cloud_that_does_not_offer_a_lookup_is_no_failure(cloud, copy, operation):
    body = {"error_code": "APIGW.0101", "error_msg": "no such API"}
    cloud.fault(operation=operation, do="respond", status=404, body=body, times=None)

    result = copy()

    assert result["image"]["status"] == "active"
    assert "unknown" in statuses(result).values()


def test_a_region_that_iam_does_not_list_can_be_used_with_its_check_left_out(cloud, copy):
    listed = {"regions": [{"id": "cn-north-4"}], "links": {}}
    cloud.fault(operation="ListRegions", do="respond", status=200, body=listed, times=None)

    assert failed(copy()) == {"destination_region": "IMG.0147"}
    assert copy(skip_checks=["destination_region"])["image"]["status"] == "active"


def test_a_check_that_is_left_out_costs_no_request(cloud, copy):
    left_out = ["agency_exists", "agency_delegated", "agency_permitted", "quota", "source_region", "destination_region"]

    result = copy(check=True, skip_checks=left_out)

    asked = {request["operation"] for request in cloud.journal()}
    assert not asked & {"ListRegions", "ListAgencies", "ListRolesForAgencyOnProject", "ShowImageQuota"}
    assert not set(left_out) & set(statuses(result))
