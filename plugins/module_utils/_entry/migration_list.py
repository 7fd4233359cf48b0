# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The entries of a migration: which images go to which destinations, and what is wrong with the list; pure."""

from __future__ import annotations

import collections
import dataclasses
import string
import typing as t

from .._errors import InputError
from .._model.copy_request import CopyRequest, destination_from, request_from

TEMPLATE_FIELDS = ("name", "source_region", "destination_region")

Given = t.Mapping[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Entry:
    """One image and one destination; ``label`` is how messages name it."""

    label: str
    request: CopyRequest


def entries_of(params: Given, images: t.Sequence[Given], labels: t.Sequence[str]) -> t.List[Entry]:
    """Every image to every destination, in the order of the images.

    :raises InputError: with the problems of all entries, each naming its own
    """
    problems: t.List[str] = []
    entries: t.List[Entry] = []
    for label, image in zip(labels, images):
        for index, given in enumerate(params["destinations"]):
            try:
                destination = destination_from(given)
                request = request_from(
                    {**image, "image_id": image.get("image_id"), "image_name": image.get("image_name")},
                    source_region=params["source_region"],
                    source_project_name=params.get("source_project_name"),
                    destination=destination,
                    name_template=params.get("name_template"),
                )
                entries.append(Entry(label, request))
            except InputError as error:
                problems.extend(_located(problem, label, index) for problem in error.problems)
    if problems:
        # What is wrong with an image is wrong at every destination, and is said once.
        raise InputError(list(dict.fromkeys(problems)))
    return entries


def _located(problem: str, label: str, index: int) -> str:
    """A problem begins with the option that it is about, and that tells where the option stands."""
    option = problem.partition(" ")[0]
    if option == "source_region":
        return problem
    place = f"destinations[{index}]" if option in ("destination_region", "vault_id", "agency_name") else label
    return f"{place}: {problem}"


def label_of(index: int, image: Given) -> str:
    """``images[2] ("ubuntu")``: where an image stands in the list, and what it is called there."""
    called = image.get("image_name") or image.get("image_id")
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
    if problems:
        raise InputError(problems)


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


def check_targets(named: t.Iterable[t.Tuple[Entry, str]]) -> None:
    """Two entries must not make the same replica.

    :param named: each entry with the name that its replica is to have
    :raises InputError: with every pair, naming both entries
    """
    makers: t.Dict[t.Tuple[str, str, str], t.List[str]] = collections.defaultdict(list)
    for entry, name in named:
        destination = entry.request.destination
        makers[(destination.region, destination.project_name, name)].append(entry.label)
    problems = [
        f'{" and ".join(labels)} would all make "{name}" in {region} (project {project})'
        for (region, project, name), labels in makers.items()
        if len(labels) > 1
    ]
    if problems:
        raise InputError(problems, hint="Leave out all but one, or give them names of their own.")
