# SPDX-License-Identifier: GPL-3.0-or-later
"""Description, tags and memory limits of the replica: set after the copy, kept in line later, else left alone."""

from __future__ import annotations

import pytest

WHOLE = {"description": "golden", "tags": {"env": "dr"}, "min_ram": 2048, "max_ram": 16384}


@pytest.fixture
def replica(cloud, copy):
    """A finished replica, as a plain copy leaves it."""
    image = copy()["image"]
    cloud.clear_journal()
    return image


def operations(cloud):
    return [request["operation"] for request in cloud.mutations()]


def test_everything_that_was_asked_for_is_on_the_replica_after_the_copy(cloud, copy):
    result = copy(copy_tags=True, **WHOLE)

    image = result["image"]
    assert (image["description"], image["min_ram"], image["max_ram"]) == ("golden", 2048, 16384)
    assert image["tags"] == {"env": "dr", "role": "web"}
    assert (result["changed"], result["action"]) == (True, "submitted")


@pytest.mark.parametrize(
    ("operation", "options", "named"),
    [
        ("UpdateImage", {"description": "golden"}, "description"),
        ("BatchAddOrDeleteTags", {"tags": {"a": "b"}}, "tag a"),
    ],
)
def test_a_change_that_is_accepted_and_not_made_fails_clearly(cloud, copy, replica, operation, options, named):
    cloud.fault(operation=operation, do="respond", status=200, body={}, effect=False, times=None)

    for _run in range(2):
        result = copy(**options)

        assert (result["failed"], result["changed"], result["error"]["stage"]) == (True, False, "update")
        assert f"it does not show them: {named}" in result["msg"]
        assert result["error"]["hint"]


def test_a_change_that_does_not_show_is_looked_for_three_times_two_seconds_apart(cloud, copy, replica, clock):
    cloud.fault(operation="UpdateImage", do="respond", status=200, body={}, effect=False, times=None)
    clock.sleeps.clear()

    copy(description="golden")

    assert clock.sleeps == [2.0, 2.0]


@pytest.mark.parametrize("options", [{"description": "golden"}, {"tags": {"a": "b"}}])
def test_a_replica_that_is_not_to_be_seen_once_it_was_changed_is_told(cloud, copy, replica, options):
    cloud.fault(
        operation="ListImages", region="cn-south-1", do="respond", status=200, body={"images": []}, skip=2, times=None
    )

    result = copy(**options)

    assert (result["failed"], result["changed"], result["error"]["stage"]) == (True, True, "verify")
    assert f"image {replica['id']} is not to be seen" in result["msg"]
    assert len(cloud.copies()) == 0


def test_what_is_not_given_is_left_alone(cloud, copy, replica):
    cloud.patch_image(replica["id"], __description="by hand", min_ram=512, tags=["by=hand"])

    result = copy()

    assert (result["changed"], result["action"]) == (False, "none")
    assert (result["image"]["description"], result["image"]["min_ram"]) == ("by hand", 512)
    assert result["image"]["tags"] == {"by": "hand"}
    assert cloud.mutations() == []


@pytest.mark.parametrize(
    ("options", "attribute", "value"),
    [
        ({"description": "golden"}, "description", "golden"),
        ({"description": ""}, "description", ""),
        ({"min_ram": 2048}, "min_ram", 2048),
        ({"max_ram": 16384}, "max_ram", 16384),
        ({"max_ram": 0}, "max_ram", 0),
        ({"tags": {"env": "dr", "empty": ""}}, "tags", {"env": "dr", "empty": "", "by": "hand"}),
        ({"copy_tags": True}, "tags", {"env": "prod", "role": "web", "by": "hand"}),
        ({"copy_tags": True, "tags": {"env": "dr"}}, "tags", {"env": "dr", "role": "web", "by": "hand"}),
        ({"purge_tags": True}, "tags", {}),
        ({"purge_tags": True, "tags": {"env": "dr"}}, "tags", {"env": "dr"}),
        ({"purge_tags": True, "copy_tags": True}, "tags", {"env": "prod", "role": "web"}),
    ],
    ids=str,
)
def test_a_later_run_brings_the_replica_in_line_once(cloud, copy, replica, options, attribute, value):
    cloud.patch_image(replica["id"], __description="old", min_ram=512, max_ram="4096", tags=["by=hand"])

    foretold = copy(check=True, diff=True, **options)
    assert cloud.mutations() == []
    updated = copy(diff=True, **options)
    requests = len(cloud.mutations())
    again = copy(**options)

    assert (foretold["changed"], foretold["action"]) == (True, "updated")
    assert (updated["changed"], updated["action"]) == (True, "updated")
    assert (again["changed"], again["action"]) == (False, "none")
    assert updated["image"][attribute] == again["image"][attribute] == value
    assert foretold["diff"] == updated["diff"]
    assert (updated["diff"]["before"] != updated["diff"]["after"]) is True
    assert requests == len(cloud.mutations()) <= 2, "one request for the attributes, one a direction for tags"
    assert cloud.copies() == []


def test_attributes_go_in_one_request_and_tags_in_one_more(cloud, copy, replica):
    copy(**WHOLE)

    assert operations(cloud) == ["UpdateImage", "BatchAddOrDeleteTags"]


def test_tags_that_have_the_right_value_are_not_sent_again(cloud, copy, replica):
    copy(tags={"env": "dr", "role": "web"})
    cloud.clear_journal()

    copy(tags={"env": "dr", "role": "db"})

    (request,) = cloud.mutations()
    assert request["body"]["tags"] == [{"key": "role", "value": "db"}]


def test_an_attribute_that_the_service_does_not_show_can_be_set(cloud, copy, replica):
    cloud.patch_image(replica["id"], __description=None, min_ram=None, max_ram=None)

    image = copy(description="golden", min_ram=1024, max_ram=2048)["image"]

    assert (image["description"], image["min_ram"], image["max_ram"]) == ("golden", 1024, 2048)


def test_an_attribute_that_was_shown_and_is_absent_all_the_same_can_be_set(cloud, copy, replica):
    body = {"error": {"code": "IMG.0035", "message": "attribute conflict"}}
    cloud.fault(operation="UpdateImage", do="respond", status=400, body=body)

    assert copy(description="golden")["image"]["description"] == "golden"


@pytest.mark.parametrize("operation", ["UpdateImage", "BatchAddOrDeleteTags"])
def test_when_bringing_in_line_fails_after_a_copy_the_next_run_mends_it_without_another_copy(
    cloud, copy, replicas, operation
):
    body = {"error_code": "APIGW.0302", "error_msg": "no"}
    cloud.fault(operation=operation, do="respond", status=403, body=body)

    failed = copy(**WHOLE)
    mended = copy(**WHOLE)

    assert (failed["failed"], failed["changed"], failed["action"]) == (True, True, "submitted")
    assert (failed["error"]["stage"], failed["error"]["code"]) == ("update", "APIGW.0302")
    assert failed["image"]["status"] == "active"
    assert failed["job"]["id"] in failed["msg"]
    assert (mended["changed"], mended["action"]) == (True, "updated")
    assert mended["image"]["tags"] == {"env": "dr"}
    assert mended["image"]["min_ram"] == 2048
    assert len(cloud.copies()) == len(replicas()) == 1


@pytest.mark.parametrize("operation", ["UpdateImage", "BatchAddOrDeleteTags"])
@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("do", ["drop", "respond"])
def test_bringing_in_line_may_be_repeated(cloud, copy, replica, operation, effect, do):
    cloud.fault(operation=operation, do=do, effect=effect, times=2)

    result = copy(**WHOLE)

    assert (result["changed"], result["action"]) == (True, "updated")
    assert (result["image"]["tags"], result["image"]["max_ram"]) == ({"env": "dr"}, 16384)


def test_tags_that_the_service_carries_over_are_found_in_line(cloud, copy):
    cloud.switch(copies_tags=True)

    copy(copy_tags=True)

    assert operations(cloud) == ["CopyImageCrossRegion"]


def test_the_diff_of_a_copy_is_the_same_foretold_and_made(cloud, copy):
    foretold, made = copy(check=True, diff=True, **WHOLE), copy(diff=True, **WHOLE)

    assert foretold["diff"] == made["diff"]
    assert made["diff"]["before"] == {}
    assert made["diff"]["after"]["tags"] == {"env": "dr"}
    assert made["diff"]["after"]["origin"]["image_id"] == made["source_image"]["id"]


def test_a_run_that_changes_nothing_has_nothing_to_show(cloud, copy):
    copy(**WHOLE)

    diff = copy(diff=True, **WHOLE)["diff"]

    assert diff["before"] == diff["after"] != {}


def test_without_the_request_for_it_there_is_no_diff(cloud, copy):
    assert "diff" not in copy()


def test_without_waiting_the_rest_is_brought_in_line_by_a_later_run(cloud, copy, clock):
    copy(wait=False, **WHOLE)
    clock.advance(3600)

    result = copy(**WHOLE)

    assert (result["changed"], result["action"]) == (True, "updated")
    assert (result["image"]["tags"], result["image"]["description"]) == ({"env": "dr"}, "golden")


def test_a_copy_of_an_earlier_run_is_waited_for_and_brought_in_line(cloud, copy):
    copy(wait=False)

    result = copy(**WHOLE)

    assert (result["changed"], result["action"]) == (True, "updated")
    assert result["job"]["status"] == "SUCCESS"
    assert result["waited"] > 0


@pytest.mark.parametrize("tags", [{"a b": "x"}, {"k" * 37: "x"}, {"key": "v" * 44}, {"key": "a=b"}])
def test_tags_that_cannot_be_set_are_refused_before_the_copy(cloud, copy, tags):
    result = copy(tags=tags)

    assert (result["failed"], result["error"]["code"]) == (True, "IMG.0115")
    assert cloud.mutations() == []


def test_too_many_tags_are_refused_before_the_copy(cloud, copy):
    result = copy(copy_tags=True, tags={f"key{number}": "x" for number in range(9)})

    assert (result["failed"], result["error"]["code"]) == (True, "IMG.0116")
    assert cloud.mutations() == []


@pytest.mark.parametrize(
    ("tags", "code"), [({"a b": "x"}, "IMG.0115"), ({f"key{number}": "x" for number in range(11)}, "IMG.0116")]
)
def test_with_their_check_left_out_the_service_has_the_last_word_on_tags_after_the_copy(cloud, copy, tags, code):
    result = copy(tags=tags, skip_checks=["tags"])

    assert (result["error"]["stage"], result["error"]["code"], result["changed"]) == ("update", code, True)
    assert result["image"]["status"] == "active"
    assert copy()["action"] == "none"
