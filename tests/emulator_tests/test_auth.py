# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who is let in, and in which shape the others are turned away."""

from __future__ import annotations

import typing as t

import pytest
import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from tests.emulator import seed, seed_images
from tests.emulator.testing import Emulator
from tests.emulator_tests.api import NORTH, SOUTH, Api, code

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

LIST = "/v2/cloudimages"


def signed(
    emulator: Emulator, key: seed.AccessKey = seed.OPERATOR_KEY, headers: dict[str, str] | None = None
) -> requests.Response:
    """A list of images on the main port, signed by the official signer with a prefix in the path."""
    base = emulator.ims_endpoint.format(region=NORTH)
    host, _slash, prefix = base.partition("//")[2].partition("/")
    request = SdkRequest(
        method="GET",
        schema="http",
        host=host,
        resource_path=f"/{prefix}{LIST}",
        query_params=[("limit", 3)],
        header_params=dict(headers or {}),
    )
    Signer(BasicCredentials(key.access, key.secret, "unused")).sign(request)
    return requests.get(f"http://{host}{request.uri}", headers=request.header_params, timeout=10)


def test_a_prefix_in_the_path_is_signed_too(emulator: Emulator) -> None:
    assert len(signed(emulator).json()["images"]) == 3
    [entry] = emulator.journal()
    assert (entry["caller"], entry["auth"], entry["project_id"]) == ("operator", "aksk", seed.CN_NORTH_4.id)


def test_a_request_without_proof_is_refused(emulator: Emulator) -> None:
    reply = requests.get(emulator.ims_endpoint.format(region=NORTH) + LIST, timeout=10)
    assert code(reply) == (401, "APIGW.0301")
    assert reply.json()["request_id"] == reply.headers["X-Request-Id"]
    [entry] = emulator.journal()
    assert (entry["caller"], entry["auth"], entry["status"]) == (None, None, 401)


@pytest.mark.parametrize(
    "key",
    [
        seed.AccessKey(seed.OPERATOR_KEY.access, "wrong", "operator"),
        seed.AccessKey("AKEMULATED0000000000", seed.OPERATOR_KEY.secret, "operator"),
    ],
    ids=["wrong secret", "unknown key"],
)
def test_a_signature_by_somebody_else_is_refused(emulator: Emulator, key: seed.AccessKey) -> None:
    reply = signed(emulator, key)
    assert code(reply) == (401, "APIGW.0301")
    assert "verify ak sk signature fail" in reply.json()["error_msg"]


def test_a_wrong_signature_is_answered_with_what_should_have_been_signed(emulator: Emulator) -> None:
    reply = signed(emulator, seed.AccessKey(seed.OPERATOR_KEY.access, "wrong", "operator"))
    assert f"GET|/ims/{NORTH}/v2/cloudimages/|limit=3|host:" in reply.json()["error_msg"]


@pytest.mark.parametrize(
    ("key", "token", "status"),
    [
        (seed.TEMPORARY_KEY, seed.TEMPORARY_KEY.security_token, 200),
        (seed.TEMPORARY_KEY, None, 401),
        (seed.TEMPORARY_KEY, "EmulatedSecurityToken000008", 401),
        (seed.OPERATOR_KEY, seed.TEMPORARY_KEY.security_token, 401),
    ],
)
def test_a_temporary_key_and_its_token_belong_together(
    emulator: Emulator, key: seed.AccessKey, token: str | None, status: int
) -> None:
    headers = {} if token is None else {"X-Security-Token": token}
    assert signed(emulator, key, headers).status_code == status


def test_a_signature_is_too_old_after_a_quarter_of_an_hour(emulator: Emulator) -> None:
    emulator.advance(16 * 60)
    reply = signed(emulator)
    assert code(reply) == (401, "APIGW.0301")
    assert "expired" in reply.json()["error_msg"]


@pytest.mark.parametrize(
    ("project_id", "status"),
    [(None, 200), (seed.CN_NORTH_4_BUILD.id, 200), (seed.CN_SOUTH_1.id, 401), ("f" * 32, 401)],
)
def test_the_project_is_one_of_the_region(emulator: Emulator, project_id: str | None, status: int) -> None:
    headers = {} if project_id is None else {"X-Project-Id": project_id}
    assert signed(emulator, headers=headers).status_code == status


def test_a_token_is_good_for_its_own_region_only(api: Api) -> None:
    assert api.ims("GET", LIST, NORTH).status_code == 200
    assert code(api.ims("GET", LIST, SOUTH, NORTH)) == (401, "APIGW.0301")


def test_a_token_of_the_account_is_no_token_for_ims(emulator: Emulator, api: Api) -> None:
    token = api.login(None).headers["X-Subject-Token"]
    assert code(api.ims("GET", LIST, headers={"X-Auth-Token": token})) == (401, "APIGW.0301")
    assert api.iam("GET", "/v3/regions", headers={"X-Auth-Token": token}).status_code == 200


def test_an_invented_token_is_refused_in_the_shape_of_each_service(api: Api) -> None:
    wrong = {"X-Auth-Token": "MIInvented"}
    assert code(api.ims("GET", LIST, headers=wrong)) == (401, "APIGW.0301")
    assert code(api.iam("GET", "/v3/projects", headers=wrong)) == (401, 401)


def test_every_token_can_be_made_to_expire_and_a_new_one_helps(emulator: Emulator, api: Api) -> None:
    api.images()
    emulator.expire_tokens()
    assert code(api.ims("GET", LIST)) == (401, "APIGW.0307")
    with Api(emulator) as again:
        again.images()


def test_a_wrong_password_is_refused_as_iam_does_it(api: Api) -> None:
    reply = api.login(NORTH, password="guess")
    assert reply.status_code == 401
    assert reply.json()["error"]["code"] == 401
    assert reply.json()["error"]["title"] == "Unauthorized"
    assert "X-Subject-Token" not in reply.headers


def test_a_token_of_an_unknown_project_is_not_to_be_had(api: Api) -> None:
    assert api.login("cn-north-9").status_code == 401


@pytest.mark.parametrize(
    "body",
    [{}, {"auth": 1}, {"auth": {"identity": {"methods": ["totp"]}}}, {"auth": {"identity": {"methods": ["password"]}}}],
)
def test_a_login_that_makes_no_sense_is_refused(emulator: Emulator, body: t.Any) -> None:
    reply = requests.post(f"{emulator.iam_endpoint}/v3/auth/tokens", json=body, timeout=10)
    assert code(reply) == (400, 400)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", f"/v2/cloudimages/{seed_images.ROCKY_BATCH}", [{"op": "replace", "path": "/name", "value": "x"}]),
        ("DELETE", f"/v2/images/{seed_images.ROCKY_BATCH}", None),
        (
            "POST",
            f"/v2/{seed.CN_NORTH_4.id}/images/{seed_images.ROCKY_BATCH}/tags",
            {"tag": {"key": "a", "value": "b"}},
        ),
        ("DELETE", f"/v2/{seed.CN_NORTH_4.id}/images/{seed_images.UBUNTU_WEB}/tags/env", None),
    ],
)
def test_a_reader_changes_nothing(emulator: Emulator, method: str, path: str, body: t.Any) -> None:
    before = emulator.images(NORTH)
    with Api(emulator, "reader") as reader:
        assert len(reader.images()) == 19
        assert code(reader.ims(method, path, json=body)) == (403, "APIGW.0302")
    assert emulator.images(NORTH) == before
    assert [entry["took_effect"] for entry in emulator.mutations()] == [False]


def test_a_limited_user_moves_images_but_sees_little_of_iam(emulator: Emulator) -> None:
    agency = seed.AGENCIES["ims_copy_image"].id
    with Api(emulator, "limited") as limited:
        limited.submit(seed_images.UBUNTU_WEB)
        assert limited.iam("GET", "/v3/auth/projects").status_code == 200
        for path in ("/v3/projects", "/v3/regions"):
            assert code(limited.iam("GET", path)) == (403, 403)
        for path in (
            f"/v3.0/OS-AGENCY/agencies?domain_id={seed.DOMAIN_ID}",
            f"/v3.0/OS-AGENCY/projects/{seed.CN_SOUTH_1.id}/agencies/{agency}/roles",
        ):
            assert code(limited.iam("GET", path)) == (403, "IAM.0003")
        assert code(limited.ims("GET", "/v1/cloudimages/quota")) == (403, "APIGW.0302")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v9/cloudimages"), ("PUT", LIST), ("POST", f"/v1/cloudimages/{'0' * 8}/copy")]
)
def test_an_unknown_interface_is_not_published(emulator: Emulator, api: Api, method: str, path: str) -> None:
    assert code(api.ims(method, path)) == (404, "APIGW.0101")
    assert emulator.journal()[-1]["operation"] is None


def test_an_unknown_region_has_no_endpoint(emulator: Emulator) -> None:
    reply = requests.get(emulator.ims_endpoint.format(region="mars-1") + LIST, timeout=10)
    assert code(reply) == (404, "APIGW.0101")


def with_token(emulator: Emulator, token: str, **scope: t.Any) -> requests.Response:
    auth = {"identity": {"methods": ["token"], "token": {"id": token}}, **scope}
    return requests.post(f"{emulator.iam_endpoint}/v3/auth/tokens", json={"auth": auth}, timeout=10)


def test_a_token_is_given_for_another_one_and_runs_out_with_it(emulator: Emulator, api: Api) -> None:
    first = api.login(NORTH)
    emulator.advance(3600)
    reply = with_token(emulator, first.headers["X-Subject-Token"], scope={"project": {"name": "cn-south-1"}})

    assert reply.status_code == 201
    assert reply.json()["token"]["project"]["name"] == "cn-south-1"
    assert reply.json()["token"]["expires_at"] == first.json()["token"]["expires_at"]
    assert with_token(emulator, reply.headers["X-Subject-Token"]).json()["token"]["domain"]["name"] == seed.ACCOUNT


def test_a_token_that_has_run_out_or_is_none_gives_no_other(emulator: Emulator, api: Api) -> None:
    token = api.token(NORTH)
    emulator.expire_tokens()
    assert [with_token(emulator, text).status_code for text in (token, "nonsense")] == [401, 401]
