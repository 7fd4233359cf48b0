# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``migration_artifacts``: of a run that could not list its copies, and of what is none."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.huaweicloud.ims.plugins.filter import migration_artifacts as plugin

migration_artifacts = plugin.FilterModule().filters()["migration_artifacts"]
ASKED = {"image_name": "web", "destination_region": "r-2", "options": {}, "shared_options": {}}


def test_a_run_that_listed_nothing_leaves_what_it_was_to_carry_on_from() -> None:
    resume = [{**ASKED, "status": "in_progress", "waste": 1}, {**ASKED, "status": "copied"}, {"status": "skipped"}, 5]
    artifacts = migration_artifacts({"failed": True, "msg": "no"}, resume)
    assert artifacts["image_migration_unfinished"] == [{**ASKED, "status": "in_progress"}]
    assert artifacts["image_migration_counts"] == {}
    assert artifacts["image_migration_finished"] is False
    assert artifacts["image_migration_replicas"] == []


@pytest.mark.parametrize("odd", [None, [], "text", 5])
def test_what_no_migration_returned_is_refused(odd: t.Any) -> None:
    with pytest.raises(AnsibleFilterError, match="takes the result of ims_image_migration"):
        migration_artifacts(odd)
