# SPDX-License-Identifier: GPL-3.0-or-later
"""What `docs/awx` brings: credentials reach the collection as AWX hands them on, and its survey asks what there is."""

from __future__ import annotations

import pathlib

import pytest
import yaml

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import agencies, connection, credentials
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import Connection, resolve
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._variables import LEFT, PREFIX, prepare, specs, unknown
from tests.unit.awx_bundle import BUNDLE, EXTRA, SURVEY, TYPES, Raw, injected, load, variables

COMMON: Raw = {
    "agency_name": "image_movers",
    "agency_domain": "their-account",
    "cloud": "myhuaweicloud.eu",
    "iam_endpoint": "https://iam.example/v3",
    "ims_endpoint": "https://ims.{region}.example",
    "ca_certificate": "-----BEGIN CERTIFICATE-----\n",
}
ANSWERS: list[Raw] = [
    {"access_key": "AK", "secret_key": "SK", "security_token": "ST"},
    {"username": "joe", "password": "pw", "domain_name": "acme"},
]


@pytest.mark.parametrize(("kind", "answers"), list(zip(TYPES, ANSWERS)), ids=["keys", "user"])
def test_what_is_filled_in_reaches_the_modules(kind: Raw, answers: Raw, tmp_path: pathlib.Path) -> None:
    env = injected(kind, {**COMMON, **answers}, tmp_path)
    # Options of Ansible's have fallbacks, which are none of the credential's.
    given = {option: env.get(name) for option, name in connection.ENVIRONMENT.items()}
    assert resolve(given, env) == Connection(
        **answers,
        assume_role=agencies.AssumeRole("image_movers", "their-account"),
        iam_endpoint="https://iam.example",
        ims_endpoint="https://ims.{region}.example",
        ca_path=str(tmp_path / "template.ca"),
    )
    assert (tmp_path / "template.ca").read_text() == COMMON["ca_certificate"]


@pytest.mark.parametrize(("kind", "answers"), list(zip(TYPES, ANSWERS)), ids=["keys", "user"])
def test_what_is_left_empty_counts_as_not_set(kind: Raw, answers: Raw, tmp_path: pathlib.Path) -> None:
    needed = {name: value for name, value in answers.items() if name in kind["inputs"]["required"]}
    env = injected(kind, needed, tmp_path)
    assert resolve({}, env) == Connection(**needed)


@pytest.mark.parametrize("kind", TYPES, ids=["keys", "user"])
def test_what_is_secret_is_hidden_by_awx(kind: Raw) -> None:
    """The access key as well: with it, half of what proves who calls is known."""
    fields = {field["id"]: field.get("secret", False) for field in kind["inputs"]["fields"]}
    secret = {name for name, hidden in fields.items() if hidden}
    assert secret == {*credentials.SECRETS} & {*fields}
    assert {*kind["inputs"]["required"]} <= {*fields}
    # AWX knows these two, and an integer and a choice for which there is no use here.
    assert {field["type"] for field in kind["inputs"]["fields"]} == {"string"}


def test_each_variable_of_a_credential_is_one_that_the_collection_reads() -> None:
    read = {name for names in credentials.ENVIRONMENT.values() for name in names}
    read |= {*connection.ENVIRONMENT.values(), *agencies.ENVIRONMENT.values()}
    assert {name for kind in TYPES for name in kind["injectors"]["env"]} <= read


def test_the_project_plays_what_the_playbook_of_the_collection_plays() -> None:
    own = yaml.safe_load((BUNDLE.parents[1] / "playbooks" / "migrate.yml").read_text(encoding="utf-8"))
    assert load("project/migrate.yml") == own


# -- the survey --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", SURVEY["spec"], ids=lambda question: question["variable"])
def test_a_question_is_about_a_variable_of_the_role_and_offers_what_that_takes(question: Raw) -> None:
    name = question["variable"][len(PREFIX) :]
    spec = specs()[name]
    kinds = {"integer": ("int",), "multiplechoice": ("str",), "textarea": ("list", "dict"), "text": ("str",)}
    assert spec["type"] in kinds[question["type"]]
    assert question.get("choices", spec.get("choices")) == spec.get("choices")
    if "default" in question and "default" in spec:
        assert question["default"] == spec["default"]
    # Of what is required an answer is demanded.
    assert question["required"] or not spec.get("required")


def answered(**answers: str) -> Raw:
    """What the role is given, where nothing is to be carried on."""
    return variables({PREFIX + name: answer for name, answer in answers.items()}, {"image_migration_resume": []})


def test_a_query_alone_is_enough_and_empty_answers_are_none() -> None:
    place = '[{"region": "cn-south-1", "agency_name": "ims_copy_image"}]'
    given = answered(source_region="cn-north-4", query="[?os_type=='Linux']", destinations=place)
    prepared = prepare({name[len(PREFIX) :]: value for name, value in given.items()})
    assert prepared.problems == []
    assert {name: value for name, value in prepared.options.items() if name not in ("resume", "destinations")} == {
        "source_region": "cn-north-4",
        "query": "[?os_type=='Linux']",
        "on_preflight_failure": "fail",
        "max_concurrent": 5,
        "ledger": "cloud",
    }
    assert prepared.own["report_dir"] == ""
    assert list(unknown(given)) == []


def test_images_are_answered_in_yaml_with_the_line_ends_of_a_browser() -> None:
    given = answered(
        source_region="cn-north-4",
        images="- image_name: web\r\n- image_name: db\r\n  name: golden-db\r\n",
        destinations="- region: cn-south-1\r\n  agency_name: ims_copy_image\r\n",
    )
    prepared = prepare({name[len(PREFIX) :]: value for name, value in given.items()})
    assert prepared.problems == []
    assert prepared.options["images"] == [{"image_name": "web"}, {"image_name": "db", "name": "golden-db"}]


def test_the_templates_carry_on_from_what_a_job_before_has_left() -> None:
    assert EXTRA["image_migration_resume"] == "{{ image_migration_unfinished | default([]) }}"
    assert "unfinished" in LEFT
    assert {name[len(PREFIX) :] for name in EXTRA} <= {*specs()}
