# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Runs a copying module in bounded turns on the controller, and shows between them how the copies go."""

from __future__ import annotations

import abc
import datetime
import json
import os
import threading
import time
import typing as t

from ansible import constants as C
from ansible import context
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from . import _progress

Result = t.Dict[str, t.Any]

DEFAULT_INTERVAL = 30.0
# Callbacks whose output is read by machines, by the last part of their name.
MACHINE_CALLBACKS = ("json", "jsonl", "junit", "null", "oneline", "tree")
# A turn ends a little before the next report is due, so that the report is in time.
TURN_SHARE = 0.8
SHORTEST_TURN = 0.5


class CopyingAction(ActionBase, abc.ABC):
    """What both copying modules have in common; how their results look is up to them."""

    MODULE: t.ClassVar[str]
    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    @abc.abstractmethod
    def entries(self, result: Result) -> t.List[Result]:
        """The entries of a turn's result, for the lines."""

    @abc.abstractmethod
    def next_arguments(self, arguments: Result, result: Result) -> Result:
        """What the next turn is to be told so that it carries on."""

    @abc.abstractmethod
    def merge(self, before: t.Optional[Result], result: Result) -> Result:
        """One result of all turns so far."""

    def run(self, tmp: t.Optional[str] = None, task_vars: t.Optional[Result] = None) -> Result:
        super().run(tmp, task_vars)
        # Arguments are of tagged types since ansible-core 2.19; what goes out again must be plain.
        arguments: Result = json.loads(json.dumps(self._task.args, default=str))
        refusal = self.refusal(arguments)
        if refusal is not None:
            return refusal
        interval = self._interval(arguments)
        silent = self._task.check_mode or self._task.async_val or arguments.get("wait") in (False, "false", "no")
        if silent or not interval or not _is_shown():
            return self._turn(arguments, task_vars, wrap_async=bool(self._task.async_val))
        return self._in_turns(arguments, interval, task_vars)

    def refusal(self, arguments: Result) -> t.Optional[Result]:
        """A failure before the module is run at all, or None."""
        return None

    def _turn(self, arguments: Result, task_vars: t.Optional[Result], wrap_async: bool = False) -> Result:
        result = self._execute_module(
            module_name=self.MODULE, module_args=arguments, task_vars=task_vars, wrap_async=wrap_async
        )
        return t.cast("Result", result)

    def _in_turns(self, arguments: Result, interval: float, task_vars: t.Optional[Result]) -> Result:
        began = time.monotonic()
        run_for = float(arguments["run_for"]) if arguments.get("run_for") is not None else None
        merged: t.Optional[Result] = None
        given = arguments
        show = _Show(interval, bool(self._task.no_log))
        with show:
            while True:
                left = None if run_for is None else run_for - (time.monotonic() - began)
                turn_for = max(SHORTEST_TURN, interval * TURN_SHARE)
                turn = {**arguments, "run_for": turn_for if left is None else max(SHORTEST_TURN, min(turn_for, left))}
                result = self._turn(turn, task_vars)
                if "cut_short" not in result:
                    # Not the module's own result: it was killed, or its host is gone.
                    return result if merged is None else {**merged, **result}
                merged = self.merge(merged, result)
                last = not result["cut_short"] or (run_for is not None and time.monotonic() - began >= run_for - 0.5)
                show.lines(self.entries(merged), last)
                if last:
                    return without_turns(merged, given)
                arguments = self.next_arguments(arguments, merged)

    @staticmethod
    def _interval(arguments: Result) -> float:
        """Seconds between two reports; 0 is silence. What is no number is left for the module to refuse."""
        given = arguments.get("progress_interval")
        if given is None:
            given = os.environ.get("HW_IMS_PROGRESS_INTERVAL") or DEFAULT_INTERVAL
        try:
            return max(0.0, float(given))
        except (TypeError, ValueError):
            return 0.0


class _Show:
    """Prints lines, and the last one again when nothing else was printed for an interval."""

    def __init__(self, interval: float, numbers_only: bool) -> None:
        self._interval = interval
        self._numbers_only = numbers_only
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
        self._display.display(f"[ims] {elapsed} {text}", stderr=_callback() in MACHINE_CALLBACKS)

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


def without_turns(result: Result, arguments: Result) -> Result:
    """What ``-vvv`` shows of the arguments is what the user gave, not what the last turn was told."""
    shown = (result.get("invocation") or {}).get("module_args")
    if isinstance(shown, dict):
        for option in ("run_for", "resume"):
            shown[option] = arguments.get(option)
    return result


def joined(before: t.Optional[t.Sequence[t.Any]], now: t.Optional[t.Sequence[t.Any]]) -> t.List[t.Any]:
    """Both lists, each item once."""
    items: t.List[t.Any] = []
    for item in [*(before or ()), *(now or ())]:
        if item not in items:
            items.append(item)
    return items
