# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task shows while it waits, where it shows it, and that its result is that of a task which shows nothing."""

from __future__ import annotations

import json
import os
import sys
import time

import ansible_runner
import pytest

from tests.e2e.commands import COPY, usual
from tests.e2e.progress_support import (
    LEGACY,
    TASKS,
    WEB,
    begun,
    lasting,
    migration,
    one_copy,
    result_in,
    watch,
)


def adhoc(**options):
    given = {**usual({"progress_interval": 1, **options})}
    return ["ansible", "localhost", "-m", COPY, "-a", json.dumps(given)]


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("kind", TASKS)
def test_lines_come_while_the_copy_is_under_way(cloud, play, kind, terminal):
    lasting(cloud, WEB, seconds=4)

    seen = play(TASKS[kind](), terminal=terminal)

    assert seen.status == 0
    early = [line for moment, line in seen.reports if moment < seen.ended - 2]
    assert any("%" in line and WEB in line for line in early)
    assert any("has been copied" in line for _moment, line in seen.reports)
    assert seen.longest_silence < 3


def test_lines_come_ad_hoc(ansible, cloud, tmp_path):
    lasting(cloud, WEB, seconds=4)

    seen = watch(ansible, adhoc(), tmp_path)

    assert (seen.status, len(begun(cloud))) == (0, 1)
    assert len([line for moment, line in seen.reports if moment < seen.ended - 1]) >= 2


def test_no_silence_is_longer_than_the_interval_when_the_service_is_slow(cloud, play):
    lasting(cloud, WEB, seconds=3)
    cloud.fault(operation="ListImages", do="delay", seconds=2.5, times=None)

    seen = play(migration(WEB, progress_interval=1))

    moments = [moment for moment, _line in seen.reports]
    assert seen.status == 0
    assert max(later - earlier for earlier, later in zip(moments, moments[1:])) < 1.5


def names_of(value):
    """The keys of a result, all the way down."""
    if isinstance(value, dict):
        return {key: names_of(item) for key, item in value.items() if key not in ("warnings", "invocation", "tags")}
    return [names_of(item) for item in value] if isinstance(value, list) else None


@pytest.mark.parametrize("kind", TASKS)
def test_the_result_of_several_turns_is_that_of_one(cloud, play, tmp_path, kind):
    play(TASKS[kind](progress_interval=0))
    silent = result_in(tmp_path)
    cloud.reset()
    lasting(cloud, WEB, seconds=4)

    seen = play(TASKS[kind]())
    shown = result_in(tmp_path)

    assert len(seen.reports) > 2
    assert names_of(shown) == names_of(silent)
    assert (shown["changed"], shown["cut_short"], shown["failed"]) == (True, False, False)
    entry = shown if kind == "one" else shown["results"][0]
    assert (entry["action"], entry["job"]["status"]) == ("submitted", "SUCCESS")
    if kind == "many":
        assert (entry["status"], entry["attempts"], shown["finished"]) == ("copied", 1, True)
        assert shown["msg"] == silent["msg"]
    assert len(cloud.copies()) == 1


@pytest.mark.parametrize("kind", TASKS)
def test_check_mode_shows_nothing_and_asks_for_no_change(cloud, play, kind):
    seen = play(TASKS[kind](), flags=["--check"])

    assert (seen.status, seen.reports, cloud.mutations()) == (0, [], [])


def test_without_an_interval_nothing_is_shown(ansible, cloud, play):
    lasting(cloud, WEB, seconds=3)
    ansible.environment["HW_IMS_PROGRESS_INTERVAL"] = "0"

    seen = play(migration(WEB, progress_interval=None))

    assert (seen.status, seen.reports) == (0, [])


def test_without_waiting_there_is_a_single_turn(cloud, play, tmp_path):
    lasting(cloud, WEB, seconds=100)

    seen = play(one_copy(wait="no"))

    assert (seen.status, seen.reports) == (0, [])
    assert result_in(tmp_path)["action"] == "submitted"


@pytest.mark.parametrize("kind", TASKS)
def test_async_with_a_poll_works_as_any_other_task(cloud, play, tmp_path, kind):
    lasting(cloud, WEB, seconds=2)

    seen = play({**TASKS[kind](), "async": 600, "poll": 1})

    assert (seen.status, seen.reports) == (0, [])
    assert result_in(tmp_path)["changed"] is True
    assert len(cloud.copies()) == 1


def test_with_one_line_per_host_there_is_nothing_else(ansible, cloud, tmp_path):
    lasting(cloud, WEB, seconds=3)

    seen = watch(ansible, [*adhoc(), "-o"], tmp_path)

    ((_moment, line),) = seen.lines
    assert line.startswith("localhost | CHANGED => {")


def test_a_callback_that_prints_json_keeps_standard_output_to_itself(ansible, cloud, play, tmp_path):
    plugins = tmp_path / "callbacks"
    plugins.mkdir()
    (plugins / "tiny_json.py").write_text(CALLBACK)
    ansible.environment.update(ANSIBLE_CALLBACK_PLUGINS=str(plugins), ANSIBLE_STDOUT_CALLBACK="tiny_json")
    lasting(cloud, WEB, seconds=3)

    seen = play(migration(WEB))

    assert json.loads(seen.output)["Copy the images"]["changed"] is True
    assert f'"{WEB}" -> cn-south-1' in seen.errors


CALLBACK = '''
from __future__ import annotations
import json
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: tiny_json
type: stdout
short_description: Results as one JSON document
description: Results as one JSON document.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "tiny_json"

    def __init__(self):
        super().__init__()
        self.results = {}

    def v2_runner_on_ok(self, result):
        self.results[result.task.get_name()] = {"changed": result.result.get("changed")}

    def v2_playbook_on_stats(self, stats):
        print(json.dumps(self.results))
'''


def test_with_no_log_only_numbers_are_shown(cloud, play):
    lasting(cloud, WEB, seconds=3)

    seen = play({**migration(WEB), "no_log": True})

    assert len(seen.reports) > 1
    assert WEB not in seen.output + seen.errors
    assert "cn-south-1" not in seen.output


def test_environment_module_defaults_and_a_delegated_loop(ansible, cloud, play, tmp_path):
    lasting(cloud, WEB, LEGACY, seconds=2)
    variables = cloud.env()
    ansible.call_as({})
    task = {
        "name": "Copy one after the other",
        COPY: {"image_name": "{{ item }}", "destination_region": "cn-south-1", "wait_interval": 0.1},
        "loop": [WEB, LEGACY],
        "delegate_to": "localhost",
        "environment": variables,
        "vars": {"ansible_python_interpreter": sys.executable},
    }
    defaults = {
        "group/huaweicloud.ims.ims": {
            "source_region": "cn-north-4",
            "agency_name": "ims_copy_image",
            "progress_interval": 1,
        }
    }

    seen = play(task, play={"module_defaults": defaults})

    assert seen.status == 0
    assert [item["changed"] for item in result_in(tmp_path)["results"]] == [True, True]
    assert any(WEB in line for _moment, line in seen.reports)
    assert any(LEGACY in line for _moment, line in seen.reports)


def test_with_several_hosts_a_line_says_whose_it_is(ansible, cloud, play, tmp_path):
    (tmp_path / "hosts").write_text(
        "".join(
            f"{host} ansible_connection=local ansible_python_interpreter={sys.executable} image={image}\n"
            for host, image in (("first", WEB), ("second", LEGACY))
        )
    )
    lasting(cloud, WEB, LEGACY, seconds=3)

    seen = play(
        one_copy(image_name="{{ image }}"), flags=["-i", "hosts", "--forks", "2"], play={"hosts": "all"}
    )

    assert seen.status == 0
    assert any(f'first:   "{WEB}"' in line for _moment, line in seen.reports)
    assert any(f'second:   "{LEGACY}"' in line for _moment, line in seen.reports)
    assert len(cloud.copies()) == 2


def test_a_runner_sees_the_lines_as_events_while_the_job_runs(ansible, cloud, tmp_path):
    lasting(cloud, WEB, seconds=4)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "play.yml").write_text(
        json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [migration(WEB)]}])
    )
    seen = []

    def note(event):
        seen.append((time.monotonic(), event))
        return False

    environment = {**ansible.environment, "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"}
    job = ansible_runner.run(
        private_data_dir=str(tmp_path),
        playbook="play.yml",
        envvars=environment,
        quiet=True,
        event_handler=note,
        suppress_env_files=True,
    )

    assert job.status == "successful"
    lines = [(moment, event) for moment, event in seen if event["stdout"].startswith("[ims]")]
    (done,) = [moment for moment, event in seen if event["event"] == "runner_on_ok"]
    assert len([moment for moment, _event in lines if moment < done - 1.5]) >= 2
    assert {event["event"] for _moment, event in lines} == {"verbose"}
