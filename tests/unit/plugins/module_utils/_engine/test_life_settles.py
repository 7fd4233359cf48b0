# SPDX-License-Identifier: GPL-3.0-or-later
"""Once a copy is made: how long its replica may take to show, what is objected to, and how it ends."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import effects as do
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import observations as see
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life import advance
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life_settles import replica_id
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Terms
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    Busy,
    ImsError,
    NotAReplica,
    NotFound,
    NotPermitted,
    NotShown,
    ServerFault,
    TransportError,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image, Origin
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.mark import digits_of, name_of
from tests.unit.life_scenes import (
    ACTIVE,
    DESCRIBED,
    DONE,
    FORETOLD,
    KILLED,
    MADE,
    NOON,
    NOW,
    ONE,
    SAVING,
    STOOD,
    UNLIKE,
    attempt,
    terms,
)
from tests.unit.shapes import replica, source

FOREIGN = replica(origin=Origin("cn-north-4", "another"))
BY_NAME = terms({"match": "name"})
OTHERS = attempt(0, False, job=DONE, job_id="j1")


def after(phase: p.Phase, seen: see.Observation, of: Terms = ONE) -> t.Any:
    return advance(phase, seen, NOW, of)[0]


@pytest.mark.parametrize("image", [None, SAVING, KILLED, replica(origin=None), FOREIGN])
def test_a_replica_may_take_until_its_time_to_show_finished(image: Image | None) -> None:
    assert after(MADE, see.ImageSeen(image, 1119.999)) == MADE
    assert after(MADE, see.ImageSeen(image, 1120.0)).outcome is p.Outcome.FAILED


@pytest.mark.parametrize(
    ("image", "kind", "words"),
    [
        (None, NotShown, "job j1 says that it succeeded, but image r1 is not to be seen in cn-south-1"),
        (SAVING, NotAReplica, "job j1 says that it succeeded, but image r1 is saving, not active"),
        (replica(origin=None), NotAReplica, "image r1 does not say what it is a copy of"),
        (FOREIGN, NotAReplica, "image r1 is a copy of another in cn-north-4, not of"),
        (UNLIKE, NotAReplica, "image r1 is not like its source: operating system"),
        (replica(name="other"), NotAReplica, 'image r1 is called "other", not "golden"'),
    ],
)
def test_what_is_wrong_with_what_was_made_is_said(image: Image | None, kind: type, words: str) -> None:
    ended, effects = advance(MADE, see.ImageSeen(image, 1120.0), NOW, ONE)

    assert isinstance(ended, p.Ended)
    assert ended.error is not None
    assert ended.error.__class__ is kind
    assert ended.error.message.startswith(words)
    assert (ended.error.stage, ended.at, ended.attempt) == ("verify", NOON, MADE.attempt)
    # What does not show may still come, so later runs look for it; what counts for nothing is over. One that is called
    # otherwise no list will show them.
    renamed = image is not None and image.name == "other"
    note = do.NoteEnd("r1") if renamed else do.NoteEnd() if image in (None, FOREIGN) else do.ForgetNote()
    assert effects == (note,)


def test_without_a_job_the_name_tells_what_is_missing() -> None:
    error = after(p.Settling(attempt(), until=1000.0), see.ImageSeen(None, 1000.0)).error

    assert error.message == "the copy has ended, but image golden is not to be seen in cn-south-1"


@pytest.mark.parametrize(
    ("phase", "seen", "updated", "outcome"),
    [
        (STOOD, see.ImageSeen(ACTIVE, 0.0), False, p.Outcome.PRESENT),
        (STOOD, see.InLine(ACTIVE), True, p.Outcome.UPDATED),
        (p.Settling(OTHERS, ACTIVE), see.ImageSeen(ACTIVE, 0.0), False, p.Outcome.PRESENT),
        (p.Settling(attempt(0, False, waited=True), ACTIVE, 9.0), see.ImageSeen(ACTIVE, 0.0), False, p.Outcome.COPIED),
        (p.Settling(attempt(0, False, waited=True), ACTIVE, 9.0), see.InLine(ACTIVE), True, p.Outcome.COPIED),
        (MADE, see.ImageSeen(ACTIVE, 0.0), False, p.Outcome.COPIED),
        (p.Settling(attempt(1, False, before=attempt()), ACTIVE), see.InLine(ACTIVE), True, p.Outcome.COPIED),
    ],
)
def test_a_copy_ends_by_what_this_run_has_done_about_it(
    phase: p.Settling, seen: see.Observation, updated: bool, outcome: p.Outcome
) -> None:
    ended, effects = advance(phase, seen, NOW, ONE)

    assert ended == p.Ended(outcome, NOON, phase.attempt, ACTIVE, updated)
    assert effects == (do.ForgetNote(stands=True),)


def test_what_is_to_be_changed_is_handed_on_with_the_replica() -> None:
    phase, (change,) = advance(MADE, see.ImageSeen(ACTIVE, 0.0), NOW, DESCRIBED)

    assert isinstance(phase, p.Settling)
    assert (phase.image, phase.attempt, phase.until) == (ACTIVE, MADE.attempt, MADE.until)
    assert isinstance(change, do.BringInLine)
    assert (change.image, dict(change.changes.attributes)) == (ACTIVE, {"__description": "new"})


@pytest.mark.parametrize(
    ("phase", "to", "effect"),
    [
        (MADE, p.Settling, do.BringInLine),
        (STOOD, p.Ended, do.ForgetNote),
        (p.Settling(attempt(0, False, waited=True), ACTIVE, 9.0), p.Ended, do.ForgetNote),
    ],
)
def test_only_what_this_run_has_made_is_rid_of_marks_that_it_carried_along(
    phase: p.Settling, to: type, effect: type
) -> None:
    mark = name_of(digits_of(source().id, ACTIVE.project_id, ACTIVE.name), "0badcafe")
    marked = dataclasses.replace(ACTIVE, marks={mark: "pending 2026-03-01T11:59:00Z 0badcafe -"})

    settled, effects = advance(phase, see.ImageSeen(marked, 0.0), NOW, ONE)

    assert settled.__class__ is to
    assert [type(one) for one in effects] == [effect]


def test_a_change_that_the_service_took_and_did_not_make_is_a_failure_that_changed_nothing() -> None:
    ended = after(STOOD, see.InLine(ACTIVE), DESCRIBED)

    assert (ended.outcome, ended.updated) == (p.Outcome.FAILED, False)
    assert ended.error.stage == "update"
    assert "accepted the changes of image" in ended.error.message
    assert ended.error.message.endswith("it does not show them: description")


def test_of_changes_of_which_some_took_hold_those_that_did_not_are_named() -> None:
    both = terms({"description": "new", "tags": {"env": "dr"}})
    half = dataclasses.replace(ACTIVE, description="new")
    ended = after(STOOD, see.InLine(half), both)

    assert (ended.outcome, ended.updated) == (p.Outcome.FAILED, True)
    assert ended.error.message.endswith("it does not show them: tag env")


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (dataclasses.replace(KILLED, description="new"), "the copy has ended, but image r1 is killed, not active"),
        (dataclasses.replace(FOREIGN, description="new"), "image r1 is a copy of another in cn-north-4, not of"),
        (dataclasses.replace(ACTIVE, description="new", name="x"), 'image r1 is called "x", not "golden"'),
        (dataclasses.replace(ACTIVE, description="new", origin=None), "image r1 does not say what it is a copy of"),
    ],
)
def test_what_has_been_brought_in_line_must_still_be_the_replica(seen: Image, words: str) -> None:
    ended = after(p.Settling(None, ACTIVE), see.InLine(seen), DESCRIBED)

    assert (ended.outcome, ended.updated, ended.image) == (p.Outcome.FAILED, True, seen)
    assert ended.error.message.startswith(words)
    assert ended.error.stage == "verify"


def test_an_image_that_only_a_job_names_must_have_the_name_that_counts() -> None:
    by_name = BY_NAME
    other = dataclasses.replace(ACTIVE, name="silver")
    taken_up = p.Settling(attempt(0, False, waited=True), other, 9.0)
    ended = after(taken_up, see.ImageSeen(other, 0.0), by_name)

    assert ended.outcome == p.Outcome.FAILED
    assert 'is called "silver", not "golden"' in ended.error.message


def test_in_check_mode_what_would_be_changed_is_the_end_and_the_note_stays() -> None:
    assert advance(STOOD, see.ImageSeen(ACTIVE, 0.0), NOW, FORETOLD) == (
        p.Ended(p.Outcome.UPDATED, NOON, None, ACTIVE, True),
        (),
    )
    unchanged = advance(STOOD, see.ImageSeen(ACTIVE, 0.0), NOW, terms(check_mode=True))
    assert unchanged == (p.Ended(p.Outcome.PRESENT, NOON, None, ACTIVE), ())


@pytest.mark.parametrize("made", [None, OTHERS])
def test_by_name_alone_whatever_stands_there_counts(made: p.Attempt | None) -> None:
    assert after(p.Settling(made, FOREIGN), see.ImageSeen(FOREIGN, 0.0), BY_NAME).outcome is p.Outcome.PRESENT


def test_by_name_alone_what_this_run_made_must_still_be_a_copy_of_the_source() -> None:
    assert isinstance(after(MADE, see.ImageSeen(FOREIGN, 1120.0), BY_NAME).error, NotAReplica)
    assert after(MADE, see.ImageSeen(replica(origin=None), 0.0), BY_NAME).outcome is p.Outcome.COPIED


def test_a_replica_that_stood_there_was_judged_by_the_list() -> None:
    origin = terms({"match": "origin"})

    assert after(STOOD, see.ImageSeen(replica(name="other"), 0.0), origin).outcome is p.Outcome.PRESENT
    assert after(STOOD, see.ImageSeen(UNLIKE, 0.0)).outcome is p.Outcome.FAILED
    assert after(STOOD, see.ImageSeen(None, 99999.0)) == STOOD


@pytest.mark.parametrize(
    "error", [TransportError("no"), ServerFault("no"), Busy("no"), NotPermitted("no"), NotFound("no"), ApiError("no")]
)
def test_trouble_with_looking_at_a_replica_passes_until_its_time_is_over(error: ImsError) -> None:
    assert after(MADE, see.LookFailed(error, 1119.999)) == MADE
    assert after(STOOD, see.LookFailed(error, 99999.0)) == STOOD
    ended = after(MADE, see.LookFailed(error, 1120.0))
    assert (ended.outcome, ended.error, ended.error.stage) == (p.Outcome.FAILED, error, "verify")


def test_what_cannot_be_brought_in_line_fails_with_the_replica_that_is_there() -> None:
    error = ApiError("no")

    phase, effects = advance(p.Settling(MADE.attempt, ACTIVE), see.NotInLine(error), NOW, DESCRIBED)

    assert phase == p.Ended(p.Outcome.FAILED, NOON, MADE.attempt, ACTIVE, True, error)
    assert effects == (do.ForgetNote(stands=True),)


def test_a_replica_that_does_not_show_once_it_was_changed_leaves_its_note() -> None:
    ended, effects = advance(p.Settling(MADE.attempt, ACTIVE), see.NotInLine(NotShown("gone")), NOW, DESCRIBED)

    assert isinstance(ended, p.Ended)
    assert (ended.outcome, ended.updated, effects) == (p.Outcome.FAILED, True, ())


@pytest.mark.parametrize(
    ("phase", "end"),
    [
        (STOOD, p.Ended(p.Outcome.PRESENT, NOON, None, ACTIVE)),
        (p.Settling(OTHERS, ACTIVE), p.Ended(p.Outcome.PRESENT, NOON, OTHERS, ACTIVE)),
        (MADE, MADE),
        (p.Settling(OTHERS, SAVING, 1120.0), p.Settling(OTHERS, SAVING, 1120.0)),
        (p.Settling(OTHERS), p.Settling(OTHERS)),
    ],
)
def test_left_alone_only_what_stands_there_is_present(phase: p.Settling, end: p.Phase) -> None:
    noted = (do.ForgetNote(stands=True),) if isinstance(end, p.Ended) else ()

    assert advance(phase, see.LeftAlone(), NOW, ONE) == (end, noted)
    assert advance(phase, see.LeftAlone(), NOW, terms(check_mode=True)) == (end, ())


def test_the_replica_is_the_image_that_its_job_names_or_else_the_one_that_was_seen() -> None:
    nameless = Job("j1", "SUCCESS")

    assert replica_id(p.Settling(attempt(job=DONE), replica("r2"))) == "r1"
    assert replica_id(p.Settling(attempt(job=nameless), replica("r2"))) == "r2"
    assert replica_id(p.Settling(attempt(), replica("r2"))) == "r2"
    assert replica_id(p.Settling(attempt(job=nameless))) is None
    assert replica_id(p.Settling(None)) is None


def test_a_copy_whose_source_is_not_known_cannot_have_come_so_far() -> None:
    with pytest.raises(AssertionError, match="only once its source is known"):
        after(MADE, see.ImageSeen(ACTIVE, 0.0), Terms(ONE.request))
