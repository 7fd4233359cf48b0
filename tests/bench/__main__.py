# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench``: prints what was measured; the exit status is 1 when a bound is broken."""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
import typing as t

from tests.bench import costs
from tests.bench.command import Controller, controller
from tests.bench.harness import Report
from tests.bench.race import race

ROOT = pathlib.Path(__file__).resolve().parents[2]


def simulated(report: Report) -> None:
    from tests.bench.simulated import simulated as measure  # needs the collection itself

    measure(report)


def measurements(report: Report, bench: Controller, times: int) -> dict[str, t.Callable[[], None]]:
    return {
        "simulated": lambda: simulated(report),
        "noop": lambda: costs.noop(report, bench, times),
        "scale": lambda: costs.scale(report, bench, max(1, times // 3)),
        "progress": lambda: costs.progress(report, bench),
        "waiting": lambda: costs.waiting(report, bench),
        "race": lambda: race(report, bench),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", help="names of measurements, with commas between")
    parser.add_argument("--times", type=int, default=7, help="how often short runs are repeated")
    parser.add_argument("--tree", default=str(ROOT / ".build" / "tree"), help="a tree that holds another edition")
    given = parser.parse_args()
    report = Report()
    with controller(pathlib.Path(given.tree).resolve()) as bench:
        known = measurements(report, bench, given.times)
        wanted = [name for name in given.only.split(",") if name] or list(known)
        if unknown := sorted(set(wanted) - known.keys()):
            parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        for name in wanted:
            known[name]()
    for problem in report.broken:
        print(f"BROKEN: {problem}")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
