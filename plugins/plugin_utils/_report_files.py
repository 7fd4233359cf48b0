# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The files of the reports in their folder: each is kept under its time, and none that matters is written over.

``report.json`` and ``report.html`` are the last report that tells of copies. A later run may carry on from it. That of
a run which failed before it knew its copies does not take its place, nor a plan that of a run with unfinished copies.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import tempfile
import typing as t

from ..module_utils._clock import moment
from ..module_utils._engine import note_files
from ..module_utils._model.raw import dicts

LAST = "report"
_KEPT = re.compile(r"(report-\d{8}T\d{6}Z(?:-\d+)?)\.(?:json|html)")


class Written(t.NamedTuple):
    """Where a report is: ``data`` for machines, ``page`` where the one for people goes, both under its time.

    ``in_place``: it is the last report that tells of copies.
    """

    data: str
    page: str
    in_place: bool


def write(folder: str, report: t.Mapping[str, t.Any]) -> Written:
    """Write a report for machines, and put it in place.

    :raises OSError: when it cannot be written
    """
    note_files.make_folder(folder)
    last = _in(folder, LAST, "json")
    standing = _read(last)
    in_place = bool(report.get("results")) or not standing.get("results")
    if report.get("check_mode") and not standing.get("check_mode"):
        in_place = in_place and not _is_to_be_carried_on(standing)
    if in_place:
        _keep_standing(folder, standing)
    stem = _new_stem(folder, report)
    content = json.dumps(report, indent=4, sort_keys=True, default=str).encode("ascii")
    data = _in(folder, stem, "json")
    for path in [data, *([last] if in_place else [])]:
        _put(path, content)
    return Written(data, _in(folder, stem, "html"), in_place)


def show(folder: str, page: str, in_place: bool, keep: int, spare: str = "") -> str:
    """Put the page of the report in place that was written last, and remove those that are too many.

    :param keep: so many stay under their times; 0: all of them
    :param spare: the path of one that stays in any case
    :returns: the path of the page that people are to read
    :raises OSError: when it cannot be put there
    """
    if in_place:
        with open(page, "rb") as file:
            content = file.read()
        last = _in(folder, LAST, "html")
        _put(last, content)
    _remove_surplus(folder, keep, spare)
    return last if in_place else page


def _is_to_be_carried_on(standing: t.Mapping[str, t.Any]) -> bool:
    """Whether some copy was begun and has not ended well: of its job and its attempts a plan knows nothing."""
    return any(
        entry.get("status") in ("in_progress", "not_started", "failed") and (entry.get("job") or entry.get("attempts"))
        for entry in dicts(standing.get("results"))
    )


def _keep_standing(folder: str, standing: t.Mapping[str, t.Any]) -> None:
    """A report of a version that kept none under its time is kept as well."""
    when = moment(standing.get("generated_at"))
    if when is None or os.path.exists(_in(folder, _stem(when), "json")):
        return
    for kind in ("json", "html"):
        with contextlib.suppress(FileNotFoundError), open(_in(folder, LAST, kind), "rb") as file:
            _put(_in(folder, _stem(when), kind), file.read())


def _remove_surplus(folder: str, keep: int, spare: str) -> None:
    if keep <= 0:
        return
    kept = _kept(folder)
    spared = os.path.realpath(spare) if spare else None
    for stem in sorted(kept, key=_age, reverse=True)[keep:]:
        if os.path.realpath(_in(folder, stem, "json")) != spared:
            for name in kept[stem]:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(folder, name))


def _kept(folder: str) -> t.Dict[str, t.List[str]]:
    """The names of the files under their times, by what they begin with."""
    found: t.Dict[str, t.List[str]] = {}
    for name in os.listdir(folder):
        match = _KEPT.fullmatch(name)
        if match is not None:
            found.setdefault(match.group(1), []).append(name)
    return found


def _age(stem: str) -> t.Tuple[str, int]:
    when, *number = stem[len(LAST) + 1 :].split("-")
    return when, int(number[0]) if number else 1


def _new_stem(folder: str, report: t.Mapping[str, t.Any]) -> str:
    """Several of the same second are numbered."""
    stem = _stem(moment(report.get("generated_at")) or datetime.datetime.now(datetime.timezone.utc))
    numbers = [number for when, number in map(_age, _kept(folder)) if when == _age(stem)[0]]
    return f"{stem}-{max(numbers) + 1}" if numbers else stem


def _stem(when: datetime.datetime) -> str:
    return f"{LAST}-{when:%Y%m%dT%H%M%SZ}"


def _in(folder: str, stem: str, kind: str) -> str:
    return os.path.join(folder, f"{stem}.{kind}")


def _read(path: str) -> t.Dict[str, t.Any]:
    """A report that stands there; nothing where there is none, or nothing that can be read."""
    try:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    return report if isinstance(report, dict) else {}


def _put(path: str, content: bytes) -> None:
    """Beside its place first, and moved there as a whole: nobody ever reads half of it."""
    folder, name = os.path.split(path)
    descriptor, beside = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)
        raise
