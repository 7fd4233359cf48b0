# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The official SDK clients, pointed at the ports of an emulator."""

from __future__ import annotations

import typing as t

from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiam.v3 import IamClient
from huaweicloudsdkims.v2 import ImsClient

from tests.emulator import seed
from tests.emulator.testing import Emulator


def ims(
    emulator: Emulator, region: str, key: seed.AccessKey = seed.OPERATOR_KEY, project: seed.Project | None = None
) -> t.Any:
    """A client of one region; the SDK itself asks IAM for the project unless one is given."""
    credentials = BasicCredentials(key.access, key.secret, project.id if project else None)
    return _built(ImsClient, credentials, emulator, key, region, emulator.region_endpoints[region])


def iam(emulator: Emulator, key: seed.AccessKey = seed.OPERATOR_KEY) -> t.Any:
    credentials = GlobalCredentials(key.access, key.secret)
    endpoint = emulator.iam_port_endpoint
    assert endpoint is not None
    return _built(IamClient, credentials, emulator, key, "cn-north-4", endpoint)


def _built(
    client: t.Any, credentials: t.Any, emulator: Emulator, key: seed.AccessKey, region: str, endpoint: str
) -> t.Any:
    credentials.with_iam_endpoint(emulator.iam_port_endpoint)
    if key.security_token is not None:
        credentials.with_security_token(key.security_token)
    return client.new_builder().with_credentials(credentials).with_region(Region(region, endpoint)).build()
