# SPDX-License-Identifier: GPL-3.0-or-later
"""A raw job, and the documented dict that is made of it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._model.job import parse_job
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.raw import LONGEST, Unreadable
from tests.unit.shapes import RUNNING


def test_a_job_is_exactly_the_documented_dict() -> None:
    job = parse_job(RUNNING, "ff80")
    assert job.as_dict() == {
        "id": "ff80",
        "status": "RUNNING",
        "progress": 40,
        "current_task": "CrossRegionCopyImageTask:",
        "begin_time": "2026-03-01T12:00:40.100Z",
        "end_time": None,
        "error_code": None,
        "fail_reason": None,
    }
    assert (job.type, job.image_name, job.image_id) == ("imsCrossRegionCopyImageJob", "web", None)


@pytest.mark.parametrize(
    ("said", "kept"),
    [("1969-12-31T23:59:59Z", False), ("1970-01-01T00:00:00Z", True), ("8999-12-31T23:59:59Z", True),
     ("9000-01-01T00:00:00Z", False), ("yesterday", True)],
)  # fmt: skip
def test_no_job_is_of_a_year_in_which_there_was_none(said: str, kept: bool) -> None:
    job = parse_job({**RUNNING, "begin_time": said, "end_time": said}, "j")
    assert (job.begin_time, job.end_time) == ((said, said) if kept else (None, None))


@pytest.mark.parametrize(
    ("status", "said", "done", "failed"),
    [
        ("INIT", "INIT", False, False),
        ("running", "RUNNING", False, False),
        ("SUCCESS", "SUCCESS", True, False),
        ("success", "SUCCESS", True, False),
        ("FAIL", "FAIL", False, True),
        ("failed", "FAILED", False, True),
        ("Something_New", "SOMETHING_NEW", False, False),
    ],
)
def test_a_status_is_done_failed_or_pending(status: str, said: str, done: bool, failed: bool) -> None:
    job = parse_job({"status": status}, "j")
    assert (job.id, job.status, job.done, job.failed) == ("j", said, done, failed)


@pytest.mark.parametrize(
    ("value", "percent"),
    [(0, 0), (0.4, 40), (0.404, 40), (1, 100), ("0.4", 40), (40, 40), ("40", 40), ("40%", 40), (250, 100), (-1, 0),
     (None, 0), ("", 0), ("soon", 0), ("nan", 0), ("inf", 0), ([], 0)],
)  # fmt: skip
def test_progress_comes_in_many_forms(value: t.Any, percent: int) -> None:
    assert parse_job({"status": "RUNNING", "entities": {"process_percent": value}}, "j").progress == percent


def test_a_job_that_ended_well_is_complete_whatever_its_progress_says() -> None:
    assert parse_job({"status": "SUCCESS", "entities": {"process_percent": 0.9}}, "j").progress == 100


PART = {"status": "FAIL", "error_code": "IMG.0151", "fail_reason": "no right", "entities": {}}


@pytest.mark.parametrize(
    "failure",
    [
        {"error_code": "IMG.0151", "fail_reason": "no right"},
        {"error_code": "", "fail_reason": None, "entities": {"error_code": "IMG.0151", "error": "no right"}},
        {"entities": {"error_code": "IMG.0151", "fail_reason": "no right"}},
        {"entities": {"addition_error_code": "IMG.0151", "addition_error_msg": "no right"}},
        {"entities": {"sub_jobs_result": [{"status": "SUCCESS"}, PART]}},
        {"entities": {"sub_jobs_result": [{"entities": {"error_code": "IMG.0151", "error": "no right"}}]}},
    ],
)
def test_why_a_job_failed_is_found_wherever_it_stands(failure: dict[str, t.Any]) -> None:
    job = parse_job({"status": "FAIL", **failure}, "j")
    assert (job.error_code, job.fail_reason) == ("IMG.0151", "no right")


@pytest.mark.parametrize(
    "entities",
    [
        {"image_id": "new", "sub_jobs_result": [{"entities": {"image_id": "other"}}]},
        {"image_id": "", "sub_jobs_result": [None, {"entities": {"image_id": "new"}}], "results": [{"image_id": "x"}]},
        {"results": [{"image_id": "new", "status": "active"}]},
    ],
)
def test_the_new_image_is_found_wherever_it_stands(entities: dict[str, t.Any]) -> None:
    assert parse_job({"status": "RUNNING", "entities": entities}, "j").image_id == "new"


@pytest.mark.parametrize("body", [None, [], {}, {"status": ""}, {"status": None}, {"status": {}}])
def test_a_job_without_status_cannot_be_read(body: t.Any) -> None:
    with pytest.raises(Unreadable, match="status is missing|status is an object, not text|it is .*, not an object"):
        parse_job(body, "j")


@pytest.mark.parametrize("entities", [None, [], "x", {"sub_jobs_result": None, "results": "x"}])
def test_entities_may_be_anything(entities: t.Any) -> None:
    assert parse_job({"status": "INIT", "entities": entities}, "j").image_id is None


@pytest.mark.parametrize("image_id", ["a b", "../x", "x" * 65, ["new"], {"a": 1}, True])
def test_what_cannot_be_an_id_is_no_image(image_id: t.Any) -> None:
    assert parse_job({"status": "SUCCESS", "entities": {"image_id": image_id}}, "j").image_id is None


@pytest.mark.parametrize(("length", "word"), [(100, "y" * 100), (101, "y" * 97 + "...")])
def test_a_word_of_a_job_has_a_hundred_signs_at_most(length: int, word: str) -> None:
    job = parse_job({"status": "RUNNING", "entities": {"current_task": "y" * length}}, "j")
    assert job.current_task == word


def test_a_reason_of_any_length_is_cut() -> None:
    job = parse_job({"status": "FAIL", "fail_reason": "x" * 5_000_000, "entities": {"current_task": "y" * 99_999}}, "j")
    assert (len(str(job.fail_reason)) <= 400, len(str(job.current_task)) <= LONGEST) == (True, True)


def test_what_is_told_is_cleaned_before_it_is_cut_folded_or_put_in_capital_letters() -> None:
    entities = {"current_task": "y" * 95 + "s3cr3t", "error_code": "s3cr3t"}
    raw = {"status": "by s3cr3t", "job_type": "s3cr3t", "fail_reason": "x" * 395 + "s3cr3t", "entities": entities}
    job = parse_job(raw, "j", lambda text: text.replace("s3cr3t", "***"))
    assert (job.status, job.type, job.error_code) == ("BY ***", "***", "***")
    assert (job.current_task, job.fail_reason) == ("y" * 95 + "***", "x" * 395 + "***")


def test_no_secret_makes_another_status_of_one_that_is_known() -> None:
    assert parse_job({"status": "success"}, "j", lambda text: "***").done
