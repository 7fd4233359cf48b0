# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""IAM: tokens, projects, regions, agencies and their roles (IAM API reference, v3 and v3.0)."""

from __future__ import annotations

import typing as t

from . import auth, errors, seed
from .clock import token_time
from .exchange import Answer, Context

_ALL_PROJECTS = "identity:list_projects"
# Seconds.
_SHORTEST_KEY, _LONGEST_KEY = 900, 86_400


def list_versions(context: Context) -> Answer:
    """The versions, at the root and at ``/v3``; asked by clients that look for a living endpoint."""
    links = [{"rel": "self", "href": "/v3/"}]
    version = {"id": "v3.6", "status": "stable", "updated": "2016-04-04T00:00:00Z", "links": links, "media-types": []}
    if context.request.path == "/v3":
        return Answer(200, {"version": version})
    return Answer(300, {"versions": {"values": [version]}})


def create_token(context: Context) -> Answer:
    """A token for a password or for another token, of a project if the scope names one, else of the account."""
    identity = _identity(context)
    methods = _dig(identity, "methods")
    if methods == ["token"]:
        user, until = auth.bearer(context.cloud, str(_dig(identity, "token", "id")))
    elif methods == ["password"]:
        user, until = _by_password(identity), None
    else:
        raise errors.iam(400, "Only the methods password and token are emulated.")
    project = _scope(_dig(context.request.json(), "auth", "scope"), user.account)
    text, token = auth.issue_token(context.cloud, user, project, until)
    domain = {"id": seed.DOMAIN_IDS[user.account], "name": user.account}
    clock = context.cloud.clock
    body: dict[str, t.Any] = {
        "methods": methods,
        "issued_at": token_time(clock.moment()),
        "expires_at": token_time(clock.moment(token.expires_at)),
        "user": {"id": user.id, "name": user.name, "domain": domain, "password_expires_at": ""},
        "roles": [{"id": "0", "name": "te_admin"}],
    }
    if project is not None:
        body["project"] = {"id": project.id, "name": project.name, "domain": domain}
    else:
        body["domain"] = domain
    if context.request.param("nocatalog") != "true":
        body["catalog"] = []
    return Answer(201, {"token": body}, {"X-Subject-Token": text}, result=user.name)


def create_temporary_key(context: Context) -> Answer:
    """A key, a secret and a security token that stand for an agency which trusts the caller's account.

    Source: IAM API reference, Obtaining a Temporary Access Key and Security Token Through an Agency. Which code a wrong
    name has is not told there.
    """
    identity = _identity(context)
    if _dig(identity, "methods") != ["assume_role"]:
        raise errors.iam(400, "Only the method assume_role is emulated.")
    asked = _dig(identity, "assume_role")
    seconds = _dig(asked, "duration_seconds")
    seconds = _SHORTEST_KEY if seconds is None else seconds
    if not isinstance(seconds, int) or not _SHORTEST_KEY <= seconds <= _LONGEST_KEY:
        raise errors.iam(400, "duration_seconds is 900 to 86400.")
    if not (_dig(asked, "domain_name") or _dig(asked, "domain_id")):
        raise errors.iam(400, "Expecting to find domain_name or domain_id in assume_role.")
    where = {"domain_name": seed.ACCOUNT, "domain_id": seed.DOMAIN_ID}
    agency = seed.AGENCIES.get(str(_dig(asked, "agency_name")))
    if agency is None or any(_dig(asked, name) not in (None, value) for name, value in where.items()):
        raise errors.iam(404, f"Could not find agency: {_dig(asked, 'agency_name')}.")
    user = context.user.user
    if agency.trusts != user.account or seed.ASSUME in user.denied:
        raise errors.iam(403, f"You are not authorized to perform the requested action: {seed.ASSUME}.")
    assumed = auth.issue_key(context.cloud, agency, seconds)
    credential = {
        "access": assumed.key.access,
        "secret": assumed.key.secret,
        "securitytoken": assumed.key.security_token,
        "expires_at": token_time(context.cloud.clock.moment(assumed.expires_at)),
    }
    return Answer(201, {"credential": credential}, result=agency.name)


def _identity(context: Context) -> t.Any:
    try:
        return _dig(context.request.json(), "auth", "identity")
    except ValueError:
        raise errors.iam(400, "The request body is invalid") from None


def _by_password(identity: t.Any) -> seed.User:
    demand = _dig(identity, "password", "user")
    if not isinstance(demand, dict):
        raise errors.iam(400, "Expecting to find user in password.")
    user = seed.USERS.get(str(demand.get("name")))
    account = _dig(demand, "domain", "name")
    if user is None or account != user.account or demand.get("password") != user.password:
        raise errors.iam(401, "The username or password is wrong.")
    return user


def _scope(scope: t.Any, account: str) -> seed.Project | None:
    wanted = _dig(scope, "project")
    if wanted is None:
        domain = _dig(scope, "domain")
        named = (_dig(domain, "id"), _dig(domain, "name"))
        if domain is not None and seed.DOMAIN_IDS[account] != named[0] and account != named[1]:
            raise errors.iam(401, "Could not find the domain of the scope.")
        return None
    if isinstance(wanted, dict) and "id" in wanted:
        project = seed.PROJECTS.get(str(wanted["id"]))
    else:
        project = seed.project_named(str(_dig(wanted, "name")))
    if project is None or account != seed.ACCOUNT:
        raise errors.iam(401, "Could not find the project of the scope.")
    return project


def _dig(value: t.Any, *names: str) -> t.Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _must(context: Context, action: str, words: str) -> None:
    if action in context.user.user.denied:
        raise errors.iam(403, f"You are not authorized to perform the requested action: {words}.")


def _must_v30(context: Context, action: str) -> None:
    if action in context.user.user.denied:
        raise errors.iam_v30(403, "IAM.0003", f"Policy doesn't allow {action} to be performed.")


def _must_be_the_account(context: Context, domain_id: str | None) -> None:
    if domain_id != seed.DOMAIN_IDS[context.user.user.account]:
        raise errors.iam_v30(403, "IAM.0002", "You are not authorized to perform the requested action.")


def list_projects(context: Context) -> Answer:
    _must(context, seed.LIST_PROJECTS, _ALL_PROJECTS)
    return _projects(context)


def list_auth_projects(context: Context) -> Answer:
    """The projects that the caller may enter; nobody is refused."""
    return _projects(context)


def _projects(context: Context) -> Answer:
    found = [_project(project) for project in seed.PROJECTS.values() if context.user.user.account == seed.ACCOUNT]
    for name in ("name", "domain_id", "parent_id", "enabled", "is_domain"):
        wanted = context.request.param(name)
        if wanted is not None:
            found = [project for project in found if str(project[name]).lower() == wanted.lower()]
    page, per_page = context.request.param("page"), context.request.param("per_page")
    if page is not None and per_page is not None:
        if not (page.isdigit() and per_page.isdigit() and int(page) and int(per_page)):
            raise errors.iam(400, "page and per_page are whole numbers of 1 or more.")
        start = (int(page) - 1) * int(per_page)
        found = found[start : start + int(per_page)]
    return Answer(200, {"links": {"self": "/v3/projects", "previous": None, "next": None}, "projects": found})


def _project(project: seed.Project) -> dict[str, t.Any]:
    return {
        "id": project.id,
        "name": project.name,
        "domain_id": seed.DOMAIN_ID,
        "parent_id": seed.DOMAIN_ID,
        "enabled": True,
        "is_domain": False,
        "description": "",
        "links": {"self": f"/v3/projects/{project.id}"},
    }


def list_regions(context: Context) -> Answer:
    _must(context, seed.LIST_REGIONS, "identity:list_regions")
    regions = [
        {
            "id": region,
            "type": "public",
            "locales": {"en-us": words, "zh-cn": words},
            "parent_region_id": None,
            "description": "",
            "links": {"self": f"/v3/regions/{region}"},
        }
        for region, words in seed.REGIONS.items()
    ]
    return Answer(200, {"links": {"self": "/v3/regions", "previous": None, "next": None}, "regions": regions})


def list_auth_domains(context: Context) -> Answer:
    account = context.user.user.account
    domain = {
        "id": seed.DOMAIN_IDS[account],
        "name": account,
        "enabled": True,
        "description": "",
        "links": {"self": f"/v3/domains/{seed.DOMAIN_IDS[account]}"},
    }
    return Answer(200, {"links": {"self": "/v3/auth/domains", "previous": None, "next": None}, "domains": [domain]})


def list_agencies(context: Context) -> Answer:
    _must_v30(context, seed.LIST_AGENCIES)
    domain_id = context.request.param("domain_id")
    if not domain_id:
        raise errors.iam_v30(400, "1100", "Mandatory parameters are not specified: domain_id.")
    _must_be_the_account(context, domain_id)
    name, trusts = context.request.param("name"), context.request.param("trust_domain_id")
    found = [_agency(agency) for agency in _agencies_of(context)]
    if name:
        found = [agency for agency in found if agency["name"] == name]
    if trusts:
        found = [agency for agency in found if agency["trust_domain_id"] == trusts]
    return Answer(200, {"agencies": found})


def _agencies_of(context: Context) -> list[seed.Agency]:
    return list(seed.AGENCIES.values()) if context.user.user.account == seed.ACCOUNT else []


def _agency(agency: seed.Agency) -> dict[str, t.Any]:
    return {
        "id": agency.id,
        "name": agency.name,
        "domain_id": seed.DOMAIN_ID,
        "trust_domain_id": seed.TRUST_DOMAIN_IDS[agency.trusts],
        "trust_domain_name": agency.trusts,
        "description": "",
        "duration": "FOREVER",
        "create_time": "2026-01-01T08:00:00.000000",
        "expire_time": None,
    }


def list_roles_for_agency_on_project(context: Context) -> Answer:
    agency = _agency_of(context)
    project = seed.PROJECTS.get(context.variables["project_id"])
    if project is None:
        raise errors.iam_v30(404, "IAM.0004", f"Could not find project: {context.variables['project_id']}.")
    return _roles(agency.roles_on(project))


def list_roles_for_agency_on_domain(context: Context) -> Answer:
    """Roles on the global services; the seed agencies have none."""
    agency = _agency_of(context)
    _must_be_the_account(context, context.variables["domain_id"])
    return _roles(agency.on_projects.get("domain", ()))


def list_inherited_roles_for_agency(context: Context) -> Answer:
    """Roles by "all resources"."""
    agency = _agency_of(context)
    _must_be_the_account(context, context.variables["domain_id"])
    return _roles(agency.inherited)


def _agency_of(context: Context) -> seed.Agency:
    _must_v30(context, seed.LIST_AGENCY_ROLES)
    agency_id = context.variables["agency_id"]
    for agency in _agencies_of(context):
        if agency.id == agency_id:
            return agency
    raise errors.iam_v30(404, "IAM.0004", f"Could not find agency: {agency_id}.")


def _roles(roles: t.Iterable[seed.Role]) -> Answer:
    return Answer(200, {"roles": [_role(role) for role in roles]})


def _role(role: seed.Role) -> dict[str, t.Any]:
    statement = {"Effect": "Allow", "Action": list(role.actions)}
    return {
        "id": role.id,
        "name": role.name,
        "display_name": role.display_name,
        "catalog": role.catalog,
        "type": role.type,
        "domain_id": seed.DOMAIN_ID if role.catalog == "CUSTOMED" else None,
        "description": role.display_name,
        "flag": "fine_grained",
        "links": {"self": f"/v3/roles/{role.id}"},
        "policy": {"Version": "1.1", "Statement": [statement]},
    }
