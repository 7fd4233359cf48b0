# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The table of the options of a copy, and what is made of it: argument specs, requests, and what is wrong with them."""

from __future__ import annotations

import dataclasses
import functools
import math
import typing as t

from .. import _errors as errors
from .._decide.preflight import CHECKS
from .._decide.replica import LIKE_SOURCE
from .._model import copy_request
from .._model import place as places
from . import numbers

Given = t.Mapping[str, t.Any]
Spec = t.Dict[str, t.Any]

# Where an option goes. A test turns each one on and looks there.
SOURCE = "which image is copied"
BODY = "a field of that name in the request that submits the copy"
TAGS = "the tags of the replica"
ATTRIBUTES = "an attribute of the replica that is kept in line"
DECISION = "what is to be done about the copy"
CHECK = "the checks before it, or which of them are made"


def _as_it_is(value: t.Any) -> t.Any:
    return value


def _nothing_wrong(value: t.Any) -> t.Optional[str]:
    return None


def _text(value: t.Optional[str]) -> t.Optional[str]:
    """Blank is absent: an empty variable in a job template means that nothing was chosen."""
    return (value.strip() or None) if value is not None else None


def _unless_blank(value: t.Optional[str]) -> t.Optional[str]:
    """Spaces around a name are refused by a check, not cut off."""
    return value if _text(value) else None


def _tags(value: t.Optional[t.Mapping[t.Any, t.Any]]) -> t.Dict[str, str]:
    return {str(key): "" if text is None else str(text) for key, text in (value or {}).items()}


def _unlike(pattern: t.Pattern[str], value: str) -> t.Optional[str]:
    return None if pattern.fullmatch(value) else f"{value!r} cannot be right: {copy_request.expected(pattern)}"


_not_an_id = functools.partial(_unlike, copy_request.IDENTIFIER)
_not_a_region = functools.partial(_unlike, copy_request.REGION)


def _above_nothing(value: float) -> t.Optional[str]:
    return None if 0 < value < math.inf else f"must be above 0 GiB, not {value:g}"


def _megabytes(value: int) -> t.Optional[str]:
    return numbers.outside(value, 0, numbers.MOST_MEGABYTES, " MB")


@dataclasses.dataclass(frozen=True)
class Option:
    """One row. ``spec`` is Ansible's, and has no default: only so can be told what was given, and to whom.

    ``shared``: it may be said once for all images of a migration. ``read`` makes what a request holds of what was
    given, ``wrong`` says what is wrong with that, and ``alone`` is how the module for one copy calls it.
    """

    name: str
    goes: t.Tuple[str, ...]
    spec: Given = dataclasses.field(default_factory=lambda: {"type": "str"})
    shared: bool = False
    read: t.Callable[[t.Any], t.Any] = _as_it_is
    wrong: t.Callable[[t.Any], t.Optional[str]] = _nothing_wrong
    alone: t.Optional[str] = None


# A further optional field of the API is a further row with BODY: it needs nothing else in plugins/module_utils.
IMAGE_OPTIONS = (
    Option("image_id", (SOURCE,), read=_text, wrong=_not_an_id),
    Option("image_name", (SOURCE,), read=_text),
    Option("name", (BODY, DECISION), read=_unless_blank),
    Option("description", (BODY, ATTRIBUTES), shared=True),
    Option("tags", (TAGS,), {"type": "dict"}, shared=True, read=_tags),
    Option("copy_tags", (TAGS,), {"type": "bool"}, shared=True, read=bool),
    Option("purge_tags", (TAGS,), {"type": "bool"}, shared=True, read=bool),
    Option("min_ram", (ATTRIBUTES,), {"type": "int"}, shared=True, wrong=_megabytes),
    Option("max_ram", (ATTRIBUTES,), {"type": "int"}, shared=True, wrong=_megabytes),
    Option(
        "match",
        (DECISION,),
        {"type": "str", "choices": list(copy_request.MATCHES)},
        shared=True,
        read=lambda match: match or copy_request.MATCHES[0],
    ),
    Option("size_limit", (CHECK,), {"type": "float"}, shared=True, wrong=_above_nothing),
    Option(
        "skip_checks",
        (CHECK,),
        {"type": "list", "elements": "str", "choices": [*CHECKS, LIKE_SOURCE]},
        shared=True,
        read=lambda names: frozenset(names or ()),
    ),
    Option("job_id", (DECISION,), read=_text, wrong=_not_an_id),
)

DESTINATION_OPTIONS = (
    Option(
        "region",
        (BODY,),
        {"type": "str", "required": True},
        wrong=_not_a_region,
        alone="destination_region",
    ),
    Option("project_name", (BODY,), read=_text, alone="destination_project_name"),
    Option(
        "agency_name",
        (BODY,),
        {"type": "str", "required": True},
        wrong=lambda name: None if name.strip() else "is blank",
    ),
    Option("vault_id", (BODY,), read=_text, wrong=_not_an_id),
)


# What may be said once for all images of a migration.
SHARED = frozenset(option.name for option in IMAGE_OPTIONS if option.shared)
# The key of an image under which an earlier run tells what was said of all images then.
SHARED_OPTIONS = "shared_options"


def one_copy_spec() -> Spec:
    """The options of the module for one copy."""
    return {option.alone or option.name: dict(option.spec) for option in (*IMAGE_OPTIONS, *DESTINATION_OPTIONS)}


def listed_image_spec() -> Spec:
    """The options of one image of several. What is absent is that of all images."""
    return {option.name: dict(option.spec) for option in IMAGE_OPTIONS}


def every_image_spec() -> Spec:
    """The options that a migration has for all its images."""
    return {option.name: dict(option.spec) for option in IMAGE_OPTIONS if option.shared}


def destination_spec() -> Spec:
    """The options of one destination of several."""
    return {option.name: dict(option.spec) for option in DESTINATION_OPTIONS}


def said_of_all(image: Given, params: Given) -> t.Dict[str, t.Any]:
    """What holds for an image as it is said of all: by this run, or else by the earlier one that it is known from."""
    told = {**(image.get(SHARED_OPTIONS) or {})}
    told.update((name, params[name]) for name in (*SHARED, "name_template") if params.get(name) is not None)
    return told


def inherited(image: Given, of_all: Given) -> t.Dict[str, t.Any]:
    """The options of one image of a migration: its own value wins whole over that of all images, tags too."""
    return {
        option.name: of_all.get(option.name)
        if option.shared and image.get(option.name) is None
        else image.get(option.name)
        for option in IMAGE_OPTIONS
    }


def own_of(image: Given) -> t.Dict[str, t.Any]:
    """What is said of an image itself, less which one it is."""
    names = [option.name for option in IMAGE_OPTIONS if SOURCE not in option.goes]
    return {name: image[name] for name in names if image.get(name) is not None}


def destination_of(params: Given) -> t.Dict[str, t.Any]:
    """The destination of the module for one copy, under the names that one of several has."""
    return {option.name: params.get(option.alone or option.name) for option in DESTINATION_OPTIONS}


def request_of(
    image: Given,
    destination: Given,
    *,
    source_region: str,
    source_project_name: t.Optional[str],
    name_template: t.Optional[str] = None,
    own: t.Optional[Given] = None,
    of_all: t.Optional[Given] = None,
) -> copy_request.CopyRequest:
    """The copy that an image's and a destination's options ask for; :func:`problems_of` tells what is wrong with it."""
    about = {option.name: option.read(image.get(option.name)) for option in IMAGE_OPTIONS}
    place = {option.name: option.read(destination.get(option.name)) for option in DESTINATION_OPTIONS}
    place["project_name"] = place["project_name"] or place["region"]
    sent = {
        option.name: value
        for options, values in ((IMAGE_OPTIONS, about), (DESTINATION_OPTIONS, place))
        for option, value in ((option, values[option.name]) for option in options)
        if BODY in option.goes and value is not None
    }
    return copy_request.CopyRequest(
        source_region=source_region,
        source_project_name=_text(source_project_name) or source_region,
        destination=places.Destination(**_held(place, DESTINATION_OPTIONS, places.Destination)),
        name_template=name_template,
        body=sent,
        own=own or {},
        of_all=of_all or {},
        **_held(about, IMAGE_OPTIONS, copy_request.CopyRequest),
    )


def _held(values: Given, options: t.Iterable[Option], holder: t.Any) -> t.Dict[str, t.Any]:
    """What has a field of its own there: all but what only goes into the body."""
    fields = {field.name for field in dataclasses.fields(holder)}
    return {option.name: values[option.name] for option in options if option.name in fields or BODY not in option.goes}


class Problem(t.NamedTuple):
    """What is wrong with the options that it names, of an image, of a destination, or of the whole; and in words."""

    whose: str
    options: t.FrozenSet[str]
    text: str


IMAGE, DESTINATION, WHOLE = "image", "destination", "whole"
_SOURCE_REGION = Option("source_region", (SOURCE,), wrong=_not_a_region)


def problems_of(image: Given, destination: Given, source_region: str) -> t.List[Problem]:
    """Everything that is wrong with one copy before anybody is asked."""
    return [
        *_ambiguity(image),
        *_wrong(IMAGE, IMAGE_OPTIONS, image),
        *_wrong(WHOLE, [_SOURCE_REGION], {"source_region": source_region}),
        *_wrong(DESTINATION, DESTINATION_OPTIONS, destination),
        *_memory(IMAGE, image),
    ]


def shared_problems(params: Given) -> t.List[str]:
    """What is wrong with the options of all images of a migration, whichever those are."""
    shared = [option for option in IMAGE_OPTIONS if option.shared]
    return [problem.text for problem in (*_wrong(WHOLE, shared, params), *_memory(WHOLE, params))]


def checked_request(image: Given, destination: Given, **more: t.Any) -> copy_request.CopyRequest:
    """:raises InputError: with every problem that can be seen without asking the service"""
    problems = problems_of(image, destination, more["source_region"])
    if problems:
        raise errors.InputError([problem.text for problem in problems])
    return request_of(image, destination, **more)


def _ambiguity(image: Given) -> t.Iterator[Problem]:
    if (_text(image.get("image_id")) is None) == (_text(image.get("image_name")) is None):
        text = "exactly one of image_id and image_name is needed, neither may be blank"
        yield Problem(IMAGE, frozenset({"image_id", "image_name"}), text)


def _wrong(whose: str, options: t.Iterable[Option], given: Given) -> t.Iterator[Problem]:
    for option in options:
        value = option.read(given.get(option.name))
        wrong = option.wrong(value) if value is not None else None
        if wrong is not None:
            yield Problem(whose, frozenset({option.name}), f"{option.alone or option.name} {wrong}")


def _memory(whose: str, image: Given) -> t.Iterator[Problem]:
    least, most = image.get("min_ram"), image.get("max_ram")
    # A max_ram of 0 is the service's word for "no limit".
    if least and most and least > most:
        yield Problem(whose, frozenset({"min_ram", "max_ram"}), f"min_ram ({least} MB) is above max_ram ({most} MB)")
