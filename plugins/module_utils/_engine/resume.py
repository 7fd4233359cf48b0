# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What the results of an earlier run tell a later one; pure but for the clock."""

from __future__ import annotations

import collections
import typing as t

from .._clock import Clock, moment
from .._errors import InputError, error_of
from .._model.copy_request import CopyRequest
from . import phases
from .ledger import Record
from .terms import Earlier

Told = t.Mapping[str, t.Any]


def check_results(results: t.Optional[t.Sequence[Told]]) -> None:
    """:raises InputError: with everything that no earlier run would have returned"""
    problems = []
    for index, result in enumerate(results or ()):
        for key in ("job", "source_image", "error", "options"):
            if not isinstance(result.get(key) or {}, dict):
                problems.append(f"resume[{index}]: {key} is no dict, so this is not a result of an earlier run")
        if not isinstance(result.get("attempts") or 0, int):
            problems.append(f"resume[{index}]: attempts is no number, so this is not a result of an earlier run")
    if problems:
        raise InputError(problems)


class EarlierResults:
    """The results of an earlier run, each found by what it is a result of: a source image and a project of a region."""

    def __init__(self, results: t.Optional[t.Sequence[Told]]) -> None:
        self._found: t.Dict[t.Tuple[t.Any, ...], t.List[Told]] = collections.defaultdict(list)
        for result in results or ():
            place = (result.get("destination_region"), result.get("destination_project_name"))
            source = result.get("source_image") or {}
            for kind in ("id", "name"):
                for value in {result.get(f"image_{kind}"), source.get(kind)} - {None}:
                    self._found[(*place, kind, value)].append(result)

    def of(self, request: CopyRequest) -> t.Optional[Told]:
        """The earlier result of this very copy, or None."""
        place = (request.destination.region, request.destination.project_name)
        image = ("id", request.image_id) if request.image_id is not None else ("name", request.image_name)
        candidates = self._found.get((*place, *image), ())
        return next((told for told in candidates if request.name is None or request.name == told.get("name")), None)


def images_of(results: t.Sequence[Told]) -> t.Iterator[t.Dict[str, t.Any]]:
    """The images of an earlier run with the options of their own, each once, for a run that is told nothing else."""
    seen: t.Set[t.Tuple[t.Any, ...]] = set()
    for result in results:
        source = result.get("source_image") or {}
        image_id = result.get("image_id") or source.get("id")
        own = dict(result.get("options") or {})
        if "options" not in result and result.get("name") and result["name"] != source.get("name"):
            # Whoever made these results kept of the options what could be seen.
            own["name"] = result["name"]
        key = (image_id, None) if image_id else (None, result.get("image_name"))
        # One image may be copied under two names.
        if any(key) and (*key, own.get("name")) not in seen:
            seen.add((*key, own.get("name")))
            yield {**({"image_id": image_id} if image_id else {"image_name": result.get("image_name")}), **own}


def take_up(
    earlier: t.Optional[Told], retry_failed: bool, clock: Clock, wait_timeout: float
) -> t.Tuple[Earlier, phases.Phase]:
    """What an earlier run left of a copy, and the phase in which it begins now.

    :param earlier: its result, or None where there is none
    :param retry_failed: a copy that failed is tried again
    :param wait_timeout: seconds from the beginning of the copy on, whichever run began it
    """
    if earlier is None:
        return Earlier(), phases.Unplanned()
    status, attempts = earlier.get("status"), int(earlier.get("attempts") or 0)
    job, began = earlier.get("job") or {}, moment(earlier.get("started_at"))
    if status == "failed" and not retry_failed:
        return Earlier(attempts, began), _still_failed(earlier)
    record = None
    if job.get("id") and status in ("in_progress", "failed") and str(job.get("status")) not in ("FAIL", "FAILED"):
        record = Record(began or clock.utcnow(), str(job["id"]))
    if status not in ("in_progress", "not_started"):
        return Earlier(record=record), phases.Unplanned()
    refused_since = moment(earlier.get("refused_since"))
    if status == "not_started" or began is None:
        return Earlier(attempts, record=record, refused_since=refused_since), phases.Unplanned()
    spent = max(0.0, (clock.utcnow() - began).total_seconds())
    deadline = clock.monotonic() + wait_timeout - spent
    return Earlier(attempts, began, deadline, record, refused_since), phases.Unplanned()


def _still_failed(earlier: Told) -> phases.Ended:
    made = int(earlier.get("attempts") or 0)
    return phases.Ended(phases.Outcome.FAILED, moment(earlier.get("finished_at")), error=error_of(earlier), made=made)
