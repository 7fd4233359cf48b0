# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The life of a copy, as one table: what is seen in which phase, and which phases may follow; pure.

:func:`advance` is the only writer of a phase. The rules stand in ``life_begins.py``, ``life_under_way.py`` and
``life_settles.py``, in the order of a copy's life.
"""

from __future__ import annotations

import typing as t

from . import life_begins as begins
from . import life_settles as settles
from . import life_under_way as under_way
from . import observations as see
from . import phases as p
from .endings import Step
from .terms import Terms

Rule = t.Callable[[t.Any, t.Any, p.Now, Terms], Step]


class Row(t.NamedTuple):
    """In ``phase``, ``seen`` leads to one of the phases ``to``, as ``rule`` decides; ``words`` are for the diagram."""

    phase: t.Type[p.Phase]
    seen: t.Type[see.Observation]
    rule: Rule
    to: t.Tuple[t.Type[p.Phase], ...]
    words: str


def _planned(phase: t.Type[p.Phase]) -> t.Tuple[Row, ...]:
    """What a plan may find, be it the first one or one that was put off."""
    return (
        Row(phase, see.Refused, begins.refused, (p.Ended,), "a check fails, or something is in the way"),
        Row(phase, see.LookFailed, begins.not_planned, (p.PutOff, p.Ended), "looking fails"),
        Row(phase, see.Absent, begins.absent, (p.Queued, p.Ended), "there is no replica"),
        *_found(phase),
    )


def _found(phase: t.Type[p.Phase]) -> t.Tuple[Row, ...]:
    """A copy that is there already, or on its way."""
    return (
        Row(phase, see.Standing, begins.standing, (p.Settling,), "a replica stands there"),
        Row(
            phase,
            see.UnderWay,
            begins.under_way,
            (p.FollowingJob, p.WatchingImage, p.Settling, p.Ended),
            "somebody began it",
        ),
        Row(phase, see.MayHaveBegun, begins.may_have_begun, (p.Searching,), "a note says that it may have begun"),
    )


TABLE: t.Tuple[Row, ...] = (
    *_planned(p.Unplanned),
    *_planned(p.PutOff),
    Row(p.Queued, see.Chosen, begins.chosen, (p.Submitting,), "a slot is free"),
    Row(p.Queued, see.SlotTaken, begins.no_longer_refused, (p.Queued,), "another copy got a slot"),
    Row(p.Queued, see.NeverASlot, begins.never_a_slot, (p.Ended,), "the service refuses for too long"),
    *_found(p.Submitting),
    Row(p.Submitting, see.Accepted, begins.accepted, (p.FollowingJob,), "the service names a job"),
    Row(p.Submitting, see.AnswerLost, begins.answer_lost, (p.Searching,), "the answer is lost"),
    Row(p.Submitting, see.NotNow, begins.put_back, (p.Queued,), "not now: IMG.0149, IMG.0060, 429"),
    Row(p.Submitting, see.Refused, begins.refused, (p.Ended,), "the service refuses for good"),
    Row(
        p.FollowingJob,
        see.JobSeen,
        under_way.job_seen,
        (p.FollowingJob, p.Settling, p.Queued, p.Ended),
        "the job is asked",
    ),
    Row(
        p.FollowingJob,
        see.LookFailed,
        under_way.look_at_copy_failed,
        (p.FollowingJob, p.Searching, p.Ended),
        "looking fails",
    ),
    Row(
        p.WatchingImage,
        see.ImageSeen,
        under_way.image_seen,
        (p.WatchingImage, p.Settling, p.Queued, p.Searching, p.Ended),
        "the image is asked for",
    ),
    Row(
        p.WatchingImage,
        see.LookFailed,
        under_way.look_at_copy_failed,
        (p.WatchingImage, p.Searching, p.Ended),
        "looking fails",
    ),
    Row(p.Searching, see.Standing, under_way.found_standing, (p.Settling,), "the replica shows, finished"),
    Row(p.Searching, see.UnderWay, under_way.found_under_way, (p.WatchingImage,), "the replica shows, unfinished"),
    Row(p.Searching, see.Absent, under_way.still_absent, (p.Searching, p.Queued, p.Ended), "nothing shows"),
    Row(p.Searching, see.LookFailed, under_way.search_failed, (p.Searching, p.Ended), "looking fails"),
    Row(p.Settling, see.ImageSeen, settles.replica_seen, (p.Settling, p.Ended), "the replica is looked at"),
    Row(p.Settling, see.LookFailed, settles.look_at_replica_failed, (p.Settling, p.Ended), "looking fails"),
    Row(p.Settling, see.InLine, settles.in_line, (p.Ended,), "it has been brought in line"),
    Row(p.Settling, see.NotInLine, settles.not_in_line, (p.Ended,), "it cannot be brought in line"),
    Row(p.Settling, see.LeftAlone, settles.left_alone, (p.Settling, p.Ended), "nothing is to be done in this run"),
)

_ROWS: t.Mapping[t.Tuple[type, type], Row] = {(row.phase, row.seen): row for row in TABLE}


def advance(phase: p.Phase, observation: see.Observation, now: p.Now, terms: Terms) -> Step:
    """The phase that follows, and what is to be done; an observation that cannot be made in a phase is a bug."""
    row = _ROWS.get((type(phase), type(observation)))
    if row is None:
        raise AssertionError(f"{type(observation).__name__} cannot be seen of a copy that is {type(phase).__name__}")
    return row.rule(phase, observation, now, terms)
