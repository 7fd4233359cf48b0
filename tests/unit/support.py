# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that nobody waits for, and a server that answers exactly as a test tells it to."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import socket
import ssl
import struct
import threading
import typing as t
from urllib.parse import parse_qsl, urlsplit


class FakeClock:
    """Sleeping moves time on at once; ``tick`` seconds pass at every look at it as well."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now = 1000.0
        self.tick = tick
        self.sleeps: list[float] = []
        self.began = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)

    def monotonic(self) -> float:
        self.now += self.tick
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    def utcnow(self) -> datetime.datetime:
        return self.began + datetime.timedelta(seconds=self.now - 1000.0)


def open_below(folder: pathlib.Path) -> list[str]:
    """The files of a folder that this process has open."""
    opened = []
    for descriptor in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):
            opened.append(os.readlink(f"/dev/fd/{descriptor}"))
    return [path for path in opened if path.startswith(str(folder))]


@dataclasses.dataclass(frozen=True)
class Received:
    """A request as it came over the wire; ``connection`` counts from 1."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def json(self) -> t.Any:
        return json.loads(self.body)


# Plays one answer, and tells whether the connection stays open.
Step = t.Callable[[socket.socket], bool]


def answer(status: int = 200, body: t.Any = None, *, keep: bool = True, **headers: str) -> Step:
    """An answer; ``body`` is sent as JSON, or as it is when it is bytes. ``Retry_After="3"`` gives a header."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]

    def play(peer: socket.socket) -> bool:
        peer.sendall("\r\n".join([*lines, "", ""]).encode() + content)
        return keep

    return play


def reset(peer: socket.socket) -> bool:
    """The connection is reset without an answer."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hang_up(peer: socket.socket) -> bool:
    """The connection ends without an answer."""
    return False


def silence(peer: socket.socket) -> bool:
    """Nothing comes; ends when the other side gives up."""
    peer.recv(1)
    return False


def raw(content: bytes) -> Step:
    """These bytes and then the end of the connection."""

    def play(peer: socket.socket) -> bool:
        peer.sendall(content)
        return False

    return play


def dripping(content: bytes) -> Step:
    """An answer that comes a byte at a time, each of them well within any time-out."""

    def play(peer: socket.socket) -> bool:
        peer.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n".encode())
        pause = threading.Event()
        with contextlib.suppress(OSError):
            for number in range(len(content)):
                pause.wait(0.005)
                peer.sendall(content[number : number + 1])
        return False

    return play


def endless(begin: bytes, unit: bytes, pause: float = 0.002) -> Step:
    """An answer that begins and then never ends: the unit comes again and again until the other side hangs up."""

    def play(peer: socket.socket) -> bool:
        wait = threading.Event()
        with contextlib.suppress(OSError):
            peer.sendall(begin)
            while True:
                if pause:
                    wait.wait(pause)
                peer.sendall(unit)
        return False

    return play


class Server:
    """Listens on the loopback; plays one step of ``script`` per request, and ``{}`` when there is none left.

    :param hasty: play a step for each connection, without waiting for what comes
    """

    def __init__(self, *script: Step, tls: ssl.SSLContext | None = None, hasty: bool = False) -> None:
        self.script = list(script)
        self.received: list[Received] = []
        self.connections = 0
        self._tls = tls
        self._hasty = hasty
        self._threads: list[threading.Thread] = []
        self._peers: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{'localhost' if self._tls else '127.0.0.1'}:{self.port}"

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exception: object) -> None:
        # A thread in accept() does not notice that its socket is closed, but it does notice a shutdown.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for peer in self._peers:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, run: t.Callable[..., None], *arguments: t.Any) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._peers.append(peer)
            self._start(self._serve, peer, self.connections)

    def _serve(self, peer: socket.socket, number: int) -> None:
        with peer, contextlib.suppress(OSError):
            if self._hasty:
                self.script.pop(0)(peer)
                return
            secure = self._tls.wrap_socket(peer, server_side=True) if self._tls else peer
            with secure, secure.makefile("rb") as stream:
                while True:
                    request = self._receive(stream, number)
                    if request is None:
                        return
                    self.received.append(request)
                    step = self.script.pop(0) if self.script else answer(body={})
                    if not step(secure):
                        return

    @staticmethod
    def _receive(stream: t.BinaryIO, number: int) -> Received | None:
        first = stream.readline().decode()
        if not first.strip():
            return None
        method, target, _version = first.split()
        headers: dict[str, str] = {}
        while line := stream.readline().decode().strip():
            name, colon, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
        return Received(method, target, headers, body, number)


def unused_port() -> int:
    """A port of the loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
