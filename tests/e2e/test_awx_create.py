# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/awx/create.yml, played with the real awx.awx: it makes all that AWX needs, once."""

from __future__ import annotations

import json
import pathlib
import re
import tempfile
import typing as t

import pytest
import yaml

from tests.e2e import awx_stand_in
from tests.e2e.commands import BIN, Ansible
from tests.tools.awx_collection import COLLECTIONS

BUNDLE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "awx"
URL = "https://git.example.com/images.git"
KEYS = {"awx_access_key": "an-access-key-of-nobody", "awx_secret_key": "a-secret-key-of-nobody"}
WORKFLOW = "Migrate images in two parts"


class Played(t.NamedTuple):
    """What became of the playbook."""

    status: int
    recap: dict[str, str]
    printed: str


def create(awx, *flags, **variables):
    """Play it against this AWX."""
    with tempfile.TemporaryDirectory(prefix="ims-") as name:
        folder = pathlib.Path(name)
        where = {"CONTROLLER_HOST": awx.address, "CONTROLLER_OAUTH_TOKEN": awx_stand_in.TOKEN}
        ansible = Ansible(folder, {**where, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)})
        (folder / "given.json").write_text(json.dumps({"awx_project_url": URL, **KEYS, **variables}))
        command = [str(BIN / "ansible-playbook"), str(BUNDLE / "create.yml"), "-e", "@given.json", *flags]
        status, output, errors = ansible._start(command, folder).finish()
    recap = dict(re.findall(r"(\w+)=(\d+)", output.rpartition("PLAY RECAP")[2]))
    return Played(status, recap, output + errors)


@pytest.fixture(scope="module")
def first():
    """An AWX in which everything was made, to look at alone, and what became of the playbook."""
    with awx_stand_in.running() as awx:
        yield awx, create(awx, "-vvv")


@pytest.fixture
def made(first):
    """The AWX in which everything was made, to be looked at."""
    awx, played = first
    assert played.status == 0, played.printed
    return awx


@pytest.fixture
def another(made):
    """An AWX that is like it, to do with as one likes."""
    with awx_stand_in.running(made) as awx:
        yield awx


def loaded(name):
    return yaml.safe_load((BUNDLE / name).read_text(encoding="utf-8"))


def test_everything_is_made_as_the_files_of_the_bundle_say(made):
    kinds = loaded("credential_types.yml")
    assert [one["name"] for one in made.lists["credential_types"].values()] == [kind["name"] for kind in kinds]
    for kind in kinds:
        one = made.named("credential_types", kind["name"])
        assert (one["inputs"], one["injectors"]) == (kind["inputs"], kind["injectors"])
    assert json.loads(made.named("hosts", "localhost")["variables"]) == {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    project = made.named("projects", "Image migration")
    assert (project["scm_url"], project["scm_type"]) == (URL, "git")
    for name, kind in (("Migrate images", "run"), ("Check a migration of images", "check")):
        template = made.named("job_templates", name)
        assert (template["job_type"], template["playbook"], template["project"]) == (kind, "migrate.yml", project["id"])
        assert json.loads(template["extra_vars"]) == loaded("template.yml")
        assert (template["survey_enabled"], template["allow_simultaneous"]) == (True, False)
        assert made.surveys[template["id"]] == loaded("survey.yml")
        assert made.linked(template, "credentials") == ["Huawei Cloud"]


def test_the_workflow_carries_on_with_what_the_first_part_has_left(made):
    workflow = made.named("workflow_job_templates", WORKFLOW)
    assert json.loads(workflow["extra_vars"]) == {
        "image_migration_run_for": 6000,
        "image_migration_fail_when_unfinished": True,
    }
    assert made.surveys[workflow["id"]] == loaded("survey.yml")
    run = made.named("job_templates", "Migrate images")
    first, second = (made.named("workflow_job_template_nodes", f"{which} part") for which in ("first", "second"))
    assert {one["unified_job_template"] for one in (first, second)} == {run["id"]}
    assert (made.linked(first, "failure_nodes"), made.linked(second, "failure_nodes")) == (["second part"], [])
    assert made.linked(first, "success_nodes") + made.linked(first, "always_nodes") == []


def test_a_second_run_changes_nothing_and_neither_does_a_check(another):
    again, checked = create(another), create(another, "--check")

    assert [(one.status, one.recap["changed"]) for one in (again, checked)] == [(0, "0")] * 2, again.printed
    assert another.changes == []


def test_what_was_altered_by_hand_is_put_right(another):
    another.named("job_templates", "Migrate images")["job_type"] = "check"

    played = create(another)

    assert (played.status, played.recap["changed"], len(another.changes)) == (0, "1", 1), played.printed
    assert another.named("job_templates", "Migrate images")["job_type"] == "run"


def test_the_keys_of_the_credential_are_kept_and_shown_nowhere(first):
    awx, played = first
    assert awx.named("credentials", "Huawei Cloud")["inputs"]["secret_key"] == KEYS["awx_secret_key"]
    assert [value for value in KEYS.values() if value in played.printed] == []


def test_a_check_of_an_empty_awx_tells_what_would_be_made_first_and_makes_nothing():
    with awx_stand_in.running() as awx:
        played = create(awx, "--check")

        assert (played.status, awx.changes) == (0, []), played.printed
        assert "can only be checked once they are there" in played.printed


def test_without_keys_the_templates_have_no_credential_and_one_that_is_given_by_hand_stays(another):
    template = another.named("job_templates", "Migrate images")
    another.links[template["id"], "credentials"] = []
    by_hand = another.create("credentials", {"name": "by hand"})

    without = create(another, awx_access_key="", awx_secret_key="")
    another.links[template["id"], "credentials"] = [by_hand["id"]]
    again = create(another, awx_access_key="", awx_secret_key="")

    assert [(one.status, one.recap["changed"]) for one in (without, again)] == [(0, "0")] * 2, without.printed
    assert another.linked(template, "credentials") == ["by hand"]


def test_a_credential_that_is_there_is_taken_by_its_name(another):
    another.create("credentials", {"name": "of the team"})

    played = create(another, awx_access_key="", awx_secret_key="", awx_credential="of the team")

    assert played.status == 0, played.printed
    for name in ("Migrate images", "Check a migration of images"):
        assert another.linked(another.named("job_templates", name), "credentials") == ["of the team"]


def test_without_a_repository_nothing_is_made():
    with awx_stand_in.running() as awx:
        played = create(awx, awx_project_url="")

        assert played.status == 2
        assert "awx_project_url is required" in played.printed
        assert awx.changes == []
