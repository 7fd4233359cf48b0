# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads the variables of the role image_migration, wherever they were set, and refuses all that is wrong at once."""

from __future__ import annotations

import os
import typing as t

from ansible import errors
from ansible.plugins.action import ActionBase

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._variables import (
    KEEP_REPORTS,
    PREFIX,
    TEMPLATE,
    Prepared,
    earlier_results,
    prepare,
    specs,
    unknown,
)

Result = t.Dict[str, t.Any]

# From 2.19 on a template that comes to omit is an error; before, omit is a string.
Omitted = getattr(errors, "AnsibleValueOmittedError", ())


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[Result] = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        variables = task_vars or {}
        problems: t.List[str] = []
        prepared = prepare(dict(self._values(variables, problems)))
        self._take_up(prepared)
        problems += prepared.problems
        result["warnings"] = list(unknown(str(name) for name in variables))
        if problems:
            return {**result, "failed": True, "msg": "\n".join(dict.fromkeys(problems))}
        folder = prepared.own.get("report_dir") or ""
        return {
            **result,
            "changed": False,
            "options": prepared.options,
            # Where the play was started, and not relative to the playbook or the role.
            "report_dir": _full(folder),
            "report_template": prepared.own.get("report_template", TEMPLATE),
            "keep_reports": int(prepared.own.get("keep_reports", KEEP_REPORTS)),
            "fail_when_unfinished": bool(prepared.own.get("fail_when_unfinished")),
            "resume_report": _full(prepared.own.get("resume_report") or ""),
        }

    def _values(self, variables: Result, problems: t.List[str]) -> t.Iterator[t.Tuple[str, t.Any]]:
        """Each variable that is set, without its prefix, its templates filled in."""
        for name in specs():
            if PREFIX + name not in variables:
                continue
            try:
                value = self._templar.template(variables[PREFIX + name])
            except Omitted:
                continue
            except errors.AnsibleError as error:
                # A text that cannot be read is shown as it is, and that may be a secret.
                told = name != "connection" or isinstance(error, errors.AnsibleUndefinedVariable)
                problems.append(f"{PREFIX}{name} cannot be filled in" + (f": {error.message}" if told else ""))
                continue
            if value is not None and value != variables.get("omit"):
                yield name, _plain(value)

    def _take_up(self, prepared: Prepared) -> None:
        """The results of a report are those to resume from, unless there are others."""
        path = prepared.own.get("resume_report")
        if not path or prepared.options.get("resume"):
            return
        path = _full(path)
        try:
            with open(path, encoding="utf-8") as file:
                prepared.options["resume"] = earlier_results(file.read())
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            prepared.problems.append(f"{PREFIX}resume_report names {path}, which cannot be carried on from: {why}")


def _full(path: str) -> str:
    return os.path.realpath(os.path.expanduser(path)) if path.strip() else ""


def _plain(value: t.Any) -> t.Any:
    """The same without what Ansible notes on it about where it is from, which a comparison of types does not take."""
    if isinstance(value, t.Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    for kind in (bool, int, float):
        if isinstance(value, kind):
            return kind(value)
    return None if value is None else str(value)
