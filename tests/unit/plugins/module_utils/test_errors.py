# SPDX-License-Identifier: GPL-3.0-or-later
"""What an exception says in a result, and what it keeps to itself."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils import _errors
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import ApiError, Busy, ImsError, InputError


def test_the_text_holds_code_status_and_request_id_and_ends_with_the_hint() -> None:
    error = ApiError("IMS: no", code="IMG.0015", http_status=400, request_id="req-1", hint="Delete some.")
    assert error.as_text() == "IMS: no (code IMG.0015, HTTP 400, request id req-1). Delete some."


def test_the_text_of_a_plain_error_is_its_message() -> None:
    assert ImsError("it broke").as_text() == "it broke"


def test_a_code_that_the_message_names_already_is_not_repeated() -> None:
    error = ApiError("IMG.0015: quota", code="IMG.0015", hint="Delete some.")
    assert error.as_text() == "IMG.0015: quota. Delete some."


def test_a_message_that_ends_with_a_full_stop_gets_no_second_one() -> None:
    assert ImsError("It broke.", hint="Mend it.").as_text() == "It broke. Mend it."


def test_what_was_being_done_comes_first() -> None:
    error = ApiError("IMS: no", code="IMG.0060").at("submit", "Submitting the copy")
    assert error.as_text(hint=False) == "Submitting the copy: IMS: no (code IMG.0060)"
    assert error.as_error()["message"] == "Submitting the copy: IMS: no"


def test_at_gives_back_the_error_itself_to_be_raised() -> None:
    error = Busy("full")
    assert error.at("submit", "Submitting") is error


def test_at_keeps_what_somebody_nearer_said() -> None:
    error = ImsError("it broke").at("submit", "Submitting").at("plan", "Planning")
    assert (error.stage, error.doing) == ("submit", "Submitting")


def test_at_adds_what_was_being_done_to_a_stage_that_is_known() -> None:
    error = ImsError("it broke", stage="connect").at("plan").at("plan", "Planning")
    assert (error.stage, error.doing) == ("connect", "Planning")


def test_the_error_of_a_result_always_has_the_same_keys() -> None:
    assert ImsError("it broke").as_error() == {
        "stage": None,
        "code": None,
        "http_status": None,
        "message": "it broke",
        "request_id": None,
        "hint": "Mend what is named and run again: what is done stays done.",
    }


def test_the_error_of_a_result_holds_all_that_is_known() -> None:
    error = ApiError("no", code="C.1", http_status=403, request_id="req-1", hint="Ask.", stage="wait")
    assert error.as_error() == {
        "stage": "wait",
        "code": "C.1",
        "http_status": 403,
        "message": "no",
        "request_id": "req-1",
        "hint": "Ask.",
    }


def test_an_input_error_lists_every_problem() -> None:
    error = InputError(["one is wrong", "two is wrong"])
    assert error.problems == ["one is wrong", "two is wrong"]
    assert error.as_text() == "one is wrong; two is wrong"
    assert error.stage == "input"


def test_what_is_to_be_done_about_wrong_options_goes_without_saying_unless_there_is_more_to_it() -> None:
    assert InputError(["it is wrong"]).as_error()["hint"] == "Correct what is named, all of it, and run again."
    assert InputError(["it clashes"], remedy="clash").as_text() == (
        "it clashes. Leave out all but one, or give them names of their own."
    )


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        ("NotSent", "connect"),
        ("TlsError", "connect"),
        ("NotAuthenticated", "authenticate"),
        ("PreflightFailed", "preflight"),
        ("Blocked", "plan"),
        ("JobFailed", "wait"),
        ("Uncertain", "submit"),
        ("WaitTimeout", "wait"),
        ("NotAReplica", "verify"),
    ],
)
def test_an_error_that_can_happen_in_one_stage_only_names_it(kind: str, stage: str) -> None:
    assert getattr(_errors, kind)("x").stage == stage


@pytest.mark.parametrize(("kind", "word"), [("TlsError", "ca_path"), ("BadReply", "ims_endpoint")])
def test_an_error_with_one_remedy_brings_it_along_unless_told_better(kind: str, word: str) -> None:
    assert word in getattr(_errors, kind)("x").hint
    assert getattr(_errors, kind)("x", hint="Better.").hint == "Better."


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        ("TlsError", "NotSent"),
        ("NotSent", "TransportError"),
        ("ReplyLost", "TransportError"),
        ("BadReply", "TransportError"),
        ("Busy", "ApiError"),
        ("ServerFault", "ApiError"),
        ("NotFound", "ApiError"),
        ("NotPermitted", "ApiError"),
        ("Uncertain", "CopyError"),
        ("CopyError", "ImsError"),
        ("ApiError", "ImsError"),
        ("TransportError", "ImsError"),
        ("InputError", "ImsError"),
    ],
)
def test_the_tree_is_the_one_that_callers_catch_by(kind: str, parent: str) -> None:
    assert issubclass(getattr(_errors, kind), getattr(_errors, parent))


def test_a_lost_reply_is_never_taken_for_a_request_that_was_not_sent() -> None:
    assert not issubclass(_errors.ReplyLost, _errors.NotSent)


def test_what_a_service_said_is_kept_up_to_a_thousand_signs_and_its_code_and_request_id_up_to_a_hundred() -> None:
    error = _errors.ImsError("m" * 1000, code="c" * 100, request_id="r" * 100)
    assert (error.message, error.code, error.request_id) == ("m" * 1000, "c" * 100, "r" * 100)
    error = _errors.ImsError("m" * 1001, code="c" * 101, request_id="r" * 101)
    assert (error.message, error.code, error.request_id) == ("m" * 997 + "...", "c" * 97 + "...", "r" * 97 + "...")
