# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Takes secrets out of whatever comes back or goes out, by their value; pure."""

from __future__ import annotations

import json
import re
import typing as t

from .. import _text as texts
from . import finding

# What is shorter stands in too many texts by chance, and proves nothing to anybody: no account has such a password.
SHORTEST = finding.SHORTEST
# An answer of so many bytes is gone through in any case: a part of a secret may be in it.
SMALL = 64 * 1024
# Nobody is told more of a text from the service.
LONGEST = 10_000

# Keys of our own results and of the API.
_PLAIN_KEY = re.compile(r"[a-z_]+")
# Letters and digits of JSON.
_ESCAPED_LETTER = re.compile(r"\\u00(?:3[0-9]|[4-7])")


class Secrets:
    """The secrets of one run. More may come while it goes on, such as a fetched token.

    What is looked for is made of them when something is looked at, and once.
    """

    def __init__(self) -> None:
        # Whether they are random.
        self._values: t.Dict[str, bool] = {}
        self._known: t.Dict[str, finding.Secret] = {}
        self._searches: t.Dict[bool, finding.Search] = {}
        self._parts: t.Optional[finding.Parts] = None

    def add(self, *values: t.Optional[str], random: bool = False) -> None:
        """``random``: no person chose them, so that they are part of no name by chance."""
        for value in values:
            # They are learned again before a result goes out, and most are known by then.
            if value is None or len(value.strip()) < SHORTEST or self._values.get(value, -1) >= random:
                continue
            self._values[value] = random
            self._searches, self._parts = {}, None

    def hidden(self, text: str) -> str:
        """The same without a secret."""
        return finding.masked(text, self._search().found_in(text))

    def told(self, text: str) -> str:
        """The same of what is told of an answer: without parts of a secret either, and with an end."""
        text = texts.shortened(text, LONGEST)
        return finding.masked(text, self._search().found_in(text, self._parts_of_long_ones()))

    def told_of_header(self, line: str) -> str:
        """The same of what is told of a header: each space may have been the end of a line (RFC 9112, 5.2)."""
        return " ".join(self.told("\n ".join(line.split())).split())

    def said(self, value: t.Any) -> t.Any:
        """A whole answer of which nothing but what it says is of use: a refusal."""
        return _through(value, self.told)

    def without(self, value: t.Any) -> t.Any:
        """A whole result without secrets, in its keys as well."""
        # Of ten thousand images this is told at once, where going through them takes a second.
        text = json.dumps(value, default=str, ensure_ascii=False).replace('\\"', "")
        near = self._search().near(text)
        if not near and not finding.odd(text):
            return value
        return _through(value, lambda text: self.hidden(text) if finding.worthwhile(text, near) else text)

    def received(self, value: t.Any, content: bytes) -> t.Any:
        """A whole answer that is worked with, and what it was read from: without random secrets.

        A password that is part of a name by chance must not make another name of it: copies are known by theirs. It is
        taken out where something is told.
        """
        search, parts = self._search(random=True), self._parts_of_long_ones()
        text = content.decode("latin-1")
        # Letters may have two bytes each, or be escaped: then nobody can tell before they are read.
        near = search.needles if "\0" in text or _ESCAPED_LETTER.search(text) else search.near(text)
        if not near:
            if len(text) > SMALL or not (finding.odd(text.replace('\\"', "")) or parts.found_in(text)):
                return value

        def change(text: str) -> str:
            far = not finding.worthwhile(text, near)
            return finding.masked(text, parts.found_in(text) if far else search.found_in(text, parts))

        return _through(value, change)

    def _search(self, random: bool = False) -> finding.Search:
        """For all secrets, or for the random ones alone."""
        if random not in self._searches:
            for value in self._values:
                if value not in self._known:
                    self._known[value] = finding.Secret(value)
            wanted = [self._known[value] for value, chosen in self._values.items() if chosen or not random]
            # So may other things begin that are signed, hence not in what is worked with.
            shapes = [finding.SIGNATURE] if random else [finding.SIGNATURE, finding.TOKEN]
            self._searches[random] = finding.Search(wanted, shapes)
        return self._searches[random]

    def _parts_of_long_ones(self) -> finding.Parts:
        if self._parts is None:
            self._parts = finding.Parts([value for value, random in self._values.items() if random])
        return self._parts


def _through(value: t.Any, change: t.Callable[[str], str]) -> t.Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {
            change(key) if isinstance(key, str) and not _PLAIN_KEY.fullmatch(key) else key: _through(item, change)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_through(item, change) for item in value]
    return value
