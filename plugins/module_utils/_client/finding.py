# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Finds secrets in a text, by their value, in whatever form they were written down; pure.

What is escaped is read (``readings.py``), and then looked for as it is: there is no end of ways to escape a secret, one
within the other and letter by letter, and one way to read each escape. What is encoded is not decoded: any word may be
base64, and to read each of them from each of its letters takes longer than to encode the secrets, which are few.
"""

from __future__ import annotations

import re
import typing as t

from .encodings import encoded, in_base64
from .readings import readings

MASK = "***"
# What is shorter is not looked for.
SHORTEST = 4
# What is shorter may be the end of one line and the beginning of the next by chance.
SHORTEST_OF_TWO_LINES = 8
# Of a secret that long a part is one too, if it has so many signs.
LONG, PART = 32, 16
HALF = PART // 2
# A part of a secret is known by so many different signs.
VARIETY = 5
# A secret that is much longer is known in other letters by so much of its beginning, and of its end.
ENOUGH = 24

Spans = t.List[t.Tuple[int, int]]

# What proves other requests, or those of another run: nobody knows its value any more, but it has a beginning.
SIGNATURE = ("Signature", re.compile(r"Signature[^0-9A-Za-z]{0,9}([0-9a-f]{64})"))
# A token of IAM.
TOKEN = ("MII", re.compile(r"(MII[A-Za-z0-9+/_=-]{100,})"))

_RUN = re.compile(r"[A-Za-z0-9]+")
_LONG_WORD = re.compile(rf"[A-Za-z0-9+/=_-]{{{PART},}}")
# Whoever cuts a text says so by these, and may have cut an escape.
_CUT = re.compile(r"(?:&#?[A-Za-z0-9]{0,8}|%[0-9A-Fa-f]?|\\{1,8}[uUx]?[0-9A-Fa-f]{0,7})?(?<!\.)(?P<dots>\.\.\.|…)")
# Where a run of letters and digits may be cut, or written otherwise than one after the other. Each of these is looked
# for by its first sign, which is fast.
_ODD_SIGNS = ("\\", "\r", "\n", "\0", "...", "…")
_ODD_ESCAPES = tuple(map(re.compile, ("%[2-7uU]", "&[#A-Za-z]", "=[2-7][0-9A-Fa-f]")))
# Base64 for URLs has two letters of its own.
_FOR_FILES = str.maketrans("-_", "+/")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


class Secret:
    """One secret: ``plain`` as it can be read, and ``encoded`` in other letters. One of its ``needles`` is in each text
    that holds it, unless the text is odd."""

    def __init__(self, value: str) -> None:
        value = value.strip()
        # It may look like something escaped, and then it is read as that, too.
        ways = dict.fromkeys(reading.text for reading in readings(value))
        self.plain = [way for way in ways if len(way) >= SHORTEST]
        ends = (value[:ENOUGH], value[-ENOUGH:]) if len(value) > 2 * ENOUGH else (value,)
        forms = dict.fromkeys(form for end in ends for form in encoded(end))
        self.encoded = [form for form in forms if len(form) >= SHORTEST]
        self.needles = [_core(value), *map(_core, self.encoded)]


class Parts:
    """Finds parts of long secrets."""

    def __init__(self, secrets: t.Iterable[str] = ()) -> None:
        self._long = [form for secret in secrets if len(secret) >= LONG for form in (secret, *in_base64(secret))]
        # Wherever a part begins, one of these is in it.
        self._blocks = {form[at : at + HALF] for form in self._long for at in range(0, len(form), HALF)}
        # All of them, wherever they begin: many, and hardly any text needs them.
        self._parts: t.Optional[t.FrozenSet[str]] = None

    def found_in(self, text: str) -> Spans:
        if not self._blocks:
            return []
        return [span for word in _LONG_WORD.finditer(text) for span in self._in_word(word.group(), word.start())]

    def _in_word(self, text: str, start: int) -> Spans:
        blocks = self._blocks
        if not any(text[at : at + HALF] in blocks for at in range(len(text) - HALF + 1)):
            return []
        if self._parts is None:
            self._parts = frozenset(part for form in self._long for part in _parts_of(form))
        parts = self._parts
        hit = [at for at in range(len(text) - PART + 1) if text[at : at + PART] in parts]
        return [(start + hit[0], start + hit[-1] + PART)] if hit else []


def _parts_of(form: str) -> t.Iterator[str]:
    """The parts by which a secret is known, wherever they begin. A row of zeros is part of many an id."""
    for at in range(0, len(form) - HALF + 1, HALF):
        if len(set(form[at : at + HALF])) >= VARIETY:
            # All that hold these signs.
            for begin in range(max(0, at - HALF), min(at, len(form) - PART) + 1):
                yield form[begin : begin + PART]


NO_PARTS = Parts()


class Search:
    """Looks for secrets, and for what has the shape of one; ``needles`` are those of all of them."""

    def __init__(self, secrets: t.Sequence[Secret], shapes: t.Sequence[t.Tuple[str, t.Pattern[str]]]) -> None:
        self._plain = [form for secret in secrets for form in secret.plain]
        long = [form for form in self._plain if len(form) >= SHORTEST_OF_TWO_LINES]
        # Where each space may have been the end of a line, words of a secret are joined as well.
        self._of_two_lines = list(dict.fromkeys([*long, *("".join(form.split()) for form in long)]))
        self._encoded = [form for secret in secrets for form in secret.encoded]
        self._shapes = [shape for dummy, shape in shapes]
        beginnings = [beginning for beginning, dummy in shapes]
        self.needles = list(dict.fromkeys([*beginnings, *(needle for secret in secrets for needle in secret.needles)]))

    def near(self, text: str) -> t.List[str]:
        """The needles that are in a text."""
        return [needle for needle in self.needles if needle in text]

    def found_in(self, text: str, parts: Parts = NO_PARTS) -> Spans:
        """Where in a text secrets stand, and parts of them."""
        spans: Spans = []
        for reading in readings(text):
            plain = self._of_two_lines if reading.joined else self._plain
            hits = [*self._as_they_are(reading.text, plain), *self._encoded_in(reading.text.translate(_FOR_FILES))]
            # A whole secret is full of parts.
            hits += parts.found_in(masked(reading.text, hits, blank="\0"))
            spans += [reading.span(*hit) for hit in hits]
        return spans

    def _as_they_are(self, text: str, forms: t.Sequence[str]) -> t.Iterator[t.Tuple[int, int]]:
        for form in forms:
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = text.find(form, at + 1)
        for shape in self._shapes:
            for found in shape.finditer(text):
                yield found.span(1)
        yield from _cut_short(forms, text)

    def _encoded_in(self, text: str) -> t.Iterator[t.Tuple[int, int]]:
        for form in self._encoded:
            at = text.find(form)
            while at >= 0:
                word = _word(text, at, at + len(form))
                yield word
                at = text.find(form, word[1])
        for begin, end in _cut_short(self._encoded, text):
            yield _word(text, begin, end)


def odd(text: str) -> bool:
    """Whether a secret may be in a text though none of its needles is."""
    return any(sign in text for sign in _ODD_SIGNS) or any(escape.search(text) for escape in _ODD_ESCAPES)


def worthwhile(text: str, near: t.Sequence[str]) -> bool:
    """Whether one of the secrets may be in a text whose needles are ``near``."""
    return any(needle in text for needle in near) or odd(text)


def masked(text: str, spans: Spans, blank: str = "") -> str:
    """The text with a mask in each of the places, or with blanks of the same length."""
    pieces: t.List[str] = []
    at = 0
    for begin, end in _merged(spans):
        pieces += (text[at:begin], blank * (end - begin) or MASK)
        at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def _merged(spans: Spans) -> Spans:
    merged: Spans = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            before = merged.pop()
            begin, end = before[0], max(before[1], end)
        merged.append((begin, end))
    return merged


def _core(text: str) -> str:
    """What stands in all ways of escaping it, unless letters are."""
    return text if text.isascii() and text.isalnum() else max(_RUN.findall(text), key=len, default="")


def _cut_short(forms: t.Iterable[str], text: str) -> t.Iterator[t.Tuple[int, int]]:
    """Beginnings of secrets at which the text was cut: names and messages are cut wherever they are shown, by who knows
    no secrets."""
    cuts = _CUT.finditer(text) if "..." in text or "…" in text else ()
    for end in {end for cut in cuts for end in (cut.start(), cut.start("dots"))}:
        for form in forms:
            at = text.find(form[:SHORTEST], max(0, end - len(form)), end)
            while at >= 0 and not form.startswith(text[at:end]):
                at = text.find(form[:SHORTEST], at + 1, end)
            if at >= 0:
                yield at, end


def _word(text: str, begin: int, end: int) -> t.Tuple[int, int]:
    """The whole word of which a part is encoded: of its neighbours in it nobody can tell where they begin."""
    while begin > 0 and text[begin - 1] in _LETTERS:
        begin -= 1
    while end < len(text) and text[end] in _LETTERS:
        end += 1
    while end < len(text) and text[end] == "=":
        end += 1
    return begin, end
