# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What goes over the wire and comes back, pure: a request, its canonical query, a response, a Retry-After."""

from __future__ import annotations

import dataclasses
import datetime
import email.utils
import re
import typing as t
from urllib.parse import quote, urlsplit

from .. import _errors as errors
from .._model.raw import Unreadable

_T = t.TypeVar("_T")


@dataclasses.dataclass(frozen=True)
class Request:
    """A request without what proves who calls. ``url`` is percent-encoded and has no query."""

    method: str
    url: str
    query: t.Tuple[t.Tuple[str, str], ...] = ()
    headers: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: t.Optional[bytes] = dataclasses.field(default=None, repr=False)

    @property
    def wire_url(self) -> str:
        """The URL as it is sent, which is the URL as it is signed."""
        query = encode_query(self.query)
        return f"{self.url}?{query}" if query else self.url

    @property
    def host(self) -> str:
        """The value of the Host header: the port is part of it unless it is the scheme's own."""
        parts = urlsplit(self.url)
        name = parts.hostname or ""
        if ":" in name:
            name = f"[{name}]"
        own = {"http": 80, "https": 443}.get(parts.scheme)
        return name if parts.port in (None, own) else f"{name}:{parts.port}"

    @property
    def label(self) -> str:
        """Method, host and path, as messages name a request: a query or a header may hold what nobody should read."""
        return f"{self.method} {self.host}{urlsplit(self.url).path}"


@dataclasses.dataclass(frozen=True)
class Response:
    """A 2xx answer: ``data`` is the parsed JSON, or None when there was no body; ``label`` names what was asked.

    ``told`` is what may be told of a text in it; it takes the whole of that, before anybody cuts or folds it.
    """

    status: int
    data: t.Any
    headers: t.Mapping[str, str]
    request_id: t.Optional[str]
    label: str = ""
    told: t.Callable[[str], str] = str

    def read(self, make: t.Callable[[t.Any], _T]) -> _T:
        """What is made of the data.

        :raises BadReply: when something in it is not of the kind that it must be; the call is named that answered so
        """
        try:
            return make(self.data)
        except Unreadable as error:
            raise self.bad(f"the answer cannot be read: {error}") from error

    def bad(self, what: str) -> errors.BadReply:
        """What is the matter with this answer, to be raised."""
        return errors.BadReply(f"{self.label}: {what}", http_status=self.status, request_id=self.request_id)


Prove = t.Callable[[Request], t.Mapping[str, str]]


def encode_query(query: t.Iterable[t.Tuple[str, str]]) -> str:
    """The canonical query string: sorted by name and value before encoding, everything but ``A-Za-z0-9-_.~`` encoded.

    Source: API Request Signing Guide, AK/SK Signing and Authentication Algorithm.
    """
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(query))


def seconds_until(value: t.Optional[str], now: datetime.datetime) -> t.Optional[float]:
    """A Retry-After in seconds; it is a number or an HTTP date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if re.fullmatch(r"\s*[0-9]{1,9}(?:\.[0-9]+)?\s*", value):
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return max(0.0, (moment - now).total_seconds())
