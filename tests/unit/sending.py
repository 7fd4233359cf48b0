# SPDX-License-Identifier: GPL-3.0-or-later
"""One read and one write through a transport, whose caller proves nothing."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Request, Response, Transport
from tests.unit.support import Server

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
