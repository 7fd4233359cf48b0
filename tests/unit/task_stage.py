# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage for the action plugins: Ansible's running of modules, played as a test says."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

Result = dict[str, t.Any]
COUNTS = {"in_progress": 0, "not_started": 0, "copied": 1}
PRESENT: Result = {"action": "none", "status": "present"}
NOTHING: Result = {"cut_short": False, "results": [PRESENT], "counts": COUNTS, "msg": "?"}
PLAN: Result = {"cut_short": False, "results": [{"action": "none"}, {"action": "submitted"}], "msg": "planned"}
DONE: Result = {**PLAN, "changed": True, "counts": COUNTS, "msg": "done"}
GIVEN: Result = {
    "source_region": "cn-north-4",
    "images": [{"image_name": "golden"}],
    "destinations": [{"region": "cn-south-1", "agency_name": "ims"}],
}


class Task:
    """What an action plugin knows of its task."""

    def __init__(self, args: Result, **more: t.Any) -> None:
        self.args = args
        self.action = "huaweicloud.ims.ims_image_migration"
        self.async_val = more.get("async_val", 0)
        self.check_mode = more.get("check_mode", False)
        self.no_log = False
        self.diff = False


class Stage:
    """Stands in for Ansible's running of modules: a look, then a job that does as a test says."""

    def __init__(self, look: Result, result: Result | None, folder: pathlib.Path) -> None:
        self.calls: list[tuple[str, bool, int, Result]] = []
        self.job = folder / "job"
        self.task: Task
        self.during: list[t.Callable[[Result], None]] = []
        self._look, self._result = look, result
        self._told: Result = {}

    def execute(self, module_name: str, module_args: Result, task_vars: object, wrap_async: bool = False) -> Result:
        self.calls.append((module_name, self.task.check_mode, self.task.async_val, module_args))
        if module_name == "ansible.legacy.async_status":
            finished = self.job.read_text() == "done"
            return {**(self._result or {}), "finished": 1, "ansible_job_id": "j1"} if finished else {"finished": 0}
        if not wrap_async:
            return self._look
        self.job.write_text("started")
        self._told = module_args
        return {"ansible_job_id": "j1", "results_file": str(self.job), "started": 1, "finished": 0}

    def sleep(self, seconds: float) -> None:
        """What happens meanwhile, one thing each time."""
        assert self.during, "it waits for nothing"
        self.during.pop(0)(self._told)

    def tell(self, *events: Result) -> t.Callable[[Result], None]:
        def happen(told: Result) -> None:
            with open(told["event_log"], "a", encoding="ascii") as stream:
                for event in events:
                    stream.write(json.dumps({"run": os.path.basename(told["lease_file"]), **event}) + "\n")

        return happen

    def finish(self, told: Result) -> None:
        self.job.write_text("done")


# Stands for a result that says that all is done.
WHOLE = object()
