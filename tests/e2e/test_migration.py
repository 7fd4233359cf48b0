# SPDX-License-Identifier: GPL-3.0-or-later
"""Many images in one task, and what a task shows while it waits."""

from __future__ import annotations

import re

import pytest

from tests.e2e.commands import copy_task, wait_until

MIGRATION = "huaweicloud.ims.ims_image_migration"
SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
EAST = {"region": "cn-east-3", "agency_name": "ims_copy_image"}
LONG = 36000


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


def test_check_mode_gives_the_plan_and_asks_for_no_change(ansible, cloud):
    task = migration_task(images=[], query="[?tags.env=='prod']")

    outcome = ansible.play("--check", "--diff", tasks=[task])

    assert [entry["action"] for entry in outcome.result["results"]] == ["submitted", "submitted"]
    assert "debian-12-db" in outcome.output
    assert cloud.mutations() == []


def test_a_run_that_comes_back_early_is_carried_on_with_its_results(ansible, cloud):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=LONG)
    cut_short = ansible.play(tasks=[migration_task("ubuntu-22.04-web", run_for=2)]).result
    assert (cut_short["finished"], cut_short["counts"]["in_progress"]) == (False, 1)
    cloud.advance(LONG)

    carried_on = ansible.play(tasks=[migration_task(images=[], resume=cut_short["results"])]).result

    assert (carried_on["finished"], carried_on["changed"]) == (True, False)
    assert len(cloud.copies()) == 1


@pytest.mark.parametrize("task", ["one", "many"])
def test_a_task_shows_how_its_copies_go_and_gives_one_result_in_the_end(ansible, cloud, task):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=LONG)
    options = {"progress_interval": 1}
    tasks = {"one": [copy_task(**options)], "many": [migration_task("ubuntu-22.04-web", **options)]}

    playing = ansible.start(tasks=tasks[task])
    wait_until(lambda: len(reports(playing.printed())) > 3)
    cloud.advance(LONG)
    outcome = ansible.finish(playing)

    assert any("ubuntu-22.04-web" in line for line in reports(outcome.errors))
    assert outcome.result["changed"]
    assert not outcome.result["cut_short"]
    assert len(cloud.copies()) == 1


def test_under_async_a_task_is_begun_and_asked_for_later(ansible, cloud):
    begun = {**migration_task("ubuntu-22.04-web"), "async": 60, "poll": 0}
    asked = {
        "name": "Ask for the task",
        "ansible.builtin.async_status": {"jid": "{{ result_0.ansible_job_id }}"},
        "until": "result_1 is finished",
        "retries": 100,
        "delay": 0.2,
    }

    outcome = ansible.play(tasks=[begun, asked])

    assert outcome.results[1]["counts"]["copied"] == 1
    assert reports(outcome.output + outcome.errors) == []
