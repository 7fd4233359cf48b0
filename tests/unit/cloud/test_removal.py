# SPDX-License-Identifier: GPL-3.0-or-later
"""``state: absent``: the replica of one image is deleted, if it provably is one, and seen to be gone."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.ims import Ims

IMAGE = "ubuntu-22.04-web"
SOUTH = "cn-south-1"


@pytest.fixture
def remove(copy):
    def run(**more):
        return copy(state="absent", **more)

    return run


@pytest.fixture
def source(cloud):
    return cloud.image(IMAGE)


@pytest.fixture
def deletions(cloud):
    """The ids of the images that somebody asked the service to delete."""
    return lambda: [entry["path"].rsplit("/", 1)[-1] for entry in cloud.journal(operation="GlanceDeleteImage")]


@pytest.fixture
def of_the_source(cloud, source):
    """Adds an image to the destination that is a copy of the source."""

    def add(**raw):
        proof = f"image,cn-north-4,{source['id']}"
        return cloud.add_image(SOUTH, **{"name": IMAGE, "__data_origin": proof, **raw})

    return add


def ids(result):
    return [image["id"] for image in result["removed"]]


def test_the_replica_is_deleted_and_a_second_run_changes_nothing(copy, remove, replicas, deletions):
    made = copy()["image"]

    first, second = remove(), remove()

    assert (first["changed"], first["action"], ids(first)) == (True, "deleted", [made["id"]])
    assert (second["changed"], second["action"], second["removed"]) == (False, "none", [])
    assert deletions() == [made["id"]]
    assert replicas() == []
    assert f"({made['id']}) has been deleted from {SOUTH}" in first["msg"]


def test_what_is_deleted_can_be_copied_again_at_once(cloud, copy, remove):
    copy()
    remove()

    assert copy(run_for=1)["action"] == "submitted"
    assert len(cloud.copies()) == 2


def test_check_mode_names_what_would_go_and_asks_for_nothing(cloud, copy, remove, replicas, deletions):
    made = copy()["image"]

    planned = remove(check=True, diff=True)

    assert (planned["changed"], planned["action"], ids(planned)) == (True, "deleted", [made["id"]])
    assert planned["diff"]["before"]["name"] == IMAGE
    assert planned["diff"]["after"] == {}
    assert "would be deleted" in planned["msg"]
    assert (deletions(), len(replicas())) == ([], 1)


def test_the_source_may_be_gone_where_its_id_is_given(cloud, copy, remove, source, replicas):
    made = copy()["image"]
    cloud.delete_image(source["id"])

    assert ids(remove(image_id=source["id"])) == [made["id"]]
    assert replicas() == []


def test_by_the_name_of_a_source_that_is_gone_nothing_is_deleted(cloud, copy, remove, source, replicas, deletions):
    copy()
    cloud.delete_image(source["id"])

    refused = remove()

    assert "no own image has that name" in refused["msg"]
    assert "image_id" in refused["error"]["hint"]
    assert (deletions(), len(replicas())) == ([], 1)


def test_the_result_of_the_run_that_made_it_tells_the_id_of_a_source_that_is_gone(cloud, copy, remove, source):
    made = copy()
    cloud.delete_image(source["id"])
    told = {key: made[key] for key in ("source_image", "job", "image")}

    assert ids(remove(resume=told)) == [made["image"]["id"]]


@pytest.mark.parametrize("match", ["name_and_origin", "origin", "name"])
@pytest.mark.parametrize("origin", ["", "image,cn-north-4,another", "image,cn-east-3,{id}"])
def test_no_image_is_deleted_by_its_name(cloud, remove, source, deletions, match, origin):
    stands = cloud.add_image(SOUTH, name=IMAGE, __data_origin=origin.format(id=source["id"]))

    result = remove(match=match)

    assert (result["changed"], result["removed"], deletions()) == (False, [], [])
    assert stands["id"] in [raw["id"] for raw in cloud.images(SOUTH)]
    if match == "name":
        assert f"{stands['id']}" in result["msg"]
        assert "nothing is deleted by its name" in result["msg"]


def test_a_replica_under_another_name_is_left_alone_and_told_of(of_the_source, remove, warnings, deletions):
    other = of_the_source(name="another name")

    assert remove()["action"] == "none"
    assert any(other["id"] in text and "match: origin" in text for text in warnings)
    assert deletions() == []


def test_several_replicas_are_named_and_deleted_only_by_their_origin(of_the_source, remove, deletions):
    both = sorted(of_the_source()["id"] for dummy in range(2))

    refused = remove()
    assert all(image_id in refused["msg"] for image_id in both)
    assert (deletions(), "match: origin" in refused["msg"]) == ([], True)

    planned = remove(match="origin", check=True, diff=True)
    assert sorted(ids(planned)) == both
    assert len(planned["diff"]["before"]["replicas"]) == 2
    assert sorted(ids(remove(match="origin"))) == both
    assert sorted(deletions()) == both


@pytest.mark.parametrize(
    ("raw", "why"), [({"protected": True}, "IMG.0091"), ({"__imagetype": "shared"}, "delete_shared")]
)
def test_what_is_protected_or_shared_is_refused_before_it_is_asked_for(of_the_source, remove, deletions, raw, why):
    stands = of_the_source(**raw)

    for check in (True, False):
        refused = remove(check=check)
        assert refused["failed"]
        assert (stands["id"] in refused["msg"], why in refused["msg"]) == (True, True)
        assert (refused["image"]["id"], refused["changed"]) == (stands["id"], False)
    assert deletions() == []


def test_a_shared_one_goes_where_that_is_asked_for(of_the_source, remove):
    stands = of_the_source(__imagetype="shared")

    assert ids(remove(delete_shared=True)) == [stands["id"]]


def test_the_source_itself_is_never_its_own_replica(cloud, remove, source, deletions):
    refused = remove(destination_region="cn-north-4", match="name")

    assert refused["failed"]
    assert (deletions(), source["id"] in [raw["id"] for raw in cloud.images("cn-north-4")]) == ([], True)


def test_a_copy_under_way_is_waited_for_and_then_deleted(copy, remove, replicas, deletions):
    copy(wait=False)

    result = remove()

    assert (result["action"], len(deletions())) == ("deleted", 1)
    assert replicas() == []


def test_without_waiting_a_copy_under_way_is_told_of_and_left_alone(copy, remove, replicas, deletions):
    copy(wait=False)

    result = remove(wait=False)

    assert (result["action"], result["changed"], deletions()) == ("none", False, [])
    assert "under way" in result["msg"]
    assert len(replicas()) == 1


def test_check_mode_says_that_a_copy_under_way_would_be_deleted(copy, remove, deletions):
    copy(wait=False)

    planned = remove(check=True)

    assert (planned["changed"], planned["action"], deletions()) == (True, "deleted", [])


@pytest.mark.parametrize("ledger", ["host", "cloud"])
def test_a_copy_that_does_not_show_yet_is_known_from_the_run_that_died(cloud, killed, remove, replicas, ledger):
    cloud.switch(replica_visible="late", replica_delay=30)
    assert killed(at=1, ledger=ledger)

    assert remove(ledger=ledger)["action"] == "deleted"
    assert replicas() == []


def test_one_that_never_ends_is_a_time_out(copy, remove, deletions):
    copy(wait=False)

    late = remove(wait_timeout=15)

    assert (late["timed_out"], late["error"]["stage"], deletions()) == (True, "wait", [])


def test_what_the_service_only_says_to_have_deleted_is_no_success(cloud, copy, remove, replicas):
    copy()
    cloud.fault(operation="GlanceDeleteImage", do="respond", status=204, times=None)

    lied = remove()

    assert (lied["failed"], lied["changed"], lied["removed"]) == (True, False, [])
    assert "still shows" in lied["msg"]
    assert len(replicas()) == 1


@pytest.mark.parametrize("effect", [False, True])
def test_a_lost_answer_is_settled_by_looking(cloud, copy, remove, replicas, effect):
    copy()
    cloud.fault(operation="GlanceDeleteImage", do="drop", effect=effect, times=1)

    assert remove()["action"] == "deleted"
    assert replicas() == []


def test_a_refusal_is_told_with_its_code_and_request(cloud, copy, remove, replicas):
    copy()
    cloud.fault(operation="GlanceDeleteImage", do="respond", status=403, times=None)

    refused = remove()

    assert (refused["error"]["http_status"], refused["error"]["stage"], refused["changed"]) == (403, "delete", False)
    assert len(replicas()) == 1


def test_one_that_somebody_protects_meanwhile_is_left_alone(cloud, copy, remove, deletions):
    made = copy()["image"]
    cloud.patch_image(made["id"], protected=True)

    assert "IMG.0091" in remove()["msg"]
    assert deletions() == []


def test_the_keys_are_those_of_a_copy(copy, remove):
    made = copy()

    assert set(remove()) == set(made)


# -- what happens meanwhile ------------------------------------------------------------------------------------------


def test_one_that_is_protected_after_it_was_listed_is_left_alone(cloud, copy, remove, deletions, monkeypatch):
    made = copy()["image"]
    look = Ims.image

    def protected_meanwhile(ims, image_id, deadline=None):
        if image_id == made["id"]:
            cloud.patch_image(made["id"], protected=True)
        return look(ims, image_id, deadline)

    monkeypatch.setattr(Ims, "image", protected_meanwhile)

    refused = remove()

    assert "IMG.0091" in refused["msg"]
    assert (refused["changed"], deletions()) == (False, [])


def test_what_a_run_that_died_has_noted_of_it_does_not_stand_in_the_way_of_a_new_copy(
    cloud, copy, killed, clock, remove
):
    assert killed(at=1)
    clock.advance(600)
    assert remove()["action"] == "deleted"

    assert copy(run_for=1)["action"] == "submitted"
    assert len(cloud.copies()) == 2


def test_a_source_that_is_said_to_be_a_copy_of_itself_stays(cloud, remove, source, deletions):
    itself = f"image,cn-north-4,{source['id']}"
    cloud.patch_image(source["id"], __data_origin=itself)

    for match in ("name_and_origin", "origin"):
        remove(destination_region="cn-north-4", match=match, skip_checks=["regions_differ"])

    assert deletions() == []


def test_a_refusal_is_not_waited_on(cloud, copy, remove, clock):
    copy()
    cloud.fault(operation="GlanceDeleteImage", do="respond", status=403, times=None)

    assert remove()["error"]["http_status"] == 403
    assert clock.sleeps == []


def test_nothing_is_deleted_for_whom_nobody_waits(copy, remove, deletions, tmp_path):
    copy()

    left = remove(lease_file=str(tmp_path / "gone"))

    assert (left["cut_short"], left["changed"], deletions()) == (True, False, [])


def test_a_run_whose_time_is_over_says_so(copy, remove, deletions):
    copy(wait=False)

    left = remove(run_for=15)

    assert (left["cut_short"], deletions()) == (True, [])
    assert "run it again" in left["msg"]


def test_a_replica_that_never_shows_is_not_called_absent(cloud, killed, remove, clock):
    cloud.switch(replica_visible="late", replica_delay=30000)
    assert killed(at=1)
    clock.advance(600)

    unclear = remove()

    assert (unclear["failed"], unclear["timed_out"]) == (True, False)
    assert "does not show" in unclear["msg"]
    assert 100 < sum(clock.sleeps) < 400


def test_a_look_that_fails_while_it_waits_is_repeated(cloud, copy, remove, warnings, replicas):
    copy(wait=False)
    cloud.fault(operation="ListImages", region="cn-south-1", do="respond", status=503, skip=2, times=8)

    assert remove()["action"] == "deleted"
    assert replicas() == []


def test_the_result_of_a_run_of_another_image_tells_nothing_of_this_one(cloud, copy, remove, deletions):
    other = copy(image_name="centos-7-legacy")
    told = {key: other[key] for key in ("source_image", "job", "image")}

    assert remove(resume=told)["action"] == "none"
    assert deletions() == []
