# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The filter ``report_view``: which time it takes, what it refuses, and that all it gives is documented."""

from __future__ import annotations

import re
import typing as t

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.huaweicloud.ims.plugins.filter import report_view as plugin
from tests.unit.report_page import entry, failed

report_view = plugin.FilterModule().filters()["report_view"]


def test_the_filter_takes_the_time_that_it_is_given_then_that_of_the_report() -> None:
    report = {"results": [], "generated_at": "2026-03-01T12:00:00Z"}
    april = report_view(report, generated_at="2026-04-02T01:02:03Z", title="April")

    assert report_view(report)["generated"] == "2026-03-01 12:00:00 UTC"
    assert (april["generated"], april["title"]) == ("2026-04-02 01:02:03 UTC", "April")
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", report_view({"results": []})["generated"])


@pytest.mark.parametrize("wrong", ["text", [entry()], None, {}, {"results": "x"}, {"results": [1]}])
def test_the_filter_refuses_what_is_no_result(wrong: t.Any) -> None:
    with pytest.raises(AnsibleFilterError, match="takes the result of ims_image_migration"):
        report_view(wrong)


def test_the_filter_refuses_a_time_that_is_none() -> None:
    with pytest.raises(AnsibleFilterError, match="must look like"):
        report_view({"results": []}, generated_at="yesterday")


def test_all_that_the_filter_gives_is_documented_and_the_other_way_round() -> None:
    documented = yaml.safe_load(plugin.RETURN)["_value"]["contains"]
    given = report_view({"results": [entry("a", 0, 9), failed(), entry("b", 5)], "waited": 12})

    assert documented.keys() == given.keys()
    assert documented["rows"]["contains"].keys() == given["rows"][0].keys()
    assert documented["totals"]["contains"].keys() == given["totals"][0].keys()
    assert documented["failures"]["contains"].keys() == given["failures"].keys()
    assert documented["timeline"]["contains"].keys() == given["timeline"].keys()
