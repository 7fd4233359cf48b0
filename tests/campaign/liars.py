# SPDX-License-Identifier: GPL-3.0-or-later
"""Clouds that lie for as long as a run lasts, each in its own way: what one says of a thing it says every time."""

from __future__ import annotations

import copy
import dataclasses
import random
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._model.mark import digits_of, name_of
from tests.campaign.draw import SOURCE, Wanted
from tests.emulator.exchange import Answer
from tests.emulator.journal import Entry
from tests.emulator.state import Cloud
from tests.emulator.world import World

LIST, SHOW, UPDATE, TAGS = "ListImages", "GlanceShowImage", "UpdateImage", "BatchAddOrDeleteTags"
SUBMIT, TOKEN = "CopyImageCrossRegion", "CreateToken"
JOBS = ("ShowJobProgress", "ShowJob")
NOBODY = "0" * 31 + "f"
DATES = ("0000-00-00T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "99999-01-01T00:00:00Z")


@dataclasses.dataclass
class Liar:
    """Says something else than the cloud, or does not do what it says. ``memory``: what it has to remember."""

    kind: str
    world: World
    dice: random.Random
    wanted: t.Sequence[Wanted]
    told: int = 0
    memory: dict[str, t.Any] = dataclasses.field(default_factory=dict)

    @property
    def cloud(self) -> Cloud:
        return self.world.cloud

    def carries_out(self, entry: Entry) -> bool:
        return self.kind != "does_nothing" or entry.operation not in (UPDATE, TAGS)

    def dawdles(self, patience: float) -> float:
        """Seconds that an answer takes; the caller waits for so many."""
        return {"takes_its_time": 0.95 * patience, "never_ends": 1.0}.get(self.kind, 0.0)

    def says(self, entry: Entry, answer: Answer) -> Answer | None:
        """Another answer; None: the true one."""
        truth = Answer(answer.status, copy.deepcopy(answer.body), dict(answer.headers))
        said = LIARS[self.kind](self, entry, truth)
        self.told += said is not None
        return said

    # -- what is lied about ------------------------------------------------------------------------------------------

    def there(self, entry: Entry) -> bool:
        """Whether a list of the destination is asked for, or one image of it."""
        return entry.operation == LIST and entry.region == self.wanted[0].project.region

    def whole(self, entry: Entry) -> bool:
        """Whether it is a whole list, from its beginning."""
        return self.there(entry) and not {name for name, _value in entry.query} & {"id", "marker"}

    def by_id(self, entry: Entry) -> bool:
        return self.there(entry) and "id" in {name for name, _value in entry.query}

    def is_copy(self, row: t.Mapping[str, t.Any]) -> bool:
        """Whether it is one of the copies that are asked for, wherever."""
        sources = {f"image,{SOURCE.region},{one.source_id}" for one in self.wanted}
        return row.get("__data_origin") in sources or row.get("name") in {one.name for one in self.wanted}

    def copies(self, answer: Answer) -> list[dict[str, t.Any]]:
        return [row for row in _rows(answer) if self.is_copy(row)]

    def others(self) -> list[str]:
        """Ids of images of the destination's region that are none of these copies, but for one that is anothers'."""
        region = self.wanted[0].project.region
        own = {one.project.id for one in self.wanted}
        images = [image for image in self.cloud.images.values() if image.region == region]
        return sorted(image.id for image in images if not (self.is_copy(image.raw) and image.owner in own))


def _rows(answer: Answer) -> list[dict[str, t.Any]]:
    rows: list[dict[str, t.Any]] = answer.body.get("images", []) if isinstance(answer.body, dict) else []
    return rows


Says = t.Callable[[Liar, Entry, Answer], "Answer | None"]


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


# -- lists -------------------------------------------------------------------------------------------------------------


def shows_by_turns(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Every other list of the destination shows none of the copies."""
    if not liar.whole(entry):
        return None
    hides = liar.memory["hides"] = not liar.memory.get("hides", liar.dice.random() < 0.5)
    return Answer(200, {"images": [row for row in _rows(answer) if not liar.is_copy(row)]}) if hides else None


def turns_pages_back(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """After the first page it comes again, or an empty one, and only then what is left."""
    if not liar.there(entry) or liar.by_id(entry):
        return None
    marker = dict(entry.query).get("marker")
    if marker is None:
        rows = sorted(_rows(answer), key=liar.is_copy)
        liar.memory.update(rows=rows, first=rows[:1] if liar.dice.random() < 0.5 else [])
        return Answer(200, {"images": rows[:1], "page_info": {"next_marker": "back"}})
    if marker == "back":
        return Answer(200, {"images": liar.memory["first"], "page_info": {"next_marker": "rest"}})
    return Answer(200, {"images": liar.memory["rows"][1:], "page_info": {}})


def says_two_things(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Each image of the destination comes twice, once as one that is active."""
    if not liar.there(entry):
        return None
    active = [{**row, "status": "active"} for row in _rows(answer)]
    both = [active, _rows(answer)]
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
    return Answer(200, {"images": [{**row, "id": NOBODY, "status": "active"} for row in _rows(answer)]})


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
    for row in [*_rows(answer), *([answer.body] if entry.operation in (SHOW, UPDATE) else [])]:
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
        for row in [*_rows(answer), answer.body]:
            if row.get("id") == wanted.source_id:
                row[name_of(digits_of(wanted.source_id, wanted.project.id, wanted.name), "dead")] = value
    return answer


def only_this(liar: Liar, entry: Entry, answer: Answer) -> Answer | None:
    """Nothing else is said: it is late, or quotes what it was sent."""
    return None


LIARS: dict[str, Says] = {
    "does_nothing": does_nothing,
    "changes_its_mind": changes_its_mind,
    "shows_by_turns": shows_by_turns,
    "turns_pages_back": turns_pages_back,
    "says_two_things": says_two_things,
    "leaves_out": leaves_out,
    "never_ends": never_ends,
    "cannot_be_read": cannot_be_read,
    "answers_about_others": answers_about_others,
    "gives_everything": gives_everything,
    "gives_it_to_somebody": gives_it_to_somebody,
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
