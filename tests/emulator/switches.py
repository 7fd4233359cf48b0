# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Behaviour that the public reference leaves open, each able to stand in either position."""

from __future__ import annotations

import typing as t

CHOICES: dict[str, tuple[str, ...]] = {
    "replica_visible": ("at_once", "late"),
    "origin_written": ("at_once", "at_end"),
    "job_image_id": ("early", "late"),
    "booleans": ("mixed", "lower", "upper", "native"),
    "shared_out_as": ("shared", "private"),
    "sizes": ("mixed", "string", "integer"),
    "patch_while_copying": ("allowed", "refused"),
    "lag_shown_by": ("list", "list_and_show"),
    "lag_of": ("both", "attributes", "images"),
}
FLAGS: dict[str, bool] = {
    "unique_names": False,
    "page_info": False,
    "progress_endpoint": True,
    "retry_after": False,
    "copies_tags": False,
    "carried_attributes": False,
    "echo": False,
}
NUMBERS: dict[str, float | None] = {
    "replica_delay": 90,
    "token_lifetime": 86400,
    "slots": 5,
    "page_limit": 500,
    "requests_per_minute": None,
    "copy_base_seconds": 30,
    "copy_seconds_per_gib": 20,
    "lost_updates": 0,
    "list_lag": 0,
}
_WORDS = {"true": True, "false": False}


class Switches:
    """The position of every switch; :meth:`set` refuses a name or a position that does not exist."""

    def __init__(self, values: t.Mapping[str, t.Any] | None = None) -> None:
        self._values: dict[str, t.Any] = {name: positions[0] for name, positions in CHOICES.items()}
        self._values.update(FLAGS)
        self._values.update(NUMBERS)
        self.set(values or {})

    def set(self, values: t.Mapping[str, t.Any]) -> None:
        checked = {name: _checked(name, value) for name, value in values.items()}
        self._values.update(checked)

    def as_dict(self) -> dict[str, t.Any]:
        return dict(self._values)

    def choice(self, name: str) -> str:
        return str(self._values[name])

    def flag(self, name: str) -> bool:
        return bool(self._values[name])

    def number(self, name: str) -> float:
        return float(self._values[name])

    def limit(self, name: str) -> float | None:
        value = self._values[name]
        return None if value is None else float(value)


def _checked(name: str, value: t.Any) -> t.Any:
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise ValueError(f"switch {name} is one of {', '.join(CHOICES[name])}, not {value!r}")
        return value
    if name in FLAGS:
        flag = _WORDS.get(str(value).lower())
        if flag is None:
            raise ValueError(f"switch {name} is true or false, not {value!r}")
        return flag
    if name in NUMBERS:
        if value is None or str(value).lower() in ("null", "none", ""):
            if NUMBERS[name] is not None:
                raise ValueError(f"switch {name} needs a number")
            return None
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise ValueError(f"switch {name} is a number, not {value!r}") from None
        if number < 0:
            raise ValueError(f"switch {name} is not negative")
        return int(number) if number.is_integer() else number
    raise ValueError(f"there is no switch {name}")
