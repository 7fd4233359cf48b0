# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever works in another account by an agency: its images are copied, for as long as it takes."""

from __future__ import annotations

import pytest

from tests.emulator import seed

MOVERS = {"agency_name": "image_movers", "domain_name": seed.ACCOUNT, "duration": 900}
ASSUME = "CreateTemporaryAccessKeyByAgency"


@pytest.mark.parametrize("how", ["aksk", "password"])
def test_a_caller_of_another_account_copies_by_an_agency(cloud, copy, as_user, how):
    as_user("visitor", how)
    result = copy(assume_role=MOVERS)
    assert result["action"] == "submitted"
    assert result["image"]["status"] == "active"
    assert {entry["caller"] for entry in cloud.copies()} == {"image_movers"}


def test_keys_that_run_out_during_a_long_copy_are_fetched_anew(cloud, copy, as_user):
    as_user("visitor", "aksk")
    cloud.switch(copy_base_seconds=4000)
    result = copy(assume_role=MOVERS)
    assert result["action"] == "submitted"
    assert result["waited"] > 4000 - 60
    assert len(cloud.copies()) == 1
    fetched = cloud.journal(operation=ASSUME)
    assert len(fetched) >= 5
    assert {entry["caller"] for entry in fetched} == {"visitor"}


def test_keys_that_are_revoked_before_the_copy_lead_to_one_copy(cloud, copy, as_user):
    as_user("visitor", "aksk")
    copy(assume_role=MOVERS, check=True)
    cloud.expire_tokens()
    assert copy(assume_role=MOVERS)["action"] == "submitted"
    assert len(cloud.copies()) == 1


def test_without_the_agency_the_account_has_nothing(cloud, copy, as_user):
    as_user("visitor", "aksk")
    result = copy()
    assert result["failed"]
    assert "there is no project cn-north-4 that this caller can see" in result["msg"]


@pytest.mark.parametrize("agency", ["nobody", "ims_copy_image"])
def test_an_agency_that_cannot_be_assumed_is_said_once_and_nothing_is_sent(cloud, copy, as_user, agency):
    as_user("visitor", "aksk")
    result = copy(assume_role={**MOVERS, "agency_name": agency})
    assert result["failed"]
    assert f"agency {agency} of account {seed.ACCOUNT} cannot be assumed" in result["msg"]
    assert "Agent Operator" in result["error"]["hint"]
    assert len(cloud.journal()) == 1
