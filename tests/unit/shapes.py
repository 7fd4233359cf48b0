# SPDX-License-Identifier: GPL-3.0-or-later
"""One copy that is in order, in the shapes that the collection passes around; a test says only what it changes."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.facts import Facts
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.copy_request import CopyRequest
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image, Origin, parse_image
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.place import (
    Agency,
    Destination,
    Project,
    Quota,
    Role,
)

SOURCE_ID = "465076de-dc36-4aec-80f5-ef9d8009428f"
ORIGIN = Origin("cn-north-4", SOURCE_ID)
OTHER_ORIGIN = Origin("cn-north-4", "another-image")
# The same image id in another region is another image.
ORIGIN_ELSEWHERE = Origin("cn-east-3", SOURCE_ID)
GIB = 1024**3

SOURCE_PROJECT = Project("p-north", "cn-north-4", "d1", True)
DESTINATION_PROJECT = Project("p-south", "cn-south-1", "d1", True)
AGENCY = Agency("a1", "ims_copy_image", "op_svc_ims")
ADMINISTRATOR = Role("ims_adm", "IMS Administrator")
READER = Role("readonly", "Tenant Guest")

RUNNING: dict[str, t.Any] = {
    "status": "RUNNING",
    "job_id": "ff80",
    "job_type": "imsCrossRegionCopyImageJob",
    "begin_time": "2026-03-01T12:00:40.100Z",
    "end_time": "",
    "error_code": None,
    "fail_reason": None,
    "entities": {"image_name": "web", "process_percent": 0.4, "current_task": "CrossRegionCopyImageTask:"},
}


def raw_image(**raw: t.Any) -> dict[str, t.Any]:
    return {
        "id": SOURCE_ID,
        "name": "golden",
        "owner": SOURCE_PROJECT.id,
        "status": "active",
        "__imagetype": "private",
        "__image_size": str(3 * GIB),
        "__os_type": "Linux",
        "min_disk": 40,
        "virtual_env_type": "FusionCompute",
        **raw,
    }


def source(**raw: t.Any) -> Image:
    """The source image, in cn-north-4."""
    return parse_image(raw_image(**raw), "cn-north-4")


def replica(image_id: str = "r1", origin: Origin | None = ORIGIN, **raw: t.Any) -> Image:
    """An image in cn-south-1 that is a copy of the source, or of ``origin``."""
    proof = {"__data_origin": f"image,{origin.region},{origin.image_id}"} if origin else {}
    return parse_image(raw_image(id=image_id, **{"owner": DESTINATION_PROJECT.id, **proof, **raw}), "cn-south-1")


def standing(
    status: str, origin: Origin | None = ORIGIN, name: str = "golden", image_id: str = "r1", **raw: t.Any
) -> Image:
    """An image that stands in the destination."""
    return replica(image_id, origin, status=status, name=name, **raw)


def destination(**fields: t.Any) -> Destination:
    given = {"region": "cn-south-1", "project_name": "cn-south-1", "agency_name": "ims_copy_image"}
    return Destination(**{**given, **fields})


def request(**fields: t.Any) -> CopyRequest:
    given = {
        "source_region": "cn-north-4",
        "source_project_name": "cn-north-4",
        "destination": destination(),
    }
    if "image_name" not in fields:
        fields.setdefault("image_id", SOURCE_ID)
    return CopyRequest(**{**given, **fields})


def facts(**fields: t.Any) -> Facts:
    """Everything is there and in order."""
    given = {
        "regions": frozenset({"cn-north-4", "cn-south-1"}),
        "source_project": SOURCE_PROJECT,
        "destination_project": DESTINATION_PROJECT,
        "sources": [source()],
        "agency": AGENCY,
        "roles": [ADMINISTRATOR],
        "inherited_roles": [],
        "quota": Quota(used=3, limit=100),
    }
    return Facts(**{**given, **fields})
