# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy counts only once the replica is active and proven to be a copy of the right source."""

from __future__ import annotations

import pytest

IMAGE = "ubuntu-22.04-web"
FOREIGN = "image,cn-north-4,99999999-0000-4000-8000-000000000001"


@pytest.mark.parametrize("submit", [True, False], ids=["in the same run", "in a later run"])
def test_a_replica_of_another_source_is_told_and_never_accepted(cloud, copy, clock, submit):
    cloud.outcome(name=IMAGE, replica={"__data_origin": FOREIGN})
    if not submit:
        copy(wait=False)
        clock.advance(3600)

    result = copy()

    assert result["failed"] is True
    assert "99999999-0000-4000-8000-000000000001" in result["msg"]
    assert len(cloud.copies()) == 1


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("__os_type", "Windows", "operating system"),
        ("__image_size", "12345", "size in bytes"),
        ("min_disk", 500, "smallest disk"),
        ("architecture", "arm", "architecture"),
        ("virtual_env_type", "DataImage", "kind"),
    ],
)
def test_a_replica_that_is_not_like_its_source_is_told_again_and_again_until_it_is_accepted(
    cloud, copy, replicas, attribute, value, said
):
    cloud.outcome(name=IMAGE, replica={attribute: value})

    first, second = copy(), copy()
    accepted = copy(skip_checks=["replica_like_source"])

    assert (first["failed"], first["changed"], first["error"]["stage"]) == (True, True, "verify")
    assert (second["failed"], second["changed"], second["error"]["stage"]) == (True, False, "verify")
    assert said in first["msg"]
    assert said in second["msg"]
    assert "skip_checks" in first["msg"]
    assert accepted["image"]["id"] == first["image"]["id"]
    assert len(cloud.copies()) == len(replicas()) == 1


def test_a_replica_that_the_service_called_otherwise_is_told_as_a_later_run_would_not_know_it_again(cloud, copy):
    cloud.outcome(name=IMAGE, replica={"name": "something else"})

    first, accepted = copy(description="x"), copy(match="origin")

    assert (first["failed"], first["changed"], first["error"]["stage"]) == (True, True, "verify")
    assert "something else" in first["msg"]
    assert "match: origin" in first["msg"]
    assert (accepted["changed"], accepted["image"]["id"]) == (False, first["image"]["id"])
    assert [request["operation"] for request in cloud.mutations()] == ["CopyImageCrossRegion"]


def test_what_is_not_like_its_source_is_not_brought_in_line(cloud, copy):
    cloud.outcome(name=IMAGE, replica={"__os_type": "Windows"})

    copy(description="x", tags={"env": "dr"}, min_ram=1024)

    assert [request["operation"] for request in cloud.mutations()] == ["CopyImageCrossRegion"]


def test_an_origin_that_is_never_written_is_told_after_a_while(cloud, copy, clock):
    cloud.outcome(name=IMAGE, replica={"__data_origin": None})

    result = copy(confirm_timeout=60)

    assert (result["failed"], result["error"]["stage"], result["timed_out"]) == (True, "verify", False)
    assert "does not say what it is a copy of" in result["msg"]
    assert clock.monotonic() == pytest.approx(90 + 60, abs=10)


def test_an_image_without_an_origin_counts_where_the_name_alone_decides(cloud, copy):
    cloud.outcome(name=IMAGE, replica={"__data_origin": None})

    first, second = copy(match="name"), copy(match="name")

    assert first["image"]["origin"] is None
    assert (first["action"], second["action"]) == ("submitted", "none")


def test_a_replica_that_never_becomes_active_is_told_after_a_while(cloud, copy, clock):
    cloud.outcome(name=IMAGE, replica={"status": "saving"})

    result = copy(confirm_timeout=60)

    assert (result["failed"], result["error"]["stage"]) == (True, "verify")
    assert "is saving, not active" in result["msg"]
    assert cloud.copies()[0]["result"] in result["msg"]


def test_a_replica_that_becomes_active_a_little_after_its_job_is_waited_for(cloud, copy, clock):
    cloud.outcome(name=IMAGE, replica={"status": "saving"})
    slept = clock.sleep

    def finish_later(seconds):
        slept(seconds)
        if clock.monotonic() > 130:
            for raw in cloud.images("cn-south-1"):
                if raw["name"] == IMAGE:
                    cloud.patch_image(raw["id"], status="active")

    clock.sleep = finish_later

    assert copy()["image"]["status"] == "active"


def test_a_replica_that_is_gone_when_its_job_ends_is_told(cloud, copy, clock):
    copy(wait=False)
    for raw in cloud.images("cn-south-1"):
        if raw["name"] == IMAGE:
            cloud.delete_image(raw["id"])

    result = copy()

    assert (result["failed"], result["error"]["stage"]) == (True, "verify")
    assert "not to be seen in cn-south-1" in result["msg"]
    assert copy()["failed"] is True, "for a while it may just not show yet"
    assert copy(state_dir="")["action"] == "submitted", "and who knows better begins anew"


@pytest.mark.parametrize("fault", [{"do": "drop"}, {"do": "respond", "status": 503}, {"do": "mangle"}])
def test_trouble_with_looking_at_the_finished_replica_does_not_fail_the_copy(cloud, copy, warnings, fault):
    cloud.fault(operation="ListImages", region="cn-south-1", skip=2, times=8, **fault)

    result = copy()

    assert result["image"]["status"] == "active"
    assert "failed" not in result


def test_a_name_that_something_else_has_blocks_and_says_which_options_lift_it(cloud, copy):
    standing = cloud.image("occupied-name", "cn-south-1")

    result = copy(name="occupied-name")

    assert (result["failed"], result["error"]["stage"], result["changed"]) == (True, "plan", False)
    for word in (standing["id"], "occupied-name", "match: name", "(name)"):
        assert word in result["msg"]
    assert cloud.mutations() == []
    assert copy(name="occupied-name", match="name")["image"]["id"] == standing["id"]
    assert copy(name="free-name")["action"] == "submitted"


def test_a_replica_under_another_name_is_named_and_counts_where_the_origin_decides(cloud, copy, warnings):
    made = copy(name="golden")["image"]

    assert copy(match="origin")["image"]["id"] == made["id"]
    copy(check=True)
    assert any(made["id"] in warning and "match: origin" in warning for warning in warnings)


def test_several_replicas_are_one_too_many_and_are_listed(cloud, copy, warnings):
    made = copy()["image"]
    origin = f"image,cn-north-4,{made['origin']['image_id']}"
    twin = cloud.add_image(
        "cn-south-1", name=IMAGE, __data_origin=origin, __image_size=str(3 * 1024**3), architecture="x86"
    )

    result = copy()

    assert (result["changed"], result["action"]) == (False, "none")
    assert any(twin["id"] in warning or made["id"] in warning for warning in warnings)
    assert len(cloud.copies()) == 1


def test_a_killed_leftover_is_no_replica_and_is_named(cloud, copy, warnings):
    origin = f"image,cn-north-4,{cloud.image(IMAGE)['id']}"
    leftover = cloud.add_image("cn-south-1", name=IMAGE, __data_origin=origin, status="killed")

    result = copy()

    assert result["action"] == "submitted"
    assert any(leftover["id"] in warning for warning in warnings)


def test_the_origin_must_name_the_region_too(cloud, copy):
    origin = f"image,cn-east-3,{cloud.image(IMAGE)['id']}"
    cloud.add_image("cn-south-1", name=IMAGE, __data_origin=origin)

    assert copy()["error"]["stage"] == "plan"
