# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be seen if lies were believed: the liar that shows it, held to code in which one guard is taken out."""

from __future__ import annotations

import itertools
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils import _text as texts
from ansible_collections.huaweicloud.ims.plugins.module_utils._client import auth, ims, transport
from ansible_collections.huaweicloud.ims.plugins.module_utils._decide import replica
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import life_settles, probes
from ansible_collections.huaweicloud.ims.plugins.module_utils._model import image, job
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.raw import Raw, Unreadable
from tests.campaign.judge_lies import judge
from tests.campaign.lying import COPY, IMAGES, MANY, Scene, draw, play

FIRST = 60_000
# So many scenes of that kind are played until one shows it.
MOST = 40
Patch = pytest.MonkeyPatch


# -- one guard is taken out --------------------------------------------------------------------------------------------


def what_is_no_text_is_nothing(patch: Patch) -> None:
    read = Raw.verbatim

    def verbatim(raw: Raw, name: str) -> str | None:
        try:
            return read(raw, name)
        except Unreadable:
            return None

    patch.setattr(Raw, "verbatim", verbatim)


def what_is_no_list_is_empty(patch: Patch) -> None:
    patch.setattr(Raw, "items", lambda raw, name: found if isinstance(found := raw.data.get(name), list) else [])


def rows_that_are_none_are_left_out(patch: Patch) -> None:
    patch.setattr(Raw, "objects", lambda raw, name: [Raw(row) for row in raw.items(name) if isinstance(row, dict)])


def the_first_page_is_the_whole_list(patch: Patch) -> None:
    patch.setattr(ims, "_following", lambda data: (True, None))


def pages_have_no_end(patch: Patch) -> None:
    class Never:
        passed = False

    patch.setattr(ims, "MOST_IMAGES", 10**9)
    for where in (transport.Transport, auth.Client):
        patch.setattr(where, "time_for_pages", lambda here, deadline: Never())


def two_things_may_be_said_of_one_image(patch: Patch) -> None:
    def images(service: ims.Ims, reply: t.Any) -> list[image.Image]:
        return t.cast(
            "list[image.Image]",
            reply.read(lambda data: [image.parse_image(raw, service._region) for raw in Raw(data).objects("images")]),
        )

    patch.setattr(ims.Ims, "_images", images)


def an_image_may_have_no_owner(patch: Patch) -> None:
    patch.setattr(ims, "_owned", lambda images, reply, named=False: iter(images))


def an_owner_does_not_matter(patch: Patch) -> None:
    patch.setattr(image.Image, "owned_by", lambda own, project: True)


def another_image_is_believed(patch: Patch) -> None:
    def named(service: ims.Ims, reply: t.Any, image_id: str) -> image.Image:
        return t.cast(image.Image, reply.read(lambda data: image.parse_image(data, service._region)))

    patch.setattr(ims.Ims, "_named_image", named)


def another_job_is_believed(patch: Patch) -> None:
    def named(service: ims.Ims, reply: t.Any, job_id: str) -> job.Job:
        return t.cast(job.Job, reply.read(lambda data: job.parse_job(data, job_id, reply.told)))

    patch.setattr(ims.Ims, "_named", named)


def the_failure_of_another_copy_is_its_own(patch: Patch) -> None:
    patch.setattr(probes.Probes, "_own_job", probes.Probes.job)


def a_job_id_may_be_anything(patch: Patch) -> None:
    patch.setattr(ims, "_job_id", lambda data: str(data.get("job_id")))


def an_id_may_be_any_text(patch: Patch) -> None:
    patch.setattr(Raw, "identifier", Raw.needed)


def the_image_of_a_job_may_be_any_text(patch: Patch) -> None:
    patch.setattr(job, "_id", lambda text: text)


def halves_of_characters_are_let_through(patch: Patch) -> None:
    patch.setattr(texts, "repaired", lambda value: value)


def a_replica_need_not_be_one(patch: Patch) -> None:
    patch.setattr(life_settles, "_objection", lambda phase, image, terms: None)


def a_replica_need_not_be_finished(patch: Patch) -> None:
    patch.setattr(replica, "finished", lambda request, image: True)


def a_change_need_not_show(patch: Patch) -> None:
    """What an image is to have changed is told for the first time alone."""
    changes, told = replica.changes, set()

    def once(image: image.Image, *given: t.Any) -> replica.Changes:
        wanted = replica.Changes() if image.id in told else changes(image, *given)
        told.add(image.id)
        return wanted

    patch.setattr(replica, "changes", once)


# -- and who shows it --------------------------------------------------------------------------------------------------

TAKEN_OUT: dict[t.Callable[[Patch], None], tuple[str, dict[str, t.Any], str]] = {
    what_is_no_text_is_nothing: ("writes_another_kind", {"before": "replica"}, "twice"),
    what_is_no_list_is_empty: ("cannot_be_read", {"before": "replica"}, "twice"),
    rows_that_are_none_are_left_out: ("cannot_be_read", {"before": "replica"}, "twice"),
    the_first_page_is_the_whole_list: ("turns_pages_back", {"before": "replica"}, "twice"),
    pages_have_no_end: ("never_ends", {}, "endless"),
    two_things_may_be_said_of_one_image: ("says_two_things", {"before": "under way"}, "false success"),
    an_image_may_have_no_owner: ("leaves_out", {"before": "replica"}, "twice"),
    an_owner_does_not_matter: ("gives_everything", {}, "false success"),
    another_image_is_believed: ("answers_about_others", {"ledger": "cloud", "before": "nothing"}, "unseen"),
    another_job_is_believed: ("answers_about_others", {"ledger": "host", "before": "under way"}, "twice"),
    the_failure_of_another_copy_is_its_own: ("tells_of_others", {"ledger": "host", "before": "under way"}, "twice"),
    a_job_id_may_be_anything: ("names_no_ids", {}, "no id"),
    an_id_may_be_any_text: ("names_no_ids", {"before": "replica"}, "no id"),
    the_image_of_a_job_may_be_any_text: ("names_no_ids", {"before": "nothing"}, "no id"),
    halves_of_characters_are_let_through: ("halves_characters", {"kind": IMAGES}, "half a character"),
    a_replica_need_not_be_one: ("changes_its_mind", {}, "false success"),
    a_replica_need_not_be_finished: ("takes_it_back", {}, "false success"),
    a_change_need_not_show: ("does_nothing", {"before": "replica"}, "false success"),
}


def scenes(liar: str, **more: t.Any) -> t.Iterator[Scene]:
    """Those in which one lies, and which are as they have to be for it to be heard."""
    kinds = (more.pop("kind"),) if "kind" in more else (COPY, MANY)
    for scene in map(draw, itertools.count(FIRST)):
        has = {**vars(scene), "ledger": scene.scenario.ledger}
        if scene.liar == liar and scene.kind in kinds and not scene.check:
            if all(has[name] == value for name, value in more.items()):
                yield scene


def seen(liar: str, more: dict[str, t.Any]) -> t.Iterator[set[str]]:
    for scene in itertools.islice(scenes(liar, **more), MOST):
        yield {what for what, _text in judge(play(scene))}


@pytest.mark.parametrize("taken_out", TAKEN_OUT, ids=lambda taken_out: taken_out.__name__)
def test_a_guard_that_is_missing_is_seen(taken_out: t.Callable[[Patch], None], monkeypatch: Patch) -> None:
    liar, more, what = TAKEN_OUT[taken_out]
    taken_out(monkeypatch)
    assert any(what in found for found in seen(liar, more))


@pytest.mark.parametrize("liar", sorted({liar for liar, _more, _what in TAKEN_OUT.values()}))
def test_and_where_none_is_missing_nothing_is(liar: str) -> None:
    wanted = itertools.islice(scenes(liar), 5)
    assert [judge(play(scene)) for scene in wanted] == [[]] * 5
