# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of a page, in reStructuredText or Markdown, done as its reader would: written to files, and typed."""

from __future__ import annotations

import pathlib
import re
import shlex
import typing as t

import yaml

from tests.e2e.commands import BIN, Ansible
from tests.emulator import seed
from tests.unit.documented import waiting_briefly

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCKS = {
    ".rst": re.compile(r"^\.\. code-block:: (\S+)\n\n((?: {4}.*\n|\n)+)", re.M),
    ".md": re.compile(r"^```(\S*)\n(.*?)^```$", re.M | re.S),
}
OPENINGS = {".rst": "code-block::", ".md": "\n```"}
YAML = ("yaml", "yaml+jinja")
# What is typed, and cannot be here: it installs from elsewhere, is one of the project's own doors, or needs an AWX
# (test_awx_create.py has one).
NOT_HERE = ("ansible-galaxy", "apt-get", "make", "pipx", "python3 -m pip", "ansible-playbook docs/awx/create.yml")
# What a vault holds, and whose key each is.
VAULT = {
    "vault_huaweicloud_access_key": seed.OPERATOR_KEY.access,
    "vault_huaweicloud_secret_key": seed.OPERATOR_KEY.secret,
    "vault_operations_access_key": seed.VISITOR_KEY.access,
    "vault_operations_secret_key": seed.VISITOR_KEY.secret,
}


class Page:
    """One page of the documentation."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")

    def blocks(self) -> list[tuple[str, str]]:
        """The language and the lines of each block, without what they are indented by in the text."""
        found = BLOCKS[self.path.suffix].findall(self.text)
        indented = self.path.suffix == ".rst"
        return [(language, re.sub("^ {4}", "", text, flags=re.M) if indented else text) for language, text in found]

    def marked(self) -> int:
        """How many blocks begin, well written or not."""
        count = self.text.count(OPENINGS[self.path.suffix])
        return count if self.path.suffix == ".rst" else count // 2


def is_playable(loaded: t.Any) -> bool:
    """A play, or tasks; and not the variables of one, or the items of a list."""
    return isinstance(loaded, list) and isinstance(loaded[0], dict) and (_is_play(loaded) or _is_tasks(loaded))


def _is_play(loaded: list[dict[str, t.Any]]) -> bool:
    return "hosts" in loaded[0]


def _is_tasks(loaded: list[dict[str, t.Any]]) -> bool:
    return any("." in word for word in loaded[0])


def lines_of(block: str) -> list[str]:
    """What is typed, one command each, without its comments."""
    lines = re.sub(r"\\\n\s*", "", block).split("\n")
    return [line for line in lines if shlex.split(line, comments=True)]


class Reader:
    """Somebody who does what a page says, one example after the other, in one folder."""

    def __init__(self, ansible: Ansible) -> None:
        self.ansible = ansible
        self.folder = ansible._folder()
        self.playbook = ""
        self.variables = (ROOT / "demo" / "migration.yml").read_text(encoding="utf-8")

    def keep(self, text: str) -> bool:
        """A playbook, tasks of one, or variables, to be named by a command that follows; whether it can be played."""
        loaded = yaml.safe_load(text)
        if not is_playable(loaded):
            if "image_migration_source_region" in loaded:
                self.variables = text
            return False
        plays = loaded if _is_play(loaded) else [{"hosts": "localhost", "gather_facts": False, "tasks": loaded}]
        for play in plays:
            play["module_defaults"] = {**waiting_briefly(), **play.get("module_defaults", {})}
            play["vars"] = {**VAULT, **play.get("vars", {})}
        self.playbook = yaml.safe_dump(plays, sort_keys=False)
        return True

    def play(self, text: str) -> tuple[int, str]:
        return self.type("ansible-playbook example.yml") if self.keep(text) else (0, "")

    def type(self, line: str) -> tuple[int, str]:
        """The exit status, and all that was printed."""
        program, *arguments = shlex.split(line, comments=True)
        if line.startswith(NOT_HERE):
            return 0, ""
        if program == "export":
            given = (word.split("=", 1) for word in arguments if not word.endswith("=..."))
            self.ansible.environment.update(dict(given))
            return 0, ""
        if program == "ansible-playbook" and "migration.yml" in line:
            arguments += ["-e", "image_migration_wait_interval=0.1"]
        named = [name.lstrip("@") for name in arguments if re.fullmatch(r"@?[a-z_]+\.yml", name)]
        for name in named:
            variables = f"@{name}" in arguments
            (self.folder / name).write_text(self.variables if variables else self.playbook, encoding="utf-8")
        try:
            status, output, errors = self.ansible._start([str(BIN / program), *arguments], self.folder).finish()
        finally:
            for name in named:
                (self.folder / name).unlink()
        return status, output + errors
