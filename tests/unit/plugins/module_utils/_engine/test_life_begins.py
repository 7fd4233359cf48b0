# SPDX-License-Identifier: GPL-3.0-or-later
"""Until a copy is under way: what its phases carry, to the second and to the attempt."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import effects as do
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import observations as see
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life import advance
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Earlier, Terms
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    Blocked,
    Busy,
    ImsError,
    NotFound,
    NotPermitted,
    PreflightFailed,
    ServerFault,
    TransportError,
)
from tests.unit.life_scenes import (
    ACTIVE,
    DONE,
    FAILED,
    FAILED_ONCE,
    FULL,
    LOST,
    NOON,
    NOW,
    ONE,
    PINNED,
    RUNNING,
    SAVING,
    terms,
)

LATER = p.Now(1300.0, NOON + datetime.timedelta(seconds=300))
BEGAN = NOON - datetime.timedelta(seconds=600)
RESUMED = terms(earlier=Earlier(made=2, began=BEGAN, deadline=1234.0), max_attempts=5)
SENDING = p.Submitting(FAILED_ONCE)


def after(phase: p.Phase, seen: see.Observation, of: Terms = ONE, now: p.Now = NOW) -> t.Any:
    return advance(phase, seen, now, of)[0]


@pytest.mark.parametrize("error", [TransportError("no answer"), ServerFault("away"), Busy("later")])
def test_trouble_with_planning_puts_a_copy_off_by_an_interval_until_patience_ends(error: ImsError) -> None:
    patient = terms(patient_until=1000.5, wait_interval=7)
    seen = see.LookFailed(error, 1000.0)

    assert after(p.Unplanned(), seen, patient) == p.PutOff(1007.0)
    assert after(p.PutOff(1000.0), seen, patient, p.Now(1000.4, NOON)) == p.PutOff(1007.4)
    assert after(p.PutOff(1000.0), seen, patient, p.Now(1000.5, NOON)).error is error


@pytest.mark.parametrize("error", [NotPermitted("no"), NotFound("no"), ApiError("no")])
def test_what_will_not_pass_fails_a_plan_at_once(error: ImsError) -> None:
    ended = after(p.Unplanned(), see.LookFailed(error, 1000.0), terms(patient_until=9999.0))

    assert ended == p.Ended(p.Outcome.FAILED, NOON, error=error)


def test_a_plan_that_is_put_off_warns_in_the_words_of_the_trouble() -> None:
    seen = see.LookFailed(ServerFault("away", http_status=503), 1.0)

    _phase, (warning,) = advance(p.Unplanned(), seen, NOW, terms(patient_until=9999.0))

    assert warning == do.Warn("A look at the copy failed, and the wait went on: away (HTTP 503)")


@pytest.mark.parametrize("error", [PreflightFailed("no"), Blocked("no")])
def test_a_copy_that_a_check_refuses_is_skipped_only_where_that_is_asked_for(error: ImsError) -> None:
    assert after(p.Unplanned(), see.Refused(error)) == p.Ended(p.Outcome.FAILED, NOON, error=error)
    skipped = after(p.Unplanned(), see.Refused(error), terms(skip_refused=True))
    assert skipped == p.Ended(p.Outcome.SKIPPED, NOON, error=error)


def test_a_refusal_of_the_service_is_never_skipped() -> None:
    error = ApiError("no")

    ended = after(p.Submitting(p.Queued()), see.Refused(error, sent=True), terms(skip_refused=True))

    assert ended.outcome is p.Outcome.FAILED


@pytest.mark.parametrize("skip", [False, True])
def test_what_is_in_the_way_of_another_attempt_does_not_make_the_first_one_unseen(skip: bool) -> None:
    error = Blocked("no")

    ended = after(SENDING, see.Refused(error), terms(skip_refused=skip))

    outcome = p.Outcome.SKIPPED if skip else p.Outcome.FAILED
    assert ended == p.Ended(outcome, NOON, FAILED_ONCE.last, error=error, made=1)


@pytest.mark.parametrize(("queued", "sent", "made"), [
    (p.Queued(), False, 0),
    (p.Queued(), True, 1),
    (FAILED_ONCE, False, 1),
    (FAILED_ONCE, True, 2),
])  # fmt: skip
def test_a_request_that_was_sent_and_refused_counts_as_made(queued: p.Queued, sent: bool, made: int) -> None:
    ended = after(p.Submitting(queued), see.Refused(ApiError("no"), sent=sent))

    assert (ended.made, ended.attempt) == (made, queued.last)


@pytest.mark.parametrize(("made", "most", "queued"), [(0, 1, True), (1, 1, False), (1, 2, True), (2, 2, False)])
def test_an_earlier_runs_attempts_count_where_nothing_is_left_of_them(made: int, most: int, queued: bool) -> None:
    phase = after(p.Unplanned(), see.Absent(1.0), terms(earlier=Earlier(made, refused_since=NOON), max_attempts=most))

    assert isinstance(phase, p.Queued) is queued
    if queued:
        assert phase == p.Queued(made, refused_since=NOON)
    else:
        assert "came to nothing" in phase.error.message
        assert (phase.outcome, phase.error.stage) == (p.Outcome.FAILED, "wait")


def test_a_replica_that_stands_there_was_made_by_nobody_unless_its_job_is_known() -> None:
    assert after(p.Unplanned(), see.Standing(ACTIVE)) == p.Settling(None, image=ACTIVE)
    settling = after(p.Unplanned(), see.Standing(ACTIVE, DONE), RESUMED)
    earlier = p.Attempt(2, False, 1234.0, BEGAN, "j1", DONE)
    assert settling == p.Settling(earlier, image=ACTIVE)


def test_a_replica_that_another_run_has_made_meanwhile_does_not_hide_the_attempt_before() -> None:
    assert after(SENDING, see.Standing(ACTIVE)) == p.Settling(FAILED_ONCE.last, image=ACTIVE)
    settling = after(SENDING, see.Standing(ACTIVE, DONE))
    assert (settling.attempt.before, settling.attempt.ours) == (FAILED_ONCE.last, False)


def test_a_wait_for_what_an_earlier_run_began_ends_when_that_runs_would_have() -> None:
    following = after(p.Unplanned(), see.UnderWay(SAVING, RUNNING), RESUMED)
    assert following == p.FollowingJob(p.Attempt(2, False, 1234.0, BEGAN, "j1", RUNNING, SAVING))
    watching = after(p.Unplanned(), see.UnderWay(SAVING), RESUMED)
    assert watching == p.WatchingImage(p.Attempt(2, False, 1234.0, BEGAN, image=SAVING))


def test_a_wait_whose_beginning_nobody_knows_lasts_as_long_as_one_from_now_on() -> None:
    following = after(p.Unplanned(), see.UnderWay(job=RUNNING), terms(wait_timeout=50), LATER)

    assert (following.attempt.deadline, following.attempt.submitted_at, following.attempt.number) == (1350.0, None, 0)
    assert following.attempt.waited_since == LATER.utc, "from which on later runs count"


def test_a_run_that_carries_on_counts_from_where_the_one_before_it_did() -> None:
    for since in (None, BEGAN):
        earlier = RESUMED.earlier._replace(waited_since=since)
        following = after(p.Unplanned(), see.UnderWay(job=RUNNING), RESUMED._replace(earlier=earlier))
        assert following.attempt.waited_since == since


def test_an_attempt_of_another_run_counts_no_request_of_this_one() -> None:
    following = after(SENDING, see.UnderWay(job=RUNNING), RESUMED)

    assert (following.attempt.number, following.attempt.ours, following.attempt.before) == (1, False, FAILED_ONCE.last)


def test_a_job_that_has_ended_well_already_is_settled_for_as_long_as_a_search_lasts() -> None:
    settling = after(p.Unplanned(), see.UnderWay(SAVING, DONE), terms(confirm_timeout=45))

    assert (settling.until, settling.image, settling.attempt.job) == (1045.0, SAVING, DONE)


def test_a_named_job_that_has_failed_is_the_end() -> None:
    ended = after(p.Unplanned(), see.UnderWay(job=FAILED), PINNED)

    assert (ended.outcome, ended.attempt.job, ended.error.code) == (p.Outcome.FAILED, FAILED, "IMG.0061")
    assert ended.error.message == "job j1 failed: disk broke"


def test_what_may_have_begun_is_looked_for_as_long_as_the_note_has_left() -> None:
    searching = after(p.Unplanned(), see.MayHaveBegun(37.5), RESUMED)

    assert searching == p.Searching(p.Attempt(2, False, 1234.0, BEGAN), until=1037.5)


def test_a_copy_whose_turn_it_is_keeps_what_it_has_been_through() -> None:
    assert after(FAILED_ONCE, see.Chosen()) == SENDING


def test_a_copy_is_refused_since_the_first_not_now_and_loses_no_attempt() -> None:
    once = after(SENDING, see.NotNow(FULL))
    again = after(p.Submitting(once), see.NotNow(FULL), now=LATER)

    assert once == again == p.Queued(1, FAILED_ONCE.last, NOON)


def test_a_slot_of_another_copys_ends_the_refusal_and_nothing_else() -> None:
    assert after(p.Queued(1, FAILED_ONCE.last, NOON), see.SlotTaken()) == FAILED_ONCE


def test_a_copy_that_never_gets_a_slot_fails_with_what_the_service_says() -> None:
    ended = after(FAILED_ONCE, see.NeverASlot(FULL), now=LATER)

    assert ended == p.Ended(p.Outcome.FAILED, LATER.utc, FAILED_ONCE.last, error=FULL, made=1)


@pytest.mark.parametrize(("queued", "number"), [(p.Queued(), 1), (FAILED_ONCE, 2)])
def test_an_attempt_of_this_run_begins_when_its_request_was_answered(queued: p.Queued, number: int) -> None:
    left = frozenset({"r0"})
    of = terms(wait_timeout=600, confirm_timeout=45)
    made = p.Attempt(number, True, 1900.0, LATER.utc, leftovers=left, answer=LOST, before=queued.last)

    searching, (warning,) = advance(p.Submitting(queued), see.AnswerLost(LOST, left), LATER, of)

    assert searching == p.Searching(made, until=1345.0)
    assert isinstance(warning, do.Warn)
    assert warning.text == "The answer to the submission was lost (reset); the copy was looked for instead."
    following = after(p.Submitting(queued), see.Accepted("j7", left), of, LATER)
    assert following.attempt.job_id == "j7"
    assert (following.attempt.number, following.attempt.deadline) == (number, 1900.0)
    assert (following.attempt.leftovers, following.attempt.before) == (left, queued.last)
