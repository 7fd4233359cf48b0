# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What results come to: counts, one sentence for people, and one error for all that failed; pure, on plain dicts.

The modules use it on what they did, and the action plugins on what a look has found.
"""

from __future__ import annotations

import collections
import typing as t

from .. import _errors as errors
from .. import _text as texts
from .._decide.facts import UNKNOWN
from .._engine.phases import DONE
from .reasons import reason_of

Entry = t.Mapping[str, t.Any]

STATUSES = (*DONE, "in_progress", "not_started", "skipped", "failed")
# A warning that is about many copies names so many of them.
MOST_NAMED = 3
# How a plan calls them.
PLANNED = {
    "not_started": "to be copied",
    "in_progress": "under way",
    "updated": "to be brought in line",
    "deleted": "to be deleted",
}


def counts_of(entries: t.Sequence[Entry]) -> t.Dict[str, int]:
    counted = collections.Counter(entry["status"] for entry in entries)
    return {"total": len(entries), **{status: counted.get(status, 0) for status in STATUSES}}


def replicas_of(entries: t.Sequence[Entry]) -> t.Dict[str, t.Dict[str, str]]:
    """From the name of a source image to the region, to the id of its replica there.

    Where one region is several destinations, or several images have one name, the first entry is the one that counts.
    """
    found: t.Dict[str, t.Dict[str, str]] = {}
    for entry in entries:
        source, replica = entry.get("source_image") or {}, entry.get("image") or {}
        if entry["status"] in DONE and source.get("name") and replica.get("id"):
            found.setdefault(source["name"], {}).setdefault(entry["destination_region"], replica["id"])
    return found


def summary(entries: t.Sequence[Entry], check_mode: bool = False) -> str:
    """One line on how a migration ended, which begins with what matters; in check mode on what would be done."""
    counts = counts_of(entries)
    words = PLANNED if check_mode else {}
    told = {status: counts[status] for status in STATUSES if counts[status] and status != "failed"}
    listed = [f"{count} {words.get(status, status.replace('_', ' '))}" for status, count in told.items()]
    if counts["failed"]:
        done = sum(counts[status] for status in DONE)
        begin = f"{done} of {counts['total']} {'in order' if check_mode else 'done'}, {counts['failed']} failed"
    else:
        begin = "1 copy" if counts["total"] == 1 else f"{counts['total']} copies"
        begin += " planned" if check_mode else ""
    if counts["total"] == 1:
        listed = [said[len("1 ") :] for said in listed]
    listed = listed or ([] if counts["failed"] else ["nothing to do"])
    return f"{begin}{': ' if listed else ''}{', '.join(listed)}{_unmade(entries)}"


def _unmade(entries: t.Sequence[Entry]) -> str:
    """How many checks could not be made, of copies that are or were to be submitted: what the service will say of
    them, a plan does not tell."""
    checks = [check for entry in entries if entry.get("action") == "submitted" for check in entry.get("preflight", ())]
    unmade = sum(1 for check in checks if check["status"] == UNKNOWN)
    return f"; {unmade} check{'s' if unmade > 1 else ''} could not be made" if unmade else ""


def verdict(entries: t.Sequence[Entry], check_mode: bool = False) -> t.Optional[errors.CopyError]:
    """One error for all that failed, each copy on a line of its own; None where none failed."""
    failed = [entry for entry in entries if entry["status"] == "failed"]
    if not failed:
        return None
    first = errors.error_of(failed[0])
    return errors.CopyError(
        summary(entries, check_mode),
        code=first.code,
        http_status=first.http_status,
        request_id=first.request_id,
        stage=first.stage,
        remedy="some_failed",
    )


def story(entries: t.Sequence[Entry], check_mode: bool = False) -> str:
    """The message of a migration in which copies failed: a line for the whole, one for each failure, and what to do.

    A reason that several share is said once, above them.
    """
    lines: t.List[str] = []
    for reason, labels in _reasons(entries, "failed").items():
        if len(labels) == 1:
            lines.append(f"- {labels[0]}: {reason}")
        else:
            lines.extend([f"- {len(labels)} copies: {reason}", *(f"  - {label}" for label in labels)])
    error = verdict(entries, check_mode)
    hint = error.hint if error is not None else ""
    return "\n".join([summary(entries, check_mode), *lines, hint])


def left_out(entries: t.Sequence[Entry]) -> t.List[str]:
    """A sentence for each reason why copies are left out."""
    return [
        f"{listed(labels)} {'are' if len(labels) > 1 else 'is'} left out: {reason}"
        for reason, labels in _reasons(entries, "skipped").items()
    ]


def listed(labels: t.Sequence[str], most: int = MOST_NAMED) -> str:
    """The first of them by name, and how many more."""
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return f"{', '.join(labels[:most])}{more}"


def _reasons(entries: t.Sequence[Entry], status: str) -> t.Dict[str, t.List[str]]:
    """Why copies ended so, and which ones for that reason, both in the order of the entries."""
    about: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    for entry in entries:
        if entry["status"] == status:
            about[texts.one_line(reason_of(entry))].append(
                texts.visible(f"{entry['label']} to {entry['destination_region']}")
            )
    return about


def sentence(result: Entry, region: str, name: str, check_mode: bool = False) -> str:
    """One sentence on how one copy ended, and of how many checks nobody knows.

    :param result: what the module returns
    :param region: the destination region
    :param name: what the replica is to be called, in case that there is none
    """
    image, job = result.get("image"), result.get("job")
    action = result["action"]
    called = f'"{texts.visible(image["name"] if image else name)}"'
    if check_mode and action in ("submitted", "updated"):
        verb = "copied to" if action == "submitted" else "brought in line in"
        return f"{called} would be {verb} {region}{_unmade([result])}"
    if action == "none" and image is None and job is None:
        return f"{called} was not submitted to {region} by this run, whose time was over; run again to carry on"
    if image is None or image["status"] != "active":
        known = f"as job {job['id']}" if job else f"as image {image['id']}" if image else "or about to be"
        return f"{called} is being copied to {region} {known}"
    done = {"submitted": "has been copied to", "waited": "has arrived in", "updated": "has been brought in line in"}
    return f"{called} {done.get(action, 'is present in')} {region} as image {image['id']}"
