# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to prove who calls and to name an endpoint leads to the same copy, for few requests."""

from __future__ import annotations

import pytest

WAYS = ["aksk", "temporary", "password"]


@pytest.mark.parametrize("how", WAYS)
def test_each_kind_of_credential_copies_and_finds_again(cloud, copy, as_user, how):
    as_user(how=how)

    first, second = copy(), copy()

    assert first["action"] == "submitted"
    assert second["action"] == "none"
    assert {request["auth"] for request in cloud.copies()} == {"token" if how == "password" else "aksk"}


@pytest.mark.parametrize("how", WAYS)
def test_no_secret_is_in_a_result_be_it_good_or_bad(cloud, copy, as_user, how):
    as_user(how=how)
    env = cloud.env("operator", how)
    secrets = [env[name] for name in ("HW_SECRET_KEY", "HW_SECURITY_TOKEN", "HW_USER_PASSWORD") if name in env]
    assert secrets
    # A gateway repeats the request that it refuses, credentials included.
    echo = {"error_code": "APIGW.0301", "error_msg": f"refused, canonicalRequest: x-security-token:{secrets[-1]}"}
    good = copy()
    cloud.fault(operation="ListImages", do="respond", status=401, body=echo, times=None)
    bad = copy()

    assert bad["failed"] is True
    assert not [secret for secret in secrets if secret in str(good) + str(bad)]


def test_the_region_may_stand_in_the_path_of_the_endpoint(cloud, copy):
    assert "/ims/{region}" in cloud.ims_endpoint

    copy()

    assert {request["region"] for request in cloud.journal() if request["service"] == "ims"} == {
        "cn-north-4",
        "cn-south-1",
    }


@pytest.mark.parametrize("tail", ["", "/", "/v3", "/v3/"])
def test_the_iam_endpoint_may_end_in_its_version(cloud, copy, monkeypatch, tail):
    monkeypatch.setenv("HW_AUTH_URL", cloud.iam_endpoint + tail)

    assert copy(check=True)["action"] == "submitted"


def test_options_win_over_the_environment(cloud, copy, monkeypatch):
    env = cloud.env("operator", "aksk")
    monkeypatch.setenv("HW_ACCESS_KEY", "AKOFSOMEBODYELSE")
    monkeypatch.setenv("HW_SECRET_KEY", "secret-of-somebody-else")
    monkeypatch.setenv("HW_IMS_ENDPOINT", "http://127.0.0.1:9")

    result = copy(
        check=True,
        access_key=env["HW_ACCESS_KEY"],
        secret_key=env["HW_SECRET_KEY"],
        ims_endpoint=cloud.ims_endpoint,
    )

    assert result["action"] == "submitted"


def test_a_password_on_the_task_is_used_although_the_environment_has_an_access_key(cloud, copy, as_user, monkeypatch):
    as_user(how="password")
    env = cloud.env("operator", "password")
    for name in ("HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HW_ACCESS_KEY", "AKOFSOMEBODYELSE")
    monkeypatch.setenv("HW_SECRET_KEY", "secret-of-somebody-else")

    copy(username=env["HW_USER_NAME"], password=env["HW_USER_PASSWORD"], domain_name=env["HW_DOMAIN_NAME"])

    assert {request["auth"] for request in cloud.copies()} == {"token"}


def test_two_ways_on_the_task_are_refused_and_nothing_is_sent(cloud, copy):
    result = copy(access_key="AK", secret_key="not-a-secret", username="joe")

    assert "access_key and secret_key are given, and username is given" in result["msg"]
    assert cloud.journal() == []


def test_a_secret_of_the_environment_is_masked_even_where_its_option_is_blank(cloud, copy, monkeypatch):
    monkeypatch.setenv("HW_SECRET_KEY", "a-secret-of-the-environment")

    result = copy(secret_key="", agency_name="a-secret-of-the-environment")

    assert "a-secret-of-the-environment" not in str(result)


def test_the_source_region_may_come_from_the_environment(cloud, copy, monkeypatch):
    monkeypatch.setenv("HW_REGION_NAME", "cn-north-4")

    assert copy(check=True, source_region=None)["action"] == "submitted"


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_variable_counts_as_absent(cloud, copy, monkeypatch, blank):
    monkeypatch.setenv("HW_REGION_NAME", blank)
    monkeypatch.setenv("HW_IMS_PROGRESS_INTERVAL", blank)

    assert copy(check=True)["action"] == "submitted"
    assert copy(check=True, source_region=None)["msg"] == "missing required arguments: source_region"


def test_every_problem_of_the_input_is_told_at_once_and_nothing_is_sent(cloud, copy, monkeypatch):
    monkeypatch.delenv("HW_SECRET_KEY")

    result = copy(
        source_region="CN North",
        min_ram=4096,
        max_ram=1024,
        size_limit=-1,
        agency_name=" ",
        image_id="../secrets",
        wait_interval=0,
    )

    assert result["error"]["stage"] == "input"
    for word in ("secret_key", "source_region", "min_ram", "size_limit", "agency_name", "image_id", "wait_interval"):
        assert word in result["msg"]
    assert cloud.journal() == []


@pytest.mark.parametrize(("how", "most"), [("aksk", 7), ("password", 10)])
def test_a_second_run_costs_few_requests(cloud, copy, as_user, how, most):
    as_user(how=how)
    copy()
    cloud.clear_journal()

    copy()

    assert len(cloud.journal()) <= most


def test_a_first_run_costs_few_requests_besides_the_looks_at_the_job(cloud, copy):
    copy()

    asked = [request["operation"] for request in cloud.journal()]
    assert len([operation for operation in asked if operation != "ShowJobProgress"]) <= 14


def test_a_wait_costs_one_request_an_interval(cloud, copy):
    job = copy(wait=False)["job"]["id"]
    cloud.clear_journal()

    copy(job_id=job, wait_interval=30)

    assert len(cloud.journal(operation="ShowJobProgress")) == 5


def test_the_names_of_the_official_sdk_do_as_well(cloud, copy, as_user, monkeypatch):
    as_user(how="temporary")
    names = {
        "HW_ACCESS_KEY": "HUAWEICLOUD_SDK_AK",
        "HW_SECRET_KEY": "HUAWEICLOUD_SDK_SK",
        "HW_SECURITY_TOKEN": "HUAWEICLOUD_SDK_SECURITY_TOKEN",
    }
    for name, value in cloud.env("operator", "temporary").items():
        if name in names:
            monkeypatch.delenv(name)
            monkeypatch.setenv(names[name], value)

    assert copy(check=True)["action"] == "submitted"
