# SPDX-License-Identifier: GPL-3.0-or-later
"""A replica is removed again, as a user does it: looked at first, deleted, and nothing is left to do."""

from __future__ import annotations

import typing as t

from tests.e2e.commands import copy_task
from tests.e2e.role_support import EAST, SOUTH, Role, images


def test_a_replica_is_foretold_with_its_diff_deleted_and_seen_gone(ansible, cloud):
    absent = copy_task(state="absent", progress_interval=1)
    foreseen = {**absent, "check_mode": True, "diff": True}

    played = ansible.play(tasks=[copy_task(), foreseen, absent])
    cloud.clear_journal()
    second = ansible.play(tasks=[absent]).result

    made, foretold, deleted = played.results
    replica = made["image"]["id"]
    assert (foretold["changed"], [image["id"] for image in foretold["removed"]]) == (True, [replica])
    assert '-    "name": "ubuntu-22.04-web"' in played.output
    assert (deleted["changed"], deleted["action"], deleted["image"]) == (True, "deleted", None)
    assert replica not in [raw["id"] for raw in cloud.images("cn-south-1")]
    assert (second["changed"], second["action"]) == (False, "none")
    assert cloud.mutations() == []


def test_a_copy_under_way_is_deleted_once_it_has_arrived(ansible, cloud):
    played = ansible.play(tasks=[copy_task(wait=False), copy_task(state="absent", progress_interval=1)])

    begun, deleted = played.results
    assert (begun["action"], deleted["action"]) == ("submitted", "deleted")
    assert len(cloud.copies()) == 1
    assert "ubuntu-22.04-web" not in [raw["name"] for raw in cloud.images("cn-south-1")]


def test_a_protected_replica_fails_the_task_in_words(ansible, cloud):
    ansible.play(tasks=[copy_task()])
    replica = cloud.image("ubuntu-22.04-web", "cn-south-1")["id"]
    cloud.patch_image(replica, protected=True)

    refused = ansible.play(tasks=[copy_task(state="absent")])

    assert (refused.status, refused.result["error"]["stage"]) == (2, "plan")
    assert replica in refused.result["msg"]
    assert "IMG.0091" in refused.result["msg"]
    assert "Traceback" not in refused.output


def test_the_role_rolls_a_migration_back_by_its_report_after_a_check_that_shows_what_would_go(ansible, cloud):
    role = Role(ansible)
    given: dict[str, t.Any] = {"destinations": [SOUTH, EAST], "progress_interval": None}
    role.play(**given, images=images("ubuntu-22.04-web", "centos-7-legacy"))
    made = role.report()
    back = {**given, "images": [], "resume": made["results"], "state": "absent"}

    planned = role.play("--check", **back)
    plan = role.report()
    role.play(**back)
    done = role.report()

    replicas = {entry["image"]["id"] for entry in made["results"]}
    assert planned.status == 0
    assert {image["id"] for entry in plan["results"] for image in entry["removed"]} == replicas
    assert (done["counts"]["deleted"], done["changed"], done["finished"]) == (4, True, True)
    left = [raw["id"] for region in ("cn-south-1", "cn-east-3") for raw in cloud.images(region)]
    assert replicas.isdisjoint(left)
