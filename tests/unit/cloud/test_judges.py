# SPDX-License-Identifier: GPL-3.0-or-later
"""What judges the scenarios of the campaign, held to a good one in which one thing is spoilt."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import math
import types

import pytest

from tests.campaign.draw import Round, Start, draw
from tests.campaign.judge import judge
from tests.campaign.play import EPOCH, play
from tests.campaign.plot import BY_HAND
from tests.campaign.trouble import WAITS
from tests.campaign.wire import COPY
from tests.emulator import seed
from tests.emulator.state import Image

# Two images to one place, tagged, whatever else its seed has drawn.
SEED = 6_000_074
PLAN, COPIES, FINDS, ONCE_MORE = range(4)


@pytest.fixture
def played():
    scenario = draw(SEED)
    rounds = [Round([Start(check=True)], []), Round([Start()], [])]
    return play(dataclasses.replace(scenario, setting="kept", outcomes=[], standing=[], rounds=rounds))


def found(played):
    return {finding.what for finding in judge(played).findings if finding.excuse is None}


def entry(played, run):
    return played.runs[run].result["results"][0]


def requests(played, run, operation):
    return [sent for sent in played.book if sent.run == run and sent.entry.operation == operation]


def replica(played):
    return played.world.cloud.images[entry(played, COPIES)["image"]["id"]]


def told(moment):
    return (EPOCH + datetime.timedelta(seconds=moment)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_what_holds_is_not_complained_of(played):
    assert [finding.what for finding in judge(played).findings] == []
    assert [run.how for run in played.runs] == ["ended"] * 4
    assert len([sent for sent in played.book if sent.entry.operation == COPY]) == 2


# -- one thing is spoilt -----------------------------------------------------------------------------------------------


def a_look_is_old(played):
    for sent in requests(played, COPIES, "ListImages"):
        sent.answered_at -= 16


def nothing_was_looked_at(played):
    played.book[:] = [sent for sent in played.book if (sent.run, sent.entry.operation) != (COPIES, "ListImages")]


def the_replica_is_gone(played):
    del played.world.cloud.images[replica(played).id]


def the_replica_was_not_there_yet(played):
    job = next(job for job in played.jobs if job.replica_id == replica(played).id)
    job.end = played.runs[COPIES].ended + 1


def one_more_run_changes_something(played):
    sent = copy.copy(requests(played, COPIES, "BatchAddOrDeleteTags")[0])
    sent.run = ONCE_MORE
    played.book.append(sent)


def it_says_that_it_changed_nothing(played):
    played.runs[COPIES].result["changed"] = False


def it_says_that_it_changed_something(played):
    played.runs[FINDS].result["changed"] = True


def it_says_so_after_a_mark_that_was_lost(played):
    """A mark on a source is no change, whatever came of it."""
    sent = copy.copy(requests(played, COPIES, COPY)[0])
    sent.run, sent.saw, sent.trouble = FINDS, "dropped", "drop"
    sent.entry = dataclasses.replace(sent.entry, operation="UpdateImage")
    played.book.append(sent)
    played.runs[FINDS].result["changed"] = True


def check_mode_foresees_no_change(played):
    played.runs[PLAN].result["changed"] = False


def check_mode_sends_something(played):
    requests(played, COPIES, COPY)[0].run = PLAN


def check_mode_copies_what_stands(played):
    played.runs[FINDS].check = True
    entry(played, FINDS).update(action="submitted", status="not_started")
    played.runs[FINDS].result["changed"] = True
    _count(played, present=1, not_started=1)


def an_update_is_said_that_nobody_has_made(played):
    entry(played, FINDS).update(status="updated")
    _count(played, present=1, updated=1)


def a_copy_is_said_that_nobody_has_made(played):
    entry(played, FINDS).update(action="submitted", attempts=1)


def a_copy_is_not_said(played):
    entry(played, COPIES).update(action="none")


def attempts_are_miscounted(played):
    entry(played, COPIES)["attempts"] += 1


def statuses_are_miscounted(played):
    _count(played, present=3)


def another_job_is_named(played):
    entry(played, COPIES)["job"]["id"] = played.runs[COPIES].result["results"][1]["job"]["id"]


def a_job_is_said_to_have_failed(played):
    entry(played, COPIES)["job"]["status"] = "FAIL"


def it_fails_without_a_hint(played):
    error = {"message": "it failed", "stage": "wait", "hint": None}
    played.runs[FINDS].result.update(failed=True, msg="it failed", error=error)


def an_answer_is_misquoted(played):
    sent = requests(played, FINDS, "ListRegions")[0]
    sent.saw, sent.code = 403, "APIGW.0302"
    quote = {"request_id": sent.request_id, "http_status": 500, "code": "APIGW.0302"}
    error = {"message": "it failed", "stage": "preflight", "hint": "mend it", **quote}
    played.runs[FINDS].result.update(failed=True, msg="it failed", error=error)


def a_copy_outlasts_its_time(played):
    options, began = played.runs[COPIES].options, played.runs[COPIES].began
    entry(played, COPIES)["finished_at"] = told(began + options["wait_timeout"] + options["confirm_timeout"] + 70)


def a_run_outlasts_its_time(played):
    run = played.runs[COPIES]
    run.options["run_for"] = 20
    run.ended = run.began + 20 + 2 * run.options["confirm_timeout"] + 70


def too_many_are_under_way(played):
    played.scenario.options["max_concurrent"] = 1


def a_mark_is_left(played):
    played.world.cloud.images[played.scenario.wanted[0].source_id].raw["ims_copy_0123456789ab_0123"] = "x"


def a_secret_is_told(played):
    played.runs[FINDS].warnings.append(next(iter(seed.ACCESS_KEYS.values())).secret)


def it_never_ends_well(played):
    played.well = None


def one_is_copied_twice_in_a_run(played):
    _again(played, COPIES)


def _count(played, **counts):
    known = played.runs[FINDS].result["counts"]
    known.update({status: counts.get(status, 0) for status in known})


def _again(played, run, after=0.5):
    """The first copy is made once more, and never shows."""
    sent = requests(played, COPIES, COPY)[0]
    job = played.world.cloud.jobs[sent.entry.result]
    number = len(played.world.cloud.jobs)
    more = copy.copy(job)
    more.id, more.begin, more.end, more.replica_id = f"job-{number}", job.begin + after, math.inf, None
    played.world.cloud.jobs[more.id] = more
    more_sent = dataclasses.replace(sent, run=run, at=sent.at + after)
    more_sent.entry = dataclasses.replace(sent.entry, result=more.id)
    look = dataclasses.replace(requests(played, COPIES, "ListImages")[-1], run=run)
    look.effect_at = look.answered_at = more_sent.at - 0.1
    look.entry = next(
        dataclasses.replace(one.entry, query=[])
        for one in requests(played, COPIES, "ListImages")
        if one.entry.project_id == played.scenario.wanted[0].project.id
    )
    played.book += [look, more_sent]


SPOILT = {
    a_look_is_old: "old list",
    nothing_was_looked_at: "old list",
    the_replica_is_gone: "lost",
    the_replica_was_not_there_yet: "ok is there",
    one_more_run_changes_something: "again",
    it_says_that_it_changed_nothing: "changed",
    it_says_that_it_changed_something: "changed",
    it_says_so_after_a_mark_that_was_lost: "changed",
    check_mode_foresees_no_change: "check mode",
    check_mode_sends_something: "check mode",
    check_mode_copies_what_stands: "check mode",
    an_update_is_said_that_nobody_has_made: "entries",
    a_copy_is_said_that_nobody_has_made: "entries",
    a_copy_is_not_said: "entries",
    attempts_are_miscounted: "entries",
    statuses_are_miscounted: "entries",
    another_job_is_named: "entries",
    a_job_is_said_to_have_failed: "entries",
    it_fails_without_a_hint: "speech",
    an_answer_is_misquoted: "speech",
    a_copy_outlasts_its_time: "deadline",
    a_run_outlasts_its_time: "deadline",
    too_many_are_under_way: "at once",
    a_mark_is_left: "marks left",
    a_secret_is_told: "secret",
    it_never_ends_well: "never well",
    one_is_copied_twice_in_a_run: "attempts",
}


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_one_thing_that_does_not_hold_is_seen(played, spoil: types.FunctionType):
    spoil(played)
    assert SPOILT[spoil] in found(played)


# -- excuses -----------------------------------------------------------------------------------------------------------


def twice(played):
    return [finding.excuse for finding in judge(played).findings if finding.what == "twice"]


def test_a_copy_by_hand_that_cannot_be_seen_excuses_that_it_is_made_again(played):
    for image in played.world.cloud.images.values():
        _hide(image)
    _again(played, BY_HAND, after=-0.001)
    assert twice(played) == ["by hand, and not to be seen"]


def test_but_not_that_the_copy_of_an_earlier_run_is(played):
    for image in played.world.cloud.images.values():
        _hide(image)
    _again(played, BY_HAND, after=-0.001)
    _again(played, FINDS)
    assert twice(played) == ["by hand, and not to be seen", None]


def _hide(image: Image):
    image.visible_at = math.inf


# -- what is drawn -----------------------------------------------------------------------------------------------------


def test_refusals_ask_for_patience_and_some_are_long_in_coming():
    rounds = [one for seed in range(300) for one in draw(seed).rounds]
    refusals = [trouble for one in rounds for trouble in one.troubles if trouble.kind == "status"]
    assert {one.retry_after for one in refusals} == {None, *WAITS}
    assert 0 < sum(one.takes > 0 for one in refusals) < len(refusals)
