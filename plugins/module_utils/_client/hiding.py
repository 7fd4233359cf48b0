# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Takes secrets out of whatever comes back or goes out, by their value, in whatever form it was written down; pure."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from urllib.parse import quote, quote_plus

MASK = "***"
# What is shorter stands in too many texts by chance, and proves nothing to anybody: no account has such a password.
SHORTEST = 4
# Of a secret that long a part is one too, if it has so many signs.
LONG, PART = 32, 16
# Of so many signs besides letters and digits a secret is looked for as it is alone.
MOST_SIGNS = 2000
HALF = PART // 2
# A part of a secret is known by so many different signs.
VARIETY = 5
# An answer of so many bytes is gone through in any case: a part of a secret may be in it.
SMALL = 64 * 1024
# Nobody is told more of a text from the service.
LONGEST = 10_000

_RUN = re.compile(r"[A-Za-z0-9]+")
_LONG_WORD = re.compile(rf"[A-Za-z0-9+/_=-]{{{PART},}}")
# Keys of our own results and of the API.
_PLAIN_KEY = re.compile(r"[a-z_]+")
_ENTITIES = {'"': "quot", "'": "apos", "<": "lt", ">": "gt", "&": "amp"}
_LETTERS = {"\n": "n", "\t": "t", "\r": "r", "\b": "b", "\f": "f", "\v": "v", "\a": "a"}


class _Form:
    """One secret, or its base64, in every way in which its signs can be escaped.

    ``needle`` is what stands in all of them: looking for it is fast, and a text without it needs no second look.
    """

    def __init__(self, text: str, in_base64: bool = False) -> None:
        self.needle = max(_RUN.findall(text), key=len, default="")
        self._text = text
        self._in_base64 = in_base64
        self._pattern: t.Optional[t.Pattern[str]] = None

    def hidden(self, text: str) -> str:
        if self.needle not in text:
            return text
        if self._pattern is None:
            signs = re.findall(r"\s+|\\+|\S", self._text)
            # No token has so many; each takes its time.
            plain = sum(not sign.isalnum() for sign in signs) > MOST_SIGNS
            ways = re.escape(self._text) if plain else "".join(_sign(sign, self._in_base64) for sign in signs)
            self._pattern = re.compile(ways)
        return self._pattern.sub(MASK, text)


class _Shape:
    """What proves other requests, or those of another run: nobody knows its value any more, but it has a beginning."""

    def __init__(self, needle: str, pattern: str) -> None:
        self.needle = needle
        self._pattern = re.compile(pattern)

    def hidden(self, text: str) -> str:
        return self._pattern.sub(rf"\1{MASK}", text) if self.needle in text else text


_SIGNATURE = _Shape(
    "Signature", r"(Signature[^0-9A-Za-z]{0,9}(?:(?:25)*3[dD]|u003[dD]|#61|#x3[dD])?[^0-9A-Za-z]?)[0-9a-f]{64}"
)
# A token of IAM, escaped or not. So may other things begin that are signed, hence not in what is worked with.
_TOKEN = _Shape("MII", r"()MII[A-Za-z0-9+/_=\\%&#;-]{100,}")


class Secrets:
    """The secrets of one run. More may come while it goes on, such as a fetched token."""

    def __init__(self) -> None:
        self._values: t.List[str] = []
        self._random: t.List[str] = []
        # All parts of random secrets by which they are known.
        self._parts: t.FrozenSet[str] = frozenset()
        self._forms: t.List[t.Union[_Form, _Shape]] = [_SIGNATURE, _TOKEN]
        self._random_forms: t.List[t.Union[_Form, _Shape]] = [_SIGNATURE]

    def add(self, *values: t.Optional[str], random: bool = False) -> None:
        """``random``: no person chose them, so that they are part of no name by chance."""
        long_enough = [value for value in values if value is not None and len(value.strip()) >= SHORTEST]
        # They are learned again before a result goes out, and most are known by then.
        if set(long_enough) <= set(self._random if random else self._values):
            return
        self._values = _longest_first(self._values, long_enough)
        if random:
            self._random = _longest_first(self._random, long_enough)
            long = [form for value in self._random if len(value) >= LONG for form in (value, *_base64_of(value))]
            self._parts = frozenset(part for form in long for part in _parts_of(form))
        self._forms = [_SIGNATURE, _TOKEN, *(form for value in self._values for form in _forms_of(value))]
        self._random_forms = [_SIGNATURE, *(form for value in self._random for form in _forms_of(value))]

    def hidden(self, text: str) -> str:
        """The same without a secret."""
        return _hidden(text, self._forms)

    def told(self, text: str) -> str:
        """The same of what is told of an answer: without parts of a secret either, and with an end."""
        return _LONG_WORD.sub(self._without_parts, self.hidden(text[:LONGEST]))

    def said(self, value: t.Any) -> t.Any:
        """A whole answer of which nothing but what it says is of use: a refusal."""
        return _through(value, self.told)

    def without(self, value: t.Any) -> t.Any:
        """A whole result without secrets, in its keys as well."""
        # Of ten thousand images this is told at once, where going through them takes a second.
        text = json.dumps(value, default=str)
        return _through(value, self.hidden) if any(form.needle in text for form in self._forms) else value

    def received(self, value: t.Any) -> t.Any:
        """A whole answer that is worked with: without random secrets. A password that is part of a name by chance must
        not make another name of it: copies are known by theirs. It is taken out where something is told."""
        return _through(
            value, lambda text: _LONG_WORD.sub(self._without_parts, _hidden(text, self._random_forms))
        )

    def may_be_in(self, content: bytes) -> bool:
        """Whether it is worth while to go through an answer."""
        # Letters and digits may be escaped as well, or have two bytes each.
        odd = len(content) <= SMALL or rb"\u00" in content or b"\0" in content
        return odd or any(form.needle.encode("ascii") in content for form in self._random_forms)

    def forms(self) -> t.Set[str]:
        """All secrets as they are and in the forms that are most common, for Ansible to mask what it adds itself."""
        return {way(value) for value in self._values for way in WAYS}

    def _without_parts(self, word: t.Match[str]) -> str:
        text = word.group()
        parts = self._parts
        hit = [at for at in range(len(text) - PART + 1) if text[at : at + PART] in parts] if parts else []
        return f"{text[: hit[0]]}{MASK}{text[hit[-1] + PART :]}" if hit else text


def _parts_of(form: str) -> t.Iterator[str]:
    """The parts by which a secret is known, wherever they begin. A row of zeros is part of many an id."""
    for at in range(0, len(form) - HALF + 1, HALF):
        if len(set(form[at : at + HALF])) >= VARIETY:
            # All that hold these signs.
            for begin in range(max(0, at - HALF), min(at, len(form) - PART) + 1):
                yield form[begin : begin + PART]


def _longest_first(known: t.Sequence[str], more: t.Sequence[str]) -> t.List[str]:
    """The longer one may hold the other."""
    return sorted({*known, *more}, key=len, reverse=True)


def _hidden(text: str, forms: t.Sequence[t.Union[_Form, _Shape]]) -> str:
    for form in forms:
        text = form.hidden(text)
    return text


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


def _base64_of(value: str) -> t.Iterator[str]:
    """What is the same wherever it stands in a longer text."""
    for shift in range(3):
        yield base64.b64encode(b"\0" * shift + value.encode("utf-8", "replace")).decode("ascii")[4:-4]


def _forms_of(value: str) -> t.Iterator[_Form]:
    yield _Form(value.strip())
    # Three bytes make four letters, so there are three ways to stand in a longer text. What its neighbours have a part
    # in is left out.
    for text in dict.fromkeys(way(value) for way in WAYS):
        raw = text.encode("utf-8", "replace")
        for shift, foreign in ((0, 0), (1, 2), (2, 3)):
            encoded = base64.b64encode(b"\0" * shift + raw).decode("ascii")
            yield _Form(encoded[foreign : (shift + len(raw)) * 8 // 6], in_base64=True)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _in_plain_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _in_html(text: str) -> str:
    for sign in ("&", "<", ">", '"'):
        text = text.replace(sign, f"&{_ENTITIES[sign]};")
    return text.replace("'", "&#x27;")


def _in_path(text: str) -> str:
    return quote(text, safe="")


# In which secrets are most often written down.
WAYS: t.Tuple[t.Callable[[str], str], ...] = (str, _in_json, _in_plain_json, _in_html, _in_path, quote, quote_plus)

# What begins an escape may have been escaped itself by another way, and a few times.
_BACKSLASH = r"(?:\\|(?i:%(?:25){0,4}5c))"
_SEMICOLON = r"(?:;|%(?:25){0,4}3b)"
_AMPERSAND = rf"(?:&|%(?:25){{0,4}}26|\\{{1,8}}u0026)(?:amp{_SEMICOLON}){{0,4}}"
_NUMBER = rf"{_AMPERSAND}(?:\#|%(?:25){{0,4}}23)0*"


def _sign(sign: str, in_base64: bool) -> str:
    """A pattern for one sign of a secret, or for a run of spaces or backslashes, escaped in any way.

    No text can be read in many ways by it, and no run has more than so many signs, so that none takes long.
    """
    if sign.isascii() and sign.isalnum():
        return sign
    if sign.isspace():
        # Whoever folds white space leaves one space of it.
        return rf"(?:{_BACKSLASH}{{0,8}}(?:{_escapes(*sign, ' ')}|[\s+]|%(?:25){{0,4}}2[bB])){{1,32}}"
    if sign.startswith("\\"):
        return rf"(?:{_BACKSLASH}(?i:u005c|x5c)?|(?i:{_NUMBER}(?:92|x0*5c){_SEMICOLON})){{1,32}}"
    alike = {"+": "+-", "/": "/_"}.get(sign, sign) if in_base64 else sign
    ways = [_escapes(*alike), f"[{re.escape(alike)}]"]
    if not sign.isascii():
        ways.append(re.escape(sign.encode("utf-8", "replace").decode("latin-1")))
    return f"{_BACKSLASH}{{0,8}}(?:{'|'.join(ways)})"


def _escapes(*signs: str) -> str:
    """In upper or lower case, which to the signs themselves is not the same."""
    return f"(?i:{'|'.join(dict.fromkeys(way for sign in signs for way in _escapes_of(sign)))})"


def _escapes_of(sign: str) -> t.Iterator[str]:
    """What follows backslashes, in JSON and in Python; what stands in URLs and in HTML."""
    number = ord(sign)
    utf8 = sign.encode("utf-8", "replace")
    utf16 = sign.encode("utf-16-be", "replace")
    between = _BACKSLASH + "{1,8}"
    yield between.join(f"u{utf16[place : place + 2].hex()}" for place in range(0, len(utf16), 2))
    yield between.join(f"x{byte:02x}" for byte in utf8)
    yield f"U{number:08x}"
    if sign in _LETTERS:
        yield _LETTERS[sign]
    yield "".join(f"%(?:25){{0,4}}{byte:02x}" for byte in utf8)
    yield f"{_NUMBER}(?:{number}|x0*{number:x}){_SEMICOLON}"
    if sign in _ENTITIES:
        yield f"{_AMPERSAND}{_ENTITIES[sign]}{_SEMICOLON}"
    if 127 < number < 256:
        yield f"x{number:02x}"
        yield f"%(?:25){{0,4}}{number:02x}"
