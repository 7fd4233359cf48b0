# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What results come to: counts, one sentence for people, and one error for all that failed; pure, on plain dicts.

The modules use it on what they did, and the action plugins on what several turns of a module did together.
"""

from __future__ import annotations

import collections
import typing as t

from .._errors import CopyError, error_of
from .reasons import reason_of

Entry = t.Mapping[str, t.Any]

STATUSES = ("present", "copied", "updated", "in_progress", "not_started", "skipped", "failed")
# From the least to the most that can have been done about a copy.
ACTIONS = ("none", "waited", "updated", "submitted")


def counts_of(entries: t.Sequence[Entry]) -> t.Dict[str, int]:
    counted = collections.Counter(entry["status"] for entry in entries)
    return {"total": len(entries), **{status: counted.get(status, 0) for status in STATUSES}}


def summary(entries: t.Sequence[Entry], check_mode: bool = False) -> str:
    """One line on how a migration ended."""
    counts = counts_of(entries)
    said = [f"{counts[status]} {status.replace('_', ' ')}" for status in STATUSES if counts[status]]
    planned = " planned" if check_mode else ""
    return f"{counts['total']} copies{planned}: {', '.join(said) or 'nothing to do'}"


def verdict(entries: t.Sequence[Entry]) -> t.Optional[CopyError]:
    """One error that names each copy that failed and why; None where none failed."""
    failed = [entry for entry in entries if entry["status"] == "failed"]
    if not failed:
        return None
    reasons = [f"{entry['label']} to {entry['destination_region']}: {reason_of(entry)}" for entry in failed]
    first = error_of(failed[0])
    return CopyError(
        f"{len(failed)} of {summary(entries)}; " + "; ".join(reasons),
        code=first.code,
        http_status=first.http_status,
        request_id=first.request_id,
        stage=first.stage,
        hint="Mend the causes and run again: what is done stays done, and only the rest is tried.",
    )


def sentence(result: Entry, region: str, name: str, check_mode: bool = False) -> str:
    """One sentence on how one copy ended.

    :param result: what the module returns
    :param region: the destination region
    :param name: what the replica is to be called, in case that there is none
    """
    image, job = result.get("image"), result.get("job")
    action = result["action"]
    called = f'"{image["name"] if image else name}"'
    if check_mode and action in ("submitted", "updated"):
        return f"{called} would be {'copied to' if action == 'submitted' else 'brought in line in'} {region}"
    if image is None or image["status"] != "active":
        known = f"as job {job['id']}" if job else f"as image {image['id']}" if image else "or about to be"
        return f"{called} is being copied to {region} {known}"
    done = {"submitted": "has been copied to", "waited": "has arrived in", "updated": "has been brought in line in"}
    return f"{called} {done.get(action, 'is present in')} {region} as image {image['id']}"


def most(first: str, second: str) -> str:
    """The action that says more."""
    return max(first, second, key=ACTIONS.index)
