# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tests rely on when they ask the emulator itself: the journal, time, reset, and raw images."""

from __future__ import annotations

import asyncio
import concurrent.futures
import time

import pytest
import requests

from tests.emulator import seed, seed_images
from tests.emulator.testing import ControlError, Emulator, running
from tests.emulator_tests.api import NORTH, SOUTH, Api

WEB = seed_images.UBUNTU_WEB


def test_the_journal_tells_a_copy_in_full(emulator: Emulator, api: Api) -> None:
    emulator.advance(5)
    job_id = api.submit(WEB)
    [entry] = emulator.copies()
    assert entry.pop("seq") > 0
    assert entry == {
        "at": 5.0,
        "service": "ims",
        "region": NORTH,
        "operation": "CopyImageCrossRegion",
        "method": "POST",
        "path": f"/ims/{NORTH}/v1/cloudimages/{WEB}/cross_region_copy",
        "query": [],
        "body": {"name": "replica", "region": SOUTH, "project_name": SOUTH, "agency_name": "ims_copy_image"},
        "status": 200,
        "mutating": True,
        "took_effect": True,
        "caller": "operator",
        "auth": "token",
        "project_id": seed.CN_NORTH_4.id,
        "fault": None,
        "result": job_id,
    }


def test_the_journal_is_filtered_and_emptied(emulator: Emulator, api: Api) -> None:
    api.images(NORTH, limit=1)
    emulator.advance(10)
    api.images(SOUTH)
    assert [entry["region"] for entry in emulator.journal("ListImages")] == [NORTH, SOUTH]
    assert [entry["operation"] for entry in emulator.journal(region=SOUTH)] == ["ListImages"]
    assert emulator.journal("ListImages", NORTH)[0]["query"] == [["limit", "1"]]
    assert [entry["region"] for entry in emulator.journal("ListImages", since=10)] == [SOUTH]
    emulator.clear_journal()
    assert emulator.journal() == []


def test_the_journal_holds_no_secret(emulator: Emulator, api: Api) -> None:
    token = api.token(NORTH)
    api.images()
    [login] = emulator.journal("CreateToken")
    assert login["body"]["auth"]["identity"]["password"]["user"]["password"] == "***"
    assert (login["caller"], login["mutating"]) == ("operator", False)
    written = str(emulator.journal())
    assert token not in written
    assert seed.OPERATOR.password not in written


def test_only_changes_of_ims_are_mutations(emulator: Emulator, api: Api) -> None:
    api.images()
    assert emulator.mutations() == []
    assert [entry["took_effect"] for entry in emulator.journal()] == [False, False]
    api.ims("DELETE", f"/v2/images/{seed_images.ROCKY_BATCH}")
    assert [entry["operation"] for entry in emulator.mutations()] == ["GlanceDeleteImage"]


def test_time_moves_only_when_told_to(emulator: Emulator) -> None:
    assert emulator.now() == emulator.now() == 0
    assert emulator.advance(12.5) == emulator.now() == 12.5
    with pytest.raises(ControlError):
        emulator.advance(-1)


def test_reset_brings_the_beginning_back(emulator: Emulator, api: Api) -> None:
    before = emulator.images()
    api.submit(WEB)
    emulator.delete_image(seed_images.ROCKY_BATCH)
    emulator.patch_image(WEB, name="renamed", tags=["a=b"])
    emulator.switch(slots=1)
    emulator.set_quota(SOUTH, 1)
    emulator.fault(do="drop", times=None)
    emulator.outcome(image_id=WEB, status="FAIL")
    emulator.advance(1000)
    emulator.reset()
    assert emulator.images() == before
    assert (emulator.jobs(), emulator.journal(), emulator.faults(), emulator.now()) == ([], [], [], 0)
    assert emulator.switch()["slots"] == 5
    with Api(emulator) as again:
        job_id = again.submit(WEB)
        emulator.advance(90)
        assert again.job(job_id)["status"] == "SUCCESS"


def test_images_are_added_changed_and_taken_away(emulator: Emulator, api: Api) -> None:
    added = emulator.add_image(SOUTH, "cn-south-1_apps", name="made", __os_type="Windows", status="killed")
    assert (added["owner"], added["status"]) == (seed.CN_SOUTH_1_APPS.id, "killed")
    assert api.names(SOUTH, "cn-south-1_apps") == {"made"}
    changed = emulator.patch_image(added["id"], status="active", __os_type=None)
    assert changed["status"] == "active"
    assert "__os_type" not in emulator.image("made", SOUTH)
    emulator.delete_image(added["id"])
    with pytest.raises(LookupError):
        emulator.image("made", SOUTH)


def test_a_name_that_is_there_twice_is_not_one_image(emulator: Emulator) -> None:
    with pytest.raises(LookupError, match="2 images"):
        emulator.image("twin-image")


def test_what_is_not_there_cannot_be_changed(emulator: Emulator) -> None:
    with pytest.raises(ControlError):
        emulator.patch_image("none", name="x")
    with pytest.raises(ControlError):
        emulator.add_image("mars-1", name="x")
    with pytest.raises(ControlError):
        emulator.add_image(NORTH, project=SOUTH, name="x")
    with pytest.raises(ControlError):
        emulator.control("GET", "/nonsense")


def test_jobs_are_told_from_both_ends(emulator: Emulator, api: Api) -> None:
    emulator.advance(3)
    job_id = api.submit(WEB, project_name="cn-south-1_apps")
    [job] = emulator.jobs()
    assert (job["id"], job["begin"], job["end"], job["caller"], job["foreign"]) == (job_id, 3, 93, "operator", False)
    assert job["source"] == {
        "region": NORTH, "project": NORTH, "project_id": seed.CN_NORTH_4.id, "image_id": WEB,
    }  # fmt: skip
    assert job["destination"]["project"] == "cn-south-1_apps"
    assert job["destination"]["image_id"] == emulator.image("replica", SOUTH)["id"]


def test_many_requests_at_a_time_are_all_answered(
    emulator: Emulator, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, waiting = asyncio.Event(), 0

    async def until_all_are_there(_seconds: float) -> None:
        nonlocal waiting
        waiting += 1
        if waiting == 20:
            together.set()
        await together.wait()

    monkeypatch.setattr("tests.emulator.server.asyncio.sleep", until_all_are_there)
    emulator.fault(operation="ListImages", do="delay", seconds=0.2, times=20)
    token, url = api.token(NORTH), emulator.ims_endpoint.format(region=NORTH) + "/v2/cloudimages"

    def ask(_number: int) -> int:
        with Api(emulator) as mine:
            return mine.session.get(url, headers={"X-Auth-Token": token}, timeout=60).status_code

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(40))) == [200] * 40
    assert waiting == 20


def test_who_takes_it_for_a_proxy_is_answered_whatever_host_he_names(emulator: Emulator) -> None:
    url, proxies = "http://cloud.test/iam/v3/auth/tokens?nocatalog=true", {"http": emulator.base_url}

    answer = requests.post(url, json={}, proxies=proxies, timeout=5)

    (asked,) = emulator.journal()
    assert answer.status_code == asked["status"] == 400
    assert (asked["operation"], asked["path"]) == ("CreateToken", "/iam/v3/auth/tokens")
    assert asked["query"] == [["nocatalog", "true"]]


def test_time_runs_faster_by_its_scale() -> None:
    with running(time_scale=10_000, switches={"slots": 1}) as emulator, Api(emulator) as api:
        assert emulator.switch()["slots"] == 1
        job_id = api.submit(WEB)
        deadline = time.monotonic() + 60
        while emulator.image("replica", SOUTH)["status"] != "active" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert emulator.image("replica", SOUTH)["status"] == "active"
        assert api.job(job_id)["status"] == "SUCCESS"
        emulator.reset()
        assert emulator.switch()["slots"] == 1


@pytest.mark.parametrize(
    ("user", "how", "names"),
    [
        ("operator", "aksk", {"HW_ACCESS_KEY", "HW_SECRET_KEY"}),
        ("operator", "temporary", {"HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"}),
        ("limited", "password", {"HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME"}),
    ],
)
def test_the_environment_of_a_client(emulator: Emulator, user: str, how: str, names: set[str]) -> None:
    variables = emulator.env(user, how)
    assert set(variables) == names | {"HW_AUTH_URL", "HW_IMS_ENDPOINT"}
    assert variables["HW_IMS_ENDPOINT"] == emulator.base_url + "/ims/{region}"


def test_a_user_without_a_temporary_key_has_no_such_environment(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="reader"):
        emulator.env("reader", "temporary")
