# SPDX-License-Identifier: GPL-3.0-or-later
"""One image, one destination: what a run does, and what it leaves alone."""

from __future__ import annotations


def test_a_first_run_copies_with_exactly_one_request_whose_body_is_as_documented(cloud, copy):
    result = copy(description="nightly golden image")

    assert result["changed"] is True
    assert result["action"] == "submitted"
    assert [request["body"] for request in cloud.copies()] == [
        {
            "name": "ubuntu-22.04-web",
            "description": "nightly golden image",
            "region": "cn-south-1",
            "project_name": "cn-south-1",
            "agency_name": "ims_copy_image",
        }
    ]
    assert result["image"]["status"] == "active"
    assert result["image"]["origin"] == {"region": "cn-north-4", "image_id": result["source_image"]["id"]}
    assert result["job"]["status"] == "SUCCESS"
    assert result["job"]["progress"] == 100


def test_the_replica_may_have_another_name_and_go_to_a_project_of_its_own(cloud, copy):
    copy(name="golden-web", description="nightly", destination_project_name="cn-south-1_apps")

    (request,) = cloud.mutations()
    assert (request["method"], request["region"]) == ("POST", "cn-north-4")
    assert request["path"].endswith(f"/v1/cloudimages/{cloud.image('ubuntu-22.04-web')['id']}/cross_region_copy")
    assert request["body"] == {
        "name": "golden-web",
        "description": "nightly",
        "region": "cn-south-1",
        "project_name": "cn-south-1_apps",
        "agency_name": "ims_copy_image",
    }


def test_a_second_run_changes_nothing_and_sends_nothing_that_could(cloud, copy):
    first = copy()
    cloud.clear_journal()

    second = copy()

    assert second["changed"] is False
    assert second["action"] == "none"
    assert second["image"] == first["image"]
    assert cloud.mutations() == []


def test_check_mode_foretells_a_copy_and_sends_nothing_that_could_change_anything(cloud, copy):
    result = copy(check=True)

    assert result["changed"] is True
    assert result["action"] == "submitted"
    foreseen = result["image"]
    assert (foreseen["id"], foreseen["name"], foreseen["region"]) == (None, "ubuntu-22.04-web", "cn-south-1")
    assert foreseen["origin"] == {"region": "cn-north-4", "image_id": result["source_image"]["id"]}
    assert cloud.mutations() == []


def test_a_foreseen_replica_is_like_the_one_that_is_made(cloud, copy):
    options = {"name": "web", "description": "golden", "copy_tags": True, "tags": {"team": "web"}, "min_ram": 1024}
    foreseen, made = copy(check=True, **options)["image"], copy(**options)["image"]

    known_later = ("id", "created_at")
    assert {key: value for key, value in foreseen.items() if key not in known_later} == {
        key: value for key, value in made.items() if key not in known_later
    }


def test_results_have_the_same_keys_whether_foretold_made_or_found(cloud, copy):
    foretold, made, found = copy(check=True), copy(), copy()

    assert set(foretold) == set(made) == set(found)


def test_without_waiting_a_run_returns_at_once_with_the_job_and_a_later_one_takes_it_up(cloud, copy, clock):
    submitted = copy(wait=False)
    assert clock.sleeps == []
    assert submitted["action"] == "submitted"
    assert submitted["job"]["id"] == cloud.copies()[0]["result"]

    finished = copy(job_id=submitted["job"]["id"])

    assert finished["changed"] is False
    assert finished["action"] == "waited"
    assert finished["image"]["status"] == "active"
    assert len(cloud.copies()) == 1


def test_every_broken_rule_is_named_in_one_answer_and_nothing_is_submitted(cloud, copy):
    result = copy(image_name="broken-everything", destination_region="cn-north-4")

    assert result["failed"] is True
    failed = [check for check in result["preflight"] if check["status"] == "fail"]
    assert {check["check"] for check in failed} == {
        "regions_differ",
        "source_not_encrypted",
        "source_not_iso",
        "source_size",
    }
    assert {check["code"] for check in failed} >= {"IMG.0142", "IMG.0143", "IMG.0167", "IMG.0146"}
    assert result["error"]["stage"] == "preflight"
    for code in ("IMG.0142", "IMG.0143", "IMG.0167", "IMG.0146"):
        assert code in result["msg"]
    assert cloud.mutations() == []


def test_how_long_it_took_counts_from_when_the_module_began(copy, clock):
    clock.advance(10000)
    began = clock.monotonic()

    result = copy()

    assert result["waited"] == round(clock.monotonic() - began, 1) > 0
