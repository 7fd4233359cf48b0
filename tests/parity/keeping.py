# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings on disk: one file a side, without secrets and without anything that says whose it was."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import Connection
from tests.parity.compare import Outcome
from tests.parity.exchanges import Exchange
from tests.parity.scrub import Scrubber
from tests.parity.sides import UNKNOWN, Side
from tests.parity.steps import NAME

FOLDER = pathlib.Path(__file__).parent / "recorded"


class Telling(Exception):
    """Something would have been written that says whose it was."""


def scrubbed(side: Side, outcomes: t.Sequence[Outcome], name: str) -> dict[str, t.Any]:
    """What may be written. ``name`` is that of the replica.

    :raises Telling: when it would tell a secret or a name all the same
    """
    scrubber = Scrubber([UNKNOWN, side.region, f"{NAME}of-nobody", *filter(None, [side.to])])
    # A refusal may say what was signed.
    for secret in side.secrets:
        scrubber.text(secret)
    # First all bodies, so that whatever they name is known when it stands in a path before them.
    for outcome in outcomes:
        for one in outcome.exchanges:
            scrubber.body(one.asked)
            scrubber.body(one.body)
    steps = [
        {
            "step": outcome.step,
            "said": outcome.said,
            "exchanges": [
                {
                    **one.as_json(),
                    "path": scrubber.path(one.path),
                    "asked": None if "/auth/" in one.path else scrubber.body(one.asked),
                    "body": scrubber.body(one.body),
                    "headers": dict(one.headers),
                }
                for one in outcome.exchanges
            ],
        }
        for outcome in outcomes
    ]
    given = {"agency": side.agency, "image": side.image, "name": name}
    written = {
        "side": side.name,
        "region": side.region,
        "to": side.to,
        **{what: value and scrubber.text(value) for what, value in given.items()},
        "steps": steps,
    }
    left = scrubber.left_in(written, side.secrets)
    if left:
        raise Telling(f"{len(left)} texts would have told whose it was; nothing is written")
    return written


def keep(side: Side, outcomes: t.Sequence[Outcome], name: str, today: datetime.date) -> pathlib.Path:
    """Write a recording, and say where."""
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / f"{side.name}.json"
    whole = {"when": today.isoformat(), **scrubbed(side, outcomes, name)}
    file.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    return file


def as_side(whole: t.Mapping[str, t.Any]) -> Side:
    """Whom to ask so that the recording answers."""
    nobody = Connection(access_key="nobody", secret_key="nobody", max_retries=0)
    return Side("recorded", nobody, whole["region"], 0, whole["agency"], whole["image"], whole["to"])


def read(file: pathlib.Path) -> tuple[dict[str, t.Any], list[Outcome]]:
    """What was kept, and what came of each step."""
    whole = json.loads(file.read_text(encoding="utf-8"))
    steps = [
        Outcome(one["step"], one["said"], [Exchange(**exchange) for exchange in one["exchanges"]])
        for one in whole.pop("steps")
    ]
    return whole, steps
