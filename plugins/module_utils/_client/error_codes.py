# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What an error code of the service means, and what to do next; pure.

Sources: IMS API reference, Error Codes; API Gateway, Error Codes; IAM API reference, Status Codes.
"""

from __future__ import annotations

import re
import typing as t

from .. import _errors as errors
from .._text import one_line

_LATER = "Run the task again later: nothing was begun."
_REPORT = "This is a request that the service cannot read; please report it with the request id."
_NAME = (
    "A name has 1 to 128 characters: letters, digits, '-', '.', '_' and spaces, but no space at either end. "
    "Set name to one that fits."
)
_DESCRIPTION = (
    "A description has at most 1024 characters, no line breaks, no '<' and no '>'. Shorten or clean description."
)
_IMAGE = "Check image_id, source_region and source_project_name: image ids are known only in their own region."
_PROJECT = "Check that the project belongs to the region, and that the credentials may use it."
_AGENCY = (
    "Check in IAM that the agency exists in this account, is a cloud service agency delegated to IMS (op_svc_ims), "
    "and that agency_name is its exact name."
)
_OWNER = "Only the owner may copy an image. Make a private copy of it in its own region first, and copy that."
_FULL_ECS = "Full-ECS images can be copied only between some regions. Make a system disk image of the server instead."
_VAULT = "vault_id must name a CBR server vault for replicas (protection type replication) in the destination region"
_BILLING = "Settle this with the account's billing centre (real-name authentication, balance, budget) first."
_GATEWAY = (
    "The API gateway failed. Run the task again later; if it goes on, report the request id to the cloud's support."
)
_APP = "The gateway wants another kind of proof: check that the endpoint is one of IMS or IAM."
_ADDRESS = "The gateway refuses this client's address: ask the account's administrator for the IAM access control list."
_UNUSABLE = "The request does not fit the gateway: check ims_endpoint and iam_endpoint, https against http included."

_BY_GROUP: t.Tuple[t.Tuple[t.Tuple[str, ...], str], ...] = (
    (("IMG.0001", "IMG.0007", "IMG.0017"), _REPORT),
    (("IMG.0002", "IMG.0003", "IMG.0013", "IMG.0062"), _NAME),
    (("IMG.0004", "IMG.0054"), _DESCRIPTION),
    (("IMG.0009",), "Another image has this name. Set name to a free one, or rename or remove the other image."),
    (
        ("IMG.0015",),
        "The destination project holds as many private images as its quota allows: delete some, or have it raised.",
    ),
    (("IMG.0018",), _LATER),
    (
        ("IMG.0023", "IMG.0061"),
        "The service failed inside. Run the task again later; it takes up a copy that has begun.",
    ),
    (
        ("IMG.0026", "IMG.0161", "IMG.0165"),
        "The caller's role does not reach this. IMS FullAccess is needed in both regions, and real-name authentication "
        "where the cloud asks for it.",
    ),
    (("IMG.0027", "IMG.0066", "IMG.0086", "IMG.0144"), _IMAGE),
    (("IMG.0030", "IMG.0067"), _PROJECT),
    (("IMG.0087",), "The token was refused. Check the credentials, and that the endpoint is that of the region."),
    (("IMG.0031",), "An id is not one of the service's: check image_id and vault_id."),
    (
        ("IMG.0035",),
        "An attribute is not in the state that the change expects. Run the task again: it looks at the image anew.",
    ),
    (("IMG.0036", "IMG.0064", "IMG.0065", "IMG.0179"), _AGENCY),
    (
        ("IMG.0046",),
        "The image must be active: wait until it has been created, and check in the console that it is not frozen.",
    ),
    (("IMG.0047", "IMG.0106"), _OWNER),
    (
        ("IMG.0059", "IMG.0146"),
        "The image is larger than a cross-region copy may be (128 GiB; 300 GiB between some regions). "
        "Make the system disk smaller, or export it to OBS and import it in the destination.",
    ),
    (("IMG.0060",), "The tenant has too many image tasks. " + _LATER),
    (
        ("IMG.0104",),
        "There are several projects in the destination region: set destination_project_name to the one that is meant.",
    ),
    (("IMG.0105",), "The service does not offer this for such an image, or not in this region."),
    (("IMG.0115",), "A tag key has at most 36 characters, a value at most 43: letters, digits, '_' and '-'."),
    (("IMG.0116",), "An image holds at most 10 tags: ask for fewer, or set purge_tags."),
    (("IMG.0130", "IMG.0152"), _FULL_ECS),
    (("IMG.0142",), "Source and destination are the same region: set destination_region to another one."),
    (
        ("IMG.0143",),
        "Encrypted images cannot be copied. Copy it inside its region without a key first, and use that copy.",
    ),
    (
        ("IMG.0145",),
        "Set destination_project_name to the name (not the id) of a project in the destination region; "
        "a region's own project has the region's name.",
    ),
    (("IMG.0147",), "Set destination_region to the id of a region of this account, such as cn-south-1."),
    (("IMG.0148",), "The image is being exported. " + _LATER),
    (("IMG.0149",), "The service runs at most five cross-region copies of a tenant at a time. " + _LATER),
    (("IMG.0150",), "The backup of this full-ECS image is in the destination already: make the image from it there."),
    (
        ("IMG.0151",),
        "Grant the agency IMS Administrator, or the policy IMS CrossCopyAgencyPolicy (IMS CrossCopyAgencyCBRPolicy for "
        "full-ECS images), on the destination project itself; a grant on all projects may not count.",
    ),
    (
        ("IMG.0167",),
        "Images made from an ISO file cannot be copied. Make a private image of a server installed from it.",
    ),
    (("IMG.0182",), _VAULT + ", with room enough: this one is full."),
    (("IMG.0184",), _VAULT + "; this one is not there, or none was given."),
    (("IMG.0188", "IMG.0189", "IMG.0193"), _VAULT + "; this one cannot take the replica."),
    (("IMG.0196", "IMG.0197"), _OWNER),
    (("IMG.0238", "IMG.0239", "IMG.0241", "IMG.0242"), _BILLING),
    (
        ("APIGW.0101",),
        "This endpoint does not know the call: the cloud does not offer it there, or ims_endpoint is wrong.",
    ),
    (("APIGW.0103", "APIGW.0104", "APIGW.0105", "APIGW.0610", "APIGW.0613"), _GATEWAY),
    (("APIGW.0106", "APIGW.0602"), _REPORT),
    (("APIGW.0201",), "Where the HTTP status is 5xx run the task again later; else report the request id."),
    (("APIGW.0204", "APIGW.0607"), _UNUSABLE),
    (
        ("APIGW.0301",),
        "Check access_key, secret_key and security_token, that this host's clock is right within 15 minutes, "
        "and that credentials and endpoint belong to the same cloud and region.",
    ),
    (
        ("APIGW.0302", "APIGW.0801", "APIGW.0802"),
        "The IAM user may not use this service in this region: ask its administrator.",
    ),
    (("APIGW.0303", "APIGW.0304", "APIGW.0305", "APIGW.0306", "APIGW.0311"), _APP),
    (("APIGW.0307",), "The token has run out. Run the task again; if it goes on, check this host's clock."),
    (
        ("APIGW.0308",),
        "The account sends more requests than the gateway admits. Wait a few minutes, or lower max_concurrent.",
    ),
    (("APIGW.0310",), "The project is not available: the account may be suspended or in arrears."),
    (("APIGW.0401", "APIGW.0402", "APIGW.0404"), _ADDRESS),
    (("APIGW.0501", "APIGW.0502"), _APP),
    (
        (
            "APIGW.0601",
            "APIGW.0605",
            "APIGW.0606",
            "APIGW.0608",
            "APIGW.0609",
            "APIGW.0611",
            "APIGW.0612",
            "APIGW.0705",
        ),
        _GATEWAY,
    ),
    (("APIGW.1009",), "Access key and secret key do not belong together: check access_key and secret_key."),
)

HINTS: t.Mapping[str, str] = {code: hint for codes, hint in _BY_GROUP for code in codes}

# All of these come with HTTP 400, so only the code tells what is the matter.
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
    """The kind of an error, from the HTTP status, or from the code where the status is a plain 400."""
    if status == 400 and code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    if status >= 500:
        return errors.ServerFault
    return _BY_STATUS.get(status, errors.ApiError)


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
    message = one_line(message, _LONGEST_MESSAGE) if message else ""
    error = classify(status, code)(
        f"{service}: {message}" if message else f"{service} answered HTTP {status} and does not say why",
        code=code,
        http_status=status,
        request_id=request_id or (_word(body.get("request_id")) if isinstance(body, dict) else None),
        hint=HINTS.get(code) if code else None,
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
    return one_line(_TAG.sub(" ", _HIDDEN_ELEMENT.sub(" ", body)), _LONGEST_TEXT)


