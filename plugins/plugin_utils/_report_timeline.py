# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The timeline of a report: which copy ran in which slot, when, and where that stands in percent of the width; pure."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ._report_words import (
    Entry,
    clock_time,
    duration,
    gib,
    kind_of,
    place,
    progress,
    size_bytes,
    source_name,
    span,
    taken_up,
    took,
    word_of,
)

# A copy whose times are told in whole seconds, and that began and ended within one, still takes room.
SHORTEST = datetime.timedelta(seconds=1)
# Of the whole width, in percent: a bar is drawn no thinner where nothing stands beside it.
THINNEST = 0.6
# So many bars in a row are readable on one screen; with more of them the drawing scrolls, and the page does not.
ROOMY = 16
PIXELS_OF_A_BAR = 60
TICKS_OF_A_SCREEN = 6
# Of a copy, the part at its end in which its job may have been over.
LOOKED_AT = 0.02
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


@dataclasses.dataclass(frozen=True)
class Bar:
    """One copy in its lane; ``number`` is that of its row in the table."""

    number: int
    entry: Entry
    begin: datetime.datetime
    end: datetime.datetime

    def frees_its_slot(self) -> datetime.datetime:
        """At the latest: a job that has ended does so, while its copy lasts until the replica has been looked at."""
        return self.end - (self.end - self.begin) * LOOKED_AT


@dataclasses.dataclass(frozen=True)
class Scale:
    """Moments to percents of the width, which is so many ``screens``."""

    first: datetime.datetime
    seconds: float
    screens: float

    def at(self, when: datetime.datetime) -> float:
        return 100 * (when - self.first).total_seconds() / self.seconds

    def ticks(self) -> t.Iterator[t.Tuple[float, float]]:
        """Seconds since the beginning, and where they stand; about six of them on a screen."""
        most = TICKS_OF_A_SCREEN * self.screens
        days = 86400 * (1 + self.seconds // (86400 * most))
        step = next((step for step in STEPS if self.seconds / step <= most), days)
        for count in range(int(self.seconds / step) + 1):
            yield count * step, 100 * count * step / self.seconds


def bars_of(entries: t.Sequence[Entry], now: datetime.datetime) -> t.List[Bar]:
    """Every copy that has begun, in the order in which they did; those under way last until ``now``."""
    bars = []
    for number, entry in enumerate(entries, 1):
        times = span(entry, now)
        if times is not None:
            begin, end = times
            bars.append(Bar(number, entry, begin, end if end > begin else begin + SHORTEST))
    return sorted(bars, key=lambda copy: (copy.begin, copy.end, copy.number))


def lanes_of(bars: t.Sequence[Bar]) -> t.List[t.List[Bar]]:
    """Each bar goes to the first lane that is free by then, so there are as many as ran at a time.

    :param bars: ordered by their begin
    """
    lanes: t.List[t.List[Bar]] = []
    for copy in bars:
        for lane in lanes:
            if lane[-1].frees_its_slot() <= copy.begin:
                lane.append(copy)
                break
        else:
            lanes.append([copy])
    return lanes


def timeline(entries: t.Sequence[Entry], now: datetime.datetime, plan: bool) -> t.Optional[t.Dict[str, t.Any]]:
    """What there is to draw: the axis, and the bars in their lanes; None where no copy has begun."""
    lanes = lanes_of(bars_of(entries, now))
    if not lanes:
        return None
    first = min(lane[0].begin for lane in lanes)
    last = max(copy.end for lane in lanes for copy in lane)
    most = max(len(lane) for lane in lanes)
    scale = Scale(first, (last - first).total_seconds(), max(1.0, most / ROOMY))
    return {
        "begin": clock_time(first),
        "end": clock_time(last),
        # In pixels: 0 where it fits the screen.
        "width": most * PIXELS_OF_A_BAR if most > ROOMY else 0,
        "ticks": [
            # The last ones would stick out of the drawing.
            {"left": f"{left:.3f}", "label": duration(tick), "turned": left > 92}
            for tick, left in scale.ticks()
        ],
        "lanes": [_lane(lane, scale, plan) for lane in lanes],
    }


def _lane(lane: t.Sequence[Bar], scale: Scale, plan: bool) -> t.List[t.Dict[str, t.Any]]:
    drawn = []
    for index, copy in enumerate(lane):
        left, right = scale.at(copy.begin), scale.at(copy.end)
        room = scale.at(lane[index + 1].begin) if index + 1 < len(lane) else 100.0
        width = min(max(right, left + THINNEST), room) - left
        drawn.append(
            {
                "number": copy.number,
                "kind": kind_of(copy.entry, plan),
                "source": source_name(copy.entry),
                "place": place(copy.entry),
                "left": f"{left:.3f}",
                "width": f"{width:.3f}",
                "facts": ", ".join(_facts(copy, plan)),
            }
        )
    return drawn


def _facts(copy: Bar, plan: bool) -> t.Iterator[str]:
    """What can be read without the colour of the bar."""
    entry = copy.entry
    if size_bytes(entry):
        yield gib(size_bytes(entry))
    yield took(entry, copy.end) or ""
    if kind_of(entry, plan) != "copied":
        done = progress(entry)
        yield word_of(entry, plan) if done is None else f"{word_of(entry, plan)}, {done} %"
    if taken_up(entry):
        yield "begun by an earlier run"
