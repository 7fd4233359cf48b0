# SPDX-License-Identifier: GPL-3.0-or-later
"""The diagram in the developers' guide shows the table of a copy's life, all of it and nothing else."""

from __future__ import annotations

import re

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life import TABLE
from tests.tools.life_diagram import BEGIN, END, GLANCE, GUIDE, drawn

ARROW = re.compile(r"    (\w+) --> (\w+) : ([^:;]+)")
TEXT = GUIDE.read_text(encoding="utf-8")


def test_every_step_of_the_table_is_an_arrow_and_every_arrow_a_step_of_the_table() -> None:
    first, *lines, last = TEXT.partition(BEGIN)[2].partition(END)[0].splitlines()
    matches = [ARROW.fullmatch(line) for line in lines]
    arrows = [(match[1], match[2], words) for match in matches if match for words in match[3].split("<br/>")]

    assert None not in matches, "words in a diagram hold neither colon nor semicolon"
    assert set(arrows) == {(row.phase.__name__, to.__name__, words) for row in TABLE for to, words in row.to.items()}
    assert len({arrow[:2] for arrow in arrows}) == len(lines), "one arrow for each pair of phases"
    assert (first, last) == ("    [*] --> Unplanned", "    Ended --> [*]")


def test_drawing_it_again_changes_nothing() -> None:
    glance = GLANCE.read_text(encoding="utf-8")
    assert (drawn(TEXT), drawn(glance, words=False)) == (TEXT, glance), "python -m tests.tools.life_diagram"


def test_at_a_glance_there_are_the_same_arrows_without_words() -> None:
    glance, whole = (
        text.partition(BEGIN)[2].partition(END)[0].splitlines() for text in (GLANCE.read_text(encoding="utf-8"), TEXT)
    )
    assert glance == [line.partition(" : ")[0] for line in whole]


def test_what_surrounds_the_diagram_is_left_alone() -> None:
    before, after = "# Guide\n\n", "\n## More\n\n```text\nx\n```\n"

    text = drawn(f"{before}{BEGIN}    Old --> Older : once\n{END}{after}")

    assert text.startswith(f"{before}{BEGIN}    [*] --> Unplanned\n")
    assert text.endswith(f"    Ended --> [*]\n{END}{after}")
    assert "Old" not in text
