# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What ``ims_image_migration`` does with ``state: absent``: the replicas of many images, deleted; a migration rolled
back."""

from __future__ import annotations

import typing as t

from .._client.cloud import Cloud
from .._engine import removal as removals
from .._engine import survey as surveys
from .._engine.copy import Copy
from .._engine.resume import EarlierResults, take_up
from .._result.entries import Reading
from .._result.removals import diff_of, entry_of, going
from . import glue, running
from .migrate import Migration


class Removals(Migration):
    """One run of the module that deletes."""

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self.removals: t.List[removals.Removal] = []
        self._reading = Reading(self._module.check_mode)

    def work(self, cloud: Cloud) -> None:
        lease = running.hold(self._module, self._clock)
        survey = surveys.Survey(cloud, many=True)
        # Which replica belongs to which source tells its origin, so that images of one name are in nobody's way.
        entries, _clashing = self._entries(survey)
        earlier_results = EarlierResults(self._params["resume"])
        for number, entry in enumerate(entries):
            told = earlier_results.of(entry.request)
            label = str((told or {}).get("label") or entry.label)
            earlier, _phase = take_up(told, True, self._clock, self._params["wait_timeout"])
            copy = Copy(removals.as_it_was(entry.request, told or {}), number, label, earlier)
            self.removals.append(removals.Removal(copy, self._params["delete_shared"]))
        self.copies = [removal.copy for removal in self.removals]
        end = running.remove(self._module, self._clock, survey, self.options(), self.removals, lease)
        self._driven, self._cut_short = True, end.cut_short
        self.warnings.extend(end.troubles)

    @property
    def _skips(self) -> bool:
        return True

    def _entry(self, copy: Copy) -> glue.Result:
        return {**entry_of(self.removals[copy.number], self._reading), "preflight_passed": 0}

    def _changed(self, copy: Copy) -> bool:
        return bool(going(self.removals[copy.number], self._reading))

    def _diff(self, copy: Copy) -> glue.Result:
        return diff_of(self.removals[copy.number], self._reading)
