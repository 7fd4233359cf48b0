# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever number an option is given, and wherever it comes from: a run, or an error that names the option."""

from __future__ import annotations

import json
import math

import pytest

from ansible_collections.huaweicloud.ims.plugins.modules import ims_image_cross_region_copy, ims_image_migration

STRANGE = [math.inf, -math.inf, math.nan, "inf", "1e999999999", 10**400, 2**62, -1, -(2**62), 1e300]
IMAGE = {"image_name": "ubuntu-22.04-web"}


def numeric(spec):
    return sorted(name for name, option in spec.items() if option.get("type") in ("int", "float"))


ALONE = numeric(ims_image_cross_region_copy.argument_spec())
OF_ALL = numeric(ims_image_migration.argument_spec())
OF_ONE = numeric(ims_image_migration.argument_spec()["images"]["options"])
strange = pytest.mark.parametrize("value", STRANGE, ids=lambda value: str(value)[:12])


def fine_all_the_same(option, value):
    """A size limit that is far beyond every image is one."""
    return option == "size_limit" and value == 2**62


@strange
@pytest.mark.parametrize("option", ALONE)
def test_a_copy_runs_or_says_which_number_cannot_be(cloud, copy, option, value):
    result = copy(check=True, **{option: value})

    assert result.get("failed", False) is not fine_all_the_same(option, value)
    if result.get("failed"):
        assert option in result["msg"]
        assert (result["error"]["stage"], result["timed_out"]) == ("input", False)
        assert cloud.journal() == []


@strange
@pytest.mark.parametrize("option", OF_ALL)
def test_a_migration_runs_or_says_which_number_cannot_be(cloud, migrate, option, value):
    result = migrate(check=True, images=[IMAGE], **{option: value})

    assert result.get("failed", False) is not fine_all_the_same(option, value)
    if result.get("failed"):
        assert option in result["msg"]
        assert cloud.journal() == []


@strange
@pytest.mark.parametrize("option", OF_ONE)
def test_an_image_of_a_list_says_which_number_cannot_be(cloud, migrate, option, value):
    result = migrate(check=True, images=[{**IMAGE, option: value}])

    assert result.get("failed", False) is not fine_all_the_same(option, value)
    if result.get("failed"):
        assert option in result["msg"]
        assert cloud.journal() == []


def test_an_image_that_is_written_as_text_may_hold_such_a_number_too(cloud, migrate):
    result = migrate(images=['{"image_name": "ubuntu-22.04-web", "min_ram": "inf"}'])

    # Before core 2.19 Ansible does not take such a text for a number itself.
    assert result["failed"] is True
    assert "no number to count with" in result["msg"] or "'min_ram'" in result["msg"]
    assert cloud.journal() == []


@pytest.mark.parametrize("value", ["inf", "nan", "1e999999999", "-1", "many", "1e400"])
@pytest.mark.parametrize("variable", ["HW_MAX_RETRIES", "HW_IMS_PROGRESS_INTERVAL"])
def test_a_number_of_the_environment_that_cannot_be_is_refused(cloud, copy, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)

    result = copy(check=True)

    assert result["failed"] is True
    assert cloud.journal() == []


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_number_that_no_json_has_stands_in_no_result(cloud, copy, migrate, number):
    results = [
        copy(check=True, tags={"a": number}),
        copy(check=True, tags=json.dumps({"a": number})),
        copy(check=True, wait_timeout={"a": number}),
        migrate(check=True, images=[{**IMAGE, "tags": {"a": number}}]),
        migrate(check=True, resume=[{"status": "failed", "x": number}]),
    ]

    for result in results:
        json.dumps(result, allow_nan=False)
    assert results[0]["invocation"]["module_args"]["tags"] == {"a": str(number)}
