# SPDX-License-Identifier: GPL-3.0-or-later
"""A job that was named and is not known any more: its copy has begun, and only much time lets it be submitted again."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import effects as do
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import observations as see
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life import advance
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import FORGET_AFTER, Limits, Terms
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import NotFound, Uncertain
from tests.unit.life_scenes import (
    DEADLINE,
    FAILED_ONCE,
    FOLLOWING,
    NOON,
    NOTED,
    NOW,
    ONE,
    OTHERS_JOB,
    PINNED,
    attempt,
    terms,
)

UNKNOWN = [NotFound("job query failed", code="IMG.0023", http_status=400), NotFound("no", http_status=404)]


def noted(age: float, **fields: t.Any) -> Record:
    return Record(NOON - datetime.timedelta(seconds=age), "j1", **fields)


def after(phase: p.Phase, seen: see.Observation, of: Terms = ONE) -> t.Any:
    return advance(phase, seen, NOW, of)[0]


@pytest.mark.parametrize("error", UNKNOWN)
@pytest.mark.parametrize(("phase", "of"), [(FOLLOWING, ONE), (OTHERS_JOB, NOTED), (OTHERS_JOB, PINNED)])
def test_a_job_is_followed_however_often_it_is_not_known(phase: t.Any, of: Terms, error: NotFound) -> None:
    for _time in range(50):
        phase = after(phase, see.LookFailed(error, 1000.0), of)
        phase = after(phase, see.Absent(1000.0), of)

    assert isinstance(phase, p.FollowingJob)


def test_a_look_at_the_destination_goes_on_where_the_job_is_not_known() -> None:
    twice = dataclasses.replace(FOLLOWING, failed_looks=2)

    assert after(twice, see.Absent(1000.0)) == dataclasses.replace(FOLLOWING, failed_looks=3)


@pytest.mark.parametrize("wait_timeout", [60, 3600, 10800])
def test_another_runs_job_keeps_its_copy_from_being_submitted_for_the_time_to_wait_and_an_hour_at_least(
    wait_timeout: float,
) -> None:
    kept = max(wait_timeout, 3600)
    early = terms(note=noted(kept - 0.1), wait_timeout=wait_timeout)
    late = terms(note=noted(kept), wait_timeout=wait_timeout)

    assert isinstance(after(OTHERS_JOB, see.Absent(1000.0), early), p.FollowingJob)
    phase, effects = advance(OTHERS_JOB, see.Absent(1000.0), NOW, late)
    assert phase == p.Queued()
    never = "Job j1 of an earlier run is not known any more, and its replica never showed in the destination."
    assert effects == (do.Warn(never), do.ForgetNote())


def test_what_this_run_has_failed_at_before_is_not_forgotten_meanwhile() -> None:
    other = p.FollowingJob(attempt(1, False, job_id="j1", before=FAILED_ONCE.last))

    assert after(other, see.Absent(1000.0), terms(note=noted(99999), max_attempts=2)) == FAILED_ONCE


def test_the_last_attempt_of_an_earlier_run_that_came_to_nothing_is_not_repeated() -> None:
    other = p.FollowingJob(attempt(1, False, job_id="j1"))

    ended, effects = advance(other, see.Absent(1000.0), NOW, terms(note=noted(99999)))

    assert isinstance(ended, p.Ended)
    assert ended.error is not None
    assert ended.error.message == "the copy that an earlier run began came to nothing"
    assert effects == (do.ForgetNote(),)


@pytest.mark.parametrize("of", [ONE, terms({"job_id": "j1"}, note=noted(99999)), terms(note=noted(99999, run="own"))])
def test_what_is_ours_or_named_by_the_user_is_not_submitted_again_in_this_run(of: Terms) -> None:
    phase = OTHERS_JOB if of.pinned else FOLLOWING

    assert isinstance(after(phase, see.Absent(1000.0), of), p.FollowingJob)
    assert isinstance(after(phase, see.Absent(DEADLINE), of).error, Uncertain)


def test_what_is_noted_of_another_job_says_nothing_about_this_one() -> None:
    of = terms(note=Record(NOON - datetime.timedelta(days=9), "j0"))

    assert isinstance(after(OTHERS_JOB, see.Absent(1000.0), of), p.FollowingJob)


@pytest.mark.parametrize("seen", [see.Absent(DEADLINE), see.LookFailed(UNKNOWN[0], DEADLINE)])
def test_when_the_time_to_wait_is_over_it_is_said_which_job_since_when_until_when_and_what_to_do(
    seen: see.Observation,
) -> None:
    of = terms({"name": "web"}, note=noted(600), wait_timeout=600)

    error = after(FOLLOWING, seen, of).error

    assert isinstance(error, Uncertain)
    assert error.message == (
        "job j1, accepted at 2026-03-01T11:50:00Z, is not known to the service any more, and its replica does not show "
        "in cn-south-1: what became of it is unclear; it is not submitted again before 2026-03-01T12:50:00Z"
    )
    assert error.stage == "wait"
    assert error.hint is not None
    assert error.hint == (
        'Look for "web" in cn-south-1. If it came to nothing, ledger: none without job_id and resume submits it now.'
    )


def test_when_all_time_is_over_the_next_run_is_free_to_submit_it() -> None:
    error = after(FOLLOWING, see.Absent(DEADLINE), terms(note=noted(10800))).error

    assert "not submitted again" not in error.message
    assert "before you run again" in error.hint


def test_who_named_the_job_is_told_to_leave_it_out() -> None:
    error = after(OTHERS_JOB, see.Absent(DEADLINE), PINNED).error

    assert error.message == (
        "job j1 is not known to the service any more, and its replica does not show in cn-south-1: "
        "what became of it is unclear"
    )
    assert error.hint.startswith("Leave job_id out")


@pytest.mark.parametrize(
    ("note", "limits", "left"),
    [
        (noted(100), Limits(), 10700.0),
        (noted(100), Limits(wait_timeout=60), 3500.0),
        (noted(100), Limits(wait_timeout=60, confirm_timeout=7200), 7100.0),
        (noted(9000, ended_at=NOON), Limits(), FORGET_AFTER),
        (noted(9000, ended_at=NOON), Limits(confirm_timeout=7200), 7200.0),
        (noted(20000), Limits(), -9200.0),
        (noted(-86400), Limits(), 10800.0),  # a clock that was set back
        (Record(datetime.datetime.max.replace(tzinfo=datetime.timezone.utc), "j1"), Limits(), 10800.0),
    ],
)
def test_how_long_a_copy_is_not_submitted_again(note: Record, limits: Limits, left: float) -> None:
    assert limits.kept_for(note, NOON) == left
