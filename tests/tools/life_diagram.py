# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the life of a copy from its table, in the docs: ``python -m tests.tools.life_diagram``."""

from __future__ import annotations

import pathlib

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life import TABLE
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.phases import Ended, Unplanned

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
# With the words of every row, and at a glance.
GUIDE, GLANCE = DOCS / "life_of_a_copy.md", DOCS / "development.md"
BEGIN, END = "```mermaid\nstateDiagram-v2\n", "```\n"


def diagram(words: bool = True) -> str:
    """One arrow from phase to phase, with the words of all the rows that lead there, or without."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TABLE:
        for to, why in row.to.items():
            said = arrows.setdefault((row.phase.__name__, to.__name__), [])
            if why not in said:
                said.append(why)
    lines = [
        f"[*] --> {Unplanned.__name__}",
        *(f"{phase} --> {to}{' : ' + '<br/>'.join(said) if words else ''}" for (phase, to), said in arrows.items()),
        f"{Ended.__name__} --> [*]",
    ]
    return "".join(f"    {line}\n" for line in lines)


def drawn(text: str, words: bool = True) -> str:
    """The guide with the diagram as it should be."""
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not end:
        raise SystemExit("There is no diagram of states to be drawn anew.")
    return before + begin + diagram(words) + end + after


if __name__ == "__main__":
    for page in (GUIDE, GLANCE):
        page.write_text(drawn(page.read_text(encoding="utf-8"), page == GUIDE), encoding="utf-8")
