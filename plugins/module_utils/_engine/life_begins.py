# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The life of a copy until it is under way: planned, queued, submitted; pure rules of the table in ``life.py``."""

from __future__ import annotations

import dataclasses

from .. import _errors as errors
from . import effects as do
from . import endings, observations, phases
from .life_settles import begin_settling
from .terms import Terms


def refused(phase: phases.Phase, seen: observations.Refused, now: phases.Now, terms: Terms) -> endings.Step:
    """A rule is broken, something stands in the way, or the service says no for good."""
    ended, effects = endings.failed(phase, seen.error, now)
    if terms.limits.skip_refused and isinstance(seen.error, (errors.PreflightFailed, errors.Blocked)):
        return dataclasses.replace(ended, outcome=phases.Outcome.SKIPPED), effects
    return (dataclasses.replace(ended, made=ended.made + 1) if seen.sent else ended), effects


def not_planned(phase: phases.Phase, seen: observations.LookFailed, now: phases.Now, terms: Terms) -> endings.Step:
    """Trouble with looking does not end the wait for what an earlier run began, nor the plan for what follows."""
    until = terms.limits.patient_until
    if until is None or now.seconds >= until or not isinstance(seen.error, endings.PASSING):
        return endings.failed(phase, seen.error, now)
    return phases.PutOff(now.seconds + terms.limits.wait_interval), (endings.look_failed(seen.error),)


def absent(phase: phases.Phase, seen: observations.Absent, now: phases.Now, terms: Terms) -> endings.Step:
    earlier = terms.earlier
    if earlier.made >= terms.last_attempt:
        # An earlier run left it under way, and nothing of it is there any more.
        return endings.failed(phase, endings.vanished(terms), now)
    return phases.Queued(made=earlier.made, refused_since=earlier.refused_since), ()


def standing(phase: phases.Phase, seen: observations.Standing, now: phases.Now, terms: Terms) -> endings.Step:
    attempt = None
    if seen.job is not None:
        attempt = _of_another_run(phase, now, terms)._replace(job=seen.job, job_id=seen.job.id)
    elif isinstance(phase, phases.Submitting):
        attempt = phase.queued.last
    return phases.Settling(attempt, image=seen.image), ()


def under_way(phase: phases.Phase, seen: observations.UnderWay, now: phases.Now, terms: Terms) -> endings.Step:
    """Somebody began it: it is waited for, and not begun again."""
    attempt = _of_another_run(phase, now, terms)._replace(image=seen.image)
    if seen.job is None:
        return phases.WatchingImage(attempt), ()
    attempt = attempt._replace(job=seen.job, job_id=seen.job.id)
    if seen.job.failed and terms.pinned:
        return endings.given_up(attempt, endings.failed_job(seen.job, terms), now)
    if seen.job.done:
        return begin_settling(attempt, now, terms), ()
    return phases.FollowingJob(attempt), ()


def may_have_begun(phase: phases.Phase, seen: observations.MayHaveBegun, now: phases.Now, terms: Terms) -> endings.Step:
    attempt = _of_another_run(phase, now, terms)
    return phases.Searching(attempt, until=now.seconds + seen.seconds), ()


def job_unknown(phase: phases.Phase, seen: observations.JobUnknown, now: phases.Now, terms: Terms) -> endings.Step:
    """Its request was accepted, so it has begun: it is waited for, whoever may know of it."""
    attempt = _of_another_run(phase, now, terms)._replace(job_id=seen.job_id)
    return phases.FollowingJob(attempt), ()


def _of_another_run(phase: phases.Phase, now: phases.Now, terms: Terms) -> phases.Attempt:
    """An attempt that this run has not made, after whatever this run has tried."""
    last = phase.queued.last if isinstance(phase, phases.Submitting) else None
    made = phase.queued.made if isinstance(phase, phases.Submitting) else terms.earlier.made
    deadline, since = terms.earlier.deadline, terms.earlier.waited_since
    if deadline is None:
        deadline, since = now.seconds + terms.limits.wait_timeout, now.utc
    return phases.Attempt(
        made,
        ours=False,
        deadline=deadline,
        submitted_at=terms.earlier.began,
        before=last,
        waited_since=since,
    )


def chosen(phase: phases.Queued, seen: observations.Chosen, now: phases.Now, terms: Terms) -> endings.Step:
    return phases.Submitting(phase), (do.Submit(),)


def put_back(phase: phases.Submitting, seen: observations.NotNow, now: phases.Now, terms: Terms) -> endings.Step:
    """No slot is free (IMG.0149, IMG.0060, 429): back into the queue, and no attempt is lost."""
    since = phase.queued.refused_since or now.utc
    return dataclasses.replace(phase.queued, refused_since=since), ()


def no_longer_refused(
    phase: phases.Queued, seen: observations.SlotTaken, now: phases.Now, terms: Terms
) -> endings.Step:
    return dataclasses.replace(phase, refused_since=None), ()


def never_a_slot(phase: phases.Queued, seen: observations.NeverASlot, now: phases.Now, terms: Terms) -> endings.Step:
    return endings.failed(phase, seen.error, now)


def accepted(phase: phases.Submitting, seen: observations.Accepted, now: phases.Now, terms: Terms) -> endings.Step:
    attempt = _own(phase, now, terms)._replace(job_id=seen.job_id, leftovers=seen.leftovers)
    return phases.FollowingJob(attempt), ()


def answer_lost(phase: phases.Submitting, seen: observations.AnswerLost, now: phases.Now, terms: Terms) -> endings.Step:
    """Whether a copy began can only be seen in the destination; the request is not repeated."""
    attempt = _own(phase, now, terms)._replace(leftovers=seen.leftovers, answer=seen.error)
    told = seen.error.as_text(hint=False)
    text = f"The answer to the submission was lost ({told}); the copy was looked for instead."
    return phases.Searching(attempt, until=now.seconds + terms.limits.confirm_timeout), (do.Warn(text),)


def _own(phase: phases.Submitting, now: phases.Now, terms: Terms) -> phases.Attempt:
    return phases.Attempt(
        number=phase.queued.made + 1,
        ours=True,
        deadline=now.seconds + terms.limits.wait_timeout,
        submitted_at=now.utc,
        before=phase.queued.last,
    )
