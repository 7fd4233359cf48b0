# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose credentials are used: options beat the environment whole, and no two callers are ever mixed."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import learn_secrets, resolve
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.hiding import Secrets
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError

KEYS = {"access_key": "AK", "secret_key": "SK"}
PASSWORD = {"username": "joe", "password": "pw", "domain_name": "acme"}
HW = {"HW_ACCESS_KEY": "hw-ak", "HW_SECRET_KEY": "hw-sk"}
SDK = {"HUAWEICLOUD_SDK_AK": "sdk-ak", "HUAWEICLOUD_SDK_SK": "sdk-sk"}
HW_TOKEN = {"HW_SECURITY_TOKEN": "hw-token"}
SDK_TOKEN = {"HUAWEICLOUD_SDK_SECURITY_TOKEN": "sdk-token"}
HW_PASSWORD = {"HW_USER_NAME": "ann", "HW_USER_PASSWORD": "hw-pw", "HW_DOMAIN_NAME": "acme"}


def problems_of(params: t.Mapping[str, t.Any], environ: t.Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        resolve(params, environ or {})
    return caught.value.problems


def who(params: t.Mapping[str, t.Any], environ: t.Mapping[str, str]) -> tuple[str | None, ...]:
    found = resolve(params, environ)
    return found.access_key, found.secret_key, found.security_token, found.username, found.password, found.domain_name


# -- which way -------------------------------------------------------------------------------------------------------


def test_a_password_that_is_given_beats_an_access_key_of_the_environment() -> None:
    assert who(PASSWORD, {**HW, **SDK, **HW_TOKEN}) == (None, None, None, "joe", "pw", "acme")


def test_an_access_key_that_is_given_beats_a_password_of_the_environment() -> None:
    assert who(KEYS, HW_PASSWORD) == ("AK", "SK", None, None, None, None)


def test_in_the_environment_an_access_key_wins() -> None:
    assert who({}, {**HW_PASSWORD, **HW}) == ("hw-ak", "hw-sk", None, None, None, None)
    assert who({}, {**HW_PASSWORD, **SDK}) == ("sdk-ak", "sdk-sk", None, None, None, None)
    assert who({}, HW_PASSWORD) == (None, None, None, "ann", "hw-pw", "acme")


def test_a_token_wins_in_the_environment_and_gives_way_to_any_option() -> None:
    token = {"HW_AUTH_TOKEN": "ready"}
    assert resolve({}, {**HW, **HW_PASSWORD, **token}).auth_token == "ready"
    assert who({}, {**HW, **HW_PASSWORD, **token}) == (None,) * 6
    assert resolve(KEYS, token).auth_token is None
    assert resolve({"auth_token": "given"}, {**HW, **token}).auth_token == "given"


def test_a_token_and_a_key_are_two_ways() -> None:
    (said,) = problems_of({**KEYS, "auth_token": "given"})
    assert "auth_token is given, and access_key and secret_key are given" in said


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "umläut"])
def test_a_token_that_no_header_can_hold_is_refused_and_not_told(token: str) -> None:
    (said,) = problems_of({"auth_token": token})
    assert said == "auth_token holds a character that cannot be part of it"


def test_in_the_environment_the_first_set_of_variables_wins() -> None:
    assert who({}, {**HW, **SDK})[:2] == ("hw-ak", "hw-sk")
    assert who({}, {**SDK, "HW_ACCESS_KEY": "", "HW_SECRET_KEY": " "})[:2] == ("sdk-ak", "sdk-sk")


def test_a_blank_option_is_not_given() -> None:
    assert who({"access_key": "", "secret_key": "  ", "password": None}, HW)[:2] == ("hw-ak", "hw-sk")
    assert who({**PASSWORD, "access_key": ""}, HW)[3:] == ("joe", "pw", "acme")


@pytest.mark.parametrize("keys", [KEYS, {"access_key": "AK"}, {"security_token": "T"}])
@pytest.mark.parametrize("password", [PASSWORD, {"username": "joe"}, {"domain_name": "acme"}])
def test_two_ways_that_are_given_are_refused_naming_both(keys: dict[str, str], password: dict[str, str]) -> None:
    (problem,) = problems_of({**keys, **password}, HW)
    assert problem.startswith("there are two ways to prove who calls: ")
    assert all(option in problem for option in {**keys, **password})
    assert not any(value in problem for value in ("AK", "SK", "joe", "pw", "acme"))


# -- halves ----------------------------------------------------------------------------------------------------------

HALVES = [
    (
        {"access_key": "AK"},
        "access_key is given but secret_key is missing"
        " (option secret_key, environment HW_SECRET_KEY or HUAWEICLOUD_SDK_SK)",
    ),
    (
        {"secret_key": "SK"},
        "secret_key is given but access_key is missing"
        " (option access_key, environment HW_ACCESS_KEY or HUAWEICLOUD_SDK_AK)",
    ),
    (
        {"security_token": "T"},
        "security_token is given but access_key and secret_key are missing"
        " (option access_key, environment HW_ACCESS_KEY or HUAWEICLOUD_SDK_AK;"
        " option secret_key, environment HW_SECRET_KEY or HUAWEICLOUD_SDK_SK)",
    ),
    (
        {"username": "joe", "password": "pw"},
        "username and password are given but domain_name is missing (option domain_name, environment HW_DOMAIN_NAME)",
    ),
    (
        {"domain_name": "acme"},
        "domain_name is given but username and password are missing"
        " (option username, environment HW_USER_NAME; option password, environment HW_USER_PASSWORD)",
    ),
]


@pytest.mark.parametrize(("params", "problem"), HALVES)
def test_half_a_credential_names_the_other_half(params: dict[str, str], problem: str) -> None:
    assert problems_of(params) == [problem]


@pytest.mark.parametrize(("params", "problem"), HALVES)
def test_no_other_way_completes_a_half(params: dict[str, str], problem: str) -> None:
    other = HW_PASSWORD if "username" not in params and "domain_name" not in params else {**HW, **SDK}
    assert problems_of(params, other) == [problem]


def test_a_half_in_the_environment_is_an_error_whatever_else_is_there() -> None:
    (problem,) = problems_of({}, {"HW_ACCESS_KEY": "hw-ak", **HW_PASSWORD})
    assert problem.startswith("access_key is given but secret_key is missing")


def test_no_credential_at_all_names_both_ways() -> None:
    (problem,) = problems_of({})
    for name in ("access_key", "HW_SECRET_KEY", "HUAWEICLOUD_SDK_AK", "username", "HW_USER_PASSWORD", "HW_DOMAIN_NAME"):
        assert name in problem


@pytest.mark.parametrize(
    ("params", "environ", "expected"),
    [
        ({"access_key": "AK"}, {"HW_SECRET_KEY": "SK"}, ("AK", "SK", None, None, None, None)),
        ({"secret_key": "SK"}, {"HUAWEICLOUD_SDK_AK": "AK"}, ("AK", "SK", None, None, None, None)),
        ({"access_key": "sdk-ak"}, {**HW, **SDK, **SDK_TOKEN}, ("sdk-ak", "sdk-sk", "sdk-token", None, None, None)),
        ({"username": "joe", "password": "pw"}, {"HW_DOMAIN_NAME": "acme"}, (None, None, None, "joe", "pw", "acme")),
        ({"username": "ann"}, HW_PASSWORD, (None, None, None, "ann", "hw-pw", "acme")),
    ],
)
def test_what_the_environment_holds_for_want_of_an_owner_completes_an_option_of_the_same_way(
    params: dict[str, str], environ: dict[str, str], expected: tuple[str | None, ...]
) -> None:
    assert who(params, environ) == expected


@pytest.mark.parametrize(
    ("params", "environ"),
    [
        ({}, {"HW_ACCESS_KEY": "a", "HUAWEICLOUD_SDK_SK": "s"}),
        ({}, {"HUAWEICLOUD_SDK_AK": "a", "HW_SECRET_KEY": "s"}),
        ({}, {"HW_ACCESS_KEY": "a", **SDK}),
        ({"access_key": "mine"}, HW),
        ({"secret_key": "mine"}, HW),
        ({"username": "joe"}, HW_PASSWORD),
        ({"username": "joe", "password": "pw"}, HW_PASSWORD),
        ({"domain_name": "other"}, HW_PASSWORD),
    ],
)
def test_halves_of_two_callers_are_not_mixed(params: dict[str, str], environ: dict[str, str]) -> None:
    (problem,) = problems_of(params, environ)
    assert "do not belong together" in problem
    assert not any(value in problem for value in environ.values() if len(value) > 1)


def test_where_halves_come_from_is_said() -> None:
    assert problems_of({"username": "joe"}, HW_PASSWORD) == [
        "username and password do not belong together: username comes from an option, and the password that the "
        "environment has (HW_USER_PASSWORD) goes with another username; give both in the same way"
    ]
    (problem,) = problems_of({}, {"HW_ACCESS_KEY": "a", "HUAWEICLOUD_SDK_SK": "s"})
    assert "access_key comes from the environment (HW_ACCESS_KEY)" in problem and "(HUAWEICLOUD_SDK_SK)" in problem


# -- security tokens -------------------------------------------------------------------------------------------------

TOKENS: list[tuple[dict[str, str], dict[str, str], str | None]] = [
    ({}, {**HW, **HW_TOKEN}, "hw-token"),
    ({}, {**SDK, **SDK_TOKEN}, "sdk-token"),
    ({**KEYS, "security_token": "mine"}, {**HW, **HW_TOKEN}, "mine"),
    # Left over: it belongs to the keys of the environment.
    (KEYS, {**HW, **HW_TOKEN}, None),
    (KEYS, {**SDK, **SDK_TOKEN}, None),
    (KEYS, {**SDK, **HW_TOKEN}, None),
    ({}, {**SDK, **HW_TOKEN}, None),
    ({}, {**SDK, **SDK_TOKEN, **HW_TOKEN}, "sdk-token"),
    ({"access_key": "hw-ak", "secret_key": "hw-sk"}, {**HW, **HW_TOKEN}, "hw-token"),
    # The environment has the token alone, so it can only be meant for these keys.
    (KEYS, HW_TOKEN, "hw-token"),
    (KEYS, SDK_TOKEN, "sdk-token"),
]


@pytest.mark.parametrize(("params", "environ", "token"), TOKENS)
def test_a_security_token_goes_with_its_own_keys_only(
    params: dict[str, str], environ: dict[str, str], token: str | None
) -> None:
    assert resolve(params, environ).security_token == token


# -- secrets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "option"),
    [
        ({**KEYS, "access_key": "hidden\n"}, "access_key"),
        ({**KEYS, "secret_key": " hidden"}, "secret_key"),
        ({**KEYS, "security_token": "hidden\r\n"}, "security_token"),
        ({**PASSWORD, "password": "hidden "}, "password"),
        ({**KEYS, "security_token": "hid\nden"}, "security_token"),
        ({**KEYS, "access_key": "hidden\u00e4"}, "access_key"),
    ],
)
def test_a_secret_with_a_pasted_line_break_is_refused_and_not_shown(params: dict[str, str], option: str) -> None:
    (problem,) = problems_of(params)
    assert problem.startswith(option)
    assert "hid" not in problem


def test_all_secrets_at_hand_are_hidden_whichever_of_them_are_used() -> None:
    environ = {**HW, **SDK_TOKEN, **HW_PASSWORD, "HW_SECURITY_TOKEN": " ", "HW_CLOUD": "the-cloud"}
    proxies = {"https_proxy": "http://joe:proxy%40pw@proxy.example:3128", "HTTP_PROXY": "http://proxy.example"}
    secrets = Secrets()
    learn_secrets(secrets, {"password": "option-pw", "secret_key": " ", "username": "a-name"}, {**environ, **proxies})
    hidden = ("hw-ak", "hw-sk", "sdk-token", "hw-pw", "option-pw", "proxy@pw")
    assert secrets.hidden(" ".join(hidden)) == " ".join(["***"] * 6)
    assert secrets.hidden("the-cloud a-name joe proxy.example") == "the-cloud a-name joe proxy.example"
