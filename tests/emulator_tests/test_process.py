# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The emulator as a process of its own: its options, its port file, TLS, and its end."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import typing as t

import pytest
import requests
import trustme

from tests.emulator import seed
from tests.emulator.testing import Emulator, Tls, running
from tests.emulator_tests.api import NORTH, Api

ROOT = pathlib.Path(__file__).resolve().parents[2]


def start(
    module: str, path: pathlib.Path, port_file: pathlib.Path, *options: str, stdout: t.Any = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", module, "--port-file", str(port_file), *options],
        env={**os.environ, "PYTHONPATH": str(path)},
        stdout=stdout,
    )


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_a_shell_is_told_what_to_export(tmp_path: pathlib.Path, secure: bool) -> None:
    certificate = tmp_path / "its own.pem"
    options = ["--env"]
    if secure:
        trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
        options += ["--tls-cert", str(certificate)]
    told = tmp_path / "told"
    with told.open("wb") as file:
        process = start("tests.emulator", ROOT, tmp_path / "ports", *options, stdout=file)
    with reached(tmp_path / "ports") as emulator:
        process.terminate()
        process.wait(10)
        info = (emulator.iam_endpoint, emulator.ims_endpoint)
    shell = subprocess.run(
        ["bash", "-c", f". {told}; env"], check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}
    )
    variables = dict(line.split("=", 1) for line in shell.stdout.splitlines() if line.startswith("HW_"))
    key = seed.OPERATOR_KEY
    assert (variables.pop("HW_AUTH_URL"), variables.pop("HW_IMS_ENDPOINT")) == info
    assert (variables.pop("HW_ACCESS_KEY"), variables.pop("HW_SECRET_KEY")) == (key.access, key.secret)
    assert variables.pop("HW_REGION_NAME") == NORTH
    assert variables == ({"HW_CACERT": str(certificate)} if secure else {})


@contextlib.contextmanager
def reached(port_file: pathlib.Path) -> t.Iterator[Emulator]:
    """A handle on the emulator, as soon as it can be reached."""
    deadline = time.monotonic() + 10
    while not port_file.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    with contextlib.closing(Emulator.from_port_file(port_file)) as emulator:
        yield emulator


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(("module", "path"), [("tests.emulator", ROOT), ("emulator", ROOT / "tests")])
def test_it_starts_under_both_names_and_ends_cleanly(
    tmp_path: pathlib.Path, module: str, path: pathlib.Path, number: signal.Signals
) -> None:
    process = start(module, path, tmp_path / "ports", "--pid-file", str(tmp_path / "pid"))
    with reached(tmp_path / "ports") as emulator, requests.Session() as session:
        assert emulator.health()["status"] == "ok"
        assert int((tmp_path / "pid").read_text()) == process.pid
        assert json.loads((tmp_path / "ports").read_text())["pid"] == process.pid
        # Connections that are kept alive do not hold the end up.
        session.get(f"{emulator.base_url}/_emulator/health", timeout=5)
        process.send_signal(number)
        assert process.wait(5) == 0


def test_its_options_reach_it(tmp_path: pathlib.Path) -> None:
    options = ("--manual-clock", "--region-ports", "--switch", "slots=2", "--switch", "requests_per_minute=null")
    process = start("tests.emulator", ROOT, tmp_path / "ports", *options)
    try:
        with reached(tmp_path / "ports") as emulator:
            assert emulator.now() == 0
            assert emulator.switch()["slots"] == 2
            assert set(emulator.region_endpoints) == set(seed.REGIONS)
            reply = requests.get(f"{emulator.region_endpoints[NORTH]}/v2", timeout=5)
            assert reply.status_code == 300
    finally:
        process.terminate()
        process.wait(5)


@pytest.mark.parametrize("options", [("--switch", "slots=many"), ("--switch", "slots"), ("--time-scale", "0")])
def test_a_wrong_option_is_refused(tmp_path: pathlib.Path, options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "tests.emulator", *options]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=10, check=False)
    assert finished.returncode == 2
    assert options[0].encode() in finished.stderr


def test_running_as_a_process_is_the_same(tmp_path: pathlib.Path) -> None:
    with running(in_process=False, manual_clock=True, switches={"page_info": True}) as emulator, Api(emulator) as api:
        assert emulator.switch()["page_info"] is True
        assert "ubuntu-22.04-web" in api.names()
    with pytest.raises(OSError, match="refused"):
        emulator.health()


def test_tls_is_served_with_the_given_certificate(tmp_path: pathlib.Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    tls = Tls(tmp_path / "chain.pem", tmp_path / "key.pem", tmp_path / "ca.pem")
    tls.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(tls.key))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with running(tls=tls) as emulator:
        assert emulator.base_url.startswith("https://")
        assert emulator.health()["status"] == "ok"
        assert emulator.env()["HW_CACERT"] == str(tmp_path / "ca.pem")
        assert requests.get(f"{emulator.iam_endpoint}/v3", verify=str(tmp_path / "ca.pem"), timeout=5).ok
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{emulator.iam_endpoint}/v3", timeout=5)
