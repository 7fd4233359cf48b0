# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What is to be done when a copy has moved on: frozen data, carried out by ``run.py``."""

from __future__ import annotations

import dataclasses
import typing as t

from .._decide.replica import Changes
from .._model import image as images


@dataclasses.dataclass(frozen=True)
class Submit:
    """Send the one request that costs money."""


@dataclasses.dataclass(frozen=True)
class BringInLine:
    """Change the replica's attributes and tags."""

    image: images.Image
    changes: Changes


@dataclasses.dataclass(frozen=True)
class ForgetNote:
    """What is known to be noted has come to nothing. ``stands``: the replica stands there, so that no run needs to look
    for it any more, whichever has begun it."""

    stands: bool = False


@dataclasses.dataclass(frozen=True)
class NoteEnd:
    """The copy is said to have ended, and its replica does not show: later runs are to look again. ``image_id`` is the
    image that it became, where that has another name."""

    image_id: t.Optional[str] = None


@dataclasses.dataclass(frozen=True)
class SeekLeftovers:
    """See whether the failed attempt left an image behind, and warn of it."""


@dataclasses.dataclass(frozen=True)
class Warn:
    """Tell the user something that does not fail the copy."""

    text: str


Effect = t.Union[Submit, BringInLine, ForgetNote, NoteEnd, SeekLeftovers, Warn]
