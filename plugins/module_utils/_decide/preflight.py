# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The named checks that are made before anything is submitted, pure: facts in, verdicts out.

The rules are those of the IMS API reference, Replicating an Image Across Regions, and the codes are what the
service answers where a rule is broken. Whatever the caller may not look up is unknown, never a failure.
"""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._model import copy_request
from . import rules_image as image
from . import rules_place as place
from .facts import FAIL, Check, Facts, Rule


def preflight(request: copy_request.CopyRequest, facts: Facts) -> t.List[Check]:
    """Every check that was not left out, in a fixed order, none hiding another."""
    return [Check(name, *rule(request, facts)) for name, rule in _RULES.items() if name not in request.skip_checks]


def failures(checks: t.Iterable[Check]) -> t.List[Check]:
    return [check for check in checks if check.status == FAIL]


def refusal(
    request: copy_request.CopyRequest, checks: t.Iterable[Check], in_the_way: t.Optional[str] = None
) -> errors.PreflightFailed:
    """One error for everything that stands against a copy: short in its message, whole in its text.

    :param in_the_way: why the destination is not free for the replica, if it is not
    """
    failed = failures(checks)
    names = ", ".join(check.check for check in failed)
    summary = [in_the_way] if in_the_way else []
    summary += [f"{len(failed)} check{'s' if len(failed) > 1 else ''} failed ({names})"] if failed else []
    error = errors.PreflightFailed(
        "; ".join(summary) or "the source image or the destination cannot be found",
        code=next((check.code for check in failed if check.code), None),
        hint=" ".join(map(errors.remedy_of, ("blocked", "preflight") if in_the_way else ("preflight",))),
        details=[check.told for check in failed],
    )
    return error.at("preflight", f"Cannot copy {request.route}")


_RULES: t.Mapping[str, Rule] = {
    "regions_differ": place.regions_differ,
    "source_region": place.source_region,
    "source_project": place.source_project,
    "source_found": image.source_found,
    "source_own": image.about_source(image.source_own),
    "source_private": image.about_source(image.source_private),
    "source_active": image.about_source(image.source_active),
    "source_not_encrypted": image.about_source(image.source_not_encrypted),
    "source_not_iso": image.about_source(image.source_not_iso),
    "source_size": image.about_source(image.source_size),
    "full_ecs_vault": image.about_source(image.full_ecs_vault),
    "windows": image.about_source(image.windows),
    "name": image.name,
    "description": image.description,
    "tags": image.tags,
    "destination_region": place.destination_region,
    "destination_project": place.destination_project,
    "agency_exists": place.agency_exists,
    "agency_delegated": place.agency_delegated,
    "agency_permitted": place.agency_permitted,
    "quota": place.quota,
}

CHECKS = tuple(_RULES)
