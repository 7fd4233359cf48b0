# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which operation a method and a path are, by the names that the official SDKs give them."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from . import copies, iam, images, jobs, listing, tags
from .exchange import Answer, Context

Handler = t.Callable[[Context], Answer]


@dataclasses.dataclass(frozen=True)
class Route:
    operation: str
    method: str
    pattern: t.Pattern[str]
    handler: Handler
    mutating: bool = False
    open: bool = False


def _ims_versions(context: Context) -> Answer:
    links = [{"rel": "self", "href": "/v2/"}]
    version = {"id": "v2", "status": "CURRENT", "version": "", "min_version": "", "updated": "", "links": links}
    return Answer(300, {"versions": [version]})


def _route(line: str, template: str, handler: Handler, mutating: bool = False, unauthenticated: bool = False) -> Route:
    operation, method = line.split()
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template) + "/?")
    return Route(operation, method, pattern, handler, mutating, unauthenticated)


_IMAGE_TAGS = "/v2/{project_id}/images/{image_id}/tags"
_AGENCY = "/v3.0/OS-AGENCY"
_INHERITED = "/v3.0/OS-INHERIT/domains/{domain_id}/agencies/{agency_id}/roles/inherited_to_projects"

IMS = (
    _route("ListVersions GET", "", _ims_versions, unauthenticated=True),
    _route("ListVersions GET", "/v2", _ims_versions, unauthenticated=True),
    _route("ListImages GET", "/v2/cloudimages", listing.list_images),
    _route("GlanceListImages GET", "/v2/images", listing.glance_list_images),
    _route("GlanceShowImage GET", "/v2/images/{image_id}", images.glance_show_image),
    _route("UpdateImage PATCH", "/v2/cloudimages/{image_id}", images.update_image, mutating=True),
    _route("GlanceUpdateImage PATCH", "/v2/images/{image_id}", images.glance_update_image, mutating=True),
    _route("GlanceDeleteImage DELETE", "/v2/images/{image_id}", images.glance_delete_image, mutating=True),
    _route(
        "CopyImageCrossRegion POST",
        "/v1/cloudimages/{image_id}/cross_region_copy",
        copies.copy_image_cross_region,
        mutating=True,
    ),
    _route("ShowImageQuota GET", "/v1/cloudimages/quota", images.show_image_quota),
    _route("ShowJobProgress GET", "/v1/cloudimages/job/{job_id}", jobs.show_job_progress),
    _route("ShowJob GET", "/v1/{project_id}/jobs/{job_id}", jobs.show_job),
    _route("ListImagesTags GET", "/v2/{project_id}/images/tags", tags.list_images_tags),
    _route("ListImageTags GET", _IMAGE_TAGS, tags.list_image_tags),
    _route("AddImageTag POST", _IMAGE_TAGS, tags.add_image_tag, mutating=True),
    _route("BatchAddOrDeleteTags POST", _IMAGE_TAGS + "/action", tags.batch_add_or_delete_tags, mutating=True),
    _route("DeleteImageTag DELETE", _IMAGE_TAGS + "/{key}", tags.delete_image_tag, mutating=True),
)

IAM = (
    _route("ListVersions GET", "", iam.list_versions, unauthenticated=True),
    _route("ListVersions GET", "/v3", iam.list_versions, unauthenticated=True),
    _route("CreateToken POST", "/v3/auth/tokens", iam.create_token, unauthenticated=True),
    _route("CreateTemporaryAccessKeyByAgency POST", "/v3.0/OS-CREDENTIAL/securitytokens", iam.create_temporary_key),
    _route("ListProjects GET", "/v3/projects", iam.list_projects),
    _route("ListAuthProjects GET", "/v3/auth/projects", iam.list_auth_projects),
    _route("ListRegions GET", "/v3/regions", iam.list_regions),
    _route("ListAuthDomains GET", "/v3/auth/domains", iam.list_auth_domains),
    _route("ListAgencies GET", _AGENCY + "/agencies", iam.list_agencies),
    _route(
        "ListRolesForAgencyOnProject GET",
        _AGENCY + "/projects/{project_id}/agencies/{agency_id}/roles",
        iam.list_roles_for_agency_on_project,
    ),
    _route(
        "ListRolesForAgencyOnDomain GET",
        _AGENCY + "/domains/{domain_id}/agencies/{agency_id}/roles",
        iam.list_roles_for_agency_on_domain,
    ),
    _route("ListInheritedRolesForAgency GET", _INHERITED, iam.list_inherited_roles_for_agency),
)


def find(service: str, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a decoded path, and the variables in it."""
    for route in IMS if service == "ims" else IAM:
        match = route.pattern.fullmatch(path) if route.method == method else None
        if match is not None:
            return route, match.groupdict()
    return None
