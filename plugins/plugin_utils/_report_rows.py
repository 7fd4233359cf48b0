# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What a report tells of each copy, and of all of them together; pure."""

from __future__ import annotations

import datetime
import typing as t

from ..module_utils._text import visible
from ._report_words import (
    Entry,
    duration,
    gib,
    kind_of,
    place,
    progress,
    size_bytes,
    source_id,
    source_name,
    span,
    taken_up,
    took,
    word_of,
    words_of,
)

Found = t.Dict[str, t.Any]

FACTS = (
    ("check", "check"),
    ("code", "code"),
    ("http_status", "HTTP"),
    ("stage", "stage"),
    ("request_id", "request id"),
)


def row(number: int, entry: Entry, now: datetime.datetime, plan: bool) -> Found:
    """One copy; what is not known is null."""
    return {
        "number": number,
        "kind": kind_of(entry, plan),
        "source": {"name": source_name(entry), "id": source_id(entry)},
        "place": place(entry),
        "outcome": word_of(entry, plan),
        "progress": progress(entry),
        "replica": _replica(entry),
        "size": gib(size_bytes(entry)) if size_bytes(entry) else None,
        "duration": took(entry, now),
        "attempts": int(entry.get("attempts") or 0),
        "reasons": reasons(entry),
        "notes": notes(entry),
    }


def reasons(entry: Entry) -> t.List[Found]:
    """Why a copy failed or was left out: each check that it failed, or else its error."""
    failed = [check for check in entry.get("preflight") or () if check.get("status") == "fail"]
    error = entry.get("error") or {}
    if failed and error.get("stage") == "preflight":
        return [_reason(check) for check in failed]
    return [_reason(error)] if error else []


def _reason(error: t.Mapping[str, t.Any]) -> Found:
    """What the service or the collection said, what to do next, and what its support asks for."""
    return {
        "message": str(error.get("message") or "no reason is known"),
        "hint": error.get("hint"),
        "facts": [{"label": label, "value": str(error[key])} for key, label in FACTS if error.get(key)],
    }


def notes(entry: Entry) -> t.List[str]:
    """What else is worth knowing about a copy, each thing once."""
    found = ["Begun by an earlier run."] if taken_up(entry) else []
    found += [str(warning) for warning in entry.get("warnings") or ()]
    # Checks that failed are among the reasons. Where nothing is submitted, the others do not matter.
    if entry.get("action") == "submitted":
        checks = [check for check in entry.get("preflight") or () if check.get("status") in ("warn", "unknown")]
        said = [f"{check.get('check')}: {check.get('message')}" for check in checks]
        found += [text for check, text in zip(checks, said) if not _is_told(str(check.get("message")), found)]
    return found


def totals(entries: t.Sequence[Entry], seconds: t.Optional[float], now: datetime.datetime, plan: bool) -> t.List[Found]:
    """One tile for each number that counts; an outcome that nothing has is left out.

    :param seconds: how long the run took, where it is known
    """
    tiles = [_tile("total", str(len(entries)), "copy asked for" if len(entries) == 1 else "copies asked for")]
    for kind, word in words_of(plan).items():
        count = sum(1 for entry in entries if kind_of(entry, plan) == kind)
        if count:
            tiles.append(_tile(kind, str(count), word))
    moved = sum(size_bytes(entry) for entry in entries if kind_of(entry, plan) == ("to_copy" if plan else "copied"))
    asked = sum(size_bytes(entry) for entry in entries)
    tiles.append(_tile("size", gib(moved), f"{'to be copied' if plan else 'copied'}, of {gib(asked)} in all"))
    if plan:
        return tiles
    times = [found for found in (span(entry, now) for entry in entries) if found is not None]
    if seconds is not None:
        tiles.append(_tile("time", duration(seconds), "duration of this run"))
    elif times:
        whole = max(end for dummy, end in times) - min(begin for begin, dummy in times)
        tiles.append(_tile("time", duration(whole.total_seconds()), "from the first copy to the last"))
    return tiles


def _tile(kind: str, number: str, words: str) -> Found:
    return {"kind": kind, "number": number, "words": words}


def _replica(entry: Entry) -> Found:
    """The replica as it is or is to be; its name only where it is another than that of the source."""
    image = entry.get("image") or {}
    name = image.get("name") or entry.get("name")
    job = (entry.get("job") or {}).get("id")
    return {
        "name": visible(name) if name and visible(name) != source_name(entry) else None,
        "id": image.get("id"),
        # It is what a question to the service needs, and after the end nobody has one.
        "job": job if entry.get("status") in ("in_progress", "failed") else None,
    }


def _is_told(text: str, found: t.Sequence[str]) -> bool:
    return any(text in told for told in found)
