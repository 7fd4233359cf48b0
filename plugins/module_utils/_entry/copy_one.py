# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What ``ims_image_cross_region_copy`` does: a migration of one image to one destination."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._client.cloud import Cloud
from .._engine import phases, terms
from .._engine import survey as surveys
from .._engine.copy import Copy
from .._model import copy_request
from .._result.entries import Reading, check_warnings
from .._result.summary import sentence
from . import glue, options, run_options, running

# The keys of an entry that the result of one copy has as well, in its order.
RESULT_KEYS = (
    "action", "image", "source_image", "job", "preflight", "attempts", "started_at", "refused_since", "waited_since",
)  # fmt: skip


def copy_one(module: glue.Module, clock: t.Optional[clocks.Clock] = None) -> None:
    """Exits or fails the module."""
    clock = clock or clocks.SystemClock()
    began = clock.monotonic()
    copies: t.List[Copy] = []
    reading = Reading(module.check_mode, module.params["wait"])
    cut_short = False

    def result() -> glue.Result:
        return {**_result(module, reading, copies, clock.monotonic() - began), "cut_short": cut_short}

    def work(cloud: Cloud) -> None:
        nonlocal cut_short
        lease = running.hold(module, clock)
        earlier, phase = _taken_up(module.params, clock)
        survey = surveys.Survey(cloud)
        copies.append(Copy(request_of(chosen_image(module.params, survey)), earlier=earlier, phase=phase))
        options_ = run_options_of(module, earlier.deadline)
        end = running.run(module, clock, survey, options_, copies, lease)
        cut_short = end.cut_short
        for trouble in end.troubles:
            copies[0].warn(trouble)

    glue.run(module, clock, work, result, *checks(module, result))
    copy = copies[0]
    for warning in (*copy.warnings, *check_warnings(copies)):
        module.warn(warning)
    if copy.error is not None:
        # A job that the service gave up is nothing that a further run could take up.
        over = isinstance(copy.error, errors.JobFailed)
        job_id = copy.job.id if copy.job is not None and not (over or copy.job.failed) else None
        glue.fail(module, copy.error, result(), job_id)
    finished = result()
    text = sentence(finished, copy.request.destination.region, copy.name, module.check_mode)
    module.exit_json(msg=text, **finished)


def checks(module: glue.Module, result: t.Callable[[], glue.Result]) -> t.Tuple[t.Callable[[], object], ...]:
    """What can be found wrong before anybody is asked."""
    return (
        lambda: request_of(_not_yet(module.params)),
        lambda: _check_query(module, result),
        lambda: run_options_of(module),
        lambda: _check_resume(module.params["resume"]),
    )


def request_of(params: t.Mapping[str, t.Any]) -> copy_request.CopyRequest:
    return options.checked_request(
        params,
        options.destination_of(params),
        source_region=params["source_region"],
        source_project_name=params["source_project_name"],
    )


def _not_yet(params: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """The parameters with an id in the place of what a query will choose, to check all others by."""
    return {**params, "image_id": "of-the-query"} if params["image_query"] else params


def _check_query(module: glue.Module, result: t.Callable[[], glue.Result]) -> None:
    """:raises InputError: when the query cannot be read"""
    if module.params["image_query"]:
        # Few runs have one, and only they load this.
        from . import query

        if not query.HAS_JMESPATH:
            glue.fail_without(module, "jmespath", query.JMESPATH_IMPORT_ERROR, result())
        query.check(module.params["image_query"], "image_query")


def chosen_image(params: t.Mapping[str, t.Any], survey: surveys.Survey) -> t.Mapping[str, t.Any]:
    """The parameters with the id of the image that the query chooses, if there is one."""
    if not params["image_query"]:
        return params
    from .chosen import chosen

    return {**params, "image_id": chosen(params, survey)}


def _check_resume(resumed: t.Optional[t.Dict[str, t.Any]]) -> None:
    """:raises InputError: when that is no result of this module"""
    if resumed:
        # Few runs take up another, and only they load this.
        from .._engine.resume import check_result

        check_result(resumed)


def _taken_up(params: t.Mapping[str, t.Any], clock: clocks.Clock) -> t.Tuple[terms.Earlier, phases.Phase]:
    """What an earlier run left, and the phase in which the copy begins."""
    if not params["resume"]:
        return terms.Earlier(), phases.Unplanned()
    from .._engine.resume import take_up

    return take_up({"status": "in_progress", **params["resume"]}, True, clock, params["wait_timeout"])


def run_options_of(module: glue.Module, patient_until: t.Optional[float] = None) -> terms.RunOptions:
    return run_options.run_options(
        module,
        wait=module.params["wait"],
        max_concurrent=1,
        carry_on=bool(module.params["resume"]),
        patient_until=patient_until,
    )


def _result(module: glue.Module, reading: Reading, copies: t.Sequence[Copy], waited: float) -> glue.Result:
    """The same keys whatever happened, also when nothing has happened yet."""
    entry = reading.entry(copies[0]) if copies else dict.fromkeys(RESULT_KEYS)
    result: glue.Result = {key: entry[key] for key in RESULT_KEYS}
    result["action"] = result["action"] or "none"
    result["preflight"] = result["preflight"] or []
    result["attempts"] = result["attempts"] or 0
    result["removed"] = []
    result["changed"] = bool(copies and reading.changed(copies[0]))
    result["waited"] = round(waited, 1)
    if module._diff and copies:
        result["diff"] = reading.diff(copies[0])
    return result
