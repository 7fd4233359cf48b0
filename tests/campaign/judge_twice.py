# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges how many copies were made: never one twice, never more attempts and never more at a time than were allowed."""

from __future__ import annotations

import dataclasses
import typing as t

from tests.campaign.books import ACCEPTED, LOST, UNSENT, Books, Paid, fate_of, key_of
from tests.campaign.plot import BY_HAND
from tests.campaign.theatre import Told
from tests.campaign.wire import Sent

# For so many seconds after a look at the destination a copy may be submitted by what it showed.
FRESH = 15.0


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that did not hold; ``excuse``: why nobody promised it, if nobody did."""

    what: str
    text: str
    excuse: str | None = None


# -- never twice -------------------------------------------------------------------------------------------------------


def twice(books: Books) -> t.Iterator[Finding]:
    stood = {books.scenario.wanted[number].key: (number, name) for number, _what, name in books.scenario.standing}
    for key, copies in books.paid.items():
        for number, later in enumerate(copies):
            if later.by_hand:
                continue
            before = [one for one in copies[:number] if not books.came_to_nothing(one, later.begun)]
            number_of, name = stood.get(key, (None, ""))
            if number_of is not None and not books.emptied(books.scenario.wanted[number_of], later.begun):
                yield Finding("twice", f"{_told(later)}, and {name} stood there before")
            elif before:
                yield _duplicate(books, before, later)
        yield from _too_often(books, copies)
    for post in books.posts:
        yield from _by_an_old_list(books, post)


def _duplicate(books: Books, before: list[Paid], later: Paid) -> Finding:
    look = books.look_before(later.sent)
    text = f"{_told(later)} after {', '.join(_told(one) for one in before)}"
    if look is None:
        return Finding("twice", f"{text}; the destination was not listed")
    if any(books.visible(one, look.made_at) for one in before):
        return Finding("twice", f"{text}; the list of {look.made_at:.1f} s shows it")
    # Each of them has to have its own.
    excuses = [_excuse(books, one, later) for one in before]
    return Finding("twice", text, None if None in excuses else excuses[0])


def _by_an_old_list(books: Books, post: Sent) -> t.Iterator[Finding]:
    """A submission by what was seen of the destination too long before, or without a look at it."""
    if post.run >= BY_HAND or fate_of(post) == UNSENT:
        return
    look = books.look_before(post)
    if look is None or post.at - look.until > FRESH:
        seen = "has not looked" if look is None else f"has last looked at {look.until:.1f} s"
        yield Finding("old list", f"run {post.run} submits {key_of(post)} at {post.at:.1f} s, and {seen}")


def _excuse(books: Books, earlier: Paid, later: Paid) -> str | None:
    """Why nobody has promised that this one was known; None where somebody did."""
    scenario = books.scenario
    known = fate_of(earlier.sent) == ACCEPTED
    # Notes and marks tell whole seconds, and a host reads those of another by its own clock.
    outlasted = later.begun - earlier.sent.at > scenario.options["confirm_timeout"] - 1 - abs(scenario.skews[1])
    if earlier.by_hand:
        return "by hand, and not to be seen"
    if books.stood_in(earlier, later.begun):
        return "hidden behind another replica, which somebody has deleted"
    if not known and any(books.may_be_taken_for(earlier, one, later.begun) for one in books.paid[earlier.key]):
        return "its answer was lost, and a copy by hand, which has failed, looked like it"
    if earlier.denied:
        return "the service denied what it had begun"
    within = earlier.sent.run == later.sent.run or _was_told(books, earlier, later)
    if not scenario.promised and not within:
        unmarked = ", not allowed to mark" if scenario.ledger == "cloud" and not scenario.may_mark else ""
        return f"{scenario.setting} with ledger {scenario.ledger}{unmarked}"
    forgotten = scenario.setting not in ("kept", "two_on_one_host")
    if scenario.ledger == "cloud" and forgotten and not within and books.may_not_mark(earlier.sent.run):
        return "a run that was not allowed to mark, and whose host has forgotten"
    if outlasted and not known:
        return "hidden for longer than confirm_timeout, and no answer"
    refused = scenario.switches["patch_while_copying"] == "refused"
    if outlasted and refused and forgotten:
        return "hidden for longer than confirm_timeout, and no mark while it is copied"
    return None


def _was_told(books: Books, earlier: Paid, later: Paid) -> bool:
    """Whether the later run was given the earlier job, with the results of another run or by its id."""
    options = books.played.runs[later.sent.run].options
    results = options.get("resume") or []
    told = [*(results if isinstance(results, list) else [results]), *(options.get("images") or [])]
    jobs = {(one.get("job") or {}).get("id") or one.get("job_id") for one in told}
    return earlier.job.id in jobs | {options.get("job_id")}


def _too_often(books: Books, copies: list[Paid]) -> t.Iterator[Finding]:
    """More submissions of one copy in a run than it was allowed attempts."""
    most = books.scenario.options.get("max_attempts", 1)
    for run in {paid.sent.run for paid in copies if not paid.by_hand}:
        own = [paid for paid in copies if paid.sent.run == run and not paid.denied]
        if len(own) > most:
            yield Finding("attempts", f"run {run} has begun {len(own)} copies of {own[0].job.name}, {most} are allowed")


def _told(paid: Paid) -> str:
    by = "by hand" if paid.by_hand else f"run {paid.sent.run}"
    return f"{paid.job.name} to {paid.job.destination.name} at {paid.begun:.1f} s ({by}, saw {paid.sent.saw})"


# -- at a time --------------------------------------------------------------------------------------------------------


def at_once(books: Books, told: Told) -> t.Iterator[str]:
    """More copies of one run under way than it was allowed."""
    most = books.scenario.options.get("max_concurrent", 1)
    given_up = _given_up(told)
    own = [paid for paid in books.all_paid() if paid.sent.run == told.number and not paid.denied]
    patience = told.options["wait_timeout"]
    for paid in own:
        # A run that was killed cannot say which of them it had given up; those whose time was over, it had.
        watched = [
            one
            for one in own
            if one.job.id not in given_up
            and paid.begun - one.begun <= patience
            and not _lost_sight_of(books, one, paid.begun)
        ]
        under_way = sum(one.running_at(paid.begun) for one in watched)
        if under_way > most:
            yield f"{under_way} copies are under way at {paid.begun:.1f} s, {most} are allowed"
            return


def _lost_sight_of(books: Books, paid: Paid, moment: float) -> bool:
    """Whether a run whose answer was lost has looked for its copy in vain, for as long as it does, or has come upon one
    that somebody else has made, which it cannot tell from its own."""
    if fate_of(paid.sent) != LOST:
        return False
    until = paid.sent.at + books.scenario.options["confirm_timeout"]
    others = (one for one in books.paid[paid.key] if one is not paid)
    return (until < moment and not books.visible(paid, until)) or any(books.visible(one, moment) for one in others)


def _given_up(told: Told) -> set[str]:
    """Jobs that a run does not wait for any more; since when, the books cannot tell."""
    entries = (told.result or {}).get("results") or []
    return {entry["job"]["id"] for entry in entries if entry.get("status") == "failed" and entry.get("job")}
