# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of each module says of its result is what comes back, down to nested keys."""

from __future__ import annotations

import importlib
import json
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import SystemClock
from tests.module_args import as_received, patch_module_args
from tests.unit.documented import COLLECTION, MODULES, documentation

# Every module of Ansible may return these; they are documented with Ansible.
COMMON = {"changed", "msg", "failed", "exception", "invocation", "warnings", "deprecations", "diff"}
KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "dict": (dict,),
    "list": (list,),
    # Whatever a query makes of the images.
    "raw": (object,),
}

COPY = {"source_region": "cn-north-4", "destination_region": "cn-south-1", "agency_name": "ims_copy_image"}
MIGRATION = {"source_region": "cn-north-4", "destinations": [{"region": "cn-south-1", "agency_name": "ims_copy_image"}]}
WEB = {"image_name": "ubuntu-22.04-web"}
LEGACY = {"image_name": "centos-7-legacy"}
# What is begun here fails in the end.
BROKEN = {"image_name": "rocky-9-batch"}
WRONG = {"max_retries": -1}


def copies(run, cloud):
    cloud.outcome(name="rocky-9-batch", status="FAIL", error_code="IMG.0061", fail_reason="storage broke", at=0.5)
    run(check=True, diff=True, **COPY, **WEB)
    run(diff=True, **COPY, **WEB, copy_tags=True, description="golden")
    run(**COPY, **WEB)
    run(diff=True, **COPY, **WEB, description="more golden")
    run(**{**COPY, "source_region": "cn-south-1", "destination_region": "cn-east-3"}, **WEB)
    cut_short = run(**COPY, **LEGACY, run_for=25)
    run(**COPY, **LEGACY, resume={key: cut_short[key] for key in ("job", "started_at", "refused_since")})
    for _run in ("begins it", "takes it up"):
        run(**COPY, **LEGACY, name="later", wait=False)
    cloud.occupy_slots(4, 900)
    run(**COPY, **LEGACY, name="no slot", run_for=10)
    run(**COPY, **LEGACY, name="no slot for long", wait_timeout=20)
    run.later(3600)
    run(state="absent", diff=True, **COPY, **WEB)
    run(diff=True, **COPY, **BROKEN)
    run(**COPY, image_name="broken-everything")
    run(**COPY, image_name="no-such-image")
    run(**{**COPY, "destination_region": "xx-nowhere-1"}, **WEB)
    run(**COPY, **WEB, **WRONG)
    refuse(cloud, "ListImages")
    run(**COPY, **WEB)


def migrations(run, cloud):
    cloud.outcome(name="rocky-9-batch", status="FAIL", error_code="IMG.0061", fail_reason="storage broke", at=0.5)
    run(check=True, diff=True, **MIGRATION, images=[WEB, LEGACY])
    run(diff=True, **MIGRATION, images=[WEB])
    run(
        diff=True,
        **MIGRATION,
        images=[{**WEB, "description": "golden"}, {"image_id": cloud.image("debian-12-db")["id"]}],
    )
    cut_short = run(**MIGRATION, images=[WEB, LEGACY], run_for=25)
    run(**MIGRATION, resume=cut_short["results"])
    run.module("ims_image_cross_region_copy", **COPY, **LEGACY, name="taken up", wait=False)
    run(**MIGRATION, images=[{**LEGACY, "name": "taken up"}], run_for=1)
    cloud.occupy_slots(5, 900)
    run(**MIGRATION, images=[{**LEGACY, "name": "no slot"}], run_for=10)
    run.later(3600)
    run(**MIGRATION, images=[WEB, BROKEN])
    run(**MIGRATION, images=[WEB, {"image_name": "broken-everything"}])
    run(**MIGRATION, images=[WEB, {"image_name": "no-such-image"}], on_preflight_failure="skip")
    run(**MIGRATION, images=[WEB, {"image_name": "no-such-image"}])
    run(**MIGRATION, images=[WEB], query="[?")
    run(**MIGRATION, images=[WEB], **WRONG)
    refuse(cloud, "CopyImageCrossRegion")
    run(**MIGRATION, images=[{**WEB, "name": "refused"}])


def image_infos(run, cloud):
    job(run, cloud)
    run(region="cn-north-4")
    run(check=True, region="cn-south-1")
    run(region="cn-north-4", query="[?os_type=='Linux']")
    run(region="xx-nowhere-1")
    run(region="cn-north-4", query="[?")
    run(region="cn-north-4", **WRONG)
    refuse(cloud, "ListImages")
    run(region="cn-north-4")


def job_infos(run, cloud):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="storage broke")
    job_id = job(run, cloud)
    run(check=True, region="cn-north-4", job_id=job_id)
    run.later(3600)
    run(region="cn-north-4", job_id=job_id)
    run(region="cn-north-4", job_id="ff8080820000000000000000000000ff")
    run(region="xx-nowhere-1", job_id=job_id)
    run(region="cn-north-4", job_id="no/job")
    refuse(cloud, "ShowJobProgress")
    run(region="cn-north-4", job_id=job_id)


def refuse(cloud, operation):
    body = {"error": {"code": "IMG.0005", "message": "No permission."}}
    cloud.fault(operation=operation, do="respond", status=403, times=None, body=body)


def job(run, cloud):
    """A copy, begun by the other module."""
    return run.module("ims_image_cross_region_copy", **COPY, **WEB, wait=False)["job"]["id"]


# How the results of each module are got: made, found, foretold, cut short and failed, and where it matters with a diff.
STORIES = {
    "ims_image_cross_region_copy": copies,
    "ims_image_info": image_infos,
    "ims_image_migration": migrations,
    "ims_job_info": job_infos,
}


class Runs:
    """Runs a module as its file would be run, time aside, and keeps what came back."""

    def __init__(self, name, later, capsys):
        self.results = []
        self.later = later
        self._name = name
        self._capsys = capsys

    def __call__(self, check=False, diff=False, **params):
        result = self.module(self._name, check, diff, **params)
        self.results.append(result)
        return result

    def module(self, name, /, check=False, diff=False, **params):
        main = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{name}").main
        self._capsys.readouterr()
        arguments = {**params, "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            main()
        return json.loads(as_received(self._capsys.readouterr().out))


# What the stories that have been told returned: each is long, and several tests look at it without changing it.
TOLD: dict[str, list[dict[str, t.Any]]] = {}


@pytest.fixture
def results(request, cloud, clock, monkeypatch, capsys):
    """Everything that a story of the module returned."""
    if request.param not in TOLD:
        for method in ("monotonic", "sleep", "utcnow"):
            monkeypatch.setattr(SystemClock, method, staticmethod(getattr(clock, method)))
        runs = Runs(request.param, clock.advance, capsys)
        STORIES[request.param](runs, cloud)
        TOLD[request.param] = runs.results
    return TOLD[request.param]


def test_every_module_has_a_story():
    assert sorted(STORIES) == MODULES


def each_module(test):
    return pytest.mark.parametrize(("module", "results"), [(name, name) for name in MODULES], indirect=["results"])(
        test
    )


@each_module
def test_the_story_has_successes_and_failures(module, results):
    assert {bool(result.get("failed")) for result in results} == {True, False}


@each_module
def test_every_key_of_a_result_is_documented(module, results):
    documented = documentation()[module]["return"]

    strangers = {path for result in results for path in unknown(result, documented) if path not in COMMON}

    assert strangers == set()


@each_module
def test_every_documented_key_is_in_a_result_with_a_value_at_least_once(module, results):
    documented = documentation()[module]["return"]

    seen = {path for result in results for path, value in present(result, documented) if value is not None}

    assert dict(paths(documented)).keys() - seen == set()


@each_module
def test_values_are_of_the_documented_types(module, results):
    documented = documentation()[module]["return"]
    types = dict(paths(documented))

    wrong = {
        (path, types[path], type(value).__name__)
        for result in results
        for path, value in present(result, documented)
        if value is not None
        and not (isinstance(value, KINDS[types[path]]) and isinstance(value, bool) == (types[path] == "bool"))
    }

    assert wrong == set()


@each_module
def test_what_is_returned_always_is_and_what_is_returned_on_failure_is_returned_only_then(module, results):
    for name, documented in documentation()[module]["return"].items():
        wanted = {"always": {True, False}, "failure": {True}}.get(documented["returned"])
        if wanted is not None:
            for result in results:
                failed = bool(result.get("failed"))
                assert (name in result) == (failed in wanted), (name, result)


def unknown(values, documented, prefix=""):
    """The paths of a result that are not documented; what is below a key without ``contains`` is free."""
    for name, value in values.items():
        if name not in documented:
            yield prefix + name
        elif documented[name].get("contains"):
            for item in items(value):
                yield from unknown(item, documented[name]["contains"], f"{prefix}{name}.")


def present(values, documented, prefix=""):
    """The documented paths that a result has, with their values."""
    for name, value in values.items():
        if name in documented:
            yield prefix + name, value
            if documented[name].get("contains"):
                for item in items(value):
                    yield from present(item, documented[name]["contains"], f"{prefix}{name}.")


def paths(documented, prefix=""):
    """Every documented path with its type."""
    for name, value in documented.items():
        yield prefix + name, value["type"]
        yield from paths(value.get("contains") or {}, f"{prefix}{name}.")


def items(value):
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []
