# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made once for a checkout, such as a folder of packages, is made by one of those who want it at a time."""

from __future__ import annotations

import contextlib
import fcntl
import pathlib
import typing as t


@contextlib.contextmanager
def alone(folder: pathlib.Path) -> t.Iterator[None]:
    """While nobody else is at this folder, in this process or another."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
