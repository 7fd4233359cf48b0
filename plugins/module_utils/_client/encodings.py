# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What can be seen of a text in a longer one that is encoded: in hexadecimal digits, base32 or base64; pure."""

from __future__ import annotations

import base64
import json
import typing as t
from urllib.parse import quote, quote_plus


def encoded(text: str) -> t.Iterator[str]:
    """In all of them, and in base64 of base64, after whatever it was escaped for."""
    for raw in dict.fromkeys(way(text).encode("utf-8", "replace") for way in _WAYS):
        yield raw.hex()
        yield raw.hex().upper()
        yield from _at_every_place(raw, base64.b32encode, 5, 8)
        for once in _at_every_place(raw, base64.b64encode, 3, 4):
            yield once
            yield from in_base64(once)


def in_base64(text: str) -> t.Iterator[str]:
    return _at_every_place(text.encode("utf-8", "replace"), base64.b64encode, 3, 4)


def _at_every_place(raw: bytes, encode: t.Callable[[bytes], bytes], count: int, letters: int) -> t.Iterator[str]:
    """So many bytes make so many letters, hence there are as many places at which to stand. Letters in which neighbours
    have a part are left out."""
    for shift in range(count):
        text = encode(b"\0" * shift + raw).decode("ascii")
        yield text[-(-shift * letters // count) : (shift + len(raw)) * letters // count]


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _in_plain_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _in_html(text: str) -> str:
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;")):
        text = text.replace(sign, name)
    return text


def _in_path(text: str) -> str:
    return quote(text, safe="")


# How secrets are most often escaped before they are encoded.
_WAYS: t.Tuple[t.Callable[[str], str], ...] = (str, _in_json, _in_plain_json, _in_html, _in_path, quote, quote_plus)
