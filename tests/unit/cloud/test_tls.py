# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud whose certificate is of an authority that nobody knows."""

from __future__ import annotations

import pytest
import trustme

from tests.emulator.testing import Tls, running


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    paths = Tls(folder / "chain.pem", folder / "key.pem", folder / "authority.pem")
    certificate.cert_chain_pems[0].write_to_path(str(paths.certificate))
    certificate.private_key_pem.write_to_path(str(paths.key))
    authority.cert_pem.write_to_path(str(paths.authority))
    with running(manual_clock=True, tls=paths) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def without_authority(cloud, monkeypatch):
    monkeypatch.delenv("HW_CACERT")


def test_its_certificate_is_refused_and_the_way_out_is_named(cloud, copy):
    result = copy()

    assert (result["failed"], result["changed"], result["error"]["stage"]) == (True, False, "connect")
    assert "certificate" in result["msg"]
    assert "ca_path" in result["error"]["hint"]
    assert cloud.journal() == []


@pytest.mark.parametrize("how", ["option", "environment"])
def test_its_certificate_is_accepted_when_ca_path_names_the_authority(cloud, copy, monkeypatch, how):
    if how == "environment":
        monkeypatch.setenv("HW_CACERT", cloud.ca_path)

    result = copy(ca_path=cloud.ca_path if how == "option" else None)

    assert (result["action"], result["image"]["status"]) == ("submitted", "active")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize("how", ["option", "environment"])
def test_its_certificate_need_not_be_verified(copy, monkeypatch, how):
    if how == "environment":
        monkeypatch.setenv("HW_INSECURE", "true")

    result = copy(validate_certs=False if how == "option" else None)

    assert (result["action"], result["image"]["status"]) == ("submitted", "active")
