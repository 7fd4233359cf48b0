# SPDX-License-Identifier: GPL-3.0-or-later
"""Lays the collection awx.awx in .build/awx, from the package on the index that has it: Galaxy is not always there."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from tests.tools.alone import alone

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT / ".build" / "awx"
# Ansible 12 belongs to ansible-core 2.19, and has awx.awx 24.6.1.
PACKAGE = "ansible==12.3.0"
INSIDE = "ansible_collections/awx/awx/"


def main() -> None:
    with alone(COLLECTIONS):
        if not (COLLECTIONS / INSIDE).is_dir():
            _lay()


def _lay() -> None:
    with tempfile.TemporaryDirectory(dir=COLLECTIONS.parent) as folder:
        download = ("-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python", "--only-binary=:all:")
        subprocess.run([sys.executable, *download, "--dest", folder, PACKAGE], check=True)
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        whole = pathlib.Path(folder) / "whole"
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(whole, [name for name in packed.namelist() if name.startswith(INSIDE)])
        # Whole or not at all, whenever this is stopped.
        shutil.rmtree(COLLECTIONS, ignore_errors=True)
        whole.rename(COLLECTIONS)


if __name__ == "__main__":
    main()
