# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.campaign.tell_lies``: so many scenes from a seed on, each with its lies, and what did not hold."""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import faulthandler
import sys
import time

from tests.campaign.judge_lies import findings
from tests.campaign.lying import draw, play

# How many seeds are named for each promise that was broken.
MOST_SEEDS = 8
# A scene takes a fraction of a second; one that takes so many hangs, and its traceback says where.
HANGS = 120


def main() -> int:
    parser = argparse.ArgumentParser(prog="tell_lies", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.count == 1:
        print(story(options.seed))
    began = time.monotonic()
    seeds = range(options.seed, options.seed + options.count)
    broken: dict[str, list[tuple[int, str]]] = collections.defaultdict(list)
    with concurrent.futures.ProcessPoolExecutor(options.workers) as pool:
        for number, (seed, found) in enumerate(zip(seeds, pool.map(watched, seeds, chunksize=20)), 1):
            if number % 1000 == 0:
                print(f"{number} of {len(seeds)}", file=sys.stderr, flush=True)
            for what, text in found:
                broken[what].append((seed, text))
    print(f"{len(seeds)} scenes of lies in {time.monotonic() - began:.0f} s")
    for what, cases in sorted(broken.items()):
        told = list(dict.fromkeys(seed for seed, _text in cases))
        more = " ..." if len(told) > MOST_SEEDS else ""
        print(f"{what}: in {len(told)} scenes; seeds {', '.join(map(str, told[:MOST_SEEDS]))}{more}\n  {cases[0][1]}")
    print("Broken." if broken else "Everything that is promised held.")
    return 1 if broken else 0


def watched(seed: int) -> list[tuple[str, str]]:
    faulthandler.dump_traceback_later(HANGS, exit=True)
    try:
        return findings(seed)
    finally:
        faulthandler.cancel_dump_traceback_later()


def story(seed: int) -> str:
    """A scene, its lies, what the runs said, and what was asked."""
    lied = play(draw(seed))
    scene = lied.scene
    lines = [f"{scene.kind}, before it {scene.before}, {scene.scenario.options}, {scene.scenario.switches}"]
    for lie in scene.lies:
        lines.append(f"lie: {lie.operation or 'any'} {lie.kind}, skip {lie.skip}, times {lie.times}")
        lines += [f"  {told}" for told in lie.told[:5]]
    for told in lied.played.runs:
        result = told.result or {}
        lines.append(f"run {told.number}: {told.how}, failed {result.get('failed')}, changed {result.get('changed')}")
        lines += [f"  {text[:500]}" for text in (result.get("msg") or told.text, *told.warnings)]
        asked = [sent for sent in lied.played.book if sent.run == told.number]
        lines.append("  " + " ".join(f"{sent.entry.operation}{'*' if sent.trouble else ''}" for sent in asked))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
