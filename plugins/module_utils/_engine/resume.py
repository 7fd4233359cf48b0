# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What the results of an earlier run tell a later one; pure but for the clock."""

from __future__ import annotations

import collections
import json
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .. import _text as texts
from .._model import copy_request
from . import phases, terms
from . import record as records

Told = t.Mapping[str, t.Any]


# What each key of a result holds where it holds anything, and how messages call that.
_TEXT, _DICT, _NUMBER = "text", "a dictionary", "a number"
_SHAPES: t.Mapping[str, str] = {
    **dict.fromkeys(("label", "status", "image_id", "image_name", "name", "destination_region"), _TEXT),
    **dict.fromkeys(("destination_project_name", "started_at", "finished_at", "refused_since"), _TEXT),
    "waited_since": _TEXT,
    **dict.fromkeys(("source_region", "source_project_name"), _TEXT),
    **dict.fromkeys(("options", "shared_options", "source_image", "job", "error"), _DICT),
    "attempts": _NUMBER,
}
_INSIDE: t.Mapping[str, t.Mapping[str, str]] = {
    "source_image": {"id": _TEXT, "name": _TEXT, "region": _TEXT, "created_at": _TEXT},
    "job": {"id": _TEXT, "status": _TEXT, "begin_time": _TEXT},
    "error": {
        **dict.fromkeys(("stage", "code", "message", "request_id", "hint"), _TEXT),
        "http_status": _NUMBER,
    },
}
# Whatever has been submitted oftener than this was submitted by nobody.
_MOST_ATTEMPTS = 10**6
_STATUSES = ("in_progress", "not_started", *(outcome.value for outcome in phases.Outcome), *phases.REMOVED)
# What was asked for. The results of the first releases did not say it.
_ASKED = ("options", "shared_options")


def check_results(results: t.Sequence[Told]) -> None:
    """The results of a migration, all of them or some.

    :raises InputError: with everything that no earlier run would have returned
    """
    problems: t.List[str] = []
    silent = []
    for index, told in enumerate(results):
        place = f"resume[{index}]"
        missing = [key for key in ("status", "destination_region") if told.get(key) is None]
        if not any((told.get("image_id"), told.get("image_name"), _of(told, "source_image").get("id"))):
            missing.append("image")
        wrong = [f"it has no {key}" for key in missing] or list(_odd(told))
        problems += [f"{place}{_called(told)} is no result of an earlier run: {what}" for what in wrong]
        if not wrong and any(key not in told for key in _ASKED):
            silent.append(place)
    if silent:
        several = f" and {len(silent) - 1} more" if len(silent) > 1 else ""
        problems.append(
            f"{silent[0]}{several}: an earlier version of this collection wrote this, and it does not say what was "
            "asked for; leave resume and resume_report out and give images or query again: what is done is found in "
            "the destinations"
        )
    if problems:
        raise errors.InputError(problems)


def check_source(results: t.Sequence[Told], source_region: str) -> None:
    """Results that are to say which images are meant: an id or a name means nothing in another region.

    :raises InputError: with each that is of another source region
    """
    problems = [
        f"resume[{index}]{_called(told)} is of source region {texts.visible(_source_region(told))}, "
        f"and this is a migration from {source_region}"
        for index, told in enumerate(results)
        if _source_region(told) not in (None, source_region)
    ]
    if problems:
        raise errors.InputError(problems)


def check_result(told: Told) -> None:
    """The result of the module for one copy.

    :raises InputError: as :func:`check_results`
    """
    problems = [f"resume is no result of an earlier run: {what}" for what in _odd(told)]
    if problems:
        raise errors.InputError(problems)


def lean(told: Told) -> t.Dict[str, t.Any]:
    """What a later run reads of a result, and nothing else: a sixth of it, where it is stored or handed on."""
    kept = {key: told[key] for key in _SHAPES if told.get(key) is not None}
    dated = "source_created" in str(_of(told, "shared_options").get("name_template"))
    for key, shapes in _INSIDE.items():
        if isinstance(kept.get(key), dict):
            names = [name for name in shapes if name != "created_at" or dated]
            kept[key] = {name: kept[key][name] for name in names if kept[key].get(name) is not None}
    return kept


def _odd(told: Told) -> t.Iterator[str]:
    """What is of another kind than any run would have returned it."""
    yield from _misshapen(told, _SHAPES, "")
    for key, shapes in _INSIDE.items():
        yield from _misshapen(_of(told, key), shapes, f"{key}.")
    status, attempts, job_id = told.get("status"), told.get("attempts"), _of(told, "job").get("id")
    if isinstance(status, str) and status not in _STATUSES:
        yield f"there is no status {status!r:.40}"
    if isinstance(attempts, int) and not 0 <= attempts <= _MOST_ATTEMPTS:
        yield "attempts is out of all bounds"
    if isinstance(job_id, str) and not copy_request.IDENTIFIER.fullmatch(job_id):
        yield f"job.id {job_id!r:.80} cannot be right"


def _misshapen(values: Told, shapes: t.Mapping[str, str], before: str) -> t.Iterator[str]:
    for key, shape in shapes.items():
        value = values.get(key)
        fits = {
            _TEXT: isinstance(value, str),
            _DICT: isinstance(value, dict),
            _NUMBER: isinstance(value, int) and not isinstance(value, bool),
        }
        if value is not None and not fits[shape]:
            yield f"{before}{key} is not {shape}"


def _of(told: Told, key: str) -> Told:
    value = told.get(key)
    return value if isinstance(value, dict) else {}


def _called(told: Told) -> str:
    name = told.get("image_name") or told.get("image_id")
    return f' ("{name}")' if isinstance(name, str) else ""


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

    def of(self, request: copy_request.CopyRequest) -> t.Optional[Told]:
        """The earlier result of this very copy, or None."""
        place = (request.destination.region, request.destination.project_name)
        image = ("id", request.image_id) if request.image_id is not None else ("name", request.image_name)
        candidates = [told for told in self._found.get((*place, *image), ()) if _is_from(told, request)]
        # By its origin, a replica counts under any name.
        other = candidates if request.match == "origin" else []
        return next((told for told in (*(one for one in candidates if _makes(one, request)), *other)), None)


def _is_from(told: Told, request: copy_request.CopyRequest) -> bool:
    """Whether a result is of an image in that very place; what it does not say is no contradiction."""
    region, project = _source_region(told), told.get("source_project_name")
    return region in (None, request.source_region) and project in (None, request.source_project_name)


def _source_region(told: Told) -> t.Optional[str]:
    return told.get("source_region") or _of(told, "source_image").get("region")


def _makes(told: Told, request: copy_request.CopyRequest) -> bool:
    """Whether a result is one of the replica that is asked for: one image may be copied under several names."""
    source = _of(told, "source_image")
    if source.get("name") is None:
        # Where the source was never seen, nothing has begun.
        return request.name in (told.get("name"), _of(told, "options").get("name"))
    name = request.replica_name(str(source["name"]), str(source.get("id")), source.get("created_at"))
    return name == told.get("name")


def images_of(results: t.Sequence[Told]) -> t.Iterator[t.Dict[str, t.Any]]:
    """The images of an earlier run, each once, with what was asked for: of it alone, and of all.

    Where results of several runs ask for different things of one image, it is there once for each, and who lists it
    finds that both would make the same replica.
    """
    seen: t.Set[str] = set()
    # One whose source was not looked up has been looked up for another destination.
    ids = {result.get("image_name"): _of(result, "source_image").get("id") for result in sorted(results, key=_is_known)}
    for result in results:
        image_id = result.get("image_id") or _of(result, "source_image").get("id") or ids[result.get("image_name")]
        image = {"image_id": image_id} if image_id else {"image_name": result.get("image_name")}
        own = dict(_of(result, "options"))
        if result.get("status") in phases.DONE:
            # The job has done its work, and the service may not know it any more.
            own.pop("job_id", None)
        asked = {**image, **own, "shared_options": dict(_of(result, "shared_options"))}
        key = json.dumps({**asked, "job_id": None}, sort_keys=True, default=str)
        if key not in seen:
            seen.add(key)
            yield asked


def _is_known(result: Told) -> bool:
    return _of(result, "source_image").get("id") is not None


def take_up(
    earlier: t.Optional[Told], retry_failed: bool, clock: clocks.Clock, wait_timeout: float, max_attempts: int = 1
) -> t.Tuple[terms.Earlier, phases.Phase]:
    """What an earlier run left of a copy, and the phase in which it begins now.

    :param earlier: its result, or None where there is none
    :param retry_failed: a copy that failed is tried again
    :param wait_timeout: seconds from the beginning of the copy on, or from when a run took up one that another began
    :param max_attempts: so many may be made; what waits for another one has that one in any case
    """
    if earlier is None:
        return terms.Earlier(), phases.Unplanned()
    status, attempts = earlier.get("status"), int(earlier.get("attempts") or 0)
    job, began = earlier.get("job") or {}, clocks.moment(earlier.get("started_at"))
    record = None
    if job.get("id") and status in ("in_progress", "failed") and str(job.get("status")) not in ("FAIL", "FAILED"):
        record = records.Record(began or clocks.moment(job.get("begin_time")) or clock.utcnow(), str(job["id"]))
    if status == "failed" and not retry_failed:
        return terms.Earlier(attempts, began, record=record), _still_failed(earlier)
    if status not in ("in_progress", "not_started"):
        # One whose job may still run is not over.
        over = attempts if record is None else max(0, attempts - 1)
        return terms.Earlier(attempts, record=record, over=over), phases.Unplanned()
    refused_since = clocks.moment(earlier.get("refused_since"))
    # What another run had submitted has its time from when it was taken up.
    since = clocks.moment(earlier.get("waited_since"))
    if status == "not_started" or began is None:
        over = max(0, attempts + 1 - max_attempts) if status == "not_started" else 0
        return terms.Earlier(attempts, record=record, refused_since=refused_since, over=over), phases.Unplanned()
    spent = max(0.0, (clock.utcnow() - (since or began)).total_seconds())
    deadline = clock.monotonic() + wait_timeout - spent
    return terms.Earlier(attempts, began, deadline, record, refused_since, waited_since=since), phases.Unplanned()


def _still_failed(earlier: Told) -> phases.Ended:
    made = int(earlier.get("attempts") or 0)
    return phases.Ended(
        phases.Outcome.FAILED, clocks.moment(earlier.get("finished_at")), error=errors.error_of(earlier), made=made
    )
