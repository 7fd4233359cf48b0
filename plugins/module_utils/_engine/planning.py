# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Brings one copy from what was asked for to what is to be done about it, by reading only."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import _errors as errors
from .. import _text as texts
from .._decide import decision as decisions
from .._decide.facts import PASS, Facts
from .._decide.preflight import failures, preflight, refusal
from . import endings, observations
from . import ledger as ledgers
from . import survey as surveys
from .copy import Copy, Plan
from .probes import Probes
from .record import Record


def ground(survey: surveys.Survey, copy: Copy) -> Facts:
    """The facts that every plan needs; the places and the source image, where it is one, are noted in the plan."""
    facts = survey.ground(copy.request)
    source = facts.sources[0] if isinstance(facts.sources, (list, tuple)) and len(facts.sources) == 1 else None
    copy.plan = Plan(source, facts.source_project, facts.destination_project)
    if source is not None:
        copy.request = copy.request.naming(source)
    return facts


class Planner:
    """Decides about copies, in the order in which they are handed over."""

    def __init__(self, probes: Probes, ledger: ledgers.Ledger, now: t.Callable[[], float]) -> None:
        """``now``: the monotonic clock, in seconds."""
        self._probes = probes
        self._survey = probes.survey
        self._ledger = ledger
        self._now = now
        self._ahead: t.Dict[str, int] = {}

    def plan(self, copy: Copy) -> observations.Observation:
        """Fill in the plan, and say what was seen."""
        try:
            return self._plan(copy)
        except errors.ImsError as error:
            return observations.LookFailed(error.at("plan"), self._now())

    def revisit(self, copy: Copy) -> t.Optional[observations.Observation]:
        """Look again right before a submission; None: it is still to be submitted.

        The list is made for this copy and now: whatever an older one says, or one made for another copy, somebody may
        have brought the image over since.
        """
        decision = self._probes.destination(copy, fresh=True)
        if decision.kind == decisions.BLOCKED:
            return observations.Refused(
                errors.Blocked(str(decision.reason)).at("submit", endings.submitting(copy.request))
            )
        copy.plan = copy.plan._replace(decision=decision)
        return None if decision.kind == decisions.SUBMIT else _found(decision)

    def _plan(self, copy: Copy) -> observations.Observation:
        facts = ground(self._survey, copy)
        request, source = copy.request, copy.plan.source
        same_region = request.source_region == request.destination.region
        refused = same_region and "regions_differ" not in request.skip_checks
        seen: t.Optional[observations.Observation] = None
        decision: t.Optional[decisions.Decision] = None
        if source is not None and not refused and self._survey.reachable(request, facts):
            if request.job_id is not None:
                decision, seen = decisions.Decision(decisions.IN_FLIGHT), self._adopt(copy, request.job_id)
            else:
                decision, seen = self._decide(copy)
        copy.plan = copy.plan._replace(decision=decision)
        self._check(copy, facts)
        for warning in decision.warnings if decision is not None else ():
            copy.warn(warning)
        return self._verdict(copy, seen)

    def _decide(self, copy: Copy) -> t.Tuple[decisions.Decision, t.Optional[observations.Observation]]:
        """The decision, and what was seen; None: nothing that would keep it from being submitted."""
        decision = self._probes.destination(copy)
        if decision.kind == decisions.PRESENT and copy.earlier.record is not None:
            return decision, self._present(copy, decision, copy.earlier.record)
        if decision.kind not in (decisions.SUBMIT, decisions.IN_FLIGHT):
            return decision, _found(decision)
        try:
            records = self._remembered(copy)
        except errors.NoteUnreadable:
            # What is to be seen needs no note.
            if decision.replica is None:
                raise
            records = []
        if decision.replica is not None:
            shown = self._probes.key(copy, decision.replica.name)._replace(any_name=False)
            copy.note = next((record for record in records if shown.heeds(record)), None)
            return decision, self._in_flight(copy, decision, copy.note)
        for record in records:
            copy.note = record
            seen = self._probes.recall(copy, record)
            if seen is not None:
                return decisions.Decision(decisions.IN_FLIGHT, warnings=decision.warnings), seen
        return decision, None

    def _remembered(self, copy: Copy) -> t.List[Record]:
        """What an earlier run has told of its submission, or else what is noted; a note of the same job knows more."""
        told, noted = copy.earlier.record, self._ledger.peek(self._probes.key(copy))
        return noted if told is None else [next((record for record in noted if record.job_id == told.job_id), told)]

    def _present(
        self, copy: Copy, decision: decisions.Decision, record: Record
    ) -> t.Optional[observations.Observation]:
        """It has ended since the earlier run that began it, and its job tells when."""
        found = _found(decision)
        if record.job_id is None or not isinstance(found, observations.Standing):
            return found
        try:
            return dataclasses.replace(found, job=self._probes.job(copy, record.job_id))
        except errors.ImsError as error:
            copy.warn(f"The job of this copy could not be asked for: {error.as_text(hint=False)}")
            return found

    def _in_flight(
        self, copy: Copy, decision: decisions.Decision, record: t.Optional[Record]
    ) -> t.Optional[observations.Observation]:
        """The image shows that the copy is under way; its job also tells how far, and why it fails."""
        if record is None or record.job_id is None:
            return _found(decision)
        try:
            job = self._probes.job(copy, record.job_id)
        except errors.ImsError as error:
            copy.warn(f"The job of this copy could not be asked for: {error.as_text(hint=False)}")
            return _found(decision)
        return self._probes.take_up(copy, job, record, decision.replica) or _found(decision)

    def _adopt(self, copy: Copy, job_id: str) -> observations.Observation:
        """Take up the job that the user names; it must be one of this copy."""
        try:
            job = self._probes.job(copy, job_id)
        except errors.NotFound as error:
            where = f"{copy.request.source_region} (project {copy.request.source_project_name})"
            raise errors.CopyError(
                f"job {job_id} is not known in {where}",
                code=error.code,
                http_status=error.http_status,
                request_id=error.request_id,
                remedy="job_id",
                stage="wait",
            ) from error
        if job.type and "crossregion" not in job.type.lower():
            raise errors.CopyError(
                f"job {job_id} is a {job.type}, not a copy across regions", remedy="job_id", stage="wait"
            )
        if job.image_name and job.image_name != copy.name:
            made, wanted = texts.visible(job.image_name), texts.visible(copy.name)
            raise errors.CopyError(
                f'job {job_id} makes an image called "{made}", not "{wanted}"', remedy="job_id", stage="wait"
            )
        return observations.UnderWay(job=job)

    def _check(self, copy: Copy, facts: Facts) -> None:
        """Make the checks; those about a submission only where there is to be one."""
        decision, project = copy.plan.decision, copy.plan.project
        if decision is None or decision.kind in (decisions.SUBMIT, decisions.BLOCKED):
            project_id = project.id if project is not None else ""
            facts = self._survey.for_submission(copy.request, facts, self._ahead.get(project_id, 0))
        checks = preflight(copy.request, facts)
        telling = [check for check in checks if check.status != PASS]
        # Of thousands of copies, what passed is only counted.
        kept = tuple(telling if self._survey.many else checks)
        copy.plan = copy.plan._replace(checks=kept, passed=len(checks) - len(telling))
        if decision is not None and decision.kind == decisions.SUBMIT and project is not None and not failures(checks):
            self._ahead[project.id] = self._ahead.get(project.id, 0) + 1

    def _verdict(self, copy: Copy, seen: t.Optional[observations.Observation]) -> observations.Observation:
        """Refused, or what was seen, or that there is nothing there."""
        decision = copy.plan.decision
        failed = failures(copy.plan.checks)
        if decision is None or (decision.kind in (decisions.SUBMIT, decisions.BLOCKED) and failed):
            in_the_way = decision.reason if decision is not None and decision.kind == decisions.BLOCKED else None
            return observations.Refused(refusal(copy.request, copy.plan.checks, in_the_way))
        if decision.kind == decisions.BLOCKED:
            return observations.Refused(errors.Blocked(str(decision.reason)).at("plan", endings.copying(copy.request)))
        return seen if seen is not None else observations.Absent(self._now(), decision.leftovers)


def _found(decision: decisions.Decision) -> t.Optional[observations.Observation]:
    if decision.replica is None or decision.kind not in (decisions.PRESENT, decisions.IN_FLIGHT):
        return None
    return (
        observations.Standing(decision.replica)
        if decision.kind == decisions.PRESENT
        else observations.UnderWay(decision.replica)
    )
