# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The timeline of a report: which copies are drawn, in which lanes, and where."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import precise
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report_timeline import Scale, bars_of, lanes_of, timeline
from tests.unit.report_page import NOON, Reader, at, entry, failed, shown


def lanes(*times, now=3600):
    entries = [entry(str(number), *time) for number, time in enumerate(times)]
    return [[drawn.entry["name"] for drawn in lane] for lane in lanes_of(bars_of(entries, at(now)))]


def test_a_slot_is_used_again_as_soon_as_it_is_free():
    assert lanes((0, 60), (0, 90), (60, 100), (90, 100), (100, 120)) == [["0", "2", "4"], ["1", "3"]]


def test_a_slot_is_free_when_the_job_is_over_though_the_replica_is_still_looked_at():
    assert lanes((0, 100), (98, 200), (196, 300)) == [["0", "1"], ["2"]]


def test_copies_that_were_never_submitted_are_not_drawn():
    assert lanes((None, None), (5, 10)) == [["1"]]
    assert "No copy was submitted" in shown(entry())
    assert "No copy was submitted" in shown()


def test_a_copy_that_is_under_way_lasts_until_the_time_of_the_report():
    (only,) = bars_of([entry("a", 10)], at(600))

    assert (only.begin, only.end) == (at(10), at(600))
    assert "9:50" in shown(entry("a", 10), now=600)


def test_times_that_make_no_sense_do_not_break_the_drawing():
    odd = [entry("ends early", 50, 10), entry("unreadable", 0, 9, started_at="soon"), entry("later", 7200)]

    assert lanes_of(bars_of(odd, at(600)))
    assert "ends early" in shown(*odd, now=600)


TIMES = st.lists(st.tuples(st.integers(0, 5000), st.one_of(st.none(), st.integers(0, 5000))), max_size=60)


@given(TIMES)
def test_bars_of_a_lane_overlap_by_the_look_at_a_replica_at_most_and_no_lane_is_needless(times):
    entries = [entry(str(number), *time) for number, time in enumerate(times)]
    bars = bars_of(entries, at(4000))
    found = lanes_of(bars)

    assert sorted(drawn.number for lane in found for drawn in lane) == sorted(drawn.number for drawn in bars)
    for lane in found:
        for before, after in zip(lane, lane[1:]):
            assert before.end - after.begin <= (before.end - before.begin) / 50
    at_a_time = [sum(1 for drawn in bars if drawn.begin <= moment.begin < drawn.frees_its_slot()) for moment in bars]
    assert len(found) == max(at_a_time, default=0)


@given(TIMES)
def test_drawn_bars_stay_within_their_lane_and_beside_each_other(times):
    text = shown(*(entry(str(number), *time) for number, time in enumerate(times)), now=4000)

    for lane in re.findall(r'<ol class="lane".*?</ol>', text, re.S):
        drawn = [(float(x), float(w)) for x, w in re.findall(r'style="--x:([\d.]+)%;--w:([\d.]+)%"', lane)]
        ends = [left + width for left, width in drawn]
        assert all(end <= left + 0.002 for end, (left, dummy) in zip(ends, drawn[1:]))
        assert not ends or max(ends) <= 100.6


def test_a_bar_tells_number_name_destination_size_duration_and_outcome_in_words():
    text = shown(entry("web", 0, 90), failed())
    bars = [Reader(item).text for item in re.findall(r'<li class="bar.*?</li>', text, re.S)]

    assert bars == ["1 db → cn-south-1 3.0 GiB, 1:30, Failed", "2 web → cn-south-1 3.0 GiB, 1:30"]


def test_five_hundred_copies_are_drawn_in_their_slots():
    entries = [entry(str(number), 60 * (number // 5), 60 * (number // 5) + 60) for number in range(500)]
    text = shown(*entries, now=9000)

    assert text.count('class="lane"') == 5
    assert text.count('<li class="bar') == 500
    assert "min-width:6000px" in text
    # Six on each of the screens that it is wide.
    assert text.count('<span class="tick') == 21


# -- short copies, and those of an earlier run ------------------------------------------------------------------------


def drawing(*entries, now):
    found = timeline(entries, at(now), False)
    assert found is not None
    return found


def test_milliseconds_tell_short_copies_apart():
    short = [
        entry("a", started_at="2026-03-01T12:00:00.100Z", finished_at="2026-03-01T12:00:00.350Z", status="copied"),
        entry("b", started_at="2026-03-01T12:00:00.350Z", finished_at="2026-03-01T12:00:01.100Z", status="copied"),
    ]
    drawn = drawing(*short, now=600)

    assert [[(drawn_bar["left"], drawn_bar["width"]) for drawn_bar in lane] for lane in drawn["lanes"]] == [
        [("0.000", "25.000"), ("25.000", "75.000")]
    ]
    assert [drawn_bar["facts"] for drawn_bar in drawn["lanes"][0]] == ["3.0 GiB, 0.2 s", "3.0 GiB, 0.8 s"]
    assert [tick["label"] for tick in drawn["ticks"]] == ["0:00", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "0:01"]


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (0.5, ["0:00", "0.1 s", "0.2 s", "0.3 s", "0.4 s", "0.5 s"]),
        (3, ["0:00", "0.5 s", "0:01", "1.5 s", "0:02", "2.5 s", "0:03"]),
        (60, ["0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00"]),
        (90, ["0:00", "0:15", "0:30", "0:45", "1:00", "1:15", "1:30"]),
        (600, ["0:00", "2:00", "4:00", "6:00", "8:00", "10:00"]),
        (5400, ["0:00", "15:00", "30:00", "45:00", "1:00:00", "1:15:00", "1:30:00"]),
        (10800, ["0:00", "30:00", "1:00:00", "1:30:00", "2:00:00", "2:30:00", "3:00:00"]),
        (86400 * 9, ["0:00", "48:00:00", "96:00:00", "144:00:00", "192:00:00"]),
    ],
)
def test_the_axis_has_about_six_marks_at_round_times(seconds, labels):
    begun = "2026-03-01T12:00:00.000Z"
    drawn = drawing(entry("a", started_at=begun, finished_at=precise(at(seconds)), status="copied"), now=0)

    assert [tick["label"] for tick in drawn["ticks"]] == labels
    assert drawn["ticks"][0] == {"left": "0.000", "label": "0:00", "turned": False}


def test_a_copy_of_no_length_has_a_width():
    (lane,) = drawing(entry("a", 5, 5), entry("b", 6, 7), now=600)["lanes"]

    assert [drawn_bar["width"] for drawn_bar in lane] == ["50.000", "50.000"]


JOB = {"id": "job-id", "begin_time": "2026-03-01T11:59:00.500Z", "progress": 40}


def test_a_copy_of_an_earlier_run_is_drawn_from_the_begin_of_its_job_and_told_as_such():
    left = entry("a", 10, action="waited", job=JOB)
    copied = entry("b", 0, 30, action="waited", job={**JOB, "progress": 100})
    drawn = drawing(left, copied, now=60)

    assert drawn["begin"] == "2026-03-01 11:59:00 UTC"
    assert sorted(drawn_bar["facts"] for lane in drawn["lanes"] for drawn_bar in lane) == [
        "3.0 GiB, 1:30, begun by an earlier run",
        "3.0 GiB, 2:00, Under way, 40 %, begun by an earlier run",
    ]
    assert Reader(shown(left, copied).partition("<tbody")[2]).text.count("Begun by an earlier run.") == 2


def test_a_copy_of_an_earlier_run_is_drawn_even_where_only_its_job_tells_when_it_began():
    (drawn_bar,) = bars_of([entry("a", status="in_progress", action="waited", job=JOB)], at(60))

    assert (drawn_bar.begin, drawn_bar.end) == (at(-59.5), at(60))


def test_a_copy_of_this_run_is_drawn_from_when_it_was_submitted():
    (drawn_bar,) = bars_of([entry("a", 10, 60, action="submitted", job=JOB)], at(600))

    assert drawn_bar.begin == at(10)


def test_what_is_present_is_not_drawn_for_the_job_that_made_it():
    assert bars_of([entry("a", action="none", job=JOB)], at(60)) == []


STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400]


@pytest.mark.parametrize("step", STEPS)
def test_the_ticks_of_a_timeline_are_steps_in_which_people_count_time(step: float) -> None:
    ticks = [seconds for seconds, _place in Scale(NOON, 5.5 * step, 1.0).ticks()]
    assert ticks[1] == step


def test_a_tick_stands_where_its_time_is() -> None:
    places = {0: 0.0, 15: 18.75, 30: 37.5, 45: 56.25, 60: 75.0, 75: 93.75}
    assert dict(Scale(NOON, 80.0, 1.0).ticks()) == places


@pytest.mark.parametrize(("minutes", "step"), [(60, 600), (65, 900)])
def test_a_screen_has_six_steps_at_most(minutes: int, step: int) -> None:
    ticks = [seconds for seconds, _place in Scale(NOON, 60.0 * minutes, 1.0).ticks()]
    assert ticks[1] == step
