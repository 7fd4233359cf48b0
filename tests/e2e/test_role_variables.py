# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the role ``image_migration`` and of the playbook ``migrate``: as lists, as strings, and wrong."""

from __future__ import annotations

import json

import pytest

from tests.e2e.role_support import EAST, SOUTH, Role, connection_of, ended, images, recap, write


@pytest.fixture
def role(ansible):
    return Role(ansible)


# -- what it refuses -------------------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_refused_before_anything_is_asked_for(role, cloud):
    outcome = role.play(
        source_region=None,
        images=[{"image_nam": "ubuntu-22.04-web"}, {"image_name": "x", "skip_checks": ["quoat"]}],
        destinations=[{"region": "cn-south-1"}, {**SOUTH, "projct": "x"}],
        order="smallest_first",
        max_attempts="many",
        connection={"acess_key": "x"},
    )

    assert outcome.status == 2
    assert "Validation of arguments failed" in outcome.output + outcome.errors
    words = ("source_region", "image_nam", "quoat", "agency_name", "projct", "smallest_first", "many", "acess_key")
    assert [word for word in words if word not in ended(outcome)] == []
    assert cloud.journal() == []
    assert not role.report_dir.exists()


# -- the playbook ----------------------------------------------------------------------------------------------------


def test_the_playbook_runs_from_a_file_of_variables_alone(role, cloud, tmp_path):
    variables = role.variables(
        query="[?tags.env=='prod']",
        name_template="{name}-from-{source_region}",
        max_concurrent=1,
        destinations=[SOUTH, EAST],
    )

    outcome = role.playbook("-e", f"@{write(tmp_path / 'migration.json', variables)}")

    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)
    assert role.report()["counts"]["copied"] == 4
    assert sorted(raw["name"] for raw in cloud.images("cn-south-1") if "-from-" in raw["name"]) == [
        "debian-12-db-from-cn-north-4",
        "ubuntu-22.04-web-from-cn-north-4",
    ]


def test_the_answers_of_a_survey_may_be_strings_and_left_empty(role, cloud, tmp_path):
    some, places = json.dumps(images("ubuntu-22.04-web")), "- region: cn-south-1\n  agency_name: ims_copy_image\n"
    answers = role.variables(images=some, destinations=places, max_concurrent="2", query="", order="", run_for="")

    outcome = role.playbook("-e", f"@{write(tmp_path / 'answers.json', answers)}")

    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)
    assert role.report()["destinations"] == ["cn-south-1"]


def test_answers_that_cannot_be_right_are_refused_in_a_sentence_each(role, cloud, tmp_path):
    answers = role.variables(
        images="[{",
        destinations="- region: cn-south-1",
        max_concurrent="many",
        connection="[1]",
        order="x",
        source_region="",
    )

    outcome = role.playbook("-e", f"@{write(tmp_path / 'answers.json', answers)}")

    assert outcome.status == 2
    sentences = (
        "image_migration_images is neither YAML nor JSON", "image_migration_destinations[0]", "agency_name",
        "image_migration_max_concurrent must be a whole number", "image_migration_connection must be a dictionary",
        "_order must", "image_migration_source_region is required",
    )  # fmt: skip
    assert [sentence for sentence in sentences if sentence not in ended(outcome)] == []
    assert "argument_spec_data" not in outcome.output
    assert len(ended(outcome)) < 1800
    assert cloud.journal() == []


def test_a_connection_may_be_a_string_too(role, cloud, tmp_path):
    given = json.dumps(connection_of(cloud))
    role.ansible.call_as({})
    answers = role.variables(images=json.dumps(images("ubuntu-22.04-web")), connection=given, report_dir="")
    # It holds the secrets, and is not what the run left.
    outside = write(tmp_path / "answers.json", answers)

    outcome = role.playbook("-vvv", "-e", f"@{outside}")

    assert (outcome.status, recap(outcome)["changed"]) == (0, 1)


# -- what it warns of --------------------------------------------------------------------------------------------------


def test_a_misspelt_variable_is_named_in_a_warning_wherever_it_was_set(role, cloud, tmp_path):
    inventory = tmp_path / "inventory.ini"
    inventory.write_text(
        'localhost ansible_connection=local ansible_python_interpreter="{{ ansible_playbook_python }}"'
        " image_migration_max_attempt=2\n"
    )

    outcome = role.play(
        "-i", str(inventory), "-e", "image_migration_ordr=as_listed",
        images=images("ubuntu-22.04-web"), report_dir="", play={"vars": {"image_migration_report_folder": "x"}},
    )  # fmt: skip

    said = " ".join((outcome.errors + outcome.output).split())
    assert outcome.status == 0
    assert "image_migration_max_attempt is no variable of the role" in said
    assert "Did you mean image_migration_max_attempts?" in said
    assert "Did you mean image_migration_order?" in said
    assert "image_migration_report_folder is no variable of the role" in said
