# SPDX-License-Identifier: GPL-3.0-or-later
"""What every measurement needs: a fleet of images, bounds, and a table to print."""

from __future__ import annotations

import dataclasses
import random
import statistics
import typing as t

from tests.emulator.testing import Emulator

Result = dict[str, t.Any]

GIB = 1024**3
SLOTS = 5
SOURCE, DESTINATION = "cn-north-4", "cn-south-1"
AGENCY = "ims_copy_image"
FLEET = "[?starts_with(name, 'fleet-')]"
# What the embedded cloud gives a replica of its source.
KEPT = ("__image_size", "__platform", "__support_kvm", "architecture", "min_disk", "virtual_env_type", "disk_format")


def heavy_tailed(count: int, seed: int = 60) -> list[float]:
    """Sizes in GiB as fleets have them: many small images and a few that are as large as may be copied."""
    random_ = random.Random(seed)
    return [round(min(120.0, 2 * random_.paretovariate(1.1)), 1) for _number in range(count)]


def add_fleet(cloud: Emulator, sizes: t.Sequence[float], copied: bool = False) -> list[Result]:
    """Images of these sizes (GiB) and room for their replicas; with ``copied`` the replicas as well."""
    cloud.set_quota(DESTINATION, 50 + len(sizes))
    fleet = [
        cloud.add_image(SOURCE, name=f"fleet-{number:05}", __image_size=str(int(size * GIB)))
        for number, size in enumerate(sizes)
    ]
    for source in fleet if copied else ():
        kept = {name: value for name, value in source.items() if name.startswith("__os") or name in KEPT}
        origin = f"image,{SOURCE},{source['id']}"
        cloud.add_image(DESTINATION, **{**kept, "name": source["name"], "__data_origin": origin})
    return fleet


@dataclasses.dataclass
class Copies:
    """What the cloud's own records tell of a migration; seconds are those of the cloud."""

    count: int
    makespan: float
    lower_bound: float
    most_at_a_time: int
    median: float
    polls: int
    requests: int


def copies_of(cloud: Emulator) -> Copies:
    jobs = [job for job in cloud.jobs() if not job["foreign"]]
    if not jobs:
        raise RuntimeError("nothing was copied")
    durations = [job["end"] - job["begin"] for job in jobs]
    journal = cloud.journal()
    return Copies(
        count=len(jobs),
        makespan=float(max(job["end"] for job in jobs) - min(job["begin"] for job in jobs)),
        lower_bound=float(max(*durations, sum(durations) / SLOTS)),
        most_at_a_time=max(
            sum(1 for job in jobs if job["begin"] <= at < job["end"]) for at in {job["begin"] for job in jobs}
        ),
        median=statistics.median(durations),
        polls=sum(1 for entry in journal if entry["operation"] in ("ShowJob", "ShowJobProgress")),
        requests=len(journal),
    )


class Report:
    """Prints what was measured beside its bound, and remembers whether every bound held."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def title(self, text: str) -> None:
        print(f"\n{text}", flush=True)

    def note(self, what: str, value: str) -> None:
        print(f"  {what:<52}{value:>12}", flush=True)

    def bound(self, what: str, value: float, most: float, form: str = "{:.2f}") -> None:
        """A value that may be ``most`` at most."""
        holds = value <= most
        text, limit = form.format(value), form.format(most)
        print(f"  {what:<52}{text:>12}   at most {limit}{'' if holds else '   BROKEN'}", flush=True)
        if not holds:
            self.broken.append(f"{what}: {text}, at most {limit}")

    def demand(self, what: str, holds: bool) -> None:
        """Something without which the figures mean nothing."""
        if not holds:
            print(f"  BROKEN: {what}", flush=True)
            self.broken.append(what)
