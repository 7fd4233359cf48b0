# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs cost that copy little or nothing: large plans, runs that find everything done, long waits."""

from __future__ import annotations

import collections
import contextlib
import functools
import typing as t

from tests.bench.command import COPY, Controller, Running, Used, migration, one_copy
from tests.bench.harness import AGENCY, DESTINATION, SOURCE, Report, Result, add_fleet
from tests.emulator.testing import Emulator, running

# A large plan to one of a tenth of its size, and what its module may take of the memory.
FEW, MANY = 1_000, 10_000
PLAN_BOUND, MEMORY_BOUND = 5.0, 200.0
# A run that finds everything done, to a ping.
NOOP_BOUND, REQUESTS_BOUND, ADHOC_BOUND = 2.5, 10, 1.35
# One copy of 600 s, ten times as fast, all intervals with it.
COPY_SECONDS, FASTER = 600.0, 10.0
PROGRESS_BOUND = 1.15
# Waiting for a copy: two lengths.
BRIEF, LONG = 15.0, 75.0
HOUR_BOUND = 40.0
# Ansible's main process looks a thousand times a second whether a worker has said anything; this often is enough.
CALM = "internal_poll_interval = 0.05"


def scale(report: Report, bench: Controller, times: int) -> None:
    report.title(f"A plan of {MANY:,} images beside one of {FEW:,} (ansible-playbook --check)")
    with contextlib.ExitStack() as stack:
        clouds = {count: stack.enter_context(running(manual_clock=True, in_process=False)) for count in (FEW, MANY)}
        ways, memory = {}, {}
        for count, cloud in clouds.items():
            add_fleet(cloud, [2.0] * count)
            cloud.clear_journal()
            memory[count] = bench.play(cloud, migration(), flags=["--check"], memory=True).end().memory
            report.note(f"{count:,} images: requests", str(sum(requests_of(cloud).values())))
            report.note(f"{count:,} images: memory of the module", f"{memory[count]:.0f} MB")
            ways[str(count)] = functools.partial(bench.play, cloud, migration(), flags=["--check"])
        seconds = alternating(ways, times)
        report.demand("a plan changes nothing", not any(cloud.mutations() for cloud in clouds.values()))
    for count in clouds:
        report.note(f"{count:,} images", f"{seconds[str(count)]:.2f} s")
    report.bound(f"time of {MANY:,} to that of {FEW:,}", seconds[str(MANY)] / seconds[str(FEW)], PLAN_BOUND)
    report.bound(f"memory of the module, {MANY:,} images, MB", memory[MANY], MEMORY_BOUND, "{:.0f}")


def noop(report: Report, bench: Controller, times: int) -> None:
    report.title(f"A run that finds everything done, to `ansible localhost -m ping` (best of {times})")
    with (
        running(manual_clock=True, in_process=False) as cloud,
        running(manual_clock=True, in_process=False) as small,
    ):
        add_fleet(cloud, [2.0] * FEW, copied=True)
        add_fleet(small, [2.0], copied=True)
        cloud.clear_journal()
        say = {"name": "Say what came of it", "ansible.builtin.debug": {"msg": "{{ outcome.counts }}"}}
        told = bench.play(cloud, {**migration(), "register": "outcome"}, say).end().output
        report.demand(f"{FEW} images are present", f'"present": {FEW}' in told)
        asked = requests_of(cloud)
        options = {
            "source_region": SOURCE,
            "destination_region": DESTINATION,
            "agency_name": AGENCY,
            "image_name": "fleet-00000",
        }
        ways: dict[str, t.Callable[[], Running]] = {
            "ping": bench.ping,
            "adhoc": lambda: bench.adhoc(small, COPY, **options),
            "playbook": lambda: bench.play(cloud, migration()),
        }
        best = alternating(ways, times)
        report.demand("such a run changes nothing", not cloud.mutations() + small.mutations())
    report.note("ping", f"{best['ping']:.2f} s")
    report.note("ad hoc, one image", f"{best['adhoc']:.2f} s")
    report.note(f"playbook, {FEW:,} images", f"{best['playbook']:.2f} s")
    report.bound("ad hoc, to the ping", best["adhoc"] / best["ping"], ADHOC_BOUND)
    report.bound(f"playbook, {FEW:,} images, to the ping", best["playbook"] / best["ping"], NOOP_BOUND)
    report.bound(f"requests of {FEW:,} images, most of a region", max(asked.values()), REQUESTS_BOUND, "{:.0f}")


def alternating(ways: t.Mapping[str, t.Callable[[], Running]], times: int) -> dict[str, float]:
    """The best time of each way. They take turns, so that what disturbs one disturbs all."""
    best = {name: way().end().seconds for name, way in ways.items()}
    for _time in range(times):
        for name, way in ways.items():
            best[name] = min(best[name], way().end().seconds)
    return best


def requests_of(cloud: Emulator) -> collections.Counter[str]:
    """How often each region's image service was asked."""
    return collections.Counter(entry["region"] for entry in cloud.journal() if entry["service"] == "ims")


def progress(report: Report, bench: Controller) -> None:
    report.title(f"Requests of a copy of {COPY_SECONDS:g} s, everything {FASTER:g} times as fast")
    usual = {"wait_interval": 10 / FASTER}
    ways: dict[str, Result] = {
        "with progress": {**usual, "progress_interval": 30 / FASTER},
        "without": {**usual, "progress_interval": 0},
    }
    counts = {}
    with contextlib.ExitStack() as stack:
        clouds = {name: stack.enter_context(slow_cloud(COPY_SECONDS, FASTER)) for name in ways}
        runs = {name: bench.play(clouds[name], one_copy(**options)) for name, options in ways.items()}
        for name, run in runs.items():
            run.end()
            counts[name] = len(clouds[name].journal())
            report.note(f"requests {name}", str(counts[name]))
    report.bound("with progress, to those without", counts["with progress"] / counts["without"], PROGRESS_BOUND)


def waiting(report: Report, bench: Controller) -> None:
    report.title("Processor time of an hour's waiting, progress on, usual intervals")
    # Ansible itself looks for results all the time, whatever a task does: what it takes to wait for a sleep.
    ways: dict[str, t.Callable[[Emulator, float], Running]] = {
        "ours": lambda cloud, seconds: bench.play(cloud, one_copy()),
        "sleep": lambda cloud, seconds: bench.play(cloud, asleep(seconds)),
        "calm": lambda cloud, seconds: bench.play(cloud, one_copy(), settings=CALM),
    }
    with contextlib.ExitStack() as stack:
        places = [(way, seconds) for seconds in (BRIEF, LONG) for way in ways]
        clouds = {place: stack.enter_context(slow_cloud(place[1], 1.0)) for place in places}
        runs = {(way, seconds): ways[way](clouds[way, seconds], seconds) for way, seconds in places}
        used = {place: run.end() for place, run in runs.items()}
    of_an_hour = {way: hourly(used[way, BRIEF], used[way, LONG]) for way in ways}
    report.note("Ansible waits for a sleep", f"{of_an_hour['sleep']:.0f} s")
    report.note("a copy", f"{of_an_hour['ours']:.0f} s")
    report.bound("beyond the sleep, s", of_an_hour["ours"] - of_an_hour["sleep"], HOUR_BOUND, "{:.0f}")
    report.bound(f"a copy, {CALM}, s", of_an_hour["calm"], HOUR_BOUND, "{:.0f}")


def asleep(seconds: float) -> Result:
    return {"name": "Sleep", "ansible.builtin.command": {"argv": ["sleep", str(seconds)]}}


def hourly(brief: Used, long: Used) -> float:
    """Processor time of an hour, from a brief and a long run: what a run costs anyway cancels out."""
    return (long.processor - brief.processor) / (long.seconds - brief.seconds) * 3600


@contextlib.contextmanager
def slow_cloud(seconds: float, faster: float) -> t.Iterator[Emulator]:
    """One image, whose copy takes so many seconds of the cloud's time."""
    with running(time_scale=faster, in_process=False) as cloud:
        add_fleet(cloud, [2.0])
        cloud.outcome(name="fleet-00000", status="SUCCESS", seconds=seconds)
        cloud.clear_journal()
        yield cloud
