# SPDX-License-Identifier: GPL-3.0-or-later
"""``state: absent`` for many images: a migration is rolled back, each replica by its origin."""

from __future__ import annotations

import pytest

WEB, LEGACY = {"image_name": "ubuntu-22.04-web"}, {"image_name": "centos-7-legacy"}
SOUTH = "cn-south-1"
EAST = "cn-east-3"
BOTH = [{"region": region, "agency_name": "ims_copy_image"} for region in (SOUTH, EAST)]


@pytest.fixture
def remove(migrate):
    def run(**more):
        return migrate(state="absent", **more)

    return run


def statuses(result):
    return [entry["status"] for entry in result["results"]]


def deletions(cloud):
    return [entry["path"].rsplit("/", 1)[-1] for entry in cloud.journal(operation="GlanceDeleteImage")]


def test_a_migration_is_rolled_back_by_the_same_call_and_a_second_one_changes_nothing(cloud, migrate, remove):
    made = migrate(images=[WEB, LEGACY], destinations=BOTH)
    ids = [entry["image"]["id"] for entry in made["results"]]

    first = remove(images=[WEB, LEGACY], destinations=BOTH)
    second = remove(images=[WEB, LEGACY], destinations=BOTH)

    assert (first["changed"], statuses(first), first["finished"]) == (True, ["deleted"] * 4, True)
    assert [entry["removed"][0]["id"] for entry in first["results"]] == ids
    assert (second["changed"], statuses(second)) == (False, ["absent"] * 4)
    assert sorted(deletions(cloud)) == sorted(ids)
    assert (first["counts"]["deleted"], second["counts"]["absent"]) == (4, 4)
    assert first["replicas"] == {}
    assert first["msg"] == "4 copies: 4 deleted"


def test_check_mode_and_diff_show_each_image_that_would_go(cloud, migrate, remove):
    made = migrate(images=[WEB, LEGACY])

    planned = remove(images=[WEB, LEGACY], check=True, diff=True)

    assert (planned["changed"], statuses(planned)) == (True, ["deleted", "deleted"])
    assert [diff["before"]["name"] for diff in planned["diff"]] == [entry["name"] for entry in made["results"]]
    assert all(diff["after"] == {} for diff in planned["diff"])
    assert planned["msg"] == "2 copies planned: 2 to be deleted"
    assert deletions(cloud) == []


def test_the_results_alone_roll_a_migration_back_though_its_sources_are_gone(cloud, migrate, remove):
    made = migrate(images=[WEB, LEGACY])
    for entry in made["results"]:
        cloud.delete_image(entry["source_image"]["id"])

    assert statuses(remove(resume=made["results"])) == ["deleted", "deleted"]


def test_a_new_image_under_the_name_of_the_source_has_nothing_to_do_with_it(cloud, migrate, remove):
    made = migrate(images=[WEB])
    cloud.delete_image(made["results"][0]["source_image"]["id"])
    cloud.add_image("cn-north-4", name=WEB["image_name"])

    rolled_back = remove(images=[WEB], resume=made["results"])

    assert rolled_back["results"][0]["removed"][0]["id"] == made["results"][0]["image"]["id"]


def test_one_that_is_refused_stops_no_other(cloud, migrate, remove):
    made = migrate(images=[WEB, LEGACY])
    kept, gone = (entry["image"]["id"] for entry in made["results"])
    cloud.patch_image(kept, protected=True)

    result = remove(images=[WEB, LEGACY])

    assert (result["failed"], result["changed"], statuses(result)) == (True, True, ["failed", "deleted"])
    assert deletions(cloud) == [gone]
    assert kept in result["msg"]
    assert "IMG.0091" in result["msg"]


def test_what_is_under_way_is_waited_for_and_the_rest_is_not(cloud, migrate, copy, remove):
    migrate(images=[LEGACY])
    copy(wait=False)

    result = remove(images=[WEB, LEGACY])

    assert statuses(result) == ["deleted", "deleted"]
    assert [raw for raw in cloud.images(SOUTH) if raw["name"] in (WEB["image_name"], LEGACY["image_name"])] == []


def test_a_run_whose_time_is_over_tells_what_is_left_and_a_later_one_carries_on(cloud, copy, remove):
    copy(wait=False)

    first = remove(images=[WEB], run_for=15)
    second = remove(images=[WEB], resume=first["results"])

    assert (statuses(first), first["finished"], first["cut_short"]) == (["in_progress"], False, True)
    assert (statuses(second), second["finished"]) == (["deleted"], True)


def test_what_was_rolled_back_is_copied_again_by_its_results(cloud, migrate, remove):
    migrate(images=[WEB])
    gone = remove(images=[WEB])

    again = migrate(resume=gone["results"])

    assert statuses(again) == ["copied"]


def test_two_images_that_make_the_same_replica_are_no_trouble(cloud, migrate, remove):
    migrate(images=[{**WEB, "name": "same"}])

    result = remove(images=[{**WEB, "name": "same"}, {**LEGACY, "name": "same"}])

    assert statuses(result) == ["deleted", "absent"]


def test_nothing_is_submitted(cloud, migrate, remove):
    remove(query="[?os_type=='Linux']", destinations=BOTH)

    assert cloud.copies() == []


def test_the_keys_of_an_entry_are_those_of_a_copy(migrate, remove):
    made, gone = migrate(images=[WEB]), remove(images=[WEB])

    assert set(gone) == set(made)
    assert set(gone["results"][0]) == set(made["results"][0])


def test_of_several_replicas_the_results_tell_which_one_the_run_made(cloud, migrate, remove):
    made = migrate(images=[WEB])
    migrate(images=[{**WEB, "name": "older"}])
    cloud.delete_image(made["results"][0]["source_image"]["id"])

    result = remove(resume=made["results"])

    assert [image["name"] for image in result["results"][0]["removed"]] == [WEB["image_name"]]
    assert "older" in [raw["name"] for raw in cloud.images(SOUTH)]


def test_check_mode_says_of_what_is_under_way_that_it_would_be_deleted(cloud, copy, remove):
    copy(wait=False)

    planned = remove(images=[WEB], check=True)

    assert (planned["changed"], planned["results"][0]["action"], statuses(planned)) == (
        True,
        "deleted",
        ["in_progress"],
    )
    assert deletions(cloud) == []


def test_however_many_are_waited_for_one_list_tells_of_all_of_them(cloud, migrate, remove):
    migrate(images=[WEB, LEGACY], run_for=1)
    cloud.clear_journal()

    result = remove(images=[WEB, LEGACY])

    asked = [entry for entry in cloud.journal(operation="ListImages", region=SOUTH) if "owner" in str(entry["query"])]
    lists = [entry["at"] for entry in asked if "marker" not in str(entry["query"])]
    assert statuses(result) == ["deleted", "deleted"]
    assert len(lists) > 2
    assert len(lists) == len(set(lists))
