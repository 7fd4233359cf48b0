# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that only looks: it plans, and does nothing."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Ledger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.run import Run
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Limits, RunOptions
from tests.unit.fake_service import FakeService
from tests.unit.support import FakeClock

CHECK = RunOptions(Limits(check_mode=True))


def test_check_mode_plans_and_does_nothing(clock: FakeClock) -> None:
    service = FakeService(clock)
    survey: t.Any = service
    copies = [Copy(service.asked(name), number) for number, name in enumerate(("a1", "b1"))]

    refused = Run(survey, Ledger(None, clock), clock, CHECK).begin(copies)

    assert not refused
    assert [copy.status for copy in copies] == ["not_started"] * 2
    assert [type(copy.phase) for copy in copies] == [p.Queued] * 2
    assert service.did("copy") == []
