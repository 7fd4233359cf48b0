# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What is remembered of a submission, which copy it is of, and how a file tells it; pure."""

from __future__ import annotations

import datetime
import json
import typing as t

from .. import _clock as clocks
from .._model import image as images
from .._model import place as places
from .._model.raw import IDENTIFIER

# The last second of 9999, in seconds since 1970.
LAST_MOMENT = 253402300799.0


class Record(t.NamedTuple):
    """A submission: ``job_id`` is None while nobody knows whether the service took it. ``at`` is when it was sent.

    ``ended_at`` is when its job was first seen to have ended well, and the replica was not to be seen yet. ``run`` and
    ``attempt`` say whose it is, so that a run knows its own, and ``copy`` which copy it is of (see :class:`Key`); where
    nobody can read that, it is empty, and it may be any. ``image_id`` is the image that it became, where that is called
    otherwise than was asked for, so that no list shows it.
    """

    at: datetime.datetime
    job_id: t.Optional[str] = None
    ended_at: t.Optional[datetime.datetime] = None
    run: t.Optional[str] = None
    attempt: int = 0
    copy: str = ""
    image_id: t.Optional[str] = None

    def same_as(self, other: Record) -> bool:
        """Whether both are of the same submission, whatever has been noted of it since."""
        if self.job_id is not None and other.job_id is not None:
            return self.job_id == other.job_id
        return (self.run, self.attempt) == (other.run, other.attempt) if self.run or other.run else self.at == other.at

    def tells_more_than(self, other: Record) -> bool:
        """Whether its run has come to know the job since: then it is under way, wherever it does not show."""
        return self.job_id is not None and other.job_id is None


class Key(t.NamedTuple):
    """Which copy is meant, across runs, by ids that the service gave.

    ``route`` are the digits of the source image and the project of the destination: by it all runs meet that might make
    the same copy. ``copy`` are those of the replica's name as well. With ``any_name`` a copy counts under any name, so
    that every one on the route is heeded. ``source`` is the source image as it was last read, and ``project`` that
    image's.
    """

    route: str
    copy: str
    any_name: bool = False
    source: t.Optional[images.Image] = None
    project: t.Optional[places.Project] = None

    def heeds(self, record: Record) -> bool:
        """Whether a submission may be one of the copy that is meant."""
        return self.any_name or record.copy in ("", self.copy)


def telling(records: t.Iterable[Record]) -> t.List[Record]:
    """What says most first: of a job, and of those the youngest. What another one of them tells better is left out."""
    found: t.List[Record] = []
    for record in sorted(records, key=lambda one: (one.job_id is not None, one.at), reverse=True):
        if not any(_tells_as_well(known, record) for known in found):
            found.append(record)
    return found


def _tells_as_well(known: Record, record: Record) -> bool:
    """Whether a record is of the submission that is known, from before its job was."""
    if record.job_id is not None:
        return known.job_id == record.job_id
    same = known.run is not None and (known.run, known.copy) == (record.run, record.copy)
    return same and known.tells_more_than(record) and known.at >= record.at


def parsed(content: bytes, modified: float) -> t.List[Record]:
    """The records of a file. An empty one was claimed and never written; an unreadable one was written by a run that
    died over it, at the time ``modified``, in seconds since 1970."""
    if not content:
        return []
    try:
        found = [_record(fields) for fields in json.loads(content)]
        if not found:
            raise ValueError("nobody writes none")
        return found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # A file may be of any year, and no date is later than the last one.
        return [Record(datetime.datetime.fromtimestamp(min(modified, LAST_MOMENT), datetime.timezone.utc))]


def written(records: t.Iterable[Record]) -> bytes:
    """The content of a file with these records."""
    return json.dumps([_fields(record) for record in records]).encode("ascii")


def _record(fields: t.Mapping[str, t.Any]) -> Record:
    """:raises ValueError, KeyError, TypeError, AttributeError: when it is none"""
    at, job_id, run, attempt = clocks.moment(fields["at"]), fields["job_id"], fields.get("run"), fields.get("attempt")
    copy = fields.get("copy")
    if at is None:
        raise ValueError("it does not say when")
    return Record(
        at,
        _identifier(job_id),
        clocks.moment(fields.get("ended_at")),
        run if isinstance(run, str) else None,
        attempt if isinstance(attempt, int) else 0,
        copy if isinstance(copy, str) else "",
        _identifier(fields.get("image_id")),
    )


def _identifier(value: t.Any) -> t.Optional[str]:
    return value if isinstance(value, str) and IDENTIFIER.fullmatch(value) else None


def _fields(record: Record) -> t.Dict[str, t.Any]:
    ended_at = clocks.timestamp(record.ended_at) if record.ended_at is not None else None
    return {**record._asdict(), "at": clocks.timestamp(record.at), "ended_at": ended_at}
