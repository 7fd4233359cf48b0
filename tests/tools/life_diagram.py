# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the life of a copy from its table, in the developers' guide: ``python -m tests.tools.life_diagram``."""

from __future__ import annotations

import pathlib

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life import TABLE
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.phases import Ended, Unplanned

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "development.md"
BEGIN, END = "```mermaid\nstateDiagram-v2\n", "```\n"


def diagram() -> str:
    """One arrow from phase to phase, with the words of all the rows that lead there."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TABLE:
        for to, words in row.to.items():
            said = arrows.setdefault((row.phase.__name__, to.__name__), [])
            if words not in said:
                said.append(words)
    lines = [
        f"[*] --> {Unplanned.__name__}",
        *(f"{phase} --> {to} : {'<br/>'.join(said)}" for (phase, to), said in arrows.items()),
        f"{Ended.__name__} --> [*]",
    ]
    return "".join(f"    {line}\n" for line in lines)


def drawn(text: str) -> str:
    """The guide with the diagram as it should be."""
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not end:
        raise SystemExit("There is no diagram of states to be drawn anew.")
    return before + begin + diagram() + end + after


if __name__ == "__main__":
    GUIDE.write_text(drawn(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
