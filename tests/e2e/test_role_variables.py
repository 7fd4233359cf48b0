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
    ("wrong", "words"),
    [
        ({"images": "ubuntu-22.04-web"}, ["image_migration_images must be a list", "and is text"]),
        ({"images": "[{"}, ["image_migration_images is neither YAML nor JSON"]),
        ({"images": '[{"image_nam": "x"}]'}, ["image_migration_images[0]: unknown image_nam"]),
        ({"destinations": "- region: cn-south-1"}, ["image_migration_destinations[0]", "agency_name"]),
        ({"destinations": ""}, ["image_migration_destinations is required"]),
        ({"max_concurrent": "many"}, ["image_migration_max_concurrent must be a whole number"]),
        (
            {"images": "[", "order": "x", "source_region": ""},
            ["_images is", "_order must", "_region is required"],
        ),
        ({"connection": "[1]"}, ["image_migration_connection must be a dictionary"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_answers_that_cannot_be_right_are_refused_in_a_sentence_each(role, cloud, tmp_path, wrong, words):
    answers = role.variables(**{"images": json.dumps(images("ubuntu-22.04-web")), **wrong})

    outcome = role.playbook("-e", f"@{write(tmp_path / 'answers.json', answers)}")

    assert outcome.status == 2
    assert [word for word in words if word not in ended(outcome)] == []
    assert "argument_spec_data" not in outcome.output
    assert len(ended(outcome)) < 1500
    assert cloud.journal() == []


def test_a_connection_may_be_a_string_too(role, cloud, tmp_path):
    given = json.dumps(connection_of(cloud))
    role.ansible.call_as({})
    answers = role.variables(images=json.dumps(images("ubuntu-22.04-web")), connection=given)
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
        images=images("ubuntu-22.04-web"), play={"vars": {"image_migration_report_folder": "x"}},
    )  # fmt: skip

    said = " ".join((outcome.errors + outcome.output).split())
    assert outcome.status == 0
    assert "image_migration_max_attempt is no variable of the role" in said
    assert "Did you mean image_migration_max_attempts?" in said
    assert "Did you mean image_migration_order?" in said
    assert "image_migration_report_folder is no variable of the role" in said


def test_what_an_earlier_run_of_the_role_left_is_no_mistake(role, cloud):
    again = role.task(images=images("ubuntu-22.04-web"))

    outcome = role.play(images=images("ubuntu-22.04-web"), more=[again])

    assert outcome.status == 0
    assert "is no variable of the role" not in outcome.errors + outcome.output
