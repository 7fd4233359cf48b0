# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Runs a copying module in bounded turns on the controller, and shows between them how the copies go."""

from __future__ import annotations

import abc
import datetime
import io
import json
import math
import os
import sys
import threading
import time
import typing as t

from ansible import constants as C
from ansible import context
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._clock import timestamp
from . import _progress

Result = t.Dict[str, t.Any]

DEFAULT_INTERVAL = 30.0
# Nobody wants to be told more often than this, in seconds.
SHORTEST_INTERVAL = 1.0
# Callbacks whose output is read by machines, by the end of their name.
MACHINE_CALLBACKS = ("json", "jsonl", "junit", "null", "tree")
# A turn ends a little before the next report is due, so that the report is in time.
TURN_SHARE = 0.8
SHORTEST_TURN = 0.5

# At a pipe, as CI has it, the process that prints keeps lines back until there are kilobytes of them. A strategy
# imports the action plugin in that very process before the task begins, so here they can be let through one by one.
if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(line_buffering=True)


class CopyingAction(ActionBase, abc.ABC):
    """What both copying modules have in common; how their results look is up to them."""

    MODULE: t.ClassVar[str]
    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    @abc.abstractmethod
    def entries(self, result: Result) -> t.List[Result]:
        """The entries of the result so far, for the lines."""

    @abc.abstractmethod
    def next_arguments(self, given: Result, result: Result, began: str) -> Result:
        """What the next turn is to be told so that it carries on.

        :param given: what the user gave
        :param result: the result so far
        :param began: when the task began, as results say a time
        """

    @abc.abstractmethod
    def merge(self, before: t.Optional[Result], result: Result) -> Result:
        """One result of all turns so far."""

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[Result] = None) -> Result:
        super().run(tmp, task_vars)
        # Arguments are of tagged types since ansible-core 2.19; what goes out again must be plain.
        given: Result = json.loads(json.dumps(self._task.args, default=str))
        refusal = self.refusal(given)
        if refusal is not None:
            return refusal
        interval = interval_of(given, os.environ)
        run_for = number(given.get("run_for", math.inf))
        silent = self._task.check_mode or self._task.async_val or not boolean(given.get("wait", True), strict=False)
        # What cannot be right is left for the module to refuse.
        if silent or not interval or not run_for > 0 or not _is_shown():
            return self._turn(given, task_vars, wrap_async=bool(self._task.async_val))
        return self._in_turns(given, interval, run_for, task_vars)

    def refusal(self, arguments: Result) -> t.Optional[Result]:
        """A failure before the module is run at all, or None."""
        return None

    def _turn(self, arguments: Result, task_vars: t.Optional[Result], wrap_async: bool = False) -> Result:
        result = self._execute_module(
            module_name=self.MODULE, module_args=arguments, task_vars=task_vars, wrap_async=wrap_async
        )
        return t.cast("Result", result)

    def _in_turns(self, given: Result, interval: float, run_for: float, task_vars: t.Optional[Result]) -> Result:
        leave_at = time.monotonic() + run_for
        began = timestamp(datetime.datetime.now(datetime.timezone.utc))
        arguments = given
        merged: t.Optional[Result] = None
        with _Show(interval, bool(self._task.no_log), self._host(task_vars or {})) as show:
            while True:
                left = leave_at - time.monotonic()
                turn_for = max(SHORTEST_TURN, min(interval * TURN_SHARE, left))
                result = self._turn({**arguments, "run_for": turn_for}, task_vars)
                if "cut_short" not in result:
                    # Not the module's own result: it was killed, or could not be run.
                    return result if merged is None else died(merged, result)
                merged = self.merge(merged, result)
                last = not result["cut_short"] or time.monotonic() >= leave_at - SHORTEST_TURN
                show.lines(self.entries(merged), last)
                if last:
                    return as_given(merged, given)
                arguments = self.next_arguments(given, merged, began)

    def _host(self, task_vars: Result) -> t.Optional[str]:
        """Whom the lines are about, where there are several."""
        hosts = task_vars.get("ansible_play_hosts_all") or []
        return str(task_vars.get("inventory_hostname")) if len(hosts) > 1 else None


class _Show:
    """Prints lines, and the last one again when nothing else was printed for an interval."""

    def __init__(self, interval: float, numbers_only: bool, host: t.Optional[str]) -> None:
        self._interval = interval
        self._numbers_only = numbers_only
        self._host = f"{host}: " if host else ""
        self._began = time.monotonic()
        self._before: t.Dict[t.Any, Result] = {}
        self._last = "planning"
        self._spoke = threading.Event()
        self._over = threading.Event()
        self._display = Display()
        self._thread = threading.Thread(target=self._stay_alive, daemon=True)

    def __enter__(self) -> _Show:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._spoke.set()
        self._thread.join()

    def lines(self, entries: t.List[Result], last: bool) -> None:
        """Report a turn; a task that had nothing to wait for is not worth a word."""
        if last and not self._before:
            return
        now = datetime.datetime.now(datetime.timezone.utc)
        self._last = _progress.whole(entries, time.monotonic() - self._began)
        self._say(self._last)
        if not self._numbers_only:
            for line in _progress.changes(self._before, entries, now):
                self._say(line)
        self._before = {_progress.key_of(entry): entry for entry in entries}

    def _say(self, text: str) -> None:
        self._spoke.set()
        elapsed = _progress.duration(time.monotonic() - self._began)
        self._display.display(f"[ims] {elapsed} {self._host}{text}", stderr=is_for_machines(_callback()))

    def _stay_alive(self) -> None:
        """AWX and CI end jobs that are silent, and a turn takes long when the service does."""
        while not self._over.is_set():
            if not self._spoke.wait(self._interval):
                self._say(f"still at it; last seen: {self._last}")
            self._spoke.clear()


def _callback() -> str:
    return str(C.config.get_config_value("DEFAULT_STDOUT_CALLBACK")).rpartition(".")[2]


def _is_shown() -> bool:
    """With one line per host there is no place for more."""
    return not context.CLIARGS.get("one_line") and _callback() != "oneline"


def is_for_machines(callback: str) -> bool:
    """Whether standard output is no place for people's lines."""
    return callback.endswith(MACHINE_CALLBACKS)


def interval_of(given: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> float:
    """Seconds between two reports; 0 is silence, and also what cannot be right, which the module refuses."""
    wanted = given.get("progress_interval")
    if wanted is None:
        wanted = environment.get("HW_IMS_PROGRESS_INTERVAL") or DEFAULT_INTERVAL
    interval = number(wanted)
    return max(interval, SHORTEST_INTERVAL) if 0 < interval < math.inf else 0.0


def number(value: t.Any) -> float:
    """What is none is not above 0, nor below."""
    try:
        return math.inf if value is None else float(value)
    except (TypeError, ValueError):
        return math.nan


def died(merged: Result, result: Result) -> Result:
    """What earlier turns did stays told when a later one ends without a result of its own."""
    why = result.get("msg") or "the module ended without a result"
    msg = f"{str(why).rstrip('.')}. Copies that are under way go on; run again to wait for them."
    return {**merged, **result, "changed": merged["changed"] or bool(result.get("changed")), "msg": msg}


def as_given(result: Result, given: t.Mapping[str, t.Any]) -> Result:
    """What ``-vvv`` shows of the arguments is what the user gave, not how long the turns were."""
    invocation = result.get("invocation") or {}
    shown = invocation.get("module_args")
    if not isinstance(shown, dict):
        return result
    return {**result, "invocation": {**invocation, "module_args": {**shown, "run_for": given.get("run_for")}}}
