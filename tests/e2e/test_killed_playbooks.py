# SPDX-License-Identifier: GPL-3.0-or-later
"""Three scenarios of real processes that are killed at a request; ``make kills`` plays as many as one likes."""

from __future__ import annotations

import pytest

from tests.campaign.draw_kills import draw
from tests.campaign.judge_kills import judge_killed
from tests.campaign.playbooks import play

SEEDS = {
    20: "the command alone, while its task looks",
    21: "the command alone, while its first copy of three is submitted, with a container for each run",
    282: "all of one of two at once, after its submission has begun a copy and before it is answered",
}


@pytest.mark.parametrize("seed", SEEDS, ids=SEEDS.get)
def test_what_is_promised_holds(seed):
    played = play(draw(seed))

    broken = [finding for finding in judge_killed(played).findings if finding.excuse is None]
    assert broken == [], f"make kills SEED={seed} N=1"
    assert played.struck
