# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What is to be deleted, pure: the images that are provably replicas of a source, and nothing else."""

from __future__ import annotations

import typing as t

from .. import _text as texts
from .._model.image import Image
from .decision import ACTIVE, GONE, KILLED, Wanted, is_renamed, may_become_one

# Nothing is there; these are to go; something is under way, whose end is to be seen first; no, and why.
ABSENT, DELETE, WAIT, BLOCKED = "absent", "delete", "wait", "blocked"


class Removal(t.NamedTuple):
    """``images`` are those that are to go, or that stand in the way of it; ``reason`` explains a block."""

    kind: str
    images: t.Tuple[Image, ...] = ()
    reason: t.Optional[str] = None
    warnings: t.Tuple[str, ...] = ()


def decide(wanted: Wanted, images: t.Iterable[Image], delete_shared: bool = False) -> Removal:
    """What to delete of one replica.

    ``wanted.name`` None is a name that nobody knows, as the source is gone: then the origin alone tells.

    :param images: the own images of the destination project
    :param delete_shared: whether one that other accounts may be using goes as well
    """
    standing = [image for image in images if image.status != GONE]
    name = None if wanted.match == "origin" else wanted.name
    ours = [image for image in standing if image.origin == wanted.origin]
    chosen = [image for image in ours if name is None or image.name == name]
    if all(image.status == KILLED for image in chosen):
        # What the service has called otherwise than it was asked to is the replica all the same.
        chosen += [image for image in ours if name is not None and is_renamed(wanted, image)]
    begun = [image for image in standing if may_become_one(wanted, image)]
    foreign = [image for image in standing if image not in ours and image not in begun and image.name == wanted.name]
    warnings = (*_others(wanted, ours, chosen), *_foreign(wanted, foreign))

    replicas = [image for image in chosen if image.status != KILLED]
    if len(replicas) > 1 and wanted.match != "origin":
        return Removal(BLOCKED, tuple(replicas), _several(replicas), warnings)
    kept = [reason for image in chosen for reason in _why_kept(image, delete_shared)]
    if kept:
        return Removal(BLOCKED, tuple(chosen), "; ".join(kept), warnings)
    pending = [image for image in (*replicas, *begun) if image.status != ACTIVE]
    if pending:
        return Removal(WAIT, tuple(pending), warnings=warnings)
    if not chosen and foreign and wanted.match == "name":
        return Removal(BLOCKED, tuple(foreign), _by_name_alone(foreign[0]), ())
    return Removal(DELETE if chosen else ABSENT, tuple(chosen), warnings=warnings)


def called(image: Image) -> str:
    """An image as messages name it."""
    return f'image {image.id} ("{texts.visible(image.name)}") in {image.region}'


def _why_kept(image: Image, delete_shared: bool) -> t.Iterator[str]:
    """Source: IMS API reference, Deleting an Image (IMG.0091); members are not told of a deletion."""
    if image.protected:
        yield f"{called(image)} is protected, and the service deletes no such image (IMG.0091)"
    if image.image_type == "shared" and not delete_shared:
        yield f"{called(image)} is shared with others, who may be using it; delete_shared: true deletes it all the same"


def _several(replicas: t.Sequence[Image]) -> str:
    listed = ", ".join(called(image) for image in replicas)
    return f"{len(replicas)} images are replicas of this source: {listed}; match: origin deletes all of them"


def _by_name_alone(image: Image) -> str:
    return f"{called(image)} has the name, but is not known to be a copy of this source: nothing is deleted by its name"


def _others(wanted: Wanted, ours: t.Sequence[Image], chosen: t.Sequence[Image]) -> t.Iterator[str]:
    for image in ours:
        if image not in chosen and image.status != KILLED:
            yield (
                f"{called(image)} is a copy of the same source under another name than "
                f'"{texts.visible(str(wanted.name))}", and is left alone; match: origin would have it deleted.'
            )


def _foreign(wanted: Wanted, foreign: t.Sequence[Image]) -> t.Iterator[str]:
    for image in foreign:
        yield f"{called(image)} has the name, but is not known to be a copy of this source, and is left alone."
