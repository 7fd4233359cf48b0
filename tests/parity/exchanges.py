# SPDX-License-Identifier: GPL-3.0-or-later
"""What went over the wire: recorded while the collection's own client asks, and given back to it later."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import re
import typing as t
import unittest.mock
import urllib.parse

import requests
import urllib3

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import transport

# Of an answer, the headers that mean something to a client.
HEADERS = ("Content-Type", "Retry-After")
# An endpoint may have a path of its own; what a service calls its root begins with a version.
FROM_ROOT = re.compile(r"/v\d(?:\.\d+)?(?:/.*)?$")


@dataclasses.dataclass(frozen=True)
class Exchange:
    """A request and its answer. ``path`` is from the service's root, with the query; a body is JSON, or None."""

    method: str
    path: str
    asked: t.Any
    status: int
    headers: t.Mapping[str, str]
    body: t.Any

    def as_json(self) -> dict[str, t.Any]:
        return dataclasses.asdict(self)


def path_of(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    found = FROM_ROOT.search(parts.path)
    return (found[0] if found else parts.path) + (f"?{parts.query}" if parts.query else "")


class _Recording(requests.adapters.BaseAdapter):
    """Has another adapter ask, and notes what came of it."""

    def __init__(self, asks: requests.adapters.BaseAdapter, note: t.Callable[[Exchange], None]) -> None:
        super().__init__()
        self._asks = asks
        self._note = note

    def send(self, request: requests.PreparedRequest, **how: t.Any) -> requests.Response:  # type: ignore[override]
        reply = self._asks.send(request, **how)
        content = reply.raw.read(decode_content=True)
        kept = {name: reply.headers[name] for name in HEADERS if name in reply.headers}
        path = path_of(request.url or "")
        body = request.body.getvalue() if isinstance(request.body, io.BytesIO) else request.body
        self._note(Exchange(request.method or "", path, _json(body), reply.status_code, kept, _json(content)))
        reply.headers.pop("Content-Encoding", None)
        reply.raw = _stream(reply.status_code, content)
        return reply

    def close(self) -> None:
        self._asks.close()


class _Replaying(requests.adapters.BaseAdapter):
    """Gives the recorded answers, each once and in the order in which they came, to the requests that they answer."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        super().__init__()
        self._left = exchanges

    def send(self, request: requests.PreparedRequest, **how: t.Any) -> requests.Response:  # type: ignore[override]
        wanted = (request.method, path_of(request.url or ""))
        for one in self._left:
            if (one.method, one.path) == wanted:
                self._left.remove(one)
                return _answer(one, request)
        raise requests.exceptions.ConnectionError(f"no answer was recorded to {' '.join(map(str, wanted))}")

    def close(self) -> None:
        """There is nothing to give back."""


def _answer(one: Exchange, request: requests.PreparedRequest) -> requests.Response:
    reply = requests.Response()
    reply.status_code = one.status
    reply.headers.update(one.headers)
    reply.url = request.url or ""
    reply.request = request
    reply.raw = _stream(one.status, b"" if one.body is None else json.dumps(one.body).encode())
    return reply


def _stream(status: int, content: bytes) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(body=io.BytesIO(content), status=status, preload_content=False)


def _json(content: t.Any) -> t.Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        # What is no JSON is a difference of its own.
        return f"no JSON, {len(content)} bytes"


@contextlib.contextmanager
def _sessions(alter: t.Callable[[requests.Session], None]) -> t.Iterator[None]:
    made = transport._new_session

    def session(*given: t.Any) -> requests.Session:
        one = made(*given)
        alter(one)
        return one

    with unittest.mock.patch.object(transport, "_new_session", session):
        yield


def recorded(note: t.Callable[[Exchange], None]) -> contextlib.AbstractContextManager[None]:
    """Every session that is opened meanwhile notes what it exchanges."""

    def alter(session: requests.Session) -> None:
        for prefix, adapter in list(session.adapters.items()):
            session.mount(prefix, _Recording(adapter, note))

    return _sessions(alter)


def replayed(exchanges: t.Sequence[Exchange]) -> contextlib.AbstractContextManager[None]:
    """Every session that is opened meanwhile is answered from what was recorded."""
    left = list(exchanges)

    def alter(session: requests.Session) -> None:
        for prefix in list(session.adapters):
            session.mount(prefix, _Replaying(left))

    return _sessions(alter)
