# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the guides, played as it stands: playbooks, tasks, and lines that somebody types."""

from __future__ import annotations

import pathlib
import re
import shlex
import typing as t

import pytest
import yaml

from tests.e2e.commands import BIN
from tests.emulator import seed
from tests.unit.documented import waiting_briefly

GUIDES = sorted((pathlib.Path(__file__).parents[2] / "docs" / "docsite" / "rst").glob("*.rst"))
BLOCK = re.compile(r"^\.\. code-block:: (\S+)\n\n((?: {4}.*\n|\n)+)", re.M)
# What a vault holds, and whose key each is.
VAULT = {
    "vault_huaweicloud_access_key": seed.OPERATOR_KEY.access,
    "vault_huaweicloud_secret_key": seed.OPERATOR_KEY.secret,
    "vault_operations_access_key": seed.VISITOR_KEY.access,
    "vault_operations_secret_key": seed.VISITOR_KEY.secret,
}


def blocks(guide: pathlib.Path) -> list[tuple[str, str]]:
    """The language and the lines of each example."""
    found = BLOCK.findall(guide.read_text(encoding="utf-8"))
    return [(language, re.sub("^ {4}", "", text, flags=re.M)) for language, text in found]


def tasks_played(ansible: t.Any, text: str) -> t.Any:
    """A playbook of one play, or a list of tasks."""
    loaded = yaml.safe_load(text)
    play = dict(loaded[0]) if "hosts" in loaded[0] else {"tasks": loaded}
    play["module_defaults"] = {**waiting_briefly(), **play.get("module_defaults", {})}
    play["vars"] = {**VAULT, **play.get("vars", {})}
    tasks = play.pop("tasks")
    return ansible.play(play=play, tasks=tasks)


def typed(ansible: t.Any, line: str) -> t.Any:
    program, *arguments = shlex.split(line)
    running = ansible._start([str(BIN / program), *arguments], ansible._folder())
    return running.finish()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_the_examples_of_a_guide_run(ansible, cloud, guide):
    cloud.switch(copy_base_seconds=20, copy_seconds_per_gib=0.5)
    for language, text in blocks(guide):
        if language == "console":
            for line in text.split("\n"):
                status, output, errors = typed(ansible, line) if line else (0, "", "")
                assert (line, status) == (line, 0), output + errors
        elif language == "yaml+jinja":
            outcome = tasks_played(ansible, text)
            failed = [result.get("msg") for result in outcome.results if result.get("failed")]
            assert (outcome.status, failed) == (0, []), text


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_nothing_that_can_be_played_is_left_out(guide):
    found = blocks(guide)
    assert len(found) == guide.read_text(encoding="utf-8").count("code-block::")
    assert {language for language, dummy in found} <= {"yaml+jinja", "console", "text"}
    plain = [text for language, text in found if language == "text"]
    assert [text for text in plain if re.search(r"^(- name:|ansible)", text, re.M)] == []


def test_every_guide_is_in_the_contents():
    told = yaml.safe_load((GUIDES[0].parents[1] / "extra-docs.yml").read_text())
    assert sorted(name for section in told["sections"] for name in section["toctree"]) == [one.stem for one in GUIDES]
