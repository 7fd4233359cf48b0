# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that is watched: trouble on its way, the time that it may take, what it refuses, and how it is shown."""

from __future__ import annotations

import json
import subprocess
import sys

from tests import hunting
from tests.e2e.progress_support import (
    LEGACY,
    LONG,
    MIGRATION,
    SOUTH,
    WEB,
    begun,
    lasting,
    migration,
    once,
    one_copy,
    result_in,
)


def test_a_copy_that_fails_says_why_once(cloud, play, tmp_path):
    cloud.outcome(
        name=WEB, status="FAIL", error_code="IMG.0061", fail_reason="backend storage broke", at=0.9, seconds=960
    )

    seen = play(one_copy())

    result = result_in(tmp_path)
    assert (seen.status, result["failed"], result["changed"], len(cloud.copies())) == (2, True, True, 1)
    assert "IMG.0061" in result["msg"] and "backend storage broke" in result["msg"]
    assert (result["error"]["stage"], result["error"]["code"]) == ("wait", "IMG.0061")
    assert (result["job"]["status"], result["timed_out"]) == ("FAIL", False)
    failed = [line for line in seen.reports if "FAILED" in line]
    assert len(failed) == 1 and "backend storage broke" in failed[0]


def test_the_time_out_names_the_job_that_goes_on(cloud, play, tmp_path):
    lasting(cloud, WEB)

    seen = play(migration(WEB, wait_timeout=2))

    result = result_in(tmp_path)
    (entry,) = result["results"]
    assert (seen.status, entry["timed_out"]) == (2, True)
    assert entry["job"]["id"] in result["msg"]


def test_a_lost_reply_never_sends_a_second_request(cloud, play, tmp_path):
    lasting(cloud, WEB, seconds=4)
    cloud.fault(operation="CopyImageCrossRegion", do="drop", effect=True, times=1)

    seen = play(migration(WEB, confirm_timeout=10))

    assert seen.status == 0
    assert len(cloud.copies()) == len(begun(cloud)) == 1
    assert result_in(tmp_path)["changed"] is True


def test_the_task_comes_back_when_it_was_told_to(cloud, play, tmp_path):
    lasting(cloud, WEB)

    seen = play(one_copy(run_for=2))

    result = result_in(tmp_path)
    assert (seen.status, result["cut_short"], result["changed"]) == (0, True, True)
    assert seen.reports


def test_a_run_is_carried_on_with_its_results_and_shown_from_the_start(cloud, play, tmp_path):
    lasting(cloud, WEB)
    play(migration(WEB, run_for=2))
    cut_short = result_in(tmp_path)
    earlier = cut_short["results"]

    seen = play(
        migration(WEB, resume=earlier), during=once(lambda line: "earlier run" in line, lambda: cloud.advance(LONG))
    )

    result = result_in(tmp_path)
    assert (cut_short["finished"], cut_short["cut_short"], cut_short["counts"]["in_progress"]) == (False, True, 1)
    assert (seen.status, result["finished"], result["changed"], result["counts"]["copied"]) == (0, True, False, 1)
    assert any("0 of 1 done, 1 under way" in line for line in seen.reports)
    assert len(cloud.copies()) == 1


def test_a_time_that_cannot_be_right_is_refused(ansible, cloud):
    wrong = [("progress_interval", "often"), ("progress_interval", -1), ("run_for", "long"), ("run_for", 0)]
    tasks = [{**migration(WEB, **{option: value}), "ignore_errors": True} for option, value in wrong]

    outcome = ansible.play(tasks=tasks)

    assert [result["failed"] for result in outcome.results] == [True] * 4
    assert [option for (option, _value), result in zip(wrong, outcome.results) if option not in result["msg"]] == []
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
    assert (arguments["event_log"], arguments["lease_file"]) == (None, None)
    assert hunting.found_in(seen.printed, hunting.all_secrets()) == []


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
