# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept of the results of a run carries on as well as all of them."""

from __future__ import annotations

import json

import pytest

from ansible_collections.huaweicloud.ims.plugins.filter.migration_artifacts import FilterModule

migration_artifacts = FilterModule().filters()["migration_artifacts"]
IMAGES = [
    {"image_name": "debian-12-db", "name": "golden-db", "tags": {"team": "db"}},
    {"image_name": "ubuntu-22.04-web"},
    {"image_name": "centos-7-legacy"},
    {"image_name": "encrypted-vault"},
]


def told(results):
    keys = ("status", "action", "attempts", "name", "destination_region", "options", "shared_options")
    return [{**{key: entry[key] for key in keys}, "code": (entry["error"] or {}).get("code")} for entry in results]


def whole(result):
    return result["results"]


def kept(result):
    return migration_artifacts(result)["image_migration_unfinished"]


@pytest.fixture
def chain(cloud, clock, migrate):
    """The runs that it takes to do everything, of which each knows of the one before what is kept of it."""

    def run(keep, retry_failed):
        cloud.reset()
        cloud.outcome(name="centos-7-legacy", status="FAIL", error_code="IMG.0151", fail_reason="no", times=1)
        cloud.switch(slots=2)
        given = {"images": IMAGES, "description": "moved", "on_preflight_failure": "skip"}
        results = [migrate(run_for=20, ledger="none", **given)]
        while not results[-1]["finished"] or len(results) < 3:
            left = [entry for entry in keep(results[-1]) if entry["status"] not in ("present", "copied", "skipped")]
            if not left:
                break
            results.append(migrate(resume=left, run_for=20, ledger="none", retry_failed=retry_failed))
            assert len(results) < 60
        begun = [entry for entry in cloud.copies() if entry["took_effect"]]
        return [told(result["results"]) for result in results], len(begun)

    return run


@pytest.mark.parametrize("retry_failed", [True, False])
def test_each_run_goes_on_as_if_it_knew_all_of_the_one_before(chain, retry_failed):
    expected, copies = chain(whole, retry_failed)
    assert len(expected) > 2
    assert copies == (4 if retry_failed else 3)
    assert chain(kept, retry_failed) == (expected, copies)


def test_what_is_kept_is_much_shorter(migrate):
    result = migrate(images=IMAGES[:3], run_for=5)
    assert [entry["status"] for entry in result["results"]] == ["in_progress"] * 3
    assert len(json.dumps(kept(result))) < len(json.dumps(result["results"])) / 2.5


def test_each_replica_is_told_with_its_source(cloud, migrate):
    migrate(images=IMAGES[:1])
    result = migrate(images=IMAGES[:2])
    artifacts = migration_artifacts(result)
    by_name = {image["name"]: image["id"] for image in cloud.images("cn-south-1")}
    sources = {image["name"]: image["id"] for image in cloud.images("cn-north-4")}
    place = {"region": "cn-south-1", "project_name": "cn-south-1"}
    assert artifacts["image_migration_replicas"] == [
        {
            "source_name": source,
            "source_id": sources[source],
            **place,
            "replica_name": name,
            "replica_id": by_name[name],
        }
        for source, name in (("debian-12-db", "golden-db"), ("ubuntu-22.04-web", "ubuntu-22.04-web"))
    ]
    assert result["replicas"] == artifacts["image_migration_replica_ids"]
    assert result["replicas"] == {
        "debian-12-db": {"cn-south-1": by_name["golden-db"]},
        "ubuntu-22.04-web": {"cn-south-1": by_name["ubuntu-22.04-web"]},
    }
    assert artifacts["image_migration_unfinished"] == []
    assert artifacts["image_migration_finished"] is True
    assert artifacts["image_migration_counts"]["present"] == artifacts["image_migration_counts"]["copied"] == 1


def test_a_plan_has_no_replica_that_is_not_there(migrate):
    artifacts = migration_artifacts(migrate(images=IMAGES[:1], check=True))
    assert (artifacts["image_migration_replicas"], artifacts["image_migration_replica_ids"]) == ([], {})
