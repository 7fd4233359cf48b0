# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The variables of the role image_migration: what they may be, what is wrong with them, what the module is given; pure.

They come from playbooks as they are, and from surveys of AWX and the command line as strings. An answer that was left
empty is an empty string, and counts as not given.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import typing as t

import yaml
from ansible.module_utils.errors import ArgumentTypeError, UnsupportedError

from ..module_utils._client.connection import connection_spec
from ..module_utils._engine.resume import check_results
from ..module_utils._entry.numbers import Validator
from ..module_utils._errors import InputError
from ..module_utils._model.raw import kind_of
from ..module_utils._text import halves_in, visible
from ..modules.ims_image_migration import argument_spec

Given = t.Mapping[str, t.Any]
Spec = t.Mapping[str, t.Any]

PREFIX = "image_migration_"
ROLE = "huaweicloud.ims.image_migration"
TEMPLATE = "report.html.j2"
KEEP_REPORTS = 10
# What only whoever runs the module by other means than a task has any use for.
NOT_THE_ROLES = ("lease_file",)
# For a folder an empty string is an answer: none.
FOLDERS = ("state_dir", "report_dir")
PATHS = ("report_dir", "resume_report", "report_template")
# What the role leaves, which AWX hands to the next node as variables, and what its playbook takes.
LEFT = ("results", "counts", "finished", "replicas", "replica_ids", "unfinished", "hosts")
SAMPLES = {
    "images": '[{"image_name": "ubuntu-22.04-web"}]',
    "destinations": '[{"region": "cn-south-1", "agency_name": "ims_copy_image"}]',
    "resume": "the results of an earlier run",
}
TYPES = {
    "str": "text",
    "path": "a path",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "a dictionary",
}


@dataclasses.dataclass
class Prepared:
    """What the variables come to: options for the module, what the role itself needs, and what is wrong."""

    options: t.Dict[str, t.Any] = dataclasses.field(default_factory=dict)
    own: t.Dict[str, t.Any] = dataclasses.field(default_factory=dict)
    problems: t.List[str] = dataclasses.field(default_factory=list)


class Loader(yaml.SafeLoader):
    """YAML in which a date is text: an image may be called 2026-03-01."""


Loader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def own_spec() -> t.Dict[str, Spec]:
    """What the role has beside the options of the module."""
    return {
        "resume_report": {"type": "str"},
        "report_dir": {"type": "str"},
        "report_template": {"type": "str"},
        "keep_reports": {"type": "int"},
        "fail_when_unfinished": {"type": "bool"},
        "connection": {"type": "dict", "options": connection_spec()},
    }


def specs() -> t.Dict[str, Spec]:
    """Every variable without its prefix: the options of the module, whatever they are, and the role's own."""
    apart = {*connection_spec(), *NOT_THE_ROLES}
    module = {name: spec for name, spec in argument_spec().items() if name not in apart}
    return {**module, **own_spec()}


def prepare(given: Given) -> Prepared:
    """What variables without their prefix come to, with everything that is wrong with them at once."""
    prepared = Prepared()
    for name, spec in specs().items():
        value = given.get(name)
        if _is_given(name, value):
            value = _read(name, value, spec, prepared.problems)
        elif spec.get("required"):
            prepared.problems.append(f"{PREFIX}{name} is required")
        if not _is_given(name, value):
            continue
        if name in own_spec():
            prepared.own[name] = _own(name, value, spec, prepared.problems)
        else:
            prepared.options[name] = value
    return prepared


def _own(name: str, value: t.Any, spec: Spec, problems: t.List[str]) -> t.Any:
    """What is not handed to the module, as that would read it."""
    if name == "connection":
        return value
    read = Validator({name: spec}).validate({name: value}).validated_parameters[name]
    if name not in PATHS:
        return read
    if "\0" in read or halves_in(read, name):
        problems.append(f"{PREFIX}{name} cannot be a path: {visible(read)}")
        return None
    return read.strip()


def earlier_results(text: str) -> t.List[t.Any]:
    """The results in a report that an earlier run wrote.

    :raises ValueError: if it is none, or cannot be carried on from
    """
    try:
        report = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is no JSON: {error}") from error
    results = report.get("results") if isinstance(report, dict) else None
    if not isinstance(results, list):
        raise ValueError("it has no list of results")
    odd = [index for index, told in enumerate(results) if not isinstance(told, dict)]
    if odd:
        raise ValueError(f"results[{odd[0]}] is {kind_of(results[odd[0]])}")
    try:
        check_results(results)
    except InputError as error:
        raise ValueError(error.message) from error
    return results


def unknown(names: t.Iterable[str]) -> t.Iterator[str]:
    """A warning for each variable that looks like one of the role and is none, with the nearest that there is."""
    known = sorted(specs())
    for name in sorted(names):
        short = name[len(PREFIX) :]
        if not name.startswith(PREFIX) or short in known or short in LEFT:
            continue
        nearest = difflib.get_close_matches(short, known, n=1)
        hint = f" Did you mean {PREFIX}{nearest[0]}?" if nearest else ""
        yield f"{name} is no variable of the role {ROLE}, and nothing reads it.{hint}"


def _is_given(name: str, value: t.Any) -> bool:
    if isinstance(value, str) and not value.strip():
        return name in FOLDERS
    return value is not None


def _read(name: str, value: t.Any, spec: Spec, problems: t.List[str]) -> t.Any:
    """The value as the module takes it; None where it cannot be, and then the reason is among the problems."""
    before = len(problems)
    # What is in the connection is nobody's business.
    secret = name == "connection"
    if isinstance(value, str) and spec["type"] in ("list", "dict"):
        value = _from_text(name, value, spec, secret, problems)
    if len(problems) == before:
        if spec["type"] == "list" and spec.get("elements") == "dict":
            problems.extend(_list_problems(name, value, spec))
        elif secret and not isinstance(value, dict):
            problems.append(f"{PREFIX}{name} must be a dictionary of connection options, and is {kind_of(value)}")
        elif secret:
            problems.extend(_problems(PREFIX + name, value, spec["options"]))
        else:
            problems.extend(_value_problems(PREFIX + name, value, spec))
    return value if len(problems) == before else None


def _from_text(name: str, text: str, spec: Spec, secret: bool, problems: t.List[str]) -> t.Any:
    """What a string of JSON or YAML says; what Ansible itself reads otherwise is left to it."""
    try:
        found = _loaded(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        why = "" if secret or not error.problem else f": {error.problem}"
        problems.append(f"{PREFIX}{name} is neither YAML nor JSON{where}{why}")
        return None
    except (yaml.YAMLError, RecursionError, ValueError):
        problems.append(f"{PREFIX}{name} is neither YAML nor JSON")
        return None
    wanted = dict if spec["type"] == "dict" else list
    simple = spec.get("elements") != "dict" and not secret
    # "env=prod" for a dictionary and "quota,windows" for a list.
    return text if simple and not isinstance(found, wanted) else found


def _loaded(text: str) -> t.Any:
    """JSON is tried by itself, as it has escapes that YAML reads otherwise."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return yaml.load(text, Loader=Loader)  # noqa: S506 - a safe loader, less one type


def _list_problems(name: str, value: t.Any, spec: Spec) -> t.Iterator[str]:
    """What is wrong with a list of dictionaries, each item named by its place and by what it calls itself."""
    wrong = None
    if not isinstance(value, list):
        wrong = kind_of(value, TYPES["dict"])
    elif not all(isinstance(item, dict) for item in value):
        index = [isinstance(item, dict) for item in value].index(False)
        wrong = f"a list whose item {index} is {kind_of(value[index])}"
    if wrong is not None:
        yield f"{PREFIX}{name} must be a list of dictionaries, such as {SAMPLES[name]}, and is {wrong}"
        return
    for index, item in enumerate(value):
        if "options" in spec:
            called = item.get("image_name") or item.get("image_id") or item.get("region")
            label = f"{PREFIX}{name}[{index}]" + (f' ("{called}")' if isinstance(called, str) else "")
            yield from _problems(label, item, spec["options"])


def _value_problems(name: str, value: t.Any, spec: Spec) -> t.Iterator[str]:
    """What is wrong with a value that stands alone; what the validator says of its type differs from core to core."""
    plain = {key: spec[key] for key in ("type", "elements", "choices") if key in spec}
    for error in Validator({name: plain}).validate({name: value}).errors:
        if isinstance(error, ArgumentTypeError):
            yield f"{name} must be {TYPES[spec['type']]}, and is {value!r:.60}"
        else:
            yield error.msg


def _problems(label: str, given: Given, spec: Spec) -> t.Iterator[str]:
    """What does not fit; no default is needed for that, and none is looked for in the environment."""
    bare = {
        name: {key: value for key, value in option.items() if key not in ("default", "fallback")}
        for name, option in spec.items()
    }
    result = Validator(bare).validate({str(key): value for key, value in given.items()})
    before = f"{label}: " if label else ""
    odd = sorted(key if isinstance(key, str) else ".".join(key) for key in result.unsupported_parameters)
    if odd:
        # What the validator says of them are their names alone.
        yield f"{before}unknown {', '.join(odd)}; there are {', '.join(sorted(spec))}"
    for error in result.errors:
        if not isinstance(error, UnsupportedError):
            yield f"{before}{error.msg}"
