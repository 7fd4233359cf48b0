# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds secrets in whatever a run printed or left, however they are written down there.

It knows nothing of how the collection hides them: it looks for a run of letters and digits, which is the same in every
way of writing but base64, and for the letters of base64 at each of the three places at which a secret may stand there.
"""

from __future__ import annotations

import base64
import json
import pathlib
import re
import typing as t
from urllib.parse import quote

from tests.emulator import seed

# The option that each variable of the environment stands in for.
OPTIONS = {
    "HW_ACCESS_KEY": "access_key",
    "HW_SECRET_KEY": "secret_key",
    "HW_SECURITY_TOKEN": "security_token",
    "HW_USER_NAME": "username",
    "HW_USER_PASSWORD": "password",
    "HW_DOMAIN_NAME": "domain_name",
}
# Of fewer letters nobody can tell where they come from.
_FEWEST = 6


def all_secrets() -> set[str]:
    """Those of the emulated account that are the same in every run."""
    keys = seed.ACCESS_KEYS.values()
    of_keys = {secret for key in keys for secret in (key.secret, key.security_token) if secret}
    return {user.password for user in seed.USERS.values()} | of_keys


def traces(secret: str) -> list[bytes]:
    """What of a secret is left in any way of writing it down."""
    # Not the beginning, if there is a choice: many things of an emulated account begin alike.
    core = max(reversed(re.findall("[A-Za-z0-9]+", secret)), key=len)
    assert len(core) >= _FEWEST, "a secret with so few letters in a row cannot be hunted"
    found = [core]
    for text in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret)):
        for shift in range(3):
            # The first and the last few letters depend on the neighbours as well.
            encoded = base64.b64encode(b"\0" * shift + text.encode()).decode()[4:-4]
            found.append(max(re.findall("[A-Za-z0-9]+", encoded), key=len))
    return [trace.encode() for trace in found if len(trace) >= _FEWEST]


def found_in(what: bytes | str, secrets: t.Iterable[str]) -> list[str]:
    """The secrets that can be read there, each with a little of what stands around it."""
    data = what.encode("utf-8", "surrogatepass") if isinstance(what, str) else what
    found = []
    for secret in secrets:
        for trace in traces(secret):
            place = data.find(trace)
            if place >= 0:
                around = data[max(0, place - 60) : place + len(trace) + 20]
                found.append(f"{secret[:4]}… as {trace[:12]!r}: {around!r}")
    return found


def left_in(folder: pathlib.Path, secrets: t.Collection[str]) -> list[str]:
    """The files below a folder in which one of the secrets can be read, and names of files that hold one."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    found = [f"{path}: {secret}" for path in files for secret in found_in(path.read_bytes(), secrets)]
    return found + found_in("\n".join(str(path.relative_to(folder)) for path in files), secrets)
