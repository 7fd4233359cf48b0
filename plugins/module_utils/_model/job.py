# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""A raw asynchronous task -> a job; pure."""

from __future__ import annotations

import math
import typing as t

from .. import _clock as clocks
from .. import _text as texts
from .raw import IDENTIFIER, Raw, dicts, mapping, prose

LONGEST_REASON = 400
# Of what is a word or a time.
LONGEST_WORD = 100
# Any other status is told as the service says it.
KNOWN = frozenset(("INIT", "RUNNING", "SUCCESS", "FAIL", "FAILED"))


class Job(t.NamedTuple):
    """An asynchronous task: ``status`` is INIT, RUNNING, SUCCESS, FAIL or what else the service said, upper-case."""

    id: str
    status: str
    type: t.Optional[str] = None
    progress: int = 0
    current_task: t.Optional[str] = None
    begin_time: t.Optional[str] = None
    end_time: t.Optional[str] = None
    error_code: t.Optional[str] = None
    fail_reason: t.Optional[str] = None
    image_id: t.Optional[str] = None
    image_name: t.Optional[str] = None

    @property
    def done(self) -> bool:
        """It ended well. An unknown status is neither this nor failed: it is pending."""
        return self.status == "SUCCESS"

    @property
    def failed(self) -> bool:
        return self.status in ("FAIL", "FAILED")

    def as_dict(self) -> t.Dict[str, t.Any]:
        """The ``job`` of a result."""
        return {
            "id": self.id,
            "status": self.status,
            "progress": self.progress,
            "current_task": self.current_task,
            "begin_time": self.begin_time,
            "end_time": self.end_time,
            "error_code": self.error_code,
            "fail_reason": self.fail_reason,
        }


def parse_job(data: t.Any, job_id: str, told: t.Callable[[str], str] = str) -> Job:
    """A job from what the service says about it. Why it failed may stand at the top, in the entities or in a sub-job.

    :param told: what may be told of a text; what is cut or in capital letters cannot be known for a secret afterwards
    :raises Unreadable: when there is no status
    """
    raw = Raw(data)
    status = raw.needed("status")
    status = status.upper() if status.upper() in KNOWN else texts.visible(told(status).upper(), LONGEST_WORD)
    entities = mapping(raw.data.get("entities"))
    parts = dicts(entities.get("sub_jobs_result"))
    places = [raw.data, entities, *(place for part in parts for place in (part, mapping(part.get("entities"))))]
    made = [entities, *(mapping(part.get("entities")) for part in parts), *dicts(entities.get("results"))]
    return Job(
        id=raw.text("job_id") or job_id,
        type=_word(raw.data.get("job_type"), told),
        status=status,
        progress=100 if status == "SUCCESS" else _percent(entities.get("process_percent")),
        current_task=_word(entities.get("current_task"), told),
        begin_time=_time(raw.data.get("begin_time"), told),
        end_time=_time(raw.data.get("end_time"), told),
        error_code=_word(_first(places, "error_code", "addition_error_code"), told),
        fail_reason=_reason(_first(places, "fail_reason", "error", "addition_error_msg"), told),
        image_id=_id(_first(made, "image_id")),
        image_name=_first(made, "image_name"),
    )


def _percent(value: t.Any) -> int:
    """0 to 100 from the API's 0 to 1; a number above 1 is taken for a percentage already."""
    try:
        number = float(str(value)[:40].strip().rstrip("%"))
    except ValueError:
        return 0
    if not math.isfinite(number):
        return 0
    return max(0, min(100, round(number * 100 if number <= 1 else number)))


def _word(value: t.Any, told: t.Callable[[str], str]) -> t.Optional[str]:
    """It is for people to read, and a failed task prints it as it is."""
    text = prose(value)
    return texts.visible(told(text), LONGEST_WORD) if text is not None else None


def _time(value: t.Any, told: t.Callable[[str], str]) -> t.Optional[str]:
    text = _word(value, told)
    when = clocks.moment(text)
    return None if when is not None and not clocks.is_possible(when) else text


def _reason(text: t.Optional[str], told: t.Callable[[str], str]) -> t.Optional[str]:
    return texts.one_line(told(text), LONGEST_REASON) if text is not None else None


def _id(text: t.Optional[str]) -> t.Optional[str]:
    return text if text is not None and IDENTIFIER.fullmatch(text) else None


def _first(places: t.Iterable[t.Mapping[str, t.Any]], *keys: str) -> t.Optional[str]:
    """The first of the keys that is filled, key by key through all places."""
    found = (prose(place.get(key)) for place in places for key in keys)
    return next((text for text in found if text is not None), None)
