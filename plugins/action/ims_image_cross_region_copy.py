# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shows how one copy goes while its module waits for it; the work stays in the module."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._merge import carry_on_one, one_copy
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._turns import CopyingAction, Result


class ActionModule(CopyingAction):
    MODULE = "huaweicloud.ims.ims_image_cross_region_copy"

    def entries(self, result: Result) -> t.List[Result]:
        arguments = self._task.args
        status = "copied"
        if result.get("failed"):
            status = "failed"
        elif result["cut_short"]:
            status = carry_on_one(result, "")["status"]
        known = ("action", "image", "source_image", "job", "started_at", "refused_since", "error")
        asked = ("name", "image_name", "image_id", "destination_region", "destination_project_name")
        return [
            {
                **{key: arguments.get(key) for key in asked},
                **{key: result.get(key) for key in known},
                "status": status,
            }
        ]

    def next_arguments(self, given: Result, result: Result, began: str) -> Result:
        return {**given, "resume": carry_on_one(result, began)}

    def merge(self, before: t.Optional[Result], result: Result) -> Result:
        return one_copy(before, result, self._task.args)
