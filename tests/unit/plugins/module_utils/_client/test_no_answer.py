# SPDX-License-Identifier: GPL-3.0-or-later
"""Why no answer came, in words, and that a cloud gives its connections back."""

from __future__ import annotations

import ssl
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.cloud import Cloud
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import Connection
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.no_answer import reason_of
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Transport
from tests.unit.support import FakeClock


def refused(**attributes: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    for name, value in attributes.items():
        setattr(error, name, value)
    return error


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"verify_message": "certificate has expired"}, "certificate has expired"),
        ({"verify_message": ""}, "it does not match the host"),
    ],
)
def test_a_certificate_that_is_not_accepted_is_told_in_openssls_words(attributes: t.Any, words: str) -> None:
    assert reason_of(refused(**attributes)) == words


def test_a_cloud_gives_its_connections_back(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Transport] = []

    def close(transport: Transport) -> None:
        closed.append(transport)

    monkeypatch.setattr(Transport, "close", close)
    with Cloud(Connection(access_key="a", secret_key="s"), clock, home_region="cn-north-4"):
        assert closed == []
    assert len(closed) == 1
