# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The decision, pure: what stands in the destination -> present, in flight, submit or blocked."""

from __future__ import annotations

import typing as t

from .. import _text as texts
from .._model.image import Image, Origin

PRESENT = "present"
IN_FLIGHT = "in_flight"
SUBMIT = "submit"
BLOCKED = "blocked"

# Image statuses of the service (IMS API reference, Image Attributes). Any other one is taken for pending.
ACTIVE = "active"
KILLED = "killed"
GONE = "deleted"
# A service that cuts names short leaves so many characters at least; of shorter names one may well begin with another.
SHORTEST_CUT = 60


class Wanted(t.NamedTuple):
    """The replica that is wanted; ``name`` is None when any name will do.

    ``also`` are names of copies of this source that are known to have been submitted, where they count as well.
    """

    origin: Origin
    name: t.Optional[str]
    match: str = "name_and_origin"
    also: t.FrozenSet[str] = frozenset()


class Decision(t.NamedTuple):
    """``replica`` is the image that counts, or the one that is in the way; ``reason`` explains a block.

    ``leftovers`` are killed images that stand where the replica should be.
    """

    kind: str
    replica: t.Optional[Image] = None
    reason: t.Optional[str] = None
    warnings: t.Tuple[str, ...] = ()
    leftovers: t.Tuple[Image, ...] = ()


def decide(wanted: Wanted, images: t.Iterable[Image]) -> Decision:
    """What to do about one replica.

    :param images: the own images of the destination project
    """
    standing = [image for image in images if image.status != GONE]
    matching, foreign = _sort(wanted, standing)
    if all(image.status == KILLED for image in matching):
        # It is the replica, and not called as it should be: whoever verifies it says so. No other one is to be made.
        matching = [*matching, *(image for image in standing if is_renamed(wanted, image))]
    warnings = tuple(_other_names(wanted, standing))

    active = [image for image in matching if image.status == ACTIVE]
    if active:
        return Decision(PRESENT, active[0], warnings=_duplicates(wanted, matching, active[0]))
    pending = [image for image in matching if image.status != KILLED]
    if pending:
        return Decision(IN_FLIGHT, pending[0], warnings=_duplicates(wanted, matching, pending[0]))
    in_the_way = [image for image in foreign if image.status != KILLED]
    if in_the_way:
        return Decision(BLOCKED, in_the_way[0], reason=_why_blocked(wanted, in_the_way[0]))
    leftovers = (*matching, *foreign)
    warned = tuple(
        f'The killed image {image.id} ("{texts.visible(image.name)}") in {image.region} is what is left of a copy that '
        "failed; it is not deleted, and it counts against the quota."
        for image in leftovers
    )
    return Decision(SUBMIT, warnings=warned + warnings, leftovers=leftovers)


def _sort(wanted: Wanted, images: t.Sequence[Image]) -> t.Tuple[t.List[Image], t.List[Image]]:
    """The images that may count as the replica, and those that only stand where it should be."""
    matching: t.List[Image] = []
    foreign: t.List[Image] = []
    for image in images:
        named = wanted.name is None or image.name == wanted.name
        ours = image.origin == wanted.origin
        # One that may be called anything is no proof that there is none.
        nameless = wanted.name is not None and ours and not image.name.strip()
        unwritten = may_become_one(wanted, image)
        if nameless and wanted.match != "origin":
            foreign.append(image)
        elif wanted.match == "name":
            if named:
                matching.append(image)
        elif wanted.match == "origin":
            if ours or unwritten:
                matching.append(image)
        elif named:
            (matching if ours or unwritten else foreign).append(image)
    return matching, foreign


def may_become_one(wanted: Wanted, image: Image) -> bool:
    """Whether an image may be a copy of this source that is under way: its origin may be written only at its end, so
    its beginning is known by its name."""
    known = wanted.name is not None and (image.name == wanted.name or image.name in wanted.also)
    return known and image.origin is None and image.status not in (ACTIVE, KILLED)


def is_renamed(wanted: Wanted, image: Image) -> bool:
    """Whether an image is a copy of this source whose name the service has made of the one that was asked for: without
    some of its blanks, or cut short."""
    if wanted.name is None or wanted.match == "origin" or image.origin != wanted.origin or image.status == KILLED:
        return False
    asked, called = (" ".join(name.split()) for name in (wanted.name, image.name))
    return bool(called) and (called == asked or (len(called) >= SHORTEST_CUT and asked.startswith(called)))


def _duplicates(wanted: Wanted, matching: t.Sequence[Image], chosen: Image) -> t.Tuple[str, ...]:
    others = [image for image in matching if image is not chosen and image.status != KILLED]
    if not others:
        return ()
    listed = ", ".join(f'{image.id} ("{texts.visible(image.name)}", {image.status})' for image in others)
    return (f"{chosen.id} counts as the replica, but there are more images like it in {chosen.region}: {listed}.",)


def _other_names(wanted: Wanted, images: t.Sequence[Image]) -> t.Iterator[str]:
    if wanted.match != "name_and_origin" or wanted.name is None:
        return
    for image in images:
        if image.origin == wanted.origin and image.name != wanted.name and image.status == ACTIVE:
            yield (
                f'{image.id} ("{texts.visible(image.name)}") in {image.region} is a copy of the same source under '
                "another name; match: origin would have it count as the replica."
            )


def _why_blocked(wanted: Wanted, image: Image) -> str:
    if image.origin == wanted.origin:
        which = f"image {image.id} in {image.region} ({image.status})"
        return f"{which} is a copy of this source, and the service does not say what it is called"
    if image.origin is None:
        what = "which is not known to be a copy of anything"
    else:
        what = f"which is a copy of {image.origin.image_id} in {image.origin.region}, not of this source"
    name = texts.visible(image.name)
    return f'"{name}" in {image.region} is already the name of image {image.id} ({image.status}), {what}'
