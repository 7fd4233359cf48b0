# SPDX-License-Identifier: GPL-3.0-or-later
"""Between real processes and the embedded cloud: a port for each run, and a book of what it asks there."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import typing as t

from aiohttp import web

from tests.campaign.draw_kills import AFTER, ANSWERED, BEFORE, Kill
from tests.campaign.wire import Sent, code_in
from tests.emulator.exchange import Request
from tests.emulator.journal import Entry
from tests.emulator.server import Server, dropped, response_of
from tests.emulator.world import World

T = t.TypeVar("T")
# For how long the cloud's own thread may take, in seconds.
PATIENCE = 20.0


class Gate(Server):
    """Where one run comes in, and what is killed at one of its requests. While that is done, all else stands still.

    :param strike: kills; answers whether whoever asks is among the dead
    """

    def __init__(
        self, world: World, book: list[Sent], run: int, kill: Kill | None, strike: t.Callable[[], bool]
    ) -> None:
        super().__init__(world)
        self.passed = 0
        self._book = book
        self._run = run
        self._kill = kill
        self._strike = strike
        self._counted = 0

    async def serve(self, request: web.BaseRequest, asked: Request, path: str) -> web.StreamResponse:
        entry = self.world.record(asked, path)
        sent = Sent(self._run, entry, self.world.clock.now())
        self._book.append(sent)
        self.passed += 1
        strikes = self._due(entry)
        if strikes == BEFORE and self._strike():
            return dropped(request)
        sent.effect_at = self.world.clock.now()
        answer = self.world.carry_out(asked, entry)
        entry.status = answer.status
        if strikes == AFTER and self._strike():
            return dropped(request)
        response = response_of(answer)
        content = response.body if isinstance(response.body, bytes) else b""
        sent.saw, sent.code, sent.request_id = answer.status, code_in(content), response.headers["X-Request-Id"]
        sent.answered_at = self.world.clock.now()
        if strikes == ANSWERED:
            await response.prepare(request)
            await response.write_eof()
            if self._strike():
                # Nobody knows whether he still read it.
                sent.saw = None
        return response

    def _due(self, entry: Entry) -> str | None:
        """Where somebody is killed at this request; None: nowhere."""
        kill = self._kill
        if kill is None or kill.operation not in (None, entry.operation):
            return None
        self._counted += 1
        return kill.how if self._counted == kill.at + 1 else None


class Ground:
    """The thread in which the cloud lives; nothing else may touch it while anybody may ask."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    @contextlib.contextmanager
    def open(self) -> t.Iterator[None]:
        thread = threading.Thread(target=self._loop.run_forever, name="cloud", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(PATIENCE)
            self._loop.close()

    def wait_for(self, work: t.Coroutine[t.Any, t.Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def do(self, act: t.Callable[[], T]) -> T:
        async def acted() -> T:
            return act()

        return self.wait_for(acted())
