# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The life of a copy once it is made: verified, brought in line, ended; pure rules of the table in ``life.py``."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _errors as errors
from .._decide import replica
from .._model import image as images
from . import effects as do
from . import endings, observations, phases
from .terms import Terms


def begin_settling(attempt: phases.Attempt, now: phases.Now, terms: Terms) -> phases.Settling:
    return phases.Settling(attempt, image=attempt.image, until=now.seconds + terms.limits.confirm_timeout)


def replica_seen(phase: phases.Settling, seen: observations.ImageSeen, now: phases.Now, terms: Terms) -> endings.Step:
    request, source, image = terms.request, _source_of(terms), seen.image
    # One that stood there before was judged by the list in which it stood.
    if image is None or not (phase.until is None or replica.finished(request, image)):
        if phase.until is None or seen.asked_at < phase.until:
            return phase, ()
        return _not_a_replica(phase, _unfinished(phase, image, terms), now, terms)
    error = _objection(phase, image, terms)
    if error is not None:
        if replica.of_another(request, source, image) and phase.until is not None and seen.asked_at < phase.until:
            # It is not what became of this copy, whatever its job says, and that may still show.
            return phase, ()
        return _not_a_replica(dataclasses.replace(phase, image=image), error, now, terms)
    phase = dataclasses.replace(phase, image=image)
    wanted = replica.changes(image, request, source)
    # What this run has made is rid of what it has carried along; what it has only found is left as it is.
    if not wanted and not (wanted.carried and phase.attempt is not None and phase.attempt.submitted):
        return _done(phase, image, False, now, terms)
    if terms.limits.check_mode:
        return _done(phase, image, True, now, terms)
    return phase, (do.BringInLine(image, wanted),)


def look_at_replica_failed(
    phase: phases.Settling, seen: observations.LookFailed, now: phases.Now, terms: Terms
) -> endings.Step:
    """Whatever the trouble is, the copy is made, and there is time to look again."""
    if phase.until is not None and seen.asked_at >= phase.until:
        return _settling_failed(phase, seen.error, now, terms)
    return phase, (do.Warn(f"A look at the replica failed, and was repeated: {seen.error.as_text(hint=False)}"),)


def _source_of(terms: Terms) -> images.Image:
    if terms.source is None:
        raise AssertionError("a copy settles only once its source is known")
    return terms.source


def _objection(phase: phases.Settling, image: images.Image, terms: Terms) -> t.Optional[errors.NotAReplica]:
    """By its name alone counts whatever stands there, but nothing that only a job says to be the replica."""
    submitted = phase.attempt is not None and phase.attempt.submitted
    judge = replica.misnamed if terms.request.match == "name" and not submitted else replica.objection
    return judge(terms.request, _source_of(terms), image)


def _unfinished(phase: phases.Settling, image: t.Optional[images.Image], terms: Terms) -> errors.NotAReplica:
    job_id = phase.attempt.job_id if phase.attempt is not None else None
    return endings.unfinished(image, replica_id(phase), job_id, terms)


def _not_a_replica(
    phase: phases.Settling, error: errors.NotAReplica, now: phases.Now, terms: Terms
) -> t.Tuple[phases.Ended, t.Tuple[do.Effect, ...]]:
    """What was made does not count; what does not show may still come, so later runs are to look for it."""
    request, source, image = terms.request, _source_of(terms), phase.image
    another = image is not None and replica.of_another(request, source, image)
    after: do.Effect = do.NoteEnd() if another or isinstance(error, errors.NotShown) else do.ForgetNote()
    if image is not None and not another and replica.misnamed(request, source, image) is not None:
        # No list will show it to later runs, and it is the copy all the same.
        after = do.NoteEnd(image.id)
    ended, effects = _settling_failed(phase, error, now, terms)
    return ended, (*effects, *_noted(after, terms))


def _settling_failed(
    phase: phases.Settling, error: errors.ImsError, now: phases.Now, terms: Terms
) -> t.Tuple[phases.Ended, t.Tuple[do.Effect, ...]]:
    error.at("verify", f"Finishing the copy of {terms.request.route}")
    ended = phases.Ended(phases.Outcome.FAILED, now.utc, phase.attempt, phase.image, error=error)
    return ended, ()


def in_line(phase: phases.Settling, seen: observations.InLine, now: phases.Now, terms: Terms) -> endings.Step:
    """The service has taken every change; whether they took hold, and of what, only the image itself tells."""
    source, image = _source_of(terms), seen.image
    before = replica.changes(phase.image or image, terms.request, source)
    still = replica.changes(image, terms.request, source)
    altered = still != before
    wrong = _objection(phase, image, terms)
    if wrong is None and not replica.finished(terms.request, image):
        wrong = _unfinished(phase, image, terms)
    if wrong is not None:
        ended, effects = _not_a_replica(dataclasses.replace(phase, image=image), wrong, now, terms)
        return dataclasses.replace(ended, updated=altered), effects
    if not still:
        return _done(phase, image, True, now, terms)
    return not_in_line(phase, observations.NotInLine(endings.not_taken(image, still), altered), now, terms)


def not_in_line(phase: phases.Settling, seen: observations.NotInLine, now: phases.Now, terms: Terms) -> endings.Step:
    ended, effects = _settling_failed(phase, seen.error, now, terms)
    # Of what does not show any more nobody knows whether it stands.
    over = () if isinstance(seen.error, errors.NotShown) else _noted(do.ForgetNote(stands=True), terms)
    return dataclasses.replace(ended, updated=seen.altered), (*effects, *over)


def left_alone(phase: phases.Settling, seen: observations.LeftAlone, now: phases.Now, terms: Terms) -> endings.Step:
    """What is present is present, but nothing is done about it; what is still to show is not present."""
    if phase.until is not None or phase.image is None:
        return phase, ()
    ended = phases.Ended(phases.Outcome.PRESENT, now.utc, phase.attempt, phase.image)
    return ended, _noted(do.ForgetNote(stands=True), terms)


def _done(phase: phases.Settling, image: images.Image, updated: bool, now: phases.Now, terms: Terms) -> endings.Step:
    attempt = phase.attempt
    if attempt is not None and (attempt.submitted or attempt.waited):
        outcome = phases.Outcome.COPIED
    else:
        outcome = phases.Outcome.UPDATED if updated else phases.Outcome.PRESENT
    return phases.Ended(outcome, now.utc, attempt, image, updated), _noted(do.ForgetNote(stands=True), terms)


def _noted(effect: do.Effect, terms: Terms) -> t.Tuple[do.Effect, ...]:
    """Check mode notes nothing of what it has seen."""
    return (effect,) if terms.limits.notes else ()


def replica_id(phase: phases.Settling) -> t.Optional[str]:
    """The id of the image that should be the replica; its job knows best."""
    if phase.attempt is not None and phase.attempt.job is not None and phase.attempt.job.image_id:
        return phase.attempt.job.image_id
    return phase.image.id if phase.image is not None else None
