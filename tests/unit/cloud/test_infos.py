# SPDX-License-Identifier: GPL-3.0-or-later
"""The two modules that only read."""

from __future__ import annotations

import json

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import ims as ims_client
from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.infos import show_images, show_job
from ansible_collections.huaweicloud.ims.plugins.modules import ims_image_info, ims_job_info
from tests.module_args import as_received, patch_module_args


@pytest.fixture
def show(cloud, clock, capsys):
    def run(module, work, **params):
        params.setdefault("region", "cn-north-4")
        capsys.readouterr()
        with patch_module_args({**params, "_ansible_remote_tmp": "/tmp"}), pytest.raises(SystemExit):
            work(module.build(), clock)
        return json.loads(as_received(capsys.readouterr().out))

    return run


@pytest.fixture
def images(show):
    return lambda **params: show(ims_image_info, show_images, **params)


@pytest.fixture
def job(show):
    return lambda **params: show(ims_job_info, show_job, **params)


def names(result):
    return [image["name"] for image in result["images"]]


def test_all_own_images_are_listed_and_nobody_elses(cloud, images):
    found = names(images())

    assert "ubuntu-22.04-web" in found and "shared-out-base" in found
    assert "partner-image" not in found and "Ubuntu 22.04 server 64bit" not in found


def test_every_page_is_read(cloud, images):
    cloud.switch(page_limit=3)

    assert len(names(images())) > 10


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"name": "debian-12-db"}, {"debian-12-db"}),
        ({"os_type": "Windows"}, {"windows-2019-app"}),
        ({"status": "saving"}, {"being-created"}),
        ({"env_type": "DataImage"}, {"data-disk-logs"}),
        ({"tags": {"env": "prod", "role": "web"}}, {"ubuntu-22.04-web"}),
        ({"query": "[?size_bytes == `12884901888`].id"}, {"debian-12-db"}),
        ({"name": "no-such-image"}, set()),
    ],
)
def test_filters_and_the_query_narrow_the_list(cloud, images, filters, expected):
    assert set(names(images(**filters))) == expected


def test_one_image_can_be_asked_for_by_its_id(cloud, images):
    wanted = cloud.image("euleros-arm")["id"]

    assert [image["id"] for image in images(image_id=wanted)["images"]] == [wanted]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"os_type": "Windows"}, {"windows-2019-app"}),
        ({"status": "saving"}, {"being-created"}),
        ({"env_type": "DataImage"}, {"data-disk-logs"}),
        ({"image_id": "10000000-0000-4000-8000-000000000001"}, {"ubuntu-22.04-web"}),
        ({"enterprise_project_id": "no-such-one"}, set()),
        ({"platform": "CentOS", "status": "active"}, {"centos-7-legacy"}),
    ],
)
def test_a_service_that_pays_no_attention_to_a_filter_is_noticed(cloud, images, monkeypatch, filters, expected):
    listed = ims_client.Ims.own_images
    monkeypatch.setattr(ims_client.Ims, "own_images", lambda service, name, **ignored: listed(service, name=name))

    assert set(names(images(**filters))) == expected


def test_what_an_image_does_not_say_of_itself_its_service_knows(cloud, images):
    everything = names(images())
    attributes = {"__os_type": None, "virtual_env_type": None, "__platform": None}
    silent = {**cloud.image("debian-12-db"), **attributes}
    cloud.fault(operation="ListImages", do="respond", status=200, body={"images": [silent]})

    assert names(images(os_type="Linux", platform="Debian", env_type="FusionCompute")) == ["debian-12-db"]
    assert set(names(images(enterprise_project_id="all_granted_eps"))) == set(everything)


def test_a_project_of_its_own_is_looked_into(cloud, images):
    assert names(images(project_name="cn-north-4_build")) == ["ci-runner"]


def test_an_unknown_project_is_named(cloud, images):
    result = images(project_name="cn-north-4_nowhere")

    assert result["failed"] is True
    assert "cn-north-4_nowhere" in result["msg"]
    assert result["error"]["code"] == "IMG.0145"


def test_what_is_no_value_is_refused_in_words(cloud, images):
    result = images(query="&name")

    assert result["failed"] is True
    assert "query gives no value that can be shown" in result["msg"]


def test_what_a_query_makes_of_the_images_is_the_selection_and_whole_images_are_told_apart(cloud, images):
    names = images(query="[?name=='debian-12-db' || name=='ubuntu-22.04-web'].name")
    whole = images(query="[?name=='debian-12-db']")

    assert (sorted(names["selection"]), names["images"]) == (["debian-12-db", "ubuntu-22.04-web"], [])
    assert [image["name"] for image in whole["images"]] == ["debian-12-db"]
    assert whole["selection"] == whole["images"]
    assert images()["selection"] is None


def test_what_cannot_be_right_is_refused_at_once_and_nothing_is_sent(cloud, images):
    result = images(region="CN North!", image_id="../../etc", query="[?")

    assert result["failed"] is True
    for part in ("region 'CN North!'", "image_id '../../etc'", "query"):
        assert part in result["msg"]
    assert cloud.journal() == []


def test_trouble_with_the_listing_names_the_region(cloud, images):
    cloud.fault(operation="ListImages", do="respond", status=403, times=None)

    result = images()

    assert result["failed"] is True
    assert "Listing the images in cn-north-4" in result["msg"]
    assert result["images"] == []


def test_trouble_with_the_projects_names_the_project(cloud, images):
    cloud.fault(service="iam", do="respond", status=403, times=None)

    result = images()

    assert result["failed"] is True
    assert "Looking up project cn-north-4" in result["msg"]


def test_a_job_is_shown_as_it_goes(cloud, copy, job, clock):
    submitted = copy(wait=False)

    before = job(job_id=submitted["job"]["id"])
    clock.sleep(3600)
    after = job(job_id=submitted["job"]["id"])

    assert before["job"]["status"] in ("INIT", "RUNNING")
    assert after["job"]["status"] == "SUCCESS"
    assert after["image_name"] == "ubuntu-22.04-web"
    assert after["image_id"] == copy()["image"]["id"]


def test_a_job_that_nobody_knows_is_null_and_no_failure(cloud, job):
    result = job(job_id="ff8080828f0c1a2b018f10a2c3d40001")

    assert result["job"] is None
    assert result.get("failed") is not True


def test_trouble_with_the_job_names_it(cloud, job):
    cloud.fault(operation="ShowJobProgress", do="respond", status=403, times=None)

    result = job(job_id="ff8080828f0c1a2b018f10a2c3d40001")

    assert result["failed"] is True
    assert "ff8080828f0c1a2b018f10a2c3d40001" in result["msg"]
