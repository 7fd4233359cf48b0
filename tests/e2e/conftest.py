# SPDX-License-Identifier: GPL-3.0-or-later
"""An embedded cloud in which a copy takes less than a second, and a controller that has nothing but the collection."""

from __future__ import annotations

import pathlib
import tempfile
import typing as t

import pytest

from tests.e2e.commands import ERROR_KEYS, RESULT_KEYS, Ansible, Result
from tests.e2e.progress_support import playbook, watch
from tests.emulator.testing import Emulator, running


@pytest.fixture(scope="session")
def server() -> t.Iterator[Emulator]:
    with running(time_scale=240) as emulator:
        yield emulator


@pytest.fixture
def cloud(server: Emulator) -> Emulator:
    """Fresh for every test."""
    server.reset()
    return server


@pytest.fixture
def ansible(cloud: Emulator) -> t.Iterator[Ansible]:
    """Called by the cloud's operator, whose access key is in the environment."""
    # Not pytest's own folder: Ansible makes a socket below it, whose path may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="ims-") as folder:
        controller = Ansible(pathlib.Path(folder), cloud.env())
        yield controller
        controller.close()


@pytest.fixture
def refused(ansible: Ansible, cloud: Emulator) -> t.Callable[..., tuple[str, Result]]:
    """Runs the usual copy with all that ``-vvv`` tells, which must fail before anything is asked for.

    Gives the message and the structured error, after a look at the shape of the whole.
    """

    def run(**options: t.Any) -> tuple[str, Result]:
        outcome = ansible.adhoc("-vvv", **options)
        result = outcome.result
        assert outcome.status == 2
        assert RESULT_KEYS | {"error", "timed_out"} <= result.keys()
        assert result["error"].keys() == ERROR_KEYS
        assert result["error"]["message"] in result["msg"]
        assert "\n" not in result["msg"]
        assert result["changed"] is False
        assert cloud.mutations() == []
        return result["msg"], result["error"]

    return run


@pytest.fixture
def play(ansible: Ansible, tmp_path: pathlib.Path) -> t.Callable[..., t.Any]:
    """Plays these tasks to the end, and gives what came when; the result is in ``result.json``."""

    def run(*tasks: t.Any, flags: t.Sequence[str] = (), play: Result | None = None, **how: t.Any) -> t.Any:
        return watch(ansible, ["ansible-playbook", *flags, playbook(tmp_path, *tasks, **(play or {}))], tmp_path, **how)

    return run
