# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud whose certificate is of an authority that nobody knows."""

from __future__ import annotations

import pytest
import trustme

from tests.emulator.testing import Tls, running


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    paths = Tls(folder / "chain.pem", folder / "key.pem", folder / "authority.pem")
    certificate.cert_chain_pems[0].write_to_path(str(paths.certificate))
    certificate.private_key_pem.write_to_path(str(paths.key))
    authority.cert_pem.write_to_path(str(paths.authority))
    with running(time_scale=240, tls=paths) as emulator:
        yield emulator


@pytest.fixture
def cloud(secure):
    secure.reset()
    return secure


@pytest.fixture(autouse=True)
def without_authority(ansible):
    del ansible.environment["HW_CACERT"]


def test_its_certificate_is_refused(refused):
    message, error = refused()

    assert error["stage"] == "connect"
    assert "certificate" in message
    assert "ca_path" in error["hint"]


@pytest.mark.parametrize("how", ["option", "environment"])
def test_its_certificate_is_accepted_when_ca_path_names_the_authority(ansible, cloud, how):
    if how == "environment":
        ansible.environment["HW_CACERT"] = cloud.ca_path

    outcome = ansible.adhoc("--check", ca_path=cloud.ca_path if how == "option" else None)

    assert outcome.result["action"] == "submitted"


@pytest.mark.parametrize("how", ["option", "environment"])
def test_its_certificate_need_not_be_verified(ansible, how):
    if how == "environment":
        ansible.environment["HW_INSECURE"] = "true"

    outcome = ansible.adhoc("--check", validate_certs="false" if how == "option" else None)

    assert outcome.result["action"] == "submitted"
