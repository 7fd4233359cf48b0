# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport over real sockets: which reads are repeated, how long it pauses, and when it gives up."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import bounds
from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import Deadline
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    BadReply,
    Busy,
    NotFound,
    ServerFault,
)
from tests.unit.sending import Connect, Serve, get
from tests.unit.support import FakeClock, answer, dripping, hang_up, raw, reset, silence

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
        get(connect(max_retries=8), server, deadline=Deadline(clock, 300))
    assert clock.sleeps == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert (caught.value.http_status, caught.value.request_id) == (502, "last")


def test_back_off_is_scaled_by_luck(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    get(connect(jitter=lambda: 0.25), serve(answer(500)))
    assert clock.sleeps == [0.125]


@pytest.mark.parametrize(("attempt", "pause"), [(5, 16.0), (6, 30.0), (7, 30.0), (30, 30.0), (31, 30.0), (5000, 30.0)])
def test_however_often_it_was_tried_a_pause_has_an_end(attempt: int, pause: float, connect: Connect) -> None:
    assert connect()._pause(attempt, None, 90) == pause
    assert connect(jitter=lambda: 0.5)._pause(attempt, None, 90) == pause / 2


@pytest.mark.parametrize(
    ("wish", "left", "pause"),
    [(7, 90, 7), (0.1, 90, 0.5), (600, 90, 90), (600, 900, 600), (7, 0, 0), (None, 0.25, 0.25)],
)
def test_the_services_wish_has_no_other_bound_than_the_time_that_is_left(
    wish: float | None, left: float, pause: float, connect: Connect
) -> None:
    assert connect()._pause(0, wish, left) == pause


@pytest.mark.parametrize(("wish", "pauses"), [("59", [59, 1]), ("60", [60]), ("61", [60]), ("25", [25, 25, 10])])
def test_without_a_deadline_all_pauses_of_a_request_take_a_minute_at_most(
    wish: str, pauses: list[float], serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve(*[answer(429, Retry_After=wish)] * 9)
    with pytest.raises(Busy) as caught:
        get(connect(max_retries=8), server)
    assert caught.value.message.endswith(f"; it wants to be left alone for {wish} s, and the time is over")
    assert clock.sleeps == pauses


def test_what_is_asked_without_a_deadline_has_that_of_the_transport(
    serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve(*[answer(503, Retry_After="40")] * 20)
    transport = connect(max_retries=8)
    transport.until = Deadline(clock, 90)
    with pytest.raises(ServerFault):
        get(transport, server)
    with pytest.raises(ServerFault):
        get(transport, server)
    with pytest.raises(ServerFault):
        get(transport, server, deadline=Deadline(clock, 7))
    assert clock.sleeps == [40, 40, 10, 7]


def test_an_error_of_which_there_were_enough_attempts_does_not_speak_of_time(serve: Serve, connect: Connect) -> None:
    with pytest.raises(Busy) as caught:
        get(connect(max_retries=1), serve(*[answer(429, Retry_After="5")] * 2))
    assert "left alone" not in caught.value.message


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
        ("99999", 60.0),
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
    monkeypatch.setattr(bounds, "LARGEST", 2**20)
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


@pytest.mark.parametrize("year", ["2024", "9" * 100])
def test_a_wish_to_be_left_alone_that_no_calendar_knows_is_none(
    year: str, serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    odd = f"Mon, 01 Jan {year} 00:00:00 +{'9' * 100}"
    server = serve(answer(503, Retry_After=odd), answer(200, {"fine": True}))
    assert get(connect(), server).data == {"fine": True}
    assert clock.sleeps == [0.5]
