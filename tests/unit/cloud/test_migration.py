# SPDX-License-Identifier: GPL-3.0-or-later
"""Many images, many destinations: what a migration does, and what it refuses."""

from __future__ import annotations

SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
EAST = {"region": "cn-east-3", "agency_name": "ims_copy_image"}
THREE = [{"image_name": "ubuntu-22.04-web"}, {"image_name": "debian-12-db"}, {"image_name": "euleros-arm"}]


def statuses(result):
    return [entry["status"] for entry in result["results"]]


def test_every_image_goes_to_every_destination_and_each_is_reported(cloud, migrate):
    result = migrate(images=THREE, destinations=[SOUTH, EAST])

    assert result["changed"] is True
    assert result["finished"] is True
    assert result["counts"]["copied"] == result["counts"]["total"] == 6
    assert [(entry["name"], entry["destination_region"]) for entry in result["results"]] == [
        (image["image_name"], region) for image in THREE for region in ("cn-south-1", "cn-east-3")
    ]
    assert all(entry["image"]["status"] == "active" for entry in result["results"])


def test_a_second_run_changes_nothing_and_sends_nothing_that_could(cloud, migrate):
    migrate(images=THREE, destinations=[SOUTH, EAST])
    cloud.clear_journal()

    again = migrate(images=THREE, destinations=[SOUTH, EAST])

    assert again["changed"] is False
    assert statuses(again) == ["present"] * 6
    assert cloud.mutations() == []


def test_check_mode_is_the_plan_and_sends_nothing_that_could_change_anything(cloud, migrate):
    result = migrate(check=True, images=THREE)

    assert result["changed"] is True
    assert statuses(result) == ["not_started"] * 3
    assert [entry["action"] for entry in result["results"]] == ["submitted"] * 3
    assert cloud.mutations() == []


def test_one_failing_check_keeps_everything_from_being_submitted_by_default(cloud, migrate):
    result = migrate(images=[*THREE, {"image_name": "encrypted-vault"}])

    assert result["failed"] is True
    assert statuses(result) == ["not_started"] * 3 + ["failed"]
    assert result["results"][3]["error"]["code"] == "IMG.0143"
    assert cloud.mutations() == []


def test_all_that_is_wrong_with_the_input_is_said_at_once_and_nothing_is_sent(cloud, migrate):
    result = migrate(
        images=[{"image_name": "ubuntu-22.04-web", "min_ram": -1}, {"name": "nameless"}],
        query="[?os_type==",
        destinations=[SOUTH, SOUTH, {"region": "cn-north-4", "agency_name": "ims_copy_image"}],
        name_template="{nmae}",
        max_concurrent=0,
    )

    assert result["failed"] is True
    assert result["error"]["stage"] == "input"
    for part in (
        "images[0]",
        "min_ram",
        "images[1]",
        "JMESPath",
        "2 times",
        "destinations[2]",
        "{nmae}",
        "max_concurrent",
    ):
        assert part in result["msg"], part
    assert cloud.journal() == []


def test_two_entries_that_would_make_the_same_replica_are_refused(cloud, migrate):
    by_id = {"image_id": cloud.image("ubuntu-22.04-web")["id"]}

    result = migrate(images=[{"image_name": "ubuntu-22.04-web"}, by_id])

    assert result["failed"] is True
    assert "images[0]" in result["msg"] and "images[1]" in result["msg"]
    assert cloud.mutations() == []


def test_how_long_it_took_is_told_to_the_tenth_of_a_second(cloud, migrate):
    result = migrate(images=[{"image_name": "ubuntu-22.04-web"}], wait_interval=3.14159)

    assert result["waited"] == round(result["waited"], 1) != round(result["waited"])
