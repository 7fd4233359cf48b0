# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Runs a copying module as a job on its host, and shows on the controller how the copies go meanwhile."""

from __future__ import annotations

import abc
import contextlib
import json
import math
import os
import time
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleConnectionFailure
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ..module_utils._collector import collect_seldom
from ..module_utils._entry.paths import trimmed
from ..module_utils._errors import ImsError
from . import _screen
from ._files import Files, LocalFiles, ShellFiles
from ._interrupted import be_awaited, interruptible
from ._progress import Progress

Result = t.Dict[str, t.Any]

DEFAULT_INTERVAL = 30.0
# Nobody wants to be told more often than this, in seconds.
SHORTEST_INTERVAL = 1.0
# Ansible ends a job after so many seconds: ten years, as the module knows itself when to end.
JOB_LIMIT = 10 * 365 * 24 * 3600
# Between two looks at files, in seconds: from, up to, and never more than half an interval.
PAUSES = (0.1, 1.0)
REMOTE_PAUSES = (1.0, 5.0)
# A pause is this part of the time that has passed: who has waited long can wait a little longer.
PATIENT = 0.02
# For how long a host may be out of reach before the task is, in seconds.
PATIENCE = 120.0
# Between two questions about a job that has come to its end, or seems to have, in seconds.
STATUS_PAUSE = 0.2
# How often a job is asked for its result once its process is gone.
LAST_QUESTIONS = 5
# Of these each result of the modules has one at least, whatever became of it.
OWN_KEYS = frozenset(("cut_short", "error"))
# What Ansible adds where a module has left no result, and the status of a shell that has found nothing to run.
NO_RESULT, NOT_RUN = "module_stdout", 127
# The paths that are used here too. Of the others the module takes care.
OWN_PATHS = {"event_log": {"type": "path"}, "lease_file": {"type": "path"}}
# What a job adds to the result of its module.
OF_THE_JOB = (
    "ansible_job_id", "started", "finished", "results_file", "stdout", "stdout_lines", "stderr", "stderr_lines",
)  # fmt: skip


class WatchingAction(ActionBase, abc.ABC):
    """What both copying modules have in common."""

    MODULE: t.ClassVar[str]
    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    @abc.abstractmethod
    def to_do(self, look: Result) -> bool:
        """Whether check mode has found anything to submit, to update or to wait for."""

    def as_run(self, look: Result) -> Result:
        """What a run says that has nothing to do, from what check mode said."""
        return look

    def whole(self, result: Result) -> Result:
        """The result of the module, from what its job has made of it."""
        return {key: value for key, value in result.items() if key not in OF_THE_JOB}

    def refusal(self, arguments: Result) -> t.Optional[Result]:
        """A failure before the module is run at all, or None."""
        return None

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[Result] = None) -> Result:
        super().run(tmp, task_vars)
        collect_seldom()
        # Arguments are of tagged types since ansible-core 2.19; what goes out again must be plain.
        given: Result = trimmed(json.loads(json.dumps(self._task.args, default=str)), OWN_PATHS)
        refusal = self.refusal(given)
        if refusal is not None:
            return refusal
        interval = interval_of(given, os.environ)
        silent = self._task.check_mode or self._task.async_val or not boolean(given.get("wait", True), strict=False)
        # The module says so of what cannot be a path.
        silent = silent or "\0" in (given.get("event_log") or "")
        if silent or not interval or given.get("lease_file") or not _screen.has_room():
            return in_words(self._execute(given, task_vars, wrap_async=bool(self._task.async_val)))
        if not given.get("resume"):
            look = in_words(self._look(given, task_vars))
            if not self.to_do(look):
                return self.as_run(look)
        return self._watch(given, interval, task_vars)

    def _execute(self, arguments: Result, task_vars: t.Optional[Result], **how: t.Any) -> Result:
        how.setdefault("module_name", self.MODULE)
        return t.cast("Result", self._execute_module(module_args=dict(arguments), task_vars=task_vars, **how))

    def _look(self, given: Result, task_vars: t.Optional[Result]) -> Result:
        """What is to be done, without doing it; a lease, of no use here, tells the module that a run is meant."""
        self._task.check_mode = True
        try:
            return as_given(self._execute({**given, "lease_file": os.devnull}, task_vars), given)
        finally:
            self._task.check_mode = False

    def _watch(self, given: Result, interval: float, task_vars: t.Optional[Result]) -> Result:
        host = _screen.host_prefix(task_vars or {})
        with interruptible():
            # Somebody may have died while it looked.
            be_awaited()
            files = self._files(given, interval)
            job = folder = ""
            try:
                folder = self._module_folder()
                began = self._begin({**given, "event_log": files.log, "lease_file": files.lease}, task_vars)
                if not began.get("ansible_job_id"):
                    return began
                job = str(began["results_file"])
                progress = Progress(files.run, numbers_only=bool(self._task.no_log))
                screen = _screen.Screen(progress, interval, host)
                result = as_given(self._follow(files, job, screen, task_vars), given)
            except BaseException:
                # Whatever ends the task: nobody waits for the module any more, and it ends by itself.
                with contextlib.suppress(AnsibleConnectionFailure):
                    files.end_lease()
                raise
            with contextlib.suppress(AnsibleConnectionFailure):
                # What holds the arguments, secrets too, must not stay until Ansible's own job gets round to it.
                files.remove(job, "" if C.DEFAULT_KEEP_REMOTE_FILES else folder)  # type: ignore[attr-defined]
        return self.whole(result)

    def _files(self, given: Result, interval: float) -> Files:
        log = given.get("event_log") or None
        if self._connection.transport == "local" and not self._connection.become:
            return LocalFiles(str(C.DEFAULT_LOCAL_TMP), log, at_most(interval / 2, PAUSES))  # type: ignore[attr-defined]
        folder = str(self._connection._shell.get_option("system_tmpdirs")[0])
        if log:
            log = str(self._remote_expand_user(log, sudoable=True))  # type: ignore[no-untyped-call]
        return ShellFiles(self._low_level_execute_command, folder, log, at_most(interval / 2, REMOTE_PAUSES))

    def _module_folder(self) -> str:
        """Where the module is put for its job, which knows of it alone."""
        shell = self._connection._shell
        if shell.tmpdir is None:
            self._make_tmp_path()
        return str(shell.tmpdir)

    def _begin(self, arguments: Result, task_vars: t.Optional[Result]) -> Result:
        """Start the module as a job that goes on by itself."""
        self._task.async_val = JOB_LIMIT
        try:
            return self._execute(arguments, task_vars, wrap_async=True)
        finally:
            self._task.async_val = 0

    def _follow(self, files: Files, job: str, screen: _screen.Screen, task_vars: t.Optional[Result]) -> Result:
        """Show what is told until the job has its result. This is where a worker spends its time."""
        first: t.Optional[t.Hashable] = None
        began = reached = time.monotonic()
        questions, rest = 0, b""
        while True:
            be_awaited()
            try:
                seen = files.look(job)
                reached = time.monotonic()
                *lines, rest = (rest + seen.text).split(b"\n")
                screen.hear(lines)
                first = first or seen.mark
                moved = seen.mark is not None and seen.mark != first
                if moved or seen.gone or (screen.progress.ended and not isinstance(files, LocalFiles)):
                    result = self._ask(job, task_vars)
                    questions += seen.gone
                    if result.get("finished") or questions > LAST_QUESTIONS:
                        screen.close()
                        return result if OWN_KEYS & set(result) else died(result, screen.progress.changed)
                    time.sleep(STATUS_PAUSE)
                    continue
            except AnsibleConnectionFailure:
                if time.monotonic() - reached > PATIENCE:
                    raise
            screen.show()
            waited = (time.monotonic() - began) * PATIENT
            time.sleep(files.pauses[0] if screen.progress.ended else max(files.pauses[0], min(waited, files.pauses[1])))

    def _ask(self, job: str, task_vars: t.Optional[Result]) -> Result:
        folder, name = os.path.split(job)
        question = {"jid": name, "_async_dir": folder}
        return self._execute(question, task_vars, module_name="ansible.legacy.async_status")


def interval_of(given: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> float:
    """Seconds between two reports; 0 is silence, and also what cannot be right, which the module refuses."""
    wanted = given.get("progress_interval")
    if wanted is None:
        wanted = environment.get("HW_IMS_PROGRESS_INTERVAL") or DEFAULT_INTERVAL
    try:
        interval = float(wanted)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return max(interval, SHORTEST_INTERVAL) if 0 < interval < math.inf else 0.0


def at_most(longest: float, pauses: t.Tuple[float, float]) -> t.Tuple[float, float]:
    """The same pauses, but none longer than that, and none shorter than the shortest."""
    return (pauses[0], max(pauses[0], min(longest, pauses[1])))


def in_words(result: Result) -> Result:
    """What Ansible returns of a module that it ran itself, and where that was killed, what the user has to know."""
    gone = NO_RESULT in result and not OWN_KEYS & set(result) and result.get("rc") != NOT_RUN
    return {**result, **died(result, bool(result.get("changed")))} if gone else result


def died(result: Result, changed: bool) -> Result:
    """The result of a module that left none of its own: it was killed, or has a defect."""
    error = ImsError("The module ended without a result", remedy="died", stage="wait")
    # A job has other names for the same.
    printed = {
        "module_stdout": result.get(NO_RESULT, result.get("data", "")),
        "module_stderr": result.get("module_stderr", result.get("stderr", "")),
    }
    told = {"msg": error.as_text(), "error": error.as_error(), "timed_out": False}
    rc = {"rc": result["rc"]} if "rc" in result else {}
    return {"failed": True, "changed": changed, **told, **printed, **rc}


def as_given(result: Result, given: t.Mapping[str, t.Any]) -> Result:
    """What ``-vvv`` shows of the arguments is what the user gave, and not what is between the task and its module."""
    invocation = result.get("invocation") or {}
    shown = invocation.get("module_args")
    if not isinstance(shown, dict):
        return result
    own = {"event_log": given.get("event_log"), "lease_file": given.get("lease_file")}
    return {**result, "invocation": {**invocation, "module_args": {**shown, **own}}}
