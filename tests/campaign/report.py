# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs so many scenarios from a seed on: a table of what held, and what did not, with the seeds that show it."""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import itertools
import sys
import time
import typing as t

from tests.campaign.draw import CELLS
from tests.campaign.judge import Verdict
from tests.campaign.judge_twice import Finding

# How many seeds are named for each promise that was broken.
MOST_SEEDS = 8
Run = t.Callable[[int], Verdict]


def main(name: str, about: str | None, run: Run, tell: Run, every: int = 100) -> int:
    """``run`` plays the scenario of a seed and judges it, in a process of its own; ``tell`` also prints its story.

    :param name: what ``make`` calls it
    :param every: after so many scenarios it says how far it is
    """
    parser = argparse.ArgumentParser(prog=name, description=about)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    began = time.monotonic()
    seeds = range(options.seed, options.seed + options.count)
    verdicts = [tell(options.seed)] if options.count == 1 else list(_verdicts(run, seeds, options.workers, every))
    print(_table(verdicts))
    print(f"\n{len(verdicts)} scenarios in {time.monotonic() - began:.0f} s")
    print(_told(verdicts, f"make {name}") or "\nEverything that is promised held.")
    return 1 if any(finding.excuse is None for verdict in verdicts for finding in verdict.findings) else 0


def _verdicts(run: Run, seeds: t.Sequence[int], workers: int, every: int) -> t.Iterator[Verdict]:
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        for number, verdict in enumerate(pool.map(run, seeds), 1):
            if number % every == 0:
                print(f"{number} of {len(seeds)}", file=sys.stderr, flush=True)
            yield verdict


def _table(verdicts: t.Sequence[Verdict]) -> str:
    head = ("setting", "ledger", "scenarios", "asked for", "paid for", "twice", "twice, not promised", "other breaks")
    rows = [head]
    for setting, ledger in CELLS:
        own = [one for one in verdicts if (one.setting, one.ledger) == (setting, ledger)]
        if not own:
            continue
        findings = [finding for one in own for finding in one.findings]
        twice = [one for one in findings if one.what == "twice"]
        others = [one for one in findings if one.what != "twice" and one.excuse is None]
        rows.append(
            (
                setting,
                ledger,
                str(len(own)),
                str(sum(one.asked for one in own)),
                str(sum(one.paid for one in own)),
                str(sum(finding.excuse is None for finding in twice)),
                str(sum(finding.excuse is not None for finding in twice)),
                str(len(others)),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def _told(verdicts: t.Iterable[Verdict], command: str) -> str:
    """Every promise that was broken, with the seeds that show it; and what nobody promised, by its reason."""
    found: dict[tuple[str, str], list[tuple[int, Finding]]] = collections.defaultdict(list)
    for verdict in verdicts:
        for finding in verdict.findings:
            found[(finding.excuse or "", finding.what)].append((verdict.seed, finding))
    lines = []
    for excuse, group in itertools.groupby(sorted(found), key=lambda key: key[0]):
        lines.append(f"\nNot promised ({excuse}):" if excuse else "\nBroken:")
        for key in group:
            seeds = list(dict.fromkeys(seed for seed, _finding in found[key]))
            named = ", ".join(map(str, seeds[:MOST_SEEDS])) + (" ..." if len(seeds) > MOST_SEEDS else "")
            lines.append(f"  {key[1]}: {len(found[key])} in {len(seeds)} scenarios; seeds {named}")
            if not excuse:
                lines += [f"    {found[key][0][1].text}", f"    to see it again: {command} SEED={seeds[0]} N=1"]
    return "\n".join(lines)
