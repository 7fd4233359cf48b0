# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.pictures FOLDER``: the progress and the report of a migration, from a run of the demo.

The pages of the documentation get new ones whenever they are built. Those for readers of the repository are kept in it,
with a list of what they were made from, which tells a test when they are out of date.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys

from rich.console import Console
from rich.text import Text

from tests.e2e import browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "docsite" / "rst" / "pictures"
MADE_FROM = "made_from.sha256"
# What decides how they look, besides the programs of others.
SOURCES = (
    "demo/*.*",
    "plugins/filter/report_view.py",
    "plugins/plugin_utils/_progress.py",
    "plugins/plugin_utils/_report*.py",
    "plugins/plugin_utils/_screen.py",
    "roles/image_migration/templates/*",
    "tests/tools/pictures.py",
)
MIGRATION = re.compile(r"^== 5\..*?\n(.*?)^== 6\.", re.M | re.S)
BLOCK = re.compile(r"^\[ims\] \S+ (\d+) of (\d+) done")
COLUMNS = 120
# A terminal without the fonts that rich would have the reader's browser fetch from elsewhere.
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px;
  line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def made_from() -> str:
    """The sources and what is in them, in the form of sha256sum."""
    files = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)})
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(ROOT)}\n" for file in files)


def demo() -> str:
    """What the demo prints, as it comes and in the colours of a terminal.

    :raises subprocess.CalledProcessError: when it fails
    """
    shown = {"ANSIBLE_FORCE_COLOR": "true", "PYTHONUNBUFFERED": "1", "COLUMNS": str(COLUMNS)}
    command = ["bash", str(ROOT / "demo" / "run.sh")]
    done = subprocess.run(
        command, env={**os.environ, **shown}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    return done.stdout


def scene(printed: str) -> list[str]:
    """Of the migration in the demo: how it began, how it stood when about half was done, and how it ended.

    :param printed: all that the demo printed, colours and all
    """
    found = MIGRATION.search(printed.replace(str(ROOT), "~/ims"))
    if found is None:
        raise ValueError("the demo shows no migration")
    lines = found[1].split("\n")
    plain = [Text.from_ansi(line).plain for line in lines]
    heads = {number: match for number, line in enumerate(plain) if (match := BLOCK.match(line))}
    (first, *_rest) = heads
    half = min(heads, key=lambda number: abs(int(heads[number][1]) - int(heads[number][2]) / 2))
    end = next(number for number, line in enumerate(plain) if "Show how it ended" in line)
    return [
        *lines[:1],
        "",
        lines[first - 1],
        *([] if half == first else [lines[first], "..."]),
        *_block(lines, plain, half),
        "...",
        "",
        *lines[end : end + 4],
    ]


def _block(lines: list[str], plain: list[str], head: int) -> list[str]:
    inside = range(head + 1, len(plain))
    end = next(number for number in inside if not plain[number].startswith("[ims]") or BLOCK.match(plain[number]))
    return lines[head:end]


def drawn(lines: list[str]) -> str:
    """A terminal with these lines, as SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    for line in lines:
        console.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis", crop=True)
    return console.export_svg(title="A migration", code_format=FRAME, unique_id="migration")


def shot(report: pathlib.Path, target: pathlib.Path) -> None:
    """The head of a report as a PNG."""
    with browser.running() as window:
        window.screen(1280, 820)
        window.devtools("Emulation.setScrollbarsHidden", hidden=True)
        window.open(report)
        window.shoot(target, whole=False)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.pictures", description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder: pathlib.Path = parser.parse_args().folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if browser.found() is None and os.environ.get("CI") is None and folder != KEPT:
        print("There is no Chromium here: the pages show the pictures that are kept in the repository.")
        shutil.copytree(KEPT, folder, dirs_exist_ok=True)
        return 0
    (folder / "progress.svg").write_text(drawn(scene(demo())), encoding="utf-8")
    shot(ROOT / ".build" / "demo" / "report.html", folder / "report.png")
    (folder / MADE_FROM).write_text(made_from(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
