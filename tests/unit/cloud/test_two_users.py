# SPDX-License-Identifier: GPL-3.0-or-later
"""Two users of one host share a state_dir: what one cannot read of the other's runs keeps that copy from being made."""

from __future__ import annotations

import os

import pytest

IMAGE, OTHER = "ubuntu-22.04-web", "debian-12-db"
UNKNOWN = "whether another run has submitted this copy is not known: in "


@pytest.fixture
def theirs(cloud, copy, monkeypatch, tmp_path):
    """The note of a copy that another user's run has submitted and that does not show yet."""
    cloud.switch(replica_visible="late", replica_delay=60)
    copy(wait=False)
    (note,) = (tmp_path / "state").iterdir()
    owner = note.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    cloud.clear_journal()
    return note


@pytest.mark.parametrize("check", [False, True])
def test_a_copy_that_another_users_run_may_have_submitted_is_refused_also_in_check_mode(cloud, copy, theirs, check):
    result = copy(check=check)

    assert (result["failed"], result["changed"]) == (True, False)
    assert f"{UNKNOWN}{theirs.parent}, {theirs.name} belongs to another user" in result["msg"]
    assert "state_dir" in result["error"]["hint"]
    assert cloud.mutations() == []


def test_other_copies_go_on(cloud, migrate, theirs, monkeypatch):
    # A link keeps whoever runs the tests from reading it, root as well.
    monkeypatch.setattr(os, "geteuid", os.getuid)
    theirs.unlink()
    theirs.symlink_to("elsewhere")

    result = migrate(images=[{"image_name": IMAGE}, {"image_name": OTHER}], on_preflight_failure="skip")

    unknown, free = result["results"]
    assert (unknown["status"], free["status"]) == ("failed", "copied")
    assert len(cloud.copies()) == 1


@pytest.mark.parametrize("ledger", ["host", "cloud"])
def test_what_is_there_is_found_as_ever(cloud, copy, clock, theirs, ledger):
    clock.advance(3600)

    result = copy(ledger=ledger)

    assert (result.get("failed", False), result["changed"], result["image"]["status"]) == (False, False, "active")
    assert cloud.mutations() == []
