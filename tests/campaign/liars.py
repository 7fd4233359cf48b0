# SPDX-License-Identifier: GPL-3.0-or-later
"""Clouds that lie, each in its own way: about changes, jobs and the rest."""

from __future__ import annotations

import copy
import random
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._model.mark import digits_of, name_of
from tests.campaign import liars_of_lists
from tests.campaign.draw import SOURCE, Wanted
from tests.campaign.liar import DATES, JOBS, LIST, NOBODY, SHOW, SUBMIT, TAGS, TOKEN, UPDATE, Liar, Says, rows
from tests.emulator.exchange import Answer
from tests.emulator.journal import Entry
from tests.emulator.world import World

# -- changes -----------------------------------------------------------------------------------------------------------


def does_nothing(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Says yes to every change."""
    if entry.operation == TAGS:
        return Answer(204)
    if entry.operation != UPDATE:
        return None
    manner = liar.memory.setdefault("manner", liar.dice.choice(("as asked", "as it was", "nothing")))
    if manner == "nothing":
        return Answer(204)
    raw = copy.deepcopy(liar.cloud.images[entry.path.rsplit("/", 1)[-1]].raw)
    if manner == "as asked":
        raw.update({change["path"][1:]: change.get("value") for change in entry.body})
    return Answer(200, raw)


def changes_its_mind(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Once a replica has been changed it is something else."""
    manners = (
        {"status": "killed"},
        {"status": "saving"},
        {"name": "another"},
        {"owner": NOBODY},
        {"__data_origin": f"image,{SOURCE.region},{NOBODY}"},
        {"__data_origin": None},
    )
    if entry.operation in (UPDATE, TAGS) and entry.region != SOURCE.region:
        liar.memory.setdefault("manner", liar.dice.choice(manners))
    if not liar.there(entry) or "manner" not in liar.memory:
        return None
    for row in liar.copies(answer):
        row.update(liar.memory["manner"])
    return answer


# -- jobs --------------------------------------------------------------------------------------------------------------


def takes_it_back(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """A job has ended well, and some looks later it has not."""
    if entry.operation not in JOBS or answer.status != 200:
        return None
    if not liar.dice.random() < liar.memory.setdefault("often", liar.dice.choice((0.3, 0.7))):
        return None
    answer.body.update(status="SUCCESS")
    return answer


def names_another(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """A job makes an image that is none of this copy; now and then at once."""
    if entry.operation not in JOBS or answer.status != 200:
        return None
    named = [*liar.others(), liar.wanted[0].source_id, NOBODY]
    answer.body["entities"]["image_id"] = liar.memory.setdefault("image", liar.dice.choice(named))
    if liar.memory.setdefault("at once", liar.dice.random() < 0.5):
        answer.body["status"] = "SUCCESS"
    return answer


def speaks_of_tomorrow(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """A job that is at work has a status that nobody knows."""
    if entry.operation not in JOBS or answer.status != 200 or answer.body["status"] in ("SUCCESS", "FAIL"):
        return None
    answer.body["status"] = liar.memory.setdefault("status", liar.dice.choice(("PAUSED", "succeeding", "0", "\u202e")))
    return answer


def tells_of_others(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """A job has failed, and it is one that was to make another image."""
    if entry.operation not in JOBS or answer.status != 200:
        return None
    answer.body.update(status="FAIL", error_code="IMG.0061", fail_reason="somebody else's trouble")
    answer.body["entities"]["image_name"] = "somebody-elses"
    return answer


def names_others_jobs(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """The answer to a submission names another job than the one that it has become."""
    if entry.operation != SUBMIT or answer.status != 200:
        return None
    jobs = [job.id for job in liar.cloud.jobs.values() if job.id != answer.body["job_id"]]
    return Answer(200, {"job_id": liar.dice.choice([*jobs, NOBODY])})


def redirects(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """What was submitted has begun, and the answer is a redirect."""
    if entry.operation != SUBMIT or answer.status != 200:
        return None
    status = liar.memory.setdefault("status", liar.dice.choice((300, 301, 302, 303, 304, 307, 308)))
    return Answer(status, answer.body, {"Location": f"/v1/cloudimages/job/{answer.body['job_id']}"})


# -- the rest ----------------------------------------------------------------------------------------------------------


def is_beyond_measure(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Dates of the year 0 or 99999, sizes below nothing, and jobs of which 900 per cent are done."""
    if answer.status != 200 or not isinstance(answer.body, dict):
        return None
    dice = random.Random(liar.memory.setdefault("seed", liar.dice.random()))
    for row in [*rows(answer), *([answer.body] if entry.operation in (SHOW, UPDATE) else [])]:
        row.update(created_at=DATES[0], updated_at=DATES[3], __image_size=dice.choice((-(2**62), "-1e308", 1e308)))
        row.update(min_disk=-40)
    if entry.operation in JOBS:
        percent: t.Any = liar.dice.choice((900, -5, 1e308, "900 %", "-inf", [], 10**300))
        answer.body["entities"].update(process_percent=percent)
        answer.body.update(begin_time=liar.dice.choice(DATES), end_time=liar.dice.choice(DATES))
    for quota in answer.body.get("quotas", {}).get("resources", []):
        quota.update(used=-(10**9), quota=dice.choice((-1, 10**18)))
    return answer


def locks_out(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Every third question is not allowed to be asked, and the next one is."""
    liar.memory["count"] = liar.memory.get("count", liar.dice.randrange(3)) + 1
    if entry.service != "ims" or entry.operation == SUBMIT or liar.memory["count"] % 3:
        return None
    return Answer(401, {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information"})


def grants_odd_tokens(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """A token has run out when it comes, or never will."""
    if entry.operation == TOKEN and answer.status == 201:
        answer.body["token"]["expires_at"] = liar.dice.choice((*DATES, None, "soon", "2026-03-01T12:00:00.9Z"))
        return answer
    return None


def tells_everything_twice(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Whatever is listed stands there twice."""
    if entry.operation == TOKEN or not isinstance(answer.body, dict):
        return None
    doubled = {key: value * 2 for key, value in answer.body.items() if isinstance(value, list) and key != "tags"}
    return Answer(answer.status, {**answer.body, **doubled}, answer.headers) if doubled else None


def writes_marks(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """A source image bears the mark of a run that nobody knows."""
    if entry.operation not in (LIST, SHOW) or entry.region != SOURCE.region or answer.status != 200:
        return None
    values = (
        "pending 9999-12-31T23:59:59Z deadbeef -",
        "pending 0001-01-01T00:00:00Z deadbeef -",
        f"submitted 2026-03-01T12:00:00Z deadbeef {NOBODY}",
        f"ended 9999-12-31T23:59:59Z deadbeef {NOBODY}",
        "pending",
        " \t ",
        "x" * 300,
    )
    value = liar.memory.setdefault("value", liar.dice.choice(values))
    for wanted in liar.wanted:
        for row in [*rows(answer), answer.body]:
            if row.get("id") == wanted.source_id:
                row[name_of(digits_of(wanted.source_id, wanted.project.id, wanted.name), "dead")] = value
    return answer


def only_this(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Nothing else is said: it is late, or quotes what it was sent."""
    return None


# Whose lies about a call may be true, as far as its caller can tell.
LIE_ABOUT = {
    # A mark also tells of a job.
    SUBMIT: ("names_others_jobs", "writes_marks"),
    **dict.fromkeys(JOBS, ("takes_it_back", "names_another", "tells_of_others")),
}
LIARS: dict[str, Says] = {
    "does_nothing": does_nothing,
    "changes_its_mind": changes_its_mind,
    "shows_by_turns": liars_of_lists.shows_by_turns,
    "turns_pages_back": liars_of_lists.turns_pages_back,
    "says_two_things": liars_of_lists.says_two_things,
    "leaves_out": liars_of_lists.leaves_out,
    "writes_another_kind": liars_of_lists.writes_another_kind,
    "names_no_ids": liars_of_lists.names_no_ids,
    "halves_characters": liars_of_lists.halves_characters,
    "never_ends": liars_of_lists.never_ends,
    "cannot_be_read": liars_of_lists.cannot_be_read,
    "answers_about_others": liars_of_lists.answers_about_others,
    "gives_everything": liars_of_lists.gives_everything,
    "gives_it_to_somebody": liars_of_lists.gives_it_to_somebody,
    "takes_it_back": takes_it_back,
    "names_another": names_another,
    "speaks_of_tomorrow": speaks_of_tomorrow,
    "tells_of_others": tells_of_others,
    "names_others_jobs": names_others_jobs,
    "redirects": redirects,
    "is_beyond_measure": is_beyond_measure,
    "locks_out": locks_out,
    "grants_odd_tokens": grants_odd_tokens,
    "tells_everything_twice": tells_everything_twice,
    "writes_marks": writes_marks,
    "takes_its_time": only_this,
    "quotes": only_this,
}


def liar_of(kind: str, world: World, dice: random.Random, wanted: t.Sequence[Wanted]) -> Liar:
    return Liar(kind, LIARS[kind], world, dice, wanted)
