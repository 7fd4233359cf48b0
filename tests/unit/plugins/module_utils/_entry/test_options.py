# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of options: the specs and the requests that are made of it, and what is wrong with the asking."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry import options
from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.options import (
    BODY,
    DESTINATION_OPTIONS,
    IMAGE_OPTIONS,
    SHARED,
    Option,
    checked_request,
    inherited,
    problems_of,
    shared_problems,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.copy_request import CopyRequest
from tests.unit.shapes import destination

PLACE = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
WIRE = {"region": "cn-south-1", "project_name": "cn-south-1", "agency_name": "ims_copy_image"}


def asked(image: dict[str, t.Any], place: dict[str, t.Any] | None = None, **more: t.Any) -> CopyRequest:
    more = {"source_region": "cn-north-4", "source_project_name": None, **more}
    return checked_request(image, {**PLACE, **(place or {})}, **more)


# -- requests --------------------------------------------------------------------------------------------------------


def test_what_was_not_given_has_its_documented_default() -> None:
    assert asked({"image_id": "i1"}) == CopyRequest(
        source_region="cn-north-4",
        source_project_name="cn-north-4",
        destination=destination(),
        image_id="i1",
        tags={},
        match="name_and_origin",
        body=WIRE,
    )


def test_every_option_arrives() -> None:
    given = {
        "image_name": "golden",
        "name": "copy",
        "description": "d",
        "tags": {"env": "prod"},
        "copy_tags": True,
        "purge_tags": True,
        "min_ram": 1,
        "max_ram": 2,
        "match": "origin",
        "size_limit": 3.5,
        "skip_checks": ["quota"],
        "job_id": "j1",
    }
    assert given.keys() | {"image_id"} == {option.name for option in IMAGE_OPTIONS}
    made = asked(given, {"vault_id": "v1"}, source_project_name="cn-north-4_a", name_template="{name}")
    assert made == CopyRequest(
        source_region="cn-north-4",
        source_project_name="cn-north-4_a",
        destination=destination(vault_id="v1"),
        image_name="golden",
        name="copy",
        name_template="{name}",
        description="d",
        tags={"env": "prod"},
        copy_tags=True,
        purge_tags=True,
        min_ram=1,
        max_ram=2,
        match="origin",
        size_limit=3.5,
        skip_checks=frozenset({"quota"}),
        job_id="j1",
        body={**WIRE, "name": "copy", "description": "d", "vault_id": "v1"},
    )


def test_blank_is_absent() -> None:
    made = asked({"image_id": " ", "image_name": " golden ", "job_id": "", "name": " "}, source_project_name=" ")
    assert (made.image_id, made.image_name, made.job_id, made.name) == (None, "golden", None, None)
    assert made.source_project_name == "cn-north-4"


def test_tags_become_strings_and_a_tag_without_a_value_an_empty_one() -> None:
    assert asked({"image_id": "i1", "tags": {"n": 1, "empty": None}}).tags == {"n": "1", "empty": ""}


def test_the_destination_project_is_the_one_of_the_region_unless_it_is_named() -> None:
    blank = asked({"image_id": "i1"}, {"project_name": " ", "vault_id": " "})
    assert (blank.destination, blank.body) == (destination(), WIRE)
    named = asked({"image_id": "i1"}, {"project_name": "cn-south-1_x", "vault_id": "v1"})
    assert (named.destination.project_name, named.destination.vault_id) == ("cn-south-1_x", "v1")
    assert named.body == {**WIRE, "project_name": "cn-south-1_x", "vault_id": "v1"}


@pytest.mark.parametrize("table", ["IMAGE_OPTIONS", "DESTINATION_OPTIONS"])
def test_a_field_of_the_api_is_one_row(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, table, (*getattr(options, table), Option("cmk_id", (BODY,))))
    image, place = {"image_id": "i1"}, {"cmk_id": "c1"}
    made = asked({**image, **place}) if table == "IMAGE_OPTIONS" else asked(image, place)
    assert made.body == {**WIRE, "cmk_id": "c1"}
    assert options.one_copy_spec()["cmk_id"] == {"type": "str"}


def test_a_row_that_goes_nowhere_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "IMAGE_OPTIONS", (*IMAGE_OPTIONS, Option("cmk_id", ())))
    with pytest.raises(TypeError, match="cmk_id"):
        asked({"image_id": "i1"})


# -- specs -----------------------------------------------------------------------------------------------------------


def test_an_image_of_a_list_has_the_same_options() -> None:
    alone, listed = options.one_copy_spec(), options.listed_image_spec()
    assert listed == {name: alone[name] for name in listed}


def test_no_option_has_a_default_so_that_what_was_given_can_be_told() -> None:
    specs = {**options.one_copy_spec(), **options.every_image_spec(), **options.listed_image_spec()}
    assert [name for name, spec in specs.items() if "default" in spec] == []


def test_what_is_said_for_all_images_is_what_is_said_for_one() -> None:
    alone, every = options.one_copy_spec(), options.every_image_spec()
    assert every == {name: alone[name] for name in SHARED}
    assert set(every) == {
        "copy_tags", "tags", "purge_tags", "description", "min_ram", "max_ram", "match", "size_limit", "skip_checks"
    }  # fmt: skip


def test_a_destination_has_the_same_options_under_shorter_names() -> None:
    alone, one = options.one_copy_spec(), options.destination_spec()
    assert one == {option.name: alone[option.alone or option.name] for option in DESTINATION_OPTIONS}
    given = {"destination_region": "cn-south-1", "destination_project_name": "p", "agency_name": "a", "vault_id": "v"}
    assert options.destination_of(given) == {
        "region": "cn-south-1",
        "project_name": "p",
        "agency_name": "a",
        "vault_id": "v",
    }


# -- what an image has from the migration ----------------------------------------------------------------------------


def test_an_image_has_what_is_said_of_all_where_it_says_nothing_itself() -> None:
    said = {"tags": {"a": "1"}, "min_ram": 7, "name": "x", "job_id": "j", "match": "origin"}
    made = inherited({"image_id": "i1", "tags": None, "match": "name"}, said)
    assert made == {
        **dict.fromkeys(option.name for option in IMAGE_OPTIONS),
        "image_id": "i1",
        "tags": {"a": "1"},
        "min_ram": 7,
        "match": "name",
    }


@pytest.mark.parametrize(
    ("option", "own"),
    [("tags", {}), ("copy_tags", False), ("description", ""), ("min_ram", 0), ("skip_checks", []), ("size_limit", 0.0)],
)
def test_what_an_image_says_itself_wins_whole_even_where_it_is_empty(option: str, own: t.Any) -> None:
    others = {"tags": {"a": "1"}, "copy_tags": True, "description": "d", "min_ram": 7, "skip_checks": ["quota"]}
    assert inherited({option: own}, {**others, "size_limit": 9.0})[option] == own


def test_what_is_said_of_all_now_wins_over_what_an_earlier_run_was_told_of_all() -> None:
    told = {"shared_options": {"match": "origin", "tags": {"a": "1"}, "name_template": "{name}-x"}}
    params = {"match": "name", "tags": None, "description": None, "max_concurrent": 5}
    assert options.said_of_all(told, params) == {"match": "name", "tags": {"a": "1"}, "name_template": "{name}-x"}
    assert options.said_of_all({}, {**params, "tags": {}}) == {"match": "name", "tags": {}}


# -- what is wrong ---------------------------------------------------------------------------------------------------

IDS = "an id is letters, digits, dashes and underscores, at most 64 of them"
REGIONS = "a region id is lower-case letters, digits and dashes, such as cn-north-4"
NEITHER = "exactly one of image_id and image_name is needed, neither may be blank"
Given = t.Dict[str, t.Any]
PROBLEMS: list[tuple[Given, Given, str, str]] = [
    ({"image_id": None}, {}, "image", NEITHER),
    ({"image_name": "n"}, {}, "image", NEITHER),
    ({"image_id": "../jobs"}, {}, "image", f"image_id '../jobs' cannot be right: {IDS}"),
    ({"image_id": "a" * 65}, {}, "image", f"image_id '{'a' * 65}' cannot be right: {IDS}"),
    ({"image_id": "a\nb"}, {}, "image", f"image_id 'a\\nb' cannot be right: {IDS}"),
    ({"job_id": "j?x=1"}, {}, "image", f"job_id 'j?x=1' cannot be right: {IDS}"),
    ({}, {"vault_id": "v/1"}, "destination", f"vault_id 'v/1' cannot be right: {IDS}"),
    ({}, {"region": "cn-"}, "destination", f"destination_region 'cn-' cannot be right: {REGIONS}"),
    ({}, {"region": "cn-south-1\n"}, "destination", f"destination_region 'cn-south-1\\n' cannot be right: {REGIONS}"),
    ({}, {"agency_name": " "}, "destination", "agency_name is blank"),
    ({"size_limit": 0}, {}, "image", "size_limit must be above 0 GiB, not 0"),
    ({"size_limit": -2.5}, {}, "image", "size_limit must be above 0 GiB, not -2.5"),
    ({"min_ram": -1}, {}, "image", "min_ram must be 0 to 2147483647 MB, not -1"),
    ({"max_ram": -1}, {}, "image", "max_ram must be 0 to 2147483647 MB, not -1"),
    ({"min_ram": 2048, "max_ram": 2047}, {}, "image", "min_ram (2048 MB) is above max_ram (2047 MB)"),
]


@pytest.mark.parametrize(("image", "place", "whose", "text"), PROBLEMS)
def test_a_problem_is_found_and_named(image: Given, place: Given, whose: str, text: str) -> None:
    found = problems_of({"image_id": "i1", **image}, {**PLACE, **place}, "cn-north-4")
    assert [(problem.whose, problem.text) for problem in found] == [(whose, text)]


@pytest.mark.parametrize("region", ["evil.example.com/x", "CN-north-4"])
def test_a_source_region_that_cannot_be_right_is_the_wholes(region: str) -> None:
    (problem,) = problems_of({"image_id": "i1"}, PLACE, region)
    assert (problem.whose, problem.text) == ("whole", f"source_region {region!r} cannot be right: {REGIONS}")


@pytest.mark.parametrize(
    ("image", "place"),
    [
        ({}, {}),
        ({"image_id": "a" * 64}, {}),
        ({"image_id": None, "image_name": "any name / at all"}, {}),
        ({"image_name": " "}, {}),
        ({}, {"vault_id": "v-1", "region": "la-south-2"}),
        ({"size_limit": 0.1}, {}),
        ({"min_ram": 0, "max_ram": 0}, {}),
        ({"min_ram": 2048, "max_ram": 0}, {}),
        ({"min_ram": 1024, "max_ram": 1024}, {}),
        ({"min_ram": 2048}, {}),
    ],
)
def test_what_can_be_right_is_no_problem(image: Given, place: Given) -> None:
    assert problems_of({"image_id": "i1", **image}, {**PLACE, **place}, "cn-north-4") == []


def test_all_problems_are_said_at_once() -> None:
    with pytest.raises(InputError) as raised:
        asked(
            {"job_id": "j 1", "min_ram": -1, "size_limit": -1},
            {"region": "South", "agency_name": "", "vault_id": "v 1"},
            source_region="North",
        )
    assert [problem.partition(" ")[0] for problem in raised.value.problems] == [
        "exactly",
        "min_ram",
        "size_limit",
        "job_id",
        "source_region",
        "destination_region",
        "agency_name",
        "vault_id",
    ]


def test_what_is_wrong_with_the_options_of_all_images_is_told_without_an_image() -> None:
    assert shared_problems({"size_limit": 0.0, "min_ram": 9, "max_ram": 8, "job_id": "j 1"}) == [
        "size_limit must be above 0 GiB, not 0",
        "min_ram (9 MB) is above max_ram (8 MB)",
    ]
    assert shared_problems({}) == []
