# SPDX-License-Identifier: GPL-3.0-or-later
"""Goes through the doors of the Makefile that a change must pass, three at a time, and ends with a summary.

Every part runs, whatever became of the ones before it, so that one run tells all that is wrong. What a part prints
is in .build/logs; here its end shows if the part failed, and the closing lines of pytest always.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGS = ROOT / ".build" / "logs"
# About as long as each other. What runs in one process stands beside what runs in two.
LANES = (
    ("e2e", "integration", "lint", "docs-lint", "docs", "package", "installed", "execution-environment"),
    ("sanity", "types", "emulator-tests", "unit", "cloud"),
    ("oldest",),
)
# What needs the results of both.
LAST = ("coverage-gate",)
# Of a part that failed; the whole is in its log.
MOST_LINES = 200
# A row of the table with which a part of `make matrix` ends: core, Python, what, and how it went.
RAN = re.compile(r"^\d+\.\d+\.\S+ +3\.\d+ +\w+ +\w+.*$")
# The last line of pytest, such as "==== 12 passed, 1 skipped in 3.21s ====".
CLOSING = re.compile(r"^=+ .*\b(passed|failed|errors?|skipped|no tests ran)\b.* in [\d.]+s\b.* =+$")

_printing = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one part."""

    part: str
    status: int
    seconds: float
    closing: list[str]


def run(part: str) -> Outcome:
    """One part, its output in a file of its own."""
    log = LOGS / f"{part}.log"
    began = time.monotonic()
    with log.open("wb") as file:
        # With the flags of the make that called us, such as -i or -j, a part would not be what it is on its own.
        environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS")}
        command = ["make", "--no-print-directory", part, "COVER=1"]
        status = subprocess.run(
            command,
            check=False,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        ).returncode
    text = log.read_text(encoding="utf-8", errors="replace")
    lines = [line for line in text.splitlines() if CLOSING.match(line) or RAN.match(line)]
    closing = [" ".join(line.strip("= ").split()) for line in lines]
    outcome = Outcome(part, status, time.monotonic() - began, closing)
    with _printing:
        if status:
            end = "\n".join(text.splitlines()[-MOST_LINES:])
            print(f"\n----- make {part} -----\n{end}\n----- make {part} failed ({status}), see {log} -----\n")
        else:
            print(f"{part:<22} ok     {outcome.seconds:6.1f} s  {'; '.join(closing)}")
        sys.stdout.flush()
    return outcome


def main() -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(LANES)) as pool:
        lanes = list(pool.map(lambda lane: [run(part) for part in lane], LANES))
    outcomes = [outcome for lane in lanes for outcome in lane] + [run(part) for part in LAST]

    print("\nSummary")
    for outcome in outcomes:
        word = "FAILED" if outcome.status else "ok"
        print(f"  {outcome.part:<22} {word:<6} {outcome.seconds:6.1f} s  {'; '.join(outcome.closing)}".rstrip())
    failed = [outcome.part for outcome in outcomes if outcome.status]
    print(f"  in {time.monotonic() - began:.0f} s; the logs are in .build/logs")
    for outcome in outcomes:
        for closing in outcome.closing:
            print(f"===== {closing} =====")
    print(f"FAILED: {', '.join(failed)}" if failed else "All parts passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
