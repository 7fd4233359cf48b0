# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Numbers in options: those that nobody can count with are refused like text is, and the others have bounds; pure.

Ansible ends in a traceback over ``.inf`` as a whole number, and there is no JSON in which a result could repeat it.
"""

from __future__ import annotations

import math
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

Spec = t.Mapping[str, t.Any]

# Seconds in ten years: a number that is much greater cannot even be counted with.
LONGEST_WAIT = 10 * 365 * 24 * 3600
# The greatest that a signed number of 32 bits can be.
MOST_MEGABYTES = 2**31 - 1
# What stands for a number that is none. No check of Ansible takes it for one.
NONE = "no number to count with"


def countable(params: t.Any, spec: Spec) -> t.Any:
    """The same options, with text in the place of every number that is none or is beyond all measure."""
    if isinstance(params, list):
        return [countable(item, spec) for item in params]
    if not isinstance(params, dict):
        return params
    return {name: _checked(value, spec[name]) if name in spec else value for name, value in params.items()}


def _checked(value: t.Any, option: Spec) -> t.Any:
    if option.get("options"):
        return countable(value, option["options"])
    may_count = isinstance(value, (int, float, str)) and not isinstance(value, bool)
    if option.get("type") not in ("int", "float") or not may_count:
        return value
    try:
        number = float(value)
    except ValueError:
        # Ansible says so itself.
        return value
    except OverflowError:
        return NONE
    return value if abs(number) < 2**63 else NONE


def spelled(value: t.Any) -> t.Any:
    """The same, with its name in the place of every number that no JSON has."""
    if isinstance(value, dict):
        return {key: spelled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [spelled(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


class Validator(ArgumentSpecValidator):
    """Ansible's own, which takes whatever it is given."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(dict(spec))  # type: ignore[no-untyped-call]

    def validate(self, parameters: t.Mapping[str, t.Any]) -> t.Any:
        return super().validate(countable(dict(parameters), self.argument_spec))  # type: ignore[no-untyped-call]


def outside(value: float, least: int, most: int, unit: str = "", above: bool = False) -> t.Optional[str]:
    """What is wrong with a number that is not from ``least`` to ``most``, or with ``above`` not above the least."""
    if least <= value <= most and not (above and value == least):
        return None
    bounds = f"above {least} and at most {most}" if above else f"{least} to {most}"
    return f"must be {bounds}{unit}, not {value if isinstance(value, int) else f'{value:g}'}"


def problems_of(bounds: t.Iterable[t.Tuple[str, int, int, str, bool]], params: t.Mapping[str, t.Any]) -> t.List[str]:
    """What is wrong with options by their bounds: name, least, most, unit, and whether it must be above the least."""
    found = [
        (option, outside(params[option], least, most, unit, above))
        for option, least, most, unit, above in bounds
        if params[option] is not None
    ]
    return [f"{option} {wrong}" for option, wrong in found if wrong is not None]
