# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud that is asked: the real one, the emulator, or one that was recorded."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import Connection, resolve
from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import SystemClock
from tests.emulator.testing import Emulator
from tests.parity.exchanges import Exchange

UNKNOWN = "00000000-0000-4000-8000-ffffffffffff"


@dataclasses.dataclass(frozen=True)
class OnPorts(Connection):
    """Endpoints without a pattern: each region has one of its own, as the real cloud has a host."""

    ports: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    def ims_url(self, region: str) -> str:
        return self.ports[region]


@dataclasses.dataclass(frozen=True)
class Side:
    """One cloud, and how it is asked.

    :param interval: seconds between looks at a job
    """

    name: str
    connection: Connection
    region: str
    interval: float
    agency: str | None = None
    image: str | None = None
    to: str | None = None

    @property
    def secrets(self) -> list[str]:
        """What must be in nothing that is kept."""
        way = self.connection
        named = (way.access_key, way.secret_key, way.security_token, way.password, way.auth_token)
        return [one for one in (*named, way.username, way.domain_name) if one]


@dataclasses.dataclass
class Recordings:
    """What the side that is asked right now exchanges."""

    exchanges: list[Exchange] = dataclasses.field(default_factory=list)

    def taken(self) -> list[Exchange]:
        """Those since the last time."""
        taken, self.exchanges[:] = list(self.exchanges), []
        return taken


def way(environ: t.Mapping[str, str]) -> Connection:
    """As the modules find it; what is refused is not asked again, for the refusal is what is looked for."""
    return dataclasses.replace(resolve({}, environ), max_retries=0)


def of_emulator(emulator: Emulator, name: str, by_port: bool = False, like: Side | None = None) -> Side:
    """An embedded cloud, by its paths or by one port a region.

    :param like: whose caller proves himself in the same way, and is asked no more than that
    """
    connection = way(emulator.env(how="aksk" if like is None or like.connection.uses_keys else "password"))
    if by_port:
        given = {field.name: getattr(connection, field.name) for field in dataclasses.fields(connection)}
        connection = OnPorts(**given, ports=emulator.region_endpoints)
    copies = like is None or like.image is not None
    return Side(
        name,
        connection,
        region="cn-north-4",
        interval=0.05,
        agency="ims_copy_image" if like is None or like.agency else None,
        image=emulator.image("ubuntu-22.04-web")["id"] if copies else None,
        to="cn-south-1" if copies else None,
    )


CLOCK = SystemClock()
