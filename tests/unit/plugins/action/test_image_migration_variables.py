# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The action that reads the role's variables: templates filled in, paths on the controller, reports to resume from."""

from __future__ import annotations

import json
import pathlib
import typing as t
from unittest import mock

import pytest
from ansible.module_utils.common.validation import check_type_int
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.huaweicloud.ims.plugins.action.image_migration_variables import ActionModule

try:
    from ansible.template import trust_as_template
except ImportError:  # before 2.19 every string that is not unsafe is a template

    def trust_as_template(value: str) -> str:  # type: ignore[misc]
        return value


SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
SECRET = "NotRealSecretNotRealSecret"


def read(**variables: t.Any) -> dict[str, t.Any]:
    """The result, with what is needed given; names come without their prefix."""
    needed = {"source_region": "cn-north-4", "destinations": [SOUTH]}
    given = {f"image_migration_{name}": value for name, value in {**needed, **variables}.items()}
    task_vars: dict[str, t.Any] = {"omit": "__omit_place_holder__", "known": "known-image", **given}
    action = ActionModule(
        task=mock.Mock(args={}, async_val=0, check_mode=False, action="x"),
        connection=mock.Mock(),
        play_context=mock.Mock(),
        loader=mock.Mock(),
        templar=Templar(loader=DataLoader(), variables=task_vars),
        shared_loader_obj=mock.Mock(),
    )
    return action.run(task_vars=task_vars)


def test_it_gives_the_options_and_the_defaults_of_the_role() -> None:
    result = read(order="as_listed")

    assert result["options"] == {"source_region": "cn-north-4", "destinations": [SOUTH], "order": "as_listed"}
    assert (result["changed"], result["report_dir"], result["report_template"]) == (False, "", "report.html.j2")
    assert (result["keep_reports"], result["warnings"]) == (10, [])


def test_a_template_in_a_variable_is_filled_in() -> None:
    images = [{"image_name": trust_as_template("{{ known }}")}]

    assert read(images=images)["options"]["images"] == [{"image_name": "known-image"}]


def test_what_is_left_out_with_omit_is_not_given() -> None:
    assert "query" not in read(query=trust_as_template("{{ nothing | default(omit) }}"))["options"]


def test_a_variable_that_cannot_be_filled_in_is_named_beside_everything_else() -> None:
    result = read(query=trust_as_template("{{ nothing_there }}"), order="x")
    first, second = result["msg"].splitlines()

    assert result["failed"] is True
    assert first.startswith("image_migration_query cannot be filled in: ") and "nothing_there" in first
    assert "image_migration_order" in second
    assert "options" not in result


def test_a_connection_that_cannot_be_filled_in_is_not_shown() -> None:
    undefined = read(connection={"secret_key": trust_as_template("{{ vault_secret }}")})["msg"]
    unreadable = read(connection={"secret_key": trust_as_template("{{" + SECRET)})["msg"]

    assert undefined.startswith("image_migration_connection cannot be filled in: ") and "vault_secret" in undefined
    assert unreadable == "image_migration_connection cannot be filled in"


def test_the_connection_is_in_no_result() -> None:
    assert SECRET not in str(read(connection={"access_key": "ak", "secret_key": SECRET}))


def test_paths_are_taken_from_where_the_play_was_started(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    assert read(report_dir="report")["report_dir"] == str(tmp_path / "report")
    assert read(report_dir="~/report")["report_dir"] == str(tmp_path / "home" / "report")
    assert read(report_dir="")["report_dir"] == read(report_dir=" ")["report_dir"] == ""


def test_a_template_that_is_named_is_the_one() -> None:
    assert read(report_template="own.j2")["report_template"] == "own.j2"
    assert read(report_template="")["report_template"] == "report.html.j2"


TOLD = {
    "status": "in_progress",
    "image_name": "web",
    "destination_region": "cn-south-1",
    "options": {},
    "shared_options": {},
}


def test_a_report_is_what_to_resume_from_unless_there_are_results(tmp_path: pathlib.Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"results": [TOLD]}))

    assert read(resume_report=str(report))["options"]["resume"] == [TOLD]
    assert read(resume_report=str(report), resume=[{"status": "failed"}])["options"]["resume"] == [{"status": "failed"}]
    assert "resume" not in read(resume_report="")["options"]


def test_a_report_that_cannot_be_carried_on_from_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    gone = read(resume_report=str(tmp_path / "gone.json"))["msg"]
    broken = read(resume_report=str(tmp_path / "broken.json"))["msg"]

    assert gone == f"image_migration_resume_report names {tmp_path}/gone.json, which cannot be carried on from: " + (
        "No such file or directory"
    )
    assert "broken.json, which cannot be carried on from: it is no JSON" in broken


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ([TOLD, 7], "results[1] is a number"),
        ([{**TOLD, "job": "j1"}], 'resume[0] ("web") is no result of an earlier run: job is not a dictionary'),
        ([{key: value for key, value in TOLD.items() if key != "options"}], "an earlier version of this collection"),
    ],
)
def test_a_report_whose_results_no_run_has_returned_is_refused(
    tmp_path: pathlib.Path, results: t.Any, why: str
) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"results": results}))

    result = read(resume_report=str(report))

    assert f"{report}, which cannot be carried on from: " in result["msg"] and why in result["msg"]


def test_a_name_that_is_none_is_warned_of_whatever_else_is_wrong() -> None:
    result = read(ordr="x", order="x")

    assert result["failed"] is True
    assert "Did you mean image_migration_order?" in result["warnings"][0]


def test_what_comes_out_is_plain(tmp_path: pathlib.Path) -> None:
    found = read(images=[{"image_name": trust_as_template("{{ known }}"), "copy_tags": True, "min_ram": 3}])

    (image,) = found["options"]["images"]
    assert {key: type(value) for key, value in image.items()} == {"image_name": str, "copy_tags": bool, "min_ram": int}


def as_an_option(count: t.Any) -> int | None:
    """What this core makes of it: from 2.19 on it takes more."""
    try:
        return t.cast(int, check_type_int(count))
    except TypeError:
        return None


@pytest.mark.parametrize("count", ["1e1", "10.0", 10.0, "10"])
def test_a_number_of_reports_is_read_as_ansible_reads_numbers(count: t.Any) -> None:
    assert as_an_option("10") == 10
    assert read(keep_reports=count).get("keep_reports") == as_an_option(count)


@pytest.mark.parametrize("name", ["report_dir", "resume_report", "report_template"])
@pytest.mark.parametrize("path", ["a\0b", "/\ud800"])
def test_what_no_path_can_hold_is_refused_by_the_name_of_its_variable(name: str, path: str) -> None:
    assert f"image_migration_{name} cannot be a path" in read(**{name: path})["msg"]


def test_a_folder_that_is_a_number_is_a_folder_all_the_same() -> None:
    assert pathlib.Path(read(report_dir=2026)["report_dir"]).name == "2026"
