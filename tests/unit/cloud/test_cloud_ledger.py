# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies that are remembered on their source images: for hosts that do not outlive a run, and for several hosts."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import moment, timestamp
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.mark import digits_of, name_of

COPY = "CopyImageCrossRegion"
IMAGE = "ubuntu-22.04-web"
PROJECT = "a1000000000000000000000000000001"
WEB, DB = {"image_name": IMAGE}, {"image_name": "debian-12-db"}
PLACES = [{"region": region, "agency_name": "ims_copy_image"} for region in ("cn-south-1", "cn-east-3")]


@pytest.fixture(autouse=True)
def container(monkeypatch, tmp_path):
    """Each call is a run in a container of its own: nothing that the last one has noted is there."""
    numbers = iter(range(99))
    return lambda: monkeypatch.setenv("HW_IMS_STATE_DIR", str(tmp_path / f"container-{next(numbers)}"))


def marks(cloud, name=IMAGE):
    return {key: value for key, value in cloud.image(name).items() if key.startswith("ims_copy_")}


@pytest.fixture
def mark(cloud, clock):
    """Has another run mark a copy, so many seconds ago."""

    def make(state="pending", job="-", ago=0.0, name=IMAGE, run="0badcafe"):
        source = cloud.image(name)
        at = timestamp(clock.utcnow() - datetime.timedelta(seconds=ago))
        marked = name_of(digits_of(source["id"], PROJECT, name), run)
        cloud.patch_image(source["id"], **{marked: f"{state} {at} {run} {job} -"})

    return make


def test_a_copy_is_marked_before_it_is_submitted_and_its_mark_goes_when_it_has_ended(cloud, copy):
    result = copy(ledger="cloud")

    done = [request["operation"] for request in cloud.mutations()]
    assert (result["changed"], done[0], done[1]) == (True, "UpdateImage", COPY)
    (sent,) = cloud.copies()
    marked = cloud.mutations()[0]
    assert sent["at"] - marked["at"] >= 5
    assert marks(cloud) == {}


def test_while_a_copy_is_under_way_its_mark_names_the_job(cloud, copy):
    job = copy(ledger="cloud", wait=False)["job"]["id"]

    (value,) = marks(cloud).values()
    state, _at, _run, marked, _route = value.split()
    assert (state, marked) == ("submitted", job)


def test_a_run_in_another_container_follows_the_job_of_a_copy_that_does_not_show_yet(cloud, copy, container, replicas):
    cloud.switch(replica_visible="late", replica_delay=600)
    container()
    job = copy(ledger="cloud", wait=False)["job"]["id"]
    container()

    result = copy(ledger="cloud", confirm_timeout=900)

    assert (result["changed"], result["action"], result["job"]["id"]) == (False, "waited", job)
    assert len(cloud.copies()) == len(replicas()) == 1
    assert marks(cloud) == {}


def test_with_the_hosts_notes_alone_another_container_would_copy_again(cloud, copy, container):
    cloud.switch(replica_visible="late", replica_delay=600)
    container()
    copy(wait=False)
    container()
    copy(wait=False)

    assert len(cloud.copies()) == 2


def test_a_run_that_was_killed_before_it_had_the_answer_is_found_from_another_container(
    cloud, copy, killed, container, replicas
):
    cloud.switch(replica_visible="late", replica_delay=60)
    cloud.fault(operation=COPY, do="drop", effect=True)
    container()
    assert killed(at=1, ledger="cloud")
    assert len(cloud.copies()) == 1
    container()

    result = copy(ledger="cloud")

    assert (result["changed"], result["image"]["status"]) == (False, "active")
    assert len(cloud.copies()) == len(replicas()) == 1


@pytest.fixture
def while_settling(clock, monkeypatch):
    """Has something done by another run while this one lets its first mark settle."""

    def arrange(act):
        slept = clock.sleep
        done: list[bool] = []

        def sleep(seconds):
            slept(seconds)
            if not done:
                done.append(True)
                act()

        monkeypatch.setattr(clock, "sleep", sleep)

    return arrange


def test_of_two_runs_that_mark_a_copy_at_a_time_this_one_withdraws(cloud, copy, mark, while_settling):
    while_settling(mark)

    result = copy(ledger="cloud", wait_timeout=60)

    assert (result["failed"], result["error"]["stage"]) == (True, "submit")
    assert "to submit a copy of this image to the same destination (run 0badcafe, since " in result["msg"]
    assert cloud.copies() == []
    assert [value.split()[2] for value in marks(cloud).values()] == ["0badcafe"]


def test_and_takes_up_what_the_other_one_has_made(cloud, copy, mark, while_settling, replicas):
    source = cloud.image(IMAGE)
    alike = {key: source[key] for key in ("name", "__image_size", "min_disk")}

    def made():
        mark()
        cloud.add_image("cn-south-1", **alike, __data_origin=f"image,cn-north-4,{source['id']}")

    while_settling(made)
    result = copy(ledger="cloud")

    assert (result["changed"], result["image"]["status"], cloud.copies()) == (False, "active", [])
    assert len(replicas()) == 1


@pytest.mark.parametrize(("options", "grace"), [({}, 145), ({"confirm_timeout": 30}, 120)])
def test_what_another_run_has_marked_is_looked_for_before_anything_is_submitted(
    cloud, copy, clock, mark, options, grace
):
    # A mark tells whole seconds, so it is made at the beginning of one.
    clock.advance(1.001 - clock.utcnow().microsecond / 1e6)
    mark(ago=20)
    copy(ledger="cloud", **options)

    (sent,) = cloud.copies()
    assert sent["at"] >= grace - 20, "the grace of a mark counts from when it was made"


def test_a_mark_that_an_update_of_another_run_has_lost_is_made_again(cloud, copy, while_settling):
    lost = []

    def lose():
        lost.extend(marks(cloud))
        cloud.patch_image(cloud.image(IMAGE)["id"], **dict.fromkeys(lost))

    while_settling(lose)
    result = copy(ledger="cloud")

    assert (result["changed"], len(lost), len(cloud.copies())) == (True, 1, 1)
    first, second = [request["at"] for request in cloud.mutations() if request["operation"] == "UpdateImage"][:2]
    assert cloud.copies()[0]["at"] - second >= 5 > 0 <= second - first


def test_an_image_that_cannot_be_updated_while_it_is_copied_is_copied_to_one_place_after_the_other(cloud, migrate):
    cloud.switch(patch_while_copying="refused")
    result = migrate(images=[WEB], destinations=PLACES, ledger="cloud", max_concurrent=1)

    assert [entry["status"] for entry in result["results"]] == ["copied", "copied"]
    assert len(cloud.copies()) == 2


def test_a_mark_of_a_run_that_died_is_of_no_account_once_its_time_is_over(cloud, copy, mark):
    mark(ago=121)

    assert copy(ledger="cloud")["changed"] is True
    assert len(cloud.copies()) == 1
    assert marks(cloud) == {}


def test_what_cannot_be_taken_off_while_another_copy_of_the_image_is_under_way_goes_when_the_run_ends(cloud, migrate):
    cloud.switch(patch_while_copying="refused")
    cloud.outcome(name=IMAGE, seconds=300)
    result = migrate(images=[WEB], destinations=PLACES, ledger="cloud")

    assert [entry["status"] for entry in result["results"]] == ["copied", "copied"]
    assert marks(cloud) == {}


def test_of_marks_that_are_taken_off_together_one_that_is_gone_keeps_no_other(cloud, copy, mark, container):
    container()
    copy(ledger="cloud", wait=False)
    mark(ago=500)
    cloud.fault(operation="UpdateImage", do="respond", status=400, body={"error": {"code": "IMG.0035"}})
    container()

    copy(ledger="cloud")

    assert marks(cloud) == {}


def test_who_cannot_prove_who_he_is_has_not_been_told_that_he_may_not_mark(cloud, copy, warnings):
    cloud.fault(operation="UpdateImage", do="respond", status=401, times=None)

    result = copy(ledger="cloud")

    assert (result["failed"], result["error"]["stage"], cloud.copies()) == (True, "authenticate", [])
    assert warnings == []


def test_when_what_a_dead_run_marked_is_given_up_the_mark_of_a_live_one_stays(
    cloud, copy, mark, container, while_settling
):
    cloud.switch(replica_visible="late", replica_delay=900)
    container()
    job = copy(ledger="cloud", wait=False)["job"]["id"]
    submitted, source = marks(cloud), cloud.image(IMAGE)["id"]
    cloud.patch_image(source, **dict.fromkeys(submitted))
    mark(ago=30)
    container()
    while_settling(lambda: cloud.patch_image(source, **submitted))

    result = copy(ledger="cloud", wait=False)

    assert (result["changed"], result["job"]["id"], len(cloud.copies())) == (False, job, 1)
    assert marks(cloud) == submitted


def test_a_job_that_another_host_has_come_to_mark_while_its_copy_was_looked_for_is_followed(
    cloud, copy, container, while_settling
):
    cloud.switch(replica_visible="late", replica_delay=900)
    container()
    job = copy(ledger="cloud", wait=False)["job"]["id"]
    source, ((name, submitted),) = cloud.image(IMAGE)["id"], marks(cloud).items()
    cloud.patch_image(source, **{name: submitted.replace("submitted", "pending").replace(job, "-")})
    container()
    while_settling(lambda: cloud.patch_image(source, **{name: submitted}))

    result = copy(ledger="cloud", wait=False)

    assert (result["changed"], result["job"]["id"], len(cloud.copies())) == (False, job, 1)


def test_the_mark_of_another_copy_means_nothing(cloud, copy):
    source = cloud.image(IMAGE)
    other = name_of(digits_of(source["id"], "elsewhere", IMAGE), "0badcafe")
    cloud.patch_image(source["id"], **{other: "pending 2026-03-01T00:00:00Z 0badcafe -"})

    assert copy(ledger="cloud")["changed"] is True
    assert list(marks(cloud)) == [other]


def test_without_the_right_to_mark_it_is_said_once_and_this_host_remembers(cloud, migrate, warnings, tmp_path):
    cloud.fault(operation="UpdateImage", do="respond", status=403, times=None)

    result = migrate(images=[WEB, DB], ledger="cloud")

    assert [entry["status"] for entry in result["results"]] == ["copied", "copied"]
    assert len([text for text in warnings if "cannot be marked" in text and "ims:images:update" in text]) == 1
    assert len(cloud.journal(operation="UpdateImage")) == 1


def test_check_mode_marks_nothing(cloud, copy, migrate):
    copy(check=True, ledger="cloud")
    migrate(check=True, images=[WEB, DB], ledger="cloud")

    assert cloud.mutations() == []


def test_the_marks_of_the_next_in_line_settle_while_others_are_copied(cloud, migrate):
    migrate(images=[WEB, DB], order="as_listed", ledger="cloud", max_concurrent=1)

    first, second = cloud.copies()
    marked = [request["at"] for request in cloud.mutations() if request["operation"] == "UpdateImage"]
    assert marked[0] <= first["at"] - 5 and marked[1] <= second["at"] - 5


def test_the_mark_of_a_copy_that_waits_for_long_goes_on_saying_that_its_run_lives(cloud, migrate, clock, monkeypatch):
    ages: list[float] = []
    slept = clock.sleep

    def sleep(seconds):
        pending = [value.split()[1] for value in marks(cloud, "debian-12-db").values() if value.startswith("pending")]
        ages.extend((clock.utcnow() - moment(at)).total_seconds() for at in pending)
        slept(seconds)

    monkeypatch.setattr(clock, "sleep", sleep)
    cloud.switch(copy_base_seconds=600)
    migrate(images=[WEB, DB], order="as_listed", ledger="cloud", max_concurrent=1)

    assert len(cloud.copies()) == 2
    assert len(ages) > 20 and max(ages) < 120 * 3 / 4


def test_a_mark_that_was_lost_while_it_waited_is_made_anew_before_its_copy_is_submitted(cloud, migrate, once_submitted):
    cloud.switch(copy_base_seconds=600)
    once_submitted(lambda: lose_marks(cloud, "debian-12-db"), wait=3)

    migrate(images=[WEB, DB], order="as_listed", ledger="cloud", max_concurrent=1)

    _first, second = cloud.copies()
    db = cloud.image("debian-12-db")["id"]
    marked = [one["at"] for one in cloud.mutations() if one["operation"] == "UpdateImage" and db in one["path"]]
    assert [at for at in marked if 5 <= second["at"] - at < 30]


def test_what_a_run_has_marked_and_not_submitted_is_free_for_others_when_it_ends(cloud, migrate):
    migrate(images=[WEB, DB], ledger="cloud", max_concurrent=1, run_for=30)

    assert len(cloud.copies()) == 1
    assert sum(len(marks(cloud, each["image_name"])) for each in (WEB, DB)) == 1


def test_a_no_op_writes_nothing(cloud, copy, container):
    copy(ledger="cloud")
    cloud.clear_journal()
    container()
    copy(ledger="cloud")

    assert cloud.mutations() == []


def test_nothing_is_remembered_where_that_is_asked_for(copy, tmp_path):
    copy(ledger="none", wait=False)

    assert not any(path.suffix == ".json" for path in tmp_path.rglob("*"))


def test_marks_are_no_part_of_an_image_in_a_result(copy):
    result = copy(ledger="cloud", wait=False)

    assert "marks" not in result["source_image"]


@pytest.fixture
def once_submitted(cloud, clock, monkeypatch):
    """Has something done once a copy is under way, when the run begins its n-th wait from then on."""

    def arrange(act, wait=1):
        slept, waits = clock.sleep, []

        def sleep(seconds):
            if cloud.copies():
                waits.append(seconds)
                if len(waits) == wait:
                    act()
            slept(seconds)

        monkeypatch.setattr(clock, "sleep", sleep)

    return arrange


def lose_marks(cloud, name=IMAGE):
    cloud.patch_image(cloud.image(name)["id"], **dict.fromkeys(marks(cloud, name)))


def test_the_mark_of_a_job_that_an_update_of_another_run_has_lost_is_made_again(cloud, copy, once_submitted):
    once_submitted(lambda: lose_marks(cloud))

    copy(ledger="cloud", wait_timeout=30)

    (value,) = marks(cloud).values()
    assert value.split()[0] == "submitted"


def test_the_mark_of_a_job_that_could_not_be_made_is_made_later(cloud, copy, once_submitted):
    cloud.fault(operation="UpdateImage", do="respond", status=503, skip=1, times=3)

    copy(ledger="cloud", wait=False)

    (value,) = marks(cloud).values()
    assert value.split()[0] == "submitted"


def test_where_an_image_that_is_copied_cannot_be_marked_it_is_not_tried_again_and_again(cloud, copy):
    cloud.switch(patch_while_copying="refused")

    copy(ledger="cloud", wait=False)

    assert len(cloud.journal(operation="UpdateImage")) <= 3
