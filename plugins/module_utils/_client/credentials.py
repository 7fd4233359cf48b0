# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Which of the credentials at hand are used, and what is wrong with them; pure."""

from __future__ import annotations

import typing as t

# The variables of Terraform and KooCLI first, then those of the official SDKs; a family is never mixed with another.
FAMILIES = ("HW", "HUAWEICLOUD_SDK")
KEYS: t.Mapping[str, t.Mapping[str, str]] = {
    "access_key": {"HW": "HW_ACCESS_KEY", "HUAWEICLOUD_SDK": "HUAWEICLOUD_SDK_AK"},
    "secret_key": {"HW": "HW_SECRET_KEY", "HUAWEICLOUD_SDK": "HUAWEICLOUD_SDK_SK"},
    "security_token": {"HW": "HW_SECURITY_TOKEN", "HUAWEICLOUD_SDK": "HUAWEICLOUD_SDK_SECURITY_TOKEN"},
}
ENVIRONMENT: t.Mapping[str, t.Tuple[str, ...]] = {
    **{option: tuple(names[family] for family in FAMILIES) for option, names in KEYS.items()},
    "username": ("HW_USER_NAME",),
    "password": ("HW_USER_PASSWORD",),
    "domain_name": ("HW_DOMAIN_NAME",),
    "cloud_domain": ("HW_CLOUD",),
    "iam_endpoint": ("HW_AUTH_URL",),
    "ims_endpoint": ("HW_IMS_ENDPOINT",),
    "ca_path": ("HW_CACERT",),
    "max_retries": ("HW_MAX_RETRIES",),
}
PASSWORD = ("username", "password", "domain_name")


def choose(
    given: t.Mapping[str, t.Optional[str]], environ: t.Mapping[str, str], problems: t.List[str]
) -> t.Dict[str, t.Optional[str]]:
    """The options of the one way in that is taken: keys win over a password."""
    keys = {option: given[option] for option in KEYS}
    password = {option: given[option] for option in PASSWORD}
    for option, value in {**keys, "password": password["password"]}.items():
        if value is not None:
            problems.extend(_unclean(option, value))
    if keys["access_key"] is not None and keys["secret_key"] is not None:
        problems.extend(_mixed(keys["access_key"], keys["secret_key"], environ))
        keys["security_token"] = _own_token(keys, environ)
        return keys
    if any(value is not None for value in keys.values()):
        problems.append(_halves(keys, ("access_key", "secret_key")))
    elif all(value is not None for value in password.values()):
        return password
    elif any(value is not None for value in password.values()):
        problems.append(_halves(password, PASSWORD))
    else:
        problems.append(
            f"no credentials: give access_key and secret_key ({_names('access_key')} and {_names('secret_key')}), "
            f"or username, password and domain_name ({', '.join(_names(option) for option in PASSWORD)})"
        )
    return {}


def _halves(values: t.Mapping[str, t.Optional[str]], needed: t.Sequence[str]) -> str:
    """What is there and what is missing, under every name that it could be given by."""
    present = [option for option, value in values.items() if value is not None]
    missing = [option for option in needed if values[option] is None]
    ways = "; ".join(f"option {option}, environment {_names(option)}" for option in missing)
    return f"{_listed(present)} given but {_listed(missing)} missing ({ways})"


def _listed(options: t.Sequence[str]) -> str:
    return " and ".join(options) + (" is" if len(options) == 1 else " are")


def _names(option: str) -> str:
    return " or ".join(ENVIRONMENT[option])


def _families(option: str, value: str, environ: t.Mapping[str, str]) -> t.Set[str]:
    """The families of variables that hold this very value; none for one that is an option."""
    return {family for family in FAMILIES if environ.get(KEYS[option][family]) == value}


def _mixed(access_key: str, secret_key: str, environ: t.Mapping[str, str]) -> t.Iterator[str]:
    """A key whose halves come from two places fails with a refused signature, which is hard to read."""
    halves = {"access_key": access_key, "secret_key": secret_key}
    families = {option: _families(option, value, environ) for option, value in halves.items()}
    if families["access_key"] & families["secret_key"]:
        return
    for option, other in (("access_key", "secret_key"), ("secret_key", "access_key")):
        for family in FAMILIES:
            partner = KEYS[other][family]
            if family in families[option] and (families[other] or environ.get(partner, "").strip()):
                yield (
                    f"access_key and secret_key do not belong together: {option} comes from the environment "
                    f"({KEYS[option][family]}), {other} does not come from {partner}"
                )
                return


def _own_token(keys: t.Mapping[str, t.Optional[str]], environ: t.Mapping[str, str]) -> t.Optional[str]:
    """The security token, unless it is one that the environment holds for other keys."""
    token, access_key = keys["security_token"], keys["access_key"] or ""
    if token is None or not _families("security_token", token, environ):
        return token
    own = _families("access_key", access_key, environ)
    if own:
        tokens = (environ.get(KEYS["security_token"][family]) for family in FAMILIES if family in own)
        return next((value for value in tokens if value and value.strip()), None)
    owners = (KEYS["access_key"][family] for family in _families("security_token", token, environ))
    return None if any(environ.get(owner, "").strip() for owner in owners) else token


def _unclean(option: str, value: str) -> t.Iterator[str]:
    if value != value.strip():
        yield f"{option} begins or ends with white space or a line break; was it pasted with one?"
    elif option in ("access_key", "security_token") and not (
        value.isascii() and value.isprintable() and " " not in value
    ):
        yield f"{option} holds a character that cannot be part of it"
