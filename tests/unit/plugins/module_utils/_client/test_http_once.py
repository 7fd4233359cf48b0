# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport over real sockets: what must not be sent twice, and what a lost reply is called."""

from __future__ import annotations

import socket
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Request
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    Busy,
    NotAuthenticated,
    NotSent,
    ReplyLost,
    ServerFault,
)
from tests.unit.sending import Connect, Serve, get, nobody, post
from tests.unit.support import FakeClock, answer, hang_up, raw, reset, silence, unused_port

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


def test_a_fault_names_the_request_only_where_it_may_have_been_carried_out(serve: Serve, connect: Connect) -> None:
    body = {"error_code": "IMG.0061", "error_msg": "storage trouble"}
    server = serve(answer(500, body), answer(500, body))
    with pytest.raises(ReplyLost) as lost:
        post(connect(), server)
    assert lost.value.message == f"POST 127.0.0.1:{server.port}/v1/copy: IMS: storage trouble"
    with pytest.raises(ServerFault) as failed:
        get(connect(max_retries=0), server)
    assert failed.value.message == "IMS: storage trouble"


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


def test_what_is_to_be_sent_once_is_tried_once_also_where_it_never_left(connect: Connect, clock: FakeClock) -> None:
    request = Request("POST", f"http://127.0.0.1:{unused_port()}/v1/copy", body=b"{}")
    with pytest.raises(NotSent, match="no connection .connection refused"):
        connect(max_retries=2).send(request, nobody, repeat=False)
    assert clock.sleeps == []


def test_a_name_that_is_not_known_was_not_sent(
    connect: Connect, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*arguments: t.Any) -> t.NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    request = Request("POST", "http://no-such-host.invalid/v1/copy", body=b"{}")
    with pytest.raises(NotSent, match="the name of the host is not known"):
        connect(max_retries=1).send(request, nobody, repeat=True)
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
