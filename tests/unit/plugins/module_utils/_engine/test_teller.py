# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of copies as they go, from how they stand."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.events import NoEventLog
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.pace import Pace
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.teller import Standing, Teller
from tests.unit.support import FakeClock

GIB = 1024**3


class Heard(NoEventLog):
    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, t.Any]]] = []

    def tell(self, event: str, **fields: t.Any) -> None:
        self.events.append((event, fields))

    def take(self) -> list[tuple[str, dict[str, t.Any]]]:
        taken, self.events = self.events, []
        return taken

    def names(self) -> list[str]:
        return [event for event, _fields in self.take()]


@pytest.fixture
def heard() -> Heard:
    return Heard()


def standing(status: str = "not_started", size: int | None = 10 * GIB, **fields: t.Any) -> Standing:
    copy = {"source": {"id": "i1", "name": "golden", "size_bytes": size}}
    return Standing(status, copy, **fields)


def under_way(percent: int | None = 0, **fields: t.Any) -> Standing:
    fields.setdefault("attempt", 1)
    return standing("in_progress", job="j1", percent=percent, submitted=True, **fields)


@pytest.fixture
def told(clock: FakeClock, heard: Heard) -> t.Callable[..., Teller]:
    """A teller that has been told a plan, and whose events of that have been taken."""

    def make(*plan: Standing, slots: int = 5) -> Teller:
        teller = Teller(heard, clock, slots)
        teller.planned(plan)
        heard.take()
        return teller

    return make


def whole(heard: Heard) -> dict[str, t.Any]:
    event, fields = heard.events[-1]
    assert event == "progress"
    return t.cast("dict[str, t.Any]", fields["whole"])


def test_a_plan_counts_everything_and_tells_what_an_earlier_run_began(clock: FakeClock, heard: Heard) -> None:
    began = clock.utcnow() - datetime.timedelta(seconds=60)
    plan = [
        standing("present"),
        standing("updated"),
        standing(),
        standing("in_progress", 20 * GIB, job="j9", percent=40, began=began),
        standing("skipped", error={"message": "encrypted"}),
        standing("failed", error={"message": "gone"}),
    ]
    Teller(heard, clock, 3).planned(plan)

    assert heard.events[0] == (
        "planned",
        {
            "copies": 6, "bytes": 30 * GIB, "present": 2, "queued": 1, "under_way": 1, "failed": 1, "skipped": 1,
            "max_concurrent": 3,
        },
    )  # fmt: skip
    found = dict(heard.events)["found"]
    assert (found["number"], found["percent"], found["began"]) == (3, 40, "2026-03-01T11:59:00.000Z")
    assert (found["job"], found["attempt"], found["copy"]) == ("j9", 0, plan[3].copy)
    assert heard.names() == ["planned", "updated", "found", "skipped", "failed", "progress"]


def test_the_whole_is_told_with_the_plan(clock: FakeClock, heard: Heard) -> None:
    Teller(heard, clock).planned([standing("present"), standing()])
    assert whole(heard) == {
        "copies": 2, "done": 1, "failed": 0, "under_way": 0, "queued": 1, "slots": 0, "refused": False,
        "bytes": 10 * GIB, "bytes_done": 0, "seconds_left": None,
    }  # fmt: skip


def test_a_copy_is_told_from_submission_to_end(told: t.Callable[..., Teller], heard: Heard, clock: FakeClock) -> None:
    teller = told(standing())
    began = clock.utcnow()
    teller.changed(0, under_way(None, began=began))
    assert [name for name, _fields in heard.events] == ["submitted", "progress"]
    assert heard.take()[0][1]["job"] == "j1"
    clock.sleep(30)
    teller.changed(0, under_way(25, began=began))
    assert whole(heard)["bytes_done"] == 2.5 * GIB
    assert whole(heard)["seconds_left"] == 90
    assert [(name, fields.get("percent")) for name, fields in heard.take()] == [("progress", 25), ("progress", None)]
    teller.changed(0, standing("copied", attempt=1, job="j1", began=began, submitted=True))
    assert (whole(heard)["done"], whole(heard)["bytes_done"], whole(heard)["seconds_left"]) == (1, 10 * GIB, None)
    assert heard.names() == ["copied", "progress"]


def test_what_does_not_change_is_not_told(told: t.Callable[..., Teller], heard: Heard, clock: FakeClock) -> None:
    teller = told(under_way(40, began=clock.utcnow()))
    clock.sleep(60)
    teller.changed(0, under_way(40, began=clock.began))
    assert heard.names() == []


def test_a_copy_whose_answer_was_lost_has_begun_without_a_job(told: t.Callable[..., Teller], heard: Heard) -> None:
    teller = told(standing())
    teller.changed(0, standing("in_progress", attempt=1, submitted=True, warnings=("lost",)))
    assert [(name, fields.get("job")) for name, fields in heard.events[:2]] == [("warning", None), ("submitted", None)]
    assert heard.take()[0][1]["message"] == "lost"


def test_a_warning_is_told_once(told: t.Callable[..., Teller], heard: Heard) -> None:
    teller = told(under_way(1))
    teller.changed(0, under_way(2, warnings=("a",)))
    teller.changed(0, under_way(2, warnings=("a", "b")))
    assert [fields["message"] for name, fields in heard.take() if name == "warning"] == ["a", "b"]


def test_another_runs_copy_is_found_and_not_submitted(told: t.Callable[..., Teller], heard: Heard) -> None:
    teller = told(standing())
    teller.changed(0, standing("in_progress", percent=5))
    assert heard.names() == ["found", "progress"]


def test_a_refusal_is_told_once_with_its_reason(told: t.Callable[..., Teller], heard: Heard) -> None:
    teller = told(standing(), under_way())
    refusal = {"code": "IMG.0149"}
    teller.changed(0, standing(refusal=refusal))
    assert whole(heard)["refused"] is True
    assert heard.take()[0] == (
        "waiting_for_slot",
        {
            "number": 0, "copy": standing().copy, "attempt": 0, "job": None, "percent": None, "began": None,
            "error": refusal,
        },
    )  # fmt: skip
    teller.changed(0, standing(refusal={"code": "429"}))
    assert heard.names() == []
    teller.changed(0, under_way())
    assert whole(heard)["refused"] is False


def test_an_attempt_that_another_one_follows_is_told_as_such(told: t.Callable[..., Teller], heard: Heard) -> None:
    teller = told(under_way(50))
    failed = standing("failed", attempt=1, job="j1", error={"message": "broke"}, submitted=True)
    teller.changed(0, failed, again=True)
    assert (heard.events[0][0], heard.events[0][1]["again"]) == ("failed", True)
    heard.take()
    teller.changed(0, under_way(0, attempt=2))
    assert heard.names() == ["submitted", "progress"]


def test_the_bytes_of_the_whole_never_shrink(told: t.Callable[..., Teller], heard: Heard) -> None:
    teller = told(standing(), standing())
    teller.changed(0, standing("failed", error={"message": "no"}))
    assert (whole(heard)["bytes"], whole(heard)["failed"], whole(heard)["done"]) == (20 * GIB, 1, 1)


def test_an_image_without_a_size_spoils_no_sum(told: t.Callable[..., Teller], heard: Heard) -> None:
    teller = told(standing(size=None))
    teller.changed(0, under_way(50))
    assert (whole(heard)["bytes"], whole(heard)["seconds_left"]) == (10 * GIB * 0, None)


@pytest.mark.parametrize(
    ("slots", "refused", "seconds"),
    # 10 GiB take 100 s. Left are half a copy under way, and 4 more: 450 s for one slot.
    # One of those that wait takes 100 s of its own, however many slots there are.
    [(1, False, 450), (2, False, 225), (5, False, 100), (9, False, 100), (5, True, 450)],
)
def test_time_left_follows_from_sizes_pace_and_slots(
    slots: int, refused: bool, seconds: float, clock: FakeClock, heard: Heard
) -> None:
    teller = Teller(heard, clock, slots)
    began = clock.utcnow() - datetime.timedelta(seconds=50)
    queued = [standing(refusal={} if refused else None) for _number in range(4)]
    teller.planned([under_way(50, began=began), *queued])
    assert whole(heard)["seconds_left"] == seconds


def test_the_largest_that_is_under_way_bounds_the_time_left(clock: FakeClock, heard: Heard) -> None:
    began = clock.utcnow() - datetime.timedelta(seconds=100)
    teller = Teller(heard, clock)
    teller.planned([under_way(90, began=began), dataclasses.replace(under_way(20, size=45 * GIB), began=began)])
    # Both have come 9 GiB far in 100 s.
    assert whole(heard)["seconds_left"] == 400


def test_what_has_ended_shows_the_pace_too(clock: FakeClock, heard: Heard) -> None:
    pace = Pace()
    teller = Teller(heard, clock, 1, pace)
    teller.planned([under_way(0, began=clock.utcnow()), standing()])
    assert whole(heard)["seconds_left"] is None
    pace.learn(10 * GIB, 100.0)
    teller.changed(0, standing("copied", began=clock.began, attempt=1, submitted=True))
    assert whole(heard)["seconds_left"] == 100


def test_what_waits_stays_as_large_while_another_copy_goes_on(clock: FakeClock, heard: Heard) -> None:
    pace = Pace()
    pace.learn(10, 100.0)
    teller = Teller(heard, clock, 1, pace)
    began = clock.utcnow()
    teller.planned([under_way(0, size=10, began=began), standing(size=10)])
    clock.sleep(50)
    teller.changed(0, under_way(50, size=10, began=began))
    assert whole(heard)["seconds_left"] == 150


def test_what_has_begun_is_no_longer_the_largest_that_waits(clock: FakeClock, heard: Heard) -> None:
    pace = Pace()
    pace.learn(10 * GIB, 100.0)
    teller = Teller(heard, clock, 5, pace)
    large = dataclasses.replace(under_way(0), copy={**under_way(0).copy, "source": {"size_bytes": 50 * GIB}})
    teller.planned([dataclasses.replace(large, status="not_started"), standing()])
    assert whole(heard)["seconds_left"] == 500
    teller.changed(0, dataclasses.replace(large, status="copied"))
    assert whole(heard)["seconds_left"] == 100


def test_the_end_is_told(clock: FakeClock, heard: Heard) -> None:
    Teller(heard, clock).ended(True, {"copied": 1})
    assert heard.events == [("ended", {"changed": True, "counts": {"copied": 1}})]


def test_trouble_of_the_log_is_the_tellers(clock: FakeClock, heard: Heard) -> None:
    heard.trouble = "full"
    assert Teller(heard, clock).trouble == "full"
