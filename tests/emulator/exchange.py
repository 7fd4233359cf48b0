# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One request and its answer, in plain values, so that no handler knows the HTTP server."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from . import errors, seed
from .state import Cloud


@dataclasses.dataclass(frozen=True)
class Caller:
    """Who calls, how that was proven (``token`` or ``aksk``), and in which project."""

    user: seed.User
    how: str
    project: seed.Project | None

    def must(self, action: str) -> None:
        """Raises what IMS answers to a user who may not do that."""
        if action in self.user.denied:
            raise errors.not_permitted(action)


@dataclasses.dataclass
class Request:
    """``path`` is relative to the service and decoded; ``raw_path`` is the target as it came, query included.

    ``peer``: the other end of the connection.
    """

    method: str
    service: str
    region: str | None
    path: str
    raw_path: str
    query: list[tuple[str, str]]
    headers: t.Mapping[str, str]
    body: bytes
    peer: str = ""

    def json(self) -> t.Any:
        """The body; raises ValueError."""
        return json.loads(self.body)

    def param(self, name: str) -> str | None:
        return next((value for key, value in self.query if key == name), None)


@dataclasses.dataclass
class Answer:
    """``body`` None: an empty one. ``result``: what the journal notes of it."""

    status: int = 200
    body: t.Any = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    result: str | None = None


@dataclasses.dataclass
class Context:
    """What a handler is given: the cloud, the request, the caller, and the variables of the path."""

    cloud: Cloud
    request: Request
    caller: Caller | None
    variables: dict[str, str]

    @property
    def user(self) -> Caller:
        assert self.caller is not None, "the route is not authenticated"
        return self.caller

    @property
    def project(self) -> seed.Project:
        """The caller's project; the verifier lets nobody into IMS without one."""
        assert self.user.project is not None, "the route is not one of IMS"
        return self.user.project

    def ims_object(self) -> dict[str, t.Any]:
        """The JSON object of the body; raises IMG.0007 for none, IMG.0001 for anything else."""
        value = self.ims_json()
        if not isinstance(value, dict):
            raise errors.ims("IMG.0001")
        return value

    def ims_json(self) -> t.Any:
        if not self.request.body.strip():
            raise errors.ims("IMG.0007")
        try:
            return self.request.json()
        except ValueError:
            raise errors.ims("IMG.0001") from None

    def must_be_own_project(self) -> None:
        """The project in the path is the caller's; raises IMG.0030."""
        if self.variables["project_id"] != self.project.id:
            raise errors.ims("IMG.0030")
