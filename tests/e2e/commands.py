# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real ``ansible-playbook`` and ``ansible``, each time with a home, folders and an environment of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils import _errors
from tests import hunting
from tests.emulator.testing import Emulator

Result = dict[str, t.Any]

COPY = "huaweicloud.ims.ims_image_cross_region_copy"
# What a task says when a test does not say otherwise.
USUAL: Result = {
    "image_name": "ubuntu-22.04-web",
    "source_region": "cn-north-4",
    "destination_region": "cn-south-1",
    "agency_name": "ims_copy_image",
    "wait_interval": 0.1,
}
# What every result has, whatever became of the run, and what a failure has besides.
RESULT_KEYS = {"changed", "action", "image", "source_image", "job", "preflight", "waited", "msg"}
ERROR_KEYS = {"stage", "code", "http_status", "message", "request_id", "hint"}
# .../ansible_collections/huaweicloud/ims/plugins/module_utils/_errors.py, in the tree that the tests import from.
TREE = pathlib.Path(_errors.__file__).parents[5]
BIN = pathlib.Path(sys.executable).parent
# Nothing of the caller's own may reach a test.
FOREIGN = re.compile(r"(HW_|HUAWEICLOUD_|ANSIBLE_|PYTHONPATH$|.*_proxy$|REQUESTS_CA_BUNDLE$|CURL_CA_BUNDLE$)", re.I)
# The task that shows what the tasks before it registered.
RESULTS = "Results"
# Variables that say neither who calls nor where.
KEPT = ("HW_IMS_STATE_DIR", "HW_MAX_RETRIES")
# What tells the processes of one controller from all others.
MARK = "ANSIBLE_REMOTE_TMP"
# Long enough for two busy cores; a run that hangs is to fail, and not to hang the suite.
PATIENCE = 60.0


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a command left: its exit status, what it printed, and the results that its tasks registered."""

    status: int
    output: str
    errors: str
    results: list[Result]

    @property
    def result(self) -> Result:
        (result,) = self.results
        return result


class Running:
    """A command on its way."""

    def __init__(self, command: t.Sequence[str], folder: pathlib.Path, environment: t.Mapping[str, str]) -> None:
        self.folder = folder
        self._mark = f"{MARK}={environment[MARK]}".encode()
        # In files, so that a process which outlives the command cannot keep a pipe open.
        self._printed = (folder / "stdout", folder / "stderr")
        with self._printed[0].open("wb") as output, self._printed[1].open("wb") as errors:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )

    def family(self, jobs: bool = True) -> list[int]:
        """The command and every process that came of it, with ``jobs`` also modules that run as jobs of their own."""
        parents: dict[int, int] = {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        others = [pid for pid in parents if jobs and pid != self.process.pid and self._is_marked(pid)]
        family = [*([self.process.pid] if self.process.poll() is None else []), *others]
        for parent in family:
            family += [child for child, its_parent in parents.items() if its_parent == parent and child not in family]
        return family

    def over(self) -> bool:
        """Whether all has ended that came of it, in the background too, but for what only sleeps on after a job."""
        return all(b"async_wrapper" in _read(f"/proc/{pid}/cmdline") for pid in self.family())

    def _is_marked(self, pid: int) -> bool:
        """A job has no parent any more, but it has our environment."""
        return self._mark in _read(f"/proc/{pid}/environ")

    def kill(self, jobs: bool = True) -> None:
        """``kill -9`` of all of them. Workers and modules have sessions of their own, so a group would not do."""
        stopped: set[int] = set()
        # What stands still forks no more, so that nobody gets away.
        while family := set(self.family(jobs)) - stopped:
            self._signal(family, signal.SIGSTOP)
            stopped |= family
        self._signal(stopped, signal.SIGKILL)
        self.process.wait()

    def end(self, number: signal.Signals) -> None:
        """A signal to all of them, as whoever ends a container sends it; only ``kill -9`` is sure to reach them."""
        if number == signal.SIGKILL:
            self.kill()
        else:
            self._signal(self.family(), number)

    @staticmethod
    def _signal(pids: t.Iterable[int], number: signal.Signals) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def finish(self) -> tuple[int, str, str]:
        try:
            status = self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                self.kill()
        return status, self.output(), self._printed[1].read_text()

    def output(self) -> str:
        """What it has printed so far."""
        return self._printed[0].read_text()

    def printed(self) -> str:
        """The same, and what went to standard error."""
        return self.output() + self._printed[1].read_text()


class Ansible:
    """A controller with nothing on it but the collection; ``environment`` may be changed before a run."""

    def __init__(self, folder: pathlib.Path, variables: t.Mapping[str, str]) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.environment = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
        self.environment.update(
            HOME=str(folder / "home"),
            TMPDIR=str(folder / "tmp"),
            ANSIBLE_HOME=str(folder / "home" / ".ansible"),
            ANSIBLE_REMOTE_TMP=str(folder / "remote"),
            ANSIBLE_SYSTEM_TMPDIRS=str(folder / "shared"),
            ANSIBLE_ASYNC_DIR=str(folder / "async"),
            ANSIBLE_COLLECTIONS_PATH=str(TREE),
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
            ANSIBLE_NOCOLOR="true",
            PYTHONUNBUFFERED="",
            HW_IMS_STATE_DIR=str(self.state),
            HW_MAX_RETRIES="1",
        )
        self.environment.update(variables)
        self.secrets = hunting.all_secrets()
        self._runs = 0
        self._started: list[Running] = []
        for name in ("home", "tmp", "shared"):
            (folder / name).mkdir(parents=True)

    def close(self) -> None:
        for running in self._started:
            if running.process.poll() is None:
                running.kill()

    def command_lines(self) -> set[str]:
        """The arguments of all processes that came of any command of this controller, as anybody may read them."""
        mark, lines = f"{MARK}={self.environment[MARK]}".encode(), set()
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (process / "environ").read_bytes():
                    lines.add((process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        return lines

    def call_as(self, variables: t.Mapping[str, str]) -> None:
        """These variables, and none of those that said before who calls and where."""
        for name in [name for name in self.environment if name.startswith("HW_") and name not in KEPT]:
            del self.environment[name]
        self.environment.update(variables)

    def play(self, *flags: str, **what: t.Any) -> Outcome:
        """Play what :meth:`start` describes to its end."""
        return self.finish(self.start(*flags, **what))

    def start(
        self,
        *flags: str,
        tasks: t.Sequence[Result] | None = None,
        play: Result | None = None,
        **options: t.Any,
    ) -> Running:
        """A playbook of ``tasks``, or of the usual copy with ``options``; ``play`` holds more keywords of the play."""
        folder = self._folder()
        tasks = [copy_task(**options)] if tasks is None else list(tasks)
        # An example of the documentation keeps its own name for its result.
        registered = [{"register": f"result_{number}", **task} for number, task in enumerate(tasks)]
        names = ", ".join(f"{task['register']} | default(none)" for task in registered)
        show = {"name": RESULTS, "ansible.builtin.debug": {"msg": f"{{{{ [{names}] }}}}"}}
        whole = {
            "hosts": "localhost",
            "gather_facts": False,
            **(play or {}),
            "tasks": [{"name": "Run and show what comes of it", "block": registered, "always": [show]}],
        }
        (folder / "play.yml").write_text(json.dumps([whole]))
        return self._start([str(BIN / "ansible-playbook"), *flags, "play.yml"], folder)

    def finish(self, running: Running) -> Outcome:
        status, output, errors = running.finish()
        (running.folder / "play.yml").unlink()
        return self._held(Outcome(status, output, errors, results_in(output)))

    def adhoc(self, *flags: str, module: str = COPY, **options: t.Any) -> Outcome:
        """The module with ``key=value`` arguments, as somebody types it."""
        given = usual(options) if module == COPY else options
        text = " ".join(f"{option}={shlex.quote(str(value))}" for option, value in given.items())
        folder = self._folder()
        running = self._start([str(BIN / "ansible"), "localhost", "-m", module, "-a", text, *flags], folder)
        status, output, errors = running.finish()
        found = re.search(r"^localhost \| [A-Z]+!? => (?=\{)", output, re.M)
        results = [json.JSONDecoder().raw_decode(output, found.end())[0]] if found else []
        return self._held(Outcome(status, output, errors, results))

    def kill(self, running: Running) -> None:
        running.kill()
        (running.folder / "play.yml").unlink()
        assert hunting.left_in(self.folder, self.secrets) == []

    def _folder(self) -> pathlib.Path:
        self._runs += 1
        folder = self.folder / f"run-{self._runs}"
        folder.mkdir()
        return folder

    def _start(self, command: t.Sequence[str], folder: pathlib.Path) -> Running:
        running = Running(command, folder, self.environment)
        self._started.append(running)
        return running

    def _held(self, outcome: Outcome) -> Outcome:
        """Whatever a run was for: no traceback, and no secret in what it printed or left."""
        printed = outcome.output + outcome.errors
        assert "Traceback" not in printed, printed
        assert hunting.found_in(printed, self.secrets) == []
        assert hunting.left_in(self.folder, self.secrets) == []
        return outcome


def _read(path: str) -> bytes:
    """What is in a file; nothing, if it is there no more."""
    try:
        return pathlib.Path(path).read_bytes()
    except OSError:
        return b""


def results_in(output: str) -> list[Result]:
    """What a playbook shows in its last task of what those before it registered."""
    found = re.search(rf"^TASK \[{RESULTS}\].*?^ok: \[localhost\] => (?=\{{)", output, re.M | re.S)
    shown = json.JSONDecoder().raw_decode(output, found.end())[0]["msg"] if found else []
    return [result for result in shown if result]


def usual(options: Result) -> Result:
    """The options of the usual copy and these; None stands for one that is not given."""
    more = dict(options)
    if "image_id" in more:
        more.setdefault("image_name", None)
    return {option: value for option, value in {**USUAL, **more}.items() if value is not None}


def copy_task(**options: t.Any) -> Result:
    return {"name": "Copy the image", COPY: usual(options)}


def wait_until(what: t.Callable[[], object]) -> None:
    """A failure if it never comes true."""
    assert comes_true(what), "it did not happen"


def comes_true(what: t.Callable[[], object]) -> bool:
    """Look every so often; whether it has come true in time."""
    pause = threading.Event()
    deadline = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.05)
    return True


def being_waited_for(cloud: Emulator) -> t.Callable[[], bool]:
    """Whether somebody has begun a copy and asked for its job since."""

    def look() -> bool:
        operations = [entry["operation"] for entry in cloud.journal()]
        return "CopyImageCrossRegion" in operations and operations[-1] != "CopyImageCrossRegion"

    return look
