# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The entries of a migration: which images go to which destinations, and what is wrong with the list; pure."""

from __future__ import annotations

import collections
import dataclasses
import string
import typing as t

from .. import _errors as errors
from .. import _text as texts
from .._model import copy_request
from .._model.image import Image
from . import numbers, options
from .options import Given, Problem

TEMPLATE_FIELDS = ("name", "id", "source_region", "destination_region", "source_created")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One image and one destination; ``label`` is how messages name it."""

    label: str
    request: copy_request.CopyRequest


def entries_of(params: Given, images: t.Sequence[Given], labels: t.Sequence[str]) -> t.List[Entry]:
    """Every image to every destination, in the order of the images.

    :raises InputError: with the problems of all entries, each naming its own
    """
    wrong: t.List[str] = []
    entries: t.List[Entry] = []
    for label, image in zip(labels, images):
        of_all = options.said_of_all(image, params)
        given = options.inherited(image, of_all)
        if (given["job_id"] or "").strip() and len(params["destinations"]) > 1:
            # Which of them it copies to, no job tells.
            wrong.append(f"{label}: job_id is the job of one copy, and there are several destinations; give one alone")
        for index, destination in enumerate(params["destinations"]):
            problems = options.problems_of(given, destination, params["source_region"])
            wrong.extend(_located(problem, image, label, index) for problem in problems)
            if not problems:
                request = options.request_of(
                    given,
                    destination,
                    source_region=params["source_region"],
                    source_project_name=params.get("source_project_name"),
                    name_template=of_all.get("name_template"),
                    own=options.own_of(image),
                    of_all=of_all,
                )
                entries.append(Entry(label, request))
    if wrong:
        # What is wrong with an image is wrong at every destination, and is said once.
        raise errors.InputError(list(dict.fromkeys(wrong)))
    return entries


def _located(problem: Problem, image: Given, label: str, index: int) -> str:
    """A problem with the place of the options that it is about, which an image may have from the migration itself."""
    if problem.whose == options.DESTINATION:
        return f"destinations[{index}]: {problem.text}"
    told = {**(image.get(options.SHARED_OPTIONS) or {}), **image}
    of_all = problem.options <= options.SHARED and all(told.get(name) is None for name in problem.options)
    return problem.text if of_all or problem.whose == options.WHOLE else f"{label}: {problem.text}"


def told_images(images: t.Iterable[Given]) -> t.List[t.Dict[str, t.Any]]:
    """Images as the results of an earlier run tell them, which no argument spec has seen yet.

    :raises InputError: with everything that no run would have told
    """
    told, problems = [], []
    for image in images:
        called = image.get("image_name") or image.get("image_id")
        own = {name: value for name, value in image.items() if name != options.SHARED_OPTIONS}
        of_all = image[options.SHARED_OPTIONS]
        sound = []
        for given, spec in (
            (own, options.listed_image_spec()),
            (of_all, {**options.every_image_spec(), "name_template": {"type": "str"}}),
        ):
            result = numbers.Validator(spec).validate(dict(given))
            problems += [f"resume: of image {called}: {message}" for message in result.error_messages]
            sound.append({name: value for name, value in result.validated_parameters.items() if value is not None})
        if isinstance(of_all.get("name_template"), str):
            problems += [f"resume: of image {called}: {wrong}" for wrong in template_problems(of_all["name_template"])]
        told.append({**sound[0], options.SHARED_OPTIONS: sound[1]})
    if problems:
        raise errors.InputError(problems)
    return told


def label_of(index: int, image: Given, name: t.Optional[str] = None) -> str:
    """``images[2] ("ubuntu")``: where an image stands in the list, and what it is called there.

    :param name: what is known to be the name of an image that is asked for by its id
    """
    called = texts.visible(image.get("image_name") or image.get("image_id") or "")
    if name is not None and image.get("image_id") and not image.get("image_name"):
        return f'images[{index}] ("{texts.visible(name)}", {texts.visible(image["image_id"])})'
    return f'images[{index}] ("{called}")' if called else f"images[{index}]"


def check_list(params: Given) -> None:
    """What is wrong with the lists and the template, whatever the images are.

    :raises InputError: with every problem
    """
    problems: t.List[str] = []
    if not params.get("images") and not params.get("query") and not params.get("resume"):
        problems.append("there is nothing to migrate: images is empty, and there is neither a query nor a resume")
    destinations = params.get("destinations") or []
    if not destinations:
        problems.append("destinations is empty")
    # A destination without a region is refused by its own spec.
    places = [(given.get("region"), _project_of(given)) for given in destinations]
    for place, count in collections.Counter(places).items():
        if count > 1 and place[0] is not None:
            problems.append(f"destinations name region {place[0]}, project {place[1]} {count} times")
    for index, (region, project) in enumerate(places):
        if region is not None and region == params.get("source_region"):
            problems.append(f"destinations[{index}]: {region} (project {project}) is in the source region itself")
    problems.extend(template_problems(params.get("name_template")))
    problems.extend(options.shared_problems(params))
    if problems:
        raise errors.InputError(problems)


def _project_of(given: Given) -> t.Optional[str]:
    return (given.get("project_name") or "").strip() or given.get("region")


def template_problems(template: t.Optional[str]) -> t.Iterator[str]:
    """A template that cannot be filled, found before there is anything to fill it with."""
    if template is None:
        return
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        yield f"name_template {template!r} cannot be read: {error}"
        return
    for part in parts:
        field, form, conversion = part[1:]
        if field is None:
            continue
        if field not in TEMPLATE_FIELDS:
            known = ", ".join(f"{{{name}}}" for name in TEMPLATE_FIELDS)
            yield f"name_template {template!r} has an unknown field {{{field}}}; there are {known}"
        elif form or conversion:
            yield f"name_template {template!r} asks for {{{field}}} in a form of its own; write {{{field}}} alone"


def clashes(entries: t.Sequence[Entry], own: t.Iterable[Image] = ()) -> t.Dict[int, str]:
    """The entries, by their place in the list, of which several would make the same replica, and in words which.

    :param own: the own images of the source project, as far as they are known; a name that follows from what is not
        known clashes with none
    """
    own = list(own)
    by_id = {image.id: image for image in own}
    by_name = {image.name: image for image in own}
    makers: t.Dict[t.Tuple[str, str, str], t.List[int]] = collections.defaultdict(list)
    for place, entry in enumerate(entries):
        request = entry.request
        source = by_id.get(str(request.image_id)) if request.image_name is None else by_name.get(request.image_name)
        name = request.name_if_known(source)
        if name is not None:
            makers[(request.destination.region, request.destination.project_name, name)].append(place)
    return {
        place: f'{" and ".join(entries[maker].label for maker in places)} would all make "{texts.visible(name)}" '
        f"in {region} (project {project})"
        for (region, project, name), places in makers.items()
        if len(places) > 1
        for place in places
    }


def check_clashes(found: t.Mapping[int, str]) -> None:
    """:raises InputError: with every clash, each told once"""
    if found:
        raise errors.InputError(list(dict.fromkeys(found.values())), remedy="clash")


def clash_error(text: str) -> errors.PreflightFailed:
    """Why an entry is left out that would make the same replica as another one."""
    return errors.PreflightFailed(text, remedy="clash")
