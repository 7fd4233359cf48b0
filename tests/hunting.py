# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds secrets in whatever a run printed or left, however they are written down there.

It knows nothing of how the collection hides them: it looks for a run of letters and digits, as it is, escaped and in
hexadecimal digits, and for the letters of base32 and base64 at each of the places at which a secret may stand there.
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
# Of a token that is longer than other secrets, and how much of it is a part.
_LONG, _PART = 100, 24
# Ways to write each letter of a word.
_ESCAPES = (
    *("%{:02x}", "%{:02X}", "={:02X}", "&#{};", "&#x{:x};", "{:02x}", "{:02X}"),
    *("\\u{:04x}", "\\u{:04X}", "\\x{:02x}"),
)


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
    encoded = []
    for text in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret)):
        encoded += _encoded(text, base64.b32encode, 5, 8)
        for once in _encoded(text, base64.b64encode, 3, 4):
            encoded += [once, *_encoded(once, base64.b64encode, 3, 4)]
    runs = [max(re.findall("[A-Za-z0-9]+", trace), key=len, default="") for trace in encoded]
    # Of a token even a part is nobody's business.
    parts = [secret[at : at + _PART] for at in range(_PART, len(secret) - _PART, _PART // 2) if len(secret) >= _LONG]
    found = [core, *(_each(core, escape) for escape in _ESCAPES), *runs, *parts]
    return [trace.encode() for trace in dict.fromkeys(found) if len(trace) >= _FEWEST]


def _each(core: str, escape: str) -> str:
    return "".join(escape.format(ord(letter)) for letter in core)


def _encoded(text: str, encode: t.Callable[[bytes], bytes], count: int, letters: int) -> list[str]:
    """At each place at which it may stand, without the letters that depend on its neighbours as well."""
    return [encode(b"\0" * shift + text.encode()).decode()[letters:-letters] for shift in range(count)]


def found_in(what: bytes | str, secrets: t.Iterable[str]) -> list[str]:
    """The secrets that can be read there, each with a little of what stands around it."""
    data = what.encode("utf-8", "surrogatepass") if isinstance(what, str) else what
    # An escape may be escaped, and a word be broken into lines.
    once = re.sub(rb"\\+", rb"\\", data)
    looks = dict.fromkeys((data, once, re.sub(rb"=?(?:\\[nr]|[\r\n])\s*", b"", once)))
    found = []
    for secret in secrets:
        for trace in traces(secret):
            for look in looks:
                place = look.find(trace)
                if place >= 0:
                    around = look[max(0, place - 60) : place + len(trace) + 20]
                    found.append(f"{secret[:4]}… as {trace[:12]!r}: {around!r}")
    return found


def left_in(folder: pathlib.Path, secrets: t.Collection[str]) -> list[str]:
    """The files below a folder in which one of the secrets can be read, and names of files that hold one."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    found = [f"{path}: {secret}" for path in files for secret in found_in(_content(path), secrets)]
    return found + found_in("\n".join(str(path.relative_to(folder)) for path in files), secrets)


def _content(path: pathlib.Path) -> bytes:
    """What Ansible has tidied away meanwhile is not left."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
