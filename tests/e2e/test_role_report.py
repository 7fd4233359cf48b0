# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of the role ``image_migration``: where it is, who may read it, and what it is in check mode."""

from __future__ import annotations

import json
import stat

import pytest

from tests.e2e.role_support import Role, ended, images, recap

TEMPLATE = "<i>{{ lookup('ansible.builtin.pipe', 'echo run') }}</i>"


@pytest.fixture
def role(ansible):
    return Role(ansible)


def test_a_report_that_cannot_be_written_fails_the_play_and_hides_nothing(role, cloud):
    (role.report_dir.parent / "file").write_text("no folder")

    outcome = role.play(images=images("ubuntu-22.04-web"), report_dir=str(role.report_dir.parent / "file" / "report"))

    assert outcome.status == 2
    assert "1 copy: copied. The report could not be written to" in ended(outcome)


def test_without_a_folder_there_is_no_report(role, cloud):
    outcome = role.play(images=images("ubuntu-22.04-web"), report_dir="")

    assert outcome.status == 0
    assert "report" not in outcome.output.partition("Show how it ended")[2].partition("TASK")[0]
    assert list(role.ansible.folder.rglob("report.html")) == []


def test_the_report_stands_below_the_current_folder_and_the_name_of_an_image_is_text_in_it(role, cloud):
    image = cloud.image("centos-7-legacy")["id"]
    cloud.patch_image(image, name=TEMPLATE)

    role.play("--diff", images=[{"image_id": image, "name": "plain"}], report_dir=None)

    (page,) = role.ansible.folder.rglob("report.html")
    assert page.parent.name == "image_migration_report"
    assert page.parent.parent.parent == role.ansible.folder
    report = json.loads(page.with_name("report.json").read_text())
    assert report["results"][0]["source_image"]["name"] == TEMPLATE
    assert "&lt;i&gt;{{ lookup(&#x27;ansible.builtin.pipe&#x27;" in page.read_text()
    assert "<i>" not in page.read_text()


def test_the_report_is_written_on_the_controller_for_its_owner_whatever_the_inventory_says(role, cloud, tmp_path):
    python = "ansible_python_interpreter={{ ansible_playbook_python }}"
    inventory = tmp_path / "inventory.ini"
    inventory.write_text(
        f'worker ansible_connection=local "{python}"\nlocalhost ansible_connection=ssh ansible_host=0.0.0.0\n'
    )

    outcome = role.play("-i", str(inventory), images=images("ubuntu-22.04-web"), play={"hosts": "worker"})

    assert recap(outcome, "worker")["changed"] == 1
    assert role.report()["counts"]["copied"] == 1
    files = list(role.report_dir.iterdir())
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600] * 4
    assert stat.S_IMODE(role.report_dir.stat().st_mode) == 0o700
    assert role.report().keys() == {
        "version", "generated_at", "check_mode", "source_region", "destinations", "changed", "failed", "finished",
        "waited", "counts", "results", "msg", "error",
    }  # fmt: skip
    assert (role.report()["version"], role.report()["error"]) == (1, None)


def test_a_run_that_fails_early_leaves_the_report_that_it_was_to_carry_on_from(role, cloud):
    role.play(images=images("ubuntu-22.04-web"))
    before = (role.report_dir / "report.json").read_bytes()
    role.ansible.call_as({})

    outcome = role.play(resume_report=str(role.report_dir / "report.json"))

    assert outcome.status == 2
    assert (role.report_dir / "report.json").read_bytes() == before
    (failed,) = [path for path in role.report_dir.glob("report-*.json") if path.read_bytes() != before]
    assert "no credentials" in json.loads(failed.read_text())["msg"]
    assert f"The report is {failed.with_suffix('.html')}" in ended(outcome)


# -- the plan --------------------------------------------------------------------------------------------------------


def test_check_mode_publishes_the_plan_lists_it_and_leaves_nothing_but_its_report(role, cloud):
    made = cloud.image("ubuntu-22.04-web")
    origin = f"image,cn-north-4,{made['id']}"
    cloud.add_image("cn-south-1", **{name: made[name] for name in ("name", "__image_size")}, __data_origin=origin)
    wanted = images("ubuntu-22.04-web", "debian-12-db", "encrypted-vault")
    show = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ image_migration_results }}"}}

    outcome = role.play("--check", images=wanted, on_preflight_failure="skip", more=[show])

    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)
    assert cloud.mutations() == []
    left = {path.name.partition("-")[0] for path in role.report_dir.iterdir()}
    assert left == {"report", "report.html", "report.json"}
    assert not role.ansible.state.exists()
    assert [(entry["status"], entry["action"]) for entry in outcome.results[-1]["msg"]] == [
        ("present", "none"), ("not_started", "submitted"), ("skipped", "none"),
    ]  # fmt: skip
    assert role.report()["check_mode"] is True
    assert "Plan of an image migration: cn-north-4" in role.page()
    for outcome_in_words in ("Would be copied", "Would be left out", "Present"):
        assert outcome_in_words in role.page()
    listed = ended(outcome).partition("Show the plan")[2].partition("TASK")[0]
    assert 'Would be copied: "debian-12-db" to cn-south-1, ' in listed
    assert 'Would be left out: "encrypted-vault" to cn-south-1: ' in listed
    assert "Present: 1 of 3" in listed
    assert f"The plan is {role.report_dir}/report.html" in ended(outcome)


def test_a_plan_leaves_the_report_of_copies_that_are_under_way(role, cloud):
    """Where nothing else remembers them, whoever carries on from it would have them copied again."""
    cloud.switch(replica_visible="late", replica_delay=1_000_000)
    cloud.outcome(name="debian-12-db", status="SUCCESS", seconds=100_000)
    wanted = {"images": images("debian-12-db"), "ledger": "none"}
    role.play(**wanted, run_for=1)

    plan = role.play("--check", **wanted)
    role.play(resume_report=str(role.report_dir / "report.json"), ledger="none", run_for=1)

    assert "The plan is " in ended(plan)
    assert f"The plan is {role.report_dir}/report.html" not in ended(plan)
    assert [entry["status"] for entry in role.report()["results"]] == ["in_progress"]
    assert len(cloud.copies()) == 1


def test_a_plan_that_would_fail_fails_says_why_and_is_written(role, cloud):
    outcome = role.play("--check", images=images("ubuntu-22.04-web", "encrypted-vault"))

    assert outcome.status == 2
    assert 'Would fail: "encrypted-vault" to cn-south-1: image ' in ended(outcome)
    assert "One copy would fail" in role.page()


# -- the template ----------------------------------------------------------------------------------------------------


def test_the_page_may_be_made_from_a_template_of_ones_own_in_a_folder_that_keeps_its_mode(role, cloud, tmp_path):
    role.report_dir.mkdir(mode=0o755)
    template = tmp_path / "own.html.j2"
    template.write_text(
        "{% for copy in view.rows %}{{ copy.outcome }} {{ copy.place }}{% endfor %} {{ report.version }}"
    )

    outcome = role.play(images=images("ubuntu-22.04-web"), report_template=str(template))

    assert outcome.status == 0
    assert role.page() == "Copied cn-south-1 1"
    assert stat.S_IMODE(role.report_dir.stat().st_mode) == 0o755


def test_a_template_that_is_not_there_fails_the_play_and_hides_nothing(role, cloud):
    outcome = role.play(images=images("ubuntu-22.04-web"), report_template="no-such.j2")

    assert outcome.status == 2
    assert "1 copy: copied. The report could not be written to" in ended(outcome) and "no-such.j2" in ended(outcome)
