# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The preflight rules about regions, projects, agencies and quotas, pure."""

from __future__ import annotations

import typing as t

from .._model import copy_request
from .._model import place as places
from .facts import FAIL, PASS, UNKNOWN, WARN, Facts, Unknown, Verdict

IMS_TRUST_DOMAIN = "op_svc_ims"
# Roles and policies that let an agency write images: the old roles, and the policies made for this purpose
# (IMS FAQ, Permissions Required for Cross-Region Replication). The one without CBR is not for full-ECS images.
SUFFICIENT_ROLES = frozenset(
    {
        "ims administrator",
        "ims_adm",
        "tenant administrator",
        "te_admin",
        "ims crosscopyagencypolicy",
        "ims crosscopyagencycbrpolicy",
        "ims fullaccess",
    }
)
WITHOUT_CBR = frozenset({"ims crosscopyagencypolicy"})


def regions_differ(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    if request.source_region != request.destination.region:
        return Verdict(PASS, f"{request.source_region} and {request.destination.region} are two regions")
    return Verdict(
        FAIL,
        f"the destination {request.destination.region} is the source region itself",
        "IMG.0142",
        "Name another region. Within one the service copies by other means, which the console offers.",
    )


def _region(name: str, regions: t.Union[t.FrozenSet[str], Unknown], side: str) -> Verdict:
    if isinstance(regions, Unknown):
        return Verdict(UNKNOWN, f"whether region {name} exists is not known: {regions.why}")
    if name in regions:
        return Verdict(PASS, f"region {name} exists")
    return Verdict(
        FAIL,
        f"there is no region {name}; there are {', '.join(sorted(regions))}",
        "IMG.0147",
        f"Check {side}_region, and cloud_domain and iam_endpoint, which say whose regions these are.",
    )


def source_region(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    return _region(request.source_region, facts.regions, "source")


def destination_region(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    return _region(request.destination.region, facts.regions, "destination")


def belongs(project_name: str, region: str) -> bool:
    """Whether a project of that name is one of the region: IAM names them so."""
    return project_name == region or project_name.startswith(region + "_")


def _project(name: str, region: str, project: t.Optional[places.Project], side: str) -> Verdict:
    option = f"{side}_project_name"
    if not belongs(name, region):
        message = f"project {name} is not one of region {region}: those are called {region} or {region}_..."
        hint = f"Set {option} to the name (not the id) of one of them, or leave it out for {region}."
        return Verdict(FAIL, message, "IMG.0145", hint)
    if project is None:
        message = f"there is no project {name} that this caller can see"
        hint = f"Check {option}; if it is right, have the caller authorised in that project in IAM."
        return Verdict(FAIL, message, "IMG.0145", hint)
    if not project.enabled:
        message = f"project {name} ({project.id}) is disabled"
        return Verdict(FAIL, message, "IMG.0145", f"Enable it in IAM, or set {option} to another one.")
    return Verdict(PASS, f"project {name} is {project.id}")


def source_project(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    return _project(request.source_project_name, request.source_region, facts.source_project, "source")


def destination_project(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    place = request.destination
    return _project(place.project_name, place.region, facts.destination_project, "destination")


def agency_exists(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    name = request.destination.agency_name
    if isinstance(facts.agency, Unknown):
        return Verdict(UNKNOWN, f"whether agency {name} exists is not known: {facts.agency.why}")
    if facts.agency is None:
        return Verdict(
            FAIL,
            f"there is no agency {name}",
            "IMG.0036",
            "Check agency_name, or create it in IAM: of the type cloud service, for Image Management Service (IMS), "
            f"unlimited, and with {_enough(facts)} in project {request.destination.project_name}.",
        )
    return Verdict(PASS, f"agency {name} exists")


def agency_delegated(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    name = request.destination.agency_name
    if not isinstance(facts.agency, places.Agency):
        return Verdict(UNKNOWN, f"whom agency {name} trusts is not known: {_unseen(facts.agency)}")
    if facts.agency.trust_domain_name == IMS_TRUST_DOMAIN:
        return Verdict(PASS, f"agency {name} is delegated to IMS")
    return Verdict(
        FAIL,
        f"agency {name} is delegated to {facts.agency.trust_domain_name or 'nobody'}, not to the cloud service IMS",
        "IMG.0036",
        "Set agency_name to one of the type cloud service for Image Management Service (IMS), or create one in IAM.",
    )


def agency_permitted(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    name, project = request.destination.agency_name, request.destination.project_name
    unknown = f"what agency {name} may do in project {project} is not known"
    if not isinstance(facts.agency, places.Agency):
        return Verdict(UNKNOWN, f"{unknown}: {_unseen(facts.agency)}")
    if isinstance(facts.roles, Unknown):
        return Verdict(UNKNOWN, f"{unknown}: {facts.roles.why}")
    grant = f"Grant it {_enough(facts)} in project {project} itself."
    if _sufficient(facts.roles, _is_full_ecs(facts)):
        return Verdict(PASS, f"agency {name} may write images in project {project}")
    if facts.roles:
        listed = ", ".join(role.display_name or role.name for role in facts.roles)
        return Verdict(
            UNKNOWN,
            f"agency {name} has {listed} in project {project}; whether that is enough, only a copy tells",
            hint=grant,
        )
    if isinstance(facts.inherited_roles, Unknown):
        return Verdict(UNKNOWN, f"agency {name} has no role of its own in project {project}", hint=grant)
    if facts.inherited_roles:
        return Verdict(
            WARN,
            f"agency {name} has its roles through all projects only, which the service documents as not effective",
            "IMG.0151",
            grant,
        )
    return Verdict(FAIL, f"agency {name} has no role in project {project}", "IMG.0151", grant)


def _unseen(agency: t.Union[Unknown, None]) -> str:
    return agency.why if isinstance(agency, Unknown) else "there is no such agency"


def _enough(facts: Facts) -> str:
    policy = "IMS CrossCopyAgencyCBRPolicy" if _is_full_ecs(facts) else "IMS CrossCopyAgencyPolicy"
    return f"IMS Administrator or {policy}"


def _sufficient(roles: t.Iterable[places.Role], full_ecs: bool) -> bool:
    enough = SUFFICIENT_ROLES - WITHOUT_CBR if full_ecs else SUFFICIENT_ROLES
    return any({str(role.name).lower(), str(role.display_name).lower()} & enough for role in roles)


def _is_full_ecs(facts: Facts) -> bool:
    return not isinstance(facts.sources, Unknown) and any(image.full_ecs for image in facts.sources)


def quota(request: copy_request.CopyRequest, facts: Facts) -> Verdict:
    where = f"project {request.destination.project_name}"
    if isinstance(facts.quota, Unknown):
        return Verdict(UNKNOWN, f"how many images {where} may still take is not known: {facts.quota.why}")
    used, limit = facts.quota.used, facts.quota.limit
    if limit < 0:
        return Verdict(PASS, f"{where} may hold any number of private images")
    wanted = used + facts.ahead + 1
    if wanted <= limit:
        return Verdict(PASS, f"{where} holds {used} private images, its quota is {limit}")
    added = f", and this run adds {facts.ahead} before this one" if facts.ahead else ""
    return Verdict(
        FAIL,
        f"{where} holds {used} private images, its quota is {limit}{added}: there is no room for this one",
        "IMG.0015",
        f"Delete at least {wanted - limit} there, or have the quota raised to at least {wanted}.",
    )
