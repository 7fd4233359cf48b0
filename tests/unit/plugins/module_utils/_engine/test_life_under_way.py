# SPDX-License-Identifier: GPL-3.0-or-later
"""While the service is at work, or may be: deadlines, looks that fail, attempts that fail."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import effects as do
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import observations as see
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life import advance
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Terms
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ImsError,
    JobFailed,
    NotAuthenticated,
    NotPermitted,
    Uncertain,
    WaitTimeout,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image
from tests.unit.life_scenes import (
    ACTIVE,
    AWAY,
    DEADLINE,
    DONE,
    FAILED,
    FAILED_ONCE,
    FOLLOWING,
    FORBIDDEN,
    GONE,
    KILLED,
    NOON,
    NOW,
    ONE,
    OTHERS,
    OTHERS_JOB,
    PINNED,
    RUNNING,
    SAVING,
    SEARCHING,
    TWO,
    WATCHING,
    attempt,
    terms,
)
from tests.unit.shapes import replica

OURS_SHOWN = p.WatchingImage(attempt(image=SAVING))
WHILE_LOOKING = [FOLLOWING, WATCHING, SEARCHING, OTHERS]


def after(phase: p.Phase, seen: see.Observation, of: Terms = ONE) -> t.Any:
    return advance(phase, seen, NOW, of)[0]


def looks(phase: p.Phase, error: ImsError, times: int, of: Terms = ONE) -> t.Any:
    for _time in range(times):
        phase = after(phase, see.LookFailed(error, 1000.0), of)
    return phase


@pytest.mark.parametrize(
    ("phase", "seen"), [(FOLLOWING, see.JobSeen(RUNNING, 0.0)), (WATCHING, see.ImageSeen(SAVING, 0.0))]
)
def test_what_counts_for_a_deadline_is_when_the_question_was_asked(phase: p.Phase, seen: t.Any) -> None:
    before = after(phase, dataclasses.replace(seen, asked_at=DEADLINE - 0.001))
    at = after(phase, dataclasses.replace(seen, asked_at=DEADLINE))

    assert isinstance(before, (p.FollowingJob, p.WatchingImage))
    assert before.attempt.waited
    assert (at.outcome, type(at.error), at.error.stage) == (p.Outcome.FAILED, WaitTimeout, "wait")
    assert at.attempt.waited


@pytest.mark.parametrize(
    ("phase", "seen", "to"),
    [
        (FOLLOWING, see.JobSeen(DONE, DEADLINE), p.Settling),
        (WATCHING, see.ImageSeen(ACTIVE, DEADLINE), p.Settling),
        (FOLLOWING, see.JobSeen(FAILED, DEADLINE), p.Queued),
        (WATCHING, see.ImageSeen(KILLED, DEADLINE), p.Queued),
    ],
)
def test_an_end_that_is_seen_in_the_last_look_counts(phase: p.Phase, seen: see.Observation, to: type) -> None:
    assert after(phase, seen, TWO).__class__ is to


def test_a_time_out_says_how_long_how_far_and_how_to_go_on() -> None:
    error = after(FOLLOWING, see.JobSeen(RUNNING, DEADLINE), terms(wait_timeout=90)).error

    assert error.message == "not finished within 90 s; the copy itself goes on (job j1), 40 % done"
    assert "job_id: j1" in error.hint
    unknown = after(WATCHING, see.ImageSeen(SAVING, DEADLINE), terms(wait_timeout=90)).error
    assert unknown.message == "not finished within 90 s; the copy itself goes on"


@pytest.mark.parametrize(("number", "most", "again"), [(1, 1, False), (1, 2, True), (2, 2, False), (2, 3, True)])
def test_a_failed_attempt_is_repeated_as_long_as_it_was_not_the_last(number: int, most: int, again: bool) -> None:
    following = p.FollowingJob(attempt(number, job_id="j1", before=FAILED_ONCE.last))

    phase, effects = advance(following, see.JobSeen(FAILED, 1000.0), NOW, terms(max_attempts=most))

    assert effects[:2] == (do.ForgetNote(), do.SeekLeftovers())
    if not again:
        assert isinstance(phase, p.Ended)
        assert (phase.attempt and phase.attempt.number, phase.error and phase.error.code) == (number, "IMG.0061")
        assert len(effects) == 2
        return
    assert isinstance(phase, p.Queued)
    assert phase.last is not None
    assert (phase.made, phase.last.job, phase.last.before) == (number, FAILED, FAILED_ONCE.last)
    assert (phase.last.error and phase.last.error.code, phase.refused_since) == ("IMG.0061", None)
    assert isinstance(effects[2], do.Warn)
    assert effects[2].text.startswith(f"Attempt {number} failed and is repeated: Copying image")


def test_a_failed_attempt_of_another_run_leaves_this_run_its_own() -> None:
    assert after(OTHERS_JOB, see.JobSeen(FAILED, 1000.0)).made == 0
    assert after(WATCHING, see.ImageSeen(KILLED, 1000.0)).made == 0


@pytest.mark.parametrize(("phase", "whose"), [(OURS_SHOWN, "this run submitted"), (WATCHING, "an earlier run began")])
def test_a_killed_image_is_told_with_whose_it_was(phase: p.Phase, whose: str) -> None:
    failed = after(phase, see.ImageSeen(KILLED, 1000.0), terms(max_attempts=0))

    assert isinstance(failed.error, JobFailed)
    assert failed.error.message == f"image r1, the replica of the copy that {whose}, was killed"


@pytest.mark.parametrize(("kind", "stage"), [(NotAuthenticated, "authenticate"), (NotPermitted, "wait")])
@pytest.mark.parametrize("phase", WHILE_LOOKING)
def test_the_third_look_in_a_row_that_is_refused_is_the_last(phase: p.Phase, kind: type[ImsError], stage: str) -> None:
    error = kind("no")
    twice = looks(phase, error, 2)
    thrice = looks(phase, error, 3)

    assert (type(twice), twice.failed_looks) == (type(phase), 2)
    assert (thrice.outcome, thrice.error, thrice.error.stage) == (p.Outcome.FAILED, error, stage)
    assert str(thrice.error.doing).startswith("Waiting for the copy of image")


@pytest.mark.parametrize(
    ("phase", "seen"),
    [
        (FOLLOWING, see.JobSeen(RUNNING, 1000.0)),
        (WATCHING, see.ImageSeen(SAVING, 1000.0)),
        (SEARCHING, see.Absent(1000.0)),
        (OTHERS, see.Absent(1000.0)),
    ],
)
def test_a_look_that_is_answered_begins_the_row_anew(phase: p.Phase, seen: see.Observation) -> None:
    answered = after(looks(phase, FORBIDDEN, 2), seen)

    assert answered.failed_looks == 0
    assert looks(answered, FORBIDDEN, 2).__class__ is type(phase)


@pytest.mark.parametrize("phase", WHILE_LOOKING)
def test_trouble_with_the_service_never_ends_a_wait_before_its_deadline(phase: p.Phase) -> None:
    assert looks(phase, AWAY, 50).failed_looks == 50


@pytest.mark.parametrize("phase", [FOLLOWING, WATCHING])
def test_a_look_that_fails_after_the_deadline_is_the_last(phase: p.Phase) -> None:
    assert after(phase, see.LookFailed(AWAY, DEADLINE - 0.001)).__class__ is type(phase)
    assert isinstance(after(phase, see.LookFailed(AWAY, DEADLINE)).error, WaitTimeout)


@pytest.mark.parametrize("phase", [OURS_SHOWN, WATCHING])
def test_an_image_that_is_gone_three_times_is_looked_for_in_the_destination(phase: t.Any) -> None:
    of = terms(confirm_timeout=45)

    assert looks(phase, GONE, 2, of).__class__ is type(phase)
    assert looks(phase, GONE, 3, of) == p.Searching(phase.attempt, until=1045.0)


def test_an_image_that_does_not_show_counts_as_a_look_that_failed() -> None:
    _phase, (warning,) = advance(OURS_SHOWN, see.ImageSeen(None, 1000.0), NOW, ONE)
    assert isinstance(warning, do.Warn)
    assert "image r1 is not to be seen" in warning.text
    assert isinstance(after(dataclasses.replace(OURS_SHOWN, failed_looks=2), see.ImageSeen(None, 1000.0)), p.Searching)


def test_a_replica_that_is_found_is_settled_or_watched_from_now_on() -> None:
    settling = after(SEARCHING, see.Standing(ACTIVE), terms(confirm_timeout=45))
    watching = after(SEARCHING, see.UnderWay(SAVING))

    assert (settling.until, settling.image, settling.attempt.waited) == (1045.0, ACTIVE, True)
    assert watching == p.WatchingImage(attempt(image=SAVING, waited=True))


def test_a_search_ends_with_the_first_look_that_is_asked_after_its_time() -> None:
    assert after(SEARCHING, see.Absent(1119.999)) == SEARCHING
    error = after(SEARCHING, see.Absent(1120.0), terms(confirm_timeout=45)).error
    assert isinstance(error, Uncertain)
    assert error.stage == "submit"
    assert "has not shown in the destination for 45 s: the copy may or may not have begun" in error.message


@pytest.mark.parametrize(("of", "phase"), [
    (ONE, p.Searching(attempt(image=SAVING, job_id="j1"), until=1000.0)),
    (PINNED, p.Searching(attempt(0, False, image=SAVING, job_id="j1"), until=1000.0)),
])  # fmt: skip
def test_a_copy_whose_image_was_seen_and_is_gone_may_be_submitted_by_the_next_run(of: Terms, phase: p.Phase) -> None:
    ended, effects = advance(phase, see.Absent(1000.0), NOW, of)

    assert isinstance(ended, p.Ended)
    assert ended.error is not None
    assert "image r1, which was to become the replica, is gone" in ended.error.message
    assert (ended.error.stage, effects) == ("wait", (do.ForgetNote(),))


def test_another_runs_copy_that_never_showed_leaves_its_note_and_comes_into_the_queue() -> None:
    other = p.Searching(attempt(1, False, before=FAILED_ONCE.last), until=1000.0)

    phase, effects = advance(other, see.Absent(1000.0), NOW, TWO)

    assert phase == FAILED_ONCE
    assert [type(effect) for effect in effects] == [do.Warn, do.ForgetNote]


@pytest.mark.parametrize(("made", "most", "to"), [(0, 1, p.Queued), (1, 1, p.Ended), (1, 2, p.Queued)])
def test_an_earlier_runs_attempts_count_where_the_last_of_them_never_showed(made: int, most: int, to: type) -> None:
    other = p.Searching(attempt(made, False), until=1000.0)

    assert after(other, see.Absent(1000.0), terms(max_attempts=most)).__class__ is to


def test_a_killed_image_that_was_not_there_before_is_what_became_of_ours() -> None:
    of = p.Searching(attempt(leftovers=frozenset({"r0"})), until=1120.0)
    old, new = replica("r0", status="killed"), replica("r9", status="killed")

    assert after(of, see.Absent(1000.0, (old,)), TWO) == of
    queued = after(of, see.Absent(1000.0, (old, new)), TWO)
    assert (queued.made, queued.last.image, type(queued.last.error)) == (1, new, JobFailed)


def test_a_killed_image_that_is_older_than_the_attempt_is_what_an_earlier_run_left_and_shows_late() -> None:
    of = p.Searching(attempt(), until=1120.0)
    old, new = (
        replica(name, status="killed", created_at=f"2026-03-01T11:{at}Z")
        for name, at in (("r8", "58:59"), ("r9", "59:00"))
    )

    assert after(of, see.Absent(1000.0, (old,)), TWO) == of
    assert isinstance(after(of, see.Absent(1000.0, (new,)), TWO), p.Queued)


def killed_images(names: str) -> tuple[Image, ...]:
    return tuple(replica(name, status="killed") for name in names)


@pytest.mark.parametrize(
    ("first", "at_the_second", "shown", "failed"),
    [
        ("", "", "1", False),  # it may be the first attempt's, which shows late
        ("", "", "12", True),
        ("", "1", "1", False),
        ("", "1", "12", True),
        ("0", "0", "01", False),
        ("0", "01", "01", False),
        ("0", "01", "012", True),
    ],
)
def test_a_killed_image_of_the_first_attempt_is_not_taken_for_the_seconds(
    first: str, at_the_second: str, shown: str, failed: bool
) -> None:
    before = attempt(leftovers=frozenset(first))._replace(error=JobFailed("disk broke"))
    of = p.Searching(attempt(2, leftovers=frozenset(at_the_second), before=before), until=1120.0)

    phase = after(
        of, see.Absent(1000.0, tuple(replica(name, status="killed") for name in shown)), terms(max_attempts=3)
    )

    assert isinstance(phase, p.Queued) is failed
    assert phase.made == 2 if failed else phase == of


@pytest.mark.parametrize(("shown", "failed"), [("01", False), ("012", True)])
def test_an_attempt_of_another_run_in_between_may_have_left_an_image_as_well(shown: str, failed: bool) -> None:
    before = attempt(0, False, image=KILLED, error=JobFailed("killed"))
    of = p.Searching(attempt(1, leftovers=frozenset("0"), before=before), until=1120.0)

    phase = after(
        of, see.Absent(1000.0, tuple(replica(name, status="killed") for name in shown)), terms(max_attempts=3)
    )

    assert isinstance(phase, p.Queued) is failed


@pytest.mark.parametrize("of", [ONE, PINNED])
def test_a_killed_image_says_nothing_about_the_copy_of_another_run(of: Terms) -> None:
    assert after(OTHERS, see.Absent(1000.0, (KILLED,)), of) == OTHERS


def test_a_search_whose_last_look_fails_ends_where_nothing_may_be_submitted_in_its_place() -> None:
    failing = see.LookFailed(AWAY, 1120.0)

    assert isinstance(after(SEARCHING, failing).error, Uncertain)
    assert isinstance(after(OTHERS, failing, PINNED).error, Uncertain)
    assert after(SEARCHING, see.LookFailed(AWAY, 1119.999)).failed_looks == 1
    assert after(OTHERS, failing).failed_looks == 1


def test_a_search_for_another_runs_copy_that_cannot_look_ends_when_the_wait_would() -> None:
    assert after(OTHERS, see.LookFailed(AWAY, DEADLINE - 0.001)).__class__ is p.Searching
    ended = after(OTHERS, see.LookFailed(AWAY, DEADLINE))
    assert (ended.outcome, ended.error, ended.at) == (p.Outcome.FAILED, AWAY, NOON)
