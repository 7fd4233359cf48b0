# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The words of a report: how an entry of a result, its numbers and its times read; pure."""

from __future__ import annotations

import datetime
import html
import typing as t

from ..module_utils._clock import moment
from ..module_utils._text import visible

Entry = t.Mapping[str, t.Any]

GIB = 1024**3
# Failures first, then what somebody still has to look after.
WORDS: t.Mapping[str, str] = {
    "failed": "Failed",
    "in_progress": "Under way",
    "not_started": "Not started",
    "skipped": "Left out",
    "copied": "Copied",
    "updated": "Brought in line",
    "deleted": "Deleted",
    "present": "Present",
    "absent": "Not there",
}
# In a plan nothing has happened yet, but for what an earlier run did.
PLANNED: t.Mapping[str, str] = {
    "failed": "Would fail",
    "to_copy": "Would be copied",
    "updated": "Would be brought in line",
    "in_progress": "Under way",
    "not_started": "Held back",
    "skipped": "Would be left out",
    "copied": "Copied",
    "deleted": "Would be deleted",
    "present": "Present",
    "absent": "Not there",
}
# No line of a page is longer.
LONGEST_LINE = 2000


def fit(value: t.Any) -> t.Any:
    """The same, in plain types, with every character made visible that no page can hold or that turns the direction of
    writing, and with an end to every line."""
    return _with_strings(value, lambda text: "\n".join(visible(line, LONGEST_LINE) for line in text.splitlines()))


def escaped(value: t.Any) -> t.Any:
    """The same, with every string such that it is text in HTML, between tags and in a quoted attribute alike."""
    return _with_strings(value, lambda text: html.escape(text, quote=True))


def _with_strings(value: t.Any, change: t.Callable[[str], str]) -> t.Any:
    if isinstance(value, t.Mapping):
        return {str(key): _with_strings(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_strings(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def words_of(plan: bool) -> t.Mapping[str, str]:
    """What an entry can have come to, in the order in which people want to know."""
    return PLANNED if plan else WORDS


def kind_of(entry: Entry, plan: bool) -> str:
    """What an entry came to, or would; a status from a later release is ``unknown``."""
    status = str(entry.get("status"))
    if plan and status == "not_started" and entry.get("action") == "submitted":
        return "to_copy"
    return status if status in words_of(plan) else "unknown"


def word_of(entry: Entry, plan: bool) -> str:
    """The outcome in words; a status from a later release is a word like any other."""
    return words_of(plan).get(kind_of(entry, plan), str(entry.get("status")).replace("_", " "))


def source_name(entry: Entry) -> str:
    source = entry.get("source_image") or {}
    return visible(source.get("name") or entry.get("image_name") or entry.get("image_id") or "an unknown image")


def source_id(entry: Entry) -> t.Optional[str]:
    """The id of the source image, unless it is what stands for its name already."""
    found = (entry.get("source_image") or {}).get("id") or entry.get("image_id")
    return None if found is None or str(found) == source_name(entry) else str(found)


def place(entry: Entry) -> str:
    """``cn-south-1``, or ``cn-south-1 (cn-south-1_apps)`` when it is not the region's own project."""
    region, project = entry.get("destination_region") or "?", entry.get("destination_project_name")
    return str(region) if project in (None, region) else f"{region} ({project})"


def size_bytes(entry: Entry) -> int:
    size = (entry.get("source_image") or {}).get("size_bytes") or (entry.get("image") or {}).get("size_bytes") or 0
    try:
        return max(0, int(size))
    except (TypeError, ValueError):
        return 0


def gib(size: float) -> str:
    return f"{size / GIB:,.1f} GiB"


def progress(entry: Entry) -> t.Optional[int]:
    """Percent of a copy that is under way; None where nobody knows."""
    done = (entry.get("job") or {}).get("progress")
    return done if isinstance(done, int) and entry.get("status") == "in_progress" else None


def taken_up(entry: Entry) -> bool:
    """Whether an earlier run began this copy, and this one only waited for it."""
    return entry.get("action") == "waited" and entry.get("status") in ("in_progress", "copied", "failed")


def span(entry: Entry, now: datetime.datetime) -> t.Optional[t.Tuple[datetime.datetime, datetime.datetime]]:
    """When a copy began and ended, one that is under way at ``now``; None for what was never submitted.

    One that an earlier run submitted began when its job did: this run only knows when it came upon it.
    """
    began = moment(entry.get("started_at"))
    if taken_up(entry):
        began = moment((entry.get("job") or {}).get("begin_time")) or began
    if began is None:
        return None
    return began, max(began, moment(entry.get("finished_at")) or now)


def took(entry: Entry, now: datetime.datetime) -> t.Optional[str]:
    """``8:30``: how long a copy took, or has been taking."""
    times = span(entry, now)
    return None if times is None else duration((times[1] - times[0]).total_seconds())


def duration(seconds: float) -> str:
    """``1:02:03``, ``2:03`` below an hour, and ``2.4 s`` where only a fraction tells short times apart."""
    if 0 < seconds < 59.95 and seconds != int(seconds):
        return f"{max(seconds, 0.1):.1f} s"
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def clock_time(when: datetime.datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S UTC")
