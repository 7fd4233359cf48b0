# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that show how copies go."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.plugin_utils import _progress

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
GIB = 1024**3


def entry(status: str = "in_progress", **fields: t.Any) -> dict[str, t.Any]:
    return {
        "label": 'images[0] ("golden")',
        "status": status,
        "name": "golden",
        "destination_region": "cn-south-1",
        "destination_project_name": "cn-south-1",
        "source_image": {"name": "golden", "size_bytes": 10 * GIB},
        "job": {"progress": 40},
        "started_at": "2026-03-01T11:58:00Z",
        **fields,
    }


def lines(*entries: dict[str, t.Any], before: t.Sequence[dict[str, t.Any]] = ()) -> list[str]:
    return list(_progress.changes({_progress.key_of(each): each for each in before}, entries, NOON))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (-3, "0:00"), (59.6, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (90061, "25:01:01")],
)
def test_a_duration(seconds: float, text: str) -> None:
    assert _progress.duration(seconds) == text


def test_a_copy_under_way_has_its_percent_its_time_and_what_is_left() -> None:
    assert lines(entry()) == ['  "golden" -> cn-south-1: 40 %, 2:00 elapsed, about 3:00 left']


def test_what_is_not_known_is_not_said() -> None:
    assert lines(entry(job=None, started_at=None)) == ['  "golden" -> cn-south-1: under way']
    assert lines(entry(job={"progress": 0})) == ['  "golden" -> cn-south-1: 0 %, 2:00 elapsed']


def test_a_project_of_its_own_is_named() -> None:
    (line,) = lines(entry(destination_project_name="cn-south-1_apps"))
    assert '"golden" -> cn-south-1 (project cn-south-1_apps):' in line


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": None}, "golden"),
        ({"name": None, "source_image": None, "image_name": "asked"}, "asked"),
        ({"name": None, "source_image": None, "image_name": None, "image_id": "i1"}, "i1"),
    ],
)
def test_without_a_name_the_source_names_the_copy(fields: dict[str, t.Any], name: str) -> None:
    assert _progress.title(entry(**fields)) == f'"{name}" -> cn-south-1'


def test_a_copy_that_ended_is_told_once() -> None:
    copied = entry("copied", finished_at="2026-03-01T12:00:05Z", image={"id": "i2"})
    assert lines(copied, before=[entry()]) == ['  "golden" -> cn-south-1: has been copied in 2:05 as image i2']
    assert lines(copied, before=[copied]) == []


@pytest.mark.parametrize("status", ["present", "updated"])
def test_what_was_there_has_no_duration(status: str) -> None:
    (line,) = lines(entry(status, finished_at="2026-03-01T12:00:05Z", image={"id": "i2"}))
    assert line.endswith(f"{_progress.WORDS[status]} as image i2")


def test_a_failure_says_why() -> None:
    error = {"code": "IMG.0061", "message": "storage broke"}
    assert lines(entry("failed", error=error)) == ['  "golden" -> cn-south-1: FAILED [IMG.0061]: storage broke']
    (line,) = lines(entry("skipped", error={"message": "encrypted"}))
    assert line.endswith(": is left out: encrypted")


def test_a_copy_that_has_not_begun_is_only_counted() -> None:
    waiting = entry("not_started", job=None)
    assert lines(waiting) == []
    assert _progress.whole([waiting, entry()], 60) == (
        "0 of 2 done, 1 under way, 1 waiting, 20 % of 20.0 GiB, about 4:00 left"
    )


def test_a_service_without_a_free_slot_is_named() -> None:
    refused = entry("not_started", job=None, refused_since="2026-03-01T11:00:00Z")
    assert "1 waiting for a slot, as the service has none free" in _progress.whole([refused], 60)


def test_the_whole_counts_failures_and_leaves_out_what_is_not_copied() -> None:
    entries = [entry("copied"), entry("present"), entry("failed")]
    assert _progress.whole(entries, 60) == "3 of 3 done (1 failed), 100 % of 10.0 GiB"


@pytest.mark.parametrize(
    ("entries", "elapsed"),
    [([], 60), ([entry(job={"progress": 0})], 60), ([entry()], 0), ([entry(source_image=None)], 60)],
)
def test_before_anything_can_be_told_no_time_is_left(entries: list[dict[str, t.Any]], elapsed: float) -> None:
    assert _progress.time_left(entries, elapsed) is None
