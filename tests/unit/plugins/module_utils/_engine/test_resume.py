# SPDX-License-Identifier: GPL-3.0-or-later
"""What the results of an earlier run tell a later one."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.copy import Copy
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.phases import Unplanned
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.resume import (
    EarlierResults,
    check_result,
    check_results,
    images_of,
    take_up,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Earlier, Limits, Terms
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError, WaitTimeout
from tests.unit.shapes import SOURCE_ID, destination, request, source
from tests.unit.support import FakeClock

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
AN_HOUR_AGO = "2026-03-01T11:00:00Z"
NAMED = request(image_name="golden")


def earlier(**fields: t.Any) -> dict[str, t.Any]:
    """A result of a copy that was asked for by its id."""
    return {
        "image_id": SOURCE_ID,
        "image_name": None,
        "destination_region": "cn-south-1",
        "destination_project_name": "cn-south-1",
        "name": "golden",
        "status": "in_progress",
        "source_image": source().as_dict(),
        "job": {"id": "j1", "status": "RUNNING"},
        "attempts": 2,
        "started_at": AN_HOUR_AGO,
        "finished_at": None,
        "refused_since": None,
        "error": None,
        **fields,
    }


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        (request(), earlier()),
        (request(), earlier(source_image=None)),
        (request(), earlier(image_id=None, image_name="golden")),
        (NAMED, earlier(image_id=None, image_name="golden", source_image=None)),
        (NAMED, earlier()),
        (request(name="golden"), earlier()),
        (request(name_template="{name}-x"), earlier(name="golden-x")),
    ],
)
def test_the_earlier_result_of_a_copy_is_found(asked: t.Any, result: dict[str, t.Any]) -> None:
    assert EarlierResults([earlier(destination_region="cn-east-3"), result]).of(asked) is result


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        (request(), earlier(destination_region="cn-east-3")),
        (request(), earlier(destination_project_name="cn-south-1_x")),
        (request(destination=destination(project_name="cn-south-1_x")), earlier()),
        (request(image_id="i9"), earlier()),
        (request(image_name="other"), earlier()),
        (NAMED, earlier(source_image=None)),
        (request(name="another"), earlier()),
        (request(), {}),
        (request(), earlier(source_region="cn-east-3")),
        (request(), earlier(source_region=None, source_image={**source().as_dict(), "region": "cn-east-3"})),
        (NAMED, earlier(image_id=None, image_name="golden", source_image=None, source_region="cn-east-3")),
        (NAMED, earlier(image_id=None, image_name="golden", source_project_name="cn-north-4_x")),
    ],
)
def test_the_result_of_another_copy_is_not_taken_for_it(asked: t.Any, result: dict[str, t.Any]) -> None:
    assert EarlierResults([result]).of(asked) is None


@pytest.mark.parametrize("results", [None, []])
def test_without_results_there_is_no_earlier_one(results: t.Any) -> None:
    assert EarlierResults(results).of(request()) is None


def images(*results: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """Less what was said of all."""
    return [{key: value for key, value in image.items() if key != "shared_options"} for image in images_of(results)]


def test_the_images_of_a_run_are_those_of_its_results_each_once() -> None:
    results = [
        earlier(),
        earlier(destination_region="cn-east-3"),
        earlier(image_id=None, image_name="b", source_image=None, name=None),
        earlier(image_id=None, image_name="b", source_image=None, name=None, destination_region="cn-east-3"),
        earlier(image_id=None, image_name="c", source_image={"id": "i3", "name": "c"}, name="c"),
    ]
    assert images(*results) == [{"image_id": SOURCE_ID}, {"image_name": "b"}, {"image_id": "i3"}]


def test_what_was_said_of_an_image_itself_is_carried_on_and_a_name_that_follows_from_a_template_is_not() -> None:
    own = {"tags": {}, "min_ram": 7}
    assert images(earlier(name="golden-x", options=own)) == [{"image_id": SOURCE_ID, **own}]
    assert images(earlier(name="golden-x", options={})) == [{"image_id": SOURCE_ID}]


def test_what_was_said_of_all_is_carried_on_apart_from_it() -> None:
    (image,) = images_of([earlier(options={"match": "name"}, shared_options={"match": "origin"})])
    assert image == {"image_id": SOURCE_ID, "match": "name", "shared_options": {"match": "origin"}}


@pytest.mark.parametrize(("status", "kept"), [("in_progress", True), ("failed", True), ("present", False)])
def test_a_job_that_was_named_is_carried_on_until_the_copy_is_done(status: str, kept: bool) -> None:
    (image,) = images(earlier(status=status, options={"job_id": "j1"}))
    assert ("job_id" in image) is kept


def test_one_image_under_two_names_is_two_images() -> None:
    results = [earlier(name=name, options={"name": name}) for name in ("a", "b", "a")]
    assert [image["name"] for image in images(*results)] == ["a", "b"]


WAIT = 10800.0


def taken_up(clock: FakeClock, retry_failed: bool = True, max_attempts: int = 1, **fields: t.Any) -> Copy:
    told, phase = take_up(earlier(**fields), retry_failed, clock, WAIT, max_attempts)
    return Copy(request(), earlier=told, phase=phase)


def test_without_an_earlier_result_a_copy_is_new(clock: FakeClock) -> None:
    assert take_up(None, True, clock, WAIT) == (Earlier(), Unplanned())


def test_a_copy_in_progress_goes_on_with_its_job_its_time_and_its_attempts(clock: FakeClock) -> None:
    began = NOON - datetime.timedelta(hours=1)
    deadline = clock.monotonic() + WAIT - 3600
    assert taken_up(clock).earlier == Earlier(2, began, deadline, Record(began, "j1"))


def test_what_another_run_had_submitted_has_its_time_from_when_it_was_taken_up(clock: FakeClock) -> None:
    told = taken_up(clock, waited_since="2026-03-01T11:50:00Z").earlier
    assert told.deadline == clock.monotonic() + WAIT - 600
    assert told.waited_since == NOON - datetime.timedelta(minutes=10)


def test_time_that_has_not_come_yet_is_not_spent(clock: FakeClock) -> None:
    assert taken_up(clock, started_at="2026-03-01T13:00:00Z").earlier.deadline == clock.monotonic() + WAIT


def test_a_copy_whose_beginning_is_not_known_begins_now(clock: FakeClock) -> None:
    assert taken_up(clock, started_at=None).earlier == Earlier(2, record=Record(NOON, "j1"))


def test_or_when_its_job_says_that_it_began(clock: FakeClock) -> None:
    job = {"id": "j1", "status": "RUNNING", "begin_time": "2026-03-01T10:00:00.000Z"}

    began = NOON - datetime.timedelta(hours=2)
    assert taken_up(clock, started_at=None, job=job).earlier == Earlier(2, record=Record(began, "j1"))


@pytest.mark.parametrize("job", [None, {}, {"id": None}])
def test_a_copy_in_progress_without_a_job_is_looked_for(clock: FakeClock, job: t.Any) -> None:
    told = taken_up(clock, job=job).earlier
    assert (told.record, told.made, told.deadline) == (None, 2, clock.monotonic() + WAIT - 3600)


def test_a_copy_that_was_not_started_keeps_its_attempts_and_how_long_it_was_refused(clock: FakeClock) -> None:
    copy = taken_up(clock, status="not_started", job=None, started_at=None, refused_since=AN_HOUR_AGO, attempts=None)
    assert copy.earlier == Earlier(refused_since=NOON - datetime.timedelta(hours=1))
    assert taken_up(clock, status="not_started", job=None, attempts=1).earlier.made == 1


@pytest.mark.parametrize(("made", "allowed", "left"), [(0, 1, 1), (1, 1, 1), (1, 2, 1), (1, 3, 2), (4, 2, 1)])
def test_what_waits_for_an_attempt_has_one_in_any_case(clock: FakeClock, made: int, allowed: int, left: int) -> None:
    told = taken_up(clock, max_attempts=allowed, status="not_started", job=None, attempts=made).earlier
    terms = Terms(request(), Limits(max_attempts=allowed), told)
    assert terms.last_attempt - told.made == left


@pytest.mark.parametrize("status", ["present", "copied", "updated", "skipped", None])
def test_a_copy_that_ended_is_looked_at_anew(clock: FakeClock, status: str | None) -> None:
    copy = taken_up(clock, status=status, refused_since=AN_HOUR_AGO)
    assert copy == Copy(request(), earlier=Earlier(2, over=2))


def test_a_copy_that_failed_while_its_job_ran_takes_up_the_job(clock: FakeClock) -> None:
    copy = taken_up(clock, status="failed", refused_since=AN_HOUR_AGO)
    assert copy.earlier == Earlier(2, record=Record(NOON - datetime.timedelta(hours=1), "j1"), over=1)


@pytest.mark.parametrize("status", ["FAIL", "FAILED"])
def test_a_copy_whose_job_failed_begins_anew(clock: FakeClock, status: str) -> None:
    copy = taken_up(clock, status="failed", job={"id": "j1", "status": status})
    assert copy == Copy(request(), earlier=Earlier(2, over=2))


def test_a_failure_that_is_not_to_be_tried_again_stays(clock: FakeClock) -> None:
    error = WaitTimeout("too long", code="C.1", http_status=400, request_id="req-1", hint="Wait.")
    told: dict[str, t.Any] = {"status": "failed", "error": error.as_error(), "attempts": 1}
    told["finished_at"] = "2026-03-01T12:05:00.250Z"
    copy = taken_up(clock, retry_failed=False, started_at="2026-03-01T12:00:00Z", **told)
    assert copy.error is not None and copy.error.as_error() == error.as_error()
    assert (copy.status, copy.attempts) == ("failed", 1)
    assert copy.job is not None and copy.job.id == "j1", "a later run may want to try again"
    assert (copy.started_at, copy.finished_at) == (NOON, NOON + datetime.timedelta(minutes=5, milliseconds=250))


def test_a_failure_that_stays_may_have_no_reason(clock: FakeClock) -> None:
    copy = taken_up(clock, retry_failed=False, status="failed", attempts=None, started_at=None)
    assert copy.error is not None and copy.error.message == "no reason is known"
    assert (copy.attempts, copy.started_at, copy.finished_at) == (0, None, None)


def test_what_did_not_fail_goes_on_even_if_failures_stay(clock: FakeClock) -> None:
    assert taken_up(clock, retry_failed=False) == taken_up(clock)


def test_what_no_run_returned_is_refused_naming_each_place() -> None:
    with pytest.raises(InputError) as caught:
        check_results([earlier(job="j1"), earlier(source_image=["i"], attempts="many"), earlier(job=None)])

    before = f'resume[{{}}] ("{SOURCE_ID}") is no result of an earlier run: {{}}'
    assert caught.value.problems[:3] == [
        before.format(0, "job is not a dictionary"),
        before.format(1, "source_image is not a dictionary"),
        before.format(1, "attempts is not a number"),
    ]
    (silent,) = caught.value.problems[3:]
    assert silent.startswith("resume[2]: an earlier version of this collection wrote this")


def test_what_a_run_returned_is_accepted() -> None:
    check_results([earlier(options={}, shared_options={}), earlier(options={"tags": {}}, shared_options={}, error={})])


def test_a_million_attempts_are_the_most_that_an_earlier_run_can_have_made() -> None:
    check_result(earlier(attempts=10**6))
    with pytest.raises(InputError, match="attempts is out of all bounds"):
        check_result(earlier(attempts=10**6 + 1))
