# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The table of the services' error codes: what lies behind each as a rule, and what to do next; pure data.

Sources: IMS API reference, Error Codes; API Gateway, Error Codes; IAM API reference, Error Codes. In words of our own.
"""

from __future__ import annotations

import typing as t


class Remedy(t.NamedTuple):
    """The likely cause of an error, as a page tells it, and what to do next, which is the hint of the error."""

    cause: str
    remedy: str


Rows = t.Tuple[t.Tuple[str, str, str], ...]

_LATER = "Run the task again later: nothing was begun."
_REPORT = "This is a request that the service cannot read; please report it with the request id."
_OWNER = "Only the owner may copy an image. Make a private copy of it in its own region first, and copy that."
_IMAGE = "Check image_id, source_region and source_project_name: image ids are known only in their own region."
_PROJECT = "Check that the project belongs to the region, and that the credentials may use it."
_AGENCY = (
    "Check in IAM that the agency exists in this account, is a cloud service agency delegated to IMS (op_svc_ims), "
    "and that agency_name is its exact name."
)
_NAME = (
    "A name has 1 to 128 characters: letters, digits, '-', '.', '_' and spaces, but no space at either end. "
    "Set name to one that fits."
)
_DESCRIPTION = (
    "A description has at most 1024 characters, no line breaks, no '<' and no '>'. Shorten or clean description."
)
_VAULT = "vault_id must name a CBR server vault for replicas (protection type replication) in the destination region"
_BILLING = "Settle this with the account's billing centre (real-name authentication, balance, budget) first."
_GATEWAY = (
    "The API gateway failed. Run the task again later; if it goes on, report the request id to the cloud's support."
)
_APP = "The gateway wants another kind of proof: check that the endpoint is one of IMS or IAM."
_KEY = "Make the key usable in the console of DEW (KMS), or make a copy of the image in its region without a key."
_ROLES = (
    "The caller's role does not reach this. IMS FullAccess is needed in both regions, and real-name authentication "
    "where the cloud asks for it."
)
_ACCESS_KEY = "Check access_key in IAM, My Credentials: it must exist, be enabled and belong to a user that is enabled."
_USER = "Ask the account's security administrator to enable the user for programmatic access."
_LOOK = "Grant the caller IAM ReadOnlyAccess, or leave out the check that needs it with skip_checks."

# Codes with a blank between them share a row.
IMAGE_SERVICE: Rows = (
    ("IMG.0001 IMG.0007 IMG.0017", "The body or the URL of a request is malformed or empty.", _REPORT),
    ("IMG.0002 IMG.0003 IMG.0013 IMG.0062", "The name is missing, too long, or has an unfit character.", _NAME),
    ("IMG.0004 IMG.0054", "The description is too long, or has an unfit character.", _DESCRIPTION),
    (
        "IMG.0009",
        "The name is used already.",
        "Another image has this name. Set name to a free one, or rename or remove the other image.",
    ),
    ("IMG.0014", "The layer below the image service failed.", "Run the task again later; it takes up what has begun."),
    (
        "IMG.0015",
        "The quota of private images is used up.",
        "The destination project holds as many private images as its quota allows: delete some, or have it raised.",
    ),
    ("IMG.0018", "The job could not be begun.", _LATER),
    (
        "IMG.0023 IMG.0061",
        "The job could not be looked up, or the service failed for a reason of its own.",
        "The service failed inside. Run the task again later; it takes up a copy that has begun.",
    ),
    ("IMG.0024 IMG.0025", "An image, or a user, of this kind may not be used so.", _OWNER),
    ("IMG.0026 IMG.0161 IMG.0165", "The role of the caller does not allow it, or the account is not verified.", _ROLES),
    ("IMG.0027 IMG.0066 IMG.0086 IMG.0144", "There is no image of this id in that region, or none any more.", _IMAGE),
    ("IMG.0028 IMG.0091", "The image is protected.", "Lift the image's protection, if it is meant to be changed."),
    ("IMG.0030 IMG.0067", "The project of the request is another one than that of the proof.", _PROJECT),
    ("IMG.0031", "The id of a resource is wrong.", "An id is not one of the service's: check image_id and vault_id."),
    (
        "IMG.0034 IMG.0035",
        "Somebody changed the image meanwhile, or the attribute cannot be changed.",
        "An attribute is not in the state that the change expects. Run the task again: it looks at the image anew.",
    ),
    ("IMG.0036 IMG.0064 IMG.0065 IMG.0179", "The service could not act on behalf of the agency.", _AGENCY),
    (
        "IMG.0046",
        "The image is still being made, or frozen.",
        "The image must be active: wait until it has been created, and check in the console that it is not frozen.",
    ),
    ("IMG.0047 IMG.0106 IMG.0196 IMG.0197", "The image is somebody else's, shared with this account.", _OWNER),
    ("IMG.0055", "A size of memory or disk is out of bounds.", "Check min_ram and max_ram."),
    (
        "IMG.0059 IMG.0146",
        "The image is too large.",
        "The image is larger than a cross-region copy may be (128 GiB; 300 GiB between some regions). "
        "Make the system disk smaller, or export it to OBS and import it in the destination.",
    ),
    ("IMG.0060", "As many image tasks run as may.", "The tenant has too many image tasks. " + _LATER),
    ("IMG.0087", "The proof was not accepted.", "Check the credentials, and that the endpoint is that of the region."),
    ("IMG.0090", "The image is still being created.", "Wait until the image is active, and run the task again."),
    (
        "IMG.0095 IMG.0096 IMG.0097 IMG.0098 IMG.0099 IMG.0100 IMG.0101 IMG.0102 IMG.0103",
        "The key of an encrypted image is missing, disabled or out of reach.",
        _KEY,
    ),
    (
        "IMG.0104",
        "The region has several projects.",
        "There are several projects in the destination region: set destination_project_name to the one that is meant.",
    ),
    (
        "IMG.0105",
        "The image is of a kind that cannot be copied, or the region lacks the feature.",
        "The service does not offer this for such an image, or not in this region.",
    ),
    ("IMG.0108", "The account is not known in the region.", "Sign in to the region's console once, and run again."),
    (
        "IMG.0115",
        "A tag is not one that images can have.",
        "A tag key has at most 36 characters, a value at most 43: letters, digits, '_' and '-'.",
    ),
    ("IMG.0116", "The image has too many tags.", "An image holds at most 10 tags: ask for fewer, or set purge_tags."),
    (
        "IMG.0130 IMG.0152",
        "It is a full-ECS image.",
        "Full-ECS images can be copied only between some regions. Make a system disk image of the server instead.",
    ),
    (
        "IMG.0142",
        "Source and destination are in one region.",
        "Source and destination are the same region: set destination_region to another one.",
    ),
    (
        "IMG.0143",
        "The image is encrypted.",
        "Encrypted images cannot be copied. Copy it inside its region without a key first, and use that copy.",
    ),
    (
        "IMG.0145",
        "The project is not one of the destination.",
        "Set destination_project_name to the name (not the id) of a project in the destination region; "
        "a region's own project has the region's name.",
    ),
    (
        "IMG.0147",
        "The region is not known.",
        "Set destination_region to the id of a region of this account, such as cn-south-1.",
    ),
    ("IMG.0148", "The image is in use.", "The image is being exported. " + _LATER),
    (
        "IMG.0149",
        "All slots are taken, by whomever of the account.",
        "The service runs at most five cross-region copies of a tenant at a time. " + _LATER,
    ),
    (
        "IMG.0150",
        "A backup was copied before.",
        "The backup of this full-ECS image is in the destination already: make the image from it there.",
    ),
    (
        "IMG.0151",
        "The agency may not write images there.",
        "Grant the agency IMS Administrator, or the policy IMS CrossCopyAgencyPolicy (IMS CrossCopyAgencyCBRPolicy for "
        "full-ECS images), on the destination project itself; a grant on all projects may not count.",
    ),
    (
        "IMG.0154 IMG.0155 IMG.0156",
        "The enterprise project could not be looked up or set.",
        "Check in the console that the enterprise project exists and is enabled. " + _LATER,
    ),
    (
        "IMG.0167",
        "The image was made from an ISO file.",
        "Images made from an ISO file cannot be copied. Make a private image of a server installed from it.",
    ),
    ("IMG.0182", "The vault is full.", _VAULT + ", with room enough: this one is full."),
    ("IMG.0184", "There is no such vault, or none was named.", _VAULT + "; this one is not there, or none was given."),
    (
        "IMG.0180 IMG.0183 IMG.0185 IMG.0186 IMG.0188 IMG.0189 IMG.0190 IMG.0193 IMG.0198",
        "The vault is of another kind, locked, or tied to something else.",
        _VAULT + "; this one cannot take the replica.",
    ),
    ("IMG.0187", "The key service is asked too often.", "The key service has no room just now. " + _LATER),
    ("IMG.0238 IMG.0239 IMG.0241 IMG.0242", "Something about the account's contract or balance.", _BILLING),
)

GATEWAY: Rows = (
    (
        "APIGW.0101",
        "The cloud lacks the interface, or the endpoint is another service's.",
        "This endpoint does not know the call: the cloud does not offer it there, or ims_endpoint is wrong.",
    ),
    (
        "APIGW.0103 APIGW.0104 APIGW.0105 APIGW.0601 APIGW.0605 APIGW.0606 APIGW.0608 APIGW.0609 APIGW.0610 "
        "APIGW.0611 APIGW.0612 APIGW.0613 APIGW.0705",
        "The gateway, or what is behind it, is out of order.",
        _GATEWAY,
    ),
    ("APIGW.0106 APIGW.0602", "The gateway cannot read the request.", _REPORT),
    (
        "APIGW.0201",
        "The request is too large or not well-formed, or what is behind the gateway did not answer.",
        "Where the HTTP status is 5xx run the task again later; else report the request id.",
    ),
    (
        "APIGW.0204 APIGW.0607",
        "The gateway wants another protocol, such as https for http.",
        "The request does not fit the gateway: check ims_endpoint and iam_endpoint, https against http included.",
    ),
    (
        "APIGW.0301",
        "The key is wrong or of another cloud, the clock is wrong, or the temporary key has run out.",
        "Check access_key, secret_key and security_token, that this host's clock is right within 15 minutes, "
        "and that credentials and endpoint belong to the same cloud and region.",
    ),
    (
        "APIGW.0302 APIGW.0801 APIGW.0802",
        "The user lacks the right, or the region is closed to it.",
        "The IAM user may not use this service in this region: ask its administrator.",
    ),
    (
        "APIGW.0303 APIGW.0304 APIGW.0305 APIGW.0306 APIGW.0311 APIGW.0501 APIGW.0502",
        "The endpoint is not one of the cloud's own services.",
        _APP,
    ),
    (
        "APIGW.0307",
        "The token has run out, or was revoked.",
        "The token has run out. Run the task again; if it goes on, check this host's clock.",
    ),
    (
        "APIGW.0308",
        "Somebody of the account asks too often.",
        "The account sends more requests than the gateway admits. Wait a few minutes, or lower max_concurrent.",
    ),
    (
        "APIGW.0310",
        "The account is suspended, or in arrears.",
        "The project is not available: the account may be suspended or in arrears.",
    ),
    (
        "APIGW.0401 APIGW.0402 APIGW.0404",
        "An access control list refuses the address.",
        "The gateway refuses this client's address: ask the account's administrator for the IAM access control list.",
    ),
    (
        "APIGW.1009",
        "The two halves are of different keys.",
        "Access key and secret key do not belong together: check access_key and secret_key.",
    ),
)

IDENTITY: Rows = (
    (
        "1100 1101 1103 IAM.0062",
        "The name of the user or the password is wrong.",
        "Check username, password and domain_name: username is an IAM user, not a HUAWEI ID.",
    ),
    (
        "IAM.0001 IAM.0063 IAM.0067",
        "The proof was not accepted.",
        "Check the credentials, this host's clock, and that iam_endpoint is of the same cloud.",
    ),
    ("IAM.0002 IAM.0003 IAM.0064", "The user may not look this up in IAM.", _LOOK),
    (
        "IAM.0004 IAM.1109",
        "The project, the agency or the account is not there.",
        "Check the names of the projects and of the agency; those of other accounts are not known.",
    ),
    ("IAM.0006 IAM.0020", "IAM failed, or moves to another region.", "Run the task again in a few minutes."),
    ("IAM.0007 IAM.0009 IAM.0011 IAM.0072 IAM.0073", "IAM cannot read the request.", _REPORT),
    ("IAM.0012", "IAM is asked too often.", "Wait a minute, and run the task again."),
    (
        "IAM.0061",
        "The user has been locked after too many wrong passwords.",
        "Wait until the user is unlocked, and check the password before you run again.",
    ),
    (
        "IAM.0066",
        "The token has run out.",
        "The token has run out. Run the task again; if it goes on, check this host's clock.",
    ),
    ("IAM.0080 IAM.0081 IAM.0082", "The user is disabled, or may use the console alone.", _USER),
    ("IAM.0083", "The region is a closed one.", "Take another region, or ask its administrator for access."),
    ("IAM.1104 IAM.1106 IAM.1107", "The access key is blocked, disabled, or nobody's.", _ACCESS_KEY),
    ("IAM.1105", "The access key has run out.", "Make a new access key in IAM, My Credentials, and give that."),
    ("IAM.1108", "The temporary access key has run out.", "Obtain a new temporary key with its security_token."),
)

CODES: t.Mapping[str, Remedy] = {
    code: Remedy(cause, remedy)
    for rows in (IMAGE_SERVICE, GATEWAY, IDENTITY)
    for codes, cause, remedy in rows
    for code in codes.split()
}
