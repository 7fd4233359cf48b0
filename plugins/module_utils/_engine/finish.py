# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The last step of a copy: see that the replica is finished and a copy of the right source, and bring it in line."""

from __future__ import annotations

import typing as t

from .._clock import Clock, Deadline
from .._decide.decision import ACTIVE, PRESENT
from .._decide.replica import LIKE_SOURCE, changes, differences
from .._errors import Busy, ImsError, NotAReplica, NotShown, ServerFault, TransportError
from .._model.image import Image, Origin
from .copy import Copy, State, known
from .ledger import Ledger
from .planner import Planner


class Finisher:
    """Settles copies whose replica should stand."""

    def __init__(self, planner: Planner, ledger: Ledger, clock: Clock, wait_interval: float) -> None:
        """``wait_interval``: seconds between two looks at a replica that the service does not show finished yet."""
        self._planner = planner
        self._ledger = ledger
        self._clock = clock
        self._wait_interval = wait_interval

    def settle(self, copy: Copy, check_mode: bool = False) -> None:
        """Verify a replica that should be finished, and bring its attributes and tags in line."""
        late = copy.confirm_by is not None and copy.confirm_by.passed
        copy.due = self._clock.monotonic() + self._wait_interval
        try:
            replica = self._finished(copy, late)
            if replica is None:
                return
            copy.replica = replica
            self._verify(copy, replica)
            self._bring_in_line(copy, replica, check_mode)
        except ImsError as error:
            copy.fail(error.at("verify", f"Finishing the copy of {copy.request.route}"), self._clock.utcnow())
            if isinstance(error, NotShown):
                self._ledger.note_end(self._planner.key(copy))
            if isinstance(error, NotShown) or not isinstance(error, NotAReplica):
                return
        else:
            copy.state = State.DONE
            copy.finished_at = self._clock.utcnow()
        if not check_mode:
            self._ledger.forget(self._planner.key(copy))

    def _finished(self, copy: Copy, late: bool) -> t.Optional[Image]:
        """The replica once it is active and says where it comes from; None: not yet."""
        if copy.decision is not None and copy.decision.kind == PRESENT:
            return copy.replica
        image_id = copy.job.image_id if copy.job is not None and copy.job.image_id else None
        if image_id is None and copy.replica is not None:
            image_id = copy.replica.id
        try:
            seen = self._look(copy, image_id)
        except (TransportError, ServerFault, Busy) as error:
            if late:
                raise
            copy.warn(f"A look at the replica failed, and was repeated: {error.as_text()}")
            return None
        if seen is not None and seen.status == ACTIVE and (seen.origin is not None or copy.request.match == "name"):
            return seen
        if not late:
            return None
        if seen is None:
            raise NotShown(
                f"{_what_ended(copy)}, but image {image_id or copy.name} is not to be seen in "
                f"{copy.request.destination.region}",
                hint="Look there yourself. For an hour, further runs look for it again and do not copy anew; "
                "if somebody deleted it, an empty state_dir has it copied at once.",
            )
        if seen.status != ACTIVE:
            raise NotAReplica(f"{_what_ended(copy)}, but image {seen.id} is {seen.status}, not active")
        raise NotAReplica(
            f"image {seen.id} does not say what it is a copy of",
            hint="If you know that it is the right one, match: name has it count as the replica.",
        )

    def _look(self, copy: Copy, image_id: t.Optional[str]) -> t.Optional[Image]:
        if image_id is None:
            return self._planner.look(copy, fresh=True).replica
        patience = Deadline(self._clock, self._wait_interval)
        return self._planner.destination_ims(copy).image(image_id, deadline=patience)

    def _verify(self, copy: Copy, replica: Image) -> None:
        source = known(copy.source)
        by_name_alone = copy.request.match == "name" and not copy.submitted
        if by_name_alone:
            return
        if replica.origin is not None and replica.origin != Origin(copy.request.source_region, source.id):
            raise NotAReplica(
                f"image {replica.id} is a copy of {replica.origin.image_id} in {replica.origin.region}, "
                f"not of {source.id} in {copy.request.source_region}",
                hint="Do not use it before you know where it comes from.",
            )
        if replica.name != copy.name and copy.request.match != "origin":
            # A later run would not know it again, and submit another copy.
            raise NotAReplica(
                f'image {replica.id} is called "{replica.name}", not "{copy.name}"',
                hint="Rename it, or have it count as the replica under any name (match: origin).",
            )
        unlike = [] if LIKE_SOURCE in copy.request.skip_checks else differences(source, replica)
        if unlike:
            raise NotAReplica(
                f"image {replica.id} is not like its source: {'; '.join(unlike)}",
                hint=f"Do not use it before you know why; skip_checks: [{LIKE_SOURCE}] accepts it as it is.",
            )

    def _bring_in_line(self, copy: Copy, replica: Image, check_mode: bool) -> None:
        wanted = changes(replica, copy.request, known(copy.source))
        if not wanted:
            return
        copy.updated = True
        if check_mode:
            return
        ims = self._planner.destination_ims(copy)
        try:
            if wanted.attributes:
                copy.replica = ims.update(replica.id, wanted.patch)
            if wanted.set_tags:
                ims.set_tags(replica.id, wanted.set_tags)
            if wanted.remove_tags:
                ims.remove_tags(replica.id, wanted.remove_tags)
            copy.replica = ims.image(replica.id) or copy.replica
        except ImsError as error:
            error.hint = error.hint or "The replica itself is complete: run again to bring it in line."
            raise error.at("update", f"Bringing image {replica.id} in {replica.region} in line") from error


def _what_ended(copy: Copy) -> str:
    return f"job {copy.job_id} says that it succeeded" if copy.job_id else "the copy has ended"
