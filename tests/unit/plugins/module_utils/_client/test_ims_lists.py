# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of images: paging, whose images count, and lists that do not end."""

from __future__ import annotations

import itertools
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import ims as ims_module
from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import Deadline
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import BadReply
from tests.unit.asking import Asked, page, raw
from tests.unit.support import FakeClock, answer


def test_all_pages_are_read_until_an_empty_one(asked: Asked) -> None:
    ims, server = asked(page(raw(1), raw(2)), page(raw(3)), page())
    assert [image.id for image in ims.own_images()] == ["i1", "i2", "i3"]
    first = [("limit", "500"), ("owner", "me"), ("sort_dir", "asc"), ("sort_key", "created_at")]
    assert [request.query for request in server.received] == [
        first,
        [*first[:1], ("marker", "i2"), *first[1:]],
        [*first[:1], ("marker", "i3"), *first[1:]],
    ]
    assert {request.path for request in server.received} == {"/v2/cloudimages"}


def test_a_page_that_names_its_successor_is_believed(asked: Asked) -> None:
    ims, server = asked(page(raw(1), page_info={"next_marker": "m"}), page(raw(2), page_info={"next_marker": None}))
    assert [image.id for image in ims.own_images()] == ["i1", "i2"]
    assert ("marker", "m") in server.received[1].query
    assert len(server.received) == 2


def test_a_service_that_ignores_the_marker_is_noticed(asked: Asked) -> None:
    ims, server = asked(page(raw(1)), page(raw(1)))
    assert [image.id for image in ims.own_images()] == ["i1"]
    assert len(server.received) == 2


def test_full_pages_that_repeat_themselves_are_not_taken_for_the_whole(asked: Asked) -> None:
    full = page(*[raw(number) for number in range(500)])
    with pytest.raises(BadReply, match="repeats itself"):
        asked(full, full)[0].own_images()


def endless_pages(count: int) -> t.Any:
    """Always the next page, of so many images that nobody has seen before; the test ends the connection."""
    numbers = itertools.count()

    def play(peer: t.Any) -> bool:
        return bool(page(*[raw(next(numbers)) for _number in range(count)])(peer))

    return play


def test_a_list_of_more_images_than_any_project_has_does_not_end(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ims_module, "MOST_IMAGES", 1200)
    ims, server = asked(*[endless_pages(500)] * 9)
    with pytest.raises(BadReply, match="the list of images in cn-north-4 does not end: 1500 images on 3 pages"):
        ims.own_images()
    assert len(server.received) == 3


@pytest.mark.parametrize(("left", "pages"), [(None, 300), (0, 20), (15, 20), (60, 60)])
def test_a_list_ends_with_its_deadline_but_is_given_four_time_outs_at_least(
    left: float | None, pages: int, asked: Asked
) -> None:
    clock = FakeClock()

    def slow(peer: t.Any) -> bool:
        clock.now += 1.0
        return bool(next_page(peer))

    next_page = endless_pages(1)
    ims, server = asked(*[slow] * 400, clock=clock)
    with pytest.raises(BadReply, match="does not end"):
        ims.own_images(deadline=None if left is None else Deadline(clock, left))
    assert len(server.received) == pages


def test_an_image_that_moves_to_the_next_page_is_listed_once(asked: Asked) -> None:
    ims, _server = asked(page(raw(1), raw(2)), page(raw(2), raw(3)), page())
    assert [image.id for image in ims.own_images()] == ["i1", "i2", "i3"]


def test_an_image_that_is_on_a_page_twice_is_listed_once(asked: Asked) -> None:
    ims, _server = asked(page(raw(1), raw(2), raw(1)), page())
    assert [image.id for image in ims.own_images()] == ["i1", "i2"]


def test_a_page_that_says_two_things_of_an_image_is_a_bad_reply(asked: Asked) -> None:
    with pytest.raises(BadReply, match="cannot be read: image i1 stands there twice, and not alike"):
        asked(page(raw(1, status="saving"), raw(2), raw(1, status="active")))[0].own_images()


@pytest.mark.parametrize("stale", [page(page_info={"next_marker": "m"}), page(raw(1), page_info={"next_marker": "m"})])
def test_a_page_without_anything_new_is_not_the_last_one_where_it_names_another(stale: t.Any, asked: Asked) -> None:
    ims, server = asked(page(raw(1), page_info={"next_marker": "i1"}), stale, page(raw(2), page_info={}))
    assert [image.id for image in ims.own_images()] == ["i1", "i2"]
    assert ("marker", "m") in server.received[2].query


def test_a_page_without_anything_new_that_names_itself_is_the_last_one(asked: Asked) -> None:
    ims, server = asked(*[page(raw(1), page_info={"next_marker": "i1"})] * 3)
    assert [image.id for image in ims.own_images()] == ["i1"]
    assert len(server.received) == 2


def test_pages_that_lead_on_to_nothing_new_are_not_taken_for_the_whole(asked: Asked) -> None:
    pages = [page(raw(1), page_info={"next_marker": f"m{number}"}) for number in range(9)]
    ims, server = asked(*pages)
    with pytest.raises(BadReply, match="repeats itself"):
        ims.own_images()
    assert len(server.received) == 5


def test_only_own_images_are_listed_shared_out_or_not(asked: Asked) -> None:
    ims, _server = asked(
        page(
            raw(1),
            raw(2, __imagetype="shared"),
            raw(3, __imagetype="shared", owner="you"),
            raw(4, __imagetype="gold"),
            raw(5, __imagetype="market"),
        ),
        page(),
    )
    assert [image.id for image in ims.own_images()] == ["i1", "i2"]


def test_a_name_is_asked_for_and_compared_exactly(asked: Asked) -> None:
    ims, server = asked(page(raw(1, name="web"), raw(2, name="web-2"), raw(3, name="WEB")), page())
    assert [image.id for image in ims.own_images(name="web")] == ["i1"]
    assert ("name", "web") in server.received[0].query


def test_filters_are_sent_under_their_own_names(asked: Asked) -> None:
    ims, server = asked(page())
    filters: dict[str, t.Any] = {"__os_type": "Linux", "protected": True, "min_ram": 4, "status": None}
    assert ims.own_images(**filters) == []
    query = dict(server.received[0].query)
    assert (query["__os_type"], query["protected"], query["min_ram"]) == ("Linux", "true", "4")
    assert "status" not in query


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"images": None},
        {"images": ["x"]},
        {"images": [{"name": "x"}]},
        {"images": [{"id": [1]}]},
        {"images": [{"id": {"a": 1}}]},
        {"images": [{"id": True}]},
        {"images": [{**raw(1), "id": "a\ud800"}]},
        {"images": [{**raw(1), "name": ["x"]}]},
        {"images": [{**raw(1), "status": {}}]},
        {"images": [raw(1)], "page_info": []},
        {"images": [raw(1)], "page_info": {"next_marker": {}}},
    ],
)
def test_a_list_that_cannot_be_read_is_a_bad_reply_of_its_call(body: t.Any, asked: Asked) -> None:
    with pytest.raises(BadReply, match=r"^GET 127.0.0.1:[0-9]+/v2/cloudimages: the answer cannot be read: \w+"):
        asked(answer(200, body))[0].own_images()


@pytest.mark.parametrize("owner", [None, "", " "])
def test_a_list_that_does_not_say_whose_an_image_is_is_a_bad_reply(owner: str | None, asked: Asked) -> None:
    """Left out, the image would seem not to be there, and be copied once more."""
    with pytest.raises(BadReply, match="cannot be read: image i2 has no owner"):
        asked(page(raw(1), raw(2, owner=owner)))[0].own_images()


@pytest.mark.parametrize("name", [None, "", " "])
def test_what_is_listed_by_a_name_and_has_none_is_a_bad_reply(name: str | None, asked: Asked) -> None:
    """Left out, the image would seem not to be there; in other lists it is one that nobody has named."""
    with pytest.raises(BadReply, match="cannot be read: image i2 has no name"):
        asked(page(raw(1), raw(2, name=name)), page())[0].own_images(name="n1")
    assert len(asked(page(raw(1), raw(2, name=name)), page())[0].own_images()) == 2


@pytest.mark.parametrize("kind", [None, "", "of_tomorrow"])
def test_an_image_of_ours_of_which_kind_it_is_nobody_says_is_listed(kind: str | None, asked: Asked) -> None:
    ims, _server = asked(page(raw(1, __imagetype=kind)), page())
    assert [image.id for image in ims.own_images()] == ["i1"]


def test_an_id_that_is_a_number_is_read_and_pages_like_any_other(asked: Asked) -> None:
    ims, server = asked(page({**raw(1), "id": 7}), page())
    assert [image.id for image in ims.own_images()] == ["7"]
    assert ("marker", "7") in server.received[1].query
