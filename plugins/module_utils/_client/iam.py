# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Projects, regions and agencies, in the API's words."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from .._errors import ApiError, BadReply, InputError, NotFound, NotPermitted
from .._model.job import dicts, text_of
from .._model.place import Agency, Project, Role
from .auth import Client

_Answer = t.TypeVar("_Answer")


class Iam:
    """Asks IAM; every question is asked once, and a refusal for want of rights is an answer too."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: t.Dict[t.Tuple[str, ...], t.Any] = {}

    def project(self, name: str) -> t.Optional[Project]:
        """The project of exactly that name, or None. Without the right to list all, the caller's own are looked at.

        Source: IAM API reference, Querying Project Information Based on the Specified Criteria; Querying the
        Projects Accessible to an IAM User.

        :raises InputError: when several projects have the name
        :raises NotPermitted: when neither list may be read
        """
        return self._once(("project", name), lambda: self._find_project(name))

    def projects(self, names: t.Iterable[str]) -> t.Dict[str, t.Optional[Project]]:
        """The projects of those names; None for one that is not there."""
        return {name: self.project(name) for name in names}

    def regions(self) -> t.List[str]:
        """The ids of all regions. Source: IAM API reference, Querying a Region List."""
        return self._once(("regions",), lambda: [row["id"] for row in self._rows("/v3/regions", "regions")])

    def account_id(self) -> str:
        """The id of the caller's account. Source: IAM API reference, Querying Account Information."""
        return self._once(("account",), self._find_account)

    def agency(self, account_id: str, name: str) -> t.Optional[Agency]:
        """The agency of exactly that name, or None. Source: IAM API reference, Listing Agencies.

        :raises NotPermitted: when the caller may not list agencies
        """
        return self._once(("agency", account_id, name), lambda: self._find_agency(account_id, name))

    def roles_on_project(self, project_id: str, agency_id: str) -> t.List[Role]:
        """What an agency was granted on one project.

        Source: IAM API reference, Querying Permissions of an Agency for a Region-specific Project.
        """
        path = f"/v3.0/OS-AGENCY/projects/{_segment(project_id)}/agencies/{_segment(agency_id)}/roles"
        return self._once(("roles", project_id, agency_id), lambda: self._roles(path))

    def roles_everywhere(self, account_id: str, agency_id: str) -> t.List[Role]:
        """What an agency was granted on the whole account: global services, and all projects by inheritance.

        Source: IAM API reference, Querying Permissions of an Agency for a Global Service Project; Querying All
        Permissions of an Agency.
        """
        agency = f"domains/{_segment(account_id)}/agencies/{_segment(agency_id)}/roles"
        paths = (f"/v3.0/OS-AGENCY/{agency}", f"/v3.0/OS-INHERIT/{agency}/inherited_to_projects")
        return self._once(
            ("roles", account_id, agency_id), lambda: [role for path in paths for role in self._roles(path)]
        )

    def _once(self, question: t.Tuple[str, ...], ask: t.Callable[[], _Answer]) -> _Answer:
        if question not in self._known:
            try:
                self._known[question] = ask()
            except NotPermitted as error:
                self._known[question] = error
        answer = self._known[question]
        if isinstance(answer, ApiError):
            raise answer
        return t.cast(_Answer, answer)

    def _find_project(self, name: str) -> t.Optional[Project]:
        try:
            rows = self._rows("/v3/projects", "projects", name=name)
        except NotPermitted:
            rows = self._once(("own projects",), lambda: self._rows("/v3/auth/projects", "projects"))
        found = [row for row in rows if row.get("name") == name]
        if len(found) > 1:
            listed = ", ".join(str(row["id"]) for row in found)
            raise InputError([f"several projects are named {name}: {listed}"])
        if not found:
            return None
        row = found[0]
        return Project(row["id"], name, str(row.get("domain_id") or ""), row.get("enabled") is not False)

    def _find_account(self) -> str:
        rows = self._rows("/v3/auth/domains", "domains")
        if not rows:
            raise BadReply("IAM: the list of the caller's accounts is empty")
        return str(rows[0]["id"])

    def _find_agency(self, account_id: str, name: str) -> t.Optional[Agency]:
        for row in self._rows("/v3.0/OS-AGENCY/agencies", "agencies", domain_id=account_id, name=name):
            if row.get("name") == name:
                return Agency(row["id"], name, str(row.get("trust_domain_name") or ""), _text(row.get("expire_time")))
        return None

    def _roles(self, path: str) -> t.List[Role]:
        try:
            rows = self._rows(path, "roles", identified=False)
        except NotFound as error:
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
            raise BadReply(f"IAM: the reply to GET {path} has no list of {key}", request_id=reply.request_id)
        found = [{**row, "id": text_of(row.get("id"))} for row in dicts(rows)]
        return [row for row in found if row["id"] or not identified]


def _text(value: t.Any) -> t.Optional[str]:
    return str(value) if value else None


def _segment(value: str) -> str:
    """One part of a path, whatever is in the value."""
    return quote(value, safe="")
