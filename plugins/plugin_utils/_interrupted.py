# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Lets a task end in good order: one that is told to, and one whose result nobody waits for any more."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import typing as t

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Interrupted(BaseException):
    """A signal came."""


@contextlib.contextmanager
def interruptible() -> t.Iterator[None]:
    """A signal that would end the process raises here instead, and is delivered again at the end.

    Since ansible-core 2.19 a worker's own handlers leave no time for anything, and before that it had none for SIGTERM.
    """
    came: t.List[int] = []

    def note(number: int, frame: object) -> None:
        came.append(number)
        if len(came) == 1:
            raise Interrupted(number)

    try:
        before = {number: signal.signal(number, note) for number in SIGNALS}
    except ValueError:
        # Not the main thread, which is the only one that hears of signals.
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            os.kill(os.getpid(), came[0])


def be_awaited() -> None:
    """End a worker whose parent has died; since ansible-core 2.19 a session of its own keeps it alive.

    Who is no worker reports to nobody, and may outlive whoever started it.
    """
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:
        raise SystemExit("the process that this task was to report to has died")
