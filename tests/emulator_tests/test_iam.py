# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Projects, agencies and roles as IAM tells them (IAM API reference)."""

from __future__ import annotations

import datetime

import pytest

from tests.emulator import seed
from tests.emulator.testing import Emulator
from tests.emulator_tests.api import NORTH, SOUTH, Api, code

AGENCIES = "/v3.0/OS-AGENCY/agencies"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"name": SOUTH}, [SOUTH]),
        ({"name": "cn-south-1_apps", "enabled": "true"}, ["cn-south-1_apps"]),
        ({"name": "cn-south-9"}, []),
        ({"domain_id": "0" * 32}, []),
        ({"page": "1", "per_page": "2"}, [NORTH, "cn-north-4_build"]),
        ({"page": "99", "per_page": "2"}, []),
    ],
)
@pytest.mark.parametrize("path", ["/v3/projects", "/v3/auth/projects"])
def test_projects_are_filtered_and_paged(api: Api, path: str, query: dict[str, str], names: list[str]) -> None:
    assert [project["name"] for project in api.iam("GET", path, params=query).json()["projects"]] == names


def test_a_token_tells_whose_it_is_and_until_when(emulator: Emulator, api: Api) -> None:
    token = api.login(NORTH).json()["token"]
    assert token["project"]["id"] == seed.CN_NORTH_4.id
    assert token["user"]["domain"] == {"id": seed.DOMAIN_ID, "name": seed.ACCOUNT}
    form = "%Y-%m-%dT%H:%M:%S.%fZ"
    lifetime = datetime.datetime.strptime(token["expires_at"], form) - datetime.datetime.strptime(
        token["issued_at"], form
    )
    assert lifetime == datetime.timedelta(days=1)


def test_the_catalog_is_left_out_on_demand(api: Api) -> None:
    assert "catalog" in api.login(NORTH).json()["token"]
    assert "catalog" not in api.login(NORTH, params={"nocatalog": "true"}).json()["token"]


def test_agencies_are_filtered(api: Api) -> None:
    def names(**query: str) -> set[str]:
        reply = api.iam("GET", AGENCIES, params={"domain_id": seed.DOMAIN_ID, **query})
        return {agency["name"] for agency in reply.json()["agencies"]}

    assert names() == set(seed.AGENCIES)
    assert names(name="ims_copy_image") == {"ims_copy_image"}
    assert names(name="ims_copy") == set()
    assert names(trust_domain_id=seed.TRUST_DOMAIN_IDS["op_svc_ecs"]) == {"ecs_agency"}


def test_agencies_of_another_account_are_not_told(api: Api) -> None:
    assert code(api.iam("GET", AGENCIES)) == (400, "1100")
    assert code(api.iam("GET", AGENCIES, params={"domain_id": "0" * 32})) == (403, "IAM.0002")


@pytest.mark.parametrize(
    ("agency", "south", "apps", "inherited"),
    [
        ("ims_copy_image", ["ims_adm"], ["ims_adm"], []),
        ("ims_copy_policy", ["system_all_1001"], ["system_all_1001"], []),
        ("ims_south_only", ["ims_adm"], [], []),
        ("ims_inherited", [], [], ["ims_adm"]),
        ("ims_no_roles", [], [], []),
        ("ims_custom_policy", ["custom_d0000000000000000000000000000001_0"], [], []),
    ],
)
def test_each_agency_has_its_roles_where_it_was_granted_them(
    api: Api, agency: str, south: list[str], apps: list[str], inherited: list[str]
) -> None:
    agency_id = seed.AGENCIES[agency].id

    def roles(path: str) -> list[str]:
        return [role["name"] for role in api.iam("GET", path).json()["roles"]]

    on = "/v3.0/OS-AGENCY/projects/{}/agencies/{}/roles"
    assert roles(on.format(seed.CN_SOUTH_1.id, agency_id)) == south
    assert roles(on.format(seed.CN_SOUTH_1_APPS.id, agency_id)) == apps
    everywhere = f"/v3.0/OS-INHERIT/domains/{seed.DOMAIN_ID}/agencies/{agency_id}/roles/inherited_to_projects"
    assert roles(everywhere) == inherited
    assert roles(f"/v3.0/OS-AGENCY/domains/{seed.DOMAIN_ID}/agencies/{agency_id}/roles") == []


def test_roles_of_what_does_not_exist_are_not_found(api: Api) -> None:
    agency_id = seed.AGENCIES["ims_copy_image"].id
    assert code(api.iam("GET", f"/v3.0/OS-AGENCY/projects/{'0' * 32}/agencies/{agency_id}/roles"))[0] == 404
    assert code(api.iam("GET", f"/v3.0/OS-AGENCY/projects/{seed.CN_SOUTH_1.id}/agencies/none/roles"))[0] == 404


@pytest.mark.parametrize("path", ["", "/", "/v3", "/v3/"])
def test_the_versions_need_no_login(emulator: Emulator, api: Api, path: str) -> None:
    reply = api.session.get(emulator.iam_endpoint + path, timeout=10)
    assert reply.status_code in (200, 300)
    assert "v3.6" in reply.text
