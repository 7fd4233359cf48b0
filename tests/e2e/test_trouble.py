# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong, the task fails with one clear message and an error of one shape, and no secret gets out.

That neither a traceback nor a secret is in what a command prints or leaves holds for every run of these tests: see
``commands.Ansible``.
"""

from __future__ import annotations

import pytest

from tests.e2e.commands import ERROR_KEYS, RESULT_KEYS, being_waited_for, wait_until
from tests.unit.support import Server, answer, unused_port


def test_a_wrong_password(ansible, cloud, refused):
    ansible.call_as({**cloud.env("operator", "password"), "HW_USER_PASSWORD": "Wrong-Passw0rd-of-mine"})
    ansible.secrets.add("Wrong-Passw0rd-of-mine")

    message, error = refused()

    assert (error["stage"], error["http_status"]) == ("authenticate", 401)
    assert error["request_id"] in message
    assert "password" in message


def test_a_wrong_secret_key(ansible, cloud, refused):
    ansible.environment["HW_SECRET_KEY"] = "WrongSecretKeyOfMine"
    ansible.secrets.add("WrongSecretKeyOfMine")

    message, error = refused()

    assert (error["stage"], error["http_status"], error["code"]) == ("authenticate", 401, "APIGW.0301")
    assert error["request_id"] in message
    assert "secret_key" in message


def test_a_temporary_key_without_its_token(ansible, cloud, refused):
    ansible.call_as(cloud.env("operator", "temporary"))
    del ansible.environment["HW_SECURITY_TOKEN"]

    message, error = refused()

    assert (error["stage"], error["http_status"]) == ("authenticate", 401)
    assert "security_token" in message


@pytest.mark.parametrize(
    ("how", "missing", "option"),
    [
        ("aksk", "HW_SECRET_KEY", "secret_key"),
        ("aksk", "HW_ACCESS_KEY", "access_key"),
        ("password", "HW_USER_PASSWORD", "password"),
        ("password", "HW_DOMAIN_NAME", "domain_name"),
    ],
)
def test_half_a_credential(ansible, cloud, refused, how, missing, option):
    ansible.call_as(cloud.env("operator", how))
    del ansible.environment[missing]

    message, error = refused()

    assert error["stage"] == "input"
    assert option in message
    assert missing in message
    assert cloud.journal() == []


def test_no_credential_at_all(ansible, cloud, refused):
    ansible.call_as({name: value for name, value in cloud.env().items() if "KEY" not in name})

    message, error = refused()

    assert error["stage"] == "input"
    assert "HW_ACCESS_KEY" in message


@pytest.mark.parametrize("option", ["source_region", "destination_region"])
def test_an_unknown_region(refused, option):
    message, error = refused(**{option: "xx-nowhere-1"})

    assert "xx-nowhere-1" in message
    assert error["code"] in ("IMG.0147", "IMG.0145")


@pytest.mark.parametrize("option", ["source_project_name", "destination_project_name"])
def test_an_unknown_project(refused, option):
    message, error = refused(**{option: "cn-south-1_nobody"})

    assert "cn-south-1_nobody" in message
    assert error["code"] == "IMG.0145"


def test_a_missing_agency(refused):
    message, error = refused(agency_name="nobody_at_all")

    assert error["stage"] == "preflight"
    assert "nobody_at_all" in message


def test_a_user_who_may_not_copy(ansible, cloud):
    ansible.call_as(cloud.env("reader"))

    result = ansible.adhoc("-vvv").result

    assert result["error"].keys() == ERROR_KEYS
    assert (result["error"]["stage"], result["error"]["http_status"]) == ("submit", 403)
    assert result["changed"] is False


def test_a_connection_that_is_refused(ansible, refused):
    port = unused_port()
    ansible.environment["HW_AUTH_URL"] = f"http://127.0.0.1:{port}/iam"

    message, error = refused()

    assert error["stage"] == "connect"
    assert str(port) in message
    assert "refused" in message


def test_a_host_that_has_no_address(ansible, refused):
    ansible.environment["HW_AUTH_URL"] = "http://iam.nowhere.invalid"

    message, error = refused()

    assert error["stage"] == "connect"
    assert "iam.nowhere.invalid" in message


def test_a_proxy_that_answers_with_a_page(ansible, refused):
    page = answer(body=b"<html><body>Please log in to the network</body></html>", Content_Type="text/html")
    with Server(*[page] * 10) as proxy:
        ansible.environment["HTTP_PROXY"] = proxy.url
        message, error = refused()
        assert proxy.received

    assert "HTML" in message
    assert "proxy" in error["hint"]


def test_several_bad_inputs_are_all_named_at_once(ansible, cloud, refused):
    del ansible.environment["HW_SECRET_KEY"]

    message, error = refused(
        destination_region="not a region",
        agency_name=" ",
        name="<",
        wait_interval=0,
        wait_timeout=-1,
        image_id="no/id",
        ims_endpoint="ftp://somewhere",
        max_retries=-1,
    )

    assert error["stage"] == "input"
    for word in (
        "secret_key",
        "destination_region",
        "agency_name",
        "wait_interval",
        "wait_timeout",
        "image_id",
        "ims_endpoint",
        "max_retries",
    ):
        assert word in message
    assert cloud.journal() == []


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
