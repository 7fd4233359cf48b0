# SPDX-License-Identifier: GPL-3.0-or-later
"""Clouds that lie about what there is: each lists the images of the destination in its own way."""

from __future__ import annotations

import copy

from tests.campaign.liar import JOBS, NOBODY, SHOW, SUBMIT, UPDATE, Liar, rows
from tests.emulator.exchange import Answer
from tests.emulator.journal import Entry


def shows_by_turns(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Every other list of the destination shows none of the copies."""
    if not liar.whole(entry):
        return None
    hides = liar.memory["hides"] = not liar.memory.get("hides", liar.dice.random() < 0.5)
    return Answer(200, {"images": [row for row in rows(answer) if not liar.is_copy(row)]}) if hides else None


def turns_pages_back(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """After the first page it comes again, or an empty one, and only then what is left."""
    if not liar.there(entry) or liar.by_id(entry):
        return None
    marker = dict(entry.query).get("marker")
    if marker is None:
        listed = sorted(rows(answer), key=liar.is_copy)
        liar.memory.update(rows=listed, first=listed[:1] if liar.dice.random() < 0.5 else [])
        return Answer(200, {"images": listed[:1], "page_info": {"next_marker": "back"}})
    if marker == "back":
        return Answer(200, {"images": liar.memory["first"], "page_info": {"next_marker": "rest"}})
    return Answer(200, {"images": liar.memory["rows"][1:], "page_info": {}})


def says_two_things(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Each image of the destination comes twice, once as one that is active."""
    if not liar.there(entry):
        return None
    active = [{**row, "status": "active"} for row in rows(answer)]
    both = [active, rows(answer)]
    if liar.memory.setdefault("truth first", liar.dice.random() < 0.5):
        both.reverse()
    return Answer(200, {**answer.body, "images": [*both[0], *both[1]]})


def leaves_out(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """The copies have no name, no owner or no status."""
    if not liar.there(entry):
        return None
    name = liar.memory.setdefault("name", liar.dice.choice(("name", "owner", "status")))
    said = liar.memory.setdefault("said", liar.dice.choice((None, "", " ")))
    for row in liar.copies(answer):
        row[name] = said
    return answer


def writes_another_kind(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """What tells a copy from others is of a kind that it cannot be."""
    if not liar.there(entry):
        return None
    name = liar.memory.setdefault("name", liar.dice.choice(("id", "name", "owner", "status", "__data_origin")))
    kind = liar.memory.setdefault("kind", liar.dice.randrange(6))
    for row in liar.copies(answer):
        row[name] = ([], {}, True, 1.5, [row.get(name)], {name: row.get(name)})[kind]
    return answer


def names_no_ids(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """What a copy, its job and its image are called is no id."""
    said = liar.memory.setdefault("said", liar.dice.choice(("../a", "a/b?c=d#e", "a b", "\u202egnp", "x" * 99, "%2e")))
    if liar.there(entry):
        for row in liar.copies(answer):
            row["id"] = said
        return answer
    if entry.operation in JOBS and answer.status == 200:
        answer.body["entities"]["image_id"] = said
        return answer
    if entry.operation == SUBMIT and answer.status == 200 and liar.memory.setdefault("job", liar.dice.random() < 0.5):
        return Answer(200, {"job_id": said})
    return None


def halves_characters(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """What is told of images and jobs ends in half a character."""
    if answer.status != 200 or not isinstance(answer.body, dict):
        return None
    for row in rows(answer):
        row["__os_version"] = "Ubuntu \ud83d"
    if entry.operation in JOBS:
        answer.body["entities"]["current_task"] = "copying \udc00"
    return answer


def never_ends(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Before the copies come images without end."""
    if not liar.there(entry) or liar.by_id(entry):
        return None
    number = liar.memory["number"] = liar.memory.get("number", 0) + 1
    owner, named = liar.wanted[0].project.id, liar.memory.setdefault("named", liar.dice.random() < 0.5)
    rows = [{"id": f"n{number}-{index}", "name": "another", "owner": owner, "status": "active"} for index in range(5)]
    return Answer(200, {"images": rows, **({"page_info": {"next_marker": f"m{number}"}} if named else {})})


def cannot_be_read(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """The list of the destination is none."""
    if not liar.whole(entry):
        return None
    said = liar.memory.setdefault("said", liar.dice.choice((None, {}, "[]", 0, [7], [None], [[]], False)))
    return Answer(200, {"images": said}) if liar.dice.random() < 0.9 else Answer(200, {})


def answers_about_others(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Who asks for one image or job is told of another one, which is as it should be but for its id."""
    if answer.status != 200:
        return None
    if entry.operation in JOBS:
        liar.memory.setdefault("status", liar.dice.choice(("SUCCESS", "FAIL")))
        return Answer(200, {**answer.body, "job_id": NOBODY, "status": liar.memory["status"]})
    if entry.operation in (SHOW, UPDATE):
        return Answer(200, {**answer.body, "id": NOBODY})
    if not liar.by_id(entry):
        return None
    return Answer(200, {"images": [{**row, "id": NOBODY, "status": "active"} for row in rows(answer)]})


def gives_everything(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Whatever is asked for of the destination, all images that show in any region are the answer."""
    if not liar.there(entry):
        return None
    shown = [image for image in liar.cloud.images.values() if image.visible_at <= liar.cloud.now]
    return Answer(200, {"images": [copy.deepcopy(image.raw) for image in shown]})


def gives_it_to_somebody(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Who asks for a copy by its id is told that it is somebody else's."""
    if not liar.by_id(entry):
        return None
    for row in liar.copies(answer):
        row.update(owner=NOBODY, __imagetype="shared")
    return answer
