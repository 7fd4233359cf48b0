# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of image ``a1`` that is planned, the service that knows it, and what looks at both."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy, Plan
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.probes import Probes
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Limits
from tests.unit.fake_service import FakeService
from tests.unit.shapes import DESTINATION_PROJECT, SOURCE_PROJECT, source
from tests.unit.support import FakeClock


@pytest.fixture
def service(clock: FakeClock) -> FakeService:
    return FakeService(clock)


@pytest.fixture
def probes(service: FakeService, clock: FakeClock) -> Probes:
    survey: t.Any = service
    return Probes(survey, clock, Limits(confirm_timeout=120))


@pytest.fixture
def copy(service: FakeService) -> Copy:
    return Copy(service.asked("a1"), plan=Plan(source(id="a1", name="a1"), SOURCE_PROJECT, DESTINATION_PROJECT))
