# SPDX-License-Identifier: GPL-3.0-or-later
"""Many images: slots, failures, and runs that take up what earlier ones have begun."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.resume import lean

SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
EAST = {"region": "cn-east-3", "agency_name": "ims_copy_image"}
THREE = [{"image_name": "ubuntu-22.04-web"}, {"image_name": "debian-12-db"}, {"image_name": "euleros-arm"}]


def statuses(result):
    return [entry["status"] for entry in result["results"]]


def most_at_a_time(cloud):
    """The most copies that the service had under way at any time, by its own clock."""
    jobs = [job for job in cloud.jobs() if not job["foreign"]]
    moments = sorted({job["begin"] for job in jobs})
    return max(sum(1 for job in jobs if job["begin"] <= moment < job["end"]) for moment in moments)


def test_never_more_than_the_slots_are_under_way_and_a_free_one_is_filled_without_a_barrier(cloud, migrate):
    for number in range(12):
        cloud.add_image("cn-north-4", name=f"fleet-{number:02}", __image_size=str((number + 1) * 1024**3))

    result = migrate(query="[?starts_with(name, 'fleet-')]")

    assert result["counts"]["copied"] == 12
    assert most_at_a_time(cloud) == 5
    assert all(copy["status"] == 200 for copy in cloud.copies())


def test_the_largest_image_goes_first_unless_the_list_is_to_be_kept(cloud, migrate):
    migrate(images=THREE, max_concurrent=1)
    largest_first = [copy["body"]["name"] for copy in cloud.copies()]
    cloud.clear_journal()
    migrate(images=THREE, destinations=[EAST], max_concurrent=1, order="as_listed")
    as_listed = [copy["body"]["name"] for copy in cloud.copies()]

    assert largest_first == ["debian-12-db", "ubuntu-22.04-web", "euleros-arm"]
    assert as_listed == [image["image_name"] for image in THREE]


def test_slots_that_others_hold_put_a_copy_back_and_are_no_failure(cloud, migrate, clock):
    cloud.occupy_slots(3, 600)
    for number in range(8):
        cloud.add_image("cn-north-4", name=f"fleet-{number}", __image_size=str(2 * 1024**3))

    result = migrate(query="[?starts_with(name, 'fleet-')]")

    assert statuses(result) == ["copied"] * 8
    refused = [copy for copy in cloud.copies() if copy["status"] == 400]
    assert refused, "the others' copies were never in the way"
    assert len(refused) <= 30, "a storm of requests"


def test_a_job_that_fails_leaves_all_others_done_and_a_later_run_does_only_that_one(cloud, migrate):
    cloud.outcome(name="debian-12-db", status="FAIL", error_code="IMG.0061", fail_reason="storage trouble", times=1)

    result = migrate(images=THREE)

    assert result["failed"] is True
    assert statuses(result) == ["copied", "failed", "copied"]
    assert 'images[1] ("debian-12-db") to cn-south-1' in result["msg"]
    assert "IMG.0061" in result["msg"] and "storage trouble" in result["msg"]
    cloud.clear_journal()

    again = migrate(images=THREE)

    assert statuses(again) == ["present", "copied", "present"]
    assert [copy["body"]["name"] for copy in cloud.copies()] == ["debian-12-db"]


def test_a_failed_copy_is_tried_again_as_often_as_asked(cloud, migrate):
    cloud.outcome(name="debian-12-db", status="FAIL", error_code="IMG.0061", fail_reason="storage trouble", times=1)

    result = migrate(images=THREE, max_attempts=2)

    assert statuses(result) == ["copied"] * 3
    assert result["results"][1]["attempts"] == 2


def test_one_failing_check_is_skipped_where_that_is_asked_for(cloud, migrate):
    result = migrate(images=[*THREE, {"image_name": "encrypted-vault"}], on_preflight_failure="skip")

    assert result.get("failed") is not True
    assert statuses(result) == ["copied"] * 3 + ["skipped"]


def test_after_a_failure_with_stop_nothing_new_begins(cloud, migrate):
    cloud.outcome(name="debian-12-db", status="FAIL", error_code="IMG.0061", fail_reason="storage trouble", times=1)

    result = migrate(images=THREE, max_concurrent=1, on_copy_failure="stop")

    assert statuses(result) == ["not_started", "failed", "not_started"]
    assert result["finished"] is False


def test_run_for_returns_in_time_and_the_next_run_carries_on(cloud, migrate, clock):
    for number in range(10):
        cloud.add_image("cn-north-4", name=f"fleet-{number}", __image_size=str(4 * 1024**3))
    query = "[?starts_with(name, 'fleet-')]"

    first = migrate(query=query, run_for=60)

    assert clock.monotonic() <= 61
    assert first["finished"] is False
    assert set(statuses(first)) == {"in_progress", "not_started"}
    second = migrate(query=query, resume=first["results"])
    assert statuses(second) == ["copied"] * 10
    assert len([copy for copy in cloud.copies() if copy["status"] == 200]) == 10


def test_an_earlier_run_alone_tells_what_to_carry_on_with(cloud, migrate):
    first = migrate(images=THREE, run_for=1)

    second = migrate(resume=first["results"])

    assert statuses(second) == ["copied"] * 3
    assert len(cloud.copies()) == 3


def test_an_earlier_run_alone_tells_the_options_of_its_images_too(cloud, migrate):
    images = [{**THREE[0], "tags": {"own": "1"}, "min_ram": 1024}, {**THREE[1], "name": "golden-db"}, THREE[2]]
    given = {"destinations": [SOUTH, EAST], "name_template": "{name}-{destination_region}", "tags": {"env": "dr"}}
    first = migrate(images=images, run_for=1, **given)

    second = migrate(resume=first["results"], **given)

    assert [entry["name"] for entry in second["results"]] == [
        "ubuntu-22.04-web-cn-south-1",
        "ubuntu-22.04-web-cn-east-3",
        "golden-db",
        "golden-db",
        "euleros-arm-cn-south-1",
        "euleros-arm-cn-east-3",
    ]
    assert [entry["image"]["tags"] for entry in second["results"][::2]] == [{"own": "1"}, {"env": "dr"}, {"env": "dr"}]
    assert [entry["image"]["min_ram"] for entry in second["results"][:2]] == [1024, 1024]
    assert [entry["options"] for entry in first["results"][1:3]] == [
        {"tags": {"own": "1"}, "min_ram": 1024},
        {"name": "golden-db"},
    ]


@pytest.mark.parametrize("kept", [lambda results: results, lambda results: [lean(one) for one in results]])
def test_a_name_with_the_date_of_the_source_is_the_same_on_every_run(cloud, migrate, clock, kept):
    # Nothing but the results tells the second run which jobs are there already.
    cloud.switch(replica_visible="late")
    given = {"destinations": [SOUTH], "name_template": "{name}-{source_created}", "ledger": "none"}
    first = migrate(images=THREE, run_for=1, **given)

    second = migrate(resume=kept(first["results"]), **given)
    clock.sleep(86400)
    third = migrate(images=THREE, **given)

    dates = {image["name"]: image["created_at"][:10] for image in cloud.images("cn-north-4")}
    assert [entry["name"] for entry in second["results"]] == [
        f"{entry['source_image']['name']}-{dates[entry['source_image']['name']]}" for entry in second["results"]
    ]
    assert (third["changed"], third["counts"]["present"]) == (False, 3)
    assert len([copy for copy in cloud.copies() if copy["took_effect"]]) == 3


@pytest.mark.parametrize("visible", ["at_once", "late"])
def test_a_killed_run_that_is_run_again_ends_with_every_image_once(cloud, migrate, clock, monkeypatch, visible):
    cloud.switch(replica_visible=visible)
    asleep = clock.sleep

    def die(seconds):
        asleep(seconds)
        if clock.monotonic() > 20:
            raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", die)
    with pytest.raises(KeyboardInterrupt):
        migrate(images=THREE)
    monkeypatch.setattr(clock, "sleep", asleep)

    again = migrate(images=THREE)

    assert statuses(again) == ["copied"] * 3
    assert again["changed"] is False
    assert len(cloud.copies()) == 3


def test_the_second_run_of_a_large_migration_costs_a_handful_of_requests(cloud, migrate):
    for number in range(60):
        source = cloud.add_image("cn-north-4", name=f"fleet-{number}", __image_size=str(1024**3))
        origin = f"image,cn-north-4,{source['id']}"
        cloud.add_image("cn-south-1", name=f"fleet-{number}", __image_size=str(1024**3), __data_origin=origin)

    result = migrate(query="[?starts_with(name, 'fleet-')]")

    assert statuses(result) == ["present"] * 60
    assert len(cloud.journal(region="cn-south-1")) <= 10
    assert len(cloud.journal()) <= 15
