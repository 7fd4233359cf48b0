# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make matrix` runs, and what it refuses to call green."""

from __future__ import annotations

import fcntl
import pathlib

import pytest

from tests.tools import pythons
from tests.tools.alone import alone
from tests.tools.matrix.__main__ import is_green
from tests.tools.matrix.cell import Outcome
from tests.tools.matrix.cores import Core, newest, pythons_of
from tests.tools.matrix.plan import Cell, not_seen, plan

OLD = Core("2.16", "2.16.19", True, ("3.10", "3.11", "3.12"))
NEW = Core("2.21", "2.21.5", True, ("3.12", "3.13", "3.14"))
COMING = Core("2.22", "2.22.0rc1", False, ("3.13", "3.14"))


def cells(*cores, here, skip=()):
    return [cell.name for cell in plan(cores, here, skip).cells]


def test_the_newest_release_of_each_series_is_taken_and_one_before_it_only_where_there_is_none():
    listed = ["2.22.0rc1", "2.22.0b2", "2.21.5", "2.21.5rc1", "2.16.19", "2.16.9", "2.9.27"]
    assert newest(listed, "2.16") == {"2.16": "2.16.19", "2.21": "2.21.5", "2.22": "2.22.0rc1"}
    assert newest(["2.21.6rc1", "2.21.5"], "2.16") == {"2.21": "2.21.5"}


def test_of_two_that_want_the_same_folder_the_second_waits(tmp_path):
    folder = tmp_path / "packages"
    with alone(folder), (tmp_path / ".packages.lock").open("w") as second, pytest.raises(BlockingIOError):
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with alone(folder):
        pass


def test_a_series_runs_on_the_pythons_that_it_names():
    metadata = "".join(f"Classifier: Programming Language :: Python :: {one}\n" for one in ("3", "3.9", "3.10"))
    assert pythons_of(f"Name: x\n{metadata}\nProgramming Language :: Python :: 3.8\n") == ("3.9", "3.10")


def test_each_series_runs_on_its_newest_python_that_is_here_and_the_newest_release_on_two():
    here = ("3.9", "3.10", "3.12", "3.13")
    assert cells(OLD, NEW, COMING, here=here, skip=("3.14",)) == [
        "2.16-py3.12",
        "2.21-py3.13",
        "2.21-py3.12",
        "2.22-py3.13",
    ]


def test_of_series_that_are_named_alone_the_newest_of_all_is_still_the_one_that_runs_on_two():
    everywhere = ("3.10", "3.11", "3.12", "3.13", "3.14")
    assert [cell.name for cell in plan([OLD, NEW], everywhere, (), ("2.16",)).cells] == ["2.16-py3.12"]


def test_a_series_without_a_python_and_each_python_that_is_not_here_is_missing():
    planned = plan([OLD, COMING], ("3.10", "3.11"), ())
    assert [cell.name for cell in planned.cells] == ["2.16-py3.11", "2.16-py3.10"]  # of these, the newest release
    assert planned.missing == [
        "core 2.16 on Python 3.12",
        "core 2.22: none of its Pythons is here (3.13, 3.14)",
    ]


def test_what_is_named_is_not_missing():
    assert plan([OLD, COMING], ("3.10", "3.11"), ("3.12", "2.22")).missing == []


@pytest.mark.parametrize("name", ["2.15", "4.0", "x"])
def test_leaving_out_what_there_is_not_is_told(name):
    (said,) = plan([OLD], OLD.pythons, (name,)).missing
    assert said == f"SKIP={name} is no series of core and no Python"


def test_a_python_on_which_nothing_ran_is_seen_unless_it_was_named():
    assert not_seen(["3.10", "3.9", "3.13"], ["3.10"], ["3.13"]) == ["3.9"]


@pytest.mark.parametrize(
    ("ran", "missing", "green"),
    [
        ([(NEW, True), (COMING, False)], [], True),
        ([(NEW, True)], ["core 2.16 on Python 3.10"], False),
        ([(OLD, False), (NEW, True)], [], False),
        ([(COMING, True)], [], False),
        ([], [], False),
    ],
)
def test_only_where_all_ran_and_every_release_passed_the_whole_is_green(ran, missing, green):
    outcomes = [Outcome(Cell(core, "3.12"), "sanity", passed, 1.0, "") for core, passed in ran]
    assert is_green(outcomes, missing) is green


def test_a_shim_is_not_taken_for_a_python(tmp_path: pathlib.Path):
    real = tmp_path / "versions" / "3.12.1" / "bin"
    shims = tmp_path / "shims"
    for folder, script in ((real, "echo 3.12"), (shims, "exit 127"), (tmp_path / "bin", "echo 3.13")):
        folder.mkdir(parents=True)
        for name in ("python3.12", "python3.12-config"):
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)

    assert pythons.here(f"{shims}:{tmp_path / 'bin'}:/nowhere") == {"3.12": real / "python3.12"}
