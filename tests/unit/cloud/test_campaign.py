# SPDX-License-Identifier: GPL-3.0-or-later
"""Some scenarios of the campaign of each setting and ledger; ``make campaign`` plays as many as one likes."""

from __future__ import annotations

import itertools

import pytest

from tests.campaign.draw import CELLS, cell_of, draw
from tests.campaign.judge import judge
from tests.campaign.play import play

FIRST = 6_000_000
OF_EACH = 4


def told(played):
    return [(sent.run, sent.at, sent.entry.operation, sent.saw) for sent in played.book]


@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_what_is_promised_holds(cell):
    seeds = itertools.islice((seed for seed in itertools.count(FIRST) if cell_of(seed) == cell), OF_EACH)
    verdicts = [judge(play(draw(seed))) for seed in seeds]

    assert {(verdict.setting, verdict.ledger) for verdict in verdicts} == {cell}
    broken = [(verdict.seed, finding) for verdict in verdicts for finding in verdict.findings if not finding.excuse]
    assert broken == []


def test_a_seed_repeats_its_scenario():
    assert told(play(draw(FIRST))) == told(play(draw(FIRST)))


def test_a_copy_that_is_made_twice_is_seen_and_excused_only_where_nobody_promised_otherwise():
    forgetful = draw(2)
    played = play(forgetful)
    excused = {finding.excuse for finding in judge(played).findings if finding.what == "twice"}
    played.scenario.setting = "kept"
    broken = {finding.excuse for finding in judge(played).findings if finding.what == "twice"}

    assert excused == {"wiped with ledger host"}
    assert broken == {None}
