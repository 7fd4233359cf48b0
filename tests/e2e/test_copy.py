# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, as a user does it: one image is copied, and the same task can be run again at any time."""

from __future__ import annotations

import os
import pathlib
import signal
import sys

from tests.e2e.commands import COPY, being_waited_for, copy_task, wait_until

# Virtual seconds that never pass by themselves while a test runs.
LONG = 36000


def test_a_copy_is_foretold_with_its_diff_made_once_and_then_left_alone(ansible, cloud):
    foreseen = {**copy_task(name="golden-web"), "check_mode": True, "diff": True}

    made = ansible.play(tasks=[foreseen, copy_task()])
    asked = cloud.copies()
    cloud.clear_journal()
    second = ansible.play().result

    foretold, first = made.results
    assert (foretold["changed"], foretold["action"]) == (True, "submitted")
    assert (foretold["image"]["id"], foretold["image"]["name"]) == (None, "golden-web")
    assert '+    "name": "golden-web"' in made.output
    assert [request["body"]["name"] for request in asked] == ["ubuntu-22.04-web"]
    assert (made.status, first["changed"], first["action"]) == (0, True, "submitted")
    assert (first["image"]["status"], first["image"]["region"]) == ("active", "cn-south-1")
    assert first["image"]["origin"] == {"region": "cn-north-4", "image_id": first["source_image"]["id"]}
    assert first["job"]["status"] == "SUCCESS"
    assert cloud.image("ubuntu-22.04-web", "cn-south-1")["id"] == first["image"]["id"]
    assert (second["changed"], second["action"], second["image"]) == (False, "none", first["image"])
    assert cloud.journal() != []
    assert cloud.mutations() == []


def test_after_a_run_that_was_killed_while_it_waited_the_next_one_waits_for_the_same_copy(ansible, cloud):
    cloud.switch(replica_visible="late", replica_delay=LONG)
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


def test_a_module_that_is_killed_where_nothing_is_shown_tells_that_its_copy_goes_on_and_how_it_is_found(ansible, cloud):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=LONG)
    running = ansible.start(progress_interval=0)
    wait_until(being_waited_for(cloud))
    for pid in running.family():
        if b"AnsiballZ_ims_image_cross_region_copy" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)

    result = ansible.finish(running).result

    assert (result["failed"], result["error"]["stage"]) == (True, "wait")
    for said in ("ended without a result", "go on in the cloud", "state_dir"):
        assert said in result["msg"]


def test_a_loop_on_another_host_takes_the_defaults_of_the_group_and_the_environment_of_the_task(ansible, cloud):
    names = ["ubuntu-22.04-web", "centos-7-legacy"]
    ansible.call_as({})
    task = {
        "name": "Copy one after the other",
        COPY: {"image_name": "{{ item }}", "destination_region": "cn-south-1", "wait_interval": 0.1},
        "loop": names,
        "delegate_to": "localhost",
        "environment": {**cloud.env(), "HW_REGION_NAME": "cn-north-4"},
        "vars": {"ansible_python_interpreter": sys.executable},
    }
    defaults = {"group/huaweicloud.ims.ims": {"agency_name": "ims_copy_image"}}

    outcome = ansible.play(tasks=[task], play={"module_defaults": defaults})

    assert outcome.status == 0
    items = outcome.result["results"]
    assert [(item["changed"], item["image"]["name"]) for item in items] == [(True, name) for name in names]
    assert [(request["body"]["name"], request["caller"]) for request in cloud.copies()] == [
        (name, "operator") for name in names
    ]
    assert [name for name in names if f'"{name}"' not in outcome.errors] == [], "each item has its lines"
