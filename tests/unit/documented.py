# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules say of themselves, as ``ansible-doc`` shows it: fragments are merged in."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import subprocess
import sys
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils import _errors

COLLECTION = "huaweicloud.ims"
# .../ansible_collections/huaweicloud/ims/plugins/module_utils/_errors.py, in the tree that the tests import from.
PLUGINS = pathlib.Path(_errors.__file__).parents[1]
TREE = PLUGINS.parents[3]
# The others are documentation of action plugins alone.
MODULES = sorted(file.stem for file in (PLUGINS / "modules").glob("*.py") if "def main(" in file.read_text("utf-8"))

Doc = dict[str, t.Any]


@functools.lru_cache(maxsize=None)
def documentation() -> dict[str, Doc]:
    """``doc``, ``examples`` and ``return`` of every module, by its short name."""
    shown = ansible_doc(TREE, "--type", "module", "--json", *(f"{COLLECTION}.{name}" for name in MODULES))
    return {name.rpartition(".")[2]: doc for name, doc in json.loads(shown).items()}


def ansible_doc(collections: pathlib.Path, *arguments: str) -> str:
    """What ``ansible-doc`` tells of the collections in a folder."""
    shown = subprocess.run(
        # Before 2.19 core has no "python -m ansible doc", and a tool that brings Ansible along may have no ansible-doc.
        [sys.executable, "-c", "from ansible.cli.doc import main; main()", *arguments],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return shown.stdout


def waiting_briefly() -> Doc:
    """``module_defaults`` with which modules that wait look ten times a second."""
    waiting = [name for name in MODULES if "wait_interval" in documentation()[name]["doc"]["options"]]
    return {f"{COLLECTION}.{name}": {"wait_interval": 0.1} for name in waiting}
