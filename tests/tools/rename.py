# SPDX-License-Identifier: GPL-3.0-or-later
"""`make rename TO=namespace.name`: a fork gives the collection its own name, in every file that the repository holds.

What the name is stands in ``galaxy.yml``. Addresses of the project, its authors, the name by which it calls itself to
the service and the folder of its notes are not the collection's name, and stay.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import subprocess
import sys

# Source: Galaxy, namespaces and names of collections.
NAME = re.compile(r"([a-z][a-z0-9_]+)\.([a-z][a-z0-9_]+)")


def rules(old: tuple[str, str], new: tuple[str, str]) -> list[tuple[re.Pattern[str], str]]:
    """Each way in which a name is written, and what it becomes."""
    namespace, name = map(re.escape, old)
    dotted, dashed, under = ".".join(new), "-".join(new), "/".join(new)
    return [
        (re.compile(rf"ansible_collections/{namespace}/{name}\b"), f"ansible_collections/{under}"),
        (re.compile(rf"ansible_collections/{namespace}(?![\w/])"), f"ansible_collections/{new[0]}"),
        (
            re.compile(rf'"ansible_collections" / "{namespace}" / "{name}"'),
            f'"ansible_collections" / "{new[0]}" / "{new[1]}"',
        ),
        (re.compile(rf"(?<=ansible_collections\.){namespace}\.{name}\b"), dotted),
        (re.compile(rf"(?<=\*\*/){namespace}/{name}\b"), under),
        (re.compile(rf"(?<=group/){namespace}\.{name}\b"), dotted),
        (re.compile(rf"(?<![\w./@-]){namespace}(\\?)\.{name}(?![\w-])"), rf"{new[0]}\1.{new[1]}"),
        (re.compile(rf"(?<![\w@-]){namespace}-{name}-(?=[$*\w])"), f"{dashed}-"),
    ]


def renamed(text: str, old: tuple[str, str], new: tuple[str, str]) -> str:
    for pattern, replacement in rules(old, new):
        text = pattern.sub(replacement, text)
    return text


def renamed_metadata(text: str, new: tuple[str, str]) -> str:
    """``galaxy.yml``, where the name is in two halves."""
    for field, value in zip(("namespace", "name"), new):
        text = re.sub(rf"(?m)^{field}: .*$", f"{field}: {value}", text)
    return text


def current(root: pathlib.Path) -> tuple[str, str]:
    text = (root / "galaxy.yml").read_text(encoding="utf-8")
    namespace, name = (re.findall(rf"(?m)^{field}: (\S+)$", text)[0] for field in ("namespace", "name"))
    return namespace, name


def rename(root: pathlib.Path, new: tuple[str, str]) -> list[str]:
    """Change the files; those that were changed, from the root on."""
    old = current(root)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True).stdout
    changed = []
    for told in filter(None, listed.split("\0")):
        path = root / told
        # This one and its test tell of names.
        if path.is_symlink() or path.name in ("rename.py", "test_rename.py"):
            continue
        try:
            before = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        after = renamed(before, old, new)
        after = renamed_metadata(after, new) if told == "galaxy.yml" else after
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed.append(told)
    return changed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("to")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path())
    arguments = parser.parse_args()
    found = NAME.fullmatch(arguments.to)
    if found is None:
        print(f'TO=namespace.name says the new name, and is "{arguments.to}"', file=sys.stderr)
        return 1
    changed = rename(arguments.root, (found[1], found[2]))
    print(f"{len(changed)} files are those of {arguments.to} now. Addresses and authors in galaxy.yml are left to you.")
    print("`make pictures` shows the new name in README and guides as well.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
