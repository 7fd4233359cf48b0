# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The emulator without its sockets: a request in plain values goes in, an answer comes out."""

from __future__ import annotations

import collections
import dataclasses
import math
import typing as t

from . import auth, errors, iam, routes
from .clock import VirtualClock
from .echo import Echo
from .exchange import Answer, Context, Request
from .faults import Fault, Faults
from .journal import Entry, Journal, readable
from .state import Cloud
from .switches import Switches

_MINUTE = 60.0


class World:
    """The clock, the cloud, the faults and the journal; :meth:`reset` makes all of them as they were at the start."""

    def __init__(self, clock: VirtualClock, switches: t.Mapping[str, t.Any] | None = None) -> None:
        self.clock = clock
        self._switches = dict(switches or {})
        self.cloud = Cloud(clock, Switches(self._switches))
        self.faults = Faults()
        self.journal = Journal()
        self._echo = Echo()
        self._recent: dict[tuple[str, str | None], collections.deque[float]] = {}

    def reset(self) -> None:
        self.clock.restart()
        self.cloud = Cloud(self.clock, Switches(self._switches))
        self.faults = Faults()
        self.journal.clear()
        self._echo = Echo()
        self._recent.clear()

    def record(self, request: Request, path: str) -> Entry:
        """Begins the journal's entry of a request; ``path`` is the one received, decoded."""
        found = routes.find(request.service, request.method, request.path)
        entry = Entry(
            seq=self.journal.next_seq(),
            at=self.clock.now(),
            service=request.service,
            region=request.region,
            operation=found[0].operation if found else None,
            method=request.method,
            path=path,
            query=request.query,
            body=readable(request.body),
            mutating=found[0].mutating if found else False,
            auth=auth.means_of(request),
            caller=auth.claimed_by(request),
        )
        self.journal.add(entry)
        return entry

    def carry_out(self, request: Request, entry: Entry) -> Answer:
        """What the service answers. Everything that the request changes is changed when this returns."""
        self.cloud.settle()
        try:
            answer = self._serve(request, entry)
        except errors.Refused as refused:
            return self._quoting(request, Answer(refused.status, dict(refused.body), dict(refused.headers)), entry)
        entry.took_effect = entry.mutating
        entry.result = answer.result if entry.operation == "CopyImageCrossRegion" else None
        return self._quoting(request, answer, entry)

    def trouble(self, request: Request, fault: Fault, entry: Entry) -> Fault:
        """A scripted answer, which quotes like any other."""
        answer = self._quoting(request, Answer(fault.status, fault.body, dict(fault.headers)), entry)
        return dataclasses.replace(fault, body=answer.body, headers=answer.headers)

    def _quoting(self, request: Request, answer: Answer, entry: Entry) -> Answer:
        if not self.cloud.switches.flag("echo"):
            return answer
        self._echo.hear(request)
        return self._echo.into(answer, entry.operation)

    def _serve(self, request: Request, entry: Entry) -> Answer:
        found = routes.find(request.service, request.method, request.path)
        if found is None:
            raise errors.no_such_api()
        route, variables = found
        caller = None
        if not route.open:
            caller = auth.verify(self.cloud, request)
            entry.caller = caller.user.name
            entry.project_id = caller.project.id if caller.project else None
        self._throttle(request)
        answer = route.handler(Context(self.cloud, request, caller, variables))
        if route.handler is iam.create_token:
            entry.caller = answer.result
        return answer

    def _throttle(self, request: Request) -> None:
        limit = self.cloud.switches.limit("requests_per_minute")
        if limit is None:
            return
        now = self.clock.now()
        recent = self._recent.setdefault((request.service, request.region), collections.deque())
        while recent and recent[0] <= now - _MINUTE:
            recent.popleft()
        if len(recent) < limit:
            recent.append(now)
            return
        headers = {}
        if self.cloud.switches.flag("retry_after"):
            wait = self.clock.real_seconds(recent[0] + _MINUTE - now if recent else _MINUTE)
            headers["Retry-After"] = str(max(1, math.ceil(wait)))
        message = f"The throttling threshold has been reached: policy user over ratelimit,limit:{limit:g},time:1 minute"
        raise errors.gateway(429, "APIGW.0308", message, headers)
