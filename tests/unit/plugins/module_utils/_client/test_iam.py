# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects, regions and agencies from canned replies."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.iam import Iam, project_called
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import BadReply, InputError, NotPermitted
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.place import Agency, Project, Role
from tests.unit.support import Server, answer

FORBIDDEN = answer(403, {"error": {"code": 403, "message": "no", "title": "Forbidden"}})
SOUTH = {"id": "p1", "name": "cn-south-1", "domain_id": "d1", "enabled": True}
APPS = {"id": "p2", "name": "cn-south-1_apps", "domain_id": "d1", "enabled": False}


@pytest.fixture
def asked(serve: t.Any, client_of: t.Any) -> t.Callable[..., tuple[Iam, Server]]:
    def make(*script: t.Any) -> tuple[Iam, Server]:
        server = serve(*script)
        return Iam(client_of(server, service="IAM")), server

    return make


def test_projects_are_asked_for_by_name(asked: t.Any) -> None:
    iam, server = asked(answer(200, {"projects": [APPS, SOUTH]}))
    found = iam.projects("cn-south-1")
    assert found == [Project("p2", "cn-south-1_apps", "d1", False), Project("p1", "cn-south-1", "d1", True)]
    assert [request.target for request in server.received] == ["/v3/projects?name=cn-south-1"]


def test_the_callers_own_projects_are_another_list(asked: t.Any) -> None:
    iam, server = asked(answer(200, {"projects": [SOUTH]}))
    assert iam.own_projects() == [Project("p1", "cn-south-1", "d1", True)]
    assert [request.target for request in server.received] == ["/v3/auth/projects"]


def test_a_project_counts_by_its_exact_name() -> None:
    south, apps = Project("p1", "cn-south-1", "d1", True), Project("p2", "cn-south-1_apps", "d1", False)
    assert project_called("cn-south-1", [apps, south]) == south
    assert project_called("cn-south-1", [apps]) is None


def test_several_projects_of_a_name_are_listed() -> None:
    south = Project("p1", "cn-south-1", "d1", True)
    with pytest.raises(InputError, match="several projects are named cn-south-1: p1, p9"):
        project_called("cn-south-1", [south, south._replace(id="p9")])


def test_a_project_that_is_listed_twice_is_one() -> None:
    south = Project("p1", "cn-south-1", "d1", True)
    assert project_called("cn-south-1", [south, south._replace(enabled=False)]) == south


def test_a_list_of_projects_that_may_not_be_read_is_the_callers_to_judge(asked: t.Any) -> None:
    with pytest.raises(NotPermitted):
        asked(FORBIDDEN)[0].projects("cn-south-1")


def test_what_is_null_is_not_known(asked: t.Any) -> None:
    iam, _server = asked(answer(200, {"projects": [{**SOUTH, "domain_id": None}]}))
    assert iam.projects("cn-south-1") == [Project("p1", "cn-south-1", "", True)]


def test_regions_are_listed_by_their_ids(asked: t.Any) -> None:
    iam, server = asked(answer(200, {"regions": [{"id": "cn-north-4"}, {"id": "cn-south-1", "type": "public"}]}))
    assert iam.regions() == ["cn-north-4", "cn-south-1"]
    assert [request.target for request in server.received] == ["/v3/regions"]


def test_the_account_is_the_callers(asked: t.Any) -> None:
    iam, server = asked(answer(200, {"domains": [{"id": "d1", "name": "acme"}]}))
    assert iam.account_id() == "d1"
    assert [request.target for request in server.received] == ["/v3/auth/domains"]


def test_a_caller_without_account_is_a_bad_reply(asked: t.Any) -> None:
    with pytest.raises(BadReply):
        asked(answer(200, {"domains": []}))[0].account_id()


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (None, "it is nothing, not an object"),
        ([], "it is a list, not an object"),
        ({}, "regions is missing"),
        ({"regions": {}}, "regions is an object, not a list"),
        ({"regions": [None]}, r"regions\[0\] is nothing, not an object"),
        ({"regions": [{"id": "r"}, {"id": [1]}]}, r"regions\[1\].id is a list, not text"),
        ({"regions": [{"id": True}]}, r"regions\[0\].id is true or false, not text"),
        ({"regions": [{"id": "../x"}]}, r"regions\[0\].id is not an id"),
        ({"regions": [{"name": "r"}]}, r"regions\[0\].id is missing"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_with_its_call_and_the_place(body: t.Any, what: str, asked: t.Any) -> None:
    with pytest.raises(BadReply, match=f"^GET 127.0.0.1:[0-9]+/v3/regions: the answer cannot be read: {what}$"):
        asked(answer(200, body))[0].regions()


def test_an_id_may_be_a_number(asked: t.Any) -> None:
    assert asked(answer(200, {"regions": [{"id": 5}]}))[0].regions() == ["5"]


def test_an_agency_is_found_by_its_exact_name(asked: t.Any) -> None:
    agencies = [
        {"id": "a0", "name": "ims_copy_image_2"},
        {"id": "a1", "name": "ims_copy_image", "trust_domain_name": "op_svc_ims"},
        {"id": "a2", "name": "short", "trust_domain_name": None},
    ]
    iam, server = asked(*[answer(200, {"agencies": agencies})] * 3)
    assert iam.agency("d1", "ims_copy_image") == Agency("a1", "ims_copy_image", "op_svc_ims")
    assert iam.agency("d1", "short") == Agency("a2", "short", "")
    assert iam.agency("d1", "none") is None
    assert [request.target for request in server.received] == [
        f"/v3.0/OS-AGENCY/agencies?domain_id=d1&name={name}" for name in ("ims_copy_image", "short", "none")
    ]


def test_agencies_that_may_not_be_listed_are_the_callers_to_judge(asked: t.Any) -> None:
    with pytest.raises(NotPermitted):
        asked(FORBIDDEN)[0].agency("d1", "x")


def test_the_roles_of_an_agency_on_a_project(asked: t.Any) -> None:
    iam, server = asked(
        answer(200, {"roles": [{"id": "r1", "name": "ims_adm", "display_name": "IMS Administrator"}, {"name": None}]})
    )
    assert iam.roles_on_project("p1", "a1") == [Role("ims_adm", "IMS Administrator"), Role("", "")]
    assert [request.target for request in server.received] == ["/v3.0/OS-AGENCY/projects/p1/agencies/a1/roles"]


def test_the_roles_of_an_agency_on_the_whole_account_are_of_two_kinds(asked: t.Any) -> None:
    iam, server = asked(
        answer(200, {"roles": [{"name": "global", "display_name": "G"}]}),
        answer(200, {"roles": [{"name": "inherited", "display_name": "I"}]}),
    )
    assert iam.roles_everywhere("d1", "a1") == [Role("global", "G"), Role("inherited", "I")]
    assert [request.target for request in server.received] == [
        "/v3.0/OS-AGENCY/domains/d1/agencies/a1/roles",
        "/v3.0/OS-INHERIT/domains/d1/agencies/a1/roles/inherited_to_projects",
    ]


def test_where_there_is_nothing_to_be_found_there_are_no_roles(asked: t.Any) -> None:
    iam, _server = asked(answer(404), answer(404))
    assert iam.roles_everywhere("d1", "a1") == []


def test_an_id_cannot_leave_its_place_in_the_path(asked: t.Any) -> None:
    iam, server = asked(answer(200, {"roles": []}))
    iam.roles_on_project("p/../x?y", "a")
    assert server.received[0].target == "/v3.0/OS-AGENCY/projects/p%2F..%2Fx%3Fy/agencies/a/roles"
