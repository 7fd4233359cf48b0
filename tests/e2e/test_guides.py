# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the guides, of the READMEs, of the role's page and of filters and lookups, done as it stands."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.e2e.written import ROOT, YAML, Page, Reader, is_playable, lines_of
from tests.unit.documented import TREE, ansible_doc

GUIDES = sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))
READMES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "roles").glob("*/README.md"))]
PAGES = [*GUIDES, *READMES, *sorted((ROOT / "docs").glob("*.md"))]
OTHERS = [(kind, file.stem) for kind in ("filter", "lookup") for file in (ROOT / "plugins" / kind).glob("*.py")]
# What is only shown: what a command prints, a drawing, or a file for a program that is not here.
SHOWN = {"text", "mermaid"}
PLAIN_PLAY = re.compile(r"^(- name:|ansible)", re.M)


@pytest.fixture
def reader(ansible, cloud):
    cloud.switch(copy_base_seconds=20, copy_seconds_per_gib=0.5)
    return Reader(ansible)


def name_of(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_the_examples_of_a_page_run(reader, path):
    for language, text in Page(path).blocks():
        if language in YAML:
            status, printed = reader.play(text)
            assert status == 0, text + printed
        elif language == "console":
            for line in lines_of(text):
                status, printed = reader.type(line)
                assert (line, status) == (line, 0), printed


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_that_can_be_played_is_left_out(path):
    page = Page(path)
    found = page.blocks()
    assert len(found) == page.marked()
    assert {language for language, dummy in found} <= {*YAML, "console", *SHOWN}
    plain = [text for language, text in found if language in SHOWN]
    assert [text for text in plain if PLAIN_PLAY.search(text)] == []
    # A guide says of each block whether it is an example of its own, or a file that goes with one.
    whole = [text for language, text in found if language == "yaml+jinja"]
    assert [text for text in whole if not is_playable(yaml.safe_load(text))] == []


def test_the_examples_of_the_role_run(reader):
    name = "huaweicloud.ims.image_migration"
    told = json.loads(ansible_doc(TREE, "--type", "role", "--json", name))
    for play in yaml.safe_load(told[name]["entry_points"]["main"]["examples"]):
        status, printed = reader.play(yaml.safe_dump([play]))
        assert status == 0, printed


@pytest.mark.parametrize(("kind", "name"), sorted(OTHERS))
def test_the_examples_of_a_filter_and_of_a_lookup_run(reader, kind, name):
    told = json.loads(ansible_doc(TREE, "--type", kind, "--json", f"huaweicloud.ims.{name}"))
    examples = told[f"huaweicloud.ims.{name}"]["examples"]
    # A comment holds what is a file of its own.
    for file, lines in re.findall(r"^# (templates/\S+):\n((?:#   .*\n)+)", examples, re.M):
        (reader.folder / file).parent.mkdir()
        (reader.folder / file).write_text(re.sub(r"^#   ", "", lines, flags=re.M))

    status, printed = reader.play(examples)

    assert status == 0, printed


def test_every_guide_is_in_the_contents():
    told = yaml.safe_load((GUIDES[0].parents[1] / "extra-docs.yml").read_text())
    assert sorted(name for section in told["sections"] for name in section["toctree"]) == [one.stem for one in GUIDES]
