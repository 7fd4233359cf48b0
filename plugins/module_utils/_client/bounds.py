# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""How long one exchange may last and how much of an answer may come, held at every address and every read.

A time-out bounds the silence between two bytes alone. Whoever sends a byte now and then, in the status line, a header,
a chunk's extension or a trailer, would never be done, and nobody above the socket would come to know of it.
"""

from __future__ import annotations

import functools
import http.client
import io
import socket
import typing as t

# Bytes of an answer, head and trailers included.
LARGEST = 32 * 1024 * 1024
# Each value takes many times the memory of its bytes. A list of ten thousand images has a quarter of so many.
MOST_VALUES = 2_000_000
# Of the others, and of several at once, a few bytes may become any amount in one go.
CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")


class Exceeded(socket.timeout):
    """The answer is more than anybody waits for."""


class Bounds:
    """Those of the exchange that is under way. ``now``: a monotonic clock, in seconds."""

    def __init__(self, now: t.Callable[[], float]) -> None:
        self._now = now
        self.begin(0.0, 0.0)

    def begin(self, silence: float, whole: float) -> None:
        """An exchange begins, which may last so many seconds, and be silent for so many of them at a time."""
        self._silence = silence
        self._whole = whole
        self._ends = self._now() + whole
        self._came = 0

    def wait(self) -> float:
        """Seconds for which the next bytes may be waited for.

        :raises Exceeded: when the time is over
        """
        left = self._ends - self._now()
        if left <= 0:
            raise Exceeded(f"it did not end within {self._whole:g} s")
        return min(self._silence, left)

    def came(self, count: int) -> None:
        """:raises Exceeded: when that is too much"""
        self._came += count
        if self._came > LARGEST:
            raise Exceeded(f"it is longer than {LARGEST // 2**20} MiB")


class _Reading(io.RawIOBase):
    """What comes from a socket, as long as it is within the bounds."""

    def __init__(self, raw: io.RawIOBase, peer: socket.socket, bounds: Bounds) -> None:
        self._raw = raw
        self._peer = peer
        self._bounds = bounds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> t.Optional[int]:
        self._peer.settimeout(self._bounds.wait())
        count = self._raw.readinto(buffer)
        self._bounds.came(count or 0)
        return count

    def close(self) -> None:
        # It holds the socket open for as long as the answer is read.
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer, also one of a proxy, that is read within the bounds."""

    def __init__(self, bounds: Bounds, sock: socket.socket, *arguments: t.Any, **options: t.Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = io.BufferedReader(_Reading(self.fp.detach(), sock, bounds))


class _Options:
    """The options of a socket, which are set for each address of a host before it is tried: none is any more once the
    time is over."""

    def __init__(self, options: t.Iterable[t.Any], bounds: Bounds) -> None:
        self._options = options
        self._bounds = bounds

    def __iter__(self) -> t.Iterator[t.Any]:
        self._bounds.wait()
        return iter(self._options)


def bounded(kind: t.Type[t.Any], bounds: Bounds) -> t.Type[t.Any]:
    """The same kind of connection, which is made, and whose answers are read, within the bounds."""
    if isinstance(kind.response_class, functools.partial):
        return kind

    def connect(connection: t.Any) -> t.Any:
        options = connection.socket_options
        connection.socket_options = _Options(options or (), bounds)
        try:
            return kind._new_conn(connection)
        finally:
            connection.socket_options = options

    own = {"response_class": staticmethod(functools.partial(_Answer, bounds)), "_new_conn": connect}
    return type(kind.__name__, (kind,), own)
