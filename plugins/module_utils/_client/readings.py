# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Every way to read a text in which something may be escaped, and where in it each sign stands; pure.

There is one way to read an escape, and no end of ways to write one: any letter may be escaped, by a name or a number in
small or capital digits, and the result once more in another way. So whoever looks for something reads the text rather
than guesses how it was written.
"""

from __future__ import annotations

import bisect
import re
import typing as t

# So many times a text may have been escaped.
DEPTH = 8
# Nothing that is shown is longer, and a longer one is read as it stands.
LONGEST = 64 * 1024

_HEX = "[0-9a-fA-F]"


def _escapes(more: str, others: str) -> t.Pattern[str]:
    """Those of JSON, Python, C and JavaScript; of URLs; of HTML. UTF-8 that was taken for Latin-1, and what UTF-16 puts
    between the letters. What they begin with comes first: so a text without is gone through at once."""
    return re.compile(
        rf"""
        [\\%&=\0\xc2-\xf4]
        (?: (?<=[\\%]){more}u(?P<high>[dD][89abAB]{_HEX}{{2}}) [\\%]{more}u(?P<low>[dD][c-fC-F]{_HEX}{{2}})
          | (?<=[\\%]){more}u(?P<four>{_HEX}{{4}})
          | (?: (?<=%)|(?<=\\){more}x)(?P<two>{_HEX}{{2}})
          | (?<=\\){more}(?: U(?P<eight>{_HEX}{{8}}) | (?P<octal>[0-3][0-7]{{2}}) | (?P<letter>[abfnrtv]))
          | (?<=&)(?: \#(?P<decimal>[0-9]{{1,7}}) | \#[xX](?P<number>{_HEX}{{1,6}}));
          | (?<=&)(?P<name>[A-Za-z][A-Za-z0-9]{{1,31}});
          | (?P<bytes>(?<=[\xc2-\xdf])[\x80-\xbf] | (?<=[\xe0-\xef])[\x80-\xbf]{{2}} | (?<=[\xf0-\xf4])[\x80-\xbf]{{3}})
          | {others}
        )
        """,
        re.VERBOSE,
    )


_ESCAPE = _escapes("", r"""(?<=\\)(?P<sign>[\\"'/]) | (?P<nothing>(?<=\0) | (?<==)\r?\n)""")
# Where somebody has escaped what cannot be printed and no backslashes, nobody can tell how many of them there were. And
# mail escapes with the sign that also stands between a name and its value: "token=ab12" is no letter of it.
_LOOSE_ESCAPE = _escapes(r"\\*", rf"(?<==)(?P<mailed>{_HEX}{{2}}) | (?P<nothing>(?<=\0) | (?<=\\)\\* | (?<==)\r?\n)")
_LOOSE = re.compile(rf"\\|={_HEX}{{2}}")
_BREAK = re.compile(r"[= \t\r\n](?:(?<=[\r\n])|[ \t]{0,80}[\r\n])\s*")
# White space that was folded, and what a form writes for it.
_SPACE = re.compile(r"[\s+](?:[\s+]+|(?<! ))")

# Without one of these there is one way to read a text.
_SPECIAL = re.compile(r"[\\%&=+\0\xc2-\xf4]|\s\s|[^\S ]")

_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class _Piece(t.NamedTuple):
    """Something that was read as something else, which may be nothing."""

    begin: int
    end: int
    begin_before: int
    end_before: int


class Reading(t.NamedTuple):
    """What can be read: ``text``, and which pieces of it stood otherwise in what it was read from."""

    text: str
    read_from: t.Optional[Reading] = None
    pieces: t.Sequence[_Piece] = ()
    # Whether the ends of lines were left out: words of two lines are one word then.
    joined: bool = False

    def span(self, begin: int, end: int) -> t.Tuple[int, int]:
        """Where a part of the reading stands in the original."""
        if self.read_from is None:
            return begin, end
        return self.read_from.span(self._before(begin)[0], self._before(end - 1)[1])

    def _before(self, at: int) -> t.Tuple[int, int]:
        """Where one sign stood."""
        # Python 3.9 has no other key than the whole: any piece that begins there is less than this.
        number = bisect.bisect_right(self.pieces, (at, len(self.text) + 1)) - 1
        if number < 0:
            return at, at + 1
        piece = self.pieces[number]
        if at < piece.end:
            return piece.begin_before, piece.end_before
        at += piece.end_before - piece.end
        return at, at + 1

    def with_each(self, pattern: t.Pattern[str], sign: t.Callable[[t.Match[str]], str]) -> Reading:
        """With something else in each place that the pattern finds; itself where it finds none."""
        texts: t.List[str] = []
        pieces: t.List[_Piece] = []
        at = length = 0
        for found in pattern.finditer(self.text):
            other = sign(found)
            texts += (self.text[at : found.start()], other)
            length += found.start() - at
            pieces.append(_Piece(length, length + len(other), *found.span()))
            length += len(other)
            at = found.end()
        return Reading("".join([*texts, self.text[at:]]), self, pieces, self.joined) if pieces else self


def readings(text: str) -> t.Iterator[Reading]:
    """A text as it is, and with one more level of escapes read each time; each also with white space folded, and with
    its lines joined."""
    whole = Reading(text)
    if len(text) > LONGEST or not _SPECIAL.search(text):
        yield whole
        return
    seen: t.Set[t.Tuple[str, bool]] = set()
    for level in _levels(whole):
        for reading in (level, level.with_each(_SPACE, _one_space), _joined(level)):
            if (reading.text, reading.joined) not in seen:
                seen.add((reading.text, reading.joined))
                yield reading


def _levels(whole: Reading) -> t.Iterator[Reading]:
    """Exactly read, and then loosely, which spoils what is read exactly."""
    loose = False
    for level in _read_on(whole, _ESCAPE):
        loose = loose or _LOOSE.search(level.text) is not None
        yield level
    if loose:
        yield from _read_on(whole, _LOOSE_ESCAPE)
    joined = _joined(whole)
    if joined is not whole:
        yield from _read_on(joined, _LOOSE_ESCAPE)


def _read_on(reading: Reading, escape: t.Pattern[str]) -> t.Iterator[Reading]:
    for _level in range(DEPTH):
        yield reading
        further = reading.with_each(escape, _sign)
        if further.text == reading.text:
            return
        reading = further


def _joined(reading: Reading) -> Reading:
    joined = reading.with_each(_BREAK, _none)
    return reading if joined is reading else joined._replace(joined=True)


def _none(dummy: t.Match[str]) -> str:
    return ""


def _one_space(dummy: t.Match[str]) -> str:
    return " "


def _sign(found: t.Match[str]) -> str:
    """What an escape stands for; itself where that is nothing."""
    kind = found.lastgroup or ""
    said = found[kind]
    if kind == "nothing":
        return ""
    if kind == "letter":
        return _LETTERS[said]
    if kind == "sign":
        return said
    if kind == "name":
        return _named(said) or found[0]
    if kind == "bytes":
        return found[0].encode("latin-1").decode("utf-8", "replace")
    if kind == "low":
        return chr(0x10000 + ((int(found["high"], 16) & 0x3FF) << 10) + (int(said, 16) & 0x3FF))
    number = int(said, {"octal": 8, "decimal": 10}.get(kind, 16))
    return chr(number) if number < 0x110000 else found[0]


def _named(name: str) -> t.Optional[str]:
    # Two thousand names, which hardly any run has to know.
    import html.entities

    return html.entities.html5.get(f"{name};")
