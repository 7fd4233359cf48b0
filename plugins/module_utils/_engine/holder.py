# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Which process has a copy locked, noted beside the ledger's file for whoever finds it locked; a help for people alone.

The ledger's own file says what was submitted. Nothing is put there before something is about to be.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import socket
import typing as t

from .. import _clock as clocks
from .. import _text as texts
from . import note_files

ENDING = ".holder"
# Longer names are no host's.
_LONGEST_HOST = 255


class Holder(t.NamedTuple):
    """A process, its host, and since when it has the lock."""

    pid: int
    host: str
    since: datetime.datetime

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {clocks.timestamp(self.since)}"


def note(path: str, now: datetime.datetime) -> None:
    """This process has just locked the file of that path."""
    fields = {"pid": os.getpid(), "host": socket.gethostname(), "since": clocks.timestamp(now)}
    text = json.dumps(fields).encode("ascii")
    with contextlib.suppress(OSError):
        descriptor = note_files.claimed(*os.path.split(path + ENDING))
        try:
            os.write(descriptor, text)
            os.ftruncate(descriptor, len(text))
        finally:
            os.close(descriptor)


def forget(path: str) -> None:
    """This process is about to give the lock back."""
    with contextlib.suppress(OSError):
        os.unlink(path + ENDING)


def holder_of(path: str) -> t.Optional[Holder]:
    """Who has the file locked, as far as that was noted."""
    try:
        fields = json.loads(note_files.content_of(*os.path.split(path + ENDING))[0])
        pid, host, since = fields["pid"], fields["host"], clocks.moment(fields["since"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(pid, int) or not isinstance(host, str) or since is None:
        return None
    return Holder(pid, texts.visible(host, _LONGEST_HOST), since)
