# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The only importer of jmespath: selects among images by an expression."""

from __future__ import annotations

import traceback
import typing as t

from .. import _errors as errors

JMESPATH_IMPORT_ERROR: t.Optional[str] = None
try:
    import jmespath
    import jmespath.exceptions
except ImportError:
    HAS_JMESPATH = False
    JMESPATH_IMPORT_ERROR = traceback.format_exc()
else:
    HAS_JMESPATH = True


TOO_DEEP = "query is nested too deeply"


def check(expression: t.Optional[str]) -> None:
    """:raises InputError: when the expression cannot be read, with the place where it goes wrong"""
    if expression is None or not HAS_JMESPATH:
        return
    try:
        jmespath.compile(expression)
    except ValueError as error:
        # Its own errors are ValueErrors; an index of thousands of digits is a plain one.
        raise errors.InputError([f"query is not a JMESPath expression: {error}"]) from error
    except RecursionError as error:
        raise errors.InputError([TOO_DEEP]) from error


def evaluate(expression: str, images: t.Sequence[t.Mapping[str, t.Any]]) -> t.Any:
    """What the expression makes of a list of images in the documented shape.

    :raises InputError: when it does not fit the images, such as a function applied to a value of another type
    """
    check(expression)
    try:
        return jmespath.search(expression, list(images))
    except (ValueError, TypeError, ArithmeticError) as error:
        # Its own errors are ValueErrors; a comparison of a number with a string is a plain TypeError.
        raise errors.InputError([f"query does not fit the images: {error}"]) from error
    except RecursionError as error:
        raise errors.InputError([TOO_DEEP]) from error


def select(expression: str, images: t.Sequence[t.Mapping[str, t.Any]]) -> t.List[str]:
    """The ids of the images that the expression selects: it must give images, or ids, in a list.

    :raises InputError: when it gives something else
    """
    found = evaluate(expression, images)
    known = {image["id"] for image in images}
    ids: t.Dict[str, None] = {}
    for item in found if isinstance(found, list) else [found]:
        image_id = item.get("id") if isinstance(item, dict) else item
        if not isinstance(image_id, str) or image_id not in known:
            raise errors.InputError(
                [f"query must give images or their ids out of the list, but it gives {_short(found)}"]
            )
        ids[image_id] = None
    return list(ids)


def _short(value: t.Any) -> str:
    try:
        text = repr(value)
    except RecursionError:
        return "something nested too deeply"
    return text if len(text) <= 80 else f"{text[:77]}..."
