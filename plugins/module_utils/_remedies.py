# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What is to be done about an error: by its code, else by the HTTP status, else by what kind of error it is; pure.

The page docs/errors.md is made of this and of the tables of codes and of own errors; a test holds them together.
"""

from __future__ import annotations

import typing as t

from ._own_errors import KINDS
from ._service_codes import CODES, Remedy

# What a status means where no code tells it better.
STATUSES: t.Mapping[int, Remedy] = {
    401: Remedy(
        "Who calls was not accepted.",
        "Check the credentials, that this host's clock is right, and that credentials and endpoint are of one cloud.",
    ),
    403: Remedy(
        "The caller may not do this, or a firewall of the cloud refuses the request.",
        "Have the caller granted the right to it: IMS FullAccess in both regions, IAM ReadOnlyAccess for the checks.",
    ),
    404: Remedy(
        "What was asked for is not there, or the endpoint is another service's.",
        "Check the id or name, the region and the project, and that ims_endpoint and iam_endpoint are the right ones.",
    ),
    409: Remedy("Somebody is changing the same thing.", "Run the task again: it looks at everything anew."),
    413: Remedy("The request is too large for the gateway or a proxy.", "Shorten description and tags."),
    429: Remedy(
        "The account, or this address, sends more requests than are admitted.",
        "Wait a few minutes and run again. A greater wait_interval and a smaller max_concurrent send fewer requests.",
    ),
}
SERVER_FAULT = Remedy(
    "The service, its gateway or a proxy before it is out of order.",
    "Run the task again later: it takes up what has begun. If it goes on, give the request id to the cloud's support.",
)
# Whoever sends these has given up waiting for the service.
STATUSES = {**STATUSES, **dict.fromkeys((408, 499), SERVER_FAULT)}
UNKNOWN_CODE = Remedy(
    "A code that no edition of the documentation lists, or one of another service.",
    "Do what the message says. If it says too little, ask the cloud's support, and name the code and the request id.",
)


# Said in a sentence of its own, it would say nothing.
GOES_WITHOUT_SAYING = frozenset(KINDS[kind].remedy for kind in ("input", "copy"))
# What says "check the access key", or nothing, where a token was refused.
ABOUT_KEYS = frozenset((None, "401", "APIGW.0301", "APIGW.1009"))


def hint_for(kind: str, code: t.Optional[str], http_status: t.Optional[int]) -> str:
    """What to do next about an error: never nothing."""
    if code is not None and code in CODES:
        return CODES[code].remedy
    if http_status is not None and http_status in STATUSES:
        return STATUSES[http_status].remedy
    if http_status is not None and http_status >= 500:
        return SERVER_FAULT.remedy
    # A number alone is only the status once more.
    if kind == "refused" and code is not None and not code.isdigit():
        return UNKNOWN_CODE.remedy
    return KINDS[kind].remedy
