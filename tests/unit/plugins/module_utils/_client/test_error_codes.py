# SPDX-License-Identifier: GPL-3.0-or-later
"""Error replies of every shape, and what their codes mean."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.error_codes import api_error, classify
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
        (400, "IAM.1109", ApiError),
        (400, "IMG.0061", ServerFault),
        (401, None, NotAuthenticated),
        (401, "IMG.0149", NotAuthenticated),
        (403, "APIGW.0302", NotPermitted),
        (404, "APIGW.0101", NotFound),
        (405, None, ApiError),
        (409, None, ApiError),
        (409, "IMG.0148", Busy),
        (429, "IMG.0027", Busy),
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


@pytest.mark.parametrize(("length", "told"), [(400, "x" * 400), (401, "x" * 397 + "...")])
def test_a_message_is_told_up_to_400_signs(length: int, told: str) -> None:
    assert api_error(400, {"message": "x" * length}, None, None, "IMS").message == f"IMS: {told}"


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


def test_a_code_comes_with_what_to_do_next() -> None:
    assert "without a key" in api_error(400, {"error": {"code": "IMG.0143", "message": "no"}}, None, None, "IMS").hint
    assert "ask the cloud's support" in api_error(400, {"error": {"code": "IMG.9999"}}, None, None, "IMS").hint


@pytest.mark.parametrize("code", ["1101", "1103", "IAM.1104", "IAM.1105", "IAM.1106", "IAM.1107", "IAM.1108"])
def test_a_login_or_a_key_that_is_refused_with_400_is_told_by_its_code(code: str) -> None:
    assert classify(400, code) is NotAuthenticated
