# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service quotes of what it was sent, no secret is in a result, in a warning or in the event log."""

from __future__ import annotations

import html
import json
from urllib.parse import quote

import pytest

from tests.emulator import seed

PASSWORD = seed.USERS["operator"].password
HIDDEN = "***"
# What Ansible shows of an argument that is a secret.
SPECIFIED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def refuse_the_login(cloud, text):
    cloud.fault(path="/v3/auth/tokens", do="respond", status=401, times=None, body={"error": {"message": text}})


def as_options(cloud, password):
    env = cloud.env("operator", "password")
    return {"username": env["HW_USER_NAME"], "domain_name": env["HW_DOMAIN_NAME"], "password": password}


@pytest.mark.parametrize("blank", ["", " "])
def test_a_secret_of_the_environment_is_hidden_though_its_option_is_given_and_blank(cloud, copy, as_user, blank):
    as_user(how="password")
    refuse_the_login(cloud, f"password={PASSWORD};")

    result = copy(password=blank, diff=True)

    assert result["error"]["stage"] == "authenticate"
    assert PASSWORD not in json.dumps(result)
    assert f"password={HIDDEN};" in result["msg"]


def test_a_secret_of_the_environment_is_hidden_though_nobody_uses_it(cloud, copy, monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "of-another-account-1")
    monkeypatch.setenv("HTTPS_PROXY", "http://joe:proxy%2Dpassw0rd@127.0.0.1:9")
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", fail_reason="of-another-account-1 proxy-passw0rd")

    result = copy()

    assert f"failed: {HIDDEN} {HIDDEN}" in result["msg"]


@pytest.mark.parametrize("given_as", ["option", "environment"])
@pytest.mark.parametrize("password", ['say "cheese"', "back\\slash\\", "a<b>&c", "Käsebrötchen", "it's/+%20&amp;"])
def test_a_password_of_any_signs_is_hidden_however_the_service_writes_it_down(
    cloud, copy, as_user, monkeypatch, password, given_as
):
    as_user(how="password")
    options = {}
    if given_as == "option":
        options = as_options(cloud, password)
    else:
        monkeypatch.setenv("HW_USER_PASSWORD", password)
    login = json.dumps({"auth": {"password": {"user": {"name": "operator", "password": password}}}})
    forms = [password, login, json.dumps(login), quote(password), quote(login), html.escape(password), repr(password)]

    for form in forms:
        cloud.clear_faults()
        refuse_the_login(cloud, f"refused: {form}")
        result = copy(**options)
        told = [result["msg"], result["error"]["message"], str(result["invocation"])]
        for way in (str, quote, html.escape, lambda text: json.dumps(text)[1:-1], lambda text: repr(text)[1:-1]):
            assert not [text for text in told if way(password) in text]
        assert HIDDEN in result["msg"]


def test_a_secret_in_another_argument_is_not_shown_with_the_arguments(cloud, copy, as_user):
    as_user("awkward", "password")
    password = seed.AWKWARD.password

    result = copy(check=True, description=f"by {html.escape(password)}", tags={"a": password})

    assert "Concealed4" not in json.dumps(result)
    assert result["invocation"]["module_args"]["description"].startswith("by ***")


def test_a_password_of_one_sign_destroys_no_result_and_is_not_shown(cloud, copy):
    result = copy(**as_options(cloud, "e"))

    assert "The username or password is wrong." in result["msg"]
    assert result["invocation"]["module_args"]["password"] == SPECIFIED
    assert result["invocation"]["module_args"]["source_region"] == "cn-north-4"
    assert result["error"]["stage"] == "authenticate"


def test_a_password_of_one_sign_does_not_even_hide_what_is_missing(cloud, copy):
    result = copy(password="e", agency_name=None)

    assert result["msg"] == "missing required arguments: agency_name"
    assert result["invocation"]["module_args"]["password"] == SPECIFIED


def test_a_password_that_is_part_of_a_name_makes_no_other_name_of_it(cloud, copy, as_user, replicas):
    """Else the copy would have it, and would not be known again and be made once more."""
    as_user(how="password")
    name = f"{PASSWORD}-web"
    cloud.patch_image(cloud.image("debian-12-db")["id"], name=name)

    first, second = copy(image_name=name), copy(image_name=name)

    assert (first["action"], second["action"]) == ("submitted", "none")
    assert len(replicas(name)) == 1
    assert first["image"]["name"] == f"{HIDDEN}-web"


def test_what_happens_is_noted_without_secrets(cloud, copy, as_user, tmp_path, warnings):
    as_user(how="password")
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", fail_reason=f"by {PASSWORD}, {quote(PASSWORD)}/x")

    result = copy(event_log=str(tmp_path / "events"))

    noted = (tmp_path / "events").read_text()
    assert f"by {HIDDEN}, {HIDDEN}/x" in noted
    assert PASSWORD not in noted + json.dumps(result) + "".join(warnings)


@pytest.mark.parametrize("left", range(0, 18, 3))
def test_a_password_at_which_a_reason_is_cut_leaves_nothing_of_itself(cloud, copy, as_user, left):
    as_user(how="password")
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", fail_reason="x" * (394 - left) + PASSWORD + "y" * 99)

    told = copy()["job"]["fail_reason"]

    assert told.startswith("x" * (394 - left) + HIDDEN)


@pytest.mark.parametrize("between", ["\n", "\r\n    ", "=\n", "\\n"])
def test_a_password_in_two_lines_of_a_reason_is_hidden(cloud, copy, as_user, between):
    as_user(how="password")
    reason = f"denied: {PASSWORD[:9]}{between}{PASSWORD[9:]} is wrong"
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", fail_reason=reason)

    assert copy()["job"]["fail_reason"] == f"denied: {HIDDEN} is wrong"
