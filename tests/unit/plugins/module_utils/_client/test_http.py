# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport over real sockets: what goes over the wire, and which words it finds."""

from __future__ import annotations

import importlib
import pathlib
import sys
import types
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import no_answer, transport
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Request, encode_query
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import ImsError, InputError, NotSent, ReplyLost
from tests.unit.sending import Connect, Serve, get, nobody, post
from tests.unit.support import answer, reset, unused_port

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
        ("http://ims.example.com:80/x", "ims.example.com"),
        ("https://ims.example.com:80/x", "ims.example.com:80"),
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


def test_an_answer_is_read_in_parts_where_urllib3_cannot_tell_what_has_arrived() -> None:
    class Old:
        def read(self, size: int, decode_content: bool) -> bytes:
            return b"x" * size

    assert len(no_answer._some(Old())) == 2**16


def test_a_body_that_is_shorter_than_announced_is_noticed_where_urllib3_does_not_look() -> None:
    parts = [b'{"a"', b""]
    reply = types.SimpleNamespace(
        status_code=200,
        headers={"Content-Length": "9"},
        raw=types.SimpleNamespace(read=lambda size, decode_content: parts.pop(0)),
    )
    content, trouble = no_answer.content_of(t.cast("t.Any", reply))
    assert (content, trouble) == (b'{"a"', "the answer broke off after 4 of 9 bytes")


@pytest.mark.parametrize("announced", ["9" * 5000, "-1", "many", "", "\N{ARABIC-INDIC DIGIT NINE}"])
def test_a_length_that_nobody_can_count_to_is_none(announced: str) -> None:
    parts = [b"{}", b""]
    reply = types.SimpleNamespace(
        status_code=200,
        headers={"Content-Length": announced},
        raw=types.SimpleNamespace(read=lambda size, decode_content: parts.pop(0)),
    )
    assert no_answer.content_of(t.cast("t.Any", reply)) == (b"{}", None)


def test_without_requests_the_collection_can_still_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    monkeypatch.setitem(sys.modules, "urllib3.exceptions", None)
    for name in ("transport", "no_answer"):
        monkeypatch.delitem(sys.modules, f"{transport.__package__}.{name}")
    bare = importlib.import_module(f"{transport.__package__}.transport")
    assert bare is not transport
    assert bare.HAS_REQUESTS is False
    assert "requests" in bare.REQUESTS_IMPORT_ERROR
    assert (transport.HAS_REQUESTS, transport.REQUESTS_IMPORT_ERROR) == (True, None)


@pytest.mark.parametrize("project_id", ["\N{REPLACEMENT CHARACTER}", "\u9879\u76ee", "a\nb"])
def test_an_id_from_the_service_that_no_header_can_hold_is_no_traceback(
    project_id: str, serve: Serve, connect: Connect
) -> None:
    server = serve()
    with pytest.raises(InputError, match="cannot be used"):
        connect().send(Request("GET", server.url + "/"), lambda dummy: {"X-Project-Id": project_id}, repeat=True)
    assert server.received == []
