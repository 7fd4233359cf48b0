# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What a report must be like for a page to be made of it, as somebody may have edited it; pure."""

from __future__ import annotations

import math
import typing as t

from ..module_utils._clock import moment
from ..module_utils._model.raw import kind_of

Check = t.Callable[[t.Any], t.Optional[str]]

# In the last year that a calendar has, nothing can follow.
LAST_YEAR = 9998


def _text(value: t.Any) -> t.Optional[str]:
    return None if isinstance(value, (str, int, float)) else "text"


def _number(value: t.Any) -> t.Optional[str]:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return "a number"
    try:
        return None if math.isfinite(value) and abs(value) < 2**63 else "a number to count with"
    except OverflowError:
        return "a number to count with"


def _time(value: t.Any) -> t.Optional[str]:
    when = moment(value) if isinstance(value, str) else None
    return "a time of a run" if when is not None and when.year > LAST_YEAR else _text(value)


IMAGE: t.Mapping[str, t.Any] = {"id": _text, "name": _text, "size_bytes": _number}
ERROR: t.Mapping[str, t.Any] = dict.fromkeys(
    ("message", "hint", "check", "code", "http_status", "stage", "request_id", "status"), _text
)
ENTRY: t.Mapping[str, t.Any] = {
    **dict.fromkeys(("status", "action", "name", "image_name", "image_id", "source_region"), _text),
    **dict.fromkeys(("destination_region", "destination_project_name"), _text),
    **dict.fromkeys(("started_at", "finished_at"), _time),
    "source_image": IMAGE,
    "image": IMAGE,
    "job": {"id": _text, "progress": _number, "begin_time": _time},
    "error": ERROR,
    "preflight": [ERROR],
    "warnings": [_text],
    "attempts": _number,
}
# What a page reads of a report. Whatever is null is not known, and whatever else there is nobody looks at.
REPORT: t.Mapping[str, t.Any] = {
    "results": [ENTRY],
    "error": ERROR,
    "msg": _text,
    "source_region": _text,
    "destinations": [_text],
    "waited": _number,
    "generated_at": _time,
}


def oddity(report: t.Any) -> t.Optional[str]:
    """The first thing about a report that is not as it must be, in words; None where all is."""
    return _odd(report, REPORT, "")


def _odd(value: t.Any, shape: t.Any, where: str) -> t.Optional[str]:
    if value is None and where:
        return None
    if isinstance(shape, t.Mapping):
        if not isinstance(value, t.Mapping):
            return f"{where} is {_kind(value)}, not a dictionary"
        parts = [(value[name], of, f"{where}.{name}".lstrip(".")) for name, of in shape.items() if name in value]
    elif isinstance(shape, list):
        if not isinstance(value, (list, tuple)):
            return f"{where} is {_kind(value)}, not a list"
        parts = [(item, shape[0], f"{where}[{index}]") for index, item in enumerate(value)]
        nothing = next((place for item, dummy, place in parts if item is None), None)
        if nothing is not None:
            return f"{nothing} is nothing at all"
    else:
        wanted = shape(value)
        return f"{where} is {_kind(value)}, not {wanted}" if wanted is not None else None
    return next((found for found in (_odd(*part) for part in parts) if found is not None), None)


def _kind(value: t.Any) -> str:
    """What a value is, in words; of a number that is none, which one."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and _number(value) is not None:
        return str(value) if isinstance(value, float) else "beyond all measure"
    return kind_of(value, "a dictionary")
