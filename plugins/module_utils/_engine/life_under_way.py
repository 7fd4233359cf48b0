# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The life of a copy while the service is at work, or may be; pure rules of the table in ``life.py``."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._decide import decision as decisions
from .._model import image as images
from . import effects, endings, observations, phases
from .life_settles import begin_settling
from .terms import Terms

# A look that is refused is no verdict on the copy; refused so often in a row, it will stay refused.
HOPELESS_LOOKS = 3
# Seconds by which the clock of this host and that of the service may differ.
CLOCKS_APART = 60.0
# The replica of such a copy has not been seen yet.
_Unseen = t.Union[phases.FollowingJob, phases.Searching]


def job_seen(phase: phases.FollowingJob, seen: observations.JobSeen, now: phases.Now, terms: Terms) -> endings.Step:
    attempt = phase.attempt._replace(job=seen.job)
    if seen.job.failed:
        return _attempt_failed(attempt, endings.failed_job(seen.job, terms), now, terms)
    if seen.job.done:
        return begin_settling(attempt, now, terms), ()
    attempt = attempt._replace(waited=True)
    if seen.asked_at >= attempt.deadline:
        return endings.given_up(attempt, endings.timed_out(attempt, terms), now)
    return phases.FollowingJob(attempt), ()


def image_seen(
    phase: phases.WatchingImage, seen: observations.ImageSeen, now: phases.Now, terms: Terms
) -> endings.Step:
    if seen.image is None or seen.image.status == decisions.GONE:
        gone = errors.NotFound(
            endings.not_to_be_seen(str(phase.attempt.image.id if phase.attempt.image else terms.name))
        )
        return look_at_copy_failed(phase, observations.LookFailed(gone, seen.asked_at), now, terms)
    attempt = phase.attempt._replace(image=seen.image, waited=True)
    if seen.image.status == decisions.KILLED:
        return _attempt_failed(attempt, endings.killed(seen.image, attempt, terms), now, terms)
    if seen.image.status == decisions.ACTIVE:
        return begin_settling(attempt, now, terms), ()
    if seen.asked_at >= attempt.deadline:
        return endings.given_up(attempt, endings.timed_out(attempt, terms), now)
    return phases.WatchingImage(attempt), ()


def look_at_copy_failed(
    phase: t.Union[phases.FollowingJob, phases.WatchingImage],
    seen: observations.LookFailed,
    now: phases.Now,
    terms: Terms,
) -> endings.Step:
    """Trouble with the looking itself does not end the wait, unless it is refused for good."""
    warning = endings.look_failed(seen.error)
    attempt, failed_looks = phase.attempt, phase.failed_looks + 1
    if failed_looks >= HOPELESS_LOOKS:
        if isinstance(seen.error, (errors.NotAuthenticated, errors.NotPermitted)):
            return endings.given_up(attempt, endings.turned_away(seen.error, attempt, terms), now, warning)
        if isinstance(seen.error, errors.NotFound) and isinstance(phase, phases.WatchingImage):
            # An image that is gone for good: only the destination's list can tell what became of the copy.
            return phases.Searching(attempt, until=now.seconds + terms.limits.confirm_timeout), (warning,)
    if seen.asked_at >= attempt.deadline:
        unknown = isinstance(phase, phases.FollowingJob) and isinstance(seen.error, errors.NotFound)
        error = endings.lost_sight(attempt, now, terms) if unknown else endings.timed_out(attempt, terms)
        return endings.given_up(attempt, error, now, warning)
    return dataclasses.replace(phase, failed_looks=failed_looks), (warning,)


def nothing_to_be_seen(
    phase: phases.FollowingJob, seen: observations.Absent, now: phases.Now, terms: Terms
) -> endings.Step:
    """The service does not know the job, nor does the replica show. It said that the copy has begun, so that only much
    time lets it be submitted again."""
    attempt = phase.attempt
    killed = _left_behind(attempt, seen, terms)
    if killed is not None:
        return _attempt_failed(*killed, now, terms)
    note = terms.note_of(attempt.job_id)
    if note is not None and not _is_ours(attempt, terms) and terms.limits.kept_for(note, now.utc) <= 0:
        return _never_showed(attempt, now, terms)
    if seen.asked_at >= attempt.deadline:
        return endings.given_up(attempt, endings.lost_sight(attempt, now, terms), now)
    return dataclasses.replace(phase, failed_looks=phase.failed_looks + 1), ()


def found_standing(phase: _Unseen, seen: observations.Standing, now: phases.Now, terms: Terms) -> endings.Step:
    attempt = phase.attempt._replace(image=seen.image, waited=True)
    return begin_settling(attempt, now, terms), ()


def found_under_way(phase: _Unseen, seen: observations.UnderWay, now: phases.Now, terms: Terms) -> endings.Step:
    return phases.WatchingImage(phase.attempt._replace(image=seen.image, waited=True)), ()


def still_absent(phase: phases.Searching, seen: observations.Absent, now: phases.Now, terms: Terms) -> endings.Step:
    attempt = phase.attempt
    killed = _left_behind(attempt, seen, terms)
    if killed is not None:
        return _attempt_failed(*killed, now, terms)
    if seen.asked_at < phase.until:
        return dataclasses.replace(phase, failed_looks=0), ()
    if _is_ours(attempt, terms):
        # Whose image was there, and is not any more, is to be copied again.
        gone = (effects.ForgetNote(),) if attempt.image is not None else ()
        return endings.given_up(attempt, endings.uncertain(attempt, terms), now, *gone)
    return _never_showed(attempt, now, terms)


def _never_showed(attempt: phases.Attempt, now: phases.Now, terms: Terms) -> endings.Step:
    """It was another run that submitted it, or may have, long enough ago: it came to nothing."""
    if attempt.number >= terms.last_attempt:
        return endings.given_up(attempt, endings.vanished(terms), now, effects.ForgetNote())
    never = effects.Warn(endings.never_showed(attempt.job_id))
    return phases.Queued(made=attempt.number, last=attempt.before), (never, effects.ForgetNote())


def _left_behind(
    attempt: phases.Attempt, seen: observations.Absent, terms: Terms
) -> t.Optional[t.Tuple[phases.Attempt, errors.JobFailed]]:
    """An attempt of this run that has left a killed image: it began, and it has failed since."""
    own = [image for image in seen.leftovers if image.id not in attempt.leftovers and not _is_older(image, attempt)]
    if not attempt.ours or len(own) <= _not_shown_before(attempt):
        return None
    return attempt._replace(image=own[0]), endings.killed(own[0], attempt, terms)


def _is_older(image: images.Image, attempt: phases.Attempt) -> bool:
    """Whether an image was made so long before an attempt that it is what an earlier one left, and showed late."""
    made = clocks.moment(image.created_at)
    return (
        made is not None
        and attempt.submitted_at is not None
        and (attempt.submitted_at - made).total_seconds() > CLOCKS_APART
    )


def _not_shown_before(attempt: phases.Attempt) -> int:
    """How many attempts before this one may have left killed images that did not show when it was submitted."""
    count, at_first, earlier = 0, attempt.leftovers, attempt.before
    while earlier is not None:
        count += 1
        at_first = earlier.leftovers if earlier.ours else at_first
        earlier = earlier.before
    return max(0, count - len(attempt.leftovers - at_first))


def search_failed(
    phase: phases.Searching, seen: observations.LookFailed, now: phases.Now, terms: Terms
) -> endings.Step:
    warning = endings.look_failed(seen.error)
    if seen.asked_at >= phase.until and _is_ours(phase.attempt, terms):
        return endings.given_up(phase.attempt, endings.uncertain(phase.attempt, terms), now, warning)
    failed_looks = phase.failed_looks + 1
    hopeless = failed_looks >= HOPELESS_LOOKS and isinstance(seen.error, (errors.NotAuthenticated, errors.NotPermitted))
    # What another run may have begun is not looked for without end either.
    if hopeless or seen.asked_at >= max(phase.until, phase.attempt.deadline):
        return endings.given_up(phase.attempt, endings.turned_away(seen.error, phase.attempt, terms), now, warning)
    return dataclasses.replace(phase, failed_looks=failed_looks), (warning,)


def _attempt_failed(attempt: phases.Attempt, error: errors.ImsError, now: phases.Now, terms: Terms) -> endings.Step:
    """An attempt is over: there is another one if it was not the last, and the user did not name its job."""
    over: t.Tuple[effects.Effect, ...] = (effects.ForgetNote(), effects.SeekLeftovers())
    if attempt.number >= terms.last_attempt or terms.pinned:
        return endings.given_up(attempt, error, now, *over)
    warning = effects.Warn(f"Attempt {attempt.number} failed and is repeated: {error.as_text(hint=False)}")
    return phases.Queued(made=attempt.number, last=attempt._replace(error=error)), (*over, warning)


def _is_ours(attempt: phases.Attempt, terms: Terms) -> bool:
    """This run submitted it or was told of its job: then nothing is submitted in its place while nobody knows more."""
    return attempt.ours or terms.pinned
