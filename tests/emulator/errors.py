# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The refusals of the services, each in the shape in which its part of the cloud answers."""

from __future__ import annotations

import typing as t

# Texts in words of our own; the service documents that only the codes are stable (IMS API reference, Error Codes).
IMS_MESSAGES = {
    "IMG.0001": "The request body is malformed.",
    "IMG.0002": "The image name is longer than 128 characters.",
    "IMG.0003": "The image name holds a character that is not allowed.",
    "IMG.0004": "The image description is longer than 1024 characters.",
    "IMG.0007": "The request body is empty.",
    "IMG.0009": "The image name is already used.",
    "IMG.0013": "The image name is missing.",
    "IMG.0015": "The quota of private images is used up.",
    "IMG.0023": "The job could not be queried.",
    "IMG.0024": "The image is of the wrong type for this operation.",
    "IMG.0027": "The image does not exist.",
    "IMG.0030": "The project of the request is not the project of the token.",
    "IMG.0035": "The attribute conflicts with the image: it is absent, or it cannot be modified.",
    "IMG.0036": "The token of the agency could not be obtained.",
    "IMG.0046": "The image is not in a state that allows this operation.",
    "IMG.0047": "The image belongs to somebody else.",
    "IMG.0054": "The image description holds a character that is not allowed.",
    "IMG.0066": "The image ID is malformed.",
    "IMG.0090": "An image that is being created cannot be deleted.",
    "IMG.0091": "A protected image cannot be deleted.",
    "IMG.0092": "Only the owner may delete an image.",
    "IMG.0093": "A market image cannot be deleted.",
    "IMG.0094": "A public image cannot be deleted.",
    "IMG.0104": "There are several projects in the destination region: name one.",
    "IMG.0115": "The tag is invalid.",
    "IMG.0116": "The image has as many tags as it may have.",
    "IMG.0142": "The destination region is the source region.",
    "IMG.0143": "An encrypted image cannot be copied across regions.",
    "IMG.0145": "The destination project name is wrong.",
    "IMG.0146": "The image is too large to be copied across regions.",
    "IMG.0147": "The destination region is wrong.",
    "IMG.0149": "As many images as may be are being copied across regions. Try again later.",
    "IMG.0151": "The agency has no permission on the destination project.",
    "IMG.0167": "The operation is not supported for an ISO image.",
    "IMG.0182": "The vault is full.",
    "IMG.0184": "The vault does not exist.",
}


class Refused(Exception):
    """An answer of 4xx: ``status``, JSON ``body``, and ``headers`` beyond the usual ones."""

    def __init__(self, status: int, body: dict[str, t.Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


def ims(code: str, message: str | None = None, status: int = 400) -> Refused:
    """``{"error": {"message", "code"}}`` of the IMS extension interfaces."""
    return Refused(status, {"error": {"message": message or IMS_MESSAGES[code], "code": code}})


def gateway(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Refused:
    """``{"error_code", "error_msg", "request_id"}`` of the API gateway; the server fills in the request id."""
    return Refused(status, {"error_msg": message, "error_code": code, "request_id": ""}, headers)


def not_authenticated(message: str, code: str = "APIGW.0301") -> Refused:
    return gateway(401, code, f"Incorrect IAM authentication information: {message}")


def not_permitted(action: str) -> Refused:
    return gateway(403, "APIGW.0302", f"The IAM user is not allowed to perform {action}")


def no_such_api() -> Refused:
    return gateway(404, "APIGW.0101", "The API does not exist or has not been published in the environment")


def native_not_found(image_id: str) -> Refused:
    """404 as the OpenStack-native interfaces word it."""
    return Refused(404, {"itemNotFound": {"code": 404, "message": f"No image found with ID {image_id}"}})


_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


def iam(status: int, message: str) -> Refused:
    """``{"error": {"code": int, "message", "title"}}`` of IAM v3."""
    return Refused(status, {"error": {"code": status, "message": message, "title": _TITLES[status]}})


def iam_v30(status: int, code: str, message: str) -> Refused:
    """``{"error_msg", "error_code"}`` of IAM v3.0."""
    return Refused(status, {"error_msg": message, "error_code": code})
