# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport over real sockets: redirects, proxies and certificates."""

from __future__ import annotations

import pathlib
import ssl
import typing as t

import pytest
import trustme

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Request
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    BadReply,
    InputError,
    NotSent,
    ReplyLost,
    TlsError,
    TransportError,
)
from tests.unit.sending import Connect, Serve, get, nobody, post
from tests.unit.support import FakeClock, Server, answer, raw, reset, unused_port


@pytest.mark.parametrize(("send", "kind"), [(get, BadReply), (post, ReplyLost)])
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_redirect_is_not_followed_and_does_not_tell_whether_what_was_sent_was_carried_out(
    status: int, send: t.Any, kind: type[TransportError], serve: Serve, connect: Connect
) -> None:
    elsewhere = serve()
    server = serve(answer(status, Location=f"{elsewhere.url.replace('127.0.0.1', 'localhost')}/x?token=1"))
    with pytest.raises(kind, match="redirected to localhost, which is not followed") as caught:
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
        connect(max_retries=1).send(request, nobody, repeat=True)
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
def test_a_handshake_that_fails_was_not_sent_and_may_be_tried_again(
    send: t.Any, serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve(*[raw(b"this is not TLS\r\n")] * 2, hasty=True)
    request = Request("POST", f"https://localhost:{server.port}/v1/copy", body=b"{}" if send is post else None)
    with pytest.raises(NotSent) as caught:
        connect(max_retries=1).send(request, nobody, repeat=send is get)
    assert caught.value.__class__ is NotSent
    assert clock.sleeps == ([0.5] if send is get else [])
