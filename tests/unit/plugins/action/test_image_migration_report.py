# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The action that writes the role's report: first for machines, and once its page is there as the last one."""

from __future__ import annotations

import json
import pathlib
import typing as t
from unittest import mock

from ansible_collections.huaweicloud.ims.plugins.action.image_migration_report import ActionModule

REPORT = {"version": 1, "generated_at": "2026-03-01T12:00:00Z", "results": [{"status": "copied"}]}


def act(**arguments: t.Any) -> dict[str, t.Any]:
    action = ActionModule(
        task=mock.Mock(args=arguments, async_val=0, check_mode=False, action="x"),
        connection=mock.Mock(),
        play_context=mock.Mock(),
        loader=mock.Mock(),
        templar=mock.Mock(),
        shared_loader_obj=mock.Mock(),
    )
    result: dict[str, t.Any] = action.run(task_vars={})
    return result


def test_a_report_is_written_and_its_page_put_in_place(tmp_path: pathlib.Path) -> None:
    folder = str(tmp_path / "report")

    written = act(folder=folder, report=REPORT)
    pathlib.Path(written["page"]).write_text("<p>", encoding="utf-8")
    shown = act(folder=folder, page=written["page"], in_place=written["in_place"], keep="10", spare="")

    assert json.loads(pathlib.Path(written["data"]).read_text(encoding="utf-8")) == REPORT
    assert (written["changed"], shown["changed"]) == (False, False)
    assert shown["page"] == str(tmp_path / "report" / "report.html")
    assert pathlib.Path(shown["page"]).read_text(encoding="utf-8") == "<p>"
    assert json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8")) == REPORT


def test_the_oldest_page_goes_when_no_more_than_one_is_to_be_kept(tmp_path: pathlib.Path) -> None:
    for hour in ("11", "12"):
        written = act(folder=str(tmp_path), report={**REPORT, "generated_at": f"2026-03-01T{hour}:00:00Z"})
        pathlib.Path(written["page"]).write_text(hour, encoding="utf-8")
        act(folder=str(tmp_path), page=written["page"], in_place=True, keep=1, spare="")

    assert [path.read_text(encoding="utf-8") for path in tmp_path.glob("report-*.html")] == ["12"]


def test_a_folder_that_cannot_be_fails_with_its_name(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    result = act(folder=str(tmp_path / "file" / "report"), report=REPORT)

    assert result["failed"] is True
    assert result["msg"].endswith(f": {tmp_path}/file")
