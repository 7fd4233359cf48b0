# SPDX-License-Identifier: GPL-3.0-or-later
"""The module in this process, against an embedded cloud whose time passes only when somebody waits.

Nothing here depends on how fast or how busy the machine is: it is the plan itself that is measured.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import os
import pathlib
import tempfile
import typing as t
from unittest import mock

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.migrate import migrate
from ansible_collections.huaweicloud.ims.plugins.modules import ims_image_migration
from tests.bench.harness import (
    AGENCY,
    DESTINATION,
    FLEET,
    SLOTS,
    SOURCE,
    Report,
    Result,
    add_fleet,
    copies_of,
    heavy_tailed,
)
from tests.emulator.testing import Emulator, running
from tests.module_args import patch_module_args

IMAGES = 60
# A migration takes at most this much longer than the slots allow at best.
BOUND = 1.05


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

    def migrate(self, **options: t.Any) -> Result:
        """One run of the module, with its usual intervals."""
        given = {
            "source_region": SOURCE,
            "destinations": [{"region": DESTINATION, "agency_name": AGENCY}],
            "_ansible_remote_tmp": tempfile.gettempdir(),
            **({} if "images" in options else {"query": FLEET}),
            **options,
        }
        printed = io.StringIO()
        with patch_module_args(given), contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
            migrate(ims_image_migration.build(), self.clock)
        result: Result = json.loads(printed.getvalue())
        return result


@contextlib.contextmanager
def site() -> t.Iterator[Site]:
    """A fresh cloud, and a host that remembers nothing."""
    with running(manual_clock=True) as cloud, tempfile.TemporaryDirectory() as folder:
        variables = {**cloud.env(), "HW_IMS_STATE_DIR": str(pathlib.Path(folder, "state"))}
        with mock.patch.dict(os.environ, variables):
            yield Site(cloud)


def one_task(place: Site, names: t.Sequence[str]) -> None:
    place.migrate()


def marked(place: Site, names: t.Sequence[str]) -> None:
    """The marks of those next in line settle while others are copied."""
    place.migrate(ledger="cloud")


def one_by_one(place: Site, names: t.Sequence[str]) -> None:
    """What a loop over a task does that waits for its copy."""
    for name in names:
        place.migrate(images=[{"image_name": name}])


def in_chunks(place: Site, names: t.Sequence[str]) -> None:
    """What a loop does that begins as many copies as there are slots, and then waits for all of them."""
    for start in range(0, len(names), SLOTS):
        place.migrate(images=[{"image_name": name} for name in names[start : start + SLOTS]])


WAYS = {
    "one task": one_task,
    "one task, ledger: cloud": marked,
    "a loop that waits for each copy": one_by_one,
    f"a loop in chunks of {SLOTS}": in_chunks,
}


def simulated(report: Report) -> None:
    report.title(f"{IMAGES} images on the cloud's own clock, the module's usual intervals: times the lower bound")
    for name, way in WAYS.items():
        with site() as place:
            fleet = add_fleet(place.cloud, heavy_tailed(IMAGES))
            way(place, [image["name"] for image in fleet])
            seen = copies_of(place.cloud)
        report.demand(f"{name}: {IMAGES} copies, not {seen.count}", seen.count == IMAGES)
        report.demand(f"{name}: {seen.most_at_a_time} copies at a time", seen.most_at_a_time <= SLOTS)
        ratio, what = seen.makespan / seen.lower_bound, f"{name}, {seen.requests} requests"
        if way in (one_task, marked):
            report.bound(what, ratio, BOUND, "{:.3f}")
        else:
            report.note(what, f"{ratio:.3f}")
    with site() as place:
        add_fleet(place.cloud, heavy_tailed(IMAGES))
        place.cloud.occupy_slots(3, 3600)
        result = place.migrate()
        refused = sum(1 for copy in place.cloud.copies() if copy["status"] == 400)
        seen = copies_of(place.cloud)
    report.demand("every image is copied with others at work", result["counts"]["copied"] == IMAGES)
    # For an hour there are two slots, and then there are all five.
    best = max(seen.lower_bound, seen.lower_bound + 3 * 3600 / SLOTS)
    what = f"with 3 slots taken for an hour, {seen.requests} requests, {refused} refusals"
    report.note(what, f"{seen.makespan / best:.3f}")
