# SPDX-License-Identifier: GPL-3.0-or-later
"""The module in this process, against an embedded cloud whose time passes only when somebody waits."""

from __future__ import annotations

import collections
import contextlib
import datetime
import io
import json
import os
import pathlib
import random
import tempfile
import typing as t
from unittest import mock

from ansible.module_utils.testing import patch_module_args

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.migrate import migrate
from ansible_collections.huaweicloud.ims.plugins.modules import ims_image_migration
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._merge import carry_on_many, many_copies
from tests.emulator.testing import Emulator, running

Result = dict[str, t.Any]

GIB = 1024**3
SLOTS = 5
SOURCE, DESTINATION = "cn-north-4", "cn-south-1"
FLEET = "[?starts_with(name, 'fleet-')]"


class CloudClock:
    """Sleeping moves the embedded cloud's time forward, and nothing else does."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._elapsed = 0.0
        self._began = datetime.datetime.now(datetime.timezone.utc)

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        self._elapsed += seconds
        self._emulator.advance(seconds)

    def utcnow(self) -> datetime.datetime:
        return self._began + datetime.timedelta(seconds=self._elapsed)


class Site:
    """A cloud with a fleet of images to migrate."""

    def __init__(self, cloud: Emulator) -> None:
        self.cloud = cloud
        self.clock = CloudClock(cloud)
        cloud.set_quota(DESTINATION, 2000)

    def add(self, sizes: t.Sequence[float]) -> list[float]:
        """Images of these sizes (GiB); answers how long their copies take."""
        switches = self.cloud.switch()
        base, per_gib = switches["copy_base_seconds"], switches["copy_seconds_per_gib"]
        for number, size in enumerate(sizes):
            self.cloud.add_image(SOURCE, name=f"fleet-{number:03}", __image_size=str(int(size * GIB)))
        return [base + per_gib * size for size in sizes]

    def migrate(self, **options: t.Any) -> Result:
        """One run of the module, with its usual intervals."""
        given = {
            "source_region": SOURCE,
            "destinations": [{"region": DESTINATION, "agency_name": "ims_copy_image"}],
            "_ansible_remote_tmp": tempfile.gettempdir(),
            **({"query": FLEET} if not options.keys() & {"images", "resume"} else {}),
            **options,
        }
        printed = io.StringIO()
        with patch_module_args(given), contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
            migrate(ims_image_migration.build(), self.clock)
        result: Result = json.loads(printed.getvalue())
        return result

    def migrate_in_turns(self, seconds: float) -> Result:
        """As a task does it that shows how its copies go."""
        given: Result = {"query": FLEET}
        arguments, merged = given, None
        while True:
            merged = many_copies(merged, self.migrate(**arguments, run_for=seconds))
            if not merged["cut_short"]:
                return merged
            arguments = {**given, **carry_on_many(given, merged, self.clock.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ"))}

    def images(self) -> list[Result]:
        """The fleet as a list of images names it, in the order in which a loop would have it."""
        return [{"image_name": raw["name"]} for raw in self.cloud.images(SOURCE) if raw["name"].startswith("fleet-")]

    def makespan(self) -> float:
        """From the first copy's beginning to the last one's end, by the service's own clock."""
        jobs = [job for job in self.cloud.jobs() if not job["foreign"]]
        return float(max(job["end"] for job in jobs) - min(job["begin"] for job in jobs))

    def most_at_a_time(self) -> int:
        jobs = [job for job in self.cloud.jobs() if not job["foreign"]]
        return max(sum(1 for job in jobs if job["begin"] <= at < job["end"]) for at in {job["begin"] for job in jobs})

    def requests(self) -> collections.Counter[str]:
        """How often each region's image service was asked; IAM goes under its own name."""
        return collections.Counter(
            entry["region"] if entry["service"] == "ims" else "iam" for entry in self.cloud.journal()
        )


@contextlib.contextmanager
def site() -> t.Iterator[Site]:
    """A fresh cloud, and a host that remembers nothing."""
    with running(manual_clock=True) as cloud, tempfile.TemporaryDirectory() as folder:
        variables = {**cloud.env(), "HW_IMS_STATE_DIR": str(pathlib.Path(folder, "state"))}
        with mock.patch.dict(os.environ, variables):
            yield Site(cloud)


def heavy_tailed(count: int, seed: int = 60) -> list[float]:
    """Sizes in GiB as fleets have them: many small images and a few that are as large as may be copied."""
    random_ = random.Random(seed)
    return [round(min(120.0, 2 * random_.paretovariate(1.1)), 1) for _number in range(count)]
