# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks of one run on a source image: how long each step may take, and when it is made again, to the second."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Ledger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.marks import MarkingLedger
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.own_marks import OwnMarks
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Key, Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import ApiError, Held
from tests.unit.marked_source import MarkedSource
from tests.unit.shapes import source
from tests.unit.support import FakeClock

SETTLE_TIME, GRACE = 5.0, 120.0
KEY = Key("ba9876543210", "0123456789ab", source=source())
NAME = "ims_copy_0123456789ab_0a1b"


@pytest.fixture
def image(clock: FakeClock) -> MarkedSource:
    return MarkedSource(clock)


@pytest.fixture
def own(image: MarkedSource, clock: FakeClock) -> OwnMarks:
    service: t.Any = image
    return OwnMarks(lambda key: service, clock, "0a1b2c3d", SETTLE_TIME, GRACE)


def submitted(own: OwnMarks, clock: FakeClock) -> None:
    own.name_job(KEY, Record(clock.utcnow(), "ff80"))


@pytest.mark.parametrize(("seconds", "counts"), [(2.5, True), (2.75, False)])
def test_a_mark_counts_that_was_made_within_half_the_time_to_settle(
    seconds: float, counts: bool, own: OwnMarks, image: MarkedSource
) -> None:
    image.seconds = seconds
    assert (own.make(KEY) is not None) is counts


def test_a_mark_that_took_too_long_to_count_is_taken_off_when_the_run_ends(own: OwnMarks, image: MarkedSource) -> None:
    image.seconds = 2.75
    own.make(KEY)
    assert NAME in image.attributes
    image.seconds = 0.0
    own.close()
    assert NAME not in image.attributes


@pytest.mark.parametrize("sent", [True, False])
def test_a_mark_that_counts_at_last_stays_if_its_request_is_sent(
    sent: bool, own: OwnMarks, image: MarkedSource, clock: FakeClock
) -> None:
    image.seconds = 2.75
    own.make(KEY)
    image.seconds = 0.0
    own.make(KEY)
    clock.now += 11.0
    # It is made anew before the request, and too slowly again.
    image.seconds = 2.75
    own.sent(KEY, sent)
    image.seconds = 0.0
    own.close()
    assert (NAME in image.attributes) is sent


@pytest.mark.parametrize(("age", "rest"), [(0.0, 5.0), (2.0, 3.0), (9.0, 0.0)])
def test_a_mark_is_left_to_settle_for_what_remains_of_its_time(
    age: float, rest: float, own: OwnMarks, clock: FakeClock
) -> None:
    made = own.make(KEY)
    clock.now += age
    assert made is not None and own.settled(made)
    assert clock.sleeps == [rest]


@pytest.mark.parametrize(("age", "fresh"), [(89.0, True), (90.0, False)])
def test_a_mark_may_be_submitted_under_for_three_quarters_of_the_grace(
    age: float, fresh: bool, own: OwnMarks, clock: FakeClock
) -> None:
    made = own.make(KEY)
    clock.now += age
    assert made is not None and own.settled(made) is fresh


@pytest.mark.parametrize(("age", "anew"), [(10.0, False), (11.0, True)])
def test_a_mark_older_than_twice_the_time_to_settle_is_made_anew_before_the_request(
    age: float, anew: bool, own: OwnMarks, image: MarkedSource, clock: FakeClock
) -> None:
    own.make(KEY)
    clock.now += age
    own.sent(KEY, True)
    assert (timestamp(clock.utcnow()) in image.attributes[NAME]) is anew


def test_a_mark_that_waits_is_renewed_when_half_of_the_grace_is_over(
    own: OwnMarks, image: MarkedSource, clock: FakeClock
) -> None:
    own.make(KEY)
    first = dict(image.attributes)
    assert own.tended_at == clock.now + 60.0
    clock.now += 59.0
    own.tend()
    assert image.attributes == first
    clock.now += 1.0
    own.tend()
    assert timestamp(clock.utcnow()) in image.attributes[NAME]
    assert own.tended_at == clock.now + 60.0


def test_a_mark_whose_renewal_came_too_late_is_taken_off_when_the_run_ends(
    own: OwnMarks, image: MarkedSource, clock: FakeClock
) -> None:
    own.make(KEY)
    image.seconds = 2.75
    clock.now += 60.0
    own.tend()
    assert NAME in image.attributes
    own.close()
    assert NAME not in image.attributes


@pytest.mark.parametrize(("seconds", "stays"), [(2.5, True), (2.75, False)])
def test_a_renewal_counts_that_was_made_within_half_the_time_to_settle(
    seconds: float, stays: bool, own: OwnMarks, image: MarkedSource, clock: FakeClock
) -> None:
    own.make(KEY)
    image.seconds = seconds
    clock.now += 60.0
    own.tend()
    assert (own.of(KEY) is not None) is stays


def test_a_mark_that_names_a_job_is_read_back_once_it_has_settled(
    own: OwnMarks, image: MarkedSource, clock: FakeClock
) -> None:
    submitted(own, clock)
    named = dict(image.attributes)
    image.attributes.clear()
    assert own.tended_at == clock.now + 5.0
    clock.now += 4.0
    own.tend()
    assert image.attributes == {}
    clock.now += 1.0
    own.tend()
    assert image.attributes == named


def test_a_mark_that_gets_lost_is_made_again_five_times(own: OwnMarks, image: MarkedSource, clock: FakeClock) -> None:
    submitted(own, clock)
    made = 0
    while own.tended_at is not None:
        assert own.tended_at == clock.now + 5.0
        image.attributes.clear()
        clock.now = own.tended_at
        own.tend()
        made += len(image.attributes)
    assert made == 5


@pytest.mark.parametrize(("age", "rest"), [(2.0, 3.0), (9.0, 0.0)])
def test_a_run_that_ends_waits_until_a_mark_has_settled_and_no_longer(
    age: float, rest: float, own: OwnMarks, clock: FakeClock
) -> None:
    submitted(own, clock)
    clock.now += age
    own.close()
    assert clock.sleeps == [rest]


@pytest.mark.parametrize(("status", "code"), [(409, None), (400, "IMG.0046")])
def test_an_image_that_may_not_be_updated_now_is_held(
    status: int, code: str | None, own: OwnMarks, image: MarkedSource
) -> None:
    image.refusal = ApiError("busy", code=code, http_status=status)
    with pytest.raises(Held, match="cannot be marked while it is being copied"):
        own.make(KEY)
    assert own.refused is None


@pytest.mark.parametrize("status", [403, 410])
def test_a_refusal_for_good_is_remembered(status: int, own: OwnMarks, image: MarkedSource) -> None:
    image.refusal = ApiError("no", http_status=status)
    assert own.make(KEY) is None
    assert own.refused is not None and "ims:images:update" in own.refused


def test_a_run_that_gives_way_to_another_takes_its_mark_off_at_once(image: MarkedSource, clock: FakeClock) -> None:
    other = {"ims_copy_0123456789ab_ffff": f"pending {timestamp(clock.utcnow())} ffff0000 -"}
    image.attributes = dict(other)
    service: t.Any = image
    ledger = MarkingLedger(Ledger(None, clock), lambda key: service, clock, SETTLE_TIME, GRACE)
    with pytest.raises(Held, match="run ffff0000"), ledger.claim(KEY):
        pytest.fail("two runs held the same copy")
    assert image.attributes == other
