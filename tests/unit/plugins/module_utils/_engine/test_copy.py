# SPDX-License-Identifier: GPL-3.0-or-later
"""One copy on its way, and how it reads as a result."""

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
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import (
    Copy,
    State,
    diff_of,
    entry_of,
    job_of,
    known,
    preflight_of,
    status_of,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import Busy, JobFailed, WaitTimeout
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from tests.unit.shapes import replica, request, source

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)


def copy(state: State = State.NEW, **fields: t.Any) -> Copy:
    return Copy(fields.pop("request", request()), state, **fields)


STATUSES = [
    (State.NEW, {}, "not_started"),
    (State.QUEUED, {}, "not_started"),
    (State.SEARCHING, {"submitted": True}, "in_progress"),
    (State.RUNNING, {"submitted": True}, "in_progress"),
    (State.SETTLING, {}, "in_progress"),
    (State.DONE, {}, "present"),
    (State.DONE, {"updated": True}, "updated"),
    (State.DONE, {"submitted": True}, "copied"),
    (State.DONE, {"submitted": True, "updated": True}, "copied"),
    (State.DONE, {"waited_for": True}, "copied"),
    (State.FAILED, {"submitted": True}, "failed"),
    (State.SKIPPED, {}, "skipped"),
]


@pytest.mark.parametrize(("state", "fields", "status"), STATUSES)
def test_the_status_of_a_copy(state: State, fields: dict[str, t.Any], status: str) -> None:
    assert status_of(copy(state, **fields)) == status


def test_every_state_has_a_status_and_only_three_are_ends() -> None:
    assert {state for state, *_rest in STATUSES} == set(State)
    assert [state for state in State if copy(state).ended] == [State.DONE, State.FAILED, State.SKIPPED]


@pytest.mark.parametrize(
    ("fields", "action", "changed"),
    [
        ({}, "none", False),
        ({"waited_for": True}, "waited", False),
        ({"updated": True}, "updated", True),
        ({"updated": True, "waited_for": True}, "updated", True),
        ({"submitted": True}, "submitted", True),
        ({"submitted": True, "updated": True, "waited_for": True}, "submitted", True),
    ],
)
def test_the_action_is_the_most_that_was_done_and_waiting_changes_nothing(
    fields: dict[str, t.Any], action: str, changed: bool
) -> None:
    assert (copy(**fields).action, copy(**fields).changed) == (action, changed)


def test_the_name_of_the_replica_follows_from_the_source() -> None:
    asked = request(name_template="{name}-x")
    assert copy(request=asked, source=source(name="golden")).name == "golden-x"
    assert copy(request=asked).name == "-x"


def test_failing_ends_a_copy_with_its_reason() -> None:
    failed = copy(State.RUNNING)
    error = JobFailed("no")
    failed.fail(error, NOON)
    assert (failed.state, failed.error, failed.finished_at) == (State.FAILED, error, NOON)


def test_a_warning_is_given_once() -> None:
    warned = copy()
    warned.warn("one")
    warned.warn("two")
    warned.warn("one")
    assert warned.warnings == ["one", "two"]


def test_what_a_state_guarantees_is_known_or_it_is_a_bug() -> None:
    assert known(0) == 0
    with pytest.raises(AssertionError, match="ahead of what is known"):
        known(None)


BROKEN = Check("quota", "fail", "it is full", "IMG.0015")
CHECKS = [Check("name", "pass", "fine"), BROKEN, Check("agency_exists", "unknown", "away")]


@pytest.mark.parametrize("kind", [PRESENT, IN_FLIGHT, BLOCKED])
def test_a_broken_rule_is_a_warning_where_nothing_has_to_be_submitted(kind: str) -> None:
    checks = preflight_of(copy(decision=Decision(kind), checks=list(CHECKS)))
    assert [check["status"] for check in checks] == ["pass", "warn", "unknown"]
    assert checks[1] == {"check": "quota", "status": "warn", "code": "IMG.0015", "message": "it is full"}


@pytest.mark.parametrize(
    "fields", [{}, {"decision": Decision(SUBMIT)}, {"decision": Decision(PRESENT), "error": Busy("full")}]
)
def test_a_broken_rule_is_a_failure_where_it_matters(fields: dict[str, t.Any]) -> None:
    assert [check["status"] for check in preflight_of(copy(checks=list(CHECKS), **fields))] == [
        "pass",
        "fail",
        "unknown",
    ]


def test_a_copy_that_nothing_is_known_about_has_all_keys() -> None:
    assert entry_of(copy()) == {
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
    }


def test_a_copy_that_everything_is_known_about_has_the_same_keys() -> None:
    whole = copy(
        State.DONE,
        submitted=True,
        source=source(),
        replica=replica(),
        job=Job("j1", "SUCCESS", progress=100),
        checks=[BROKEN],
        attempts=2,
        started_at=NOON,
        finished_at=NOON + datetime.timedelta(seconds=90),
        refused_since=NOON - datetime.timedelta(seconds=90),
    )
    entry = entry_of(whole)
    assert list(entry) == list(entry_of(copy()))
    assert entry == {
        "status": "copied",
        "action": "submitted",
        "image": replica().as_dict(),
        "source_image": source().as_dict(),
        "job": Job("j1", "SUCCESS", progress=100).as_dict(),
        "preflight": [BROKEN.as_dict()],
        "error": None,
        "timed_out": False,
        "attempts": 2,
        "started_at": "2026-03-01T12:00:00Z",
        "finished_at": "2026-03-01T12:01:30Z",
        "refused_since": "2026-03-01T11:58:30Z",
    }


@pytest.mark.parametrize(("error", "timed_out"), [(WaitTimeout("too long"), True), (JobFailed("no"), False)])
def test_a_failure_tells_its_error_and_whether_time_ran_out(error: t.Any, timed_out: bool) -> None:
    failed = copy()
    failed.fail(error, NOON)
    entry = entry_of(failed)
    assert (entry["status"], entry["error"], entry["timed_out"]) == ("failed", error.as_error(), timed_out)


def test_a_job_that_was_seen_is_shown_as_it_was() -> None:
    seen = Job("j1", "RUNNING", progress=40)
    assert job_of(copy(job_id="j1", job=seen)) == seen.as_dict()


def test_a_job_that_nobody_has_looked_at_yet_is_a_job_too() -> None:
    assert job_of(copy(job_id="j1")) == {
        "id": "j1",
        "status": "INIT",
        "progress": 0,
        "current_task": None,
        "begin_time": None,
        "end_time": None,
        "error_code": None,
        "fail_reason": None,
    }


ASKED = request(description="new")
BEFORE = picture(replica(), ASKED)


def test_without_a_change_the_diff_is_empty() -> None:
    unchanged = copy(State.DONE, source=source(), replica=replica(), before=BEFORE, waited_for=True)
    assert diff_of(unchanged) == {"before": BEFORE, "after": BEFORE}


def test_a_finished_replica_is_shown_as_it_is() -> None:
    made = replica(__description="what became of it")
    done = copy(State.DONE, request=ASKED, source=source(), replica=made, before={}, submitted=True)
    assert diff_of(done) == {"before": {}, "after": picture(made, ASKED)}


def test_in_check_mode_the_changes_are_shown_as_if_they_had_been_made() -> None:
    planned = copy(
        State.DONE, request=ASKED, source=source(), replica=replica(), before=BEFORE, updated=True, foretold=True
    )
    after = diff_of(planned)["after"]
    assert after == foreseen(ASKED, source(), replica())
    assert after["description"] == "new"


@pytest.mark.parametrize("on_its_way", [None, replica(status="queued"), replica(origin=None, status="saving")])
@pytest.mark.parametrize("state", [State.RUNNING, State.DONE])
def test_a_replica_that_is_not_finished_is_shown_as_it_will_be(state: State, on_its_way: t.Any) -> None:
    copying = copy(state, request=ASKED, source=source(), replica=on_its_way, submitted=True)
    assert diff_of(copying) == {"before": {}, "after": foreseen(ASKED, source(), None)}


def test_a_replica_that_is_being_brought_in_line_is_shown_as_it_will_be() -> None:
    settling = copy(State.SETTLING, request=ASKED, source=source(), replica=replica(), before=BEFORE, updated=True)
    assert diff_of(settling) == {"before": BEFORE, "after": foreseen(ASKED, source(), replica())}


def test_without_a_source_nothing_can_be_foreseen() -> None:
    assert diff_of(copy(submitted=True)) == {"before": {}, "after": {}}


def test_a_failed_copy_that_left_no_replica_foresees_none() -> None:
    failed = copy(state=State.FAILED, submitted=True, source=source())

    assert diff_of(failed) == {"before": {}, "after": {}}
