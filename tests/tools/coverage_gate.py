# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins what the processes of the unit tests covered; fails below 95 % of the lines, or of the branches, of plugins."""

from __future__ import annotations

import json
import pathlib
import sys

import coverage

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".build" / "coverage"
LEAST = 95.0


def percent(covered: int, count: int) -> float:
    return 100.0 * covered / count if count else 100.0


def main() -> int:
    files = [str(file) for file in FOLDER.glob("unit.*")]
    if not files:
        print("Nothing is known of the unit tests: run `make unit COVER=1` first.")
        return 1

    (FOLDER / "all").unlink(missing_ok=True)
    cov = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"), data_file=str(FOLDER / "all"))
    cov.combine(files, keep=True)
    if not cov.get_data().measured_files():
        print("The tests reached no file of plugins/ at all.")
        return 1
    # A file that no test imported would not be in the report at all.
    cov.get_data().touch_files([str(file) for file in sorted((ROOT / "plugins").rglob("*.py"))])
    cov.save()
    cov.report(file=sys.stdout)
    cov.html_report(directory=str(FOLDER / "html"), skip_covered=False)

    numbers = FOLDER / "all.json"
    cov.json_report(outfile=str(numbers))
    totals = json.loads(numbers.read_text(encoding="utf-8"))["totals"]
    lines = percent(totals["covered_lines"], totals["num_statements"])
    branches = percent(totals["covered_branches"], totals["num_branches"])
    print(f"Lines {lines:.1f} %, branches {branches:.1f} %; at least {LEAST:.0f} % wanted of each.")
    print("Line by line: .build/coverage/html/index.html")
    return 0 if lines >= LEAST and branches >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
