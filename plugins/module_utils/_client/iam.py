# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Projects, regions and agencies, in the API's words."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from .. import _errors as errors
from .._model.job import dicts, text_of
from .._model.place import Agency, Project, Role
from .auth import Client


class Iam:
    """Asks IAM, every time that it is called; whoever calls remembers the answers."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def projects(self, name: str) -> t.List[Project]:
        """The account's projects of that name.

        Source: IAM API reference, Querying Project Information Based on the Specified Criteria.

        :raises NotPermitted: when the caller may not list what is not his own
        """
        return [_project(row) for row in self._rows("/v3/projects", "projects", name=name)]

    def own_projects(self) -> t.List[Project]:
        """The projects that the caller may use. Source: IAM API reference, Querying the Projects Accessible to an
        IAM User."""
        return [_project(row) for row in self._rows("/v3/auth/projects", "projects")]

    def regions(self) -> t.List[str]:
        """The ids of all regions. Source: IAM API reference, Querying a Region List."""
        return [row["id"] for row in self._rows("/v3/regions", "regions")]

    def account_id(self) -> str:
        """The id of the caller's account. Source: IAM API reference, Querying Account Information."""
        rows = self._rows("/v3/auth/domains", "domains")
        if not rows:
            raise errors.BadReply("IAM: the list of the caller's accounts is empty")
        return str(rows[0]["id"])

    def agency(self, account_id: str, name: str) -> t.Optional[Agency]:
        """The agency of exactly that name, or None. Source: IAM API reference, Listing Agencies.

        :raises NotPermitted: when the caller may not list agencies
        """
        for row in self._rows("/v3.0/OS-AGENCY/agencies", "agencies", domain_id=account_id, name=name):
            if row.get("name") == name:
                return Agency(row["id"], name, str(row.get("trust_domain_name") or ""))
        return None

    def roles_on_project(self, project_id: str, agency_id: str) -> t.List[Role]:
        """What an agency was granted on one project.

        Source: IAM API reference, Querying Permissions of an Agency for a Region-specific Project.
        """
        path = f"/v3.0/OS-AGENCY/projects/{_segment(project_id)}/agencies/{_segment(agency_id)}/roles"
        return self._roles(path)

    def roles_everywhere(self, account_id: str, agency_id: str) -> t.List[Role]:
        """What an agency was granted on the whole account: global services, and all projects by inheritance.

        Source: IAM API reference, Querying Permissions of an Agency for a Global Service Project; Querying All
        Permissions of an Agency.
        """
        agency = f"domains/{_segment(account_id)}/agencies/{_segment(agency_id)}/roles"
        paths = (f"/v3.0/OS-AGENCY/{agency}", f"/v3.0/OS-INHERIT/{agency}/inherited_to_projects")
        return [role for path in paths for role in self._roles(path)]

    def _roles(self, path: str) -> t.List[Role]:
        try:
            rows = self._rows(path, "roles", identified=False)
        except errors.NotFound as error:
            if error.code and error.code.startswith("APIGW."):
                # There is no such call here, so nothing is known.
                raise
            return []
        return [Role(str(row.get("name") or ""), str(row.get("display_name") or "")) for row in rows]

    def _rows(self, path: str, key: str, *, identified: bool = True, **query: str) -> t.List[t.Dict[str, t.Any]]:
        """The dicts of a list reply, without those that have no id; all at once, as no page is asked for."""
        reply = self._client.call("GET", path, query=query.items())
        rows = reply.data.get(key) if isinstance(reply.data, dict) else None
        if not isinstance(rows, list):
            raise errors.BadReply(f"IAM: the reply to GET {path} has no list of {key}", request_id=reply.request_id)
        found = [{**row, "id": text_of(row.get("id"))} for row in dicts(rows)]
        return [row for row in found if row["id"] or not identified]


def project_called(name: str, projects: t.Iterable[Project]) -> t.Optional[Project]:
    """The project of exactly that name, or None.

    :raises InputError: when several have it
    """
    found = [project for project in projects if project.name == name]
    if len(found) > 1:
        listed = ", ".join(project.id for project in found)
        raise errors.InputError([f"several projects are named {name}: {listed}"])
    return found[0] if found else None


def _project(row: t.Mapping[str, t.Any]) -> Project:
    return Project(
        row["id"], str(row.get("name") or ""), str(row.get("domain_id") or ""), row.get("enabled") is not False
    )


def _segment(value: str) -> str:
    """One part of a path, whatever is in the value."""
    return quote(value, safe="")
