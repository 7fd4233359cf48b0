# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Projects, regions and agencies, in the API's words."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from .. import _errors as errors
from .._model import place as places
from .._model.raw import Raw
from .auth import Client

_T = t.TypeVar("_T")


class Iam:
    """Asks IAM, every time that it is called; whoever calls remembers the answers."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def projects(self, name: str) -> t.List[places.Project]:
        """The account's projects of that name.

        Source: IAM API reference, Querying Project Information Based on the Specified Criteria.

        :raises NotPermitted: when the caller may not list what is not his own
        """
        return self._read("/v3/projects", "projects", _project, name=name)

    def own_projects(self) -> t.List[places.Project]:
        """The projects that the caller may use. Source: IAM API reference, Querying the Projects Accessible to an
        IAM User."""
        return self._read("/v3/auth/projects", "projects", _project)

    def regions(self) -> t.List[str]:
        """The ids of all regions. Source: IAM API reference, Querying a Region List."""
        return self._read("/v3/regions", "regions", _id)

    def account_id(self) -> str:
        """The id of the caller's account. Source: IAM API reference, Querying Account Information."""
        ids = self._read("/v3/auth/domains", "domains", _id)
        if not ids:
            raise errors.BadReply("GET /v3/auth/domains: the list of the caller's accounts is empty")
        return ids[0]

    def agency(self, account_id: str, name: str) -> t.Optional[places.Agency]:
        """The agency of exactly that name, or None. Source: IAM API reference, Listing Agencies.

        :raises NotPermitted: when the caller may not list agencies
        """
        found = self._read("/v3.0/OS-AGENCY/agencies", "agencies", _agency, domain_id=account_id, name=name)
        return next((agency for agency in found if agency.name == name), None)

    def roles_on_project(self, project_id: str, agency_id: str) -> t.List[places.Role]:
        """What an agency was granted on one project.

        Source: IAM API reference, Querying Permissions of an Agency for a Region-specific Project.
        """
        path = f"/v3.0/OS-AGENCY/projects/{_segment(project_id)}/agencies/{_segment(agency_id)}/roles"
        return self._roles(path)

    def roles_everywhere(self, account_id: str, agency_id: str) -> t.List[places.Role]:
        """What an agency was granted on the whole account: global services, and all projects by inheritance.

        Source: IAM API reference, Querying Permissions of an Agency for a Global Service Project; Querying All
        Permissions of an Agency.
        """
        agency = f"domains/{_segment(account_id)}/agencies/{_segment(agency_id)}/roles"
        paths = (f"/v3.0/OS-AGENCY/{agency}", f"/v3.0/OS-INHERIT/{agency}/inherited_to_projects")
        return [role for path in paths for role in self._roles(path)]

    def _roles(self, path: str) -> t.List[places.Role]:
        try:
            return self._read(path, "roles", _role)
        except errors.NotFound as error:
            if error.code and error.code.startswith("APIGW."):
                # There is no such call here, so nothing is known.
                raise
            return []

    def _read(self, path: str, key: str, make: t.Callable[[Raw], _T], **query: str) -> t.List[_T]:
        """What is made of the objects of a list; all at once, as no page is asked for."""
        reply = self._client.call("GET", path, query=query.items())
        return reply.read(lambda data: [make(row) for row in Raw(data).objects(key)])


def project_called(name: str, projects: t.Iterable[places.Project]) -> t.Optional[places.Project]:
    """The project of exactly that name, or None.

    :raises InputError: when several have it
    """
    found: t.Dict[str, places.Project] = {}
    for project in projects:
        if project.name == name:
            found.setdefault(project.id, project)
    if len(found) > 1:
        raise errors.InputError([f"several projects are named {name}: {', '.join(found)}"])
    return next(iter(found.values()), None)


def _id(row: Raw) -> str:
    return row.identifier("id")


def _project(row: Raw) -> places.Project:
    return places.Project(
        _id(row), row.text("name") or "", row.text("domain_id") or "", row.truth("enabled", default=True)
    )


def _agency(row: Raw) -> places.Agency:
    return places.Agency(_id(row), row.text("name") or "", row.text("trust_domain_name") or "")


def _role(row: Raw) -> places.Role:
    return places.Role(row.text("name") or "", row.text("display_name") or "")


def _segment(value: str) -> str:
    """One part of a path, whatever is in the value."""
    return quote(value, safe="")
