# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of each module says is what the module takes, and what is said twice is said alike."""

from __future__ import annotations

import importlib
import json
import pathlib
import re
import runpy
import sys
import typing as t

import pytest
import yaml

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import credentials
from tests.module_args import patch_module_args
from tests.unit.documented import COLLECTION, MODULES, documentation

DOCS = pathlib.Path(__file__).parents[2] / "docs"
# What a task may have besides its module.
KEYWORDS = {"name", "register", "when", "loop", "vars", "until", "retries", "delay", "delegate_to", "async", "poll"}
# How the documentation and an argument spec call what an option is like, and what it is when nothing is said.
TRAITS = {"type": "str", "required": False, "default": None, "choices": None, "elements": None, "aliases": None}

Options = t.Mapping[str, t.Mapping[str, t.Any]]


def spec_of(module: str) -> Options:
    imported = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{module}")
    return t.cast("Options", imported.argument_spec())


def options_of(module: str) -> Options:
    return t.cast("Options", documentation()[module]["doc"]["options"])


def flat(options: Options, below: str, prefix: str = "") -> dict[str, dict[str, t.Any]]:
    """The traits of every option, those of suboptions by names such as ``images[].name``."""
    found = {}
    for name, option in options.items():
        found[prefix + name] = {trait: option.get(trait) or usual for trait, usual in TRAITS.items()}
        found[prefix + name]["default"] = option.get("default")
        found.update(flat(option.get(below) or {}, below, f"{prefix}{name}[]."))
    return found


def fallbacks(options: Options) -> t.Iterator[tuple[str, str]]:
    """Each option with an environment variable that stands in for it."""
    for name, option in options.items():
        yield from ((name, variable) for variable in (option.get("fallback") or [None, []])[1])
        yield from ((name, variable) for variable in credentials.ENVIRONMENT.get(name, ()))


def examples_of(module: str) -> list[dict[str, t.Any]]:
    return t.cast("list[dict[str, t.Any]]", yaml.safe_load(documentation()[module]["examples"]))


@pytest.mark.parametrize("module", MODULES)
def test_the_options_are_those_of_the_argument_spec(module):
    assert flat(options_of(module), "suboptions") == flat(spec_of(module), "options")


@pytest.mark.parametrize("module", MODULES)
def test_every_environment_variable_is_named_with_its_option(module):
    options = options_of(module)

    unnamed = [
        (option, variable)
        for option, variable in fallbacks(spec_of(module))
        if f"E({variable})" not in " ".join(options[option]["description"])
    ]

    assert unnamed == []


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_are_named_tasks_with_full_module_names(module):
    for task in examples_of(module):
        (action,) = task.keys() - KEYWORDS
        assert task["name"][0].isupper()
        assert action.count(".") == 2
    assert any(f"{COLLECTION}.{module}" in task for task in examples_of(module))


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_use_options_that_exist(module):
    for task in examples_of(module):
        for action, arguments in task.items():
            if action.startswith(f"{COLLECTION}."):
                known = options_of(action.rpartition(".")[2])
                assert list(unknown(arguments, known)) == []
                assert [name for name, option in known.items() if required(option) and name not in arguments] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_is_started_as_ansible_does_it_answers(module, monkeypatch, capsys):
    name = f"ansible_collections.{COLLECTION}.plugins.modules.{module}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    with patch_module_args({"_ansible_remote_tmp": "/tmp"}), pytest.raises(SystemExit):
        runpy.run_module(name, run_name="__main__")
    assert json.loads(capsys.readouterr().out)["failed"] is True


def unknown(arguments: t.Mapping[str, t.Any], options: Options) -> t.Iterator[str]:
    for name, value in arguments.items():
        if name not in options:
            yield name
        elif options[name].get("suboptions"):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    yield from (f"{name}[].{inner}" for inner in unknown(item, options[name]["suboptions"]))


def required(option: t.Mapping[str, t.Any]) -> bool:
    return bool(option.get("required"))


def test_what_the_guide_promises_is_what_how_it_works_promises():
    guide = (DOCS / "docsite" / "rst" / "promises.rst").read_text(encoding="utf-8")
    rows = re.findall(r"^   \* - (.+)\n     - (.+)\n     - (.+)$", guide, re.M)[1:]
    page = (DOCS / "how_it_works.md").read_text(encoding="utf-8").partition("What is promised:")[2]
    whole = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:1] == "|"]

    assert rows != []
    for when, host, cloud in rows:
        (found,) = [row for row in whole if row[0].startswith(when.replace("``", "`"))]
        assert found[1:3] == [host, cloud], when
