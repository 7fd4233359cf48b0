# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and tokens: what proves who calls, and what happens after a 401."""

from __future__ import annotations

import contextlib
import datetime
import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.auth import (
    Client,
    KeyProof,
    LoginRefused,
    Scope,
    TokenProof,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import Connection
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Request
from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import Deadline
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    BadReply,
    Busy,
    NotAuthenticated,
    NotSent,
    ProofRenewed,
    ReplyLost,
)
from tests.unit.support import FakeClock, Server, answer, hang_up

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

WHEN = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
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


def log_in(proof: TokenProof, scope: Scope = NORTH) -> t.Mapping[str, str]:
    return proof.prove(scope)(Request("GET", "http://x/"))


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


@pytest.mark.parametrize(
    ("scope", "about"),
    [
        (Scope("r-1", "p1", "name"), {"scope": {"project": {"id": "p1"}}}),
        (Scope("r-1", None, "name"), {"scope": {"project": {"name": "name"}}}),
        (Scope("r-1"), {}),
    ],
)
def test_with_a_ready_token_one_of_each_project_is_fetched(
    serve: t.Any, connect: t.Any, clock: FakeClock, scope: Scope, about: t.Any
) -> None:
    server = serve(token_answer("of-the-project"))
    proof = TokenProof(Connection(auth_token="ready", iam_endpoint=server.url), connect(), clock)

    assert log_in(proof, scope) == {"X-Auth-Token": "of-the-project"}
    identity = {"methods": ["token"], "token": {"id": "ready"}}
    assert server.received[0].json == {"auth": {"identity": identity, **about}}


def test_a_ready_token_that_is_refused_comes_with_advice(serve: t.Any, connect: t.Any, clock: FakeClock) -> None:
    server = serve(answer(401, {"error": {"code": 401, "message": "The token must be updated."}}))
    proof = TokenProof(Connection(auth_token="ready", iam_endpoint=server.url), connect(), clock)
    with pytest.raises(LoginRefused) as caught:
        log_in(proof)
    assert "Fetch a new token" in caught.value.hint
    assert len(server.received) == 1


def test_a_token_is_renewed_shortly_before_it_runs_out(serve: t.Any, tokens: t.Any, clock: FakeClock) -> None:
    server = serve(token_answer("one", hours=1), token_answer("two", hours=2))
    prove = tokens(server).prove(NORTH)
    request = Request("GET", "http://x/")
    prove(request)
    clock.sleep(54 * 60)
    assert prove(request) == {"X-Auth-Token": "one"}
    clock.sleep(60)
    assert prove(request) == {"X-Auth-Token": "two"}


@pytest.mark.parametrize(("life", "used_for"), [(300, 270), (60, 54), (10, 9), (3000, 2700), (86400, 86100)])
def test_a_short_lived_token_is_used_for_nine_tenths_of_its_life(
    life: float, used_for: float, serve: t.Any, tokens: t.Any, clock: FakeClock
) -> None:
    server = serve(token_answer("one", hours=life / 3600), token_answer("two", hours=48))
    prove = tokens(server).prove(NORTH)
    request = Request("GET", "http://x/")
    prove(request)
    clock.sleep(used_for - 1)
    assert prove(request) == {"X-Auth-Token": "one"}
    clock.sleep(1)
    assert prove(request) == {"X-Auth-Token": "two"}


@pytest.mark.parametrize("hours", [-1, 0])
def test_a_token_that_has_run_out_when_it_comes_is_used_until_it_is_refused(
    hours: float, serve: t.Any, tokens: t.Any
) -> None:
    """The clocks do not agree, and the next one would be no better."""
    server = serve(token_answer("one", hours=hours))
    prove = tokens(server).prove(NORTH)
    assert [prove(Request("GET", "http://x/")) for _number in range(3)] == [{"X-Auth-Token": "one"}] * 3
    assert len(server.received) == 1


def test_a_login_is_not_repeated_after_the_deadline_of_the_call(
    serve: t.Any, tokens: t.Any, connect: t.Any, clock: FakeClock
) -> None:
    iam, ims = serve(*[answer(429, Retry_After="3600")] * 9), serve()
    with pytest.raises(Busy):
        on(ims, tokens(iam), connect).call("GET", "/v1/x", deadline=Deadline(clock, 90))
    # Once for the call itself, which then asks whether it may be tried again.
    assert sum(clock.sleeps) == 90


@pytest.mark.parametrize(("wish", "sent"), [("14", 1), ("15", 0)])
def test_a_login_that_takes_too_long_has_a_request_not_sent_whose_time_is_over(
    wish: str, sent: int, serve: t.Any, tokens: t.Any, connect: t.Any, clock: FakeClock
) -> None:
    iam, ims = serve(answer(429, Retry_After=wish), token_answer()), serve(answer(200, {"x": 1}))
    call = functools.partial(on(ims, tokens(iam), connect).call, "POST", "/v1/x", body={}, repeat=False)
    if sent:
        assert call(not_after=Deadline(clock, 15)).data == {"x": 1}
    else:
        with pytest.raises(NotSent, match="logging in has taken too long"):
            call(not_after=Deadline(clock, 15))
    assert len(ims.received) == sent


def test_a_token_whose_end_cannot_be_read_is_used_until_it_is_refused(
    serve: t.Any, tokens: t.Any, clock: FakeClock
) -> None:
    server = serve(token_answer("one", expires="some day"))
    prove = tokens(server).prove(NORTH)
    prove(Request("GET", "http://x/"))
    clock.sleep(10**6)
    assert prove(Request("GET", "http://x/")) == {"X-Auth-Token": "one"}


@pytest.mark.parametrize("reply", [answer(201, {"token": {}}), answer(201, {}, X_Subject_Token="t"), answer(201)])
@pytest.mark.parametrize(
    ("scope", "label"),
    [
        (Scope("r-1"), "the account"),
        (NORTH, "project cn-north-4 in cn-north-4"),
        (Scope("r-1", "p1"), "project p1 in r-1"),
    ],
)
def test_a_login_without_a_token_is_a_bad_reply(
    reply: t.Any, scope: Scope, label: str, serve: t.Any, tokens: t.Any
) -> None:
    with pytest.raises(BadReply, match=f"the reply to the login for {label} holds no token"):
        log_in(tokens(serve(reply)), scope)


def test_a_wrong_password_comes_with_advice(serve: t.Any, tokens: t.Any) -> None:
    server = serve(answer(401, {"error": {"code": 401, "message": "wrong", "title": "Unauthorized"}}))
    with pytest.raises(NotAuthenticated) as caught:
        log_in(tokens(server))
    hint = caught.value.hint or ""
    assert "HW_USER_NAME" in hint
    assert "HW_DOMAIN_NAME" in hint
    assert "HUAWEI ID" in hint
    assert "pw" not in caught.value.as_text().split()
    assert len(server.received) == 1


def test_a_refused_login_whose_code_tells_more_comes_with_what_is_to_be_done_about_that(
    serve: t.Any, tokens: t.Any
) -> None:
    server = serve(answer(401, {"error_code": "IAM.0063", "error_msg": "not accepted"}))
    with pytest.raises(NotAuthenticated) as caught:
        log_in(tokens(server))
    assert "this host's clock" in (caught.value.hint or "")


def test_a_login_is_repeated_like_a_read(serve: t.Any, tokens: t.Any) -> None:
    assert log_in(tokens(serve(hang_up, answer(503), token_answer("one")))) == {"X-Auth-Token": "one"}


def on(server: Server, proof: TokenProof, connect: t.Any) -> Client:
    return Client(connect(), proof, f"{server.url}/ims/", NORTH, "IMS")


def test_a_token_that_is_refused_is_renewed_once(serve: t.Any, tokens: t.Any, connect: t.Any) -> None:
    iam, ims = serve(token_answer("one"), token_answer("two")), serve(answer(401), answer(200, {"x": 1}))
    assert on(ims, tokens(iam), connect).call("PATCH", "/v1/x", body={}, repeat=True).data == {"x": 1}
    assert [request.headers["x-auth-token"] for request in ims.received] == ["one", "two"]
    assert [request.target for request in ims.received] == ["/ims/v1/x"] * 2


def test_what_must_be_sent_once_is_not_sent_again_when_the_token_has_been_renewed(
    serve: t.Any, tokens: t.Any, connect: t.Any
) -> None:
    iam, ims = serve(token_answer("one"), token_answer("two")), serve(answer(401), answer(200, {"x": 1}))
    client = on(ims, tokens(iam), connect)
    with pytest.raises(ProofRenewed):
        client.call("POST", "/v1/x", body={}, repeat=False)
    assert client.call("POST", "/v1/x", body={}, repeat=False).data == {"x": 1}
    assert [request.headers["x-auth-token"] for request in ims.received] == ["one", "two"]


def test_what_must_be_sent_once_is_refused_for_good_by_a_second_401(
    serve: t.Any, tokens: t.Any, connect: t.Any
) -> None:
    iam, ims = serve(token_answer("one"), token_answer("two")), serve(answer(401), answer(401))
    client = on(ims, tokens(iam), connect)
    with pytest.raises(ProofRenewed):
        client.call("POST", "/v1/x", body={}, repeat=False)
    with pytest.raises(NotAuthenticated):
        client.call("POST", "/v1/x", body={}, repeat=False)
    assert (len(iam.received), len(ims.received)) == (2, 2)


def test_an_answer_in_between_makes_a_401_a_first_one_again(serve: t.Any, tokens: t.Any, connect: t.Any) -> None:
    iam = serve(token_answer("one"), token_answer("two"), token_answer("three"))
    client = on(serve(answer(401), answer(200, {}), answer(401)), tokens(iam), connect)
    for reply in (ProofRenewed, None, ProofRenewed):
        with pytest.raises(reply) if reply else contextlib.nullcontext():
            client.call("POST", "/v1/x", body={}, repeat=False)


def test_a_new_token_that_is_refused_too_is_the_end(serve: t.Any, tokens: t.Any, connect: t.Any) -> None:
    iam, ims = serve(token_answer("one"), token_answer("two")), serve(answer(401), answer(401))
    with pytest.raises(NotAuthenticated):
        on(ims, tokens(iam), connect).call("GET", "/v1/x")
    assert (len(iam.received), len(ims.received)) == (2, 2)


def test_what_is_to_be_done_about_a_refused_token_is_said(serve: t.Any, tokens: t.Any, connect: t.Any) -> None:
    iam, ims = serve(token_answer("one"), token_answer("two")), serve(answer(401), answer(401))
    with pytest.raises(NotAuthenticated) as caught:
        on(ims, tokens(iam), connect).call("GET", "/v1/x")
    assert "it logs in anew" in (caught.value.hint or "")


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
    log_in(proof)
    assert "hidden" not in repr(proof._tokens)
    assert "hidden" not in repr(vars(KeyProof(Connection(access_key="a", secret_key="hidden"), clock)))
