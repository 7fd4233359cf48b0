# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test with one core on one Python, and sees which versions really ran."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import subprocess
import time
import typing as t

from tests.tools.alone import alone
from tests.tools.matrix.plan import Cell, not_seen
from tests.tools.pythons import by_version

ROOT = pathlib.Path(__file__).resolve().parents[3]
LOGS = ROOT / ".build" / "logs" / "matrix"
VENVS = ROOT / ".build" / "matrix"
# What ansible-test is called with. "plugins" is a part of "units" that takes a minute.
PARTS: t.Mapping[str, tuple[str, ...]] = {
    "sanity": ("sanity", "--local"),
    "units": ("units", "--venv", "--python", "{python}"),
    "plugins": ("units", "--venv", "--python", "{python}", "tests/unit/plugins/"),
    "integration": ("integration", "--local"),
    "installed": (),
}
# Not a part of ansible-test: the artifact, run where nothing else is.
INSTALLED = "installed"
OLDEST_TARGET = re.compile(r"python_requires:\s*'>=(3\.\d+)'")
# What ansible-test says when a test begins; it says "Skipping" of one that does not, and is content.
IMPORTED = re.compile(r'Running sanity test "import" on Python (3\.\d+)')
PASSED = re.compile(r"^=+ (.*\d+ passed.*) in [\d.]+s.*=+$", re.MULTILINE)
TARGETS = (
    "from ansible_test._util.target.common import constants as c;"
    "print(*c.REMOTE_ONLY_PYTHON_VERSIONS, *c.CONTROLLER_PYTHON_VERSIONS)"
)
ABOUT = (
    "import sys; from ansible.release import __version__ as core;"
    "print('core', core, 'on Python', sys.version.split()[0])"
)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one part; ``note`` says what ran, or what was wrong."""

    cell: Cell
    part: str
    passed: bool
    seconds: float
    note: str


def oldest_target() -> str:
    """The oldest Python on which modules are to run: tests/config.yml says so to ansible-test."""
    (oldest,) = OLDEST_TARGET.finditer((ROOT / "tests" / "config.yml").read_text(encoding="utf-8"))
    return oldest[1]


def set_up(cell: Cell, python: pathlib.Path) -> str:
    """Its environment, made anew unless it is there; what it consists of.

    :raises subprocess.CalledProcessError: when it cannot be made
    """
    with alone(VENVS / cell.name):
        return _set_up(cell, python)


def _set_up(cell: Cell, python: pathlib.Path) -> str:
    venv, about = VENVS / cell.name, f"core {cell.core.version} on Python {cell.python}."
    if not _says(venv).startswith(about):
        for command in (
            (str(python), "-m", "venv", "--clear", str(venv)),
            (
                *(str(venv / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"),
                *(f"ansible-core=={cell.core.version}", "-r", str(ROOT / "tests" / "integration" / "requirements.txt")),
            ),
        ):
            subprocess.run(command, check=True)
    said = _says(venv)
    if not said.startswith(about):
        raise RuntimeError(f"wanted {about}, and got {said}")
    return said


def run(cell: Cell, part: str, skip: t.Collection[str]) -> Outcome:
    """One part of ansible-test; what it prints is in a log of its own."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{cell.name}-{part}.log"
    venv = VENVS / cell.name
    arguments = [word.format(python=cell.python) for word in PARTS[part]]
    script = ["tests/tools/installed.sh"] if part == INSTALLED else ["tests/tools/ansible_test.sh", *arguments]
    began = time.monotonic()
    with log.open("wb") as file:
        status = subprocess.run(
            ["bash", *script],
            env={**_environment(), "VENV": str(venv)},
            cwd=ROOT,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        ).returncode
    text = log.read_text(encoding="utf-8", errors="replace")
    note, passed = f"see {log.relative_to(ROOT)}", False
    if not status:
        passed, note = _targets_seen(venv, text, skip) if part == "sanity" else _tests_seen(cell, part, text)
    return Outcome(cell, part, passed, time.monotonic() - began, note)


def _targets_seen(venv: pathlib.Path, text: str, skip: t.Collection[str]) -> tuple[bool, str]:
    """Whether modules were imported by each Python that a target of this core may have, and by which."""
    known = _output(venv / "bin" / "python", TARGETS).split()
    wanted = [python for python in known if by_version(python) >= by_version(oldest_target())]
    seen = [python for python in IMPORTED.findall(text) if python in wanted]
    left_out = not_seen(wanted, seen, skip)
    return not left_out, f"not on Python {', '.join(left_out)}" if left_out else f"targets {', '.join(seen)}"


def _tests_seen(cell: Cell, part: str, text: str) -> tuple[bool, str]:
    """Whether what should run has run, and what did."""
    if part == INSTALLED:
        said = f"installed and run with ansible [core {cell.core.version}]\non Python {cell.python}."
        return said in text, "artifact"
    if part in ("units", "plugins"):
        closing = PASSED.findall(text)
        return bool(closing), "; ".join(closing) or "no test ran"
    targets = sorted(folder.name for folder in (ROOT / "tests" / "integration" / "targets").iterdir())
    wanted = [name for name in targets if not name.startswith("setup_")]
    silent = [name for name in wanted if f"Running {name} integration test role" not in text]
    return not silent, f"not run: {', '.join(silent)}" if silent else f"{len(wanted)} targets"


def _says(venv: pathlib.Path) -> str:
    python = venv / "bin" / "python"
    return _output(python, ABOUT) if python.exists() else ""


def _output(python: pathlib.Path, code: str) -> str:
    asked = subprocess.run([str(python), "-c", code], check=False, capture_output=True, text=True)
    return asked.stdout.strip()


def _environment() -> dict[str, str]:
    # What the tests of this checkout are run with would be found by those of the copy.
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "ANSIBLE_COLLECTIONS_PATH")}
