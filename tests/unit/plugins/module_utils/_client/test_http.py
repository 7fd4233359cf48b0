# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport over real sockets: what is repeated, what is not, and what each kind of trouble is called."""

from __future__ import annotations

import importlib
import json
import pathlib
import socket
import ssl
import sys
import types
import typing as t

import pytest
import trustme

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import http, no_answer
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.http import (
    Request,
    Response,
    Transport,
    encode_query,
    masked,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import Deadline
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    BadReply,
    Busy,
    ImsError,
    InputError,
    NotAuthenticated,
    NotFound,
    NotSent,
    ReplyLost,
    ServerFault,
    TlsError,
)
from tests.unit.support import FakeClock, Server, answer, dripping, hang_up, raw, reset, silence, unused_port

Connect = t.Callable[..., Transport]
Serve = t.Callable[..., Server]


def nobody(request: Request) -> dict[str, str]:
    return {}


def get(transport: Transport, server: Server, **options: t.Any) -> Response:
    return transport.send(
        Request("GET", f"{server.url}/v2/things", (("key", "secret"),)), nobody, repeat=True, **options
    )


def post(transport: Transport, server: Server, **options: t.Any) -> Response:
    request = Request("POST", f"{server.url}/v1/copy", headers={"Content-Type": "application/json"}, body=b'{"a": 1}')
    return transport.send(request, nobody, repeat=False, **options)


# -- what goes over the wire -----------------------------------------------------------------------------------------


def test_a_query_is_sorted_before_it_is_encoded_and_every_reserved_character_is_encoded() -> None:
    query = [("tag", "a=b"), ("name", "x y/~*+中"), ("Zeta", "1"), ("empty", ""), ("__x", "1")]
    assert encode_query(query) == "Zeta=1&__x=1&empty=&name=x%20y%2F~%2A%2B%E4%B8%AD&tag=a%3Db"


def test_the_wire_carries_the_very_path_and_query_of_the_request(serve: Serve, connect: Connect) -> None:
    server = serve()
    request = Request("GET", f"{server.url}/ims/cn-north-4/a%2Fb%20c~%21%27", (("name", "it's (1)!"), ("a", "%")))
    connect().send(request, nobody, repeat=True)
    assert server.received[0].target == "/ims/cn-north-4/a%2Fb%20c~%21%27?a=%25&name=it%27s%20%281%29%21"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://IMS.example.com/x", "ims.example.com"),
        ("https://ims.example.com:443/x", "ims.example.com"),
        ("http://ims.example.com:443/x", "ims.example.com:443"),
        ("http://127.0.0.1:8765/ims", "127.0.0.1:8765"),
        ("http://[::1]:8765/ims", "[::1]:8765"),
    ],
)
def test_the_host_header_has_the_port_only_where_it_is_not_the_schemes_own(url: str, host: str) -> None:
    assert Request("GET", url).host == host


def test_the_answer_has_status_data_headers_and_request_id(serve: Serve, connect: Connect) -> None:
    server = serve(answer(201, {"x": [1]}, X_Request_Id="r1", X_Subject_Token="t"))
    response = get(connect(), server)
    assert (response.status, response.data, response.request_id) == (201, {"x": [1]}, "r1")
    assert response.headers["x-subject-token"] == "t"


def test_an_empty_answer_has_no_data(serve: Serve, connect: Connect) -> None:
    assert get(connect(), serve(answer(204))).data is None


def test_a_204_with_a_body_is_taken_as_it_comes(serve: Serve, connect: Connect) -> None:
    assert post(connect(), serve(answer(204, {"job_id": "j"}, keep=False))).status == 204


def test_proof_is_asked_for_anew_at_every_attempt(serve: Serve, connect: Connect) -> None:
    server = serve(answer(503), answer(200, {}))
    dates = iter(("first", "second"))
    connect().send(Request("GET", server.url + "/"), lambda dummy: {"X-Sdk-Date": next(dates)}, repeat=True)
    assert [request.headers["x-sdk-date"] for request in server.received] == ["first", "second"]


def test_a_netrc_of_the_user_does_not_touch_the_authorization(
    serve: Serve, connect: Connect, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = serve()
    connect().send(Request("GET", server.url + "/"), lambda dummy: {"Authorization": "SDK-HMAC-SHA256 x"}, repeat=True)
    connect().send(Request("GET", server.url + "/"), nobody, repeat=True)
    assert server.received[0].headers["authorization"] == "SDK-HMAC-SHA256 x"
    assert "authorization" not in server.received[1].headers


# -- reads are repeated ----------------------------------------------------------------------------------------------

TROUBLE = {
    "reset": reset,
    "no answer": hang_up,
    "500": answer(500, {"error_code": "APIGW.0601", "error_msg": "broken"}),
    "502 of a proxy": answer(502, b"<html>Bad Gateway</html>"),
    "503": answer(503),
    "429": answer(429, {"error_code": "APIGW.0308", "error_msg": "slow"}),
    "IMG.0060": answer(400, {"error": {"code": "IMG.0060", "message": "busy"}}),
    "html": answer(200, b"<html>please log in</html>"),
    "not json": answer(200, b'{"images": ['),
    "truncated": raw(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"a": 1}'),
    "truncated before the body": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"),
    "no HTTP": raw(b"hello\r\n"),
    "chunk cut": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"),
    "nested too deep": answer(200, b"[" * 200_000),
}


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE.keys())
def test_a_read_is_repeated_after(trouble: t.Any, serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(trouble, answer(200, {"fine": True}))
    assert get(connect(), server).data == {"fine": True}
    assert len(server.received) == 2
    assert clock.sleeps == [0.5]


def test_a_read_is_repeated_after_a_silence_of_the_time_out(serve: Serve, connect: Connect) -> None:
    server = serve(silence, answer(200, {"fine": True}))
    assert get(connect(request_timeout=0.2), server).data == {"fine": True}


def test_back_off_doubles_up_to_a_bound_and_the_last_error_is_raised(
    serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve(*[answer(500)] * 8, answer(502, X_Request_Id="last"))
    with pytest.raises(ServerFault) as caught:
        get(connect(max_retries=8), server)
    assert clock.sleeps == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert (caught.value.http_status, caught.value.request_id) == (502, "last")


def test_back_off_is_scaled_by_luck(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    get(connect(jitter=lambda: 0.25), serve(answer(500)))
    assert clock.sleeps == [0.125]


def test_no_retries_means_one_attempt(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(answer(500))
    with pytest.raises(ServerFault):
        get(connect(max_retries=0), server)
    assert (len(server.received), clock.sleeps) == (1, [])


@pytest.mark.parametrize(
    ("wish", "pause"),
    [
        ("7", 7.0),
        ("0", 0.5),
        ("Sun, 01 Mar 2026 12:00:20 GMT", 20.0),
        ("Sun, 01 Mar 2026 12:00:20 -0000", 20.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.5),
        ("soon", 0.5),
        ("99999", 300.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(
    wish: str, pause: float, status: int, serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    get(connect(), serve(answer(status, Retry_After=wish)))
    assert clock.sleeps == [pause]


def test_a_pause_ends_at_the_deadline_and_one_last_attempt_follows(
    serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve(answer(429, Retry_After="600"), answer(429, Retry_After="600"))
    with pytest.raises(Busy) as caught:
        get(connect(), server, deadline=Deadline(clock, 90))
    assert clock.sleeps == [90.0]
    assert len(server.received) == 2
    assert caught.value.retry_after == 600.0


def test_a_deadline_that_has_passed_still_allows_one_attempt(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(answer(500))
    with pytest.raises(ServerFault):
        get(connect(), server, deadline=Deadline(clock, 0))
    assert len(server.received) == 1
    assert get(connect(), server, deadline=Deadline(clock, 0)).data == {}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409])
def test_a_refusal_is_not_repeated(status: int, serve: Serve, connect: Connect) -> None:
    server = serve(answer(status, {"error": {"code": "X.1", "message": "no"}}, X_Request_Id="r"))
    with pytest.raises(ApiError) as caught:
        get(connect(), server)
    assert len(server.received) == 1
    assert (caught.value.code, caught.value.http_status, caught.value.request_id) == ("X.1", status, "r")


def test_a_refusal_whose_body_breaks_off_is_still_a_refusal(serve: Serve, connect: Connect) -> None:
    with pytest.raises(NotFound):
        get(connect(), serve(raw(b"HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\n{")))


def test_an_answer_that_drips_is_given_up_after_four_time_outs(serve: Serve, connect: Connect) -> None:
    server = serve(dripping(json.dumps({"images": "x" * 2000}).encode()))
    clock = FakeClock(tick=1.0)
    began = clock.now
    with pytest.raises(BadReply, match="did not end within 20 s"):
        get(connect(clock=clock, request_timeout=5.0, max_retries=0), server)
    assert 20.0 < clock.now - began < 25.0


def test_an_answer_without_end_is_given_up(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_BODY", 2**20)
    with pytest.raises(BadReply, match="longer than 1 MiB"):
        get(connect(max_retries=0), serve(answer(200, b" " * (2**20 + 1))))


def test_connections_are_reused_for_reads(serve: Serve, connect: Connect) -> None:
    server = serve(answer(200, {}), answer(204), answer(404, {}), answer(200, {}))
    transport = connect()
    get(transport, server)
    get(transport, server)
    with pytest.raises(NotFound):
        get(transport, server)
    get(transport, server)
    assert server.connections == 1


def test_a_pooled_connection_that_has_gone_stale_costs_a_read_one_more_attempt_at_most(
    serve: Serve, connect: Connect
) -> None:
    server = serve(answer(200, {"n": 1}, keep=False), answer(200, {"n": 2}))
    transport = connect()
    assert get(transport, server).data == {"n": 1}
    assert get(transport, server).data == {"n": 2}


def test_a_closed_transport_can_be_used_again(serve: Serve, connect: Connect) -> None:
    server = serve()
    transport = connect()
    get(transport, server)
    transport.close()
    transport.close()
    get(transport, server)
    assert server.connections == 2


# -- what must not be sent twice -------------------------------------------------------------------------------------

LOST = {
    "reset": (reset, None),
    "no answer": (hang_up, None),
    "500": (answer(500), 500),
    "502": (answer(502, b"<html/>"), 502),
    "503": (answer(503, Retry_After="1"), 503),
    "504": (answer(504), 504),
    "html": (answer(200, b"<html>"), 200),
    "not json": (answer(202, b"{"), 202),
    "truncated": (raw(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"job_id": "x"}'), 200),
}


@pytest.mark.parametrize(("trouble", "status"), LOST.values(), ids=LOST.keys())
def test_a_lost_reply_is_called_one_and_nothing_is_repeated(
    trouble: t.Any, status: int | None, serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve(trouble)
    with pytest.raises(ReplyLost) as caught:
        post(connect(), server)
    assert len(server.received) == 1
    assert clock.sleeps == []
    assert caught.value.http_status == status


def test_a_silence_after_sending_is_a_lost_reply(serve: Serve, connect: Connect) -> None:
    server = serve(silence)
    with pytest.raises(ReplyLost, match="time-out"):
        post(connect(request_timeout=0.2), server)
    assert len(server.received) == 1


def test_a_lost_reply_keeps_what_the_service_said(serve: Serve, connect: Connect) -> None:
    server = serve(answer(503, {"error_code": "APIGW.0613", "error_msg": "later", "request_id": "r7"}))
    with pytest.raises(ReplyLost, match="later") as caught:
        post(connect(), server)
    assert (caught.value.code, caught.value.request_id) == ("APIGW.0613", "r7")
    assert caught.value.hint


@pytest.mark.parametrize("code", ["IMG.0060", "IMG.0149", "IMG.0148"])
def test_a_no_for_now_is_the_callers_to_wait_for(code: str, serve: Serve, connect: Connect) -> None:
    server = serve(answer(400, {"error": {"code": code, "message": "later"}}, Retry_After="9"))
    with pytest.raises(Busy) as caught:
        post(connect(), server)
    assert len(server.received) == 1
    assert caught.value.retry_after == 9.0


def test_a_401_is_raised_at_once(serve: Serve, connect: Connect) -> None:
    server = serve(answer(401))
    with pytest.raises(NotAuthenticated):
        post(connect(), server)
    assert len(server.received) == 1


def test_a_refused_connection_was_not_sent_and_is_tried_again(connect: Connect, clock: FakeClock) -> None:
    request = Request("POST", f"http://127.0.0.1:{unused_port()}/v1/copy", body=b"{}")
    with pytest.raises(NotSent, match="no connection .connection refused"):
        connect(max_retries=2).send(request, nobody, repeat=False)
    assert clock.sleeps == [0.5, 1.0]


def test_a_name_that_is_not_known_was_not_sent(
    connect: Connect, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*arguments: t.Any) -> t.NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    request = Request("POST", "http://no-such-host.invalid/v1/copy", body=b"{}")
    with pytest.raises(NotSent, match="the name of the host is not known"):
        connect(max_retries=1).send(request, nobody, repeat=False)
    assert clock.sleeps == [0.5]


def test_what_must_not_be_sent_twice_never_takes_a_pooled_connection(serve: Serve, connect: Connect) -> None:
    server = serve()
    transport = connect()
    get(transport, server)
    post(transport, server)
    post(transport, server)
    get(transport, server)
    assert [request.connection for request in server.received] == [1, 2, 3, 1]


def test_without_a_body_a_reset_is_taken_for_a_lost_reply(serve: Serve, connect: Connect) -> None:
    with pytest.raises(ReplyLost):
        connect().send(Request("DELETE", serve(reset).url + "/x"), nobody, repeat=False)


def test_without_a_body_a_refused_connection_is_none(connect: Connect) -> None:
    with pytest.raises(NotSent):
        connect(max_retries=0).send(Request("DELETE", f"http://127.0.0.1:{unused_port()}/x"), nobody, repeat=False)


# -- redirects, proxies, certificates --------------------------------------------------------------------------------


@pytest.mark.parametrize("send", [get, post])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_names_where_it_leads(
    status: int, send: t.Any, serve: Serve, connect: Connect
) -> None:
    elsewhere = serve()
    server = serve(answer(status, Location=f"{elsewhere.url.replace('127.0.0.1', 'localhost')}/x?token=1"))
    with pytest.raises(BadReply, match="redirected to localhost, which is not followed") as caught:
        send(connect(), server)
    assert (elsewhere.received, len(server.received)) == ([], 1)
    assert caught.value.http_status == status


@pytest.mark.parametrize(
    ("location", "words"),
    [("/login", "another place on the same host"), ("http://[", "an address that cannot be read")],
)
def test_a_redirect_to_nowhere_in_particular_is_refused_too(
    location: str, words: str, serve: Serve, connect: Connect
) -> None:
    with pytest.raises(BadReply, match=words):
        get(connect(), serve(answer(302, Location=location)))


def test_the_proxy_of_the_environment_is_used(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    connect().send(Request("GET", "http://ims.example.com/v2"), nobody, repeat=True)
    assert proxy.received[0].target == "http://ims.example.com/v2"


def test_a_proxy_that_refuses_the_tunnel_is_named_and_nothing_was_sent(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(*[answer(407, keep=False)] * 2)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://user:hidden@"))
    request = Request("POST", "https://ims.example.com/v1/copy", body=b"{}")
    with pytest.raises(NotSent, match="proxy does not let it through .*407") as caught:
        connect(max_retries=1).send(request, nobody, repeat=False)
    assert [received.method for received in proxy.received] == ["CONNECT", "CONNECT"]
    assert "hidden" not in caught.value.as_text()


def test_a_proxy_that_resets_after_the_request_was_sent_makes_a_lost_reply(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """urllib3 1 calls any trouble behind a proxy a failure to connect to it."""
    proxy = serve(reset)
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    with pytest.raises(ReplyLost):
        connect().send(Request("POST", "http://ims.example.com/v1/copy", body=b"{}"), nobody, repeat=False)
    assert len(proxy.received) == 1


def test_a_proxy_that_is_down_is_named(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(NotSent, match="the proxy does not let it through .connection refused"):
        connect(max_retries=0).send(Request("GET", "https://ims.example.com/v2"), nobody, repeat=True)


@pytest.mark.parametrize("proxy", ["http://", "socks5://127.0.0.1:1"])
def test_a_proxy_setting_that_cannot_be_used_is_a_matter_of_input(
    proxy: str, connect: Connect, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(InputError, match="proxy setting cannot be used"):
        connect().send(Request("GET", "https://ims.example.com/v2"), nobody, repeat=True)
    assert clock.sleeps == []


def test_a_header_that_cannot_be_sent_is_not_shown(connect: Connect) -> None:
    request = Request("GET", "http://127.0.0.1:1/", headers={"X-Security-Token": "hidden\nvalue"})
    with pytest.raises(InputError) as caught:
        connect().send(request, nobody, repeat=True)
    assert "hidden" not in caught.value.as_text()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA, serve: Serve) -> t.Callable[..., Server]:
    def start(*script: t.Any, name: str = "localhost") -> Server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return serve(*script, tls=context)

    return start


@pytest.fixture
def authority_file(authority: trustme.CA, tmp_path: pathlib.Path) -> str:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def test_a_certificate_of_a_known_authority_is_accepted(
    secure: t.Any, connect: Connect, authority_file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "other.pem").write_bytes(trustme.CA().cert_pem.bytes())
    # ca_path wins over what the environment says.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    assert get(connect(verify=authority_file), secure(answer(200, {"x": 1}))).data == {"x": 1}
    assert post(connect(verify=authority_file), secure(answer(200, {"x": 1}))).data == {"x": 1}


def test_without_a_ca_path_the_authorities_of_the_environment_count(
    secure: t.Any, connect: Connect, authority_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority_file)
    assert get(connect(), secure(answer(200, {"x": 1}))).data == {"x": 1}


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_checks_that_are_switched_off_stay_off_whatever_the_environment_says(
    secure: t.Any, connect: Connect, authority_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority_file)
    assert get(connect(verify=False), secure(answer(200, {"x": 1}), name="elsewhere.example")).data == {"x": 1}


@pytest.mark.parametrize("send", [get, post])
@pytest.mark.parametrize("name", ["localhost", "elsewhere.example"])
def test_a_certificate_that_is_not_accepted_is_never_tried_again(
    send: t.Any, name: str, secure: t.Any, connect: Connect, clock: FakeClock, authority_file: str
) -> None:
    server = secure(name=name)
    with pytest.raises(TlsError, match="certificate was not accepted") as caught:
        send(connect(verify=True if name == "localhost" else authority_file), server)
    assert (server.received, clock.sleeps) == ([], [])
    assert "ca_path" in (caught.value.hint or "")


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_authorities_that_cannot_be_read_are_a_matter_of_certificates(
    content: str | None, secure: t.Any, connect: Connect, tmp_path: pathlib.Path, clock: FakeClock
) -> None:
    path = tmp_path / "authorities.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(TlsError, match="accepted authorities cannot be read"):
        get(connect(verify=str(path)), secure())
    assert clock.sleeps == []


@pytest.mark.parametrize("send", [get, post])
def test_a_handshake_that_fails_was_not_sent_and_is_tried_again(
    send: t.Any, serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve(*[raw(b"this is not TLS\r\n")] * 2, hasty=True)
    request = Request("POST", f"https://localhost:{server.port}/v1/copy", body=b"{}" if send is post else None)
    with pytest.raises(NotSent) as caught:
        connect(max_retries=1).send(request, nobody, repeat=send is get)
    assert caught.value.__class__ is NotSent
    assert clock.sleeps == [0.5]


# -- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [reset, answer(200, b"<html>"), answer(302, Location="http://x.example/")])
def test_messages_name_method_host_and_path_and_never_the_query(trouble: t.Any, serve: Serve, connect: Connect) -> None:
    server = serve(trouble)
    with pytest.raises(ImsError) as caught:
        get(connect(max_retries=0), server)
    assert f"GET 127.0.0.1:{server.port}/v2/things:" in caught.value.message
    assert "secret" not in caught.value.as_text()


def test_a_request_does_not_show_its_body() -> None:
    assert "hidden" not in repr(Request("POST", "http://x/", body=b"hidden"))


def test_the_story_of_another_request_is_not_told(connect: Connect, serve: Serve) -> None:
    """While a caller handles one failure, the next one must be judged by itself."""
    transport = connect(max_retries=0)
    try:
        transport.send(Request("GET", f"http://127.0.0.1:{unused_port()}/"), nobody, repeat=True)
    except NotSent:
        with pytest.raises(ReplyLost) as caught:
            get(transport, serve(reset))
        assert "refused" not in caught.value.message
    else:
        pytest.fail("that nobody listens was not noticed")


def test_trouble_without_words_is_called_by_its_type() -> None:
    assert no_answer.reason_of(OSError()) == "OSError"
    assert no_answer.reason_of(KeyError("secret")) == "KeyError"


def test_an_answer_is_read_in_small_parts_where_urllib3_cannot_tell_what_has_arrived() -> None:
    class Old:
        asked: t.ClassVar[list[int]] = []

        def read(self, size: int, decode_content: bool) -> bytes:
            self.asked.append(size)
            return b"x"

    assert http._some(Old()) == b"x"
    assert Old.asked == [64]


def test_a_body_that_is_shorter_than_announced_is_noticed_where_urllib3_does_not_look(connect: Connect) -> None:
    parts = [b'{"a"', b""]
    reply = types.SimpleNamespace(
        status_code=200,
        headers={"Content-Length": "9"},
        raw=types.SimpleNamespace(read=lambda size, decode_content: parts.pop(0)),
    )
    content, trouble = connect()._read(t.cast("t.Any", reply), 1000.0)
    assert (content, trouble) == (b'{"a"', "the answer broke off after 4 of 9 bytes")


def test_without_requests_the_collection_can_still_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    monkeypatch.setitem(sys.modules, "urllib3.exceptions", None)
    for name in ("http", "no_answer"):
        monkeypatch.delitem(sys.modules, f"{http.__package__}.{name}")
    bare = importlib.import_module(f"{http.__package__}.http")
    assert bare is not http
    assert bare.HAS_REQUESTS is False
    assert "requests" in bare.REQUESTS_IMPORT_ERROR
    assert (http.HAS_REQUESTS, http.REQUESTS_IMPORT_ERROR) == (True, None)


def test_an_answer_that_quotes_the_proof_is_masked_whole_or_in_part() -> None:
    headers = {"X-Auth-Token": "EmulatedTokenabcdefghijklmnopqrst", "X-Sdk-Date": "20260301T120000Z"}
    answer = b"too long: 'EmulatedTokenabcdefgh' of image 7f0c1d52-3a4e-4a1b-9a53-0e6e7b0c9a11 at 20260301T120000Z"

    assert masked(answer, headers) == answer.replace(b"EmulatedTokenabcdefgh", b"***")
