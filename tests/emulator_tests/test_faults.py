# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scripted trouble as a client meets it, and whether the request was carried out all the same."""

from __future__ import annotations

import time
import typing as t

import pytest
import requests

from tests.emulator import seed_images
from tests.emulator.testing import ControlError, Emulator
from tests.emulator_tests.api import NORTH, SOUTH, Api

WEB = seed_images.UBUNTU_WEB


def lists(api: Api, times: int) -> list[int]:
    return [api.ims("GET", "/v2/cloudimages").status_code for _time in range(times)]


@pytest.mark.parametrize("effect", [False, True])
def test_a_scripted_answer_replaces_the_real_one(emulator: Emulator, api: Api, effect: bool) -> None:
    emulator.fault(operation="CopyImageCrossRegion", do="respond", status=502, body="<h1>no</h1>", effect=effect)
    reply = api.copy(WEB)
    assert (reply.status_code, reply.text) == (502, "<h1>no</h1>")
    assert reply.headers["Content-Type"].startswith("text/html")
    assert len(reply.headers["X-Request-Id"]) == 32
    assert len(emulator.jobs()) == int(effect)
    [entry] = emulator.copies()
    assert (entry["fault"], entry["status"], entry["took_effect"]) == ("respond", 502, effect)
    assert (entry["result"] is not None) == effect


def test_a_scripted_answer_has_headers_and_json(emulator: Emulator, api: Api) -> None:
    emulator.fault(
        operation="ListImages",
        do="respond",
        status=307,
        headers={"Location": "http://127.0.0.1:9/", "X-Request-Id": "chosen"},
        body={"error_code": "A.1"},
    )
    reply = api.ims("GET", "/v2/cloudimages", allow_redirects=False)
    assert (reply.status_code, reply.headers["Location"]) == (307, "http://127.0.0.1:9/")
    assert (reply.json(), reply.headers["X-Request-Id"]) == ({"error_code": "A.1"}, "chosen")


@pytest.mark.parametrize("effect", [False, True])
def test_a_dropped_connection_before_and_after_the_effect(emulator: Emulator, api: Api, effect: bool) -> None:
    api.token(NORTH)
    emulator.fault(operation="CopyImageCrossRegion", do="drop", effect=effect)
    with pytest.raises(requests.exceptions.ConnectionError):
        api.copy(WEB)
    assert len(emulator.jobs()) == int(effect)
    [entry] = emulator.copies()
    assert (entry["fault"], entry["status"], entry["took_effect"]) == ("drop", None, effect)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The real seconds that the emulator was about to sleep; nobody waits for them."""
    noted: list[float] = []

    async def sleep(seconds: float) -> None:
        noted.append(seconds)

    monkeypatch.setattr("tests.emulator.server.asyncio.sleep", sleep)
    return noted


def test_a_delay_is_real_time_and_then_all_is_well(emulator: Emulator, api: Api, slept: list[float]) -> None:
    emulator.fault(operation="CopyImageCrossRegion", do="delay", seconds=0.3)
    api.submit(WEB)
    assert slept == [0.3]
    assert len(emulator.jobs()) == 1


def test_a_client_that_does_not_wait_for_a_delay_does_not_stop_the_copy(emulator: Emulator, api: Api) -> None:
    api.token(NORTH)
    emulator.fault(operation="CopyImageCrossRegion", do="delay", seconds=0.3)
    url = emulator.ims_endpoint.format(region=NORTH) + f"/v1/cloudimages/{WEB}/cross_region_copy"
    body = {"name": "x", "region": SOUTH, "project_name": SOUTH, "agency_name": "ims_copy_image"}
    with pytest.raises(requests.exceptions.ReadTimeout):
        api.session.post(url, json=body, headers={"X-Auth-Token": api.token(NORTH)}, timeout=0.1)
    deadline = time.monotonic() + 60
    while not emulator.jobs() and time.monotonic() < deadline:
        emulator.health()
    assert len(emulator.jobs()) == 1


def test_a_mangled_answer_is_half_of_the_real_one(emulator: Emulator, api: Api) -> None:
    emulator.fault(operation="CopyImageCrossRegion", do="mangle")
    reply = api.copy(WEB)
    assert reply.status_code == 200
    assert reply.text.startswith('{"job')
    with pytest.raises(ValueError, match="Unterminated|Expecting"):
        reply.json()
    assert len(emulator.jobs()) == 1


def test_a_dripped_answer_is_whole_but_slow(emulator: Emulator, api: Api, slept: list[float]) -> None:
    emulator.fault(operation="ShowImageQuota", do="drip", seconds=0.003)
    reply = api.ims("GET", "/v1/cloudimages/quota")
    assert reply.json()["quotas"]["resources"][0]["quota"] == 50
    assert slept == [0.003] * len(reply.content)


def test_a_fault_skips_and_then_happens_as_often_as_it_says(emulator: Emulator, api: Api) -> None:
    emulator.fault(operation="ListImages", do="respond", status=500, skip=1, times=2)
    assert lists(api, 5) == [200, 500, 500, 200, 200]
    [fault] = emulator.faults()
    assert (fault["hits"], fault["matched"]) == (2, 3)


def test_a_fault_for_ever_ends_when_it_is_cleared(emulator: Emulator, api: Api) -> None:
    emulator.fault(operation="ListImages", do="respond", status=500, times=None)
    assert lists(api, 6) == [500] * 6
    emulator.clear_faults()
    assert lists(api, 1) == [200]
    assert emulator.faults() == []


def test_faults_queue_up_in_the_order_in_which_they_were_added(emulator: Emulator, api: Api) -> None:
    emulator.fault(operation="ListImages", do="respond", status=503)
    emulator.fault(operation="ListImages", do="respond", status=429)
    assert lists(api, 3) == [503, 429, 200]


@pytest.mark.parametrize(
    ("condition", "statuses"),
    [
        ({}, [418, 418]),
        ({"region": SOUTH}, [200, 418]),
        ({"service": "iam"}, [200, 200]),
        ({"method": "POST"}, [200, 200]),
        ({"operation": "ShowImageQuota"}, [200, 200]),
        ({"path": "cloudimages$"}, [418, 418]),
        ({"path": "^/ims/cn-north"}, [418, 200]),
    ],
)
def test_a_fault_meets_only_what_its_conditions_name(
    emulator: Emulator, api: Api, condition: dict[str, t.Any], statuses: list[int]
) -> None:
    api.token(NORTH), api.token(SOUTH)
    emulator.fault(**condition, do="respond", status=418, times=None)
    seen = [api.ims("GET", "/v2/cloudimages", region).status_code for region in (NORTH, SOUTH)]
    assert seen == statuses


def test_the_control_interface_is_out_of_reach_of_faults(emulator: Emulator) -> None:
    emulator.fault(do="drop", times=None)
    assert emulator.health()["status"] == "ok"


@pytest.mark.parametrize(
    "wrong",
    [{"do": "explode"}, {"do": "drop", "typo": 1}, {"do": "drop", "match": {"typo": 1}}, {"do": "drop", "path": "("}],
)
def test_a_fault_that_makes_no_sense_is_refused(emulator: Emulator, wrong: dict[str, t.Any]) -> None:
    with pytest.raises(ControlError):
        emulator.fault(**wrong)
