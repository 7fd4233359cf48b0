# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Removes from the folder of the ledger what no run has come back for: a copy that anybody looks for is younger."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import os
import re
import typing as t

from . import holder, note_files

ENDING = ".json"
# Seconds since a note was written. No copy takes days, and nobody looks for one that long.
OLD = 30 * 24 * 3600.0
_OURS = re.compile(rf"[0-9a-f]+{re.escape(ENDING)}")


def sweep(folder: str, now: datetime.datetime) -> None:
    """Old notes that nobody has locked go, and what a killed run has left of its lock goes with its note."""
    names: t.FrozenSet[str] = frozenset()
    with contextlib.suppress(OSError):
        names = frozenset(os.listdir(folder))
    for name in names:
        note = name[: -len(holder.ENDING)] if name.endswith(holder.ENDING) else name
        if not _OURS.fullmatch(note):
            continue
        with contextlib.suppress(OSError):
            if name == note:
                _remove_old(folder, note, now)
            elif note not in names:
                os.unlink(os.path.join(folder, name))


def _remove_old(folder: str, name: str, now: datetime.datetime) -> None:
    """:raises OSError: when somebody has it locked, or it is no file of our own"""
    path = os.path.join(folder, name)
    if now.timestamp() - os.lstat(path).st_mtime < OLD:
        return
    descriptor = note_files.standing(folder, name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        seen = os.fstat(descriptor)
        # Somebody may have written to it, or removed it, before it was locked.
        if seen.st_nlink > 0 and now.timestamp() - seen.st_mtime >= OLD:
            holder.forget(path)
            os.unlink(path)
    finally:
        os.close(descriptor)
