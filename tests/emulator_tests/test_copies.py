# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The life of a copy: job and replica through time, and every end that can be scripted."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import seed, seed_images
from tests.emulator.testing import ControlError, Emulator
from tests.emulator_tests.api import NORTH, SOUTH, Api, code

WEB = seed_images.UBUNTU_WEB
# 30 s and 20 s for each of its 3 GiB.
WHOLE = 90


def test_the_replica_goes_from_queued_through_saving_to_active(emulator: Emulator, api: Api) -> None:
    job_id = api.submit(WEB)
    seen = []
    for seconds in (0, 10, WHOLE - 11, 1):
        emulator.advance(seconds)
        [replica] = api.images(SOUTH, name="replica")
        job = api.job(job_id)
        seen.append((replica["status"], job["status"], bool(job["end_time"]), "__image_size" in replica))
    assert seen == [
        ("queued", "INIT", False, False),
        ("saving", "RUNNING", False, False),
        ("saving", "RUNNING", False, False),
        ("active", "SUCCESS", True, True),
    ]


def test_the_percentage_never_falls_and_is_whole_only_at_the_end(emulator: Emulator, api: Api) -> None:
    job_id = api.submit(WEB)
    percents = []
    for _step in range(11):
        percents.append(api.job(job_id)["entities"]["process_percent"])
        emulator.advance(WHOLE / 10)
    assert percents == sorted(percents)
    assert percents[0] == 0
    assert percents[-2] == pytest.approx(0.9)
    assert percents[-1] == 1


def test_a_replica_takes_over_the_system_but_not_tags_and_memory(emulator: Emulator, api: Api) -> None:
    emulator.patch_image(WEB, min_ram=2048, max_ram="8192")
    api.submit(WEB, description="told by the caller")
    emulator.advance(WHOLE)
    source, replica = emulator.image("ubuntu-22.04-web"), emulator.image("replica", SOUTH)
    for same in ("__os_type", "__os_version", "__platform", "min_disk", "disk_format", "architecture", "__image_size"):
        assert replica[same] == source[same], same
    assert (replica["tags"], replica["min_ram"], replica["max_ram"]) == ([], 0, "0")
    assert replica["__description"] == "told by the caller"
    assert replica["id"] != source["id"]
    assert replica["__data_origin"] == f"image,{NORTH},{WEB}"
    assert replica["__originalimagename"] == WEB
    assert replica["active_at"] > replica["created_at"]


def test_a_replica_of_a_whole_server_has_a_backup_of_its_own(emulator: Emulator, api: Api) -> None:
    api.submit(seed_images.FULL_ECS_ERP, vault_id=seed.VAULT_GOOD)
    emulator.advance(1000)
    replica = emulator.image("replica", SOUTH)
    assert replica["__whole_image"] == "true"
    assert replica["__backup_id"] not in ("", emulator.image("full-ecs-erp")["__backup_id"])


def test_a_larger_image_takes_longer(emulator: Emulator, api: Api) -> None:
    small, large = api.submit(WEB, name="small"), api.submit(seed_images.DEBIAN_DB, name="large")
    emulator.advance(WHOLE)
    assert (api.job(small)["status"], api.job(large)["status"]) == ("SUCCESS", "RUNNING")
    emulator.advance(30 + 12 * 20 - WHOLE)
    assert api.job(large)["status"] == "SUCCESS"


def test_the_same_request_twice_makes_two_copies(emulator: Emulator, api: Api) -> None:
    assert api.submit(WEB) != api.submit(WEB)
    emulator.advance(WHOLE)
    assert [raw["status"] for raw in emulator.images(SOUTH) if raw["name"] == "replica"] == ["active", "active"]


def test_a_copy_goes_to_a_sub_project(emulator: Emulator, api: Api) -> None:
    api.submit(WEB, project_name="cn-south-1_apps")
    emulator.advance(WHOLE)
    assert api.names(SOUTH, "cn-south-1_apps") == {"replica"}
    assert "replica" not in api.names(SOUTH)


def test_a_job_is_known_only_to_its_source_project(emulator: Emulator, api: Api) -> None:
    job_id = api.submit(WEB)
    for region, project in ((SOUTH, SOUTH), (NORTH, "cn-north-4_build")):
        reply = api.ims("GET", f"/v1/cloudimages/job/{job_id}", region, project)
        assert code(reply) == (400, "IMG.0023")
    assert code(api.ims("GET", f"/v1/{'0' * 32}/jobs/{job_id}")) == (400, "IMG.0030")


def test_a_failed_copy_leaves_a_killed_image_that_names_its_origin(emulator: Emulator, api: Api) -> None:
    emulator.outcome(image_id=WEB, status="FAIL", error_code="IMG.0061", fail_reason="disk trouble", at=0.5)
    job_id = api.submit(WEB)
    emulator.advance(WHOLE / 2 - 1)
    assert api.job(job_id)["status"] == "RUNNING"
    emulator.advance(1)
    job = api.job(job_id)
    assert (job["status"], job["error_code"], job["fail_reason"]) == ("FAIL", "IMG.0061", "disk trouble")
    assert job["entities"]["process_percent"] == pytest.approx(0.5, abs=0.01)
    [leftover] = api.images(SOUTH, name="replica")
    assert (leftover["status"], leftover["__data_origin"]) == ("killed", f"image,{NORTH},{WEB}")


def test_a_failed_copy_may_leave_nothing(emulator: Emulator, api: Api) -> None:
    emulator.outcome(name="ubuntu-22.04-web", status="FAIL", leftover="none")
    api.submit(WEB)
    assert api.names(SOUTH, name="replica") == {"replica"}
    emulator.advance(WHOLE)
    assert api.names(SOUTH, name="replica") == set()


def test_a_failed_copy_gives_its_slot_back(emulator: Emulator, api: Api) -> None:
    emulator.switch(slots=1)
    emulator.outcome(image_id=WEB, status="FAIL", at=0.1)
    api.submit(WEB)
    emulator.advance(WHOLE / 10)
    api.submit(WEB)


def test_an_outcome_holds_for_as_many_copies_as_it_says(emulator: Emulator, api: Api) -> None:
    emulator.outcome(image_id=WEB, status="FAIL", times=2)
    jobs = [api.submit(WEB, name=f"try-{number}") for number in range(3)]
    other = api.submit(seed_images.CENTOS_LEGACY, name="other")
    emulator.advance(WHOLE)
    assert [api.job(job)["status"] for job in (*jobs, other)] == ["FAIL", "FAIL", "SUCCESS", "SUCCESS"]


def test_an_outcome_sets_the_duration(emulator: Emulator, api: Api) -> None:
    emulator.outcome(image_id=WEB, seconds=7)
    job_id = api.submit(WEB)
    emulator.advance(7)
    assert api.job(job_id)["status"] == "SUCCESS"


def test_an_outcome_makes_a_replica_that_is_none(emulator: Emulator, api: Api) -> None:
    emulator.outcome(image_id=WEB, replica={"__os_type": "Windows", "__image_size": "1", "architecture": None})
    api.submit(WEB)
    [replica] = api.images(SOUTH, name="replica")
    assert replica["__os_type"] == "Windows"
    assert "__image_size" not in replica
    emulator.advance(WHOLE)
    [replica] = api.images(SOUTH, name="replica")
    assert (replica["__os_type"], replica["__image_size"], replica["status"]) == ("Windows", "1", "active")
    assert "architecture" not in replica


def test_a_stuck_job_never_ends(emulator: Emulator, api: Api) -> None:
    emulator.outcome(image_id=WEB, stuck_at="RUNNING", at=0.4)
    job_id = api.submit(WEB)
    emulator.advance(80_000)
    job = api.job(job_id)
    assert (job["status"], job["entities"]["process_percent"], job["end_time"]) == ("RUNNING", 0.4, "")
    assert emulator.jobs()[0]["end"] is None


def test_a_job_may_show_a_status_that_nobody_knows(emulator: Emulator, api: Api) -> None:
    emulator.outcome(image_id=WEB, job_status="SOMETHING_NEW")
    job_id = api.submit(WEB)
    emulator.advance(WHOLE / 2)
    assert api.job(job_id)["status"] == "SOMETHING_NEW"
    emulator.advance(WHOLE / 2)
    assert api.job(job_id)["status"] == "SUCCESS"


@pytest.mark.parametrize(
    "wrong",
    [{"status": "FAIL"}, {"name": "x", "status": "LOST"}, {"name": "x", "where": "nowhere"}, {"name": "x", "typo": 1}],
)
def test_an_outcome_that_makes_no_sense_is_refused(emulator: Emulator, wrong: dict[str, t.Any]) -> None:
    with pytest.raises(ControlError):
        emulator.outcome(**wrong)


def test_a_running_copy_cannot_be_deleted_and_counts_against_the_quota(emulator: Emulator, api: Api) -> None:
    api.submit(WEB)
    [replica] = api.images(SOUTH, name="replica")
    assert code(api.ims("DELETE", f"/v2/images/{replica['id']}", SOUTH)) == (400, "IMG.0090")
    [resource] = api.ims("GET", "/v1/cloudimages/quota", SOUTH).json()["quotas"]["resources"]
    assert resource["used"] == 3
