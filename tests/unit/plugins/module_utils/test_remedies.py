# SPDX-License-Identifier: GPL-3.0-or-later
"""No error goes without a hint, and the hint is that of the table."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils import _errors as errors
from ansible_collections.huaweicloud.ims.plugins.module_utils import _service_codes as codes
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.auth import LoginRefused
from ansible_collections.huaweicloud.ims.plugins.module_utils._own_errors import KINDS
from ansible_collections.huaweicloud.ims.plugins.module_utils._remedies import (
    SERVER_FAULT,
    STATUSES,
    UNKNOWN_CODE,
    hint_for,
)

COPY_CODES = (
    "0001 0002 0003 0004 0007 0009 0013 0015 0017 0018 0023 0026 0027 0030 0031 0036 0046 0047 0054 0059 "
    "0060 0061 0062 0064 0065 0066 0067 0086 0087 0104 0105 0106 0130 0142 0143 0144 0145 0146 0147 0148 "
    "0149 0150 0151 0152 0161 0165 0167 0179 0182 0184 0188 0189 0193 0196 0197 0238 0239 0241 0242"
)
GATEWAY_CODES = (
    "0101 0103 0104 0105 0106 0201 0204 0301 0302 0303 0304 0305 0306 0307 0308 0310 0311 0401 0402 0404 "
    "0501 0502 0601 0602 0605 0606 0607 0608 0609 0610 0611 0612 0613 0705 0801 0802 1009"
)
IDENTITY_CODES = "0001 0002 0003 0004 0006 0007 0009 0011 0012 0061 0062 0066 0067 0080 0081 0082 1104 1105 1106 1108"


def kinds(root: type[errors.ImsError] = errors.ImsError) -> t.Iterator[type[errors.ImsError]]:
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def made(kind: type[errors.ImsError], **facts: t.Any) -> errors.ImsError:
    if issubclass(kind, errors.InputError):
        return kind(["it broke"])
    return kind("it broke", **facts)


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=str))
def test_an_error_of_any_kind_has_a_hint_in_which_nothing_is_left_to_be_filled_in(
    kind: type[errors.ImsError],
) -> None:
    for facts in ({}, {"code": "IMG.9999"}, {"http_status": 500}, {"http_status": 400, "code": "IMG.9999"}):
        hint = made(kind, **facts).as_error()["hint"]
        assert hint.endswith(".") and "{" not in hint


def test_every_code_that_a_copy_can_meet_is_in_the_table() -> None:
    families = (("IMG", COPY_CODES), ("APIGW", GATEWAY_CODES), ("IAM", IDENTITY_CODES))
    met = [f"{family}.{code}" for family, listed in families for code in listed.split()]
    assert [code for code in met if code not in codes.CODES] == []


def test_no_code_is_in_the_table_twice() -> None:
    rows = (*codes.IMAGE_SERVICE, *codes.GATEWAY, *codes.IDENTITY)
    listed = [code for row in rows for code in row[0].split()]
    assert [code for code in set(listed) if listed.count(code) > 1] == []


def test_every_row_has_a_cause_and_a_remedy_in_whole_sentences() -> None:
    rows: list[t.Any] = [*codes.CODES.values(), *STATUSES.values(), SERVER_FAULT, UNKNOWN_CODE, *KINDS.values()]
    assert [row for row in rows if not (row.cause.endswith(".") and row.remedy.endswith("."))] == []


@pytest.mark.parametrize(
    ("kind", "code", "http_status", "remedy"),
    [
        ("refused", "IMG.0143", 400, codes.CODES["IMG.0143"]),
        ("job_failed", "IMG.0151", None, codes.CODES["IMG.0151"]),
        ("job_failed", "IMG.9999", None, KINDS["job_failed"]),
        ("refused", "IMG.9999", 400, UNKNOWN_CODE),
        ("refused", "IMG.9999", 403, STATUSES[403]),
        ("refused", None, 429, STATUSES[429]),
        ("refused", "404", 404, STATUSES[404]),
        ("refused", None, 503, SERVER_FAULT),
        ("reply_lost", None, 504, SERVER_FAULT),
        ("reply_lost", None, 499, SERVER_FAULT),
        ("reply_lost", None, None, KINDS["reply_lost"]),
        ("refused", "400", 400, KINDS["refused"]),
    ],
)
def test_the_code_tells_best_then_the_status_then_the_kind(
    kind: str, code: str | None, http_status: int | None, remedy: t.Any
) -> None:
    assert hint_for(kind, code, http_status) == remedy.remedy


@pytest.mark.parametrize(
    ("kind", "word"),
    [(errors.TlsError, "ca_path"), (errors.BadReply, "ims_endpoint"), (errors.ReplyLost, "request_timeout")],
)
def test_an_error_brings_its_remedy_along_unless_told_better(kind: type[errors.ImsError], word: str) -> None:
    assert word in kind("x").hint
    assert kind("x", hint="Better.").hint == "Better."
    assert kind("x", code="IMG.0143", remedy="proxy").hint == KINDS["proxy"].remedy


def test_a_login_that_is_refused_speaks_of_users_and_passwords() -> None:
    assert "domain_name" in LoginRefused("no", remedy="login").hint
