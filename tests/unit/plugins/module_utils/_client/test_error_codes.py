# SPDX-License-Identifier: GPL-3.0-or-later
"""Error replies of every shape, and what their codes mean."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.error_codes import HINTS, api_error, classify
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    Busy,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    ServerFault,
)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, None, ApiError),
        (400, "IMG.0001", ApiError),
        (400, "IMG.0151", ApiError),
        (400, "IMG.9999", ApiError),
        (400, "IMG.0026", NotPermitted),
        (400, "IMG.0047", NotPermitted),
        (400, "IMG.0027", NotFound),
        (400, "IMG.0144", NotFound),
        (400, "IMG.0060", Busy),
        (400, "IMG.0148", Busy),
        (400, "IMG.0149", Busy),
        (400, "IMG.0087", NotAuthenticated),
        (400, "APIGW.1009", NotAuthenticated),
        (400, "IMG.0061", ServerFault),
        (401, None, NotAuthenticated),
        (401, "IMG.0149", NotAuthenticated),
        (403, "APIGW.0302", NotPermitted),
        (404, "APIGW.0101", NotFound),
        (405, None, ApiError),
        (409, None, ApiError),
        (413, "APIGW.0201", ApiError),
        (429, "APIGW.0308", Busy),
        (500, "IMG.0027", ServerFault),
        (502, "APIGW.0201", ServerFault),
        (504, None, ServerFault),
    ],
)
def test_status_and_code_tell_the_kind(status: int, code: str | None, kind: type[ApiError]) -> None:
    assert classify(status, code) is kind


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": {"message": "gone", "code": "IMG.0027"}}, "IMG.0027", "IMS: gone"),
        ({"error_code": "IMG.0015", "error_msg": "full"}, "IMG.0015", "IMS: full"),
        ({"errorCode": "X.1", "errorMsg": "no"}, "X.1", "IMS: no"),
        ({"code": "X.2", "message": "no"}, "X.2", "IMS: no"),
        ({"error": {"code": 401, "message": "wrong password", "title": "Unauthorized"}}, "401", "IMS: wrong password"),
        ({"itemNotFound": {"code": 404, "message": "no image"}}, "404", "IMS: no image"),
        ({"a": [1], "b": {"c": {"error_msg": "deep"}}}, None, "IMS: deep"),
        ({"a": {"b": 1}, "c": {"message": "later"}}, None, "IMS: later"),
        ({"error_code": "X.3"}, "X.3", "IMS answered HTTP 400 and does not say why"),
        ({"error": "invalid"}, None, "IMS: invalid"),
        ({"title": "Forbidden", "code": True}, None, "IMS: Forbidden"),
        ({}, None, "IMS answered HTTP 400 and does not say why"),
        ({"code": None, "message": "  "}, None, "IMS answered HTTP 400 and does not say why"),
        ([1], None, "IMS answered HTTP 400 and does not say why"),
        (None, None, "IMS answered HTTP 400 and does not say why"),
        ("", None, "IMS answered HTTP 400 and does not say why"),
        ("plain  text\n", None, "IMS: plain text"),
        (
            "<html><head><style>p {}</style><script>x()</script></head><!-- c --><body><h1>418</h1>no</body></html>",
            None,
            "IMS: 418 no",
        ),
        ("<?xml version='1.0'?><error><message>forbidden</message></error>", None, "IMS: forbidden"),
    ],
)
def test_each_shape_of_a_body_is_read(body: t.Any, code: str | None, message: str) -> None:
    error = api_error(400, body, None, None, "IMS")
    assert (error.code, error.message, error.http_status) == (code, message, 400)


def test_a_long_page_is_cut() -> None:
    assert api_error(502, "x" * 5000, None, None, "IMS").message == "IMS: " + "x" * 197 + "..."


def test_the_request_id_is_that_of_the_header_or_else_that_of_the_body() -> None:
    body = {"error_code": "APIGW.0101", "error_msg": "?", "request_id": "body"}
    assert api_error(404, body, "header", None, "IMS").request_id == "header"
    assert api_error(404, body, None, None, "IMS").request_id == "body"


def test_only_a_no_for_now_carries_a_wish() -> None:
    busy = api_error(429, None, None, 7.0, "IMS")
    assert isinstance(busy, Busy)
    assert busy.retry_after == 7.0
    assert not hasattr(api_error(404, None, None, 7.0, "IMS"), "retry_after")


def test_a_message_that_mentions_a_verb_is_left_alone() -> None:
    assert api_error(405, {"message": "GET is not allowed"}, None, None, "IMS").message == "IMS: GET is not allowed"


def test_a_known_code_comes_with_what_to_do_next() -> None:
    hint = api_error(400, {"error": {"code": "IMG.0143", "message": "encrypted"}}, None, None, "IMS").hint
    assert hint is not None
    assert "without a key" in hint
    assert api_error(400, {"error": {"code": "IMG.9999", "message": "?"}}, None, None, "IMS").hint is None


COPY_CODES = (
    "0001 0002 0003 0004 0007 0009 0013 0015 0017 0018 0023 0026 0027 0030 0031 0036 0046 0047 0054 0059 "
    "0060 0061 0062 0064 0065 0066 0067 0086 0087 0104 0105 0106 0130 0142 0143 0144 0145 0146 0147 0148 "
    "0149 0150 0151 0152 0161 0165 0167 0179 0182 0184 0188 0189 0193 0196 0197 0238 0239 0241 0242"
)
GATEWAY_CODES = (
    "0101 0103 0104 0105 0106 0201 0204 0301 0302 0303 0304 0305 0306 0307 0308 0310 0311 0401 0402 0404 "
    "0501 0502 0601 0602 0605 0606 0607 0608 0609 0610 0611 0612 0613 0705 0801 0802 1009"
)


def test_every_code_that_a_copy_can_meet_has_a_hint() -> None:
    codes = [f"IMG.{code}" for code in COPY_CODES.split()] + [f"APIGW.{code}" for code in GATEWAY_CODES.split()]
    assert [code for code in codes if not HINTS.get(code, "").endswith((".", "is full.", "replica."))] == []
