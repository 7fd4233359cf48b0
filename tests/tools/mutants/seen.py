# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.mutants.seen REPORT ARGUMENTS...``: pytest, and which of its tests reaches which line."""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

import coverage
import pytest


class Watching:
    """Tells the coverage which test it is that runs, and notes how long each takes and which fail."""

    def __init__(self, cover: coverage.Coverage) -> None:
        self._cover = cover
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> t.Generator[None, object, object]:
        self._cover.switch_context(item.nodeid)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.append(report.nodeid)


def main(report: str, *arguments: str) -> int:
    cover = coverage.Coverage(data_file=None, config_file=False, include=["plugins/*", "**/huaweicloud/ims/plugins/*"])
    watching = Watching(cover)
    cover.start()
    status = pytest.main([*arguments], plugins=[watching])
    cover.stop()
    data, root, lines = cover.get_data(), pathlib.Path.cwd(), {}
    for file in data.measured_files():
        name = str(pathlib.Path(file).resolve().relative_to(root))
        lines[name] = {line: tests for line, tests in data.contexts_by_lineno(file).items() if line > 0}
    whole = {"lines": lines, "seconds": watching.seconds, "failed": watching.failed}
    pathlib.Path(report).write_text(json.dumps(whole), encoding="utf-8")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
