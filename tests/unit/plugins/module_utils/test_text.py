# SPDX-License-Identifier: GPL-3.0-or-later
"""Text from elsewhere: made whole where it comes in, and harmless where it is shown."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._text import (
    halves_in,
    one_line,
    read_json,
    repaired,
    visible,
)

HALF = "\ud800"
WHOLE = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (rb'{"name": "a\ud800b"}', {"name": f"a{WHOLE}b"}),
        (rb'{"name": "\udfff"}', {"name": WHOLE}),
        (rb'{"a\uDBFF": [["\uDC00 "]]}', {f"a{WHOLE}": [[f"{WHOLE} "]]}),
        (rb'{"name": "\ud83d\ude00"}', {"name": "\N{GRINNING FACE}"}),
        (b'{"name": "caf\xe9"}', {"name": f"caf{WHOLE}"}),
        (b'{"name": "\xed\xa0\x80"}', {"name": WHOLE * 3}),
        ('{"name": "\N{GRINNING FACE}"}'.encode(), {"name": "\N{GRINNING FACE}"}),
        ('{"name": "é"}'.encode("utf-16"), {"name": "é"}),
        ('{"name": "é"}'.encode("utf-8-sig"), {"name": "é"}),
    ],
)
def test_half_characters_of_an_answer_become_replacement_characters(content: bytes, value: t.Any) -> None:
    assert read_json(content) == value


NO_JSON = [b"<html>", b"", b'{"a": ', b"[" * 100_000, b"1" * 5000, b"\xff\xfe{", b'{"a": NaN}', b"[-Infinity]"]


@pytest.mark.parametrize("content", NO_JSON, ids=lambda content: repr(content[:12]))
def test_what_is_no_json_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ValueError):
        read_json(content)


def test_everything_but_half_characters_stays_as_it_is() -> None:
    value = {"n": 1.5, "b": True, "x": None, "é": ["a", {"b": HALF}], 3: ("c",)}
    assert repaired(value) == {"n": 1.5, "b": True, "x": None, "é": ["a", {"b": WHOLE}], 3: ["c"]}


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"name": "a", "tags": {"k": "v"}}, []),
        ({"name": HALF}, ["name"]),
        ({"images": [{"name": "a"}, {"name": HALF, "tags": {HALF: "v"}}]}, ["images[1].name", "images[1].tags"]),
        ({"tags": {"k": HALF}, "n": 1}, ["tags.k"]),
    ],
)
def test_options_that_hold_half_a_character_are_found(value: t.Any, where: list[str]) -> None:
    assert halves_in(value) == where


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\nb", r"a\nb"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("a\u202eb\u2066", r"a\u202eb\u2066"),
        ("a\u2028b", r"a\u2028b"),
        (HALF, r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("\u00e9 \u955c  x", "\u00e9 \u955c  x"),
        (r"C:\dir", r"C:\dir"),
        (None, "None"),
    ],
)
def test_no_character_acts_upon_a_terminal(text: object, seen: str) -> None:
    assert visible(text) == seen


def test_what_is_shown_has_an_end() -> None:
    assert visible("a" * 300) == "a" * 300
    assert visible("a" * 301) == "a" * 297 + "..."
    # However long, only what is shown is looked at.
    assert visible("\x1b" * 5_000_000) == (r"\x1b" * 75)[:297] + "..."
    assert visible("abcdef", 5) == "ab..."


def test_prose_is_folded_onto_one_line() -> None:
    assert one_line(" It failed:\n\n\tno\u2028room \x1b[1A\u202e ") == r"It failed: no room \x1b[1A\u202e"


def test_prose_has_an_end_where_one_is_given() -> None:
    assert one_line("word " * 1000) == "word " * 999 + "word"
    assert len(one_line("word " * 1000, 200)) == 200
