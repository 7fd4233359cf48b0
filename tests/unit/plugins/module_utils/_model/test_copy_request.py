# SPDX-License-Identifier: GPL-3.0-or-later
"""One copy as it was asked for, and what is wrong with the asking."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.copy_request import (
    CopyRequest,
    destination_from,
    find_problems,
    request_from,
)
from tests.unit.shapes import destination, request


def asked(given: dict[str, t.Any], **fields: t.Any) -> CopyRequest:
    fields = {
        "source_region": "cn-north-4",
        "source_project_name": None,
        "destination": destination(),
        **fields,
    }
    return request_from(given, **fields)


def test_what_was_not_given_has_its_documented_default() -> None:
    assert asked({"image_id": "i1"}) == CopyRequest(
        source_region="cn-north-4",
        source_project_name="cn-north-4",
        destination=destination(),
        image_id="i1",
        tags={},
        match="name_and_origin",
    )


def test_every_option_arrives() -> None:
    options = {
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
    assert asked(options, source_project_name="cn-north-4_a", name_template="{name}") == CopyRequest(
        source_region="cn-north-4",
        source_project_name="cn-north-4_a",
        destination=destination(),
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
    )


def test_blank_is_absent() -> None:
    made = asked({"image_id": " ", "image_name": " golden ", "job_id": ""}, source_project_name=" ")
    assert (made.image_id, made.image_name, made.job_id) == (None, "golden", None)
    assert made.source_project_name == "cn-north-4"


def test_tags_become_strings_and_a_tag_without_a_value_an_empty_one() -> None:
    assert asked({"image_id": "i1", "tags": {"n": 1, "empty": None}}).tags == {"n": "1", "empty": ""}


def test_the_destination_project_is_the_one_of_the_region_unless_it_is_named() -> None:
    given = {"region": "cn-south-1", "agency_name": "a", "project_name": " ", "vault_id": " "}
    assert destination_from(given) == destination(agency_name="a")
    named = destination_from({**given, "project_name": "cn-south-1_x", "vault_id": "v1"})
    assert (named.project_name, named.vault_id) == ("cn-south-1_x", "v1")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "golden"),
        ({"name": "copy"}, "copy"),
        ({"name": "copy", "name_template": "{name}-x"}, "copy"),
        ({"name_template": "{name}@{source_region}>{destination_region}"}, "golden@cn-north-4>cn-south-1"),
        ({"name_template": "{{{name}}}"}, "{golden}"),
        ({"name": ""}, ""),
    ],
)
def test_the_name_of_the_replica(fields: dict[str, t.Any], name: str) -> None:
    assert request(**fields).replica_name("golden") == name


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"image_id": "i1"}, "image i1 from cn-north-4 to cn-south-1"),
        ({"image_name": "golden"}, 'image "golden" from cn-north-4 to cn-south-1'),
        (
            {"image_id": "i1", "destination": destination(project_name="cn-south-1_x")},
            "image i1 from cn-north-4 to cn-south-1 (project cn-south-1_x)",
        ),
    ],
)
def test_the_route_names_the_image_and_where_it_goes(fields: dict[str, t.Any], words: str) -> None:
    assert request(**fields).route == words


IDS = "an id is letters, digits, dashes and underscores, at most 64 of them"
REGIONS = "a region id is lower-case letters, digits and dashes, such as cn-north-4"
PROBLEMS: list[tuple[dict[str, t.Any], str]] = [
    ({"image_id": None}, "exactly one of image_id and image_name is needed, neither may be blank"),
    ({"image_id": "i", "image_name": "n"}, "exactly one of image_id and image_name is needed, neither may be blank"),
    ({"image_id": "../jobs"}, f"image_id '../jobs' cannot be right: {IDS}"),
    ({"image_id": "a" * 65}, f"image_id '{'a' * 65}' cannot be right: {IDS}"),
    ({"image_id": "a\n"}, f"image_id 'a\\n' cannot be right: {IDS}"),
    ({"job_id": "j?x=1"}, f"job_id 'j?x=1' cannot be right: {IDS}"),
    ({"destination": destination(vault_id="v/1")}, f"vault_id 'v/1' cannot be right: {IDS}"),
    ({"source_region": "evil.example.com/x"}, f"source_region 'evil.example.com/x' cannot be right: {REGIONS}"),
    ({"source_region": "CN-north-4"}, f"source_region 'CN-north-4' cannot be right: {REGIONS}"),
    ({"destination": destination(region="cn-")}, f"destination_region 'cn-' cannot be right: {REGIONS}"),
    ({"destination": destination(agency_name=" ")}, "agency_name is blank"),
    ({"size_limit": 0}, "size_limit must be above 0 GiB, not 0"),
    ({"size_limit": -2.5}, "size_limit must be above 0 GiB, not -2.5"),
    ({"min_ram": -1}, "min_ram must be 0 MB or more, not -1"),
    ({"max_ram": -1}, "max_ram must be 0 MB or more, not -1"),
    ({"min_ram": 2048, "max_ram": 1024}, "min_ram (2048 MB) is above max_ram (1024 MB)"),
]


@pytest.mark.parametrize(("fields", "problem"), PROBLEMS)
def test_a_problem_is_found_and_named(fields: dict[str, t.Any], problem: str) -> None:
    assert find_problems(request(**fields)) == [problem]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"image_id": "a" * 64},
        {"image_name": "any name / at all"},
        {"destination": destination(vault_id="v-1", region="la-south-2")},
        {"size_limit": 0.1},
        {"min_ram": 0, "max_ram": 0},
        {"min_ram": 2048, "max_ram": 0},
        {"min_ram": 1024, "max_ram": 1024},
        {"min_ram": 2048},
    ],
)
def test_what_can_be_right_is_no_problem(fields: dict[str, t.Any]) -> None:
    assert find_problems(request(**fields)) == []


def test_all_problems_are_said_at_once() -> None:
    place = destination(region="South", agency_name="", vault_id="v 1")
    with pytest.raises(InputError) as raised:
        asked({"job_id": "j 1", "min_ram": -1, "size_limit": -1}, source_region="North", destination=place)
    assert [problem.partition(" ")[0] for problem in raised.value.problems] == [
        "exactly",
        "job_id",
        "vault_id",
        "source_region",
        "destination_region",
        "agency_name",
        "size_limit",
        "min_ram",
    ]
