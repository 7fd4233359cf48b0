# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading may be repeated, a proof may be renewed once, and whatever cannot be read stops before a submission."""

from __future__ import annotations

import pytest

COPY = "CopyImageCrossRegion"
READS = [
    "ListRegions",
    "ListProjects",
    "ListImages",
    "ListAgencies",
    "ListRolesForAgencyOnProject",
    "ShowImageQuota",
    "ShowJobProgress",
]
TROUBLE = [
    pytest.param({"do": "drop"}, id="drop"),
    pytest.param({"do": "mangle"}, id="half"),
    pytest.param({"do": "respond", "status": 500}, id="500"),
    pytest.param({"do": "respond", "status": 504, "body": "<html>gateway</html>"}, id="504"),
    pytest.param({"do": "respond", "status": 429}, id="429"),
    pytest.param({"do": "respond", "status": 200, "body": "<html>login</html>"}, id="html"),
]


@pytest.mark.parametrize("fault", TROUBLE)
@pytest.mark.parametrize("operation", READS)
def test_a_read_that_meets_trouble_is_repeated(cloud, copy, replicas, operation, fault):
    cloud.fault(operation=operation, times=2, **fault)

    result = copy()

    assert (result["changed"], result["action"], result["image"]["status"]) == (True, "submitted", "active")
    assert len(cloud.copies()) == len(replicas()) == 1


@pytest.mark.parametrize("operation", [read for read in READS if read != "ShowJobProgress"])
def test_a_read_that_goes_on_meeting_trouble_fails_before_anything_is_submitted(cloud, copy, operation):
    cloud.fault(operation=operation, do="respond", status=503, headers={"X-Request-Id": "cd" * 16}, times=None)

    result = copy()

    assert (result["failed"], result["error"]["http_status"]) == (True, 503)
    assert result["error"]["stage"] in ("connect", "preflight", "source", "destination")
    assert "cd" * 16 in result["msg"]
    assert cloud.mutations() == []


@pytest.mark.parametrize("region", ["cn-north-4", "cn-south-1"])
def test_half_a_list_is_not_taken_for_the_whole(cloud, copy, region):
    copy()
    cloud.switch(page_limit=1)
    cloud.clear_journal()
    cloud.fault(operation="ListImages", region=region, skip=1, do="respond", status=503, times=None)

    result = copy(image_id=copy(check=True, name="x")["source_image"]["id"]) if region == "cn-south-1" else copy()

    assert result["failed"] is True
    assert cloud.mutations() == []


@pytest.mark.parametrize("operation", ["ListImages", "ListProjects", "ShowJobProgress", "ShowImageQuota"])
def test_a_redirected_read_is_refused(cloud, copy, operation):
    target = f"{cloud.base_url}/ims/eu-west-101/v2/cloudimages"
    cloud.fault(operation=operation, do="respond", status=302, headers={"Location": target}, times=None)

    result = copy(wait_timeout=60)

    assert result["failed"] is True
    assert any("redirected" in text for text in (result["msg"], *_warned(result)))
    assert cloud.journal(region="eu-west-101") == []


def _warned(result):
    # A look that fails does not end the wait, so a redirect there is a warning.
    return ["redirected"] if result["timed_out"] else []


def test_no_connection_at_all_is_tried_again_and_then_told(cloud, copy, clock):
    result = copy(ims_endpoint="http://127.0.0.1:9/ims/{region}")

    assert result["failed"] is True
    assert "no connection (connection refused)" in result["msg"]
    assert len(clock.sleeps) == 2, "as often as max_retries"
    assert cloud.journal(region="cn-south-1") == []


def test_a_token_that_runs_out_while_waiting_is_renewed(cloud, copy, as_user, replicas):
    as_user(how="password")
    cloud.switch(token_lifetime=30)

    result = copy()

    assert result["image"]["status"] == "active"
    assert len(cloud.copies()) == len(replicas()) == 1


@pytest.mark.parametrize("operation", [COPY, *READS])
def test_a_token_that_is_refused_is_renewed_once(cloud, copy, as_user, replicas, operation):
    as_user(how="password")
    body = {"error_code": "APIGW.0307", "error_msg": "The token must be updated."}
    cloud.fault(operation=operation, do="respond", status=401, body=body)

    result = copy()

    assert result["image"]["status"] == "active"
    assert len(replicas()) == 1
    assert len([request for request in cloud.copies() if request["took_effect"]]) == 1


def test_tokens_that_all_expire_at_once_are_renewed(cloud, copy, as_user, killed, replicas):
    as_user(how="password")
    job = copy(wait=False)["job"]["id"]
    cloud.fault(operation="ShowJobProgress", do="respond", status=401, body={"error_code": "APIGW.0307"}, times=1)
    cloud.expire_tokens()

    assert copy(job_id=job)["image"]["status"] == "active"


@pytest.mark.parametrize("how", ["password", "aksk"])
def test_a_submission_whose_proof_is_refused_again_has_begun_nothing(cloud, copy, as_user, how):
    as_user(how=how)
    cloud.fault(operation=COPY, do="respond", status=401, body={"error_code": "APIGW.0301"}, times=None)

    result = copy()

    assert (result["failed"], result["error"]["code"], result["changed"]) == (True, "APIGW.0301", False)
    assert len(cloud.copies()) == (2 if how == "password" else 1)
    cloud.clear_faults()
    assert copy(wait=False)["action"] == "submitted", "and the next run need not look for anything"


def test_a_refused_password_is_told_without_it(cloud, copy, as_user, monkeypatch):
    as_user(how="password")
    monkeypatch.setenv("HW_USER_PASSWORD", "not-the-Passw0rd")

    result = copy()

    assert (result["failed"], result["error"]["stage"], result["error"]["http_status"]) == (True, "authenticate", 401)
    assert "not-the-Passw0rd" not in str(result)
    assert len(cloud.journal(operation="CreateToken")) == 1


def test_a_caller_who_may_only_read_is_told_so_and_nothing_is_begun(cloud, copy, as_user):
    as_user("reader")

    result = copy()

    assert (result["failed"], result["error"]["http_status"], result["changed"]) == (True, 403, False)
    assert [request["took_effect"] for request in cloud.mutations()] == [False]
