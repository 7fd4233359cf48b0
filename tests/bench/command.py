# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real ``ansible-playbook`` and ``ansible``, and the script beside them, and tells what they used."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import typing as t

from tests.bench.harness import AGENCY, DESTINATION, FLEET, SOURCE, Result
from tests.emulator import seed
from tests.emulator.testing import Emulator

HERE = pathlib.Path(__file__).resolve().parent
BIN = pathlib.Path(sys.executable).parent
COPY = "huaweicloud.ims.ims_image_cross_region_copy"
MIGRATION = "huaweicloud.ims.ims_image_migration"
# For a run that hangs; the longest measurement takes some four minutes.
PATIENCE = 900.0


class Used(t.NamedTuple):
    """Wall time and processor time in seconds; ``memory`` is the peak of the collection's module in MB, if asked."""

    seconds: float
    processor: float
    output: str
    memory: float = 0.0


class Controller:
    """A controller with a home of its own. ``tree`` holds the collection, so that another checkout can be measured."""

    def __init__(self, folder: pathlib.Path, tree: pathlib.Path) -> None:
        self.folder = folder
        self._runs = 0
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ANSIBLE_", "HW_", "PYTHON", "COVERAGE_")) and not name.lower().endswith("_proxy")
        }
        self.environment.update(
            HOME=str(folder / "home"),
            ANSIBLE_HOME=str(folder / "home" / ".ansible"),
            ANSIBLE_COLLECTIONS_PATH=str(tree),
            ANSIBLE_REMOTE_TMP=str(folder / "remote"),
            ANSIBLE_ASYNC_DIR=str(folder / "async"),
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
            ANSIBLE_NOCOLOR="true",
            HW_IMS_STATE_DIR=str(folder / "state"),
            # Compiled files are kept as on any controller, but not in the checkout.
            PYTHONPYCACHEPREFIX=str(folder / "compiled"),
        )
        (folder / "home").mkdir(parents=True)

    def begin(self, command: t.Sequence[str], variables: t.Mapping[str, str]) -> Running:
        self._runs += 1
        folder = self.folder / f"run-{self._runs}"
        folder.mkdir()
        return Running(command, folder, {**self.environment, **variables})

    def play(
        self,
        cloud: Emulator,
        *tasks: Result,
        flags: t.Sequence[str] = (),
        memory: bool = False,
        settings: str = "",
    ) -> Running:
        """A playbook of these tasks and nothing else, on its way; ``settings`` are lines of ``ansible.cfg``."""
        name = self.folder / f"play-{self._runs}.yml"
        name.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
        variables = cloud.env()
        if settings:
            configuration = self.folder / f"ansible-{self._runs}.cfg"
            configuration.write_text(f"[defaults]\n{settings}\n", encoding="ascii")
            variables["ANSIBLE_CONFIG"] = str(configuration)
        if memory:
            variables["PYTHONPATH"] = str(HERE / "memory")
            variables["BENCH_MEMORY"] = str(self.folder / f"memory-{self._runs}")
        return self.begin([str(BIN / "ansible-playbook"), *flags, str(name)], variables)

    def ping(self) -> Running:
        return self.begin([str(BIN / "ansible"), "localhost", "-m", "ping"], {})

    def adhoc(self, cloud: Emulator, module: str, **options: t.Any) -> Running:
        given = " ".join(f"{option}={value}" for option, value in options.items())
        return self.begin([str(BIN / "ansible"), "localhost", "-m", module, "-a", given], cloud.env())

    def script(self, cloud: Emulator, interval: float) -> Running:
        """The script on the official SDK, in an environment as its user would have it."""
        assert cloud.iam_port_endpoint is not None
        variables = {
            "HUAWEICLOUD_SDK_AK": seed.OPERATOR_KEY.access,
            "HUAWEICLOUD_SDK_SK": seed.OPERATOR_KEY.secret,
            "IAM_ENDPOINT": cloud.iam_port_endpoint,
            "SOURCE_ENDPOINT": cloud.region_endpoints[SOURCE],
            "DESTINATION_ENDPOINT": cloud.region_endpoints[DESTINATION],
        }
        return self.begin([sys.executable, str(HERE / "sdk_script.py"), str(interval)], variables)


class Running:
    """A command on its way; :meth:`end` waits for it."""

    def __init__(self, command: t.Sequence[str], folder: pathlib.Path, environment: t.Mapping[str, str]) -> None:
        self._folder = folder
        self._command = command
        self._memory = environment.get("BENCH_MEMORY")
        with (folder / "printed").open("wb") as printed:
            self._process = subprocess.Popen(
                [sys.executable, str(HERE / "measured.py"), str(folder / "used.json"), *command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
            )

    def end(self) -> Used:
        try:
            status = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        output = (self._folder / "printed").read_text(encoding="utf-8", errors="replace")
        if status:
            raise RuntimeError(f"{' '.join(self._command)} ended with {status}:\n{output[-3000:]}")
        used = json.loads((self._folder / "used.json").read_text(encoding="utf-8"))
        return Used(used["seconds"], used["processor"], output, self._peak())

    def _peak(self) -> float:
        if self._memory is None:
            return 0.0
        lines = [line.split() for line in pathlib.Path(self._memory).read_text(encoding="ascii").splitlines()]
        return max(int(peak) for name, peak in lines if "ims_" in name) / 1024


@contextlib.contextmanager
def controller(tree: pathlib.Path) -> t.Iterator[Controller]:
    with tempfile.TemporaryDirectory(prefix="ims-bench-") as folder:
        yield Controller(pathlib.Path(folder), tree)


def migration(**options: t.Any) -> Result:
    given = {
        "source_region": SOURCE,
        "query": FLEET,
        "destinations": [{"region": DESTINATION, "agency_name": AGENCY}],
        **options,
    }
    return {"name": "Copy the images", MIGRATION: given}


def one_copy(**options: t.Any) -> Result:
    given = {
        "source_region": SOURCE,
        "destination_region": DESTINATION,
        "agency_name": AGENCY,
        "image_name": "fleet-00000",
        **options,
    }
    return {"name": "Copy the image", COPY: given}
