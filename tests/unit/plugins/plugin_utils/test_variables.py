# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The variables of the role: strings, answers left empty, what is wrong with them, and names that are not."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import connection_spec
from ansible_collections.huaweicloud.ims.plugins.modules.ims_image_migration import argument_spec
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._variables import earlier_results, prepare, specs, unknown

SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
NEEDED = {"source_region": "cn-north-4", "destinations": [SOUTH]}
SECRET = "NotRealSecretNotRealSecret"


def options(**more: t.Any) -> dict[str, t.Any]:
    """What the module is given beside what it needs; nothing may be wrong."""
    prepared = prepare({**NEEDED, **more})
    assert prepared.problems == []
    return {name: value for name, value in prepared.options.items() if name not in NEEDED}


def problems(**more: t.Any) -> list[str]:
    return prepare({**NEEDED, **more}).problems


# -- what the module is given ----------------------------------------------------------------------------------------


def test_every_option_of_the_module_is_handed_on_under_its_own_name() -> None:
    samples: dict[str, t.Any] = {"str": "x", "int": 3, "float": 2.5, "bool": False, "path": "/x", "dict": {"a": "b"}}
    for name, spec in argument_spec().items():
        if name in connection_spec() or name == "lease_file":
            continue
        value = spec["choices"][0] if spec.get("choices") else samples.get(spec["type"], [])
        if spec["type"] == "list":
            value = [spec["choices"][0]] if spec.get("choices") else [SOUTH] if name == "destinations" else [{}]
        assert prepare({**NEEDED, name: value}).options[name] == value, name


def test_what_is_not_given_is_not_handed_on() -> None:
    assert options() == {}
    assert options(query=None, order=None) == {}


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_answer_that_was_left_empty_is_not_given(empty: str) -> None:
    assert options(**{name: empty for name in specs() if name not in (*NEEDED, "state_dir", "report_dir")}) == {}


def test_for_a_folder_an_empty_string_is_an_answer() -> None:
    prepared = prepare({**NEEDED, "state_dir": "", "report_dir": ""})

    assert prepared.options["state_dir"] == ""
    assert prepared.own == {"report_dir": ""}


@pytest.mark.parametrize("name", ["report_dir", "resume_report", "report_template"])
def test_blanks_around_a_path_are_no_part_of_it(name: str) -> None:
    assert prepare({**NEEDED, name: " ~/x y\n"}).own == {name: "~/x y"}


def test_false_and_zero_are_answers() -> None:
    assert options(retry_failed=False, progress_interval=0) == {"retry_failed": False, "progress_interval": 0}


def test_a_value_is_handed_on_as_it_was_given_so_that_the_host_of_the_module_reads_it() -> None:
    assert options(state_dir="~/state", max_concurrent="2") == {"state_dir": "~/state", "max_concurrent": "2"}


def test_the_connection_is_not_among_the_options() -> None:
    prepared = prepare({**NEEDED, "connection": {"secret_key": SECRET}})

    assert prepared.options == NEEDED
    assert prepared.own == {"connection": {"secret_key": SECRET}}


# -- strings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ['[{"image_name": "web"}]', "- image_name: web", "---\n- {image_name: web}\n"])
def test_a_list_may_be_a_string_of_json_or_yaml(text: str) -> None:
    assert options(images=text) == {"images": [{"image_name": "web"}]}


def test_a_date_is_the_name_of_an_image() -> None:
    assert options(images="- image_name: 2026-03-01") == {"images": [{"image_name": "2026-03-01"}]}


def test_a_template_in_a_string_stays_text() -> None:
    assert options(images="- image_name: '{{ x }}'") == {"images": [{"image_name": "{{ x }}"}]}


@given(st.lists(st.fixed_dictionaries({"image_name": st.text(min_size=1)}), min_size=1))
def test_any_list_comes_through_json_unharmed(images: list[dict[str, str]]) -> None:
    assert options(images=json.dumps(images)) == {"images": images}


@given(st.text())
def test_any_string_at_all_is_read_or_refused_by_name(text: str) -> None:
    for problem in problems(images=text):
        assert problem.startswith("image_migration_images")
        assert "\n" not in problem


# -- what is refused -------------------------------------------------------------------------------------------------

LISTS = "must be a list of dictionaries, such as"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("images", "ubuntu-22.04-web", [LISTS, "and is text"]),
        ("images", "image_name: web", [LISTS, "and is a dictionary"]),
        ("images", '["web"]', [LISTS, "a list whose item 0 is text"]),
        ("images", [{"image_name": "web"}, 7], ["a list whose item 1 is a number"]),
        ("images", "[", ["is neither YAML nor JSON in line 1, column 2"]),
        ("images", '[{"image_nam": "x"}]', ["image_migration_images[0]: unknown image_nam; there are "]),
        ("images", "- a: b: c", ["is neither YAML nor JSON in line 1", "mapping values are not allowed here"]),
        ("images", "[" * 1000, ["is neither YAML nor JSON"]),
        ("images", "\x00", ["is neither YAML nor JSON"]),
        ("images", "!!python/object/apply:os.system [ls]", ["is neither YAML nor JSON"]),
        ("destinations", "cn-south-1", [LISTS, "agency_name"]),
        ("destinations", "- region: cn-south-1", ["image_migration_destinations[0]", "agency_name"]),
        ("resume", "{}", ["must be a list of dictionaries, such as the results of an earlier run"]),
        ("order", "smallest_first", ["image_migration_order", "largest_first", "smallest_first"]),
        ("max_attempts", "many", ["image_migration_max_attempts must be a whole number, and is 'many'"]),
        ("retry_failed", "perhaps", ["image_migration_retry_failed must be true or false, and is 'perhaps'"]),
        ("run_for", "1h", ["image_migration_run_for must be a number, and is '1h'"]),
        ("connection", "[1]", ["must be a dictionary of connection options, and is a list"]),
        ("connection", "access_key=AK", ["must be a dictionary of connection options, and is text"]),
        ("connection", {"acess_key": "x"}, ["image_migration_connection: unknown acess_key; there are access_key"]),
        ("connection", {"max_retries": "few"}, ["image_migration_connection: ", "max_retries"]),
    ],
)
def test_what_cannot_be_right_is_refused_by_name_in_a_sentence(name: str, value: t.Any, said: list[str]) -> None:
    (problem,) = problems(**{name: value})

    assert problem.startswith(f"image_migration_{name}") or f"'image_migration_{name}'" in problem or name == "order"
    assert [part for part in said if part not in problem] == []
    assert "\n" not in problem


def test_an_item_is_named_by_its_place_and_by_what_it_calls_itself() -> None:
    images = [{"image_name": "good"}, {"image_name": "web", "skip_checks": ["quoat"]}, {"image_nam": "x"}]
    places = [SOUTH, {"region": "cn-east-3"}]

    found = problems(images=images, destinations=places)

    assert len(found) == 3
    assert found[0].startswith('image_migration_images[1] ("web"): ') and "quoat" in found[0]
    assert found[1].startswith("image_migration_images[2]: unknown image_nam; there are ")
    assert found[2] == 'image_migration_destinations[1] ("cn-east-3"): missing required arguments: agency_name'


def test_everything_is_named_at_once() -> None:
    given = {"source_region": "", "destinations": "[]x", "images": "web", "order": "x", "connection": {"a": 1}}

    assert len(prepare(given).problems) == 5


@pytest.mark.parametrize("name", sorted(NEEDED))
@pytest.mark.parametrize("empty", [None, ""])
def test_what_is_required_is_asked_for(name: str, empty: str | None) -> None:
    assert problems(**{name: empty}) == [f"image_migration_{name} is required"]


@pytest.mark.parametrize(
    "connection",
    [f"secret_key: {SECRET}: x", f'{{"secret_key": "{SECRET}"', f"secret_key={SECRET}", [SECRET], f"[{SECRET}]"],
)
def test_a_connection_that_cannot_be_read_is_not_shown(connection: t.Any) -> None:
    (problem,) = problems(connection=connection)

    assert SECRET not in problem


def test_no_default_is_looked_for_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_MAX_RETRIES", "many")
    monkeypatch.setenv("HW_REGION_NAME", "cn-north-4")

    assert problems(connection={}) == []
    assert problems(source_region=None) == ["image_migration_source_region is required"]


# -- reports to carry on from ----------------------------------------------------------------------------------------


def test_the_results_of_a_report_are_taken() -> None:
    told: dict[str, t.Any] = {"status": "copied", "image_name": "web", "destination_region": "cn-south-1"}
    told = {**told, "options": {}, "shared_options": {}}
    assert earlier_results(json.dumps({"version": 1, "results": [told]})) == [told]


@pytest.mark.parametrize("text", ["", "no report", "[]", "{}", '{"results": {}}', "[" * 100000])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it is no JSON|it has no list of results"):
        earlier_results(text)


# -- names -----------------------------------------------------------------------------------------------------------


def test_a_misspelt_variable_is_named_with_the_nearest_that_there_is() -> None:
    names = ["image_migration_destination", "image_migration_zzz", "image_migration", "other", "image_migration_images"]

    assert list(unknown(names)) == [
        "image_migration_destination is no variable of the role huaweicloud.ims.image_migration, and nothing reads it."
        " Did you mean image_migration_destinations?",
        "image_migration_zzz is no variable of the role huaweicloud.ims.image_migration, and nothing reads it.",
    ]


def test_what_the_role_and_its_playbook_know_is_no_mistake() -> None:
    left = ("results", "counts", "finished", "replicas", "unfinished", "hosts")

    assert list(unknown(f"image_migration_{name}" for name in [*specs(), *left])) == []
