# SPDX-License-Identifier: GPL-3.0-or-later
"""What a replica must be like, and what to change to bring it in line."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.replica import (
    Changes,
    changes,
    differences,
    foreseen,
    picture,
    wanted_tags,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.copy_request import CopyRequest
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image
from tests.unit.shapes import GIB, SOURCE_ID, destination, replica, request, source

TAGGED = source(tags=["env=prod", "team=web"])


def test_what_was_not_asked_for_is_left_alone() -> None:
    like_this = replica(__description="by hand", min_ram=512, max_ram="4096", tags=["mine=1"])
    assert not changes(like_this, request(), TAGGED)


ATTRIBUTES: list[tuple[dict[str, t.Any], Image, dict[str, t.Any]]] = [
    ({"description": "new"}, replica(), {"__description": "new"}),
    ({"description": "new"}, replica(__description="new"), {}),
    ({"description": ""}, replica(__description="old"), {"__description": ""}),
    ({"description": ""}, replica(), {}),
    ({"min_ram": 1024}, replica(min_ram=512), {"min_ram": 1024}),
    ({"min_ram": 1024}, replica(min_ram=1024), {}),
    ({"min_ram": 0}, replica(min_ram=512), {"min_ram": 0}),
    ({"min_ram": 0}, replica(), {}),
    ({"max_ram": 2048}, replica(max_ram="1024"), {"max_ram": "2048"}),
    ({"max_ram": 2048}, replica(max_ram="2048"), {}),
    ({"max_ram": 0}, replica(), {}),
    ({"max_ram": 0}, replica(max_ram="2048"), {"max_ram": "0"}),
]


@pytest.mark.parametrize(("asked", "now", "wanted"), ATTRIBUTES)
def test_attributes_are_kept_in_line(asked: dict[str, t.Any], now: Image, wanted: dict[str, t.Any]) -> None:
    found = changes(now, request(**asked), source())
    assert found.attributes == wanted
    assert bool(found) is bool(wanted)


def test_an_attribute_that_is_there_is_replaced_and_one_that_is_not_is_added() -> None:
    asked = request(description="new", min_ram=1024, max_ram=2048)
    assert changes(replica(__description="old", min_ram=0), asked, source()).patch == [
        {"op": "replace", "path": "/__description", "value": "new"},
        {"op": "replace", "path": "/min_ram", "value": 1024},
        {"op": "add", "path": "/max_ram", "value": "2048"},
    ]


def test_only_what_changes_is_patched() -> None:
    assert changes(replica(__description="same", min_ram=0), request(description="same"), source()).patch == []


TAGS: list[tuple[dict[str, t.Any], list[str], dict[str, str], dict[str, str]]] = [
    ({}, ["a=1"], {}, {}),
    ({"tags": {"a": "1"}}, [], {"a": "1"}, {}),
    ({"tags": {"a": "1"}}, ["a=1", "b=2"], {}, {}),
    ({"tags": {"a": "1"}}, ["a=2"], {"a": "1"}, {}),
    ({"tags": {"a": ""}}, [], {"a": ""}, {}),
    ({"tags": {"a": ""}}, ["a="], {}, {}),
    ({"copy_tags": True}, ["env=test"], {"env": "prod", "team": "web"}, {}),
    ({"copy_tags": True, "tags": {"env": "dev"}}, [], {"env": "dev", "team": "web"}, {}),
    ({"purge_tags": True}, ["a=1"], {}, {"a": "1"}),
    ({"purge_tags": True, "tags": {"a": "1"}}, ["a=2", "b=2"], {"a": "1"}, {"b": "2"}),
    ({"purge_tags": True, "copy_tags": True}, ["env=prod", "b=2"], {"team": "web"}, {"b": "2"}),
]


@pytest.mark.parametrize(("asked", "now", "set_tags", "removed"), TAGS)
def test_tags_are_kept_in_line(
    asked: dict[str, t.Any], now: list[str], set_tags: dict[str, str], removed: dict[str, str]
) -> None:
    found = changes(replica(tags=now), request(**asked), TAGGED)
    assert (found.set_tags, found.remove_tags) == (set_tags, removed)
    assert bool(found) is bool(set_tags or removed)


def test_the_tags_of_the_source_are_not_altered_by_the_requests_own() -> None:
    assert wanted_tags(request(copy_tags=True, tags={"env": "dev"}), TAGGED)["env"] == "dev"
    assert TAGGED.tags["env"] == "prod"


def test_no_changes_are_none() -> None:
    assert not Changes()


def test_a_true_copy_does_not_differ() -> None:
    assert differences(source(), replica(name="other", description="other")) == []


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"__os_type": "Windows"}, "operating system: the source has Linux, the replica Windows"),
        ({"architecture": "arm"}, "architecture: the source has x86, the replica arm"),
        ({"virtual_env_type": "Ironic"}, "kind: the source has FusionCompute, the replica Ironic"),
        ({"__image_size": "7"}, f"size in bytes: the source has {3 * GIB}, the replica 7"),
        ({"min_disk": 41}, "smallest disk in GB: the source has 40, the replica 41"),
    ],
)
def test_a_difference_is_named_with_both_sides(raw: dict[str, t.Any], said: str) -> None:
    assert differences(source(architecture="x86"), replica(**{"architecture": "x86", **raw})) == [said]


@pytest.mark.parametrize("nothing", [{"__image_size": None}, {"__image_size": "0"}, {"__os_type": None}])
def test_what_one_side_does_not_say_is_not_compared(nothing: dict[str, t.Any]) -> None:
    assert differences(source(**nothing), replica()) == []
    assert differences(source(), replica(**nothing)) == []


def test_the_picture_of_nothing_is_empty() -> None:
    assert picture(None, request()) == {}


def test_the_picture_shows_what_the_collection_looks_after() -> None:
    assert picture(replica(tags=["b=2", "a=1"]), request()) == {
        "name": "golden",
        "region": "cn-south-1",
        "project_name": "cn-south-1",
        "origin": {"region": "cn-north-4", "image_id": SOURCE_ID},
        "description": "",
        "min_ram": 0,
        "max_ram": 0,
        "tags": {"a": "1", "b": "2"},
    }
    assert list(picture(replica(tags=["b=2", "a=1"]), request())["tags"]) == ["a", "b"]


def test_the_picture_of_an_image_of_unknown_origin_has_none() -> None:
    assert picture(replica(origin=None), request())["origin"] is None


def test_a_replica_that_is_to_be_made_is_foreseen_whole() -> None:
    place = destination(project_name="cn-south-1_x")
    asked = request(name="copy", description="d", max_ram=4096, tags={"a": "1"}, destination=place)
    assert foreseen(asked, source(min_ram=512, tags=["env=prod"]), None) == {
        "name": "copy",
        "region": "cn-south-1",
        "project_name": "cn-south-1_x",
        "origin": {"region": "cn-north-4", "image_id": SOURCE_ID},
        "description": "d",
        "min_ram": 512,
        "max_ram": 4096,
        "tags": {"a": "1"},
    }


def test_a_replica_that_is_there_is_foreseen_with_the_changes_only() -> None:
    now = replica(__description="by hand", min_ram=512, tags=["mine=1"])
    after = foreseen(request(min_ram=1024, tags={"a": "1"}), source(), now)
    assert after == {**picture(now, request()), "min_ram": 1024, "tags": {"a": "1", "mine": "1"}}


EVERYTHING: list[CopyRequest] = [
    request(description="new", min_ram=1, max_ram=2),
    request(description="", min_ram=0, max_ram=0),
    request(tags={"a": "1"}, copy_tags=True),
    request(tags={"a": "1"}, purge_tags=True),
    request(copy_tags=True, purge_tags=True),
]


@pytest.mark.parametrize("asked", EVERYTHING)
def test_what_is_foreseen_is_what_the_changes_make(asked: CopyRequest) -> None:
    now = replica(__description="old", min_ram=7, max_ram="8", tags=["a=0", "mine=1"])
    plan = changes(now, asked, TAGGED)
    assert plan.attributes.keys() == plan.replaced, "what is there already is replaced and not added"
    tags = {key: value for key, value in {**now.tags, **plan.set_tags}.items() if key not in plan.remove_tags}
    raw: dict[str, t.Any] = {"__description": "old", "min_ram": 7, "max_ram": "8", **plan.attributes}
    made = replica(**raw, tags=[f"{key}={value}" for key, value in tags.items()])
    assert foreseen(asked, TAGGED, now) == picture(made, asked)
    assert not changes(made, asked, TAGGED)
