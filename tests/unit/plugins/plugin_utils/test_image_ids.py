# SPDX-License-Identifier: GPL-3.0-or-later
"""Which image a lookup means, and what it says where that is not one."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image_index import ImageIndex
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._image_ids import as_of_a_module, check, chosen
from tests.unit.shapes import source

IMAGES = ImageIndex(
    [
        source(id="i1", name="web", created_at="2026-01-03T08:00:00Z"),
        source(id="i2", name="web", created_at="2026-01-05T08:00:00Z"),
        source(id="i3", name="web", created_at="2026-01-09T08:00:00Z", status="saving"),
        source(id="i4", name="db", created_at=None),
        source(id="i5", name="half", status="queued"),
        *(source(id=f"m{number}", name="many") for number in range(7)),
    ]
)
PLACE = {"region": "cn-north-4", "project_name": None, "query": None, "newest": False}


def told(problem: t.Callable[[], object]) -> str:
    with pytest.raises(InputError) as raised:
        problem()
    return raised.value.message


def test_each_name_is_that_of_one_active_image() -> None:
    assert chosen(["db"], IMAGES, PLACE) == ["i4"]


def test_the_newest_active_one_wins_where_that_is_asked_for() -> None:
    wanted = {**PLACE, "newest": True}
    assert chosen(["web", "db"], IMAGES, wanted) == ["i2", "i4"]
    assert chosen([], IMAGES, {**wanted, "query": "[?name=='web']"}) == ["i2"]


def test_several_are_told_with_their_dates_and_what_to_do() -> None:
    said = told(lambda: chosen(["web"], IMAGES, PLACE))
    assert 'there are 2 own images for "web" in cn-north-4 (project cn-north-4)' in said
    assert "i1 of 2026-01-03T08:00:00Z, i2 of 2026-01-05T08:00:00Z" in said
    assert "newest=true" in said


def test_of_many_some_are_told() -> None:
    assert "m4 of an unknown time and 2 more" in told(lambda: chosen(["many"], IMAGES, PLACE))


@pytest.mark.parametrize(
    ("name", "words"),
    [("nobody", 'no active own image for "nobody" in cn-north-4'), ("half", "(project cn-north-4): i5 is queued")],
)
def test_none_is_told_with_what_stands_there_instead(name: str, words: str) -> None:
    assert words in told(lambda: chosen([name], IMAGES, PLACE))


@pytest.mark.parametrize(
    ("names", "more", "words"),
    [
        (["web"], {"region": None}, "region is required"),
        ([], {}, "either names or a query"),
        (["web"], {"query": "[]"}, "and not both"),
        (["web", " "], {}, "' ' is no name"),
        ([7], {}, "7 is no name"),
        ([], {"query": "[?"}, "query is not a JMESPath expression"),
    ],
)
def test_what_cannot_be_right_is_told_before_anything_is_asked(
    names: list[t.Any], more: dict[str, t.Any], words: str
) -> None:
    assert words in told(lambda: check(names, {**PLACE, **more}))


def test_options_are_completed_and_refused_as_those_of_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_INSECURE", "true")
    assert as_of_a_module({"request_timeout": "7"})["validate_certs"] is False
    assert as_of_a_module({"request_timeout": "7"})["request_timeout"] == 7
    assert "acess_key" in told(lambda: as_of_a_module({"acess_key": "x"}))
