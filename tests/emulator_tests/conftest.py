# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One emulator, whose time moves only when a test says so, as new for every test."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator.testing import Emulator, running
from tests.emulator_tests.api import Api


@pytest.fixture(scope="session")
def started() -> t.Iterator[Emulator]:
    with running(manual_clock=True, region_ports=True) as emulator:
        yield emulator


@pytest.fixture
def emulator(started: Emulator) -> Emulator:
    started.reset()
    return started


@pytest.fixture
def api(emulator: Emulator) -> t.Iterator[Api]:
    with Api(emulator) as opened:
        yield opened
