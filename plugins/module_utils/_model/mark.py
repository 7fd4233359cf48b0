# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""A mark on a source image, which tells every host of a copy that is about to be made, or under way; pure.

It is an attribute of its own, ``ims_copy_<12 hex digits of the copy>_<4 of the run>``: ``<state> <time> <run> <job>``.
Each run has a name of its own, so that nobody writes over another's. The source's id is part of what the digits are
made of, so that a mark which a copy has carried along to its replica means nothing there.
Source: IMS API reference, Updating Image Information, own attributes.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import typing as t

from .._clock import moment, timestamp

PREFIX = "ims_copy_"
# About to be submitted, or submitted and not answered; under way as a job; ended, and its replica does not show.
PENDING, SUBMITTED, ENDED = "pending", "submitted", "ended"
NOTHING = "-"


class Mark(t.NamedTuple):
    """One mark: ``run`` made it, 8 hexadecimal digits; ``at`` is None where it cannot be read."""

    name: str
    state: str
    at: t.Optional[datetime.datetime]
    run: str
    job_id: t.Optional[str] = None

    @property
    def value(self) -> str:
        at = timestamp(self.at) if self.at is not None else NOTHING
        return " ".join([self.state, at, self.run, self.job_id or NOTHING])

    def may_submit(self, now: datetime.datetime, grace: float) -> bool:
        """Whether it is of a run that may be about to submit, or waits for the answer; ``grace`` is in seconds."""
        return self.state == PENDING and (self.at is None or (now - self.at).total_seconds() < grace)


def stem_of(source_id: str, project_id: str, name: str) -> str:
    """What the names of all marks of one copy begin with; ``project_id`` is the destination's."""
    digits = hashlib.sha256(json.dumps([source_id, project_id, name]).encode("ascii")).hexdigest()[:12]
    return f"{PREFIX}{digits}_"


def name_of(stem: str, run: str) -> str:
    return stem + run[:4]


def marks_of(attributes: t.Mapping[str, str], stem: str) -> t.List[Mark]:
    """The marks of one copy among an image's own attributes. One that nobody can read is one that may be about to be
    submitted, by somebody unknown."""
    return [_read(name, value) for name, value in sorted(attributes.items()) if name.startswith(stem)]


def told(found: t.Sequence[Mark]) -> str:
    """Whose marks they are, for people."""
    return ", ".join(f"run {one.run or 'unknown'}, since {one.value.split()[1]}" for one in found)


def _read(name: str, value: str) -> Mark:
    state, at, run, job_id = [*value.split(), *[""] * 4][:4]
    if state not in (PENDING, SUBMITTED, ENDED) or (state != PENDING and job_id in ("", NOTHING)):
        return Mark(name, PENDING, None, "")
    return Mark(name, state, moment(at), run, None if job_id in ("", NOTHING) else job_id)
