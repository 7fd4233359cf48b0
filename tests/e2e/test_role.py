# SPDX-License-Identifier: GPL-3.0-or-later
"""The role ``image_migration``: what it copies, what it tells, how a run carries on, and who calls."""

from __future__ import annotations

import os
import signal

import pytest

from tests.e2e.commands import wait_until
from tests.e2e.progress_support import LEASES
from tests.e2e.role_support import EAST, SOUTH, Role, connection_of, ended, images, recap, shown

# Longer than any test takes, in the time of the cloud.
HOURS = 36000


@pytest.fixture
def role(ansible):
    return Role(ansible)


# -- what it copies --------------------------------------------------------------------------------------------------


def test_every_image_of_a_list_reaches_every_destination_and_a_second_run_changes_nothing(role, cloud):
    given = {
        "images": images("ubuntu-22.04-web", "centos-7-legacy"),
        "destinations": [SOUTH, EAST],
        "progress_interval": None,
    }

    outcome = role.play(**given, more=[role.task(**given)])

    first, second = role.reports()
    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)
    assert (first["changed"], first["finished"], first["counts"]["copied"]) == (True, True, 4)
    assert (second["changed"], second["counts"]["present"]) == (False, 4)
    assert role.report() == second
    assert len(cloud.copies()) == 4
    # What the first run has left is no mistake in the second.
    assert "is no variable of the role" not in outcome.errors + outcome.output


def test_the_whole_list_is_checked_before_the_first_copy_and_awx_gets_what_is_unfinished(role, cloud):
    role.ansible.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "true"

    outcome = role.play(images=images("ubuntu-22.04-web", "encrypted-vault", "no-such-image"))

    assert outcome.status == 2
    assert cloud.mutations() == []
    assert "encrypted-vault" in ended(outcome)
    assert "no-such-image" in ended(outcome)
    assert [entry["status"] for entry in role.report()["results"]] == ["not_started", "failed", "failed"]
    stats = outcome.output.partition("CUSTOM STATS")[2]
    assert "image_migration_counts" in stats
    assert "encrypted-vault" in stats.partition("image_migration_unfinished")[2]


def test_a_run_that_cannot_list_its_copies_hands_on_what_it_was_to_carry_on_from(role, cloud):
    role.ansible.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "true"
    place = {"destination_region": "cn-south-1", "destination_project_name": "cn-south-1"}
    asked = {"image_name": "ubuntu-22.04-web", "options": {}, "shared_options": {}, "attempts": 1}
    under_way = {**place, **asked, "status": "in_progress", "job": {"id": "ff8080820000000000000000000000aa"}}
    cloud.fault(operation="ListImages", do="respond", status=403, times=None)

    outcome = role.play(resume=[under_way, {**under_way, "status": "copied", "job": None}])

    assert outcome.status == 2
    stats = outcome.output.partition("CUSTOM STATS")[2]
    assert stats.partition("image_migration_unfinished")[2].count('"attempts": 1') == 1, stats
    assert "ff8080820000000000000000000000aa" in stats


def test_a_run_that_is_cut_short_fails_if_that_is_asked_for_and_the_next_one_carries_on(role, cloud):
    role.ansible.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "true"
    cloud.switch(copy_base_seconds=36000)
    wanted = {"images": images("ubuntu-22.04-web"), "ledger": "host"}

    green = role.play(**wanted, run_for=1)
    red = role.play(**wanted, run_for=1, fail_when_unfinished="yes")

    assert (green.status, red.status) == (0, 2)
    assert "This run is over, and the next one carries on. The report is" in ended(red)
    plan = role.play("--check", **wanted, fail_when_unfinished=True)
    assert plan.status == 0
    cloud.advance(72000)
    last = role.play(**wanted, fail_when_unfinished=True)
    assert last.status == 0
    assert len(cloud.copies()) == 1
    (replica,) = [image for image in cloud.images("cn-south-1") if image["name"] == "ubuntu-22.04-web"]
    assert replica["id"] in last.output.partition("CUSTOM STATS")[2].partition("image_migration_replicas")[2]


def test_what_cannot_be_copied_may_be_left_out(role, cloud):
    wanted = images("ubuntu-22.04-web", "encrypted-vault")

    outcome = role.play(images=wanted, on_preflight_failure="skip", progress_interval=1)

    assert outcome.status == 0
    assert f"2 copies: 1 copied, 1 skipped. The report is {role.report_dir}/report.html" in outcome.output
    assert [entry["status"] for entry in role.report()["results"]] == ["copied", "skipped"]
    assert "Left out" in role.page()
    assert [line for line in shown(outcome) if "is left out" in line and "encrypted-vault" in line]


# -- what it tells ---------------------------------------------------------------------------------------------------


def test_a_copy_that_fails_fails_the_play_at_the_end_by_name_and_does_not_hide_the_others(role, cloud):
    cloud.outcome(
        name="centos-7-legacy", status="FAIL", error_code="IMG.0151", fail_reason="the agency may not", times=9
    )

    outcome = role.play(images=images("ubuntu-22.04-web", "centos-7-legacy"), progress_interval=1)

    assert outcome.status == 2
    assert recap(outcome)["failed"] == 1
    (failed,) = [line for line in shown(outcome) if "FAILED" in line]
    assert "the agency may not" in failed
    assert "FAILED!" in outcome.output.partition("Copy the images")[2].partition("TASK")[0]
    text = ended(outcome)
    assert 'images[1] ("centos-7-legacy") to cn-south-1' in text
    assert "IMG.0151" in text and "the agency may not" in text
    assert str(role.report_dir / "report.html") in text
    assert [entry["status"] for entry in role.report()["results"]] == ["copied", "failed"]
    assert role.report()["failed"] is True
    assert "One copy failed" in role.page() and "the agency may not" in role.page()


def test_the_results_are_published_even_when_images_failed(role, cloud):
    rescued = {
        "name": "Migrate, whatever comes of it",
        "block": [
            role.task(images=images("ubuntu-22.04-web", "encrypted-vault"), on_copy_failure="stop", report_dir="")
        ],
        "rescue": [{"name": "Show", "ansible.builtin.debug": {"msg": "{{ image_migration_counts }}"}}],
    }

    outcome = role.ansible.play(
        tasks=[{"name": "Nothing yet", "ansible.builtin.meta": "noop"}], play={"pre_tasks": [rescued]}
    )

    # The red copy is rescued by the role, so that it can go on to the report, and the role by the play.
    assert recap(outcome)["rescued"] == 2
    assert '"failed": 1' in outcome.output


def test_a_wrong_key_fails_the_play_and_is_in_the_report(role, cloud):
    role.ansible.environment["HW_SECRET_KEY"] = "WrongSecretKeyThatIsFake"
    role.ansible.secrets.add("WrongSecretKeyThatIsFake")

    outcome = role.play(images=images("ubuntu-22.04-web"))

    assert outcome.status == 2
    assert role.report()["error"]["stage"] == "authenticate"
    assert role.report()["msg"][:40] in ended(outcome)
    assert "One copy failed" in role.page() or "The migration failed" in role.page()


def test_a_module_that_is_killed_fails_the_play_and_its_last_word_is_in_the_report(role, cloud):
    cloud.outcome(name="ubuntu-22.04-web", seconds=HOURS)
    running = role.ansible.start(tasks=[role.task(images=images("ubuntu-22.04-web"), progress_interval=1)])

    wait_until(lambda: "under way" in running.printed())
    (lease,) = role.ansible.folder.glob(LEASES)
    os.kill(int(lease.read_text()), signal.SIGKILL)
    outcome = role.ansible.finish(running)

    assert outcome.status == 2
    assert recap(outcome)["failed"] == 1
    assert (role.report()["failed"], role.report()["changed"]) == (True, True)
    assert "Run again: copies that are under way go on" in role.report()["msg"]
    assert len(cloud.copies()) == 1


# -- carrying on -----------------------------------------------------------------------------------------------------


def test_a_run_carries_on_from_the_report_of_an_earlier_one(role, cloud):
    cloud.outcome(name="data-disk-logs", seconds=HOURS)

    cut = role.play(images=images("data-disk-logs"), run_for=0.5)
    left = role.report()
    cloud.clear_journal()
    earlier = str(role.report_dir / "report.json")
    running = role.ansible.start(tasks=[role.task(resume_report=earlier, progress_interval=1)])
    # Now the run itself has taken it up, and not only the look before it.
    wait_until(lambda: "under way" in running.printed())
    cloud.advance(HOURS)
    carried = role.ansible.finish(running)

    assert (cut.status, left["finished"], left["counts"]["in_progress"]) == (0, False, 1)
    assert (carried.status, recap(carried)["changed"]) == (0, 0)
    assert role.report()["results"][0]["job"]["id"] == left["results"][0]["job"]["id"]
    assert (role.report()["finished"], role.report()["counts"]["copied"]) == (True, 1)
    assert cloud.copies() == []


# -- who calls -------------------------------------------------------------------------------------------------------


def test_the_connection_is_used_and_its_secrets_are_never_shown(role, cloud):
    role.ansible.call_as({})

    # That no secret is in what is printed or left is looked for after every run.
    outcome = role.play(
        "-vvvv", "--diff", images=images("ubuntu-22.04-web"), connection=connection_of(cloud), report_dir=""
    )

    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)


def test_the_secrets_of_a_connection_that_is_refused_are_not_shown_either(role, cloud):
    role.ansible.call_as({})

    outcome = role.play("-vvv", images=images("x"), connection={**connection_of(cloud), "max_retries": "few"})

    assert outcome.status == 2


def test_module_defaults_of_the_play_hold_unless_the_connection_says_otherwise(role, cloud):
    role.ansible.call_as({})
    defaults = {"group/huaweicloud.ims.ims": {**connection_of(cloud), "ims_endpoint": "http://127.0.0.1:9/{region}"}}

    outcome = role.play(
        images=images("ubuntu-22.04-web"),
        connection={"ims_endpoint": connection_of(cloud)["ims_endpoint"]},
        report_dir="",
        play={"module_defaults": defaults},
    )

    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)
