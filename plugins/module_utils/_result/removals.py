# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""One removal as the result of a module: plain dicts with the keys of a copy's; pure."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._decide.replica import picture
from .._engine.removal import Removal
from .._model.image import Image
from .entries import Entry, Reading

# What only a copy has, as it is of one that nothing was done about.
OF_A_COPY: t.Mapping[str, t.Any] = {
    "preflight": [],
    "attempts": 0,
    "started_at": None,
    "finished_at": None,
    "refused_since": None,
    "waited_since": None,
}


def going(removal: Removal, reading: Reading) -> t.Sequence[Image]:
    """What was deleted; in check mode also what would be once it has arrived."""
    arriving = reading.check_mode and reading.wait and removal.outcome is None
    return removal.removed or (removal.standing if arriving else ())


def entry_of(removal: Removal, reading: Reading) -> Entry:
    """The result of one removal."""
    plan, gone = removal.copy.plan, going(removal, reading)
    return {
        "status": removal.outcome or ("in_progress" if plan.project is not None else "not_started"),
        "action": "deleted" if gone else "none",
        "image": removal.standing[0].as_dict() if removal.standing else None,
        "removed": [image.as_dict() for image in gone],
        "source_image": plan.source.as_dict() if plan.source is not None else None,
        "job": removal.job.as_dict() if removal.job is not None else None,
        "error": removal.error.as_error() if removal.error is not None else None,
        "timed_out": isinstance(removal.error, errors.WaitTimeout),
        **OF_A_COPY,
    }


def diff_of(removal: Removal, reading: Reading) -> Entry:
    """Before and after; of several replicas all of them."""
    pictures = [picture(image, removal.copy.request) for image in going(removal, reading)]
    several = {"replicas": pictures} if pictures else {}
    return {"before": pictures[0] if len(pictures) == 1 else several, "after": {}}
