# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes the report of the role image_migration into its folder on the controller, and keeps the earlier ones."""

from __future__ import annotations

import json
import typing as t

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ansible_collections.huaweicloud.ims.plugins.plugin_utils import _report_files

Result = t.Dict[str, t.Any]


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False
    _VALID_ARGS = frozenset(("folder", "report", "page", "in_place", "keep", "spare"))

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[Result] = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        # Arguments are of tagged types since ansible-core 2.19.
        given: Result = json.loads(json.dumps(self._task.args, default=str))
        folder = str(given["folder"])
        try:
            if "report" in given:
                return {**result, "changed": False, **_report_files.write(folder, given["report"])._asdict()}
            page = _report_files.show(
                folder,
                str(given["page"]),
                boolean(given["in_place"]),
                int(given["keep"]),
                str(given.get("spare") or ""),
            )
        except OSError as error:
            return {**result, "failed": True, "msg": f"{error.strerror}: {error.filename}"}
        return {**result, "changed": False, "page": page}
