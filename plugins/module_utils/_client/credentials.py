# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Which of the credentials at hand are used, and what is wrong with them; pure."""

from __future__ import annotations

import typing as t

from .. import _text as texts

# The variables of Terraform and KooCLI first, then those of the official SDKs. What one of these sets holds belongs
# together, and is never mixed with what is in another.
TOKEN_SETS: t.Tuple[t.Mapping[str, str], ...] = ({"auth_token": "HW_AUTH_TOKEN"},)
KEY_SETS: t.Tuple[t.Mapping[str, str], ...] = (
    {"access_key": "HW_ACCESS_KEY", "secret_key": "HW_SECRET_KEY", "security_token": "HW_SECURITY_TOKEN"},
    {
        "access_key": "HUAWEICLOUD_SDK_AK",
        "secret_key": "HUAWEICLOUD_SDK_SK",
        "security_token": "HUAWEICLOUD_SDK_SECURITY_TOKEN",
    },
)
PASSWORD_SETS: t.Tuple[t.Mapping[str, str], ...] = (
    {"username": "HW_USER_NAME", "password": "HW_USER_PASSWORD", "domain_name": "HW_DOMAIN_NAME"},
)
# Where other tools keep keys; which of their profiles, and in which file.
FILES: t.Mapping[str, str] = {"profile": "HW_PROFILE", "shared_config_file": "HW_SHARED_CONFIG_FILE"}
SECRETS = ("auth_token", "access_key", "secret_key", "security_token", "password")
ENVIRONMENT: t.Mapping[str, t.Tuple[str, ...]] = {
    option: tuple(names[option] for names in sets)
    for sets in (TOKEN_SETS, KEY_SETS, PASSWORD_SETS, (FILES,))
    for option in sets[0]
}

Values = t.Dict[str, str]


class _Way(t.NamedTuple):
    """One way to prove who calls: what it needs, and the sets of variables that can hold it."""

    needed: t.Tuple[str, ...]
    sets: t.Tuple[t.Mapping[str, str], ...]

    def part(self, given: t.Mapping[str, t.Optional[str]]) -> Values:
        """What is given of it."""
        return {option: value for option in self.sets[0] for value in [given.get(option)] if value is not None}

    def held(self, environ: t.Mapping[str, str]) -> t.List[Values]:
        """What each set of variables holds of it."""
        return [
            {
                option: environ[name] if option in SECRETS else environ[name].strip()
                for option, name in names.items()
                if environ.get(name, "").strip()
            }
            for names in self.sets
        ]


# In the environment the first one wins.
WAYS = (
    _Way(("auth_token",), TOKEN_SETS),
    _Way(("access_key", "secret_key"), KEY_SETS),
    _Way(("username", "password", "domain_name"), PASSWORD_SETS),
)


def choose(
    given: t.Mapping[str, t.Optional[str]],
    environ: t.Mapping[str, str],
    problems: t.List[str],
    in_files: t.Callable[[], Values] = dict,
) -> Values:
    """The options of the one way that is taken: what is given as an option beats the environment whole, and that beats
    the files of other tools, unless one is an option.

    :param given: the options; what is blank is None
    :param in_files: the keys in such a file; it adds to the problems
    """
    parts = [part for part in (way.part(given) for way in (*WAYS, _Way((), (FILES,)))) if part]
    if len(parts) > 1:
        told = ", and ".join(f"{_listed(tuple(part))} given" for part in parts)
        problems.append(
            f"there are two ways to prove who calls: {told}; leave all of one of them out, of module_defaults as well"
        )
        return {}
    for way in WAYS:
        part, held = way.part(given), way.held(environ)
        if part or (not parts and any(held)):
            values = _completed(part, way, held) if part else _from_environment(way, held)
            problems.extend(_missing(values, part, way, held))
            for option, value in values.items():
                problems.extend(_unclean(option, value))
            return values
    before = len(problems)
    values = in_files()
    for option, value in values.items():
        problems.extend(_unclean(option, value))
    if values or (parts and len(problems) > before):
        return values
    dummy, keys, password = (way.needed for way in WAYS)
    problems.append(
        f"no credentials: give {' and '.join(keys)} ({' and '.join(_names(option) for option in keys)}), or "
        f"username, password and domain_name ({', '.join(_names(option) for option in password)})"
    )
    return {}


def _completed(part: Values, way: _Way, held: t.Sequence[Values]) -> Values:
    """The options, with what the environment holds of the same way for want of an owner of its own.

    A set of variables that has something else where an option is given is another caller's, and nothing is taken of
    it. One that has the missing half alone, where there is no other caller's, is meant for the option; if it is not,
    the service refuses the two.
    """
    fitting = [values for values in held if all(values.get(option, part[option]) == part[option] for option in part)]
    if len(fitting) < len(held):
        # The environment has another caller's, so that what names nobody is not meant for the option.
        fitting = [values for values in fitting if any(option in values for option in part)]
    fitting.sort(key=lambda values: (-sum(option in values for option in way.needed), -len(values)))
    return {**(fitting[0] if fitting else {}), **part}


def _from_environment(way: _Way, held: t.Sequence[Values]) -> Values:
    """The first set of variables that has something of what is needed; a security token alone may be left over."""
    telling = [values for values in held if any(option in values for option in way.needed)]
    return [*telling, *filter(None, held)][0]


def _missing(values: Values, part: Values, way: _Way, held: t.Sequence[Values]) -> t.Iterator[str]:
    """What is there and what is missing, under every name that it could be given by."""
    missing = [option for option in way.needed if option not in values]
    elsewhere = [
        (option, names[option]) for option in missing for names, others in zip(way.sets, held) if option in others
    ]
    if elsewhere:
        (option, name), present = elsewhere[0], list(values)[0]
        own = [names[present] for names, others in zip(way.sets, held) if others is values]
        source = "an option" if present in part else f"the environment ({own[0]})"
        yield (
            f"{present} and {option} do not belong together: {present} comes from {source}, and the {option} that the "
            f"environment has ({name}) goes with another {present}; give both in the same way"
        )
    elif missing:
        ways = "; ".join(f"option {option}, environment {_names(option)}" for option in missing)
        yield f"{_listed(tuple(values))} given but {_listed(missing)} missing ({ways})"


def _listed(options: t.Sequence[str]) -> str:
    return " and ".join(options) + (" is" if len(options) == 1 else " are")


def _names(option: str) -> str:
    return " or ".join(ENVIRONMENT[option])


def _unclean(option: str, value: str) -> t.Iterator[str]:
    if texts.HALF.search(value):
        yield f"{option} holds half a character, or bytes that are no UTF-8"
    elif value != value.strip():
        yield f"{option} begins or ends with white space or a line break; was it pasted with one?"
    elif option in ("access_key", "security_token", "auth_token") and not (
        value.isascii() and value.isprintable() and " " not in value
    ):
        yield f"{option} holds a character that cannot be part of it"
