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
import datetime
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._client.ims import Ims
from .._model import mark as marks
from .._model.mark import Mark
from . import ledger as ledgers
from . import record as records
from .own_marks import MOST_TRIES, OwnMarks, heeded, sent_within


class MarkingLedger(ledgers.Ledger):
    """A host's ledger, and the marks.

    :param settle_time: seconds that a mark is given to be seen by every other run
    :param grace: seconds after which a mark of a submission that was never answered is one of a run that died
    """

    def __init__(
        self,
        host: ledgers.Ledger,
        service: t.Callable[[records.Key], Ims],
        clock: clocks.Clock,
        settle_time: float,
        grace: float,
    ) -> None:
        super().__init__(None, clock)
        self._host = host
        self.run = host.run
        self._grace = grace
        self._sent_within = datetime.timedelta(seconds=sent_within(settle_time))
        self._own = OwnMarks(service, clock, self.run, settle_time, grace)

    @property
    def troubles(self) -> t.List[str]:
        return [*([self._own.refused] if self._own.refused else []), *self._host.troubles]

    def peek(self, key: records.Key) -> t.List[records.Record]:
        """What the source said of this copy when it was last read, and this host."""
        return self._told(heeded(key, key.source), self._host.peek(key))

    def _is_told(self, key: records.Key) -> bool:
        """Whether anything may be known of this copy."""
        try:
            return bool(self.peek(key))
        except errors.NoteUnreadable:
            return True

    def prepare(self, key: records.Key) -> None:
        """Mark a copy whose turn comes soon, so that its mark has settled by then. Trouble shows when it is claimed."""
        if self._own.refused is None and self._own.of(key) is None:
            with contextlib.suppress(errors.ImsError):
                self._own.make(key)

    @property
    def tended_at(self) -> t.Optional[float]:
        return self._own.tended_at

    def tend(self) -> None:
        self._own.tend()

    @contextlib.contextmanager
    def claim(self, key: records.Key) -> t.Iterator[ledgers.Entry]:
        """The entry of one copy, held against every other run on any host.

        :raises Held: when another run is at it
        :raises ImsError: when the source cannot be marked or read
        """
        with self._host.claim(key) as entry:
            others = self._settled(key)
            if others is None:
                yield entry
                return
            marked = _MarkedEntry(self._own, key, entry, others, self._told)
            yield marked
            if not marked.kept:
                self._own.withdraw(key)

    def forget(
        self, key: records.Key, known: t.Optional[records.Record] = None, stands: t.Optional[str] = None
    ) -> None:
        self._host.forget(key, known, stands)
        own = self._own.drop(key)
        if self._own.refused is not None or (own is None and not self._is_told(key)):
            return
        try:
            standing = self._own.read(key)
        except errors.ImsError:
            # The copy has ended all the same. Of a mark that stays, whoever comes upon it finds that out.
            standing = [own.mark] if own is not None else []
        ours = own.mark.name if own is not None else None
        # Where nothing stands yet, the mark of another run is that of a copy that may be under way.
        over = [one for one in standing if _is(one, known) and not one.may_submit(self._clock.utcnow(), self._grace)]
        gone = [one for one in standing if one.copy == stands or one.name == ours or one in over]
        self._own.take_off(key, gone)

    def note_end(self, key: records.Key, ended: records.Record) -> None:
        self._host.note_end(key, ended)
        # What has been noted already need not be marked by each run that still looks for it.
        if self._own.refused is None and ended.job_id is not None and ended.ended_at is None:
            self._own.name_job(key, ended._replace(ended_at=self._clock.utcnow()))

    def close(self) -> None:
        self._own.close()

    def _settled(self, key: records.Key) -> t.Optional[t.List[Mark]]:
        """The marks of other runs beside one of ours that has settled; None where none can be made."""
        for _number in range(MOST_TRIES):
            if self._own.refused is not None:
                return None
            own = self._own.of(key) or self._own.make(key)
            if own is None:
                continue
            if not self._own.settled(own):
                self._own.make(key)
                continue
            standing = self._own.read(key)
            # This run's own of other copies say what it knows itself, and nothing of one whose turn has not come.
            others = [one for one in standing if one.name != own.mark.name and not self._own.waits(one)]
            foreign = [one for one in others if one.run != self.run]
            if any(one.may_submit(self._clock.utcnow(), self._grace) for one in foreign):
                self._own.withdraw(key)
                raise errors.Held(
                    f"another run is about to submit a copy of this image to the same destination "
                    f"({marks.told(foreign)})",
                    remedy="held_mark",
                    stage="submit",
                )
            if own.mark in standing:
                return others
            self._own.drop(key)
        raise errors.Held(
            "the mark of this copy on its source image gets lost time and again",
            remedy="mark_lost",
            stage="submit",
        )

    def _told(self, found: t.Iterable[Mark], noted: t.Iterable[records.Record]) -> t.List[records.Record]:
        """What some marks and this host tell of submissions; what says most first."""
        now = self._clock.utcnow()
        marked = (
            records.Record(
                self._sent_at(one, now),
                one.job_id,
                one.at if one.state == marks.ENDED else None,
                one.run or None,
                copy=one.copy,
                image_id=one.image_id,
            )
            for one in found
        )
        return records.telling([*marked, *noted])

    def _sent_at(self, one: Mark, now: datetime.datetime) -> datetime.datetime:
        """The latest moment at which it was sent: from then on it is looked for as long as its own run would."""
        if one.at is None:
            return now
        return one.at + self._sent_within if one.state == marks.PENDING else one.at


class _MarkedEntry(ledgers.NoEntry):
    """The host's entry of a copy; what is written there is marked as well."""

    def __init__(
        self,
        own: OwnMarks,
        key: records.Key,
        entry: ledgers.Entry,
        others: t.Sequence[Mark],
        told: t.Callable[[t.Iterable[Mark], t.Iterable[records.Record]], t.List[records.Record]],
    ) -> None:
        super().__init__()
        self._own = own
        self._key = key
        self._entry = entry
        self._others = others
        self._told = told
        self.kept = False

    def read(self) -> t.List[records.Record]:
        return self._told(self._others, self._entry.read())

    def write(self, record: records.Record) -> None:
        self.kept = True
        self._entry.write(record)
        if record.job_id is None:
            self._own.sent(self._key, True)
            return
        self._own.name_job(self._key, record)
        # Those of runs that died, or whose jobs have failed, are of no account any more.
        self._own.take_off(self._key, [one for one in self._others if one.run != record.run])

    def forget(self) -> None:
        """The service has begun nothing. The mark stays for the next try, or for the end of the run."""
        self._entry.forget()
        self._own.sent(self._key, False)


def _is(one: Mark, known: t.Optional[records.Record]) -> bool:
    """Whether a mark is of the submission that is known. A run has one mark for all its attempts at a copy."""
    if known is None:
        return False
    if one.job_id is not None:
        # Of a submission without a job that one has come to know since: it is under way.
        return one.job_id == known.job_id
    return one.run == known.run if known.run else one.at == known.at
