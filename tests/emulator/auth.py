# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who calls: an AK/SK signature or a token, checked as the API gateway does it."""

from __future__ import annotations

import datetime
import secrets
import typing as t

from . import errors, seed, signature
from .exchange import Caller, Request
from .state import AssumedKey, Cloud, Token


def means_of(request: Request) -> str | None:
    """``token``, ``aksk``, or None for a request that proves nothing."""
    if request.headers.get("X-Auth-Token"):
        return "token"
    return "aksk" if request.headers.get("Authorization") else None


def claimed_by(request: Request) -> str | None:
    """The access key that a request names, whether or not it is proven."""
    try:
        return signature.parse(request.headers.get("Authorization", "")).access
    except signature.BadSignature:
        return None


def verify(cloud: Cloud, request: Request) -> Caller:
    """The caller; raises 401 in the shape of the gateway, or of IAM for a token that IAM does not take."""
    how = means_of(request)
    if how == "token":
        return _by_token(cloud, request)
    if how == "aksk":
        return _by_signature(cloud, request)
    raise _refusal(request, "x-auth-token not found")


def issue_token(
    cloud: Cloud, user: seed.User, project: seed.Project | None, until: float | None = None
) -> tuple[str, Token]:
    """A new token, for a project or for the whole account. One that is given for another runs out with that."""
    text = "MIIEmulated" + secrets.token_urlsafe(96)
    token = Token(user, project, cloud.now + cloud.switches.number("token_lifetime") if until is None else until)
    cloud.tokens[text] = token
    return text, token


def bearer(cloud: Cloud, text: str) -> tuple[seed.User, float]:
    """Whose a token is, and until when."""
    token = cloud.tokens.get(text)
    if token is None or cloud.now >= token.expires_at:
        raise errors.iam(401, "The token must be updated.")
    return token.user, token.expires_at


def issue_key(cloud: Cloud, agency: seed.Agency, seconds: float) -> AssumedKey:
    """A new temporary key for whoever acts as an agency of the first account."""
    key = seed.AccessKey(
        f"AKASSUMED{secrets.token_hex(6).upper()}", secrets.token_urlsafe(30), agency.name, secrets.token_urlsafe(96)
    )
    assumed = AssumedKey(key, seed.User(agency.name, agency.id, ""), cloud.now + seconds)
    cloud.assumed_keys[key.access] = assumed
    return assumed


def expire_tokens(cloud: Cloud) -> None:
    """Temporary keys as well."""
    proofs: list[Token | AssumedKey] = [*cloud.tokens.values(), *cloud.assumed_keys.values()]
    for proof in proofs:
        proof.expires_at = min(proof.expires_at, cloud.now)


def _by_token(cloud: Cloud, request: Request) -> Caller:
    token = cloud.tokens.get(request.headers["X-Auth-Token"])
    if token is None:
        raise _refusal(request, "decrypt token fail")
    if cloud.now >= token.expires_at:
        raise _refusal(request, "the token must be updated", "APIGW.0307")
    if request.service == "ims":
        if token.project is None:
            raise errors.not_authenticated("the token is not one of a project")
        if token.project.region != request.region:
            raise errors.not_authenticated(f"the token is of project {token.project.name}, not of this region")
    return Caller(token.user, "token", token.project)


def _refusal(request: Request, message: str, code: str = "APIGW.0301") -> errors.Refused:
    if request.service == "iam":
        return errors.iam(401, f"The request you have made requires authentication: {message}.")
    return errors.not_authenticated(message, code)


def _by_signature(cloud: Cloud, request: Request) -> Caller:
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        authorization = signature.parse(headers["authorization"])
        key, user = _key(cloud, authorization.access, headers)
        now = cloud.clock.signing_time()
        _verify(authorization, key, request, headers, now)
    except signature.BadSignature as error:
        raise errors.not_authenticated(str(error)) from None
    domain_id = seed.DOMAIN_IDS[user.account]
    if headers.get("x-domain-id", domain_id) != domain_id:
        raise errors.not_authenticated("the domain of X-Domain-Id is not the account of the key")
    return Caller(user, "aksk", _project(request, user) if request.service == "ims" else None)


def _key(cloud: Cloud, access: str, headers: t.Mapping[str, str]) -> tuple[seed.AccessKey, seed.User]:
    """The key, and whose it is."""
    assumed = cloud.assumed_keys.get(access)
    key = assumed.key if assumed else seed.ACCESS_KEYS.get(access)
    if key is None:
        raise signature.BadSignature(f"verify ak sk signature fail, AK {access} not exist")
    if headers.get("x-security-token") != key.security_token:
        raise signature.BadSignature("the security token is missing, or not that of the access key")
    if assumed and cloud.now >= assumed.expires_at:
        raise signature.BadSignature("the security token has expired")
    return key, assumed.user if assumed else seed.USERS[key.user]


def _verify(
    authorization: signature.Authorization,
    key: seed.AccessKey,
    request: Request,
    headers: t.Mapping[str, str],
    now: datetime.datetime,
) -> None:
    signature.verify(authorization, key.secret, request.method, request.raw_path, headers, request.body, now)


def _project(request: Request, user: seed.User) -> seed.Project:
    """That of X-Project-Id; without it the default project of the region."""
    if user.account != seed.ACCOUNT:
        raise errors.not_authenticated(f"{user.account} has no project in this region")
    given = request.headers.get("X-Project-Id")
    if not given:
        default = seed.project_named(request.region or "")
        assert default is not None, "every region has a project of its name"
        return default
    project = seed.PROJECTS.get(given)
    if project is None or project.region != request.region:
        raise errors.not_authenticated(f"project {given} of X-Project-Id is not one of this region")
    return project
