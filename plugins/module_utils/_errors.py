# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The exception tree, and how an exception becomes a result.

ImsError                    everything that this collection raises on purpose
├── InputError              refused before anything was sent; lists every problem
├── TransportError          no usable answer
│   ├── NotSent             the request never left (refused, DNS, connect time-out): safe to try again
│   │   └── TlsError        the peer's certificate was not accepted: trying again is useless
│   ├── ReplyLost           the request may have been carried out, and nobody can tell from here
│   └── BadReply            an answer arrived that is not one of the service's
├── ApiError                the service refused
│   ├── NotAuthenticated    401
│   ├── NotPermitted        403
│   ├── NotFound            404, or a code that says so
│   ├── Busy                "not now": flow control, no free slot, 429
│   │   ├── Held            another run is submitting such a copy
│   │   └── ProofRenewed    401, and there is another proof now
│   └── ServerFault         5xx
└── CopyError               the copy itself
    ├── PreflightFailed     one or more named checks failed
    ├── Blocked             something else stands where the replica should be
    ├── NoteUnreadable      what another run noted of this copy is not for this user to read
    ├── JobFailed           the service gave the copy up
    ├── Uncertain           the copy may or may not have begun
    ├── WaitTimeout         the deadline passed; the copy goes on without us
    └── NotAReplica         what was made is not a copy of the source
        └── NotShown        what was made is not to be seen
"""

from __future__ import annotations

import typing as t

from . import _text as texts

_E = t.TypeVar("_E", bound="ImsError")

LONGEST_CODE = 100


def remedy_of(row: str) -> str:
    """What to do next, from that row of the table of remedies."""
    # Most runs meet no trouble, and the tables are long: see docs/development.md, Rules.
    from . import _own_errors

    return _own_errors.KINDS[row].remedy


class ImsError(Exception):
    """The root: what happened, at which stage, what the service said, and what to do next.

    ``stage`` is one of input, connect, authenticate, source, destination, preflight, plan, submit, wait,
    verify, update, delete, query; whoever knows it fills it in with :meth:`at`.
    """

    default_stage: t.Optional[str] = None
    # The row of the table that tells what to do where neither code nor status does.
    remedy: t.ClassVar[str] = "copy"
    # A message says what others said; where it lists what the caller got wrong it has no end.
    longest: t.Optional[int] = 1000

    def __init__(
        self,
        message: str,
        *,
        code: t.Optional[str] = None,
        http_status: t.Optional[int] = None,
        request_id: t.Optional[str] = None,
        hint: t.Optional[str] = None,
        remedy: t.Optional[str] = None,
        stage: t.Optional[str] = None,
    ) -> None:
        """``hint``: what to do next, where it is not in the table as it stands; ``remedy``: the row where it does."""
        message = texts.one_line(message, self.longest)
        super().__init__(message)
        self.message = message
        self.code = texts.visible(code, LONGEST_CODE) if code is not None else None
        self.http_status = http_status
        self.request_id = texts.visible(request_id, LONGEST_CODE) if request_id is not None else None
        self.hint = hint if hint is not None else self._hint(remedy)
        self.stage = stage if stage is not None else self.default_stage
        self.doing: t.Optional[str] = None

    def _hint(self, remedy: t.Optional[str]) -> str:
        from . import _remedies

        return remedy_of(remedy) if remedy else _remedies.hint_for(self.remedy, self.code, self.http_status)

    def at(self: _E, stage: str, doing: t.Optional[str] = None) -> _E:
        """Say where it happened, unless somebody nearer said so already; returns itself, to be raised."""
        if self.stage is None:
            self.stage = stage
        if self.doing is None and doing is not None:
            self.doing = texts.one_line(doing, self.longest)
        return self

    def as_error(self) -> t.Dict[str, t.Any]:
        """The ``error`` of a result."""
        return {
            "stage": self.stage,
            "code": self.code,
            "http_status": self.http_status,
            "message": f"{self.doing}: {self.message}" if self.doing else self.message,
            "request_id": self.request_id,
            "hint": self.hint,
        }

    def as_text(self, hint: bool = True) -> str:
        """The ``msg`` of a result: what was being done, what the service said, and with ``hint`` what to do next."""
        from . import _remedies

        text = f"{self.doing}: {self.message}" if self.doing else self.message
        said = [
            f"{label} {value}"
            for label, value in (
                ("code", self.code if self.code and self.code not in text else None),
                ("HTTP", self.http_status),
                ("request id", self.request_id),
            )
            if value
        ]
        if said:
            text = f"{text} ({', '.join(said)})"
        return f"{text.rstrip('.')}. {self.hint}" if hint and self.hint not in _remedies.GOES_WITHOUT_SAYING else text


class InputError(ImsError):
    """The arguments cannot be right, whatever the service would say; nothing was sent."""

    default_stage = "input"
    remedy = "input"
    longest = None

    def __init__(self, problems: t.Sequence[str], *, remedy: t.Optional[str] = None) -> None:
        super().__init__("; ".join(problems), remedy=remedy)
        self.problems = [texts.one_line(problem) for problem in problems]


class TransportError(ImsError):
    """No usable answer came back."""

    remedy = "reply_lost"


class NotSent(TransportError):
    """The request never left this host."""

    default_stage = "connect"
    remedy = "not_sent"


class TlsError(NotSent):
    """The peer's certificate was not accepted."""

    remedy = "tls"


class ReplyLost(TransportError):
    """The request was sent, and no answer says what became of it."""

    remedy = "reply_lost"


class BadReply(TransportError):
    """An answer arrived that the service would not give: HTML, a redirect, half a document."""

    remedy = "bad_reply"


class ApiError(ImsError):
    """The service refused."""

    remedy = "refused"


class NotAuthenticated(ApiError):
    """Who calls could not be proven."""

    default_stage = "authenticate"


class NotPermitted(ApiError):
    """The caller may not do this."""


class NotFound(ApiError):
    """What was asked for is not there."""

    remedy = "not_found"


class Busy(ApiError):
    """Not now: ``retry_after`` is the service's own wish in seconds, or None."""

    remedy = "busy"
    retry_after: t.Optional[float] = None


class Held(Busy):
    """Another run is submitting such a copy: it is its turn, and what comes of it is looked at afterwards."""

    remedy = "held"


class ProofRenewed(Busy):
    """The proof was refused and is another one now: what must be sent once has to be thought over before it is."""

    remedy = "token"


class ServerFault(ApiError):
    """The service failed; a read may be tried again."""


class CopyError(ImsError):
    """The copy cannot begin, or did not end well."""


class PreflightFailed(CopyError):
    """``details`` tell each thing that is wrong and the way out of it; the message only says how many there are."""

    default_stage = "preflight"
    remedy = "preflight"

    def __init__(self, message: str, *, details: t.Sequence[str] = (), **more: t.Any) -> None:
        super().__init__(message, **more)
        self.details = list(details)

    def as_text(self, hint: bool = True) -> str:
        if not self.details:
            return super().as_text(hint)
        told = " ".join([*self.details, *([self.hint] if hint else [])])
        return f"{self.as_error()['message']}: {told}"


class Blocked(CopyError):
    remedy = "blocked"
    default_stage = "plan"


class NoteUnreadable(CopyError):
    remedy = "note_unreadable"
    default_stage = "plan"


class JobFailed(CopyError):
    remedy = "job_failed"
    default_stage = "wait"


class Uncertain(CopyError):
    remedy = "uncertain"
    default_stage = "submit"


class WaitTimeout(CopyError):
    remedy = "timed_out"
    default_stage = "wait"


class NotAReplica(CopyError):
    remedy = "not_a_replica"
    default_stage = "verify"


class NotShown(NotAReplica):
    """The copy is said to have ended, and its replica is not to be seen."""

    remedy = "not_shown"


def error_of(entry: t.Mapping[str, t.Any]) -> CopyError:
    """The error of an entry, from its plain form."""
    error = entry.get("error") or {}
    return CopyError(
        str(error.get("message") or "no reason is known"),
        code=error.get("code"),
        http_status=error.get("http_status"),
        request_id=error.get("request_id"),
        hint=error.get("hint"),
        stage=error.get("stage"),
    )
