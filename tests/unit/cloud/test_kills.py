# SPDX-License-Identifier: GPL-3.0-or-later
"""What judges scenarios of killed processes, held to books in which something is wrong; ``make kills`` plays them."""

from __future__ import annotations

import pytest

from tests.campaign.draw import draw
from tests.campaign.draw_kills import ALL, CONTROLLER, SETTINGS, Kill
from tests.campaign.draw_kills import draw as draw_kills
from tests.campaign.judge_kills import judge_killed
from tests.campaign.play import play
from tests.campaign.playbooks import PlayedOut, Struck
from tests.campaign.wire import COPY

# Its first run submits two copies, one right after the other, and all is well.
TWO_COPIES = 6_000_074


def found(played):
    return [finding.what for finding in judge_killed(played).findings if finding.excuse is None]


@pytest.fixture
def played():
    return PlayedOut(**vars(play(draw(TWO_COPIES))))


def struck(played, whom, submissions, watched=True):
    """Whoever waits for the first run that submits is killed when it has sent so many."""
    first, second = (sent for sent in played.book if sent.entry.operation == COPY)
    assert first.run == second.run
    gone_at = (first, second)[submissions].at - 0.001
    played.struck[first.run] = Struck(Kill("after", 0, whom=whom), gone_at, watched, gone_at)
    return played


def test_what_holds_is_not_complained_of(played):
    assert found(played) == []


@pytest.mark.parametrize(("whom", "submissions"), [(CONTROLLER, 0), (ALL, 0), (ALL, 1)])
def test_what_is_submitted_though_nobody_waits_is_seen(played, whom, submissions):
    assert found(struck(played, whom, submissions)) == ["lease"]


def test_what_was_on_its_way_when_the_command_died_is_not(played):
    assert found(struck(played, CONTROLLER, 1)) == []


def test_but_nothing_is_on_its_way_before_the_module_is_at_work(played):
    assert found(struck(played, CONTROLLER, 1, watched=False)) == ["lease"]


def test_a_lease_that_is_never_ended_a_process_that_lingers_and_a_secret_are_seen(played):
    played.struck[0] = Struck(Kill("after", 0, whom=CONTROLLER), 1.0, watched=True)
    played.lingering.append(0)
    played.betrayed.append("a password in run-0")
    assert found(played) == ["lease", "lingers", "secret"]


def test_a_seed_draws_the_same_scenario_again_and_each_setting_has_its_turn():
    drawn = [draw_kills(seed) for seed in range(len(SETTINGS))]
    assert drawn == [draw_kills(seed) for seed in range(len(SETTINGS))]
    assert [(one.setting, one.ledger) for one in drawn] == list(SETTINGS)
