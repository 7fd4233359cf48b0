# SPDX-License-Identifier: GPL-3.0-or-later
"""When each copy is looked at next, and when a slot may be asked for: to the second."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.agenda import (
    BUSY_PAUSE,
    CLOCK_SLACK,
    LONGEST_BUSY_PAUSE,
    Agenda,
    Slots,
    duration,
    since,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy, Plan
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.pace import Pace
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import Busy, ServerFault
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from tests.unit.life_scenes import MADE, NOON, RUNNING, STOOD, attempt
from tests.unit.shapes import GIB, request, source
from tests.unit.support import FakeClock

# The clock stands at 1000.0, which is NOON.
INTERVAL = 10.0
FOLLOWING = p.FollowingJob(attempt())
WATCHING = p.WatchingImage(attempt(0, False, submitted_at=None))
FULL = Busy("no slot")


def copy(phase: p.Phase, number: int = 0) -> Copy:
    return Copy(request(), number, phase=phase, plan=Plan(source()))


def until(deadline: float) -> p.FollowingJob:
    return p.FollowingJob(attempt(deadline=deadline))


@pytest.fixture
def pace() -> Pace:
    return Pace()


@pytest.fixture
def agenda(clock: FakeClock, pace: Pace) -> Agenda:
    return Agenda(clock, pace, INTERVAL, slots=5)


def pause(agenda: Agenda, phase: p.Phase, before: p.Phase | None = None) -> float:
    """Seconds until a copy is due that has just come into ``phase``."""
    one = copy(phase)
    agenda.put(one, before)
    due = agenda.next([one])
    assert due is not None
    return due - 1000.0


@pytest.mark.parametrize(
    ("phase", "before", "seconds"),
    [
        (p.PutOff(1007.0), None, 7.0),
        (p.PutOff(1007.0), p.PutOff(1000.0), 7.0),
        (p.PutOff(990.0), None, 0.0),
        (p.Searching(attempt(), 1120.0), None, 0.0),
        (p.Searching(attempt(), 1120.0), FOLLOWING, 0.0),
        (p.Searching(attempt(), 1120.0), p.Searching(attempt(), 1120.0), 10.0),
        (p.Searching(attempt(), 1004.0), p.Searching(attempt(), 1004.0), 4.0),
        (p.Searching(attempt(), 990.0), p.Searching(attempt(), 990.0), 10.0),
        (MADE, FOLLOWING, 10.0),
        (STOOD, None, 10.0),
        (p.Unplanned(), None, 10.0),
        (FOLLOWING, None, 10.0),
        (FOLLOWING, FOLLOWING, 10.0),
        (WATCHING, None, 10.0),
        (WATCHING, WATCHING, 10.0),
        (until(1004.0), None, 4.0),
        (until(1004.0), FOLLOWING, 4.0),
        (until(1000.0), None, 0.0),
        (until(1000.0), FOLLOWING, 10.0),
        (until(900.0), WATCHING, 10.0),
    ],
)
def test_the_pause_before_the_next_look(agenda: Agenda, phase: p.Phase, before: p.Phase | None, seconds: float) -> None:
    assert pause(agenda, phase, before) == seconds


def test_a_copy_is_looked_at_when_its_job_says_that_it_should_end(agenda: Agenda, clock: FakeClock) -> None:
    clock.now = 1090.0
    nearly = p.FollowingJob(attempt(job=RUNNING._replace(progress=95)))

    # 90 s for 95 %: 4.74 s are left, and one more per cent of the whole for the rounding.
    assert pause(agenda, nearly, FOLLOWING) == pytest.approx(90 + (90 * 5 / 95) * 1.01 + 0.9)


def test_a_copy_is_looked_at_when_others_say_that_it_should_end(agenda: Agenda, pace: Pace) -> None:
    pace.learn(3 * GIB, 5.0)

    assert pause(agenda, FOLLOWING) == pytest.approx(5.05)
    assert pause(agenda, WATCHING) == 10.0, "nobody knows when it began"


def test_a_look_that_is_due_at_the_end_still_comes_right_after_the_deadline(agenda: Agenda, pace: Pace) -> None:
    pace.learn(3 * GIB, 5.0)

    assert pause(agenda, until(1003.0)) == 3.0


def test_first_looks_are_spread_and_later_ones_keep_their_interval(agenda: Agenda) -> None:
    copies = [copy(FOLLOWING, number) for number in range(6)]
    for one in copies:
        agenda.put(one)
    assert [agenda.next([one]) for one in copies] == [1010.0, 1009.0, 1008.0, 1007.0, 1006.0, 1010.0]

    agenda.put(copies[1], FOLLOWING)
    assert agenda.next([copies[1]]) == 1010.0


def test_a_first_look_does_not_give_way_to_itself(agenda: Agenda) -> None:
    one = copy(FOLLOWING)
    for _time in range(2):
        agenda.put(one)
        assert agenda.next([one]) == 1010.0


def test_a_look_at_an_end_that_is_expected_gives_way_to_none(agenda: Agenda, pace: Pace) -> None:
    pace.learn(3 * GIB, 5.0)
    copies = [copy(FOLLOWING, number) for number in range(2)]
    for one in copies:
        agenda.put(one)

    assert [agenda.next([one]) for one in copies] == [pytest.approx(1005.05)] * 2


def test_what_is_due_comes_in_the_order_in_which_it_became_so(agenda: Agenda, clock: FakeClock) -> None:
    late, later, not_yet, never_put = (
        copy(p.PutOff(at), number) for number, at in enumerate((1005.0, 1003.0, 1009.0, 1.0))
    )
    for one in (late, later, not_yet):
        agenda.put(one)
    clock.now = 1005.0
    assert agenda.due([late, later, not_yet]) == [later, late]

    clock.now = 1006.0
    assert agenda.due([never_put, late]) == [late, never_put], "what was never put off is due now"
    assert agenda.next([late, later, not_yet, never_put]) == 1003.0
    assert agenda.next([late, not_yet]) == 1005.0
    assert agenda.next([never_put]) is None


def test_a_copy_can_be_looked_at_at_once_or_not_at_all_any_more(agenda: Agenda, clock: FakeClock) -> None:
    one = copy(p.PutOff(1100.0))
    agenda.put(one)
    agenda.at_once(one)
    assert agenda.next([one]) == clock.now
    agenda.drop(one)
    agenda.drop(one)
    assert agenda.next([one]) is None


# -- slots ------------------------------------------------------------------------------------------------------------


def slots(clock: FakeClock, jitter: float = 1.0, patience: float = 10800.0) -> Slots:
    """``jitter`` 1.0 is the bound that a random number never reaches: pauses are then whole."""
    return Slots(clock, patience, lambda: jitter)


def refusals(of: Slots, clock: FakeClock, times: int, error: t.Any = FULL) -> list[float]:
    """The pauses that follow from so many refusals in a row."""
    pauses = []
    for _time in range(times):
        of.refused(error, 0.0)
        pauses.append(of.not_before - clock.monotonic())
    return pauses


def test_pauses_double_from_five_seconds_to_a_minute(clock: FakeClock) -> None:
    assert (BUSY_PAUSE, LONGEST_BUSY_PAUSE) == (5.0, 60.0)
    assert refusals(slots(clock), clock, 6) == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


@pytest.mark.parametrize(("jitter", "pauses"), [(0.0, [2.5, 5.0, 10.0]), (0.5, [3.75, 7.5, 15.0])])
def test_luck_takes_up_to_half_of_a_pause(clock: FakeClock, jitter: float, pauses: list[float]) -> None:
    assert refusals(slots(clock, jitter), clock, 3) == pauses


def test_the_service_may_be_asked_until_it_refuses_and_when_the_pause_is_over(clock: FakeClock) -> None:
    some = slots(clock)
    answers = [some.open]
    some.refused(FULL, 0.0)
    for clock.now in (1000.0, 1004.999, 1005.0):
        answers.append(some.open)

    assert answers == [True, False, False, True]


def test_a_slot_of_ours_that_comes_free_ends_the_pause_and_not_the_doubling(clock: FakeClock) -> None:
    some = slots(clock)
    refusals(some, clock, 2)
    some.freed()
    assert some.open
    assert refusals(some, clock, 1) == [20.0]


def test_a_slot_that_was_got_begins_the_pauses_anew(clock: FakeClock) -> None:
    some = slots(clock)
    refusals(some, clock, 4)
    some.got_one()
    assert not some.open
    assert refusals(some, clock, 2) == [5.0, 10.0]


@pytest.mark.parametrize(("asked", "waited"), [(3.0, 5.0), (30.0, 30.0), (100.0, 100.0), (500.0, 300.0)])
def test_what_the_service_asks_for_is_waited_for_as_far_as_patience_goes(
    clock: FakeClock, asked: float, waited: float
) -> None:
    error = Busy("later")
    error.retry_after = asked

    assert refusals(slots(clock, patience=300.0), clock, 1, error) == [waited]


def test_another_error_has_no_wish(clock: FakeClock) -> None:
    assert refusals(slots(clock), clock, 1, ServerFault("away")) == [5.0]


@pytest.mark.parametrize(
    ("refused_for", "waited"), [(295.0, 5.0), (297.0, 3.0), (299.9, pytest.approx(0.1)), (300.0, 5.0)]
)
def test_the_last_question_comes_when_patience_ends(clock: FakeClock, refused_for: float, waited: float) -> None:
    some = slots(clock, patience=300.0)
    some.refused(FULL, refused_for)

    assert some.not_before - 1000.0 == waited


def test_a_service_is_hopeless_from_the_moment_at_which_patience_ends(clock: FakeClock) -> None:
    some = slots(clock, patience=300.0)

    assert not some.hopeless(299.999)
    assert some.hopeless(300.0)


# -- how long a copy took ----------------------------------------------------------------------------------------------


def moments(begin: str | None, end: str | None) -> p.FollowingJob:
    told = {"begin_time": begin, "end_time": end}
    return p.FollowingJob(attempt(job=Job("j1", "SUCCESS", **t.cast("dict[str, t.Any]", told))))


AFTER_A_MINUTE = NOON + datetime.timedelta(seconds=60)


def test_a_copy_has_been_going_since_it_was_submitted() -> None:
    assert since(copy(FOLLOWING), AFTER_A_MINUTE) == 60.0
    assert since(copy(FOLLOWING), NOON - datetime.timedelta(seconds=5)) == 0.0
    assert since(copy(WATCHING), AFTER_A_MINUTE) is None


@pytest.mark.parametrize(
    ("begin", "end", "seconds"),
    [
        ("2026-03-01T12:00:05.000Z", "2026-03-01T12:00:45.500Z", 40.5),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:01:01Z", 61.0),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:01:02Z", 60.0),  # longer than it was waited for
        ("2026-03-01T12:00:10Z", "2026-03-01T12:00:10Z", 60.0),  # no time at all
        ("2026-03-01T12:00:10Z", "2026-03-01T12:00:05Z", 60.0),
        ("2026-03-01T12:00:10Z", None, 60.0),
        (None, "2026-03-01T12:00:10Z", 60.0),
        ("", "soon", 60.0),
    ],
)
def test_a_job_says_how_long_it_took_unless_that_cannot_be(begin: str | None, end: str | None, seconds: float) -> None:
    assert CLOCK_SLACK == 1.0
    assert duration(copy(moments(begin, end)), AFTER_A_MINUTE) == seconds


def test_a_copy_without_a_job_took_as_long_as_it_was_waited_for() -> None:
    assert duration(copy(FOLLOWING), AFTER_A_MINUTE) == 60.0
    assert duration(copy(WATCHING), AFTER_A_MINUTE) is None
