# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The marks of one run on source images: made, renewed, read back, and taken off."""

from __future__ import annotations

import contextlib
import datetime
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._client.ims import Ims
from .._model import image as images
from .._model import mark as marks
from .._model.mark import Mark
from . import record as records
from . import terms

# How often a mark is made again that others' updates have lost, or that took too long to make.
MOST_TRIES = 5
# A mark that was made so many times earlier than it takes to settle is made again when its request is about to be sent.
SENT_TIMES = 2
# An image of which a copy is under way may not be updated, as far as anybody knows.
NOT_NOW = "IMG.0046"


def sent_within(settle_time: float) -> float:
    """Seconds after a mark was made, or made again, within which its request is sent: a look counts for so long."""
    return SENT_TIMES * settle_time + terms.FRESH


class Own(t.NamedTuple):
    """A mark of this run, which has stood since the monotonic moment ``since`` and says so since ``made``.

    ``sent``: its copy was submitted, or is about to be, and nobody has answered.
    """

    key: records.Key
    mark: Mark
    since: float
    made: float
    sent: bool = False

    @property
    def waits(self) -> bool:
        """Whether it stands for a copy whose turn has not come."""
        return self.mark.state == marks.PENDING and not self.sent


class _Unread(t.NamedTuple):
    """A mark that names a job and is read back at the monotonic moment ``at``, once it has settled."""

    at: float
    tries: int = MOST_TRIES


class OwnMarks:
    """By the digits of their copies.

    :param settle_time: seconds that a mark is given to be seen by every other run
    :param grace: seconds after which others take a pending mark for one of a run that died
    """

    def __init__(
        self, service: t.Callable[[records.Key], Ims], clock: clocks.Clock, run: str, settle_time: float, grace: float
    ) -> None:
        self._service = service
        self._clock = clock
        self._run = run
        self._settle_time = settle_time
        self._grace = grace
        self._own: t.Dict[str, Own] = {}
        self._unread: t.Dict[str, _Unread] = {}
        # What could not be taken off while its image was being copied, or stands and does not count.
        self._left: t.Dict[str, t.Tuple[records.Key, Mark]] = {}
        # Why this caller may mark nothing at all.
        self.refused: t.Optional[str] = None

    def waits(self, one: Mark) -> bool:
        """Whether a mark is one of this run, and its copy has not been submitted."""
        own = self._own.get(one.copy)
        return own is not None and own.mark.name == one.name and own.waits

    def of(self, key: records.Key) -> t.Optional[Own]:
        return self._own.get(key.copy)

    def read(self, key: records.Key) -> t.List[Mark]:
        """The marks of a copy as its source shows them now, those of other runs too.

        :raises ImsError: when the source cannot be read
        """
        return heeded(key, self._service(key).shown(key.source.id) if key.source is not None else None)

    def make(self, key: records.Key) -> t.Optional[Own]:
        """Mark a copy as about to be submitted; None: that is not allowed, or took too long to count.

        :raises Held: when the image may not be updated now
        :raises ImsError: when the service has trouble
        """
        began = self._clock.monotonic()
        made = self._pending(key)
        try:
            self._patch(key, write=made)
        except errors.ApiError as error:
            if isinstance(error, (errors.Busy, errors.ServerFault, errors.NotFound, errors.NotAuthenticated)):
                raise
            if _is_not_now(error):
                raise errors.Held(
                    f"the source image cannot be marked while it is being copied: {error.as_text(False)}",
                    remedy="source_busy",
                    stage="submit",
                ) from error
            self.refused = (
                "Copies cannot be marked on their source images, so only this host knows of them: "
                f"{error.as_text(False)}. Grant ims:images:update in the source project, or use ledger: host."
            )
            return None
        now = self._clock.monotonic()
        # An update that takes that long may have written back what others have changed meanwhile.
        if now - began > self._settle_time / 2:
            self.drop(key)
            self._left[made.name] = (key, made)
            return None
        self._keep(Own(key, made, now, now))
        return self._own[key.copy]

    def settled(self, own: Own) -> bool:
        """Have a mark stand for as long as others need to see it; False: they may take its run for dead."""
        self._clock.sleep(max(0.0, own.since + self._settle_time - self._clock.monotonic()))
        return own.mark.state == marks.PENDING and self._clock.monotonic() - own.made < self._grace * 3 / 4

    def sent(self, key: records.Key, sent: bool) -> None:
        """Whether the request is about to be sent; from then on the time counts in which its copy may show."""
        own = self._own.get(key.copy)
        if own is None:
            return
        if sent and self._clock.monotonic() - own.made > self._settle_time * SENT_TIMES:
            with contextlib.suppress(errors.ImsError):
                own = self.make(key) or own
        self._keep(own._replace(sent=sent))

    def name_job(self, key: records.Key, record: records.Record) -> None:
        """The submission has become a job. The copy goes on whether that can be marked or not."""
        state, at = (marks.ENDED, record.ended_at) if record.ended_at is not None else (marks.SUBMITTED, record.at)
        at = at.replace(microsecond=0) if at is not None else None
        made = self._mark(key, state, at, record.job_id)._replace(image_id=record.image_id)
        # An image that is being copied may not be updated: then only this host knows the job.
        with contextlib.suppress(errors.ImsError):
            self._patch(key, write=made)
        now = self._clock.monotonic()
        self._keep(Own(key, made, now, now))
        self._unread[key.copy] = _Unread(now + self._settle_time)

    def _keep(self, own: Own) -> None:
        """A mark counts from now on, and is not left over."""
        self._own[own.key.copy] = own
        self._left.pop(own.mark.name, None)

    def take_off(self, key: records.Key, gone: t.Sequence[Mark]) -> None:
        try:
            self._patch(key, remove=gone)
        except errors.ApiError as error:
            if _is_not_now(error):
                self._left.update({one.name: (key, one) for one in gone})
            elif len(gone) > 1:
                # One that is not there any more has the whole request refused.
                for one in gone:
                    self.take_off(key, [one])
        except errors.ImsError:
            pass

    def withdraw(self, key: records.Key) -> None:
        own = self.drop(key)
        if own is not None:
            self.take_off(key, [own.mark])

    def drop(self, key: records.Key) -> t.Optional[Own]:
        """Know nothing of a mark any more."""
        self._unread.pop(key.copy, None)
        return self._own.pop(key.copy, None)

    # -- what stands for long ----------------------------------------------------------------------------------------

    @property
    def tended_at(self) -> t.Optional[float]:
        """The monotonic moment at which a mark is to be read back, or made to say that its run lives."""
        moments = [unread.at for unread in self._unread.values()]
        moments.extend(moment for moment, dummy in self._renewals())
        return min(moments, default=None)

    def _renewals(self) -> t.List[t.Tuple[float, Own]]:
        """When each mark of a copy that waits is to say anew that its run lives."""
        return [(own.made + self._grace / 2, own) for own in self._own.values() if own.waits]

    def tend(self) -> None:
        now = self._clock.monotonic()
        for moment, own in self._renewals():
            if moment <= now:
                self._renew(own)
        for text, unread in list(self._unread.items()):
            if unread.at <= now:
                del self._unread[text]
                if not self._stands(self._own[text]) and unread.tries > 1:
                    self._unread[text] = _Unread(self._clock.monotonic() + self._settle_time, unread.tries - 1)

    def close(self) -> None:
        """What is marked and not submitted is free for others; what names a job must stand with nobody to tend it."""
        for own in list(self._own.values()):
            if own.waits:
                self.withdraw(own.key)
        left, self._left = list(self._left.values()), {}
        for key, one in left:
            self.take_off(key, [one])
        while self._unread:
            self._clock.sleep(max(0.0, (self.tended_at or 0.0) - self._clock.monotonic()))
            self.tend()

    def _renew(self, own: Own) -> None:
        """Have a mark say that its run lives, before others take it for one of a run that died. One that has not stood
        all the time, or that cannot be renewed, is to be made anew when its turn comes: others may not have seen it."""
        self.drop(own.key)
        began = self._clock.monotonic()
        made = self._pending(own.key)
        try:
            if own.mark not in self.read(own.key):
                return
            self._left[made.name] = (own.key, made)
            self._patch(own.key, write=made, op="replace")
        except errors.ImsError:
            return
        now = self._clock.monotonic()
        if now - began <= self._settle_time / 2:
            self._keep(own._replace(mark=made, made=now))

    def _stands(self, own: Own) -> bool:
        """Whether a mark is there, or can never be. One that an update of another run has lost, or that could not be
        made, would leave a copy that does not show yet to be found by nobody: it is made again."""
        try:
            standing = self.read(own.key)
            if own.mark in standing:
                return True
            op = "replace" if own.mark.name in [one.name for one in standing] else "add"
            self._patch(own.key, write=own.mark, op=op)
        except errors.ApiError as error:
            return not isinstance(error, (errors.Busy, errors.ServerFault))
        except errors.ImsError:
            pass
        return False

    def _pending(self, key: records.Key) -> Mark:
        now = self._clock.utcnow().replace(microsecond=0)
        return self._mark(key, marks.PENDING, now)

    def _mark(
        self, key: records.Key, state: str, at: t.Optional[datetime.datetime], job_id: t.Optional[str] = None
    ) -> Mark:
        return Mark(marks.name_of(key.copy, self._run), state, at, self._run, job_id, key.route)

    def _patch(
        self,
        key: records.Key,
        write: t.Optional[Mark] = None,
        remove: t.Sequence[Mark] = (),
        op: t.Optional[str] = None,
    ) -> None:
        patch: t.List[t.Dict[str, t.Any]] = [{"op": "remove", "path": f"/{one.name}"} for one in remove]
        if write is not None:
            op = op or ("replace" if key.copy in self._own else "add")
            patch.append({"op": op, "path": f"/{write.name}", "value": write.value})
        if patch and key.source is not None:
            self._service(key).update(key.source.id, patch)


def heeded(key: records.Key, source: t.Optional[images.Image]) -> t.List[Mark]:
    """The marks on a source image that tell of a copy, or of any on its way that may count as one."""
    if source is None:
        return []
    return marks.marks_of(source.marks, key.copy, key.route if key.any_name else None)


def _is_not_now(error: errors.ApiError) -> bool:
    return error.http_status == 409 or error.code == NOT_NOW
