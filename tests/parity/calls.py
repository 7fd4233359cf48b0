# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.parity.calls`` writes docs/parity.md: calls of the collection, and what proves our view of each."""

from __future__ import annotations

import pathlib
import re
import sys
import typing as t

from tests.emulator import routes
from tests.parity import keeping
from tests.parity.open_points import OPEN_POINTS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "parity.md"
SDK_TESTS = ROOT / "tests" / "emulator_tests"


class Call(t.NamedTuple):
    """An operation by its name in the emulator's routes, its page in the published reference, the SDK's method, and by
    which parts of our client it is asked for.
    """

    operation: str
    reference: str
    sdk: str
    asked_by: tuple[str, ...]


CALLS = (
    Call(
        "ListImages",
        "IMS: Querying Images",
        "list_images",
        ("Ims.own_images", "Ims.image"),
    ),
    Call(
        "GlanceShowImage",
        "IMS: Querying Image Details (Native OpenStack API)",
        "glance_show_image",
        ("Ims.shown",),
    ),
    Call(
        "CopyImageCrossRegion",
        "IMS: Replicating an Image Across Regions",
        "copy_image_cross_region",
        ("Ims.copy",),
    ),
    Call(
        "ShowJobProgress",
        "IMS: Querying the Progress of an Asynchronous Job",
        "show_job_progress",
        ("Ims.job",),
    ),
    Call(
        "ShowJob",
        "IMS: Querying the Status of an Asynchronous Job",
        "show_job",
        ("Ims.job",),
    ),
    Call(
        "ShowImageQuota",
        "IMS: Querying the Image Quota",
        "show_image_quota",
        ("Ims.quota",),
    ),
    Call(
        "UpdateImage",
        "IMS: Updating Image Information",
        "update_image",
        ("Ims.update",),
    ),
    Call(
        "BatchAddOrDeleteTags",
        "IMS: Batch Adding or Deleting Image Tags",
        "batch_add_or_delete_tags",
        ("Ims.set_tags", "Ims.remove_tags"),
    ),
    Call(
        "GlanceDeleteImage",
        "IMS: Deleting an Image (Native OpenStack API)",
        "glance_delete_image",
        ("Ims.delete",),
    ),
    Call(
        "CreateToken",
        "IAM: Obtaining a User Token",
        "keystone_create_user_token_by_password",
        ("TokenProof",),
    ),
    Call(
        "CreateTemporaryAccessKeyByAgency",
        "IAM: Obtaining a Temporary Access Key and Security Token Through an Agency",
        "create_temporary_access_key_by_agency",
        ("AssumedProof",),
    ),
    Call(
        "ListProjects",
        "IAM: Querying Project Information Based on the Specified Criteria",
        "keystone_list_projects",
        ("Iam.projects",),
    ),
    Call(
        "ListAuthProjects",
        "IAM: Querying the Projects Accessible to an IAM User",
        "keystone_list_auth_projects",
        ("Iam.own_projects",),
    ),
    Call(
        "ListRegions",
        "IAM: Querying a Region List",
        "keystone_list_regions",
        ("Iam.regions",),
    ),
    Call(
        "ListAuthDomains",
        "IAM: Querying Account Information",
        "keystone_list_auth_domains",
        ("Iam.account_id",),
    ),
    Call(
        "ListAgencies",
        "IAM: Listing Agencies",
        "list_agencies",
        ("Iam.agency",),
    ),
    Call(
        "ListRolesForAgencyOnProject",
        "IAM: Querying Permissions of an Agency for a Region-specific Project",
        "list_project_permissions_for_agency",
        ("Iam.roles_on_project",),
    ),
    Call(
        "ListRolesForAgencyOnDomain",
        "IAM: Querying Permissions of an Agency for a Global Service Project",
        "list_domain_permissions_for_agency",
        ("Iam.roles_everywhere",),
    ),
    Call(
        "ListInheritedRolesForAgency",
        "IAM: Querying All Permissions of an Agency",
        "list_all_projects_permissions_for_agency",
        ("Iam.roles_everywhere",),
    ),
)
HEAD = """\
# What proves our view of the service

The collection is tested against an [emulator](../tests/emulator/README.md). What the emulator does rests on the
published reference, and on the official SDK, which reads its answers. What the real service answers is known where an
exchange with it has been recorded. `make parity` asks both the same and compares shapes, statuses and codes:

    export HW_ACCESS_KEY=... HW_SECRET_KEY=...                # or any other credentials that the modules take
    make parity                                               # reads alone
    make parity AGENCY=ims_copy_image COPY=image_id TO=region # and one copy, whose replica is removed again
    make parity KEEP=1                                        # keeps what was exchanged in tests/parity/recorded

What is kept holds no secret and nothing that says whose it was, or nothing is written. A test gives it to the client
again. Without credentials a second emulator, on one port a region, stands in for the real cloud, so that the script is
proven, too. Both sides are asked by the client of the collection, so what it cannot read is seen as well.

This page is written by `python -m tests.parity.calls`.

| call | asked by | official reference | official SDK | recorded exchange |
| --- | --- | --- | --- | --- |
"""


def sdk_reads(call: Call) -> bool:
    """Whether a test has the SDK make this call, and read the answer."""
    tests = "\n".join(file.read_text(encoding="utf-8") for file in sorted(SDK_TESTS.glob("*.py")))
    return re.search(rf"\.{call.sdk}\(", tests) is not None


def operation_of(method: str, path: str) -> str:
    """Which operation a request is."""
    plain = path.partition("?")[0]
    found = routes.find("ims", method, plain) or routes.find("iam", method, plain)
    return found[0].operation if found else "none that is known"


def recorded() -> dict[str, str]:
    """By operation, when the real service was last seen to answer it."""
    found: dict[str, str] = {}
    for file in sorted(keeping.FOLDER.glob("real*.json")):
        whole, steps = keeping.read(file)
        for one in (exchange for step in steps for exchange in step.exchanges):
            operation = operation_of(one.method, one.path)
            found[operation] = max(whole["when"], found.get(operation, ""))
    return found


def page() -> str:
    """The whole of docs/parity.md."""
    seen = recorded()
    rows = [
        f"| {call.operation} | {', '.join(f'`{name}`' for name in call.asked_by)} | {call.reference} "
        f"| {'`' + call.sdk + '`' if sdk_reads(call) else 'nothing yet'} "
        f"| {seen.get(call.operation, 'nothing yet')} |"
        for call in CALLS
    ]
    points = ["", "Of what no page says, the script answers what it can see:", ""]
    points += [f"- {text}" for text in OPEN_POINTS.values()]
    return HEAD + "\n".join([*rows, *points]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
