# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The lines that show how copies go, folded from the events of a run; no clock and no file of its own."""

from __future__ import annotations

import dataclasses
import typing as t

from ..module_utils._clock import moment
from ..module_utils._text import one_line, visible

Event = t.Mapping[str, t.Any]

GIB = 1024**3
# The whole message is in the result.
LONGEST_MESSAGE = 400
# What is told of a copy, as people say it.
WORDS: t.Mapping[str, str] = {
    "found": "taken up from an earlier run",
    "submitted": "submitted",
    "copied": "has been copied",
    "updated": "has been brought in line",
    "skipped": "is left out",
    "failed": "FAILED",
}
ENDS = ("copied", "updated", "skipped", "failed")


def duration(seconds: float) -> str:
    """``1:02:03``, or ``2:03`` below an hour."""
    whole = max(0, int(round(seconds)))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def title(copy: Event) -> str:
    """``"ubuntu" -> cn-south-1``: the copy as people name it."""
    source, destination = copy["source"], copy["destination"]
    name = copy["replica"].get("name") or source.get("name") or source.get("id")
    region, project = destination["region"], destination.get("project_name")
    own = f" (project {project})" if project and project != region else ""
    return f'"{visible(name)}" -> {visible(f"{region}{own}")}'


@dataclasses.dataclass(frozen=True)
class Seen:
    """The last event of a copy, and the moment when it came."""

    event: Event
    at: float

    @property
    def state(self) -> t.Tuple[t.Any, ...]:
        """What makes a copy worth a line when it is another one than that of its last line."""
        name = self.event["event"]
        return (name if name in ENDS else "under way", self.event.get("attempt"), self.event.get("percent"))

    def line(self, at: float) -> str:
        """The copy at a later moment."""
        name, event = self.event["event"], self.event
        text = self._ended() if name in ENDS else ", ".join(self._under_way(at))
        return f"  {title(event['copy'])}: {text}"

    def _elapsed(self, at: float) -> t.Optional[float]:
        """Both times of the event are by the clock of its host, and what came after it by ours."""
        began, told = moment(self.event.get("began")), moment(self.event["at"])
        if began is None or told is None:
            return None
        return max(0.0, (told - began).total_seconds()) + at - self.at

    def _under_way(self, at: float) -> t.Iterator[str]:
        percent, elapsed = self.event.get("percent"), self._elapsed(at)
        if self.event["event"] in WORDS:
            yield WORDS[self.event["event"]]
        elif percent is None:
            yield "under way"
        if percent is not None:
            yield f"{percent} %"
        if elapsed is not None and (percent is not None or elapsed >= 1):
            yield f"{duration(elapsed)} elapsed"
            if percent and percent < 100:
                yield f"about {duration(elapsed * (100 - percent) / percent)} left"

    def _ended(self) -> str:
        event = self.event
        text = WORDS[event["event"]]
        if event["event"] in ("failed", "skipped"):
            error = event.get("error") or {}
            code = f" [{error['code']}]" if error.get("code") else ""
            first = f"attempt {event['attempt']} " if event.get("again") else ""
            more = "; it is submitted again" if event.get("again") else ""
            return f"{first}{text}{visible(code)}: {one_line(str(error.get('message')), LONGEST_MESSAGE)}{more}"
        elapsed = self._elapsed(self.at)
        if event["event"] == "copied" and elapsed is not None:
            text += f" in {duration(elapsed)}"
        image_id = event["copy"]["replica"].get("id")
        return visible(f"{text} as image {image_id}" if image_id else text)


class Progress:
    """What a run has told so far. All moments are seconds on one clock of the caller's."""

    def __init__(self, run: str, numbers_only: bool = False) -> None:
        """``run`` names the events that count, as others may write to the same file.

        ``news``: something has changed since the last lines. All that changes about a copy changes the whole.
        """
        self._run = run
        self._numbers_only = numbers_only
        self._whole: t.Optional[Event] = None
        self._whole_at = 0.0
        self._copies: t.Dict[int, Seen] = {}
        self._shown: t.Dict[int, t.Tuple[t.Any, ...]] = {}
        self._lost: t.List[str] = []
        self.news = False
        self.planned = False
        self.changed = False
        self.ended = False

    def add(self, event: Event, at: float) -> None:
        """An event that came at that moment."""
        if event.get("run") != self._run:
            return
        name = event.get("event")
        self.planned |= name == "planned"
        self.changed |= name in ("submitted", "updated")
        self.ended |= name == "ended"
        if "whole" in event:
            self.news |= event["whole"] != self._whole
            self._whole, self._whole_at = event["whole"], at
        elif event.get("again"):
            self._lost.append(Seen(event, at).line(at))
        elif name in WORDS or (name == "progress" and "copy" in event):
            self._copies[event["number"]] = Seen(self._known_as(event), at)

    def lines(self, at: float) -> t.List[str]:
        """The whole, and each copy about which something is new since the last lines."""
        lines = [self._whole_line(at), *self._lost]
        self._lost, self.news = [], False
        for number, seen in self._copies.items():
            if self._shown.get(number) != seen.state:
                self._shown[number] = seen.state
                lines.append(seen.line(at))
        for number in [number for number, seen in self._copies.items() if seen.event["event"] in ENDS]:
            # What has ended is not looked at again and again.
            del self._copies[number]
        return lines[:1] if self._numbers_only else lines

    def _known_as(self, event: Event) -> Event:
        """That an earlier run began a copy is told with its first line, however far it has come by then."""
        before = self._copies.get(event["number"])
        news = event["number"] in self._shown or before is None or event["event"] != "progress"
        return event if news or before is None else {**event, "event": before.event["event"]}

    def _whole_line(self, at: float) -> str:
        whole = self._whole
        if whole is None:
            return "planning"
        parts = [f"{whole['done']} of {whole['copies']} done"]
        if whole["failed"]:
            parts[0] += f" ({whole['failed']} failed)"
        if whole["under_way"]:
            slots = whole["slots"]
            parts.append(f"{whole['under_way']} under way ({slots} {'slot' if slots == 1 else 'slots'} ours)")
        if whole["queued"]:
            parts.append(f"{whole['queued']} queued" + (", as no more slots are free" if whole["refused"] else ""))
        if whole["bytes"]:
            done, total = whole["bytes_done"], whole["bytes"]
            parts.append(f"{100 * done / total:.0f} % of {total / GIB:.1f} GiB")
        if whole["seconds_left"] is not None:
            left = whole["seconds_left"] - (at - self._whole_at)
            parts.append(f"about {duration(left)} left" if left > 0 else "about to end")
        return ", ".join(parts)
