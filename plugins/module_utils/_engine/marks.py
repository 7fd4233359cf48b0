# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Remembers submissions on the source images, where every host finds them; what one host notes, it still notes as well.

The service can neither compare and set an attribute nor lock an image. So a run marks the source, lets the mark settle,
and reads the source again: of two runs that mark it, at least one sees the other's mark before either submits. Whoever
sees one withdraws. For this, no update may take longer than the time to settle, and no list may lag behind by as much.
"""

from __future__ import annotations

import contextlib
import typing as t

from .. import _errors as errors
from .._client.ims import Ims
from .._clock import Clock
from .._model import mark as marks
from .._model.mark import Mark
from .ledger import Entry, Key, Ledger, NoEntry, Record

# How often a mark is made again that others' updates have lost, or that took too long to make.
MOST_TRIES = 5
# An image of which a copy is under way may not be updated, as far as anybody knows.
NOT_NOW = "IMG.0046"


class _Own(t.NamedTuple):
    """A mark of this run, and the monotonic moment at which it was known to stand."""

    mark: Mark
    since: float


class _Unread(t.NamedTuple):
    """A mark that names a job and is read back at the monotonic moment ``at``, once it has settled."""

    at: float
    tries: int = MOST_TRIES


class MarkingLedger(Ledger):
    """A host's ledger, and the marks.

    :param settle_time: seconds that a mark is given to be seen by every other run
    :param grace: seconds after which a mark of a submission that was never answered is one of a run that died
    """

    def __init__(
        self, host: Ledger, service: t.Callable[[Key], Ims], clock: Clock, settle_time: float, grace: float
    ) -> None:
        super().__init__(None, clock)
        self._host = host
        self._service = service
        self.run = host.run
        self._settle_time = settle_time
        self._grace = grace
        self._own: t.Dict[str, _Own] = {}
        self._keys: t.Dict[str, Key] = {}
        self._unread: t.Dict[str, _Unread] = {}
        # What was sent, or is about to be, and nobody has answered.
        self._sent: t.Set[str] = set()
        self._refused: t.Optional[str] = None

    @property
    def troubles(self) -> t.List[str]:
        return [*([self._refused] if self._refused else []), *self._host.troubles]

    def peek(self, key: Key) -> t.Optional[Record]:
        """What the source said of this copy when it was last read, or else this host."""
        seen = marks.marks_of(key.source.marks, key.mark) if key.source is not None else []
        return self.telling(seen, self._host.peek(key))

    def prepare(self, key: Key) -> None:
        """Mark a copy whose turn comes soon, so that its mark has settled by then. Trouble shows when it is claimed."""
        if self._refused is None and key.text not in self._own:
            with contextlib.suppress(errors.ImsError):
                self._mark(key)

    @property
    def tended_at(self) -> t.Optional[float]:
        return min((unread.at for unread in self._unread.values()), default=None)

    def tend(self) -> None:
        """Read back the marks that have settled. One that an update of another run has lost, or that could not be made,
        would leave a copy that does not show yet to be found by nobody: it is made again."""
        for text, unread in list(self._unread.items()):
            if unread.at <= self._clock.monotonic():
                del self._unread[text]
                if not self._stands(self._keys[text], self._own[text].mark) and unread.tries > 1:
                    self._unread[text] = _Unread(self._clock.monotonic() + self._settle_time, unread.tries - 1)

    @contextlib.contextmanager
    def claim(self, key: Key) -> t.Iterator[Entry]:
        """The entry of one copy, held against every other run on any host.

        :raises Held: when another run is at it
        :raises ImsError: when the source cannot be marked or read
        """
        with self._host.claim(key) as entry:
            others = self._settled(key)
            if others is None:
                yield entry
                return
            marked = _MarkedEntry(self, key, entry, others)
            yield marked
            if not marked.kept:
                self._withdraw(key)

    def forget(self, key: Key, known: t.Optional[Record] = None) -> None:
        self._host.forget(key, known)
        self._unread.pop(key.text, None)
        own = self._own.pop(key.text, None)
        self._sent.discard(key.text)
        if self._refused is not None or (own is None and self.peek(key) is None):
            return
        standing = self._read(key)
        gone = [one for one in standing if known is None or own is None or self._is(one, own.mark, known)]
        with contextlib.suppress(errors.ImsError):
            self._patch(key, remove=gone)

    def note_end(self, key: Key, ended: Record) -> None:
        self._host.note_end(key, ended)
        if self._refused is None and ended.job_id is not None:
            self.accepted(key, ended._replace(ended_at=ended.ended_at or self._clock.utcnow()))

    def close(self) -> None:
        """What is marked and not submitted is free for others; what names a job must stand with nobody to tend it."""
        for text, own in list(self._own.items()):
            if own.mark.state == marks.PENDING and text not in self._sent:
                self._withdraw(self._keys[text])
        while self.tended_at is not None:
            self._clock.sleep(max(0.0, self.tended_at - self._clock.monotonic()))
            self.tend()

    def _settled(self, key: Key) -> t.Optional[t.List[Mark]]:
        """The marks of other runs beside one of ours that has settled; None where none can be made."""
        for _number in range(MOST_TRIES):
            if self._refused is not None:
                return None
            own = self._own.get(key.text)
            # A mark that others may soon take for one of a run that died is made anew.
            if own is None or own.mark.state != marks.PENDING or self._age(own) > self._grace / 2:
                own = self._mark(key)
                if own is None:
                    continue
            self._clock.sleep(max(0.0, self._settle_time - self._age(own)))
            standing = self._read(key)
            others = [one for one in standing if one.name != own.mark.name]
            if any(one.may_submit(self._clock.utcnow(), self._grace) for one in others):
                self._withdraw(key)
                raise errors.Held(
                    f"another run is about to submit the same copy ({marks.told(others)})",
                    hint="Wait for it to end. The mark of a run that died is of no account after confirm_timeout.",
                    stage="submit",
                )
            if own.mark in standing:
                return others
            self._own.pop(key.text, None)
        raise errors.Held(
            "the mark of this copy on its source image gets lost time and again",
            hint="Something else updates the source image all the time: stop it, or use ledger: host.",
            stage="submit",
        )

    def _mark(self, key: Key) -> t.Optional[_Own]:
        """Mark a copy as about to be submitted; None: that is not allowed, or took too long to count."""
        began = self._clock.monotonic()
        name = marks.name_of(key.mark, self.run)
        made = Mark(name, marks.PENDING, self._clock.utcnow().replace(microsecond=0), self.run)
        try:
            self._patch(key, write=made)
        except errors.ApiError as error:
            if isinstance(error, (errors.Busy, errors.ServerFault, errors.NotFound)):
                raise
            if error.http_status == 409 or error.code == NOT_NOW:
                raise errors.Held(
                    f"the source image cannot be marked while it is being copied: {error.as_text(False)}",
                    hint="Wait for the other copies of this image to end, or use ledger: host.",
                    stage="submit",
                ) from error
            self._refused = (
                "Copies cannot be marked on their source images, so only this host knows of them: "
                f"{error.as_text(False)}. Grant ims:images:update in the source project, or use ledger: host."
            )
            return None
        now = self._clock.monotonic()
        self._keys[key.text] = key
        # An update that takes that long may have written back what others have changed meanwhile.
        if now - began > self._settle_time / 2:
            self._own.pop(key.text, None)
            return None
        self._own[key.text] = _Own(made, now)
        return self._own[key.text]

    def sent(self, key: Key) -> None:
        """The request is about to be sent: from now on the time counts in which its copy may show."""
        self._sent.add(key.text)
        if self._age(self._own[key.text]) > self._settle_time * 2:
            with contextlib.suppress(errors.ImsError):
                self._mark(key)

    def refused(self, key: Key) -> None:
        """The service has begun nothing. The mark stays for the next try, or for the end of the run."""
        self._sent.discard(key.text)

    def accepted(self, key: Key, record: Record, others: t.Sequence[Mark] = ()) -> None:
        """The submission has become a job. The copy goes on whether that can be marked or not."""
        self._sent.discard(key.text)
        name = marks.name_of(key.mark, self.run)
        state, at = (marks.ENDED, record.ended_at) if record.ended_at is not None else (marks.SUBMITTED, record.at)
        made = Mark(name, state, at.replace(microsecond=0) if at is not None else None, self.run, record.job_id)
        # An image that is being copied may not be updated: then only this host knows the job.
        with contextlib.suppress(errors.ImsError):
            self._patch(key, write=made)
        now = self._clock.monotonic()
        self._keys[key.text], self._own[key.text] = key, _Own(made, now)
        self._unread[key.text] = _Unread(now + self._settle_time)
        # Those of runs that died, or whose jobs have failed, are of no account any more.
        with contextlib.suppress(errors.ImsError):
            self._patch(key, remove=others)

    def _stands(self, key: Key, made: Mark) -> bool:
        """Whether a mark is there, or can never be; one that is not is made again."""
        try:
            standing = self._read(key)
            if made in standing:
                return True
            self._patch(key, write=made, op="replace" if made.name in [one.name for one in standing] else "add")
        except errors.ApiError as error:
            return not isinstance(error, (errors.Busy, errors.ServerFault))
        except errors.ImsError:
            pass
        return False

    def _withdraw(self, key: Key) -> None:
        own = self._own.pop(key.text, None)
        if own is not None:
            with contextlib.suppress(errors.ImsError):
                self._patch(key, remove=[own.mark])

    def _read(self, key: Key) -> t.List[Mark]:
        image = self._service(key).shown(key.source.id) if key.source is not None else None
        return marks.marks_of(image.marks, key.mark) if image is not None else []

    def _patch(
        self, key: Key, write: t.Optional[Mark] = None, remove: t.Sequence[Mark] = (), op: t.Optional[str] = None
    ) -> None:
        patch: t.List[t.Dict[str, t.Any]] = [{"op": "remove", "path": f"/{one.name}"} for one in remove]
        if write is not None:
            op = op or ("replace" if key.text in self._own else "add")
            patch.append({"op": op, "path": f"/{write.name}", "value": write.value})
        if patch and key.source is not None:
            self._service(key).update(key.source.id, patch)

    def _is(self, one: Mark, own: Mark, known: Record) -> bool:
        return one.name == own.name or any(record.same_as(known) for record in self._records([one]))

    def _age(self, own: _Own) -> float:
        return self._clock.monotonic() - own.since

    def telling(self, found: t.Iterable[Mark], noted: t.Optional[Record]) -> t.Optional[Record]:
        """The record that says most, of some marks and of what the host has noted: of a job, or else the youngest."""
        known = [*self._records(found), *([noted] if noted is not None else [])]
        return max(known, key=lambda record: (record.job_id is not None, record.at), default=None)

    def _records(self, found: t.Iterable[Mark]) -> t.List[Record]:
        now = self._clock.utcnow()
        return [
            Record(one.at or now, one.job_id, one.at if one.state == marks.ENDED else None, one.run or None)
            for one in found
        ]


class _MarkedEntry(NoEntry):
    """The host's entry of a copy; what is written there is marked as well."""

    def __init__(self, ledger: MarkingLedger, key: Key, entry: Entry, others: t.Sequence[Mark]) -> None:
        super().__init__()
        self._ledger = ledger
        self._key = key
        self._entry = entry
        self._others = others
        self.kept = False

    def read(self) -> t.Optional[Record]:
        return self._ledger.telling(self._others, self._entry.read())

    def write(self, record: Record) -> None:
        self.kept = True
        self._entry.write(record)
        if record.job_id is None:
            self._ledger.sent(self._key)
        else:
            self._ledger.accepted(self._key, record, self._others)

    def forget(self) -> None:
        self._entry.forget()
        self._ledger.refused(self._key)
