# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of a copy is turned on, one by one, and seen where its row in the table says that it goes.

An option that is specified and read by nothing changes nothing, and that is red; so is one that nobody tries here.
"""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.options import (
    ATTRIBUTES,
    BODY,
    CHECK,
    DECISION,
    DESTINATION_OPTIONS,
    IMAGE_OPTIONS,
    SHARED,
    SOURCE,
    TAGS,
    one_copy_spec,
)

NAME = "ubuntu-22.04-web"
OTHER = "debian-12-db"


@dataclasses.dataclass(frozen=True)
class Sample:
    """A value to try. ``beside`` is given with it and without it; ``scene`` is what stands in the destination."""

    value: t.Any
    beside: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    scene: str = "nothing"


SAMPLES: t.Mapping[str, Sample] = {
    "image_id": Sample(OTHER),
    "image_name": Sample(OTHER),
    "name": Sample("golden"),
    "description": Sample("nightly"),
    "tags": Sample({"env": "dr"}),
    "copy_tags": Sample(True),
    "purge_tags": Sample(True),
    "min_ram": Sample(2048),
    "max_ram": Sample(16384),
    "match": Sample("name", scene="foreign"),
    "size_limit": Sample(0.5),
    "skip_checks": Sample(["source_size"], {"size_limit": 0.5}),
    "job_id": Sample("ff80808200000000000000000000dead"),
    "destination_region": Sample("cn-east-3"),
    "destination_project_name": Sample("cn-south-1_apps"),
    "agency_name": Sample("ims_without_roles", {"skip_checks": ["agency_permitted", "agency_exists"]}),
    "vault_id": Sample("50000000-0000-4000-8000-000000000001"),
}
# What is kept in line shows on a replica that stands already: a new one has it from the request, or not at all.
SCENES = {TAGS: "replica", ATTRIBUTES: "replica"}

ROWS = [*IMAGE_OPTIONS, *DESTINATION_OPTIONS]
CASES = [(row, place) for row in ROWS for place in row.goes]


def named(value):
    return getattr(value, "name", None) or " ".join(str(value).split()[:4])


def seen(cloud, outcome):
    """What happened, by the places where an option can go."""
    image = outcome["image"] or {}
    error = outcome["error"] or {}
    return {
        SOURCE: (outcome["source_image"] or {}).get("id"),
        BODY: [copy["body"] for copy in cloud.copies()],
        TAGS: [request["body"] for request in cloud.mutations() if request["path"].endswith("/tags/action")],
        ATTRIBUTES: [request["body"] for request in cloud.mutations() if request["method"] == "PATCH"],
        DECISION: (outcome["action"], image.get("name"), error.get("stage"), error.get("message")),
        CHECK: [check for check in outcome["preflight"] if check["status"] != "pass"],
    }


@pytest.fixture
def stage(cloud, monkeypatch, tmp_path):
    """A cloud as new, on a host that remembers nothing, with what a scene wants in the destination."""
    times = []

    def make(scene):
        times.append(scene)
        cloud.reset()
        monkeypatch.setenv("HW_IMS_STATE_DIR", str(tmp_path / f"state {len(times)}"))
        source = cloud.image(NAME)
        if scene != "nothing":
            origin = f"image,cn-north-4,{source['id']}" if scene == "replica" else "image,cn-north-1,another"
            like = {name: source[name] for name in ("__image_size", "min_disk")}
            cloud.add_image("cn-south-1", name=NAME, __data_origin=origin, tags=["by=hand"], **like)
        cloud.clear_journal()

    return make


def alone(copy, given):
    result = copy(**given)
    return {"error": None, **result}


def listed(migrate, given):
    """The same as an image of a list and a destination of a list."""
    places = {row.alone or row.name: row.name for row in DESTINATION_OPTIONS}
    place = {places[name]: value for name, value in given.items() if name in places}
    image = {name: value for name, value in given.items() if name not in places and value is not None}
    place = {"region": "cn-south-1", "agency_name": "ims_copy_image", **place}
    return migrate(images=[image], destinations=[place])["results"][0]


def of_all(migrate, given):
    """The same for all images of a migration, of which a query finds the one."""
    said = {name: value for name, value in given.items() if name not in ("image_id", "image_name")}
    return migrate(query=f"[?name=='{NAME}']", **said)["results"][0]


def compare(cloud, stage, run, row, place):
    option = row.alone or row.name
    sample = SAMPLES[option]
    source = {"image_name": NAME}
    observed = []
    for on in (False, True):
        stage(SCENES.get(place, sample.scene))
        given = {**source, **sample.beside}
        if on:
            given[option] = cloud.image(OTHER)["id"] if option == "image_id" else sample.value
            if option == "image_id":
                given["image_name"] = None
        observed.append(seen(cloud, run(given)))
    return [happened[place] for happened in observed]


@pytest.mark.parametrize(("row", "place"), CASES, ids=named)
def test_an_option_of_one_copy_arrives_where_its_row_says(cloud, stage, copy, row, place):
    without, with_it = compare(cloud, stage, lambda given: alone(copy, given), row, place)
    assert without != with_it
    if place == BODY:
        assert row.name not in without[0] or without[0][row.name] != SAMPLES[row.alone or row.name].value
        assert [body[row.name] for body in with_it] == [SAMPLES[row.alone or row.name].value]


@pytest.mark.parametrize(("row", "place"), CASES, ids=named)
def test_an_option_of_an_image_or_a_destination_of_a_list_arrives_where_its_row_says(
    cloud, stage, migrate, row, place
):
    without, with_it = compare(cloud, stage, lambda given: listed(migrate, given), row, place)
    assert without != with_it


@pytest.mark.parametrize(("row", "place"), [case for case in CASES if case[0].name in SHARED], ids=named)
def test_an_option_of_all_images_arrives_at_what_a_query_finds(cloud, stage, migrate, row, place):
    without, with_it = compare(cloud, stage, lambda given: of_all(migrate, given), row, place)
    assert without != with_it


def test_every_option_is_tried():
    assert set(SAMPLES) == set(one_copy_spec())


# -- what an image has from the migration ----------------------------------------------------------------------------


def test_an_image_of_the_list_has_what_is_said_of_all_but_for_what_it_says_itself(cloud, migrate):
    images = [
        {"image_name": NAME},
        {"image_name": OTHER, "tags": {"own": "1"}, "description": "", "copy_tags": False},
        {"image_name": "euleros-arm", "tags": {}, "min_ram": 0},
    ]

    result = migrate(images=images, tags={"env": "dr"}, copy_tags=True, description="all", min_ram=1024, max_ram=0)

    web, database, arm = [entry["image"] for entry in result["results"]]
    assert (web["tags"], web["description"], web["min_ram"]) == ({"env": "dr", "role": "web"}, "all", 1024)
    assert (database["tags"], database["description"], database["min_ram"]) == ({"own": "1"}, "", 1024)
    source = result["results"][2]["source_image"]
    assert (arm["tags"], arm["description"], arm["min_ram"]) == (source["tags"], "all", 0)


def test_what_is_wrong_with_an_option_of_all_images_is_said_once_before_anything_is_sent(cloud, migrate):
    result = migrate(images=[{"image_name": NAME}, {"image_name": OTHER}], query="[]", size_limit=0)

    assert result["error"]["message"] == "size_limit must be above 0 GiB, not 0"
    assert cloud.journal() == []


def test_the_id_of_the_source_can_be_in_the_name_of_the_replica(cloud, migrate):
    result = migrate(images=[{"image_name": NAME}], name_template="{name}-{id}")

    name = f"{NAME}-{cloud.image(NAME)['id']}"
    assert result["results"][0]["name"] == result["results"][0]["image"]["name"] == name
    assert [copy["body"]["name"] for copy in cloud.copies()] == [name]


# -- names that clash ------------------------------------------------------------------------------------------------


def clashing(cloud):
    return [
        {"image_name": NAME},
        {"image_name": OTHER},
        {"image_id": cloud.image("euleros-arm")["id"], "name": NAME},
    ]


def test_entries_that_would_make_the_same_replica_are_skipped_where_that_is_asked_for(cloud, migrate):
    result = migrate(images=clashing(cloud), on_preflight_failure="skip")

    assert [entry["status"] for entry in result["results"]] == ["skipped", "copied", "skipped"]
    assert result.get("failed") is not True
    arm = cloud.image("euleros-arm")["id"]
    labels = f'images[0] ("{NAME}") and images[2] ("euleros-arm", {arm})'
    for entry in (result["results"][0], result["results"][2]):
        assert entry["error"]["message"] == f'{labels} would all make "{NAME}" in cn-south-1 (project cn-south-1)'
        assert entry["error"]["hint"] == "Leave out all but one, or give them names of their own."
        assert entry["error"]["stage"] == "preflight"
    assert [copy["body"]["name"] for copy in cloud.copies()] == [OTHER]


def test_nothing_is_submitted_where_names_clash_and_nothing_is_to_be_skipped(cloud, migrate):
    result = migrate(images=clashing(cloud))

    assert result["failed"] is True
    assert f'would all make "{NAME}"' in result["msg"]
    assert cloud.mutations() == []


def test_an_image_that_is_asked_for_by_its_id_is_named_in_its_label_and_in_errors(cloud, migrate, copy):
    image_id = cloud.image("encrypted-vault")["id"]

    (entry,) = migrate(images=[{"image_id": image_id}], on_preflight_failure="skip")["results"]
    alone = copy(image_id=image_id)

    assert entry["label"] == f'images[0] ("encrypted-vault", {image_id})'
    for error in (entry["error"], alone["error"]):
        assert error["message"].startswith(f'Cannot copy image "encrypted-vault" ({image_id}) from cn-north-4 to')
