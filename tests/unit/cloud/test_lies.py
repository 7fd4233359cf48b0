# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud whose answers lie, five hundred times; ``make lies`` tells more of them, and SEED= and N=1 one of these."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import ims, message
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import BadReply, ReplyLost
from tests.campaign.judge_lies import findings, judge
from tests.campaign.lies import KINDS
from tests.campaign.lying import OPERATIONS, draw, play

FIRST, EACH = 1, 25


@pytest.mark.parametrize("first", range(FIRST, FIRST + 500, EACH))
def test_whatever_the_cloud_says_nothing_is_copied_twice_nor_said_to_be_what_it_is_not(first: int) -> None:
    broken = {seed: findings(seed) for seed in range(first, first + EACH)}
    assert {seed: found for seed, found in broken.items() if found} == {}


def seen(found: list[tuple[str, str]]) -> set[str]:
    return {what for what, _text in found}


def test_a_seed_repeats_its_lies() -> None:
    once, again = (play(draw(FIRST + 7)) for _time in range(2))
    assert [lie.told for lie in once.scene.lies] == [lie.told for lie in again.scene.lies]
    assert [(sent.at, sent.entry.operation) for sent in once.played.book] == [
        (sent.at, sent.entry.operation) for sent in again.played.book
    ]


def test_lies_of_every_kind_are_told_about_every_call() -> None:
    scenes = [draw(seed) for seed in range(FIRST, FIRST + 500)]
    assert {lie.kind for scene in scenes for lie in scene.lies} == set(KINDS)
    assert {lie.operation for scene in scenes for lie in scene.lies} == set(OPERATIONS)


def test_a_submission_that_was_sent_again_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    once = ims.Ims.copy

    def insisting(service: t.Any, *given: t.Any) -> str:
        with contextlib.suppress(ReplyLost):
            return once(service, *given)
        return once(service, *given)

    monkeypatch.setattr(ims.Ims, "copy", insisting)
    assert {"sent twice", "twice"} <= set().union(*(seen(findings(seed)) for seed in range(5000, 5060)))


def test_an_answer_that_cannot_be_read_and_does_not_name_its_call_would_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(message.Response, "bad", lambda reply, what: BadReply(what))
    assert "unreadable" in set().union(*(seen(findings(seed)) for seed in range(5000, 5020)))


def test_a_replica_that_is_said_to_be_there_and_is_not_would_be_seen() -> None:
    scene = next(one for one in map(draw, range(5000, 6000)) if one.kind == "copy" and one.before == "replica")
    lied = play(dataclasses.replace(scene, lies=[], liar=None, check=False, named_job=False))
    assert judge(lied) == []
    for standing in lied.standing.values():
        standing.clear()
    assert seen(judge(lied)) == {"false success"}
