# SPDX-License-Identifier: GPL-3.0-or-later
"""A name of a replica that holds the date of its source."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide import rules_image as rules
from tests.unit.shapes import facts, request, source

WANTED = request(name_template="{name}-{source_created}")


@pytest.mark.parametrize("created", [None, "", "yesterday"])
def test_it_needs_an_image_that_tells_when_it_was_made(created: str | None) -> None:
    undated = source(name="golden", created_at=created)

    found = rules.name(WANTED, facts(sources=[undated]))

    assert (found.status, found.hint) == ("fail", rules._OTHER_NAME)
    assert "does not tell when the image was made" in found.message
    assert rules.name(request(), facts(sources=[undated])).status == "pass"


def test_it_is_judged_as_any_other_name() -> None:
    dated = source(name="golden", created_at="2026-01-03T08:00:00Z")
    assert rules.name(WANTED, facts(sources=[dated])).message == "'golden-2026-01-03' is a legal image name"
