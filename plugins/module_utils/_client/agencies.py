# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Which agency of another account the caller acts as, and what is wrong with that; pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t

# Seconds. Source: IAM API reference, Obtaining a Temporary Access Key and Security Token Through an Agency.
SHORTEST, LONGEST = 900, 86_400
DURATION = 3600

ENVIRONMENT: t.Mapping[str, str] = {
    "agency_name": "HW_ASSUME_ROLE_AGENCY_NAME",
    "domain_name": "HW_ASSUME_ROLE_DOMAIN_NAME",
    "domain_id": "HW_ASSUME_ROLE_DOMAIN_ID",
    "duration": "HW_ASSUME_ROLE_DURATION",
}

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclasses.dataclass(frozen=True)
class AssumeRole:
    """An agency, the account that it is of (by name, by id, or both), and for how many seconds each key is good."""

    agency_name: str
    domain_name: t.Optional[str] = None
    domain_id: t.Optional[str] = None
    duration: int = DURATION

    @property
    def label(self) -> str:
        """For people."""
        return f"agency {self.agency_name} of account {self.domain_name or self.domain_id}"


def spec() -> t.Dict[str, t.Any]:
    """The option, of which only whoever gives it knows what it needs: a job template may leave all of it blank."""
    return {
        "type": "dict",
        "options": {
            "agency_name": {"type": "str"},
            "domain_name": {"type": "str"},
            "domain_id": {"type": "str"},
            "duration": {"type": "int"},
        },
    }


def wanted(
    given: t.Optional[t.Mapping[str, t.Any]],
    environ: t.Mapping[str, str],
    of_profile: t.Mapping[str, str],
    problems: t.List[str],
) -> t.Optional[AssumeRole]:
    """The agency of the option, or else of the environment, or else of the profile; their parts are never mixed.

    :param environ: nothing, where the environment does not count
    """
    around = {part: environ.get(name) for part, name in ENVIRONMENT.items()}
    sets = [_filled(values) for values in (given or {}, around, of_profile)]
    values = next(filter(None, sets), None)
    if values is None:
        return None
    if "agency_name" not in values:
        problems.append(f"assume_role needs agency_name ({ENVIRONMENT['agency_name']}) with {' and '.join(values)}")
    if not ("domain_name" in values or "domain_id" in values):
        names = " or ".join(f"{part} ({ENVIRONMENT[part]})" for part in ("domain_name", "domain_id"))
        problems.append(f"assume_role needs {names}, the account that the agency is of")
    duration = values.pop("duration", str(DURATION))
    if not (_NUMBER.fullmatch(duration) and SHORTEST <= int(duration) <= LONGEST):
        problems.append(
            f"duration of assume_role ({ENVIRONMENT['duration']}) must be {SHORTEST} to {LONGEST} seconds, "
            f"not {duration!r}"
        )
        duration = str(DURATION)
    return AssumeRole(values.pop("agency_name", ""), **values, duration=int(duration))


def _filled(values: t.Mapping[str, t.Any]) -> t.Dict[str, str]:
    texts = {part: str(values[part]).strip() for part in ENVIRONMENT if values.get(part) is not None}
    return {part: text for part, text in texts.items() if text}
