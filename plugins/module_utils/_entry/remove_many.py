# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What ``ims_image_migration`` does with ``state: absent``: the replicas of many images, deleted; a migration rolled
back."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _errors as errors
from .._client.cloud import Cloud
from .._decide import replica as replicas
from .._engine import removal as removals
from .._engine import survey as surveys
from .._engine.copy import Copy
from .._engine.probes import Probes
from .._engine.resume import EarlierResults, take_up
from .._model import copy_request
from .._model.image import Image
from . import glue, running
from .migrate import Migration

# What only a copy has, as it is of one that nothing was done about.
OF_A_COPY = {
    "preflight": [],
    "preflight_passed": 0,
    "attempts": 0,
    "started_at": None,
    "finished_at": None,
    "refused_since": None,
    "waited_since": None,
}


class Removals(Migration):
    """One run of the module that deletes."""

    def work(self, cloud: Cloud) -> None:
        lease = running.hold(self._module, self._clock)
        survey = surveys.Survey(cloud, many=True)
        # Which replica belongs to which source tells its origin, so that images of one name are in nobody's way.
        entries, _clashing = self._entries(survey)
        earlier_results = EarlierResults(self._params["resume"])
        options = self.options()
        for number, entry in enumerate(entries):
            told = earlier_results.of(entry.request)
            label = str((told or {}).get("label") or entry.label)
            earlier, _phase = take_up(told, True, self._clock, self._params["wait_timeout"])
            copy = Copy(_as_it_was(entry.request, told or {}), number, label, earlier)
            self.removals.append(removals.Removal(copy, self._params["delete_shared"]))
        self.copies = [removal.copy for removal in self.removals]
        ledger = running.ledger_of(self._module, self._clock, survey)
        gone = (lambda: lease.stale) if lease is not None else (lambda: False)
        remover = removals.Remover(Probes(survey, self._clock, options.limits), ledger, self._clock, options, gone)
        remover.run(self.removals)
        ledger.close()
        self._driven, self._cut_short = True, remover.cut_short
        self.warnings.extend(ledger.troubles)

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self.removals: t.List[removals.Removal] = []

    @property
    def _skips(self) -> bool:
        return True

    def _entry(self, copy: Copy) -> glue.Result:
        removal = self.removals[copy.number]
        going = self._going(removal)
        source = copy.plan.source
        return {
            "status": removal.outcome or ("in_progress" if copy.plan.project is not None else "not_started"),
            "action": "deleted" if going else "none",
            "image": removal.standing[0].as_dict() if removal.standing else None,
            "removed": [image.as_dict() for image in going],
            "source_image": source.as_dict() if source is not None else None,
            "job": removal.job.as_dict() if removal.job is not None else None,
            "error": removal.error.as_error() if removal.error is not None else None,
            "timed_out": isinstance(removal.error, errors.WaitTimeout),
            **OF_A_COPY,
        }

    def _changed(self, copy: Copy) -> bool:
        return bool(self._going(self.removals[copy.number]))

    def _diff(self, copy: Copy) -> glue.Result:
        pictures = [replicas.picture(image, copy.request) for image in self._going(self.removals[copy.number])]
        return {"before": pictures[0] if len(pictures) == 1 else {"replicas": pictures}, "after": {}}

    def _going(self, removal: removals.Removal) -> t.Sequence[Image]:
        """What was deleted; in check mode also what would be once it has arrived."""
        arriving = self._module.check_mode and removal.outcome is None
        return removal.removed or (removal.standing if arriving else ())


def _as_it_was(request: copy_request.CopyRequest, told: t.Mapping[str, t.Any]) -> copy_request.CopyRequest:
    """The request for the very source and replica of which an earlier run tells: another image may have the name of
    the source by now, and where that is gone, nobody else knows what the replica is called."""
    source = (told.get("source_image") or {}).get("id")
    if not source:
        return request
    return dataclasses.replace(request, image_id=source, image_name=None, name=request.name or told.get("name"))
