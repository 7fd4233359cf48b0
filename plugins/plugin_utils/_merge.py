# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Makes one result of the turns of a task, as if the module had been run once; pure, on plain dicts."""

from __future__ import annotations

import typing as t

from ..module_utils._result.summary import counts_of, most, sentence, story, summary, verdict
from ._progress import ENDED, key_of

Result = t.Dict[str, t.Any]
Given = t.Mapping[str, t.Any]

# These say that the task itself has a part in a copy that now turns out to be present.
OURS = ("submitted", "waited")


def one_copy(before: t.Optional[Result], now: Result, arguments: Given) -> Result:
    """The result of ``ims_image_cross_region_copy`` so far.

    :param arguments: what the user gave
    """
    if before is None:
        return now
    merged = {**before, **now, **_same_for_both(before, now)}
    for key in ("image", "source_image", "job"):
        merged[key] = now[key] or before[key]
    merged["action"] = most(before["action"], now["action"])
    merged["started_at"] = now["started_at"] if now["action"] == "submitted" else before["started_at"]
    merged["preflight"] = before["preflight"] if before["action"] == "submitted" else now["preflight"]
    if "diff" in before and "diff" in now:
        merged["diff"] = _diff(before["diff"], now["diff"]) if now["changed"] else before["diff"]
    if not now.get("failed"):
        source = merged["source_image"] or {}
        name = arguments.get("name") or source.get("name") or arguments.get("image_name")
        merged["msg"] = sentence(merged, str(arguments.get("destination_region")), str(name))
    return merged


def many_copies(before: t.Optional[Result], now: Result) -> Result:
    """The result of ``ims_image_migration`` so far."""
    if before is None:
        return now
    later = {key_of(entry): entry for entry in now["results"]}
    entries = [_entry(entry, later.pop(key_of(entry), entry)) for entry in before["results"]]
    entries += later.values()
    merged = {**before, **now, **_same_for_both(before, now), "results": entries, "counts": counts_of(entries)}
    merged["finished"] = all(entry["status"] in ENDED for entry in entries)
    if "diff" in before or "diff" in now:
        merged["diff"] = _diffs(before.get("diff", []), now.get("diff", []))
    if now.get("failed") and not now["results"]:
        # The turn itself failed, and its message says why.
        return merged
    failure = verdict(entries)
    merged["failed"] = failure is not None
    merged["msg"] = summary(entries) if failure is None else story(entries)
    for key in ("error", "timed_out"):
        merged.pop(key, None)
    if failure is not None:
        merged.update(error=failure.as_error(), timed_out=False)
    return merged


def carry_on_one(result: Result, began: str) -> Result:
    """What the next turn of ``ims_image_cross_region_copy`` is told in ``resume``.

    :param began: when the task began, from which the time-out counts for a copy that an earlier run submitted
    """
    begun = result["action"] in OURS or result["job"] is not None or result["image"] is not None
    return {
        "status": "in_progress" if begun else "not_started",
        "job": result["job"],
        "started_at": result["started_at"] or (began if begun else None),
        "refused_since": result["refused_since"],
        "attempts": 1 if result["action"] == "submitted" else 0,
    }


def carry_on_many(arguments: Given, result: Result, began: str) -> Result:
    """The options of the next turn of ``ims_image_migration``; what the query found in the first turn stays.

    :param began: as for :func:`carry_on_one`
    """
    images = list(arguments.get("images") or [])
    if arguments.get("query"):
        listed = [(image.get("image_id"), image.get("image_name")) for image in images]
        found = dict.fromkeys((entry["image_id"], entry["image_name"]) for entry in result["results"])
        images += [{"image_id": image_id} for image_id, name in found if (image_id, name) not in listed]
    resume = [
        {**entry, "started_at": entry["started_at"] or (began if entry["status"] == "in_progress" else None)}
        for entry in result["results"]
    ]
    return {"images": images, "query": None, "resume": resume, "retry_failed": False}


def joined(before: t.Optional[t.Sequence[t.Any]], now: t.Optional[t.Sequence[t.Any]]) -> t.List[t.Any]:
    """Both lists, each item once."""
    items: t.List[t.Any] = []
    for item in [*(before or ()), *(now or ())]:
        if item not in items:
            items.append(item)
    return items


def _same_for_both(before: Result, now: Result) -> Result:
    same: Result = {
        "changed": before["changed"] or now["changed"],
        "waited": round(before["waited"] + now["waited"], 1),
    }
    for key in ("warnings", "deprecations"):
        if key in before or key in now:
            same[key] = joined(before.get(key), now.get(key))
    if "invocation" in before:
        # The first turn was told what the user gave, and how long it may take.
        same["invocation"] = before["invocation"]
    return same


def _entry(before: Result, now: Result) -> Result:
    if now is before:
        return before
    if before["status"] in ENDED and now["action"] not in ("submitted", "updated"):
        # What is over stays as it was then; a later turn only finds it so.
        return before
    action = most(before["action"], now["action"])
    merged = {**now, "action": action, "attempts": max(before["attempts"], now["attempts"])}
    for key in ("image", "source_image", "job"):
        merged[key] = now[key] or before[key]
    # A further attempt begins anew.
    merged["started_at"] = (now if now["attempts"] > before["attempts"] else before)["started_at"]
    merged["warnings"] = joined(before["warnings"], now["warnings"])
    if before["action"] == "submitted":
        merged.update({key: before[key] for key in ("preflight", "preflight_passed") if key in before})
    if before["action"] in OURS and now["status"] in ("present", "updated"):
        merged["status"] = "copied"
    return merged


def _diff(before: Result, now: Result) -> Result:
    return {**now, "before": before["before"]}


def _diffs(before: t.Sequence[Result], now: t.Sequence[Result]) -> t.List[Result]:
    """Each copy's difference once, from what the first turn found to what the last one left."""
    parts = {part["before_header"]: part for part in before}
    for part in now:
        header = part["before_header"]
        parts[header] = _diff(parts[header], part) if header in parts else part
    return list(parts.values())
