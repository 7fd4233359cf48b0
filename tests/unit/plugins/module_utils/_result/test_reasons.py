# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a copy failed, each thing once, from the plain dict of its entry."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._result.reasons import reason_of


def entry(stage: str, *checks: dict[str, t.Any]) -> dict[str, t.Any]:
    error = {"stage": stage, "code": "IMG.0015", "message": "1 check failed (quota)", "hint": "Mend it."}
    return {"error": error, "preflight": list(checks)}


FULL = {"check": "quota", "status": "fail", "code": "IMG.0015", "message": "it is full", "hint": "Delete one."}
TWO = {"check": "source_found", "status": "fail", "code": None, "message": "there are two"}


def test_the_checks_that_failed_are_told_and_no_others() -> None:
    windows = {"check": "windows", "status": "warn", "code": None, "message": "no longer"}
    found = reason_of(entry("preflight", FULL, windows, TWO))
    assert found == "it is full [quota, IMG.0015]. Delete one. there are two [source_found]."


def test_where_no_check_failed_the_error_is_told() -> None:
    told = "1 check failed (quota) (code IMG.0015). Mend it."
    assert reason_of(entry("preflight", {**FULL, "status": "pass"})) == told
    assert reason_of({"error": entry("plan")["error"]}) == told
    assert reason_of({}) == "no reason is known"


def test_a_copy_that_failed_later_failed_for_another_reason() -> None:
    assert reason_of(entry("wait", FULL)) == "1 check failed (quota) (code IMG.0015). Mend it."
