# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.campaign.kill_playbooks``: so many scenarios of real processes that are killed, and what held."""

from __future__ import annotations

import sys

from tests.campaign import report
from tests.campaign.draw_kills import draw
from tests.campaign.judge import Verdict
from tests.campaign.judge_kills import judge_killed
from tests.campaign.playbooks import play
from tests.campaign.story import story


def run(seed: int) -> Verdict:
    return judge_killed(play(draw(seed)))


def tell(seed: int) -> Verdict:
    played = play(draw(seed))
    print(story(played))
    for number, struck in played.struck.items():
        print(f"run {number}: {struck}")
    return judge_killed(played)


if __name__ == "__main__":
    sys.exit(report.main("kills", __doc__, run, tell, every=5))
