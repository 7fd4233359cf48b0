# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The signature of a request with an access key and its secret; pure."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import typing as t
from urllib.parse import quote, unquote, urlsplit

from .message import Request, encode_query

ALGORITHM = "SDK-HMAC-SHA256"


class Signer:
    """Signs requests with an access key and its secret.

    Source: API Request Signing Guide, AK/SK Signing and Authentication Algorithm.
    """

    def __init__(self, access_key: str, secret_key: str, security_token: t.Optional[str] = None) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._security_token = security_token

    def sign(self, request: Request, when: datetime.datetime) -> t.Dict[str, str]:
        """The headers to add to a request; all headers that it has already are signed too.

        :param when: the time of the call, aware; the service accepts 15 minutes of difference
        """
        date = when.astimezone(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        added = {"Host": request.host, "X-Sdk-Date": date}
        if self._security_token is not None:
            added["X-Security-Token"] = self._security_token
        headers = {name.lower(): value.strip() for name, value in {**request.headers, **added}.items()}
        names = sorted(name for name in headers if "_" not in name)
        canonical = canonical_request(request, {name: headers[name] for name in names})
        text = f"{ALGORITHM}\n{date}\n{_sha256(canonical.encode('utf-8'))}"
        signature = hmac.new(self._secret_key.encode("utf-8"), text.encode("utf-8"), hashlib.sha256).hexdigest()
        added["Authorization"] = (
            f"{ALGORITHM} Access={self._access_key}, SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        return added


def canonical_request(request: Request, headers: t.Mapping[str, str]) -> str:
    """What is signed. ``headers`` are those to sign, in order, lower-case and trimmed."""
    path = "/".join(quote(part, safe="~") for part in unquote(urlsplit(request.url).path).split("/"))
    return "\n".join(
        (
            request.method.upper(),
            # The slash at the end is part of the canonical form alone, not of what is sent.
            path if path.endswith("/") else f"{path}/",
            encode_query(request.query),
            *(f"{name}:{value}" for name, value in headers.items()),
            "",
            ";".join(headers),
            _sha256(request.body or b""),
        )
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
