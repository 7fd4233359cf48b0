# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Remembers, on this host, copies that were submitted and not yet seen to end, so that a run that died is found again.

The service has no idempotency token, and a copy may show in the destination only after a while. One small file a
copy, locked while its copy is submitted, says that a request was about to be sent and which job it became. It is
a help, not the truth: what stands in the destination always has the last word.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import secrets
import typing as t

from .._clock import Clock, moment, timestamp
from .._errors import Held
from .._model.image import Image
from .._model.place import Project
from .._model.raw import IDENTIFIER
from .._remedies import KINDS
from . import holder, note_files

# The last second of 9999, in seconds since 1970.
LAST_MOMENT = 253402300799.0


class Record(t.NamedTuple):
    """A submission: ``job_id`` is None while nobody knows whether the service took it. ``at`` is when it was sent.

    ``ended_at`` is when its job was first seen to have ended well, and the replica was not to be seen yet. ``run`` and
    ``attempt`` say whose it is, so that a run knows its own.
    """

    at: datetime.datetime
    job_id: t.Optional[str] = None
    ended_at: t.Optional[datetime.datetime] = None
    run: t.Optional[str] = None
    attempt: int = 0

    def same_as(self, other: Record) -> bool:
        """Whether both are of the same submission, whatever has been noted of it since."""
        if self.job_id is not None and other.job_id is not None:
            return self.job_id == other.job_id
        return (self.run, self.attempt) == (other.run, other.attempt) if self.run or other.run else self.at == other.at

    def tells_more_than(self, other: Record) -> bool:
        """Whether its run has come to know the job since: then it is under way, wherever it does not show."""
        return self.job_id is not None and other.job_id is None


class Key(t.NamedTuple):
    """Which copy is meant, across runs: ``text`` tells it apart from any other one.

    ``source`` is its source image as it was last read, ``project`` that image's, and ``mark`` what the marks of this
    copy on that image begin with; who notes nothing there needs none of them.
    """

    text: str
    source: t.Optional[Image] = None
    project: t.Optional[Project] = None
    mark: str = ""


class Entry:
    """The locked file of one copy."""

    def __init__(self, path: str, descriptor: int, complain: t.Callable[[OSError], None]) -> None:
        self._path = path
        self._descriptor = descriptor
        self._complain = complain

    def read(self) -> t.Optional[Record]:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return _parse(os.read(self._descriptor, note_files.LONGEST), os.fstat(self._descriptor).st_mtime)

    def write(self, record: Record) -> None:
        ended_at = timestamp(record.ended_at) if record.ended_at is not None else None
        fields = {
            "at": timestamp(record.at),
            "job_id": record.job_id,
            "ended_at": ended_at,
            "run": record.run,
            "attempt": record.attempt,
        }
        text = json.dumps(fields).encode("ascii")
        try:
            # In place: a disk that is full must not cost the record that is there.
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, text)
            os.ftruncate(self._descriptor, len(text))
            # A machine that loses power right after the request must still know of it.
            os.fsync(self._descriptor)
        except OSError as error:
            self._complain(error)

    def forget(self) -> None:
        try:
            os.unlink(self._path)
        except FileNotFoundError:
            pass
        except OSError as error:
            self._complain(error)


class NoEntry(Entry):
    """Stands in where nothing can be remembered."""

    def __init__(self) -> None:
        super().__init__("", -1, lambda error: None)

    def read(self) -> t.Optional[Record]:
        return None

    def write(self, record: Record) -> None:
        pass

    def forget(self) -> None:
        pass


class Ledger:
    """The records of one host, in ``directory``; None remembers nothing."""

    def __init__(self, directory: t.Optional[str], clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        # What this run is called in whatever it notes.
        self.run = secrets.token_hex(4)
        self.trouble: t.Optional[str] = None

    @property
    def troubles(self) -> t.List[str]:
        """Why something could not be noted."""
        return [self.trouble] if self.trouble else []

    def prepare(self, key: Key) -> None:
        """A copy will soon be claimed."""

    @property
    def tended_at(self) -> t.Optional[float]:
        """The monotonic moment at which something of what is remembered is to be tended; None: there is nothing."""
        return None

    def tend(self) -> None:
        """See to it that what is remembered lasts."""

    def close(self) -> None:
        """The run ends; what it has not submitted is free for others."""

    def peek(self, key: Key) -> t.Optional[Record]:
        """What is remembered, without taking the lock and without creating anything."""
        if self._directory is None:
            return None
        try:
            return _parse(*note_files.content_of(*os.path.split(self._path(key))))
        except OSError:
            return None

    @contextlib.contextmanager
    def claim(self, key: Key) -> t.Iterator[Entry]:
        """The entry of one copy, held against every other run on this host until the block ends.

        :raises Held: when somebody else holds it
        """
        opened = self._open(key)
        if opened is None:
            yield NoEntry()
            return
        path, descriptor = opened
        holder.note(path, self._clock.utcnow())
        try:
            yield Entry(path, descriptor, self._complain)
        finally:
            holder.forget(path)
            os.close(descriptor)

    def forget(self, key: Key, known: t.Optional[Record] = None, stands: bool = False) -> None:
        """The copy has been seen to end. If another run is just submitting it, that one's record stays.

        :param known: the record of the submission that has ended; one of another submission stays
        :param stands: the replica is there, so that no submission has to be looked for any more
        """
        if self.peek(key) is None:
            return
        with contextlib.suppress(Held), self.claim(key) as entry:
            record = entry.read()
            if known is None or record is None:
                entry.forget()
            elif record.same_as(known) and (stands or not record.tells_more_than(known)):
                entry.forget()

    def note_end(self, key: Key, ended: Record) -> None:
        """The service says that the copy has ended, but does not show the replica: a later run is to look again.

        :param ended: its submission, of which another run, or another host, may have made the note
        """
        with contextlib.suppress(Held), self.claim(key) as entry:
            record = entry.read() or ended
            if record.same_as(ended) and record.ended_at is None:
                entry.write(record._replace(ended_at=self._clock.utcnow()))

    def _path(self, key: Key) -> str:
        return os.path.join(str(self._directory), hashlib.sha256(key.text.encode("utf-8")).hexdigest()[:40] + ".json")

    def _open(self, key: Key) -> t.Optional[t.Tuple[str, int]]:
        if self._directory is None:
            return None
        path = self._path(key)
        while True:
            try:
                descriptor = note_files.claimed(*os.path.split(path))
            except OSError as error:
                self._complain(error)
                return None
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(descriptor)
                raise _held(holder.holder_of(path)) from error
            except OSError as error:
                # Not every file system that is mounted from elsewhere has locks.
                os.close(descriptor)
                self._complain(error)
                return None
            if os.fstat(descriptor).st_nlink > 0:
                return path, descriptor
            # Whoever held it has forgotten it meanwhile: this is a file that nobody else will find.
            os.close(descriptor)

    def _complain(self, error: OSError) -> None:
        """Not being able to remember is no reason not to copy, but it must be said."""
        self.trouble = f"Submitted copies cannot be remembered in {self._directory}: {error.strerror}."


def _held(by: t.Optional[holder.Holder]) -> Held:
    what = "another run is submitting the same copy"
    if by is None:
        return Held(what, stage="submit")
    hint = KINDS["held_by"].remedy.format(pid=by.pid, host=by.host)
    return Held(f"{what}: {by}", hint=hint, stage="submit")


def key_of(*parts: t.Optional[str]) -> Key:
    """The key of what all these parts together tell apart."""
    return Key(json.dumps(parts))


def _parse(content: bytes, modified: float) -> t.Optional[Record]:
    """An empty file was claimed and never written; an unreadable one was written by a run that died over it."""
    if not content:
        return None
    try:
        data = json.loads(content)
        at, job_id, ended_at = moment(data["at"]), data["job_id"], moment(data.get("ended_at"))
        run, attempt = data.get("run"), data.get("attempt")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        at = None
    if at is None:
        # A file may be of any year, and no date is later than the last one.
        return Record(datetime.datetime.fromtimestamp(min(modified, LAST_MOMENT), datetime.timezone.utc))
    return Record(
        at,
        job_id if isinstance(job_id, str) and IDENTIFIER.fullmatch(job_id) else None,
        ended_at,
        run if isinstance(run, str) else None,
        attempt if isinstance(attempt, int) else 0,
    )
