# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pythons of this machine: those on PATH, and those of a version manager by their real folders.

``python pythons.py`` prints a PATH on which each of them is found by its version.
"""

from __future__ import annotations

import os
import pathlib
import re
import subprocess

NAME = re.compile(r"python(3\.\d+)")
# Whether it runs, and can make an environment.
ASKED = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"


def folders(path: str) -> list[pathlib.Path]:
    """Where to look. A shim of a version manager may refuse to run, so the versions that it stands for are asked."""
    found: list[pathlib.Path] = []
    for folder in (pathlib.Path(name) for name in path.split(os.pathsep) if name):
        versions = folder.parent / "versions"
        found += sorted(versions.glob("*/bin")) if folder.name == "shims" and versions.is_dir() else [folder]
    return list(dict.fromkeys(found))


def here(path: str) -> dict[str, pathlib.Path]:
    """The first Python of each version, such as "3.11", that runs."""
    found: dict[str, pathlib.Path] = {}
    for folder in folders(path):
        for file in sorted(folder.glob("python3.*")):
            name = NAME.fullmatch(file.name)
            if name is not None and name[1] not in found and _runs(file, name[1]):
                found[name[1]] = file
    return found


def by_version(version: str) -> tuple[int, ...]:
    """For sorting: 3.9 comes before 3.10."""
    return tuple(int(number) for number in version.split("."))


def _runs(file: pathlib.Path, version: str) -> bool:
    asked = subprocess.run([str(file), "-c", ASKED], capture_output=True, text=True, check=False)
    return asked.returncode == 0 and asked.stdout.strip() == version


if __name__ == "__main__":
    print(os.pathsep.join(str(folder) for folder in folders(os.environ.get("PATH", ""))))
