# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints are asked and how, and what is refused before anything is sent."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import (
    Connection,
    connection_spec,
    resolve,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError

KEYS = {"access_key": "AK", "secret_key": "SK"}


def problems_of(params: t.Mapping[str, t.Any], environ: t.Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        resolve(params, environ or {})
    return caught.value.problems


def validated(given: dict[str, t.Any]) -> tuple[dict[str, t.Any], list[str], set[str]]:
    result = ArgumentSpecValidator(connection_spec()).validate(given)
    return result.validated_parameters, result.error_messages, result._no_log_values


# -- the argument spec -----------------------------------------------------------------------------------------------


def test_the_defaults_are_those_of_the_public_cloud() -> None:
    params, errors, _secrets = validated({})
    assert errors == []
    assert {name: value for name, value in params.items() if value is not None} == {
        "cloud_domain": "myhuaweicloud.com",
        "iam_endpoint": "https://iam.{cloud_domain}",
        "ims_endpoint": "https://ims.{region}.{cloud_domain}",
        "validate_certs": True,
        "request_timeout": 30.0,
        "max_retries": 5,
    }


VARIABLES = [
    ("cloud_domain", "HW_CLOUD"),
    ("iam_endpoint", "HW_AUTH_URL"),
    ("ims_endpoint", "HW_IMS_ENDPOINT"),
    ("ca_path", "HW_CACERT"),
]


@pytest.mark.parametrize(("option", "variable"), VARIABLES)
def test_an_option_comes_from_its_variable(option: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "value")
    assert validated({})[0][option] == "value"
    assert validated({option: "given"})[0][option] == "given"


def test_retries_come_from_their_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_MAX_RETRIES", "7")
    assert validated({})[0]["max_retries"] == 7


@pytest.mark.parametrize(
    ("word", "checked"), [("true", False), ("1", False), ("YES", False), ("false", True), ("0", True), ("", True)]
)
def test_hw_insecure_says_the_opposite(word: str, checked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_INSECURE", word)
    assert validated({})[0]["validate_certs"] is checked
    assert validated({"validate_certs": not checked})[0]["validate_certs"] is not checked


def test_junk_in_hw_insecure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_INSECURE", "perhaps")
    assert "perhaps" in " ".join(validated({})[1])


def test_no_secret_is_part_of_how_a_connection_is_shown() -> None:
    shown = repr(
        Connection(
            access_key="hidden-1", secret_key="hidden-2", security_token="hidden-3", password="hidden-4", username="joe"
        )
    )
    assert "hidden" not in shown
    assert "joe" in shown


def test_every_secret_is_kept_out_of_logs() -> None:
    secrets = {"access_key": "a1", "secret_key": "s2", "security_token": "t3", "password": "p4"}
    assert validated({**secrets, "username": "joe", "domain_name": "acme"})[2] == set(secrets.values())


def test_a_connection_does_not_show_its_secrets() -> None:
    shown = repr(Connection(access_key="x1", secret_key="x2", security_token="x3", password="x4", username="joe"))
    assert "joe" in shown
    assert not [secret for secret in ("x1", "x2", "x3", "x4") if secret in shown]


# -- endpoints -------------------------------------------------------------------------------------------------------


def test_endpoints_are_filled_with_cloud_and_region() -> None:
    connection = resolve({**KEYS, "cloud_domain": "myhuaweicloud.eu"}, {})
    assert connection.iam_url("eu-west-101") == "https://iam.myhuaweicloud.eu"
    assert connection.ims_url("eu-west-101") == "https://ims.eu-west-101.myhuaweicloud.eu"
    assert Connection().ims_url("cn-north-4") == "https://ims.cn-north-4.myhuaweicloud.com"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://iam.x.example/v3", "https://iam.x.example"),
        ("https://iam.x.example/v3/", "https://iam.x.example"),
        ("https://iam.x.example/", "https://iam.x.example"),
        ("https://iam.{region}.{cloud_domain}/v3", "https://iam.r-1.myhuaweicloud.com"),
        ("http://127.0.0.1:8765/iam/", "http://127.0.0.1:8765/iam"),
        (" https://iam.x.example ", "https://iam.x.example"),
        ("https://[::1]:8765/iam/v3", "https://[::1]:8765/iam"),
        ("", "https://iam.myhuaweicloud.com"),
    ],
)
def test_an_iam_endpoint_may_end_in_v3(given: str, url: str) -> None:
    assert resolve({**KEYS, "iam_endpoint": given}, {}).iam_url("r-1") == url


def test_a_region_may_stand_in_the_path() -> None:
    connection = resolve({**KEYS, "ims_endpoint": "http://127.0.0.1:8765/ims/{region}/"}, {})
    assert connection.ims_url("cn-north-4") == "http://127.0.0.1:8765/ims/cn-north-4"


@pytest.mark.parametrize("region", ["", "a b", "evil.example/", "a@b", "a/../b", "-a"])
def test_a_region_that_would_change_the_host_is_refused(region: str) -> None:
    with pytest.raises(InputError, match="region"):
        Connection().ims_url(region)


@pytest.mark.parametrize(
    "endpoint",
    [
        "ims.example.com",
        "ftp://ims.example.com",
        "https://",
        "https:///path",
        "https://joe:hidden@ims.example.com",
        "https://hidden@ims.example.com",
        "https://ims.{zone}.example.com",
        "https://ims.{}.example.com",
        "https://ims.{region!r}.example.com",
        "https://ims.{region.hidden}.example.com",
        "https://ims.{region.example.com",
        "https://ims.region}.example.com",
        "https://ims.{{region}}.example.com",
        "https://ims.example.com:99999",
        "https://ims.example.com:0",
        "https://ims.example.com:port",
        "https://[::1",
        "https://ims.example.com/?hidden=1",
        "https://ims.example.com/#x",
        "https://ims.example.com/a b",
        "https://ims.ex\u00e4mple.com",
        "https://ims.example.com\\@evil.example",
    ],
)
@pytest.mark.parametrize("option", ["iam_endpoint", "ims_endpoint"])
def test_an_endpoint_that_is_none_is_refused(option: str, endpoint: str) -> None:
    (problem,) = problems_of({**KEYS, option: endpoint})
    assert problem.startswith(option)
    assert "joe" not in problem


@pytest.mark.parametrize("domain", ["https://x.example", "x.example/", "a b", "-x.example", "joe@x.example"])
def test_a_cloud_domain_is_a_domain(domain: str) -> None:
    (problem,) = problems_of({**KEYS, "cloud_domain": domain})
    assert problem.startswith("cloud_domain")


# -- the rest --------------------------------------------------------------------------------------------------------


def test_certificates_are_checked_as_told(tmp_path: t.Any) -> None:
    assert resolve(KEYS, {}).verify is True
    assert resolve({**KEYS, "validate_certs": False, "ca_path": str(tmp_path)}, {}).verify is False
    assert resolve({**KEYS, "validate_certs": True, "ca_path": str(tmp_path)}, {}).verify == str(tmp_path)
    assert resolve(KEYS, {"HW_CACERT": str(tmp_path)}).verify == str(tmp_path)


def test_numbers_are_taken_over() -> None:
    connection = resolve({**KEYS, "request_timeout": "2.5", "max_retries": 0}, {})
    assert (connection.request_timeout, connection.max_retries) == (2.5, 0)
    connection = resolve({**KEYS, "request_timeout": " ", "max_retries": None}, {})
    assert (connection.request_timeout, connection.max_retries) == (30.0, 5)


def test_a_time_out_of_a_day_and_a_thousand_retries_are_the_most() -> None:
    connection = resolve({**KEYS, "request_timeout": 86400, "max_retries": 1000}, {})
    assert (connection.request_timeout, connection.max_retries) == (86400.0, 1000)


@pytest.mark.parametrize("number", [0, -1, "nan", "inf", 86401, 1e10, "x", []])
def test_a_time_out_must_be_above_nothing_and_within_a_day(number: t.Any) -> None:
    (problem,) = problems_of({**KEYS, "request_timeout": number})
    assert problem.startswith("request_timeout")


@pytest.mark.parametrize("number", [-1, 1001, "x"])
def test_retries_must_not_be_negative_nor_above_a_thousand(number: t.Any) -> None:
    (problem,) = problems_of({**KEYS, "max_retries": number})
    assert problem.startswith("max_retries")


def test_all_problems_are_told_at_once() -> None:
    found = problems_of(
        {"access_key": "AK", "iam_endpoint": "x", "ims_endpoint": "y", "ca_path": "/no/such/file", "max_retries": -1}
    )
    assert [problem.split()[0] for problem in found] == [
        "access_key", "iam_endpoint", "ims_endpoint", "ca_path", "max_retries",
    ]  # fmt: skip
