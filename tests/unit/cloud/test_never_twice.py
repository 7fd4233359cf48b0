# SPDX-License-Identifier: GPL-3.0-or-later
"""The request that begins a copy cannot be taken back and has no token: it is sent at most once per decision."""

from __future__ import annotations

import pytest

COPY = "CopyImageCrossRegion"

# The last two have given up waiting, whatever became of it.
NOT_TOLD = (500, 502, 503, 504, 408, 499)
LOST_REPLIES = [
    pytest.param({"do": "drop"}, id="connection dropped"),
    *[pytest.param({"do": "respond", "status": status}, id=f"HTTP {status}") for status in NOT_TOLD],
    pytest.param({"do": "respond", "status": 503, "body": "<html>bad gateway</html>"}, id="a proxy's page"),
    pytest.param({"do": "respond", "status": 200, "body": {}}, id="no job in the answer"),
    pytest.param({"do": "respond", "status": 200, "body": "<html>welcome</html>"}, id="HTML instead of JSON"),
]
BUSY = [
    pytest.param(400, {"error": {"code": code, "message": "try again later"}}, id=code)
    for code in ("IMG.0060", "IMG.0148", "IMG.0149")
] + [pytest.param(429, {"error_code": "APIGW.0308", "error_msg": "too many requests"}, id="429")]


@pytest.mark.parametrize("fault", LOST_REPLIES)
def test_when_the_reply_to_a_copy_that_began_is_lost_it_is_found_and_waited_for(cloud, copy, warnings, replicas, fault):
    cloud.fault(operation=COPY, effect=True, **fault)

    result = copy()

    assert "failed" not in result
    assert (result["changed"], result["action"]) == (True, "submitted")
    assert result["image"]["status"] == "active"
    assert any("was lost" in warning for warning in warnings)
    assert len(cloud.copies()) == 1
    assert len(replicas()) == 1


@pytest.mark.parametrize("fault", LOST_REPLIES)
def test_when_the_reply_is_lost_and_nothing_began_the_task_fails_and_says_that_it_cannot_know(
    cloud, copy, clock, fault
):
    cloud.fault(operation=COPY, effect=False, **fault)

    result = copy(confirm_timeout=60)

    assert result["failed"] is True
    assert "may or may not have begun" in result["msg"]
    assert result["error"]["stage"] == "submit"
    assert result["image"] is None
    assert clock.monotonic() == pytest.approx(60, abs=5)
    assert len(cloud.copies()) == 1


def test_an_answer_that_does_not_come_to_its_end_in_time_counts_as_lost(cloud, copy, replicas):
    cloud.fault(operation=COPY, do="drip", seconds=0.6)

    result = copy(request_timeout=0.3)

    assert (result["changed"], result["action"]) == (True, "submitted")
    assert len(cloud.copies()) == len(replicas()) == 1


def test_half_an_answer_counts_as_lost(cloud, copy, replicas):
    cloud.fault(operation=COPY, do="mangle")

    result = copy()

    assert (result["changed"], result["action"]) == (True, "submitted")
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_copy_whose_reply_was_lost_is_found_though_it_shows_only_after_a_while(cloud, copy, replicas):
    cloud.switch(replica_visible="late", origin_written="at_end", replica_delay=90)
    cloud.fault(operation=COPY, do="drop", effect=True)

    result = copy()

    assert result["image"]["status"] == "active"
    assert len(cloud.copies()) == len(replicas()) == 1


@pytest.mark.parametrize("wait_timeout", [0, 30])
def test_a_short_time_to_wait_does_not_cut_the_search_for_a_copy_short(cloud, copy, clock, wait_timeout):
    cloud.switch(replica_visible="late", replica_delay=60)
    cloud.fault(operation=COPY, do="drop", effect=True)
    cloud.fault(operation=COPY, do="drop", effect=False)

    shown = copy(wait_timeout=wait_timeout)
    lost = copy(wait_timeout=wait_timeout, name="another")

    assert (shown["timed_out"], shown["changed"]) == (True, True)
    assert shown["image"]["status"] in ("queued", "saving")
    assert (lost["timed_out"], lost["error"]["stage"]) == (False, "submit")
    assert "may or may not have begun" in lost["msg"]


def test_even_without_waiting_for_it_a_copy_whose_reply_was_lost_is_looked_for(cloud, copy):
    cloud.switch(replica_visible="late", replica_delay=20)
    cloud.fault(operation=COPY, do="drop", effect=True)

    result = copy(wait=False)

    assert result["image"]["status"] in ("queued", "saving")
    assert result["action"] == "submitted"


def test_trouble_while_looking_for_a_copy_whose_reply_was_lost_is_not_taken_for_its_absence(cloud, copy, replicas):
    cloud.fault(operation=COPY, do="drop", effect=True)
    cloud.fault(operation="ListImages", region="cn-south-1", do="respond", status=503, skip=2, times=12)

    result = copy()

    assert result["image"]["status"] == "active"
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_run_after_an_uncertain_one_takes_up_what_has_shown_meanwhile(cloud, copy, clock, replicas):
    cloud.switch(replica_visible="late", replica_delay=600, copy_base_seconds=900)
    cloud.fault(operation=COPY, do="drop", effect=True)
    assert "may or may not have begun" in copy()["msg"]
    clock.advance(600)

    result = copy()

    assert (result["changed"], result["action"]) == (False, "waited")
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_run_after_an_uncertain_one_submits_when_nothing_has_shown_and_says_what_it_knows(
    cloud, copy, warnings, replicas
):
    cloud.fault(operation=COPY, do="drop", effect=False)
    copy()

    result = copy()

    assert result["action"] == "submitted"
    assert any("never showed" in warning for warning in warnings)
    assert len(replicas()) == 1


def test_a_run_within_the_time_of_grace_looks_for_the_copy_before_it_submits_one(cloud, copy, killed, clock, replicas):
    cloud.switch(replica_visible="late", replica_delay=60)
    cloud.fault(operation=COPY, do="drop", effect=True)
    assert killed(at=0)

    result = copy()

    assert (result["changed"], result["action"]) == (False, "waited")
    assert len(cloud.copies()) == len(replicas()) == 1


@pytest.mark.parametrize(("status", "body"), BUSY)
def test_when_the_service_says_not_now_the_submission_is_tried_again(cloud, copy, clock, replicas, status, body):
    cloud.fault(operation=COPY, do="respond", status=status, body=body, times=3)

    result = copy()

    assert (result["changed"], result["action"]) == (True, "submitted")
    assert [request["took_effect"] for request in cloud.copies()] == [False, False, False, True]
    assert len(replicas()) == 1
    waits = clock.sleeps[:3]
    assert min(waits) > 1
    assert waits[0] < waits[2], "the pauses grow"


@pytest.mark.parametrize(("status", "body"), [*BUSY, pytest.param(401, {"error_code": "APIGW.0307"}, id="401")])
def test_a_copy_that_began_though_the_service_said_not_now_is_found_and_waited_for(
    cloud, copy, as_user, replicas, status, body
):
    as_user(how="password")
    cloud.fault(operation=COPY, do="respond", status=status, body=body, effect=True)

    result = copy()

    assert result["image"]["status"] == "active"
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_retry_after_is_waited_for(cloud, copy):
    cloud.fault(operation=COPY, do="respond", status=429, headers={"Retry-After": "100"})

    copy()

    first, second = (request["at"] for request in cloud.copies())
    assert second - first == pytest.approx(100, abs=1)


def test_a_service_that_goes_on_saying_not_now_is_given_up_when_the_time_is_over(cloud, copy, clock):
    cloud.fault(operation=COPY, do="respond", status=400, body={"error": {"code": "IMG.0149"}}, times=None)

    result = copy(wait_timeout=300)

    assert result["failed"] is True
    assert result["error"]["code"] == "IMG.0149"
    assert clock.monotonic() == pytest.approx(300, abs=1)
    assert (result["changed"], result["action"], result["job"]) == (False, "none", None)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "IMG.0151"), (400, "IMG.0009"), (403, "APIGW.0302"), (404, "APIGW.0101"), (409, "X.1")]
)
def test_another_refusal_is_final_and_is_told_with_its_code_and_request_id(cloud, copy, clock, status, code):
    body = {"error": {"code": code, "message": "no"}}
    cloud.fault(operation=COPY, do="respond", status=status, body=body, headers={"X-Request-Id": "ab" * 16}, times=None)

    result = copy()

    assert result["failed"] is True
    assert result["error"]["stage"] == "submit"
    assert (result["error"]["code"], result["error"]["http_status"]) == (code, status)
    assert code in result["msg"]
    assert "ab" * 16 in result["msg"]
    assert clock.sleeps == []
    assert len(cloud.copies()) == 1


def test_after_a_refusal_the_next_run_submits_at_once(cloud, copy, clock):
    cloud.fault(operation=COPY, do="respond", status=400, body={"error": {"code": "IMG.0151"}})
    copy()

    result = copy(wait=False)

    assert result["action"] == "submitted"
    assert clock.sleeps == []


def test_a_redirect_is_refused_and_nothing_is_sent_where_it_points(cloud, copy):
    target = f"{cloud.base_url}/ims/eu-west-101/elsewhere"
    cloud.fault(operation=COPY, do="respond", status=307, headers={"Location": target}, times=None)

    result = copy()

    assert "redirected" in result["msg"]
    assert cloud.journal(region="eu-west-101") == []
    assert len(cloud.copies()) == 1


@pytest.mark.parametrize("status", [302, 303])
def test_a_redirect_after_a_copy_has_begun_is_looked_behind(cloud, copy, replicas, status):
    cloud.fault(operation=COPY, do="respond", status=status, headers={"Location": "/v1/jobs/1"}, effect=True)

    result = copy()

    assert (result["changed"], result["image"]["status"]) == (True, "active")
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_replica_that_lists_show_by_turns_is_not_copied_again(cloud, migrate, replicas):
    images = [{"image_name": "ubuntu-22.04-web"}, {"image_name": "debian-12-db"}]
    migrate(images=images)
    for skip in (0, 2):
        cloud.fault(
            operation="ListImages", region="cn-south-1", do="respond", status=200, body={"images": []}, skip=skip
        )

    result = migrate(images=images, ledger="none")

    assert [entry["status"] for entry in result["results"]] == ["present", "present"]
    assert len(cloud.copies()) == 2


def test_an_answer_that_says_the_service_failed_inside_is_not_taken_for_a_refusal(cloud, copy, replicas):
    body = {"error": {"code": "IMG.0061", "message": "unknown system error"}}
    cloud.fault(operation=COPY, do="respond", status=400, body=body, effect=True)

    result = copy()

    assert result["image"]["status"] == "active"
    assert len(cloud.copies()) == len(replicas()) == 1
