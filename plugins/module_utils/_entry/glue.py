# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Ansible glue: check the input, build the clients, run, and turn errors into fail_json, here and nowhere else."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .. import _clock as clocks
from .. import _errors as errors
from .. import _text as texts
from .._client import connection, transport
from .._client.cloud import Cloud
from .._client.credentials import SECRETS
from .._client.hiding import SHORTEST, Secrets
from . import numbers, paths

# What Ansible shows of such an argument.
SPECIFIED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

Result = t.Dict[str, t.Any]


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
        super().warn(texts.one_line(self.secrets.hidden(warning)), **more)

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
        afterwards, by the name of its option. Some cores fall over it before they log, and others while they do."""
        with contextlib.suppress(UnicodeEncodeError):
            super()._log_invocation()  # type: ignore[no-untyped-call]

    def log(self, msg: str, log_args: t.Optional[t.Dict[str, t.Any]] = None) -> None:
        """Nor can it hold a NUL, with some cores and Pythons."""
        args = {name: _for_log(str(value)) for name, value in (log_args or {}).items()}
        super().log(_for_log(msg), args)  # type: ignore[no-untyped-call]


def _for_log(text: str) -> str:
    return str(texts.repaired(text)).replace("\0", "\\0")


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
    problems = [
        f"{option} holds half a character, or bytes that are no UTF-8" for option in texts.halves_in(module.params)
    ]
    module.params = texts.repaired(module.params)
    if problems:
        raise errors.InputError(problems)


def _connection(module: Module) -> connection.Connection:
    """:raises InputError: with every problem of the connection options"""
    way = connection.resolve(module.params, os.environ)
    # Those of a file as well.
    module.secrets.add(way.access_key, way.secret_key, way.security_token, random=True)
    return way


def run(
    module: Module,
    clock: clocks.Clock,
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


def _time_to_plan(params: t.Mapping[str, t.Any], clock: clocks.Clock) -> t.Optional[clocks.Deadline]:
    """When everything must be known that a run begins with; None where nothing else is waited for either."""
    if "wait_timeout" not in params:
        return None
    patience = params["wait_timeout"] if params.get("wait", True) else transport.LONGEST_REST
    return clocks.Deadline(clock, patience if params["run_for"] is None else min(patience, params["run_for"]))


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
