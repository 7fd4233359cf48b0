# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every request that reached a service, in order, without its secrets."""

from __future__ import annotations

import collections
import dataclasses
import json
import typing as t

# A demonstration that runs for days must not fill the memory.
MOST_ENTRIES = 50_000
_SECRET = frozenset({"password", "secret", "securitytoken", "security_token", "passcode", "token"})


@dataclasses.dataclass
class Entry:
    """``at``: virtual seconds. ``status`` None: no answer was sent. ``result``: the job id of a copy."""

    seq: int
    at: float
    service: str
    region: str | None
    operation: str | None
    method: str
    path: str
    query: list[tuple[str, str]]
    body: t.Any
    mutating: bool
    auth: str | None
    caller: str | None
    project_id: str | None = None
    status: int | None = None
    took_effect: bool = False
    fault: str | None = None
    result: str | None = None


class Journal:
    def __init__(self) -> None:
        self._entries: collections.deque[Entry] = collections.deque(maxlen=MOST_ENTRIES)
        self._seq = 0

    def next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def clear(self) -> None:
        self._entries.clear()

    def listed(self, operation: str | None, region: str | None, since: float) -> list[dict[str, t.Any]]:
        """``since``: only what came at that virtual second or later."""
        return [
            dataclasses.asdict(entry)
            for entry in self._entries
            if (operation is None or entry.operation == operation)
            and (region is None or entry.region == region)
            and entry.at >= since
        ]


def readable(body: bytes) -> t.Any:
    """The JSON of a body with its secrets taken out; None for an empty one; text for anything else."""
    if not body:
        return None
    try:
        return _without_secrets(json.loads(body))
    except ValueError:
        return "(not JSON)"


def _without_secrets(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {
            name: "***" if name.lower() in _SECRET and not isinstance(inner, (dict, list)) else _without_secrets(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    return value
