# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan finds: in the destination, in the notes of an earlier run, and of a job that the user names."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.decision import IN_FLIGHT, SUBMIT
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Ledger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.observations import (
    Absent,
    LookFailed,
    MayHaveBegun,
    Observation,
    Refused,
    Standing,
    UnderWay,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.planning import Planner
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.probes import Probes
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Earlier, Limits
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    Blocked,
    CopyError,
    NotFound,
    PreflightFailed,
    ServerFault,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image, Origin
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from tests.unit.fake_service import FakeService, Running
from tests.unit.shapes import DESTINATION_PROJECT, replica
from tests.unit.support import FakeClock

ENCRYPTED = {"__system__cmkid": "k1"}
NAMED = Job("j1", "RUNNING")


def made(origin_id: str = "a1", **raw: t.Any) -> Image:
    return replica("r1", Origin("cn-north-4", origin_id), name="a1", **raw)


class Bench:
    def __init__(self, directory: pathlib.Path, clock: FakeClock) -> None:
        self.clock = clock
        self.service = FakeService(clock)
        self.ledger = Ledger(str(directory), clock)
        survey: t.Any = self.service
        self.probes = Probes(survey, clock, Limits())
        self.planner = Planner(self.probes, self.ledger, clock.monotonic)

    def plan(self, copy: Copy) -> Observation:
        return self.planner.plan(copy)

    def copy(self, **fields: t.Any) -> Copy:
        return Copy(self.service.asked("a1", **fields))

    def remember(self, seconds_ago: float, job_id: str | None = None) -> Record:
        """An earlier run's note of the copy."""
        planned = self.copy()
        self.plan(planned)
        record = Record(self.clock.utcnow() - datetime.timedelta(seconds=seconds_ago), job_id, run="earlier", attempt=1)
        key = self.probes.key(planned)
        with self.ledger.claim(key) as entry:
            entry.write(record)
        self.service.done.clear()
        return record._replace(copy=key.copy)

    def runs(self, ends: float, status: str = "SUCCESS") -> None:
        """A job that is known, and whose image does not show."""
        self.service.jobs["j1"] = Running(ends, status, made("elsewhere"))
        self.service.jobs["j1"].image = replica("r1", Origin("cn-north-4", "elsewhere"), name="elsewhere")


@pytest.fixture
def bench(tmp_path: pathlib.Path, clock: FakeClock) -> Bench:
    return Bench(tmp_path, clock)


@pytest.mark.parametrize(
    ("images", "seen"),
    [
        ([], Absent(1000.0)),
        ([made()], Standing(made())),
        ([made(status="queued")], UnderWay(made(status="queued"))),
        ([made(status="killed")], Absent(1000.0, (made(status="killed"),))),
    ],
)
def test_what_stands_in_the_destination_is_found(bench: Bench, images: list[Image], seen: Observation) -> None:
    bench.service.images = images

    assert bench.plan(bench.copy()) == seen


def test_a_broken_rule_refuses_only_what_would_have_to_be_submitted(bench: Bench) -> None:
    bench.service.refusals["a1"] = ENCRYPTED
    copy = bench.copy()

    seen = bench.plan(copy)
    bench.service.images = [made()]
    bench.service.own_images("", DESTINATION_PROJECT, fresh=True)

    assert isinstance(seen, Refused)
    assert (type(seen.error), seen.error.code, seen.sent) == (PreflightFailed, "IMG.0143", False)
    assert bench.plan(bench.copy()) == Standing(made())


def test_what_is_in_the_way_refuses(bench: Bench) -> None:
    bench.service.images = [made("another")]

    seen = bench.plan(bench.copy())

    assert isinstance(seen, Refused)
    assert isinstance(seen.error, (Blocked, PreflightFailed))
    assert "already the name of image r1" in seen.error.message


def test_a_note_of_an_earlier_run_is_recalled_where_nothing_shows(bench: Bench) -> None:
    note = bench.remember(50)
    copy = bench.copy()

    assert bench.plan(copy) == MayHaveBegun(70.0)
    assert copy.note == note
    assert copy.plan.decision is not None
    assert copy.plan.decision.kind == IN_FLIGHT


def test_a_note_that_means_nothing_any_more_leaves_the_copy_to_be_submitted(bench: Bench) -> None:
    bench.remember(120)
    copy = bench.copy()

    assert bench.plan(copy) == Absent(1000.0)
    assert copy.plan.decision is not None
    assert copy.plan.decision.kind == SUBMIT
    assert "never showed" in copy.warnings[0]


def test_the_job_of_a_note_tells_of_an_image_that_shows(bench: Bench) -> None:
    bench.remember(50, "j1")
    bench.runs(1010.0)
    bench.service.images = [made(status="saving")]
    bench.service.own_images("", DESTINATION_PROJECT, fresh=True)

    assert bench.plan(bench.copy()) == UnderWay(made(status="saving"), NAMED)


def test_a_job_that_cannot_be_asked_leaves_the_image_to_tell(bench: Bench) -> None:
    bench.remember(50, "j1")
    bench.service.trouble["job"] = ServerFault("away")
    bench.service.images = [made(status="saving")]
    bench.service.own_images("", DESTINATION_PROJECT, fresh=True)
    copy = bench.copy()

    assert bench.plan(copy) == UnderWay(made(status="saving"))
    assert copy.warnings[0].startswith("The job of this copy could not be asked for: ")


def test_what_an_earlier_result_tells_counts_before_the_note_of_this_host(bench: Bench) -> None:
    bench.remember(50, "j9")
    bench.runs(1010.0)
    copy = bench.copy()
    copy.earlier = Earlier(record=Record(bench.clock.utcnow(), "j1"))

    assert bench.plan(copy) == UnderWay(job=NAMED)


def test_a_note_of_the_job_that_an_earlier_result_tells_knows_more_of_it(bench: Bench) -> None:
    note = bench.remember(50, "j1")
    bench.runs(1010.0)
    copy = bench.copy()
    copy.earlier = Earlier(record=Record(bench.clock.utcnow(), "j1"))

    assert bench.plan(copy) == UnderWay(job=NAMED)
    assert copy.note == note


def test_a_copy_that_has_ended_since_an_earlier_result_has_the_job_that_made_it(bench: Bench) -> None:
    bench.runs(1000.0)
    bench.service.images = [made()]
    copy = bench.copy()
    copy.earlier = Earlier(record=Record(bench.clock.utcnow(), "j1"))

    assert bench.plan(copy) == Standing(made(), Job("j1", "SUCCESS", image_id="r1"))


def test_trouble_is_told_as_such_with_the_moment(bench: Bench) -> None:
    error = ServerFault("away")
    bench.service.trouble["ground"] = error

    assert bench.plan(bench.copy()) == LookFailed(error, 1000.0)
    assert error.stage == "plan"


def test_a_named_job_is_followed_whatever_stands_in_the_destination(bench: Bench) -> None:
    bench.runs(1010.0)

    for images in ([], [made()], [made("another")], [made(status="killed")]):
        bench.service.images = images
        assert bench.plan(bench.copy(job_id="j1")) == UnderWay(job=NAMED)
    assert bench.service.did("list") == []


@pytest.mark.parametrize("ends", [1010.0, 1000.0])
@pytest.mark.parametrize("status", ["SUCCESS", "FAIL"])
@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("trouble", [None, "ground", "job"])
def test_a_plan_never_finds_that_a_named_jobs_copy_is_absent(
    bench: Bench, ends: float, status: str, refused: bool, trouble: str | None
) -> None:
    bench.runs(ends, status)
    if refused:
        bench.service.refusals["a1"] = ENCRYPTED
    if trouble is not None:
        bench.service.trouble[trouble] = ServerFault("away")

    seen = bench.plan(bench.copy(job_id="j1"))

    assert isinstance(seen, UnderWay if trouble is None else LookFailed)


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (NotFound("no", code="IMG.0023"), "job j1 is not known in cn-north-4 (project cn-north-4)"),
        (Job("j1", "RUNNING", "imsCreateImageJob"), "job j1 is a imsCreateImageJob, not a copy across regions"),
        (Job("j1", "RUNNING", image_name="b"), 'job j1 makes an image called "b", not "a1"'),
    ],
)
def test_a_named_job_that_is_not_this_copys_fails_with_a_hint(bench: Bench, job: t.Any, words: str) -> None:
    def ask(job_id: str, deadline: t.Any = None) -> Job:
        if isinstance(job, Job):
            return job
        raise job

    bench.service.job = ask  # type: ignore[method-assign]
    seen = bench.plan(bench.copy(job_id="j1"))

    assert isinstance(seen, LookFailed)
    assert isinstance(seen.error, CopyError)
    assert (seen.error.message, seen.error.stage) == (words, "wait")
    assert "Leave job_id out" in str(seen.error.hint)


@pytest.mark.parametrize("kind", ["imsCrossRegionCopyImageJob", "IMS_CROSSREGION_COPY", None])
def test_a_named_job_that_copies_across_regions_is_taken_up(bench: Bench, kind: str | None) -> None:
    named = Job("j1", "RUNNING", kind, image_name="a1")
    bench.service.job = lambda job_id, deadline=None: named  # type: ignore[method-assign]

    assert bench.plan(bench.copy(job_id="j1")) == UnderWay(job=named)


def test_each_copy_that_is_to_be_submitted_counts_against_the_quota_of_those_after_it(bench: Bench) -> None:
    ahead: list[int] = []
    look_up = bench.service.for_submission

    def note(asked: t.Any, ground: t.Any, number: int) -> t.Any:
        ahead.append(number)
        return look_up(asked, ground, number)

    bench.service.for_submission = note  # type: ignore[method-assign,assignment]
    bench.service.refusals["x1"] = ENCRYPTED
    for name in ("a1", "x1", "b1", "c1"):
        bench.plan(Copy(bench.service.asked(name)))

    assert ahead == [0, 1, 1, 2]


def test_among_many_only_the_checks_that_did_not_pass_are_kept_and_the_others_counted(bench: Bench) -> None:
    alone, among = bench.copy(), bench.copy()
    bench.plan(alone)
    bench.service.many = True
    bench.plan(among)

    assert among.plan.checks == ()
    assert among.plan.passed == alone.plan.passed == len(alone.plan.checks)
