# SPDX-License-Identifier: GPL-3.0-or-later
"""What `docs/awx` brings, and what AWX makes of it for a job."""

from __future__ import annotations

import pathlib
import typing as t

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

BUNDLE = pathlib.Path(__file__).parents[2] / "docs" / "awx"
Raw = dict[str, t.Any]


def load(name: str) -> t.Any:
    return yaml.safe_load((BUNDLE / name).read_text(encoding="utf-8"))


KEYS, USER = TYPES = load("credential_types.yml")
SURVEY: Raw = load("survey.yml")
EXTRA: Raw = load("template.yml")


def injected(kind: Raw, answers: Raw, folder: pathlib.Path) -> dict[str, str]:
    """The environment of a job: files are written first, each under a name that templates know it by. Whoever fills in
    the form and leaves a field empty has it sent as an empty text.

    Source: awx.main.models.credential, ``CredentialType.inject_credential``.
    """
    sandbox = ImmutableSandboxedEnvironment()
    namespace: Raw = {field["id"]: answers.get(field["id"], "") for field in kind["inputs"]["fields"]}
    files = {}
    for label, template in kind["injectors"].get("file", {}).items():
        path = folder / label
        path.write_text(sandbox.from_string(template).render(**namespace))
        files[label.partition(".")[2]] = str(path)
    namespace["tower"] = {"filename": files}
    env = kind["injectors"]["env"]
    return {name: sandbox.from_string(template).render(**namespace) for name, template in env.items()}


def variables(survey: t.Mapping[str, str], artifacts: Raw) -> Raw:
    """The extra variables of a job: the template's own, what was answered, and what the nodes before it have left. A
    question that is not answered has its default, or else an empty text.
    """
    answers = {question["variable"]: question.get("default", "") for question in SURVEY["spec"]}
    return {**EXTRA, **answers, **survey, **artifacts}
