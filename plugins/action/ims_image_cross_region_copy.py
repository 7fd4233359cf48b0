# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shows how one copy goes while its module waits for it; the work stays in the module."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._results import most, sentence
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._turns import CopyingAction, Result, joined


class ActionModule(CopyingAction):
    MODULE = "huaweicloud.ims.ims_image_cross_region_copy"

    def entries(self, result: Result) -> t.List[Result]:
        arguments = self._task.args
        source = result.get("source_image") or {}
        status = "failed" if result.get("failed") else "in_progress" if result["cut_short"] else "copied"
        return [
            {
                **{key: result.get(key) for key in ("action", "image", "source_image", "job", "started_at", "error")},
                "status": status,
                "label": "copy",
                "name": arguments.get("name") or source.get("name") or arguments.get("image_name"),
                "image_id": arguments.get("image_id"),
                "destination_region": arguments.get("destination_region"),
            }
        ]

    def next_arguments(self, arguments: Result, result: Result) -> Result:
        return {**arguments, "resume": {key: result.get(key) for key in ("job", "started_at", "refused_since")}}

    def merge(self, before: t.Optional[Result], result: Result) -> Result:
        if before is None:
            return result
        merged = {**before, **result}
        merged["action"] = most(before["action"], result["action"])
        merged["changed"] = before["changed"] or result["changed"]
        merged["waited"] = round(before["waited"] + result["waited"], 1)
        merged["started_at"] = before["started_at"] or result["started_at"]
        merged["job"] = result["job"] or before["job"]
        if before["action"] == "submitted":
            merged["preflight"] = before["preflight"]
        for key in ("diff", "warnings"):
            if before.get(key) or result.get(key):
                merged[key] = joined(before.get(key), result.get(key)) if key == "warnings" else before[key]
        if not result.get("failed"):
            name = str(self._task.args.get("name") or self._task.args.get("image_name"))
            merged["msg"] = sentence(merged, str(self._task.args.get("destination_region")), name)
        return merged
