# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""A migration's result as one self-contained page for people; pure.

The page loads nothing and runs nothing: what comes from outside is escaped, and a content security policy forbids the
rest.
"""

from __future__ import annotations

import datetime
import typing as t

from ..module_utils._clock import timestamp
from ._report_style import STYLE
from ._report_tables import failures, reason, table, totals
from ._report_timeline import timeline
from ._report_words import Entry, clock_time, escaped, order_of, status_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
PAGE = """<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<header><h1>{title}</h1><p class="quiet">{subtitle}</p></header>
{totals}
{failures}
{banner}
<section class="drawing"><h2>Timeline</h2>{timeline}</section>
<section><h2>All copies</h2>{table}</section>
</main>
</body>
</html>
"""


def page(report: Entry, generated_at: datetime.datetime, title: t.Optional[str] = None) -> str:
    """The whole page.

    :param report: the result of ``ims_image_migration``, or a report of the role ``image_migration``
    :param generated_at: the report's time, until which copies that are under way are drawn
    :param title: the heading, instead of one that names the regions
    """
    # Failures come first here as well; within a status the order is that of the result.
    rows = sorted(report.get("results") or (), key=order_of)
    journey = escaped(_journey(report, rows))
    when = f'<time datetime="{timestamp(generated_at)}">{clock_time(generated_at)}</time>'
    waited = report.get("waited")
    return PAGE.format(
        policy=escaped(POLICY),
        style=STYLE,
        title=escaped(title) if title else f"Image migration: {journey}",
        subtitle=f"{journey}, {when}" if title else when,
        totals=totals(rows, waited if isinstance(waited, (int, float)) else None, generated_at),
        banner=_banner(report, rows),
        failures=failures(rows),
        timeline=timeline(rows, generated_at),
        table=table(rows, generated_at),
    )


def _journey(report: Entry, rows: t.Sequence[Entry]) -> str:
    """``cn-north-4 -> cn-south-1, cn-east-3``, from the report or else from its entries."""
    sources = [report.get("source_region"), *(row.get("source_region") for row in rows)]
    places = [*(report.get("destinations") or ()), *(row.get("destination_region") for row in rows)]
    from_where, to_where = (list(dict.fromkeys(str(name) for name in names if name)) for names in (sources, places))
    return f"{', '.join(from_where) or '?'} \N{RIGHTWARDS ARROW} {', '.join(to_where) or '?'}"


def _banner(report: Entry, rows: t.Sequence[Entry]) -> str:
    """What concerns the whole: a failure that belongs to no copy, or that there is something left to do."""
    error = report.get("error")
    if not any(status_of(row) == "failed" for row in rows) and (error or report.get("failed")):
        said = error or {"message": report.get("msg")}
        return f'<section class="banner error"><h2>The migration failed</h2>{reason(said)}</section>'
    left = [
        f"{count} {words}"
        for status, words in (("in_progress", "under way"), ("not_started", "not started"))
        for count in (sum(1 for row in rows if status_of(row) == status),)
        if count
    ]
    if not left:
        return ""
    return (
        f'<section class="banner"><h2>Not finished: {" and ".join(left)}</h2>'
        "<p>Copies that are under way go on in the cloud. Run the same again: it waits for them, and does the rest.</p>"
        "</section>"
    )
