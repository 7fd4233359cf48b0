# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What proves that the caller acts as an agency of another account: temporary keys, fetched anew in time."""

from __future__ import annotations

import datetime
import re
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._model.raw import mapping
from .agencies import AssumeRole
from .auth import Client, LoginRefused, Scope, SignedProof, moment_of, not_sent, renewal
from .hiding import Secrets
from .signing import Signer
from .transport import Prove, Request, Response

_PATH = "/v3.0/OS-CREDENTIAL/securitytokens"
_PRINTABLE = re.compile(r"[!-~]+")


class AssumedProof(SignedProof):
    """A key of the agency, which the caller is given for a while.

    Source: IAM API reference, Obtaining a Temporary Access Key and Security Token Through an Agency.
    """

    def __init__(self, role: AssumeRole, caller: Client, clock: clocks.Clock, secrets: Secrets) -> None:
        """``caller`` asks IAM as whoever the credentials are of; the keys are added to the ``secrets`` of the run."""
        self._role = role
        self._caller = caller
        self._clock = clock
        self._secrets = secrets
        self._signer: t.Optional[Signer] = None
        self._renew_at: t.Optional[datetime.datetime] = None

    def prove(self, scope: Scope, deadline: t.Optional[clocks.Deadline] = None) -> Prove:
        def signed(request: Request) -> t.Mapping[str, str]:
            signer = self._signer
            if signer is None or (self._renew_at is not None and self._renew_at <= self._clock.utcnow()):
                signer = self._fetched(deadline)
            return signer.sign(request, self._clock.utcnow())

        return signed

    def renew(self, scope: Scope, deadline: t.Optional[clocks.Deadline] = None) -> bool:
        self._fetched(deadline)
        return True

    def _fetched(self, deadline: t.Optional[clocks.Deadline]) -> Signer:
        role = self._role
        asked: t.Dict[str, t.Any] = {"agency_name": role.agency_name, "duration_seconds": role.duration}
        asked.update({"domain_name": role.domain_name} if role.domain_name else {})
        asked.update({"domain_id": role.domain_id} if role.domain_id else {})
        body = {"auth": {"identity": {"methods": ["assume_role"], "assume_role": asked}}}
        try:
            # One key more does no harm.
            reply = self._caller.call("POST", _PATH, body=body, repeat=True, deadline=deadline)
        except LoginRefused:
            raise
        except errors.ReplyLost as error:
            raise not_sent(error) from error
        except (errors.Busy, errors.ServerFault):
            raise
        except errors.ApiError as error:
            known = isinstance(error, errors.NotAuthenticated)
            raise LoginRefused(
                f"{role.label} cannot be assumed: {error.message}",
                code=error.code,
                http_status=error.http_status,
                request_id=error.request_id,
                **({"hint": error.hint} if known else {"remedy": "assume_role"}),
            ) from error
        return self._read(reply)

    def _read(self, reply: Response) -> Signer:
        credential = mapping(mapping(reply.data).get("credential"))
        parts: t.List[t.Any] = [credential.get(name) for name in ("access", "secret", "securitytoken")]
        # They go into headers, which would take nothing else.
        if not all(isinstance(part, str) and _PRINTABLE.fullmatch(part) for part in parts):
            raise reply.bad(f"the reply about {self._role.label} holds no key")
        self._secrets.add(*parts, random=True)
        self._signer = Signer(*parts)
        self._renew_at = renewal(moment_of(credential.get("expires_at")), self._clock.utcnow())
        return self._signer
