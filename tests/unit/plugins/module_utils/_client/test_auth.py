# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures against published ones and against the official signer; tokens; what happens after a 401."""

from __future__ import annotations

import datetime
import hashlib
import json
import types
import typing as t

import pytest
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer as OfficialSigner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.auth import (
    Client,
    KeyProof,
    Scope,
    Signer,
    TokenProof,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import Connection
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.http import Request
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.signing import canonical_request
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    BadReply,
    Busy,
    NotAuthenticated,
    NotSent,
    ReplyLost,
)
from tests.unit.support import FakeClock, Server, answer, hang_up

ACCESS_KEY = "AKEXAMPLE0000000001"
SECRET_KEY = "SkExampleSecretKey000000000000000000000000"
WHEN = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
IMS = "https://ims.cn-north-4.myhuaweicloud.com"
IMAGE = "465076de-dc36-4aec-80f5-ef9d8009428f"
JSON = {"Content-Type": "application/json"}
PROJECT = {"X-Project-Id": "0123456789abcdef0123456789abcdef"}

VECTORS: dict[str, tuple[Request, str | None, str, str, str]] = {
    "copy": (
        Request(
            "POST",
            f"{IMS}/v1/cloudimages/{IMAGE}/cross_region_copy",
            headers={**JSON, **PROJECT},
            body=json.dumps(
                {
                    "name": "golden-web-2026.03",
                    "region": "cn-south-1",
                    "project_name": "cn-south-1",
                    "agency_name": "ims_copy_image",
                }
            ).encode(),
        ),
        None,
        "content-type;host;x-project-id;x-sdk-date",
        "feca624e91af89286e27dfb6e91c2511b6fffc0fa40e00b3bdeb45b7492d9300",
        "3b530ee76d4ed93912e6a9290423c35eaed8dde459a92c2b4c9e754db6572479",
    ),
    "list with a query that needs encoding": (
        Request(
            "GET",
            f"{IMS}/v2/cloudimages",
            query=(
                ("__imagetype", "private"),
                ("name", "base image ~1+2/中文"),
                ("limit", "100"),
                ("protected", "false"),
                ("__isregistered", "true"),
            ),
            headers={**JSON, **PROJECT},
        ),
        None,
        "content-type;host;x-project-id;x-sdk-date",
        "827ecca6d13301f5d64edd54430314e496d2acc14d6af9ffe4d4af798f71f40f",
        "52ba335543eae30916e06f4fc59e21d828392fbf6d174b9a8a5f0dfa0e5e8339",
    ),
    "temporary key": (
        Request("GET", f"{IMS}/v1/cloudimages/job/edc89b490d7d4392898e19b2deb34797", headers={**JSON, **PROJECT}),
        "gQpjbi1ub3J0aC00EXAMPLETOKEN",
        "content-type;host;x-project-id;x-sdk-date;x-security-token",
        "48be31262262fe1e652822b795e73fac0992922d05d60694b8a0696b1ebb3cc2",
        "26f81c3b6012572773877de0516dbcf6a6ab036e17bdfd0d9e3736bd5ff42c58",
    ),
    "nothing but host and date": (
        Request("GET", "https://iam.myhuaweicloud.com/v3/projects", query=(("name", "cn-south-1"),)),
        None,
        "host;x-sdk-date",
        "78fa2df6cc6e079f121b6bd34ced3ad4573f17d18431336dc6e55bef5e169936",
        "166aff87dd12b57eb2e49df3545539272113d52e0f1ce68e7d20cae2ad91457d",
    ),
    "body of another type": (
        Request(
            "PATCH",
            f"{IMS}/v2/images/{IMAGE}",
            headers={"Content-Type": "application/openstack-images-v2.1-json-patch", **PROJECT},
            body=b'[{"op":"replace","path":"/name","value":"x"}]',
        ),
        None,
        "content-type;host;x-project-id;x-sdk-content-sha256;x-sdk-date",
        "5549701a0961bf23ae4ff14ec6c8135fcff3d89007a6fde6f16b1d7dc0ecde56",
        "b046839620b597048b8719d99cc1b36ddec2aa39d091f2a8ee20d897adba7b52",
    ),
    "order of a query": (
        Request(
            "GET",
            f"{IMS}/v2/cloudimages",
            query=(
                ("tag", "a=b"),
                ("id", "x"),
                ("empty", ""),
                ("created_at", "gt:2026-01-01T00:00:00Z"),
                ("Zeta", "1"),
            ),
        ),
        None,
        "host;x-sdk-date",
        "ca5d0efe5147d6b7df4e79b9140bd05f871ff2d9c6ea57450df1b895800bd34b",
        "347811118d5ecbf3bfa3466411fbd098abb0960fe78703c7200500e852669482",
    ),
}


def digest_of(request: Request, headers: dict[str, str], names: str) -> str:
    everything = {name.lower(): value for name, value in {**request.headers, **headers}.items()}
    text = canonical_request(request, {name: everything[name] for name in names.split(";")})
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(("request_", "token", "names", "digest", "signature"), VECTORS.values(), ids=VECTORS.keys())
def test_a_signature_is_the_known_one(
    request_: Request, token: str | None, names: str, digest: str, signature: str
) -> None:
    headers = Signer(ACCESS_KEY, SECRET_KEY, token).sign(request_, WHEN)
    assert digest_of(request_, headers, names) == digest
    assert headers["Authorization"] == (
        f"SDK-HMAC-SHA256 Access={ACCESS_KEY}, SignedHeaders={names}, Signature={signature}"
    )
    assert headers["X-Sdk-Date"] == "20260301T120000Z"
    assert headers.get("X-Security-Token") == token


def test_the_signature_of_the_signing_guide_is_reproduced() -> None:
    request = Request(
        "GET",
        "https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
        query=(("limit", "2"), ("marker", "13551d6b-755d-4757-b956-536f674975c0")),
        headers=JSON,
    )
    when = datetime.datetime(2019, 11, 15, 3, 36, 55, tzinfo=datetime.timezone.utc)
    headers = Signer("QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc").sign(request, when)
    names = "content-type;host;x-sdk-date"
    assert digest_of(request, headers, names) == "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a"
    assert headers["Authorization"].endswith("7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe")


def test_the_time_is_signed_in_utc() -> None:
    there = WHEN.astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    request = Request("GET", IMS)
    assert Signer("a", "s").sign(request, there) == Signer("a", "s").sign(request, WHEN)


PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
REQUESTS = st.builds(
    lambda method, host, parts, query, headers, content_type, body: Request(
        method,
        f"https://{host}/" + "/".join(parts),
        query=tuple(query),
        headers={**headers, **({"Content-Type": content_type} if content_type else {})},
        body=body,
    ),
    st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]),
    st.sampled_from(["ims.cn-north-4.myhuaweicloud.com", "127.0.0.1:8765"]),
    st.lists(
        st.text("abcXYZ019-_.~ /+=:,@()*'!%é中", max_size=8).map(lambda part: part.replace("%", "%25")), max_size=4
    ),
    # No pair twice under one name: the official signer is given a list for those.
    st.dictionaries(ANYTHING, ANYTHING, max_size=5).map(dict.items),
    st.dictionaries(
        st.sampled_from(["X-Project-Id", "X-Domain-Id", "x-other", "X_Underscored", "Accept"]), PRINTABLE, max_size=4
    ),
    st.sampled_from([None, "application/json", "application/json;charset=utf-8", "application/bson", "text/plain"]),
    st.one_of(st.none(), st.binary(max_size=64)),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(request=REQUESTS, token=st.one_of(st.none(), st.just("TOKEN")))
def test_the_official_signer_agrees(request: Request, token: str | None) -> None:
    ours = Signer(ACCESS_KEY, SECRET_KEY, token).sign(request, WHEN)

    rest = request.url.partition("://")[2]
    host, slash, path = rest.partition("/")
    headers = {**request.headers, "X-Sdk-Date": ours["X-Sdk-Date"]}
    if token is not None:
        headers["X-Security-Token"] = token
    theirs = SdkRequest(
        method=request.method,
        schema="https",
        host=host,
        resource_path=f"/{path}",
        query_params=list(request.query),
        header_params=headers,
        body=request.body or b"",
    )
    OfficialSigner(types.SimpleNamespace(ak=ACCESS_KEY, sk=SECRET_KEY)).sign(theirs)

    assert ours["Authorization"] == theirs.header_params["Authorization"]
    assert request.wire_url == f"https://{host}{theirs.uri}"


# -- keys ------------------------------------------------------------------------------------------------------------


def test_a_signed_call_names_its_project_and_signs_that(serve: t.Any, client_of: t.Any) -> None:
    server = serve()
    client_of(server, project_id="p1").call("GET", "/v2/cloudimages", query=[("b", "2"), ("a", "1")])
    request = server.received[0]
    assert request.headers["x-project-id"] == "p1"
    assert "SignedHeaders=host;x-project-id;x-sdk-date," in request.headers["authorization"]
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.target == "/v2/cloudimages?a=1&b=2"
    assert "content-type" not in request.headers


def test_a_call_about_the_account_names_no_project(serve: t.Any, client_of: t.Any) -> None:
    server = serve()
    client_of(server).call("GET", "/v3/regions")
    assert "x-project-id" not in server.received[0].headers


def test_a_body_is_sent_as_ascii_json_and_its_type_is_signed(serve: t.Any, client_of: t.Any) -> None:
    server = serve()
    client_of(server).call("POST", "/x", body={"name": "ü"}, repeat=False)
    request = server.received[0]
    assert request.body == b'{"name": "\\u00fc"}'
    assert request.headers["content-type"] == "application/json"
    assert "SignedHeaders=content-type;host;x-sdk-date," in request.headers["authorization"]


@pytest.mark.parametrize(("method", "repeat", "attempts"), [
    ("GET", None, 2), ("POST", None, 1), ("PATCH", None, 1), ("DELETE", None, 1), ("PATCH", True, 2), ("GET", False, 1),
])  # fmt: skip
def test_only_a_get_is_repeated_unless_told_otherwise(
    method: str, repeat: bool | None, attempts: int, serve: t.Any, client_of: t.Any
) -> None:
    server = serve(hang_up)
    client = client_of(server)
    if attempts == 1:
        with pytest.raises(ReplyLost):
            client.call(method, "/x", body={}, repeat=repeat)
    else:
        client.call(method, "/x", body={}, repeat=repeat)
    assert len(server.received) == attempts


def test_keys_that_are_refused_are_not_tried_again(serve: t.Any, client_of: t.Any) -> None:
    server = serve(answer(401, {"error_code": "APIGW.0301", "error_msg": "no"}))
    with pytest.raises(NotAuthenticated) as caught:
        client_of(server).call("GET", "/x")
    assert len(server.received) == 1
    assert caught.value.stage == "authenticate"


# -- tokens ----------------------------------------------------------------------------------------------------------

NORTH = Scope("cn-north-4", "p1", "cn-north-4")


def token_answer(value: str = "token-1", *, hours: float = 24, expires: str | None = None, **token: t.Any) -> t.Any:
    end = WHEN + datetime.timedelta(hours=hours)
    body: dict[str, t.Any] = {
        "expires_at": expires or end.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
        "project": {"id": "p1", "name": "cn-north-4"},
        "user": {"name": "joe", "domain": {"id": "d1", "name": "acme"}},
        **token,
    }
    return answer(201, {"token": body}, X_Subject_Token=value)


@pytest.fixture
def tokens(connect: t.Any, clock: FakeClock) -> t.Callable[..., TokenProof]:
    def make(server: Server, **options: t.Any) -> TokenProof:
        connection = Connection(username="joe", password="pw", domain_name="acme", iam_endpoint=server.url)
        return TokenProof(connection, connect(**options), clock)

    return make


def test_a_token_is_fetched_once_per_scope(serve: t.Any, tokens: t.Any) -> None:
    server = serve(token_answer("one"), token_answer("two"))
    proof = tokens(server)
    request = Request("GET", "http://x/")
    assert [proof.prove(NORTH)(request), proof.prove(NORTH)(request)] == [{"X-Auth-Token": "one"}] * 2
    assert proof.prove(Scope("cn-south-1", "p2"))(request) == {"X-Auth-Token": "two"}
    assert proof.headers(NORTH) == {}
    assert [received.target for received in server.received] == ["/v3/auth/tokens?nocatalog=true"] * 2


@pytest.mark.parametrize(
    ("scope", "about"),
    [
        (Scope("r-1", "p1", "name"), {"project": {"id": "p1"}}),
        (Scope("r-1", None, "name"), {"project": {"name": "name"}}),
        (Scope("r-1"), {"domain": {"name": "acme"}}),
    ],
)
def test_a_login_is_for_the_project_by_id_or_name_or_for_the_account(
    scope: Scope, about: t.Any, serve: t.Any, tokens: t.Any
) -> None:
    server = serve(token_answer())
    tokens(server).prove(scope)(Request("GET", "http://x/"))
    user = {"name": "joe", "password": "pw", "domain": {"name": "acme"}}
    assert server.received[0].json == {
        "auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": about}
    }


def test_a_token_is_renewed_shortly_before_it_runs_out(serve: t.Any, tokens: t.Any, clock: FakeClock) -> None:
    server = serve(token_answer("one", hours=1), token_answer("two", hours=2))
    prove = tokens(server).prove(NORTH)
    request = Request("GET", "http://x/")
    prove(request)
    clock.sleep(54 * 60)
    assert prove(request) == {"X-Auth-Token": "one"}
    clock.sleep(60)
    assert prove(request) == {"X-Auth-Token": "two"}


def test_a_token_whose_end_cannot_be_read_is_used_until_it_is_refused(
    serve: t.Any, tokens: t.Any, clock: FakeClock
) -> None:
    server = serve(token_answer("one", expires="some day"))
    prove = tokens(server).prove(NORTH)
    prove(Request("GET", "http://x/"))
    clock.sleep(10**6)
    assert prove(Request("GET", "http://x/")) == {"X-Auth-Token": "one"}


def test_a_token_tells_account_and_project(serve: t.Any, tokens: t.Any) -> None:
    server = serve(token_answer())
    proof = tokens(server)
    assert proof.project_of(NORTH) == ("p1", "cn-north-4")
    assert proof.account(NORTH) == "d1"
    assert len(server.received) == 1


def test_a_token_that_tells_neither_is_a_bad_reply(serve: t.Any, tokens: t.Any) -> None:
    proof = tokens(serve(token_answer(project=None, user=None)))
    with pytest.raises(BadReply, match="project cn-north-4 in cn-north-4"):
        proof.project_of(NORTH)
    with pytest.raises(BadReply, match="account"):
        proof.account(NORTH)


def test_an_account_token_names_its_domain_itself(serve: t.Any, tokens: t.Any) -> None:
    proof = tokens(serve(token_answer(user=None, project=None, domain={"id": "d9"})))
    assert proof.account(Scope("r-1")) == "d9"


@pytest.mark.parametrize("reply", [answer(201, {"token": {}}), answer(201, {}, X_Subject_Token="t"), answer(201)])
def test_a_login_without_a_token_is_a_bad_reply(reply: t.Any, serve: t.Any, tokens: t.Any) -> None:
    with pytest.raises(BadReply, match="holds no token"):
        tokens(serve(reply)).account(Scope("r-1"))


def test_a_wrong_password_comes_with_advice(serve: t.Any, tokens: t.Any) -> None:
    server = serve(answer(401, {"error": {"code": 401, "message": "wrong", "title": "Unauthorized"}}))
    with pytest.raises(NotAuthenticated) as caught:
        tokens(server).account(NORTH)
    hint = caught.value.hint or ""
    assert "HW_USER_NAME" in hint
    assert "HW_DOMAIN_NAME" in hint
    assert "HUAWEI ID" in hint
    assert "pw" not in caught.value.as_text().split()
    assert len(server.received) == 1


def test_a_login_is_repeated_like_a_read(serve: t.Any, tokens: t.Any) -> None:
    assert tokens(serve(hang_up, answer(503), token_answer())).account(NORTH) == "d1"


def on(server: Server, proof: TokenProof, connect: t.Any) -> Client:
    return Client(connect(), proof, f"{server.url}/ims/", NORTH, "IMS")


def test_a_token_that_is_refused_is_renewed_once(serve: t.Any, tokens: t.Any, connect: t.Any) -> None:
    iam, ims = serve(token_answer("one"), token_answer("two")), serve(answer(401), answer(200, {"x": 1}))
    assert on(ims, tokens(iam), connect).call("POST", "/v1/x", body={}, repeat=False).data == {"x": 1}
    assert [request.headers["x-auth-token"] for request in ims.received] == ["one", "two"]
    assert [request.target for request in ims.received] == ["/ims/v1/x"] * 2


def test_a_new_token_that_is_refused_too_is_the_end(serve: t.Any, tokens: t.Any, connect: t.Any) -> None:
    iam, ims = serve(token_answer("one"), token_answer("two")), serve(answer(401), answer(401))
    with pytest.raises(NotAuthenticated):
        on(ims, tokens(iam), connect).call("GET", "/v1/x")
    assert (len(iam.received), len(ims.received)) == (2, 2)


def test_a_lost_login_does_not_pass_for_a_lost_call(serve: t.Any, tokens: t.Any, connect: t.Any) -> None:
    """The copy itself was not sent, so it may be tried again: ReplyLost would forbid that."""
    iam, ims = serve(hang_up), serve()
    with pytest.raises(NotSent):
        on(ims, tokens(iam, max_retries=0), connect).call("POST", "/v1/x", body={}, repeat=False)
    assert ims.received == []


def test_a_wrong_password_is_tried_once_only(serve: t.Any, tokens: t.Any, connect: t.Any) -> None:
    """Every wrong login counts towards the lock of the user."""
    iam, ims = serve(answer(401), token_answer()), serve()
    with pytest.raises(NotAuthenticated):
        on(ims, tokens(iam), connect).call("GET", "/v1/x")
    assert (len(iam.received), ims.received) == (1, [])


def test_a_busy_login_is_busy(serve: t.Any, tokens: t.Any, connect: t.Any) -> None:
    with pytest.raises(Busy):
        on(serve(), tokens(serve(answer(429)), max_retries=0), connect).call("POST", "/v1/x", body={})


def test_neither_proof_shows_a_secret(serve: t.Any, tokens: t.Any, clock: FakeClock) -> None:
    proof = tokens(serve(token_answer("hidden")))
    proof.account(NORTH)
    assert "hidden" not in repr(proof._tokens)
    assert "hidden" not in repr(vars(KeyProof(Connection(access_key="a", secret_key="hidden"), clock)))
