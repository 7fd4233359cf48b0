# SPDX-License-Identifier: GPL-3.0-or-later
"""The preflight rules about regions, projects, agencies and quotas."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide import rules_place as rules
from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.facts import Unknown, Verdict
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.place import Agency, Project, Quota, Role
from tests.unit.shapes import ADMINISTRATOR, READER, destination, facts, request, source

AWAY = Unknown("IAM is away")
GRANT = "Grant it IMS Administrator or IMS CrossCopyAgencyPolicy in project cn-south-1 itself."


def test_two_regions() -> None:
    found = rules.regions_differ(request(), facts())
    assert found == Verdict("pass", "cn-north-4 and cn-south-1 are two regions")


def test_one_region_and_two_projects_of_it() -> None:
    asked = request(destination=destination(region="cn-north-4", project_name="cn-north-4_x"))
    found = rules.regions_differ(asked, facts())
    assert (found.status, found.code) == ("fail", "IMG.0142")
    assert found.message == "the destination cn-north-4 is the source region itself"
    assert found.hint == "Name another region. Within one the service copies by other means, which the console offers."


@pytest.mark.parametrize(
    ("rule", "region", "option"),
    [
        (rules.source_region, "cn-north-4", "source_region"),
        (rules.destination_region, "cn-south-1", "destination_region"),
    ],
)
def test_a_region_exists_does_not_or_nobody_knows(rule: t.Callable[..., Verdict], region: str, option: str) -> None:
    assert rule(request(), facts()) == Verdict("pass", f"region {region} exists")
    assert rule(request(), facts(regions=frozenset({"b-1", "a-1"}))) == Verdict(
        "fail",
        f"there is no region {region}; there are a-1, b-1",
        "IMG.0147",
        f"Check {option}, and cloud_domain and iam_endpoint, which say whose regions these are.",
    )
    assert rule(request(), facts(regions=AWAY)) == Verdict(
        "unknown", f"whether region {region} exists is not known: IAM is away"
    )


@pytest.mark.parametrize(
    ("project", "region", "is_so"),
    [
        ("cn-north-4", "cn-north-4", True),
        ("cn-north-4_apps", "cn-north-4", True),
        ("cn-north-41", "cn-north-4", False),
        ("cn-north-4-apps", "cn-north-4", False),
        ("cn-north", "cn-north-4", False),
        ("apps", "cn-north-4", False),
    ],
)
def test_a_project_belongs_to_the_region_that_begins_its_name(project: str, region: str, is_so: bool) -> None:
    assert rules.belongs(project, region) is is_so


def source_side(name: str, project: Project | None) -> Verdict:
    region = "cn-north-4"
    return rules.source_project(
        request(source_region=region, source_project_name=name), facts(source_project=project, destination_project=None)
    )


def destination_side(name: str, project: Project | None) -> Verdict:
    place = destination(region="cn-north-4", project_name=name)
    given = facts(source_project=None, destination_project=project)
    return rules.destination_project(request(destination=place), given)


@pytest.mark.parametrize(
    ("side", "option"),
    [(source_side, "source_project_name"), (destination_side, "destination_project_name")],
)
class TestProject:
    def test_is_there(self, side: t.Callable[..., Verdict], option: str) -> None:
        found = side("cn-north-4_a", Project("p7", "cn-north-4_a", "d1", True))
        assert found == Verdict("pass", "project cn-north-4_a is p7")

    def test_is_not_there(self, side: t.Callable[..., Verdict], option: str) -> None:
        found = side("cn-north-4_a", None)
        assert found == Verdict(
            "fail",
            "there is no project cn-north-4_a that this caller can see",
            "IMG.0145",
            f"Check {option}; if it is right, have the caller authorised in that project in IAM.",
        )

    def test_is_disabled(self, side: t.Callable[..., Verdict], option: str) -> None:
        found = side("cn-north-4_a", Project("p7", "cn-north-4_a", "d1", False))
        hint = f"Enable it in IAM, or set {option} to another one."
        assert found == Verdict("fail", "project cn-north-4_a (p7) is disabled", "IMG.0145", hint)

    def test_is_of_another_region(self, side: t.Callable[..., Verdict], option: str) -> None:
        found = side("cn-south-1", Project("p7", "cn-south-1", "d1", True))
        assert (found.status, found.code) == ("fail", "IMG.0145")
        assert found.message.startswith("project cn-south-1 is not one of region cn-north-4")
        assert found.hint == f"Set {option} to the name (not the id) of one of them, or leave it out for cn-north-4."


def test_the_agency_exists() -> None:
    assert rules.agency_exists(request(), facts()) == Verdict("pass", "agency ims_copy_image exists")


def test_the_agency_does_not_exist() -> None:
    found = rules.agency_exists(request(), facts(agency=None))
    assert found == Verdict(
        "fail",
        "there is no agency ims_copy_image",
        "IMG.0036",
        "Check agency_name, or create it in IAM: of the type cloud service, for Image Management Service (IMS), "
        "unlimited, and with IMS Administrator or IMS CrossCopyAgencyPolicy in project cn-south-1.",
    )


def test_whether_the_agency_exists_may_be_unknown() -> None:
    found = rules.agency_exists(request(), facts(agency=AWAY))
    assert found == Verdict("unknown", "whether agency ims_copy_image exists is not known: IAM is away")


def test_the_agency_is_delegated_to_the_service() -> None:
    assert rules.agency_delegated(request(), facts()) == Verdict("pass", "agency ims_copy_image is delegated to IMS")


@pytest.mark.parametrize(("trusted", "whom"), [("op_svc_ecs", "op_svc_ecs"), ("", "nobody")])
def test_the_agency_is_delegated_to_somebody_else(trusted: str, whom: str) -> None:
    found = rules.agency_delegated(request(), facts(agency=Agency("a1", "ims_copy_image", trusted)))
    assert found == Verdict(
        "fail",
        f"agency ims_copy_image is delegated to {whom}, not to the cloud service IMS",
        "IMG.0036",
        "Set agency_name to one of the type cloud service for Image Management Service (IMS), or create one in IAM.",
    )


@pytest.mark.parametrize(("agency", "why"), [(None, "there is no such agency"), (AWAY, "IAM is away")])
def test_without_the_agency_nobody_knows_whom_it_trusts(agency: t.Any, why: str) -> None:
    found = rules.agency_delegated(request(), facts(agency=agency))
    assert found == Verdict("unknown", f"whom agency ims_copy_image trusts is not known: {why}")


@pytest.mark.parametrize(
    "role",
    [
        ADMINISTRATOR,
        Role("custom", "IMS Administrator"),
        Role("te_admin", "Tenant Administrator"),
        Role("custom", "IMS CrossCopyAgencyPolicy"),
        Role("IMS CrossCopyAgencyCBRPolicy", ""),
        Role("system_all_1", "IMS FullAccess"),
    ],
)
def test_the_agency_may_write_images(role: Role) -> None:
    found = rules.agency_permitted(request(), facts(roles=[READER, role]))
    assert found == Verdict("pass", "agency ims_copy_image may write images in project cn-south-1")


def test_roles_that_are_not_known_here_may_be_enough() -> None:
    roles = [READER, Role("custom_1", "")]
    found = rules.agency_permitted(request(), facts(roles=roles, inherited_roles=[ADMINISTRATOR]))
    assert found == Verdict(
        "unknown",
        "agency ims_copy_image has Tenant Guest, custom_1 in project cn-south-1; whether that is enough, "
        "only a copy tells",
        hint=GRANT,
    )


def test_roles_on_all_projects_are_warned_of() -> None:
    found = rules.agency_permitted(request(), facts(roles=[], inherited_roles=[ADMINISTRATOR]))
    assert (found.status, found.code) == ("warn", "IMG.0151")
    assert "agency ims_copy_image has its roles through all projects only" in found.message
    assert found.hint == GRANT


def test_no_role_at_all_is_a_failure() -> None:
    found = rules.agency_permitted(request(), facts(roles=[], inherited_roles=[]))
    assert found == Verdict(
        "fail", "agency ims_copy_image has no role in project cn-south-1", "IMG.0151", GRANT
    )


def test_a_full_ecs_image_needs_another_policy() -> None:
    given = facts(roles=[], inherited_roles=[], sources=[source(__whole_image="true")])
    found = rules.agency_permitted(request(), given)
    assert found.hint == "Grant it IMS Administrator or IMS CrossCopyAgencyCBRPolicy in project cn-south-1 itself."
    policy = Role("custom", "IMS CrossCopyAgencyPolicy")
    assert rules.agency_permitted(request(), given._replace(roles=[policy])).status == "unknown"


def test_no_role_of_its_own_and_the_others_unknown_is_no_failure() -> None:
    found = rules.agency_permitted(request(), facts(roles=[], inherited_roles=AWAY))
    message = "agency ims_copy_image has no role of its own in project cn-south-1"
    assert found == Verdict("unknown", message, hint=GRANT)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"roles": AWAY}, "IAM is away"),
        ({"agency": None}, "there is no such agency"),
        ({"agency": AWAY}, "IAM is away"),
        ({"agency": None, "roles": Unknown("not looked up")}, "there is no such agency"),
    ],
)
def test_what_the_agency_may_do_is_not_known(fields: dict[str, t.Any], why: str) -> None:
    found = rules.agency_permitted(request(), facts(**fields))
    assert found == Verdict("unknown", f"what agency ims_copy_image may do in project cn-south-1 is not known: {why}")


@pytest.mark.parametrize(
    ("used", "limit", "ahead", "status"),
    [
        (0, 1, 0, "pass"),
        (99, 100, 0, "pass"),
        (100, 100, 0, "fail"),
        (101, 100, 0, "fail"),
        (0, 0, 0, "fail"),
        (97, 100, 2, "pass"),
        (97, 100, 3, "fail"),
        (500, -1, 500, "pass"),
    ],
)
def test_the_quota_has_room_for_this_copy_after_those_before_it(used: int, limit: int, ahead: int, status: str) -> None:
    assert rules.quota(request(), facts(quota=Quota(used, limit), ahead=ahead)).status == status


def test_a_quota_with_room() -> None:
    found = rules.quota(request(), facts(quota=Quota(3, 100)))
    assert found == Verdict("pass", "project cn-south-1 holds 3 private images, its quota is 100")


def test_a_quota_without_an_end() -> None:
    found = rules.quota(request(), facts(quota=Quota(3, -1)))
    assert found == Verdict("pass", "project cn-south-1 may hold any number of private images")


def test_a_full_quota() -> None:
    found = rules.quota(request(), facts(quota=Quota(100, 100)))
    assert found == Verdict(
        "fail",
        "project cn-south-1 holds 100 private images, its quota is 100: there is no room for this one",
        "IMG.0015",
        "Delete at least 1 there, or have the quota raised to at least 101.",
    )


def test_a_quota_that_the_copies_before_this_one_fill() -> None:
    found = rules.quota(request(), facts(quota=Quota(98, 100), ahead=2))
    assert found == Verdict(
        "fail",
        "project cn-south-1 holds 98 private images, its quota is 100, and this run adds 2 before this one: "
        "there is no room for this one",
        "IMG.0015",
        "Delete at least 1 there, or have the quota raised to at least 101.",
    )
    found = rules.quota(request(), facts(quota=Quota(105, 100), ahead=2))
    assert found.hint == "Delete at least 8 there, or have the quota raised to at least 108."


def test_a_quota_that_nobody_knows() -> None:
    found = rules.quota(request(), facts(quota=Unknown("IMS is away")))
    assert found == Verdict(
        "unknown", "how many images project cn-south-1 may still take is not known: IMS is away"
    )
