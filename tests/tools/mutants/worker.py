# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.mutants.worker``: runs tests on demand, in children that have the large imports behind them.

A line of JSON comes in (``tests``), and one goes out (``killed``: by which test, or by what else).
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys

import pytest

# What tests import besides the plugins themselves; it takes longer than most tests do.
LARGE = (
    "aiohttp.web",
    "ansible.module_utils.basic",
    "ansible.plugins.action",
    "ansible.plugins.loader",
    "cryptography.x509",
    "huaweicloudsdkcore.signer.signer",
    "hypothesis.strategies",
    "jmespath",
    "requests",
    "trustme",
    "yaml",
)
ARGUMENTS = ("-x", "-q", "-p", "no:xdist", "--hypothesis-seed=0", "-W", "ignore::pytest.PytestAssertRewriteWarning")


# Seconds for one test, and for collecting all of them; the slowest takes a few, and a change may make a loop endless.
PATIENCE = 60
# A loop that is endless may gather as it goes.
MOST_MEMORY = 4 * 1024**3


class First:
    """Writes down the first test that fails, and ends the process when one does not end."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        signal.alarm(PATIENCE)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self._pipe, report.nodeid.encode()[:4000] + b"\n")


def tried(tests: list[str]) -> str | None:
    """What noticed the change; None if nothing did."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setsid()
        # Of the last tests that ran, for whoever wonders.
        printed = os.open("printed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        signal.alarm(PATIENCE)
        os._exit(int(pytest.main([*ARGUMENTS, *tests], plugins=[First(writer)])))
    os.close(writer)
    _pid, status = os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        first = pipe.read().decode().partition("\n")[0]
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}: no end, or no memory left"
    return (first or "nothing can be imported or collected any more") if status else None


def main() -> None:
    for name in LARGE:
        importlib.import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps({"killed": tried(asked["tests"])}), flush=True)


if __name__ == "__main__":
    main()
