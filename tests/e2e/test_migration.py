# SPDX-License-Identifier: GPL-3.0-or-later
"""Many images in one task, made and foretold, and a task that goes on by itself."""

from __future__ import annotations

import re

from tests.e2e.commands import copy_task

MIGRATION = "huaweicloud.ims.ims_image_migration"
SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
EAST = {"region": "cn-east-3", "agency_name": "ims_copy_image"}


def migration_task(*names, **options):
    given = {
        "source_region": "cn-north-4",
        "images": [{"image_name": name} for name in names],
        "destinations": [SOUTH],
        "wait_interval": 0.1,
        **options,
    }
    return {"name": "Copy the images", MIGRATION: given}


def reports(output):
    """The lines that a task shows while it waits."""
    return re.findall(r"^\[ims\] .*$", output, re.M)


def test_every_image_reaches_every_destination_and_a_second_run_changes_nothing(ansible, cloud):
    task = migration_task("ubuntu-22.04-web", "centos-7-legacy", destinations=[SOUTH, EAST])

    first, second = ansible.play(tasks=[task, task]).results

    assert (first["changed"], first["finished"]) == (True, True)
    assert (first["counts"]["total"], first["counts"]["copied"]) == (4, 4)
    assert (second["changed"], second["counts"]["present"]) == (False, 4)
    assert len(cloud.copies()) == 4


def test_check_mode_gives_the_plan_asks_for_no_change_and_leaves_nothing_here(ansible, cloud):
    task = migration_task(images=[], query="[?tags.env=='prod']")

    outcome = ansible.play("--check", "--diff", tasks=[task])

    assert [entry["action"] for entry in outcome.result["results"]] == ["submitted", "submitted"]
    assert "debian-12-db" in outcome.output
    assert reports(outcome.output + outcome.errors) == []
    assert cloud.mutations() == []
    assert not ansible.state.exists()


def test_under_async_nothing_is_shown_be_a_task_asked_for_later_or_polled(ansible, cloud):
    often = {"progress_interval": 1}
    begun = {**migration_task("ubuntu-22.04-web", **often), "async": 60, "poll": 0}
    asked = {
        "name": "Ask for the task",
        "ansible.builtin.async_status": {"jid": "{{ result_0.ansible_job_id }}"},
        "until": "result_1 is finished",
        "retries": 100,
        "delay": 0.2,
    }
    polled = {**copy_task(image_name="centos-7-legacy", **often), "async": 600, "poll": 1}

    outcome = ansible.play(tasks=[begun, asked, polled])

    _begun, many, one = outcome.results
    assert outcome.status == 0
    assert (many["changed"], many["counts"]["copied"]) == (True, 1)
    assert (one["changed"], one["image"]["name"]) == (True, "centos-7-legacy")
    assert reports(outcome.output + outcome.errors) == []
    assert len(cloud.copies()) == 2
