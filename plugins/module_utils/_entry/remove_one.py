# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What ``ims_image_cross_region_copy`` does with ``state: absent``: the replica of one image, deleted."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .. import _text as texts
from .._client.cloud import Cloud
from .._engine import removal as removals
from .._engine import survey as surveys
from .._engine.copy import Copy
from .._result.entries import Reading
from .._result.removals import OF_A_COPY, diff_of, entry_of
from . import copy_one, glue, running


def remove_one(module: glue.Module, clock: t.Optional[clocks.Clock] = None) -> None:
    """Exits or fails the module."""
    clock = clock or clocks.SystemClock()
    began = clock.monotonic()
    found: t.List[removals.Removal] = []
    cut_short = False

    def result() -> glue.Result:
        waited = round(clock.monotonic() - began, 1)
        return {**_result(module, found[0] if found else None), "waited": waited, "cut_short": cut_short}

    def work(cloud: Cloud) -> None:
        nonlocal cut_short
        lease = running.hold(module, clock)
        survey = surveys.Survey(cloud)
        asked = copy_one.request_of(copy_one.chosen_image(module.params, survey))
        copy = Copy(removals.as_it_was(asked, module.params["resume"] or {}))
        found.append(removals.Removal(copy, module.params["delete_shared"]))
        end = running.remove(module, clock, survey, copy_one.run_options_of(module), found, lease)
        cut_short = end.cut_short
        for trouble in end.troubles:
            copy.warn(trouble)

    glue.run(module, clock, work, result, *copy_one.checks(module, result))
    removal = found[0]
    for warning in removal.copy.warnings:
        module.warn(warning)
    if removal.error is not None:
        glue.fail(module, removal.error, result())
    more = "; the time of this run was over, so run it again to carry on" if cut_short else ""
    module.exit_json(msg=_sentence(removal, module.check_mode) + more, **result())


def _result(module: glue.Module, removal: t.Optional[removals.Removal]) -> glue.Result:
    """The same keys as those of a copy, also when nothing is known yet."""
    reading = Reading(module.check_mode, module.params["wait"])
    nothing = {**OF_A_COPY, "action": "none", "removed": []}
    entry = entry_of(removal, reading) if removal is not None else nothing
    result: glue.Result = {key: entry.get(key) for key in (*copy_one.RESULT_KEYS, "removed")}
    result["changed"] = bool(entry["removed"])
    if module._diff and removal is not None:
        result["diff"] = diff_of(removal, reading)
    return result


def _sentence(removal: removals.Removal, check_mode: bool) -> str:
    request = removal.copy.request
    region = request.destination.region
    if removal.removed:
        named = " and ".join(f'"{texts.visible(image.name)}" ({image.id})' for image in removal.removed)
        return f"{named} {'would be' if check_mode else 'has been'} deleted from {region}"
    if removal.outcome is not None:
        return f"There is no replica of {request.asked_for} in {region}"
    what = f"image {removal.standing[0].id}" if removal.standing else f"job {removal.job.id}" if removal.job else "it"
    return f"The copy of {request.asked_for} to {region} is under way as {what}; it can be deleted once that has ended"
