# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong, the task fails with one clear message and an error of one shape, and no secret gets out.

That neither a traceback nor a secret is in what a command prints or leaves holds for every run of these tests: see
``commands.Ansible``.
"""

from __future__ import annotations

from tests.e2e.commands import RESULT_KEYS


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
