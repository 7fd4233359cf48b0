# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Brings one copy from what was asked for to what is to be done about it, by reading only."""

from __future__ import annotations

import datetime
import typing as t

from .._client.error_codes import HINTS
from .._client.ims import Ims
from .._clock import Clock, Deadline
from .._decide.decision import BLOCKED, IN_FLIGHT, PRESENT, SUBMIT, Decision, Wanted, decide
from .._decide.facts import Facts
from .._decide.preflight import failures, preflight
from .._decide.replica import picture
from .._errors import Blocked, CopyError, ImsError, JobFailed, NotFound, PreflightFailed
from .._model.image import Origin
from .._model.job import Job
from .copy import Copy, State, known
from .ledger import Ledger, Record, key_of
from .survey import Survey

# A list of the destination that is older than this, in seconds, is made anew before anything is submitted by it.
STALE_AFTER = 60.0
# For how long, in seconds, runs look for the replica of a job that has ended well before they take it for deleted.
FORGET_AFTER = 3600.0
# "Job query failed" (IMS API reference, Error Codes): the job is not known, or it could not be looked up just now.
QUERY_FAILED = "IMG.0023"


class Planner:
    """Decides about copies, in the order in which they are handed over."""

    def __init__(self, survey: Survey, ledger: Ledger, clock: Clock, confirm_timeout: float) -> None:
        """``confirm_timeout``: seconds for which a copy that may have begun is looked for."""
        self._survey = survey
        self._ledger = ledger
        self._clock = clock
        self._confirm_timeout = confirm_timeout
        self._ahead: t.Dict[str, int] = {}

    def plan(self, copy: Copy) -> None:
        """Fill in source, checks and decision; the state says what comes next. Errors end up in the copy."""
        try:
            self._plan(copy)
        except ImsError as error:
            copy.fail(error.at("plan"), self._clock.utcnow())

    def look(self, copy: Copy, fresh: bool = False) -> Decision:
        """Decide by what stands in the destination."""
        source = known(copy.source)
        region, project = copy.request.destination.region, known(copy.project)
        try:
            images = self._survey.own_images(region, project, fresh=fresh)
        except ImsError as error:
            raise error.at("destination", f"Listing the images in {region} (project {project.name})") from error
        wanted = Wanted(Origin(copy.request.source_region, source.id), copy.name, copy.request.match)
        # With the regions' check left out, the source itself may be among the destination's images.
        return decide(wanted, [image for image in images if image.id != source.id])

    def forget_trouble(self) -> None:
        """What could not be found out before is asked anew."""
        self._survey.forget_trouble()

    def revisit(self, copy: Copy) -> bool:
        """Look again before a submission that was planned a while ago; True: there is nothing to submit any more.

        :raises Blocked: when meanwhile something else stands in the way
        """
        region, project = copy.request.destination.region, known(copy.project)
        if self._survey.age(region, project) < STALE_AFTER:
            return False
        decision = self.look(copy, fresh=True)
        if decision.kind == SUBMIT:
            return False
        if decision.kind == BLOCKED:
            raise Blocked(str(decision.reason))
        copy.decision = decision
        self._found(copy, decision)
        return True

    def key(self, copy: Copy) -> str:
        """What the ledger knows a copy by."""
        request = copy.request
        ims = self._survey.cloud.ims_endpoint
        place = (request.destination.region, known(copy.project).id)
        return key_of(ims, request.source_region, known(copy.source).id, *place, copy.name)

    def _plan(self, copy: Copy) -> None:
        request = copy.request
        facts = self._survey.ground(request)
        copy.project = facts.destination_project
        copy.source_project = facts.source_project
        if isinstance(facts.sources, (list, tuple)) and len(facts.sources) == 1:
            copy.source = facts.sources[0]
            request = copy.request = request.naming(copy.source)
        same_region = request.source_region == request.destination.region
        refused = same_region and "regions_differ" not in request.skip_checks
        if copy.source is None or refused or not self._survey.reachable(request, facts):
            copy.decision = None
        elif request.job_id is not None:
            copy.decision = self._adopt(copy, request.job_id)
        else:
            copy.decision = self._decide(copy)
        self._check(copy, facts)
        self._proceed(copy)

    def _decide(self, copy: Copy) -> Decision:
        decision = self.look(copy)
        if decision.kind == PRESENT and copy.remembered is not None and copy.remembered.job_id is not None:
            # It has ended since the earlier run that began it, and its job tells when.
            try:
                copy.job = self._job(copy, copy.remembered.job_id)
            except ImsError as error:
                copy.warn(f"The job of this copy could not be asked for: {error.as_text()}")
        if decision.kind not in (SUBMIT, IN_FLIGHT):
            return decision
        record = copy.remembered or self._ledger.peek(self.key(copy))
        if record is None:
            return decision
        if decision.kind == SUBMIT:
            return self.recall(copy, record) or decision
        if record.job_id is not None:
            # The image shows that the copy is under way; its job also tells how far, and why it fails.
            try:
                self._recalled(copy, self._job(copy, record.job_id), record)
            except ImsError as error:
                copy.warn(f"The job of this copy could not be asked for: {error.as_text()}")
        return decision

    def recall(self, copy: Copy, record: Record) -> t.Optional[Decision]:
        """What a remembered submission means where nothing shows in the destination; None: nothing any more."""
        left = self._confirm_timeout - self._age(record.at)
        if record.job_id is not None:
            try:
                job = self._job(copy, record.job_id)
            except NotFound as error:
                if error.code == QUERY_FAILED:
                    # The destination is given the whole time again to show something.
                    left = self._confirm_timeout
            else:
                return self._recalled(copy, job, record)
        if left <= 0 or (copy.confirm_by is not None and copy.confirm_by.passed):
            copy.warn("An earlier run may have submitted this copy, but it never showed in the destination.")
            return None
        copy.state = State.SEARCHING
        # A clock that was set back must not make the search longer.
        copy.confirm_by = Deadline(self._clock, min(left, self._confirm_timeout))
        return Decision(IN_FLIGHT)

    def _age(self, moment: datetime.datetime) -> float:
        return (self._clock.utcnow() - moment).total_seconds()

    def _recalled(self, copy: Copy, job: Job, record: Record) -> t.Optional[Decision]:
        told = copy.remembered is not None and copy.remembered.job_id == job.id
        if job.failed and not told:
            copy.warn(f"Job {job.id} of an earlier run failed ({job.error_code}: {job.fail_reason}).")
            return None
        if record.ended_at is not None and self._age(record.ended_at) >= FORGET_AFTER:
            copy.warn(f"Job {job.id} of an earlier run succeeded, but its replica is gone or never showed.")
            return None
        self._follow(copy, job)
        return Decision(IN_FLIGHT)

    def _adopt(self, copy: Copy, job_id: str) -> Decision:
        """Take up the job that the user names; it must be one of this copy."""
        hint = "Leave job_id out to have the copy looked for in the destination."
        try:
            job = self._job(copy, job_id)
        except NotFound as error:
            where = f"{copy.request.source_region} (project {copy.request.source_project_name})"
            raise CopyError(
                f"job {job_id} is not known in {where}",
                code=error.code,
                http_status=error.http_status,
                request_id=error.request_id,
                hint=hint,
                stage="wait",
            ) from error
        if job.type and "crossregion" not in job.type.lower():
            raise CopyError(f"job {job_id} is a {job.type}, not a copy across regions", hint=hint, stage="wait")
        if job.image_name and job.image_name != copy.name:
            raise CopyError(
                f'job {job_id} makes an image called "{job.image_name}", not "{copy.name}"', hint=hint, stage="wait"
            )
        if job.failed:
            copy.job = job
            raise failed_job(job, copy)
        self._follow(copy, job)
        return Decision(IN_FLIGHT)

    def source_ims(self, copy: Copy) -> Ims:
        """Where the copy is submitted, and where alone its job is known."""
        return self._survey.ims(copy.request.source_region, known(copy.source_project))

    def destination_ims(self, copy: Copy) -> Ims:
        """Where the replica stands."""
        return self._survey.ims(copy.request.destination.region, known(copy.project))

    def _job(self, copy: Copy, job_id: str) -> Job:
        try:
            return self.source_ims(copy).job(job_id)
        except ImsError as error:
            raise error.at("wait", f"Asking for job {job_id} in {copy.request.source_region}") from error

    def _follow(self, copy: Copy, job: Job) -> None:
        copy.job, copy.job_id = job, job.id
        copy.state = State.RUNNING
        if job.done:
            copy.state = State.SETTLING
            copy.confirm_by = Deadline(self._clock, self._confirm_timeout)

    def _check(self, copy: Copy, facts: Facts) -> None:
        """Make the checks; those about a submission only where there is to be one."""
        decision = copy.decision
        if decision is None or decision.kind in (SUBMIT, BLOCKED):
            project_id = copy.project.id if copy.project is not None else ""
            facts = self._survey.for_submission(copy.request, facts, self._ahead.get(project_id, 0))
        copy.checks = preflight(copy.request, facts)
        if decision is not None and decision.kind == SUBMIT and copy.project is not None and not failures(copy.checks):
            self._ahead[copy.project.id] = self._ahead.get(copy.project.id, 0) + 1

    def _proceed(self, copy: Copy) -> None:
        decision = copy.decision
        if decision is not None:
            for warning in decision.warnings:
                copy.warn(warning)
        failed = failures(copy.checks)
        if decision is None or (decision.kind in (SUBMIT, BLOCKED) and failed):
            copy.fail(_refusal(copy), self._clock.utcnow())
        elif decision.kind == BLOCKED:
            blocked = Blocked(str(decision.reason)).at("plan", f"Copying {copy.request.route}")
            copy.fail(blocked, self._clock.utcnow())
        elif decision.kind == SUBMIT:
            copy.state = State.QUEUED
        else:
            self._found(copy, decision)

    @staticmethod
    def _found(copy: Copy, decision: Decision) -> None:
        if decision.replica is not None:
            copy.replica = decision.replica
            copy.before = picture(decision.replica, copy.request) if decision.kind == PRESENT else {}
            copy.state = State.SETTLING if decision.kind == PRESENT else State.RUNNING


def failed_job(job: Job, copy: Copy) -> JobFailed:
    """What to say of a copy that the service gave up."""
    error = JobFailed(
        f"job {job.id} failed: {job.fail_reason or 'the service gives no reason'}",
        code=job.error_code,
        hint=HINTS.get(str(job.error_code)) or "Mend the cause and run again; nothing of this copy counts.",
    )
    error.at("wait", f"Copying {copy.request.route}")
    return error


def vanished(copy: Copy) -> JobFailed:
    """An earlier run submitted the copy as often as it may be, and nothing of it is to be seen any more."""
    error = JobFailed(
        "the copy that an earlier run began came to nothing",
        hint="Run again: the copy is then submitted anew.",
    )
    return error.at("wait", f"Copying {copy.request.route}")


def _refusal(copy: Copy) -> PreflightFailed:
    """One error for everything that stands against a copy."""
    failed = failures(copy.checks)
    reasons = [f"{check.message} [{check.check}{', ' + check.code if check.code else ''}]" for check in failed]
    if copy.decision is not None and copy.decision.kind == BLOCKED:
        reasons.append(str(copy.decision.reason))
    if not reasons:
        reasons.append("the source image or the destination cannot be found")
    error = PreflightFailed(
        "; ".join(reasons),
        code=next((check.code for check in failed if check.code), None),
        hint="Nothing was submitted. Mend what is named, or leave a check out with skip_checks if you know better.",
    )
    error.at("preflight", f"Cannot copy {copy.request.route}")
    return error
