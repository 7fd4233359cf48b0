# SPDX-License-Identifier: GPL-3.0-or-later
"""An attempt whose reply was lost and which failed later has failed: it is repeated, and what is said of it is true."""

from __future__ import annotations

import pytest

COPY = "CopyImageCrossRegion"
WEB = "ubuntu-22.04-web"


def fails_after(cloud, seconds, **more):
    """The next copy fails, and leaves a killed image."""
    outcome = {"status": "FAIL", "error_code": "IMG.0061", "fail_reason": "disk broke", "seconds": seconds, "at": 1.0}
    cloud.outcome(name=WEB, **outcome, **more)


def killed(cloud):
    return [image["id"] for image in cloud.images("cn-south-1") if image["status"] == "killed"]


SHOWN = [
    pytest.param({"replica_visible": "at_once"}, id="seen under way"),
    pytest.param({"replica_visible": "at_once", "origin_written": "at_end"}, id="seen under way, without an origin"),
    pytest.param({"replica_visible": "late", "replica_delay": 40}, id="never seen under way"),
    pytest.param(
        {"replica_visible": "late", "replica_delay": 40, "origin_written": "at_end"},
        id="never seen under way, without an origin",
    ),
]


@pytest.mark.parametrize("switches", SHOWN)
@pytest.mark.parametrize("wait_interval", [7, 25])
def test_a_copy_whose_reply_was_lost_and_which_fails_then_is_made_by_the_second_attempt(
    cloud, migrate, warnings, replicas, switches, wait_interval
):
    cloud.switch(**switches)
    cloud.fault(operation=COPY, do="drop", effect=True)
    fails_after(cloud, 30)

    result = migrate(images=[{"image_name": WEB}], max_attempts=2, wait_interval=wait_interval)

    (entry,) = result["results"]
    assert "failed" not in result
    assert (entry["status"], entry["action"], entry["attempts"]) == ("copied", "submitted", 2)
    assert entry["image"]["status"] == "active"
    assert [request["took_effect"] for request in cloud.copies()] == [True, True]
    assert len(replicas()) == 1
    (leftover,) = killed(cloud)
    told = "\n".join(warnings)
    assert "The answer to the submission was lost" in told
    assert "Attempt 1 failed and is repeated: " in told
    assert f"image {leftover}, the replica of the copy that this run submitted, was killed" in told
    assert f"The killed image {leftover}" in told
    assert "not shown" not in told
    assert "earlier run" not in told


@pytest.mark.parametrize("switches", SHOWN)
def test_without_another_attempt_it_has_failed_and_not_merely_failed_to_show(cloud, copy, switches):
    cloud.switch(**switches)
    cloud.fault(operation=COPY, do="drop", effect=True)
    fails_after(cloud, 30)

    result = copy()

    (leftover,) = killed(cloud)
    assert result["failed"] is True
    assert (result["changed"], result["action"]) == (True, "submitted")
    assert f"image {leftover}, the replica of the copy that this run submitted, was killed" in result["msg"]
    assert result["error"]["stage"] == "wait"
    assert len(cloud.copies()) == 1


@pytest.mark.parametrize("effect", [True, False])
def test_a_killed_image_that_was_there_before_is_not_taken_for_what_became_of_it(
    cloud, migrate, copy, replicas, effect
):
    fails_after(cloud, 30)
    copy()
    (leftover,) = killed(cloud)
    cloud.switch(replica_visible="late", replica_delay=40)
    cloud.clear_journal()
    cloud.fault(operation=COPY, do="drop", effect=effect)

    result = migrate(images=[{"image_name": WEB}], max_attempts=2)

    (entry,) = result["results"]
    assert killed(cloud) == [leftover]
    assert (entry["status"], entry["attempts"]) == ("copied" if effect else "failed", 1)
    assert effect or "may or may not have begun" in entry["error"]["message"]
    assert [request["took_effect"] for request in cloud.copies()] == [effect]
    assert len(replicas()) == effect


def test_a_second_attempt_whose_reply_is_lost_as_well_is_told_from_the_first(cloud, migrate, warnings, replicas):
    cloud.switch(replica_visible="late", replica_delay=40)
    cloud.fault(operation=COPY, do="drop", effect=True, times=2)
    fails_after(cloud, 30, times=2)

    result = migrate(images=[{"image_name": WEB}], max_attempts=3)

    (entry,) = result["results"]
    assert (entry["status"], entry["attempts"]) == ("copied", 3)
    assert [request["took_effect"] for request in cloud.copies()] == [True] * 3
    first, second = killed(cloud)
    assert any("Attempt 1 failed" in text and first in text for text in warnings)
    assert any("Attempt 2 failed" in text and second in text for text in warnings)
    assert len(replicas()) == 1


def test_a_second_attempt_that_the_service_refuses_counts_and_the_first_is_not_forgotten(cloud, migrate):
    fails_after(cloud, 30)
    body = {"error": {"code": "IMG.0151", "message": "no"}}
    cloud.fault(operation=COPY, do="respond", status=400, body=body, skip=1)

    result = migrate(images=[{"image_name": WEB}], max_attempts=2)

    (entry,) = result["results"]
    assert (entry["status"], entry["action"], entry["attempts"]) == ("failed", "submitted", 2)
    assert entry["error"]["code"] == "IMG.0151"
    assert result["changed"] is True


@pytest.mark.parametrize("effect", [True, False])
def test_what_the_first_attempt_left_is_not_taken_for_what_became_of_the_second(cloud, migrate, replicas, effect):
    cloud.switch(replica_visible="late", replica_delay=40)
    fails_after(cloud, 30)
    cloud.fault(operation=COPY, do="drop", effect=effect, skip=1)

    result = migrate(images=[{"image_name": WEB}], max_attempts=3)

    (entry,) = result["results"]
    assert len(killed(cloud)) == 1
    assert (entry["status"], entry["attempts"]) == ("copied" if effect else "failed", 2)
    assert [request["took_effect"] for request in cloud.copies()] == [True, effect]
    assert len(replicas()) == effect
