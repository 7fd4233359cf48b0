# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The account that the emulator begins with: users, keys, regions, projects, agencies, vaults. Nothing here is real."""

from __future__ import annotations

import dataclasses
import typing as t

ACCOUNT = "emulated-account"
DOMAIN_ID = "d0000000000000000000000000000001"
# An account that has nothing but a user, who may work in the first one by an agency.
OTHER_ACCOUNT = "emulated-operations"
DOMAIN_IDS = {ACCOUNT: DOMAIN_ID, OTHER_ACCOUNT: "d0000000000000000000000000000002"}
FOREIGN_PROJECT_ID = "f0000000000000000000000000000001"
PUBLIC_PROJECT_ID = "00000000000000000000000000000000"

# Actions that a user may be denied, in IAM's words (IMS API reference, Permissions and Supported Actions).
LIST_PROJECTS = "iam:projects:listProjects"
LIST_REGIONS = "iam:regions:listRegions"
LIST_AGENCIES = "iam:agencies:listAgencies"
LIST_AGENCY_ROLES = "iam:permissions:listRolesForAgency"
COPY_IMAGE = "ims:images:copy"
UPDATE_IMAGE = "ims:images:update"
DELETE_IMAGE = "ims:images:delete"
TAG_IMAGE = "ims:images:tag"
SHOW_QUOTA = "ims:quotas:get"
ASSUME = "sts:agencies:assume"


@dataclasses.dataclass(frozen=True)
class User:
    name: str
    id: str
    password: str
    denied: frozenset[str] = frozenset()
    account: str = ACCOUNT


@dataclasses.dataclass(frozen=True)
class AccessKey:
    access: str
    secret: str
    user: str
    security_token: str | None = None


OPERATOR = User("operator", "e0000000000000000000000000000001", "Emulated-Passw0rd")
LIMITED = User(
    "limited",
    "e0000000000000000000000000000002",
    "Emulated-Passw0rd-2",
    frozenset({LIST_PROJECTS, LIST_REGIONS, LIST_AGENCIES, LIST_AGENCY_ROLES, SHOW_QUOTA}),
)
READER = User(
    "reader",
    "e0000000000000000000000000000003",
    "Emulated-Passw0rd-3",
    frozenset({COPY_IMAGE, UPDATE_IMAGE, DELETE_IMAGE, TAG_IMAGE}),
)
# With a password of which every way of writing it down escapes something else.
AWKWARD = User("awkward", "e0000000000000000000000000000004", 'Emu"lated\\<Pa+ss\u00e4w0rd>&\'%41/Concealed4')
VISITOR = User("visitor", "e0000000000000000000000000000005", "Emulated-Passw0rd-5", account=OTHER_ACCOUNT)
USERS = {user.name: user for user in (OPERATOR, LIMITED, READER, AWKWARD, VISITOR)}

OPERATOR_KEY = AccessKey("AKEMULATED0000000001", "SkEmulatedNotARealKey0000000000000000001", "operator")
LIMITED_KEY = AccessKey("AKEMULATED0000000002", "SkEmulatedNotARealKey0000000000000000002", "limited")
READER_KEY = AccessKey("AKEMULATED0000000003", "SkEmulatedNotARealKey0000000000000000003", "reader")
TEMPORARY_KEY = AccessKey(
    "AKEMULATED0000000009", "SkEmulatedNotARealKey0000000000000000009", "operator", "EmulatedSecurityToken000009"
)
VISITOR_KEY = AccessKey("AKEMULATED0000000005", "SkEmulatedNotARealKey0000000000000000005", "visitor")
ACCESS_KEYS = {key.access: key for key in (OPERATOR_KEY, LIMITED_KEY, READER_KEY, TEMPORARY_KEY, VISITOR_KEY)}


@dataclasses.dataclass(frozen=True)
class Project:
    id: str
    name: str
    region: str


REGIONS = {
    "cn-north-4": "CN North-Beijing4",
    "cn-south-1": "CN South-Guangzhou",
    "cn-east-3": "CN East-Shanghai1",
    "cn-east-2": "CN East-Shanghai2",
    "ap-southeast-1": "CN-Hong Kong",
    "ap-southeast-3": "AP-Singapore",
    "eu-west-101": "EU-Dublin",
}
# Pairs of these take images of up to 300 GiB (IMS API reference, Replicating an Image Across Regions).
LARGE_COPY_REGIONS = frozenset({"cn-north-4", "cn-south-1", "cn-east-3", "cn-east-2"})

CN_NORTH_4 = Project("a4000000000000000000000000000001", "cn-north-4", "cn-north-4")
CN_NORTH_4_BUILD = Project("a4000000000000000000000000000002", "cn-north-4_build", "cn-north-4")
CN_SOUTH_1 = Project("a1000000000000000000000000000001", "cn-south-1", "cn-south-1")
CN_SOUTH_1_APPS = Project("a1000000000000000000000000000002", "cn-south-1_apps", "cn-south-1")
PROJECTS = {
    project.id: project
    for project in (
        CN_NORTH_4,
        CN_NORTH_4_BUILD,
        CN_SOUTH_1,
        CN_SOUTH_1_APPS,
        Project("a3000000000000000000000000000001", "cn-east-3", "cn-east-3"),
        Project("a2000000000000000000000000000001", "cn-east-2", "cn-east-2"),
        Project("b1000000000000000000000000000001", "ap-southeast-1", "ap-southeast-1"),
        Project("b3000000000000000000000000000001", "ap-southeast-3", "ap-southeast-3"),
        Project("c1000000000000000000000000000001", "eu-west-101", "eu-west-101"),
    )
}


def project_named(name: str) -> Project | None:
    return next((project for project in PROJECTS.values() if project.name == name), None)


@dataclasses.dataclass(frozen=True)
class Role:
    """A role, or a policy with the actions that it allows."""

    id: str
    name: str
    display_name: str
    catalog: str
    actions: tuple[str, ...]
    type: str = "XA"


IMS_ADMINISTRATOR = Role(
    "70000000000000000000000000000001", "ims_adm", "IMS Administrator", "IMS", ("ims:*:*",), type="AX"
)
COPY_POLICY = Role(
    "70000000000000000000000000000002",
    "system_all_1001",
    "IMS CrossCopyAgencyPolicy",
    "IMS",
    ("ims:images:copy", "ims:serverImages:create"),
)
COPY_CBR_POLICY = Role(
    "70000000000000000000000000000003",
    "system_all_1002",
    "IMS CrossCopyAgencyCBRPolicy",
    "IMS",
    ("ims:images:copy", "ims:wholeImages:create", "cbr:*:*"),
)
CUSTOM_POLICY = Role(
    "70000000000000000000000000000004",
    "custom_d0000000000000000000000000000001_0",
    "image-movers",
    "CUSTOMED",
    ("ims:images:copy", "ims:serverImages:create"),
)


@dataclasses.dataclass(frozen=True)
class Agency:
    """``on_projects``: roles by project name, ``*`` for each project itself; ``inherited``: by "all resources"."""

    id: str
    name: str
    trusts: str
    on_projects: t.Mapping[str, tuple[Role, ...]] = dataclasses.field(default_factory=dict)
    inherited: tuple[Role, ...] = ()

    def roles_on(self, project: Project) -> tuple[Role, ...]:
        return self.on_projects.get(project.name, ()) + self.on_projects.get("*", ())


IMS_SERVICE = "op_svc_ims"
TRUST_DOMAIN_IDS = {
    "op_svc_ims": "d000000000000000000000000000a001",
    "op_svc_ecs": "d000000000000000000000000000a002",
    OTHER_ACCOUNT: DOMAIN_IDS[OTHER_ACCOUNT],
}
AGENCIES = {
    agency.name: agency
    for agency in (
        Agency("90000000000000000000000000000001", "ims_copy_image", IMS_SERVICE, {"*": (IMS_ADMINISTRATOR,)}),
        Agency("90000000000000000000000000000002", "ims_copy_policy", IMS_SERVICE, {"*": (COPY_POLICY,)}),
        Agency("90000000000000000000000000000003", "ims_south_only", IMS_SERVICE, {"cn-south-1": (IMS_ADMINISTRATOR,)}),
        Agency("90000000000000000000000000000004", "ims_inherited", IMS_SERVICE, {}, (IMS_ADMINISTRATOR,)),
        Agency("90000000000000000000000000000005", "ims_no_roles", IMS_SERVICE),
        Agency("90000000000000000000000000000006", "ims_custom_policy", IMS_SERVICE, {"cn-south-1": (CUSTOM_POLICY,)}),
        Agency("90000000000000000000000000000007", "ecs_agency", "op_svc_ecs", {"*": (IMS_ADMINISTRATOR,)}),
        Agency("90000000000000000000000000000008", "image_movers", OTHER_ACCOUNT, {"*": (IMS_ADMINISTRATOR,)}),
    )
}

# CBR vaults, by region: an id, and whether there is room in it.
VAULT_GOOD = "50000000-0000-4000-8000-000000000001"
VAULT_FULL = "50000000-0000-4000-8000-000000000002"
VAULTS = {"cn-south-1": {VAULT_GOOD: True, VAULT_FULL: False}}

IMAGE_QUOTA = 50
