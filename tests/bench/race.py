# SPDX-License-Identifier: GPL-3.0-or-later
"""Real runs of ``ansible-playbook`` with progress on, beside a script on the official SDK and the lower bound."""

from __future__ import annotations

import contextlib
import typing as t

from tests.bench.command import Controller, Running, Used, migration
from tests.bench.harness import SLOTS, Copies, Report, add_fleet, copies_of, heavy_tailed
from tests.emulator.testing import Emulator, running

IMAGES = 60
INTERVAL = 1.0
# The median copy takes 112 s of the cloud's time.
MEDIAN = 112.0
SHORT, TEN_POLLS = 60.0, MEDIAN / 10
BOUND = 1.05


class Ran(t.NamedTuple):
    """What the cloud saw of one way, in real seconds where it is a matter of time."""

    copies: Copies
    used: Used
    makespan: float
    ratio: float


def one(cloud: Emulator, began: Running, scale: float) -> Ran:
    used = began.end()
    seen = copies_of(cloud)
    return Ran(seen, used, seen.makespan / scale, seen.makespan / seen.lower_bound)


def side_by_side(bench: Controller, scale: float) -> tuple[Ran, Ran]:
    """Our task and the script, each with a cloud of its own, at the same time: what disturbs one disturbs both."""
    with contextlib.ExitStack() as stack:
        clouds = [
            stack.enter_context(running(time_scale=scale, region_ports=True, in_process=False)) for _way in range(2)
        ]
        for cloud in clouds:
            add_fleet(cloud, heavy_tailed(IMAGES))
            cloud.clear_journal()
        ours = bench.play(clouds[0], migration(wait_interval=INTERVAL))
        script = bench.script(clouds[1], INTERVAL)
        return one(clouds[0], ours, scale), one(clouds[1], script, scale)


def race(report: Report, bench: Controller) -> None:
    for name, scale in (("copies short against the poll", SHORT), ("the median copy lasts ten polls", TEN_POLLS)):
        report.title(f"{IMAGES} images, polls of {INTERVAL:g} s, {name}")
        ours, script = side_by_side(bench, scale)
        report.note("lower bound: max(longest, sum / 5)", f"{ours.copies.lower_bound / scale:.1f} s")
        for who, ran in (("ansible-playbook", ours), ("the SDK script", script)):
            report.note(f"{who}: makespan", f"{ran.makespan:.1f} s")
            report.note(f"{who}: the whole command", f"{ran.used.seconds:.1f} s")
            report.note(f"{who}: times the lower bound", f"{ran.ratio:.3f}")
            report.note(f"{who}: requests", f"{ran.copies.requests}")
            report.note(f"{who}: looks at the job of a copy", f"{ran.copies.polls / IMAGES:.2f}")
            report.demand(f"{who}: {IMAGES} copies, not {ran.copies.count}", ran.copies.count == IMAGES)
            report.demand(f"{who}: never more than {SLOTS} at a time", ran.copies.most_at_a_time <= SLOTS)
        report.bound("makespan, to that of the script", ours.makespan / script.makespan, 1.0, "{:.3f}")
        report.bound("looks at a job, to those of the script", ours.copies.polls / script.copies.polls, 1.0, "{:.3f}")
        if scale == TEN_POLLS:
            report.bound("times the lower bound", ours.ratio, BOUND, "{:.3f}")
