# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task shows while it waits, where it shows it, and that its result is that of a task which shows nothing."""

from __future__ import annotations

import functools
import json
import os
import sys

import ansible_runner
import pytest

from tests.e2e.commands import COPY, usual
from tests.e2e.progress_support import (
    LEGACY,
    LONG,
    TASKS,
    WEB,
    begun,
    lasting,
    migration,
    once,
    one_copy,
    result_in,
    watch,
)


def adhoc(**options):
    given = {**usual({"progress_interval": 1, **options})}
    return ["ansible", "localhost", "-m", COPY, "-a", json.dumps(given)]


def of_a_copy(line):
    return "%" in line and f'"{WEB}"' in line


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("kind", TASKS)
def test_lines_come_while_the_copy_is_under_way(cloud, play, kind, terminal):
    lasting(cloud, WEB)

    # The copy ends because a line about it has come.
    seen = play(TASKS[kind](), terminal=terminal, during=once(of_a_copy, lambda: cloud.advance(LONG)))

    assert seen.status == 0
    (image,) = [raw["id"] for raw in cloud.images("cn-south-1") if raw["name"] == WEB]
    assert any("has been copied" in line and image in line for line in seen.reports)


def test_lines_come_ad_hoc(ansible, cloud, tmp_path):
    lasting(cloud, WEB)

    seen = watch(ansible, adhoc(), tmp_path, during=once(of_a_copy, lambda: cloud.advance(LONG)))

    assert (seen.status, len(begun(cloud))) == (0, 1)


def test_a_pipe_that_holds_nothing_back_has_the_lines_with_the_rest(ansible, cloud, play):
    ansible.environment["PYTHONUNBUFFERED"] = "1"
    lasting(cloud, WEB)

    seen = play(migration(WEB), during=once(of_a_copy, lambda: cloud.advance(LONG)))

    assert seen.status == 0
    assert {stream for stream, line in seen.lines if line in seen.reports} == {"output"}


def test_a_plan_that_takes_long_is_told(cloud, play):
    cloud.fault(operation="ListImages", do="delay", seconds=1.5, times=None)

    seen = play(migration(WEB))

    assert seen.status == 0
    assert seen.reports[0].endswith(" planning")


def test_an_event_log_of_the_users_is_followed_and_kept(cloud, play, tmp_path):
    log = tmp_path / "events.jsonl"
    log.write_text(json.dumps({"run": "0" * 8, "event": "planned"}) + "\n")
    lasting(cloud, WEB)

    seen = play(migration(WEB, event_log=str(log)), during=once(of_a_copy, lambda: cloud.advance(LONG)))

    assert seen.status == 0
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [event["event"] for event in events if event["event"] != "progress"] == [
        "planned", "planned", "submitted", "copied", "ended",
    ]  # fmt: skip


def names_of(value):
    """The keys of a result, all the way down."""
    if isinstance(value, dict):
        return {key: names_of(item) for key, item in value.items() if key not in ("warnings", "invocation", "tags")}
    return [names_of(item) for item in value] if isinstance(value, list) else None


@pytest.mark.parametrize("kind", TASKS)
def test_the_result_is_that_of_a_task_that_shows_nothing(ansible, cloud, play, tmp_path, kind):
    play(TASKS[kind](progress_interval=0))
    silent = result_in(tmp_path)
    cloud.reset()

    play(TASKS[kind]())
    shown = result_in(tmp_path)

    assert names_of(shown) == names_of(silent)
    assert (shown["changed"], shown["cut_short"], shown["failed"]) == (True, False, False)
    entry = shown if kind == "one" else shown["results"][0]
    assert (entry["action"], entry["job"]["status"]) == ("submitted", "SUCCESS")
    if kind == "many":
        assert (entry["status"], entry["attempts"], shown["finished"]) == ("copied", 1, True)
        assert shown["msg"] == silent["msg"]
    assert len(cloud.copies()) == 1
    left = [path for path in ansible.folder.rglob("*") if path.is_file() and "run-" not in str(path)]
    assert [path for path in left if ansible.state not in path.parents] == []


TIMES = ("waited", "invocation", "request_id", "finished_at", "created_at")


def untimed(value):
    """A result without what takes another time in each run."""
    if isinstance(value, dict):
        return {key: untimed(item) for key, item in value.items() if key not in TIMES}
    return [untimed(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("trouble", [None, "encrypted-vault", "no-such-image"])
@pytest.mark.parametrize("kind", TASKS)
def test_where_nothing_is_to_be_done_the_result_is_word_for_word_the_same(cloud, play, tmp_path, kind, trouble):
    task = TASKS[kind]
    if trouble is None:
        play(task(progress_interval=0))
    elif kind == "one":
        task = functools.partial(one_copy, image_name=trouble)
    else:
        task = functools.partial(migration, WEB, trouble)
    results = []
    for interval in (0, 1):
        seen = play(task(progress_interval=interval))
        results.append(untimed(result_in(tmp_path)))
        assert (seen.status, seen.reports) == (2 if trouble else 0, [])

    assert results[0] == results[1]
    assert results[1]["changed"] is False


def test_where_only_a_part_is_refused_the_rest_is_done(cloud, play, tmp_path):
    task = migration(WEB, "encrypted-vault", on_preflight_failure="skip")

    seen = play(task)

    assert seen.status == 0
    assert [entry["status"] for entry in result_in(tmp_path)["results"]] == ["copied", "skipped"]
    assert any("is left out" in line and "encrypted-vault" in line for line in seen.reports)


@pytest.mark.parametrize("kind", TASKS)
def test_check_mode_shows_nothing_and_asks_for_no_change(cloud, play, kind):
    seen = play(TASKS[kind](), flags=["--check"])

    assert (seen.status, seen.reports, cloud.mutations()) == (0, [], [])


def test_without_an_interval_nothing_is_shown(ansible, cloud, play):
    lasting(cloud, WEB, seconds=3)
    ansible.environment["HW_IMS_PROGRESS_INTERVAL"] = "0"

    seen = play(migration(WEB, progress_interval=None))

    assert (seen.status, seen.reports) == (0, [])


def test_without_waiting_nothing_is_shown(cloud, play, tmp_path):
    lasting(cloud, WEB)

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

    assert seen.reports == []
    (line,) = seen.output.splitlines()
    assert line.startswith("localhost | CHANGED => {")


def test_a_callback_that_prints_json_keeps_standard_output_to_itself(ansible, cloud, play, tmp_path):
    plugins = tmp_path / "callbacks"
    plugins.mkdir()
    (plugins / "tiny_json.py").write_text(CALLBACK)
    ansible.environment.update(ANSIBLE_CALLBACK_PLUGINS=str(plugins), ANSIBLE_STDOUT_CALLBACK="tiny_json")
    lasting(cloud, WEB, seconds=3)

    seen = play(migration(WEB))

    assert json.loads(seen.output)["Copy the images"]["changed"] is True
    assert f'"{WEB}" -> cn-south-1' in seen.printed


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
    assert WEB not in seen.printed
    assert "cn-south-1" not in seen.printed


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
    assert any(WEB in line for line in seen.reports)
    assert any(LEGACY in line for line in seen.reports)


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
    assert any(f'first:   "{WEB}"' in line for line in seen.reports)
    assert any(f'second:   "{LEGACY}"' in line for line in seen.reports)
    assert len(cloud.copies()) == 2


def test_a_runner_sees_the_lines_as_events_while_the_job_runs(ansible, cloud, tmp_path):
    lasting(cloud, WEB)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "play.yml").write_text(
        json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [migration(WEB)]}])
    )
    hear = once(of_a_copy, lambda: cloud.advance(LONG))
    seen = []

    def note(event):
        seen.append(event)
        hear(event["stdout"])
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
    lines = [event for event in seen if event["stdout"].startswith("[ims]")]
    assert {event["event"] for event in lines} == {"verbose"}
    assert any(of_a_copy(event["stdout"]) for event in lines)
