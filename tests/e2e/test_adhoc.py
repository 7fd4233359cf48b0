# SPDX-License-Identifier: GPL-3.0-or-later
"""The ad-hoc command with nothing but environment variables and ``key=value`` arguments."""

from __future__ import annotations

import pytest

from tests import hunting


@pytest.mark.parametrize(("how", "proof"), [("temporary", "aksk"), ("password", "token")])
def test_environment_variables_are_all_it_needs(ansible, cloud, how, proof):
    ansible.call_as(cloud.env("operator", how))
    # That nothing it prints or leaves holds a secret is held for every run: see ``commands.Ansible``.
    cloud.switch(echo=True)

    outcome = ansible.adhoc("-vvvv", "--diff")

    assert (outcome.status, outcome.result["action"]) == (0, "submitted")
    assert outcome.result["image"]["status"] == "active"
    (request,) = cloud.copies()
    assert (request["auth"], request["caller"]) == (proof, "operator")
    # What was fetched on the way is a secret as well.
    assert bool(cloud.tokens()) == (proof == "token")
    assert hunting.found_in(outcome.output + outcome.errors, cloud.tokens()) == []
    assert hunting.left_in(ansible.folder, cloud.tokens()) == []


def test_a_copy_that_is_not_waited_for_is_looked_at_by_its_job(ansible, cloud):
    job_id = ansible.adhoc(wait="false").result["job"]["id"]

    outcome = ansible.adhoc(module="huaweicloud.ims.ims_job_info", region="cn-north-4", job_id=job_id)

    assert (outcome.status, outcome.result["job"]["id"]) == (0, job_id)


def test_images_can_be_listed(ansible, cloud):
    outcome = ansible.adhoc(module="huaweicloud.ims.ims_image_info", region="cn-north-4", name="debian-12-db")

    (image,) = outcome.result["images"]
    assert image["tags"] == {"env": "prod"}


def test_with_one_line_per_host_there_is_one_line_however_long_it_takes(ansible, cloud):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", stuck_at="RUNNING")

    outcome = ansible.adhoc("-o", progress_interval=1, run_for=3)

    (line,) = outcome.output.splitlines()
    assert line.startswith("localhost | CHANGED => {")
    assert "[ims]" not in outcome.errors
    assert outcome.result["action"] == "submitted"
