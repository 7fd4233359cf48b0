# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the modules and the embedded cloud, without sockets: requests take virtual time, and some meet trouble.

It stands where ``requests`` would open a connection, so that everything above that is what runs in earnest.
"""

from __future__ import annotations

import dataclasses
import io
import json
import random
import typing as t
import urllib.parse
import uuid

import requests
import urllib3.exceptions
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.response import HTTPResponse

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.no_answer import Body
from tests.campaign.stage import Actor, Stage
from tests.emulator.exchange import Answer, Request
from tests.emulator.journal import Entry
from tests.emulator.world import World

BASE = "http://127.0.0.1:9"
COPY = "CopyImageCrossRegion"
# What the service answers where it has not begun anything, and says so.
UNREADABLE = ("mangle", "cut", "html", "empty")
BUSY_CODES = ("IMG.0060", "IMG.0148", "IMG.0149")


@dataclasses.dataclass
class Trouble:
    """What ``times`` requests of an operation (None: any one) meet, after ``skip`` that pass.

    ``kind``: ``refuse`` (it never leaves), ``drop``, ``status``, ``mangle``, ``cut``, ``html``, ``empty``, ``slow``
    (the answer comes after ``seconds``), ``late`` (the effect as well). ``effect``: it is carried out all the same.
    A ``status`` may ask for patience (``retry_after``, as the header has it), and come after ``takes`` seconds.
    """

    kind: str
    operation: str | None = None
    region: str | None = None
    skip: int = 0
    times: int | None = 1
    effect: bool = False
    status: int = 503
    code: str | None = None
    seconds: float = 0.0
    retry_after: str | None = None
    takes: float = 0.0
    matched: int = 0

    def meets(self, entry: Entry) -> bool:
        if self.operation not in (None, entry.operation) or self.region not in (None, entry.region):
            return False
        self.matched += 1
        return self.matched > self.skip and (self.times is None or self.matched <= self.skip + self.times)


@dataclasses.dataclass
class Sent:
    """One request in the book. ``saw``: what the caller saw of it, a status or a word; None: it was dead by then.
    ``answered_at``: when the caller had seen that."""

    run: int
    entry: Entry
    at: float
    effect_at: float | None = None
    answered_at: float | None = None
    saw: int | str | None = None
    code: str | None = None
    request_id: str | None = None
    trouble: str | None = None

    @property
    def took_effect(self) -> bool:
        return self.effect_at is not None and self.entry.took_effect


class Runner(Actor):
    """An actor that runs a module; ``dies_in_copy``: how many submissions pass, and where in the next one it dies."""

    number = 0
    dies_at_step: int | None = None
    dies_in_copy: tuple[int, str] | None = None

    def step(self) -> None:
        if self.dies_at_step is not None and self.steps >= self.dies_at_step:
            self.die()
        super().step()

    def dies_now(self, entry: Entry, where: str) -> bool:
        if self.dies_in_copy is None or entry.operation != COPY or self.dies_in_copy[1] != where:
            return False
        count = self.dies_in_copy[0]
        self.dies_in_copy = (count - 1, where)
        return count <= 0


class Wire(BaseAdapter):
    """Carries every request of a scenario."""

    def __init__(self, world: World, stage: Stage, dice: random.Random, latency: float) -> None:
        super().__init__()
        self.world = world
        self.stage = stage
        self.troubles: list[Trouble] = []
        self.book: list[Sent] = []
        self._dice = dice
        self._latency = latency
        self._builder = HTTPAdapter()

    def close(self) -> None:
        pass

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, timeout: tuple[float, float] = (30.0, 30.0), **settings: t.Any
    ) -> requests.Response:
        me = t.cast(Runner, self.stage.me)
        me.step()
        target = str(request.url)[len(BASE) :]
        asked, path = _asked(target, request, f"run {me.number}")
        entry = self.world.record(asked, path)
        sent = Sent(me.number, entry, self.stage.now)
        self.book.append(sent)
        trouble = next((one for one in self.troubles if one.meets(entry)), None)
        sent.trouble = entry.fault = trouble.kind if trouble is not None else None
        if trouble is not None and trouble.kind == "refuse":
            sent.saw, sent.answered_at = "refused", self.stage.now
            raise _refused()
        asked.body = _read(request.body)
        entry.body = _readable(asked.body)
        return self._exchange(me, request, asked, sent, trouble, timeout[1])

    def _exchange(
        self,
        me: Runner,
        request: requests.PreparedRequest,
        asked: Request,
        sent: Sent,
        trouble: Trouble | None,
        patience: float,
    ) -> requests.Response:
        if me.dies_now(sent.entry, "before"):
            me.die()
        to_effect, to_answer = self._latency * self._dice.random(), self._latency * self._dice.random()
        effect = trouble is None or trouble.effect or trouble.kind not in ("drop", "status")
        effect = effect and self._carries_out(sent)
        to_answer += self._dawdles(patience)
        if trouble is not None and trouble.kind == "late":
            to_effect += trouble.seconds
        if trouble is not None and trouble.kind == "slow":
            to_answer += trouble.seconds
        if trouble is not None and trouble.kind == "status":
            to_answer += trouble.takes
        answer = Answer()

        def arrive() -> None:
            if effect:
                sent.effect_at = self.stage.now
                done = self.world.carry_out(asked, sent.entry)
                answer.status, answer.body, answer.headers = done.status, done.body, done.headers
                sent.entry.status = done.status

        began = self.stage.now
        self.stage.at(began + to_effect, arrive)
        if me.dies_now(sent.entry, "after"):
            # As short after the effect as can be: nobody has heard of it.
            me.dies_at = began + to_effect
        if to_effect + to_answer > patience:
            me.wait(patience)
            sent.saw, sent.answered_at = "time-out", self.stage.now
            raise _timed_out()
        me.wait(to_effect)
        me.wait(to_answer)
        sent.answered_at = self.stage.now
        if trouble is not None and trouble.kind == "drop":
            sent.saw = "dropped"
            raise _dropped()
        return self._answered(request, sent, answer, trouble)

    def _carries_out(self, sent: Sent) -> bool:
        """Whether the service does what it was asked to do."""
        return True

    def _dawdles(self, patience: float) -> float:
        """Seconds that it takes beside all trouble, when the caller has so much patience."""
        return 0.0

    def _answered(
        self, request: requests.PreparedRequest, sent: Sent, answer: Answer, trouble: Trouble | None
    ) -> requests.Response:
        status, body, headers = answer.status, answer.body, dict(answer.headers)
        content = b"" if body is None else json.dumps(body).encode()
        kind = trouble.kind if trouble is not None else None
        if trouble is not None and kind == "status":
            status = trouble.status
            content = _refusal(trouble)
            headers = {} if trouble.retry_after is None else {"Retry-After": trouble.retry_after}
        elif kind == "mangle":
            content = content[: len(content) // 2]
        elif kind == "html":
            content = b"<html><body>It works!</body></html>"
        elif kind == "empty":
            content = b""
        whole = len(content)
        if kind == "cut":
            content = content[: whole // 2]
        sent.saw = kind if kind in UNREADABLE and status < 300 else status
        sent.code = code_in(content)
        sent.request_id = uuid.uuid4().hex
        headers = {
            "X-Request-Id": sent.request_id,
            "Content-Type": "application/json",
            "Content-Length": str(whole),
            **headers,
        }
        raw = HTTPResponse(
            body=io.BytesIO(content),
            headers=headers,
            status=status,
            preload_content=False,
            request_method=request.method,
        )
        return self._builder.build_response(request, raw)


def _asked(target: str, request: requests.PreparedRequest, peer: str) -> tuple[Request, str]:
    """The request as the server would see it, without its body yet, and its path as received."""
    raw_path, _mark, query = target.partition("?")
    path = urllib.parse.unquote(raw_path)
    _empty, service, rest = path.split("/", 2)
    region = None
    if service == "ims":
        region, _slash, rest = rest.partition("/")
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    headers = request.headers
    relative = f"/{rest}".rstrip("/")
    return Request(str(request.method), service, region, relative, target, pairs, headers, b"", peer), path


def _read(body: t.Any) -> bytes:
    """As a connection would, so that the transport knows that the request has left."""
    return body.read() if isinstance(body, Body) else b""


def _readable(body: bytes) -> t.Any:
    return json.loads(body) if body else None


def _refusal(trouble: Trouble) -> bytes:
    if trouble.code is None:
        return b"<html>Something went wrong</html>"
    if trouble.code.startswith("APIGW"):
        said = {"error_msg": "as the dice fell", "error_code": trouble.code, "request_id": uuid.uuid4().hex}
        return json.dumps(said).encode()
    return json.dumps({"error": {"code": trouble.code, "message": "as the dice fell"}}).encode()


def code_in(content: bytes) -> str | None:
    """The code that an answer names, as people would read it."""
    try:
        said = json.loads(content)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    inner = said.get("error")
    code = inner.get("code") if isinstance(inner, dict) else said.get("error_code")
    return str(code) if code else None


def _refused() -> requests.exceptions.ConnectionError:
    new = urllib3.exceptions.NewConnectionError(t.cast("t.Any", None), "Failed to establish a new connection")
    new.__cause__ = ConnectionRefusedError(111, "Connection refused")
    return requests.exceptions.ConnectionError(urllib3.exceptions.MaxRetryError(t.cast("t.Any", None), "/", new))


def _dropped() -> requests.exceptions.ConnectionError:
    reset = ConnectionResetError(104, "Connection reset by peer")
    return requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", reset))


def _timed_out() -> requests.exceptions.ReadTimeout:
    late = urllib3.exceptions.ReadTimeoutError(t.cast("t.Any", None), "/", "Read timed out.")
    return requests.exceptions.ReadTimeout(late)
