# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The preflight rules about the source image and what its replica is to be like, pure."""

from __future__ import annotations

import math
import re
import typing as t

from .._model import copy_request
from .._model import image as images
from .facts import FAIL, PASS, UNKNOWN, WARN, Facts, Rule, Unknown, Verdict
from .replica import wanted_tags

GIB = 1024**3
# Guangzhou, Shanghai1, Shanghai2 and Beijing4 take larger images (Chinese edition of the API reference, 2022-12).
LARGE_IMAGE_REGIONS = frozenset({"cn-south-1", "cn-east-3", "cn-east-2", "cn-north-4"})
SIZE_LIMIT_GIB = 128
LARGE_SIZE_LIMIT_GIB = 300

# First and last character are no space; any letter or digit may be meant by "Chinese characters", whose range is
# not published, so the service has the last word on those (IMG.0003).
_NAME = re.compile(r"[\w.-](?:[\w. -]{0,126}[\w.-])?")
_TAG_KEY = re.compile(r"[\w-]{1,36}")
_TAG_VALUE = re.compile(r"[\w.-]{0,43}")
MAX_TAGS = 10
_BY_A_SERVER = "Start a server from it, make a private image of that server, and copy that."
_OTHER_NAME = "Give the replica another one with name, or the replicas of a migration with name_template."


def size_limit_gib(request: copy_request.CopyRequest) -> float:
    """128 GiB; 300 GiB when both regions take large images; the user's own limit before either."""
    if request.size_limit is not None:
        return request.size_limit
    if {request.source_region, request.destination.region} <= LARGE_IMAGE_REGIONS:
        return LARGE_SIZE_LIMIT_GIB
    return SIZE_LIMIT_GIB


def source_found(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    if isinstance(facts.sources, Unknown):
        return Verdict(UNKNOWN, f"the source image could not be looked for: {facts.sources.why}")
    where = f"in {request.source_region} (project {request.source_project_name})"
    if not facts.sources:
        by_id = request.image_id is not None
        return Verdict(
            FAIL,
            f"there is no {'image' if by_id else 'own private image called'} {request.asked_for} {where}",
            "IMG.0027",
            f"Check image_{'id' if by_id else 'name'}, source_region and source_project_name; "
            "the module ims_image_info lists what is there.",
        )
    if len(facts.sources) > 1:
        listed = ", ".join(image.id for image in facts.sources)
        message = f"{len(facts.sources)} images {where} are called {request.asked_for}: {listed}"
        return Verdict(FAIL, message, hint="Name one of them by image_id.")
    return Verdict(PASS, f"image {facts.sources[0].id} is there")


def about_source(rule: t.Callable[[copy_request.CopyRequest, Facts, images.Image], Verdict]) -> Rule:
    """A rule that needs the source image: unknown without it, and `source_found` says why."""

    def applied(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
        if isinstance(facts.sources, Unknown) or len(facts.sources) != 1:
            return Verdict(UNKNOWN, "there is no one source image to look at")
        return rule(request, facts, facts.sources[0])

    return applied


def source_own(request: copy_request.CopyRequest, facts: Facts, source: images.Image) -> Verdict:
    if facts.source_project is None:
        return Verdict(UNKNOWN, f"whose image {source.id} is, is not known without the source project")
    # A public image is the rule of source_private.
    if source.project_id == facts.source_project.id:
        return Verdict(PASS, "the image belongs to the source project")
    message = f"{source.label} belongs to project {source.project_id}, not to {request.source_project_name}"
    hint = (
        "If that is another project of yours, name it as source_project_name. An image that somebody else shares with "
        f"you has to be copied within {request.source_region} first; take that private copy."
    )
    return Verdict(FAIL, message, "IMG.0047", hint if source.image_type not in ("gold", "market") else _BY_A_SERVER)


def source_private(request: copy_request.CopyRequest, facts: Facts, source: images.Image) -> Verdict:
    # An own image that has been shared out is listed as "shared"; whose it is, is the rule of source_own.
    if source.image_type in (None, "private", "shared"):
        return Verdict(PASS, "the image is a private one")
    kind = "public" if source.image_type == "gold" else source.image_type
    return Verdict(
        FAIL,
        f"{source.label} is a {kind} image, and only private ones are copied",
        "IMG.0024",
        _BY_A_SERVER,
    )


def source_active(request: copy_request.CopyRequest, facts: Facts, source: images.Image) -> Verdict:
    if source.status == "active":
        return Verdict(PASS, "the image is active")
    hint = "Make the image anew, as this one came to nothing."
    if source.status not in ("killed", "deleted"):
        hint = "Wait until it is active, and run again."
    return Verdict(FAIL, f"{source.label} is {source.status or 'of no status'}, not active", "IMG.0046", hint)


def source_not_encrypted(request: copy_request.CopyRequest, facts: Facts, source: images.Image) -> Verdict:
    if not source.encrypted:
        return Verdict(PASS, "the image is not encrypted")
    return Verdict(
        FAIL,
        f"{source.label} is encrypted",
        "IMG.0143",
        f"Copy it within {request.source_region} without a key first, and take that copy.",
    )


def source_not_iso(request: copy_request.CopyRequest, facts: Facts, source: images.Image) -> Verdict:
    if not source.iso:
        return Verdict(PASS, "the image was not created from an ISO file")
    return Verdict(
        FAIL,
        f"{source.label} was created from an ISO file",
        "IMG.0167",
        "Install a server from it, make a private image of that server, and copy that.",
    )


def source_size(request: copy_request.CopyRequest, facts: Facts, source: images.Image) -> Verdict:
    limit = size_limit_gib(request)
    if not source.size_bytes:
        return Verdict(UNKNOWN, f"the service does not say how large {source.label} is")
    size = f"{source.size_bytes / GIB:.1f}"
    if source.size_bytes <= limit * GIB:
        return Verdict(PASS, f"{size} GiB is within the limit of {limit:g} GiB")
    if float(size) <= limit:
        # A little more than the limit must not read as if it were just the limit.
        more = math.ceil(source.size_bytes - limit * GIB)
        size = f"{more} byte{'s' if more > 1 else ''} more than {limit:g}"
    return Verdict(
        FAIL,
        f"{source.label} has {size} GiB, and the limit is {limit:g} GiB: {_why_that_limit(request)}",
        "IMG.0146",
        "Make the image anew with a smaller disk, or raise size_limit if you know that the service takes larger ones.",
    )


def _why_that_limit(request: copy_request.CopyRequest) -> str:
    large = ", ".join(sorted(LARGE_IMAGE_REGIONS))
    if request.size_limit is not None:
        return "size_limit says so"
    both = {request.source_region, request.destination.region}
    if both <= LARGE_IMAGE_REGIONS:
        return f"so the service documents it between two of {large}"
    others = sorted(both - LARGE_IMAGE_REGIONS)
    none = f"{' and '.join(others)} {'are' if len(others) > 1 else 'is'} none of them"
    return f"only between two of {large} it is {LARGE_SIZE_LIMIT_GIB} GiB, and {none}"


def full_ecs_vault(request: copy_request.CopyRequest, facts: Facts, source: images.Image) -> Verdict:
    if not source.full_ecs:
        return Verdict(PASS, "the image is not a full-ECS image")
    if request.destination.vault_id is None:
        return Verdict(
            FAIL,
            f"{source.label} is a full-ECS image, and no vault_id is given",
            "IMG.0184",
            f"Give the vault_id of a server vault in {request.destination.region} with the protection type "
            "replication, or copy an image of the server's system disk instead.",
        )
    return Verdict(PASS, f"the full-ECS image goes to vault {request.destination.vault_id}")


def windows(request: copy_request.CopyRequest, facts: Facts, source: images.Image) -> Verdict:
    if "windows" not in (str(source.os_type).lower(), str(source.platform).lower()):
        return Verdict(PASS, "the image is not a Windows image")
    return Verdict(
        WARN,
        "the service documents that Windows images are no longer to be replicated this way",
        hint="See that a server starts from the replica before you rely on it.",
    )


def name(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    if isinstance(facts.sources, Unknown) or len(facts.sources) != 1:
        if request.name is None:
            return Verdict(UNKNOWN, "the name is that of the source image, which is not known")
        name = request.name
    else:
        name = request.name_for(facts.sources[0])
        if request.name_follows_from("source_created") and copy_request.day_of(facts.sources[0].created_at) is None:
            text = "the service does not tell when the image was made, which is part of the name of the replica"
            return Verdict(FAIL, text, hint=_OTHER_NAME)
    if not name:
        return Verdict(FAIL, "the name of the replica is empty", "IMG.0013", _OTHER_NAME)
    if len(name) > 128:
        message = f"the name of the replica has {len(name)} characters, at most 128 are allowed"
        return Verdict(FAIL, message, "IMG.0002", _OTHER_NAME)
    if not _NAME.fullmatch(name):
        return Verdict(
            FAIL,
            f"{name!r} is not a legal image name: letters, digits, spaces, dots, dashes and underscores, "
            "not beginning or ending with a space",
            "IMG.0003",
            _OTHER_NAME,
        )
    return Verdict(PASS, f"{name!r} is a legal image name")


def description(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    text = request.description or ""
    if len(text) > 1024:
        message = f"the description has {len(text)} characters, at most 1024 are allowed"
        return Verdict(FAIL, message, "IMG.0004", "Shorten description.")
    if re.search(r"[\r\n<>]", text):
        message = "the description may hold no line break, < or >"
        return Verdict(FAIL, message, "IMG.0054", "Take those out of description.")
    return Verdict(PASS, "the description is legal")


def tags(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    tags: t.Mapping[str, str] = request.tags
    if not isinstance(facts.sources, Unknown) and len(facts.sources) == 1:
        tags = wanted_tags(request, facts.sources[0])
    wrong = [key for key, value in tags.items() if not (_TAG_KEY.fullmatch(key) and _TAG_VALUE.fullmatch(value))]
    if wrong:
        return Verdict(
            FAIL,
            f"not legal tags: {', '.join(sorted(wrong))}; a key is 1 to 36 and a value 0 to 43 letters, digits, "
            "dashes and underscores, a value also dots",
            "IMG.0115",
            f"Change them{_of_the_source(request)}.",
        )
    if len(tags) > MAX_TAGS:
        message = f"{len(tags)} tags, at most {MAX_TAGS} are allowed"
        return Verdict(FAIL, message, "IMG.0116", f"Leave some out{_of_the_source(request)}.")
    return Verdict(PASS, "the tags are legal")


def _of_the_source(request: copy_request.CopyRequest) -> str:
    return ", or set copy_tags to false, as some may be the source's" if request.copy_tags else ""
