# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock, scripted servers and transports to them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.auth import Client, KeyProof, Scope
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import Connection
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Transport
from tests.unit.support import FakeClock, Server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def serve() -> t.Iterator[t.Callable[..., Server]]:
    """Starts servers with a script each, and ends them."""
    servers: list[Server] = []

    def start(*script: t.Any, **options: t.Any) -> Server:
        servers.append(Server(*script, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.__exit__()


@pytest.fixture
def connect(clock: FakeClock) -> t.Iterator[t.Callable[..., Transport]]:
    """Makes transports on the fake clock, whose back-off has no luck in it; closes them."""
    transports: list[Transport] = []

    def make(**options: t.Any) -> Transport:
        options = {"request_timeout": 5.0, "max_retries": 3, "verify": True, "jitter": lambda: 1.0, **options}
        transports.append(Transport(options.pop("clock", clock), **options))
        return transports[-1]

    yield make
    for transport in transports:
        transport.close()


@pytest.fixture
def client_of(clock: FakeClock, connect: t.Callable[..., Transport]) -> t.Callable[..., Client]:
    """A client with keys on a server."""

    def make(server: Server, *, project_id: str | None = None, service: str = "IMS", **options: t.Any) -> Client:
        proof = KeyProof(Connection(access_key="AKEXAMPLE", secret_key="SkExample"), clock)
        scope = Scope("cn-north-4", project_id)
        return Client(connect(**options), proof, server.url, scope, service)

    return make
