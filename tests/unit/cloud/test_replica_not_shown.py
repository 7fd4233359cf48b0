# SPDX-License-Identifier: GPL-3.0-or-later
"""A job that succeeded and a replica that does not show: a later run looks again, and does not copy again."""

from __future__ import annotations


def test_a_replica_that_shows_late_is_looked_for_by_later_runs_and_not_made_again(cloud, clock, copy):
    cloud.switch(replica_visible="late", replica_delay=2000)

    first = copy(confirm_timeout=1)
    second = copy(confirm_timeout=1)
    clock.advance(2000)
    third = copy(confirm_timeout=1)

    assert first["failed"] is True and second["failed"] is True
    assert "not to be seen" in second["msg"]
    assert third["image"]["status"] == "active"
    assert len(cloud.copies()) == 1


def test_a_replica_that_stays_away_for_an_hour_is_taken_for_deleted_and_made_again(cloud, clock, copy, warnings):
    cloud.switch(replica_visible="late", replica_delay=20000)
    copy(confirm_timeout=1)
    cloud.switch(replica_visible="at_once")
    for image in cloud.images("cn-south-1"):
        if image["name"] == "ubuntu-22.04-web":
            cloud.delete_image(image["id"])
    clock.advance(3700)

    again = copy()

    assert again["action"] == "submitted"
    assert len(cloud.copies()) == 2
    assert any("its replica is gone or never showed" in text for text in warnings)


def test_a_replica_that_does_not_show_is_not_present_where_another_image_is_refused(cloud, clock, copy, migrate):
    cloud.switch(replica_visible="late", replica_delay=2000)
    copy(confirm_timeout=1)
    assert [job["status"] for job in cloud.jobs()] == ["SUCCESS"]
    cloud.clear_journal()
    images = [{"image_name": "ubuntu-22.04-web"}, {"image_name": "encrypted-vault"}]

    hidden = migrate(images=images)
    clock.advance(2000)
    shown = migrate(images=images)

    assert [(entry["status"], entry["image"] is None) for entry in hidden["results"]] == [
        ("in_progress", True),
        ("failed", True),
    ]
    assert hidden["finished"] is False
    assert hidden["results"][0]["job"]["status"] == "SUCCESS"
    assert [(entry["status"], entry["image"] is None) for entry in shown["results"]] == [
        ("present", False),
        ("failed", True),
    ]
    assert cloud.mutations() == []


def test_runs_that_look_for_it_in_vain_do_not_each_leave_a_mark(cloud, copy):
    cloud.switch(replica_visible="late", replica_delay=2000)

    for _run in range(3):
        assert copy(confirm_timeout=1, ledger="cloud")["failed"] is True

    (mark,) = [value for name, value in cloud.image("ubuntu-22.04-web").items() if name.startswith("ims_copy_")]
    assert mark.startswith("ended ")
