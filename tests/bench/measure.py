# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured, and the bounds that hold."""

from __future__ import annotations

import time
import typing as t

from tests.bench.harness import DESTINATION, SLOTS, SOURCE, Site, heavy_tailed, site

IMAGES = 60
# A migration takes at most this much longer than the slots allow at best.
BOUND = 1.05
# A run that finds everything done asks each region at most so often.
MANY, MOST_REQUESTS = 500, 10
# A task that says every 30 s how it goes is made of turns of this many seconds.
TURN = 24.0


def ours(place: Site) -> None:
    place.migrate()


def in_turns(place: Site) -> None:
    place.migrate_in_turns(TURN)


def one_by_one(place: Site) -> None:
    """What a loop over a task does that waits for its copy."""
    for image in place.images():
        place.migrate(images=[image])


def in_chunks(place: Site) -> None:
    """What a loop does that begins as many copies as there are slots, and then waits for all of them."""
    images = place.images()
    for start in range(0, len(images), SLOTS):
        place.migrate(images=images[start : start + SLOTS])


def measure() -> int:
    broken = [*speed(), *second_run(), *with_others()]
    for problem in broken:
        print(f"BROKEN: {problem}")
    return 1 if broken else 0


def speed() -> t.Iterator[str]:
    sizes = heavy_tailed(IMAGES)
    print(f"{IMAGES} images of {min(sizes):g} to {max(sizes):g} GiB, {sum(sizes):.0f} GiB together, {SLOTS} slots\n")
    print(f"{'':34}{'seconds':>9}{'ratio':>8}{'requests':>10}{'at a time':>11}")
    ways = {
        "one task": ours,
        f"one task, in turns of {TURN:g} s": in_turns,
        "a loop that waits for each copy": one_by_one,
        f"a loop in chunks of {SLOTS}": in_chunks,
    }
    for number, (name, way) in enumerate(ways.items()):
        with site() as place:
            durations = place.add(sizes)
            best = max(*durations, sum(durations) / SLOTS)
            if number == 0:
                print(f"{'lower bound: max(longest, sum / 5)':34}{best:9.0f}{1:8.3f}")
            way(place)
            taken, most = place.makespan(), place.most_at_a_time()
            print(f"{name:34}{taken:9.0f}{taken / best:8.3f}{place.requests().total():10}{most:11}")
            copies = [copy for copy in place.cloud.copies() if copy["took_effect"]]
        if len(copies) != IMAGES:
            yield f"{name}: {len(copies)} copies of {IMAGES} images"
        if way in (ours, in_turns) and taken > BOUND * best:
            yield f"{name} takes {taken / best:.3f} times the lower bound; {BOUND} is allowed"
        if most > SLOTS:
            yield f"{name}: {most} copies at a time"


def second_run() -> t.Iterator[str]:
    with site() as place:
        place.add([2.0] * MANY)
        place.migrate()
        place.cloud.clear_journal()
        began = time.perf_counter()
        result = place.migrate()
        seconds = time.perf_counter() - began
        requests, mutations = place.requests(), len(place.cloud.mutations())
    asked = ", ".join(f"{name} {count}" for name, count in sorted(requests.items()))
    print(f"\na second run over {MANY} migrated images: {seconds:.2f} s, {mutations} changes, requests: {asked}")
    if result["changed"] or mutations or result["counts"]["present"] != MANY:
        yield "a second run changes something"
    for region in (SOURCE, DESTINATION):
        if requests[region] > MOST_REQUESTS:
            yield f"a second run asks {region} {requests[region]} times; {MOST_REQUESTS} are allowed"


def with_others() -> t.Iterator[str]:
    with site() as place:
        durations = place.add(heavy_tailed(IMAGES))
        place.cloud.occupy_slots(3, 3600)
        result = place.migrate()
        refused = [copy for copy in place.cloud.copies() if copy["status"] == 400]
        requests, taken = place.requests().total(), place.makespan()
    # For an hour there are two slots, and then there are all five.
    best = max(*durations, (sum(durations) + 3 * 3600) / SLOTS)
    print(
        f"\n3 of {SLOTS} slots taken by somebody else for an hour: {taken:.0f} s "
        f"({taken / best:.3f} of the lower bound), {requests} requests, {len(refused)} refusals"
    )
    if result["counts"]["copied"] != IMAGES:
        yield f"with others at work {result['counts']}"
