# SPDX-License-Identifier: GPL-3.0-or-later
"""What is escaped in a text is read, level by level, and it is known where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import readings as module
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.readings import readings

SIGNS = st.text(st.one_of(st.sampled_from("\\%&=#;+ux0041\n \0\u00c3\u00a4"), st.characters()))


def texts(text: str) -> list[str]:
    return [reading.text for reading in readings(text)]


@pytest.mark.parametrize(
    ("escaped", "read"),
    [
        (r"\u0041\x42\103\U00000044", "ABCD"),
        (r"\ud83d\ude00 \"\\\/\n", "\N{GRINNING FACE} \"\\/\n"),
        ("%41%u0042%c3%a4", "AB\u00c3\u00a4"),
        ("&#65;&#x42;&#X43;&amp;&lowbar;&auml;", "ABC&_\u00e4"),
        ("\u00c3\u00a4\u00f0\u009f\u0098\u0080", "\u00e4\N{GRINNING FACE}"),
        ("A\0B\0", "AB"),
    ],
    ids=["backslashes", "JSON", "URL", "HTML", "UTF-8 taken for Latin-1", "UTF-16"],
)
def test_each_kind_of_escape_is_read(escaped: str, read: str) -> None:
    assert texts(escaped)[0] == escaped
    assert read in texts(escaped)


@pytest.mark.parametrize("text", [r"\q", "%4", "%zz", "&nosuch;", "&#9999999;", "&amp", r"\U99999999", r"\u12", "a=b"])
def test_what_is_no_escape_stays(text: str) -> None:
    # How many backslashes there are nobody can tell for sure.
    assert set(texts(text)) <= {text, text.replace("\\", "")}


def test_an_escape_in_an_escape_is_read_at_the_next_level() -> None:
    assert texts("%2526amp;lt;")[:4] == ["%2526amp;lt;", "%26amp;lt;", "&amp;lt;", "&lt;"]


def test_mail_has_an_escape_that_is_otherwise_a_sign_between_name_and_value() -> None:
    assert texts("p=41%42") == ["p=41%42", "p=41B", "pAB"]


def test_lines_are_joined_and_it_is_told() -> None:
    found = {reading.text: reading.joined for reading in readings("one  \n  two")}
    assert found == {"one  \n  two": False, "one two": False, "onetwo": True}


def test_it_is_known_where_in_the_text_something_stands() -> None:
    text = 'say %5c"&lt;\n tag&gt;%5c" twice'
    for reading in readings(text):
        begin = reading.text.find("<tag>")
        if begin >= 0:
            found = reading.span(begin, begin + len("<tag>"))
            assert text[slice(*found)] == "&lt;\n tag&gt;"
            return
    raise AssertionError("no reading shows it")


@given(text=SIGNS)
def test_every_part_of_every_reading_stands_somewhere(text: str) -> None:
    for reading in readings(text):
        spans = [reading.span(at, at + 1) for at in range(len(reading.text))]
        assert all(0 <= begin < end <= len(text) for begin, end in spans)
        assert spans == sorted(spans)
        if reading.text:
            assert reading.span(0, len(reading.text)) == (spans[0][0], spans[-1][1])


@given(text=SIGNS)
def test_the_first_reading_is_the_text_and_none_comes_twice(text: str) -> None:
    found = [(reading.text, reading.joined) for reading in readings(text)]
    assert found[0] == (text, False)
    assert len(set(found)) == len(found)


def test_what_is_too_long_to_be_shown_is_read_as_it_stands() -> None:
    text = "%41" * module.LONGEST
    assert texts(text) == [text]
    assert len(texts(text[: module.LONGEST])) > 1
