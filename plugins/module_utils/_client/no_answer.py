# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What it means that no answer came, or half of one: whether the request may have left, and why, without a secret."""

from __future__ import annotations

import contextlib
import io
import re
import socket
import ssl
import typing as t
from urllib.parse import urlsplit

from .. import _errors as errors
from . import bounds

with contextlib.suppress(ImportError):
    # It comes with requests; transport.py says so when that is missing.
    import urllib3.exceptions
    import urllib3.util.ssl_match_hostname

_CHUNK = 64 * 1024


class Body(io.BytesIO):
    """A body that knows whether anybody asked for it.

    It is read after the connection is up and the head is out: until then the request cannot have had an effect.
    """

    asked_for = False

    def read(self, size: t.Optional[int] = -1) -> bytes:
        self.asked_for = True
        return super().read(size)


class Redirected(errors.BadReply):
    """Asking again would be answered with the same redirect."""


def redirected(
    label: str, status: int, target: str, request_id: t.Optional[str], repeat: bool
) -> errors.TransportError:
    """The error to raise where a reply points elsewhere: some do once what was asked for has been done."""
    try:
        where = urlsplit(target).hostname or "another place on the same host"
    except ValueError:
        where = "an address that cannot be read"
    kind: t.Type[errors.TransportError] = Redirected if repeat else errors.ReplyLost
    return kind(
        f"{label}: redirected to {where}, which is not followed because it would carry the credentials there",
        http_status=status,
        request_id=request_id,
    )


def failure(label: str, error: Exception, body: t.Optional[Body], repeat: bool) -> errors.ImsError:
    """The error to raise instead of one of requests, of urllib3 or of the system.

    :param label: what the request is called in messages
    :param body: the body of the request, if it has one
    :param repeat: whether the request may be sent twice
    """
    causes = list(_causes(error))
    reason = reason_of(error)
    if any(_not_accepted(cause) for cause in causes):
        return errors.TlsError(f"{label}: the certificate was not accepted ({reason})")
    if _authorities_unreadable(error, causes):
        return errors.TlsError(f"{label}: the accepted authorities cannot be read ({reason})")
    if isinstance(error, ValueError):
        # The text of these repeats a header or the whole URL.
        kind = type(error).__name__
        return errors.InputError([f"{label}: an id, the endpoint or a proxy setting cannot be used ({kind})"])
    if _may_have_left(causes, repeat) if body is None else body.asked_for:
        return errors.ReplyLost(f"{label}: sent, but no answer came ({reason})")
    if any(isinstance(cause, urllib3.exceptions.ProxyError) for cause in causes):
        return errors.NotSent(
            f"{label}: the proxy does not let it through ({reason})",
            remedy="proxy",
        )
    return errors.NotSent(f"{label}: no connection ({reason})")


def content_of(reply: t.Any) -> t.Tuple[bytes, t.Optional[str]]:
    """As much of the body as came, and what is the matter if that is not the whole."""
    if reply.status_code != 204 and reply.headers.get("Content-Encoding", "").strip().lower() not in bounds.CODINGS:
        return b"", "the answer is packed in a way that nobody asked for"
    content = bytearray()
    try:
        while chunk := _some(reply.raw):
            content += chunk
            # It may have been packed.
            if len(content) > bounds.LARGEST:
                return b"", f"the answer is longer than {bounds.LARGEST // 2**20} MiB"
    except (urllib3.exceptions.HTTPError, OSError) as error:
        return bytes(content), f"the answer broke off ({reason_of(error)})"
    # Whatever a 204 announces, it has no body.
    announced = "" if reply.status_code == 204 else reply.headers.get("Content-Length", "")
    told = re.fullmatch("[0-9]{1,18}", announced) is not None and "Content-Encoding" not in reply.headers
    if told and len(content) < int(announced):
        # urllib3 1 does not look.
        return bytes(content), f"the answer broke off after {len(content)} of {announced} bytes"
    if sum(content.count(sign) for sign in b"[{,") > bounds.MOST_VALUES:
        return b"", f"the answer holds more than {bounds.MOST_VALUES} values"
    return bytes(content), None


def _some(raw: t.Any) -> bytes:
    """What has arrived by now, or, as urllib3 1 cannot tell that, a given number of bytes."""
    read = getattr(raw, "read1", raw.read)
    return t.cast(bytes, read(_CHUNK, decode_content=True))


def reason_of(error: BaseException) -> str:
    """The innermost cause in words; the outer ones repeat the URL with its query."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, bounds.Exceeded):
            return str(cause)
    for cause in causes:
        if _not_accepted(cause):
            # urllib3 1 compares the names itself and has no such words.
            return getattr(cause, "verify_message", None) or "it does not match the host"
        if isinstance(cause, socket.gaierror):
            return "the name of the host is not known"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, (urllib3.exceptions.ReadTimeoutError, socket.timeout)):
            return "time-out"
    for cause in reversed(causes):
        if isinstance(cause, OSError):
            text = cause.strerror or (cause.args[0] if cause.args else None)
            if isinstance(text, str):
                return text
    return type(causes[-1]).__name__


def _causes(error: BaseException) -> t.Iterator[BaseException]:
    """An exception and all that are wrapped in it, from the outside in."""
    waiting: t.List[t.Any] = [error]
    seen: t.Set[int] = set()
    while waiting:
        current = waiting.pop(0)
        # An error of our own among them is one that the caller was handling: another request's story.
        if not isinstance(current, BaseException) or isinstance(current, errors.ImsError) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]


def _not_accepted(cause: BaseException) -> bool:
    return isinstance(cause, (ssl.SSLCertVerificationError, urllib3.util.ssl_match_hostname.CertificateError))


def _authorities_unreadable(error: Exception, causes: t.Sequence[BaseException]) -> bool:
    """A file of authorities that is not there is a plain OSError of requests, one without any an error of OpenSSL."""
    plain = isinstance(error, OSError) and error.__class__ is OSError
    return plain or any(isinstance(cause, ssl.SSLError) and cause.library in ("X509", "PEM") for cause in causes)


def _may_have_left(causes: t.Sequence[BaseException], repeat: bool) -> bool:
    """Whether a request without a body may have left; in doubt it has."""
    never: t.Tuple[t.Type[BaseException], ...] = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.ProxyError,
    )
    if repeat:
        # Nearly always the handshake, and here nothing hangs on it.
        never += (urllib3.exceptions.SSLError,)
    return not any(isinstance(cause, never) for cause in causes)
