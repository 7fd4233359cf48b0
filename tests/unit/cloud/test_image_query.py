# SPDX-License-Identifier: GPL-3.0-or-later
"""One image that a query chooses."""

from __future__ import annotations

import pytest

UBUNTU = "[?name=='ubuntu-22.04-web']"


@pytest.fixture
def ask(copy):
    def run(query, **more):
        return copy(image_name=None, image_query=query, **more)

    return run


def test_the_one_image_that_it_gives_is_copied_and_a_second_run_finds_the_replica(cloud, ask):
    first = ask(UBUNTU)
    second = ask(UBUNTU)

    assert (first["action"], first["source_image"]["name"]) == ("submitted", "ubuntu-22.04-web")
    assert (second["changed"], second["image"]) == (False, first["image"])
    assert len(cloud.copies()) == 1


def test_the_newest_of_a_family_is_one_image(cloud, ask):
    for day in (3, 5, 4):
        cloud.add_image("cn-north-4", name=f"nightly-{day}", created_at=f"2026-02-0{day}T08:00:00Z")

    result = ask("newest_of([?matches(name, '^nightly-')], &os_type)", check=True)

    assert result["source_image"]["name"] == "nightly-5"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("[?name=='nobody']", "gives none"),
        ("[?name=='ubuntu-22.04-web' || name=='debian-12-db']", "gives 2: "),
        ("[]", "more"),
    ],
)
def test_none_and_several_are_refused_and_named(cloud, ask, query, words):
    result = ask(query)

    assert result["failed"] is True
    assert "image_query must give exactly one own image of cn-north-4" in result["msg"]
    assert words in result["msg"]
    assert result["error"]["stage"] == "input"
    assert cloud.mutations() == []


@pytest.mark.parametrize("query", ["[?", "nofn(@)", "[?matches(name, '(')]"])
def test_what_cannot_be_read_is_refused_with_all_else_before_anything_is_sent(cloud, ask, query):
    result = ask(query, destination_region="CN South!")

    assert result["failed"] is True
    assert "image_query" in result["msg"] and "CN South!" in result["msg"]
    assert cloud.journal() == []


def test_what_it_gives_must_be_an_image(ask):
    assert "image_query must give images or their ids" in ask("[].name")["msg"]


@pytest.mark.parametrize("more", [{"image_id": "i1"}, {"image_name": "web"}])
def test_it_is_another_way_to_say_which_image_is_meant(copy, more):
    result = copy(**{"image_name": None, "image_query": UBUNTU, **more})

    assert result["failed"] is True
    assert "mutually exclusive" in result["msg"]


def test_a_run_that_is_taken_up_keeps_its_image_whatever_is_the_newest_now(cloud, ask):
    cloud.switch(replica_visible="late")
    newest = "sort_by([?matches(name, '^(ubuntu|zz)-')], &created_at)[-1]"
    first = ask(newest, run_for=1)
    cloud.add_image("cn-north-4", name="zz-newer", created_at="2026-09-01T08:00:00Z")

    second = ask(newest, resume=first)

    assert first["cut_short"] is True
    assert second["source_image"]["name"] == "ubuntu-22.04-web"
    assert len(cloud.copies()) == 1
