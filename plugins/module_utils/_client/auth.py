# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What proves who calls: a signature, or a token per project."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._model.raw import mapping
from .connection import Connection
from .signing import Signer
from .transport import Prove, Request, Response, Transport

__all__ = (
    "Client",
    "KeyProof",
    "Proof",
    "Scope",
    "SignedProof",
    "Signer",
    "TokenProof",
    "moment_of",
    "not_sent",
    "renewal",
)

# A token that runs out within this time is not used any more; nor one of whose life so small a share is left.
TOKEN_MARGIN = datetime.timedelta(minutes=5)
MARGIN_SHARE = 0.1
_TOKEN = re.compile(r"[!-~]+")


@dataclasses.dataclass(frozen=True)
class Scope:
    """What a call is about: a project (by id, else by name), or the whole account when neither is given."""

    region: str
    project_id: t.Optional[str] = None
    project_name: t.Optional[str] = None


class LoginRefused(errors.NotAuthenticated):
    """What every proof is made with was refused; to ask again would only bring the account closer to being locked."""


class Proof(t.Protocol):
    """What a client asks of either kind of credential."""

    def headers(self, scope: Scope) -> t.Mapping[str, str]:
        """Headers that name the scope, to be part of the request before it is proven."""

    def prove(self, scope: Scope, deadline: t.Optional[clocks.Deadline] = None) -> Prove:
        """What proves requests in that scope; asking for it is not repeated after the deadline."""

    def renew(self, scope: Scope, deadline: t.Optional[clocks.Deadline] = None) -> bool:
        """Whether a new proof was obtained after a 401, so that one more try makes sense."""

    def way_out(self, refused: errors.NotAuthenticated) -> str:
        """What to do next where this kind of proof was refused."""


class SignedProof:
    """A signature on every request, whoever's key it is made with."""

    def headers(self, scope: Scope) -> t.Mapping[str, str]:
        return {"X-Project-Id": scope.project_id} if scope.project_id else {}

    def way_out(self, refused: errors.NotAuthenticated) -> str:
        return refused.hint


class KeyProof(SignedProof):
    """The key of the connection, for as long as the service takes it."""

    def __init__(self, connection: Connection, clock: clocks.Clock) -> None:
        self._signer = Signer(connection.access_key or "", connection.secret_key or "", connection.security_token)
        self._clock = clock

    def prove(self, scope: Scope, deadline: t.Optional[clocks.Deadline] = None) -> Prove:
        return lambda request: self._signer.sign(request, self._clock.utcnow())

    def renew(self, scope: Scope, deadline: t.Optional[clocks.Deadline] = None) -> bool:
        return False


@dataclasses.dataclass(frozen=True)
class _Token:
    value: str = dataclasses.field(repr=False)
    renew_at: t.Optional[datetime.datetime]


class TokenProof:
    """A token per scope, fetched when it is first needed with the password, or with a token that somebody else fetched:
    one of a project is good for that alone.

    Source: IAM API reference, Obtaining a Token Through Password Authentication.
    """

    def __init__(self, connection: Connection, transport: Transport, clock: clocks.Clock) -> None:
        self._connection = connection
        self._transport = transport
        self._clock = clock
        self._tokens: t.Dict[Scope, _Token] = {}

    def headers(self, scope: Scope) -> t.Mapping[str, str]:
        # The token itself says which project it is for.
        return {}

    def prove(self, scope: Scope, deadline: t.Optional[clocks.Deadline] = None) -> Prove:
        return lambda request: {"X-Auth-Token": self._token(scope, deadline).value}

    def renew(self, scope: Scope, deadline: t.Optional[clocks.Deadline] = None) -> bool:
        self._tokens.pop(scope, None)
        self._token(scope, deadline)
        return True

    def way_out(self, refused: errors.NotAuthenticated) -> str:
        from .. import _remedies as remedies

        return errors.remedy_of("token") if refused.code in remedies.ABOUT_KEYS else refused.hint

    def _token(self, scope: Scope, deadline: t.Optional[clocks.Deadline]) -> _Token:
        token = self._tokens.get(scope)
        if token is None or (token.renew_at is not None and token.renew_at <= self._clock.utcnow()):
            token = self._tokens[scope] = self._fetch(scope, deadline)
        return token

    def _fetch(self, scope: Scope, deadline: t.Optional[clocks.Deadline]) -> _Token:
        request = Request(
            "POST",
            f"{self._connection.iam_url(scope.region)}/v3/auth/tokens",
            query=(("nocatalog", "true"),),
            headers={"Content-Type": "application/json"},
            body=json.dumps({"auth": self._login(scope)}).encode("ascii"),
        )
        try:
            # One token more does no harm.
            reply = self._transport.send(request, lambda dummy: {}, repeat=True, deadline=deadline, service="IAM")
        except errors.NotAuthenticated as error:
            from .. import _remedies as remedies
            from .. import _service_codes as codes

            tells_why = error.code in codes.CODES and error.code not in remedies.ABOUT_KEYS
            raise LoginRefused(
                error.message,
                code=error.code,
                http_status=error.http_status,
                request_id=error.request_id,
                remedy=None if tells_why else "login" if self._connection.auth_token is None else "ready_token",
            ) from error
        except errors.ReplyLost as error:
            raise not_sent(error) from error
        return _read_token(reply, scope, self._clock.utcnow())

    def _login(self, scope: Scope) -> t.Dict[str, t.Any]:
        about: t.Dict[str, t.Any] = {}
        if scope.project_id:
            about = {"project": {"id": scope.project_id}}
        elif scope.project_name:
            about = {"project": {"name": scope.project_name}}
        if self._connection.auth_token is not None:
            identity: t.Dict[str, t.Any] = {"methods": ["token"], "token": {"id": self._connection.auth_token}}
        else:
            domain = {"name": self._connection.domain_name}
            user = {"name": self._connection.username, "password": self._connection.password, "domain": domain}
            identity = {"methods": ["password"], "password": {"user": user}}
            about = about or {"domain": domain}
        # Without a scope it is the account of the user.
        return {"identity": identity, **({"scope": about} if about else {})}


def _read_token(reply: Response, scope: Scope, now: datetime.datetime) -> _Token:
    value = reply.headers.get("X-Subject-Token") or ""
    body = mapping(reply.data).get("token")
    # It goes into a header, which would take nothing else.
    if not _TOKEN.fullmatch(value) or not isinstance(body, dict):
        raise reply.bad(f"the reply to the login for {_scope_label(scope)} holds no token")
    return _Token(value, renewal(moment_of(body.get("expires_at")), now))


def not_sent(lost: errors.ReplyLost) -> errors.NotSent:
    """Lost is only the reply with the proof itself. The call that the proof was for has surely not been sent."""
    return errors.NotSent(lost.message, http_status=lost.http_status, request_id=lost.request_id)


def renewal(expires_at: t.Optional[datetime.datetime], now: datetime.datetime) -> t.Optional[datetime.datetime]:
    """When a token, or a temporary key, is to be fetched anew. One that has run out when it comes is used until it is
    refused: as long as the clocks do not agree, every other one would have run out as well."""
    if expires_at is None or expires_at <= now:
        return None
    return expires_at - min(TOKEN_MARGIN, (expires_at - now) * MARGIN_SHARE)


def moment_of(value: t.Any) -> t.Optional[datetime.datetime]:
    """``2026-03-02T12:00:00.000000Z``; None when it cannot be read: then the token is used until it is refused."""
    try:
        moment = datetime.datetime.strptime(str(value)[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return None
    return moment.replace(tzinfo=datetime.timezone.utc)


def _scope_label(scope: Scope) -> str:
    project = scope.project_name or scope.project_id
    return f"project {project} in {scope.region}" if project else "the account"


class Client:
    """Calls one service in one scope: adds what proves who calls, and renews it once when it is refused."""

    def __init__(self, transport: Transport, proof: Proof, base_url: str, scope: Scope, service: str) -> None:
        self._transport = transport
        self._proof = proof
        self._base_url = base_url.rstrip("/")
        self._scope = scope
        self._service = service
        self._renewed = False

    def call(
        self,
        method: str,
        path: str,
        *,
        query: t.Iterable[t.Tuple[str, str]] = (),
        body: t.Any = None,
        repeat: t.Optional[bool] = None,
        deadline: t.Optional[clocks.Deadline] = None,
        not_after: t.Optional[clocks.Deadline] = None,
    ) -> Response:
        """Call the service.

        :param path: from the root of the service, percent-encoded, such as ``/v2/cloudimages``
        :param body: anything that can be JSON, or None for no body
        :param repeat: whether the call may be carried out twice; by default only a GET may
        :param deadline, not_after: as :meth:`Transport.send` has them
        :raises ProofRenewed: of what may not be carried out twice: the proof was refused, and is renewed
        :raises ImsError: what :meth:`Transport.send` raises, and what fetching a token raises
        """
        repeat = method == "GET" if repeat is None else repeat
        headers = dict(self._proof.headers(self._scope))
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = Request(
            method,
            self._base_url + path,
            query=tuple(query),
            headers=headers,
            body=None if body is None else json.dumps(body).encode("ascii"),
        )
        try:
            reply = self._send(request, repeat, deadline, not_after)
        except LoginRefused:
            raise
        except errors.NotAuthenticated as error:
            # Twice in a row it is not the proof's age.
            if self._renewed or not self._proof.renew(self._scope, deadline):
                raise
            if not repeat:
                self._renewed = True
                raise errors.ProofRenewed(
                    error.message,
                    code=error.code,
                    http_status=error.http_status,
                    request_id=error.request_id,
                    remedy="token",
                ) from error
            reply = self._send(request, repeat, deadline, not_after)
        self._renewed = False
        return reply

    def _send(
        self,
        request: Request,
        repeat: bool,
        deadline: t.Optional[clocks.Deadline],
        not_after: t.Optional[clocks.Deadline],
    ) -> Response:
        proof = self._proof.prove(self._scope, not_after or deadline)
        try:
            return self._transport.send(
                request, proof, repeat=repeat, deadline=deadline, not_after=not_after, service=self._service
            )
        except errors.NotAuthenticated as error:
            if not isinstance(error, LoginRefused):
                error.hint = self._proof.way_out(error)
            raise

    def time_for_pages(self, deadline: t.Optional[clocks.Deadline]) -> clocks.Deadline:
        """When a list of several pages must have ended."""
        return self._transport.time_for_pages(deadline)
