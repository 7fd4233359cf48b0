# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud whose answers lie: one run under lies drawn from a seed, or under a liar, and a run after it without any."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
import io
import json
import os
import pathlib
import random
import shutil
import tempfile
import typing as t
import unittest.mock
import uuid

import requests
from urllib3.response import HTTPResponse

from ansible_collections.huaweicloud.ims.plugins.module_utils import _errors as errors
from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.infos import show_images, show_job
from ansible_collections.huaweicloud.ims.plugins.modules import ims_image_info, ims_job_info
from tests.campaign.books import Books
from tests.campaign.draw import GOOD, NAMES, PLACES, SOURCE, Scenario, Start, Wanted
from tests.campaign.liar import NOBODY, Liar
from tests.campaign.liars import LIARS, LIE_ABOUT, liar_of
from tests.campaign.lies import KINDS, Lie, Reply
from tests.campaign.play import SHM, Player
from tests.campaign.plot import ITS_OWN, Played
from tests.campaign.theatre import Theatre, Told
from tests.campaign.wire import Runner, Sent, Trouble, Wire
from tests.emulator import seed as account
from tests.emulator.exchange import Answer
from tests.emulator.state import Outcome

COPY, MANY, IMAGES, JOB = "copy", "many", "images", "job"
# What a run asks, in the order in which it does; what is asked often is told lies about often.
OPERATIONS = (
    "ListRegions", "ListProjects", "ListAgencies", "ListRolesForAgencyOnProject", "ShowImageQuota", "CreateToken",
    "UpdateImage", "UpdateImage", "BatchAddOrDeleteTags", "BatchAddOrDeleteTags", "GlanceShowImage",
    "ListImages", "ListImages", "ListImages", "ListImages", "ListImages", "ShowJobProgress", "ShowJobProgress",
    "ShowJobProgress", "CopyImageCrossRegion", "CopyImageCrossRegion", "CopyImageCrossRegion", None,
)  # fmt: skip
WEIGHTS = {
    "place": 10, "extra": 4, "whole": 4, "status": 2, "headers": 2, "endless": 2, "refusal": 3, "job": 4, "rows": 1,
}  # fmt: skip
FILTERS: tuple[dict[str, t.Any], ...] = (
    {}, {"name": "debian-12-db"}, {"status": "active"}, {"os_type": "Windows"}, {"image_id": GOOD[0]},
)  # fmt: skip
# Requests and pauses of one run; an honest one has some fifty.
MOST_STEPS = 4000


@dataclasses.dataclass
class Scene:
    """What is run and told; ``before``: what an honest run has left, nothing, a copy under way or a replica.

    ``more``: options of the run that is lied to alone. ``resumes``: the run after it goes on from its results.
    """

    seed: int
    kind: str
    scenario: Scenario
    before: str
    check: bool
    named_job: bool
    lies: list[Lie]
    liar: str | None = None
    more: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    resumes: bool = False


@dataclasses.dataclass
class Lied:
    """What came of it: the run that was lied to, and the one after it, and what could not be read."""

    scene: Scene
    played: Played
    told: Told
    after: Told | None
    unreadable: list[str]
    # What stood there when a run had ended, by its number and by which copy it is.
    standing: dict[tuple[int, tuple[str, str, str]], list[dict[str, t.Any]]]
    # What runs have left: notes, event logs.
    written: list[str] = dataclasses.field(default_factory=list)

    @property
    def plausible(self) -> bool:
        """Something was said that may be true, as far as anybody can tell."""
        return any(lie.plausible for lie in self.scene.lies)

    def lies_about(self, *operations: str) -> bool:
        """Whether an answer to one of these calls was something else than the truth, and could have been it."""
        if any(self.scene.liar in LIE_ABOUT.get(operation, ()) for operation in operations):
            return True
        told = [lie for lie in self.scene.lies if lie.plausible and lie.told]
        return any(lie.operation in (None, *operations) for lie in told)

    @property
    def tellable(self) -> bool:
        """Whatever was said, the cloud's other answers tell whether an image is there."""
        # What quotes adds an image of its own.
        return self.scene.liar != "quotes" and not any(lie.plausible for lie in self.scene.lies if lie.kind != "job")


# -- what is drawn -----------------------------------------------------------------------------------------------------


def draw(seed: int) -> Scene:
    dice = random.Random(seed)
    kind = dice.choices((COPY, MANY, IMAGES, JOB), (60, 28, 6, 6))[0]
    before = dice.choices(("nothing", "under way", "replica"), (60, 20, 20))[0]
    if kind == JOB:
        before = "under way"
    lies = [_lie(dice) for _number in range(dice.choice((1, 1, 1, 2, 2, 3)))]
    named_job = kind == COPY and before == "under way" and dice.random() < 0.4
    liar = dice.choice(list(LIARS)) if dice.random() < 0.45 else None
    scenario = _scenario(dice, seed, kind)
    if liar is not None:
        lies = []
        _set_stage(dice, scenario, liar)
    scene = Scene(seed, kind, scenario, before, dice.random() < 0.1, named_job, lies, liar)
    scene.resumes = dice.random() < 0.3
    if kind == IMAGES:
        scene.more = dice.choice(FILTERS)
    elif dice.random() < 0.15:
        scene.more = {"run_for": dice.choice((1, 20, 60))}
    return scene


def _set_stage(dice: random.Random, scenario: Scenario, liar: str) -> None:
    """What a liar needs to be heard."""
    if liar == "writes_marks":
        scenario.ledger = scenario.options["ledger"] = "cloud"
    if liar == "grants_odd_tokens":
        scenario.auth = "password"
    if liar == "quotes":
        scenario.auth = dice.choice(("password", "temporary"))
    if liar == "turns_pages_back":
        # It knows no more than one page.
        scenario.switches["page_limit"] = 500
    if liar == "leaves_out":
        # What has neither a name nor an origin is nobody's.
        scenario.switches["origin_written"] = "at_once"


def _lie(dice: random.Random) -> Lie:
    kind = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    operation = dice.choice(OPERATIONS)
    if kind == "endless" and dice.random() < 0.7:
        operation = "ListImages"
    if kind == "job":
        operation = "ShowJobProgress"
    times = dice.choice((1, 1, 2, 3, None, None))
    return Lie(operation, kind, dice.getrandbits(32), skip=dice.choice((0, 0, 0, 1, 2, 5)), times=times)


def _scenario(dice: random.Random, seed: int, kind: str) -> Scenario:
    options: dict[str, t.Any] = {
        "wait_interval": dice.choice((5, 10)),
        "wait_timeout": dice.choice((30, 120, 300)),
        "confirm_timeout": dice.choice((30, 120)),
        "max_retries": dice.choice((0, 1, 2)),
        "request_timeout": 10,
        "match": dice.choice(("name_and_origin", "name_and_origin", "origin", "name")),
        "ledger": dice.choice(("host", "host", "host", "cloud", "none")),
        "settle_time": 2,
        "source_region": SOURCE.region,
    }
    if dice.random() < 0.5:
        options.update(description="golden", tags={"env": "dr"}, copy_tags=dice.random() < 0.5, min_ram=2048)
    sources = dice.sample(GOOD, dice.choice((1, 2)) if kind == MANY else 1)
    project = t.cast(account.Project, account.project_named(dice.choice(PLACES)))
    asked = [{"image_name": NAMES[one]} if dice.random() < 0.5 else {"image_id": one} for one in sources]
    if kind == MANY:
        place = {"region": project.region, "project_name": project.name, "agency_name": "ims_copy_image"}
        options.update(images=asked, destinations=[place])
    else:
        options.update(
            **asked[0],
            destination_region=project.region,
            destination_project_name=project.name,
            agency_name="ims_copy_image",
            wait=dice.random() < 0.9,
        )
    switches = {
        # What remembers nothing knows nothing of what is hidden; what is remembered is looked for long enough.
        "replica_visible": "at_once" if options["ledger"] == "none" else dice.choice(("at_once", "late")),
        "replica_delay": 20.0,
        "copy_base_seconds": 15.0,
        "copy_seconds_per_gib": dice.choice((1.0, 10.0)),
        "origin_written": dice.choice(("at_once", "at_end")),
        "job_image_id": dice.choice(("early", "late")),
        "page_limit": dice.choice((2, 500, 500)),
        "page_info": dice.random() < 0.3,
        "progress_endpoint": dice.random() < 0.9,
        "booleans": dice.choice(("mixed", "lower", "upper", "native")),
        "sizes": dice.choice(("mixed", "string", "integer")),
        "list_lag": 0.0,
    }
    wanted = [Wanted(one, project, NAMES[one]) for one in sources]
    auth = dice.choice(("aksk", "aksk", "password"))
    return Scenario(
        seed, "kept", options["ledger"], kind == MANY, wanted, options, switches, [], [], [], auth=auth, latency=0.0
    )


# -- who lies ----------------------------------------------------------------------------------------------------------


class LyingWire(Wire):
    """Answers what the cloud says, or something else."""

    lies: t.Sequence[Lie] = ()
    liar: Liar | None = None

    def _carries_out(self, sent: Sent) -> bool:
        return self.liar is None or self.liar.carries_out(sent.entry)

    def _dawdles(self, patience: float) -> float:
        return self.liar.dawdles(patience) if self.liar is not None else 0.0

    def _answered(
        self, request: requests.PreparedRequest, sent: Sent, answer: Answer, trouble: Trouble | None
    ) -> requests.Response:
        said = self.liar.says(sent.entry, answer) if self.liar is not None else None
        if said is not None:
            sent.trouble = sent.entry.fault = "lie"
            return super()._answered(request, sent, said, trouble)
        lie = next((one for one in self.lies if one.meets(sent.entry.operation)), None)
        if lie is None:
            return super()._answered(request, sent, answer, trouble)
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        given = {"X-Request-Id": uuid.uuid4().hex, "Content-Type": "application/json", **answer.headers}
        # Those of the destinations sooner than others.
        there = [image for image in self.world.cloud.images.values() if image.region != SOURCE.region]
        known, once = sorted(image.id for image in there), sent.entry.mutating
        reply = lie.alter(Reply(answer.status, given, content, once=once, known=known))
        sent.trouble = sent.entry.fault = "lie"
        sent.saw = "a lie"
        raw = HTTPResponse(
            body=io.BytesIO(reply.content),
            headers=reply.headers,
            status=reply.status,
            preload_content=False,
            request_method=request.method,
        )
        return self._builder.build_response(request, raw)


class LyingTheatre(Theatre):
    """Also plays the modules that only read, and notes what was refused as unreadable."""

    def __init__(self, stage: t.Any, wire: Wire, kind: str) -> None:
        super().__init__(stage, wire)
        self._kind = kind
        self.unreadable: list[str] = []

    def made(self, told: Told) -> t.Callable[[Runner], None]:
        if self._kind not in (IMAGES, JOB) or told.number == 0:
            return super().made(told)
        module = ims_image_info.build() if self._kind == IMAGES else ims_job_info.build()
        return functools.partial(show_images if self._kind == IMAGES else show_job, module)

    @contextlib.contextmanager
    def open(self, seed: int) -> t.Iterator[None]:
        made = errors.TransportError.__init__

        def noted(error: errors.TransportError, message: str, **more: t.Any) -> None:
            made(error, message, **more)
            self.unreadable.append(error.message)

        # Proxies are looked for in the environment at every request; a small one is looked through sooner.
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        with (
            unittest.mock.patch.dict(os.environ, environment, clear=True),
            super().open(seed),
            unittest.mock.patch.object(errors.TransportError, "__init__", noted),
        ):
            yield


class LyingPlayer(Player):
    def __init__(self, scene: Scene, folder: pathlib.Path) -> None:
        super().__init__(scene.scenario, folder)
        self._scene = scene
        self._wire = self._liar = LyingWire(self.world, self.stage, self._dice, scene.scenario.latency)
        self._theatre = self._stand = LyingTheatre(self.stage, self._wire, scene.kind)

    def lie(self) -> Lied:
        scene, scenario = self._scene, self.scenario
        with self._theatre.open(scenario.seed):
            played = Played(scenario, self._runs, self._wire.book, self.world)
            # The run before is number 0 whether there is one or not.
            if scene.before == "nothing":
                self._runs.append(Told(0, scenario.many, {}, how="ended"))
            else:
                self._alone_with(run_for=0.01 if scene.before == "under way" else None)
                self.stage.pass_time(10)
            self._bystanders()
            self._liar.lies = scene.lies
            if scene.liar is not None:
                self._liar.liar = liar_of(scene.liar, self.world, self._dice, scenario.wanted)
                self.world.cloud.switches.set({"echo": scene.liar == "quotes"})
            told = self._lied_to()
            self._liar.lies, self._liar.liar = (), None
            self.world.cloud.switches.set({"echo": False})
            standing = self._standing(played, told)
            after = None
            if scene.kind in (COPY, MANY) and not scene.check:
                self.stage.pass_time(self._dice.choice((1.0, 60.0, 600.0)))
                after = self._alone_with(takes="resume" if scene.resumes else None)
                standing.update(self._standing(played, after))
            self.world.cloud.settle()
        written = [path.read_text() for path in self._folder.rglob("*") if path.is_file()]
        return Lied(scene, played, told, after, self._stand.unreadable, standing, written)

    def _bystanders(self) -> None:
        """Images in the destination with which nobody has anything to do: one is a copy of another source."""
        cloud, project = self.world.cloud, self.scenario.wanted[0].project
        other = next(one for one in GOOD if all(wanted.source_id != one for wanted in self.scenario.wanted))
        alike = {key: value for key, value in cloud.images[other].raw.items() if key not in ITS_OWN}
        origin = f"image,{SOURCE.region},{other}"
        for name, more in (("bystander", {"__data_origin": origin}), ("made-here", {"__data_origin": "file,x:y"})):
            cloud.add_image(project.region, project, {**alike, "name": name, **more})
        # A copy like those that are asked for, which somebody else has made and shared.
        wanted = self.scenario.wanted[0]
        source = cloud.images[wanted.source_id].raw
        twin = {key: value for key, value in source.items() if key not in ITS_OWN}
        origin = f"image,{SOURCE.region},{wanted.source_id}"
        twin.update(name=wanted.name, __data_origin=origin, owner=NOBODY, __imagetype="shared", visibility="shared")
        cloud.add_image(project.region, project, twin)
        if self._scene.liar == "names_others_jobs":
            self._copied_by_somebody(other)

    def _copied_by_somebody(self, source_id: str) -> None:
        """There is another job in the project, which may come to nothing."""
        if self._dice.random() < 0.5:
            self.world.cloud.outcomes.append(Outcome(image_id=source_id, status="FAIL"))
        wanted = self.scenario.wanted
        wanted.append(Wanted(source_id, wanted[0].project, "somebody-elses"))
        self._by_hand(len(wanted) - 1)
        wanted.pop()

    def _standing(self, played: Played, told: Told) -> dict[tuple[int, tuple[str, str, str]], list[dict[str, t.Any]]]:
        self.world.cloud.settle()
        books = Books(played)
        return {(told.number, one.key): copy.deepcopy(books.replicas(one)) for one in self.scenario.wanted}

    def _alone_with(self, check: bool = False, takes: str | None = None, **more: t.Any) -> Told:
        options = {name: value for name, value in more.items() if value is not None}
        options["event_log"] = str(self._folder / f"events-{len(self._runs)}")
        actor = self._start(Start(options=options, check=check, takes=takes))
        actor.most_steps = MOST_STEPS
        self.stage.play([actor])
        return self._runs[-1]

    def _lied_to(self) -> Told:
        scene = self._scene
        if scene.kind in (COPY, MANY):
            more = {"job_id": self._job()} if scene.named_job else {}
            return self._alone_with(check=scene.check, **more, **scene.more)
        own: dict[str, t.Any] = {"region": SOURCE.region, "max_retries": 1, "request_timeout": 10, **scene.more}
        if scene.kind == JOB:
            own["job_id"] = self._job()
        told = Told(len(self._runs), False, {**own, **self._connection()})
        self._runs.append(told)
        actor = self._theatre.runner(told)
        actor.most_steps = MOST_STEPS
        actor.most_seconds = 7200
        self.stage.play([actor])
        return told

    def _job(self) -> str:
        return next(job.id for job in self.world.cloud.jobs.values())


def play(scene: Scene) -> Lied:
    """In a folder of its own that is gone afterwards."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lies-", dir=SHM if SHM.is_dir() else None))
    try:
        return LyingPlayer(scene, folder).lie()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


assert set(WEIGHTS) == set(KINDS)
