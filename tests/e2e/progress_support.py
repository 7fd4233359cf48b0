# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a command prints while it runs, and notes when each line came."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import typing as t

from tests.e2e.commands import BIN, COPY, PATIENCE, Ansible, Result, usual
from tests.emulator.testing import Emulator

MIGRATION = "huaweicloud.ims.ims_image_migration"
SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
REPORT = re.compile(r"^\[ims\] (?:\d+:)?\d+:\d\d ")


class Watched(t.NamedTuple):
    """What a command printed to standard output, line by line with its moment, and the rest of what it left."""

    lines: list[tuple[float, str]]
    errors: str
    status: int
    began: float
    ended: float

    @property
    def output(self) -> str:
        return "\n".join(line for _moment, line in self.lines)

    @property
    def reports(self) -> list[tuple[float, str]]:
        return [(moment, line) for moment, line in self.lines if REPORT.match(line)]

    @property
    def longest_silence(self) -> float:
        moments = [moment for moment, _line in self.lines]
        return max(later - earlier for earlier, later in zip(moments, [*moments[1:], self.ended]))


def watch(
    ansible: Ansible,
    command: t.Sequence[str],
    folder: pathlib.Path,
    *,
    terminal: bool = False,
    during: t.Callable[[str], None] = lambda line: None,
) -> Watched:
    """Run a command at a pipe or at a terminal; ``during`` hears of each line as it comes."""
    reader, writer = os.openpty() if terminal else os.pipe()
    began = time.monotonic()
    with (folder / "watched.err").open("wb") as errors:
        process = subprocess.Popen(
            [str(BIN / command[0]), *command[1:]],
            cwd=folder,
            env={**ansible.environment, "PYTHONUNBUFFERED": ""},
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=writer if terminal else errors,
            start_new_session=True,
        )
    os.close(writer)
    # A command that hangs is to fail, and not to hang the suite.
    guard = threading.Timer(PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
    guard.start()
    lines = []
    # A terminal that nobody writes to any more is an error to its reader.
    with os.fdopen(reader, "rb", buffering=0) as stream, contextlib.suppress(OSError):
        rest = b""
        while chunk := stream.read(65536):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                lines.append((time.monotonic(), line.decode().rstrip("\r")))
                during(lines[-1][1])
    status = process.wait(PATIENCE)
    guard.cancel()
    return Watched(lines, (folder / "watched.err").read_text(), status, began, time.monotonic())


def playbook(folder: pathlib.Path, *tasks: Result, **play: t.Any) -> str:
    """A playbook of these tasks, whose last result is written to ``result.json``."""
    registered = [*tasks[:-1], {**tasks[-1], "register": "outcome"}]
    keep = {
        "name": "Keep the result",
        "ansible.builtin.copy": {"content": "{{ outcome | to_json }}", "dest": str(folder / "result.json")},
        "delegate_to": "localhost",
        "check_mode": False,
    }
    whole = {
        "hosts": "localhost",
        "gather_facts": False,
        **play,
        "tasks": [{"name": "Run", "block": registered, "always": [keep]}],
    }
    (folder / "play.yml").write_text(json.dumps([whole]))
    return "play.yml"


def result_in(folder: pathlib.Path) -> Result:
    result: Result = json.loads((folder / "result.json").read_text())
    return result


def migration(*names: str, **options: t.Any) -> Result:
    given = {
        "source_region": "cn-north-4",
        "images": [{"image_name": name} for name in names],
        "destinations": [SOUTH],
        "wait_interval": 0.1,
        "progress_interval": 1,
        **options,
    }
    return {"name": "Copy the images", MIGRATION: {key: value for key, value in given.items() if value is not None}}


def one_copy(**options: t.Any) -> Result:
    return {"name": "Copy the image", COPY: usual({"progress_interval": 1, **options})}


def lasting(cloud: Emulator, *names: str, seconds: float) -> None:
    """The next copies of these images take so many real seconds, in a cloud whose time runs 240 times as fast."""
    for name in names:
        cloud.outcome(name=name, status="SUCCESS", seconds=240 * seconds)


def begun(cloud):
    return [copy for copy in cloud.copies() if copy["took_effect"]]


WEB, LEGACY = "ubuntu-22.04-web", "centos-7-legacy"
TASKS = {"one": one_copy, "many": lambda **options: migration(WEB, **options)}
