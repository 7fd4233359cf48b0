# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers that nobody can count with, before Ansible's own checks come upon them."""

from __future__ import annotations

import math
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry import migrate, numbers

SPEC: dict[str, t.Any] = {
    "count": {"type": "int"},
    "share": {"type": "float"},
    "text": {"type": "str"},
    "items": {"type": "list", "elements": "dict", "options": {"count": {"type": "int"}}},
    "one": {"type": "dict", "options": {"share": {"type": "float"}}},
}
ENDLESS = [math.inf, -math.inf, math.nan, "inf", "-Infinity", "nan", "1e999999999", 10**400, -(10**400), "9" * 99]
SOUND = [0, -1, 7, 2**62, 0.5, "7", " 7 ", "0.5", "seven", "", None, True, [1], {"a": 1}]


@pytest.mark.parametrize("value", ENDLESS, ids=lambda value: str(value)[:12])
def test_a_number_that_is_none_is_refused_by_the_name_of_its_option(value: t.Any) -> None:
    given = {"count": value, "share": value, "text": str(value), "items": [{"count": value}], "one": {"share": value}}

    result = numbers.Validator(SPEC).validate(given)

    refused = [message.partition("'")[2].partition("'")[0] for message in result.error_messages]
    assert sorted(refused) == ["count", "count", "share", "share"]


@pytest.mark.parametrize("value", SOUND, ids=str)
def test_whatever_else_is_given_is_left_to_ansible(value: t.Any) -> None:
    given = {"count": value, "items": [{"count": value}, 7], "one": {"share": value}, "unknown": math.inf}
    assert numbers.countable(given, SPEC) == given


@pytest.mark.parametrize("given", [None, 7, "text", [7]])
def test_what_are_no_options_is_left_as_it_is(given: t.Any) -> None:
    assert numbers.countable(given, SPEC) == given


@pytest.mark.parametrize(
    ("value", "above", "wrong"),
    [
        (0, False, None),
        (0, True, "must be above 0 and at most 9 s, not 0"),
        (0.1, True, None),
        (9, True, None),
        (9.5, False, "must be 0 to 9 s, not 9.5"),
        (-1, False, "must be 0 to 9 s, not -1"),
        (math.nan, False, "must be 0 to 9 s, not nan"),
    ],
)
def test_a_number_has_bounds(value: float, above: bool, wrong: str | None) -> None:
    assert numbers.outside(value, 0, 9, " s", above) == wrong


@pytest.mark.parametrize("option", ["max_concurrent", "max_attempts"])
def test_a_migration_takes_a_thousand_slots_and_attempts_at_most(option: str) -> None:
    counts = {"max_concurrent": 1, "max_attempts": 1}
    assert numbers.problems_of(migrate.COUNTS, {**counts, option: 1000}) == []
    for value in (0, 1001):
        (problem,) = numbers.problems_of(migrate.COUNTS, {**counts, option: value})
        assert problem == f"{option} must be 1 to 1000, not {value}"
