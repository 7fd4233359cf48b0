# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that other tools keep in files: when they are used, and why not."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import resolve
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError

ONE = {"name": "default", "mode": "AKSK", "accessKeyId": "ak-one", "secretAccessKey": "sk-one", "securityToken": ""}
TWO = {"name": "two", "mode": "AKSK", "accessKeyId": "ak-two", "secretAccessKey": "sk-two", "securityToken": "st-two"}
HW = {"HW_ACCESS_KEY": "hw-ak", "HW_SECRET_KEY": "hw-sk"}
PASSWORD = {"username": "joe", "password": "pw", "domain_name": "acme"}


@pytest.fixture(autouse=True)
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def write(path: pathlib.Path, *profiles: t.Any, **more: t.Any) -> str:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"current": "default", "profiles": profiles, **more}))
    return str(path)


@pytest.fixture
def shared(home: pathlib.Path) -> str:
    return write(home / ".hcloud" / "config.json", ONE, TWO)


@pytest.fixture
def sdk(home: pathlib.Path) -> pathlib.Path:
    path = home / ".huaweicloud" / "credentials"
    path.parent.mkdir()
    path.write_text("[basic]\nak = sdk-ak\nsk = sdk%sk\n\n[global]\nak = other\nsk = other\n")
    return path


def keys(params: t.Mapping[str, t.Any] | None = None, environ: t.Mapping[str, str] | None = None) -> tuple[t.Any, ...]:
    found = resolve(params or {}, environ or {})
    return found.access_key, found.secret_key, found.security_token


def problems_of(params: t.Mapping[str, t.Any], environ: t.Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        resolve(params, environ or {})
    return caught.value.problems


def test_where_nothing_else_is_the_current_profile_of_the_command_line_tool_is_used(shared: str) -> None:
    assert keys() == ("ak-one", "sk-one", None)


def test_a_profile_may_be_named(shared: str) -> None:
    assert keys({"profile": "two"}) == keys({}, {"HW_PROFILE": "two"}) == ("ak-two", "sk-two", "st-two")


def test_the_file_may_be_named(home: pathlib.Path, shared: str) -> None:
    other = write(home / "other.json", {**ONE, "accessKeyId": "ak-other"})
    assert keys({"shared_config_file": other}) == keys({}, {"HW_SHARED_CONFIG_FILE": other})
    assert keys({"shared_config_file": other})[0] == "ak-other"


def test_a_profile_that_is_an_option_beats_the_environment_and_one_of_the_environment_does_not(shared: str) -> None:
    assert keys({"profile": "two"}, HW)[0] == "ak-two"
    assert keys({}, {**HW, "HW_PROFILE": "two"})[0] == "hw-ak"
    assert keys(PASSWORD, {"HW_PROFILE": "two"}) == (None, None, None)


def test_a_profile_and_a_password_are_two_ways(shared: str) -> None:
    (said,) = problems_of({**PASSWORD, "profile": "two"})
    assert "username and password and domain_name are given, and profile is given" in said


def test_the_file_of_the_sdk_comes_last(home: pathlib.Path, sdk: pathlib.Path) -> None:
    assert keys() == ("sdk-ak", "sdk%sk", None)
    write(home / ".hcloud" / "config.json", ONE)
    assert keys()[0] == "ak-one"


def test_the_file_of_the_sdk_may_be_named(home: pathlib.Path, sdk: pathlib.Path) -> None:
    other = home / "mine"
    other.write_text("[basic]\nak=mine\nsk=mine-sk\nsecurity_token=mine-st\n")
    assert keys({}, {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(other)}) == ("mine", "mine-sk", "mine-st")


@pytest.mark.parametrize("flag", [True, "true", "True"])
def test_an_encrypted_profile_is_told_with_the_way_out(home: pathlib.Path, flag: t.Any) -> None:
    write(home / ".hcloud" / "config.json", ONE, authEncrypt=flag)
    said = problems_of({"profile": "default"})
    assert len(said) == 1
    assert "is encrypted" in said[0]
    assert "--cli-auth-encrypt=false" in said[0]


def test_a_file_of_no_use_that_nobody_named_gives_way_to_the_next(home: pathlib.Path, sdk: pathlib.Path) -> None:
    write(home / ".hcloud" / "config.json", ONE, authEncrypt="true")
    assert keys()[0] == "sdk-ak"


def test_a_file_of_no_use_that_was_named_does_not(home: pathlib.Path, sdk: pathlib.Path) -> None:
    path = write(home / "mine.json", ONE, authEncrypt="true")
    assert "is encrypted" in problems_of({}, {"HW_SHARED_CONFIG_FILE": path})[0]


def test_where_no_file_is_of_use_it_is_told_beside_the_other_ways(home: pathlib.Path) -> None:
    write(home / ".hcloud" / "config.json", ONE, authEncrypt="true")
    first, second = problems_of({})
    assert "is encrypted" in first
    assert second.startswith("no credentials: give access_key")


WRONG: dict[str, tuple[t.Any, str]] = {
    "no JSON": ("{", "is no JSON"),
    "deep": ("[" * 100_000, "is no JSON"),
    "another kind": ("[]", "has no list of profiles"),
    "no profiles": ('{"profiles": 5}', "has no list of profiles"),
    "odd profiles": ('{"profiles": [5, null, {"name": 7}]}', "has no profile default"),
    "no such profile": (json.dumps({"current": "x", "profiles": [ONE]}), "has no profile x"),
    "signs in": (json.dumps({"profiles": [{**ONE, "mode": "SSO"}]}), "is of mode SSO"),
    "half": (json.dumps({"profiles": [{**ONE, "secretAccessKey": ""}]}), "has no secretAccessKey"),
    "empty": (json.dumps({"profiles": [{"name": "default"}]}), "has no accessKeyId and no secretAccessKey"),
    "bytes": (b"\xff\xfe{", "is no text"),
    "large": ("{" * 2_000_000, "is no file of credentials"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_is_of_no_use_is_named_and_nothing_of_it_is_quoted(home: pathlib.Path, case: str) -> None:
    content, words = WRONG[case]
    path = home / "mine.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    (said,) = problems_of({"shared_config_file": str(path)})

    assert words in said
    assert str(path) in said
    assert "sk-one" not in said


@pytest.mark.parametrize("content", ["ak = x\n", "[basic\n", "[basic]\nak = x\nak = y\n", "[global]\nak=x\nsk=y\n"])
def test_an_odd_file_of_the_sdk_is_named_and_nothing_of_it_is_quoted(home: pathlib.Path, content: str) -> None:
    path = home / "sdk"
    path.write_text(content)
    said = problems_of({}, {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(path)})[0]
    assert str(path) in said
    assert "= x" not in said


@pytest.mark.parametrize("path", ["/nowhere/config.json", "/", "a\0b", "x" * 5000])
def test_what_is_no_file_is_told(path: str) -> None:
    (said,) = problems_of({"shared_config_file": path})
    assert "cannot be read" in said or "is no file of credentials" in said


def test_a_pipe_holds_nobody_up(home: pathlib.Path) -> None:
    os.mkfifo(home / "pipe")
    assert problems_of({"shared_config_file": str(home / "pipe")}) == [f"{home / 'pipe'} is no file of credentials"]


def test_a_key_with_a_blank_in_it_is_refused_as_anywhere(home: pathlib.Path) -> None:
    path = write(home / "mine.json", {**ONE, "accessKeyId": "ak one"})
    assert problems_of({"shared_config_file": path}) == ["access_key holds a character that cannot be part of it"]
