# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints without TLS are told of, unless nothing leaves this host."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import resolve


@pytest.mark.parametrize(
    ("endpoint", "in_the_open"),
    [
        ("https://ims.example.com", False),
        ("http://127.0.0.1:8765/ims/{region}", False),
        ("http://127.8.9.1", False),
        ("http://[::1]:8765/{region}", False),
        ("http://localhost:8765", False),
        ("http://LOCALHOST/x", False),
        ("http://ims.{region}.example.com", True),
        ("http://localhost.example.com", True),
        ("http://10.0.0.1:8765", True),
        ("HTTP://ims.example.com", True),
        ("http://[fe80::1]/", True),
    ],
)
@pytest.mark.parametrize("option", ["iam_endpoint", "ims_endpoint"])
def test_an_endpoint_without_tls_is_in_the_open_unless_it_is_on_this_host(
    option: str, endpoint: str, in_the_open: bool
) -> None:
    made = resolve({"access_key": "AK", "secret_key": "SK", option: endpoint}, {})
    assert made.in_the_open == ([option] if in_the_open else [])
