# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shows how a migration goes while its module waits for it; the work stays in the module."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError
from ansible_collections.huaweicloud.ims.plugins.module_utils._results import counts_of, most, summary, verdict
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._progress import key_of
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._turns import CopyingAction, Result, joined
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._validate import migration_problems

# What is over in one turn stays as it was then: a later one only finds it present.
OVER = ("copied", "updated", "skipped", "failed")


class ActionModule(CopyingAction):
    MODULE = "huaweicloud.ims.ims_image_migration"

    def refusal(self, arguments: Result) -> t.Optional[Result]:
        problems = migration_problems(arguments)
        if not problems:
            return None
        error = InputError(problems)
        return {
            "failed": True,
            "changed": False,
            "msg": error.as_text(),
            "error": error.as_error(),
            "timed_out": False,
            "results": [],
            "counts": counts_of([]),
            "finished": False,
            "cut_short": False,
            "waited": 0.0,
        }

    def entries(self, result: Result) -> t.List[Result]:
        return list(result["results"])

    def next_arguments(self, arguments: Result, result: Result) -> Result:
        return {**arguments, "resume": result["results"], "retry_failed": False}

    def merge(self, before: t.Optional[Result], result: Result) -> Result:
        if before is None:
            return result
        earlier = {key_of(entry): entry for entry in before["results"]}
        entries = [_merged(earlier.get(key_of(entry)), entry) for entry in result["results"]]
        merged = {**before, **result, "results": entries, "counts": counts_of(entries)}
        merged["changed"] = before["changed"] or result["changed"]
        merged["waited"] = round(before["waited"] + result["waited"], 1)
        merged["warnings"] = joined(before.get("warnings"), result.get("warnings"))
        if "diff" in before or "diff" in result:
            headers = [part["before_header"] for part in before.get("diff", [])]
            news = [part for part in result.get("diff", []) if part["before_header"] not in headers]
            merged["diff"] = before.get("diff", []) + news
        if entries:
            failure = verdict(entries)
            merged["msg"] = summary(entries) if failure is None else failure.as_text()
            merged["failed"] = failure is not None
        return merged


def _merged(before: t.Optional[Result], now: Result) -> Result:
    if before is None:
        return now
    if before["status"] in OVER and now["status"] in ("present", "failed"):
        return before
    merged = {**now, "action": most(before["action"], now["action"])}
    merged["started_at"] = before["started_at"] or now["started_at"]
    merged["attempts"] = max(before["attempts"], now["attempts"])
    merged["job"] = now["job"] or before["job"]
    merged["warnings"] = joined(before["warnings"], now["warnings"])
    if before["action"] == "submitted":
        merged["preflight"] = before["preflight"]
        # It was this task that submitted it, so to this task it is copied and not merely found.
        merged["status"] = "copied" if now["status"] == "present" else now["status"]
    return merged
