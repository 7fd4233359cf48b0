# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""A migration's result as what a page for people shows: words, totals, failures, lanes, rows; pure."""

from __future__ import annotations

import datetime
import typing as t

from ..module_utils._clock import timestamp
from ._report_rows import Found, reasons, row, totals
from ._report_timeline import timeline
from ._report_words import Entry, clock_time, fit, gib, kind_of, place, size_bytes, source_name, word_of, words_of

# More than these would hide the rest of a page, or of the output; the table has all of them.
MOST_FAILURES = 10
MOST_LINES = 50
HELD_BACK = "As long as something would fail, nothing at all is submitted, unless on_preflight_failure is skip."


def view(report: Entry, generated_at: datetime.datetime, title: t.Optional[str] = None) -> Found:
    """Everything that a page shows, in plain types and in characters that a file can hold.

    :param report: the result of ``ims_image_migration``, or a report of the role ``image_migration``
    :param generated_at: the report's time, until which copies that are under way are drawn
    :param title: the heading, instead of one that names the regions
    """
    plan = bool(report.get("check_mode"))
    # Within an outcome the order is that of the result.
    order = list(words_of(plan))
    entries = sorted(
        report.get("results") or (),
        key=lambda entry: order.index(kind_of(entry, plan)) if kind_of(entry, plan) in order else len(order),
    )
    rows = [row(number, entry, generated_at, plan) for number, entry in enumerate(entries, 1)]
    journey = _journey(report, entries)
    waited = report.get("waited")
    shown: Found = fit(
        {
            "plan": plan,
            "title": title or f"{'Plan of an image migration' if plan else 'Image migration'}: {journey}",
            "journey": journey,
            "generated_at": timestamp(generated_at),
            "generated": clock_time(generated_at),
            "own_title": bool(title),
            "totals": totals(entries, waited if isinstance(waited, (int, float)) else None, generated_at, plan),
            "failures": _failures(rows, plan),
            "banner": _banner(report, rows, plan),
            "timeline": timeline(entries, generated_at, plan),
            "rows": rows,
            "lines": _lines(entries, plan),
        }
    )
    return shown


def _journey(report: Entry, rows: t.Sequence[Entry]) -> str:
    """``cn-north-4 -> cn-south-1, cn-east-3``, from the report or else from its entries."""
    sources = [report.get("source_region"), *(entry.get("source_region") for entry in rows)]
    places = [*(report.get("destinations") or ()), *(entry.get("destination_region") for entry in rows)]
    from_where, to_where = (list(dict.fromkeys(str(name) for name in names if name)) for names in (sources, places))
    return f"{', '.join(from_where) or '?'} \N{RIGHTWARDS ARROW} {', '.join(to_where) or '?'}"


def _failures(rows: t.Sequence[Found], plan: bool) -> t.Optional[Found]:
    """What failed and why, before anything else is told; None where nothing failed."""
    failed = [found for found in rows if found["kind"] == "failed"]
    if not failed:
        return None
    count = "One copy" if len(failed) == 1 else f"{len(failed)} copies"
    return {
        "title": f"{count} would fail" if plan else f"{count} failed",
        "first": failed[:MOST_FAILURES],
        "more": failed[MOST_FAILURES:],
    }


def _banner(report: Entry, rows: t.Sequence[Found], plan: bool) -> t.Optional[Found]:
    """What concerns the whole: a failure that belongs to no copy, a plan, or that there is something left to do."""
    error = report.get("error")
    if not any(found["kind"] == "failed" for found in rows) and (error or report.get("failed")):
        title = "The plan could not be made" if plan else "The migration failed"
        return {"failed": True, "title": title, "reasons": reasons({"error": error or {"message": report.get("msg")}})}
    if plan:
        text = "Nothing has been changed. Run the same without check mode to do it."
        if any(found["kind"] == "failed" for found in rows):
            text = f"Nothing has been changed. {HELD_BACK}"
        return {"failed": False, "title": "This is a plan", "text": text}
    left = [
        f"{count} {words}"
        for kind, words in (("in_progress", "under way"), ("not_started", "not started"))
        for count in (sum(1 for found in rows if found["kind"] == kind),)
        if count
    ]
    if not left:
        return None
    text = "Copies that are under way go on in the cloud. Run the same again: it waits for them, and does the rest."
    return {"failed": False, "title": f"Not finished: {' and '.join(left)}", "text": text}


def _lines(entries: t.Sequence[Entry], plan: bool) -> t.List[str]:
    """A line for each copy that something is to be done about, or was, in words for a terminal."""
    told = [entry for entry in entries if kind_of(entry, plan) != "present"]
    lines = []
    for entry in told[:MOST_LINES]:
        size = f", {gib(size_bytes(entry))}" if size_bytes(entry) and kind_of(entry, plan) == "to_copy" else ""
        told_why = "; ".join(found["message"] for found in reasons(entry))
        why = f": {told_why}" if told_why else ""
        called = f'"{source_name(entry)}"'
        lines.append(f"{word_of(entry, plan)}: {called} to {place(entry)}{_renamed(entry)}{size}{why}")
    if len(told) > MOST_LINES:
        lines.append(f"and {len(told) - MOST_LINES} more")
    present = len(entries) - len(told)
    if present:
        lines.append(f"Present: {present} of {len(entries)}")
    return lines


def _renamed(entry: Entry) -> str:
    name = entry.get("name")
    return f' as "{name}"' if name and str(name) != source_name(entry) else ""
