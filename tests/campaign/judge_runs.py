# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges what one run said: whether it is so by the books, in time, and of use to whoever reads it."""

from __future__ import annotations

import datetime
import typing as t

from tests.campaign.books import ACCEPTED, AMBIGUOUS, BUSY, LOST, REFUSED, UNSENT, Books, fate_of
from tests.campaign.draw import SOURCE, Wanted
from tests.campaign.play import EPOCH
from tests.campaign.theatre import Result, Told
from tests.campaign.wire import COPY, Sent

STATUSES = ("present", "copied", "updated", "in_progress", "not_started", "skipped", "failed")
DONE = ("present", "copied", "updated")
# After so many seconds without a sign a run nobody watches submits nothing more.
LEASE = 30.0
# So many seconds a run may pause between requests after its time is over: before it asks once more, and for the next
# look, which shows how it stands.
MOST_PAUSES = 60.0
Said = t.Iterator[tuple[str, str]]


def judge_run(books: Books, told: Told) -> Said:
    """What does not hold, each with the promise that it breaks."""
    if told.how in ("traceback", "no JSON", "endless"):
        yield told.how, told.text.strip()[-300:] or f"{told.ended - told.began:.0f} s and no end"
    yield from _unwatched(books, told)
    if told.check and books.mutations(told.number):
        yield "check mode", f"{books.mutations(told.number)[0].entry.operation} was sent"
    if told.result is None:
        return
    yield from _changed(books, told, told.result)
    yield from in_time(books, told)
    if told.result.get("failed"):
        yield from _speaks(books, told, told.result)
    for wanted, entry in entries_of(books, told):
        yield from (
            (what, f"{wanted.name} to {wanted.project.name}: {text}")
            for what, text in _entry(books, told, wanted, entry)
        )
    if told.many and told.result.get("results"):
        yield from _counted(told.result)


def entries_of(books: Books, told: Told) -> t.Iterator[tuple[Wanted, Result]]:
    """The entries of a result, each with what was asked for; that of the module for one copy is made up."""
    result = told.result or {}
    if not told.many:
        yield books.scenario.wanted[0], {**result, "status": _status(result)}
        return
    by_name = {wanted.source_id: name for name, wanted in _names(books)}
    for entry in result.get("results") or []:
        for wanted in books.scenario.wanted:
            asked = entry.get("image_id") == wanted.source_id or entry.get("image_name") == by_name[wanted.source_id]
            if asked and entry["destination_project_name"] == wanted.project.name:
                yield wanted, entry


def _names(books: Books) -> t.Iterator[tuple[str, Wanted]]:
    for wanted in books.scenario.wanted:
        yield str(books.cloud.images[wanted.source_id].raw["name"]), wanted


def _status(result: Result) -> str:
    if result.get("failed"):
        return "failed"
    image = result.get("image")
    if image is None or image["status"] != "active":
        return "in_progress"
    return {"submitted": "copied", "waited": "copied", "updated": "updated"}.get(str(result.get("action")), "present")


# -- the whole ---------------------------------------------------------------------------------------------------------


def _changed(books: Books, told: Told, result: Result) -> Said:
    if told.check:
        yield from _would_change(books, told, result)
        return
    fates = [fate_of(post) for post in books.posts_of(told.number)]
    altered = bool(books.updates_of(told.number))
    changed = result.get("changed")
    # What was denied after it had been done, nobody can know.
    must = altered or any(fate in (ACCEPTED, LOST) for fate in fates)
    may = must or any(_may_have_changed(sent) for sent in books.mutations(told.number))
    if changed is not True and must:
        yield "changed", f"it is {changed}, and {fates} and {altered} is what was done"
    if changed is not False and not may:
        yield "changed", f"it is {changed}, and nothing was done: {fates}"


def _may_have_changed(sent: Sent) -> bool:
    """Whether what a request has done is not what its answer says, or the answer says nothing of it."""
    if sent.entry.region == SOURCE.region and sent.entry.operation != COPY:
        # A mark.
        return False
    fate = fate_of(sent)
    return fate in (LOST, AMBIGUOUS) or (sent.took_effect and fate != ACCEPTED)


def _would_change(books: Books, told: Told, result: Result) -> Said:
    """In check mode something is to change where an entry says so, and only there."""
    actions = [entry["action"] for _wanted, entry in entries_of(books, told)]
    foreseen = any(action in ("submitted", "updated") for action in actions)
    if result.get("changed") is not foreseen and not result.get("failed"):
        yield "check mode", f"changed is {result.get('changed')}, and the actions are {actions}"


def _unwatched(books: Books, told: Told) -> Said:
    if told.unwatched_at is None:
        return
    # A request that is on its way is not called back.
    last = told.unwatched_at + LEASE + 2 * told.options["request_timeout"] + told.options["wait_interval"]
    for post in books.posts_of(told.number):
        if post.at > last:
            yield "lease", f"it submits at {post.at:.0f} s, and nobody waits for it since {told.unwatched_at:.0f} s"
            return


def in_time(books: Books, told: Told) -> Said:
    """``wait_timeout`` and ``run_for`` hold, but for the requests that are on their way then, or right after."""
    options, took = told.options, told.ended - told.began
    run_for = options.get("run_for")
    if run_for is not None:
        # What is about to be verified, or looked for after its answer was lost, is still seen to its end.
        slack = MOST_PAUSES + 2 * options["confirm_timeout"] + _under_way(books, told, told.began + run_for, told.ended)
        if took > run_for + slack:
            yield "deadline", f"it took {took:.0f} s, and was to be back after {run_for} s"
    for wanted, entry in entries_of(books, told):
        began, ended = _seconds(entry.get("started_at")), _seconds(entry.get("finished_at"))
        if began is None or ended is None:
            continue
        patience = options["wait_timeout"]
        if entry["action"] != "submitted":
            # What another run has begun is waited for since this one, which may have been busy, has turned to it: with
            # its plan, and with as many copies before it.
            began = max(began, told.began)
            patience *= 1 + len(books.scenario.wanted)
        # What is made may still have to show.
        until = began + patience + options["confirm_timeout"]
        if ended > until + MOST_PAUSES + _under_way(books, told, until, ended):
            yield "deadline", f"{wanted.name} took {ended - began:.0f} s, wait_timeout is {options['wait_timeout']} s"


def _under_way(books: Books, told: Told, begins: float, ends: float) -> float:
    """For how many seconds of that time a run had a request under way."""
    own = [sent for sent in books.played.book if sent.run == told.number and sent.answered_at is not None]
    return sum(max(0.0, min(t.cast(float, sent.answered_at), ends) - max(sent.at, begins)) for sent in own)


def _seconds(moment: str | None) -> float | None:
    """Virtual seconds, of a time as results carry it."""
    if not moment:
        return None
    told = datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    return (told - EPOCH).total_seconds()


def _speaks(books: Books, told: Told, result: Result) -> Said:
    error = result.get("error")
    if not str(result.get("msg") or "").strip():
        yield "speech", "it fails without a word"
    yield from _error_speaks(books, told, error)


def _error_speaks(books: Books, told: Told, error: t.Any) -> Said:
    if not isinstance(error, dict) or not all(error.get(key) for key in ("message", "stage", "hint")):
        yield "speech", f"its error is {error}"
    else:
        yield from _quotes(books, told, error)


def _quotes(books: Books, told: Told, error: Result) -> Said:
    """What an error says of the service's answer is what the service said."""
    request_id = error.get("request_id")
    for sent in books.played.book if request_id else ():
        said, saw = (error.get("http_status"), error.get("code")), (sent.saw, sent.code)
        # What cannot be read has a status that says nothing.
        if sent.request_id == request_id and sent.saw in range(400, 600) and said != saw:
            yield "speech", f"it quotes {said} of {sent.entry.operation}, and the service said {saw}"


def _counted(result: Result) -> Said:
    counts = dict.fromkeys(STATUSES, 0)
    for entry in result["results"]:
        counts[entry["status"]] = counts.get(entry["status"], 0) + 1
    told = {status: count for status, count in result["counts"].items() if status in STATUSES}
    if told != counts:
        yield "entries", f"counts are {told}, and the entries {counts}"
    if result["finished"] and (counts["in_progress"] or counts["not_started"]):
        yield "entries", f"finished, and {counts}"
    if bool(result.get("failed")) != bool(counts["failed"]) and not result.get("error"):
        yield "entries", f"failed is {result.get('failed')}, and {counts}"


# -- one entry ---------------------------------------------------------------------------------------------------------


def _entry(books: Books, told: Told, wanted: Wanted, entry: Result) -> Said:
    status = entry["status"]
    if status in DONE and not (told.check and entry["action"] == "submitted"):
        yield from _is_there(books, told, wanted, entry)
    if told.check:
        yield from _would_copy(books, told, wanted, entry)
        return
    yield from _updated(books, told, wanted, entry)
    posts = books.posts_of(told.number, wanted.key)
    fates = [fate_of(post) for post in posts]
    if entry.get("action") == "submitted" and not set(fates) & {ACCEPTED, LOST, AMBIGUOUS}:
        yield "entries", f"action is submitted, and {fates or 'nothing was sent'}"
    if entry.get("action") != "submitted" and set(fates) & {ACCEPTED, LOST}:
        yield "entries", f"action is {entry.get('action')}, and {fates}"
    own = [paid for paid in books.paid.get(wanted.key, ()) if paid.sent.run == told.number]
    came_to_nothing = all(paid.job.outcome.status == "FAIL" for paid in own)
    waits_again = status == "not_started" and came_to_nothing
    if status in ("not_started", "present", "skipped") and set(fates) & {ACCEPTED, LOST} and not waits_again:
        yield "entries", f"it is {status}, and {fates}"
    if status == "in_progress" and not books.paid.get(wanted.key) and not posts:
        yield "entries", "it is in progress, and nobody has ever begun it"
    if status == "failed" and told.many:
        yield from _error_speaks(books, told, entry.get("error"))
    yield from _job(books, wanted, entry)
    if told.many and not told.options.get("resume") and status != "skipped":
        counted = [fate for fate in fates if fate not in (BUSY, UNSENT)]
        if AMBIGUOUS not in fates and REFUSED not in fates and entry["attempts"] != len(counted):
            yield "entries", f"{entry['attempts']} attempts, and {fates}"


def _would_copy(books: Books, told: Told, wanted: Wanted, entry: Result) -> Said:
    """Nothing is foreseen to be copied that everybody could see when the run began."""
    seen = [one.id for one in books.standing(wanted, told.ended) if books.shown(one, told.began)]
    if entry["action"] == "submitted" and seen:
        yield "check mode", f"it is to be copied, and {seen} stands there"


def _updated(books: Books, told: Told, wanted: Wanted, entry: Result) -> Said:
    """A replica was changed where an entry says so."""
    image = (entry.get("image") or {}).get("id")
    if entry["status"] != "updated":
        return
    asked = [sent for sent in books.mutations(told.number) if image and image in sent.entry.path]
    if not any(sent.took_effect for sent in asked):
        yield "entries", f"{image} is updated, and {[(sent.entry.operation, sent.saw) for sent in asked]} was asked for"


def _is_there(books: Books, told: Told, wanted: Wanted, entry: Result) -> Said:
    image = entry.get("image") or {}
    standing = [one.id for one in books.standing(wanted, told.ended)]
    if image.get("id") not in standing:
        yield (
            "ok is there",
            f"it is {entry['status']} as {image.get('id')} ({image.get('status')}), there are {standing}",
        )


def _job(books: Books, wanted: Wanted, entry: Result) -> Said:
    told = entry.get("job")
    if not told:
        return
    paid = books.paid_for(told["id"])
    if paid is None:
        yield "entries", f"there is no job {told['id']}"
        return
    if paid.key != wanted.key:
        yield "entries", f"job {told['id']} is one of {paid.key}"
    if told["status"] == "SUCCESS" and (paid.job.outcome.status != "SUCCESS" or not paid.job.settled):
        yield "entries", f"job {told['id']} is said to have succeeded"
    if told["status"] == "FAIL" and paid.job.outcome.status != "FAIL":
        yield "entries", f"job {told['id']} is said to have failed"
    error = entry.get("error") or {}
    # What was tried after that, and refused, is another story.
    about_it = entry["status"] == "failed" and told["status"] == "FAIL" and error.get("stage") == "wait"
    if about_it and error.get("code") != paid.job.outcome.error_code:
        yield "speech", f"its job failed with {paid.job.outcome.error_code}, and it says {error.get('code')}"
