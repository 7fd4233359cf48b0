# SPDX-License-Identifier: GPL-3.0-or-later
"""What no published page says of the service, and the script can see; pure."""

from __future__ import annotations

import typing as t

from tests.parity.compare import Outcome
from tests.parity.exchanges import Exchange

# By a number that stays. Those that a step notes by itself are in steps.py.
OPEN_POINTS = {
    6: "when a job of a copy names the image that it makes",
    7: "whether the destination knows the job",
    8: "whether the tags of the source are carried over",
    10: "of what type __whole_image is, and whether it is there",
    11: "whether a refusal for too many requests says when to come back",
    16: "how a copy to the same region is refused",
    18: "whether lists name the page that follows",
    19: "whether lists show an image while it is copied",
}


def observed(outcomes: t.Sequence[Outcome]) -> dict[int, str]:
    """The answers that stand in what was exchanged."""
    exchanges = [one for outcome in outcomes for one in outcome.exchanges]
    lists = [one.body for one in exchanges if isinstance(one.body, dict) and isinstance(one.body.get("images"), list)]
    found = {10: _whole_image(lists), 11: _too_many(exchanges), 16: _same_region(outcomes), 18: _next_page(lists)}
    return {number: text for number, text in found.items() if text}


def _whole_image(lists: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    values = [image["__whole_image"] for one in lists for image in one["images"] if "__whole_image" in image]
    kinds = sorted({type(value).__name__ for value in values})
    return f"{' or '.join(kinds)}, on {len(values)} of all listed images" if kinds else ""


def _too_many(exchanges: t.Sequence[Exchange]) -> str:
    refusals = [one for one in exchanges if one.status == 429]
    return f"{'yes' if any('Retry-After' in one.headers for one in refusals) else 'no'}" if refusals else ""


def _same_region(outcomes: t.Sequence[Outcome]) -> str:
    (outcome,) = [one for one in outcomes if one.step == "copy_to_its_own_region"]
    return outcome.said if outcome.was_asked else ""


def _next_page(lists: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    return "" if not lists else "yes" if any("page_info" in one for one in lists) else "no"
