# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a command prints while it runs, and notes when each line came."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import selectors
import signal
import subprocess
import threading
import typing as t

from tests.e2e.commands import BIN, COPY, PATIENCE, Ansible, Result, usual
from tests.emulator.testing import Emulator

MIGRATION = "huaweicloud.ims.ims_image_migration"
SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
REPORT = re.compile(r"^\[ims\] (?:\d+:)?\d+:\d\d ")


# Where the leases of a controller lie, below its folder.
LEASES = "home/.ansible/tmp/ansible-local-*/ims-*/" + "[0-9a-f]" * 8
# Longer than anybody waits, in seconds of the cloud: such a copy ends when a test has the cloud's time jump over it.
LONG = 1e9


class Watched(t.NamedTuple):
    """What a command printed, line by line with the name of its stream, and its exit status."""

    lines: list[tuple[str, str]]
    status: int

    @property
    def printed(self) -> str:
        return "\n".join(line for _stream, line in self.lines)

    @property
    def output(self) -> str:
        return "\n".join(line for stream, line in self.lines if stream != "errors")

    @property
    def reports(self) -> list[str]:
        return [line for _stream, line in self.lines if REPORT.match(line)]


def watch(
    ansible: Ansible,
    command: t.Sequence[str],
    folder: pathlib.Path,
    *,
    terminal: bool = False,
    during: t.Callable[[str], None] = lambda line: None,
) -> Watched:
    """Run a command at pipes or at a terminal; ``during`` hears of each line as it comes."""
    streams = {"terminal": os.openpty()} if terminal else {"output": os.pipe(), "errors": os.pipe()}
    writers = [writer for _reader, writer in streams.values()]
    process = subprocess.Popen(
        [str(BIN / command[0]), *command[1:]],
        cwd=folder,
        env=ansible.environment,
        stdin=subprocess.DEVNULL,
        stdout=writers[0],
        stderr=writers[-1],
        start_new_session=True,
    )
    for writer in writers:
        os.close(writer)
    # A command that hangs is to fail, and not to hang the suite.
    guard = threading.Timer(PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
    guard.start()
    lines: list[tuple[str, str]] = []
    with selectors.DefaultSelector() as selector:
        rests = dict.fromkeys(streams, b"")
        for name, (reader, _writer) in streams.items():
            selector.register(reader, selectors.EVENT_READ, name)
        while selector.get_map():
            for key, _events in selector.select():
                chunk = b""
                # A terminal that nobody writes to any more is an error to its reader.
                with contextlib.suppress(OSError):
                    chunk = os.read(key.fd, 65536)
                if not chunk:
                    selector.unregister(key.fd)
                    os.close(key.fd)
                *whole, rests[key.data] = (rests[key.data] + chunk).split(b"\n")
                for line in whole:
                    lines.append((key.data, line.decode().rstrip("\r")))
                    during(lines[-1][1])
    status = process.wait(PATIENCE)
    guard.cancel()
    return Watched(lines, status)


def once(seen: t.Callable[[str], object], then: t.Callable[[], object]) -> t.Callable[[str], None]:
    """For ``during``: what happens when the first line comes of which ``seen`` is true."""
    over: list[str] = []

    def hear(line: str) -> None:
        if not over and seen(line):
            over.append(line)
            then()

    return hear


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


def lasting(cloud: Emulator, *names: str, seconds: float = LONG / 240) -> None:
    """The next copies of these images take so many real seconds, in a cloud whose time runs 240 times as fast."""
    for name in names:
        cloud.outcome(name=name, status="SUCCESS", seconds=240 * seconds)


def begun(cloud):
    return [copy for copy in cloud.copies() if copy["took_effect"]]


WEB, LEGACY = "ubuntu-22.04-web", "centos-7-legacy"
