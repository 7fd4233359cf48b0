# SPDX-License-Identifier: GPL-3.0-or-later
"""An image service that answers as a script says."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.ims import Ims
from tests.unit.asking import Asked
from tests.unit.support import Server


@pytest.fixture
def asked(serve: t.Any, client_of: t.Any) -> Asked:
    def make(*script: t.Any, **options: t.Any) -> tuple[Ims, Server]:
        server = serve(*script)
        return Ims(client_of(server, project_id="me", **options), "cn-north-4", "me"), server

    return make
