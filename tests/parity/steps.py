# SPDX-License-Identifier: GPL-3.0-or-later
"""The script: what a cloud is asked, step by step, by the collection's own client.

The reads change nothing. Only where a source image and a destination are named one copy is made, of a name that nobody
has, and its replica is removed again, whatever happens meanwhile.
"""

from __future__ import annotations

import dataclasses
import typing as t
import uuid

from ansible_collections.huaweicloud.ims.plugins.module_utils import _errors as errors
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.cloud import Cloud
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.ims import Ims
from ansible_collections.huaweicloud.ims.plugins.module_utils._model import image as images
from ansible_collections.huaweicloud.ims.plugins.module_utils._model import place as places
from tests.parity.compare import LACKED, Outcome
from tests.parity.exchanges import recorded
from tests.parity.open_points import observed
from tests.parity.sides import CLOCK, UNKNOWN, Recordings, Side

NAME = "ims-parity-"
# Looks at a job, so that no side is asked for ever.
MOST_LOOKS = 2000


class Lacking(Exception):
    """A step needs what this side, or a step before, has not got."""


@dataclasses.dataclass
class Facts:
    """What the steps have learned, each for those after it."""

    side: Side
    cloud: Cloud
    name: str
    account: str = ""
    project: places.Project | None = None
    destination: places.Project | None = None
    agency: places.Agency | None = None
    image: images.Image | None = None
    job: str = ""
    replica: str = ""
    notes: dict[int, str] = dataclasses.field(default_factory=dict)

    def source(self) -> Ims:
        return self.cloud.ims(self.side.region, needed(self.project, "a project of the region"))

    def target(self) -> Ims:
        return self.cloud.ims(str(self.side.to), needed(self.destination, "a destination"))


T = t.TypeVar("T")


def needed(value: T | None, what: str) -> T:
    if not value:
        raise Lacking(what)
    return value


def the_one(found: t.Sequence[places.Project], region: str) -> places.Project:
    return needed(next(iter(found), None), f"a project in {region}")


def projects(facts: Facts) -> None:
    facts.project = the_one(facts.cloud.iam.projects(facts.side.region), facts.side.region)


def own_projects(facts: Facts) -> None:
    facts.cloud.iam.own_projects()


def regions(facts: Facts) -> None:
    facts.cloud.iam.regions()


def account(facts: Facts) -> None:
    facts.account = facts.cloud.iam.account_id()


def destination(facts: Facts) -> None:
    region = needed(facts.side.to, "a destination")
    facts.destination = the_one(facts.cloud.iam.projects(region), region)


def agency(facts: Facts) -> None:
    facts.agency = facts.cloud.iam.agency(facts.account, needed(facts.side.agency, "an agency"))


def roles(facts: Facts) -> None:
    place = needed(facts.destination or facts.project, "a project")
    facts.cloud.iam.roles_on_project(place.id, needed(facts.agency, "an agency").id)


def roles_everywhere(facts: Facts) -> None:
    facts.cloud.iam.roles_everywhere(facts.account, needed(facts.agency, "an agency").id)


def own_images(facts: Facts) -> None:
    found = facts.source().own_images()
    wanted = facts.side.image
    facts.image = next((one for one in found if wanted in (None, one.id)), None)


def images_of_no_such_name(facts: Facts) -> None:
    facts.source().own_images(name=f"{NAME}of-nobody")


def image_in_list(facts: Facts) -> None:
    facts.source().image(needed(facts.image, "an image").id)


def no_such_image_in_list(facts: Facts) -> None:
    facts.source().image(UNKNOWN)


def image(facts: Facts) -> None:
    facts.source().shown(needed(facts.image, "an image").id)


def no_such_image(facts: Facts) -> None:
    facts.source().shown(UNKNOWN)


def no_such_job(facts: Facts) -> None:
    facts.source().job(UNKNOWN)


def quota(facts: Facts) -> None:
    facts.source().quota()


def wrong_signature(facts: Facts) -> None:
    way = facts.side.connection
    if not way.uses_keys:
        raise Lacking("an access key")
    wrong = dataclasses.replace(way, secret_key="x" * 40)
    with Cloud(wrong, CLOCK, facts.side.region) as cloud:
        cloud.ims(facts.side.region, needed(facts.project, "a project of the region")).quota()


def copy_to_its_own_region(facts: Facts) -> None:
    facts.source().copy(needed(facts.side.image, "an image to copy"), {**_wanted(facts), "region": facts.side.region})


def copy(facts: Facts) -> None:
    facts.job = facts.source().copy(needed(facts.side.image, "an image to copy"), _wanted(facts))


def _wanted(facts: Facts) -> dict[str, str]:
    place = needed(facts.destination, "a destination")
    return {
        "name": facts.name,
        "description": "made by make parity, and removed by it",
        "region": str(facts.side.to),
        "project_name": place.name,
        "agency_name": needed(facts.side.agency, "an agency"),
    }


def job_elsewhere(facts: Facts) -> None:
    try:
        facts.target().job(needed(facts.job, "a job"))
        facts.notes[7] = "the destination knows the job as well"
    except errors.NotFound:
        facts.notes[7] = "only the source region knows the job"
        raise


def list_meanwhile(facts: Facts) -> None:
    needed(facts.job, "a job")
    found = facts.target().own_images(name=facts.name)
    facts.notes[19] = f"a list shows the image while it is copied: {'yes' if found else 'not yet'}"


def job(facts: Facts) -> None:
    early = _named_early(facts)
    when = "while the job runs" if early else "when the job has ended"
    facts.notes[6] = f"entities.image_id is there {when}" if facts.replica else "entities.image_id never showed"


def _named_early(facts: Facts) -> bool:
    """See a job to its end, and learn its image; whether it named that before."""
    early = False
    for _look in range(MOST_LOOKS):
        found = facts.source().job(needed(facts.job, "a job"))
        early = early or bool(found.image_id and not found.done)
        facts.replica = found.image_id or facts.replica
        if found.done or found.failed:
            break
        CLOCK.sleep(facts.side.interval)
    return early


def replica(facts: Facts) -> None:
    found = facts.target().shown(needed(facts.replica, "a replica"))
    source = needed(facts.image, "the source image")
    carried = found is not None and bool(source.tags) and found.tags == source.tags
    facts.notes[8] = f"tags are carried over: {'yes' if carried else 'no' if source.tags else 'the source has none'}"


def remove(facts: Facts) -> None:
    """The replica alone that this script has made: its name and its origin say so. A job is seen to its end before."""
    _named_early(facts)
    found = facts.target().shown(needed(facts.replica, "a replica"))
    ours = found is not None and found.name == facts.name and found.origin is not None
    if not ours or needed(found, "it").origin.image_id != facts.side.image:  # type: ignore[union-attr]
        raise Lacking(f"a replica that is surely ours; look yourself at image {facts.replica} in {facts.side.to}")
    facts.target().delete(facts.replica)


def removed(facts: Facts) -> None:
    facts.target().shown(needed(facts.replica, "a replica"))


READS = (
    projects,
    own_projects,
    regions,
    account,
    destination,
    agency,
    roles,
    roles_everywhere,
    own_images,
    images_of_no_such_name,
    image_in_list,
    no_such_image_in_list,
    image,
    no_such_image,
    no_such_job,
    quota,
    wrong_signature,
)
COPY = (copy_to_its_own_region, copy, job_elsewhere, list_meanwhile, job, replica)
REMOVAL = (remove, removed)


def new_name() -> str:
    """Of a replica, that nobody has."""
    return NAME + uuid.uuid4().hex[:8]


def play(side: Side, name: str) -> tuple[list[Outcome], dict[int, str]]:
    """All steps, whatever becomes of each: what came of them, and what they tell of the open points.

    :param name: of the replica
    """
    kept, outcomes = Recordings(), []
    with recorded(kept.exchanges.append), Cloud(side.connection, CLOCK, side.region) as cloud:
        facts = Facts(side, cloud, name)
        outcomes += [_outcome(step, facts, kept) for step in READS]
        try:
            outcomes += [_outcome(step, facts, kept) for step in COPY]
        finally:
            outcomes += [_outcome(step, facts, kept) for step in REMOVAL]
    return outcomes, {**facts.notes, **observed(outcomes)}


def _outcome(step: t.Callable[[Facts], None], facts: Facts, kept: Recordings) -> Outcome:
    said = "ok"
    try:
        step(facts)
    except Lacking as lacking:
        said = f"{LACKED} {lacking}"
    except errors.ImsError as error:
        said = " ".join(filter(None, (type(error).__name__, error.code)))
    return Outcome(step.__name__, said, kept.taken())
