# SPDX-License-Identifier: GPL-3.0-or-later
"""With this folder on PYTHONPATH, every Python that runs a module notes at its end how much memory it has had."""

from __future__ import annotations

import atexit
import os
import pathlib
import sys


def _note() -> None:
    name = os.path.basename(sys.argv[0]) if sys.argv else ""
    if name.startswith("AnsiballZ_"):
        status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
        # Not ru_maxrss: that one is inherited from the process that was forked, which is Ansible's.
        (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
        with open(os.environ["BENCH_MEMORY"], "a", encoding="ascii") as file:
            file.write(f"{name} {peak}\n")


atexit.register(_note)
