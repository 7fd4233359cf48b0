# SPDX-License-Identifier: GPL-3.0-or-later
"""One copy in one run: how each phase reads, and what is known about it."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy, Incomplete, Plan
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Earlier, Limits, Terms
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import ApiError, JobFailed
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from tests.unit.life_scenes import (
    ACTIVE,
    DONE,
    FAILED,
    FOLLOWING,
    MADE,
    NOON,
    RUNNING,
    SAVING,
    SEARCHING,
    STOOD,
    WATCHING,
    attempt,
)
from tests.unit.shapes import DESTINATION_PROJECT, SOURCE_PROJECT, request, source

LATER = NOON + datetime.timedelta(seconds=90)
BEGAN = NOON - datetime.timedelta(seconds=600)
BROKEN = JobFailed("disk broke")
ERROR = ApiError("no")

FAILED_ONCE = attempt(job=FAILED, job_id="j1", image=SAVING, error=BROKEN)
AGAIN = p.Queued(made=1, last=FAILED_ONCE)
OTHERS = attempt(0, False, submitted_at=None)
WAITED = attempt(0, False, waited=True)


def copy(phase: p.Phase = p.Unplanned(), **fields: t.Any) -> Copy:  # noqa: B008
    return Copy(fields.pop("request", request()), phase=phase, **fields)


def ended(outcome: p.Outcome = p.Outcome.COPIED, **fields: t.Any) -> p.Ended:
    return p.Ended(outcome, LATER, **fields)


# Of each phase: status, action, changed and attempts.
READINGS: list[tuple[p.Phase, str, str, bool, int]] = [
    (p.Unplanned(), "not_started", "none", False, 0),
    (p.PutOff(1.0), "not_started", "none", False, 0),
    (p.Queued(), "not_started", "none", False, 0),
    (AGAIN, "not_started", "submitted", True, 1),
    (p.Queued(2), "not_started", "none", False, 2),
    (p.Submitting(p.Queued()), "in_progress", "none", False, 0),
    (p.Submitting(AGAIN), "in_progress", "submitted", True, 1),
    (FOLLOWING, "in_progress", "submitted", True, 1),
    (p.FollowingJob(attempt(2, before=FAILED_ONCE)), "in_progress", "submitted", True, 2),
    (p.FollowingJob(OTHERS), "in_progress", "none", False, 0),
    (p.FollowingJob(attempt(1, False, before=FAILED_ONCE)), "in_progress", "submitted", True, 1),
    (WATCHING, "in_progress", "none", False, 0),
    (p.WatchingImage(WAITED), "in_progress", "waited", False, 0),
    (SEARCHING, "in_progress", "submitted", True, 1),
    (p.Searching(OTHERS, 1.0), "in_progress", "none", False, 0),
    (STOOD, "in_progress", "none", False, 0),
    (MADE, "in_progress", "submitted", True, 1),
    (ended(p.Outcome.PRESENT), "present", "none", False, 0),
    (ended(p.Outcome.UPDATED, updated=True), "updated", "updated", True, 0),
    (ended(attempt=attempt()), "copied", "submitted", True, 1),
    (ended(attempt=attempt(), updated=True), "copied", "submitted", True, 1),
    (ended(attempt=WAITED), "copied", "waited", False, 0),
    (ended(attempt=WAITED, updated=True), "copied", "updated", True, 0),
    (ended(p.Outcome.FAILED, attempt=attempt(3), error=ERROR), "failed", "submitted", True, 3),
    (ended(p.Outcome.FAILED, error=ERROR), "failed", "none", False, 0),
    (ended(p.Outcome.FAILED, error=ERROR, made=1), "failed", "none", False, 1),
    (ended(p.Outcome.FAILED, attempt=FAILED_ONCE, error=ERROR, made=2), "failed", "submitted", True, 2),
    (ended(p.Outcome.SKIPPED, error=ERROR), "skipped", "none", False, 0),
]


@pytest.mark.parametrize(("phase", "status", "action", "changed", "attempts"), READINGS)
def test_a_phase_as_a_result(phase: p.Phase, status: str, action: str, changed: bool, attempts: int) -> None:
    read = copy(phase)

    assert (read.status, read.action, read.changed, read.attempts) == (status, action, changed, attempts)
    assert read.submitted is (action == "submitted")


def test_every_phase_and_every_outcome_is_read() -> None:
    assert {type(phase) for phase, *_rest in READINGS} == set(t.get_args(p.Phase))
    assert {phase.outcome for phase, *_rest in READINGS if isinstance(phase, p.Ended)} == set(p.Outcome)


@pytest.mark.parametrize(("phase", "_status", "_action", "_changed", "_attempts"), READINGS)
def test_a_copy_takes_a_slot_while_the_service_may_be_at_work_and_ends_once(
    phase: p.Phase, _status: str, _action: str, _changed: bool, _attempts: int
) -> None:
    assert copy(phase).ended is isinstance(phase, p.Ended)
    assert copy(phase).in_flight is isinstance(phase, (p.Searching, p.FollowingJob, p.WatchingImage))


@pytest.mark.parametrize(
    ("phase", "status"),
    [
        (p.Unplanned(), "in_progress"),
        (p.PutOff(1.0), "in_progress"),
        (p.Queued(1), "not_started"),
        (ended(p.Outcome.FAILED, error=ERROR), "failed"),
    ],
)
def test_what_an_earlier_run_began_is_in_progress_until_it_is_known_better(phase: p.Phase, status: str) -> None:
    assert copy(phase, earlier=Earlier(made=1, began=BEGAN)).status == status


@pytest.mark.parametrize(
    ("phase", "attempts"),
    [
        (p.Unplanned(), 2),
        (STOOD, 2),
        (p.Queued(), 0),
        (p.Submitting(p.Queued(3)), 3),
        (p.FollowingJob(attempt(3)), 3),
        (ended(p.Outcome.FAILED, error=ERROR), 2),
        (ended(p.Outcome.FAILED, error=ERROR, made=3), 3),
    ],
)
def test_the_attempts_of_an_earlier_run_count_until_a_phase_has_its_own(phase: p.Phase, attempts: int) -> None:
    assert copy(phase, earlier=Earlier(made=2)).attempts == attempts


@pytest.mark.parametrize(
    ("phase", "job"),
    [
        (p.Unplanned(), None),
        (AGAIN, None),
        (p.Submitting(AGAIN), None),
        (FOLLOWING, Job("j1", "INIT")),
        (p.FollowingJob(attempt(job_id="j1", job=RUNNING)), RUNNING),
        (WATCHING, None),
        (MADE, DONE),
        (ended(attempt=attempt(job=DONE, job_id="j1")), DONE),
        (ended(), None),
    ],
)
def test_the_job_is_the_one_of_the_present_attempt(phase: p.Phase, job: Job | None) -> None:
    assert copy(phase).job == job


@pytest.mark.parametrize(
    ("phase", "image"),
    [
        (p.Unplanned(), None),
        (AGAIN, None),
        (p.Submitting(AGAIN), None),
        (FOLLOWING, None),
        (p.FollowingJob(attempt(image=SAVING)), SAVING),
        (WATCHING, SAVING),
        (p.Searching(attempt(image=SAVING), 1.0), SAVING),
        (STOOD, ACTIVE),
        (p.Settling(attempt(image=SAVING)), None),
        (ended(image=ACTIVE), ACTIVE),
        (ended(attempt=attempt(image=SAVING)), None),
    ],
)
def test_the_image_is_the_replica_as_it_was_last_seen(phase: p.Phase, image: t.Any) -> None:
    assert copy(phase).image == image


def test_a_copy_started_when_its_attempt_was_submitted_or_as_an_earlier_run_told() -> None:
    earlier = Earlier(began=BEGAN)

    assert copy(FOLLOWING).started_at == NOON
    assert copy(FOLLOWING, earlier=earlier).started_at == NOON
    assert copy(earlier=earlier).started_at == BEGAN
    assert copy(p.FollowingJob(OTHERS), earlier=earlier).started_at is None
    assert copy().started_at is None


def test_of_a_copy_that_another_run_submitted_its_job_or_its_note_tells_when() -> None:
    note = Record(BEGAN)
    told = Job("j1", "RUNNING", begin_time=timestamp(LATER))
    assert copy(p.FollowingJob(OTHERS), note=note).started_at == BEGAN
    assert copy(p.FollowingJob(OTHERS._replace(job=told)), note=note).started_at == LATER
    stood = p.Settling(OTHERS._replace(job=told), until=1.0)
    assert copy(stood, note=note).started_at is None, "nobody has seen it under way"


def test_a_copy_finished_when_it_ended() -> None:
    assert copy(ended()).finished_at == LATER
    assert copy(MADE).finished_at is None


def test_only_what_waits_for_a_slot_is_refused() -> None:
    refused = p.Queued(refused_since=BEGAN)

    assert copy(refused).refused_since == BEGAN
    assert copy(p.Queued()).refused_since is None
    assert copy(p.Submitting(refused)).refused_since is None


def test_an_attempt_failed_where_another_waits_for_its_turn() -> None:
    overtaken = p.Queued(1, FAILED_ONCE._replace(error=None))

    assert copy(AGAIN).attempt_failed
    assert [copy(phase).attempt_failed for phase in (p.Queued(), overtaken, p.Submitting(AGAIN), ended())] == [
        False
    ] * 4


def test_only_what_ended_badly_has_an_error() -> None:
    assert copy(ended(p.Outcome.FAILED, error=ERROR)).error is ERROR
    assert copy(AGAIN).error is None


def test_the_name_of_the_replica_follows_from_the_source() -> None:
    asked = request(name_template="{name}-x")

    assert copy(request=asked, plan=Plan(source(name="golden"))).name == "golden-x"
    assert copy(request=asked).name == "-x"
    assert copy(request=request(name_template="{id}-x")).name == f"{request().image_id}-x"


def test_what_holds_for_its_whole_life_is_handed_on() -> None:
    limits, earlier = Limits(max_attempts=7), Earlier(made=2)

    terms = copy(plan=Plan(source()), earlier=earlier).terms(limits)

    assert terms == Terms(request(), limits, earlier, source())
    assert (terms.name, terms.pinned) == ("golden", False)
    assert Terms(request(job_id="j1", name_template="{name}-x")).name == "-x"
    assert Terms(request(job_id="j1")).pinned


def test_what_a_plan_must_have_found_is_known_or_it_is_a_bug() -> None:
    whole = copy(plan=Plan(source(), SOURCE_PROJECT, DESTINATION_PROJECT))
    assert (whole.source, whole.source_project, whole.project) == (source(), SOURCE_PROJECT, DESTINATION_PROJECT)

    for name, what in (("source", "image"), ("source_project", "project"), ("project", "destination project")):
        with pytest.raises(Incomplete, match=f"{what} is not known"):
            getattr(copy(), name)


def test_a_warning_is_given_once() -> None:
    warned = copy()
    for text in ("one", "two", "one"):
        warned.warn(text)
    assert warned.warnings == ["one", "two"]


def test_of_many_warnings_the_first_are_given_and_that_there_were_more() -> None:
    warned = copy()
    for number in range(500):
        warned.warn(f"look {number} failed")
    assert warned.warnings[:20] == [f"look {number} failed" for number in range(20)]
    assert warned.warnings[20:] == ["There was more to warn of about this copy, which is left out."]
