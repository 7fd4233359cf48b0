# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Remembers, on this host, copies that were submitted and not yet seen to end, so that a run that died is found again.

The service has no idempotency token, and a copy may show in the destination only after a while. One small file for an
image and a destination, locked while a copy of it is submitted there, says for each replica that a request was about to
be sent and which job it became. It is a help, not the truth: what stands in the destination always has the last word.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from . import holder, note_files, sweep
from .record import Key, Record, parsed, telling, written


class Entry:
    """What is remembered of one copy, in the locked file of its route."""

    def __init__(self, key: Key, path: str, descriptor: int, complain: t.Callable[[OSError], None]) -> None:
        self._key = key
        self._path = path
        self._descriptor = descriptor
        self._complain = complain

    def read(self) -> t.List[Record]:
        """The submissions to heed; what says most first."""
        return telling(record for record in self._all() if self._key.heeds(record))

    def write(self, record: Record) -> None:
        """Note a submission of the copy, in the place of what was noted of it."""
        record = record._replace(copy=record.copy or self._key.copy)
        # What nobody could read has been heeded by now.
        self._put([*(one for one in self._all() if one.copy not in ("", record.copy)), record])

    def forget(self) -> None:
        """Nothing of the copy itself is to be remembered."""
        self.drop(lambda record: record.copy == self._key.copy)

    def drop(self, over: t.Callable[[Record], bool]) -> None:
        """Forget the submissions that are over."""
        records = self._all()
        kept = [record for record in records if not over(record)]
        if len(kept) != len(records):
            self._put(kept)

    def close(self) -> None:
        """A file in which nothing stands is none. One that has no name any more may share its old one with another."""
        seen = os.fstat(self._descriptor)
        if seen.st_size == 0 and seen.st_nlink > 0:
            try:
                os.unlink(self._path)
            except OSError as error:
                self._complain(error)

    def _all(self) -> t.List[Record]:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return parsed(os.read(self._descriptor, note_files.LONGEST), os.fstat(self._descriptor).st_mtime)

    def _put(self, records: t.Sequence[Record]) -> None:
        text = written(records) if records else b""
        try:
            # In place: a disk that is full must not cost the record that is there.
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            if text:
                os.write(self._descriptor, text)
            os.ftruncate(self._descriptor, len(text))
            # A machine that loses power right after the request must still know of it.
            os.fsync(self._descriptor)
        except OSError as error:
            self._complain(error)


class NoEntry(Entry):
    """Stands in where nothing can be remembered."""

    def __init__(self) -> None:
        super().__init__(Key("", ""), "", -1, lambda error: None)

    def read(self) -> t.List[Record]:
        return []

    def write(self, record: Record) -> None:
        pass

    def drop(self, over: t.Callable[[Record], bool]) -> None:
        pass


class Ledger:
    """The records of one host, in ``directory``; None remembers nothing."""

    def __init__(self, directory: t.Optional[str], clock: clocks.Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._swept = False
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

    def peek(self, key: Key) -> t.List[Record]:
        """The submissions to heed, what says most first; without taking the lock and without creating anything.

        :raises NoteUnreadable: when what stands there is not for this user to read
        """
        return telling(record for record in self._noted(key) or () if key.heeds(record))

    @contextlib.contextmanager
    def claim(self, key: Key) -> t.Iterator[Entry]:
        """The entry of one copy, held until the block ends against every other run on this host that may make it.

        :raises Held: when somebody else holds it
        :raises NoteUnreadable: as for :meth:`peek`
        """
        opened = self._open(key)
        if opened is None:
            yield NoEntry()
            return
        path, descriptor = opened
        holder.note(path, self._clock.utcnow())
        if not self._swept:
            self._swept = True
            sweep.sweep(str(self._directory), self._clock.utcnow())
        entry = Entry(key, path, descriptor, self._complain)
        try:
            yield entry
        finally:
            holder.forget(path)
            entry.close()
            os.close(descriptor)

    def forget(self, key: Key, known: t.Optional[Record] = None, stands: t.Optional[str] = None) -> None:
        """The copy has been seen to end. If another run is just submitting it, that one's record stays.

        :param known: the record of the submission that has ended; those of other submissions stay
        :param stands: the digits of the copy whose replica is there, so that nobody has to look for its submission
        """
        with contextlib.suppress(errors.Held, errors.NoteUnreadable):
            if self._noted(key) is None:
                return
            with self.claim(key) as entry:
                entry.drop(lambda record: key.heeds(record) and _is_over(record, key, known, stands))

    def note_end(self, key: Key, ended: Record) -> None:
        """The copy is said to have ended, and no list shows the replica under its name: a later run is to look again.

        :param ended: its submission, of which another run, or another host, may have made the note
        """
        with contextlib.suppress(errors.Held, errors.NoteUnreadable), self.claim(key) as entry:
            records = entry.read()
            known = next((record for record in records if record.same_as(ended)), None)
            copy = ended.copy or key.copy
            if known is None and any(record.copy in ("", copy) for record in records):
                # Another submission of it has come since.
                return
            known = known or ended
            if known.ended_at is None or ended.image_id is not None:
                ended_at = known.ended_at or self._clock.utcnow()
                entry.write(known._replace(ended_at=ended_at, image_id=ended.image_id or known.image_id))

    def _path(self, key: Key) -> str:
        return os.path.join(str(self._directory), key.route + sweep.ENDING)

    def _noted(self, key: Key) -> t.Optional[t.List[Record]]:
        """All that is noted on the route; None where there is no file, or none that can be had."""
        if self._directory is None:
            return None
        try:
            return parsed(*note_files.content_of(*os.path.split(self._path(key))))
        except note_files.NotOurs as error:
            raise self._unreadable(error) from error
        except OSError:
            return None

    def _open(self, key: Key) -> t.Optional[t.Tuple[str, int]]:
        if self._directory is None:
            return None
        path = self._path(key)
        while True:
            try:
                descriptor = note_files.claimed(*os.path.split(path))
            except note_files.NotOurs as error:
                raise self._unreadable(error) from error
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

    def _unreadable(self, error: note_files.NotOurs) -> errors.NoteUnreadable:
        what = "whether another run has submitted this copy is not known"
        return errors.NoteUnreadable(f"{what}: in {self._directory}, {error.strerror}")

    def _complain(self, error: OSError) -> None:
        """Not being able to remember is no reason not to copy, but it must be said."""
        self.trouble = f"Submitted copies cannot be remembered in {self._directory}: {error.strerror}."


def _is_over(record: Record, key: Key, known: t.Optional[Record], stands: t.Optional[str]) -> bool:
    """Whether nobody has to look for a submission any more."""
    if known is not None:
        return record.same_as(known) and (stands is not None or not record.tells_more_than(known))
    # What nobody can read may be of a copy of another name, which does not stand there.
    return record.copy in ((stands or key.copy), *(() if key.any_name else ("",)))


def _held(by: t.Optional[holder.Holder]) -> errors.Held:
    what = "another run is submitting a copy of this image to the same destination"
    if by is None:
        return errors.Held(what, stage="submit")
    hint = errors.remedy_of("held_by").format(pid=by.pid, host=by.host)
    return errors.Held(f"{what}: {by}", hint=hint, stage="submit")
