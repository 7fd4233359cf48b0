# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Where lines are shown and when: at most one block of them an interval, by the main thread of a worker alone."""

from __future__ import annotations

import json
import sys
import time
import typing as t

from ansible import constants as C
from ansible import context
from ansible.utils.display import Display

from ._progress import Progress, duration

# Callbacks whose output is read by machines, by the end of their name.
MACHINE_CALLBACKS = ("json", "jsonl", "junit", "null", "tree")

# At a pipe Python keeps standard output back until there are kilobytes of it, and Ansible lets go of it only when the
# next task begins; standard error is never kept back. A worker has neither of its own, but a strategy imports the
# action plugin in the process that prints.
KEPT_BACK = not (getattr(sys.stdout, "line_buffering", False) or getattr(sys.stdout, "write_through", False))


class Screen:
    """Shows the progress of one run."""

    def __init__(self, progress: Progress, interval: float, host: str) -> None:
        """``interval`` in seconds; ``host`` stands before each line."""
        self.progress = progress
        self._interval = interval
        self._host = host
        self._began = time.monotonic()
        self._next = self._began + interval
        self._spoke = False
        self._display = Display()

    def hear(self, lines: t.Iterable[bytes]) -> None:
        """Lines of the event log; what is none of ours is passed over."""
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                self.progress.add(event, time.monotonic())
        if self.progress.planned and not self._spoke:
            # What is to be done is worth knowing at once.
            self._next = time.monotonic()

    def show(self) -> None:
        """The next block, when it is due."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._interval
            self._say(now)

    def close(self) -> None:
        """The last block, if there is anything new."""
        if self.progress.news:
            self._say(time.monotonic())

    def _say(self, now: float) -> None:
        self._spoke = True
        elapsed = duration(now - self._began)
        elsewhere = KEPT_BACK or is_for_machines(_callback())
        for line in self.progress.lines(now):
            self._display.display(f"[ims] {elapsed} {self._host}{line}", stderr=elsewhere)


def _callback() -> str:
    return str(C.config.get_config_value("DEFAULT_STDOUT_CALLBACK")).rpartition(".")[2]


def has_room() -> bool:
    """With one line per host there is no place for more."""
    return not context.CLIARGS.get("one_line") and _callback() != "oneline"


def is_for_machines(callback: str) -> bool:
    """Whether standard output is no place for people's lines."""
    return callback.endswith(MACHINE_CALLBACKS)


def host_prefix(task_vars: t.Mapping[str, t.Any]) -> str:
    """Whom the lines are about, where there are several."""
    hosts = task_vars.get("ansible_play_hosts_all") or []
    return f"{task_vars.get('inventory_hostname')}: " if len(hosts) > 1 else ""
