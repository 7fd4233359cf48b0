# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Tells whether whoever runs the module is still there, by a file that is touched for as long as somebody waits."""

from __future__ import annotations

import math
import os
import typing as t

from .. import _clock as clocks

# Seconds without a touch after which nobody waits any more.
PATIENCE = 30.0


class NoLease:
    """Stands in for a run that nobody watches over: it ends when it is done."""

    # Longest pause between two looks at the lease, in seconds.
    pause = math.inf

    @property
    def stale(self) -> bool:
        """Whether nobody waits for the run any more."""
        return False


class Lease(NoLease):
    """Only changes of the file's time count, on this process's own clock: two clocks are never compared.

    What the first touch says after a long while without a look is how much later it was than the one before.
    """

    def __init__(self, path: str, clock: clocks.Clock, seconds: float = PATIENCE) -> None:
        self._path = path
        self._clock = clock
        self._seconds = seconds
        self._sign()
        self._touched = self._seen()
        self._looked = clock.monotonic()
        self._until = clocks.Deadline(clock, seconds)
        self._stale = False
        self.pause = seconds / 6

    @property
    def stale(self) -> bool:
        """Once it is, it stays so."""
        if not self._stale:
            touched = self._seen()
            if touched is not None and touched != self._touched:
                self._until = clocks.Deadline(self._clock, self._seconds - self._ago(touched))
                self._touched = touched
            self._looked = self._clock.monotonic()
            self._stale = touched is None or self._until.passed
        return self._stale

    def _ago(self, touched: int) -> float:
        """How many seconds ago it was touched at the latest. The touch before it was no later than the last look."""
        later = (touched - self._touched) / 1e9 if self._touched is not None else -1.0
        # A clock that was set back tells nothing.
        return max(0.0, self._clock.monotonic() - self._looked - later) if later >= 0 else 0.0

    def _sign(self) -> None:
        """Whoever touches the file can tell by it whether this process is still there."""
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except (OSError, ValueError):
            return
        try:
            os.write(descriptor, str(os.getpid()).encode("ascii"))
        except OSError:
            pass
        finally:
            os.close(descriptor)

    def _seen(self) -> t.Optional[int]:
        try:
            return os.stat(self._path).st_mtime_ns
        except (OSError, ValueError):
            return None
