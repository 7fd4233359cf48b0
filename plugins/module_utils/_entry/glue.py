# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Ansible glue: check the input, build the clients, run, and turn errors into fail_json, here and nowhere else."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .. import _errors as errors
from .._client import connection, transport
from .._client.cloud import Cloud
from .._client.credentials import SECRETS
from .._client.hiding import SHORTEST, Secrets
from .._client.ims import Ims
from .._clock import Clock, Deadline
from .._engine import events, record
from .._engine.copy import Copy
from .._engine.lease import lease
from .._engine.ledger import Ledger
from .._engine.marks import MarkingLedger
from .._engine.pace import Pace
from .._engine.scheduler import RunOptions, Scheduler
from .._engine.survey import Survey
from .._engine.teller import Teller
from .._engine.terms import Limits
from .._result.summary import counts_of
from .._text import halves_in, one_line, repaired
from . import numbers, paths

# What Ansible shows of such an argument.
SPECIFIED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

# A mark counts for so many times that it may take to settle, and so many seconds: clocks may be a minute apart.
SETTLED_TIMES, SHORTEST_GRACE = 6, 120.0

Result = t.Dict[str, t.Any]

# The bounds of the times of a run, and whether a time must be above the lower one.
TIMES = (
    ("wait_timeout", 0, numbers.LONGEST_WAIT, " s", False),
    ("wait_interval", 0, 3600, " s", True),
    ("run_for", 0, numbers.LONGEST_WAIT, " s", True),
    ("progress_interval", 0, numbers.LONGEST_WAIT, " s", False),
    ("settle_time", 0, 60, " s", False),
    ("confirm_timeout", 0, numbers.LONGEST_WAIT, " s", False),
)


def run_spec() -> Result:
    """The options that say how a run goes about its copies."""
    return {
        "source_region": {
            "type": "str",
            "required": True,
            "fallback": (connection.filled_env_fallback, ["HW_REGION_NAME"]),
        },
        "source_project_name": {"type": "str"},
        "progress_interval": {
            "type": "float",
            "default": 30,
            "fallback": (connection.number_env_fallback, ["HW_IMS_PROGRESS_INTERVAL"]),
        },
        "run_for": {"type": "float"},
        "event_log": {"type": "path"},
        "lease_file": {"type": "path"},
        "wait_timeout": {"type": "int", "default": 10800},
        "wait_interval": {"type": "float", "default": 10},
        "confirm_timeout": {"type": "float", "default": 120},
        "ledger": {"type": "str", "choices": ["host", "cloud", "none"], "default": "host"},
        "settle_time": {"type": "float", "default": 5},
        "state_dir": {
            "type": "path",
            "default": "~/.ansible/huaweicloud.ims",
            "fallback": (paths.path_env_fallback, ["HW_IMS_STATE_DIR"]),
        },
    }


def run_options(
    module: AnsibleModule,
    wrong: t.Sequence[str] = (),
    *,
    max_attempts: int = 1,
    skip_refused: bool = False,
    patient_until: t.Optional[float] = None,
    **more: t.Any,
) -> RunOptions:
    """:raises InputError: with every time that cannot be right, after what is known to be wrong already"""
    params = module.params
    problems = list(wrong)
    problems += numbers.problems_of(TIMES, params)
    if why_not := events.why_not(params["event_log"]):
        problems.append(f"event_log {params['event_log']} {why_not}")
    if problems:
        raise errors.InputError(problems)
    limits = Limits(
        wait_timeout=params["wait_timeout"],
        wait_interval=params["wait_interval"],
        confirm_timeout=params["confirm_timeout"],
        max_attempts=max_attempts,
        skip_refused=skip_refused,
        check_mode=module.check_mode,
        looking=bool(params.get("lease_file")),
        patient_until=patient_until,
    )
    return RunOptions(limits, run_for=params["run_for"], **more)


class Module(AnsibleModule):
    """A module that comes to life whatever it is called with, and tells no secret."""

    def __init__(self, **how: t.Any) -> None:
        self.secrets = Secrets()
        # Where an argument is wrong, this fails already.
        try:
            super().__init__(**how)  # type: ignore[no-untyped-call]
        except OverflowError as error:
            # In an option that is JSON in a string, which the very check that cannot take it has read.
            self.fail_json(msg=f"one of the options is {numbers.NONE}: {error}")
        self.params = numbers.spelled(self.params)
        connection.learn_secrets(self.secrets, self.params, os.environ)

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        self.params = paths.trimmed(numbers.countable(self.params, self.argument_spec), self.argument_spec)

    def warn(self, warning: str, **more: t.Any) -> None:
        super().warn(one_line(self.secrets.hidden(warning)), **more)

    def exit_json(self, **result: t.Any) -> t.NoReturn:
        super().exit_json(**self._without_secrets(result))

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn:
        # What Ansible itself refuses is an error like any other.
        refused = {"error": errors.InputError([msg]).as_error(), "timed_out": False}
        super().fail_json(**self._without_secrets({**refused, **result, "msg": msg}))

    def _without_secrets(self, result: Result) -> Result:
        """The result, and the arguments, which Ansible adds to it.

        It would also mask a secret of one sign, and with it nearly every word.
        """
        connection.learn_secrets(self.secrets, self.params, os.environ)
        shown = {
            option: SPECIFIED if option in SECRETS and value else numbers.spelled(value)
            for option, value in self.params.items()
        }
        self.params = self.secrets.without(shown)
        self.no_log_values = {value for value in self.no_log_values if len(value) >= SHORTEST}
        return t.cast("Result", self.secrets.without(result))

    def _log_invocation(self) -> None:
        """What it is called with goes to the system's log, which cannot hold half a character: :func:`run` refuses that
        afterwards, by the name of its option."""
        with contextlib.suppress(UnicodeEncodeError):
            super()._log_invocation()  # type: ignore[no-untyped-call]


class Drive(t.NamedTuple):
    """How a run over its copies ended: whether it was cut short, or refused as a whole, and what could not be noted."""

    cut_short: bool
    refused: bool
    troubles: t.List[str]


def drive(module: Module, clock: Clock, survey: Survey, options: RunOptions, copies: t.Sequence[Copy]) -> Drive:
    """Bring every copy as far as it goes, and tell of it."""
    ledger = _ledger(module, clock, survey)
    # In check mode nothing happens that could be told.
    path = None if module.check_mode else module.params["event_log"]
    log = events.event_log(path, clock, events.run_of(module.params["lease_file"]), module.secrets.without)
    pace = Pace()
    teller = Teller(log, clock, options.max_concurrent, pace)
    held = lease(module.params["lease_file"], clock)
    scheduler = Scheduler(survey, ledger, clock, options, teller=teller, pace=pace, lease=held)
    try:
        scheduler.run(copies)
        ledger.close()
    finally:
        counts = counts_of([{"status": copy.status} for copy in copies])
        teller.ended(any(copy.changed for copy in copies), counts)
    troubles = [*ledger.troubles, *([teller.trouble] if teller.trouble else [])]
    return Drive(scheduler.cut_short, scheduler.refused, troubles)


def _ledger(module: AnsibleModule, clock: Clock, survey: Survey) -> Ledger:
    """What is to remember the copies of this run. A blank ``state_dir`` has this host remember nothing."""
    params = module.params
    blank = params["ledger"] == "none" or not params["state_dir"]
    host = Ledger(None if blank else params["state_dir"], clock)
    if params["ledger"] != "cloud":
        return host

    def service(key: record.Key) -> Ims:
        if key.source is None or key.project is None:
            raise AssertionError("a copy is marked only once its source is known")
        return survey.ims(key.source.region, key.project)

    grace = max(params["confirm_timeout"], SETTLED_TIMES * params["settle_time"], SHORTEST_GRACE)
    return MarkingLedger(host, service, clock, params["settle_time"], grace)


def all_at_once(*parts: t.Callable[[], object]) -> None:
    """Make every part of the input check, and report the problems of all of them together.

    :raises InputError:
    """
    problems: t.List[str] = []
    for part in parts:
        try:
            part()
        except errors.InputError as error:
            problems.extend(error.problems)
    if problems:
        # An option of all images may be found wrong with each of them.
        raise errors.InputError(list(dict.fromkeys(problems)))


def whole_text(module: AnsibleModule) -> None:
    """No file, no service and no result can hold half a character. The module goes on with what stands for it.

    :raises InputError: with the names of the options that have one
    """
    problems = [f"{option} holds half a character, or bytes that are no UTF-8" for option in halves_in(module.params)]
    module.params = repaired(module.params)
    if problems:
        raise errors.InputError(problems)


def _connection(module: AnsibleModule) -> connection.Connection:
    """:raises InputError: with every problem of the connection options"""
    return connection.resolve(module.params, os.environ)


def run(
    module: Module,
    clock: Clock,
    work: t.Callable[[Cloud], None],
    result: t.Callable[[], Result],
    *checks: t.Callable[[], object],
) -> None:
    """Check the input, then work with the clients that it describes; an error fails the task with the result so far."""
    if not transport.HAS_REQUESTS:
        fail_without(module, "requests", transport.REQUESTS_IMPORT_ERROR, result())
    trouble: t.Optional[errors.ImsError] = None
    try:
        all_at_once(lambda: whole_text(module), lambda: _connection(module), *checks)
        home = str(module.params.get("source_region") or module.params.get("region"))
        way = _connection(module)
        for option in way.in_the_open:
            module.warn(f"{option} is http: whoever is on the way can read and alter all that is sent. Use https.")
        with Cloud(way, clock, home_region=home, secrets=module.secrets) as cloud:
            cloud.until(_time_to_plan(module.params, clock))
            work(cloud)
    except errors.ImsError as error:
        trouble = error
    # Not where the error is handled: there Ansible may add where it comes from, with all that it comes from.
    if trouble is not None:
        fail(module, trouble, result())


def _time_to_plan(params: t.Mapping[str, t.Any], clock: Clock) -> t.Optional[Deadline]:
    """When everything must be known that a run begins with; None where nothing else is waited for either."""
    if "wait_timeout" not in params:
        return None
    patience = params["wait_timeout"] if params.get("wait", True) else transport.LONGEST_REST
    return Deadline(clock, patience if params["run_for"] is None else min(patience, params["run_for"]))


def fail_without(module: AnsibleModule, library: str, trace: t.Optional[str], result: Result) -> None:
    """Fail because a library is missing on the host that runs the module."""
    text = missing_required_lib(library)
    error = errors.ImsError(text, stage="input", remedy="library").as_error()
    module.fail_json(msg=text, exception=trace, **{**result, "error": error, "timed_out": False})


def fail(
    module: AnsibleModule,
    error: errors.ImsError,
    result: Result,
    job_id: t.Optional[str] = None,
    text: t.Optional[str] = None,
) -> t.NoReturn:
    """Fail the task; once a job exists, the message names it and says how to go on.

    :param text: instead of the error's own
    """
    text = text if text is not None else error.as_text()
    # The hint of a time-out says it already, with the other ways to go on.
    if job_id is not None and not isinstance(error, errors.WaitTimeout):
        text = f"{text.rstrip('.')}. The job is {job_id}; with job_id set to it, a further run takes it up."
    result.update(error=error.as_error(), timed_out=isinstance(error, errors.WaitTimeout))
    module.fail_json(msg=text, **result)
    raise AssertionError("fail_json does not return")
