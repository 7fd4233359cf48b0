# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""A mark on a source image, which tells every host of a copy that is about to be made, or under way; pure.

It is an attribute of its own, ``ims_copy_<12 hex digits of the copy>_<4 of the run>``:
``<state> <time> <run> <job> <12 hex digits of the route> <image>``.
Each run has a name of its own, so that nobody writes over another's. The source's id is part of what the digits are
made of, so that a mark which a copy has carried along to its replica means nothing there. The route is the source and
the destination without the replica's name: by it a run knows the marks of copies that count under any name. An image
is named where the service has given it another name.
Source: IMS API reference, Updating Image Information, own attributes.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import typing as t

from .. import _clock as clocks

PREFIX = "ims_copy_"
DIGITS = 12
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
    route: str = ""
    image_id: t.Optional[str] = None

    @property
    def value(self) -> str:
        at = clocks.timestamp(self.at) if self.at is not None else NOTHING
        ids = (self.job_id or NOTHING, self.route or NOTHING, *([self.image_id] if self.image_id else []))
        return " ".join([self.state, at, self.run, *ids])

    @property
    def copy(self) -> str:
        """The digits of the copy that it is a mark of."""
        return self.name[len(PREFIX) :][:DIGITS]

    def may_submit(self, now: datetime.datetime, grace: float) -> bool:
        """Whether it is of a run that may be about to submit, or waits for the answer; ``grace`` is in seconds."""
        return self.state == PENDING and (self.at is None or (now - self.at).total_seconds() < grace)


def digits_of(*parts: str) -> str:
    """What tells a copy, or a route, apart from any other one."""
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:DIGITS]


def name_of(copy: str, run: str) -> str:
    return f"{PREFIX}{copy}_{run[:4]}"


def is_of(name: str, copy: str) -> bool:
    """Whether an attribute of that name is a mark of a copy."""
    return name.startswith(f"{PREFIX}{copy}_")


def marks_of(attributes: t.Mapping[str, str], copy: str, route: t.Optional[str] = None) -> t.List[Mark]:
    """The marks of one copy among an image's own attributes, and with ``route`` of all copies on that route. One of the
    copy itself that nobody can read is one that may be about to be submitted, by somebody unknown."""
    found = (_read(name, value) for name, value in sorted(attributes.items()) if name.startswith(PREFIX))
    return [one for one in found if one.copy == copy or (route is not None and one.route == route)]


def told(found: t.Sequence[Mark]) -> str:
    """Whose marks they are, for people."""
    return ", ".join(f"run {one.run or 'unknown'}, since {one.value.split()[1]}" for one in found)


def _read(name: str, value: str) -> Mark:
    state, at, run, job_id, route, image_id = [*value.split(), *[""] * 6][:6]
    if state not in (PENDING, SUBMITTED, ENDED) or (state != PENDING and job_id in ("", NOTHING)):
        return Mark(name, PENDING, None, "")
    known, made = None if job_id in ("", NOTHING) else job_id, clocks.moment(at)
    when = made if made is not None and clocks.is_possible(made) else None
    return Mark(name, state, when, run, known, route.strip(NOTHING), image_id or None)
