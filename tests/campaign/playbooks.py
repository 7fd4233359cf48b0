# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a scenario with the real ``ansible-playbook`` over real sockets; what is killed, is killed by the system."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import functools
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import moment, timestamp
from tests import hunting
from tests.campaign.draw import Round, Scenario, Start
from tests.campaign.draw_kills import ALL, CONTROLLER, Kill
from tests.campaign.gate import Gate, Ground
from tests.campaign.judge import MARK
from tests.campaign.plot import Director, Played
from tests.campaign.theatre import Told
from tests.campaign.wire import Sent
from tests.e2e.commands import COPY, Ansible, Running, comes_true, results_in, wait_until
from tests.e2e.progress_support import LEASES, MIGRATION
from tests.emulator.clock import VirtualClock
from tests.emulator.testing import Emulator
from tests.emulator.world import World

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# What notes are known by is the same for all runs; each comes there by a port of its own, which it takes for a proxy.
HOST = "http://cloud.test"
CLOUD = {"base_url": HOST, "iam_endpoint": f"{HOST}/iam", "ims_endpoint": f"{HOST}/ims/{{region}}"}
# After so long a command is taken for endless; it takes some seconds on a machine that has nothing else to do.
MOST_SECONDS = 240.0
# Between two looks at whether a lease is still there, in seconds.
GLANCE = 0.02


@dataclasses.dataclass
class Struck:
    """What a kill came upon: whether a module was at work in the background, and since when nobody waits for that."""

    kill: Kill
    at: float
    watched: bool
    unwatched_at: float | None = None


@dataclasses.dataclass
class PlayedOut(Played):
    """The same of real processes; ``struck`` goes by the number of the run."""

    struck: dict[int, Struck] = dataclasses.field(default_factory=dict)
    # Runs of which something was still there long after everybody who waited for it had gone.
    lingering: list[int] = dataclasses.field(default_factory=list)
    # Secrets that can be read in what was printed or left.
    betrayed: list[str] = dataclasses.field(default_factory=list)


class Playbook:
    """One run: a controller of its own, and its own way into the cloud."""

    def __init__(self, told: Told, kill: Kill | None, folder: pathlib.Path, world: World, book: list[Sent]) -> None:
        self.told = told
        self.folder = folder
        self.struck: Struck | None = None
        self.lingers = False
        self._kill = kill
        self._world = world
        self.gate = Gate(world, book, told.number, kill, self._strike)
        self._seeing: asyncio.Task[None] | None = None
        self._running: Running | None = None

    @property
    def running(self) -> Running:
        assert self._running is not None, "it has begun"
        return self._running

    def begin(self, proxy: str, user: str, auth: str) -> None:
        module = MIGRATION if self.told.many else COPY
        ansible = Ansible(self.folder, {**Emulator(CLOUD).env(user, auth), "http_proxy": proxy})
        self.told.began = self._world.clock.now()
        self._running = ansible.start(tasks=[{"name": "Copy", module: self.told.options}])

    def has_come(self, requests: float) -> bool:
        """Whether so many of its requests have been let in, or all that will ever come from the command."""
        return self.gate.passed >= requests or self.running.process.poll() is not None

    def finish(self) -> None:
        """Wait for the command, and hear what it said."""
        told, running = self.told, self.running
        try:
            running.process.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            told.how = "endless"
            running.kill()
        told.ended = self._world.clock.now()
        told.text = running.printed()
        if "Traceback" in told.text:
            told.how = "traceback"
        if not told.how:
            self._hear(running.output())

    def _hear(self, output: str) -> None:
        told = self.told
        try:
            results = results_in(output)
        except ValueError:
            results = []
        told.how = "ended" if results else "killed" if self.struck else "no JSON"
        told.result = results[0] if results else None

    def end(self) -> None:
        """Wait for what it has left in the background."""
        if not comes_true(self.running.over):
            self.lingers = True
            self.running.kill()

    # -- in the thread of the cloud ------------------------------------------------------------------------------------

    def _strike(self) -> bool:
        kill = self._kill
        assert kill is not None, "nobody else is killed"
        leases = list(self.folder.glob(LEASES))
        self.struck = struck = Struck(kill, self._world.clock.now(), watched=bool(leases))
        number = signal.Signals[kill.signal]
        if kill.whom == CONTROLLER:
            self.running.process.send_signal(number)
            self._seeing = asyncio.get_running_loop().create_task(self._see_the_lease_go(struck))
            return False
        struck.unwatched_at = struck.at
        if kill.whom == ALL:
            self.running.end(number)
            return True
        self.running.kill(jobs=False)
        for lease in leases:
            # What half a minute without a touch comes to.
            lease.unlink()
        # A look has no lease, and is no job.
        return not leases

    async def _see_the_lease_go(self, struck: Struck) -> None:
        while struck.watched and any(self.folder.glob(LEASES)):
            await asyncio.sleep(GLANCE)
        struck.unwatched_at = self._world.clock.now()


class Troupe(Director):
    """Has playbooks run, each against a port of its own."""

    def __init__(self, scenario: Scenario, folder: pathlib.Path) -> None:
        super().__init__(scenario, folder, World(VirtualClock(time_scale=1), scenario.switches))
        self._ground = Ground()
        self._book: list[Sent] = []
        self._playbooks: list[Playbook] = []
        self._state_dirs: set[pathlib.Path] = set()

    def play(self) -> PlayedOut:
        with self._ground.open():
            try:
                played = self.direct(self._book)
                self._all_over()
            finally:
                for one in self._playbooks:
                    one.running.kill()
                    self._ground.wait_for(one.gate.stop())
        secrets = {*hunting.all_secrets(), *self.world.cloud.tokens}
        betrayed = hunting.left_in(self._folder, secrets)
        struck = {one.told.number: one.struck for one in self._playbooks if one.struck is not None}
        lingering = [one.told.number for one in self._playbooks if one.lingers]
        return PlayedOut(**vars(played), struck=struck, lingering=lingering, betrayed=betrayed)

    def _round(self, one: Round) -> None:
        first, *others = one.starts
        begun = [self._begin(first)]
        for start in others:
            wait_until(functools.partial(begun[0].has_come, start.after))
            begun.append(self._begin(start))
        for playbook in begun:
            playbook.finish()

    def _alone(self) -> Told:
        self._round(Round([Start()], []))
        return self._runs[-1]

    def _begin(self, start: Start) -> Playbook:
        scenario, number = self.scenario, len(self._runs)
        state_dir = self._folder / (f"container-{number}" if scenario.setting == "wiped" else f"host-{start.host}")
        self._state_dirs.add(state_dir)
        told = Told(number, scenario.many, {**scenario.options, "state_dir": str(state_dir)})
        kill = start.death if isinstance(start.death, Kill) else None
        playbook = Playbook(told, kill, self._folder / f"run-{number}", self.world, self._book)
        proxy = self._ground.wait_for(playbook.gate.start())["base_url"]
        playbook.begin(proxy, scenario.user, scenario.auth)
        self._runs.append(told)
        self._playbooks.append(playbook)
        return playbook

    def _all_over(self) -> None:
        for playbook in self._playbooks:
            playbook.end()

    def _furnish(self) -> None:
        self._ground.do(super()._furnish)

    def _calm(self) -> None:
        self._ground.do(super()._calm)

    def _pass_time(self, seconds: float) -> None:
        """The cloud's time moves on; processes have the system's time, so what they left becomes as much older."""
        if not seconds:
            return
        self._all_over()
        self._ground.do(lambda: self.world.clock.advance(seconds))
        for image in self.world.cloud.images.values():
            marks = {name: value for name, value in image.raw.items() if name.startswith(MARK)}
            image.raw.update({name: _older(value, seconds) for name, value in marks.items()})
        for note in [note for folder in self._state_dirs for note in folder.glob("*")]:
            text, seen = note.read_text(), note.stat()
            note.write_text(_older(text, seconds))
            os.utime(note, (seen.st_atime - seconds, seen.st_mtime - seconds))


def _older(text: str, seconds: float) -> str:
    def moved(found: re.Match[str]) -> str:
        return timestamp(t.cast(datetime.datetime, moment(found[0])) - datetime.timedelta(seconds=seconds))

    return MOMENT.sub(moved, text)


def play(scenario: Scenario) -> PlayedOut:
    """What came of a scenario, in a folder of its own that is gone afterwards."""
    # Not any folder: Ansible makes a socket below it, whose path may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="ims-") as folder:
        return Troupe(scenario, pathlib.Path(folder)).play()
