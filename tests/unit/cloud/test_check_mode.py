# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode sends nothing that could change anything, leaves nothing on this host, and answers in the same form."""

from __future__ import annotations

import pytest

from tests.emulator import seed_images as seeded

IMAGE = "ubuntu-22.04-web"


def nothing(cloud, copy, killed, clock):
    return {}


def finished(cloud, copy, killed, clock):
    copy()
    return {}


def finished_but_out_of_line(cloud, copy, killed, clock):
    copy()
    return {"description": "golden", "tags": {"env": "dr"}, "min_ram": 1024, "purge_tags": True}


def under_way(cloud, copy, killed, clock):
    copy(wait=False)
    return {}


def under_way_and_not_to_be_seen(cloud, copy, killed, clock):
    cloud.switch(replica_visible="late")
    copy(wait=False)
    return {}


def perhaps_under_way(cloud, copy, killed, clock):
    cloud.fault(operation="CopyImageCrossRegion", do="drop")
    assert killed(0)
    return {}


def named_by_its_job(cloud, copy, killed, clock):
    return {"job_id": copy(wait=False)["job"]["id"]}


def ended_job(cloud, copy, killed, clock):
    job = copy(wait=False)["job"]["id"]
    clock.advance(3600)
    return {"job_id": job, "tags": {"env": "dr"}}


def failed_before(cloud, copy, killed, clock):
    cloud.outcome(name=IMAGE, status="FAIL")
    copy()
    return {}


def failed_meanwhile(cloud, copy, killed, clock):
    cloud.outcome(name=IMAGE, status="FAIL")
    copy(wait=False)
    clock.advance(3600)
    return {}


def no_slot(cloud, copy, killed, clock):
    cloud.occupy_slots(5, 600)
    return {}


def blocked(cloud, copy, killed, clock):
    return {"name": "occupied-name"}


def against_every_rule(cloud, copy, killed, clock):
    return {"image_name": "broken-everything", "destination_region": "cn-north-4", "name": "a/b"}


def unlike_its_source(cloud, copy, killed, clock):
    cloud.outcome(name=IMAGE, replica={"__os_type": "Windows"})
    copy()
    return {}


def ended_and_not_to_be_seen(cloud, copy, killed, clock):
    cloud.switch(replica_visible="late", replica_delay=7200)
    copy(wait=False)
    clock.advance(3000)
    return {"confirm_timeout": 0}


SITUATIONS = {
    "nothing there": (nothing, (True, "submitted")),
    "finished": (finished, (False, "none")),
    "finished, to be changed": (finished_but_out_of_line, (True, "updated")),
    "under way": (under_way, (False, "waited")),
    "under way, hidden": (under_way_and_not_to_be_seen, (False, "waited")),
    "perhaps under way": (perhaps_under_way, (False, "waited")),
    "job": (named_by_its_job, (False, "waited")),
    "ended job": (ended_job, (True, "updated")),
    "failed before": (failed_before, (True, "submitted")),
    "failed meanwhile": (failed_meanwhile, (True, "submitted")),
    "no slot free": (no_slot, (True, "submitted")),
    "blocked": (blocked, None),
    "against every rule": (against_every_rule, None),
    "unlike its source": (unlike_its_source, None),
    "ended, hidden": (ended_and_not_to_be_seen, None),
}
KEYS = {"changed", "action", "image", "source_image", "job", "preflight", "waited"}


@pytest.fixture(params=list(SITUATIONS.values()), ids=list(SITUATIONS))
def situation(request, cloud, copy, killed, clock):
    prepare, foretold = request.param
    options = prepare(cloud, copy, killed, clock)
    cloud.clear_journal()
    return options, foretold


def test_check_mode_changes_nothing_and_says_what_would_be_done(cloud, copy, clock, situation, tmp_path):
    options, foretold = situation
    state = tmp_path / "state"
    remembered = {path.name: path.read_bytes() for path in state.iterdir()} if state.exists() else {}
    images = cloud.images()

    result = copy(check=True, diff=True, **options)

    assert cloud.mutations() == []
    assert clock.sleeps == [], "nothing is waited for"
    assert cloud.images() == images
    assert ({path.name: path.read_bytes() for path in state.iterdir()} if state.exists() else {}) == remembered
    assert result.get("failed", False) is (foretold is None)
    if foretold is not None:
        assert (result["changed"], result["action"]) == foretold
    assert result.keys() >= KEYS


def test_a_real_run_answers_in_the_same_form_as_check_mode(cloud, copy, situation):
    options, foretold = situation

    assert set(copy(check=True, diff=True, **options)) == set(copy(diff=True, **options))


@pytest.mark.parametrize("raw", list(seeded._OWN), ids=lambda raw: raw["id"][-2:])
def test_for_each_image_check_mode_foretells_whether_the_real_run_fails(cloud, copy, raw):
    options = {"image_id": raw["id"], "wait": False}

    foretold = copy(check=True, **options)
    assert cloud.mutations() == []
    made = copy(**options)

    assert foretold.get("failed", False) == made.get("failed", False)
    assert (foretold["changed"], foretold["action"]) == (made["changed"], made["action"])


def test_without_waiting_check_mode_foretells_that_nothing_is_waited_for(cloud, copy):
    copy(wait=False)

    assert copy(check=True, wait=False)["action"] == "none"


def test_the_message_speaks_of_what_would_be_done(cloud, copy):
    assert "would be copied to cn-south-1" in copy(check=True)["msg"]
    copy()
    assert "would be brought in line" in copy(check=True, description="golden")["msg"]
    assert "is present in cn-south-1" in copy(check=True)["msg"]


def test_a_plan_of_which_nothing_would_be_done_says_so_of_each_copy(cloud, migrate):
    images = [{"image_name": "ubuntu-22.04-web"}, {"image_name": "encrypted-vault"}]

    plan = migrate(check=True, images=images)

    assert [(entry["status"], entry["action"]) for entry in plan["results"]] == [
        ("not_started", "none"), ("failed", "none"),
    ]  # fmt: skip
    assert (plan["changed"], plan["failed"]) == (False, True)
