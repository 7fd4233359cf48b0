# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the role's reports: each kept under its time, and none that matters written over."""

from __future__ import annotations

import json
import os
import pathlib
import stat
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report_files import show, write

ENTRY = {"status": "copied"}


def report(minute: int = 0, *results: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    return {"generated_at": f"2026-03-01T12:{minute:02}:00Z", "results": list(results), **more}


def run(folder: pathlib.Path, told: dict[str, t.Any], keep: int = 10, spare: str = "") -> str:
    """A whole report, whose page is the minute of its time."""
    written = write(str(folder), told)
    pathlib.Path(written.page).write_text(told["generated_at"][14:16])
    return show(str(folder), written.page, written.in_place, keep, spare)


def names(folder: pathlib.Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def read(path: pathlib.Path) -> t.Any:
    return json.loads(path.read_text())


def test_a_report_is_there_as_the_last_one_and_under_its_time(tmp_path: pathlib.Path) -> None:
    shown = run(tmp_path, report(1, ENTRY))

    assert shown == str(tmp_path / "report.html")
    assert names(tmp_path) == [
        "report-20260301T120100Z.html", "report-20260301T120100Z.json", "report.html", "report.json"
    ]  # fmt: skip
    assert read(tmp_path / "report.json") == read(tmp_path / "report-20260301T120100Z.json") == report(1, ENTRY)
    assert (tmp_path / "report.html").read_text() == "01"


def test_the_next_report_is_the_last_one_and_the_earlier_one_stays_under_its_time(tmp_path: pathlib.Path) -> None:
    run(tmp_path, report(1, ENTRY))
    run(tmp_path, report(2, ENTRY, ENTRY))

    assert read(tmp_path / "report.json") == report(2, ENTRY, ENTRY)
    assert (tmp_path / "report.html").read_text() == "02"
    assert read(tmp_path / "report-20260301T120100Z.json") == report(1, ENTRY)
    assert (tmp_path / "report-20260301T120100Z.html").read_text() == "01"


def test_a_report_without_entries_does_not_take_the_place_of_one_that_has_some(tmp_path: pathlib.Path) -> None:
    run(tmp_path, report(1, ENTRY))

    shown = run(tmp_path, report(2, msg="no credentials"))

    assert shown == str(tmp_path / "report-20260301T120200Z.html")
    assert read(tmp_path / "report.json") == report(1, ENTRY)
    assert (tmp_path / "report.html").read_text() == "01"
    assert read(tmp_path / "report-20260301T120200Z.json")["msg"] == "no credentials"


JOB = {"id": "ff80"}


@pytest.mark.parametrize(
    "entry",
    [
        {"status": "in_progress", "attempts": 0, "job": JOB},
        {"status": "failed", "attempts": 1, "job": None},
        {"status": "failed", "attempts": 0, "job": JOB},
        {"status": "not_started", "attempts": 1, "job": None},
    ],
    ids=lambda entry: f"{entry['status']}-{entry['attempts']}",
)
def test_a_plan_does_not_take_the_place_of_a_run_that_is_to_be_carried_on(
    tmp_path: pathlib.Path, entry: dict[str, t.Any]
) -> None:
    begun = report(1, ENTRY, entry, check_mode=False)
    run(tmp_path, begun)

    shown = run(tmp_path, report(2, {"status": "not_started"}, check_mode=True))

    assert shown == str(tmp_path / "report-20260301T120200Z.html")
    assert read(tmp_path / "report.json") == begun


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        (report(1, ENTRY, {"status": "failed", "attempts": 0, "job": None}), report(2, ENTRY, check_mode=True)),
        (report(1, {"status": "in_progress", "job": JOB}, check_mode=True), report(2, ENTRY, check_mode=True)),
        (report(1, {"status": "in_progress", "job": JOB}), report(2, {"status": "in_progress", "job": JOB})),
    ],
    ids=["a plan after what was not begun", "a plan after a plan", "a run after a run"],
)
def test_but_of_what_costs_nothing_the_last_report_is_the_last_one(
    tmp_path: pathlib.Path, standing: dict[str, t.Any], told: dict[str, t.Any]
) -> None:
    run(tmp_path, standing)
    run(tmp_path, told)

    assert read(tmp_path / "report.json") == told


@pytest.mark.parametrize("standing", [None, "{}", "no report", "[]", '{"results": []}'])
def test_where_nothing_stands_that_tells_of_copies_a_report_without_entries_is_the_last_one(
    tmp_path: pathlib.Path, standing: str | None
) -> None:
    if standing is not None:
        (tmp_path / "report.json").write_text(standing)

    assert run(tmp_path, report(2)) == str(tmp_path / "report.html")
    assert read(tmp_path / "report.json") == report(2)


def test_a_report_that_was_not_kept_under_its_time_is_kept_before_another_takes_its_place(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / "report.json").write_text(json.dumps(report(1, ENTRY)))
    (tmp_path / "report.html").write_text("old")

    run(tmp_path, report(2, ENTRY))

    assert read(tmp_path / "report-20260301T120100Z.json") == report(1, ENTRY)
    assert (tmp_path / "report-20260301T120100Z.html").read_text() == "old"


def test_two_reports_of_the_same_second_are_both_kept(tmp_path: pathlib.Path) -> None:
    for number in (1, 2, 3):
        run(tmp_path, report(1, ENTRY, number=number))

    kept = sorted(tmp_path.glob("report-*.json"))
    assert [path.name[len("report-20260301T120100Z") :] for path in kept] == ["-2.json", "-3.json", ".json"]
    assert {read(path)["number"] for path in kept} == {1, 2, 3}


def test_the_oldest_are_removed_when_there_are_too_many(tmp_path: pathlib.Path) -> None:
    (tmp_path / "report-of-mine.json").touch()
    for minute in range(5):
        run(tmp_path, report(minute, ENTRY), keep=2)

    assert names(tmp_path) == [
        "report-20260301T120300Z.html", "report-20260301T120300Z.json",
        "report-20260301T120400Z.html", "report-20260301T120400Z.json",
        "report-of-mine.json", "report.html", "report.json",
    ]  # fmt: skip


def test_of_one_second_the_first_are_the_oldest(tmp_path: pathlib.Path) -> None:
    for number in range(11):
        run(tmp_path, report(1, ENTRY, number=number), keep=2)

    assert {read(path)["number"] for path in tmp_path.glob("report-*.json")} == {9, 10}


def test_all_of_them_stay_where_that_is_wished(tmp_path: pathlib.Path) -> None:
    for minute in range(15):
        run(tmp_path, report(minute, ENTRY), keep=0)

    assert len(list(tmp_path.glob("report-*.json"))) == 15


def test_the_report_that_is_carried_on_from_is_never_removed(tmp_path: pathlib.Path) -> None:
    run(tmp_path, report(1, ENTRY))
    spare = str(tmp_path / "report-20260301T120100Z.json")
    for minute in range(2, 6):
        run(tmp_path, report(minute, ENTRY), keep=1, spare=spare)

    assert len(list(tmp_path.glob("report-*.json"))) == 2
    assert read(pathlib.Path(spare)) == report(1, ENTRY)


def test_files_and_folders_are_for_their_owner_alone_and_a_folder_that_is_there_keeps_its_mode(
    tmp_path: pathlib.Path,
) -> None:
    tmp_path.chmod(0o755)
    run(tmp_path / "a" / "b", report(1, ENTRY))

    for path in (tmp_path / "a", tmp_path / "a" / "b"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for name in ("report.json", "report.html", "report-20260301T120100Z.json"):
        assert stat.S_IMODE((tmp_path / "a" / "b" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_disk_that_is_full_costs_no_report_that_is_there(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, report(1, ENTRY))
    before = names(tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(str(tmp_path), report(2, ENTRY))

    assert names(tmp_path) == before
    assert read(tmp_path / "report.json") == report(1, ENTRY)


def test_what_stands_there_is_never_open_for_writing(tmp_path: pathlib.Path) -> None:
    """Whoever has it open goes on reading the report that it was."""
    run(tmp_path, report(1, ENTRY))
    with open(tmp_path / "report.json") as reader:
        run(tmp_path, report(2, ENTRY))
        assert json.load(reader) == report(1, ENTRY)
