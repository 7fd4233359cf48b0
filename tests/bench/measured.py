# SPDX-License-Identifier: GPL-3.0-or-later
"""``measured.py REPORT COMMAND...``: runs a command, and writes what it and everything that came of it used.

A process of its own, because only so can it be the one that inherits what the command leaves running in the background.
"""

from __future__ import annotations

import ctypes
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def main(report: str, *command: str) -> int:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    seconds, status = 0.0, 0
    while True:
        try:
            pid, how = os.wait()
        except ChildProcessError:
            break
        if pid == process.pid:
            seconds, status = time.perf_counter() - began, os.waitstatus_to_exitcode(how)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = {"seconds": seconds, "status": status, "processor": used.ru_utime + used.ru_stime}
    pathlib.Path(report).write_text(json.dumps(whole), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
