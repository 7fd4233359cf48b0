# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make release` refuses before it does anything."""

from __future__ import annotations

import pathlib
import shutil
import subprocess

import pytest

SCRIPT = pathlib.Path(__file__).parents[1] / "tools" / "release.sh"


def git(folder: pathlib.Path, *arguments: str) -> str:
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path: pathlib.Path) -> pathlib.Path:
    """A clean one, of version 1.2.3, with something new to tell."""
    tools, fragments = tmp_path / "tests" / "tools", tmp_path / "changelogs" / "fragments"
    tools.mkdir(parents=True)
    fragments.mkdir(parents=True)
    shutil.copy(SCRIPT, tools)
    (tmp_path / "galaxy.yml").write_text("name: ims\nversion: 1.2.3\n")
    (fragments / "new.yml").write_text("bugfixes: [something]\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    return tmp_path


def refusal(checkout: pathlib.Path, *arguments: str) -> str:
    before = git(checkout, "log", "--format=%H"), git(checkout, "status", "--porcelain")
    script = checkout / "tests" / "tools" / SCRIPT.name
    done = subprocess.run(["bash", str(script), *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert (git(checkout, "log", "--format=%H"), git(checkout, "status", "--porcelain")) == before
    return done.stderr


@pytest.mark.parametrize("version", ["", "1.2", "v1.2.3", "1.2.3-rc1"])
def test_a_version_has_three_numbers(checkout, version):
    assert f'VERSION=x.y.z says which, and is "{version}"' in refusal(checkout, version)


def test_it_is_the_one_of_galaxy_yml(checkout):
    assert "galaxy.yml has version 1.2.3" in refusal(checkout, "1.2.4")


def test_a_file_that_is_not_committed_is_part_of_no_release(checkout):
    (checkout / "notes.txt").write_text("mine")
    assert "there are changes that are not committed" in refusal(checkout, "1.2.3")


def test_nothing_is_released_twice(checkout):
    git(checkout, "tag", "1.2.3")
    assert "there is a tag 1.2.3" in refusal(checkout, "1.2.3")


def test_a_release_tells_what_is_new(checkout):
    git(checkout, "rm", "--quiet", "changelogs/fragments/new.yml")
    git(checkout, "commit", "--quiet", "--message", "y")
    assert "no fragment" in refusal(checkout, "1.2.3")
