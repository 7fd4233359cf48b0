# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of a run up to their bounds, and what a failure says of its job."""

from __future__ import annotations

import datetime
import types
import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Key
from ansible_collections.huaweicloud.ims.plugins.module_utils._entry import glue, run_options, running
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import (
    CopyError,
    Held,
    ImsError,
    InputError,
    JobFailed,
    Uncertain,
    WaitTimeout,
)
from tests.module_args import patch_module_args
from tests.unit.marked_source import MarkedSource
from tests.unit.shapes import SOURCE_PROJECT, source
from tests.unit.support import FakeClock

TEN_YEARS = 315360000
GOOD: dict[str, t.Any] = {
    "wait_timeout": 10800,
    "wait_interval": 10.0,
    "event_log": None,
    "settle_time": 5.0,
    "confirm_timeout": 120.0,
    "progress_interval": 30.0,
    "run_for": None,
}


def options(params: dict[str, t.Any], wrong: t.Sequence[str] = ()) -> t.Any:
    module: t.Any = types.SimpleNamespace(params={**GOOD, **params}, check_mode=False)
    return run_options.run_options(module, wrong)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("wait_timeout", 0),
        ("wait_timeout", 1),
        ("wait_timeout", TEN_YEARS),
        ("wait_interval", 0.001),
        ("wait_interval", 3600),
        ("confirm_timeout", 0),
        ("settle_time", 0),
        ("settle_time", 60),
        ("progress_interval", 0),
        ("run_for", 0.001),
    ],
)
def test_a_number_at_its_bound_is_taken(option: str, value: float) -> None:
    made = options({option: value})
    if option not in ("progress_interval", "settle_time"):
        assert value in (getattr(made.limits, option, None), getattr(made, option, None))


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("wait_timeout", -1, f"wait_timeout must be 0 to {TEN_YEARS} s, not -1"),
        ("wait_timeout", TEN_YEARS + 1, f"wait_timeout must be 0 to {TEN_YEARS} s, not {TEN_YEARS + 1}"),
        ("wait_interval", 0.0, "wait_interval must be above 0 and at most 3600 s, not 0"),
        ("wait_interval", 3601.0, "wait_interval must be above 0 and at most 3600 s, not 3601"),
        ("wait_interval", float("nan"), "wait_interval must be above 0 and at most 3600 s, not nan"),
        ("settle_time", -0.1, "settle_time must be 0 to 60 s, not -0.1"),
        ("settle_time", 60.5, "settle_time must be 0 to 60 s, not 60.5"),
        ("settle_time", float("nan"), "settle_time must be 0 to 60 s, not nan"),
        ("confirm_timeout", -0.5, "confirm_timeout must be 0 to 315360000 s, not -0.5"),
        ("confirm_timeout", float("nan"), "confirm_timeout must be 0 to 315360000 s, not nan"),
        ("progress_interval", -1.0, "progress_interval must be 0 to 315360000 s, not -1"),
        ("progress_interval", float("inf"), "progress_interval must be 0 to 315360000 s, not inf"),
        ("run_for", 0.0, "run_for must be above 0 and at most 315360000 s, not 0"),
        ("wait_timeout", 2**63, f"wait_timeout must be 0 to {TEN_YEARS} s, not {2**63}"),
        ("confirm_timeout", float("inf"), "confirm_timeout must be 0 to 315360000 s, not inf"),
        ("run_for", float("inf"), "run_for must be above 0 and at most 315360000 s, not inf"),
        ("run_for", float("nan"), "run_for must be above 0 and at most 315360000 s, not nan"),
    ],
)
def test_a_number_beyond_its_bound_is_refused(option: str, value: float, problem: str) -> None:
    with pytest.raises(InputError) as raised:
        options({option: value})
    assert raised.value.problems == [problem]


@pytest.mark.parametrize(
    ("options", "grace"),
    [
        ({}, 145),
        ({"settle_time": 20.0}, 175),
        ({"confirm_timeout": 300.0}, 325),
        ({"confirm_timeout": 30.0}, 120),
        ({"confirm_timeout": 30.0, "settle_time": 30.0}, 180),
    ],
)
def test_a_mark_of_another_run_holds_a_copy_for_two_minutes_at_least(
    options: dict[str, float], grace: float, clock: FakeClock
) -> None:
    """Or for as long as a copy may take to show once it was sent, which is twice that a mark takes to settle and
    fifteen seconds after it was made at most, or for six times that a mark takes to settle."""
    image: t.Any = MarkedSource(clock)
    params = {**GOOD, "ledger": "cloud", "state_dir": "", **options}
    key = Key("ba9876543210", "0123456789ab", False, source(), SOURCE_PROJECT)
    module: t.Any = types.SimpleNamespace(params=params)
    survey: t.Any = types.SimpleNamespace(ims=lambda region, project: image)

    def is_free(age: float) -> bool:
        """With a mark that has this age when this run's own has settled."""
        at = clock.utcnow() + datetime.timedelta(seconds=params["settle_time"] - age)
        image.attributes = {"ims_copy_0123456789ab_ffff": f"pending {timestamp(at)} ffff0000 -"}
        try:
            with running._ledger(module, clock, survey).claim(key):
                return True
        except Held:
            return False

    assert (is_free(grace - 1), is_free(grace)) == (False, True)


def test_all_that_is_wrong_is_said_after_what_was_known_to_be() -> None:
    with pytest.raises(InputError) as raised:
        options({"wait_timeout": -1, "run_for": -1.0}, ["it rains"])
    assert [problem.split()[0] for problem in raised.value.problems] == ["it", "wait_timeout", "run_for"]


def test_the_problems_of_all_parts_come_together_each_once() -> None:
    def wrong(*problems: str) -> t.Callable[[], object]:
        def part() -> object:
            raise InputError(problems)

        return part

    with pytest.raises(InputError) as raised:
        glue.all_at_once(wrong("a", "b"), lambda: None, wrong("b", "c"))
    assert raised.value.problems == ["a", "b", "c"]
    glue.all_at_once(lambda: None)


def test_arguments_with_half_a_character_are_named_and_nothing_goes_on_with_one() -> None:
    given = {"name": "a\ud800", "images": [{"tags": {"k": "\udfff"}}], "region": "cn-north-4", "password": "p\ud800"}
    module: t.Any = types.SimpleNamespace(params=given)

    with pytest.raises(InputError) as raised:
        glue.whole_text(module)

    assert [problem.split()[0] for problem in raised.value.problems] == ["name", "images[0].tags.k", "password"]
    assert module.params["name"] == "a\N{REPLACEMENT CHARACTER}"
    glue.whole_text(module)


def test_a_module_comes_to_life_though_the_log_of_the_system_cannot_hold_its_arguments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(self: t.Any) -> None:
        "\ud800".encode()

    monkeypatch.setattr(AnsibleModule, "_log_invocation", refuses)
    with patch_module_args({"_ansible_remote_tmp": "/tmp"}):
        glue.Module(argument_spec={})


def test_what_goes_to_the_log_of_the_system_holds_no_nul(monkeypatch: pytest.MonkeyPatch) -> None:
    """Core 2.16 to 2.18 fails over one, on Python 3.12 and later."""
    logged: list[t.Any] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda self, msg, log_args=None: logged.append((msg, log_args)))
    with patch_module_args({"_ansible_remote_tmp": "/tmp", "name": "a\0b"}):
        glue.Module(argument_spec={"name": {}})
    ((message, arguments),) = logged
    assert "name=a\\0b" in message
    assert arguments["name"] == "a\\0b"


class Failed(Exception):
    """The module has failed."""


class Module:
    """Keeps what it fails with."""

    def fail_json(self, **result: t.Any) -> None:
        raise Failed(result)


TAKE_UP = "The job is j1; with job_id set to it, a further run takes it up."


@pytest.mark.parametrize(
    ("error", "job_id", "text", "timed_out"),
    [
        (CopyError("it broke."), "j1", f"it broke. {TAKE_UP}", False),
        (CopyError("it broke"), None, "it broke", False),
        (Uncertain("job j1 is gone", hint="Look."), "j1", f"job j1 is gone. Look. {TAKE_UP}", False),
        (WaitTimeout("too long", hint="With job_id: j1."), "j1", "too long. With job_id: j1.", True),
        (JobFailed("job j1 failed", hint="Mend it."), None, "job j1 failed. Mend it.", False),
    ],
)
def test_a_failure_says_how_its_job_is_taken_up(error: ImsError, job_id: str, text: str, timed_out: bool) -> None:
    module: t.Any = Module()
    with pytest.raises(Failed) as raised:
        glue.fail(module, error, {"changed": False}, job_id)
    assert raised.value.args[0] == {
        "msg": text,
        "changed": False,
        "error": error.as_error(),
        "timed_out": timed_out,
    }
