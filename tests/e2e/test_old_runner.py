# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines under ansible-runner 2.4.1 with ansible-core 2.18, which hangs for ever when a second thread prints."""

from __future__ import annotations

import json
import pathlib
import subprocess

from tests.e2e.commands import PATIENCE
from tests.e2e.progress_support import LEGACY, LONG, WEB, lasting, migration

VENV = pathlib.Path(__file__).resolve().parents[2] / ".venv" / "runner"
PROGRAM = """
import json, sys
import ansible_runner

def note(event):
    print(json.dumps(event["stdout"]), flush=True)
    return False

job = ansible_runner.run(
    private_data_dir=sys.argv[1], playbook="play.yml", quiet=True, event_handler=note, suppress_env_files=True
)
print(json.dumps(job.status))
"""


def test_a_job_ends_though_the_service_is_slow_and_lines_come_often(ansible, cloud, tmp_path):
    lasting(cloud, WEB, LEGACY)
    cloud.fault(do="delay", seconds=0.5, times=None)
    task = migration(WEB, LEGACY, progress_interval=2)
    (tmp_path / "project").mkdir()
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]
    (tmp_path / "project" / "play.yml").write_text(json.dumps(play))
    environment = {**ansible.environment, "PATH": f"{VENV / 'bin'}:{ansible.environment['PATH']}"}
    command = [str(VENV / "bin" / "python"), "-c", PROGRAM, str(tmp_path)]

    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        shown = []
        for line in running.stdout:
            shown.append(json.loads(line))
            if len([text for text in shown if "of 2 done" in text]) == 5:
                cloud.advance(LONG)
        assert running.wait(PATIENCE) == 0

    assert shown[-1] == "successful"
    assert len([text for text in shown if "has been copied" in text]) == 2
