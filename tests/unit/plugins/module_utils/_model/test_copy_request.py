# SPDX-License-Identifier: GPL-3.0-or-later
"""One copy as it was asked for: what its replica is called, how messages name it, and its wire form."""

from __future__ import annotations

import typing as t

import pytest

from tests.unit.shapes import destination, request, source


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "golden"),
        ({"name": "copy"}, "copy"),
        ({"name": "copy", "name_template": "{name}-x"}, "copy"),
        ({"name_template": "{name}@{source_region}>{destination_region}"}, "golden@cn-north-4>cn-south-1"),
        ({"name_template": "{{{name}}}"}, "{golden}"),
        ({"name": ""}, ""),
        ({"name_template": "{name}-{id}"}, "golden-i9"),
        ({"name": "copy", "name_template": "{id}"}, "copy"),
        ({"name_template": "{name}-{source_created}"}, "golden-2026-01-03"),
    ],
)
def test_the_name_of_the_replica(fields: dict[str, t.Any], name: str) -> None:
    assert request(**fields).replica_name("golden", "i9", "2026-01-03T23:59:59Z") == name


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


def test_an_image_that_is_asked_for_by_its_id_is_named_once_its_name_is_known() -> None:
    named = request(image_id="i1").naming(source(name="golden"))
    assert named.route == 'image "golden" (i1) from cn-north-4 to cn-south-1'
    assert request(image_id="i1").naming(source(name="")).route == "image i1 from cn-north-4 to cn-south-1"


def test_an_image_that_is_asked_for_by_its_name_is_called_nothing_else() -> None:
    named = request(image_name="golden").naming(source(name="golden"))
    assert named.route == 'image "golden" from cn-north-4 to cn-south-1'


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({}, {"name"}),
        ({"name": "copy"}, set()),
        ({"name": "copy", "name_template": "{id}"}, set()),
        ({"name_template": "{id}-{source_region}"}, {"id"}),
        ({"name_template": "{name}{id}"}, {"name", "id"}),
        ({"name_template": "golden"}, set()),
        ({"name_template": "{name}-{source_created}"}, {"name", "source_created"}),
    ],
)
def test_what_the_name_of_the_replica_follows_from(fields: dict[str, t.Any], facts: set[str]) -> None:
    assert {fact for fact in ("name", "id", "source_created") if request(**fields).name_follows_from(fact)} == facts


def test_the_wire_form_is_what_was_given_with_the_name_that_the_replica_is_to_have() -> None:
    made = request(name_template="{name}-{id}", body={"region": "cn-south-1", "name": None, "cmk_id": "c1"})
    assert made.submission(source(id="i1", name="golden")) == {
        "region": "cn-south-1",
        "name": "golden-i1",
        "cmk_id": "c1",
    }


def test_where_an_option_was_said_makes_no_other_copy_of_it() -> None:
    assert request(own={"tags": {}}, of_all={"match": "name"}) == request()
