# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that runs in turns: trouble between them, time over all of them, and what it refuses before the first."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.e2e.commands import SECRETS, wait_until
from tests.e2e.progress_support import (
    LEGACY,
    MIGRATION,
    SOUTH,
    TASKS,
    WEB,
    begun,
    lasting,
    migration,
    result_in,
)


@pytest.mark.parametrize("kind", TASKS)
def test_a_copy_that_fails_says_why_once(cloud, play, tmp_path, kind):
    cloud.outcome(
        name=WEB, status="FAIL", error_code="IMG.0061", fail_reason="backend storage broke", at=0.9, seconds=960
    )

    seen = play(TASKS[kind]())

    result = result_in(tmp_path)
    assert (seen.status, result["failed"], len(cloud.copies())) == (2, True, 1)
    assert "backend storage broke" in result["msg"]
    assert result["error"]["code"] == "IMG.0061"
    failed = [line for _moment, line in seen.reports if "FAILED" in line]
    assert len(failed) == 1 and "backend storage broke" in failed[0]


@pytest.mark.parametrize("kind", TASKS)
def test_the_time_out_counts_over_all_turns(cloud, play, tmp_path, kind):
    lasting(cloud, WEB, seconds=1000)

    seen = play(TASKS[kind](wait_timeout=4))

    result = result_in(tmp_path)
    entry = result if kind == "one" else result["results"][0]
    assert (seen.status, entry["timed_out"]) == (2, True)
    assert seen.ended - seen.began < 12
    assert entry["job"]["id"] in result["msg"]


@pytest.mark.parametrize("kind", TASKS)
def test_a_lost_reply_never_sends_a_second_request(cloud, play, tmp_path, kind):
    lasting(cloud, WEB, seconds=4)
    cloud.fault(operation="CopyImageCrossRegion", do="drop", effect=True, times=1)

    seen = play(TASKS[kind](confirm_timeout=10))

    assert seen.status == 0
    assert len(cloud.copies()) == len(begun(cloud)) == 1
    assert result_in(tmp_path)["changed"] is True


def test_a_run_that_is_killed_between_its_turns_is_carried_on_by_the_next(ansible, cloud, play, tmp_path):
    lasting(cloud, WEB, seconds=8)
    running = ansible.start(tasks=[migration(WEB)])
    wait_until(lambda: "under way" in running.output())
    os.killpg(running.process.pid, signal.SIGKILL)
    ansible.kill(running)

    seen = play(migration(WEB))

    result = result_in(tmp_path)
    assert (seen.status, result["changed"], result["counts"]["copied"]) == (0, False, 1)
    assert len(cloud.copies()) == 1


@pytest.mark.parametrize("kind", TASKS)
def test_the_task_comes_back_when_it_was_told_to(cloud, play, tmp_path, kind):
    lasting(cloud, WEB, seconds=100)

    seen = play(TASKS[kind](run_for=4))

    result = result_in(tmp_path)
    assert (seen.status, result["cut_short"], result["changed"]) == (0, True, True)
    assert len(seen.reports) > 1
    assert seen.ended - seen.began < 10


@pytest.mark.parametrize(
    ("option", "value"),
    [("progress_interval", "often"), ("progress_interval", -1), ("run_for", "long"), ("run_for", 0)],
)
def test_a_time_that_cannot_be_right_is_refused(cloud, play, tmp_path, option, value):
    seen = play(migration(WEB, **{option: value}))

    assert seen.status == 2
    assert option in result_in(tmp_path)["msg"]
    assert "Traceback" not in seen.output + seen.errors
    assert cloud.journal() == []


def test_the_arguments_are_shown_as_they_were_given_and_without_secrets(ansible, cloud, play, tmp_path):
    lasting(cloud, WEB, seconds=3)
    variables = cloud.env()
    ansible.call_as({name: value for name, value in variables.items() if "KEY" not in name})
    keys = {"access_key": variables["HW_ACCESS_KEY"], "secret_key": "{{ lookup('file', 'secret') }}"}
    (tmp_path / "secret").write_text(variables["HW_SECRET_KEY"])

    ansible.environment["ANSIBLE_INJECT_INVOCATION"] = "true"

    seen = play(migration(WEB, **keys), flags=["-vvv"])

    (tmp_path / "secret").unlink()
    assert seen.status == 0
    shown = seen.output[seen.output.index('"invocation"') :]
    arguments = json.JSONDecoder().raw_decode(shown, shown.index("{"))[0]["module_args"]
    assert arguments["images"][0]["image_name"] == WEB
    assert (arguments["run_for"], arguments["resume"], arguments["retry_failed"]) == (None, [], True)
    assert not [secret for secret in SECRETS if secret in seen.output + seen.errors]


def test_all_that_is_wrong_with_a_migration_is_said_at_once_and_nothing_is_asked(cloud, play, tmp_path):
    task = {
        "name": "Migrate",
        MIGRATION: {
            "source_region": "cn-north-4",
            "images": [
                {"image_name": WEB, "nmae": "x"},
                {"description": "neither id nor name"},
                {"image_name": LEGACY, "image_id": "both"},
            ],
            "query": "[?os_type==",
            "name_template": "{nmae}",
            "destinations": [SOUTH, SOUTH, {"region": "cn-north-4", "agency_name": "ims_copy_image"}, {"region": "x"}],
        },
    }

    seen = play(task)

    result = result_in(tmp_path)
    assert (seen.status, result["error"]["stage"], result["results"]) == (2, "input", [])
    for said in (
        f'images[0] ("{WEB}")', "nmae", "images[1]", f'images[2] ("{LEGACY}")', "query", "{nmae}",
        "project cn-south-1 2 times",
        "destinations[2]", "destinations[3]",
    ):  # fmt: skip
        assert said in result["msg"]
    assert cloud.journal() == []


def test_an_empty_migration_is_refused(cloud, play, tmp_path):
    seen = play(migration(images=[]))

    assert seen.status == 2
    assert "nothing to migrate" in result_in(tmp_path)["msg"]
    assert cloud.journal() == []


def test_the_module_that_is_run_without_a_controller_shows_nothing(cloud):
    """The lines come from the controller: a module's standard output is its result, whatever runs it."""
    name = MIGRATION.rpartition(".")[2]
    source = f"from ansible_collections.huaweicloud.ims.plugins.modules import {name} as module; module.main()"
    arguments = {"ANSIBLE_MODULE_ARGS": {"source_region": "x", "destinations": [SOUTH], "progress_interval": 1}}
    done = subprocess.run(
        [sys.executable, "-c", source],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert json.loads(done.stdout.splitlines()[-1])["failed"] is True
