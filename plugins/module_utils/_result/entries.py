# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""One copy as the result of a module: plain dicts, always with the same keys; pure."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._decide import decision as decisions
from .._decide.facts import FAIL, PASS, UNKNOWN, WARN, Check
from .._decide.replica import foreseen, picture
from .._engine.copy import Copy
from .._engine.phases import Ended, Queued
from .._model import image as images
from .summary import listed

Entry = t.Dict[str, t.Any]


class Reading(t.NamedTuple):
    """How results are read: in check mode they tell what would be done, with ``wait`` also that it would be waited."""

    check_mode: bool = False
    wait: bool = True

    def action(self, copy: Copy) -> str:
        """``none``, ``waited``, ``updated`` or ``submitted``: the most that was done, or would be."""
        if not self.check_mode or copy.ended:
            return copy.action
        if isinstance(copy.phase, Queued):
            return "submitted"
        return "waited" if self.wait else copy.action

    def changed(self, copy: Copy) -> bool:
        return copy.changed or (self.check_mode and isinstance(copy.phase, Queued))

    def image(self, copy: Copy) -> t.Optional[Entry]:
        """The replica; in check mode also one that is foreseen, which has no id yet."""
        if copy.image is not None:
            return copy.image.as_dict()
        if self.check_mode and isinstance(copy.phase, Queued):
            return foreseen_image(copy)
        return None

    def entry_of_many(self, copy: Copy) -> Entry:
        """The result of one copy among many: of its checks only those that did not pass, and how many did."""
        telling = [check for check in checks_of(copy) if check.status != PASS and not _is_moot(copy, check)]
        return {
            **self.entry(copy),
            "preflight": [check.as_dict() for check in telling],
            "preflight_passed": copy.plan.passed,
        }

    def entry(self, copy: Copy) -> Entry:
        """The result of one copy."""
        return {
            "status": copy.status,
            "action": self.action(copy),
            "image": self.image(copy),
            "source_image": copy.plan.source.as_dict() if copy.plan.source is not None else None,
            "job": copy.job.as_dict() if copy.job is not None else None,
            "preflight": preflight_of(copy),
            "error": copy.error.as_error() if copy.error is not None else None,
            "timed_out": isinstance(copy.error, errors.WaitTimeout),
            "attempts": copy.attempts,
            "started_at": clocks.precise(copy.started_at) if copy.started_at else None,
            "finished_at": clocks.precise(copy.finished_at) if copy.finished_at else None,
            "refused_since": clocks.precise(copy.refused_since) if copy.refused_since else None,
            "waited_since": clocks.precise(copy.waited_since) if copy.waited_since else None,
        }

    def diff(self, copy: Copy) -> Entry:
        """Before and after, in real runs and in check mode: what ``--diff`` shows."""
        before = _before(copy)
        after = before
        source = copy.plan.source
        failed = isinstance(copy.phase, Ended) and copy.phase.error is not None
        if source is not None and self.changed(copy) and (copy.image is not None or not failed):
            now = copy.image if copy.image is not None and copy.image.status == decisions.ACTIVE else None
            after = picture(now, copy.request)
            if now is None or not copy.ended or self.check_mode:
                after = foreseen(copy.request, source, now)
        return {"before": before, "after": after}


def preflight_of(copy: Copy) -> t.List[Entry]:
    """A rule that is broken is no failure where nothing has to be submitted: then it is a warning."""
    return [check.as_dict() for check in checks_of(copy)]


def checks_of(copy: Copy) -> t.List[Check]:
    decision = copy.plan.decision
    moot = decision is not None and decision.kind != decisions.SUBMIT and copy.error is None
    return [
        dataclasses.replace(check, status=WARN) if moot and check.status == FAIL else check
        for check in copy.plan.checks
    ]


def _is_moot(copy: Copy, check: Check) -> bool:
    """What was not looked up because nothing is to be submitted."""
    decision = copy.plan.decision
    return (
        check.status == UNKNOWN and decision is not None and decision.kind in (decisions.PRESENT, decisions.IN_FLIGHT)
    )


def check_warnings(copies: t.Sequence[Copy]) -> t.List[str]:
    """What the checks of copies to be submitted leave open, each thing once, with the copies that it is about.

    Of a copy that was refused nobody misses what its other checks do not know: it often follows from the refusal.
    """
    about: t.Dict[str, t.List[str]] = collections.defaultdict(list)
    for copy in copies:
        decision = copy.plan.decision
        refused = copy.error is not None and copy.error.stage == "preflight"
        for check in copy.plan.checks if decision is not None and decision.kind == decisions.SUBMIT else ():
            if check.status == WARN or (check.status == UNKNOWN and not refused):
                about[f"{check.message} [{check.check}]"].append(copy.label)
    return [f"{listed(labels)}: {text}" if any(labels) else text for text, labels in about.items()]


def foreseen_image(copy: Copy) -> Entry:
    """The replica as it will be once it is made."""
    request, source = copy.request, copy.source
    after = foreseen(request, source, None)
    image = dataclasses.replace(
        source,
        name=after["name"],
        region=request.destination.region,
        project_id=copy.project.id,
        status=decisions.ACTIVE,
        min_ram=after["min_ram"],
        max_ram=after["max_ram"],
        image_type="private",
        protected=False,
        origin=images.Origin(request.source_region, source.id),
        tags=after["tags"],
        description=after["description"],
        created_at="",
        enterprise_project_id="0",
    )
    return {**image.as_dict(), "id": None}


def _before(copy: Copy) -> Entry:
    decision = copy.plan.decision
    stood: t.Optional[images.Image] = (
        decision.replica if decision is not None and decision.kind == decisions.PRESENT else None
    )
    return picture(stood, copy.request)
