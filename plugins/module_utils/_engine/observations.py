# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What can be seen of a copy: frozen data that moves it from one phase to another.

``asked_at`` is the monotonic moment, in seconds, at which the question was asked: what counts for a deadline.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _errors as errors
from .._model import image as images
from .._model import job as jobs


@dataclasses.dataclass(frozen=True)
class Absent:
    """The destination holds no replica. ``leftovers`` are killed images that stand where it should be."""

    asked_at: float
    leftovers: t.Tuple[images.Image, ...] = ()


@dataclasses.dataclass(frozen=True)
class Standing:
    """A finished replica stands in the destination; ``job`` made it, where that is known."""

    image: images.Image
    job: t.Optional[jobs.Job] = None


@dataclasses.dataclass(frozen=True)
class UnderWay:
    """A copy that somebody began: its replica shows, or its job is known, or both."""

    image: t.Optional[images.Image] = None
    job: t.Optional[jobs.Job] = None


@dataclasses.dataclass(frozen=True)
class MayHaveBegun:
    """A note says that a request was about to be sent; its copy may show for ``seconds`` more."""

    seconds: float


@dataclasses.dataclass(frozen=True)
class JobUnknown:
    """A note names the job that a request became, and the service does not know it: its copy has begun all the same."""

    job_id: str


@dataclasses.dataclass(frozen=True)
class Refused:
    """It cannot be: a check failed, something stands in the way, or the service would not have it.

    ``sent``: the request was sent, and the service said no.
    """

    error: errors.ImsError
    sent: bool = False


@dataclasses.dataclass(frozen=True)
class Chosen:
    """A slot is free, and it is this copy's turn."""


@dataclasses.dataclass(frozen=True)
class Accepted:
    """The service took the request, and said which job it became."""

    job_id: str
    leftovers: t.FrozenSet[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class AnswerLost:
    """The request was sent, and no answer says what became of it."""

    error: errors.ImsError
    leftovers: t.FrozenSet[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class NotNow:
    """The service has no slot, or another run is submitting this copy: nothing began."""

    error: errors.ImsError


@dataclasses.dataclass(frozen=True)
class SlotTaken:
    """Another copy of this run got a slot, so the service is no longer refusing."""


@dataclasses.dataclass(frozen=True)
class NeverASlot:
    """The service has been refusing for as long as anybody would wait."""

    error: errors.ImsError


@dataclasses.dataclass(frozen=True)
class JobSeen:
    """What the job said when it was asked at the moment ``asked_at``."""

    job: jobs.Job
    asked_at: float


@dataclasses.dataclass(frozen=True)
class ImageSeen:
    """What the replica looked like when it was asked for at ``asked_at``; None: it does not show."""

    image: t.Optional[images.Image]
    asked_at: float


@dataclasses.dataclass(frozen=True)
class LookFailed:
    """A question asked at ``asked_at`` was not answered as it should be."""

    error: errors.ImsError
    asked_at: float


@dataclasses.dataclass(frozen=True)
class InLine:
    """The service has taken all that was to be changed; ``image`` is what the replica looks like now."""

    image: images.Image


@dataclasses.dataclass(frozen=True)
class LeftAlone:
    """Nothing at all is done in this run, as one of its copies was refused."""


@dataclasses.dataclass(frozen=True)
class NotInLine:
    """Bringing the replica in line failed; ``altered``: not before something of it had been changed."""

    error: errors.ImsError
    altered: bool = True


Observation = t.Union[
    Absent, Standing, UnderWay, MayHaveBegun, JobUnknown, Refused, Chosen, Accepted, AnswerLost, NotNow, SlotTaken,
    NeverASlot, JobSeen, ImageSeen, LookFailed, InLine, NotInLine, LeftAlone,
]  # fmt: skip
