# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each switch in either position: behaviour that the public reference leaves open."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import seed_images, switches
from tests.emulator.testing import ControlError, Emulator
from tests.emulator_tests.api import NORTH, SOUTH, Api, code

WEB = seed_images.UBUNTU_WEB


def show(api: Api, image_id: str, region: str = NORTH) -> dict[str, t.Any]:
    shown: dict[str, t.Any] = api.ims("GET", f"/v2/images/{image_id}", region).json()
    return shown


def test_the_first_position_is_the_default(emulator: Emulator) -> None:
    positions = emulator.control("GET", "/switches")
    expected = {name: choices[0] for name, choices in switches.CHOICES.items()}
    assert positions == {**expected, **switches.FLAGS, **switches.NUMBERS}


@pytest.mark.parametrize(
    "wrong", [{"no_such": 1}, {"booleans": "sideways"}, {"slots": "many"}, {"slots": -1}, {"page_info": "perhaps"}]
)
def test_a_position_that_does_not_exist_is_refused(emulator: Emulator, wrong: dict[str, t.Any]) -> None:
    with pytest.raises(ControlError):
        emulator.switch(**wrong)


def test_the_replica_is_visible_at_once(emulator: Emulator, api: Api) -> None:
    api.submit(WEB)
    assert api.names(SOUTH, name="replica") == {"replica"}


def test_the_replica_is_visible_late_though_the_job_names_it(emulator: Emulator, api: Api) -> None:
    emulator.switch(replica_visible="late", replica_delay=50)
    replica_id = api.job(api.submit(WEB))["entities"]["image_id"]
    emulator.advance(49)
    assert api.names(SOUTH, name="replica") == set()
    assert api.ims("GET", f"/v2/images/{replica_id}", SOUTH).status_code == 404
    assert replica_id in {raw["id"] for raw in emulator.images(SOUTH)}
    emulator.advance(1)
    assert api.names(SOUTH, name="replica") == {"replica"}


@pytest.mark.parametrize(("position", "early"), [("at_once", f"image,{NORTH},{WEB}"), ("at_end", None)])
def test_the_origin_is_written_when_the_switch_says(
    emulator: Emulator, api: Api, position: str, early: str | None
) -> None:
    emulator.switch(origin_written=position)
    api.submit(WEB)
    assert emulator.image("replica", SOUTH).get("__data_origin") == early
    emulator.advance(90)
    assert emulator.image("replica", SOUTH)["__data_origin"] == f"image,{NORTH},{WEB}"


@pytest.mark.parametrize(("position", "early"), [("early", True), ("late", False)])
def test_the_job_names_the_replica_when_the_switch_says(
    emulator: Emulator, api: Api, position: str, early: bool
) -> None:
    emulator.switch(job_image_id=position)
    job_id = api.submit(WEB)
    assert ("image_id" in api.job(job_id)["entities"]) == early
    emulator.advance(90)
    assert api.job(job_id)["entities"]["image_id"] == emulator.image("replica", SOUTH)["id"]


def test_names_may_repeat_or_not(emulator: Emulator, api: Api) -> None:
    api.submit(WEB, name="occupied-name")
    emulator.switch(unique_names=True)
    assert code(api.copy(WEB, name="occupied-name")) == (400, "IMG.0009")
    assert api.copy(WEB, name="occupied-name", project_name="cn-south-1_apps").status_code == 200


def test_a_killed_leftover_does_not_hold_its_name(emulator: Emulator, api: Api) -> None:
    emulator.switch(unique_names=True)
    emulator.outcome(image_id=WEB, status="FAIL")
    api.submit(WEB)
    emulator.advance(90)
    api.submit(WEB)


@pytest.mark.parametrize(
    ("position", "registered", "lazy", "market"),
    [
        ("mixed", "true", "True", True),
        ("lower", "true", "true", "true"),
        ("upper", "True", "True", "True"),
        ("native", True, True, True),
    ],
)
def test_booleans_are_worded_as_the_switch_says(
    emulator: Emulator, api: Api, position: str, registered: t.Any, lazy: t.Any, market: t.Any
) -> None:
    emulator.switch(booleans=position)
    shown = show(api, WEB)
    assert [shown["__isregistered"], shown["__lazyloading"], shown["__system_support_market"]] == [
        registered,
        lazy,
        market,
    ]
    assert shown["protected"] is False
    assert "ubuntu-22.04-web" in api.names(__isregistered="true")


@pytest.mark.parametrize(
    ("position", "expected"),
    [("mixed", ["3221225472", 40, "0"]), ("string", ["3221225472", "40", "0"]), ("integer", [3221225472, 40, 0])],
)
def test_sizes_are_typed_as_the_switch_says(emulator: Emulator, api: Api, position: str, expected: list[t.Any]) -> None:
    emulator.switch(sizes=position)
    shown = show(api, WEB)
    assert [shown["__image_size"], shown["min_disk"], shown["max_ram"]] == expected


@pytest.mark.parametrize(("position", "listed"), [("shared", False), ("private", True)])
def test_an_own_image_that_is_shared_out_is_listed_as_the_switch_says(
    emulator: Emulator, api: Api, position: str, listed: bool
) -> None:
    emulator.switch(shared_out_as=position)
    assert ("shared-out-base" in api.names(__imagetype="private")) == listed
    assert ("shared-out-base" in api.names(__imagetype="shared")) != listed
    assert "partner-image" in api.names(__imagetype="shared")


def test_page_info_is_sent_only_if_asked_for(emulator: Emulator, api: Api) -> None:
    assert "page_info" not in api.ims("GET", "/v2/cloudimages", params={"limit": 2}).json()
    emulator.switch(page_info=True)
    page = api.ims("GET", "/v2/cloudimages", params={"limit": 2}).json()
    assert page["page_info"] == {"next_marker": page["images"][-1]["id"]}
    assert api.ims("GET", "/v2/cloudimages", SOUTH).json()["page_info"] == {}


def test_a_page_is_capped_by_the_server(emulator: Emulator, api: Api) -> None:
    emulator.switch(page_limit=4)
    assert len(api.images(limit=100)) == 4


def test_the_progress_interface_may_be_missing(emulator: Emulator, api: Api) -> None:
    job_id = api.submit(WEB)
    emulator.switch(progress_endpoint=False)
    assert code(api.ims("GET", f"/v1/cloudimages/job/{job_id}")) == (404, "APIGW.0101")
    project = emulator.image("ubuntu-22.04-web")["owner"]
    assert api.ims("GET", f"/v1/{project}/jobs/{job_id}").json()["job_id"] == job_id


def test_too_many_requests_are_throttled_until_the_minute_is_over(emulator: Emulator, api: Api) -> None:
    api.token(NORTH)
    emulator.switch(requests_per_minute=2)
    api.images()
    emulator.advance(30)
    api.images()
    throttled = api.ims("GET", "/v2/cloudimages")
    assert code(throttled) == (429, "APIGW.0308")
    assert "Retry-After" not in throttled.headers
    emulator.switch(retry_after=True)
    assert api.ims("GET", "/v2/cloudimages").headers["Retry-After"] == "30"
    emulator.advance(30)
    api.images()


def test_a_throttled_copy_does_not_begin(emulator: Emulator, api: Api) -> None:
    api.token(NORTH)
    emulator.switch(requests_per_minute=0)
    assert code(api.copy(WEB)) == (429, "APIGW.0308")
    assert emulator.jobs() == []


@pytest.mark.parametrize(("position", "tags"), [(False, []), (True, ["env=prod", "role=web"])])
def test_tags_are_copied_if_the_switch_says_so(emulator: Emulator, api: Api, position: bool, tags: list[str]) -> None:
    emulator.switch(copies_tags=position)
    api.submit(WEB)
    assert emulator.image("replica", SOUTH)["tags"] == tags


def test_a_token_lives_as_long_as_the_switch_says(emulator: Emulator, api: Api) -> None:
    emulator.switch(token_lifetime=100)
    api.images()
    emulator.advance(99)
    api.images()
    emulator.advance(1)
    assert code(api.ims("GET", "/v2/cloudimages")) == (401, "APIGW.0307")


def test_the_number_of_slots_and_the_duration_are_set(emulator: Emulator, api: Api) -> None:
    emulator.switch(slots=1, copy_base_seconds=5, copy_seconds_per_gib=1)
    job_id = api.submit(WEB)
    assert code(api.copy(WEB)) == (400, "IMG.0149")
    emulator.advance(8)
    assert api.job(job_id)["status"] == "SUCCESS"
