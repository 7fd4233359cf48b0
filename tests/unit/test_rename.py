# SPDX-License-Identifier: GPL-3.0-or-later
"""`make rename`: the collection works under another name, and nothing of the old one is left where it counts."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from tests.tools.rename import current, rename, renamed
from tests.unit.documented import ansible_doc

ROOT = pathlib.Path(__file__).parents[2]
OLD, NEW = ("huaweicloud", "ims"), ("acme_cloud", "images")
# What is not the collection's name: addresses, people, what it calls itself to the service, the folder of its notes.
STAYS = re.compile(r"huaweicloud-ims/huaweicloud\.ims|~/\.ansible/huaweicloud\.ims|ansible-huaweicloud-ims")
RENAMERS = ("rename.py", "test_rename.py")


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """What git holds or would hold, in the place of a collection of the new name."""
    root = tmp_path_factory.mktemp("fork") / "ansible_collections" / NEW[0] / NEW[1]
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        told = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        told = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
    for name in filter(None, told):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    subprocess.run(["git", "add", "--all", "--force"], cwd=root, check=True)
    rename(root, NEW)
    return root


def texts(root: pathlib.Path) -> dict[str, str]:
    found = {}
    for path in root.rglob("*"):
        if path.is_file() and ".git" not in path.relative_to(root).parts and path.name not in RENAMERS:
            found[str(path.relative_to(root))] = path.read_text(encoding="utf-8", errors="replace")
    return found


def test_the_old_name_is_left_nowhere_but_in_what_is_no_name_of_the_collection(fork: pathlib.Path) -> None:
    assert current(fork) == NEW
    left = {
        name: found
        for name, text in texts(fork).items()
        for found in [re.findall(r"\S*huaweicloud[./-]ims\S*", STAYS.sub("", text).replace("@huaweicloud-ims", ""))]
        if found
    }
    assert left == {}


def test_ansible_finds_it_under_the_new_name(fork: pathlib.Path) -> None:
    told = ansible_doc(fork.parents[2], "acme_cloud.images.ims_image_info")
    # The fragments of the documentation have moved along.
    assert "auth_token" in told
    assert "acme_cloud.images" in told


def test_it_imports_itself_under_the_new_name(fork: pathlib.Path, tmp_path: pathlib.Path) -> None:
    program = "import ansible_collections.acme_cloud.images.plugins.modules.ims_image_migration as it; it.build"
    # The path that is there may be how Ansible is found.
    path = os.pathsep.join(filter(None, [str(fork.parents[2]), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, cwd=tmp_path)
    strange = [name for name, text in texts(fork).items() if "ansible_collections.huaweicloud" in text]
    assert strange == []


def test_back_under_its_old_name_it_is_what_it_was(fork: pathlib.Path) -> None:
    rename(fork, OLD)
    try:
        assert {
            name: text for name, text in texts(fork).items() if (ROOT / name).read_text(errors="replace") != text
        } == {}
    finally:
        rename(fork, NEW)


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/huaweicloud-ims/huaweicloud.ims",
        "The huaweicloud.imsx",
        "@huaweicloud-ims",
        "~/.ansible/huaweicloud.ims",
        "huaweicloudsdkims",
    ],
)
def test_what_is_no_name_of_the_collection_stays(text: str) -> None:
    assert renamed(text, OLD, NEW) == text


@pytest.mark.parametrize("name", ["", "acme", "Acme.images", "acme.images.more", "acme/images"])
def test_a_name_has_a_namespace_and_a_name(name: str, tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-m", "tests.tools.rename", name, "--root", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    assert f'TO=namespace.name says the new name, and is "{name}"' in done.stderr
