# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast copies go, in exact figures, and within what holds for any figures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.pace import (
    CLOSE_SHARE,
    ROUNDING,
    SHORTEST_SHARE,
    Pace,
    next_look,
    spread,
    whole_left,
)

GIB = 1024**3
SIZES = st.integers(1, 300 * GIB)
SECONDS = st.floats(0.001, 1e5)
LEARNED = st.lists(st.tuples(SIZES, SECONDS), max_size=6)


def learned(*copies: tuple[int | None, float | None]) -> Pace:
    pace = Pace()
    for size, seconds in copies:
        pace.learn(size, seconds)
    return pace


def test_before_anything_is_learned_nobody_can_tell() -> None:
    assert learned().line() is None
    assert learned().duration(GIB) is None


@pytest.mark.parametrize("nothing", [(None, 60.0), (0, 60.0), (GIB, None), (GIB, 0.0)])
def test_a_copy_without_a_size_or_a_time_teaches_nothing(nothing: tuple[int | None, float | None]) -> None:
    assert learned(nothing).line() is None


def test_one_copy_teaches_so_many_seconds_for_each_byte() -> None:
    pace = learned((100, 50.0))

    assert pace.line() == (0.0, 0.5)
    assert pace.duration(300) == 150.0


def test_two_sizes_teach_a_beginning_and_a_slope() -> None:
    pace = learned((100, 70.0), (300, 110.0))

    assert pace.line() == pytest.approx((50.0, 0.2))
    assert pace.duration(1000) == pytest.approx(250.0)


def test_a_line_fits_what_does_not_lie_on_one_as_squares_are_least() -> None:
    assert learned((1, 4.0), (2, 5.0), (3, 9.0)).line() == pytest.approx((1.0, 2.5))


@pytest.mark.parametrize(
    "copies",
    [
        [(100, 60.0), (100, 40.0)],  # of one size
        [(100, 90.0), (300, 30.0)],  # the larger the faster
        [(100, 10.0), (300, 190.0)],  # a beginning of less than nothing
    ],
)
def test_where_no_line_makes_sense_time_goes_by_size_alone(copies: list[tuple[int, float]]) -> None:
    size, seconds = (sum(column) for column in zip(*copies))

    assert learned(*copies).line() == pytest.approx((0.0, seconds / size))


def test_a_size_that_nobody_knows_takes_a_time_that_nobody_knows() -> None:
    assert learned((100, 50.0)).duration(None) is None
    assert learned((100, 50.0)).duration(0) is None


@pytest.mark.parametrize(
    ("elapsed", "percent", "left"),
    [
        (None, 50, None),
        (20.0, 0, 30.0),
        (20.0, 4, 30.0),
        (20.0, 5, 380.0),
        (20.0, 50, 20.0),
        (20.0, 99, pytest.approx(20 / 99)),
        (20.0, 100, 0.0),
        (70.0, 0, 0.0),
        (0.0, 50, 50.0),
    ],
)
def test_what_is_left_of_a_copy_that_should_take_50_s(elapsed: float | None, percent: int, left: float | None) -> None:
    assert learned((100, 50.0)).left(100, elapsed, percent) == left


@pytest.mark.parametrize(("percent", "left"), [(0, None), (1, 1980.0), (4, 480.0), (5, 380.0), (100, 0.0)])
def test_what_is_left_of_a_copy_that_nothing_is_known_about_but_its_percentage(
    percent: int, left: float | None
) -> None:
    assert learned().left(None, 20.0, percent) == left


@given(LEARNED, SIZES, SIZES)
def test_a_larger_copy_never_takes_less_time(copies: list[tuple[int, float]], one: int, other: int) -> None:
    pace = learned(*copies)
    smaller, larger = pace.duration(min(one, other)), pace.duration(max(one, other))

    assert (smaller is None) is (larger is None) is (not copies)
    if smaller is not None and larger is not None:
        assert 0 <= smaller <= larger < math.inf


@given(LEARNED, st.none() | SIZES, st.none() | st.floats(0, 1e5), st.integers(0, 100))
def test_what_is_left_is_never_less_than_nothing(
    copies: list[tuple[int, float]], size: int | None, elapsed: float | None, percent: int
) -> None:
    left = learned(*copies).left(size, elapsed, percent)
    assert left is None or 0 <= left < math.inf


@pytest.mark.parametrize(
    ("left", "elapsed", "pause"),
    [
        (None, 50.0, 10.0),
        (1000.0, 50.0, 10.0),
        (14.0, 60.0, pytest.approx(14.74)),  # close: the look waits for the end
        (16.5, 83.5, 17.5),
        (16.8, 60.0, 10.0),  # 17.568 is not close any more
        (5.0, 95.0, pytest.approx(6.0)),
        (5.0, None, pytest.approx(5.05)),
        (0.0, 10.0, 0.5),
        (0.0, 100.0, pytest.approx(1.0)),
    ],
)
def test_a_copy_is_looked_at_when_it_should_end_if_that_is_about_an_interval_away(
    left: float | None, elapsed: float | None, pause: float
) -> None:
    assert next_look(10.0, left, elapsed) == pause


@given(SECONDS, st.none() | st.floats(0, 1e5), st.none() | st.floats(0, 1e5))
def test_a_look_is_never_sooner_nor_later_than_the_shares_of_the_interval(
    interval: float, left: float | None, elapsed: float | None
) -> None:
    pause = next_look(interval, left, elapsed)

    assert interval * SHORTEST_SHARE <= pause <= interval * (1 + CLOSE_SHARE)
    if left is not None and interval * SHORTEST_SHARE < pause != interval:
        assert pause > left * (1 + ROUNDING / 2)


@pytest.mark.parametrize(
    ("others", "moment"),
    [
        ([], 10.0),
        ([100.0], 10.0),
        ([10.0], 9.0),
        ([9.5], 10.0),
        ([9.51], 9.0),
        ([10.49], 9.0),
        ([10.5], 10.0),
        ([10.0, 9.0], 8.0),
        ([10.0, 9.0, 8.0, 7.0, 6.0], 10.0),
    ],
)
def test_a_first_look_gives_way_to_the_others_by_steps_of_a_slots_share(others: list[float], moment: float) -> None:
    assert spread(10.0, 10.0, others, 5) == moment


@given(SECONDS, st.lists(st.floats(0, 100), max_size=12), st.integers(0, 10))
def test_a_first_look_is_moved_by_less_than_half_an_interval(interval: float, others: list[float], slots: int) -> None:
    moment = spread(interval, interval, others, slots)

    assert interval / 2 <= moment <= interval


LINE = (10.0, 0.5)


@pytest.mark.parametrize(
    ("line", "queued", "running", "slots", "left"),
    [
        (None, (0, 0, 0), [], 5, 0.0),
        (None, (1, 100, 100), [7.0], 5, None),
        (None, (0, 0, 0), [30.0, 12.0], 5, 30.0),
        (LINE, (1, 100, 100), [], 5, 60.0),
        (LINE, (4, 400, 100), [], 2, 120.0),  # 4 * 10 + 400 * 0.5 = 240, in two slots
        (LINE, (2, 1000, 900), [], 5, 460.0),  # the largest alone takes longer than its share
        (LINE, (4, 400, 100), [60.0], 2, 150.0),
        (LINE, (4, 400, 100), [], 0, 240.0),
    ],
)
def test_the_whole_ends_as_the_slots_allow_and_not_before_its_longest_copy(
    line: tuple[float, float] | None,
    queued: tuple[int, int, int],
    running: list[float],
    slots: int,
    left: float | None,
) -> None:
    assert whole_left(line, queued, running, slots) == left


@given(st.floats(0, 1e3), st.floats(0, 1), st.lists(SIZES, max_size=8), st.lists(st.floats(0, 1e5), max_size=5))
def test_more_slots_never_take_longer_and_nothing_ends_before_its_longest(
    base: float, slope: float, sizes: list[int], running: list[float]
) -> None:
    queued = (len(sizes), sum(sizes), max(sizes, default=0))
    lefts = [whole_left((base, slope), queued, running, slots) or 0.0 for slots in range(1, 6)]

    assert lefts == sorted(lefts, reverse=True)
    assert lefts[-1] >= max([*running, *(base + slope * size for size in sizes)], default=0.0)
