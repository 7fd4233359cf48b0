# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What ``ims_image_migration`` does: select the images, drive the copies, report every one of them."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .. import _text as texts
from .._client.cloud import Cloud
from .._collector import collect_seldom
from .._engine import survey as surveys
from .._engine import terms
from .._engine.copy import Copy
from .._engine.phases import Ended, Outcome
from .._engine.resume import EarlierResults, check_results, check_source, images_of, take_up
from .._model import copy_request
from .._model.image_index import ImageIndex
from .._result.entries import Reading, check_warnings
from .._result.summary import counts_of, left_out, replicas_of, story, summary, verdict
from . import glue, numbers, query, run_options, running
from .chosen import own_images
from .migration_list import Entry, check_clashes, check_list, clash_error, clashes, entries_of, label_of, told_images
from .options import Given

# No cloud has as many slots, and nobody as much patience.
COUNTS = (("max_concurrent", 1, 1000, "", False), ("max_attempts", 1, 1000, "", False))


class Migration:
    """One run of the module: what it holds is what its result is made of."""

    def __init__(self, module: glue.Module, clock: clocks.Clock) -> None:
        self._module = module
        self._clock = clock
        self._began = clock.monotonic()
        self.copies: t.List[Copy] = []
        self._reading = Reading(module.check_mode)
        self.warnings: t.List[str] = []
        self._driven = False
        self._cut_short = False

    def work(self, cloud: Cloud) -> None:
        collect_seldom()
        lease = running.hold(self._module, self._clock)
        survey = surveys.Survey(cloud, many=True)
        entries, clashing = self._entries(survey)
        earlier_results = EarlierResults(self._params["resume"])
        for number, entry in enumerate(entries):
            told = earlier_results.of(entry.request)
            earlier, phase = take_up(
                told,
                self._params["retry_failed"],
                self._clock,
                self._params["wait_timeout"],
                self._params["max_attempts"],
            )
            if number in clashing:
                phase = Ended(Outcome.SKIPPED, self._clock.utcnow(), error=clash_error(clashing[number]))
            label = str((told or {}).get("label") or entry.label)
            self.copies.append(Copy(entry.request, number, label, earlier, phase=phase))
        deadlines = [copy.earlier.deadline for copy in self.copies if copy.earlier.deadline is not None]
        options = self.options(max(deadlines, default=None)).after(self._clock.monotonic() - self._began)
        end = running.run(self._module, self._clock, survey, options, self.copies, lease)
        self._driven, self._cut_short = True, end.cut_short
        self.warnings.extend(end.troubles)
        if end.refused:
            # A plan of which nothing would be done at all reads as the run that does nothing.
            self._reading = Reading()

    def said(self, results: t.Sequence[glue.Result]) -> t.List[str]:
        """What the user is to be warned of."""
        of_copies = [f"{copy.label}: {warning}" for copy in self.copies for warning in copy.warnings]
        return [*of_copies, *left_out(results), *check_warnings(self.copies), *self.warnings]

    def options(self, patient_until: t.Optional[float] = None) -> terms.RunOptions:
        """:raises InputError: with every number that cannot be right"""
        params = self._params
        problems = numbers.problems_of(COUNTS, params)
        return run_options.run_options(
            self._module,
            problems,
            max_concurrent=params["max_concurrent"],
            largest_first=params["order"] == "largest_first",
            skip_refused=self._skips,
            patient_until=patient_until,
            stop_on_copy_failure=params["on_copy_failure"] == "stop",
            max_attempts=params["max_attempts"],
            carry_on=bool(params["resume"]),
        )

    def check(self) -> None:
        """:raises InputError: with the problems of every entry that need no request to be seen"""
        # Nothing else can be read out of results that are none.
        check_results(self._params["resume"] or [])
        if not self._params["images"] and not self._params["query"]:
            check_source(self._params["resume"] or [], self._params["source_region"])
        images, labels = self._listed()
        glue.all_at_once(
            lambda: check_list(self._params),
            lambda: query.check(self._params["query"]),
            lambda: entries_of(self._params, images, labels),
            self.options,
        )

    def result(self) -> glue.Result:
        """Every entry, whatever became of it, and what they come to."""
        results = [
            {
                "label": copy.label,
                **_asked(copy.request),
                "name": copy.name or None,
                **self._entry(copy),
                "warnings": list(copy.warnings),
            }
            for copy in self.copies
        ]
        counts = counts_of(results)
        result: glue.Result = {
            "changed": any(self._changed(copy) for copy in self.copies),
            "results": results,
            "counts": counts,
            "replicas": replicas_of(results),
            "finished": self._driven and not counts["in_progress"] and not counts["not_started"],
            "cut_short": self._cut_short,
            "waited": round(self._clock.monotonic() - self._began, 1),
        }
        if self._module._diff:
            result["diff"] = [
                {"before_header": header, "after_header": header, **self._diff(copy)}
                for header, copy in zip(self._headers(), self.copies)
                if self._changed(copy)
            ]
        return result

    def _entry(self, copy: Copy) -> glue.Result:
        return {**self._reading.entry_of_many(copy), "removed": []}

    def _changed(self, copy: Copy) -> bool:
        return self._reading.changed(copy)

    def _diff(self, copy: Copy) -> glue.Result:
        return self._reading.diff(copy)

    def _headers(self) -> t.Iterator[str]:
        """What a difference is about; an image alone would not tell its destinations apart."""
        for copy in self.copies:
            destination = copy.request.destination
            own = destination.project_name != destination.region
            place = f"{destination.region} (project {destination.project_name})" if own else destination.region
            yield texts.visible(f"{copy.label} to {place}")

    @property
    def _params(self) -> t.Dict[str, t.Any]:
        return t.cast("t.Dict[str, t.Any]", self._module.params)

    def _listed(self) -> t.Tuple[t.List[Given], t.List[str]]:
        """The images that are named one by one: in the list, or by an earlier run where nothing else is given."""
        images: t.List[Given] = list(self._params["images"] or [])
        if not images and not self._params["query"]:
            images = list(told_images(images_of(self._params["resume"] or [])))
        return images, [label_of(index, image) for index, image in enumerate(images)]

    def _entries(self, survey: surveys.Survey) -> t.Tuple[t.List[Entry], t.Dict[int, str]]:
        """The entries, and by their places those of which several would make the same replica, and why."""
        images, labels = self._listed()
        own = own_images(self._params, survey) if self._params["query"] else self._seen_images(survey, len(images))
        names = {image.id: image.name for image in own}
        labels = [label_of(index, image, names.get(str(image.get("image_id")))) for index, image in enumerate(images)]
        if self._params["query"]:
            named = {image.get("image_id") for image in images}
            named.update(known.id for image in images for known in own.named(str(image.get("image_name"))))
            selected = query.select(self._params["query"], [image.as_dict() for image in own])
            if not selected:
                self.warnings.append("The query selects no image.")
            for image_id in selected:
                # What the list says about an image comes before what the query finds.
                if image_id not in named:
                    images.append({"image_id": image_id})
                    labels.append(f'image {image_id} ("{texts.visible(names[image_id])}") of the query')
        entries = entries_of(self._params, images, labels)
        # Names that follow from the source are known only now, and still before anything is changed.
        clashing = clashes(entries, own)
        if not self._skips:
            check_clashes(clashing)
        return entries, clashing

    @property
    def _skips(self) -> bool:
        return bool(self._params["on_preflight_failure"] == "skip")

    def _seen_images(self, survey: surveys.Survey, wanted: int) -> ImageIndex:
        """The own images as far as they can be listed; where that is an error, who needs one of them tells it."""
        try:
            project = survey.project(self._params["source_project_name"] or self._params["source_region"])
            return own_images(self._params, survey) if project is not None else ImageIndex(())
        except (errors.TransportError, errors.ServerFault, errors.Busy):
            # What an earlier run began is waited for all the same, and a single copy tells its own error.
            if self._params["resume"] or wanted * len(self._params["destinations"]) < 2:
                return ImageIndex(())
            raise


def migrate(
    module: glue.Module, clock: t.Optional[clocks.Clock] = None, kind: t.Type[Migration] = Migration
) -> None:
    """Exits or fails the module."""
    clock = clock or clocks.SystemClock()
    migration = kind(module, clock)
    if module.params["query"] and not query.HAS_JMESPATH:
        glue.fail_without(module, "jmespath", query.JMESPATH_IMPORT_ERROR, migration.result())
    glue.run(module, clock, migration.work, migration.result, migration.check)
    result = migration.result()
    for warning in migration.said(result["results"]):
        module.warn(warning)
    failure = verdict(result["results"], module.check_mode)
    if failure is not None:
        glue.fail(module, failure, result, text=story(result["results"], module.check_mode))
    module.exit_json(msg=summary(result["results"], module.check_mode), **result)


def _asked(request: copy_request.CopyRequest) -> t.Dict[str, t.Any]:
    """What was asked for, so that an entry speaks for itself."""
    return {
        "image_id": request.image_id,
        "image_name": request.image_name,
        "source_region": request.source_region,
        "source_project_name": request.source_project_name,
        "destination_region": request.destination.region,
        "destination_project_name": request.destination.project_name,
        "options": dict(request.own),
        "shared_options": dict(request.of_all),
    }
