# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong, the task fails with one clear message and an error of one shape, and no secret gets out."""

from __future__ import annotations

import json

import pytest

from tests.emulator import seed
from tests.unit.support import Server, answer, unused_port

# What every result has, whatever became of the run, and what a failure has besides.
RESULT_KEYS = {"changed", "action", "image", "source_image", "job", "preflight", "waited", "msg"}
ERROR_KEYS = {"stage", "code", "http_status", "message", "request_id", "hint"}
SECRETS = [user.password for user in seed.USERS.values()] + [
    secret for key in seed.ACCESS_KEYS.values() for secret in (key.secret, key.security_token) if secret
]


@pytest.fixture
def refused(cloud, copy, tmp_path):
    """Runs the usual copy, which must fail before anything is asked for; gives the message and the structured error."""

    def run(*more_secrets, **options):
        result = copy(**options)
        assert result["failed"] is True
        assert RESULT_KEYS | {"error", "timed_out"} <= result.keys()
        assert result["error"].keys() == ERROR_KEYS
        assert result["error"]["message"] in result["msg"]
        assert "\n" not in result["msg"]
        assert "Traceback" not in json.dumps(result)
        assert result["changed"] is False
        assert cloud.mutations() == []
        left = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
        for secret in (*SECRETS, *more_secrets):
            assert secret not in json.dumps(result) + "".join(left)
        return result["msg"], result["error"]

    return run


def test_a_wrong_password(as_user, monkeypatch, refused):
    as_user(how="password")
    monkeypatch.setenv("HW_USER_PASSWORD", "Wrong-Passw0rd-of-mine")

    message, error = refused("Wrong-Passw0rd-of-mine")

    assert (error["stage"], error["http_status"]) == ("authenticate", 401)
    assert error["request_id"] in message
    assert "password" in message


def test_a_wrong_secret_key(monkeypatch, refused):
    monkeypatch.setenv("HW_SECRET_KEY", "WrongSecretKeyOfMine")

    message, error = refused("WrongSecretKeyOfMine")

    assert (error["stage"], error["http_status"], error["code"]) == ("authenticate", 401, "APIGW.0301")
    assert error["request_id"] in message
    assert "secret_key" in message


def test_a_temporary_key_without_its_token(as_user, monkeypatch, refused):
    as_user(how="temporary")
    monkeypatch.delenv("HW_SECURITY_TOKEN")

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
def test_half_a_credential(cloud, as_user, monkeypatch, refused, how, missing, option):
    as_user(how=how)
    monkeypatch.delenv(missing)

    message, error = refused()

    assert error["stage"] == "input"
    assert option in message
    assert missing in message
    assert cloud.journal() == []


def test_no_credential_at_all(monkeypatch, refused):
    monkeypatch.delenv("HW_ACCESS_KEY")
    monkeypatch.delenv("HW_SECRET_KEY")

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


def test_a_user_who_may_not_copy(as_user, copy):
    as_user("reader")

    result = copy()

    assert result["error"].keys() == ERROR_KEYS
    assert (result["error"]["stage"], result["error"]["http_status"]) == ("submit", 403)
    assert result["changed"] is False


def test_a_connection_that_is_refused(monkeypatch, refused):
    port = unused_port()
    monkeypatch.setenv("HW_AUTH_URL", f"http://127.0.0.1:{port}/iam")

    message, error = refused()

    assert error["stage"] == "connect"
    assert str(port) in message
    assert "refused" in message


def test_a_host_that_has_no_address(monkeypatch, refused):
    monkeypatch.setenv("HW_AUTH_URL", "http://iam.nowhere.invalid")

    message, error = refused()

    assert error["stage"] == "connect"
    assert "iam.nowhere.invalid" in message


def test_a_proxy_that_answers_with_a_page(monkeypatch, refused):
    page = answer(body=b"<html><body>Please log in to the network</body></html>", Content_Type="text/html")
    for name in ("NO_PROXY", "no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Server(*[page] * 10) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        message, error = refused()
        assert proxy.received

    assert "HTML" in message
    assert "proxy" in error["hint"]


def test_several_bad_inputs_are_all_named_at_once(cloud, monkeypatch, refused):
    monkeypatch.delenv("HW_SECRET_KEY")

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


def test_what_cannot_be_copied_is_named_with_all_its_reasons_and_nothing_is_begun(cloud, migrate):
    result = migrate(images=[{"image_name": name} for name in ("ubuntu-22.04-web", "encrypted-vault", "no-such-image")])

    assert result["failed"] is True
    for word in ("encrypted-vault", "IMG.0143", "no-such-image"):
        assert word in result["msg"]
    assert cloud.mutations() == []


def test_an_endpoint_in_the_open_is_warned_of(cloud, copy, warnings):
    copy(ims_endpoint="http://ims.example.invalid/{region}", check=True)

    assert [text for text in warnings if "http" in text] == [
        "ims_endpoint is http: whoever is on the way can read and alter all that is sent. Use https."
    ]
    copy(check=True)
    assert not any("http" in text for text in warnings)


@pytest.mark.parametrize(("count", "told"), [(1, 1), (2, 0)])
def test_trouble_with_what_several_copies_need_is_told_once_and_that_of_one_is_its_own(cloud, migrate, count, told):
    cloud.fault(operation="ListImages", region="cn-north-4", do="respond", status=503, times=None)
    images = [{"image_name": "ubuntu-22.04-web"}, {"image_name": "debian-12-db"}][:count]

    result = migrate(images=images, max_retries=0, wait_timeout=60)

    assert (result["failed"], len(result["results"])) == (True, told)
    assert "HTTP 503" in result["msg"]
