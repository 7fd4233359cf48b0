# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that show how copies go, from what a run tells."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._progress import Progress, duration, title

RUN = "0123abcd"
GIB = 1024**3
BEGAN = "2026-03-01T11:58:00.000Z"
COPY: dict[str, t.Any] = {
    "source": {"id": "i1", "name": "golden", "region": "cn-north-4", "size_bytes": 10 * GIB},
    "destination": {"region": "cn-south-1", "project_name": "cn-south-1"},
    "replica": {"id": None, "name": "golden"},
}
WHOLE: dict[str, t.Any] = {
    "copies": 10, "done": 2, "failed": 0, "under_way": 5, "queued": 3, "slots": 5, "refused": False,
    "bytes": 120 * GIB, "bytes_done": 49 * GIB, "seconds_left": 750.0,
}  # fmt: skip


@pytest.fixture
def progress() -> Progress:
    return Progress(RUN)


def event(name: str, number: int = 0, **fields: t.Any) -> dict[str, t.Any]:
    return {
        "at": "2026-03-01T12:00:00.000Z",
        "run": RUN,
        "event": name,
        "number": number,
        "copy": COPY,
        "attempt": 1,
        "job": "j1",
        "percent": None,
        "began": BEGAN,
        "error": None,
        **fields,
    }


def whole(**fields: t.Any) -> dict[str, t.Any]:
    return {"at": "2026-03-01T12:00:00.000Z", "run": RUN, "event": "progress", "whole": {**WHOLE, **fields}}


def lines(progress: Progress, *events: dict[str, t.Any], at: float = 100, later: float = 0) -> list[str]:
    for each in events:
        progress.add(each, at)
    return progress.lines(at + later)[1:]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (-3, "0:00"), (59.6, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (90061, "25:01:01")],
)
def test_a_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_before_the_plan_stands_that_is_what_is_done(progress: Progress) -> None:
    assert progress.lines(5) == ["planning"]


def test_the_whole(progress: Progress) -> None:
    progress.add(whole(), 100)
    assert progress.lines(100) == [
        "2 of 10 done, 5 under way (5 slots ours), 3 queued, 41 % of 120.0 GiB, about 12:30 left"
    ]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"failed": 1}, "2 of 10 done (1 failed), 5 under way (5 slots ours), 3 queued, 41 %"),
        ({"under_way": 1, "slots": 1}, "2 of 10 done, 1 under way (1 slot ours), 3 queued"),
        ({"under_way": 0}, "2 of 10 done, 3 queued, 41 %"),
        ({"queued": 0}, "5 under way (5 slots ours), 41 %"),
        ({"refused": True}, "3 queued, as no more slots are free, 41 %"),
        ({"bytes": 0}, "3 queued, about 12:30 left"),
    ],
)
def test_of_the_whole_only_what_there_is_is_said(progress: Progress, fields: dict[str, t.Any], text: str) -> None:
    progress.add(whole(**fields), 100)
    assert text in progress.lines(100)[0]


def test_without_a_pace_no_time_is_told(progress: Progress) -> None:
    progress.add(whole(seconds_left=None), 100)
    assert progress.lines(100)[0].endswith("120.0 GiB")


def test_time_left_runs_down_between_two_events(progress: Progress) -> None:
    progress.add(whole(), 100)
    assert progress.lines(130)[0].endswith("about 12:00 left")
    assert progress.lines(900)[0].endswith("about to end")


def test_the_whole_comes_each_time_and_a_copy_that_did_not_move_does_not(progress: Progress) -> None:
    progress.add(whole(), 100)
    moved = event("progress", percent=40)
    assert len(lines(progress, moved)) == 1
    assert len(progress.lines(110)) == 1
    # Told again by somebody who need not have told it.
    assert lines(progress, moved) == []
    assert lines(progress, event("progress", percent=41)) != []


def test_a_copy_under_way_has_its_percent_its_time_and_what_is_left(progress: Progress) -> None:
    told = lines(progress, event("progress", percent=40), later=20)
    assert told == ['  "golden" -> cn-south-1: 40 %, 2:20 elapsed, about 3:30 left']


def test_what_is_not_known_is_not_said(progress: Progress) -> None:
    assert lines(progress, event("progress", began=None)) == ['  "golden" -> cn-south-1: under way']
    assert lines(progress, event("progress", percent=0)) == ['  "golden" -> cn-south-1: 0 %, 2:00 elapsed']
    assert lines(progress, event("progress", percent=100)) == ['  "golden" -> cn-south-1: 100 %, 2:00 elapsed']


def test_a_copy_that_has_just_been_submitted(progress: Progress) -> None:
    assert lines(progress, event("submitted", began=event("")["at"])) == ['  "golden" -> cn-south-1: submitted']


def test_what_an_earlier_run_began_is_told_as_such_with_its_first_line(progress: Progress) -> None:
    told = lines(progress, event("found", percent=40))
    assert told == ['  "golden" -> cn-south-1: taken up from an earlier run, 40 %, 2:00 elapsed, about 3:00 left']
    assert "earlier run" not in lines(progress, event("progress", percent=50))[0]


def test_it_is_told_as_such_though_it_moves_before_anything_is_shown(progress: Progress) -> None:
    told = lines(progress, event("found"), event("progress", percent=40))
    assert told == ['  "golden" -> cn-south-1: taken up from an earlier run, 40 %, 2:00 elapsed, about 3:00 left']


def test_a_copy_that_ended_is_told_once_with_its_replica(progress: Progress) -> None:
    copied = event("copied", copy={**COPY, "replica": {"id": "i2", "name": "golden"}}, percent=100)
    told = lines(progress, event("progress", percent=90), copied, later=50)
    assert told == ['  "golden" -> cn-south-1: has been copied in 2:00 as image i2']
    assert progress.lines(200)[1:] == []


def test_what_was_brought_in_line_has_no_duration(progress: Progress) -> None:
    updated = event("updated", copy={**COPY, "replica": {"id": "i2", "name": "golden"}})
    assert lines(progress, updated) == ['  "golden" -> cn-south-1: has been brought in line as image i2']


def test_a_failure_says_why(progress: Progress) -> None:
    failed = event("failed", error={"code": "IMG.0061", "message": "storage broke"})
    skipped = event("skipped", 1, error={"code": None, "message": "encrypted"})
    assert lines(progress, failed, skipped) == [
        '  "golden" -> cn-south-1: FAILED [IMG.0061]: storage broke',
        '  "golden" -> cn-south-1: is left out: encrypted',
    ]


@pytest.mark.parametrize(("length", "told"), [(400, "x" * 400), (401, "x" * 397 + "...")])
def test_of_a_long_reason_a_line_has_400_signs(progress: Progress, length: int, told: str) -> None:
    failed = event("failed", error={"code": None, "message": "x" * length})
    assert lines(progress, failed) == [f'  "golden" -> cn-south-1: FAILED: {told}']


def test_an_attempt_that_failed_is_told_though_another_one_follows_at_once(progress: Progress) -> None:
    failed = event("failed", again=True, error={"code": "IMG.0061", "message": "broke"})
    assert lines(progress, failed, event("submitted", attempt=2, began=failed["at"])) == [
        '  "golden" -> cn-south-1: attempt 1 FAILED [IMG.0061]: broke; it is submitted again',
        '  "golden" -> cn-south-1: submitted',
    ]


def test_a_second_attempt_at_the_same_percent_is_another_line(progress: Progress) -> None:
    lines(progress, event("progress", percent=0))
    assert len(lines(progress, event("progress", percent=0, attempt=2))) == 1


@pytest.mark.parametrize(
    ("part", "value", "text"),
    [
        ("destination", {"region": "r", "project_name": "r_apps"}, '"golden" -> r (project r_apps)'),
        ("destination", {"region": "r", "project_name": None}, '"golden" -> r'),
        ("replica", {"id": None, "name": None}, '"golden" -> cn-south-1'),
        ("replica", {"id": None, "name": "other"}, '"other" -> cn-south-1'),
    ],
)
def test_how_a_copy_is_named(part: str, value: dict[str, t.Any], text: str) -> None:
    assert title({**COPY, part: value}) == text


def test_a_copy_of_which_only_the_id_is_known() -> None:
    source = {"id": "i1", "name": None}
    assert title({**COPY, "source": source, "replica": {"name": None}}) == '"i1" -> cn-south-1'


def test_with_numbers_only_nothing_is_named(progress: Progress) -> None:
    progress = Progress(RUN, numbers_only=True)
    progress.add(whole(), 100)
    assert lines(progress, event("failed", error={"message": "golden broke"})) == []
    assert lines(progress, event("failed", again=True, error={"message": "golden broke"})) == []
    assert len(progress.lines(100)) == 1


def test_whatever_the_cloud_says_stays_on_one_line(progress: Progress) -> None:
    hostile = "x\n[ims] 0:00 all is well\x1b[1A"
    copy = {
        "source": {"id": "i1", "name": hostile},
        "destination": {"region": hostile, "project_name": hostile},
        "replica": {"id": hostile, "name": hostile},
    }
    error = {"code": hostile, "message": hostile}
    told = lines(
        progress,
        event("failed", 0, copy=copy, error=error),
        event("failed", 1, copy=copy, error=error, again=True),
        event("copied", 2, copy=copy),
        event("progress", 3, copy=copy),
    )
    assert len(told) == 4
    assert all(line.isprintable() for line in told)


def test_other_runs_and_other_events_do_not_count(progress: Progress) -> None:
    told = lines(
        progress,
        event("copied", run="ffffffff"),
        event("warning", message="hm"),
        event("waiting_for_slot"),
        event("ended", changed=True, run="ffffffff"),
    )
    assert (told, progress.ended, progress.planned) == ([], False, False)


def test_plan_and_end_are_noted(progress: Progress) -> None:
    noted = []
    for name in ("planned", "submitted", "ended"):
        progress.add(event(name), 1)
        noted.append((progress.planned, progress.changed, progress.ended))
    assert noted == [(True, False, False), (True, True, False), (True, True, True)]


def test_there_is_news_until_it_is_shown(progress: Progress) -> None:
    news = [progress.news]
    for told in (whole(), whole(), whole(done=3)):
        progress.add(told, 1)
        news.append(progress.news)
        progress.lines(1)
        news.append(progress.news)
    assert news == [False, True, False, False, False, True, False]
