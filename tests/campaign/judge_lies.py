# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a run that was lied to: by the books of the cloud, and by what it says of answers that it could not read."""

from __future__ import annotations

import json
import re
import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.huaweicloud.ims.plugins.filter.report_view import FilterModule
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.raw import IDENTIFIER
from ansible_collections.huaweicloud.ims.plugins.module_utils._text import HALF
from tests import hunting
from tests.campaign.books import Books, Paid
from tests.campaign.draw import SOURCE, Wanted
from tests.campaign.judge_runs import DONE, entries_of, in_time
from tests.campaign.liar import JOBS, LIST, SUBMIT
from tests.campaign.lying import COPY, IMAGES, JOB, MANY, Lied, draw, play
from tests.campaign.theatre import Result, Told
from tests.emulator.echo import DECOY

# How an answer that cannot be read is told from others: the method and the path of its call.
CALL = re.compile(r"(?:GET|POST|PATCH|DELETE) \S*/\S+")
# Characters of a result, and of what people are to read of it. One copy has some three thousand.
MOST_OF_A_RESULT = 60_000
MOST_OF_A_MESSAGE = 6_000
# The service has taken a change and does not show it: nobody knows whether it has made it.
NOT_SHOWN = "it does not show them"
# So many requests it takes at most to plan one copy, and to begin it.
A_PLAN = 20
REPORT_VIEW = FilterModule().filters()["report_view"]
Said = t.Iterator[tuple[str, str]]


def judge(lied: Lied) -> list[tuple[str, str]]:
    """What did not hold, each with the promise that was broken."""
    books = Books(lied.played)
    found = list(_ends(lied.told))
    found += [("unreadable", text[:300]) for text in lied.unreadable if not CALL.search(text)]
    found += _never_twice(lied, books)
    found += _secret(lied)
    if lied.scene.kind in (COPY, MANY):
        found += _true(lied, books, lied.told)
        found += _jobs(lied, books, lied.told)
        found += _nothing_unseen(lied, books)
        found += _asks_for(books, lied.told)
        found += _in_time(lied, books)
    if lied.scene.kind == IMAGES and not lied.plausible:
        found += _listed(lied, books)
    if lied.scene.kind in (IMAGES, JOB) or lied.scene.check:
        found += [("only reads", sent.entry.path) for sent in books.mutations(lied.told.number)]
    if lied.after is not None:
        found += [(what, f"afterwards: {text}") for what, text in _afterwards(lied, books, lied.after)]
    return found


def _ends(told: Told) -> Said:
    """No traceback, no hang, JSON, words, and not more of them than anybody can use; and a report can be made of it."""
    if told.how != "ended" or told.result is None:
        yield told.how, told.text.strip()[-400:]
        return
    result = told.result
    yield from _of_their_kind(result)
    texts = [json.dumps(result, ensure_ascii=False), *told.warnings]
    if any(HALF.search(text) for text in texts):
        yield "half a character", repr(HALF.split("".join(texts))[0][-60:])
    if len(told.text) > MOST_OF_A_RESULT and result.get("images") is None:
        yield "huge", f"the result has {len(told.text)} characters"
    texts = [str(result.get("msg") or ""), *told.warnings]
    if any(len(text) > MOST_OF_A_MESSAGE for text in texts):
        yield "huge", f"a message has {max(map(len, texts))} characters"
    if result.get("failed"):
        error = result.get("error")
        if not str(result.get("msg") or "").strip():
            yield "speech", "it fails without a word"
        if not isinstance(error, dict) or not (error.get("message") and error.get("stage") and error.get("hint")):
            yield "speech", f"its error is {error}"
    if "results" in result:
        try:
            REPORT_VIEW({**result, "check_mode": told.check}, html=True)
        except AnsibleFilterError as refused:
            yield "report", str(refused)


def _of_their_kind(result: Result) -> Said:
    """An id becomes part of a path, and of what a later run is told."""
    entries = result.get("results") or [result]
    named = [entry.get(what) or {} for entry in entries for what in ("image", "job", "source_image")]
    for one in [*named, *(result.get("images") or [])]:
        if isinstance(one, dict) and one.get("id") is not None and not IDENTIFIER.fullmatch(one["id"]):
            yield "no id", repr(one["id"])[:100]


def _never_twice(lied: Lied, books: Books) -> Said:
    """One request for a copy in a run, whatever the answer to it; and one copy, unless the lie may have been true."""
    for key, paid in books.paid.items():
        runs = [one.sent.run for one in paid]
        if len(paid) > 1 and not (lied.plausible and len(set(runs)) == len(runs)):
            yield "twice", f"{_told(paid)}"
        posts = books.posts_of(lied.told.number, key)
        if len(posts) > 1:
            yield "sent twice", f"{len(posts)} requests for {key}"


def _told(paid: t.Sequence[Paid]) -> str:
    return ", ".join(f"{one.job.name} by run {one.sent.run} at {one.begun:.0f} s" for one in paid)


def _secret(lied: Lied) -> Said:
    """Nothing that proves who calls is told or left, whatever the service quotes."""
    if lied.scene.liar != "quotes":
        return
    secrets = {*hunting.all_secrets(), *lied.played.world.cloud.tokens}
    told = [text for run in lied.played.runs for text in (run.text, *run.warnings)]
    for text in (*told, *lied.written, *lied.unreadable):
        yield from (("secret", found) for found in hunting.found_in(text, secrets))


def _true(lied: Lied, books: Books, told: Told) -> Said:
    """What is said to be there is there, and of that source, and in line; what is said to be changed is."""
    result = told.result
    if result is None or told.check:
        return
    effective = [sent for sent in books.mutations(told.number) if sent.took_effect and _is_no_mark(sent.entry)]
    if effective and result.get("changed") is not True and not _not_shown(result):
        yield "changed", f"it is {result.get('changed')} after {effective[0].entry.operation}"
    if result.get("changed") and not effective and not any(sent.trouble for sent in books.mutations(told.number)):
        yield "changed", "it is true, and nothing was done"
    if not lied.tellable:
        return
    for wanted, entry in entries_of(books, told):
        if entry["status"] in DONE:
            yield from _is_there(lied, told, wanted, entry)
        elif entry["status"] == "in_progress" and told.options.get("wait", True) and not result.get("cut_short"):
            if not result.get("failed"):
                yield "false success", f"{wanted.name} is not there yet, and it was to be waited for"


def _jobs(lied: Lied, books: Books, told: Told) -> Said:
    """A job that an entry names is one of that copy, and stands as the books have it, unless that was lied about."""
    for wanted, entry in entries_of(books, told):
        job = entry.get("job")
        if not job:
            continue
        paid = books.paid_for(job["id"])
        # What the source is called may have been lied about as well.
        if paid is None or paid.key[:2] != wanted.key[:2] or (paid.key != wanted.key and not lied.lies_about(LIST)):
            if not lied.lies_about(SUBMIT):
                yield "job", f"{wanted.name} is said to be made by job {job['id']}"
        elif job["status"] in ("SUCCESS", "FAIL") and job["status"] != paid.job.outcome.status:
            if not lied.lies_about(*JOBS):
                yield "job", f"job {job['id']} is said to be at {job['status']}"


def _asks_for(books: Books, told: Told) -> Said:
    """Whatever the answers name, nothing is asked for by what is no id."""
    for sent in books.played.book:
        if sent.run == told.number:
            odd = [value for name, value in sent.entry.query if name == "id" and not IDENTIFIER.fullmatch(value)]
            yield from (("no id", f"{sent.entry.operation} {value!r:.80}") for value in odd)


def _nothing_unseen(lied: Lied, books: Books) -> Said:
    """Where a copy is to be marked, nothing is submitted as long as the answers are about another source."""
    if lied.scene.liar == "answers_about_others" and lied.scene.scenario.ledger == "cloud":
        yield from (("unseen", str(post.entry.path)) for post in books.posts_of(lied.told.number))


def _in_time(lied: Lied, books: Books) -> Said:
    """Of a cloud that takes its time, only what is asked for too late counts: a plan is made, whatever it takes."""
    run_for = lied.told.options.get("run_for")
    if lied.scene.liar != "takes_its_time" or run_for is None:
        yield from (found for found in in_time(books, lied.told) if found[0] == "deadline")
        return
    until = lied.told.began + run_for
    late = [sent for sent in books.played.book if sent.run == lied.told.number and sent.at > until]
    if len(late) > A_PLAN * len(books.scenario.wanted):
        yield "deadline", f"{len(late)} requests after {run_for} s, in which it was to be back"


def _not_shown(result: Result) -> bool:
    """Whether it is said of some change that it was accepted and does not show."""
    errors = [result.get("error"), *(entry.get("error") for entry in result.get("results") or ())]
    return any(NOT_SHOWN in error["message"] for error in errors if error)


def _listed(lied: Lied, books: Books) -> Said:
    """What the module that lists says is there, is there, and each once; and it says all of it, or fails."""
    result = lied.told.result or {}
    if result.get("failed") or lied.told.result is None:
        return
    more = {"name": "name", "status": "status", "os_type": "__os_type", "image_id": "id"}
    asked = {more[option]: value for option, value in lied.scene.more.items()}
    own = [one for one in books.cloud.images.values() if one.owner == SOURCE.id and one.region == SOURCE.region]
    fits = sorted(one.id for one in own if all(one.raw.get(name) == value for name, value in asked.items()))
    told = sorted(image["id"] for image in result["images"] if image["id"] != DECOY)
    if told != fits:
        yield "false success", f"it lists {told}, and there are {fits}"


def _is_there(lied: Lied, told: Told, wanted: Wanted, entry: Result) -> Said:
    image = entry.get("image") or {}
    standing = {raw["id"]: raw for raw in lied.standing[told.number, wanted.key]}
    raw = standing.get(image.get("id"))
    if raw is None:
        yield "false success", f"{wanted.name} is {entry['status']} as {image.get('id')}, there are {list(standing)}"
        return
    options = lied.scene.scenario.options
    origin = {"region": SOURCE.region, "image_id": wanted.source_id}
    claims = {"status": image["status"] == "active", "region": image["region"] == wanted.project.region}
    if options["match"] != "name":
        claims["origin"] = image["origin"] == origin
    if options["match"] != "origin":
        claims["name"] = image["name"] == wanted.name
    for claim in [name for name, holds in claims.items() if not holds]:
        yield "false success", f"{wanted.name} is {entry['status']}, and its {claim} is {image[claim]}"
    tags = {f"{key}={value}" for key, value in options.get("tags", {}).items()}
    if not tags <= set(raw["tags"]):
        yield "false success", f"{wanted.name} is {entry['status']}, and its tags are {raw['tags']}"
    for option, name in (("description", "__description"), ("min_ram", "min_ram")):
        if options.get(option) not in (None, raw.get(name)):
            yield "false success", f"{wanted.name} is {entry['status']}, and its {option} is {raw.get(name)}"


def _is_no_mark(entry: t.Any) -> bool:
    body = entry.body
    if entry.operation != "UpdateImage" or not isinstance(body, list):
        return True
    return not all(str(change.get("path", "")).startswith("/ims_copy_") for change in body)


def _afterwards(lied: Lied, books: Books, told: Told) -> Said:
    """A run that is not lied to any more takes whatever the one before has said, and tells the truth."""
    yield from _ends(told)
    yield from _true(lied, books, told)
    error = (told.result or {}).get("error") or {}
    if error.get("stage") == "input":
        yield "resume", f"it is refused what the run before has said: {json.dumps(error)[:300]}"


def findings(seed: int) -> list[tuple[str, str]]:
    """What did not hold of what a seed draws."""
    return judge(play(draw(seed)))
