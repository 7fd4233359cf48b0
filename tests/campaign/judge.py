# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a scenario by the books of the cloud: what was promised and did not hold, and what nobody promised."""

from __future__ import annotations

import dataclasses
import json
import math
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._model.mark import digits_of, is_of
from tests.campaign.books import Books
from tests.campaign.draw import SOURCE
from tests.campaign.judge_runs import judge_run
from tests.campaign.judge_twice import Finding, at_once, twice
from tests.campaign.plot import BY_HAND, Played
from tests.campaign.wire import Sent
from tests.emulator import seed
from tests.emulator.state import Image

MARK = "ims_copy_"


@dataclasses.dataclass
class Verdict:
    """One scenario, as it goes into the table."""

    seed: int
    setting: str
    ledger: str
    asked: int
    paid: int
    runs: int
    requests: int
    findings: list[Finding]


def judge(played: Played) -> Verdict:
    books = Books(played)
    findings = list(twice(books))
    more = any(sum(not paid.failed_by(math.inf) for paid in some) > 1 for some in books.paid.values())
    findings += [*_end(books, "after a copy was made twice" if more else None), *_tidy(books), *_copied_again(books)]
    for told in played.runs:
        findings += [Finding(what, f"run {told.number}: {text}") for what, text in judge_run(books, told)]
        findings += [Finding("at once", f"run {told.number}: {text}") for text in at_once(books, told)]
    findings += [Finding("secret", text) for text in _secrets(played)]
    scenario = played.scenario
    return Verdict(
        scenario.seed,
        scenario.setting,
        scenario.ledger,
        sum(not one.doomed for one in scenario.wanted),
        sum(not paid.by_hand for paid in books.all_paid()),
        len(played.runs),
        len(played.book),
        findings,
    )


# -- how it ended ------------------------------------------------------------------------------------------------------


def _end(books: Books, excuse: str | None) -> t.Iterator[Finding]:
    """``excuse``: why there may be two replicas, of which now this one is brought in line and now that one."""
    played = books.played
    last = played.runs[-1]
    if played.well is None:
        said = (last.result or {}).get("msg") or last.how
        yield Finding("never well", f"after {len(played.runs) - played.calm_from} runs without trouble: {said}"[:400])
    for wanted in books.scenario.wanted:
        if wanted.doomed or played.well is None:
            continue
        if not books.replicas(wanted):
            yield Finding("lost", f"{wanted.name} is not in {wanted.project.name}")
    if played.once_more is not None:
        again = played.runs[played.once_more]
        mutations = [sent for sent in books.mutations(again.number) if not _buries(books, sent)]
        changed = (again.result or {}).get("changed")
        asked = [f"{sent.entry.method} {sent.entry.path}" for sent in mutations]
        if changed is False and all(sent.entry.region == SOURCE.region for sent in mutations):
            excuse = excuse or _why_marks_stay(books)
        if asked or changed is not False:
            yield Finding("again", f"one more run: changed {changed}, {asked[:3]}", excuse)


def _buries(books: Books, sent: Sent) -> bool:
    """Whether a request only takes marks of dead runs off a source, which nobody has come upon before."""
    patch = sent.entry.body
    if sent.entry.region != SOURCE.region or sent.entry.operation != "UpdateImage" or not isinstance(patch, list):
        return False
    return all(one["op"] == "remove" and _is_of_the_dead(books, one["path"], sent.entry.path) for one in patch)


def _is_of_the_dead(books: Books, mark: str, image: str) -> bool:
    makers = {
        sent.run
        for sent in books.played.book
        if sent.entry.path == image and isinstance(sent.entry.body, list) and sent.run < BY_HAND
        if any(one["path"] == mark and one["op"] != "remove" for one in sent.entry.body)
    }
    return mark.startswith(f"/{MARK}") and all(books.played.runs[run].how == "killed" for run in makers)


def _copied_again(books: Books) -> t.Iterator[Finding]:
    """A replica that somebody has deleted, and that a run has seen to stand, is copied again by the next run."""
    run, number = books.played.copies_again, books.scenario.deleted_at_last
    if run is None or number is None:
        return
    wanted, told = books.scenario.wanted[number], books.played.runs[run]
    others = any(not books.came_to_nothing(paid, told.began) for paid in books.paid.get(wanted.key, ()))
    if not others and not books.posts_of(run, wanted.key):
        said = (told.result or {}).get("msg") or told.how
        yield Finding("copied again", f"{wanted.name} was deleted, and run {run} does not copy it: {said}"[:400])


def _tidy(books: Books) -> t.Iterator[Finding]:
    """Marks that are still there when everything has ended well."""
    if books.played.well is None:
        return
    for image in books.cloud.images.values():
        left = sorted(f"{name} = {value}" for name, value in image.raw.items() if name.startswith(MARK))
        if left:
            of_a_source = image.region == SOURCE.region
            excuse = _why_marks_stay(books) if of_a_source else _why_marks_are_carried(books, image)
            yield Finding("marks left", f"{image.raw['name']}: {left[:2]}", excuse)


def _why_marks_are_carried(books: Books, image: Image) -> str | None:
    """Why a replica may have marks of its source: the run that made it has not seen it end, or was refused to take them
    off, or they are those of other copies of that source."""
    paid = next((one for one in books.all_paid() if one.job.replica_id == image.id), None)
    if paid is not None and not paid.by_hand:
        digits = digits_of(*paid.key)
        told = books.played.runs[paid.sent.run]
        entries = (told.result or {}).get("results") or [told.result or {}]
        shown = [entry.get("image") or {} for entry in entries if not entry.get("error")]
        seen = any((one.get("id"), one.get("status")) == (image.id, "active") for one in shown)
        troubled = any(sent.trouble or sent.saw != 200 for sent in books.mutations(told.number))
        if seen and not troubled and any(is_of(name, digits) for name in image.raw):
            return None
    return "carried along, and nothing else of the replica was to be changed"


def _why_marks_stay(books: Books) -> str | None:
    """Why a mark may be on a source that was taken off, or should have been."""
    if books.scenario.switches["patch_while_copying"] == "refused":
        return "an image that is being copied is not to be updated"
    if books.scenario.switches["lost_updates"]:
        return "an update of somebody else has brought a mark back"
    return None


# -- secrets -----------------------------------------------------------------------------------------------------------


def _secrets(played: Played) -> t.Iterator[str]:
    secrets = dict.fromkeys(played.world.cloud.tokens, "a token")
    for key in seed.ACCESS_KEYS.values():
        secrets[key.secret] = "a secret key"
        if key.security_token is not None:
            secrets[key.security_token] = "a security token"
    secrets.update({user.password: "a password" for user in seed.USERS.values()})
    places = {f"run {told.number}": "\n".join([told.text, *told.warnings]) for told in played.runs}
    places["notes and logs"] = "\n".join(played.written)
    places["the cloud"] = json.dumps([image.raw for image in played.world.cloud.images.values()])
    for place, text in places.items():
        for secret, what in secrets.items():
            if secret in text:
                yield f"{what} stands in {place}"
