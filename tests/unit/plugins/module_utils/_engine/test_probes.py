# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking: which question is asked in which phase, and what a note of an earlier run means to the second."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.decision import SUBMIT
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy, Plan
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.observations import (
    Absent,
    ImageSeen,
    JobSeen,
    JobUnknown,
    LookFailed,
    MayHaveBegun,
    Standing,
    UnderWay,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.probes import Probes
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import FORGET_AFTER, Earlier
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import NotFound, ServerFault
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image, Origin
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from tests.unit.fake_service import FakeService, Running
from tests.unit.life_scenes import DONE, attempt
from tests.unit.shapes import DESTINATION_PROJECT, SOURCE_PROJECT, replica, source
from tests.unit.support import FakeClock

ORIGIN = Origin("cn-north-4", "a1")
FOREIGN = replica("r1", Origin("cn-north-4", "another"), name="a1")
NEVER = "An earlier run may have submitted this copy, but it never showed in the destination."


def made(image_id: str = "r1", **raw: t.Any) -> Image:
    return replica(image_id, ORIGIN, **{"name": "a1", **raw})


def running(service: FakeService, ends: float, status: str = "SUCCESS") -> None:
    service.jobs["j1"] = Running(ends, status, made())


@pytest.mark.parametrize("phase", [p.Unplanned(), p.PutOff(1.0), p.Queued(), p.Submitting(p.Queued())])
def test_nothing_is_looked_at_before_a_copy_may_be_under_way(
    probes: Probes, service: FakeService, copy: Copy, phase: p.Phase
) -> None:
    copy.phase = phase

    assert probes.look(copy) is None
    assert service.done == []


def test_a_job_is_asked_where_there_is_one(probes: Probes, service: FakeService, copy: Copy) -> None:
    running(service, 1010.0)
    copy.phase = p.FollowingJob(attempt(job_id="j1"))

    assert probes.look(copy) == JobSeen(Job("j1", "RUNNING"), 1000.0)


def test_the_moment_of_a_look_is_the_one_before_the_answer(probes: Probes, service: FakeService, copy: Copy) -> None:
    service.clock.tick = 2.0
    copy.phase = p.FollowingJob(attempt(job_id="j1"))

    seen = probes.look(copy)

    assert isinstance(seen, LookFailed)
    assert (seen.asked_at, seen.error.stage) == (1002.0, "wait")
    assert seen.error.doing == "Asking for job j1 in cn-north-4"


def test_an_image_is_asked_for_by_its_id_or_else_looked_for(probes: Probes, service: FakeService, copy: Copy) -> None:
    shown = made("r7", status="saving")
    service.images = [shown]

    copy.phase = p.WatchingImage(attempt(image=shown))
    assert probes.look(copy) == ImageSeen(shown, 1000.0)
    copy.phase = p.WatchingImage(attempt())
    assert probes.look(copy) == ImageSeen(shown, 1000.0)
    assert service.done == ["image r7", "list all"]


def test_a_replica_is_asked_for_unless_it_stood_there_before(probes: Probes, service: FakeService, copy: Copy) -> None:
    shown = made()
    service.images = [shown]

    copy.phase = p.Settling(attempt(job=DONE), until=1120.0)
    assert probes.look(copy) == ImageSeen(shown, 1000.0)
    copy.phase = p.Settling(None, image=made("listed"))
    assert probes.look(copy) == ImageSeen(made("listed"), 1000.0)
    copy.phase = p.Settling(attempt(), until=1120.0)
    assert probes.look(copy) == ImageSeen(shown, 1000.0)
    copy.phase = p.Settling(attempt(), image=made(status="saving"), until=1120.0)
    assert probes.look(copy) == ImageSeen(shown, 1000.0)
    assert service.done == ["image r1", "list all", "image r1"]


@pytest.mark.parametrize(
    "named", [None, FOREIGN, made(name="other"), made(owner="p-other"), made(__imagetype="gold")]
)
def test_where_the_image_that_a_job_names_is_none_of_this_copy_what_stands_in_the_destination_is_looked_at(
    probes: Probes, service: FakeService, copy: Copy, named: Image | None
) -> None:
    service.images = [image for image in (named, made("r2")) if image is not None]
    copy.phase = p.Settling(attempt(job=DONE), until=1120.0)

    assert probes.look(copy) == ImageSeen(made("r2"), 1000.0)
    assert service.done == ["image r1", "list all"]


@pytest.mark.parametrize(
    ("named", "seen"),
    [(FOREIGN, FOREIGN), (made(name="other"), made(name="other")), (made(owner="p-other"), None)],
)
def test_where_nothing_else_stands_there_it_is_judged_by_the_image_that_its_job_names(
    probes: Probes, service: FakeService, copy: Copy, named: Image, seen: Image | None
) -> None:
    service.images = [named]
    copy.phase = p.Settling(attempt(job=DONE), until=1120.0)

    assert probes.look(copy) == ImageSeen(seen, 1000.0)


def test_an_image_of_somebody_else_is_not_the_one_that_is_watched(
    probes: Probes, service: FakeService, copy: Copy
) -> None:
    service.images = [made(owner="p-other")]
    copy.phase = p.WatchingImage(attempt(image=made(status="saving")))

    assert probes.look(copy) == ImageSeen(None, 1000.0)


@pytest.mark.parametrize(("name", "known"), [("a1", True), ("", True), ("other", False)])
def test_what_became_of_a_job_that_makes_another_image_says_nothing_of_this_copy(
    probes: Probes, service: FakeService, copy: Copy, clock: FakeClock, name: str, known: bool
) -> None:
    running(service, 1000.0, "FAIL")
    service.calls = {"j1": name or None}
    copy.phase = p.FollowingJob(attempt(job_id="j1"))

    seen = probes.look(copy)

    assert isinstance(seen, JobSeen) is known
    if isinstance(seen, LookFailed):
        assert isinstance(seen.error, NotFound)
        assert seen.error.message == 'job j1, which failed, was to make an image called "other", not "a1"'
        # Whoever was told of that job by mistake looks for the copy as if nobody knew of any.
        assert probes.recall(copy, ago(clock, 9999, job_id="j1")) == JobUnknown("j1")


@pytest.mark.parametrize(
    ("images", "seen"),
    [
        ([], Absent(1000.0)),
        ([made()], Standing(made())),
        ([made(status="saving")], UnderWay(made(status="saving"))),
        ([made(status="killed")], Absent(1000.0, (made(status="killed"),))),
        ([made("a1")], Absent(1000.0)),  # the source itself, where both regions are one
    ],
)
def test_a_search_lists_the_destination_anew(
    probes: Probes, service: FakeService, copy: Copy, images: list[Image], seen: t.Any
) -> None:
    copy.phase = p.Searching(attempt(), 1120.0)
    probes.destination(copy)
    service.images = images

    assert probes.look(copy) == seen
    assert service.did("list") == ["all", "all"]


def test_a_list_that_cannot_be_had_says_of_which_region(probes: Probes, service: FakeService, copy: Copy) -> None:
    service.trouble["list"] = ServerFault("away")
    copy.phase = p.Searching(attempt(), 1120.0)

    seen = probes.look(copy)

    assert isinstance(seen, LookFailed)
    assert seen.error.doing == "Listing the images in cn-south-1 (project cn-south-1)"
    assert seen.error.stage == "destination"


@pytest.mark.parametrize(("looks", "asked_at"), [(0, 1000.0), (1, 1000.0)])
def test_a_job_that_is_not_known_once_or_twice_is_asked_again(
    probes: Probes, service: FakeService, copy: Copy, looks: int, asked_at: float
) -> None:
    copy.phase = p.FollowingJob(attempt(job_id="j9"), looks)

    assert isinstance(probes.look(copy), LookFailed)
    assert service.did("list") == []


@pytest.mark.parametrize(("looks", "deadline"), [(2, 2000.0), (0, 1000.0)])
@pytest.mark.parametrize(
    ("images", "seen"),
    [([], Absent(1000.0)), ([made()], Standing(made())), ([made(status="saving")], UnderWay(made(status="saving")))],
)
def test_of_a_job_that_is_not_known_time_and_again_or_in_the_last_look_the_destination_tells(
    probes: Probes, service: FakeService, copy: Copy, looks: int, deadline: float, images: list[Image], seen: t.Any
) -> None:
    service.images = images
    copy.phase = p.FollowingJob(attempt(job_id="j9", deadline=deadline), looks)

    assert probes.look(copy) == seen


def test_a_job_that_cannot_be_asked_for_is_not_looked_for_elsewhere(
    probes: Probes, service: FakeService, copy: Copy
) -> None:
    service.trouble["job"] = ServerFault("away")
    copy.phase = p.FollowingJob(attempt(job_id="j9"), 9)

    assert isinstance(probes.look(copy), LookFailed)
    assert service.did("list") == []


def test_the_decision_is_by_the_list_that_is_there_unless_a_fresh_one_is_asked_for(
    probes: Probes, service: FakeService, copy: Copy
) -> None:
    probes.destination(copy)
    service.images = [made()]

    assert probes.destination(copy).kind == SUBMIT
    assert probes.destination(copy, fresh=True).replica == made()


def ago(clock: FakeClock, seconds: float, **fields: t.Any) -> Record:
    return Record(clock.utcnow() - datetime.timedelta(seconds=seconds), **fields)


@pytest.mark.parametrize(("age", "left"), [(0, 120.0), (50, 70.0), (119.5, 0.5), (-600, 120.0)])
def test_a_note_without_a_job_leaves_what_is_left_of_the_time_to_look(
    probes: Probes, copy: Copy, clock: FakeClock, age: float, left: float
) -> None:
    assert probes.recall(copy, ago(clock, age)) == MayHaveBegun(left)
    assert copy.warnings == []


@pytest.mark.parametrize("age", [120, 9999])
def test_a_note_whose_time_is_over_means_nothing_any_more(
    probes: Probes, copy: Copy, clock: FakeClock, age: float
) -> None:
    assert probes.recall(copy, ago(clock, age)) is None
    assert copy.warnings == [NEVER]


@pytest.mark.parametrize("code", ["IMG.0023", "IMG.0027", None])
@pytest.mark.parametrize("age", [-600, 0, 120, 10799])
def test_a_job_that_is_not_known_has_begun_all_the_same(
    probes: Probes, service: FakeService, copy: Copy, clock: FakeClock, code: str | None, age: float
) -> None:
    service.trouble["job"] = NotFound("no such job", code=code)

    assert probes.recall(copy, ago(clock, age, job_id="j1")) == JobUnknown("j1")


def test_of_a_job_that_is_not_known_it_is_said_until_when_it_is_not_submitted_again(
    probes: Probes, copy: Copy, clock: FakeClock
) -> None:
    probes.recall(copy, ago(clock, 10800 - 90.5, job_id="j1"))

    until = timestamp(clock.utcnow() + datetime.timedelta(seconds=91))
    assert copy.warnings == [
        "Job j1 of an earlier run is not known to the service any more; its replica is looked for, and it is not "
        f"submitted again before {until}."
    ]


def test_an_old_job_that_is_not_known_means_nothing_any_more(probes: Probes, copy: Copy, clock: FakeClock) -> None:
    assert probes.recall(copy, ago(clock, 10800, job_id="j1")) is None
    assert copy.warnings == [
        "Job j1 of an earlier run is not known any more, and its replica never showed in the destination."
    ]


def test_a_job_that_cannot_be_asked_is_no_answer(
    probes: Probes, service: FakeService, copy: Copy, clock: FakeClock
) -> None:
    service.trouble["job"] = ServerFault("away")

    with pytest.raises(ServerFault):
        probes.recall(copy, ago(clock, 9999, job_id="j1"))


def test_a_job_of_a_note_is_taken_up_whatever_the_age(
    probes: Probes, service: FakeService, copy: Copy, clock: FakeClock
) -> None:
    running(service, 1010.0)
    assert probes.recall(copy, ago(clock, 9999, job_id="j1")) == UnderWay(job=Job("j1", "RUNNING"))
    clock.now = 1010.0
    assert probes.recall(copy, ago(clock, 9999, job_id="j1")) == UnderWay(job=Job("j1", "SUCCESS", image_id="r1"))


def test_a_job_that_failed_means_nothing_unless_the_user_handed_it_on(
    probes: Probes, service: FakeService, copy: Copy, clock: FakeClock
) -> None:
    running(service, 1000.0, "FAIL")
    note = ago(clock, 50, job_id="j1")

    assert probes.recall(copy, note) is None
    assert copy.warnings == ["Job j1 of an earlier run failed (None: None)."]
    copy.earlier = Earlier(record=ago(clock, 50, job_id="j2"))
    assert probes.recall(copy, note) is None
    copy.earlier = Earlier(record=note)
    assert isinstance(probes.recall(copy, note), UnderWay)


@pytest.mark.parametrize(("age", "kept"), [(0, True), (FORGET_AFTER - 1, True), (FORGET_AFTER, False)])
def test_a_replica_that_has_not_shown_for_an_hour_is_taken_for_deleted(
    probes: Probes, service: FakeService, copy: Copy, clock: FakeClock, age: float, kept: bool
) -> None:
    running(service, 1000.0)
    ended_at = clock.utcnow() - datetime.timedelta(seconds=age)

    seen = probes.recall(copy, ago(clock, 9999, job_id="j1", ended_at=ended_at))

    assert FORGET_AFTER == 3600.0
    assert (seen is not None) is kept
    assert kept or "its replica is gone or never showed" in copy.warnings[0]


@pytest.mark.parametrize(
    ("noted", "told", "first_seen", "kept"),
    [
        (9999, 3601, None, False),
        (9999, 3599, None, True),
        (9999, 3601, 10, False),
        (9999, 10, 3601, False),
        (9999, None, 10, True),
        (3541, 3600, None, False),  # the clocks are a minute apart
        (3000, 9999, None, True),  # nothing has ended before it began
        (3000, 9999, 3600, False),
    ],
)
def test_a_job_tells_itself_since_when_its_replica_should_show(
    probes: Probes, copy: Copy, clock: FakeClock, noted: float, told: float | None, first_seen: float | None, kept: bool
) -> None:
    ended_at = clock.utcnow() - datetime.timedelta(seconds=first_seen) if first_seen is not None else None
    end_time = timestamp(clock.utcnow() - datetime.timedelta(seconds=told)) if told is not None else ""
    job = Job("j1", "SUCCESS", end_time=end_time)

    seen = probes.take_up(copy, job, ago(clock, noted, job_id="j1", ended_at=ended_at))

    assert seen == (UnderWay(job=job) if kept else None)


def test_a_job_that_is_at_work_again_has_not_ended(
    probes: Probes, service: FakeService, copy: Copy, clock: FakeClock
) -> None:
    running(service, 1010.0)
    long_ago = clock.utcnow() - datetime.timedelta(seconds=FORGET_AFTER)

    seen = probes.recall(copy, ago(clock, 9999, job_id="j1", ended_at=long_ago))

    assert seen == UnderWay(job=Job("j1", "RUNNING"))


def test_the_key_of_a_copy_tells_apart_what_makes_it_another_copy(
    probes: Probes, service: FakeService, copy: Copy
) -> None:
    renamed = Copy(copy.request, plan=Plan(source(id="a1", name="other"), SOURCE_PROJECT, DESTINATION_PROJECT))
    others = [
        Copy(copy.request, plan=Plan(source(id="a2", name="a1"), SOURCE_PROJECT, DESTINATION_PROJECT)),
        Copy(copy.request, plan=Plan(copy.plan.source, SOURCE_PROJECT, SOURCE_PROJECT)),
    ]
    keys = [probes.key(one) for one in (copy, renamed, *others)]
    assert len({key.copy for key in keys}) == 4
    assert len({key.route for key in keys}) == 3, "by one image and one place runs meet, whatever they call the replica"
    assert probes.key(copy, "other") == keys[1]._replace(source=copy.source)
    assert probes.key(copy) == probes.key(Copy(service.asked("a1"), 7, plan=copy.plan))


@pytest.mark.parametrize(("match", "any_name"), [("name_and_origin", False), ("name", False), ("origin", True)])
def test_a_copy_that_counts_by_its_origin_is_meant_under_any_name(
    probes: Probes, service: FakeService, copy: Copy, match: str, any_name: bool
) -> None:
    copy.request = service.asked("a1", match=match)
    assert probes.key(copy).any_name is any_name
