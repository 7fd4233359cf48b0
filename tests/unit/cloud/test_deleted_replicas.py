# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody deletes a replica by hand: the next run copies it again at once, whatever was noted of it."""

from __future__ import annotations

import pytest

IMAGE = "ubuntu-22.04-web"


@pytest.fixture
def delete(cloud):
    def act():
        (replica,) = [raw for raw in cloud.images("cn-south-1") if raw["name"] == IMAGE]
        assert replica["status"] == "active"
        cloud.delete_image(replica["id"])

    return act


@pytest.mark.parametrize("ledger", ["host", "cloud", "none"])
def test_a_copy_that_was_seen_to_end_well_leaves_nothing_that_stands_in_the_way(cloud, copy, delete, ledger):
    copy(ledger=ledger)
    delete()

    result = copy(ledger=ledger, run_for=1)

    assert result["action"] == "submitted"
    assert len(cloud.copies()) == 2


def test_results_of_a_copy_that_ended_well_do_not_stand_in_the_way(cloud, migrate, delete):
    images = [{"image_name": IMAGE}]
    first = migrate(images=images)
    delete()

    assert migrate(images=images, resume=first["results"])["results"][0]["action"] == "submitted"


@pytest.mark.parametrize("ledger", ["host", "cloud"])
def test_nor_does_a_replica_that_could_not_be_brought_in_line(cloud, copy, delete, ledger):
    cloud.fault(operation="UpdateImage", region="cn-south-1", do="respond", status=403, times=None)
    assert copy(ledger=ledger, min_ram=2048)["error"]["stage"] == "update"
    delete()

    assert copy(ledger=ledger)["action"] == "submitted"


def test_nor_does_one_that_was_left_alone_as_another_image_was_refused(cloud, copy, migrate, delete, clock):
    copy(wait=False)
    clock.advance(600)
    refused = migrate(images=[{"image_name": IMAGE}, {"image_name": "encrypted-vault"}])
    assert [entry["status"] for entry in refused["results"]] == ["present", "failed"]
    delete()

    assert copy()["action"] == "submitted"


@pytest.mark.parametrize("told", ["by the job", "by an old note"])
def test_nor_does_the_note_of_a_run_that_died_once_its_copy_has_long_ended(cloud, copy, killed, delete, clock, told):
    assert killed(at=1)
    clock.advance(10800)
    delete()
    if told == "by an old note":
        cloud.fault(operation="ShowJobProgress", do="respond", status=404, times=None)

    result = copy(run_for=1)

    assert result["action"] == "submitted"
    assert len(cloud.copies()) == 2


def test_where_its_end_was_not_seen_and_is_not_long_ago_it_is_said_how_to_have_it_copied(
    cloud, copy, killed, delete, clock
):
    assert killed(at=1)
    clock.advance(1800)
    delete()

    result = copy()

    assert "is not to be seen in cn-south-1" in result["msg"]
    assert "ledger: none" in result["msg"]
    assert copy(ledger="none")["action"] == "submitted"
