# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the page on errors from the tables that the hints come from: ``python -m tests.tools.errors_page``."""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils import _own_errors as own_errors
from ansible_collections.huaweicloud.ims.plugins.module_utils import _remedies as remedies
from ansible_collections.huaweicloud.ims.plugins.module_utils import _service_codes as services

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "errors.md"

INTRODUCTION = """\
# Errors and remedies

When a task fails, `error` in its result says where (`stage`), what (`message`), and what the service said with it
(`code`, `http_status`, `request_id`; the cloud's support asks for the last one). `error.hint` says what to do next: no
error is without one, and `msg` ends with it unless it goes without saying. The hints are the remedies on this page. The
code tells which, else the HTTP status, else what kind of error it is. A check that fails before a copy has a `code` and
a `hint` of its own in `preflight`.

Running again is nearly always right, and where it is not, the remedy says so. What is done is found, what is under way
is waited for, and nothing is copied twice (see [how it works](how_it_works.md)).
"""

Row = t.Sequence[str]


def page() -> str:
    """The whole page."""
    sections = [
        ("What the collection itself says", ("it says", "likely cause", "remedy"), _own()),
        ("HTTP statuses without a code that is known", ("status", "likely cause", "remedy"), _statuses()),
        ("Codes of the image service", ("code", "likely cause", "remedy"), _codes(services.IMAGE_SERVICE)),
        ("Codes of the API gateway", ("code", "likely cause", "remedy"), _codes(services.GATEWAY)),
        ("Codes of IAM", ("code", "likely cause", "remedy"), _codes(services.IDENTITY)),
    ]
    parts = [INTRODUCTION, *(f"## {title}\n\n{_table(head, rows)}" for title, head, rows in sections)]
    unknown = remedies.UNKNOWN_CODE
    parts.append(f"## Any other code\n\n{unknown.cause} {unknown.remedy}\n")
    parts.append("This page is made by `make errors-page`, and a test holds it to the hints.\n")
    return "\n".join(parts)


def _own() -> t.Iterator[Row]:
    for kind in own_errors.KINDS.values():
        yield kind.says, kind.cause, kind.remedy


def _statuses() -> t.Iterator[Row]:
    for status, remedy in sorted(remedies.STATUSES.items()):
        yield f"`{status}`", remedy.cause, remedy.remedy
    yield "`5xx`", remedies.SERVER_FAULT.cause, remedies.SERVER_FAULT.remedy


def _codes(rows: services.Rows) -> t.Iterator[Row]:
    for codes, cause, remedy in rows:
        yield ", ".join(f"`{code}`" for code in codes.split()), cause, remedy


def _table(head: Row, rows: t.Iterable[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell(text) for text in line)} |\n" for line in lines)


def cell(text: str) -> str:
    """Nothing that Markdown would take for more than text; what is to be filled in stands in angle brackets."""
    text = text.replace("{", "<").replace("}", ">")
    for sign in ("|", "<", ">"):
        text = text.replace(sign, f"\\{sign}")
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
