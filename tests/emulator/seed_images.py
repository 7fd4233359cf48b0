# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The images that the emulator begins with, in the shape of the IMS API reference, Querying Images (ListImages)."""

from __future__ import annotations

import dataclasses
import typing as t

from . import seed

GIB = 1024**3
Raw = dict[str, t.Any]

UBUNTU_WEB = "10000000-0000-4000-8000-000000000001"
DEBIAN_DB = "10000000-0000-4000-8000-000000000002"
CENTOS_LEGACY = "10000000-0000-4000-8000-000000000003"
ROCKY_BATCH = "10000000-0000-4000-8000-000000000004"
WINDOWS_APP = "10000000-0000-4000-8000-000000000005"
EULEROS_ARM = "10000000-0000-4000-8000-000000000006"
DATA_DISK_LOGS = "10000000-0000-4000-8000-000000000007"
FULL_ECS_ERP = "10000000-0000-4000-8000-000000000008"
ENCRYPTED_VAULT = "10000000-0000-4000-8000-000000000009"
INSTALLER_ISO = "10000000-0000-4000-8000-000000000010"
TOO_LARGE_LAKE = "10000000-0000-4000-8000-000000000011"
BEING_CREATED = "10000000-0000-4000-8000-000000000012"
SHARED_OUT_BASE = "10000000-0000-4000-8000-000000000013"
TWIN_ONE = "10000000-0000-4000-8000-000000000014"
TWIN_TWO = "10000000-0000-4000-8000-000000000015"
BROKEN_EVERYTHING = "10000000-0000-4000-8000-000000000016"
CI_RUNNER = "10000000-0000-4000-8000-000000000017"
PARTNER_IMAGE = "20000000-0000-4000-8000-000000000001"
PUBLIC_UBUNTU = "20000000-0000-4000-8000-000000000002"
MARKET_APPLIANCE = "20000000-0000-4000-8000-000000000003"
OCCUPIED_NAME = "30000000-0000-4000-8000-000000000001"
SOUTH_NATIVE = "30000000-0000-4000-8000-000000000002"

_INSTANCE = "40000000-0000-4000-8000-000000000001"
_VOLUME = "40000000-0000-4000-8000-000000000002"
_BACKUP = "40000000-0000-4000-8000-000000000003"
_KEY = "40000000-0000-4000-8000-000000000004"
_PARENT = "40000000-0000-4000-8000-000000000005"


@dataclasses.dataclass(frozen=True)
class SeedImage:
    """``project_id`` None: in every project of the region."""

    region: str
    project_id: str | None
    raw: Raw


def complete(raw: Raw, owner: str, created_at: str) -> Raw:
    """``raw`` over the attributes that every private image has."""
    whole: Raw = {
        "id": raw["id"],
        "name": raw["id"],
        "owner": owner,
        "status": "active",
        "visibility": "private",
        "protected": False,
        "container_format": "bare",
        "disk_format": "zvhd2",
        "min_disk": 40,
        "min_ram": 0,
        "max_ram": "0",
        "size": 0,
        "checksum": "99914b932bd37a50b983c5e7c90ae93b",
        "virtual_size": None,
        "created_at": created_at,
        "updated_at": created_at,
        "self": f"/v2/images/{raw['id']}",
        "file": f"/v2/images/{raw['id']}/file",
        "schema": "/v2/schemas/image",
        "tags": [],
        "enterprise_project_id": "0",
        "virtual_env_type": "FusionCompute",
        "hw_firmware_type": "bios",
        "hw_vif_multiqueue_enabled": "False",
        "__imagetype": "private",
        "__isregistered": "true",
        "__image_size": str(GIB),
        "__image_source_type": "uds",
        "__image_displayname": "",
        "__description": "",
        "__data_origin": f"instance,{_INSTANCE}",
        "__originalimagename": _PARENT,
        "__backup_id": "",
        "__os_type": "Linux",
        "__os_bit": "64",
        "__os_version": "Ubuntu 22.04 server 64bit",
        "__platform": "Ubuntu",
        "__os_feature_list": '{"onekey_resetpasswd":"true"}',
        "__productcode": "",
        "__account_code": "",
        "__system_support_market": True,
        "__lazyloading": "True",
        "__sequence_num": "1",
        "__support_kvm": "true",
        "__support_agent_list": "hss,ces",
    }
    whole.update(raw)
    if whole["status"] == "active":
        whole.setdefault("active_at", whole["updated_at"])
    return {name: value for name, value in whole.items() if value is not None or name == "virtual_size"}


def _linux(image_id: str, name: str, gib: int, os_version: str, platform: str, **more: t.Any) -> Raw:
    size = {"__image_size": str(gib * GIB), "min_disk": max(40, gib * 2)}
    return {"id": image_id, "name": name, "__os_version": os_version, "__platform": platform, **size, **more}


def _windows(image_id: str, name: str, gib: int) -> Raw:
    version = "Windows Server 2019 Datacenter 64bit"
    return _linux(image_id, name, gib, version, "Windows", **{"__os_type": "Windows", "__lazyloading": "False"})


_UBUNTU = "Ubuntu 22.04 server 64bit"
_ENCRYPTED = {"__system__cmkid": _KEY}
_ISO = {"virtual_env_type": "IsoImage", "disk_format": "iso", "__root_origin": "file"}
_ISO_ORIGIN = {"__data_origin": "file,installers:installer.iso", "__originalimagename": ""}

_OWN = (
    _linux(
        UBUNTU_WEB,
        "ubuntu-22.04-web",
        3,
        _UBUNTU,
        "Ubuntu",
        architecture="x86",
        tags=["env=prod", "role=web"],
        __description="web server base",
    ),
    _linux(DEBIAN_DB, "debian-12-db", 12, "Debian GNU/Linux 12.0.0 64bit", "Debian", tags=["env=prod"]),
    _linux(CENTOS_LEGACY, "centos-7-legacy", 2, "CentOS 7.9 64bit", "CentOS", tags=["env=test"]),
    _linux(ROCKY_BATCH, "rocky-9-batch", 6, "Rocky Linux 9.2 64bit", "Other"),
    _windows(WINDOWS_APP, "windows-2019-app", 18),
    _linux(
        EULEROS_ARM,
        "euleros-arm",
        2,
        "EulerOS 2.9 64bit with ARM",
        "EulerOS",
        architecture="arm",
        hw_firmware_type="uefi",
        __support_arm="true",
    ),
    _linux(
        DATA_DISK_LOGS,
        "data-disk-logs",
        40,
        "Other Linux(64 bit)",
        "Other",
        virtual_env_type="DataImage",
        __data_origin=f"volume,{_VOLUME}",
    ),
    _linux(
        FULL_ECS_ERP,
        "full-ecs-erp",
        20,
        _UBUNTU,
        "Ubuntu",
        __whole_image="true",
        __backup_id=_BACKUP,
        __data_origin=f"server_backup,{_BACKUP}",
    ),
    _linux(ENCRYPTED_VAULT, "encrypted-vault", 4, _UBUNTU, "Ubuntu", **_ENCRYPTED),
    _linux(INSTALLER_ISO, "installer-iso", 1, "Other Linux(64 bit)", "Other", **_ISO, **_ISO_ORIGIN),
    _linux(TOO_LARGE_LAKE, "too-large-lake", 200, _UBUNTU, "Ubuntu"),
    _linux(BEING_CREATED, "being-created", 1, _UBUNTU, "Ubuntu", status="saving", __image_size=None),
    _linux(SHARED_OUT_BASE, "shared-out-base", 2, _UBUNTU, "Ubuntu", __imagetype="shared", visibility="shared"),
    _linux(TWIN_ONE, "twin-image", 2, _UBUNTU, "Ubuntu"),
    _linux(TWIN_TWO, "twin-image", 2, _UBUNTU, "Ubuntu"),
    _linux(BROKEN_EVERYTHING, "broken-everything", 400, "Other Linux(64 bit)", "Other", **_ENCRYPTED, **_ISO),
)
_PUBLIC = {"visibility": "public", "__data_origin": "", "__originalimagename": "", "protected": True}


def seed_images() -> list[SeedImage]:
    """Fresh copies, in the order of their creation."""
    north, south = seed.CN_NORTH_4, seed.CN_SOUTH_1
    build = seed.CN_NORTH_4_BUILD
    placed: list[tuple[str, str | None, str, Raw]] = [
        (north.region, None, seed.PUBLIC_PROJECT_ID, _public(PUBLIC_UBUNTU, "Ubuntu 22.04 server 64bit", "gold")),
        (north.region, None, seed.PUBLIC_PROJECT_ID, _public(MARKET_APPLIANCE, "Marketplace appliance", "market")),
        *((north.region, north.id, north.id, raw) for raw in _OWN),
        (north.region, build.id, build.id, _linux(CI_RUNNER, "ci-runner", 4, _UBUNTU, "Ubuntu")),
        (
            north.region,
            north.id,
            seed.FOREIGN_PROJECT_ID,
            _linux(PARTNER_IMAGE, "partner-image", 3, _UBUNTU, "Ubuntu", __imagetype="shared", visibility="shared"),
        ),
        (
            south.region,
            south.id,
            south.id,
            _linux(
                OCCUPIED_NAME,
                "occupied-name",
                5,
                _UBUNTU,
                "Ubuntu",
                __data_origin="file,images:occupied.qcow2",
                __root_origin="file",
                __originalimagename="",
            ),
        ),
        (south.region, south.id, south.id, _linux(SOUTH_NATIVE, "south-native", 2, _UBUNTU, "Ubuntu")),
    ]
    return [
        SeedImage(region, project, complete({**raw, "tags": list(raw.get("tags", []))}, owner, _day(number)))
        for number, (region, project, owner, raw) in enumerate(placed)
    ]


def _public(image_id: str, name: str, image_type: str) -> Raw:
    return _linux(image_id, name, 2, _UBUNTU, "Ubuntu", __imagetype=image_type, **_PUBLIC)


def _day(number: int) -> str:
    return f"2026-01-{number + 1:02d}T08:00:00Z"
