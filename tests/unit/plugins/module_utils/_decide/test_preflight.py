# SPDX-License-Identifier: GPL-3.0-or-later
"""The named checks together: all of them, in order, none hiding another."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.facts import Check, Unknown
from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.preflight import (
    CHECKS,
    failures,
    preflight,
    refusal,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.place import Agency, Quota
from tests.unit.shapes import GIB, destination, facts, request, source

AWAY = Unknown("away")

# Each check, and the least that breaks it.
BROKEN: list[tuple[str, dict[str, t.Any], dict[str, t.Any], str]] = [
    ("source_found", {}, {"sources": []}, "IMG.0027"),
    ("source_own", {}, {"sources": [source(owner="p-9")]}, "IMG.0047"),
    ("source_private", {}, {"sources": [source(__imagetype="gold")]}, "IMG.0024"),
    ("source_active", {}, {"sources": [source(status="killed")]}, "IMG.0046"),
    ("source_not_encrypted", {}, {"sources": [source(__system__cmkid="k")]}, "IMG.0143"),
    ("source_not_iso", {}, {"sources": [source(virtual_env_type="IsoImage")]}, "IMG.0167"),
    ("source_size", {}, {"sources": [source(__image_size=str(301 * GIB))]}, "IMG.0146"),
    ("full_ecs_vault", {}, {"sources": [source(__whole_image="true")]}, "IMG.0184"),
    ("name", {"name": "a/b"}, {}, "IMG.0003"),
    ("description", {"description": "a\nb"}, {}, "IMG.0054"),
    ("tags", {"tags": {"a b": "1"}}, {}, "IMG.0115"),
    ("source_region", {}, {"regions": frozenset({"cn-south-1"})}, "IMG.0147"),
    ("destination_region", {}, {"regions": frozenset({"cn-north-4"})}, "IMG.0147"),
    ("source_project", {}, {"source_project": None}, "IMG.0145"),
    ("destination_project", {}, {"destination_project": None}, "IMG.0145"),
    ("agency_exists", {}, {"agency": None}, "IMG.0036"),
    ("agency_delegated", {}, {"agency": Agency("a1", "ims_copy_image", "op_svc_ecs")}, "IMG.0036"),
    ("agency_permitted", {}, {"roles": []}, "IMG.0151"),
    ("quota", {}, {"quota": Quota(100, 100)}, "IMG.0015"),
    ("regions_differ", {"destination": destination(region="cn-north-4", project_name="cn-north-4")}, {}, "IMG.0142"),
]


def test_where_all_is_in_order_every_check_passes_once_and_in_order() -> None:
    checks = preflight(request(), facts())
    assert [check.check for check in checks] == list(CHECKS)
    assert {check.status for check in checks} == {"pass"}
    assert failures(checks) == []


@pytest.mark.parametrize(("name", "asked", "given", "code"), BROKEN, ids=[row[0] for row in BROKEN])
def test_what_is_broken_fails_its_own_check_and_no_other(
    name: str, asked: dict[str, t.Any], given: dict[str, t.Any], code: str
) -> None:
    checks = preflight(request(**asked), facts(**given))
    assert [(check.check, check.code) for check in failures(checks)] == [(name, code)]
    assert len(checks) == len(CHECKS)


@pytest.mark.parametrize(("name", "asked", "given", "code"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_check_that_was_left_out_is_not_made(
    name: str, asked: dict[str, t.Any], given: dict[str, t.Any], code: str
) -> None:
    checks = preflight(request(**asked, skip_checks=frozenset({name})), facts(**given))
    assert failures(checks) == []
    assert [check.check for check in checks] == [check for check in CHECKS if check != name]


def test_every_check_but_that_for_windows_can_fail() -> None:
    assert {name for name, *_rest in BROKEN} == set(CHECKS) - {"windows"}


def test_no_failure_hides_another() -> None:
    broken = preflight(
        request(name="a/b", description="<", tags={"a b": "1"}, size_limit=1),
        facts(agency=None, quota=Quota(1, 1), sources=[source(status="killed", __system__cmkid="k")]),
    )
    assert [check.check for check in failures(broken)] == [
        "source_active",
        "source_not_encrypted",
        "source_size",
        "name",
        "description",
        "tags",
        "agency_exists",
        "quota",
    ]


def test_what_nobody_may_look_up_is_unknown_and_no_failure() -> None:
    checks = preflight(
        request(), facts(regions=AWAY, sources=AWAY, agency=AWAY, roles=AWAY, inherited_roles=AWAY, quota=AWAY)
    )
    assert failures(checks) == []
    known = {"regions_differ", "source_project", "destination_project", "description", "tags"}
    assert {check.check for check in checks if check.status != "unknown"} == known


def test_a_check_reads_as_it_is_documented() -> None:
    assert Check("quota", "fail", "it is full", "IMG.0015", "Delete one.").as_dict() == {
        "check": "quota",
        "status": "fail",
        "code": "IMG.0015",
        "message": "it is full",
        "hint": "Delete one.",
    }
    passed = Check("quota", "pass", "there is room").as_dict()
    assert (passed["code"], passed["hint"]) == (None, None)


@pytest.mark.parametrize(("name", "asked", "given", "code"), BROKEN, ids=[row[0] for row in BROKEN])
def test_every_refusal_offers_a_way_out(
    name: str, asked: dict[str, t.Any], given: dict[str, t.Any], code: str
) -> None:
    (failed,) = failures(preflight(request(**asked), facts(**given)))
    assert failed.told == f"{failed.message} [{name}, {code}]. {failed.hint}"
    assert failed.hint
    assert failed.hint.endswith(".")
    assert not failed.message.endswith(".")


IN_THE_WAY = '"golden" in cn-south-1 is already the name of image r1'


def test_a_refusal_is_short_in_its_message_and_says_each_thing_once_in_its_text() -> None:
    checks = [
        Check("source_own", "pass", "it is"),
        Check("quota", "fail", "it is full", "IMG.0015", "Delete one."),
        Check("windows", "warn", "no longer"),
        Check("source_found", "fail", "there are two"),
    ]
    error = refusal(request(image_id="i1"), checks)
    assert error.as_error() == {
        "stage": "preflight",
        "code": "IMG.0015",
        "http_status": None,
        "message": "Cannot copy image i1 from cn-north-4 to cn-south-1: 2 checks failed (quota, source_found)",
        "request_id": None,
        "hint": "Nothing was submitted. Mend what is named, or leave a check out with skip_checks if you know better.",
    }
    assert error.as_text() == (
        "Cannot copy image i1 from cn-north-4 to cn-south-1: 2 checks failed (quota, source_found): "
        f"it is full [quota, IMG.0015]. Delete one. there are two [source_found]. {error.hint}"
    )


@pytest.mark.parametrize(
    ("checks", "in_the_way", "message", "text"),
    [
        ([], None, *["the source image or the destination cannot be found"] * 2),
        ([], IN_THE_WAY, IN_THE_WAY, f"{IN_THE_WAY}."),
        (
            [Check("quota", "fail", "it is full", "IMG.0015")],
            IN_THE_WAY,
            f"{IN_THE_WAY}; 1 check failed (quota)",
            f"{IN_THE_WAY}; 1 check failed (quota): it is full [quota, IMG.0015]. Choose another name for the replica",
        ),
    ],
)
def test_what_is_in_the_way_is_told_with_the_checks(
    checks: list[Check], in_the_way: str | None, message: str, text: str
) -> None:
    error = refusal(request(), checks, in_the_way)
    assert error.message == message
    assert text in error.as_text()
