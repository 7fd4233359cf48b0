# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What preflight is told and what it answers: the facts about one copy, and a verdict on each check."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _text as texts
from .._model import copy_request
from .._model import image as images
from .._model import place as places

# A message may name what the cloud holds.
LONGEST_MESSAGE = 1000

PASS = "pass"
FAIL = "fail"
WARN = "warn"
UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Check:
    """One verdict; ``code`` is what the service would have answered, where it has a code for it.

    ``hint`` is the way out where a rule is broken.
    """

    check: str
    status: str
    message: str
    code: t.Optional[str] = None
    hint: t.Optional[str] = None

    def __post_init__(self) -> None:
        message = texts.one_line(self.message, LONGEST_MESSAGE)
        if message is not self.message:
            object.__setattr__(self, "message", message)

    def as_dict(self) -> t.Dict[str, t.Any]:
        return {
            "check": self.check,
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
        }

    @property
    def told(self) -> str:
        """What is wrong, under which name, and what to do about it."""
        named = f"{self.message} [{self.check}{', ' + self.code if self.code else ''}]."
        return f"{named} {self.hint}" if self.hint else named


@dataclasses.dataclass(frozen=True)
class Unknown:
    """A fact that could not be had, and why."""

    why: str


class Facts(t.NamedTuple):
    """What is known about one copy. None means "looked for, not there"; ``source`` may be several by one name.

    ``ahead`` counts the copies into the same project that this run will submit before this one.
    """

    regions: t.Union[t.FrozenSet[str], Unknown]
    source_project: t.Optional[places.Project]
    destination_project: t.Optional[places.Project]
    sources: t.Union[t.Sequence[images.Image], Unknown]
    agency: t.Union[places.Agency, None, Unknown]
    roles: t.Union[t.Sequence[places.Role], Unknown]
    inherited_roles: t.Union[t.Sequence[places.Role], Unknown]
    quota: t.Union[places.Quota, Unknown]
    ahead: int = 0


class Verdict(t.NamedTuple):
    status: str
    message: str
    code: t.Optional[str] = None
    hint: t.Optional[str] = None


Rule = t.Callable[[copy_request.CopyRequest, Facts], Verdict]
