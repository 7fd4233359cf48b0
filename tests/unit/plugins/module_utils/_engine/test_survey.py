# SPDX-License-Identifier: GPL-3.0-or-later
"""The survey: each question is asked once, whatever the answer is, until trouble is to be forgotten."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.iam import Iam
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.survey import Survey
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import BadReply, NotPermitted
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.place import Project, Role
from tests.unit.shapes import ADMINISTRATOR, AGENCY, READER, facts, request
from tests.unit.support import FakeClock, Server, answer

FORBIDDEN = answer(403, {"error": {"code": 403, "message": "no", "title": "Forbidden"}})
SOUTH = {"id": "p1", "name": "cn-south-1", "domain_id": "d1", "enabled": True}
APPS = {"id": "p2", "name": "cn-south-1_apps", "domain_id": "d1", "enabled": False}


@pytest.fixture
def asked(serve: t.Any, client_of: t.Any, clock: FakeClock) -> t.Callable[..., tuple[Survey, Server]]:
    def make(*script: t.Any) -> tuple[Survey, Server]:
        server = serve(*script)
        cloud: t.Any = types.SimpleNamespace(iam=Iam(client_of(server, service="IAM")), clock=clock)
        return Survey(cloud), server

    return make


def test_a_project_is_asked_for_once(asked: t.Any) -> None:
    survey, server = asked(answer(200, {"projects": [APPS, SOUTH]}))
    assert survey.project("cn-south-1") == survey.project("cn-south-1") == Project("p1", "cn-south-1", "d1", True)
    assert [request.target for request in server.received] == ["/v3/projects?name=cn-south-1"]


def test_a_project_that_is_not_there_is_not_asked_for_again(asked: t.Any) -> None:
    survey, server = asked(answer(200, {"projects": [APPS]}))
    assert survey.project("cn-south-1") is None
    assert survey.project("cn-south-1") is None
    assert len(server.received) == 1


def test_without_the_right_to_list_all_the_callers_own_projects_are_looked_at_once(asked: t.Any) -> None:
    survey, server = asked(FORBIDDEN, answer(200, {"projects": [SOUTH, APPS]}), FORBIDDEN)
    assert survey.project("cn-south-1") == Project("p1", "cn-south-1", "d1", True)
    assert survey.project("cn-south-1_apps") is not None
    assert [request.path for request in server.received] == ["/v3/projects", "/v3/auth/projects", "/v3/projects"]


def test_a_refusal_is_asked_for_once_and_told_to_each_in_words_of_its_own(asked: t.Any) -> None:
    survey, server = asked(FORBIDDEN, FORBIDDEN, FORBIDDEN)
    told = []
    for name in ("cn-south-1", "cn-south-1", "cn-east-3"):
        with pytest.raises(NotPermitted) as raised:
            survey.project(name)
        told.append(raised.value)
    assert len({id(error) for error in told}) == 3
    assert [error.doing for error in told] == [
        "Looking up project cn-south-1",
        "Looking up project cn-south-1",
        "Looking up project cn-east-3",
    ]
    assert [request.path for request in server.received] == ["/v3/projects", "/v3/auth/projects", "/v3/projects"]


@pytest.mark.parametrize("trouble", [[FORBIDDEN, FORBIDDEN], [answer(200, {"projects": None})]])
def test_trouble_that_is_forgotten_is_asked_for_again(trouble: list[t.Any], asked: t.Any) -> None:
    survey, server = asked(*trouble, answer(200, {"projects": [SOUTH]}))
    for _time in range(2):
        with pytest.raises((NotPermitted, BadReply)):
            survey.project("cn-south-1")
    assert len(server.received) == len(trouble)
    survey.forget_trouble()
    assert survey.project("cn-south-1") == survey.project("cn-south-1") == Project("p1", "cn-south-1", "d1", True)
    assert len(server.received) == len(trouble) + 1


@pytest.mark.parametrize(
    ("on_project", "everywhere"), [([ADMINISTRATOR], None), ([], [READER])], ids=["granted there", "not there"]
)
def test_what_an_agency_may_do_everywhere_is_asked_for_only_where_it_may_do_nothing_in_the_project(
    clock: FakeClock, on_project: list[Role], everywhere: list[Role] | None
) -> None:
    iam = types.SimpleNamespace(
        agency=lambda account, name: AGENCY,
        roles_on_project=lambda project, agency: on_project,
        roles_everywhere=lambda account, agency: everywhere or pytest.fail("it was asked for"),
    )
    cloud: t.Any = types.SimpleNamespace(iam=iam, clock=clock)
    found = Survey(cloud).for_submission(request(skip_checks=frozenset({"quota"})), facts(), 0)
    assert found.roles == on_project
    assert everywhere in (None, found.inherited_roles)
