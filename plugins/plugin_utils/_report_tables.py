# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The tables of a report: totals, what failed and why, and every copy with its outcome; pure."""

from __future__ import annotations

import datetime
import typing as t

from ._progress import duration
from ._report_words import (
    STATUSES,
    Entry,
    escaped,
    gib,
    isolated,
    place,
    progress,
    size_bytes,
    source_id,
    source_name,
    span,
    status_of,
    took,
    word_of,
)

COLUMNS = ("", "Source image", "Destination", "Outcome", "Replica", "Size", "Duration", "Attempts", "Remarks")
# More than these would hide the rest of the page; the table has all of them.
MOST_FAILURES = 10
NONE = '<span class="quiet">\N{EN DASH}</span>'


def totals(entries: t.Sequence[Entry], seconds: t.Optional[float], now: datetime.datetime) -> str:
    """One tile for each number that counts; a status that nothing has is left out.

    :param seconds: how long the run took, where it is known
    """
    tiles = [_tile("total", str(len(entries)), "copy asked for" if len(entries) == 1 else "copies asked for")]
    for status, word in STATUSES.items():
        count = sum(1 for entry in entries if status_of(entry) == status)
        if count:
            tiles.append(_tile(status, str(count), word))
    copied = sum(size_bytes(entry) for entry in entries if status_of(entry) == "copied")
    asked = sum(size_bytes(entry) for entry in entries)
    tiles.append(_tile("size", gib(copied), f"copied, of {gib(asked)} in all"))
    times = [found for found in (span(entry, now) for entry in entries) if found is not None]
    if seconds is not None:
        tiles.append(_tile("time", duration(seconds), "duration of this run"))
    elif times:
        whole = max(end for dummy, end in times) - min(begin for begin, dummy in times)
        tiles.append(_tile("time", duration(whole.total_seconds()), "from the first copy to the last"))
    return f'<ul class="tiles">{"".join(tiles)}</ul>'


def failures(rows: t.Sequence[Entry]) -> str:
    """What failed and why, before anything else is told; nothing where nothing failed."""
    failed = [(number, entry) for number, entry in enumerate(rows, 1) if status_of(entry) == "failed"]
    if not failed:
        return ""
    items = [
        f'<li value="{number}"><b>{isolated(source_name(entry))} \N{RIGHTWARDS ARROW} {escaped(place(entry))}</b>'
        f"{reason(entry.get('error'))}</li>"
        for number, entry in failed
    ]
    title = "One copy failed" if len(failed) == 1 else f"{len(failed)} copies failed"
    shown = f"<ol>{''.join(items[:MOST_FAILURES])}</ol>"
    if len(items) > MOST_FAILURES:
        rest = items[MOST_FAILURES:]
        shown += f"<details><summary>{len(rest)} more</summary><ol>{''.join(rest)}</ol></details>"
    return f'<section class="failures" aria-label="Failures"><h2>{title}</h2>{shown}</section>'


def table(rows: t.Sequence[Entry], now: datetime.datetime) -> str:
    """Every copy; on a narrow screen each row is a card."""
    if not rows:
        return '<p class="quiet">There is no copy to show.</p>'
    head = "".join(
        f'<th scope="col" role="columnheader" class="c{index}">{column}</th>' for index, column in enumerate(COLUMNS)
    )
    body = "".join(_row(number, entry, now) for number, entry in enumerate(rows, 1))
    return (
        f'<table role="table"><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def reason(error: t.Optional[t.Mapping[str, t.Any]]) -> str:
    """What the service or the collection said, what to do next, and what its support asks for."""
    if not error:
        return ""
    lines = [f'<p class="message">{isolated(error.get("message") or "no reason is known")}</p>']
    if error.get("hint"):
        lines.append(f'<p class="hint">{escaped(error["hint"])}</p>')
    facts = [
        f"{label} <code>{escaped(error[key])}</code>"
        for key, label in (
            ("code", "code"),
            ("http_status", "HTTP"),
            ("stage", "stage"),
            ("request_id", "request id"),
        )
        if error.get(key)
    ]
    if facts:
        lines.append(f'<p class="quiet">{", ".join(facts)}</p>')
    return "".join(lines)


def _tile(kind: str, number: str, words: str) -> str:
    return f'<li class="tile {kind}"><b>{escaped(number)}</b> <span>{escaped(words)}</span></li>'


def _row(number: int, entry: Entry, now: datetime.datetime) -> str:
    cells = (
        str(number),
        _image(source_name(entry), source_id(entry)),
        escaped(place(entry)),
        _outcome(entry),
        _replica(entry),
        gib(size_bytes(entry)) if size_bytes(entry) else NONE,
        took(entry, now) or NONE,
        str(int(entry.get("attempts") or 0)),
        reason(entry.get("error")) + _warnings(entry) or NONE,
    )
    absent = ("", " none")
    drawn = "".join(
        f'<td role="cell" data-label="{column}" class="c{index}{absent[cell == NONE]}">{cell}</td>'
        for index, (column, cell) in enumerate(zip(COLUMNS, cells))
    )
    return f'<tr role="row" class="{status_of(entry)}">{drawn}</tr>'


def _image(name: str, image_id: t.Optional[str]) -> str:
    known = f"<code>{escaped(image_id)}</code>" if image_id is not None and image_id != name else ""
    return f"<b>{isolated(name)}</b>{known}"


def _outcome(entry: Entry) -> str:
    done = progress(entry)
    more = "" if done is None else f" {done} %"
    return f'<span class="badge {status_of(entry)}">{escaped(word_of(entry))}{more}</span>'


def _replica(entry: Entry) -> str:
    image = entry.get("image") or {}
    parts = []
    name = image.get("name") or entry.get("name")
    if name and str(name) != source_name(entry):
        parts.append(f"<b>{isolated(name)}</b>")
    if image.get("id"):
        parts.append(f"<code>{escaped(image['id'])}</code>")
    job = (entry.get("job") or {}).get("id")
    if job and status_of(entry) in ("in_progress", "failed"):
        parts.append(f'<span class="quiet">job <code>{escaped(job)}</code></span>')
    return "".join(parts) or NONE


def _warnings(entry: Entry) -> str:
    return "".join(f'<p class="warning">{isolated(warning)}</p>' for warning in entry.get("warnings") or ())
