# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shows how a migration goes while its module waits for it; the work stays in the module."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError
from ansible_collections.huaweicloud.ims.plugins.module_utils._result.summary import counts_of, story, summary, verdict
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._validate import migration_problems
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._watching import Result, WatchingAction


class ActionModule(WatchingAction):
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

    def to_do(self, look: Result) -> bool:
        return any(entry["action"] != "none" for entry in look.get("results") or ())

    def as_run(self, look: Result) -> Result:
        entries = look.get("results") or []
        failure = verdict(entries)
        if failure is not None:
            return {**look, "msg": story(entries), "error": failure.as_error()}
        return look if look.get("failed") or "counts" not in look else {**look, "msg": summary(entries)}

    def whole(self, result: Result) -> Result:
        whole = super().whole(result)
        counts = whole.get("counts")
        if counts is not None:
            # The job has a key of that name as well. A run that failed before it knew its copies has finished nothing.
            known = bool(whole["results"]) or not whole.get("failed")
            whole["finished"] = known and not counts["in_progress"] and not counts["not_started"]
        return whole
