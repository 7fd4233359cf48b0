# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong, the task fails with one clear message and an error of one shape, and no secret gets out.

That neither a traceback nor a secret is in what a command prints or leaves holds for every run of these tests: see
``commands.Ansible``.
"""

from __future__ import annotations

import pytest

from tests.e2e.commands import RESULT_KEYS, being_waited_for, wait_until


def test_a_wrong_password(ansible, cloud, refused):
    ansible.call_as({**cloud.env("operator", "password"), "HW_USER_PASSWORD": "Wrong-Passw0rd-of-mine"})
    ansible.secrets.add("Wrong-Passw0rd-of-mine")

    message, error = refused()

    assert (error["stage"], error["http_status"]) == ("authenticate", 401)
    assert error["request_id"] in message
    assert "password" in message


def test_a_missing_library_is_named(ansible, cloud, tmp_path):
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "requests.py").write_text("raise ImportError('there is no such library')\n")
    ansible.environment["PYTHONPATH"] = str(shadow)

    outcome = ansible.adhoc()

    assert outcome.status == 2
    assert "requests" in outcome.result["msg"]
    assert "Python library" in outcome.result["msg"]
    assert RESULT_KEYS <= outcome.result.keys()
    assert cloud.journal() == []


@pytest.mark.parametrize("how", ["temporary", "password"])
def test_secrets_of_a_task_are_in_no_process_arguments_and_in_no_output(ansible, cloud, how):
    options = {
        "HW_ACCESS_KEY": "access_key",
        "HW_SECRET_KEY": "secret_key",
        "HW_SECURITY_TOKEN": "security_token",
        "HW_USER_NAME": "username",
        "HW_USER_PASSWORD": "password",
        "HW_DOMAIN_NAME": "domain_name",
    }
    given = cloud.env("operator", how)
    ansible.call_as({name: value for name, value in given.items() if name not in options})
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)
    credentials = {options[name]: value for name, value in given.items() if name in options}

    playing = ansible.start("-vvv", "--diff", **credentials)
    wait_until(being_waited_for(cloud))
    arguments = playing.command_lines()
    cloud.advance(36000)
    outcome = ansible.finish(playing)

    assert outcome.result["action"] == "submitted"
    assert "ansible-playbook" in arguments
    assert "AnsiballZ" in arguments
    assert not [secret for secret in ansible.secrets if secret in arguments]
