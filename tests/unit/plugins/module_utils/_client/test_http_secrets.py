# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service quotes of what it was sent is taken out before anything keeps it."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from urllib.parse import quote

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.hiding import Secrets
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Request
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import ApiError, BadReply, ImsError, NotSent
from tests.unit.sending import Connect, Serve, get, nobody, post
from tests.unit.support import answer, raw

TOKEN = "MIIEmulated/" + "aB3dE5gH" * 12 + "+x=="
PASSWORD = 'p"w\\<&>ü'
HIDDEN = "***"


@pytest.fixture
def connected(connect: Connect) -> Connect:
    """Transports of a run that has a password and a token."""

    def make(**options: t.Any) -> t.Any:
        secrets = options.pop("secrets", None) or Secrets()
        secrets.add(PASSWORD)
        secrets.add(TOKEN, random=True)
        return connect(max_retries=0, secrets=secrets, **options)

    return make


def told(error: ImsError) -> str:
    return json.dumps([error.message, error.as_error(), error.as_text(), str(error.request_id)], ensure_ascii=False)


def assert_hidden(text: str) -> None:
    assert TOKEN[:20] not in text
    assert quote(TOKEN, safe="")[:20] not in text
    for form in (PASSWORD, json.dumps(PASSWORD)[1:-1], quote(PASSWORD), "p&quot;w"):
        assert form not in text


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": f"token={TOKEN} of /v3/{TOKEN}/x", "code": f"C-{TOKEN}"}},
        {"error_msg": f'login {{"password": {json.dumps(PASSWORD)}}}', "error_code": "IAM.0001", "request_id": TOKEN},
        {"message": f"{quote(TOKEN, safe='')} p&quot;w\\&lt;&amp;&gt;&uuml;".replace("&uuml;", "&#252;"), "code": 1},
        f"<html>login {PASSWORD} with {TOKEN}</html>".encode(),
    ],
    ids=["glued", "JSON in JSON", "escaped", "page"],
)
def test_a_refusal_quotes_no_secret(status: int, body: t.Any, serve: Serve, connected: Connect) -> None:
    for send in (get, post):
        with pytest.raises(ImsError) as caught:
            send(connected(), serve(answer(status, body, X_Request_Id=f"id-{TOKEN}")))
        assert_hidden(told(caught.value))
        assert HIDDEN in caught.value.message
        assert caught.value.request_id == f"id-{HIDDEN}"


@pytest.mark.parametrize("fold", [" ", "\r\n ", "\r\n\t  "], ids=["a space", "a fold", "a deep fold"])
@pytest.mark.parametrize("secret", ["Emulated-Passw0rd", "my secrets", TOKEN], ids=["a password", "words", "a token"])
def test_a_header_that_was_folded_quotes_no_secret(
    secret: str, fold: str, serve: Serve, connected: Connect
) -> None:
    """Who passes a header on may make a space of a fold (RFC 9112, 5.2)."""
    secrets = Secrets()
    secrets.add(secret)
    half = len(secret) // 2
    head = f"HTTP/1.1 400 No\r\nX-Request-Id: id {secret[:half]}{fold}{secret[half:]}; 2\r\nContent-Length: 0\r\n\r\n"

    with pytest.raises(ApiError) as caught:
        get(connected(secrets=secrets), serve(raw(head.encode())))

    assert caught.value.request_id == f"id {HIDDEN}; 2"


def test_a_redirect_names_no_secret(serve: Serve, connected: Connect) -> None:
    with pytest.raises(BadReply) as caught:
        get(connected(), serve(answer(302, Location=f"http://{TOKEN[:11]}.{TOKEN}.example/{TOKEN}?t={TOKEN}")))
    assert TOKEN.lower()[:20] not in told(caught.value)
    assert_hidden(told(caught.value))


def test_what_a_proxy_says_holds_no_secret(
    serve: Serve, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(raw(f"HTTP/1.1 407 not with {TOKEN}\r\n\r\n".encode()), hasty=True)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(NotSent) as caught:
        connected().send(Request("GET", "https://ims.example/"), nobody, repeat=True)
    assert "407 not with ***" in caught.value.message


def test_of_what_is_worked_with_only_random_secrets_are_taken_out(serve: Serve, connected: Connect) -> None:
    body = {"images": [{"name": f"{PASSWORD}-web", "__description": f"x{TOKEN}x", f"k{TOKEN}": 1}]}
    reply = get(connected(), serve(answer(200, body, X_Request_Id=TOKEN)))
    assert reply.data == {"images": [{"name": f"{PASSWORD}-web", "__description": "x***x", "k***": 1}]}
    assert reply.request_id == HIDDEN


def test_a_fetched_token_is_a_secret_from_the_answer_on_that_brings_it(serve: Serve, connect: Connect) -> None:
    fresh = "MIIFresh" + "zY9xW7vU" * 10
    brings = answer(201, {"token": {"quoted": fresh}}, X_Subject_Token=fresh, X_Request_Id=fresh)
    server = serve(brings, answer(403, {"message": f"not with {fresh}!"}))
    transport = connect(max_retries=0)

    reply = get(transport, server)
    with pytest.raises(ApiError) as caught:
        get(transport, server)

    assert reply.headers["X-Subject-Token"] == fresh
    assert (reply.data, reply.request_id) == ({"token": {"quoted": HIDDEN}}, HIDDEN)
    assert caught.value.message == "IMS: not with ***!"


def test_the_signature_of_a_request_is_not_quoted_either(serve: Serve, connect: Connect) -> None:
    signature = "0123456789abcdef" * 4
    proof = {"Authorization": f"SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature={signature}"}
    server = serve(answer(401, {"message": f"refused: {proof['Authorization']}"}))
    with pytest.raises(ApiError) as caught:
        connect().send(Request("GET", server.url + "/"), lambda dummy: proof, repeat=True)
    assert not re.search("[0-9a-f]{16}", caught.value.message)
    assert "Signature=***" in caught.value.message


def test_an_answer_of_many_levels_is_no_traceback(serve: Serve, connected: Connect) -> None:
    deep = b"[" * 900 + f'"{TOKEN}"'.encode() + b"]" * 900
    for status in (200, 400):
        try:
            reply = get(connected(), serve(answer(status, deep)))
        except ImsError as error:
            assert_hidden(told(error))
        else:
            assert_hidden(str(reply.data))


@pytest.mark.parametrize("code", ["utf-8", "utf-16", "utf-32"])
def test_a_secret_is_found_in_an_answer_however_that_is_encoded(code: str, serve: Serve, connected: Connect) -> None:
    letters = "".join(f"\\u{ord(letter):04x}" for letter in TOKEN) if code == "utf-8" else TOKEN
    server = serve(answer(200, f'{{"job_id": "{letters}"}}'.encode(code)))
    assert get(connected(), server).data == {"job_id": HIDDEN}


@pytest.mark.parametrize(
    "form", [TOKEN, base64.b64encode(f"token={TOKEN}".encode()).decode()], ids=["as it is", "in base64"]
)
def test_what_is_left_of_a_token_that_the_service_has_cut_or_wrapped_is_taken_out(
    form: str, serve: Serve, connected: Connect
) -> None:
    wrapped = "\n".join(form[at : at + 30] for at in range(0, len(form), 30))
    server = serve(answer(200, {"fail_reason": f"bad: {form[:60]}...", "more": [wrapped]}))
    told = json.dumps(get(connected(), server).data)
    assert "bad: " in told
    for at in range(16, 60):
        assert form[at : at + 16] not in told
