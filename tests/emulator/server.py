# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The sockets: which port and prefix is which service, what a fault does to a connection, and the usual headers."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import ssl
import typing as t
import urllib.parse
import uuid

from aiohttp import web

from . import control, seed
from .exchange import Answer, Request
from .faults import Facts, Fault
from .world import World

# The gateway takes no more (API Request Signing Guide).
MAX_BODY = 12 * 1024 * 1024


class Mount(t.NamedTuple):
    """What a path on a port belongs to; ``service`` None: everything, by prefix."""

    service: str | None = None
    region: str | None = None


class Server:
    """All the ports of one emulator. :meth:`start` answers with what the port file holds."""

    def __init__(self, world: World, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.world = world
        self._host = host
        self._tls = tls
        self._runners: list[web.ServerRunner] = []

    async def start(self, port: int = 0, region_ports: bool = False) -> dict[str, t.Any]:
        base = await self._listen(Mount(), port)
        info: dict[str, t.Any] = {
            "pid": os.getpid(),
            "base_url": base,
            "iam_endpoint": f"{base}/iam",
            "ims_endpoint": base + "/ims/{region}",
        }
        if region_ports:
            info["iam_port_endpoint"] = await self._listen(Mount("iam"), 0)
            info["region_endpoints"] = {region: await self._listen(Mount("ims", region), 0) for region in seed.REGIONS}
        return info

    async def stop(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    async def _listen(self, mount: Mount, port: int) -> str:
        handler = functools.partial(self._handle, mount)
        # A test may think for long between two calls on one connection.
        runner = web.ServerRunner(web.Server(handler, access_log=None, keepalive_timeout=3600), shutdown_timeout=0.2)
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, self._host, port, ssl_context=self._tls, backlog=512)
        await site.start()
        bound = runner.addresses[0][1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{bound}"

    async def _handle(self, mount: Mount, request: web.BaseRequest) -> web.StreamResponse:
        body = await _body(request)
        if body is None:
            return response_of(_too_large())
        received = _origin_form(request.raw_path)
        target, _mark, query = received.partition("?")
        path = urllib.parse.unquote(target)
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        if mount.service is None:
            if path.startswith(control.PREFIX + "/"):
                rest = path[len(control.PREFIX) :]
                return response_of(control.handle(self.world, request.method, rest, dict(pairs), body))
            mount, relative = _by_prefix(path)
        else:
            relative = path
        if mount.service is None:
            return response_of(Answer(404, {"error_code": "APIGW.0101", "error_msg": "no such service"}))
        asked = Request(
            method=request.method,
            service=mount.service,
            region=mount.region,
            path=relative.rstrip("/"),
            raw_path=received,
            query=pairs,
            headers=request.headers,
            body=body,
            peer=_peer(request),
        )
        return await self.serve(request, asked, path)

    async def serve(self, request: web.BaseRequest, asked: Request, path: str) -> web.StreamResponse:
        entry = self.world.record(asked, path)
        fault = self.world.faults.meet(Facts(entry.operation, asked.service, asked.region, asked.method, path))
        if fault is None:
            answer = self.world.carry_out(asked, entry)
            entry.status = answer.status
            return response_of(answer)
        entry.fault = fault.do
        if fault.do == "delay":
            await asyncio.sleep(fault.seconds)
        answer = Answer()
        if fault.effect or fault.do not in ("respond", "drop"):
            answer = self.world.carry_out(asked, entry)
        if fault.do == "drop":
            return dropped(request)
        entry.status = fault.status if fault.do == "respond" else answer.status
        if fault.do == "respond":
            fault = self.world.trouble(asked, fault, entry)
        return await _troubled(request, fault, answer)


def _origin_form(target: str) -> str:
    """Who takes this for a proxy sends the whole address (RFC 9112, 3.2.2)."""
    if target.startswith("/"):
        return target
    where = urllib.parse.urlsplit(target)
    return urllib.parse.urlunsplit(("", "", where.path or "/", where.query, ""))


def _peer(request: web.BaseRequest) -> str:
    return "" if request.transport is None else str(request.transport.get_extra_info("peername"))


async def _body(request: web.BaseRequest) -> bytes | None:
    """The body, or None for one that is too large."""
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _too_large() -> Answer:
    return Answer(413, {"error_msg": "The request body is too large", "error_code": "APIGW.0201", "request_id": ""})


def _by_prefix(path: str) -> tuple[Mount, str]:
    first, _slash, rest = path.lstrip("/").partition("/")
    if first == "iam":
        return Mount("iam"), "/" + rest
    if first == "ims":
        region, _slash, rest = rest.partition("/")
        if region in seed.REGIONS:
            return Mount("ims", region), "/" + rest
    return Mount(), path


def dropped(request: web.BaseRequest) -> web.StreamResponse:
    """The connection is gone; what is returned here reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


async def _troubled(request: web.BaseRequest, fault: Fault, answer: Answer) -> web.StreamResponse:
    if fault.do == "respond":
        return _scripted(fault)
    response = response_of(answer)
    whole = response.body if isinstance(response.body, bytes) else b""
    if fault.do == "mangle":
        return web.Response(status=response.status, headers=_headers(response), body=whole[: len(whole) // 2])
    if fault.do == "drip":
        return await _drip(request, fault, response, whole)
    return response


def _headers(response: web.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.lower() != "content-length"}


async def _drip(request: web.BaseRequest, fault: Fault, response: web.Response, whole: bytes) -> web.StreamResponse:
    slow = web.StreamResponse(status=response.status, headers=_headers(response))
    slow.content_length = len(whole)
    try:
        await slow.prepare(request)
        for position in range(len(whole)):
            await slow.write(whole[position : position + 1])
            await asyncio.sleep(fault.seconds)
        await slow.write_eof()
    except ConnectionError:
        pass  # the caller did not wait for the rest
    return slow


def _scripted(fault: Fault) -> web.Response:
    text = fault.body if isinstance(fault.body, str) else "" if fault.body is None else json.dumps(fault.body)
    default = "text/html" if isinstance(fault.body, str) else "application/json"
    headers = {"X-Request-Id": uuid.uuid4().hex, "Server": "api-gateway", **fault.headers}
    headers.setdefault("Content-Type", fault.content_type or default)
    return web.Response(status=fault.status, headers=headers, body=text.encode())


def response_of(answer: Answer) -> web.Response:
    request_id = uuid.uuid4().hex
    headers = {"X-Request-Id": request_id, "Server": "api-gateway", **answer.headers}
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    body = answer.body
    if isinstance(body, dict) and body.get("request_id") == "":
        body = {**body, "request_id": request_id}
    headers["Content-Type"] = "application/json"
    return web.Response(status=answer.status, headers=headers, body=json.dumps(body).encode())
