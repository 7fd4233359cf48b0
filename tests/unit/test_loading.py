# SPDX-License-Identifier: GPL-3.0-or-later
"""What is loaded when: Python compiles every file of a module anew, on each run, so what is not needed costs time."""

from __future__ import annotations

import ast
import functools
import pathlib

import pytest

PLUGINS = pathlib.Path(__file__).resolve().parents[2] / "plugins"
UTILS = PLUGINS / "module_utils"

# Only a copy under way needs these.
ENGINE = ("scheduler", "acting", "submission", "agenda", "pace", "teller", "standing", "events", "lease")
NEEDLESS = {UTILS / "_entry" / "driving.py", *(UTILS / "_engine" / f"{name}.py" for name in ENGINE)}
# And these only who has asked for them.
OPTIONAL = {UTILS / "_engine" / f"{name}.py" for name in ("marks", "own_marks")}
# And these only who meets trouble.
TROUBLE = {
    UTILS / "_remedies.py",
    UTILS / "_own_errors.py",
    UTILS / "_service_codes.py",
    UTILS / "_client" / "error_codes.py",
}


@functools.cache
def own_imports(file: pathlib.Path) -> tuple[frozenset[pathlib.Path], frozenset[pathlib.Path]]:
    """The files of module_utils that a file imports: at its top, and within its functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    top: set[pathlib.Path] = set()
    later: set[pathlib.Path] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            candidates = [folder.with_suffix(".py"), *(folder / f"{name.name}.py" for name in node.names)]
            found = {candidate for candidate in candidates if UTILS in candidate.parents and candidate.is_file()}
            (top if node in tree.body else later).update(found)
    return frozenset(top), frozenset(later)


def loaded_with(first: pathlib.Path) -> set[pathlib.Path]:
    """The files that are loaded with a file, which is one of them."""
    found: set[pathlib.Path] = set()
    waiting = [first]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += own_imports(file)[0]
    return found


@pytest.mark.parametrize("module", ["ims_image_cross_region_copy", "ims_image_migration"])
def test_a_look_loads_nothing_that_only_a_copy_under_way_needs(module: str) -> None:
    loaded = loaded_with(PLUGINS / "modules" / f"{module}.py")
    assert UTILS / "_entry" / "running.py" in loaded
    assert loaded & (NEEDLESS | OPTIONAL | TROUBLE) == set()


def test_one_copy_loads_what_takes_up_an_earlier_run_only_where_there_is_one() -> None:
    resume = UTILS / "_engine" / "resume.py"
    assert resume not in loaded_with(PLUGINS / "modules" / "ims_image_cross_region_copy.py")
    assert resume in own_imports(UTILS / "_entry" / "copy_one.py")[1]


def test_what_drives_copies_is_loaded_as_a_whole() -> None:
    """The file that a module is loaded from is a temporary one: while a copy takes hours, it may be swept away."""
    loaded = loaded_with(UTILS / "_entry" / "driving.py")
    assert loaded >= NEEDLESS | TROUBLE
    assert {file.name: later for file in loaded if (later := own_imports(file)[1] - loaded)} == {}
