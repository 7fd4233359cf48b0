# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""How a copy ends badly: the errors in words for people, and the steps that lead there; pure."""

from __future__ import annotations

import datetime
import math
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .. import _text as texts
from .._decide import decision as decisions
from .._decide.replica import Changes
from .._model import copy_request
from .._model import image as images
from .._model import job as jobs
from . import effects as do
from . import phases
from .terms import Terms

Step = t.Tuple[phases.Phase, t.Tuple[do.Effect, ...]]

# Trouble with the asking, which may be over when asked again.
PASSING = (errors.TransportError, errors.ServerFault, errors.Busy)


def copying(request: copy_request.CopyRequest) -> str:
    return f"Copying {request.route}"


def submitting(request: copy_request.CopyRequest) -> str:
    return f"Submitting the copy of {request.route}"


def failed_job(job: jobs.Job, terms: Terms) -> errors.JobFailed:
    """The service gave the copy up."""
    error = errors.JobFailed(
        f"job {job.id} failed: {job.fail_reason or 'the service gives no reason'}",
        code=job.error_code,
    )
    return error.at("wait", copying(terms.request))


def killed(image: images.Image, attempt: phases.Attempt, terms: Terms) -> errors.JobFailed:
    """The image that was to become the replica was given up."""
    whose = "this run submitted" if attempt.ours else "an earlier run began"
    error = errors.JobFailed(
        f"image {image.id}, the replica of the copy that {whose}, was killed",
        remedy="killed",
    )
    return error.at("wait", copying(terms.request))


def vanished(terms: Terms) -> errors.JobFailed:
    """An earlier run submitted the copy as often as it may be, and nothing of it is to be seen any more."""
    error = errors.JobFailed("the copy that an earlier run began came to nothing", remedy="vanished")
    return error.at("wait", copying(terms.request))


def uncertain(attempt: phases.Attempt, terms: Terms) -> errors.Uncertain:
    """The search has ended, and nobody can tell what became of the copy."""
    if attempt.image is not None:
        what = f"image {attempt.image.id}, which was to become the replica, is gone: it failed or was deleted"
        gone = errors.Uncertain(what, hint=errors.remedy_of("gone"), stage="wait")
        return gone.at("wait", copying(terms.request))
    not_shown = f"has not shown in the destination for {terms.limits.confirm_timeout:g} s"
    lost = _answer_lost(attempt.answer, not_shown, _remedy("answer_lost", terms))
    return lost.at("submit", submitting(terms.request))


def lost_sight(attempt: phases.Attempt, now: phases.Now, terms: Terms) -> errors.Uncertain:
    """The service said that the copy has begun, and shows neither its job nor its replica."""
    note = terms.note_of(attempt.job_id)
    since = f", accepted at {clocks.timestamp(note.at)}," if note is not None else ""
    what = (
        f"job {attempt.job_id}{since} is not known to the service any more, and its replica does not show in "
        f"{terms.request.destination.region}: what became of it is unclear"
    )
    left = terms.limits.kept_for(note, now.utc) if note is not None else 0.0
    hint = errors.remedy_of("job_id") if terms.pinned else _remedy("answer_lost", terms)
    if left > 0 and not terms.pinned:
        what = f"{what}; it is not submitted again before {kept_until(left, now.utc)}"
        hint = _remedy("lost_sight", terms)
    return errors.Uncertain(what, hint=hint, stage="wait").at("wait", copying(terms.request))


def kept_until(seconds: float, now: datetime.datetime) -> str:
    """For people: the moment that comes after so many seconds."""
    return clocks.timestamp(now + datetime.timedelta(seconds=math.ceil(seconds)))


def never_showed(job_id: t.Optional[str]) -> str:
    if job_id is None:
        return "An earlier run may have submitted this copy, but it never showed in the destination."
    return f"Job {job_id} of an earlier run is not known any more, and its replica never showed in the destination."


def _remedy(kind: str, terms: Terms) -> str:
    return errors.remedy_of(kind).format(region=terms.request.destination.region, name=texts.visible(terms.name))


def _answer_lost(answer: t.Optional[errors.ImsError], not_shown: str, hint: str) -> errors.Uncertain:
    """What came instead of an answer is all that anybody can ask the service's support about."""
    why = f" ({answer.message})" if answer is not None else ""
    return errors.Uncertain(
        f"the answer was lost{why}, and the replica {not_shown}: the copy may or may not have begun",
        code=answer.code if answer is not None else None,
        http_status=answer.http_status if answer is not None else None,
        request_id=answer.request_id if answer is not None else None,
        hint=hint,
    )


def timed_out(attempt: phases.Attempt, terms: Terms) -> errors.WaitTimeout:
    """The deadline passed while the service was at work."""
    job_id = attempt.job_id
    progress = f", {attempt.job.progress} % done" if attempt.job is not None else ""
    error = errors.WaitTimeout(
        f"not finished within {terms.limits.wait_timeout:g} s; the copy itself goes on{_and_job(job_id)}{progress}",
        hint=errors.remedy_of("job_timed_out").format(job_id=job_id) if job_id else None,
    )
    return error.at("wait", copying(terms.request))


def not_to_be_seen(image_id: str) -> str:
    return f"image {image_id} is not to be seen"


def turned_away(error: errors.ImsError, attempt: phases.Attempt, terms: Terms) -> errors.ImsError:
    """Looking is refused again and again, or fails until the time is over."""
    error.doing = f"Waiting for the copy of {terms.request.route}{_and_job(attempt.job_id)}"
    return error.at("wait")


def not_taken(image: images.Image, still: Changes) -> errors.CopyError:
    """The service said yes to changes, and the image is not what it was to become."""
    tags = [f"tag {key}" for key in (*still.set_tags, *still.remove_tags)]
    named = ", ".join([*(name.lstrip("_") for name in still.attributes), *tags])
    return errors.CopyError(
        f"the service accepted the changes of image {image.id}, but it does not show them: {named}",
        remedy="not_taken",
        stage="update",
    )


def unfinished(
    image: t.Optional[images.Image], image_id: t.Optional[str], job_id: t.Optional[str], terms: Terms
) -> errors.NotAReplica:
    """The copy has ended, and its replica is not what it should be by now."""
    ended = f"job {job_id} says that it succeeded" if job_id else "the copy has ended"
    if image is None:
        which = image_id or texts.visible(terms.name)
        return errors.NotShown(f"{ended}, but image {which} is not to be seen in {terms.request.destination.region}")
    if image.status != decisions.ACTIVE:
        return errors.NotAReplica(f"{ended}, but image {image.id} is {image.status}, not active", remedy="not_active")
    return errors.NotAReplica(f"image {image.id} does not say what it is a copy of", remedy="no_origin")


def _and_job(job_id: t.Optional[str]) -> str:
    return f" (job {job_id})" if job_id else ""


# -- the steps in which a copy ends badly -----------------------------------------------------------------------------


def failed(
    phase: phases.Phase, error: errors.ImsError, now: phases.Now
) -> t.Tuple[phases.Ended, t.Tuple[do.Effect, ...]]:
    """A copy fails that is not under way."""
    queued = (
        phase.queued
        if isinstance(phase, phases.Submitting)
        else phase
        if isinstance(phase, phases.Queued)
        else phases.Queued()
    )
    ended = phases.Ended(phases.Outcome.FAILED, now.utc, queued.last, error=error, made=queued.made)
    return ended, ()


def given_up(attempt: phases.Attempt, error: errors.ImsError, now: phases.Now, *effects: do.Effect) -> Step:
    """A copy fails that was under way, or seemed to be."""
    return phases.Ended(phases.Outcome.FAILED, now.utc, attempt, attempt.image, error=error), effects


def look_failed(error: errors.ImsError) -> do.Warn:
    return do.Warn(f"A look at the copy failed, and the wait went on: {error.as_text(hint=False)}")
