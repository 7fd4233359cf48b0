# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever goes wrong, the error says what to do about it, and what the service said is kept."""

from __future__ import annotations

import fcntl
import json
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._own_errors import KINDS
from ansible_collections.huaweicloud.ims.plugins.module_utils._remedies import SERVER_FAULT, STATUSES
from ansible_collections.huaweicloud.ims.plugins.module_utils._service_codes import CODES
from tests.unit.support import unused_port

WEB = {"image_name": "ubuntu-22.04-web"}
COPY = "CopyImageCrossRegion"
READ = "ListImages"


def answered(status, code=None):
    body = {"error": {"code": code, "message": "said no"}} if code else "away"
    return {"do": "respond", "status": status, "body": body}


# The fault, the operation that meets it, and a part of the hint.
TROUBLES: dict[str, tuple[str, dict[str, t.Any], t.Any]] = {
    "reset, reading": (READ, {"do": "drop"}, KINDS["reply_lost"]),
    "500 without a code, reading": (READ, answered(500), SERVER_FAULT),
    "503 with a code that nobody knows": (READ, answered(503, "XYZ.1"), SERVER_FAULT),
    "429, reading": (READ, answered(429), STATUSES[429]),
    "403, reading": (READ, answered(403), STATUSES[403]),
    "401, reading": (READ, answered(401), STATUSES[401]),
    "404, reading": (READ, answered(404), STATUSES[404]),
    "no JSON": (READ, {"do": "respond", "status": 200, "body": "<html>"}, KINDS["bad_reply"]),
    "a known code": (COPY, answered(400, "IMG.0151"), CODES["IMG.0151"]),
    "an unknown code of the service": (COPY, answered(400, "IMG.9999"), None),
    "400 without a code": (COPY, answered(400), KINDS["refused"]),
    "403, submitting": (COPY, answered(403), STATUSES[403]),
    "no slot": (COPY, answered(400, "IMG.0149"), CODES["IMG.0149"]),
    "429, submitting": (COPY, answered(429), STATUSES[429]),
    "reset, submitting": (COPY, {"do": "drop"}, None),
    "502, submitting": (COPY, answered(502), None),
}


@pytest.mark.parametrize("trouble", sorted(TROUBLES))
def test_every_trouble_comes_with_a_hint_that_ends_the_message(cloud, copy, migrate, trouble):
    operation, fault, remedy = TROUBLES[trouble]
    cloud.fault(operation=operation, times=None, **fault)

    alone, many = copy(wait_timeout=60), migrate(images=[WEB], wait_timeout=60)

    for error in (alone["error"], many["error"], *[entry["error"] for entry in many["results"]]):
        assert error is None or error["hint"].endswith(".")
    assert alone["msg"].endswith(alone["error"]["hint"])
    if remedy is not None:
        assert alone["error"]["hint"] == remedy.remedy


def test_a_host_that_is_not_there_and_options_that_are_wrong_come_with_a_hint_too(cloud, copy, migrate):
    away = f"http://127.0.0.1:{unused_port()}"

    for result in (copy(iam_endpoint=away), copy(wait_interval=0), migrate(images=[{}]), migrate(query="[?")):
        assert result["error"]["hint"]


@pytest.mark.parametrize("reason", [{"error_code": "IMG.0061"}, {"error_code": "IMG.9999"}, {"error_code": None}])
def test_a_job_that_fails_comes_with_a_hint(cloud, copy, reason):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", fail_reason="storage trouble", **reason)

    error = copy()["error"]

    known = CODES.get(str(reason["error_code"]))
    assert error["hint"] == (known.remedy if known is not None else KINDS["job_failed"].remedy)


# -- who calls -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["APIGW.0301", "APIGW.0307", None])
def test_a_token_that_is_refused_is_not_taken_for_an_access_key(cloud, copy, as_user, code):
    as_user(how="password")
    cloud.fault(operation=READ, times=None, **answered(401, code))

    result = copy()

    assert result["error"]["stage"] == "authenticate"
    for word in ("access_key", "secret_key", "access key"):
        assert word not in result["msg"]
    assert "Run the task again" in result["error"]["hint"] and "clock" in result["error"]["hint"]


def test_a_signature_that_is_refused_speaks_of_the_keys(cloud, copy):
    cloud.fault(operation=READ, times=None, **answered(401, "APIGW.0301"))

    assert "access_key" in copy()["error"]["hint"]


def test_a_login_that_is_refused_speaks_of_the_user(cloud, copy, as_user, monkeypatch):
    as_user(how="password")
    monkeypatch.setenv("HW_USER_PASSWORD", "not-the-password")

    assert copy()["error"]["hint"] == KINDS["login"].remedy


# -- an answer that is lost ------------------------------------------------------------------------------------------


def test_what_came_instead_of_an_answer_to_the_submission_is_kept_and_said(cloud, copy, warnings):
    cloud.fault(operation=COPY, **answered(503, "APIGW.0610"))

    result = copy(confirm_timeout=30)

    error = result["error"]
    assert (error["stage"], error["code"], error["http_status"]) == ("submit", "APIGW.0610", 503)
    assert error["request_id"]
    assert "may or may not have begun" in error["message"] and "said no" in error["message"]
    for said in ("APIGW.0610", "HTTP 503", f"request id {error['request_id']}"):
        assert said in result["msg"]
    assert error["hint"] == 'Look in cn-south-1 for an image called "ubuntu-22.04-web" before you run again.'
    assert not any(SERVER_FAULT.remedy in text for text in warnings), "a warning of what went on has nothing to mend"


# -- another run -----------------------------------------------------------------------------------------------------


def test_another_run_is_named_with_its_process_its_host_and_its_time(cloud, copy, tmp_path):
    cloud.switch(replica_visible="late", replica_delay=60)
    copy(wait=False)
    (path,) = (tmp_path / "state").glob("*.json")
    since = "2026-03-01T12:00:00Z"
    holder = {"pid": 4711, "host": "build-7", "since": since}
    path.with_name(f"{path.name}.holder").write_text(json.dumps(holder))
    with open(path, "r+b") as record:
        record.truncate()
        fcntl.flock(record, fcntl.LOCK_EX)

        result = copy(wait=False)

    assert f"process 4711 on build-7, since {since}" in result["error"]["message"]
    assert "process 4711 on build-7" in result["error"]["hint"]
