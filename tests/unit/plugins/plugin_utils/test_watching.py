# SPDX-License-Identifier: GPL-3.0-or-later
"""How the action plugins go about their module: when they look first, when they watch it, and what they make of it."""

from __future__ import annotations

import os
import pathlib
import time
import typing as t

import pytest
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.huaweicloud.ims.plugins.action import ims_image_cross_region_copy
from ansible_collections.huaweicloud.ims.plugins.plugin_utils import _screen, _watching
from tests.unit.task_stage import COUNTS, DONE, NOTHING, PLAN, Result


@pytest.mark.parametrize(
    ("given", "environment", "seconds"),
    [
        ({}, {}, 30.0),
        ({"progress_interval": 5}, {"HW_IMS_PROGRESS_INTERVAL": "7"}, 5.0),
        ({"progress_interval": "5"}, {}, 5.0),
        ({}, {"HW_IMS_PROGRESS_INTERVAL": "7"}, 7.0),
        ({}, {"HW_IMS_PROGRESS_INTERVAL": ""}, 30.0),
        ({"progress_interval": 0.01}, {}, 1.0),
        *(({"progress_interval": value}, {}, 0.0) for value in (0, "0", -1, "often", "nan", "inf")),
    ],
)
def test_how_often_lines_come(given: Result, environment: dict[str, str], seconds: float) -> None:
    assert _watching.interval_of(given, environment) == seconds


@pytest.mark.parametrize("callback", ["json", "jsonl", "tiny_json", "junit", "null", "tree"])
def test_lines_stay_out_of_what_machines_read(callback: str) -> None:
    assert _screen.is_for_machines(callback)


@pytest.mark.parametrize("callback", ["default", "minimal", "yaml", "awx_display"])
def test_people_read_the_rest(callback: str) -> None:
    assert not _screen.is_for_machines(callback)


def test_the_arguments_that_are_shown_are_the_users() -> None:
    told = {"invocation": {"module_args": {"event_log": "private", "lease_file": "private", "resume": []}}}
    shown = _watching.as_given(told, {"event_log": "mine"})["invocation"]["module_args"]
    assert shown == {"event_log": "mine", "lease_file": None, "resume": []}
    assert _watching.as_given({"msg": "x"}, {}) == {"msg": "x"}


def test_an_event_log_that_is_a_number_is_a_path_and_one_that_is_none_is_left_to_the_module(perform: t.Any) -> None:
    for given, path, how in ((2026, "2026", "followed"), (" log\n", "log", "followed"), ("a\0b", "a\0b", "as it is")):
        action, stage = perform(event_log=given, resume=[{"status": "failed"}])
        stage.during = [stage.finish]
        assert action.run(task_vars={}) == ({**DONE, "finished": True} if how == "followed" else PLAN)
        assert os.path.basename(stage.calls[0][3]["event_log"]) == path


def test_a_blank_lease_is_none_and_a_blank_log_neither(perform: t.Any) -> None:
    action, stage = perform(lease_file=" ", event_log="\n", resume=[{"status": "failed"}])
    stage.during = [stage.finish]
    action.run(task_vars={})
    assert "" not in (stage.calls[0][3]["lease_file"].strip(), stage.calls[0][3]["event_log"].strip())


def test_where_nothing_is_to_be_done_the_look_is_the_result(perform: t.Any, said: list[str]) -> None:
    action, stage = perform(look=NOTHING)
    assert action.run(task_vars={}) == {**NOTHING, "msg": "1 copy: present"}
    assert [(name, check) for name, check, _limit, _args in stage.calls] == [(action.MODULE, True)]
    assert (stage.task.check_mode, said) == (False, [])


def test_what_is_to_be_done_is_done_by_a_job(perform: t.Any, said: list[str], tmp_path: pathlib.Path) -> None:
    action, stage = perform()
    whole = {"copies": 1, "done": 0, "failed": 0, "under_way": 1, "queued": 0, "slots": 1, "refused": False,
             "bytes": 0, "bytes_done": 0, "seconds_left": None}  # fmt: skip
    stage.during = [
        stage.tell({"event": "planned", "at": ""}, {"event": "progress", "whole": whole}),
        stage.tell({"event": "ended"}),
        stage.finish,
    ]
    result = action.run(task_vars={"ansible_play_hosts_all": ["a", "b"], "inventory_hostname": "a"})

    assert result == {**DONE, "finished": True}
    looked, begun, asked = stage.calls
    assert (looked[1], looked[2], looked[3]["lease_file"]) == (True, 0, os.devnull)
    assert (begun[1], begun[2]) == (False, 10 * 365 * 24 * 3600)
    assert asked[0] == "ansible.legacy.async_status"
    assert (stage.task.async_val, stage.task.check_mode) == (0, False)
    assert said == ["[ims] 0:00 a: 0 of 1 done, 1 under way (1 slot ours)"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [{"check_mode": True}, {"async_val": 5}, {"wait": "no"}, {"progress_interval": 0}, {"lease_file": "mine"}],
    ids=lambda given: next(iter(given)),
)
def test_without_anything_to_show_the_module_runs_as_it_is(perform: t.Any, given: Result) -> None:
    action, stage = perform(look=DONE, **given)
    assert action.run(task_vars={}).get("msg") == (None if "async_val" in given else "done")
    assert {check for _name, check, _limit, _args in stage.calls} == {given.get("check_mode", False)}


def test_what_is_resumed_needs_no_look(perform: t.Any) -> None:
    action, stage = perform(resume=[{"status": "in_progress"}])
    stage.during = [stage.finish]
    assert action.run(task_vars={})["msg"] == "done"
    assert [check for _name, check, _limit, _args in stage.calls] == [False, False]


def test_a_plan_in_which_copies_fail_is_told_as_the_run_that_it_is(perform: t.Any) -> None:
    failed = {"action": "none", "status": "failed", "label": "golden", "destination_region": "x",
              "error": {"code": "IMG.0143", "message": "encrypted", "stage": "preflight"}}  # fmt: skip
    look = {"failed": True, "results": [failed], "counts": {}, "msg": "0 of 1 in order", "error": None}
    action, dummy = perform(look=look)
    result = action.run(task_vars={})
    assert result["msg"].startswith("0 of 1 done, 1 failed\n- golden to x: ")
    assert (result["failed"], result["error"]["code"]) == (True, "IMG.0143")


def test_a_look_that_gave_nothing_is_the_result(perform: t.Any) -> None:
    unreachable = {"failed": True, "msg": "MODULE FAILURE"}
    action, dummy = perform(look=unreachable)
    assert action.run(task_vars={}) == unreachable


def test_a_job_that_does_not_begin_is_the_result(perform: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    action, stage = perform()
    begin = stage.execute

    def refuse(wrap_async: bool = False, **how: t.Any) -> Result:
        return {"failed": True, "msg": "no room"} if wrap_async else begin(**how)

    monkeypatch.setattr(action, "_execute_module", refuse)
    assert action.run(task_vars={})["msg"] == "no room"


def test_a_problem_of_the_arguments_is_said_before_anything_is_run(perform: t.Any) -> None:
    action, stage = perform(images=[], destinations=[])
    result = action.run(task_vars={})
    assert (result["failed"], result["finished"], stage.calls) == (True, False, [])


@pytest.mark.parametrize(
    ("pauses", "longest", "seconds"),
    [((0.1, 1.0), 0.5, (0.1, 0.5)), ((0.1, 1.0), 15, (0.1, 1.0)), ((1.0, 5.0), 0.5, (1.0, 1.0))],
)
def test_a_look_is_never_later_than_the_next_line(pauses: t.Any, longest: float, seconds: t.Any) -> None:
    assert _watching.at_most(longest, pauses) == seconds


def test_who_has_waited_long_looks_less_often(perform: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    action, stage = perform(progress_interval=30)
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += 20
        stage.sleep(seconds)

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", sleep)
    stage.during = [*[lambda told: None] * 3, stage.tell({"event": "ended"}), stage.finish]
    action.run(task_vars={})
    assert slept == [0.1, 0.4, 0.8, 1.0, 0.1]


def test_a_plan_that_takes_long_is_told(perform: t.Any, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    action, stage = perform(progress_interval=2)
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += 1.5
        stage.sleep(seconds)

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", sleep)
    stage.during = [*[lambda told: None] * 3, stage.finish]
    action.run(task_vars={})
    assert said == ["[ims] 0:03 planning"]


def test_a_host_that_is_out_of_reach_for_a_while_is_waited_for(
    perform: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    action, stage = perform()
    files = action._files(stage.task.args, 5.0)
    look, troubles = files.look, [AnsibleConnectionFailure("away")] * 3

    def broken(job: str) -> t.Any:
        if troubles:
            raise troubles.pop()
        return look(job)

    monkeypatch.setattr(files, "look", broken)
    monkeypatch.setattr(action, "_files", lambda given, interval: files)
    stage.during = [*[lambda told: None] * 3, stage.finish]
    assert action.run(task_vars={})["msg"] == "done"


def test_a_host_that_is_out_of_reach_for_more_than_two_minutes_is_unreachable(
    perform: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    action, stage = perform()
    files = action._files(stage.task.args, 5.0)
    now, looks = [0.0], []

    def broken(job: str) -> t.Any:
        looks.append(now[0])
        raise AnsibleConnectionFailure("away")

    def pass_a_minute(told: Result) -> None:
        now[0] += 60

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(files, "look", broken)
    monkeypatch.setattr(action, "_files", lambda given, interval: files)
    stage.during = [pass_a_minute, pass_a_minute, lambda told: now.append(now.pop() + 0.5)]
    with pytest.raises(AnsibleConnectionFailure):
        action.run(task_vars={})
    assert looks == [0.0, 60.0, 120.0, 120.5]


@pytest.mark.parametrize(
    ("result", "finished"),
    [
        ({"results": [{}], "counts": COUNTS}, True),
        ({"results": [{}], "counts": {**COUNTS, "in_progress": 1}}, False),
        ({"results": [{}], "counts": {**COUNTS, "not_started": 1}}, False),
        ({"results": [], "counts": COUNTS, "failed": True}, False),
        ({"results": [], "counts": COUNTS}, True),
    ],
)
def test_whether_a_migration_is_finished_is_not_whether_its_job_is(
    perform: t.Any, result: Result, finished: bool
) -> None:
    action, dummy = perform()
    whole = action.whole({**result, "finished": 1, "stderr": "", "results_file": "x"})
    assert whole["finished"] is finished
    assert not {"stderr", "results_file"} & set(whole)


def test_one_copy_is_watched_where_there_is_something_to_do(perform: t.Any) -> None:
    action, stage = perform(kind=ims_image_cross_region_copy)
    assert [action.to_do({"action": what}) for what in ("none", "waited", "submitted", "updated")] == [
        False, True, True, True,
    ]  # fmt: skip
    assert not action.to_do({"msg": "failed"})
