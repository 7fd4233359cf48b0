# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What ``ims_image_cross_region_copy`` does with ``state: absent``: the replica of one image, deleted."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .. import _text as texts
from .._client.cloud import Cloud
from .._decide import replica as replicas
from .._engine import removal as removals
from .._engine import survey as surveys
from .._engine.copy import Copy
from .._engine.probes import Probes
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
        options = copy_one.run_options_of(module)
        asked = copy_one.request_of(_found_before(copy_one.chosen_image(module.params, survey)))
        found.append(removals.Removal(Copy(asked), module.params["delete_shared"]))
        ledger = running.ledger_of(module, clock, survey)
        gone = (lambda: lease.stale) if lease is not None else (lambda: False)
        remover = removals.Remover(Probes(survey, clock, options.limits), ledger, clock, options, gone)
        remover.run(found)
        ledger.close()
        cut_short = remover.cut_short

    glue.run(module, clock, work, result, *copy_one.checks(module, result))
    removal = found[0]
    for warning in removal.copy.warnings:
        module.warn(warning)
    if removal.error is not None:
        glue.fail(module, removal.error, result())
    more = "; the time of this run was over, so run it again to carry on" if cut_short else ""
    module.exit_json(msg=_sentence(removal, module.check_mode) + more, **result())


def _found_before(params: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """The parameters with the id that an earlier run found by the name: the source may be gone since."""
    source = ((params["resume"] or {}).get("source_image") or {}).get("id")
    return {**params, "image_name": None, "image_id": source} if params["image_name"] and source else params


def _would_go(module: glue.Module, removal: removals.Removal) -> t.Sequence[t.Any]:
    """What was deleted; in check mode also what would be once it has arrived."""
    if removal.removed or not module.check_mode or removal.error is not None or not module.params["wait"]:
        return removal.removed
    return removal.standing


def _result(module: glue.Module, removal: t.Optional[removals.Removal]) -> glue.Result:
    """The same keys as those of a copy."""
    source = removal.copy.plan.source if removal is not None else None
    gone = _would_go(module, removal) if removal is not None else ()
    standing = removal.standing if removal is not None else ()
    result: glue.Result = {
        **dict.fromkeys(copy_one.RESULT_KEYS),
        "action": "deleted" if gone else "none",
        "changed": bool(gone),
        "image": standing[0].as_dict() if standing else None,
        "source_image": source.as_dict() if source is not None else None,
        "job": removal.job.as_dict() if removal is not None and removal.job is not None else None,
        "preflight": [],
        "attempts": 0,
        "removed": [image.as_dict() for image in gone],
    }
    if module._diff and removal is not None:
        pictures = [replicas.picture(image, removal.copy.request) for image in gone]
        result["diff"] = {"before": pictures[0] if len(pictures) == 1 else {}, "after": {}}
        if len(pictures) > 1:
            result["diff"]["before"] = {"replicas": pictures}
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
