# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy that has been planned, and everything that submits it; and a lease that runs out."""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.lease import NoLease
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Ledger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.observations import Observation
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.planning import Planner
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.probes import Probes
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.submission import Submission
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Limits
from tests.unit.fake_service import FakeService
from tests.unit.support import FakeClock

RUN = "0a1b2c3d"


class Until(NoLease):
    """A lease that nobody renews after a moment."""

    pause = 1.0

    def __init__(self, clock: FakeClock, moment: float) -> None:
        self._clock = clock
        self._moment = moment

    @property
    def stale(self) -> bool:
        return self._clock.now >= self._moment


class Bench:
    """A copy of image ``a1`` that has been planned, and everything that submits it."""

    def __init__(self, directory: pathlib.Path, clock: FakeClock) -> None:
        self.clock = clock
        self.service = FakeService(clock)
        self.ledger = Ledger(str(directory), clock)
        survey: t.Any = self.service
        self.probes = Probes(survey, clock, Limits())
        self.planner = Planner(self.probes, self.ledger, clock.monotonic)
        self.copy = Copy(self.service.asked("a1"))

    def plan(self) -> Observation:
        return self.planner.plan(self.copy)

    def send(self, run: str = RUN, after: p.Queued = p.Queued()) -> Observation:  # noqa: B008
        self.copy.phase = p.Submitting(after)
        return self.submission(run).send(self.copy)

    def submission(self, run: str = RUN, lease: NoLease | None = None, retries: int = 0) -> Submission:
        lease = lease or NoLease()
        return Submission(self.planner, self.probes, self.ledger, self.clock, run, lease, retries)

    @property
    def note(self) -> Record | None:
        return next(iter(self.ledger.peek(self.probes.key(self.copy))), None)

    @property
    def digits(self) -> str:
        return self.probes.key(self.copy).copy

    def write(self, record: Record) -> None:
        with self.ledger.claim(self.probes.key(self.copy)) as entry:
            entry.write(record)
