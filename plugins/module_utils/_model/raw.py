# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What a service says, read by its kind: what cannot be what it must be is refused by its place; pure.

What is null or not there is not known, a number may be written as text, and a truth in any case. But nothing is made of
a list where a name should stand, for on what is read here hangs whether a copy is paid for.
"""

from __future__ import annotations

import re
import typing as t

from .. import _text as texts

# Nothing of an image or a job is that long, but for the reason of a failure, and that is cut.
LONGEST = 16384
# An id becomes part of a path, and of an option of a later run.
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Unreadable(ValueError):
    """Something is not of the kind that it must be; the text begins with its place."""


class Raw:
    """An object of an answer. ``where`` it stands is part of what is said about it; at the top that is nowhere."""

    __slots__ = ("data", "where")

    def __init__(self, data: t.Any, where: str = "") -> None:
        """:raises Unreadable: when it is no object, as all the others do when a value is not of the kind"""
        if not isinstance(data, dict):
            raise Unreadable(f"{where or 'it'} is {kind_of(data)}, not an object")
        self.data: t.Dict[str, t.Any] = data
        self.where = where

    def verbatim(self, name: str) -> t.Optional[str]:
        """Text as it stands there; a whole number is text as well."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise self.wrong(name, f"is {kind_of(value)}, not text")
        text = str(value)
        if len(text) > LONGEST:
            raise self.wrong(name, f"has {len(text)} characters")
        return text

    def text(self, name: str) -> t.Optional[str]:
        """Text without space around it, unless that is all."""
        value = self.data.get(name)
        # Thirty of each image are read like this.
        if value is None:
            return None
        text = value if value.__class__ is str and len(value) <= LONGEST else self.verbatim(name)
        return (text.strip() or None) if text is not None else None

    def needed(self, name: str) -> str:
        """Text that must be there."""
        text = self.text(name)
        if text is None:
            raise self.wrong(name, "is missing")
        return text

    def identifier(self, name: str) -> str:
        """An id."""
        text = self.needed(name)
        if not IDENTIFIER.fullmatch(text):
            raise self.wrong(name, "is not an id")
        return text

    def number(self, name: str) -> t.Optional[int]:
        """A whole number; what is no number, and what is beyond all measure, is not known."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            raise self.wrong(name, f"is {kind_of(value)}, not a number")
        try:
            number = int(value.strip()[:40]) if isinstance(value, str) else int(value)
        except (ValueError, OverflowError):
            return None
        # Nothing of an image is that large, and greater numbers cannot be divided into GiB.
        return number if abs(number) < 2**63 else None

    def truth(self, name: str, default: bool = False) -> bool:
        value = self.data.get(name)
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise self.wrong(name, f"is {kind_of(value)}, not true or false")
        return str(value).strip().lower() in ("true", "1", "yes")

    def inner(self, name: str) -> t.Optional[Raw]:
        """An object within."""
        value = self.data.get(name)
        return Raw(value, self._place(name)) if value is not None else None

    def items(self, name: str) -> t.List[t.Any]:
        """A list of anything."""
        value = self.data.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "is missing" if value is None else f"is {kind_of(value)}, not a list")
        return value

    def objects(self, name: str) -> t.List[Raw]:
        """A list of objects."""
        place = self._place(name)
        return [Raw(item, f"{place}[{index}]") for index, item in enumerate(self.items(name))]

    def wrong(self, name: str, what: str) -> Unreadable:
        """What is the matter with a value, to be raised."""
        return Unreadable(f"{self._place(name)} {what}")

    def _place(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name


def kind_of(value: t.Any, a_mapping: str = "an object") -> str:
    """What a value is, in words; what the service calls an object is a dictionary to whoever writes playbooks."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, (list, tuple)):
        return "a list"
    return a_mapping if isinstance(value, t.Mapping) else f"a {type(value).__name__}"


def mapping(value: t.Any) -> t.Dict[str, t.Any]:
    """An object of which it does not matter what it holds; anything else holds nothing."""
    return value if isinstance(value, dict) else {}


def dicts(value: t.Any) -> t.List[t.Dict[str, t.Any]]:
    """The objects in a list of which it does not matter what it holds."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def prose(value: t.Any) -> t.Optional[str]:
    """Text that people are to read, if there is any: only its beginning, and nothing hangs on it."""
    if isinstance(value, (dict, list, bool)) or value is None:
        return None
    return texts.shortened(str(value), LONGEST).strip() or None
