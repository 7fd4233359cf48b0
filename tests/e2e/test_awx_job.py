# SPDX-License-Identifier: GPL-3.0-or-later
"""The project of `docs/awx`, run by ansible-runner as AWX runs a job: from a survey, a credential and artifacts."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import typing as t

import pytest
import yaml

from tests.e2e.commands import PATIENCE
from tests.e2e.progress_support import LEGACY, LONG, WEB, begun, lasting
from tests.unit.awx_bundle import BUNDLE, EXTRA, KEYS, injected, variables

VENV = pathlib.Path(__file__).resolve().parents[2] / ".venv" / "runner"
PROGRAM = """
import json, sys
import ansible_runner

kept = {}

def note(event):
    kept.update((event.get("event_data") or {}).get("artifact_data") or {})
    return False

kind = ["--check"] if sys.argv[2] == "check" else []
job = ansible_runner.run(
    private_data_dir=sys.argv[1], playbook="migrate.yml", quiet=True, event_handler=note, cmdline=" ".join(kind) or None
)
print(json.dumps({"status": job.status, "artifacts": kept, "output": job.stdout.read()}))
"""
SURVEY = {
    "image_migration_source_region": "cn-north-4",
    "image_migration_images": f"- image_name: {WEB}\r\n- image_name: {LEGACY}\r\n",
    "image_migration_destinations": "- region: cn-south-1\r\n  agency_name: ims_copy_image\r\n",
    # What nobody asks for: a job here is not to take long.
    "image_migration_wait_interval": "0.2",
}
LOCALHOST = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}


class Unsafe(str):
    """A text that AWX marks, so that no template in it is rendered."""


class Dumper(yaml.SafeDumper):
    """As AWX writes extra variables."""


Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


def marked(value: t.Any) -> t.Any:
    """Source: awx.main.utils.safe_yaml, ``safe_dump``: every text but those of the template's own variables."""
    if isinstance(value, dict):
        return {marked(name): marked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner) for inner in value]
    return Unsafe(value) if isinstance(value, str) else value


class Job(t.NamedTuple):
    """What is left of a job when its container is gone."""

    status: str
    artifacts: dict[str, t.Any]
    output: str


@pytest.fixture
def launch(ansible, cloud, tmp_path):
    """Runs a job in a container of its own: nothing that one leaves on disk is seen by the next."""
    made: list[pathlib.Path] = []

    def run(kind: str = "run", artifacts: t.Mapping[str, t.Any] | None = None, **answers: t.Any) -> Job:
        folder = tmp_path / f"job-{len(made)}"
        made.append(folder)
        shutil.copytree(BUNDLE / "project", folder / "project")
        for name in ("env", "inventory", "home", "credential"):
            (folder / name).mkdir()
        given = variables({**SURVEY, **answers}, dict(artifacts or {}))
        written = {name: value if EXTRA.get(name) == value else marked(value) for name, value in given.items()}
        (folder / "env" / "extravars").write_text(yaml.dump(written, Dumper=Dumper))
        (folder / "inventory" / "hosts").write_text(json.dumps({"all": {"hosts": {"localhost": LOCALHOST}}}))
        caller = cloud.env()
        credential = {
            "access_key": caller["HW_ACCESS_KEY"],
            "secret_key": caller["HW_SECRET_KEY"],
            "iam_endpoint": caller["HW_AUTH_URL"],
            "ims_endpoint": caller["HW_IMS_ENDPOINT"],
        }
        ansible.call_as(injected(KEYS, credential, folder / "credential"))
        environment = {
            **ansible.environment,
            "HOME": str(folder / "home"),
            "ANSIBLE_HOME": str(folder / "home" / ".ansible"),
            "HW_IMS_STATE_DIR": str(folder / "home" / "state"),
            "PATH": f"{VENV / 'bin'}:{ansible.environment['PATH']}",
        }
        command = [str(VENV / "bin" / "python"), "-c", PROGRAM, str(folder), kind]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, timeout=PATIENCE, check=True)
        shutil.rmtree(folder)
        return Job(**json.loads(done.stdout.splitlines()[-1]))

    return run


def test_answers_of_a_survey_are_enough_and_the_artifacts_tell_each_replica(launch, cloud):
    job = launch()

    assert job.status == "successful", job.output
    assert sorted(job.artifacts) == [
        f"image_migration_{name}" for name in ("counts", "finished", "replica_ids", "replicas", "unfinished")
    ]
    assert (job.artifacts["image_migration_finished"], job.artifacts["image_migration_unfinished"]) == (True, [])
    replicas = {raw["name"]: raw["id"] for raw in cloud.images("cn-south-1") if raw["name"] in (WEB, LEGACY)}
    told = job.artifacts["image_migration_replicas"]
    assert {one["source_name"]: one["replica_id"] for one in told} == replicas
    assert {one["region"] for one in told} == {"cn-south-1"}
    assert job.artifacts["image_migration_replica_ids"] == {
        name: {"cn-south-1": replica} for name, replica in replicas.items()
    }


def test_a_job_of_the_type_check_submits_nothing(launch, cloud):
    job = launch("check")

    assert job.status == "successful", job.output
    assert "2 copies planned" in job.output
    assert begun(cloud) == []


def test_the_second_node_carries_on_with_what_the_first_has_left_and_nothing_is_copied_twice(launch, cloud):
    lasting(cloud, WEB, LEGACY)
    workflow = {"image_migration_run_for": 3, "image_migration_fail_when_unfinished": True}

    first = launch(**workflow)
    assert first.status == "failed", first.output
    assert (first.artifacts["image_migration_finished"], len(first.artifacts["image_migration_unfinished"])) == (
        False,
        2,
    )
    cloud.advance(LONG)
    second = launch(artifacts=first.artifacts, **{**workflow, "image_migration_run_for": 600})

    assert second.status == "successful", second.output
    assert len(second.artifacts["image_migration_replicas"]) == 2
    assert len(begun(cloud)) == 2
