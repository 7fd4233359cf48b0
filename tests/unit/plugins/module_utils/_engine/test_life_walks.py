# SPDX-License-Identifier: GPL-3.0-or-later
"""Any life of a copy whatsoever, seen by chance: what holds in all of them."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import hypothesis.strategies as st
from hypothesis import given

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import effects as do
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import observations as see
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy, Plan
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life import TABLE, advance
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Earlier, Limits
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    Blocked,
    Busy,
    NotFound,
    NotPermitted,
    PreflightFailed,
    ReplyLost,
    ServerFault,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from tests.unit.life_scenes import FAILED_ONCE, NOON, terms
from tests.unit.shapes import replica, request, source

IMAGES = {(name, status): replica(name, status=status) for name in "abc" for status in ("saving", "active", "killed")}
SOME_IMAGES = st.sampled_from(sorted(IMAGES)).map(IMAGES.__getitem__)
KILLED = st.sampled_from(["", "a", "b", "ab", "bc"]).map(lambda names: tuple(IMAGES[name, "killed"] for name in names))
LEFT = st.sampled_from([frozenset(), frozenset("a"), frozenset("bc")])
JOBS = st.sampled_from(
    [
        Job("j1", "RUNNING", progress=40),
        Job("j1", "SUCCESS", progress=100, image_id="a"),
        Job("j1", "SUCCESS", progress=100),
        Job("j1", "FAIL", error_code="IMG.0061"),
    ]
)
TROUBLE = st.sampled_from((ServerFault, Busy, NotFound, NotPermitted, ReplyLost)).map(lambda kind: kind("no"))
CHECKED = st.sampled_from((PreflightFailed, Blocked)).map(lambda kind: see.Refused(kind("no")))
# Questions are asked at the present; ``walk`` fills it in.
SEEN: dict[type, st.SearchStrategy[t.Any]] = {
    see.Absent: st.builds(see.Absent, st.just(0.0), KILLED),
    see.Standing: st.builds(see.Standing, st.just(IMAGES["a", "active"]), st.none() | JOBS),
    see.UnderWay: st.builds(see.UnderWay, SOME_IMAGES, st.none() | JOBS),
    see.MayHaveBegun: st.sampled_from((0.1, 60.0, 120.0)).map(see.MayHaveBegun),
    see.JobUnknown: st.just(see.JobUnknown("j1")),
    see.Refused: CHECKED | st.builds(lambda: see.Refused(ApiError("no"), sent=True)),
    see.Chosen: st.just(see.Chosen()),
    see.Accepted: st.builds(see.Accepted, st.just("j1"), LEFT),
    see.AnswerLost: st.builds(see.AnswerLost, TROUBLE, LEFT),
    see.NotNow: st.builds(see.NotNow, TROUBLE),
    see.SlotTaken: st.just(see.SlotTaken()),
    see.NeverASlot: st.builds(see.NeverASlot, TROUBLE),
    see.JobSeen: st.builds(see.JobSeen, JOBS, st.just(0.0)),
    see.ImageSeen: st.builds(see.ImageSeen, st.none() | SOME_IMAGES, st.just(0.0)),
    see.LookFailed: st.builds(see.LookFailed, TROUBLE, st.just(0.0)),
    see.InLine: st.just(see.InLine(IMAGES["a", "active"])),
    see.NotInLine: st.builds(see.NotInLine, TROUBLE),
    see.LeftAlone: st.just(see.LeftAlone()),
}
ROWS = {(row.phase, row.seen): row for row in TABLE}
# What leads to a request comes more often, so that walks go far.
OFTEN = {see.Absent: 5, see.Chosen: 5}
POSSIBLE = {
    phase: st.sampled_from([row.seen for row in TABLE for _time in range(OFTEN.get(row.seen, 1)) if row.phase is phase])
    for phase in {row.phase for row in TABLE}
}
# What a plan may find of a copy whose job the user names; test_planning.py holds it to that.
OF_A_NAMED_JOB = st.sampled_from((see.UnderWay, see.LookFailed, see.Refused))
PLANNED = (p.Unplanned, p.PutOff)
# Where a walk begins, and what an earlier run had made by then: most begin with something to be sent.
SENDING_AGAIN = p.Submitting(FAILED_ONCE)
BEGINNINGS = st.sampled_from(
    [
        *((p.Unplanned(), Earlier(made, deadline=deadline)) for made in (0, 1, 2) for deadline in (None, 1300.0)),
        *((phase, Earlier()) for phase in (p.Queued(), p.Submitting(p.Queued()), SENDING_AGAIN) for _time in range(3)),
    ]
)
Beginning = t.Tuple[p.Phase, Earlier]
PASSES = st.sampled_from((0.0, 1.0, 60.0, 500.0))
LIMITS = st.builds(
    Limits,
    wait_timeout=st.sampled_from((0.0, 100.0, 1000.0)),
    confirm_timeout=st.sampled_from((1.0, 120.0)),
    max_attempts=st.integers(1, 3),
    skip_refused=st.booleans(),
    patient_until=st.sampled_from((None, 1000.0, 2000.0)),
)
# For walks that begin after an attempt has failed.
MORE = LIMITS.filter(lambda limits: limits.max_attempts > 1)


class Step(t.NamedTuple):
    before: p.Phase
    seen: t.Any
    after: p.Phase
    effects: t.Sequence[do.Effect]
    attempts: int


def walk(data: st.DataObject, limits: Limits, beginning: Beginning, pinned: bool = False) -> t.Iterator[Step]:
    """One life, to its end or for as long as there is patience."""
    phase, earlier = beginning
    copy = Copy(request(job_id="j1" if pinned else None), phase=phase, earlier=earlier, plan=Plan(source()))
    seconds = 1000.0
    for _step in range(25):
        if copy.ended:
            return
        seconds += data.draw(PASSES)
        named = pinned and isinstance(copy.phase, PLANNED)
        seen = data.draw(SEEN[data.draw(OF_A_NAMED_JOB if named else POSSIBLE[type(copy.phase)])])
        if isinstance(copy.phase, PLANNED) and isinstance(seen, see.Refused):
            seen = dataclasses.replace(seen, sent=False)
        if hasattr(seen, "asked_at"):
            seen = dataclasses.replace(seen, asked_at=seconds)
        now = p.Now(seconds, NOON + datetime.timedelta(seconds=seconds - 1000))
        before = copy.phase
        copy.phase, effects = advance(before, seen, now, copy.terms(limits))
        yield Step(before, seen, copy.phase, effects, copy.attempts)


def was_sent(step: Step) -> bool:
    """Whether a request came to the service, and was answered with more than "not now"."""
    return isinstance(step.seen, (see.Accepted, see.AnswerLost)) or getattr(step.seen, "sent", False)


@given(st.data(), MORE, BEGINNINGS)
def test_every_step_leads_where_its_row_says(data: st.DataObject, limits: Limits, beginning: Beginning) -> None:
    for step in walk(data, limits, beginning):
        assert type(step.after) in ROWS[type(step.before), type(step.seen)].to


@given(st.data(), MORE, BEGINNINGS)
def test_requests_are_sent_only_by_turn_and_at_most_as_often_as_allowed(
    data: st.DataObject, limits: Limits, beginning: Beginning
) -> None:
    made = max(beginning[1].made, beginning[0] == SENDING_AGAIN)
    for step in walk(data, limits, beginning):
        asked = [effect for effect in step.effects if isinstance(effect, do.Submit)]
        assert len(asked) == isinstance(step.seen, see.Chosen)
        made += was_sent(step)
        assert not asked or made < limits.max_attempts


@given(st.data(), MORE, BEGINNINGS)
def test_the_count_of_attempts_never_falls_and_rises_by_what_is_sent(
    data: st.DataObject, limits: Limits, beginning: Beginning
) -> None:
    made = max(beginning[1].made, beginning[0] == SENDING_AGAIN)
    for step in walk(data, limits, beginning):
        made += was_sent(step)
        assert step.attempts == made


@given(st.data(), MORE, st.sampled_from((p.Queued(), FAILED_ONCE)), TROUBLE, LEFT)
def test_after_a_lost_answer_nothing_is_submitted_before_the_attempt_has_failed(
    data: st.DataObject, limits: Limits, queued: p.Queued, trouble: t.Any, left: frozenset[str]
) -> None:
    lost, _effects = advance(p.Submitting(queued), see.AnswerLost(trouble, left), p.Now(1000.0, NOON), terms())
    for step in walk(data, limits, (lost, Earlier())):
        if isinstance(step.after, p.Queued):
            # A job's end or a killed image has told what became of it.
            assert step.after.last is not None
            assert step.after.last.error is not None
            assert step.after.made == queued.made + 1
            return


@given(st.data(), LIMITS)
def test_a_job_that_the_user_names_is_never_replaced(data: st.DataObject, limits: Limits) -> None:
    for step in walk(data, limits, (p.Unplanned(), Earlier()), pinned=True):
        assert not isinstance(step.after, (p.Queued, p.Submitting))
        assert step.attempts == 0


@given(st.data(), MORE, BEGINNINGS)
def test_what_ends_badly_says_why_and_what_ends_well_has_a_replica(
    data: st.DataObject, limits: Limits, beginning: Beginning
) -> None:
    for step in walk(data, limits, beginning):
        if isinstance(step.after, p.Ended):
            bad = step.after.outcome in (p.Outcome.FAILED, p.Outcome.SKIPPED)
            assert (step.after.error is not None) is bad
            assert bad or step.after.image is not None
            assert step.after.at is not None
