# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task shows while it waits, where it shows it, and that its result is that of a task which shows nothing."""

from __future__ import annotations

import json
import os
import sys

import ansible_runner

from tests.e2e.commands import COPY, usual
from tests.e2e.progress_support import LEGACY, LONG, WEB, begun, lasting, migration, once, one_copy, watch


def adhoc(**options):
    given = {**usual({"progress_interval": 1, **options})}
    return ["ansible", "localhost", "-m", COPY, "-a", json.dumps(given)]


def of_a_copy(line):
    return "%" in line and f'"{WEB}"' in line


def test_lines_come_at_a_terminal_while_the_copy_is_under_way(cloud, play):
    lasting(cloud, WEB)

    # The copy ends because a line about it has come.
    seen = play(one_copy(), terminal=True, during=once(of_a_copy, lambda: cloud.advance(LONG)))

    assert seen.status == 0
    assert is_told_to_be_copied(cloud, seen)


def test_lines_come_at_a_pipe_and_an_event_log_of_the_users_is_followed_and_kept(cloud, play, tmp_path):
    log = tmp_path / "events.jsonl"
    log.write_text(json.dumps({"run": "0" * 8, "event": "planned"}) + "\n")
    lasting(cloud, WEB)

    seen = play(migration(WEB, event_log=str(log)), during=once(of_a_copy, lambda: cloud.advance(LONG)))

    assert seen.status == 0
    assert is_told_to_be_copied(cloud, seen)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [event["event"] for event in events if event["event"] != "progress"] == [
        "planned", "planned", "submitted", "copied", "ended",
    ]  # fmt: skip


def is_told_to_be_copied(cloud, seen):
    (image,) = [raw["id"] for raw in cloud.images("cn-south-1") if raw["name"] == WEB]
    return any("has been copied" in line and image in line for line in seen.reports)


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


def names_of(value):
    """The keys of a result, all the way down."""
    if isinstance(value, dict):
        return {key: names_of(item) for key, item in value.items() if key not in ("warnings", "invocation", "tags")}
    return [names_of(item) for item in value] if isinstance(value, list) else None


def test_the_result_is_that_of_a_task_that_shows_nothing(ansible, cloud):
    silent = ansible.play(tasks=[one_copy(progress_interval=0), migration(LEGACY, progress_interval=0)]).results
    cloud.reset()
    shown = ansible.play(tasks=[one_copy(), migration(LEGACY)]).results

    assert names_of(shown) == names_of(silent)
    one, many = shown
    (entry,) = many["results"]
    for result in (one, many):
        assert (result["changed"], result["cut_short"], result["failed"]) == (True, False, False)
    for copied in (one, entry):
        assert (copied["action"], copied["job"]["status"]) == ("submitted", "SUCCESS")
    assert (entry["status"], entry["attempts"], many["finished"]) == ("copied", 1, True)
    assert many["msg"] == silent[1]["msg"]
    assert len(cloud.copies()) == 2
    left = [path for path in ansible.folder.rglob("*") if path.is_file() and "run-" not in str(path)]
    assert [path for path in left if ansible.state not in path.parents] == []


TIMES = ("waited", "invocation", "request_id", "finished_at", "created_at")


def untimed(value):
    """A result without what takes another time in each run."""
    if isinstance(value, dict):
        return {key: untimed(item) for key, item in value.items() if key not in TIMES}
    return [untimed(item) for item in value] if isinstance(value, list) else value


def test_where_nothing_is_to_be_done_the_result_is_word_for_word_the_same(ansible, cloud):
    tasks = []
    for how in ({"progress_interval": 0}, {"progress_interval": 1}):
        present = [one_copy(**how), migration(WEB, **how)]
        refused = [one_copy(image_name="encrypted-vault", **how), migration(WEB, "no-such-image", **how)]
        tasks += [{**task, "ignore_errors": True} for task in (*present, *refused)]

    outcome = ansible.play(tasks=[one_copy(progress_interval=0), *tasks])

    results = [untimed(result) for result in outcome.results[1:]]
    assert results[:4] == results[4:]
    assert [result["changed"] for result in results] == [False] * 8
    assert [result["failed"] for result in results] == [False, False, True, True] * 2
    assert "[ims]" not in outcome.output + outcome.errors


def test_without_waiting_or_an_interval_nothing_is_shown(ansible, cloud):
    lasting(cloud, WEB)
    lasting(cloud, LEGACY, seconds=3)
    ansible.environment["HW_IMS_PROGRESS_INTERVAL"] = "0"

    outcome = ansible.play(tasks=[one_copy(wait="no"), migration(LEGACY, progress_interval=None)])

    assert outcome.status == 0
    assert [result["changed"] for result in outcome.results] == [True, True]
    assert outcome.results[0]["action"] == "submitted"
    assert "[ims]" not in outcome.output + outcome.errors


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
