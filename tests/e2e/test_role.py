# SPDX-License-Identifier: GPL-3.0-or-later
"""The role ``image_migration`` and the playbook ``migrate``: what they copy, what they tell, and what they leave."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import stat

import pytest

from tests.e2e.commands import wait_until
from tests.e2e.role_support import EAST, SOUTH, Role, ended, images, recap, write

TEMPLATE = "{{ lookup('ansible.builtin.pipe', 'echo run') }}"

# Longer than any test takes, in the time of the cloud.
HOURS = 36000


@pytest.fixture
def role(ansible):
    return Role(ansible)


# -- what it copies --------------------------------------------------------------------------------------------------


def test_every_image_of_a_list_reaches_every_destination_and_a_second_run_changes_nothing(role, cloud):
    given = {"images": images("ubuntu-22.04-web", "centos-7-legacy"), "destinations": [SOUTH, EAST]}

    first = role.play(**given)
    report = role.report()
    second = role.play(**given)

    assert (first.status, recap(first)["changed"]) == (0, 1)
    assert (second.status, recap(second)["changed"]) == (0, 0)
    assert (report["changed"], report["finished"], report["counts"]["copied"]) == (True, True, 4)
    assert role.report()["counts"]["present"] == 4
    assert len(cloud.copies()) == 4


def test_a_query_selects_the_images(role, cloud):
    outcome = role.play(query="[?tags.env=='prod']", name_template="{name}-from-{source_region}", max_concurrent=1)

    assert outcome.status == 0
    assert sorted(raw["name"] for raw in cloud.images("cn-south-1") if "-from-" in raw["name"]) == [
        "debian-12-db-from-cn-north-4",
        "ubuntu-22.04-web-from-cn-north-4",
    ]


def test_the_whole_list_is_checked_before_the_first_copy(role, cloud):
    outcome = role.play(images=images("ubuntu-22.04-web", "encrypted-vault", "no-such-image"))

    assert outcome.status == 2
    assert cloud.mutations() == []
    assert "encrypted-vault" in ended(outcome)
    assert "no-such-image" in ended(outcome)
    assert [entry["status"] for entry in role.report()["results"]] == ["not_started", "failed", "failed"]


def test_what_cannot_be_copied_may_be_left_out(role, cloud):
    outcome = role.play(images=images("ubuntu-22.04-web", "encrypted-vault"), on_preflight_failure="skip")

    assert outcome.status == 0
    assert f"2 copies: 1 copied, 1 skipped. The report is {role.report_dir}/report.html" in outcome.output
    assert [entry["status"] for entry in role.report()["results"]] == ["copied", "skipped"]
    assert "Left out" in role.page()


def test_check_mode_publishes_the_plan_and_leaves_nothing_behind(role, cloud):
    show = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ image_migration_results }}"}}

    outcome = role.play("--check", images=images("ubuntu-22.04-web"), more=[show])

    assert outcome.status == 0
    assert cloud.mutations() == []
    assert not role.report_dir.exists()
    (planned,) = outcome.results[-1]["msg"]
    assert (planned["status"], planned["action"]) == ("not_started", "submitted")


# -- what it tells ---------------------------------------------------------------------------------------------------


def test_a_copy_that_fails_fails_the_play_at_the_end_by_name_and_does_not_hide_the_others(role, cloud):
    cloud.outcome(
        name="centos-7-legacy", status="FAIL", error_code="IMG.0151", fail_reason="the agency may not", times=9
    )

    outcome = role.play(images=images("ubuntu-22.04-web", "centos-7-legacy"))

    assert outcome.status == 2
    assert recap(outcome)["failed"] == 1
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
        "block": [role.task(images=images("ubuntu-22.04-web", "encrypted-vault"), on_copy_failure="stop")],
        "rescue": [{"name": "Show", "ansible.builtin.debug": {"msg": "{{ image_migration_counts }}"}}],
    }

    outcome = role.ansible.play(
        tasks=[{"name": "Nothing yet", "ansible.builtin.meta": "noop"}], play={"pre_tasks": [rescued]}
    )

    assert recap(outcome)["rescued"] == 1
    assert '"failed": 1' in outcome.output


def test_awx_gets_the_counts_and_what_is_unfinished_as_artifacts(role, cloud):
    role.ansible.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "true"

    outcome = role.play(images=images("ubuntu-22.04-web", "encrypted-vault"))

    stats = outcome.output.partition("CUSTOM STATS")[2]
    assert "image_migration_counts" in stats
    assert "encrypted-vault" in stats.partition("image_migration_unfinished")[2]


def test_a_wrong_key_fails_the_play_and_is_in_the_report(role, cloud):
    role.ansible.environment["HW_SECRET_KEY"] = "WrongSecretKeyThatIsFake"
    role.ansible.secrets.add("WrongSecretKeyThatIsFake")

    outcome = role.play(images=images("ubuntu-22.04-web"))

    assert outcome.status == 2
    assert role.report()["error"]["stage"] == "authenticate"
    assert role.report()["msg"][:40] in ended(outcome)
    assert "One copy failed" in role.page() or "The migration failed" in role.page()


def test_a_library_that_is_missing_fails_the_play(role, cloud, tmp_path):
    (tmp_path / "requests.py").write_text("raise ImportError")
    role.ansible.environment["PYTHONPATH"] = str(tmp_path)

    outcome = role.play(images=images("ubuntu-22.04-web"))

    assert outcome.status == 2
    assert "requests" in role.report()["msg"]
    assert role.report()["failed"] is True


def killed(running, what):
    """Kills those of a run's processes that are called so; tells whether there were any."""
    found = []
    for pid in running.family():
        with contextlib.suppress(OSError):
            if what in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                found.append(pid)
    return found


def test_a_module_that_is_killed_fails_the_play_and_its_last_word_is_in_the_report(role, cloud):
    cloud.outcome(name="ubuntu-22.04-web", seconds=HOURS)
    running = role.ansible.start(tasks=[role.task(images=images("ubuntu-22.04-web"), progress_interval=1)])

    wait_until(lambda: "under way" in running.output())
    # Between two turns there is no module to be killed.
    wait_until(lambda: killed(running, b"AnsiballZ_ims_image_migration"))
    outcome = role.ansible.finish(running)

    assert outcome.status == 2
    assert recap(outcome)["failed"] == 1
    assert [entry["status"] for entry in role.report()["results"]] == ["in_progress"]


def test_the_report_is_for_its_owner_and_documents_its_version(role, cloud):
    role.play(images=images("ubuntu-22.04-web"))

    for name in ("report.json", "report.html"):
        assert stat.S_IMODE((role.report_dir / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(role.report_dir.stat().st_mode) == 0o700
    assert role.report().keys() == {
        "version", "generated_at", "source_region", "destinations", "changed", "failed", "finished", "waited", "counts",
        "results", "msg", "error",
    }  # fmt: skip
    assert (role.report()["version"], role.report()["error"]) == (1, None)


def test_a_report_that_cannot_be_written_fails_the_play_and_hides_nothing(role, cloud):
    (role.report_dir.parent / "file").write_text("no folder")

    outcome = role.play(images=images("ubuntu-22.04-web"), report_dir=str(role.report_dir.parent / "file" / "report"))

    assert outcome.status == 2
    assert "1 copies: 1 copied. The report could not be written to" in ended(outcome)


def test_a_folder_that_is_there_keeps_its_mode(role, cloud):
    role.report_dir.mkdir(mode=0o755)

    role.play(images=images("ubuntu-22.04-web"))

    assert stat.S_IMODE(role.report_dir.stat().st_mode) == 0o755


def test_without_a_folder_there_is_no_report(role, cloud):
    outcome = role.play(images=images("ubuntu-22.04-web"), report_dir="")

    assert outcome.status == 0
    assert "report" not in outcome.output.partition("Show how it ended")[2].partition("TASK")[0]
    assert list(role.ansible.folder.rglob("report.html")) == []


def test_the_report_stands_by_itself_below_the_current_folder(role, cloud):
    role.play(images=images("ubuntu-22.04-web"), report_dir=None)

    (page,) = role.ansible.folder.rglob("report.html")
    assert page.parent.name == "image_migration_report"
    assert page.parent.parent.parent == role.ansible.folder


def test_the_name_of_an_image_is_text_and_no_template(role, cloud):
    image = cloud.image("centos-7-legacy")["id"]
    cloud.patch_image(image, name=TEMPLATE)

    role.play("--diff", images=[{"image_id": image, "name": "plain"}])

    assert role.report()["results"][0]["source_image"]["name"] == TEMPLATE
    assert "{{ lookup(&#x27;ansible.builtin.pipe&#x27;" in role.page()


def test_the_report_is_written_on_the_controller_whatever_the_inventory_says_of_it(role, cloud, tmp_path):
    python = "ansible_python_interpreter={{ ansible_playbook_python }}"
    inventory = tmp_path / "inventory.ini"
    inventory.write_text(
        f'worker ansible_connection=local "{python}"\nlocalhost ansible_connection=ssh ansible_host=0.0.0.0\n'
    )

    outcome = role.play("-i", str(inventory), images=images("ubuntu-22.04-web"), play={"hosts": "worker"})

    assert recap(outcome, "worker")["changed"] == 1
    assert role.report()["counts"]["copied"] == 1


# -- carrying on -----------------------------------------------------------------------------------------------------


def test_a_run_carries_on_from_the_report_of_an_earlier_one(role, cloud):
    cloud.outcome(name="data-disk-logs", seconds=HOURS)

    cut = role.play(images=images("data-disk-logs"), run_for=0.5)
    left = role.report()
    cloud.clear_journal()
    running = role.ansible.start(tasks=[role.task(resume_report=str(role.report_dir / "report.json"))])
    wait_until(lambda: [entry for entry in cloud.journal() if entry["operation"].startswith("ShowJob")])
    cloud.advance(HOURS)
    carried = role.ansible.finish(running)

    assert (cut.status, left["finished"], left["counts"]["in_progress"]) == (0, False, 1)
    assert (carried.status, recap(carried)["changed"]) == (0, 0)
    assert role.report()["results"][0]["job"]["id"] == left["results"][0]["job"]["id"]
    assert (role.report()["finished"], role.report()["counts"]["copied"]) == (True, 1)
    assert cloud.copies() == []


def test_a_report_that_is_not_there_is_an_error_that_names_it(role, cloud):
    outcome = role.play(images=images("ubuntu-22.04-web"), resume_report="no-such-report.json")

    assert outcome.status == 2
    assert "no-such-report.json" in ended(outcome)
    assert cloud.mutations() == []


# -- what it refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"source_region": None}, "image_migration_source_region"),
        ({"destinations": None}, "image_migration_destinations"),
        ({"destinations": [{"region": "cn-south-1"}]}, "agency_name"),
        ({"destinations": [{**SOUTH, "projct": "x"}]}, "projct"),
        ({"images": [{"image_nam": "ubuntu-22.04-web"}]}, "image_nam"),
        ({"images": [{"image_name": "x", "skip_checks": ["quoat"]}]}, "quoat"),
        ({"order": "smallest_first"}, "smallest_first"),
        ({"max_attempts": "many"}, "many"),
        ({"connection": {"acess_key": "x"}}, "acess_key"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_bad_input_is_refused_before_anything_is_asked_for(role, cloud, wrong, word):
    outcome = role.play(**{"images": images("ubuntu-22.04-web"), **wrong})

    assert outcome.status == 2
    assert "Validation of arguments failed" in outcome.output + outcome.errors
    assert word in ended(outcome)
    assert cloud.journal() == []
    assert not role.report_dir.exists()


# -- who calls -------------------------------------------------------------------------------------------------------


def connection_of(cloud):
    """The cloud's operator as options, and no environment."""
    variables = cloud.env()
    return {
        "access_key": variables["HW_ACCESS_KEY"],
        "secret_key": variables["HW_SECRET_KEY"],
        "iam_endpoint": variables["HW_AUTH_URL"],
        "ims_endpoint": variables["HW_IMS_ENDPOINT"],
    }


def test_the_connection_is_used_and_its_secrets_are_never_shown(role, cloud):
    role.ansible.call_as({})

    # That no secret is in what is printed or left is looked for after every run.
    outcome = role.play("-vvvv", "--diff", images=images("ubuntu-22.04-web"), connection=connection_of(cloud))

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
        play={"module_defaults": defaults},
    )

    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)


# -- the playbook ----------------------------------------------------------------------------------------------------


def test_the_playbook_runs_from_a_file_of_variables_alone(role, cloud, tmp_path):
    given = write(
        tmp_path / "migration.json", role.variables(images=images("ubuntu-22.04-web"), destinations=[SOUTH, EAST])
    )

    outcome = role.playbook("-e", f"@{given}")

    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)
    assert role.report()["counts"]["copied"] == 2


@pytest.mark.parametrize(
    ("some", "places"),
    [
        (json.dumps(images("ubuntu-22.04-web")), json.dumps([SOUTH])),
        ("- image_name: ubuntu-22.04-web\n", "- region: cn-south-1\n  agency_name: ims_copy_image\n"),
    ],
    ids=["JSON", "YAML"],
)
def test_the_answers_of_a_survey_may_be_strings_and_left_empty(role, cloud, tmp_path, some, places):
    answers = role.variables(images=some, destinations=places, max_concurrent="2", query="", order="", run_for="")

    outcome = role.playbook("-e", f"@{write(tmp_path / 'answers.json', answers)}")

    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)
    assert role.report()["destinations"] == ["cn-south-1"]


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"images": "ubuntu-22.04-web"}, "image_migration_images"),
        ({"images": '[{"image_nam": "x"}]'}, "image_nam"),
        ({"destinations": "- region: cn-south-1"}, "agency_name"),
        ({"destinations": ""}, "image_migration_destinations"),
        ({"max_concurrent": "many"}, "many"),
    ],
)
def test_answers_that_cannot_be_right_are_refused_before_anything_is_asked_for(role, cloud, tmp_path, wrong, word):
    answers = role.variables(**{"images": json.dumps(images("ubuntu-22.04-web")), **wrong})

    outcome = role.playbook("-e", f"@{write(tmp_path / 'answers.json', answers)}")

    assert outcome.status == 2
    assert word in ended(outcome)
    assert cloud.journal() == []
