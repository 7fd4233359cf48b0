# SPDX-License-Identifier: GPL-3.0-or-later
"""One scenario as a text: what was drawn, every request in its order, and how each run ended."""

from __future__ import annotations

import typing as t

from tests.campaign.draw import Scenario
from tests.campaign.plot import BY_HAND, Played
from tests.campaign.theatre import Told
from tests.campaign.wire import COPY, Sent

UNTOLD = frozenset({"iam_endpoint", "ims_endpoint", "access_key", "secret_key", "security_token", "password", "resume"})


def story(played: Played) -> str:
    """What happened, in the order of virtual time."""
    lines = list(_drawn(played.scenario))
    events: list[tuple[float, int, str]] = []
    for number, sent in enumerate(played.book):
        events.append((sent.at, number, _request(sent)))
    for told in played.runs:
        events.append(
            (told.began, -1, f"run {told.number} begins{' (check mode)' if told.check else ''}: {_options(told)}")
        )
        events.append((told.ended, len(played.book), f"run {told.number} {_end(told)}"))
    lines += [f"{moment:9.2f}  {text}" for moment, _number, text in sorted(events)]
    return "\n".join(lines)


def _drawn(scenario: Scenario) -> t.Iterator[str]:
    yield f"{scenario.setting}, ledger {scenario.ledger}, {scenario.auth} of {scenario.user}, {scenario.latency} s each"
    yield f"switches {scenario.switches}"
    yield f"standing {scenario.standing}, outcomes {scenario.outcomes}, may mark {scenario.may_mark}"
    for number, one in enumerate(scenario.rounds):
        yield f"round {number}: {one}"


def _options(told: Told) -> str:
    return ", ".join(f"{name}={value}" for name, value in told.options.items() if name not in UNTOLD)


def _request(sent: Sent) -> str:
    entry = sent.entry
    who = f"hand {sent.run}" if sent.run >= BY_HAND else f"run {sent.run}"
    path = entry.path.removeprefix("/ims/") + (
        "?" + "&".join(f"{k}={v}" for k, v in entry.query) if entry.query else ""
    )
    effect = "no effect" if sent.effect_at is None else f"effect at {sent.effect_at:.2f}"
    said = f" {entry.body}" if entry.mutating and entry.service == "ims" else ""
    job = f", job {entry.result}" if entry.operation == COPY else ""
    trouble = f", {sent.trouble}" if sent.trouble else ""
    return f"{who} {entry.operation} {path[:110]}{said}: {effect}{trouble}, saw {sent.saw} {sent.code or ''}{job}"


def _end(told: Told) -> str:
    if told.result is None:
        return f"{told.how}: {told.text[-1500:]}"
    result = told.result
    lines = [f"{told.how}, changed {result.get('changed')}: {result.get('msg')}"]
    for entry in result.get("results") or [result]:
        image, job = entry.get("image") or {}, entry.get("job") or {}
        lines.append(
            f"  {entry.get('label', '')} {entry.get('destination_project_name', '')}: {entry.get('status')}, "
            f"{entry.get('action')}, attempts {entry.get('attempts')}, image {image.get('id')} {image.get('status')}, "
            f"job {job.get('id')} {job.get('status')}"
        )
    lines += [f"  warned: {text}" for text in told.warnings]
    return "\n           ".join(lines)
