# SPDX-License-Identifier: GPL-3.0-or-later
"""Images selected by a JMESPath expression, and what is said of one that cannot work."""

from __future__ import annotations

import importlib.util
import re
import sys
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry import query
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import InputError
from tests.unit.shapes import source

IMAGES = [
    source(id="i1", name="web", tags=["env=prod"]).as_dict(),
    source(id="i2", name="db", __image_size=None).as_dict(),
    source(id="i3", name="win", __os_type="Windows", tags=["env=prod"]).as_dict(),
]


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("[]", ["i1", "i2", "i3"]),
        ("@", ["i1", "i2", "i3"]),
        ("[?os_type=='Linux' && tags.env=='prod']", ["i1"]),
        ("[?tags.env=='prod'].id", ["i1", "i3"]),
        ("[?name=='db'] | [0]", ["i2"]),
        ("[1].id", ["i2"]),
        ("reverse(@)", ["i3", "i2", "i1"]),
        ("[?name=='nobody']", []),
        ("[[0].id, [1].id, [0].id, [0].id]", ["i1", "i2"]),
        ("[*].{id: id, label: name}", ["i1", "i2", "i3"]),
        ("[?size_bytes > `1`].id", ["i1", "i3"]),
        ("[[*].id][]", ["i1", "i2", "i3"]),
    ],
)
def test_images_or_ids_are_selected_in_the_order_of_the_expression_each_once(expression: str, ids: list[str]) -> None:
    assert query.select(expression, IMAGES) == ids


@pytest.mark.parametrize(
    ("expression", "given"),
    [
        ("[*].name", "['web', 'db', 'win']"),
        ("length(@)", "3"),
        ("[0].nothing", "None"),
        ("'i9'", "'i9'"),
        ("[['i1']]", "[['i1']]"),
        ("{ids: [*].id}", "{'ids': ['i1', 'i2', 'i3']}"),
        ("[*].{image: id}", "[{'image': 'i1'}, {'image': 'i2'}, {'image': 'i3'}]"),
        ("[*].{id: tags}", "[{'id': {'env': 'prod'}}, {'id': {}}, {'id': {'env': 'prod'}}]"),
    ],
)
def test_what_is_no_image_of_the_list_is_refused_and_shown(expression: str, given: str) -> None:
    with pytest.raises(InputError) as raised:
        query.select(expression, IMAGES)
    expected = f"query must give images or their ids out of the list, but it gives {given}"
    assert raised.value.problems == [expected]


def test_what_is_shown_is_cut_short() -> None:
    with pytest.raises(InputError) as raised:
        query.select("[*].[name, name, name, name, name, name, name, name]", IMAGES)
    shown = raised.value.message.partition("gives ")[2]
    assert len(shown) == 80
    assert shown.startswith("[['web', 'web'") and shown.endswith("...")


@pytest.mark.parametrize(("length", "whole"), [(78, True), (79, False)])
def test_what_just_fits_is_shown_whole(length: int, whole: bool) -> None:
    text = "x" * length
    with pytest.raises(InputError) as raised:
        query.select(f"'{text}'", IMAGES)
    # Its quotes count too.
    assert raised.value.message.endswith(f"gives '{text}'") is whole


@pytest.mark.parametrize("expression", ["", "[?", "[?name=", "`x", "'\\", "nofn(", "a b"])
def test_what_cannot_be_read_is_found_before_there_are_images(expression: str) -> None:
    with pytest.raises(InputError) as raised:
        query.check(expression)
    assert raised.value.message.startswith("query is not a JMESPath expression: ")
    assert raised.value.stage == "input"
    with pytest.raises(InputError, match="is not a JMESPath expression"):
        query.evaluate(expression, IMAGES)


def test_the_place_where_it_goes_wrong_is_shown() -> None:
    with pytest.raises(InputError) as raised:
        query.check("[?name=='x' &&]")
    assert "[?name=='x' &&]" in raised.value.message and "^" in raised.value.message


@pytest.mark.parametrize("expression", [None, "[]", "[?size_bytes > '1']"])
def test_what_can_be_read_is_in_order(expression: str | None) -> None:
    query.check(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "abs(@)",
        "sort_by(@, &size_bytes)",
        "length(@, @)",
        "[?contains(size_bytes, 'x')]",
        "[?size_bytes > '1']",
        "[?contains(name, `1`)]",
        "[::0]",
    ],
)
def test_what_does_not_fit_the_images_is_an_error_of_the_query(expression: str) -> None:
    with pytest.raises(InputError) as raised:
        query.select(expression, IMAGES)
    assert raised.value.message.startswith("query does not fit the images: ")


def test_any_value_may_be_evaluated() -> None:
    assert query.evaluate("length(@)", tuple(IMAGES)) == 3


def test_jmespath_is_there() -> None:
    assert query.HAS_JMESPATH
    assert query.JMESPATH_IMPORT_ERROR is None


@pytest.fixture
def without_jmespath(monkeypatch: pytest.MonkeyPatch) -> t.Any:
    """The module as it is where the library is not installed."""
    monkeypatch.setitem(sys.modules, "jmespath", None)
    spec = importlib.util.spec_from_file_location(f"{query.__package__}._query_alone", query.__file__)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_jmespath_that_is_said_and_nothing_is_checked(without_jmespath: t.Any) -> None:
    assert not without_jmespath.HAS_JMESPATH
    assert "jmespath" in without_jmespath.JMESPATH_IMPORT_ERROR
    without_jmespath.check("[?")


@pytest.mark.parametrize(
    "expression",
    ["(" * 3000, "!" * 3000 + "name", "[" * 3000, "f(" * 3000, "[?" * 3000, "`" + "[" * 100_000 + "`"],
    ids=lambda text: text[:2],
)
def test_an_expression_that_is_nested_too_deeply_is_refused_before_anything_is_asked(expression: str) -> None:
    with pytest.raises(InputError, match="query is nested too deeply"):
        query.check(expression)


@pytest.mark.parametrize("expression", ["a|" * 5000 + "a", "[]" * 20_000, "a && " * 3000 + "a"], ids=["|", "[]", "&&"])
def test_an_expression_that_is_too_long_to_be_carried_out_is_refused(expression: str) -> None:
    with pytest.raises(InputError, match="query is nested too deeply"):
        query.select(expression, IMAGES)


@pytest.mark.parametrize("expression", ["ceil(`1e999`)", "[::0]", "merge([0].size_bytes)", "sort_by(@, &size_bytes)"])
def test_whatever_fails_while_an_expression_is_carried_out_is_a_matter_of_input(expression: str) -> None:
    with pytest.raises(InputError, match="query does not fit the images"):
        query.select(expression, IMAGES)


def test_what_is_nested_too_deeply_to_be_shown_is_said_to_be() -> None:
    deep: t.Any = []
    for _level in range(100_000):
        deep = [deep]
    assert query._short(deep) == "something nested too deeply"


def test_an_index_of_thousands_of_digits_is_said_to_be_wrong() -> None:
    with pytest.raises(InputError, match="query is not a JMESPath expression"):
        query.check(f"[{'9' * 5000}]")


def made(number: int, name: str, day: int | None, **tags: str) -> dict[str, t.Any]:
    created = None if day is None else f"2026-01-{day:02}T08:00:00Z"
    image = source(id=f"n{number}", name=name, tags=[f"{key}={value}" for key, value in tags.items()]).as_dict()
    return {**image, "created_at": created}


NIGHTLY = [
    made(1, "web-20260103", 3, family="web"),
    made(2, "db-20260102", 2, family="db"),
    made(3, "web-20260104", 4, family="web"),
    made(4, "db-old", None, family="db"),
    made(5, "scratch", 9),
    made(6, "web-20260104b", 4, family="web"),
]


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("newest_of(@, &tags.family)", ["n6", "n2"]),
        ("newest_of(@, &os_type)", ["n5"]),
        ("newest_of([?matches(name, '^web-')], &tags)", ["n6"]),
        ("newest_of([?name=='nobody'], &name)", []),
        ("[?matches(name, '[0-9]{8}$')]", ["n1", "n2", "n3"]),
        ("[?matches(tags.family, 'e')]", ["n1", "n3", "n6"]),
        ("newest_of(@, &tags.family)[?matches(name, 'b$')].id", ["n6"]),
    ],
)
def test_the_newest_of_each_family_is_found_and_names_that_match(expression: str, ids: list[str]) -> None:
    query.check(expression)
    assert query.select(expression, NIGHTLY) == ids


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("nofn(@)", "query has an unknown function nofn()"),
        ("[?newest(@)]", "there are abs, avg"),
        ("[?matches(name, '(')]", "'(' is not a regular expression"),
        ("[?matches(name, `7`)]", "7 is no text"),
    ],
)
def test_an_unknown_function_and_a_pattern_that_is_none_are_found_before_there_are_images(
    expression: str, word: str
) -> None:
    with pytest.raises(InputError, match=re.escape(word)):
        query.check(expression)


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("[?matches(name, join('', ['(']))]", "'(' is not a regular expression"),
        ("newest_of([].name, &@)", "newest_of takes a list of images"),
        ("[?matches(min_disk, 'x')]", "matches"),
        ("newest_of(@)", "newest_of"),
    ],
)
def test_what_our_functions_cannot_take_is_an_error_of_the_query(expression: str, word: str) -> None:
    with pytest.raises(InputError, match="does not fit the images") as raised:
        query.select(expression, NIGHTLY)
    assert word in raised.value.message


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("[?name=='web']", ["i1"]),
        ("[0]", ["i1"]),
        ("[].id", ["i1", "i2", "i3"]),
        ("[].name", []),
        ("[].{id: id, name: name}", []),
        ("{first: [0]}", []),
        ("length(@)", []),
        ("[[0], [0], 'nobody', `1`]", ["i1"]),
        ("[].{id: tags}", []),
    ],
)
def test_of_what_a_query_gives_the_whole_images_are_told_apart(expression: str, ids: list[str]) -> None:
    assert [image["id"] for image in query.whole(query.evaluate(expression, IMAGES), IMAGES)] == ids


@pytest.mark.parametrize("expression", ["&name", "[&name]", "to_number('1e999')", "{a: [to_number('-1e999')]}"])
def test_what_cannot_be_shown_is_refused(expression: str) -> None:
    with pytest.raises(InputError, match="query gives no value that can be shown"):
        query.selection(expression, IMAGES)


def test_a_pattern_may_be_that_of_a_field() -> None:
    query.check("[?matches(name, \"(\")]")
    assert query.select("[?matches(name, name)].id", IMAGES) == ["i1", "i2", "i3"]
