# SPDX-License-Identifier: GPL-3.0-or-later
"""Every problem of a migration's arguments at once, each naming its entry."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._validate import migration_problems

SOUTH = {"region": "cn-south-1", "agency_name": "ims"}
GOOD: dict[str, t.Any] = {
    "source_region": "cn-north-4",
    "images": [{"image_name": "golden"}],
    "destinations": [SOUTH],
}


def problems(**changed: t.Any) -> str:
    return "\n".join(migration_problems({**GOOD, **changed}))


def test_what_can_be_right_has_no_problem() -> None:
    assert migration_problems(GOOD) == []
    assert problems(query="[?os_type=='Linux']", name_template="{name}-{source_region}") == ""
    assert problems(source_region=None) == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"images": [{"image_name": "golden", "nmae": "x"}]},
            ('images[0] ("golden"): unknown nmae; there are copy_tags',),
        ),
        ({"images": [{"name": "x"}]}, ("images[0]: exactly one of image_id and image_name",)),
        ({"images": [{"image_name": "golden", "match": "all"}]}, ('images[0] ("golden")', "match")),
        ({"images": []}, ("nothing to migrate",)),
        ({"query": "[?os_type=="}, ("query is not a JMESPath expression",)),
        ({"name_template": "{nmae}"}, ("unknown field {nmae}",)),
        ({"destinations": []}, ("destinations is empty",)),
        ({"destinations": [SOUTH, SOUTH]}, ("project cn-south-1 2 times",)),
        ({"destinations": [{"region": "cn-south-1"}]}, ("destinations[0]", "agency_name")),
        ({"destinations": [SOUTH, {**SOUTH, "region": "cn-north-4"}]}, ("destinations[1]", "source region")),
    ],
)
def test_what_cannot_be_right_is_named_with_its_place(changed: dict[str, t.Any], said: tuple[str, ...]) -> None:
    text = problems(**changed)
    for part in said:
        assert part in text


def test_all_of_it_is_said_at_once() -> None:
    images = [{"image_name": "a", "x": 1}, {}]
    text = problems(images=images, query="[", name_template="{y}", destinations=[SOUTH, SOUTH])
    for part in ('images[0] ("a")', "images[1]", "query", "{y}", "2 times"):
        assert part in text


def test_two_entries_of_one_replica_are_named_beside_what_else_is_wrong() -> None:
    images = [{"image_name": "a"}, {"image_id": "b", "name": "a"}, {"image_name": "a", "name": "c"}, {}]
    text = problems(images=images, query="[")
    assert 'images[0] ("a") and images[1] ("b") would all make "a" in cn-south-1' in text
    assert "images[3]" in text
    assert "query" in text
    assert "would all make" not in problems(images=images[2:])


def test_two_entries_of_one_replica_are_left_to_the_module_where_they_are_to_be_skipped() -> None:
    images = [{"image_name": "a"}, {"image_id": "b", "name": "a"}]
    assert problems(images=images, on_preflight_failure="skip") == ""
    # Which of them the replica is of, its origin tells.
    assert problems(images=images, state="absent") == ""


def test_an_option_of_all_images_is_checked_once_and_with_its_own_name() -> None:
    images = [{"image_name": "a"}, {"image_name": "b"}]
    assert problems(images=images, size_limit="-1") == "size_limit must be above 0 GiB, not -1"
    text = problems(images=[*images, {}], match="all", min_ram="some")
    assert "the options of all images: " in text
    assert "match" in text
    assert "min_ram" in text
    assert "images[2]" in text


def test_a_destination_that_is_named_twice_makes_no_twins_of_its_images() -> None:
    assert "would all make" not in problems(destinations=[SOUTH, SOUTH])


@pytest.mark.parametrize("option", ["images", "destinations", "resume"])
@pytest.mark.parametrize("value", ["text", ["text"], {"a": 1}, None, 5])
def test_what_is_no_list_is_left_to_the_module(option: str, value: t.Any) -> None:
    assert problems(**{option: value}) == ""


@pytest.mark.parametrize("option", ["images", "destinations", "resume"])
def test_an_item_that_is_no_dictionary_is_named(option: str) -> None:
    found = problems(**{option: ["text", 7, None, [1]]})
    assert found.split("\n") == [
        f"{option}[1] is no dictionary: 7",
        f"{option}[2] is no dictionary: None",
        f"{option}[3] is no dictionary: [1]",
    ]


@pytest.mark.parametrize("value", [5, 1.5, True, "[" + "9" * 5000 + "]"], ids=["5", "1.5", "True", "digits"])
@pytest.mark.parametrize("option", ["source_region", "source_project_name", "query", "name_template"])
def test_what_should_be_text_and_is_not_is_read_as_the_module_reads_it(option: str, value: t.Any) -> None:
    assert problems(**{option: value}) == problems(**{option: str(value)})


@pytest.mark.parametrize("value", [5, 1.5, True, ["a"], {"a": 1}], ids=str)
@pytest.mark.parametrize("option", ["region", "project_name", "agency_name", "vault_id"])
def test_nor_is_what_should_be_text_in_a_destination(option: str, value: t.Any) -> None:
    assert problems(destinations=[{**SOUTH, option: value}]) == problems(destinations=[{**SOUTH, option: str(value)}])


@pytest.mark.parametrize("value", [[], ["a"], {}, {"a": 1}], ids=str)
@pytest.mark.parametrize("option", ["source_region", "source_project_name", "query", "name_template"])
def test_a_list_is_no_text(option: str, value: t.Any) -> None:
    """Ansible would make ``[]`` of an empty one, which is a query for all images there are."""
    assert problems(**{option: value}) == f"{option} must be text"
