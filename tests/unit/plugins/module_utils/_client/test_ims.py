# SPDX-License-Identifier: GPL-3.0-or-later
"""Images, copies, jobs, tags and quota: what is asked on the wire, and what is made of the replies."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import Deadline
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    BadReply,
    Busy,
    NotFound,
    NotPermitted,
    ReplyLost,
    ServerFault,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.place import Quota
from tests.unit.asking import Asked, page, raw
from tests.unit.shapes import RUNNING
from tests.unit.support import FakeClock, answer, hang_up


def refusal(code: str, status: int = 400) -> t.Any:
    return answer(status, {"error": {"code": code, "message": "no"}})


# -- images ----------------------------------------------------------------------------------------------------------


def test_one_image_is_found_whoever_owns_it(asked: Asked) -> None:
    ims, server = asked(page(raw(7, owner="you", __imagetype="shared")))
    found = ims.image("i7")
    assert found is not None
    assert (found.id, found.region, found.project_id) == ("i7", "cn-north-4", "you")
    assert server.received[0].target == "/v2/cloudimages?id=i7"


@pytest.mark.parametrize("reply", [page(), page(raw(8)), refusal("IMG.0027"), refusal("IMG.0066")])
def test_an_image_that_is_not_there_is_none(reply: t.Any, asked: Asked) -> None:
    assert asked(reply)[0].image("i7") is None


@pytest.mark.parametrize("owner", [None, "", " "])
def test_an_image_of_which_nobody_says_whose_it_is_is_a_bad_reply(owner: str | None, asked: Asked) -> None:
    with pytest.raises(BadReply, match="cannot be read: image i7 has no owner"):
        asked(page(raw(7, owner=owner)))[0].image("i7")


def test_a_service_without_the_call_is_no_missing_image(asked: Asked) -> None:
    with pytest.raises(NotFound):
        asked(refusal("APIGW.0101", 404))[0].image("i7")


def test_a_look_ends_with_its_deadline(asked: Asked, clock: FakeClock) -> None:
    with pytest.raises(ServerFault):
        asked(answer(500), answer(500))[0].image("i7", deadline=Deadline(clock, 0.25))
    assert clock.sleeps == [0.25]


# -- the copy --------------------------------------------------------------------------------------------------------

COPY: dict[str, t.Any] = {
    "name": "web",
    "region": "cn-south-1",
    "project_name": "cn-south-1_apps",
    "agency_name": "ims_copy_image",
}


def test_a_copy_is_one_post(asked: Asked) -> None:
    ims, server = asked(answer(200, {"job_id": "ff80"}))
    assert ims.copy("i1", COPY) == "ff80"
    request = server.received[0]
    assert (request.method, request.target) == ("POST", "/v1/cloudimages/i1/cross_region_copy")
    assert request.json == {
        "name": "web",
        "region": "cn-south-1",
        "project_name": "cn-south-1_apps",
        "agency_name": "ims_copy_image",
    }
    assert request.headers["x-project-id"] == "me"


def test_a_copy_carries_what_it_is_given(asked: Asked) -> None:
    ims, server = asked(answer(202, {"job_id": " ff80 "}))
    body = {**COPY, "description": "", "vault_id": "v1", "of_tomorrow": 1}
    assert ims.copy("i1", body) == "ff80"
    assert server.received[0].json == body


@pytest.mark.parametrize("body", [None, {}, [], {"job_id": None}, {"job_id": ""}, {"job_id": 7}])
def test_a_copy_that_was_accepted_without_a_job_is_a_lost_reply(body: t.Any, asked: Asked) -> None:
    ims, server = asked(answer(200, body, X_Request_Id="r1"))
    with pytest.raises(ReplyLost) as caught:
        ims.copy("i1", COPY)
    assert (caught.value.http_status, caught.value.request_id) == (200, "r1")
    assert len(server.received) == 1


@pytest.mark.parametrize("trouble", [hang_up, answer(500), answer(503), answer(200, b"<html>")])
def test_a_copy_is_never_sent_twice(trouble: t.Any, asked: Asked) -> None:
    ims, server = asked(trouble)
    with pytest.raises(ReplyLost):
        ims.copy("i1", COPY)
    assert len(server.received) == 1


def test_a_copy_that_finds_no_slot_is_the_callers_to_wait_for(asked: Asked) -> None:
    ims, server = asked(refusal("IMG.0149"))
    with pytest.raises(Busy):
        ims.copy("i1", COPY)
    assert len(server.received) == 1


# -- jobs ------------------------------------------------------------------------------------------------------------


def test_a_job_is_asked_for_at_the_newer_address(asked: Asked) -> None:
    ims, server = asked(answer(200, RUNNING))
    assert ims.job("ff80").progress == 40
    assert [request.target for request in server.received] == ["/v1/cloudimages/job/ff80"]


def test_where_the_newer_address_is_missing_the_older_one_is_asked_from_then_on(asked: Asked) -> None:
    ims, server = asked(refusal("APIGW.0101", 404), answer(200, RUNNING), answer(200, RUNNING))
    ims.job("ff80")
    ims.job("ff80")
    assert [request.target for request in server.received] == [
        "/v1/cloudimages/job/ff80",
        "/v1/me/jobs/ff80",
        "/v1/me/jobs/ff80",
    ]


@pytest.mark.parametrize("reply", [answer(404), refusal("IMG.0027"), refusal("APIGW.0103", 404)])
def test_a_job_that_is_not_known_is_not_found(reply: t.Any, asked: Asked) -> None:
    ims, server = asked(reply)
    with pytest.raises(NotFound):
        ims.job("ff80")
    assert len(server.received) == 1


def test_a_job_query_that_fails_for_good_means_that_the_job_is_not_known(asked: Asked) -> None:
    """IMG.0023 is also what a passing failure is called, so it is asked again first."""
    ims, server = asked(*[refusal("IMG.0023")] * 3, max_retries=2)
    with pytest.raises(NotFound, match="ff80 is not known in project me of cn-north-4") as caught:
        ims.job("ff80")
    assert len(server.received) == 3
    assert (caught.value.code, caught.value.http_status) == ("IMG.0023", 400)


def test_another_failure_of_the_service_stays_one(asked: Asked) -> None:
    with pytest.raises(ServerFault):
        asked(answer(500), max_retries=0)[0].job("ff80")


def test_a_job_that_is_not_known_at_either_address_leaves_both_open(asked: Asked) -> None:
    ims, server = asked(refusal("APIGW.0101", 404), answer(404), answer(200, RUNNING))
    with pytest.raises(NotFound):
        ims.job("ff80")
    ims.job("ff80")
    assert server.received[2].target == "/v1/cloudimages/job/ff80"


# -- quota, attributes, tags -----------------------------------------------------------------------------------------


def test_the_image_quota_is_read(asked: Asked) -> None:
    resources = [{"type": "other", "used": 1, "quota": 2}, {"type": "image", "used": "12", "quota": 50, "min": 0}]
    ims, server = asked(answer(200, {"quotas": {"resources": resources}}))
    assert ims.quota() == Quota(used=12, limit=50)
    assert server.received[0].target == "/v1/cloudimages/quota"


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"quotas": None},
        {"quotas": {"resources": []}},
        {"quotas": {"resources": [{"type": "image", "used": None, "quota": 1}]}},
        {"quotas": {"resources": [{"type": "image", "used": 1}]}},
        {"quotas": {"resources": [{"type": "image", "used": 1e400, "quota": 1}]}},
    ],
)
def test_a_quota_that_cannot_be_read_is_a_bad_reply(body: t.Any, asked: Asked) -> None:
    with pytest.raises(BadReply):
        asked(answer(200, body))[0].quota()


def test_a_quota_that_may_not_be_read_is_the_callers_to_judge(asked: Asked) -> None:
    with pytest.raises(NotPermitted):
        asked(answer(403))[0].quota()


PATCH: list[dict[str, t.Any]] = [
    {"op": "replace", "path": "/min_ram", "value": 4},
    {"op": "add", "path": "/max_ram", "value": "8"},
]


def test_attributes_are_changed_with_a_json_patch(asked: Asked) -> None:
    ims, server = asked(hang_up, answer(200, raw(1, min_ram=4)))
    ims.update("i1", PATCH)
    request = server.received[1]
    assert (request.method, request.target, request.json) == ("PATCH", "/v2/cloudimages/i1", PATCH)
    assert request.headers["content-type"] == "application/json"


def test_an_attribute_that_is_not_there_is_added(asked: Asked) -> None:
    ims, server = asked(refusal("IMG.0035"), answer(200, raw(1)))
    ims.update("i1", PATCH)
    assert server.received[1].json == [{**PATCH[0], "op": "add"}, PATCH[1]]


def test_the_second_change_may_be_repeated_like_the_first(asked: Asked) -> None:
    ims, server = asked(answer(503), refusal("IMG.0035"), answer(503), answer(200, raw(1)))
    ims.update("i1", PATCH)
    added = [{**PATCH[0], "op": "add"}, PATCH[1]]
    assert [request.json for request in server.received] == [PATCH, PATCH, added, added]


def test_the_second_change_is_the_last(asked: Asked) -> None:
    ims, server = asked(refusal("IMG.0035"), refusal("IMG.0035"))
    with pytest.raises(ApiError) as caught:
        ims.update("i1", PATCH)
    assert caught.value.code == "IMG.0035"
    assert len(server.received) == 2


@pytest.mark.parametrize(("code", "patch"), [("IMG.0035", PATCH[1:]), ("IMG.0046", PATCH)])
def test_another_refusal_of_a_change_is_final(code: str, patch: t.Any, asked: Asked) -> None:
    ims, server = asked(refusal(code))
    with pytest.raises(ApiError) as caught:
        ims.update("i1", patch)
    assert caught.value.code == code
    assert len(server.received) == 1


@pytest.mark.parametrize("reply", [answer(204), answer(200, raw(2)), answer(200, []), answer(200, "ok")])
def test_nothing_that_answers_a_change_is_taken_for_what_has_become_of_the_image(reply: t.Any, asked: Asked) -> None:
    ims, server = asked(reply)
    ims.update("i1", PATCH)
    assert len(server.received) == 1


@pytest.mark.parametrize(("method", "action"), [("set_tags", "create"), ("remove_tags", "delete")])
def test_tags_are_changed_in_one_request_that_may_be_repeated(method: str, action: str, asked: Asked) -> None:
    ims, server = asked(answer(503), answer(204))
    getattr(ims, method)("i1", {"env": "prod", "role": ""})
    request = server.received[1]
    assert (request.method, request.target) == ("POST", "/v2/me/images/i1/tags/action")
    assert request.json == {
        "action": action,
        "tags": [{"key": "env", "value": "prod"}, {"key": "role", "value": ""}],
    }


def test_no_tags_are_no_request(asked: Asked) -> None:
    ims, server = asked()
    ims.set_tags("i1", {})
    ims.remove_tags("i1", {})
    assert server.received == []


def test_an_answer_about_another_job_says_nothing_of_the_one_that_was_asked_for(asked: Asked) -> None:
    ims, server = asked(answer(200, {**RUNNING, "job_id": "other"}))
    with pytest.raises(BadReply, match="asked for job mine, the service answers with job other"):
        ims.job("mine")


def test_an_answer_that_names_no_job_is_about_the_one_that_was_asked_for(asked: Asked) -> None:
    ims, server = asked(answer(200, {**RUNNING, "job_id": None}))
    assert ims.job("mine").id == "mine"


def test_an_id_cannot_leave_its_place_in_the_path(asked: Asked) -> None:
    ims, server = asked(answer(200, {**RUNNING, "job_id": "../x?y=1"}))
    ims.job("../x?y=1")
    assert server.received[0].target == "/v1/cloudimages/job/..%2Fx%3Fy%3D1"


# -- deleting --------------------------------------------------------------------------------------------------------


def test_an_image_is_deleted_by_its_id_alone(asked: Asked) -> None:
    ims, server = asked(answer(204, None))
    ims.delete("i1")
    (request,) = server.received
    assert (request.method, request.target) == ("DELETE", "/v2/images/i1")


def test_a_deletion_whose_answer_is_lost_is_said_again(asked: Asked) -> None:
    ims, server = asked(hang_up, answer(204, None))
    ims.delete("i1")
    assert [request.method for request in server.received] == ["DELETE", "DELETE"]


def test_a_protected_image_is_a_refusal_with_its_code(asked: Asked) -> None:
    ims, dummy = asked(refusal("IMG.0091", 403))
    with pytest.raises(ApiError) as refused:
        ims.delete("i1")
    assert refused.value.code == "IMG.0091"
