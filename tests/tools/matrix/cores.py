# SPDX-License-Identifier: GPL-3.0-or-later
"""Which series of ansible-core the package index has from the oldest that is supported on, and the Pythons of each."""

from __future__ import annotations

import dataclasses
import email.parser
import pathlib
import re
import subprocess
import sys
import typing as t
import zipfile

from tests.tools.alone import alone

PACKAGE = "ansible-core"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
VERSION = re.compile(r"\d+\.\d+\.\d+(?:\.?(?:a|b|rc|dev|post)\d+)?")
PYTHON = re.compile(r"Programming Language :: Python :: (3\.\d+)")


@dataclasses.dataclass(frozen=True)
class Core:
    """The newest release of a series: ``final`` or, where there is no other, one before that."""

    series: str
    version: str
    final: bool
    pythons: tuple[str, ...]


def newest(versions: t.Iterable[str], oldest: str) -> dict[str, str]:
    """The newest version of each series from ``oldest`` on, by series, in their order; a final one if there is any.

    :param versions: as the index has them, the newest first
    """
    found: dict[str, str] = {}
    for version in versions:
        series = ".".join(version.split(".")[:2])
        if _number(series) < _number(oldest):
            continue
        if series not in found or (is_final(version) and not is_final(found[series])):
            found[series] = version
    return {series: found[series] for series in sorted(found, key=_number)}


def is_final(version: str) -> bool:
    return re.fullmatch(r"[\d.]+", version) is not None


def pythons_of(metadata: str) -> tuple[str, ...]:
    """The Pythons for which a package says that it is made."""
    classifiers = email.parser.Parser().parsestr(metadata).get_all("Classifier", [])
    return tuple(found[1] for line in classifiers if (found := PYTHON.fullmatch(line)))


def known(oldest: str, folder: pathlib.Path) -> list[Core]:
    """What the index has now.

    :param folder: where packages are kept; parts of `make test` ask at the same time, and pip would take away
        what another has half written
    """
    with alone(folder):
        return _known(oldest, folder)


def _known(oldest: str, folder: pathlib.Path) -> list[Core]:
    listed = _pip("index", "versions", PACKAGE, "--pre", "--ignore-requires-python")
    (line,) = [line for line in listed.splitlines() if line.startswith("Available versions:")]
    return [
        Core(series, version, is_final(version), pythons_of(_metadata(version, folder)))
        for series, version in newest(VERSION.findall(line), oldest).items()
    ]


def _metadata(version: str, folder: pathlib.Path) -> str:
    pattern = f"{PACKAGE.replace('-', '_')}-{version}-*.whl"
    if not list(folder.glob(pattern)):
        wanted = f"{PACKAGE}=={version}"
        _pip("download", "-qq", "--no-deps", "--ignore-requires-python", "--dest", str(folder), wanted)
    (wheel,) = folder.glob(pattern)
    with zipfile.ZipFile(wheel) as packed:
        (name,) = [name for name in packed.namelist() if name.endswith(".dist-info/METADATA")]
        return packed.read(name).decode("utf-8")


def _pip(*arguments: str) -> str:
    asked = subprocess.run([*PIP, *arguments], check=False, capture_output=True, text=True)
    if asked.returncode:
        sys.exit(f"pip {arguments[0]} failed:\n{asked.stderr}")
    return asked.stdout


def _number(series: str) -> tuple[int, ...]:
    return tuple(map(int, series.split(".")))
