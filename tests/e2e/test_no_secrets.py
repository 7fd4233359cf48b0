# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud that quotes whatever it is sent, and everything that a playbook of many tasks prints and leaves meanwhile.

More kinds of failures are in ``tests/unit/cloud/test_no_secrets.py``, where no process is needed for each.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
import tempfile
import typing as t

import ansible_runner
import pytest

from tests import hunting
from tests.e2e.commands import COPY, Ansible, Result, usual
from tests.e2e.role_support import Role, images

WAYS = {"key": ("operator", "aksk"), "temporary": ("operator", "temporary"), "password": ("awkward", "password")}


@pytest.fixture
def private(cloud, ansible):
    """A file of variables with all the secrets, which is where they belong, and is not searched."""
    with tempfile.TemporaryDirectory(prefix="ims-") as folder:
        given = {}
        for way, (user, how) in WAYS.items():
            environment = cloud.env(user, how)
            given[way] = {option: environment[name] for name, option in hunting.OPTIONS.items() if name in environment}
        path = pathlib.Path(folder) / "secrets.json"
        path.write_text(json.dumps(given))
        yield str(path)


def tasks(ansible: Ansible) -> list[Result]:
    """A plan, success, failure, a job in the background, a look and a role, with every way of proving who calls."""
    log = str(ansible.folder / "events")

    def copy(title: str, way: str, name: str, **more: t.Any) -> Result:
        of_the_task: Result = {key: more.pop(key) for key in ("check_mode", "async", "poll") if key in more}
        given = usual({"image_name": name, "progress_interval": 1, "event_log": log, **more})
        return {"name": title, COPY: given, "module_defaults": {COPY: f"{{{{ {way} }}}}"}, **of_the_task}

    info = "huaweicloud.ims.ims_image_info"
    two = images("ubuntu-22.04-web", "encrypted-vault")
    return [
        copy("Plan", "password", "ubuntu-22.04-web", check_mode=True),
        copy("Copy", "password", "ubuntu-22.04-web", ledger="cloud", tags={"a": "b"}),
        # What is not waited for leaves a note.
        copy("Begin in the background", "temporary", "debian-12-db", wait=False, **{"async": 60, "poll": 1}),
        copy("Fail on the way", "password", "centos-7-legacy"),
        copy("Fail at once", "temporary", "no-such-image"),
        {"name": "Look", info: {"region": "cn-north-4"}, "module_defaults": {info: "{{ key }}"}},
        Role(ansible).task(images=two, connection="{{ password }}"),
    ]


def test_nothing_that_a_playbook_prints_or_leaves_holds_a_secret(ansible, cloud, private):
    cloud.switch(echo=True)
    cloud.outcome(name="centos-7-legacy", status="FAIL", error_code="IMG.0151", fail_reason="no", times=None)
    ansible.call_as({name: value for name, value in cloud.env().items() if name not in hunting.OPTIONS})
    runner = ansible.folder / "runner"
    (runner / "project").mkdir(parents=True)
    listed = [{**task, "ignore_errors": True} for task in tasks(ansible)]
    play = {"hosts": "localhost", "gather_facts": False, "vars_files": [private], "tasks": listed}
    (runner / "project" / "play.yml").write_text(json.dumps([play]))
    command_lines: set[str] = set()
    outcomes = []

    def look(event: Result) -> bool:
        command_lines.update(ansible.command_lines())
        if event["event"] in ("runner_on_ok", "runner_on_failed"):
            outcomes.append((event["event_data"]["task"], event["event"].rpartition("_")[2]))
        return False

    job = ansible_runner.run(
        private_data_dir=str(runner),
        playbook="play.yml",
        cmdline="-vvvv --diff",
        envvars={
            **ansible.environment,
            "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
            "ANSIBLE_LOG_PATH": str(ansible.folder / "log"),
        },
        quiet=True,
        event_handler=look,
        suppress_env_files=True,
    )

    # The role tells last of all that one of its copies failed.
    assert job.rc == 2
    assert outcomes[:6] == [
        ("Plan", "ok"),
        ("Copy", "ok"),
        ("Begin in the background", "ok"),
        ("Fail on the way", "failed"),
        ("Fail at once", "failed"),
        ("Look", "ok"),
    ]
    secrets = {*hunting.all_secrets(), *cloud.tokens()}
    assert len(cloud.tokens()) > 3
    assert any("AnsiballZ" in line for line in command_lines)
    assert hunting.found_in("\n".join(command_lines), secrets) == []
    assert hunting.found_in(json.dumps(cloud.images()), secrets) == []
    assert hunting.left_in(ansible.folder, secrets) == []
    left = {path.relative_to(ansible.folder).parts[0] for path in ansible.folder.rglob("*") if path.is_file()}
    assert {"log", "events", "report", "runner", "state"} <= left
