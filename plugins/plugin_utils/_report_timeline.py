# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The timeline of a report: which copy ran in which slot, and when; pure."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ._progress import duration
from ._report_words import (
    Entry,
    clock_time,
    escaped,
    gib,
    isolated,
    place,
    progress,
    size_bytes,
    source_name,
    span,
    status_of,
    took,
    word_of,
)

# Results tell time in seconds: a copy that began and ended within one still takes room.
SHORTEST = datetime.timedelta(seconds=1)
# Of the whole width, in percent: a bar is drawn no thinner where nothing stands beside it.
THINNEST = 0.6
# So many bars in a row are readable on one screen; with more of them the drawing scrolls, and the page does not.
ROOMY = 16
PIXELS_OF_A_BAR = 60
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


@dataclasses.dataclass(frozen=True)
class Bar:
    """One copy in its lane; ``number`` is that of its row in the table."""

    number: int
    entry: Entry
    begin: datetime.datetime
    end: datetime.datetime


def bars_of(entries: t.Sequence[Entry], now: datetime.datetime) -> t.List[Bar]:
    """Every copy that has begun, in the order in which they did; those under way last until ``now``."""
    bars = []
    for number, entry in enumerate(entries, 1):
        times = span(entry, now)
        if times is not None:
            bars.append(Bar(number, entry, times[0], max(times[1], times[0] + SHORTEST)))
    return sorted(bars, key=lambda copy: (copy.begin, copy.end, copy.number))


def lanes_of(bars: t.Sequence[Bar]) -> t.List[t.List[Bar]]:
    """Each bar goes to the first lane that is free by then, so there are as many as ran at a time.

    :param bars: ordered by their begin
    """
    lanes: t.List[t.List[Bar]] = []
    for copy in bars:
        for lane in lanes:
            if lane[-1].end <= copy.begin:
                lane.append(copy)
                break
        else:
            lanes.append([copy])
    return lanes


def timeline(entries: t.Sequence[Entry], now: datetime.datetime) -> str:
    """The section of the page."""
    lanes = lanes_of(bars_of(entries, now))
    if not lanes:
        return '<p class="quiet">No copy was submitted, so there is nothing to draw.</p>'
    first = min(lane[0].begin for lane in lanes)
    last = max(copy.end for lane in lanes for copy in lane)
    most = max(len(lane) for lane in lanes)
    scale = _Scale(first, last, max(1.0, most / ROOMY))
    width = f' style="min-width:{most * PIXELS_OF_A_BAR}px"' if most > ROOMY else ""
    rows = "".join(_lane(number, lane, scale) for number, lane in enumerate(lanes, 1))
    return (
        f'<p class="quiet">From {clock_time(first)} to {clock_time(last)}. The number of a copy is that of its row in '
        "the table below.</p>"
        f'<div class="scroll" role="region" aria-label="Timeline" tabindex="0"><div class="timeline"{width}>'
        f"{_axis(scale)}{rows}</div></div>"
    )


class _Scale:
    """Moments to percents of the width.

    :param screens: how many screens wide the drawing is
    """

    def __init__(self, first: datetime.datetime, last: datetime.datetime, screens: float) -> None:
        self.first = first
        self._ticks = 6 * screens
        self.seconds = max(1.0, (last - first).total_seconds())

    def at(self, when: datetime.datetime) -> float:
        return 100 * (when - self.first).total_seconds() / self.seconds

    def ticks(self) -> t.Iterator[t.Tuple[float, float]]:
        """Seconds since the beginning, and where they stand; about six of them on a screen."""
        days = 86400 * (1 + self.seconds // (86400 * self._ticks))
        step = next((step for step in STEPS if self.seconds / step <= self._ticks), days)
        tick = 0.0
        while tick <= self.seconds:
            yield tick, 100 * tick / self.seconds
            tick += step


def _axis(scale: _Scale) -> str:
    marks = []
    for tick, left in scale.ticks():
        # The last ones would stick out of the drawing.
        turned = " end" if left > 92 else ""
        marks.append(f'<span class="tick{turned}" style="--x:{left:.3f}%">{duration(tick)}</span>')
    return f'<div class="axis" aria-hidden="true">{"".join(marks)}</div>'


def _lane(number: int, lane: t.Sequence[Bar], scale: _Scale) -> str:
    drawn = []
    for index, copy in enumerate(lane):
        left, right = scale.at(copy.begin), scale.at(copy.end)
        room = scale.at(lane[index + 1].begin) if index + 1 < len(lane) else 100.0
        drawn.append(_bar(copy, left, max(right, min(left + THINNEST, room)) - left))
    return (
        f'<div class="slot"><span class="slot-name">Slot {number}</span>'
        f'<ol class="lane" aria-label="Slot {number}">{"".join(drawn)}</ol></div>'
    )


def _bar(copy: Bar, left: float, width: float) -> str:
    entry = copy.entry
    facts = [took(entry, copy.end) or ""]
    if size_bytes(entry):
        facts.insert(0, gib(size_bytes(entry)))
    if status_of(entry) != "copied":
        done = progress(entry)
        facts.append(word_of(entry) if done is None else f"{word_of(entry)}, {done} %")
    said = ", ".join(facts)
    return (
        f'<li class="bar {status_of(entry)}" style="--x:{left:.3f}%;--w:{width:.3f}%" '
        f'title="{copy.number}. {escaped(source_name(entry))} \N{RIGHTWARDS ARROW} {escaped(place(entry))}: '
        f'{escaped(said)}">'
        f'<b>{copy.number}</b> <span class="who">{isolated(source_name(entry))} \N{RIGHTWARDS ARROW} '
        f'{escaped(place(entry))}</span> <span class="facts">{escaped(said)}</span></li>'
    )
