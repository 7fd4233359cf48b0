# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Access keys in files that other tools keep: the command line tool's and Terraform's profiles, and the SDK's.

Source: User Guide of the command line tool (KooCLI), Configuration Management; ``shared_config_file`` of the Terraform
provider; credentials file of the SDK for Python.
"""

from __future__ import annotations

import configparser
import json
import os
import stat
import typing as t

from . import credentials
from .credentials import Values

SHARED = os.path.join("~", ".hcloud", "config.json")
SDK = os.path.join("~", ".huaweicloud", "credentials")
SDK_VARIABLE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
# Bytes; such a file has a few hundred for each profile.
LARGEST = 1024 * 1024

_PROFILE_KEYS = {"access_key": "accessKeyId", "secret_key": "secretAccessKey", "security_token": "securityToken"}
_AGENCY_KEYS = {"agency_name": "agencyName", "domain_name": "agencyDomainName", "domain_id": "agencyDomainId"}
_SDK_KEYS = {"access_key": "ak", "secret_key": "sk", "security_token": "security_token"}


class _Unusable(Exception):
    """Why a file gives no keys; nothing of what it holds is told."""


def keys(
    given: t.Mapping[str, t.Optional[str]],
    environ: t.Mapping[str, str],
    problems: t.List[str],
    agency: t.Optional[Values] = None,
) -> Values:
    """The keys of the first file that there is; none where there is no file, or where it is of no use.

    A file or a profile that somebody names must be of use. Of those that only happen to be there, the next is tried.

    :param given: the options ``profile`` and ``shared_config_file``
    :param agency: takes the suboptions of ``assume_role`` where the profile assumes one
    """
    names = {option: given.get(option) or environ.get(name, "").strip() for option, name in credentials.FILES.items()}
    sdk = environ.get(SDK_VARIABLE, "").strip()
    named = any(names.values())
    ways: t.List[t.Tuple[bool, str, t.Callable[[str], Values]]] = [
        (named, names["shared_config_file"] or SHARED, lambda path: _of_profile(path, names["profile"], agency)),
        (bool(sdk), sdk or SDK, _of_sdk),
    ]
    troubles: t.List[str] = []
    for wanted, path, read in ways:
        path = os.path.expanduser(path)
        if not wanted and not os.path.exists(path):
            continue
        try:
            return read(path)
        except _Unusable as trouble:
            troubles.append(str(trouble))
            if wanted:
                break
    problems += troubles
    return {}


def _of_profile(path: str, name: t.Optional[str], agency: t.Optional[Values]) -> Values:
    try:
        config = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise _Unusable(f"the shared configuration {path} is no JSON") from error
    profiles = config.get("profiles") if isinstance(config, dict) else None
    if not isinstance(profiles, list):
        raise _Unusable(f"the shared configuration {path} has no list of profiles")
    name = name or str(config.get("current") or "default")
    found = [profile for profile in profiles if isinstance(profile, dict) and profile.get("name") == name]
    if not found:
        raise _Unusable(f"the shared configuration {path} has no profile {name}")
    where = f"the profile {name} of {path}"
    # The tool writes it as text.
    if str(config.get("authEncrypt", "")).lower() == "true":
        raise _Unusable(
            f"{where} is encrypted, which only hcloud itself can read; hcloud configure set --cli-auth-encrypt=false "
            "stores profiles in clear, or give access_key and secret_key"
        )
    mode = str(found[0].get("mode") or "AKSK")
    if mode.upper() != "AKSK":
        raise _Unusable(f"{where} is of mode {mode}, and only AKSK holds keys that can be used")
    values = _keys_in(where, found[0], _PROFILE_KEYS)
    if agency is not None:
        # Of an agency nothing but its account may be left over.
        named = str(found[0].get("agencyName") or "").strip()
        agency.update((part, str(found[0].get(key) or "").strip()) for part, key in _AGENCY_KEYS.items() if named)
    return values


def _of_sdk(path: str) -> Values:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(_text(path))
    except configparser.Error as error:
        raise _Unusable(f"the SDK's credentials file {path} cannot be read as sections of names and values") from error
    if not parser.has_section("basic"):
        raise _Unusable(f"the SDK's credentials file {path} has no section [basic]")
    return _keys_in(f"the section [basic] of {path}", parser["basic"], _SDK_KEYS)


def _keys_in(where: str, held: t.Mapping[str, t.Any], names: t.Mapping[str, str]) -> Values:
    values = {option: str(held.get(name) or "").strip() for option, name in names.items()}
    missing = [names[option] for option in ("access_key", "secret_key") if not values[option]]
    if missing:
        raise _Unusable(f"{where} has no {' and no '.join(missing)}")
    return {option: value for option, value in values.items() if value}


def _text(path: str) -> str:
    """:raises _Unusable: when it is no plain file of a size that such a file can have, or cannot be read"""
    try:
        seen = os.stat(path)
        if not stat.S_ISREG(seen.st_mode) or seen.st_size > LARGEST:
            raise _Unusable(f"{path} is no file of credentials")
        with open(path, encoding="utf-8") as file:
            return file.read(LARGEST)
    except UnicodeError as error:
        raise _Unusable(f"{path} is no text") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it cannot be a path"
        raise _Unusable(f"{path} cannot be read: {why}") from error
