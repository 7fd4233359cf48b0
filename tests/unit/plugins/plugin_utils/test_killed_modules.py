# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that was killed, or has a defect: what its task says of copies that may go on."""

from __future__ import annotations

import pathlib
import time
import typing as t

import pytest

from tests.unit.task_stage import Result


def test_a_module_without_a_result_is_told_with_what_it_printed(perform: t.Any, said: list[str]) -> None:
    action, stage = perform(result={"failed": True, "data": "", "stderr": "killed", "msg": "Traceback"})
    stage.during = [stage.finish]
    result = action.run(task_vars={})
    assert (result["failed"], result["changed"], result["module_stderr"]) == (True, False, "killed")
    assert "Run again" in result["msg"] and "Traceback" not in result["msg"]


@pytest.mark.parametrize("resume", [[], [{"status": "in_progress"}]], ids=["in the look", "in the run"])
@pytest.mark.parametrize("how", [{"progress_interval": 0}, {}], ids=["silent", "watched"])
def test_a_killed_module_is_told_in_the_same_words_whoever_ran_it(perform: t.Any, how: Result, resume: t.Any) -> None:
    killed = {"failed": True, "msg": "MODULE FAILURE", "module_stdout": "", "module_stderr": "Killed", "rc": 137}
    action, stage = perform(look=killed, result=killed, resume=resume, **how)
    stage.during = [stage.finish]
    result = action.run(task_vars={})
    assert (result["failed"], result["rc"], result["module_stderr"]) == (True, 137, "Killed")
    assert result["error"]["message"] == "The module ended without a result"
    for said in ("go on in the cloud", "state_dir", "ledger: cloud", "waits for them"):
        assert said in result["msg"]


def test_a_module_that_ansible_could_not_even_start_is_told_in_ansibles_words(perform: t.Any) -> None:
    absent = {"failed": True, "msg": "no interpreter", "module_stdout": "", "module_stderr": "not found", "rc": 127}
    action, _stage = perform(look=absent, progress_interval=0)
    assert action.run(task_vars={}) == absent


def test_arguments_that_the_module_refuses_are_no_death_of_it(perform: t.Any) -> None:
    refused = {"failed": True, "msg": "Unsupported parameters", "error": {"stage": "input"}}
    action, stage = perform(result=refused, resume=[{"status": "in_progress"}])
    stage.during = [stage.finish]
    assert action.run(task_vars={}) == refused


def test_a_module_that_is_gone_without_a_word_has_a_second_to_leave_its_result(
    perform: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    action, stage = perform()
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        stage.sleep(seconds)

    monkeypatch.setattr(time, "sleep", sleep)

    def die(told: Result) -> None:
        pathlib.Path(told["lease_file"]).write_text("999999999")

    stage.during = [die, *[lambda told: None] * 8]
    result = action.run(task_vars={})
    assert "without a result" in result["msg"]
    assert "Run again" in result["error"]["hint"]
    assert slept[1:] == [0.2] * 5
