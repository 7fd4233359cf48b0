# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ShowJob and ShowJobProgress: one copy as seen from its source project (IMS API reference, Querying a Job)."""

from __future__ import annotations

import typing as t

from . import errors
from .clock import job_time
from .exchange import Answer, Context
from .state import Cloud, Job

JOB_TYPE = "imsCrossRegionCopyImageJob"
# A job is INIT for this share of the copy, then RUNNING.
_RUNNING_FROM = 0.05


def show_job(context: Context) -> Answer:
    """The older query, with the project in its path."""
    context.must_be_own_project()
    return Answer(200, _document(context.cloud, _find(context), older=True))


def show_job_progress(context: Context) -> Answer:
    if not context.cloud.switches.flag("progress_endpoint"):
        raise errors.no_such_api()
    return Answer(200, _document(context.cloud, _find(context), older=False))


def _find(context: Context) -> Job:
    job = context.cloud.jobs.get(context.variables["job_id"])
    if job is None or job.foreign or job.source != context.project:
        raise errors.ims("IMG.0023")
    return job


def status_of(job: Job, now: float) -> str:
    if not job.running(now):
        return job.outcome.status
    if job.fraction(now) < _RUNNING_FROM:
        return "INIT"
    return job.outcome.stuck_at or job.outcome.job_status or "RUNNING"


def _document(cloud: Cloud, job: Job, older: bool) -> dict[str, t.Any]:
    now = cloud.now
    failed = status_of(job, now) == "FAIL"
    at_top = failed and job.outcome.where == "top"
    return {
        "status": status_of(job, now),
        "job_id": job.id,
        "job_type": JOB_TYPE,
        "begin_time": job_time(cloud.clock.moment(job.begin)),
        "end_time": "" if job.running(now) else job_time(cloud.clock.moment(job.end)),
        "error_code": job.outcome.error_code if at_top else None,
        "fail_reason": job.outcome.fail_reason if at_top else None,
        "entities": _entities(cloud, job, failed, older),
    }


def _entities(cloud: Cloud, job: Job, failed: bool, older: bool) -> dict[str, t.Any]:
    now = cloud.now
    running = job.running(now)
    entities: dict[str, t.Any] = {
        "image_name": job.name,
        "process_percent": _percent(job, now),
        "current_task": "CrossRegionCopyImageTask:" if running else "",
    }
    if not older:
        entities["subJobId"] = _sub_job_id(job)
    succeeded = status_of(job, now) == "SUCCESS"
    if succeeded or cloud.switches.choice("job_image_id") == "early":
        entities["image_id"] = job.replica_id
    if failed and job.outcome.where == "entities":
        entities.update({"error_code": job.outcome.error_code, "error": job.outcome.fail_reason})
    if failed and job.outcome.where == "sub_job":
        entities["sub_jobs_list"] = [_sub_job_id(job)]
        entities["sub_jobs_result"] = [_sub_job(cloud, job)]
    return entities


def _percent(job: Job, now: float) -> float:
    if not job.running(now) and job.outcome.status == "SUCCESS":
        return 1
    return min(0.99, round(job.fraction(now), 2))


def _sub_job_id(job: Job) -> str:
    return "ff808081" + job.id[8:]


def _sub_job(cloud: Cloud, job: Job) -> dict[str, t.Any]:
    return {
        "status": "FAIL",
        "job_id": _sub_job_id(job),
        "job_type": "imsCopyImageSubJob",
        "begin_time": job_time(cloud.clock.moment(job.begin)),
        "end_time": job_time(cloud.clock.moment(job.end)),
        "error_code": job.outcome.error_code,
        "fail_reason": job.outcome.fail_reason,
        "entities": {"image_id": job.replica_id, "image_name": job.name},
    }
