# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport over real sockets: an answer that never ends is bounded in time and in size, wherever that is."""

from __future__ import annotations

import gzip
import io
import socket
import typing as t
import zlib

import pytest
import urllib3

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import bounds
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.hiding import Secrets
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Request
from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import Deadline
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    BadReply,
    ImsError,
    NotSent,
    ReplyLost,
)
from tests.unit.sending import Connect, Serve, get, nobody, post
from tests.unit.support import FakeClock, answer, endless, reset

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
# How an answer begins, and what then comes for ever, a little at a time.
WITHOUT_END = {
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "status line": (b"HTTP/1.1 200 ", b"x"),
    "header": (OK + b"X-Long: ", b"x"),
    "headers": (OK, b"X-More: y\r\n"),
    "body": (OK + b"Content-Length: 100000\r\n\r\n", b" "),
    "body without length": (OK + b"\r\n", b" "),
    "chunks": (CHUNKED, b"1\r\n \r\n"),
    "chunk extension": (CHUNKED + b"2;", b"x"),
    "end of a chunk": (CHUNKED + b"2\r\n{}", b" "),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-More: y\r\n"),
    "trailer": (CHUNKED + b"2\r\n{}\r\n0\r\nX-Long: ", b"x"),
}
# The others are bounded by http.client: it takes a hundred headers, and no line above 64 KiB.
FLOODS = {name: WITHOUT_END[name] for name in ("100 Continue", "body without length", "trailers")}
FLOODS["chunks"] = (CHUNKED, b"400\r\n" + b" " * 0x400 + b"\r\n")
# Younger releases of urllib3 take no longer lines either.
LONG_LINES = {name: WITHOUT_END[name] for name in ("chunk extension", "end of a chunk", "trailer")}
without_end = pytest.mark.parametrize(("begin", "unit"), WITHOUT_END.values(), ids=WITHOUT_END.keys())


@without_end
def test_a_read_whose_answer_never_ends_is_given_up_after_four_time_outs(
    begin: bytes, unit: bytes, serve: Serve, connect: Connect
) -> None:
    clock = FakeClock(tick=1.0)
    began = clock.now
    with pytest.raises((ReplyLost, BadReply), match="did not end within 20 s"):
        get(connect(clock=clock, request_timeout=5.0, max_retries=0), serve(endless(begin, unit)))
    assert clock.now - began < 25.0


@without_end
def test_what_must_not_be_sent_twice_is_lost_in_an_answer_that_never_ends(
    begin: bytes, unit: bytes, serve: Serve, connect: Connect
) -> None:
    server = serve(endless(begin, unit))
    with pytest.raises(ReplyLost):
        post(connect(clock=FakeClock(tick=1.0), request_timeout=5.0), server)
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_refusal_whose_body_never_ends_is_still_one(status: int, serve: Serve, connect: Connect) -> None:
    begin = f"HTTP/1.1 {status} No\r\nContent-Length: 1000\r\nX-Request-Id: r1\r\n\r\n".encode()
    with pytest.raises(ApiError) as caught:
        post(connect(clock=FakeClock(tick=1.0), request_timeout=5.0), serve(endless(begin, b" ")))
    assert (caught.value.http_status, caught.value.request_id) == (status, "r1")


def test_a_proxy_that_never_ends_its_answer_has_not_let_the_request_through(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(endless(OK + b"X-Long: ", b"x"))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    request = Request("POST", "https://ims.example.com/v1/copy", body=b"{}")
    with pytest.raises(NotSent):
        connect(clock=FakeClock(tick=1.0), max_retries=0).send(request, nobody, repeat=False)


@pytest.mark.parametrize(("left", "limit"), [(0, "5"), (3, "5"), (8, "8"), (500, "20")])
def test_an_exchange_ends_with_the_deadline_but_is_given_one_time_out_at_least(
    left: float, limit: str, serve: Serve, connect: Connect
) -> None:
    clock = FakeClock(tick=0.5)
    with pytest.raises(BadReply, match=f"did not end within {limit} s"):
        get(
            connect(clock=clock, request_timeout=5.0, max_retries=0),
            serve(endless(*WITHOUT_END["body"])),
            deadline=Deadline(FakeClock(), left),
        )


@pytest.mark.parametrize(("begin", "unit"), FLOODS.values(), ids=FLOODS.keys())
def test_an_answer_that_floods_is_given_up_wherever_it_does(
    begin: bytes, unit: bytes, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LARGEST", 2**20)
    with pytest.raises(ImsError, match="is longer than 1 MiB"):
        get(connect(max_retries=0), serve(endless(begin, unit * (2**16 // len(unit)), pause=0)))


@pytest.mark.parametrize(("begin", "unit"), LONG_LINES.values(), ids=LONG_LINES.keys())
def test_a_line_that_floods_is_given_up(
    begin: bytes, unit: bytes, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LARGEST", 2**20)
    with pytest.raises(ImsError, match="is longer than 1 MiB|LineTooLong"):
        get(connect(max_retries=0), serve(endless(begin, unit * 2**16, pause=0)))


@pytest.mark.parametrize(
    ("pack", "coding"), [(gzip.compress, "gzip"), (gzip.compress, "X-GZip"), (zlib.compress, "deflate")]
)
def test_an_answer_that_was_packed_is_read_like_any_other(
    pack: t.Callable[[bytes], bytes], coding: str, serve: Serve, connect: Connect
) -> None:
    assert get(connect(), serve(answer(200, pack(b'{"a": 1}'), Content_Encoding=coding))).data == {"a": 1}


def test_an_answer_that_is_small_as_long_as_it_is_packed_is_given_up(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LARGEST", 2**20)
    bomb = gzip.compress(b" " * 2**22)
    with pytest.raises(BadReply, match="is longer than 1 MiB"):
        get(connect(max_retries=0), serve(answer(200, bomb, Content_Encoding="gzip")))


@pytest.mark.parametrize("coding", ["gzip, gzip", "gzip,deflate", "br", "zstd", "compress", "gzip\tx", "\xe9" * 99])
def test_what_is_packed_so_that_a_little_may_become_any_amount_at_once_is_not_unpacked(
    coding: str, serve: Serve, connect: Connect
) -> None:
    twice = gzip.compress(gzip.compress(b'{"a": 1}'))
    server = serve(*[answer(200, twice, Content_Encoding=coding)] * 2)
    with pytest.raises(BadReply, match="^GET .*: the answer is packed in a way that nobody asked for"):
        get(connect(max_retries=0), server)
    with pytest.raises(ReplyLost, match="^POST .*: the answer is packed in a way that nobody asked for"):
        post(connect(), server)


@pytest.mark.parametrize("unit", [b"[],", b"{},", b"1,", b'"a",'])
def test_an_answer_of_more_values_than_anybody_has_is_not_read(
    unit: bytes, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes many times as much memory as it has bytes."""
    monkeypatch.setattr(bounds, "MOST_VALUES", 1000)
    few, many = (b"[" + unit * count + b"0]" for count in (400, 1001))
    server = serve(answer(200, few), answer(200, many))
    assert len(get(connect(), server).data) == 401
    with pytest.raises(BadReply, match="holds more than 1000 values"):
        get(connect(max_retries=0), server)


def test_the_bounds_are_those_of_each_exchange_anew(serve: Serve, connect: Connect) -> None:
    clock = FakeClock(tick=1.0)
    transport = connect(clock=clock, request_timeout=5.0)
    server = serve(*[answer(200, {"n": number}) for number in range(8)])
    assert [get(transport, server).data["n"] for _number in range(8)] == list(range(8))
    assert server.connections == 1


def test_the_silence_between_two_bytes_is_still_bounded_by_the_time_out(serve: Serve, connect: Connect) -> None:
    """On a clock that stands still only the socket itself can tell."""
    with pytest.raises(ReplyLost, match="time-out"):
        get(connect(request_timeout=0.2, max_retries=0), serve(endless(OK, b"X: y\r\n", pause=0.3)))


def test_what_is_bounded_of_a_connection_holds_for_every_kind_of_it() -> None:
    """A proxy has pools of its own; none of them may hand out a connection that reads without end."""
    limits = bounds.Bounds(lambda: 0.0)
    kind = urllib3.connection.HTTPSConnection
    once = bounds.bounded(kind, limits)
    assert issubclass(once, kind)
    assert once.response_class is not kind.response_class
    assert bounds.bounded(once, limits) is once


class Dead(socket.socket):
    """Nobody ever answers there."""

    clock = FakeClock()
    tries = 0

    def connect(self, address: t.Any) -> None:
        Dead.tries += 1
        Dead.clock.sleep(t.cast(float, self.gettimeout()))
        raise socket.timeout("timed out")


@pytest.mark.parametrize("kind", [urllib3.connection.HTTPConnection, urllib3.connection.HTTPSConnection])
def test_a_host_of_many_addresses_is_given_up_when_the_time_of_the_exchange_is_over(
    kind: type[t.Any], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = bounds.Bounds(clock.monotonic)
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))] * 50
    monkeypatch.setattr(socket, "getaddrinfo", lambda *host, **how: addresses)
    monkeypatch.setattr(socket, "socket", Dead)
    monkeypatch.setattr(Dead, "clock", clock)
    monkeypatch.setattr(Dead, "tries", 0)
    limits.begin(5.0, 20.0)

    with pytest.raises(urllib3.exceptions.ConnectTimeoutError):
        bounds.bounded(kind, limits)("dead.example", 443, timeout=5.0)._new_conn()
    assert Dead.tries == 4


def test_a_connection_that_breaks_is_told_as_before(serve: Serve, connect: Connect) -> None:
    with pytest.raises(ReplyLost, match="Connection reset by peer"):
        get(connect(max_retries=0), serve(reset))


def test_of_a_refusal_without_measure_only_the_beginning_is_looked_at(serve: Serve, connect: Connect) -> None:
    """Parts of secrets are looked for in every word, which of 30 MB takes minutes."""
    secrets = Secrets()
    secrets.add("s3cr3t" * 2000, random=True)
    words = ["A" * 9000] * 3000
    server = serve(answer(403, {"error": {"code": "IMG.0001", "message": "no"}, "words": words}))
    with pytest.raises(ApiError, match=r'IMS: \{"error": \{"code"') as caught:
        get(connect(secrets=secrets), server)
    assert caught.value.http_status == 403


def test_an_answer_may_have_32_mib_and_not_a_byte_more() -> None:
    limits = bounds.Bounds(lambda: 0.0)
    limits.came(32 * 2**20)
    with pytest.raises(bounds.Exceeded, match="it is longer than 32 MiB"):
        limits.came(1)


def test_the_end_of_an_answer_is_no_byte_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LARGEST", 2)
    limits = bounds.Bounds(lambda: 0.0)
    limits.begin(1.0, 1.0)
    sent: t.Any = io.BytesIO(b"{}")
    with socket.socket() as peer:
        assert bounds._Reading(sent, peer, limits).readall() == b"{}"


@pytest.mark.parametrize(("size", "code"), [(256 * 1024, "IMG.0001"), (256 * 1024 + 1, None)])
def test_a_refusal_is_read_up_to_256_kib(size: int, code: str | None, serve: Serve, connect: Connect) -> None:
    said = b'{"code": "IMG.0001", "message": "no"}'
    with pytest.raises(ApiError) as caught:
        get(connect(), serve(answer(403, said[:-1] + b" " * (size - len(said)) + b"}")))
    assert caught.value.code == code
