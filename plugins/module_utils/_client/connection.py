# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The connection's argument spec and environment."""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
import os
import re
import string
import typing as t
from urllib.parse import unquote, urlsplit

from ansible.module_utils.errors import AnsibleFallbackNotFound

from .. import _errors as errors
from .. import _text as texts
from . import agencies, credentials
from .hiding import Secrets

CLOUD_DOMAIN = "myhuaweicloud.com"
IAM_ENDPOINT = "https://iam.{cloud_domain}"
IMS_ENDPOINT = "https://ims.{region}.{cloud_domain}"
REQUEST_TIMEOUT = 30.0
MAX_RETRIES = 5
# A day, in seconds; what the system's own calls can count to is not much more on every platform.
LONGEST_REQUEST = 24 * 3600
MOST_RETRIES = 1000

# The variables that stand in for options; those of the credentials have rules of their own.
ENVIRONMENT: t.Mapping[str, str] = {
    "cloud_domain": "HW_CLOUD",
    "iam_endpoint": "HW_AUTH_URL",
    "ims_endpoint": "HW_IMS_ENDPOINT",
    "ca_path": "HW_CACERT",
    "max_retries": "HW_MAX_RETRIES",
}

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_REGION = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
_TRUE = frozenset(("1", "true", "yes", "on", "y", "t"))
_FALSE = frozenset(("0", "false", "no", "off", "n", "f"))


def connection_spec() -> t.Dict[str, t.Dict[str, t.Any]]:
    """The argument spec of the connection, which every module has."""
    spec: t.Dict[str, t.Dict[str, t.Any]] = {
        "auth_token": {"type": "str", "no_log": True},
        "access_key": {"type": "str", "no_log": True},
        "secret_key": {"type": "str", "no_log": True},
        "security_token": {"type": "str", "no_log": True},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "domain_name": {"type": "str"},
        "profile": {"type": "str"},
        "shared_config_file": {"type": "path"},
        "assume_role": agencies.spec(),
        "cloud_domain": {"type": "str", "default": CLOUD_DOMAIN},
        "iam_endpoint": {"type": "str", "default": IAM_ENDPOINT},
        "ims_endpoint": {"type": "str", "default": IMS_ENDPOINT},
        "validate_certs": {"type": "bool", "default": True, "fallback": (not_insecure, ["HW_INSECURE"])},
        "ca_path": {"type": "path"},
        "request_timeout": {"type": "float", "default": REQUEST_TIMEOUT},
        "max_retries": {"type": "int", "default": MAX_RETRIES},
    }
    # Not those of the credentials: what is an option must be told from what the environment holds.
    for option, name in ENVIRONMENT.items():
        fallback = number_env_fallback if spec[option]["type"] == "int" else filled_env_fallback
        spec[option]["fallback"] = (fallback, [name])
    return spec


def learn_secrets(secrets: Secrets, params: t.Mapping[str, t.Any], environ: t.Mapping[str, str]) -> None:
    """All secrets at hand, whichever of them are used: those of the environment also where their option is blank."""
    for option in credentials.SECRETS:
        values = [params.get(option), *(environ.get(name) for name in credentials.ENVIRONMENT[option])]
        secrets.add(*(texts.repaired(str(value)) for value in values if value is not None), random=option != "password")
    for name, value in environ.items():
        if name.lower().endswith("_proxy") and "@" in value:
            login = value.rpartition("@")[0].rpartition("//")[2]
            secrets.add(unquote(login.partition(":")[2]))


def filled_env_fallback(*names: str) -> str:
    """Like Ansible's ``env_fallback``, but an empty variable counts as absent: AWX sets those of empty fields."""
    for name in names:
        if os.environ.get(name, "").strip():
            return os.environ[name]
    raise AnsibleFallbackNotFound


def number_env_fallback(*names: str) -> str:
    """The same for a number; one that is none, or beyond all measure, is put so that the check of the type says so."""
    text = filled_env_fallback(*names)
    with contextlib.suppress(ValueError):
        if not abs(float(text)) < 2**63:
            return repr(text)
    return text


def not_insecure(name: str) -> t.Union[bool, str]:
    """``validate_certs`` from a variable that says the opposite; junk goes on as it is, for the bool check to name."""
    value = filled_env_fallback(name)
    word = value.strip().lower()
    if word in _TRUE:
        return False
    return True if word in _FALSE else value


@dataclasses.dataclass(frozen=True)
class Connection:
    """How to reach the services and prove who calls; the endpoints may still hold ``{region}``."""

    auth_token: t.Optional[str] = dataclasses.field(default=None, repr=False)
    access_key: t.Optional[str] = dataclasses.field(default=None, repr=False)
    secret_key: t.Optional[str] = dataclasses.field(default=None, repr=False)
    security_token: t.Optional[str] = dataclasses.field(default=None, repr=False)
    username: t.Optional[str] = None
    password: t.Optional[str] = dataclasses.field(default=None, repr=False)
    domain_name: t.Optional[str] = None
    assume_role: t.Optional[agencies.AssumeRole] = None
    iam_endpoint: str = IAM_ENDPOINT.replace("{cloud_domain}", CLOUD_DOMAIN)
    ims_endpoint: str = IMS_ENDPOINT.replace("{cloud_domain}", CLOUD_DOMAIN)
    validate_certs: bool = True
    ca_path: t.Optional[str] = None
    request_timeout: float = REQUEST_TIMEOUT
    max_retries: int = MAX_RETRIES

    @property
    def uses_keys(self) -> bool:
        """Whether requests are signed; otherwise a token is fetched with the password, or with another token."""
        return self.access_key is not None

    @property
    def verify(self) -> t.Union[bool, str]:
        """Whether and against what certificates are checked, as requests takes it."""
        if not self.validate_certs:
            return False
        return self.ca_path if self.ca_path is not None else True

    @property
    def in_the_open(self) -> t.List[str]:
        """The options with an endpoint that is reached without TLS, and not on this very host."""
        endpoints = {"iam_endpoint": self.iam_endpoint, "ims_endpoint": self.ims_endpoint}
        return [option for option, endpoint in endpoints.items() if _is_open(endpoint)]

    def iam_url(self, region: str) -> str:
        """The base URL of IAM, without a trailing slash."""
        return _in_region(self.iam_endpoint, region)

    def ims_url(self, region: str) -> str:
        """The base URL of IMS in a region, without a trailing slash."""
        return _in_region(self.ims_endpoint, region)


def resolve(params: t.Mapping[str, t.Any], environ: t.Mapping[str, str]) -> Connection:
    """The connection that a module's parameters ask for.

    :param environ: where a blank parameter is looked for, and the credentials where none is an option
    :raises InputError: with every problem at once; no secret is part of a message
    """
    given = {option: _given(option, params, environ) for option in ENVIRONMENT}
    problems: t.List[str] = []
    options = {option: _credential(option, params) for option in credentials.ENVIRONMENT}
    of_profile: t.Dict[str, str] = {}
    who = credentials.choose(options, environ, problems, lambda: _in_files(options, environ, problems, of_profile))
    # What is an option beats the environment whole: its agency is not one for the caller of the options.
    around = {} if any(options.values()) else environ
    assume_role = agencies.wanted(params.get("assume_role"), around, of_profile, problems)
    cloud_domain = given["cloud_domain"] or CLOUD_DOMAIN
    if not _HOST.fullmatch(cloud_domain):
        problems.append(f"cloud_domain {cloud_domain!r} is not the domain of a cloud, such as {CLOUD_DOMAIN}")
        cloud_domain = CLOUD_DOMAIN
    iam_endpoint = _endpoint("iam_endpoint", given["iam_endpoint"] or IAM_ENDPOINT, cloud_domain, problems)
    ims_endpoint = _endpoint("ims_endpoint", given["ims_endpoint"] or IMS_ENDPOINT, cloud_domain, problems)
    ca_path = given["ca_path"]
    if ca_path is not None and not os.path.exists(ca_path):
        problems.append(f"ca_path {ca_path!r} does not exist")
    request_timeout = _number("request_timeout", params, float, REQUEST_TIMEOUT, problems)
    if not 0 < request_timeout <= LONGEST_REQUEST:
        problems.append(f"request_timeout must be above 0 and at most {LONGEST_REQUEST} seconds")
    max_retries = _number("max_retries", params, int, MAX_RETRIES, problems)
    if not 0 <= max_retries <= MOST_RETRIES:
        problems.append(f"max_retries must be 0 to {MOST_RETRIES}")
    if problems:
        raise errors.InputError(problems)
    return Connection(
        **who,
        assume_role=assume_role,
        iam_endpoint=iam_endpoint[: -len("/v3")] if iam_endpoint.endswith("/v3") else iam_endpoint,
        ims_endpoint=ims_endpoint,
        validate_certs=params.get("validate_certs") is not False,
        ca_path=ca_path,
        request_timeout=request_timeout,
        max_retries=int(max_retries),
    )


def _given(option: str, params: t.Mapping[str, t.Any], environ: t.Mapping[str, str]) -> t.Optional[str]:
    """A parameter, or its variable; blank is absent."""
    for value in (params.get(option), environ.get(ENVIRONMENT[option])):
        text = "" if value is None else str(value).strip()
        if text:
            return text
    return None


def _in_files(
    given: t.Mapping[str, t.Optional[str]],
    environ: t.Mapping[str, str],
    problems: t.List[str],
    agency: t.Dict[str, str],
) -> credentials.Values:
    # Most callers bring what proves who they are.
    from . import profiles

    return profiles.keys(given, environ, problems, agency)


def _credential(option: str, params: t.Mapping[str, t.Any]) -> t.Optional[str]:
    """A parameter; blank is absent, and a secret is kept as it was typed."""
    text = "" if params.get(option) is None else str(params[option])
    if not text.strip():
        return None
    return text if option in credentials.SECRETS else text.strip()


def _endpoint(option: str, template: str, cloud_domain: str, problems: t.List[str]) -> str:
    """An endpoint without trailing slash, the cloud's domain filled in; ``{region}`` stays."""
    wrong = _what_is_wrong(template)
    if wrong:
        # The value itself may hold a password, so it is not repeated.
        problems.append(f"{option} {wrong}; it should look like {IMS_ENDPOINT} or http://127.0.0.1:8765/ims/{{region}}")
    return template.replace("{cloud_domain}", cloud_domain).rstrip("/")


def _what_is_wrong(template: str) -> t.Optional[str]:
    try:
        fields = [part[1:] for part in string.Formatter().parse(template) if part[1] is not None]
    except ValueError:
        return "has a brace too many or too few"
    for name, form, conversion in fields:
        if name not in ("region", "cloud_domain") or form or conversion:
            return f"has an unknown field {{{name}}}"
    filled = template.replace("{region}", "region").replace("{cloud_domain}", "cloud")
    if "{" in filled or "}" in filled:
        return "has a brace too many or too few"
    try:
        url = urlsplit(filled)
        port = url.port
    except ValueError:
        return "is not a URL"
    if url.scheme not in ("http", "https") or not url.hostname or port == 0:
        return "is not an http or https URL with a host"
    if "@" in url.netloc:
        return "has a user or password in it; credentials have options of their own"
    if "?" in template or "#" in template:
        return "has a query or a fragment"
    if not (template.isascii() and template.isprintable() and " " not in template and "\\" not in template):
        return "has a character that cannot be part of a URL"
    return None


def _is_open(endpoint: str) -> bool:
    url = urlsplit(endpoint.replace("{region}", "region"))
    try:
        return url.scheme == "http" and not ipaddress.ip_address(url.hostname or "").is_loopback
    except ValueError:
        return url.hostname != "localhost"


def _in_region(endpoint: str, region: str) -> str:
    if not _REGION.fullmatch(region):
        raise errors.InputError(
            [f"region {region!r} cannot be right: it is letters, digits and dashes, such as cn-north-4"]
        )
    return endpoint.replace("{region}", region)


def _number(
    option: str,
    params: t.Mapping[str, t.Any],
    kind: t.Type[float],
    default: float,
    problems: t.List[str],
) -> float:
    value = params.get(option)
    if value is None or (isinstance(value, str) and not value.strip()):
        return default
    try:
        return kind(value)
    except (TypeError, ValueError, OverflowError):
        problems.append(f"{option} must be a number")
        return default
