# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that is told to end, or whose result nobody waits for any more, ends what it has begun."""

from __future__ import annotations

import multiprocessing
import os
import signal
import types
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._interrupted import Interrupted, interruptible
from tests.unit.task_stage import Result


@pytest.fixture
def die(monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., None]:
    """Ends the process that has started this one as its worker."""
    parent = types.SimpleNamespace(pid=os.getppid())
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: parent)

    def end(*dummy: object) -> None:
        monkeypatch.setattr(os, "getppid", lambda: 1)

    return end


def test_a_worker_whose_parent_has_died_ends_the_lease(perform: t.Any, die: t.Any) -> None:
    action, stage = perform()
    leases: list[str] = []
    stage.during = [lambda told: leases.append(told["lease_file"]), die]
    with pytest.raises(SystemExit):
        action.run(task_vars={})
    assert leases and not os.path.exists(leases[0])


def test_a_worker_whose_parent_dies_while_it_looks_begins_nothing(
    perform: t.Any, die: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    action, stage = perform()
    look = stage.execute

    def last_look(**how: t.Any) -> t.Any:
        die()
        return look(**how)

    monkeypatch.setattr(action, "_execute_module", last_look)
    with pytest.raises(SystemExit):
        action.run(task_vars={})
    assert [check for _name, check, _limit, _args in stage.calls] == [True]


def test_who_is_no_worker_goes_on_whoever_has_started_him(perform: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    action, stage = perform()
    stage.during = [lambda told: monkeypatch.setattr(os, "getppid", lambda: 1), stage.finish]
    assert action.run(task_vars={})["msg"] == "done"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_lease_and_is_delivered_then(perform: t.Any, number: int) -> None:
    action, stage = perform()
    leases: list[str] = []
    heard: list[tuple[int, bool]] = []
    before = signal.signal(number, lambda got, frame: heard.append((got, os.path.exists(leases[0]))))
    try:

        def come(told: Result) -> None:
            leases.append(told["lease_file"])
            os.kill(os.getpid(), number)

        stage.during = [come]
        with pytest.raises(Interrupted):
            action.run(task_vars={})
    finally:
        signal.signal(number, before)
    assert heard == [(number, False)]


def test_without_a_signal_nothing_is_delivered() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with interruptible():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
