# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud that quotes whatever it is sent: none of it gets out by results, warnings, events, notes or marks.

The same hunt through real processes is in ``tests/e2e/test_no_secrets.py``.
"""

from __future__ import annotations

import base64
import json
import re
import typing as t
from urllib.parse import quote

import pytest
import requests

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.infos import show_images, show_job
from ansible_collections.huaweicloud.ims.plugins.modules import ims_image_info, ims_job_info
from tests import hunting
from tests.emulator import echo, seed
from tests.module_args import as_received, patch_module_args

WEB = "ubuntu-22.04-web"
# A temporary key is all that a lasting one is, and more.
WAYS = [
    ("operator", "temporary"),
    ("awkward", "password"),
    ("operator", "profile"),
    ("operator", "token"),
    ("visitor", "agency"),
]


@pytest.fixture
def hunt(cloud, tmp_path, warnings):
    """Looks for secrets in all that a run has left."""

    def look(*results: t.Any) -> None:
        secrets = {*hunting.all_secrets(), *cloud.tokens()}
        told = json.dumps([results, warnings, cloud.images()], ensure_ascii=False)
        assert hunting.found_in(told, secrets) == []
        assert hunting.found_in(json.dumps([results, warnings]), secrets) == []
        assert hunting.left_in(tmp_path, secrets) == []
        assert not re.search("Signature[^ ]{0,10}[0-9a-f]{16}", told)

    return look


@pytest.fixture(params=WAYS, ids="-".join)
def caller(request, cloud, as_user, monkeypatch, tmp_path, tmp_path_factory):
    """Who calls, once by the environment and once by options, while the cloud quotes all of it."""
    user, how = request.param
    cloud.switch(echo=True)
    # Notes are left by runs that do not wait.
    monkeypatch.setenv("HW_IMS_STATE_DIR", str(tmp_path / "state"))

    def by_file(env: dict[str, str], as_options: bool) -> dict[str, str]:
        file = tmp_path_factory.mktemp("config") / "config.json"
        words = ("accessKeyId", "secretAccessKey", "securityToken")
        names = dict(zip(("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"), words))
        profile = {"name": "mine", **{key: env[name] for name, key in names.items()}}
        file.write_text(json.dumps({"current": "mine", "profiles": [profile]}))
        for name in names:
            monkeypatch.delenv(name)
        if as_options:
            return {"shared_config_file": str(file)}
        monkeypatch.setenv("HW_SHARED_CONFIG_FILE", str(file))
        return {}

    def by_token(as_options: bool) -> dict[str, str]:
        as_user(user, "password")
        for name in hunting.OPTIONS:
            monkeypatch.delenv(name, raising=False)
        person = {"name": user, "password": seed.USERS[user].password, "domain": {"name": seed.ACCOUNT}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": person}}}}
        reply = requests.post(f"{cloud.iam_endpoint}/v3/auth/tokens", json=body, timeout=10)
        if as_options:
            return {"auth_token": reply.headers["X-Subject-Token"]}
        monkeypatch.setenv("HW_AUTH_TOKEN", reply.headers["X-Subject-Token"])
        return {}

    def call(as_options: bool) -> dict[str, t.Any]:
        if how == "token":
            return by_token(as_options)
        if how == "agency":
            as_user(user, "aksk")
            return {"assume_role": {"agency_name": "image_movers", "domain_name": seed.ACCOUNT}}
        env = cloud.env(user, how.replace("profile", "temporary"))
        as_user(user, how.replace("profile", "temporary"))
        if how == "profile":
            return by_file(env, as_options)
        if not as_options:
            return {}
        for name in hunting.OPTIONS:
            monkeypatch.delenv(name, raising=False)
        return {option: env[name] for name, option in hunting.OPTIONS.items() if name in env}

    return call


@pytest.mark.parametrize("as_options", [False, True], ids=["environment", "options"])
def test_of_one_copy(cloud, copy, caller, hunt, tmp_path, as_options):
    who = caller(as_options)
    log = str(tmp_path / "events")
    seen = [
        copy(check=True, diff=True, **who),
        copy(wait=False, ledger="cloud", event_log=log, **who),
        copy(diff=True, tags={"a": "b"}, event_log=log, **who),
        copy(**who),
        copy(image_name="nobody-at-all", **who),
        copy(agency_name="ims_no_roles", destination_region="cn-east-3", **who),
        copy(job_id="nobody", **who),
    ]
    cloud.outcome(name="debian-12-db", status="FAIL", error_code="IMG.0151", fail_reason="no", times=None)
    seen.append(copy(image_name="debian-12-db", event_log=log, **who))

    assert not [result["msg"] for result in seen[:4] if result.get("failed")]
    assert [result["action"] for result in seen[:4]] == ["submitted", "submitted", "updated", "none"]
    assert [result.get("failed", False) for result in seen] == [False] * 4 + [True] * 4
    assert "***" in json.dumps(seen)
    hunt(*seen)


def test_of_many_copies(cloud, migrate, caller, hunt, tmp_path):
    who = caller(as_options=True)
    log = str(tmp_path / "events")
    names = (WEB, "debian-12-db", "encrypted-vault", "nobody")
    how = {"images": [{"image_name": name} for name in names], "on_preflight_failure": "skip", **who}
    cloud.outcome(name="debian-12-db", status="FAIL", error_code="IMG.0151", fail_reason="no", times=None)

    planned = migrate(check=True, diff=True, **how)
    begun = migrate(run_for=60, ledger="cloud", diff=True, event_log=log, **how)
    finished = migrate(max_attempts=2, resume=begun["results"], on_preflight_failure="skip", event_log=log, **who)
    selected = migrate(check=True, query="[?starts_with(name, 'win')]", **who)

    assert begun["counts"]["in_progress"] == 2
    assert [finished["counts"][status] for status in ("copied", "skipped", "failed")] == [1, 2, 1]
    hunt(planned, begun, finished, selected)


@pytest.mark.parametrize("status", [302, 400, 401, 429, 500])
@pytest.mark.parametrize("operation", ["ListProjects", "ListImages", "CopyImageCrossRegion", "ShowJobProgress"])
def test_of_refusals(cloud, copy, caller, hunt, status, operation):
    who = caller(as_options=False)
    headers = {"Location": "http://elsewhere.example/"} if status == 302 else {}
    body = {"error": {"code": "IMG.9999", "message": "no"}}
    cloud.fault(operation=operation, do="respond", status=status, headers=headers, body=body, times=None)

    result = copy(wait_timeout=60, **who)

    hunt(result)


@pytest.mark.parametrize("status", [302, 401, 500])
def test_of_a_login_that_is_refused(cloud, copy, caller, hunt, status):
    who = caller(as_options=True)
    body = "<html>no</html>" if status == 500 else {"error": {"message": "no"}}
    headers = {"Location": "http://elsewhere.example/"} if status == 302 else {}
    cloud.fault(path="/v3/auth/tokens", do="respond", status=status, headers=headers, body=body, times=None)

    hunt(copy(**who))


def test_of_what_is_only_looked_at(cloud, copy, caller, hunt, capsys):
    who = caller(as_options=True)
    job = copy(wait=False, **who)["job"]["id"]

    def show(module: t.Any, look: t.Callable[..., None], **params: t.Any) -> t.Any:
        with patch_module_args({**params, **who, "_ansible_remote_tmp": "/tmp"}), pytest.raises(SystemExit):
            look(module.build())
        return json.loads(as_received(capsys.readouterr().out))

    images = show(ims_image_info, show_images, region="cn-north-4")
    filtered = show(ims_image_info, show_images, region="cn-north-4", query="[?name=='x'].nothing")
    known = show(ims_job_info, show_job, region="cn-north-4", job_id=job)
    unknown = show(ims_job_info, show_job, region="cn-north-4", job_id="nobody")

    assert len(images["images"]) > 5
    assert known["job"]["id"] == job
    hunt(images, filtered, known, unknown)


@pytest.mark.parametrize("writing", echo.WRITINGS)
def test_the_hunt_finds_a_secret_in_every_way_of_writing_of_the_cloud(writing):
    token = "MIIEmulated" + "aB3dE5gH_-x7Q" * 9
    for secret in (*hunting.all_secrets(), token):
        assert hunting.found_in(f"x{writing(secret)}y", [secret])
        assert hunting.found_in(json.dumps({"told": writing(secret)}), [secret])


def test_the_hunt_finds_what_is_there(cloud, copy, as_user, hunt, tmp_path):
    as_user(how="password")
    copy(check=True)
    token = cloud.tokens()[0]
    quoted = quote(seed.AWKWARD.password)
    encoded = base64.b64encode(f"operator:{seed.OPERATOR.password}".encode()).decode()
    for told in (seed.OPERATOR.password, quoted, f"x-{token}-x", encoded):
        with pytest.raises(AssertionError):
            hunt({"msg": f"told: {told}"})
    (tmp_path / "left").write_text(seed.TEMPORARY_KEY.security_token or "")
    with pytest.raises(AssertionError):
        hunt()
