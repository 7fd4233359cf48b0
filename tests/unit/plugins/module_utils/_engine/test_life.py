# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a copy's life, walked to its last row."""

from __future__ import annotations

import collections
import itertools
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import effects as do
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import observations as see
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.life import TABLE, advance
from tests.unit import life_scenes as scenes
from tests.unit.life_scenes import FAILED_ONCE, NOW, ONE, SCENES, Scene, attempt

OF_EACH: dict[type, p.Phase] = {
    p.Unplanned: p.Unplanned(),
    p.PutOff: p.PutOff(1000.0),
    p.Queued: p.Queued(),
    p.Submitting: p.Submitting(p.Queued()),
    p.FollowingJob: scenes.FOLLOWING,
    p.WatchingImage: scenes.WATCHING,
    p.Searching: scenes.SEARCHING,
    p.Settling: scenes.STOOD,
    p.Ended: p.Ended(p.Outcome.PRESENT, None),
}
SEEN: dict[type, see.Observation] = {
    see.Absent: see.Absent(1000.0),
    see.Standing: see.Standing(scenes.ACTIVE),
    see.UnderWay: see.UnderWay(scenes.SAVING),
    see.MayHaveBegun: see.MayHaveBegun(60.0),
    see.JobUnknown: see.JobUnknown("j1"),
    see.Refused: see.Refused(scenes.FORBIDDEN),
    see.Chosen: see.Chosen(),
    see.Accepted: see.Accepted("j1"),
    see.AnswerLost: see.AnswerLost(scenes.LOST),
    see.NotNow: see.NotNow(scenes.FULL),
    see.SlotTaken: see.SlotTaken(),
    see.NeverASlot: see.NeverASlot(scenes.FULL),
    see.JobSeen: see.JobSeen(scenes.RUNNING, 1000.0),
    see.ImageSeen: see.ImageSeen(scenes.ACTIVE, 1000.0),
    see.LookFailed: see.LookFailed(scenes.AWAY, 1000.0),
    see.InLine: see.InLine(scenes.ACTIVE),
    see.NotInLine: see.NotInLine(scenes.FORBIDDEN),
    see.LeftAlone: see.LeftAlone(),
}
ROWS = {(row.phase, row.seen) for row in TABLE}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: f"{type(scene.phase).__name__}: {scene.what}")
def test_what_is_seen_leads_to_the_phase_and_the_effects_of_the_scene(scene: Scene) -> None:
    phase, effects = advance(scene.phase, scene.seen, NOW, scene.terms)

    assert phase.__class__ is scene.to
    assert tuple(type(effect) for effect in effects) == scene.effects


def test_every_row_ends_in_each_of_its_phases_in_some_scene_and_in_no_other() -> None:
    reached = {
        (type(scene.phase), type(scene.seen), type(advance(scene.phase, scene.seen, NOW, scene.terms)[0]))
        for scene in SCENES
    }

    assert reached == {(row.phase, row.seen, to) for row in TABLE for to in row.to}


def test_the_table_has_one_row_for_each_phase_and_observation_and_some_for_each_but_the_end() -> None:
    counts = collections.Counter((row.phase, row.seen) for row in TABLE)

    assert set(counts.values()) == {1}
    assert {row.phase for row in TABLE} == set(t.get_args(p.Phase)) - {p.Ended}
    assert {row.seen for row in TABLE} == set(t.get_args(see.Observation)) == set(SEEN)


@pytest.mark.parametrize(
    ("phase", "seen"),
    [pair for pair in itertools.product(OF_EACH, SEEN) if pair not in ROWS],
    ids=lambda kind: kind.__name__,
)
def test_what_cannot_be_seen_in_a_phase_is_a_bug_that_names_both(phase: type, seen: type) -> None:
    with pytest.raises(AssertionError, match=f"^{seen.__name__} cannot be seen of a copy that is {phase.__name__}$"):
        advance(OF_EACH[phase], SEEN[seen], NOW, ONE)


def test_every_effect_follows_from_something_and_only_a_slot_leads_to_a_request() -> None:
    rows = collections.defaultdict(set)
    for scene in SCENES:
        for effect in advance(scene.phase, scene.seen, NOW, scene.terms)[1]:
            rows[type(effect)].add((type(scene.phase), type(scene.seen)))

    assert set(rows) == set(t.get_args(do.Effect))
    assert rows[do.Submit] == {(p.Queued, see.Chosen)}


def test_a_phase_is_data_that_nobody_changes() -> None:
    for phase in (*OF_EACH.values(), attempt(), *SEEN.values()):
        name = next(iter(type(phase).__annotations__), "anything")
        with pytest.raises((AttributeError, TypeError)):
            setattr(phase, name, None)


def test_an_attempt_counts_as_submitted_by_this_run_if_it_or_one_before_it_was() -> None:
    earlier = attempt(0, ours=False)

    assert not earlier.submitted
    assert attempt().submitted
    assert attempt(1, ours=False, before=FAILED_ONCE.last).submitted
    assert not attempt(0, ours=False, before=earlier).submitted
