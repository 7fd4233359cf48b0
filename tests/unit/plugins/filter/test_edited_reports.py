# SPDX-License-Identifier: GPL-3.0-or-later
"""A report that somebody has edited: a page is made of it, or the filter says in a sentence what is wrong with it."""

from __future__ import annotations

import copy
import math
import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.huaweicloud.ims.plugins.filter import report_view as plugin
from tests.unit.report_page import PAGE, entry, failed

report_view = plugin.FilterModule().filters()["report_view"]

CHECK = {"check": "quota", "status": "fail", "code": "IMG.0015", "message": "no room", "hint": "Make room."}
JOB = {"id": "j1", "progress": 40, "begin_time": "2026-03-01T12:00:00.000Z", "end_time": None}
REPORT: dict[str, t.Any] = {
    "generated_at": "2026-03-01T13:00:00Z",
    "source_region": "cn-north-4",
    "destinations": ["cn-south-1"],
    "waited": 12.5,
    "msg": "one failed",
    "failed": True,
    "check_mode": False,
    "error": {"message": "no"},
    "results": [
        entry("a", 0, 90, warnings=["late"], job=JOB),
        failed(preflight=[CHECK], error={"message": "no", "stage": "preflight", "hint": "Make room."}),
        entry("b", 5, job=JOB, action="waited"),
        entry("c", status="not_started", action="submitted", preflight=[{**CHECK, "status": "warn"}]),
    ],
}
DEEP: t.Any = 7
for _level in range(900):
    DEEP = {"a": [DEEP]}
ODD = [
    None, True, 7, -1, 10**400, math.inf, math.nan, "", "text", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
    "\ud800", [], {}, [None], [[]], [7], {"a": 1}, (), DEEP,
]  # fmt: skip
GONE = object()


def places(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    """Every place in a report."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def edited(path: tuple[t.Any, ...], value: t.Any) -> t.Any:
    report = copy.deepcopy(REPORT)
    holder = report
    for step in path[:-1]:
        holder = holder[step]
    if value is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return report


@pytest.mark.parametrize("plan", [False, True], ids=["run", "plan"])
@pytest.mark.parametrize("path", list(places(REPORT)), ids=lambda path: ".".join(map(str, path)))
def test_whatever_stands_at_a_place_the_page_is_made_or_a_sentence_says_why_not(
    path: tuple[t.Any, ...], plan: bool
) -> None:
    refusals = []
    for value in [*ODD, GONE]:
        report = edited(path, value)
        if path != ("check_mode",):
            report["check_mode"] = plan
        try:
            view = report_view(report, html=True)
        except AnsibleFilterError as error:
            refusals.append(str(error))
        else:
            assert PAGE.render(view=view, report=report).startswith("<!")
    assert all(text.startswith("report_view takes the result of ims_image_migration") for text in refusals)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("results",), {}, "results is a dictionary, not a list"),
        (("results", 1), None, "results[1] is nothing at all"),
        (("results", 1), [], "results[1] is a list, not a dictionary"),
        (("results", 0, "attempts"), "many", "results[0].attempts is text, not a number"),
        (("results", 0, "attempts"), math.inf, "results[0].attempts is inf, not a number to count with"),
        (("results", 0, "attempts"), True, "results[0].attempts is true or false, not a number"),
        (("results", 2, "job"), "j1", "results[2].job is text, not a dictionary"),
        (("results", 1, "preflight", 0, "hint"), ["x"], "results[1].preflight[0].hint is a list, not text"),
        (("results", 0, "finished_at"), "9999-12-31T23:59:59Z", "results[0].finished_at is text, not a time of a run"),
        (("waited",), math.nan, "waited is nan, not a number to count with"),
        (("destinations",), "cn-south-1", "destinations is text, not a list"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(path: tuple[t.Any, ...], value: t.Any, words: str) -> None:
    with pytest.raises(AnsibleFilterError) as refused:
        report_view(edited(path, value))
    assert str(refused.value).endswith(f", and this one was changed: {words}")


def test_what_is_null_or_not_there_is_not_known() -> None:
    view = report_view({"results": [{"status": None, "job": None, "warnings": None}, {}]})
    assert [row["kind"] for row in view["rows"]] == ["unknown", "unknown"]
