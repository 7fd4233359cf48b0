# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is given nothing but the results of an earlier one does what that one was asked for."""

from __future__ import annotations

import json

import pytest

NAME = "ubuntu-22.04-web"
WEB = {"image_name": NAME}
DATABASE = {"image_name": "debian-12-db"}
SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
EAST = {"region": "cn-east-3", "agency_name": "ims_copy_image"}
FAILS = {"status": "FAIL", "error_code": "IMG.0061", "fail_reason": "storage trouble"}


def statuses(result):
    return [entry["status"] for entry in result["results"]]


def stands_there(cloud, name):
    """A replica of the image that somebody has called otherwise."""
    source = cloud.image(NAME)
    like = {key: source[key] for key in ("__image_size", "min_disk")}
    cloud.add_image("cn-south-1", name=name, __data_origin=f"image,cn-north-4,{source['id']}", **like)


@pytest.mark.parametrize("given", [{"images": [{**WEB, "match": "origin"}]}, {"images": [WEB], "match": "origin"}])
def test_what_was_present_by_its_origin_is_present_again_and_not_copied(cloud, migrate, given):
    stands_there(cloud, "renamed")
    first = migrate(**given)

    second = migrate(resume=first["results"])

    assert statuses(first) == statuses(second) == ["present"]
    assert cloud.copies() == []


@pytest.mark.parametrize("given", [{}, {"images": [WEB]}], ids=["alone", "with a list"])
def test_results_of_another_source_region_tell_nothing_about_this_one(cloud, migrate, given):
    first = migrate(images=[WEB], run_for=1)
    elsewhere = [{**entry, "source_region": "cn-east-3"} for entry in first["results"]]
    cloud.clear_journal()

    second = migrate(resume=elsewhere, run_for=1, **given)

    if given:
        (entry,) = second["results"]
        assert (entry["action"], entry["attempts"]) == ("waited", 0)
    else:
        said = f'resume[0] ("{NAME}") is of source region cn-east-3, and this is a migration from cn-north-4'
        assert (second["failed"], cloud.journal()) == (True, [])
        assert said in second["msg"]


def test_what_a_query_found_is_asked_for_as_it_was(cloud, migrate):
    stands_there(cloud, "renamed")
    first = migrate(query=f"[?name=='{NAME}']", match="origin")

    assert statuses(migrate(resume=first["results"])) == ["present"]
    assert cloud.copies() == []


@pytest.mark.parametrize("where", ["of the image", "of all"])
def test_tags_description_checks_and_limits_survive(cloud, migrate, where):
    said = {
        "copy_tags": True,
        "tags": {"env": "dr"},
        "description": "nightly",
        "min_ram": 2048,
        "size_limit": 0.5,
        "skip_checks": ["source_size"],
    }
    first = migrate(images=[{**WEB, **said}], run_for=1) if where == "of the image" else migrate(
        images=[WEB], run_for=1, **said
    )

    second = migrate(resume=first["results"])

    (image,) = [entry["image"] for entry in second["results"]]
    assert statuses(first) == ["in_progress"] and statuses(second) == ["copied"]
    assert (image["tags"], image["description"], image["min_ram"]) == ({"env": "dr", "role": "web"}, "nightly", 2048)


def test_names_by_a_template_survive_at_every_destination(cloud, migrate):
    places = {"destinations": [SOUTH, EAST]}
    first = migrate(images=[WEB], name_template="{name}-{destination_region}", **places)

    second = migrate(resume=first["results"], **places)

    assert statuses(second) == ["present", "present"]
    assert [entry["name"] for entry in second["results"]] == [f"{NAME}-cn-south-1", f"{NAME}-cn-east-3"]


def test_options_survive_any_number_of_runs(cloud, migrate):
    stands_there(cloud, "renamed")
    result = migrate(images=[{**WEB, "copy_tags": True}], match="origin", description="all")

    for _again in range(3):
        result = migrate(resume=json.loads(json.dumps(result["results"])))

    assert statuses(result) == ["present"]
    assert result["results"][0]["options"] == {"copy_tags": True}
    assert result["results"][0]["shared_options"] == {"match": "origin", "description": "all"}


def test_what_is_said_of_all_now_takes_the_place_of_what_was_said_of_all_then_and_not_of_an_images_own(cloud, migrate):
    images = [WEB, {**DATABASE, "description": "its own"}]
    first = migrate(images=images, description="then", tags={"env": "dr"})

    second = migrate(resume=first["results"], description="now")

    assert [entry["image"]["description"] for entry in second["results"]] == ["now", "its own"]
    assert [entry["image"]["tags"]["env"] for entry in second["results"]] == ["dr", "dr"]
    assert second["results"][0]["shared_options"] == {"description": "now", "tags": {"env": "dr"}}


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("delay", [0, 90])
def test_of_one_image_under_two_names_each_follows_its_own_job(cloud, migrate, listed, delay):
    cloud.switch(replica_visible="late", replica_delay=delay)
    images = [{**WEB, "name": "golden"}, WEB]
    first = migrate(images=images, max_concurrent=1, run_for=1)
    assert [entry["job"] is not None for entry in first["results"]] == [True, False]

    second = migrate(resume=first["results"], **({"images": images} if listed else {}))

    assert [(entry["name"], entry["status"]) for entry in second["results"]] == [("golden", "copied"), (NAME, "copied")]
    assert len(cloud.copies()) == 2


def test_an_image_that_could_not_be_looked_up_for_one_destination_is_still_one_image(cloud, migrate):
    cloud.fault(operation="ListProjects", skip=2, times=3, do="respond", status=500)
    first = migrate(images=[WEB], destinations=[SOUTH, EAST], on_preflight_failure="skip")
    assert [entry["source_image"] is None for entry in first["results"]] == [False, True]

    second = migrate(resume=first["results"], destinations=[SOUTH, EAST])

    assert [entry["image"]["status"] for entry in second["results"]] == ["active", "active"]
    assert len(cloud.copies()) == 2


def test_results_of_two_runs_that_ask_for_different_things_of_one_image_are_refused(cloud, migrate):
    south = migrate(images=[{**WEB, "tags": {"for": "south"}}], destinations=[SOUTH], run_for=1)
    east = migrate(images=[{**WEB, "tags": {"for": "east"}}], destinations=[EAST], run_for=1)

    both = migrate(resume=[*south["results"], *east["results"]], destinations=[SOUTH, EAST])

    assert both["failed"]
    assert "would all make" in both["msg"]


def test_images_that_are_listed_anew_are_what_is_said_of_them_now(cloud, migrate):
    first = migrate(images=[{**WEB, "description": "then"}], tags={"env": "dr"})

    second = migrate(images=[WEB], resume=first["results"], tags={"env": "test"})

    assert second["results"][0]["options"] == {}
    assert second["results"][0]["shared_options"] == {"tags": {"env": "test"}}
    assert second["results"][0]["image"]["tags"] == {"env": "test"}


def test_a_job_that_was_named_is_followed_and_nothing_is_submitted_in_its_place(cloud, migrate, copy):
    cloud.outcome(name=NAME, **FAILS)
    job_id = copy(wait=False)["job"]["id"]
    first = migrate(images=[{**WEB, "job_id": job_id}], run_for=1)

    second = migrate(resume=first["results"], max_attempts=3)

    assert (statuses(first), statuses(second)) == (["in_progress"], ["failed"])
    assert len(cloud.copies()) == 1


def test_a_copy_that_is_done_does_not_need_its_job_any_more(cloud, migrate, copy):
    job_id = copy(wait=False)["job"]["id"]
    first = migrate(images=[{**WEB, "job_id": job_id}])
    cloud.fault(operation="ShowJobProgress", do="respond", status=404, times=None)

    assert (statuses(first), statuses(migrate(resume=first["results"]))) == (["copied"], ["present"])


# -- attempts --------------------------------------------------------------------------------------------------------


def attempts(result):
    return [entry["attempts"] for entry in result["results"]]


def test_attempts_are_counted_on_when_a_failure_is_tried_again(cloud, migrate):
    cloud.outcome(name=NAME, **FAILS, times=3)
    first = migrate(images=[WEB], max_attempts=2)

    second = migrate(resume=first["results"], max_attempts=2)

    assert (statuses(first), attempts(first)) == (["failed"], [2])
    assert (statuses(second), attempts(second)) == (["copied"], [4])


def test_attempts_of_what_is_done_are_remembered(cloud, migrate):
    first = migrate(images=[WEB])

    assert attempts(migrate(resume=migrate(resume=first["results"])["results"])) == [1]


def test_a_replica_that_somebody_has_deleted_since_is_copied_anew(cloud, migrate):
    first = migrate(images=[WEB])
    cloud.delete_image(first["results"][0]["image"]["id"])

    second = migrate(resume=first["results"])

    assert (statuses(second), attempts(second)) == (["copied"], [2])


def test_a_job_that_outlived_its_run_and_fails_is_not_submitted_again(cloud, migrate):
    cloud.outcome(name=NAME, **FAILS, seconds=600)
    first = migrate(images=[WEB], wait_timeout=10)

    second = migrate(resume=first["results"])

    assert [statuses(first), statuses(second), attempts(second)] == [["failed"], ["failed"], [1]]
    assert len(cloud.copies()) == 1


def test_the_result_of_one_copy_tells_a_later_run_its_attempts(cloud, copy):
    cloud.outcome(name=NAME, **FAILS)
    first = copy(run_for=5)

    second = copy(resume=first)

    assert (first["attempts"], second["attempts"], second["failed"]) == (1, 1, True)
    assert len(cloud.copies()) == 1


# -- what is refused -------------------------------------------------------------------------------------------------


def test_results_of_an_earlier_version_are_refused_in_one_sentence(cloud, migrate):
    cut_short = migrate(images=[WEB, DATABASE], run_for=1)["results"]
    old = [{key: value for key, value in entry.items() if key != "shared_options"} for entry in cut_short]
    cloud.clear_journal()

    result = migrate(resume=old, images=[WEB])

    assert result["error"]["stage"] == "input"
    assert result["error"]["message"] == (
        "resume[0] and 1 more: an earlier version of this collection wrote this, and it does not say what was asked "
        "for; leave resume and resume_report out and give images or query again: what is done is found in the "
        "destinations"
    )
    assert cloud.journal() == []


def entry(**more):
    return {"status": "present", "image_name": NAME, "destination_region": "cn-south-1", **more}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "resume[1] is no result of an earlier run: it has no status"),
        (entry(job="j1"), f'resume[1] ("{NAME}") is no result of an earlier run: job is not a dictionary'),
        (entry(job={"id": 7}), "job.id is not text"),
        (entry(job={"id": "../j1"}), "job.id '../j1' cannot be right"),
        (entry(attempts=True), "attempts is not a number"),
        (entry(attempts=10**18), "attempts is out of all bounds"),
        (entry(attempts=-1), "attempts is out of all bounds"),
        (entry(status="gone"), "there is no status 'gone'"),
        (entry(status=["present"]), "status is not text"),
        (entry(destination_region=7), "destination_region is not text"),
        (entry(error={"code": 7}), "error.code is not text"),
        (entry(error={"http_status": "500"}), "error.http_status is not a number"),
        (entry(source_image=[]), "source_image is not a dictionary"),
        (entry(started_at={}), "started_at is not text"),
        (entry(options="tags"), "options is not a dictionary"),
        (entry(options={}, shared_options={"min_ram": "much"}), "min_ram"),
        (entry(options={"nmae": "x"}, shared_options={}), "nmae"),
        (entry(options={}, shared_options={"name_template": "{nmae}"}), "{nmae}"),
        (entry(options={}, shared_options={"access_key": "x"}), "access_key"),
        (entry(options={}, shared_options={"size_limit": -1}), "size_limit must be above 0"),
    ],
)
def test_what_no_run_has_returned_is_an_input_error_that_names_the_entry(cloud, migrate, told, said):
    sound = {**entry(options={}, shared_options={}), "image_name": "euleros-arm"}

    result = migrate(resume=[sound, told])

    assert result["error"]["stage"] == "input"
    assert said in result["error"]["message"]
    assert cloud.journal() == []


@pytest.mark.parametrize("told", [{"job": 7}, {"attempts": "2"}, {"status": "x"}, {"job": {"id": "a/b"}}])
def test_what_no_run_of_one_copy_has_returned_is_an_input_error(cloud, copy, told):
    result = copy(resume=told)

    assert result["error"]["message"].startswith("resume is no result of an earlier run: ")
    assert cloud.journal() == []
