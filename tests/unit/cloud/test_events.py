# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs tell in their event log, and how they end when nobody waits for them any more."""

from __future__ import annotations

import json
import os

import pytest

TWO = [{"image_name": "debian-12-db"}, {"image_name": "ubuntu-22.04-web"}]


class Log:
    """An event log that is read piece by piece."""

    def __init__(self, path):
        self._path = path
        self._read = 0
        self.path = str(path)

    def __call__(self):
        """The events since the last call."""
        lines = self._path.read_text(encoding="ascii").splitlines() if self._path.exists() else []
        fresh = [json.loads(line) for line in lines[self._read :]]
        self._read = len(lines)
        return fresh


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path / "events")


@pytest.fixture
def lease(tmp_path, clock, monkeypatch):
    """A lease that is renewed until so many seconds have passed."""
    path = tmp_path / "lease"
    path.touch()
    asleep = clock.sleep
    ends: list[float] = []

    def sleep(seconds):
        asleep(seconds)
        if clock.monotonic() > ends[0]:
            path.unlink(missing_ok=True)
        elif path.exists():
            os.utime(path, (clock.monotonic(), clock.monotonic()))

    def hold(lasts):
        ends.append(lasts)
        monkeypatch.setattr(clock, "sleep", sleep)
        return str(path)

    return hold


def names(events):
    return [event["event"] for event in events if event["event"] != "progress"]


def test_a_migration_is_told_from_its_plan_to_its_end(cloud, migrate, log):
    result = migrate(images=TWO, max_concurrent=1, event_log=log.path)

    events = log()
    # A slot that has come free is filled before its replica is finished off.
    assert names(events) == ["planned", "submitted", "submitted", "copied", "copied", "ended"]
    assert len({event["run"] for event in events}) == 1
    assert (events[0]["copies"], events[0]["queued"], events[0]["max_concurrent"]) == (2, 2, 1)
    assert events[0]["bytes"] == sum(entry["source_image"]["size_bytes"] for entry in result["results"])
    assert (events[-1]["changed"], events[-1]["counts"]) == (True, result["counts"])
    for event in events:
        if event["event"] == "copied":
            entry = result["results"][event["number"]]
            assert event["copy"]["replica"] == {"id": entry["image"]["id"], "name": entry["image"]["name"]}
            assert event["copy"]["source"]["id"] == entry["source_image"]["id"]
            assert event["copy"]["destination"] == {"region": "cn-south-1", "project_name": "cn-south-1"}
            assert (event["job"], event["attempt"], event["error"]) == (entry["job"]["id"], 1, None)
    percents = [event["percent"] for event in events if event["event"] == "progress" and "copy" in event]
    assert percents and all(0 < percent <= 100 for percent in percents)


def test_the_whole_grows_to_its_end_and_tells_time_left(cloud, migrate, log):
    migrate(images=TWO, max_concurrent=1, event_log=log.path)

    wholes = [event["whole"] for event in log() if "whole" in event]
    assert [whole["bytes"] for whole in wholes] == [wholes[0]["bytes"]] * len(wholes)
    assert [whole["bytes_done"] for whole in wholes] == sorted(whole["bytes_done"] for whole in wholes)
    assert (wholes[-1]["done"], wholes[-1]["bytes_done"]) == (2, wholes[0]["bytes"])
    assert any(whole["seconds_left"] for whole in wholes)


def test_a_job_that_fails_is_told_with_each_attempt(cloud, migrate, log):
    cloud.outcome(name="ubuntu-22.04-web", status="FAIL", error_code="IMG.0061", fail_reason="broke", times=1)

    migrate(images=TWO[1:], max_attempts=2, event_log=log.path)

    events = log()
    assert [name for name in names(events) if name != "warning"] == [
        "planned", "submitted", "failed", "submitted", "copied", "ended",
    ]  # fmt: skip
    (failed,) = [event for event in events if event["event"] == "failed"]
    assert (failed["again"], failed["attempt"], failed["error"]["code"]) == (True, 1, "IMG.0061")
    assert [event["attempt"] for event in events if event["event"] == "submitted"] == [1, 2]


def test_what_an_earlier_run_began_is_found(cloud, copy, log, clock):
    copy(wait=False)
    clock.advance(5)

    copy(event_log=log.path)

    events = log()
    assert names(events) == ["planned", "found", "copied", "ended"]
    assert (events[0]["under_way"], events[-1]["changed"]) == (1, False)


def test_a_service_without_a_slot_is_told(cloud, copy, log):
    cloud.occupy_slots(5, 100)

    copy(event_log=log.path)

    (waiting,) = [event for event in log() if event["event"] == "waiting_for_slot"]
    assert (waiting["error"]["code"], waiting["job"]) == ("IMG.0149", None)


def test_a_lost_answer_is_told_without_a_job(cloud, copy, log):
    cloud.fault(operation="CopyImageCrossRegion", do="drop", effect=True, times=1)

    copy(event_log=log.path)

    (submitted,) = [event for event in log() if event["event"] == "submitted"]
    assert submitted["job"] is None


def test_a_run_that_refuses_tells_why_and_ends(cloud, copy, log):
    copy(image_name="windows-2019-byol-iso", agency_name="nobody", event_log=log.path)

    assert names(log())[-1] == "ended"


def test_check_mode_tells_nothing(cloud, copy, migrate, log):
    copy(check=True, event_log=log.path)
    migrate(check=True, images=TWO, event_log=log.path)

    assert log() == []


def test_a_log_that_takes_nothing_more_is_warned_of_once_and_costs_nothing(cloud, copy, warnings):
    result = copy(event_log="/dev/full")

    assert result["action"] == "submitted" and "failed" not in result
    assert len([text for text in warnings if "/dev/full" in text]) == 1


@pytest.mark.parametrize("check", [False, True])
def test_a_log_that_can_never_be_written_is_refused_before_anything_is_sent(cloud, copy, migrate, tmp_path, check):
    nowhere = tmp_path / "nowhere" / "log"
    one = copy(check=check, event_log=str(nowhere), run_for=0)
    several = migrate(check=check, images=TWO, event_log=str(tmp_path))

    assert f"event_log {nowhere} is in a folder that does not exist, {nowhere.parent}" in one["msg"]
    assert "run_for must be above 0 and at most" in one["msg"]
    assert f"event_log {tmp_path} is a folder" in several["msg"]
    assert (one["failed"], several["failed"], cloud.journal()) == (True, True, [])


def test_a_lease_that_ends_has_nothing_more_submitted(cloud, migrate, lease, log):
    result = migrate(images=TWO, max_concurrent=1, lease_file=lease(25), event_log=log.path)

    assert [entry["status"] for entry in result["results"]] == ["in_progress", "not_started"]
    assert (result["cut_short"], result["finished"], result["changed"]) == (True, False, True)
    assert len(cloud.copies()) == 1
    assert names(log()) == ["planned", "submitted", "ended"]


def test_without_a_lease_file_nothing_is_begun_and_everything_is_told(cloud, migrate, copy, tmp_path):
    result = migrate(images=TWO, lease_file=str(tmp_path / "none"))
    one = copy(lease_file=str(tmp_path / "none"))

    assert [entry["status"] for entry in result["results"]] == ["not_started"] * 2
    assert (one["cut_short"], one["changed"], cloud.mutations()) == (True, False, [])


@pytest.mark.parametrize("run", ["copy", "migrate"])
def test_who_waited_may_be_gone_before_the_plan_is_made(cloud, copy, migrate, run, tmp_path):
    busy = {"do": "respond", "status": 429, "headers": {"Retry-After": "40"}}
    cloud.fault(operation="ListImages", region="cn-north-4", times=1, **busy)
    (tmp_path / "lease").touch()

    lease_file = str(tmp_path / "lease")
    result = copy(lease_file=lease_file) if run == "copy" else migrate(images=TWO, lease_file=lease_file)

    assert (result["cut_short"], result["changed"], cloud.mutations()) == (True, False, [])


def test_a_lease_is_looked_at_however_seldom_copies_are(cloud, copy, lease, clock):
    cloud.outcome(name="ubuntu-22.04-web", status="SUCCESS", seconds=36000)

    result = copy(lease_file=lease(20), wait_interval=3000)

    assert result["cut_short"] is True
    assert clock.monotonic() <= 26


def test_a_lease_that_holds_changes_nothing(cloud, migrate, lease):
    result = migrate(images=TWO, lease_file=lease(1e9))

    assert [entry["status"] for entry in result["results"]] == ["copied", "copied"]


def test_the_look_of_a_run_drops_the_note_of_a_copy_that_has_arrived(cloud, copy, clock, tmp_path):
    def notes():
        return [path.name for path in (tmp_path / "state").iterdir()]

    copy(wait=False)
    clock.advance(10000)
    copy(check=True)
    kept = notes()

    assert copy(check=True, lease_file=os.devnull)["action"] == "none"
    assert kept and notes() == []


def test_time_left_is_told_of_a_copy_that_a_run_without_results_takes_up(cloud, copy, log, clock):
    copy(wait=False)
    clock.advance(30)

    copy(event_log=log.path)

    events = log()
    (found,) = [event for event in events if event["event"] == "found"]
    lefts = [event["whole"]["seconds_left"] for event in events if "whole" in event and event["whole"]["under_way"]]
    assert found["began"] is not None
    assert len(lefts) > 3 and None not in lefts


@pytest.mark.parametrize("check", [True, False])
def test_a_log_that_is_a_pipe_or_no_path_at_all_is_refused(cloud, copy, tmp_path, check):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    assert f"event_log {pipe} is a pipe" in copy(check, event_log=str(pipe))["msg"]
    assert "cannot be a path" in copy(check, event_log=str(tmp_path / "a\0b"))["msg"]
    assert cloud.journal() == []


def test_blanks_around_the_path_of_a_log_are_no_part_of_it(copy, log, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    copy(event_log=f" {log.path} ")

    assert [event["event"] for event in log()][-1] == "ended"


def test_a_lease_that_is_no_path_has_ended(cloud, copy, tmp_path):
    assert copy(lease_file=str(tmp_path / "a\0b"))["cut_short"] is True
    assert cloud.copies() == []
