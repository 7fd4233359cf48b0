# SPDX-License-Identifier: GPL-3.0-or-later
"""What all unit tests have in common: how hypothesis looks for examples, and an environment that is nobody's own."""

from __future__ import annotations

import gc
import os
import re
import typing as t

import pytest
from hypothesis import HealthCheck, settings

# No test asks how fast a machine is.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For `make unit`, whose result somebody waits for; `make test` has the whole.
settings.register_profile("quick", parent=settings.get_profile("suite"), max_examples=20)
settings.load_profile("suite")

# What Python, Ansible and whatever measures coverage need of the caller's environment.
NEEDED = re.compile(r"PATH|HOME|TMPDIR|LANG|LC_|(PYTHON|PYTEST|COVERAGE|ANSIBLE_(HOME|COLLECTIONS_PATH)$)")


@pytest.fixture(scope="session", autouse=True)
def nobodys_environment() -> t.Iterator[None]:
    """Nothing of the caller's own reaches a test; requests also looks through all of it, twice for each request."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if not NEEDED.match(name):
                patch.delenv(name)
        yield


def pytest_collection_finish() -> None:
    """What is there before the first test stays there: no collection of garbage need look at it again."""
    gc.collect()
    gc.freeze()
