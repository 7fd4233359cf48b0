# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What kind of error a refusal of the services is, and what it says; pure."""

from __future__ import annotations

import re
import typing as t

from .. import _errors as errors
from .. import _text as texts

# All of these come with a status that says nothing, mostly HTTP 400, so only the code tells what is the matter.
_BY_CODE: t.Mapping[str, t.Type[errors.ApiError]] = {
    "IMG.0023": errors.ServerFault,
    "IMG.0026": errors.NotPermitted,
    "IMG.0027": errors.NotFound,
    "IMG.0030": errors.NotAuthenticated,
    "IMG.0047": errors.NotPermitted,
    "IMG.0060": errors.Busy,
    "IMG.0061": errors.ServerFault,
    "IMG.0066": errors.NotFound,
    "IMG.0086": errors.NotFound,
    "IMG.0087": errors.NotAuthenticated,
    "IMG.0106": errors.NotPermitted,
    "IMG.0144": errors.NotFound,
    "IMG.0148": errors.Busy,
    "IMG.0149": errors.Busy,
    "IMG.0161": errors.NotPermitted,
    "IMG.0165": errors.NotPermitted,
    "APIGW.1009": errors.NotAuthenticated,
    "1101": errors.NotAuthenticated,
    "1103": errors.NotAuthenticated,
    **{f"IAM.{number}": errors.NotAuthenticated for number in range(1104, 1109)},
}
_BY_STATUS: t.Mapping[int, t.Type[errors.ApiError]] = {
    401: errors.NotAuthenticated,
    403: errors.NotPermitted,
    404: errors.NotFound,
    429: errors.Busy,
}

# The order in which the official SDK looks for a code and its message.
_KEYS = (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message"))

_HIDDEN_ELEMENT = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LONGEST_MESSAGE = 400
_LONGEST_TEXT = 200


def classify(status: int, code: t.Optional[str]) -> t.Type[errors.ApiError]:
    """The kind of an error, from the HTTP status, or from the code where the status does not tell."""
    if status >= 500:
        return errors.ServerFault
    return _BY_STATUS.get(status) or _BY_CODE.get(code or "", errors.ApiError)


def api_error(
    status: int,
    body: t.Any,
    request_id: t.Optional[str],
    retry_after: t.Optional[float],
    service: str,
) -> errors.ApiError:
    """An error of the right kind from a reply of any of the shapes that occur.

    :param body: the parsed JSON, or the text of a reply that is none, or None
    :param retry_after: seconds, as the reply asked for
    """
    code, message = _find(body) if isinstance(body, dict) else (None, _plain(body))
    message = texts.one_line(message, _LONGEST_MESSAGE) if message else ""
    error = classify(status, code)(
        f"{service}: {message}" if message else f"{service} answered HTTP {status} and does not say why",
        code=code,
        http_status=status,
        request_id=request_id or (_word(body.get("request_id")) if isinstance(body, dict) else None),
    )
    if isinstance(error, errors.Busy):
        error.retry_after = retry_after
    return error


def _find(body: t.Mapping[str, t.Any]) -> t.Tuple[t.Optional[str], t.Optional[str]]:
    """Code and message, at the top or in whatever is nested there."""
    for code_key, message_key in _KEYS:
        code, message = _word(body.get(code_key)), _word(body.get(message_key))
        if code or message:
            return code, message
    for value in body.values():
        if isinstance(value, dict):
            code, message = _find(value)
            if code or message:
                return code, message
    return None, _word(body.get("error")) or _word(body.get("title"))


def _word(value: t.Any) -> t.Optional[str]:
    """A code can be a number; a bool, a list or a dict is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value).strip() or None


def _plain(body: t.Any) -> t.Optional[str]:
    """The beginning of a text, without XML or HTML tags."""
    if not isinstance(body, str):
        return None
    return texts.one_line(_TAG.sub(" ", _HIDDEN_ELEMENT.sub(" ", body)), _LONGEST_TEXT)
