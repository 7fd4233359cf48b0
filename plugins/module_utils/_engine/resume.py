# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What the results of an earlier run tell a later one; pure but for the clock."""

from __future__ import annotations

import typing as t

from .._clock import Clock, moment
from .._errors import InputError, error_of
from .._model.copy_request import CopyRequest
from .copy import Copy, State
from .ledger import Record

Earlier = t.Mapping[str, t.Any]


def check_results(results: t.Optional[t.Sequence[Earlier]]) -> None:
    """:raises InputError: with everything that no earlier run would have returned"""
    problems = []
    for index, result in enumerate(results or ()):
        for key in ("job", "source_image", "error"):
            if not isinstance(result.get(key) or {}, dict):
                problems.append(f"resume[{index}]: {key} is no dict, so this is not a result of an earlier run")
        if not isinstance(result.get("attempts") or 0, int):
            problems.append(f"resume[{index}]: attempts is no number, so this is not a result of an earlier run")
    if problems:
        raise InputError(problems)


def find_earlier(request: CopyRequest, results: t.Optional[t.Sequence[Earlier]]) -> t.Optional[Earlier]:
    """The earlier result of this very copy: the same source to the same project of the same region."""
    for result in results or ():
        place = (result.get("destination_region"), result.get("destination_project_name"))
        if place != (request.destination.region, request.destination.project_name):
            continue
        source = result.get("source_image") or {}
        ids = {result.get("image_id"), source.get("id")} - {None}
        names = {result.get("image_name"), source.get("name")} - {None}
        same_image = request.image_id in ids if request.image_id is not None else request.image_name in names
        if same_image and (request.name is None or request.name == result.get("name")):
            return result
    return None


def images_of(results: t.Sequence[Earlier]) -> t.Iterator[t.Dict[str, t.Any]]:
    """The images of an earlier run, each once, for a run that is told nothing else."""
    seen: t.Set[t.Tuple[t.Any, t.Any]] = set()
    for result in results:
        source = result.get("source_image") or {}
        image_id = result.get("image_id") or source.get("id")
        key = (image_id, None) if image_id else (None, result.get("image_name"))
        if key not in seen and any(key):
            seen.add(key)
            image = {"image_id": image_id} if image_id else {"image_name": result.get("image_name")}
            if result.get("name") and result["name"] != source.get("name"):
                image["name"] = result["name"]
            yield image


def take_up(copy: Copy, earlier: t.Optional[Earlier], retry_failed: bool, clock: Clock) -> None:
    """Let a copy go on where the earlier run left it."""
    if earlier is None:
        return
    began = moment(earlier.get("started_at"))
    job_id = (earlier.get("job") or {}).get("id")
    status = earlier.get("status")
    failed_job = str((earlier.get("job") or {}).get("status")) in ("FAIL", "FAILED")
    if status == "failed" and not retry_failed:
        _stay_failed(copy, earlier)
    elif job_id is not None and status in ("in_progress", "failed") and not failed_job:
        copy.remembered = Record(began or clock.utcnow(), str(job_id))
    copy.refused_since = moment(earlier.get("refused_since")) if status in ("in_progress", "not_started") else None
    if status == "in_progress" and began is not None:
        copy.started_at = began
        copy.spent = max(0.0, (clock.utcnow() - began).total_seconds())
    copy.attempts = int(earlier.get("attempts") or 0) if status in ("in_progress", "not_started") else copy.attempts


def _stay_failed(copy: Copy, earlier: Earlier) -> None:
    copy.error = error_of(earlier)
    copy.state = State.FAILED
    copy.attempts = int(earlier.get("attempts") or 0)
    copy.started_at = moment(earlier.get("started_at"))
    copy.finished_at = moment(earlier.get("finished_at"))
