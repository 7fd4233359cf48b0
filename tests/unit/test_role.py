# SPDX-License-Identifier: GPL-3.0-or-later
"""The role asks for what the module takes: its argument spec is a copy, and this holds the copy to the original."""

from __future__ import annotations

import copy
import pathlib
import typing as t

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import connection_spec
from ansible_collections.huaweicloud.ims.plugins.modules.ims_image_migration import argument_spec
from ansible_collections.huaweicloud.ims.plugins.plugin_utils import _variables as variables

ROLE = pathlib.Path(__file__).resolve().parents[2] / "roles" / "image_migration"
OPTIONS: dict[str, t.Any] = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))[
    "argument_specs"
]["main"]["options"]
PREFIX = "image_migration_"
# What the role adds to the module: the report, and the connection in one dict.
OWN = {"report_dir", "keep_reports", "fail_when_unfinished", "report_template", "resume_report", "connection"}
# What only whoever runs the module by other means than a task has any use for.
NOT_THE_ROLES = {"lease_file"}
SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
COPIED = ("type", "elements", "choices", "required", "default")

MODULE = {name: spec for name, spec in argument_spec().items() if name not in connection_spec()}
for _name in NOT_THE_ROLES:
    del MODULE[_name]


def essence(spec: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    kept = {key: spec[key] for key in COPIED if spec.get(key) is not None and (key != "required" or spec[key])}
    if "options" in spec:
        kept["options"] = {name: essence(option) for name, option in spec["options"].items()}
    return kept


def test_the_role_has_every_option_of_the_module_and_its_own() -> None:
    assert {name.removeprefix(PREFIX) for name in OPTIONS} == set(MODULE) | OWN


@pytest.mark.parametrize("name", sorted(MODULE))
def test_an_option_of_the_role_is_that_of_the_module_down_to_its_items(name: str) -> None:
    assert essence(OPTIONS[PREFIX + name]) == essence(MODULE[name])


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
        ({"max_attempts": "many"}, "image_migration_max_attempts"),
        ({"connection": {"acess_key": "x"}}, "acess_key"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_right_is_refused_by_name(wrong: dict[str, t.Any], word: str) -> None:
    given = {"source_region": "cn-north-4", "destinations": [SOUTH], "images": [{"image_name": "web"}], **wrong}
    values = {PREFIX + name: value for name, value in given.items() if value is not None}

    (said,) = ArgumentSpecValidator(copy.deepcopy(OPTIONS)).validate(values).error_messages

    assert word in said


def test_defaults_of_the_module_are_told_and_left_to_it_and_those_of_the_role_are_the_ones_that_are_told() -> None:
    set_here = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert set_here == {PREFIX + name: OPTIONS[PREFIX + name]["default"] for name in OWN - {"resume_report"}}


def test_the_role_documents_each_variable_in_its_readme() -> None:
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in readme.splitlines() if line.startswith("| `"))
    assert [name for name in OPTIONS if f"`{name}`" not in table] == []


def test_the_variables_that_are_read_are_those_that_are_documented() -> None:
    assert {PREFIX + name for name in variables.specs()} == set(OPTIONS)
    assert set(variables.NOT_THE_ROLES) == NOT_THE_ROLES


def test_nothing_is_decided_by_a_text() -> None:
    """Success and failure are what the module says in ``failed`` and ``counts``; its messages are for people."""
    files = [*ROLE.rglob("*.yml"), *ROLE.rglob("*.j2"), *(ROLE.parents[1] / "playbooks").glob("*.yml")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert [word for word in ("regex", "is match", "is not match", "is search", "is regex") if word in text] == []
