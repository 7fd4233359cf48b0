# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Tells what happens, as it happens: one JSON object a line, appended to a file."""

from __future__ import annotations

import json
import os
import re
import secrets
import typing as t

from .. import _clock as clocks

RUN = re.compile(r"[0-9a-f]{8}")
# Nobody but the user who runs the module reads what is copied where.
MODE = 0o600
# Nobody may be at the other end of a pipe, and that holds nothing up.
_HOW = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK


class NoEventLog:
    """Stands in where nobody wants to know."""

    trouble: t.Optional[str] = None

    def tell(self, event: str, **fields: t.Any) -> None:
        pass


class EventLog(NoEventLog):
    """The events of one run. Telling is a help: a log that cannot be written changes nothing about the work.

    ``trouble`` is the first reason why something could not be written; whoever ends the run says it once.
    """

    def __init__(
        self,
        path: str,
        clock: clocks.Clock,
        run: t.Optional[str] = None,
        without_secrets: t.Callable[[t.Any], t.Any] = dict,
    ) -> None:
        """``run`` names the run in each line, as several may write to one file; 8 hexadecimal digits.

        ``without_secrets`` goes through what is told of an event: nobody masks what stands in a file.
        """
        self._path = path
        self._clock = clock
        self._run = run or secrets.token_hex(4)
        self._without_secrets = without_secrets
        self._torn = False

    def tell(self, event: str, **fields: t.Any) -> None:
        """Append an event. ASCII alone, so that a reader can count characters for bytes."""
        line = {
            "at": clocks.precise(self._clock.utcnow()),
            "run": self._run,
            "event": event,
            **self._without_secrets(fields),
        }
        # What a full disk left of a line must not take this one with it.
        data = b"\n" * self._torn + json.dumps(line, separators=(",", ":"), default=str).encode("ascii") + b"\n"
        try:
            # Opened for each line, so that the file may be moved away meanwhile.
            descriptor = os.open(self._path, _HOW, MODE)
            try:
                # One write, so that lines of two runs do not mix.
                written = os.write(descriptor, data)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._complain(error.strerror)
            return
        self._torn = written != len(data)
        if self._torn:
            self._complain("there was no room for a whole line")

    def _complain(self, why: t.Optional[str]) -> None:
        if self.trouble is None:
            self.trouble = f"What happened could not be noted in {self._path} ({why}). The copies are not affected."


def run_of(lease_file: t.Optional[str]) -> t.Optional[str]:
    """The name that a run is given by that of its lease, for whoever follows it from outside."""
    name = os.path.basename(lease_file or "")
    return name if RUN.fullmatch(name) else None


def event_log(
    path: t.Optional[str],
    clock: clocks.Clock,
    run: t.Optional[str] = None,
    without_secrets: t.Callable[[t.Any], t.Any] = dict,
) -> NoEventLog:
    """The log at ``path``, or one that notes nothing."""
    return EventLog(path, clock, run, without_secrets) if path else NoEventLog()
