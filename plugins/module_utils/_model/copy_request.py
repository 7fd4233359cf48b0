# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""One copy as it was asked for, and what is wrong with the asking whatever the service would say; pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._errors import InputError
from .place import Destination

MATCHES = ("name_and_origin", "origin", "name")

# A region becomes part of a host name, an id part of a path: nothing else may get in there.
REGION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclasses.dataclass(frozen=True)
class CopyRequest:
    """One source image and one destination. ``size_limit`` is in GiB, ``min_ram`` and ``max_ram`` in MB."""

    source_region: str
    source_project_name: str
    destination: Destination
    image_id: t.Optional[str] = None
    image_name: t.Optional[str] = None
    name: t.Optional[str] = None
    name_template: t.Optional[str] = None
    description: t.Optional[str] = None
    tags: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    copy_tags: bool = False
    purge_tags: bool = False
    min_ram: t.Optional[int] = None
    max_ram: t.Optional[int] = None
    match: str = "name_and_origin"
    size_limit: t.Optional[float] = None
    skip_checks: t.FrozenSet[str] = frozenset()
    job_id: t.Optional[str] = None

    @property
    def asked_for(self) -> str:
        """The source image in the user's own words."""
        return self.image_id if self.image_id is not None else f'"{self.image_name}"'

    @property
    def route(self) -> str:
        """From where to where, as messages say it."""
        target = self.destination.region
        if self.destination.project_name != target:
            target = f"{target} (project {self.destination.project_name})"
        return f"image {self.asked_for} from {self.source_region} to {target}"

    def replica_name(self, source_name: str) -> str:
        """The name that the replica of a source image of that name is to have."""
        if self.name is not None:
            return self.name
        if self.name_template is not None:
            return self.name_template.format(
                name=source_name,
                source_region=self.source_region,
                destination_region=self.destination.region,
            )
        return source_name


def destination_from(given: t.Mapping[str, t.Any]) -> Destination:
    """A destination from ``region``, ``project_name``, ``agency_name`` and ``vault_id``."""
    return Destination(
        region=given["region"],
        project_name=_text(given.get("project_name")) or given["region"],
        agency_name=given["agency_name"],
        vault_id=_text(given.get("vault_id")),
    )


def request_from(
    given: t.Mapping[str, t.Any],
    *,
    source_region: str,
    source_project_name: t.Optional[str],
    destination: Destination,
    name_template: t.Optional[str] = None,
) -> CopyRequest:
    """A request from a module's per-image options, which stand in ``given`` under their own names.

    :raises InputError: with every problem that can be seen without asking the service.
    """
    request = CopyRequest(
        source_region=source_region,
        source_project_name=_text(source_project_name) or source_region,
        destination=destination,
        image_id=_text(given.get("image_id")),
        image_name=_text(given.get("image_name")),
        # Spaces around a name are refused by a check, not cut off.
        name=given.get("name") if _text(given.get("name")) else None,
        name_template=name_template,
        description=given.get("description"),
        tags={str(key): "" if value is None else str(value) for key, value in (given.get("tags") or {}).items()},
        copy_tags=bool(given.get("copy_tags")),
        purge_tags=bool(given.get("purge_tags")),
        min_ram=given.get("min_ram"),
        max_ram=given.get("max_ram"),
        match=given.get("match") or MATCHES[0],
        size_limit=given.get("size_limit"),
        skip_checks=frozenset(given.get("skip_checks") or ()),
        job_id=_text(given.get("job_id")),
    )
    problems = find_problems(request)
    if problems:
        raise InputError(problems)
    return request


def find_problems(request: CopyRequest) -> t.List[str]:
    """Everything that is wrong with a request before anybody is asked."""
    problems = []
    if (request.image_id is None) == (request.image_name is None):
        problems.append("exactly one of image_id and image_name is needed, neither may be blank")
    for option, value, pattern in (
        ("image_id", request.image_id, IDENTIFIER),
        ("job_id", request.job_id, IDENTIFIER),
        ("vault_id", request.destination.vault_id, IDENTIFIER),
        ("source_region", request.source_region, REGION),
        ("destination_region", request.destination.region, REGION),
    ):
        if value is not None and not pattern.fullmatch(value):
            problems.append(f"{option} {value!r} cannot be right: {expected(pattern)}")
    if not request.destination.agency_name.strip():
        problems.append("agency_name is blank")
    if request.size_limit is not None and not request.size_limit > 0:
        problems.append(f"size_limit must be above 0 GiB, not {request.size_limit:g}")
    for option, megabytes in (("min_ram", request.min_ram), ("max_ram", request.max_ram)):
        if megabytes is not None and megabytes < 0:
            problems.append(f"{option} must be 0 MB or more, not {megabytes}")
    # A max_ram of 0 is the service's word for "no limit".
    if request.min_ram and request.max_ram and request.min_ram > request.max_ram:
        problems.append(f"min_ram ({request.min_ram} MB) is above max_ram ({request.max_ram} MB)")
    return problems


def expected(pattern: t.Pattern[str]) -> str:
    """What a region or an id looks like, for a message."""
    if pattern is REGION:
        return "a region id is lower-case letters, digits and dashes, such as cn-north-4"
    return "an id is letters, digits, dashes and underscores, at most 64 of them"


def _text(value: t.Optional[str]) -> t.Optional[str]:
    """Blank is absent: an empty variable in a job template means that nothing was chosen."""
    if value is None:
        return None
    value = value.strip()
    return value or None
