# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules run in this process against an embedded cloud whose clock stands still until a module waits."""

from __future__ import annotations

import datetime
import json
import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.huaweicloud.ims.plugins.modules import ims_image_cross_region_copy, ims_image_migration
from tests.emulator.testing import Emulator, running
from tests.module_args import as_received, patch_module_args


class CloudClock:
    """Sleeping moves the embedded cloud's time forward, and nothing else does."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._elapsed = 0.0
        self._began = datetime.datetime.now(datetime.timezone.utc)
        self.sleeps: t.List[float] = []
        self.dies_at: t.Optional[int] = None

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """With ``dies_at`` the run is killed instead of beginning that sleep, counted from 0."""
        if self.dies_at == len(self.sleeps):
            self.dies_at = None
            raise KeyboardInterrupt
        self.sleeps.append(seconds)
        self._elapsed += seconds
        self._emulator.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Time passes between two runs."""
        self._elapsed += seconds
        self._emulator.advance(seconds)

    def utcnow(self) -> datetime.datetime:
        return self._began + datetime.timedelta(seconds=self._elapsed)


@pytest.fixture(scope="session")
def server() -> t.Iterator[Emulator]:
    with running(manual_clock=True) as emulator:
        yield emulator


@pytest.fixture
def cloud(server: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: t.Any) -> Emulator:
    """A fresh cloud, the environment variables of its operator, and a host that remembers nothing yet."""
    server.reset()
    for name, value in server.env("operator", "aksk").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HW_IMS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("HW_MAX_RETRIES", "2")
    return server


@pytest.fixture
def as_user(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., None]:
    """Has the next runs call as another user, or prove it another way: ``aksk``, ``password`` or ``temporary``."""

    def change(user: str = "operator", how: str = "aksk") -> None:
        for name in cloud.env("operator", "temporary"):
            monkeypatch.delenv(name, raising=False)
        for name, value in cloud.env(user, how).items():
            monkeypatch.setenv(name, value)

    return change


@pytest.fixture(autouse=True)
def warnings(monkeypatch: pytest.MonkeyPatch) -> t.List[str]:
    """What the last run warned of, as texts; Ansible's own list outlives a run and its form depends on the version."""
    texts: t.List[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda module, text: texts.append(text))
    return texts


@pytest.fixture
def clock(cloud: Emulator) -> CloudClock:
    return CloudClock(cloud)


Run = t.Callable[..., t.Dict[str, t.Any]]


def told(printed: str) -> t.Dict[str, t.Any]:
    """What a module has printed as its result. Whatever goes wrong in any test here, its error says what to do."""
    result: t.Dict[str, t.Any] = json.loads(as_received(printed))
    for error in (result.get("error"), *(entry["error"] for entry in result.get("results") or ())):
        assert error is None or error["hint"], error
    return result


@pytest.fixture
def copy(cloud: Emulator, clock: CloudClock, warnings: t.List[str], capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``ims_image_cross_region_copy``; what is not given is the usual copy to cn-south-1."""

    def run(check: bool = False, diff: bool = False, **params: t.Any) -> t.Dict[str, t.Any]:
        params.setdefault("source_region", "cn-north-4")
        params.setdefault("destination_region", "cn-south-1")
        params.setdefault("agency_name", "ims_copy_image")
        if "image_id" not in params:
            params.setdefault("image_name", "ubuntu-22.04-web")
        # None stands for an option that was not given.
        params = {option: value for option, value in params.items() if value is not None}
        capsys.readouterr()
        clock.sleeps.clear()
        warnings.clear()
        arguments = {**params, "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            ims_image_cross_region_copy.run(ims_image_cross_region_copy.build(), clock)
        return told(capsys.readouterr().out)

    return run


@pytest.fixture
def migrate(cloud: Emulator, clock: CloudClock, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``ims_image_migration``; what is not given is the usual destination, cn-south-1."""

    def run(check: bool = False, diff: bool = False, **params: t.Any) -> t.Dict[str, t.Any]:
        params.setdefault("source_region", "cn-north-4")
        params.setdefault("destinations", [{"region": "cn-south-1", "agency_name": "ims_copy_image"}])
        capsys.readouterr()
        clock.sleeps.clear()
        arguments = {**params, "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            ims_image_migration.run(ims_image_migration.build(), clock)
        return told(capsys.readouterr().out)

    return run


@pytest.fixture
def killed(copy: Run, clock: CloudClock) -> t.Callable[..., bool]:
    """Runs the module and kills it when it begins its n-th wait; False: it had ended before."""

    def run(at: int, **params: t.Any) -> bool:
        clock.dies_at = at
        try:
            copy(**params)
        except KeyboardInterrupt:
            return True
        clock.dies_at = None
        return False

    return run


@pytest.fixture
def replicas(cloud: Emulator) -> t.Callable[..., t.List[t.Dict[str, t.Any]]]:
    """The raw images of a name in the destination that were not given up, those that nobody sees yet included."""

    def look(name: str = "ubuntu-22.04-web", region: str = "cn-south-1") -> t.List[t.Dict[str, t.Any]]:
        return [raw for raw in cloud.images(region) if raw["name"] == name and raw["status"] != "killed"]

    return look
