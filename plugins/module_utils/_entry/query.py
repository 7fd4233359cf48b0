# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The only importer of jmespath: selects among images by an expression, which has two functions of our own."""

from __future__ import annotations

import json
import re
import traceback
import typing as t

from .. import _errors as errors
from .families import newest_of_each

JMESPATH_IMPORT_ERROR: t.Optional[str] = None
try:
    import jmespath
    import jmespath.exceptions
    import jmespath.functions
except ImportError:
    HAS_JMESPATH = False
    JMESPATH_IMPORT_ERROR = traceback.format_exc()
else:
    HAS_JMESPATH = True

    class _Functions(jmespath.functions.Functions):
        """What images are asked that JMESPath itself has no word for."""

        @jmespath.functions.signature({"types": ["array"]}, {"types": ["expref"]})
        def _func_newest_of(self, images: t.List[t.Any], key: t.Any) -> t.List[t.Any]:
            if not all(isinstance(image, dict) for image in images):
                raise TypeError("newest_of takes a list of images")
            return newest_of_each(images, [key.visit(key.expression, image) for image in images])

        @jmespath.functions.signature({"types": ["string", "null"]}, {"types": ["string"]})
        def _func_matches(self, text: t.Optional[str], pattern: str) -> bool:
            try:
                return text is not None and re.search(pattern, text) is not None
            except re.error as error:
                raise ValueError(_no_pattern(pattern, error)) from error


def check(expression: t.Optional[str], option: str = "query") -> None:
    """:raises InputError: when the expression cannot be read, with the place where it goes wrong"""
    if expression is None or not HAS_JMESPATH:
        return
    try:
        problems = [f"{option} {problem}" for problem in _problems(jmespath.compile(expression).parsed)]
    except ValueError as error:
        # Its own errors are ValueErrors; an index of thousands of digits is a plain one.
        raise errors.InputError([f"{option} is not a JMESPath expression: {error}"]) from error
    except RecursionError as error:
        raise errors.InputError([f"{option} is nested too deeply"]) from error
    if problems:
        raise errors.InputError(problems)


def _problems(node: t.Any) -> t.Iterator[str]:
    """What can be seen of a parsed expression without any image: functions that there are not, and patterns."""
    # The children of a slice are numbers.
    children = [child for child in node.get("children") or [] if isinstance(child, dict)]
    if node.get("type") == "function_expression":
        known = sorted(_Functions.FUNCTION_TABLE)
        if node["value"] not in known:
            yield f"has an unknown function {node['value']}(); there are {', '.join(known)}"
        elif node["value"] == "matches" and [child["type"] for child in children[1:]] == ["literal"]:
            try:
                re.compile(children[1]["value"])
            except re.error as error:
                yield f"cannot work: {_no_pattern(children[1]['value'], error)}"
            except TypeError:
                yield f"cannot work: matches(): {children[1]['value']!r} is no text"
    for child in children:
        yield from _problems(child)


def _no_pattern(pattern: str, error: re.error) -> str:
    return f"matches(): {pattern!r} is not a regular expression: {error}"


def evaluate(expression: str, images: t.Sequence[t.Mapping[str, t.Any]], option: str = "query") -> t.Any:
    """What the expression makes of a list of images in the documented shape.

    :raises InputError: when it does not fit the images, such as a function applied to a value of another type
    """
    check(expression, option)
    try:
        return jmespath.search(expression, list(images), jmespath.Options(custom_functions=_Functions()))
    except (ValueError, TypeError, ArithmeticError) as error:
        # Its own errors are ValueErrors; a comparison of a number with a string is a plain TypeError.
        raise errors.InputError([f"{option} does not fit the images: {error}"]) from error
    except RecursionError as error:
        raise errors.InputError([f"{option} is nested too deeply"]) from error


def selection(expression: str, images: t.Sequence[t.Mapping[str, t.Any]]) -> t.Any:
    """What the expression makes of the images, to be shown.

    :raises InputError: also when that is nothing that JSON can hold, such as an expression or an infinite number
    """
    found = evaluate(expression, images)
    try:
        json.dumps(found, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise errors.InputError([f"query gives no value that can be shown, but {_short(found)}"]) from error
    return found


def whole(found: t.Any, images: t.Sequence[t.Mapping[str, t.Any]]) -> t.List[t.Mapping[str, t.Any]]:
    """The images that are in what an expression gave, as they are or by their ids, each once."""
    by_id = {image["id"]: image for image in images}
    given: t.Dict[str, t.Mapping[str, t.Any]] = {}
    for item, image_id in _identified(found):
        image = by_id.get(image_id)
        if image is not None and item in (image, image_id):
            given[image_id] = image
    return list(given.values())


def _identified(found: t.Any) -> t.Iterator[t.Tuple[t.Any, str]]:
    """Each thing that an expression gave, with the id that it is or has; an empty one where there is none."""
    for item in found if isinstance(found, list) else [found]:
        image_id = item.get("id") if isinstance(item, dict) else item
        yield item, image_id if isinstance(image_id, str) else ""


def select(expression: str, images: t.Sequence[t.Mapping[str, t.Any]], option: str = "query") -> t.List[str]:
    """The ids of the images that the expression selects: it must give images, or ids, in a list.

    :raises InputError: when it gives something else
    """
    found = evaluate(expression, images, option)
    known = {image["id"] for image in images}
    ids: t.Dict[str, None] = {}
    for _item, image_id in _identified(found):
        if image_id not in known:
            raise errors.InputError(
                [f"{option} must give images or their ids out of the list, but it gives {_short(found)}"]
            )
        ids[image_id] = None
    return list(ids)


def _short(value: t.Any) -> str:
    try:
        text = repr(value)
    except RecursionError:
        return "something nested too deeply"
    return text if len(text) <= 80 else f"{text[:77]}..."
