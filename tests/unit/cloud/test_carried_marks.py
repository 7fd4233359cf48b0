# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks that a copy has carried along from its source to its replica, where they mean nothing."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def carrying(cloud):
    cloud.switch(carried_attributes=True)


@pytest.fixture
def marks(replicas):
    def read():
        (replica,) = replicas()
        return [name for name in replica if name.startswith("ims_copy_")]

    return read


def test_a_run_takes_off_the_mark_that_its_copy_has_carried_along(cloud, copy, marks):
    result = copy(ledger="cloud")

    assert (result["changed"], result["action"], result["attempts"]) == (True, "submitted", 1)
    assert marks() == []


def test_one_that_cannot_be_taken_off_is_no_reason_to_fail(cloud, copy, marks):
    cloud.fault(operation="UpdateImage", region="cn-south-1", do="respond", status=403, times=None)

    assert copy(ledger="cloud")["action"] == "submitted"
    assert marks() != []


@pytest.fixture
def carried(cloud, copy, clock, marks):
    """A replica with a mark, whose copy nobody has seen to end."""
    copy(ledger="cloud", wait=False)
    clock.advance(600)
    assert marks() != []


def test_a_replica_that_is_found_present_is_left_as_it_is(cloud, copy, carried, marks):
    cloud.clear_journal()

    result = copy(ledger="cloud")

    assert (result["changed"], result["action"]) == (False, "none")
    assert [request["region"] for request in cloud.mutations()] == ["cn-north-4"]
    assert marks() != []


def test_the_mark_goes_when_the_replica_is_brought_in_line(cloud, copy, carried, marks, replicas):
    copy(ledger="cloud", min_ram=2048)

    (replica,) = replicas()
    assert (replica["min_ram"], marks()) == (2048, [])
