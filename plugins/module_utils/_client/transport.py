# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The only importer of requests: session, deadlines, what may be repeated."""

from __future__ import annotations

import random
import traceback
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .. import _text as texts
from . import bounds, hiding
from .message import Prove, Request, Response, encode_query, seconds_until
from .no_answer import Body, Redirected, content_of, failure, redirected

__all__ = ("HAS_REQUESTS", "REQUESTS_IMPORT_ERROR", "Prove", "Request", "Response", "Transport", "encode_query")

REQUESTS_IMPORT_ERROR: t.Optional[str] = None
try:
    import requests
    import requests.adapters
    import urllib3.exceptions
except ImportError:
    HAS_REQUESTS = False
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
else:
    HAS_REQUESTS = True

BACKOFF_BASE = 0.5
BACKOFF_CAP = 30.0
# Without a deadline nobody said how long may be waited: seconds for all pauses of a request then. Other copies wait
# meanwhile, and flow control counts by the minute.
LONGEST_REST = 60.0
# And seconds for a list of many pages then.
LONGEST_LIST = 300.0
# Whoever answers so has given up waiting: whether the service went on, it does not say.
GIVEN_UP = (408, 499)
# A longer refusal says nothing that is of use.
LONGEST_REFUSAL = 256 * 1024
# An exchange may take this many time-outs in all, however steadily its answer drips.
PATIENCE = 4


class Transport:
    """Sends requests, and repeats those that may be repeated.

    :param request_timeout: seconds for the connection, and again for every silence after it; four times as many for all
    :param max_retries: how many times a request may be sent again
    :param verify: True, False, or the path of the accepted authorities; it wins over the environment
    :param secrets: what is taken out of whatever comes back; fetched tokens are added
    :param jitter: a number from 0 to 1, drawn for every back-off
    """

    def __init__(
        self,
        clock: clocks.Clock,
        *,
        request_timeout: float,
        max_retries: int,
        verify: t.Union[bool, str],
        secrets: t.Optional[hiding.Secrets] = None,
        jitter: t.Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._request_timeout = request_timeout
        self._max_retries = max_retries
        self._verify = verify
        self._secrets = secrets or hiding.Secrets()
        self._jitter = jitter
        self._bounds = bounds.Bounds(clock.monotonic)
        self._session: t.Optional[requests.Session] = None
        # The deadline of whatever is asked without one.
        self.until: t.Optional[clocks.Deadline] = None

    def close(self) -> None:
        """Give the connections back; the transport can still be used."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def send(
        self,
        request: Request,
        prove: Prove,
        *,
        repeat: bool,
        deadline: t.Optional[clocks.Deadline] = None,
        not_after: t.Optional[clocks.Deadline] = None,
        service: str = "IMS",
    ) -> Response:
        """Send a request, and return the service's 2xx answer.

        :param prove: returns the headers that prove who calls, anew for every attempt
        :param repeat: whether carrying the request out twice is the same as once; if not, it is tried once, and also
            when it never left, whoever sends it looks again first at what it was decided by
        :param deadline: no pause ends later; by default it is ``until``. One attempt is always made, and one more when
            a pause was cut short, and each has a time-out at least
        :param not_after: what it was decided by is too old then, so no attempt begins later
        :raises NotSent: no connection, or it was too late when the request was proven, which may take a login
        :raises TlsError: the certificate was not accepted
        :raises ReplyLost: sent, but no answer (or, without ``repeat``, none that tells what happened)
        :raises BadReply: an answer that is not the service's
        :raises ApiError: the service refused
        """
        deadline = self.until if deadline is None else deadline
        attempt, rested = 0, 0.0
        while True:
            headers = {**request.headers, **prove(request)}
            if not_after is not None and not_after.passed:
                raise errors.NotSent(f"{request.label}: logging in has taken too long", remedy="too_late")
            try:
                self._bounds.begin(self._request_timeout, self._whole(deadline))
                return self._attempt(request, headers, repeat, service)
            except (errors.NotSent, errors.ReplyLost, errors.BadReply, errors.Busy, errors.ServerFault) as error:
                lasting = isinstance(error, (errors.TlsError, Redirected))
                if lasting or not repeat or attempt >= self._max_retries:
                    raise
                wish = getattr(error, "retry_after", None)
                left = LONGEST_REST - rested if deadline is None else deadline.remaining
                if left <= 0:
                    if wish:
                        error.message += f"; it wants to be left alone for {wish:.0f} s, and the time is over"
                    raise
                pause = self._pause(attempt, wish, left)
            attempt += 1
            rested += pause
            self._clock.sleep(pause)

    def time_for_pages(self, deadline: t.Optional[clocks.Deadline]) -> clocks.Deadline:
        """When an answer of several pages must have ended; it is given as long as one of one page at least."""
        deadline = self.until if deadline is None else deadline
        left = LONGEST_LIST if deadline is None else deadline.remaining
        return clocks.Deadline(self._clock, max(left, PATIENCE * self._request_timeout))

    def _whole(self, deadline: t.Optional[clocks.Deadline]) -> float:
        """Seconds for one exchange, from the connection to the last byte of the answer."""
        longest = PATIENCE * self._request_timeout
        return longest if deadline is None else min(longest, max(self._request_timeout, deadline.remaining))

    def _pause(self, attempt: int, retry_after: t.Optional[float], left: float) -> float:
        """Exponential back-off with full jitter, or what the service asked for if that is longer, but no longer than
        there is time."""
        pause = min(BACKOFF_CAP, BACKOFF_BASE * 2.0 ** min(attempt, 30)) * self._jitter()
        return min(max(pause, retry_after or 0.0), left)

    def _attempt(self, request: Request, headers: t.Mapping[str, str], repeat: bool, service: str) -> Response:
        """One attempt. What must be sent once gets a connection of its own: a pooled one may have gone stale."""
        try:
            if repeat:
                if self._session is None:
                    self._session = _new_session(self._bounds)
                return self._exchange(self._session, request, headers, repeat, service)
            with _new_session(self._bounds) as session:
                return self._exchange(session, request, headers, repeat, service)
        except errors.ImsError as error:
            # A proxy has its say in what goes wrong, too, and a path holds what an earlier answer said.
            error.message = self._secrets.told(error.message)
            raise

    def _exchange(
        self, session: requests.Session, request: Request, headers: t.Mapping[str, str], repeat: bool, service: str
    ) -> Response:
        body = None if request.body is None else Body(request.body)
        try:
            reply = self._open(session, request, headers, body)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            raise failure(request.label, error, body, repeat) from error
        with reply:
            status = reply.status_code
            self._secrets.add(reply.headers.get("X-Subject-Token"), random=True)
            request_id = self._said(reply, "X-Request-Id")
            if 300 <= status < 400:
                raise redirected(request.label, status, self._said(reply, "Location") or "", request_id, repeat)
            content, trouble = content_of(reply)
        if status >= 400:
            raise self._refusal(request, reply, content, repeat, service)
        data = None
        if trouble is None:
            data, trouble = self._parse(content)
        if trouble is not None:
            unreadable = errors.BadReply if repeat else errors.ReplyLost
            raise unreadable(f"{request.label}: {trouble}", http_status=status, request_id=request_id)
        return Response(status, data, reply.headers, request_id, request.label, self._secrets.told)

    def _open(
        self, session: requests.Session, request: Request, headers: t.Mapping[str, str], body: t.Optional[Body]
    ) -> requests.Response:
        prepared = session.prepare_request(
            requests.Request(request.method, request.url, headers=dict(headers), data=body)
        )
        # Exactly what was signed: preparing would quote some characters in its own way.
        prepared.url = request.wire_url
        settings = session.merge_environment_settings(prepared.url, {}, True, self._verify, None)
        # The adapter itself, as a session would prepare to follow a redirect: it reads its body and parses its target.
        timeout = (self._request_timeout, self._request_timeout)
        adapter = session.get_adapter(prepared.url)
        return adapter.send(prepared, timeout=timeout, **t.cast("t.Dict[str, t.Any]", settings))

    def _refusal(
        self, request: Request, reply: requests.Response, content: bytes, repeat: bool, service: str
    ) -> errors.ImsError:
        """What a 4xx or 5xx means; of what must not be sent twice, a 5xx, a 408 and a 499 do not tell what happened."""
        # Most runs meet no refusal.
        from .error_codes import api_error

        try:
            # Parts of secrets are looked for in all of it.
            body: t.Any = self._secrets.said(texts.read_json(content[:LONGEST_REFUSAL]))
        except (ValueError, RecursionError):
            body = self._secrets.told(content.decode("utf-8", "replace"))
        request_id = self._said(reply, "X-Request-Id")
        retry_after = seconds_until(reply.headers.get("Retry-After"), self._clock.utcnow())
        error = api_error(reply.status_code, body, request_id, retry_after, service)
        if reply.status_code < 500 and reply.status_code not in GIVEN_UP:
            return error
        kind: t.Type[errors.ImsError] = _Resting if repeat else errors.ReplyLost
        fault = kind(
            error.message if repeat else f"{request.label}: {error.message}",
            code=error.code,
            http_status=error.http_status,
            request_id=error.request_id,
            hint=error.hint,
        )
        if isinstance(fault, _Resting):
            fault.retry_after = retry_after
        return fault

    def _said(self, reply: requests.Response, header: str) -> t.Optional[str]:
        """A header as it may be told."""
        value = reply.headers.get(header)
        return self._secrets.told_of_header(value) if value is not None else None

    def _parse(self, content: bytes) -> t.Tuple[t.Any, t.Optional[str]]:
        """The JSON of a body, or why it is none; no body is no data."""
        if not content.strip():
            return None, None
        try:
            data = texts.read_json(content)
            return self._secrets.received(data, content), None
        except (ValueError, RecursionError):
            return None, "the answer is HTML" if content.lstrip()[:1] == b"<" else "the answer is not JSON"


class _Resting(errors.ServerFault):
    """A 5xx that says when to come back."""

    retry_after: t.Optional[float] = None


def _new_session(limits: bounds.Bounds) -> requests.Session:
    session = requests.Session()
    session.headers.clear()
    session.headers.update(
        {"User-Agent": "ansible-huaweicloud-ims", "Accept": "application/json", "Accept-Encoding": "identity"}
    )
    # An auth of our own, or requests would take one from .netrc and overwrite the signature.
    session.auth = _leave_as_it_is
    _bind(session, limits)
    return session


def _bind(session: requests.Session, limits: bounds.Bounds) -> None:
    """Have every connection of a session read within the bounds, whichever pool it comes from."""

    class Adapter(requests.adapters.HTTPAdapter):
        # requests has called it by both names.
        def get_connection(self, *arguments: t.Any, **options: t.Any) -> t.Any:
            return _within(super().get_connection(*arguments, **options), limits)

        def get_connection_with_tls_context(self, *arguments: t.Any, **options: t.Any) -> t.Any:
            return _within(super().get_connection_with_tls_context(*arguments, **options), limits)

    for scheme in ("https://", "http://"):
        session.mount(scheme, Adapter())


def _within(pool: t.Any, limits: bounds.Bounds) -> t.Any:
    pool.ConnectionCls = bounds.bounded(pool.ConnectionCls, limits)
    return pool


def _leave_as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    return prepared
