# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page as the role makes it, entries to show in it, and what a browser makes of it."""

from __future__ import annotations

import datetime
import html.parser
import pathlib
import typing as t

import jinja2

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report import view
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report_words import escaped

TEMPLATE = pathlib.Path(__file__).resolve().parents[2] / "roles" / "image_migration" / "templates" / "report.html.j2"
# As Ansible sets it up: it does not escape, and what is not defined is an error.
_ENVIRONMENT = jinja2.Environment(trim_blocks=True, autoescape=False, undefined=jinja2.StrictUndefined)
PAGE = _ENVIRONMENT.from_string(TEMPLATE.read_text(encoding="utf-8"))


def page(report: t.Mapping[str, t.Any], now: datetime.datetime, title: str | None = None) -> str:
    """The page of a report of this time."""
    return PAGE.render(view=escaped(view(report, now, title)), report=report)


NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
GIB = 1024**3
ERROR = {
    "stage": "wait",
    "code": "IMG.0151",
    "http_status": 400,
    "message": "the agency lacks permission",
    "request_id": "5f0c1d523a4e4a1b9a530e6e7b0c9a11",
    "hint": "Grant the agency IMS Administrator.",
}


def at(seconds: float) -> datetime.datetime:
    return NOON + datetime.timedelta(seconds=seconds)


def entry(name: str = "web", begin: float | None = None, end: float | None = None, **more: t.Any) -> dict[str, t.Any]:
    """One that is present, under way since ``begin``, or copied by ``end``."""
    status = "present" if begin is None else "in_progress" if end is None else "copied"
    return {
        "label": name,
        "status": status,
        "image_name": name,
        "name": name,
        "source_region": "cn-north-4",
        "destination_region": "cn-south-1",
        "destination_project_name": "cn-south-1",
        "source_image": {"id": "source-id", "name": name, "size_bytes": 3 * GIB},
        "image": {"id": "replica-id", "name": name},
        "job": None,
        "error": None,
        "attempts": 0 if begin is None else 1,
        "started_at": None if begin is None else timestamp(at(begin)),
        "finished_at": None if end is None else timestamp(at(end)),
        "warnings": [],
        **more,
    }


def failed(name: str = "db", **more: t.Any) -> dict[str, t.Any]:
    return entry(name, 0, 90, status="failed", image=None, **{"error": ERROR, **more})


def shown(*entries: dict[str, t.Any], now: float = 3600, title: str | None = None, **report: t.Any) -> str:
    return page({"results": list(entries), **report}, at(now), title)


class Reader(html.parser.HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._styles = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._styles += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._styles -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._styles:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())
