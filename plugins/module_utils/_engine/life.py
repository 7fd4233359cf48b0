# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The life of a copy, as one table: what is seen in which phase, and which phases may follow; pure.

:func:`advance` is the only writer of a phase. The rules stand in ``life_begins.py``, ``life_under_way.py`` and
``life_settles.py``, in the order of a copy's life.
"""

from __future__ import annotations

import typing as t

from . import endings
from . import life_begins as begins
from . import life_settles as settles
from . import life_under_way as under_way
from . import observations as see
from . import phases as p
from .terms import Terms

Rule = t.Callable[[t.Any, t.Any, p.Now, Terms], endings.Step]


class Row(t.NamedTuple):
    """In ``phase``, ``seen`` leads to one of the phases ``to``, as ``rule`` decides; each is told in words."""

    phase: t.Type[p.Phase]
    seen: t.Type[see.Observation]
    rule: Rule
    to: t.Mapping[t.Type[p.Phase], str]


def _planned(phase: t.Type[p.Phase]) -> t.Tuple[Row, ...]:
    """What a plan may find, be it the first one or one that was put off."""
    return (
        Row(phase, see.Refused, begins.refused, {p.Ended: "a check fails, or something is in the way"}),
        Row(
            phase,
            see.LookFailed,
            begins.not_planned,
            {p.PutOff: "looking fails, and may succeed later", p.Ended: "looking fails"},
        ),
        Row(
            phase,
            see.Absent,
            begins.absent,
            {p.Queued: "there is no replica", p.Ended: "nothing is left of an earlier run's last attempt"},
        ),
        *_found(phase, {p.Ended: "the job that the user named has failed"}),
    )


def _found(phase: t.Type[p.Phase], more: t.Mapping[t.Type[p.Phase], str]) -> t.Tuple[Row, ...]:
    """A copy that is there already, or on its way; ``more`` is where one may end that is not."""
    under_way_already = {
        p.FollowingJob: "its job is known",
        p.WatchingImage: "its image shows, unfinished",
        p.Settling: "its job has ended well",
    }
    return (
        Row(phase, see.Standing, begins.standing, {p.Settling: "a replica stands there"}),
        Row(phase, see.UnderWay, begins.under_way, {**under_way_already, **more}),
        Row(phase, see.MayHaveBegun, begins.may_have_begun, {p.Searching: "a note says that it may have begun"}),
        Row(phase, see.JobUnknown, begins.job_unknown, {p.FollowingJob: "a note names its job, which is not known"}),
    )


TABLE: t.Tuple[Row, ...] = (
    *_planned(p.Unplanned),
    *_planned(p.PutOff),
    Row(p.Queued, see.Chosen, begins.chosen, {p.Submitting: "a slot is free"}),
    Row(p.Queued, see.SlotTaken, begins.no_longer_refused, {p.Queued: "another copy got a slot"}),
    Row(p.Queued, see.NeverASlot, begins.never_a_slot, {p.Ended: "the service refuses for too long"}),
    *_found(p.Submitting, {}),
    Row(p.Submitting, see.Accepted, begins.accepted, {p.FollowingJob: "the service names a job"}),
    Row(p.Submitting, see.AnswerLost, begins.answer_lost, {p.Searching: "the answer is lost"}),
    Row(p.Submitting, see.NotNow, begins.put_back, {p.Queued: "not now (IMG.0149, IMG.0060, 429)"}),
    Row(p.Submitting, see.Refused, begins.refused, {p.Ended: "the service refuses for good"}),
    Row(
        p.FollowingJob,
        see.JobSeen,
        under_way.job_seen,
        {
            p.FollowingJob: "the job is at work",
            p.Settling: "the job has ended well",
            p.Queued: "the job failed, and there is another attempt",
            p.Ended: "the job failed for the last time, or the time is over",
        },
    ),
    Row(
        p.FollowingJob,
        see.LookFailed,
        under_way.look_at_copy_failed,
        {
            p.FollowingJob: "looking fails",
            p.Ended: "looking is refused thrice, or fails for too long",
        },
    ),
    Row(
        p.FollowingJob,
        see.Absent,
        under_way.nothing_to_be_seen,
        {
            p.FollowingJob: "the job is not known, and nothing shows yet",
            p.Queued: "it failed, or another run's has not shown for long",
            p.Ended: "it failed for the last time, or nothing has shown in time",
        },
    ),
    Row(p.FollowingJob, see.Standing, under_way.found_standing, {p.Settling: "only the replica shows, finished"}),
    Row(p.FollowingJob, see.UnderWay, under_way.found_under_way, {p.WatchingImage: "only the replica shows"}),
    Row(
        p.WatchingImage,
        see.ImageSeen,
        under_way.image_seen,
        {
            p.WatchingImage: "the image is unfinished, or does not show",
            p.Settling: "the image is active",
            p.Queued: "the image was killed, and there is another attempt",
            p.Searching: "the image is gone",
            p.Ended: "the image was killed for the last time, or the time is over",
        },
    ),
    Row(
        p.WatchingImage,
        see.LookFailed,
        under_way.look_at_copy_failed,
        {
            p.WatchingImage: "looking fails",
            p.Searching: "there is no such image any more",
            p.Ended: "looking is refused thrice, or fails for too long",
        },
    ),
    Row(p.Searching, see.Standing, under_way.found_standing, {p.Settling: "the replica shows, finished"}),
    Row(p.Searching, see.UnderWay, under_way.found_under_way, {p.WatchingImage: "the replica shows, unfinished"}),
    Row(
        p.Searching,
        see.Absent,
        under_way.still_absent,
        {
            p.Searching: "nothing shows yet",
            p.Queued: "it failed, or another run never began it",
            p.Ended: "it failed for the last time, or what became of ours is unclear",
        },
    ),
    Row(
        p.Searching,
        see.LookFailed,
        under_way.search_failed,
        {p.Searching: "looking fails", p.Ended: "looking is refused thrice, or fails for too long"},
    ),
    Row(
        p.Settling,
        see.ImageSeen,
        settles.replica_seen,
        {
            p.Settling: "it is not finished yet, or is to be changed",
            p.Ended: "it is as it was asked for, or never will be",
        },
    ),
    Row(
        p.Settling,
        see.LookFailed,
        settles.look_at_replica_failed,
        {p.Settling: "looking fails", p.Ended: "looking fails for too long"},
    ),
    Row(p.Settling, see.InLine, settles.in_line, {p.Ended: "it has been brought in line, or nothing has changed"}),
    Row(p.Settling, see.NotInLine, settles.not_in_line, {p.Ended: "it cannot be brought in line"}),
    Row(
        p.Settling,
        see.LeftAlone,
        settles.left_alone,
        {p.Settling: "it does not show, and is left alone", p.Ended: "it stands there, and is left alone"},
    ),
)

_ROWS: t.Mapping[t.Tuple[type, type], Row] = {(row.phase, row.seen): row for row in TABLE}


def advance(phase: p.Phase, observation: see.Observation, now: p.Now, terms: Terms) -> endings.Step:
    """The phase that follows, and what is to be done; an observation that cannot be made in a phase is a bug."""
    row = _ROWS.get((type(phase), type(observation)))
    if row is None:
        raise AssertionError(f"{type(observation).__name__} cannot be seen of a copy that is {type(phase).__name__}")
    return row.rule(phase, observation, now, terms)
