# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of a migration, and everything that is wrong with them at once."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.migration_list import (
    Entry,
    check_clashes,
    check_list,
    clash_error,
    clashes,
    entries_of,
    label_of,
    template_problems,
    told_images,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image
from tests.unit.shapes import destination, request, source

SOUTH = {"region": "cn-south-1", "agency_name": "a"}
EAST = {"region": "cn-east-3", "agency_name": "a", "project_name": "cn-east-3_x", "vault_id": "v1"}


def params(**given: t.Any) -> dict[str, t.Any]:
    return {
        "source_region": "cn-north-4",
        "destinations": [SOUTH],
        "images": [{"image_name": "golden"}],
        "name_template": "{name}",
        **given,
    }


def entries(*images: dict[str, t.Any], **given: t.Any) -> list[Entry]:
    return entries_of(params(**given), images, [label_of(index, image) for index, image in enumerate(images)])


def problems_of(call: t.Callable[..., object], *arguments: t.Any, **given: t.Any) -> list[str]:
    with pytest.raises(InputError) as raised:
        call(*arguments, **given)
    return raised.value.problems


@pytest.mark.parametrize(
    ("image", "label"),
    [
        ({"image_name": "golden"}, 'images[2] ("golden")'),
        ({"image_id": "i1", "image_name": None}, 'images[2] ("i1")'),
        ({"image_name": ""}, "images[2]"),
        ({}, "images[2]"),
    ],
)
def test_a_label_says_where_an_image_stands_and_what_it_is_called(image: dict[str, t.Any], label: str) -> None:
    assert label_of(2, image) == label


def test_an_image_that_is_asked_for_by_its_id_is_labelled_with_its_name_where_that_is_known() -> None:
    assert label_of(2, {"image_id": "i1"}, "golden") == 'images[2] ("golden", i1)'
    assert label_of(2, {"image_name": "golden"}, "golden") == 'images[2] ("golden")'


def test_every_image_goes_to_every_destination_in_the_order_of_the_images() -> None:
    made = entries({"image_name": "a"}, {"image_id": "i2"}, destinations=[SOUTH, EAST])
    assert [(e.label, e.request.asked_for, e.request.destination.region) for e in made] == [
        ('images[0] ("a")', '"a"', "cn-south-1"),
        ('images[0] ("a")', '"a"', "cn-east-3"),
        ('images[1] ("i2")', "i2", "cn-south-1"),
        ('images[1] ("i2")', "i2", "cn-east-3"),
    ]


def test_an_entry_has_the_options_of_its_image_its_destination_and_the_migration() -> None:
    (made,) = entries(
        {"image_id": "i1", "description": "d", "min_ram": 7, "skip_checks": ["quota"]},
        destinations=[EAST],
        source_project_name="cn-north-4_x",
        name_template="{name}-x",
    )
    assert made.request == request(
        image_id="i1",
        description="d",
        min_ram=7,
        skip_checks=frozenset({"quota"}),
        source_project_name="cn-north-4_x",
        name_template="{name}-x",
        destination=destination(
            region="cn-east-3", project_name="cn-east-3_x", agency_name="a", vault_id="v1"
        ),
        body={**EAST, "description": "d"},
    )


def test_nothing_to_do_makes_no_entries() -> None:
    assert entries() == []


def test_what_is_wrong_with_an_image_is_said_once_for_all_destinations() -> None:
    found = problems_of(entries, {"image_id": "i 1", "min_ram": -1}, destinations=[SOUTH, EAST])
    assert found == [
        "images[0] (\"i 1\"): image_id 'i 1' cannot be right: "
        "an id is letters, digits, dashes and underscores, at most 64 of them",
        'images[0] ("i 1"): min_ram must be 0 to 2147483647 MB, not -1',
    ]


def test_what_is_wrong_with_a_destination_is_said_once_for_all_images_and_for_each_of_them() -> None:
    bad = {"region": "cn-south-1", "agency_name": " ", "vault_id": "v 1"}
    found = problems_of(entries, {"image_name": "a"}, {"image_name": "b"}, destinations=[bad, SOUTH, bad])
    assert [problem.partition(" cannot")[0] for problem in found] == [
        "destinations[0]: agency_name is blank",
        "destinations[0]: vault_id 'v 1'",
        "destinations[2]: agency_name is blank",
        "destinations[2]: vault_id 'v 1'",
    ]


def test_what_is_wrong_with_an_option_of_all_images_is_said_once_and_without_one() -> None:
    images = [{"image_name": "a"}, {"image_name": "b", "size_limit": -2}, {"image_name": "c", "max_ram": 5}]
    found = problems_of(entries, *images, size_limit=-1, min_ram=9, max_ram=8)
    assert found == [
        "size_limit must be above 0 GiB, not -1",
        "min_ram (9 MB) is above max_ram (8 MB)",
        'images[1] ("b"): size_limit must be above 0 GiB, not -2',
        'images[2] ("c"): min_ram (9 MB) is above max_ram (5 MB)',
    ]


def test_what_is_wrong_with_an_option_of_all_images_is_said_when_there_is_none_to_be_seen() -> None:
    found = problems_of(check_list, params(images=[], query="[]", size_limit=0.0))
    assert found == ["size_limit must be above 0 GiB, not 0"]


def test_a_destination_is_named_by_its_own_option_and_not_by_a_word() -> None:
    found = problems_of(entries, {"image_id": "destination 1"}, destinations=[{**SOUTH, "region": "South"}])
    assert [problem.partition(" cannot")[0] for problem in found] == [
        "images[0] (\"destination 1\"): image_id 'destination 1'",
        "destinations[0]: destination_region 'South'",
    ]


def test_what_is_wrong_with_the_source_region_is_said_once() -> None:
    found = problems_of(entries, {"image_name": "a"}, {"image_name": "b"}, source_region="North")
    assert found == [
        "source_region 'North' cannot be right: a region id is lower-case letters, digits and dashes, "
        "such as cn-north-4"
    ]


def test_the_problems_of_all_images_come_together_each_with_its_own_label() -> None:
    found = problems_of(entries, {"image_name": "a"}, {}, {"image_id": "i", "image_name": "c"}, {"image_name": " "})
    neither = "exactly one of image_id and image_name is needed, neither may be blank"
    assert found == [f"images[1]: {neither}", f'images[2] ("c"): {neither}', f'images[3] (" "): {neither}']


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"images": [], "query": "[]"},
        {"images": None, "resume": [{"image_id": "i1"}]},
        {"name_template": None},
    ],
)
def test_a_list_that_is_in_order(given: dict[str, t.Any]) -> None:
    check_list(params(destinations=[SOUTH, EAST, {**EAST, "project_name": None}], **given))


def test_there_must_be_something_to_migrate() -> None:
    assert problems_of(check_list, params(images=[])) == [
        "there is nothing to migrate: images is empty, and there is neither a query nor a resume"
    ]


@pytest.mark.parametrize("nowhere", [[], None])
def test_there_must_be_somewhere_to_migrate_to(nowhere: t.Any) -> None:
    assert problems_of(check_list, params(destinations=nowhere)) == ["destinations is empty"]


def test_a_destination_is_named_once() -> None:
    twice = [SOUTH, EAST, {**SOUTH, "project_name": "cn-south-1"}, {**SOUTH, "agency_name": "b"}]
    assert problems_of(check_list, params(destinations=twice)) == [
        "destinations name region cn-south-1, project cn-south-1 3 times"
    ]


def test_two_projects_of_a_region_are_two_destinations() -> None:
    check_list(params(destinations=[SOUTH, {**SOUTH, "project_name": "cn-south-1_x"}]))


def test_a_destination_in_the_source_region_is_refused() -> None:
    here = {"region": "cn-north-4", "project_name": "cn-north-4_x", "agency_name": "a"}
    assert problems_of(check_list, params(destinations=[SOUTH, here])) == [
        "destinations[1]: cn-north-4 (project cn-north-4_x) is in the source region itself"
    ]


def test_a_destination_without_a_region_is_left_to_its_own_spec() -> None:
    check_list(params(destinations=[{"agency_name": "a"}, {"agency_name": "a"}], source_region=None))


def test_everything_about_the_lists_is_said_at_once() -> None:
    here = {"region": "cn-north-4", "agency_name": "a"}
    found = problems_of(check_list, params(images=[], destinations=[here, here], name_template="{nome}{x}"))
    assert [problem.partition(" ")[0] for problem in found] == [
        "there",
        "destinations",
        "destinations[0]:",
        "destinations[1]:",
        "name_template",
        "name_template",
    ]


@pytest.mark.parametrize(
    "template",
    [None, "", "x", "{name}", "{{{name}}}-{id}-{source_region}-{destination_region}", "{name}-{source_created}"],
)
def test_a_template_that_can_be_filled(template: str | None) -> None:
    assert list(template_problems(template)) == []


KNOWN = "there are {name}, {id}, {source_region}, {destination_region}, {source_created}"


@pytest.mark.parametrize(
    ("template", "problems"),
    [
        ("{nome}", [f"has an unknown field {{nome}}; {KNOWN}"]),
        ("{}", [f"has an unknown field {{}}; {KNOWN}"]),
        ("{0}", [f"has an unknown field {{0}}; {KNOWN}"]),
        ("{name.__class__}", [f"has an unknown field {{name.__class__}}; {KNOWN}"]),
        ("{name[0]}", [f"has an unknown field {{name[0]}}; {KNOWN}"]),
        ("{name}{a}-{b}", [f"has an unknown field {{a}}; {KNOWN}", f"has an unknown field {{b}}; {KNOWN}"]),
        ("{name!r}", ["asks for {name} in a form of its own; write {name} alone"]),
        ("{name:>99999999}", ["asks for {name} in a form of its own; write {name} alone"]),
        ("{name", ["cannot be read: expected '}' before end of string"]),
        ("name}", ["cannot be read: Single '}' encountered in format string"]),
    ],
)
def test_a_template_that_cannot_be_filled(template: str, problems: list[str]) -> None:
    assert list(template_problems(template)) == [f"name_template {template!r} {problem}" for problem in problems]


def clashing(*images: dict[str, t.Any], own: t.Sequence[Image] = (), **given: t.Any) -> list[tuple[int, str]]:
    return sorted(clashes(entries(*images, **given), own).items())


def test_replicas_of_other_names_or_in_other_places_do_not_meet() -> None:
    assert clashing({"image_name": "a"}, {"image_name": "b"}, destinations=[SOUTH, EAST]) == []


def test_two_projects_are_two_places() -> None:
    places = [SOUTH, {**SOUTH, "project_name": "cn-south-1_x"}]
    assert clashing({"image_name": "a"}, destinations=places) == []


def test_entries_that_would_make_the_same_replica_are_all_named() -> None:
    images: list[dict[str, t.Any]] = [
        {"image_name": "x", "name": "a"},
        {"image_id": "i1"},
        {"image_id": "i2", "name": "a"},
        {"image_name": "c"},
    ]
    labels = 'images[0] ("x") and images[1] ("i1") and images[2] ("i2")'
    south = f'{labels} would all make "a" in cn-south-1 (project cn-south-1)'
    east = f'{labels} would all make "a" in cn-east-3 (project cn-east-3_x)'
    found = clashing(*images, own=[source(id="i1", name="a")], destinations=[SOUTH, EAST])
    assert found == [(0, south), (1, east), (2, south), (3, east), (4, south), (5, east)]
    with pytest.raises(InputError) as raised:
        check_clashes(dict(found))
    assert raised.value.problems == [south, east]
    assert raised.value.hint == "Leave out all but one, or give them names of their own."
    assert (clash_error(south).message, clash_error(south).hint) == (south, raised.value.hint)


def test_without_a_clash_there_is_nothing_to_say() -> None:
    check_clashes({})


@pytest.mark.parametrize(
    ("template", "own", "meet"),
    [
        ("{name}", [], []),
        ("{name}", [source(id="i1", name="a")], [0, 1]),
        ("{id}", [], []),
        ("{id}", [source(id="i1", name="a")], [0, 1]),
        ("{id}", [source(id="i1", name="x"), source(id="i2", name="a")], []),
        ("{name}-{id}", [], []),
        ("{source_created}", [], []),
        ("{source_created}", [source(id="i1", name="a")], [0, 1]),
        ("all", [], [0, 1]),
    ],
)
def test_a_name_that_is_not_known_yet_clashes_with_none(template: str, own: list[Image], meet: list[int]) -> None:
    found = clashing({"image_name": "a"}, {"image_id": "i1"}, own=own, name_template=template)
    assert [place for place, _text in found] == meet


@pytest.mark.parametrize(
    ("image", "called"),
    [({"image_name": "web"}, "web"), ({"image_id": "i1"}, "i1"), ({"image_name": "web", "image_id": "i1"}, "web")],
)
def test_what_is_wrong_in_an_earlier_result_is_told_with_the_name_of_its_image_or_else_its_id(
    image: dict[str, str], called: str
) -> None:
    with pytest.raises(InputError) as raised:
        told_images([{**image, "shared_options": {"name_template": "{nothing}"}}])
    assert raised.value.problems and raised.value.problems[0].startswith(f"resume: of image {called}: name_template")
