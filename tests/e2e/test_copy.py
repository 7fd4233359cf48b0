# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, as a user does it: one image is copied, and the same task can be run again at any time."""

from __future__ import annotations

import pytest

from tests.e2e.commands import COPY, being_waited_for, copy_task, usual, wait_until

# Virtual seconds that never pass by themselves while a test runs.
LONG = 36000


def test_the_first_run_makes_the_replica_and_says_that_it_changed_something(ansible, cloud):
    outcome = ansible.play()

    result = outcome.result
    assert (outcome.status, result["changed"], result["action"]) == (0, True, "submitted")
    assert result["image"]["status"] == "active"
    assert result["image"]["region"] == "cn-south-1"
    assert result["image"]["origin"] == {"region": "cn-north-4", "image_id": result["source_image"]["id"]}
    assert result["job"]["status"] == "SUCCESS"
    assert cloud.image("ubuntu-22.04-web", "cn-south-1")["id"] == result["image"]["id"]


def test_the_second_run_changes_nothing_and_asks_for_no_change(ansible, cloud):
    first = ansible.play().result
    cloud.clear_journal()

    second = ansible.play().result

    assert (second["changed"], second["action"]) == (False, "none")
    assert second["image"] == first["image"]
    assert cloud.journal() != []
    assert cloud.mutations() == []


def test_check_mode_foretells_the_copy_with_its_diff_and_asks_for_no_change(ansible, cloud):
    outcome = ansible.play("--check", "--diff", name="golden-web")

    assert (outcome.result["changed"], outcome.result["action"]) == (True, "submitted")
    assert (outcome.result["image"]["id"], outcome.result["image"]["name"]) == (None, "golden-web")
    assert '+    "name": "golden-web"' in outcome.output
    assert cloud.mutations() == []
    assert not ansible.state.exists()


@pytest.mark.parametrize("visible", ["at_once", "late"])
def test_after_a_run_that_was_killed_while_it_waited_the_next_one_waits_for_the_same_copy(ansible, cloud, visible):
    cloud.switch(replica_visible=visible, replica_delay=LONG)
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=LONG)
    killed = ansible.start()
    wait_until(being_waited_for(cloud))
    ansible.kill(killed)
    cloud.clear_journal()

    again = ansible.start()
    # Once for the look, once for the plan of the run, and then it waits.
    wait_until(lambda: len(cloud.journal(operation="ShowJobProgress")) > 2)
    cloud.advance(LONG)
    result = ansible.finish(again).result

    assert (result["changed"], result["action"]) == (False, "waited")
    assert cloud.copies() == []
    assert [job["id"] for job in cloud.jobs()] == [result["job"]["id"]]
    assert result["image"]["status"] == "active"


def test_a_job_that_fails_says_why(ansible, cloud):
    cloud.outcome(
        name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="backend storage broke", at=0.2
    )

    outcome = ansible.play()

    assert outcome.status == 2
    assert outcome.result["failed"]
    assert outcome.result["changed"]
    assert "IMG.0061" in outcome.result["msg"]
    assert "backend storage broke" in outcome.result["msg"]
    assert outcome.result["error"]["stage"] == "wait"
    assert outcome.result["error"]["code"] == "IMG.0061"
    assert outcome.result["job"]["status"] == "FAIL"
    assert not outcome.result["timed_out"]


def test_a_loop_copies_each_image_once(ansible, cloud):
    names = ["ubuntu-22.04-web", "centos-7-legacy"]
    task = {**copy_task(image_name="{{ item }}"), "loop": names}

    outcome = ansible.play(tasks=[task])

    assert [result["image"]["name"] for result in outcome.result["results"]] == names
    assert [request["body"]["name"] for request in cloud.copies()] == names


def test_module_defaults_of_the_action_group_reach_the_module(ansible, cloud):
    defaults = usual({"image_name": None})
    play = {"module_defaults": {"group/huaweicloud.ims.ims": defaults}}
    task = {"name": "Copy the image", COPY: {"image_name": "centos-7-legacy"}}

    outcome = ansible.play(play=play, tasks=[task])

    assert outcome.result["image"]["name"] == "centos-7-legacy"
    assert len(cloud.copies()) == 1


def test_the_environment_keyword_says_who_calls_and_where(ansible, cloud):
    ansible.call_as({})

    outcome = ansible.play(play={"environment": {**cloud.env(), "HW_REGION_NAME": "cn-north-4"}}, source_region=None)

    assert outcome.result["action"] == "submitted"
    assert {entry["caller"] for entry in cloud.copies()} == {"operator"}
