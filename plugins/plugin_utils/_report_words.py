# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The words of a report: how values read, and how they are made safe to stand in a page; pure."""

from __future__ import annotations

import datetime
import html
import re
import typing as t

from ..module_utils._clock import moment
from ._progress import GIB, duration

Entry = t.Mapping[str, t.Any]

# Failures first, then what somebody still has to look after.
STATUSES: t.Mapping[str, str] = {
    "failed": "Failed",
    "in_progress": "Under way",
    "not_started": "Not started",
    "skipped": "Left out",
    "copied": "Copied",
    "updated": "Brought in line",
    "present": "Present",
}
# Neither HTML nor its readers have a use for these; a lone surrogate cannot even be written to a file.
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def escaped(value: t.Any) -> str:
    """Any value as text that cannot be anything but text, between tags and in a quoted attribute alike."""
    return html.escape(UNFIT.sub("\N{REPLACEMENT CHARACTER}", str(value)), quote=True)


def isolated(value: t.Any) -> str:
    """A name from outside, such that its direction of writing does not turn around what stands beside it."""
    return f"<bdi>{escaped(value)}</bdi>"


def status_of(entry: Entry) -> str:
    """The status as this page knows it; one from a later release is a word like any other, but no class."""
    status = str(entry.get("status"))
    return status if status in STATUSES else "unknown"


def word_of(entry: Entry) -> str:
    return STATUSES.get(str(entry.get("status")), str(entry.get("status")).replace("_", " "))


def order_of(entry: Entry) -> int:
    status = status_of(entry)
    return list(STATUSES).index(status) if status in STATUSES else len(STATUSES)


def source_name(entry: Entry) -> str:
    source = entry.get("source_image") or {}
    return str(source.get("name") or entry.get("image_name") or entry.get("image_id") or "an unknown image")


def source_id(entry: Entry) -> t.Optional[str]:
    found = (entry.get("source_image") or {}).get("id") or entry.get("image_id")
    return None if found is None else str(found)


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
    return done if isinstance(done, int) and status_of(entry) == "in_progress" else None


def span(entry: Entry, now: datetime.datetime) -> t.Optional[t.Tuple[datetime.datetime, datetime.datetime]]:
    """When a copy began and ended, one that is under way at ``now``; None for what was never submitted."""
    began = moment(entry.get("started_at"))
    if began is None:
        return None
    return began, max(began, moment(entry.get("finished_at")) or now)


def took(entry: Entry, now: datetime.datetime) -> t.Optional[str]:
    """``8:30``: how long a copy took, or has been taking."""
    times = span(entry, now)
    return None if times is None else duration((times[1] - times[0]).total_seconds())


def clock_time(when: datetime.datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S UTC")
