# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shows how a migration goes while its module waits for it; the work stays in the module."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError
from ansible_collections.huaweicloud.ims.plugins.module_utils._result.summary import counts_of
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._merge import carry_on_many, many_copies
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._turns import CopyingAction, Result
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._validate import migration_problems


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

    def next_arguments(self, given: Result, result: Result, began: str) -> Result:
        return {**given, **carry_on_many(given, result, began)}

    def merge(self, before: t.Optional[Result], result: Result) -> Result:
        return many_copies(before, result)
