# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Text from elsewhere: made whole where it comes in, and harmless where it is shown; pure."""

from __future__ import annotations

import json
import re
import typing as t

# A half of a character that takes two in UTF-16. JSON lets it pass, and nothing that writes text does.
HALF = re.compile("[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
# What is shown of a name; what the services let anybody choose has at most 255 characters.
LONGEST = 300


def read_json(content: bytes) -> t.Any:
    """What a reply says, without half a character in any of its strings.

    :raises ValueError: when it is no JSON
    """
    text = content.decode(json.detect_encoding(content), "replace")
    try:
        value = json.loads(text, parse_constant=_no_constant)
        # Nearly all replies hold none, and walking through ten thousand images takes its time.
        return repaired(value) if _ESCAPED_HALF.search(text) else value
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _no_constant(word: str) -> t.NoReturn:
    """``NaN`` and the like, which Python alone takes for JSON."""
    raise ValueError(f"{word} is no JSON")


def repaired(value: t.Any) -> t.Any:
    """The same with a replacement character for each half of one, keys included."""
    if isinstance(value, str):
        return HALF.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {repaired(key): repaired(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [repaired(item) for item in value]
    return value


def halves_in(value: t.Any, where: str = "") -> t.List[str]:
    """Where half a character stands in options: ``images[1].name``; in a key, the options that have it."""
    if isinstance(value, str):
        return [where] if HALF.search(value) else []
    if isinstance(value, dict):
        found = [where for key in value if isinstance(key, str) and HALF.search(key)][:1]
        whole = {key: item for key, item in value.items() if not halves_in(key)}
        return found + [
            place for key, item in whole.items() for place in halves_in(item, f"{where}.{key}" if where else str(key))
        ]
    if isinstance(value, (list, tuple)):
        return [place for index, item in enumerate(value) for place in halves_in(item, f"{where}[{index}]")]
    return []


def visible(text: t.Any, longest: int = LONGEST) -> str:
    """On one line, without a character that a terminal acts upon or that turns the direction of writing, and with an
    end: what others chose cannot look like a line of ours."""
    # However long it is, only what is shown is looked at.
    return shortened(_printable(str(text)[: longest + 1]), longest)


def one_line(text: str, longest: t.Optional[int] = None) -> str:
    """Prose, folded onto one line and made visible."""
    # Nearly all is on one line already, and of many copies there is much to say.
    if text.isprintable() and "  " not in text and text == text.strip() and (longest is None or len(text) <= longest):
        return text
    if longest is None:
        return _printable(" ".join(text.split()))
    # Of what folding takes away there may be as much again.
    return shortened(_printable(" ".join(text[: 2 * longest].split())), longest)


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)
