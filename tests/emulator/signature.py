# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""SDK-HMAC-SHA256, checked from the published rules (API Request Signing Guide), not from any client's code."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import hmac
import re
import typing as t
import urllib.parse

ALGORITHM = "SDK-HMAC-SHA256"
MAX_SKEW = datetime.timedelta(minutes=15)
_AUTHORIZATION = re.compile(
    ALGORITHM
    + r" +Access=(?P<access>[^,\s]+), *SignedHeaders=(?P<headers>[^,\s]+), *Signature=(?P<signature>[0-9a-f]+)"
)
_DATE = "%Y%m%dT%H%M%SZ"


class BadSignature(Exception):
    """The request does not prove what it says; the text is for the caller."""


@dataclasses.dataclass(frozen=True)
class Authorization:
    access: str
    signed_headers: tuple[str, ...]
    signature: str


def parse(header: str) -> Authorization:
    """Raises :class:`BadSignature` for a header of another form."""
    match = _AUTHORIZATION.fullmatch(header.strip())
    if match is None:
        raise BadSignature("the Authorization header cannot be parsed")
    return Authorization(match["access"], tuple(match["headers"].split(";")), match["signature"])


def verify(
    authorization: Authorization,
    secret: str,
    method: str,
    target: str,
    headers: t.Mapping[str, str],
    body: bytes,
    now: datetime.datetime,
) -> None:
    """Raises :class:`BadSignature` unless ``secret`` signed this very request less than 15 minutes from ``now``.

    ``target`` is the path as received, prefix and query included.
    """
    names = authorization.signed_headers
    missing = [name for name in ("host", "x-sdk-date") if name not in names]
    absent = [name for name in names if name not in headers]
    if missing or absent:
        raise BadSignature(f"headers not signed: {missing}; headers signed but not sent: {absent}")
    stamp = headers["x-sdk-date"].strip()
    _check_time(stamp, now)
    canonical = canonical_request(method, target, names, headers, body)
    text = "\n".join((ALGORITHM, stamp, hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()))
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, authorization.signature):
        # The gateway shows what it signed, with a bar for every line feed.
        raise BadSignature(f"verify ak sk signature fail, canonicalRequest: {canonical.replace(chr(10), '|')}")


def _check_time(stamp: str, now: datetime.datetime) -> None:
    try:
        signed = datetime.datetime.strptime(stamp, _DATE).replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise BadSignature(f"the date {stamp} cannot be parsed") from None
    if abs(signed - now) > MAX_SKEW:
        raise BadSignature(f"signature expired: {stamp} is more than 15 minutes from {now.strftime(_DATE)}")


def canonical_request(
    method: str, target: str, names: t.Sequence[str], headers: t.Mapping[str, str], body: bytes
) -> str:
    path, _mark, query = target.partition("?")
    lines = [method.upper(), _canonical_path(path), _canonical_query(query)]
    lines += [f"{name}:{headers[name].strip()}" for name in names]
    lines += ["", ";".join(names), _payload_hash(headers, body)]
    return "\n".join(lines)


def _encode(text: str) -> str:
    return urllib.parse.quote(text, safe="~")


def _canonical_path(path: str) -> str:
    encoded = "/".join(_encode(segment) for segment in urllib.parse.unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _canonical_query(query: str) -> str:
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{_encode(key)}={_encode(value)}" for key, value in pairs)


def _payload_hash(headers: t.Mapping[str, str], body: bytes) -> str:
    """A body that is not JSON goes unsigned, and says so in a header."""
    stated = headers.get("x-sdk-content-sha256", "").strip()
    if body and stated == "UNSIGNED-PAYLOAD":
        return stated
    return hashlib.sha256(body).hexdigest()
