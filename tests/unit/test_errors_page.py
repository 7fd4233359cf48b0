# SPDX-License-Identifier: GPL-3.0-or-later
"""The page "Errors and remedies" is what the hints are made of."""

from __future__ import annotations

import pathlib

from ansible_collections.huaweicloud.ims.plugins.module_utils._own_errors import KINDS
from ansible_collections.huaweicloud.ims.plugins.module_utils._remedies import STATUSES
from ansible_collections.huaweicloud.ims.plugins.module_utils._service_codes import CODES
from tests.tools.errors_page import PAGE, cell, page

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_page_is_that_of_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make errors-page"


def test_every_hint_is_on_the_page() -> None:
    text = page()
    remedies = [row.remedy for table in (CODES, STATUSES) for row in table.values()]
    remedies += [row.remedy for row in KINDS.values()]
    assert [remedy for remedy in remedies if f"| {cell(remedy)} |" not in text] == []
    assert [code for code in CODES if f"`{code}`" not in text] == []


def test_people_are_led_to_the_page() -> None:
    for file in ("README.md", "docs/how_it_works.md", "roles/image_migration/README.md"):
        assert "errors.md" in (ROOT / file).read_text(encoding="utf-8"), file
