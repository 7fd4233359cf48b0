# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The lines that show how copies go, from the entries of a result; pure."""

from __future__ import annotations

import datetime
import typing as t

from ..module_utils._clock import moment

Entry = t.Mapping[str, t.Any]

GIB = 1024**3
ENDED = ("present", "copied", "updated", "skipped", "failed")
WORDS: t.Mapping[str, str] = {
    "present": "is present",
    "copied": "has been copied",
    "updated": "has been brought in line",
    "skipped": "is left out",
    "failed": "FAILED",
}


def duration(seconds: float) -> str:
    """``1:02:03``, or ``2:03`` below an hour."""
    whole = max(0, int(round(seconds)))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def key_of(entry: Entry) -> t.Tuple[t.Any, ...]:
    """What tells one entry from the others, whichever turn it comes from."""
    return (entry.get("label"), entry.get("destination_region"), entry.get("destination_project_name"))


def percent(entry: Entry) -> t.Optional[int]:
    """How much of one copy is done; None where nobody knows."""
    if entry["status"] in ENDED:
        return 100
    job = entry.get("job")
    return int(job["progress"]) if job else None


def title(entry: Entry) -> str:
    """``"ubuntu" -> cn-south-1``: the copy as people name it."""
    source = entry.get("source_image") or {}
    name = entry.get("name") or source.get("name") or entry.get("image_name") or entry.get("image_id")
    region, project = entry["destination_region"], entry.get("destination_project_name")
    return f'"{name}" -> {region}' + (f" (project {project})" if project and project != region else "")


def changes(
    before: t.Mapping[t.Any, Entry], entries: t.Sequence[Entry], now: datetime.datetime
) -> t.Iterator[str]:
    """A line for each copy that is under way, or that has ended since ``before``."""
    for entry in entries:
        status = entry["status"]
        if status == "in_progress":
            yield f"  {title(entry)}: {_under_way(entry, since(entry, now))}"
        elif status in ENDED and before.get(key_of(entry), {}).get("status") != status:
            yield f"  {title(entry)}: {_ended(entry)}"


def since(entry: Entry, now: datetime.datetime) -> t.Optional[float]:
    """Seconds since the copy was submitted; None where this is not known."""
    began = moment(entry.get("started_at"))
    return None if began is None else max(0.0, (now - began).total_seconds())


def whole(entries: t.Sequence[Entry], elapsed: float) -> str:
    """One line for everything: what is done, what is under way, and about how long the rest takes.

    :param elapsed: seconds since the task began
    """
    ended = sum(1 for entry in entries if entry["status"] in ENDED)
    failed = sum(1 for entry in entries if entry["status"] == "failed")
    under_way = sum(1 for entry in entries if entry["status"] == "in_progress")
    parts = [f"{ended} of {len(entries)} done"]
    if failed:
        parts[0] += f" ({failed} failed)"
    if under_way:
        parts.append(f"{under_way} under way")
    waiting = len(entries) - ended - under_way
    if waiting:
        refused = any(entry.get("refused_since") for entry in entries)
        parts.append(f"{waiting} waiting" + (" for a slot, as the service has none free" if refused else ""))
    done, total = _bytes(entries)
    if total:
        parts.append(f"{100 * done / total:.0f} % of {total / GIB:.1f} GiB")
    left = time_left(entries, elapsed)
    if left is not None and ended < len(entries):
        parts.append(f"about {duration(left)} left")
    return ", ".join(parts)


def time_left(entries: t.Sequence[Entry], elapsed: float) -> t.Optional[float]:
    """Seconds that the rest takes if it goes on as it went; None before anything can be told."""
    done, total = _bytes(entries)
    if not done or not total or elapsed <= 0:
        return None
    return (total - done) * elapsed / done


def _bytes(entries: t.Sequence[Entry]) -> t.Tuple[float, float]:
    """Bytes copied and to be copied, of the copies that this task waits for."""
    done = total = 0.0
    for entry in entries:
        size = (entry.get("source_image") or {}).get("size_bytes") or 0
        if entry["status"] in ("present", "updated", "skipped", "failed"):
            continue
        total += size
        done += size * (percent(entry) or 0) / 100
    return done, total


def _under_way(entry: Entry, elapsed: t.Optional[float]) -> str:
    done = percent(entry)
    parts = ["under way" if done is None else f"{done} %"]
    if elapsed is not None:
        parts.append(f"{duration(elapsed)} elapsed")
        if done and done < 100:
            parts.append(f"about {duration(elapsed * (100 - done) / done)} left")
    return ", ".join(parts)


def _ended(entry: Entry) -> str:
    text = WORDS[entry["status"]]
    if entry["status"] in ("failed", "skipped"):
        error = entry.get("error") or {}
        code = f" [{error['code']}]" if error.get("code") else ""
        return f"{text}{code}: {error.get('message')}"
    began, ended = moment(entry.get("started_at")), moment(entry.get("finished_at"))
    if entry["status"] == "copied" and began is not None and ended is not None:
        text += f" in {duration((ended - began).total_seconds())}"
    image = entry.get("image")
    return f"{text} as image {image['id']}" if image else text
