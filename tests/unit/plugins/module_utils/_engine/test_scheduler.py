# SPDX-License-Identifier: GPL-3.0-or-later
"""When something is done about which copy: slots, order, the end of a run that is not the end of its copies."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.lease import NoLease
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Ledger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.scheduler import IMPATIENCE, Scheduler
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Earlier, Limits, RunOptions
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import Busy, ReplyLost, ServerFault
from tests.unit.fake_service import FakeService
from tests.unit.submitting import Until
from tests.unit.support import FakeClock

FULL = Busy("no slot", code="IMG.0149")
ENCRYPTED = {"__system__cmkid": "k1"}


class Ending(FakeClock):
    """A run that sleeps on and on has lost its way."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        assert len(self.sleeps) < 1000, "it never ends"


@pytest.fixture
def clock() -> FakeClock:
    return Ending()


Run = t.Callable[..., tuple[Scheduler, list[Copy]]]


@pytest.fixture
def run(clock: FakeClock, service: FakeService) -> Run:
    """Runs copies of images of these names, and hands back what became of them. No luck is in the pauses."""

    def go(
        *names: str, lease: NoLease | None = None, limits: dict[str, t.Any] | None = None, **options: t.Any
    ) -> tuple[Scheduler, list[Copy]]:
        copies = [Copy(service.asked(name), number) for number, name in enumerate(names)]
        ledger = Ledger(None, clock)
        whole = RunOptions(limits=Limits(**(limits or {})), **options)
        survey: t.Any = service
        scheduler = Scheduler(survey, ledger, clock, whole, jitter=lambda: 1.0, lease=lease)
        scheduler.run(copies)
        return scheduler, copies

    return go


def statuses(copies: list[Copy]) -> list[str]:
    return [copy.status for copy in copies]


def test_the_largest_is_submitted_first_and_the_first_of_equals(run: Run, service: FakeService) -> None:
    _scheduler, copies = run("a1", "b3", "c2", "d3", max_concurrent=1)

    assert service.did("copy") == ["b3", "d3", "c2", "a1"]
    assert statuses(copies) == ["copied"] * 4


def test_as_listed_keeps_the_order_of_the_list(run: Run, service: FakeService) -> None:
    run("a1", "b3", "c2", max_concurrent=1, largest_first=False)

    assert service.did("copy") == ["a1", "b3", "c2"]


@pytest.mark.parametrize("slots", [1, 2, 3, 5])
def test_so_many_are_under_way_at_a_time_and_no_more(run: Run, service: FakeService, slots: int) -> None:
    names = [f"{letter}1" for letter in "abcde"]
    under_way: list[int] = []
    begin = service.copy

    def count(*asked: t.Any, **more: t.Any) -> str:
        job_id = begin(*asked, **more)
        under_way.append(sum(1 for job in service.jobs.values() if job.ends > service.clock.now))
        return job_id

    service.copy = count  # type: ignore[method-assign]
    run(*names, max_concurrent=slots)

    assert max(under_way) == slots


def test_a_slot_that_comes_free_is_filled_before_anything_else_is_done(run: Run, service: FakeService) -> None:
    run("a2", "b1", max_concurrent=1)

    end = [line for line in service.done if not line.startswith("list")]
    last_look = len(end) - end[::-1].index("job j1") - 1
    assert end[last_look : last_look + 3] == ["job j1", "copy b1", "image r1"]


def test_a_slot_that_a_failed_copy_leaves_is_filled_as_well(run: Run, service: FakeService) -> None:
    service.fails.add("a2")

    _scheduler, copies = run("a2", "b1", max_concurrent=1)

    assert statuses(copies) == ["failed", "copied"]


def test_one_copy_that_is_refused_keeps_everything_from_being_done(run: Run, service: FakeService) -> None:
    service.refusals["b1"] = ENCRYPTED

    scheduler, copies = run("a2", "b1")

    assert statuses(copies) == ["not_started", "failed"]
    assert scheduler.refused
    assert (service.did("copy"), scheduler.cut_short, service.clock.sleeps) == ([], False, [])


@pytest.mark.parametrize(
    ("limits", "options", "status"),
    [({"skip_refused": True}, {}, "skipped"), ({}, {"carry_on": True}, "failed")],
)
def test_with_skip_or_after_an_earlier_run_the_others_go_on(
    run: Run, service: FakeService, limits: dict[str, t.Any], options: dict[str, t.Any], status: str
) -> None:
    service.refusals["b1"] = ENCRYPTED

    _scheduler, copies = run("a2", "b1", limits=limits, **options)

    assert statuses(copies) == ["copied", status]


def test_after_a_failure_that_stops_nothing_new_begins_and_what_is_under_way_is_seen_to_its_end(
    run: Run, service: FakeService
) -> None:
    service.fails.add("a3")
    seconds = iter((20.0, 95.0))
    begin = service.copy

    def begin_one(*asked: t.Any, **more: t.Any) -> str:
        service.seconds = next(seconds)
        return begin(*asked, **more)

    service.copy = begin_one  # type: ignore[method-assign]
    scheduler, copies = run("a3", "b2", "c1", max_concurrent=2, stop_on_copy_failure=True)

    assert statuses(copies) == ["failed", "copied", "not_started"]
    assert service.did("copy") == ["a3", "b2"]
    assert not scheduler.cut_short


def test_without_stop_a_failure_is_no_reason_to_stop(run: Run, service: FakeService) -> None:
    service.fails.add("a3")

    assert statuses(run("a3", "b2", "c1", max_concurrent=1)[1]) == ["failed", "copied", "copied"]


def test_a_run_that_nobody_waits_for_any_more_submits_nothing_and_ends(run: Run, service: FakeService) -> None:
    scheduler, copies = run("a2", "b1", max_concurrent=1, lease=Until(service.clock, 1010.0))

    assert statuses(copies) == ["in_progress", "not_started"]
    assert scheduler.cut_short
    assert service.clock.now == 1010.0
    assert max(service.clock.sleeps) <= 1.0


def test_a_run_that_nobody_waits_for_from_the_beginning_submits_nothing_at_all(run: Run, service: FakeService) -> None:
    scheduler, copies = run("a1", lease=Until(service.clock, 0.0))

    assert (statuses(copies), service.did("copy"), scheduler.cut_short) == (["not_started"], [], True)


def test_a_run_that_nobody_waits_for_since_the_last_look_has_come_submits_nothing(
    run: Run, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = service.own_images

    def slow(region: str, project: t.Any, fresh: bool = False, deadline: t.Any = None) -> t.Any:
        service.clock.sleep(40.0 if fresh else 0.0)
        return listed(region, project, fresh, deadline)

    monkeypatch.setattr(service, "own_images", slow)
    scheduler, copies = run("a1", lease=Until(service.clock, 1030.0))

    assert (statuses(copies), service.did("copy"), scheduler.cut_short) == (["not_started"], [], True)


def test_a_run_leaves_when_its_time_is_over_and_submits_nothing_after_it(run: Run, service: FakeService) -> None:
    scheduler, copies = run("a2", "b1", max_concurrent=1, run_for=25.0)

    assert statuses(copies) == ["in_progress", "not_started"]
    assert scheduler.cut_short
    assert service.clock.now == 1025.0


def test_a_slot_that_may_be_asked_for_when_the_time_is_over_is_not(run: Run, service: FakeService) -> None:
    service.answers = [FULL]
    _scheduler, copies = run("a1", run_for=5.0)
    assert (service.did("copy"), statuses(copies)) == (["a1"], ["not_started"])


def test_a_run_whose_time_is_over_before_it_begins_submits_what_fits_all_the_same(
    run: Run, service: FakeService
) -> None:
    scheduler, copies = run("a2", "b1", max_concurrent=1, run_for=0.0)

    assert statuses(copies) == ["in_progress", "not_started"]
    assert (service.did("copy"), service.clock.sleeps) == (["a2"], [])
    assert scheduler.cut_short


def test_a_run_that_ends_in_time_is_not_cut_short(run: Run) -> None:
    scheduler, copies = run("a1", run_for=9999.0)

    assert (statuses(copies), scheduler.cut_short) == (["copied"], False)


def test_a_run_does_not_leave_while_it_looks_for_what_only_it_knows_of(run: Run, service: FakeService) -> None:
    service.answers = [ReplyLost("reset")]

    _scheduler, copies = run("a1", run_for=15.0, limits={"confirm_timeout": 60})

    assert statuses(copies) == ["failed"]
    assert "may or may not have begun" in str(copies[0].error and copies[0].error.message)
    assert service.clock.now == 1060.0


def test_without_waiting_a_copy_is_submitted_and_left(run: Run, service: FakeService) -> None:
    scheduler, copies = run("a1", wait=False)

    assert (statuses(copies), service.clock.sleeps, service.did("job")) == (["in_progress"], [], [])
    assert not scheduler.cut_short


def test_without_waiting_a_copy_whose_answer_was_lost_is_still_looked_for(run: Run, service: FakeService) -> None:
    service.answers, service.effect = [ReplyLost("reset")], True

    _scheduler, copies = run("a1", wait=False)

    assert isinstance(copies[0].phase, p.WatchingImage)
    assert service.did("image") == []


def test_a_copy_that_gets_no_slot_is_tried_again_after_growing_pauses(run: Run, service: FakeService) -> None:
    service.answers = [FULL, FULL, FULL]

    _scheduler, copies = run("a1")

    assert service.clock.sleeps[:3] == [5.0, 10.0, 20.0]
    assert (statuses(copies), service.did("copy")) == (["copied"], ["a1"] * 4)


@pytest.mark.parametrize(
    ("options", "patience"), [({"limits": {"wait_timeout": 300}}, 300.0), ({"wait": False}, IMPATIENCE)]
)
def test_a_service_that_refuses_all_the_time_is_given_up_for_all_that_waits(
    run: Run, service: FakeService, options: dict[str, t.Any], patience: float
) -> None:
    service.answers = [FULL] * 50

    _scheduler, copies = run("a2", "b1", **options)

    assert IMPATIENCE == 30.0
    assert statuses(copies) == ["failed"] * 2
    assert service.clock.now == 1000.0 + patience
    errors = [copy.error for copy in copies]
    assert [error and (error.code, error.stage) for error in errors] == [("IMG.0149", "submit")] * 2
    assert [error and str(error.doing).startswith("Submitting the copy of image") for error in errors] == [True] * 2
    assert errors[0] is not errors[1]
    assert [copy.attempts for copy in copies] == [0, 0]


def test_while_one_of_ours_may_be_under_way_the_others_go_on_hoping(run: Run, service: FakeService) -> None:
    # Patience ends at 1300, the search for the first copy at 1900.
    service.answers = [ReplyLost("reset"), *[FULL] * 18]

    _scheduler, copies = run("a2", "b1", limits={"wait_timeout": 300, "confirm_timeout": 900})

    assert statuses(copies) == ["failed", "copied"]
    assert copies[1].started_at == service.clock.began + datetime.timedelta(seconds=900)


def test_a_slot_of_ours_that_comes_free_ends_a_pause(run: Run, service: FakeService) -> None:
    refusal = Busy("no slot", code="IMG.0149")
    refusal.retry_after = 500.0
    service.answers = [None, refusal]

    _scheduler, copies = run("a2", "b1")

    # The first ends after 35 s, and is seen to have ended after 40.
    assert copies[1].started_at == service.clock.began + datetime.timedelta(seconds=40)


def test_a_slot_that_a_copy_gets_ends_the_refusal_of_those_that_still_wait(
    service: FakeService, clock: FakeClock
) -> None:
    long_ago = Earlier(refused_since=clock.began - datetime.timedelta(hours=1))
    copies = [Copy(service.asked(name), number, earlier=long_ago) for number, name in enumerate(("a2", "b1"))]
    survey: t.Any = service
    options = RunOptions(max_concurrent=1, run_for=0.0)

    Scheduler(survey, Ledger(None, clock), clock, options).run(copies)

    assert [type(copy.phase) for copy in copies] == [p.FollowingJob, p.Queued]
    assert copies[1].refused_since is None


def test_a_slot_that_was_got_has_the_next_pauses_begin_anew(run: Run, service: FakeService) -> None:
    service.answers = [FULL, FULL, FULL, None, FULL]

    run("a2", "b1", limits={"wait_interval": 100})

    assert service.clock.sleeps[:4] == [5.0, 10.0, 20.0, 5.0]


def test_the_duration_of_a_copy_says_when_the_next_one_is_looked_at(run: Run, service: FakeService) -> None:
    _scheduler, copies = run("a1", "b1", max_concurrent=1)

    # The first was seen to have taken 40 s; the second, begun at 40, is looked at after 50, 60, 70 and 80.4.
    assert copies[1].finished_at == service.clock.began + datetime.timedelta(seconds=80.4)


def test_while_one_is_put_off_nobody_knows_how_many_slots_are_taken(run: Run, service: FakeService) -> None:
    service.trouble["ground b1"] = ServerFault("away")

    _scheduler, copies = run("a2", "b1", carry_on=True, run_for=25.0, limits={"patient_until": 9999.0})

    assert [type(copy.phase) for copy in copies] == [p.Queued, p.PutOff]
    assert service.did("copy") == []


def test_what_is_put_off_keeps_everybody_from_being_submitted_until_it_is_planned(
    run: Run, service: FakeService, clock: FakeClock
) -> None:
    service.trouble["ground"] = ServerFault("away")
    sleep = clock.sleep

    def mend_later(seconds: float) -> None:
        sleep(seconds)
        if clock.now >= 1030.0:
            service.trouble.clear()

    clock.sleep = mend_later  # type: ignore[method-assign]
    _scheduler, copies = run("a1", "b1", carry_on=True, limits={"patient_until": 1100.0})

    assert statuses(copies) == ["copied"] * 2
    assert clock.sleeps[:3] == [10.0, 10.0, 10.0]
    assert "forget trouble" in service.done
    assert copies[0].warnings[0].startswith("A look at the copy failed, and the wait went on")


def test_what_is_put_off_fails_when_patience_ends(run: Run, service: FakeService) -> None:
    service.trouble["ground"] = ServerFault("away")

    _scheduler, copies = run("a1", carry_on=True, limits={"patient_until": 1025.0})

    assert statuses(copies) == ["failed"]
    assert service.clock.now == 1030.0


def test_a_copy_that_has_ended_already_is_not_planned(service: FakeService, clock: FakeClock) -> None:
    over = Copy(service.asked("a1"), phase=p.Ended(p.Outcome.FAILED, None, error=FULL))
    survey: t.Any = service

    Scheduler(survey, Ledger(None, clock), clock, RunOptions(carry_on=True)).run([over])

    assert (over.status, service.done) == ("failed", [])
