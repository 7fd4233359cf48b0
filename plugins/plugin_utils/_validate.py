# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Checks the arguments of a migration on the controller, so that every problem is named at once, with its entry."""

from __future__ import annotations

import contextlib
import typing as t

from ansible.module_utils.errors import UnsupportedError

from ..module_utils._entry.migration_list import (
    Entry,
    check_clashes,
    check_list,
    clashes,
    entries_of,
    label_of,
    template_problems,
)
from ..module_utils._entry.numbers import Validator
from ..module_utils._entry.options import destination_spec, every_image_spec, listed_image_spec
from ..module_utils._entry.query import check
from ..module_utils._errors import InputError

Given = t.Mapping[str, t.Any]

LISTS = ("images", "destinations", "resume")
# What is no text becomes one, as it does for the module.
TEXTS: t.Dict[str, t.Any] = {
    name: {"type": "str"} for name in ("source_region", "source_project_name", "query", "name_template")
}


def migration_problems(arguments: Given) -> t.List[str]:
    """Everything that is wrong with the lists of a migration; what is no list at all is left to the module."""
    given = {"images": [], "destinations": [], "resume": [], "query": None, "name_template": None, **arguments}
    odd = [problem for option in LISTS for problem in _odd_items(option, given[option])]
    # As text, an empty list would be a query for all images there are.
    odd += [f"{option} must be text" for option in TEXTS if isinstance(given.get(option), (list, dict))]
    if odd or not all(_is_list_of_dicts(given[option]) for option in LISTS):
        return odd
    problems: t.List[str] = []
    texts = {option: given[option] for option in TEXTS if given.get(option) is not None}
    given = {**given, **_validated([texts], ["the options"], TEXTS, problems).get("the options", {})}
    labels = [label_of(index, image) for index, image in enumerate(given["images"])]
    images = _validated(given["images"], labels, listed_image_spec(), problems)
    places = [f"destinations[{index}]" for index in range(len(given["destinations"]))]
    destinations = _validated(given["destinations"], places, destination_spec(), problems)
    # Without a source region nothing else is wrong yet: the module itself asks for it.
    region = given.get("source_region") or "none"
    of_all = {option: value for option, value in given.items() if option in every_image_spec()}
    shared = _validated([of_all], ["the options of all images"], every_image_spec(), problems)
    given = {**given, **dict.fromkeys(of_all), **next(iter(shared.values()), {})}
    params = {**given, "source_region": region, "destinations": list(destinations.values())}
    # What is wrong with the others is said already.
    told = {**given, "destinations": [destinations.get(place, {}) for place in places]}
    for part in (
        lambda: check_list(told),
        lambda: check(given["query"]),
        lambda: entries_of(params, list(images.values()), list(images)),
        lambda: _check_known_targets(params, images),
    ):
        try:
            part()
        except InputError as error:
            problems.extend(problem for problem in error.problems if problem not in problems)
    return problems


def _check_known_targets(params: Given, images: t.Mapping[str, Given]) -> None:
    """Two entries that make the same replica, as far as the arguments alone give the names away.

    :raises InputError: with every pair
    """
    harmless = params.get("state") == "absent" or params.get("on_preflight_failure") == "skip"
    if harmless or any(template_problems(params["name_template"])):
        return
    # A destination that is named twice is a problem of its own.
    places = {(given["region"], given.get("project_name")): given for given in params["destinations"]}
    entries: t.List[Entry] = []
    for label, image in images.items():
        with contextlib.suppress(InputError):
            entries += entries_of({**params, "destinations": list(places.values())}, [image], [label])
    check_clashes(clashes(entries))


def _validated(
    items: t.Sequence[Given], labels: t.Sequence[str], spec: t.Dict[str, t.Any], problems: t.List[str]
) -> t.Dict[str, t.Dict[str, t.Any]]:
    """Those that fit the spec, by label; what does not fit is added to the problems."""
    sound = {}
    for label, item in zip(labels, items):
        result = Validator(spec).validate(dict(item))
        if result.error_messages:
            unknown = sorted(key if isinstance(key, str) else ".".join(key) for key in result.unsupported_parameters)
            if unknown:
                supported = ", ".join(sorted(spec))
                problems.append(f"{label}: unknown {', '.join(unknown)}; there are {supported}")
            # What the validator says of them is their names alone.
            told = [error.msg for error in result.errors if not isinstance(error, UnsupportedError)]
            problems.extend(f"{label}: {message}" for message in told)
        else:
            sound[label] = result.validated_parameters
    return sound


def _odd_items(option: str, value: t.Any) -> t.Iterator[str]:
    """Items that are no dictionary and cannot become one, as texts can."""
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if not isinstance(item, (dict, str)):
            yield f"{option}[{index}] is no dictionary: {item!r:.40}"


def _is_list_of_dicts(value: t.Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
