# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.campaign``: so many scenarios from a seed on, and a table of what held."""

from __future__ import annotations

import sys

from tests.campaign import report
from tests.campaign.draw import draw
from tests.campaign.judge import Verdict, judge
from tests.campaign.play import play
from tests.campaign.story import story


def run(seed: int) -> Verdict:
    return judge(play(draw(seed)))


def tell(seed: int) -> Verdict:
    played = play(draw(seed))
    print(story(played))
    return judge(played)


if __name__ == "__main__":
    sys.exit(report.main("campaign", __doc__, run, tell))
