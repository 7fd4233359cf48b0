# SPDX-License-Identifier: GPL-3.0-or-later
"""The one request that costs money: what is noted of it, and what its answer means."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.observations import (
    Accepted,
    AnswerLost,
    MayHaveBegun,
    NotNow,
    Refused,
    Standing,
    UnderWay,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    BadReply,
    Blocked,
    Busy,
    ImsError,
    NotPermitted,
    NotSent,
    ReplyLost,
    ServerFault,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Origin
from tests.unit.life_scenes import attempt
from tests.unit.shapes import replica
from tests.unit.submitting import RUN, Bench
from tests.unit.support import FakeClock

LEFT = replica("r0", Origin("cn-north-4", "a1"), name="a1", status="killed")
OTHER = Origin("cn-north-4", "another")


@pytest.fixture
def bench(tmp_path: pathlib.Path, clock: FakeClock) -> Bench:
    bench = Bench(tmp_path, clock)
    bench.plan()
    return bench


def test_a_request_that_is_accepted_leaves_a_note_of_its_job(bench: Bench, clock: FakeClock) -> None:
    assert bench.send() == Accepted("j1", frozenset())

    assert bench.note == bench.copy.note == Record(clock.utcnow(), "j1", None, RUN, 1, bench.digits)
    assert bench.service.did("copy") == ["a1"]


def test_the_note_is_there_before_the_request_and_tells_the_attempt(bench: Bench, clock: FakeClock) -> None:
    seen: list[Record | None] = []
    begin = bench.service.copy

    def look_first(*asked: t.Any, **more: t.Any) -> str:
        seen.append(bench.note)
        return begin(*asked, **more)

    bench.service.copy = look_first  # type: ignore[method-assign]
    bench.send(after=p.Queued(made=2))

    assert seen == [Record(clock.utcnow(), None, None, RUN, 3, bench.digits)]


@pytest.mark.parametrize("kind", [ReplyLost, ServerFault])
def test_an_answer_that_is_lost_leaves_the_note_as_it_was_before(bench: Bench, kind: type[ImsError]) -> None:
    lost = kind("gone")
    bench.service.answers = [lost]

    assert bench.send() == AnswerLost(lost, frozenset())
    assert bench.note == Record(bench.clock.utcnow(), None, None, RUN, 1, bench.digits)


@pytest.mark.parametrize(("kind", "sent"), [(ApiError, True), (NotPermitted, True), (NotSent, False), (BadReply, True)])
def test_a_refusal_tells_whether_it_was_sent_and_nothing_is_remembered(
    bench: Bench, kind: type[ImsError], sent: bool
) -> None:
    error = kind("no")
    bench.service.answers = [error]

    assert bench.send() == Refused(error, sent=sent)
    assert bench.note is None
    assert str(error.doing).startswith("Submitting the copy of image")


def test_not_now_forgets_the_note_as_nothing_began(bench: Bench) -> None:
    full = Busy("no slot")
    bench.service.answers = [full]

    assert bench.send() == NotNow(full)
    assert (bench.note, full.stage) == (None, "submit")


def test_another_run_that_is_submitting_it_is_no_refusal_and_nothing_is_sent(bench: Bench) -> None:
    with bench.ledger.claim(bench.probes.key(bench.copy)):
        seen = bench.send()

    assert isinstance(seen, NotNow)
    assert "another run is submitting a copy of this image to the same destination" in seen.error.message
    assert bench.service.did("copy") == []


def test_a_note_of_another_run_is_taken_up_and_nothing_is_sent(bench: Bench, clock: FakeClock) -> None:
    note = Record(clock.utcnow() - datetime.timedelta(seconds=50), run="other", attempt=1)
    bench.write(note)

    assert bench.send() == MayHaveBegun(70.0)
    assert bench.copy.note == note._replace(copy=bench.digits)
    assert bench.service.did("copy") == []


def test_a_note_of_another_run_whose_time_is_over_is_written_over(bench: Bench, clock: FakeClock) -> None:
    bench.write(Record(clock.utcnow() - datetime.timedelta(seconds=120), run="other", attempt=1))

    assert isinstance(bench.send(), Accepted)
    assert bench.copy.warnings == [
        "An earlier run may have submitted this copy, but it never showed in the destination."
    ]
    assert bench.note is not None
    assert bench.note.run == RUN


def test_a_note_of_this_run_is_of_an_attempt_that_has_failed(bench: Bench, clock: FakeClock) -> None:
    bench.write(Record(clock.utcnow(), run=RUN, attempt=1))

    assert isinstance(bench.send(after=p.Queued(made=1)), Accepted)
    assert bench.copy.warnings == []


def test_what_is_left_over_where_the_request_is_sent_is_known_from_what_it_leaves(
    tmp_path: pathlib.Path, clock: FakeClock
) -> None:
    bench = Bench(tmp_path, clock)
    bench.service.images = [LEFT]
    bench.plan()
    bench.service.answers = [None, ReplyLost("reset")]

    assert bench.send() == Accepted("j1", frozenset({"r0"}))
    bench.service.jobs.clear()
    assert t.cast("t.Any", bench.send()).leftovers == {"r0"}


def test_right_before_a_request_the_destination_is_listed_anew_however_young_the_list_is(bench: Bench) -> None:
    bench.service.images = [replica("r9", Origin("cn-north-4", "a1"), name="a1")]

    assert bench.send() == Standing(bench.service.images[0])
    assert bench.service.did("copy") == []


def test_it_is_listed_anew_for_each_copy(bench: Bench) -> None:
    bench.probes.destination(bench.copy, fresh=True)
    bench.service.images = [replica("r9", Origin("cn-north-4", "a1"), name="a1", status="saving")]

    assert bench.send() == UnderWay(bench.service.images[0])


def test_what_an_attempt_that_failed_has_left_is_known_from_what_the_next_one_leaves(bench: Bench) -> None:
    bench.service.images = [LEFT]

    assert bench.send(after=p.Queued(made=1, last=attempt())) == Accepted("j1", frozenset({"r0"}))


def test_what_has_come_in_the_way_meanwhile_refuses_and_nothing_is_sent(bench: Bench) -> None:
    bench.service.images = [replica("r9", OTHER, name="a1")]

    seen = bench.send()

    assert isinstance(seen, Refused)
    assert (type(seen.error), seen.error.stage, seen.sent) == (Blocked, "plan", False)
    assert (bench.service.did("copy"), bench.note) == ([], None)


@pytest.mark.parametrize(("kind", "seen"), [(ServerFault, NotNow), (Busy, NotNow), (NotPermitted, Refused)])
def test_a_list_that_cannot_be_had_keeps_the_request_from_being_sent(
    bench: Bench, kind: type[ImsError], seen: type
) -> None:
    error = kind("no")
    bench.service.trouble["list"] = error

    assert bench.send() == seen(error)
    assert (error.stage, bench.service.did("copy"), bench.note) == ("destination", [], None)
