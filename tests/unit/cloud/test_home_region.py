# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose IAM is asked where its endpoint depends on a region: that of the source, or of the region that is looked at."""

from __future__ import annotations

import json

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.infos import show_images, show_job
from ansible_collections.huaweicloud.ims.plugins.modules import ims_image_info, ims_job_info
from tests.module_args import patch_module_args
from tests.unit.support import Server, answer

FORBIDDEN = answer(403, {"error": {"code": 403, "message": "no", "title": "Forbidden"}})


@pytest.fixture
def iam(monkeypatch):
    """An IAM that answers nothing, and says whose it is by the beginning of its path."""
    with Server(*[FORBIDDEN] * 20) as server:
        monkeypatch.setenv("HW_AUTH_URL", f"{server.url}/{{region}}")
        monkeypatch.setenv("HW_MAX_RETRIES", "0")
        yield server


def asked(iam):
    assert iam.received
    return {request.path.split("/")[1] for request in iam.received}


def test_one_copy_asks_at_its_source(cloud, iam, copy):
    copy(source_region="cn-north-4", destination_region="cn-south-1")
    assert asked(iam) == {"cn-north-4"}


def test_a_migration_asks_at_its_source(cloud, iam, migrate):
    migrate(source_region="cn-east-3", images=[{"image_name": "a"}])
    assert asked(iam) == {"cn-east-3"}


@pytest.mark.parametrize(
    ("module", "work", "more"),
    [(ims_image_info, show_images, {}), (ims_job_info, show_job, {"job_id": "ff80"})],
    ids=["ims_image_info", "ims_job_info"],
)
def test_who_only_reads_asks_where_it_reads(cloud, iam, clock, capsys, module, work, more):
    arguments = {"region": "cn-south-1", **more, "_ansible_remote_tmp": "/tmp"}
    with patch_module_args(arguments), pytest.raises(SystemExit):
        work(module.build(), clock)
    assert json.loads(capsys.readouterr().out)["failed"] is True
    assert asked(iam) == {"cn-south-1"}
