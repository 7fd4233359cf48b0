# SPDX-License-Identifier: GPL-3.0-or-later
"""What every scenario goes through: rounds of trouble, then runs without any until one ends well, and one more."""

from __future__ import annotations

import abc
import dataclasses
import math
import pathlib
import random

from tests.campaign.draw import SOURCE, Round, Scenario
from tests.campaign.replicas import Deleted, delete
from tests.campaign.theatre import Told
from tests.campaign.wire import Sent
from tests.emulator.copies import outcome_from
from tests.emulator.state import Job
from tests.emulator.world import World

# How often it is run without trouble before it counts as one that never ends well, and how long one waits in between.
MOST_RUNS, LONGEST_PAUSE = 10, 900.0
# What was deleted before any run has seen it counts as deleted after so long, at the latest: before the last two runs,
# of which one copies it and one finds it.
FORGOTTEN_AFTER = 3600.0
# Runs of this number and above are somebody's hands.
BY_HAND = 1000
# What of an image is its own, and not that of one alike.
ITS_OWN = frozenset(
    {"id", "owner", "self", "file", "created_at", "updated_at", "active_at", "__imagetype", "visibility"}
)


@dataclasses.dataclass
class Played:
    """What came of a scenario: what the runs said, and the books of the cloud, by which they are judged."""

    scenario: Scenario
    runs: list[Told]
    book: list[Sent]
    world: World
    # The number of the run from which on there was no trouble, of the one that ended well, of the first one after
    # somebody had deleted a replica then, and of the one more.
    calm_from: int = 0
    well: int | None = None
    copies_again: int | None = None
    once_more: int | None = None
    # Texts that were written somewhere: notes, event logs.
    written: list[str] = dataclasses.field(default_factory=list)
    deleted: list[Deleted] = dataclasses.field(default_factory=list)

    @property
    def jobs(self) -> list[Job]:
        return [job for job in self.world.cloud.jobs.values() if not job.foreign]


class Director(abc.ABC):
    """Has a scenario played, in a folder of its own; who plays it also knows how time passes."""

    def __init__(self, scenario: Scenario, folder: pathlib.Path, world: World) -> None:
        self.scenario = scenario
        self.world = world
        self._folder = folder
        self._dice = random.Random(scenario.seed + 1)
        self._runs: list[Told] = []

    def direct(self, book: list[Sent]) -> Played:
        """``book``: where the requests are written down."""
        scenario = self.scenario
        played = Played(scenario, self._runs, book, self.world)
        self._furnish()
        for one in scenario.rounds:
            self._round(one)
            played.deleted += self._deleted(one.deleted)
            self._pass_time(one.pause)
        self._calm()
        played.calm_from = len(self._runs)
        played.well = self._until_well()
        if played.well is not None and scenario.deleted_at_last is not None:
            gone = self._deleted([scenario.deleted_at_last])
            played.deleted += gone
            played.copies_again = len(self._runs) if gone else None
            played.well = self._until_well()
        if played.well is not None:
            # What was written last has to show in lists that lag behind.
            self._pass_time(self._dice.choice((1.0, 100.0)) + scenario.switches["list_lag"])
            played.once_more = len(self._runs)
            self._alone()
        self.world.cloud.settle()
        return played

    @abc.abstractmethod
    def _round(self, one: Round) -> None:
        """Runs at a time, and their trouble."""

    @abc.abstractmethod
    def _alone(self) -> Told:
        """A run that meets no trouble."""

    @abc.abstractmethod
    def _pass_time(self, seconds: float) -> None:
        """Nobody does anything."""

    def _furnish(self) -> None:
        cloud = self.world.cloud
        cloud.outcomes.extend(outcome_from(one) for one in self.scenario.outcomes)
        for number, what, name in self.scenario.standing:
            wanted = self.scenario.wanted[number]
            source = cloud.images[wanted.source_id].raw
            alike = {key: value for key, value in source.items() if key not in ITS_OWN}
            origin = f"image,{SOURCE.region},{wanted.source_id}" if what == "replica" else "file,images:other.qcow2"
            added = {**alike, "name": name, "__data_origin": origin}
            # It has stood there for so long that no list is late with it.
            cloud.add_image(wanted.project.region, wanted.project, added).born = -math.inf

    def _calm(self) -> None:
        """The faults are over: what was to fail has failed, and what hung gets on."""
        cloud = self.world.cloud
        cloud.outcomes.clear()
        for job in cloud.jobs.values():
            if math.isinf(job.end):
                job.outcome.stuck_at = None
                job.end = cloud.now + 30
        cloud.switches.set({"requests_per_minute": None, "slots": 5})

    def _until_well(self) -> int | None:
        """Runs again and again; the number of the one that ended well."""
        for number in range(MOST_RUNS):
            if self._ended_well(self._alone()):
                return len(self._runs) - 1
            pause = self._dice.uniform(0, LONGEST_PAUSE) if number else 0.0
            self._pass_time(FORGOTTEN_AFTER if number >= MOST_RUNS - 3 else pause)
        return None

    def _deleted(self, numbers: list[int]) -> list[Deleted]:
        """What somebody deletes of these copies; what a run has written last shows by then."""
        gone: list[Deleted] = []
        switches = self.scenario.switches
        for number in numbers:
            self._pass_time(1.0 + switches["list_lag"] + switches["lost_updates"])
            gone += delete(self.world.cloud, self.scenario, self.scenario.wanted[number])
        return gone

    def _ended_well(self, told: Told) -> bool:
        result = told.result
        if result is None or result.get("failed"):
            return False
        if not self.scenario.many:
            return bool(result["image"] and result["image"]["status"] == "active")
        return bool(result["finished"])
