# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at a time, and what others do while a run waits for its turn."""

from __future__ import annotations

import fcntl
import json

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import moment

IMAGE = "ubuntu-22.04-web"


@pytest.fixture
def meanwhile(clock):
    """Has something done by somebody else once this run has waited for so many seconds."""

    def arrange(seconds, act):
        slept, start = clock.sleep, clock.monotonic()
        done: list[bool] = []

        def sleep(pause):
            slept(pause)
            if not done and clock.monotonic() - start >= seconds:
                done.append(True)
                act()

        clock.sleep = sleep

    return arrange


@pytest.fixture
def record(cloud, copy, clock, tmp_path):
    """The file in which this host remembers a copy that is under way and does not show yet; open, and not locked."""
    cloud.switch(replica_visible="late", replica_delay=60)
    copy(wait=False)
    (path,) = (tmp_path / "state").iterdir()
    with open(path, "r+b") as stream:
        yield stream


def test_while_another_run_on_this_host_is_submitting_the_same_copy_nothing_is_submitted(cloud, copy, record):
    record.truncate()
    fcntl.flock(record, fcntl.LOCK_EX)

    result = copy(wait=False)

    assert result["failed"] is True
    assert "another run is submitting a copy of this image to the same destination" in result["msg"]
    assert len(cloud.copies()) == 1


def test_a_copy_that_another_run_is_at_holds_up_no_other_one(cloud, migrate, clock, record):
    record.truncate()
    fcntl.flock(record, fcntl.LOCK_EX)
    began = clock.utcnow()

    result = migrate(images=[{"image_name": IMAGE}, {"image_name": "debian-12-db"}], wait_timeout=300)

    held, free = result["results"]
    assert (held["status"], free["status"]) == ("failed", "copied")
    assert "another run is submitting a copy of this image to the same destination" in held["error"]["message"]
    assert (moment(free["started_at"]) - began).total_seconds() < 5
    assert len(cloud.copies()) == 2, "the one that the fixture has submitted, and the free one"


def test_the_copy_that_another_run_on_this_host_has_submitted_meanwhile_is_waited_for(
    cloud, copy, record, meanwhile, replicas
):
    content = record.read()
    record.seek(0)
    record.truncate()
    fcntl.flock(record, fcntl.LOCK_EX)

    def submitted():
        record.write(content)
        record.flush()
        fcntl.flock(record, fcntl.LOCK_UN)

    meanwhile(5, submitted)
    result = copy()

    assert (result["changed"], result["action"], result["image"]["status"]) == (False, "waited", "active")
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_job_that_another_run_has_come_to_know_while_its_copy_was_looked_for_is_followed(
    cloud, copy, record, meanwhile
):
    (known,) = json.loads(record.read())
    job = known["job_id"]

    def note(**changes):
        record.seek(0)
        record.write(json.dumps([{**known, **changes}]).encode())
        record.truncate()
        record.flush()

    note(job_id=None)
    meanwhile(20, note)
    result = copy(wait=False, confirm_timeout=30)

    assert (result["changed"], result["job"]["id"], len(cloud.copies())) == (False, job, 1)


def test_a_lock_that_a_run_left_without_submitting_is_no_obstacle(cloud, copy, clock, record, meanwhile):
    record.truncate()
    fcntl.flock(record, fcntl.LOCK_EX)
    for raw in cloud.images("cn-south-1"):
        if raw["name"] == IMAGE:
            cloud.delete_image(raw["id"])
    meanwhile(5, lambda: fcntl.flock(record, fcntl.LOCK_UN))

    assert copy()["action"] == "submitted"


@pytest.mark.parametrize("status", ["queued", "active"])
def test_a_replica_that_somebody_else_made_while_this_run_waited_for_a_slot_is_not_made_again(
    cloud, copy, meanwhile, status
):
    source = cloud.image(IMAGE)
    cloud.occupy_slots(5, 200)

    def made():
        alike = {name: source[name] for name in ("name", "__image_size", "architecture", "min_disk")}
        origin = {"__data_origin": f"image,cn-north-4,{source['id']}"}
        image = cloud.add_image("cn-south-1", **alike, **origin, status=status)
        if status == "queued":
            meanwhile(300, lambda: cloud.patch_image(image["id"], status="active"))

    meanwhile(100, made)
    result = copy()

    assert (result["changed"], result["image"]["status"]) == (False, "active")
    assert result["action"] == ("waited" if status == "queued" else "none")
    assert [request["took_effect"] for request in cloud.copies() if request["took_effect"]] == []


def test_a_name_that_somebody_else_took_while_this_run_waited_for_a_slot_blocks(cloud, copy, meanwhile):
    cloud.occupy_slots(5, 200)
    meanwhile(100, lambda: cloud.add_image("cn-south-1", name=IMAGE))

    result = copy()

    assert (result["failed"], result["changed"], result["error"]["stage"]) == (True, False, "plan")
    assert "is already the name of image" in result["msg"]


def test_what_somebody_brings_over_while_a_migration_waits_for_slots_is_not_copied_again(cloud, migrate, meanwhile):
    names = [IMAGE, "debian-12-db"]
    cloud.occupy_slots(5, 70)

    def brought_over():
        for name in names:
            source = cloud.image(name)
            alike = {key: source[key] for key in ("name", "__image_size", "min_disk")}
            cloud.add_image("cn-south-1", **alike, __data_origin=f"image,cn-north-4,{source['id']}")

    meanwhile(65, brought_over)
    result = migrate(images=[{"image_name": name} for name in names])

    assert [entry["status"] for entry in result["results"]] == ["present"] * len(names)
    assert [request for request in cloud.copies() if request["took_effect"]] == []


@pytest.fixture
def refused_connections(monkeypatch):
    """Has new connections refused, given their numbers. The request that begins a copy has one of its own, the 2nd."""
    import urllib3.util.connection as real

    connect, made = real.create_connection, []

    def refuse(*numbers):
        def create_connection(*args, **options):
            made.append(args)
            if len(made) in numbers:
                raise ConnectionRefusedError(111, "Connection refused")
            return connect(*args, **options)

        monkeypatch.setattr(real, "create_connection", create_connection)
        return made

    return refuse


def test_a_submission_that_could_not_be_sent_is_sent_again(cloud, copy, refused_connections, warnings, replicas):
    refused_connections(2, 3)

    result = copy()

    assert (result["changed"], result["action"], result["image"]["status"]) == (True, "submitted", "active")
    assert warnings == []
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_submission_that_can_never_be_sent_has_begun_nothing(cloud, copy, refused_connections, clock):
    made = refused_connections(2, 3, 4)

    result = copy()

    assert (result["failed"], result["changed"], result["job"], result["attempts"]) == (True, False, None, 0)
    assert "connection refused" in result["msg"]
    assert len(made) == 4, "once, and as often again as max_retries"
    assert cloud.copies() == []
    assert copy(wait=False)["action"] == "submitted", "and the next run need not look for anything"
