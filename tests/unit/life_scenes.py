# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of a copy's life: at least one for every phase in which every row of the table may end."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import effects as do
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import observations as see
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.terms import Earlier, Limits, Terms
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    ApiError,
    Blocked,
    Busy,
    JobFailed,
    NotFound,
    NotPermitted,
    PreflightFailed,
    ReplyLost,
    ServerFault,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import Job
from tests.unit.shapes import replica, request, source

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
NOW = p.Now(1000.0, NOON)
# The attempts of these scenes have a thousand seconds left.
DEADLINE = 2000.0

RUNNING = Job("j1", "RUNNING", progress=40)
DONE = Job("j1", "SUCCESS", progress=100, image_id="r1")
FAILED = Job("j1", "FAIL", error_code="IMG.0061", fail_reason="disk broke")

ACTIVE = replica()
SAVING = replica(status="saving")
KILLED = replica(status="killed")
UNLIKE = replica(__os_type="Windows")

LOST = ReplyLost("reset")
FULL = Busy("no slot", code="IMG.0149")
AWAY = ServerFault("away", http_status=503)
GONE = NotFound("gone", code="IMG.0027", http_status=404)
FORBIDDEN = NotPermitted("no", http_status=403)


def terms(
    asked: dict[str, t.Any] | None = None,
    earlier: Earlier | None = None,
    note: Record | None = None,
    **limits: t.Any,
) -> Terms:
    """A copy whose source is known; ``asked`` are fields of its request, the rest are limits."""
    return Terms(request(**(asked or {})), Limits(**limits), earlier or Earlier(), source(), note)


def attempt(number: int = 1, ours: bool = True, **fields: t.Any) -> p.Attempt:
    return p.Attempt(number, ours, **{"deadline": DEADLINE, "submitted_at": NOON, **fields})


ONE, TWO = terms(), terms(max_attempts=2)
PINNED = terms({"job_id": "j1"}, max_attempts=2)
SKIPPING = terms(skip_refused=True)
PATIENT = terms(patient_until=1500.0)
DESCRIBED = terms({"description": "new"})
FORETOLD = terms({"description": "new"}, check_mode=True)

FAILED_ONCE = p.Queued(made=1, last=attempt(job=FAILED, error=JobFailed("disk broke")))
FOLLOWING = p.FollowingJob(attempt(job_id="j1"))
WATCHING = p.WatchingImage(attempt(0, False, image=SAVING))
# A third look that fails in a row is the last.
# What another run noted of its job, a minute ago and before all time-outs.
NOTED = terms(note=Record(NOON - datetime.timedelta(seconds=60), "j1"))
OLD_NOTE = terms(note=Record(NOON - datetime.timedelta(seconds=10800), "j1"))
OTHERS_JOB = p.FollowingJob(attempt(0, False, job_id="j1"))
FOLLOWING_TWICE = p.FollowingJob(attempt(job_id="j1"), 2)
WATCHING_TWICE = p.WatchingImage(attempt(image=SAVING), 2)
SEARCHING = p.Searching(attempt(), until=1120.0)
OTHERS = p.Searching(attempt(0, False), until=1120.0)
SHOWN_ONCE = p.Searching(attempt(image=SAVING), until=1120.0)
SEARCHING_TWICE = dataclasses.replace(SEARCHING, failed_looks=2)
STOOD = p.Settling(None, image=ACTIVE)
MADE = p.Settling(attempt(job=DONE, job_id="j1"), until=1120.0)
WARNED, FORGOTTEN = (do.Warn,), (do.ForgetNote,)
OVER = (do.ForgetNote, do.SeekLeftovers)


@dataclasses.dataclass(frozen=True)
class Scene:
    """In ``phase``, ``seen`` leads to a phase of the type ``to``, and to effects of these types, in this order."""

    what: str
    phase: p.Phase
    seen: see.Observation
    to: t.Type[p.Phase]
    effects: t.Tuple[t.Type[do.Effect], ...] = ()
    terms: Terms = ONE


def _planned(phase: p.Phase) -> t.Tuple[Scene, ...]:
    exhausted = terms(earlier=Earlier(made=1))
    return (
        Scene("a check fails", phase, see.Refused(PreflightFailed("no")), p.Ended),
        Scene("a check fails and is skipped", phase, see.Refused(Blocked("no")), p.Ended, terms=SKIPPING),
        Scene("nothing can be read", phase, see.LookFailed(AWAY, 1000.0), p.Ended),
        Scene("nothing can be read yet", phase, see.LookFailed(AWAY, 1000.0), p.PutOff, WARNED, PATIENT),
        Scene("nothing may be read", phase, see.LookFailed(FORBIDDEN, 1000.0), p.Ended, terms=PATIENT),
        Scene("there is no replica", phase, see.Absent(1000.0), p.Queued),
        Scene("there is no replica any more", phase, see.Absent(1000.0), p.Ended, terms=exhausted),
        Scene("a named job has failed", phase, see.UnderWay(job=FAILED), p.Ended, terms=PINNED),
        *_found(phase),
    )


def _found(phase: p.Phase) -> t.Tuple[Scene, ...]:
    return (
        Scene("a replica stands there", phase, see.Standing(ACTIVE), p.Settling),
        Scene("a replica stands there, made by a job", phase, see.Standing(ACTIVE, DONE), p.Settling),
        Scene("a job is at work", phase, see.UnderWay(job=RUNNING), p.FollowingJob),
        Scene("a job failed that is still to be judged", phase, see.UnderWay(job=FAILED), p.FollowingJob),
        Scene("a job has ended well", phase, see.UnderWay(SAVING, DONE), p.Settling),
        Scene("an image shows, unfinished", phase, see.UnderWay(SAVING), p.WatchingImage),
        Scene("a note says that it may have begun", phase, see.MayHaveBegun(60.0), p.Searching),
        Scene("a note names a job that is not known", phase, see.JobUnknown("j1"), p.FollowingJob),
    )


def _submitting(phase: p.Submitting) -> t.Tuple[Scene, ...]:
    return (
        *_found(phase),
        Scene("the service names a job", phase, see.Accepted("j1"), p.FollowingJob),
        Scene("the answer is lost", phase, see.AnswerLost(LOST), p.Searching, WARNED),
        Scene("there is no slot", phase, see.NotNow(FULL), p.Queued),
        Scene("the service refuses for good", phase, see.Refused(ApiError("no"), sent=True), p.Ended),
        Scene("something stands in the way by now", phase, see.Refused(Blocked("no")), p.Ended),
    )


BEGINS = (
    *_planned(p.Unplanned()),
    *_planned(p.PutOff(990.0)),
    Scene("a slot is free", p.Queued(), see.Chosen(), p.Submitting, (do.Submit,)),
    Scene("another copy got a slot", p.Queued(refused_since=NOON), see.SlotTaken(), p.Queued),
    Scene("the service refuses for too long", FAILED_ONCE, see.NeverASlot(FULL), p.Ended),
    *_submitting(p.Submitting(p.Queued())),
    *_submitting(p.Submitting(FAILED_ONCE)),
)

ON_ITS_WAY = (
    Scene("the job is at work", FOLLOWING, see.JobSeen(RUNNING, 1000.0), p.FollowingJob),
    Scene("the job is at work, too late", FOLLOWING, see.JobSeen(RUNNING, DEADLINE), p.Ended),
    Scene("the job ended well", FOLLOWING, see.JobSeen(DONE, 1000.0), p.Settling),
    Scene("the job failed", FOLLOWING, see.JobSeen(FAILED, 1000.0), p.Ended, OVER),
    Scene("the job failed the first time", FOLLOWING, see.JobSeen(FAILED, 1000.0), p.Queued, (*OVER, do.Warn), TWO),
    Scene("the named job failed", FOLLOWING, see.JobSeen(FAILED, 1000.0), p.Ended, OVER, PINNED),
    Scene("the job cannot be asked", FOLLOWING, see.LookFailed(AWAY, 1000.0), p.FollowingJob, WARNED),
    Scene("the job cannot be asked, too late", FOLLOWING, see.LookFailed(AWAY, DEADLINE), p.Ended, WARNED),
    Scene("only the replica shows, finished", FOLLOWING_TWICE, see.Standing(ACTIVE), p.Settling),
    Scene("only the replica shows, unfinished", FOLLOWING_TWICE, see.UnderWay(SAVING), p.WatchingImage),
    Scene("the job is gone", FOLLOWING_TWICE, see.LookFailed(GONE, 1000.0), p.FollowingJob, WARNED),
    Scene("nothing is to be seen", FOLLOWING_TWICE, see.Absent(1000.0), p.FollowingJob),
    Scene("nothing is to be seen, too late", FOLLOWING, see.Absent(DEADLINE), p.Ended),
    Scene("nothing is to be seen of the named job", OTHERS_JOB, see.Absent(DEADLINE), p.Ended, (), PINNED),
    Scene("nothing is to be seen of another run's job", OTHERS_JOB, see.Absent(1000.0), p.FollowingJob, (), NOTED),
    Scene("nothing was ever seen of it", OTHERS_JOB, see.Absent(1000.0), p.Queued, (do.Warn, do.ForgetNote), OLD_NOTE),
    Scene("only what is left shows", FOLLOWING, see.Absent(1000.0, (KILLED,)), p.Ended, OVER),
    Scene("that shows the first time", FOLLOWING, see.Absent(1000.0, (KILLED,)), p.Queued, (*OVER, do.Warn), TWO),
    Scene("the job may not be asked", FOLLOWING_TWICE, see.LookFailed(FORBIDDEN, 1000.0), p.Ended, WARNED),
    Scene("the image is unfinished", WATCHING, see.ImageSeen(SAVING, 1000.0), p.WatchingImage),
    Scene("the image is unfinished, too late", WATCHING, see.ImageSeen(SAVING, DEADLINE), p.Ended),
    Scene("the image is active", WATCHING, see.ImageSeen(ACTIVE, 1000.0), p.Settling),
    Scene("another run's image is killed", WATCHING, see.ImageSeen(KILLED, 1000.0), p.Queued, (*OVER, do.Warn)),
    Scene("our image is killed", p.WatchingImage(attempt()), see.ImageSeen(KILLED, 1000.0), p.Ended, OVER),
    Scene("the image does not show", WATCHING, see.ImageSeen(None, 1000.0), p.WatchingImage, WARNED),
    Scene("the image is gone", WATCHING_TWICE, see.ImageSeen(None, 1000.0), p.Searching, WARNED),
    Scene("the image cannot be asked for", WATCHING, see.LookFailed(AWAY, 1000.0), p.WatchingImage, WARNED),
    Scene("the image cannot be asked for, too late", WATCHING, see.LookFailed(AWAY, DEADLINE), p.Ended, WARNED),
    Scene("the service knows no such image", WATCHING_TWICE, see.LookFailed(GONE, 1000.0), p.Searching, WARNED),
)

SEARCHED = (
    Scene("the replica shows, finished", SEARCHING, see.Standing(ACTIVE), p.Settling),
    Scene("the replica shows, unfinished", SEARCHING, see.UnderWay(SAVING), p.WatchingImage),
    Scene("nothing shows yet", SEARCHING, see.Absent(1000.0), p.Searching),
    Scene("nothing has shown of ours", SEARCHING, see.Absent(1120.0), p.Ended),
    Scene("ours has shown and is gone", SHOWN_ONCE, see.Absent(1120.0), p.Ended, FORGOTTEN),
    Scene("nothing has shown of the named job's", OTHERS, see.Absent(1120.0), p.Ended, terms=PINNED),
    Scene("nothing has shown of another run's", OTHERS, see.Absent(1120.0), p.Queued, (do.Warn, do.ForgetNote)),
    Scene("ours has failed meanwhile", SEARCHING, see.Absent(1000.0, (KILLED,)), p.Ended, OVER),
    Scene("ours has failed the first time", SEARCHING, see.Absent(1000.0, (KILLED,)), p.Queued, (*OVER, do.Warn), TWO),
    Scene("the list cannot be had", SEARCHING, see.LookFailed(AWAY, 1000.0), p.Searching, WARNED),
    Scene("the list cannot be had, too late", SEARCHING, see.LookFailed(AWAY, 1120.0), p.Ended, WARNED),
    Scene("the list may not be had", SEARCHING_TWICE, see.LookFailed(FORBIDDEN, 1000.0), p.Ended, WARNED),
)

SETTLES = (
    Scene("it is as it should be", STOOD, see.ImageSeen(ACTIVE, 1000.0), p.Ended, FORGOTTEN),
    Scene("it is to be changed", STOOD, see.ImageSeen(ACTIVE, 1000.0), p.Settling, (do.BringInLine,), DESCRIBED),
    Scene("it would be changed", STOOD, see.ImageSeen(ACTIVE, 1000.0), p.Ended, terms=FORETOLD),
    Scene("it does not show yet", MADE, see.ImageSeen(None, 1000.0), p.Settling),
    Scene("it is not finished yet", MADE, see.ImageSeen(SAVING, 1000.0), p.Settling),
    Scene("it has not shown", MADE, see.ImageSeen(None, 1120.0), p.Ended, (do.NoteEnd,)),
    Scene("it has not become active", MADE, see.ImageSeen(SAVING, 1120.0), p.Ended, FORGOTTEN),
    Scene("it is unlike its source", MADE, see.ImageSeen(UNLIKE, 1000.0), p.Ended, FORGOTTEN),
    Scene("the look fails", MADE, see.LookFailed(AWAY, 1000.0), p.Settling, WARNED),
    Scene("the look fails, too late", MADE, see.LookFailed(AWAY, 1120.0), p.Ended),
    Scene("the look is refused", MADE, see.LookFailed(FORBIDDEN, 1000.0), p.Settling, WARNED),
    Scene("it has been brought in line", STOOD, see.InLine(ACTIVE), p.Ended, FORGOTTEN),
    Scene("it cannot be brought in line", STOOD, see.NotInLine(ApiError("no")), p.Ended, FORGOTTEN),
    Scene("it stands and is left alone", STOOD, see.LeftAlone(), p.Ended, FORGOTTEN),
    Scene("it does not show and is left alone", MADE, see.LeftAlone(), p.Settling),
)

SCENES = (*BEGINS, *ON_ITS_WAY, *SEARCHED, *SETTLES)
