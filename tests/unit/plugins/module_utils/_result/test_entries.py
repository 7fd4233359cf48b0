# SPDX-License-Identifier: GPL-3.0-or-later
"""How a copy reads as a result."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.decision import (
    BLOCKED,
    IN_FLIGHT,
    PRESENT,
    SUBMIT,
    Decision,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.facts import Check
from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.replica import foreseen, picture
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy, Plan
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.phases import (
    Attempt,
    Ended,
    FollowingJob,
    Outcome,
    Phase,
    Queued,
    Settling,
    Unplanned,
    WatchingImage,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    Busy,
    ImsError,
    JobFailed,
    PreflightFailed,
    WaitTimeout,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from ansible_collections.huaweicloud.ims.plugins.module_utils._result.entries import (
    Reading,
    check_warnings,
    preflight_of,
)
from tests.unit.shapes import DESTINATION_PROJECT, SOURCE_PROJECT, replica, request, source

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
DONE, FORETOLD = Reading(), Reading(check_mode=True)
OURS = Attempt(1, ours=True, deadline=0.0, submitted_at=NOON)
THEIRS = Attempt(0, ours=False, deadline=0.0)
ASKED = request(description="new")
BEFORE = picture(replica(), ASKED)


NEW = Unplanned()


def copy(phase: Phase = NEW, known: bool = True, **plan: t.Any) -> Copy:
    whole = Plan(source(), SOURCE_PROJECT, DESTINATION_PROJECT) if known else Plan()
    return Copy(ASKED, plan=whole._replace(**plan), phase=phase)


def ended(outcome: Outcome = Outcome.COPIED, image: Image | None = None, **fields: t.Any) -> Ended:
    return Ended(outcome, NOON, image=image, **fields)


BROKEN = Check("quota", "fail", "it is full", "IMG.0015")
CHECKS = (Check("name", "pass", "fine"), BROKEN, Check("agency_exists", "unknown", "away"))


@pytest.mark.parametrize("kind", [PRESENT, IN_FLIGHT, BLOCKED])
def test_a_broken_rule_is_a_warning_where_nothing_has_to_be_submitted(kind: str) -> None:
    checks = preflight_of(copy(decision=Decision(kind), checks=CHECKS))
    assert [check["status"] for check in checks] == ["pass", "warn", "unknown"]
    assert checks[1] == {**BROKEN.as_dict(), "status": "warn"}


@pytest.mark.parametrize(
    ("decision", "error"), [(None, None), (Decision(SUBMIT), None), (Decision(PRESENT), Busy("full"))]
)
def test_a_broken_rule_is_a_failure_where_it_matters(decision: Decision | None, error: ImsError | None) -> None:
    checks = preflight_of(copy(ended(Outcome.FAILED, error=error), decision=decision, checks=CHECKS))
    assert [check["status"] for check in checks] == ["pass", "fail", "unknown"]


def test_a_copy_that_nothing_is_known_about_has_all_keys() -> None:
    assert DONE.entry(copy(known=False)) == {
        "status": "not_started",
        "action": "none",
        "image": None,
        "source_image": None,
        "job": None,
        "preflight": [],
        "error": None,
        "timed_out": False,
        "attempts": 0,
        "started_at": None,
        "finished_at": None,
        "refused_since": None,
        "waited_since": None,
    }


def test_a_copy_that_everything_is_known_about_has_the_same_keys() -> None:
    job = Job("j1", "SUCCESS", progress=100)
    attempt = Attempt(2, ours=True, deadline=0.0, submitted_at=NOON, job_id="j1", job=job)
    later = NOON + datetime.timedelta(seconds=90, milliseconds=250)
    whole = copy(Ended(Outcome.COPIED, later, attempt, replica()), checks=(BROKEN,))
    entry = DONE.entry(whole)
    assert list(entry) == list(DONE.entry(copy(known=False)))
    assert entry == {
        "status": "copied",
        "action": "submitted",
        "image": replica().as_dict(),
        "source_image": source().as_dict(),
        "job": job.as_dict(),
        "preflight": [BROKEN.as_dict()],
        "error": None,
        "timed_out": False,
        "attempts": 2,
        "started_at": "2026-03-01T12:00:00.000Z",
        "finished_at": "2026-03-01T12:01:30.250Z",
        "refused_since": None,
        "waited_since": None,
    }


def test_since_when_the_service_refuses_is_told_while_it_does() -> None:
    assert DONE.entry(copy(Queued(refused_since=NOON)))["refused_since"] == "2026-03-01T12:00:00.000Z"


@pytest.mark.parametrize(("error", "timed_out"), [(WaitTimeout("too long"), True), (JobFailed("no"), False)])
def test_a_failure_tells_its_error_and_whether_time_ran_out(error: ImsError, timed_out: bool) -> None:
    entry = DONE.entry(copy(ended(Outcome.FAILED, error=error)))
    assert (entry["status"], entry["error"], entry["timed_out"]) == ("failed", error.as_error(), timed_out)


@pytest.mark.parametrize(
    ("phase", "action", "changed", "image_id"),
    [
        (Queued(), "submitted", True, None),
        (FollowingJob(THEIRS), "waited", False, None),
        (ended(Outcome.UPDATED, replica(), updated=True), "updated", True, "r1"),
        (ended(Outcome.PRESENT, replica()), "none", False, "r1"),
    ],
)
def test_in_check_mode_it_is_told_what_would_be_done(
    phase: Phase, action: str, changed: bool, image_id: str | None
) -> None:
    entry = FORETOLD.entry(copy(phase))
    assert (entry["action"], FORETOLD.changed(copy(phase))) == (action, changed)
    assert (entry["image"] or {}).get("id") == image_id


def test_without_waiting_check_mode_waits_for_nothing() -> None:
    assert Reading(check_mode=True, wait=False).action(copy(FollowingJob(THEIRS))) == "none"


def test_a_replica_is_foreseen_only_where_one_would_be_made() -> None:
    image = FORETOLD.image(copy(Queued()))
    assert image is not None and (image["id"], image["description"], image["region"]) == (None, "new", "cn-south-1")
    assert FORETOLD.image(copy(ended(Outcome.FAILED, error=Busy("full")))) is None
    assert DONE.image(copy(Queued())) is None


STOOD = Decision(PRESENT, replica())


def test_without_a_change_the_diff_is_empty() -> None:
    unchanged = copy(ended(Outcome.PRESENT, replica()), decision=STOOD)
    assert DONE.diff(unchanged) == {"before": BEFORE, "after": BEFORE}


def test_a_finished_replica_is_shown_as_it_is() -> None:
    made = replica(__description="what became of it")
    assert DONE.diff(copy(ended(image=made, attempt=OURS))) == {"before": {}, "after": picture(made, ASKED)}


def test_in_check_mode_the_changes_are_shown_as_if_they_had_been_made() -> None:
    planned = copy(ended(Outcome.UPDATED, replica(), updated=True), decision=STOOD)
    after = FORETOLD.diff(planned)["after"]
    assert after == foreseen(ASKED, source(), replica())
    assert after["description"] == "new"


@pytest.mark.parametrize("seen", [None, replica(status="queued"), replica(origin=None, status="saving")])
def test_a_replica_that_is_not_finished_is_shown_as_it_will_be(seen: Image | None) -> None:
    attempt = Attempt(1, ours=True, deadline=0.0, image=seen)
    for phase in (WatchingImage(attempt), ended(image=seen, attempt=attempt)):
        assert DONE.diff(copy(phase)) == {"before": {}, "after": foreseen(ASKED, source(), None)}


def test_a_replica_that_is_being_settled_is_shown_as_it_will_be() -> None:
    assert DONE.diff(copy(Settling(OURS, replica()))) == {"before": {}, "after": foreseen(ASKED, source(), replica())}


def test_without_a_source_nothing_can_be_foreseen() -> None:
    assert DONE.diff(copy(FollowingJob(OURS), known=False)) == {"before": {}, "after": {}}


def test_a_failed_copy_that_left_no_replica_foresees_none() -> None:
    failed = copy(ended(Outcome.FAILED, attempt=OURS, error=JobFailed("no")))
    assert DONE.diff(failed) == {"before": {}, "after": {}}


def test_of_one_among_many_the_checks_that_passed_are_counted_and_moot_ones_left_out() -> None:
    entry = DONE.entry_of_many(copy(decision=Decision(SUBMIT), checks=CHECKS, passed=20))
    assert ([check["status"] for check in entry["preflight"]], entry["preflight_passed"]) == (["fail", "unknown"], 20)
    standing = DONE.entry_of_many(copy(decision=Decision(PRESENT), checks=CHECKS, passed=20))
    assert [check["status"] for check in standing["preflight"]] == ["warn"]


def test_what_checks_leave_open_is_a_warning_once_for_all_copies_that_it_is_about() -> None:
    open_ones = (Check("windows", "warn", "no longer"), Check("quota", "unknown", "away"), BROKEN)
    copies = [copy(decision=Decision(SUBMIT), checks=open_ones) for dummy in range(5)]
    for number, one in enumerate(copies):
        one.label = f"images[{number}]"
    named = "images[0], images[1], images[2] and 2 more: "
    assert check_warnings(copies) == [f"{named}no longer [windows]", f"{named}away [quota]"]
    assert check_warnings([copy(decision=Decision(SUBMIT), checks=open_ones)])[0] == "no longer [windows]"
    assert check_warnings([copy(decision=Decision(PRESENT), checks=open_ones)]) == []


def test_of_a_copy_that_was_refused_nobody_is_told_what_else_is_not_known() -> None:
    open_ones = (Check("windows", "warn", "no longer"), Check("agency_permitted", "unknown", "no agency"))
    refused = copy(ended(Outcome.FAILED, error=PreflightFailed("no")), decision=Decision(SUBMIT), checks=open_ones)
    gone = copy(ended(Outcome.FAILED, error=JobFailed("no")), decision=Decision(SUBMIT), checks=open_ones)
    assert check_warnings([refused]) == ["no longer [windows]"]
    assert check_warnings([gone]) == ["no longer [windows]", "no agency [agency_permitted]"]
