# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.campaign``: so many scenarios from a seed on, and a table of what held."""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import itertools
import sys
import time
import typing as t

from tests.campaign.draw import CELLS, draw
from tests.campaign.judge import Finding, Verdict, judge
from tests.campaign.play import play
from tests.campaign.story import story

# How many seeds are named for each promise that was broken.
MOST_SEEDS = 8


def run(seed: int) -> Verdict:
    return judge(play(draw(seed)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="campaign", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.count == 1:
        print(story(play(draw(options.seed))))
    began = time.monotonic()
    verdicts = list(verdicts_of(range(options.seed, options.seed + options.count), options.workers))
    print(table(verdicts))
    print(f"\n{len(verdicts)} scenarios in {time.monotonic() - began:.0f} s")
    broken = told(verdicts)
    print(broken or "\nEverything that is promised held.")
    return 1 if any(finding.excuse is None for verdict in verdicts for finding in verdict.findings) else 0


def verdicts_of(seeds: t.Sequence[int], workers: int) -> t.Iterator[Verdict]:
    if len(seeds) == 1 or workers == 1:
        yield from map(run, seeds)
        return
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        for number, verdict in enumerate(pool.map(run, seeds, chunksize=4), 1):
            if number % 100 == 0:
                print(f"{number} of {len(seeds)}", file=sys.stderr, flush=True)
            yield verdict


def table(verdicts: t.Sequence[Verdict]) -> str:
    head = ("setting", "ledger", "scenarios", "asked for", "paid for", "twice", "twice, not promised", "other breaks")
    rows = [head]
    for setting, ledger in CELLS:
        own = [one for one in verdicts if (one.setting, one.ledger) == (setting, ledger)]
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


def told(verdicts: t.Iterable[Verdict]) -> str:
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
                lines.append(f"    {found[key][0][1].text}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
