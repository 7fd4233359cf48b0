# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the role ``image_migration`` and its playbook, and reads the report that they leave."""

from __future__ import annotations

import json
import pathlib
import re
import typing as t

from tests.e2e.commands import BIN, Ansible, Outcome, Result
from tests.emulator.testing import Emulator

ROLE = "huaweicloud.ims.image_migration"
PLAYBOOK = "huaweicloud.ims.migrate"
SOUTH = {"region": "cn-south-1", "agency_name": "ims_copy_image"}
EAST = {"region": "cn-east-3", "agency_name": "ims_copy_image"}


def images(*names: str) -> list[Result]:
    return [{"image_name": name} for name in names]


class Role:
    """The role on one controller. Its report goes to a folder beside those of the runs."""

    def __init__(self, ansible: Ansible) -> None:
        self.ansible = ansible
        self.report_dir = ansible.folder / "report"

    def variables(self, **variables: t.Any) -> Result:
        """None stands for one that is not given; lines are shown only where a test asks for them."""
        usual = {
            "source_region": "cn-north-4",
            "destinations": [SOUTH],
            "wait_interval": 0.1,
            "progress_interval": 0,
            "report_dir": str(self.report_dir),
            **variables,
        }
        return {f"image_migration_{name}": value for name, value in usual.items() if value is not None}

    def task(self, **variables: t.Any) -> Result:
        include = {"name": ROLE}
        return {
            "name": "Migrate",
            "ansible.builtin.include_role": include,
            "vars": self.variables(**variables),
        }

    def play(
        self, *flags: str, more: t.Sequence[Result] = (), play: Result | None = None, **variables: t.Any
    ) -> Outcome:
        """A play of the role and, after it, ``more`` tasks."""
        return self.ansible.play(*flags, tasks=[self.task(**variables), *more], play=play)

    def playbook(self, *flags: str) -> Outcome:
        """The collection's own playbook, with nothing but these flags."""
        running = self.ansible._start([str(BIN / "ansible-playbook"), PLAYBOOK, *flags], self.ansible._folder())
        status, output, errors = running.finish()
        return self.ansible._held(Outcome(status, output, errors, []))

    def report(self) -> Result:
        report: Result = json.loads((self.report_dir / "report.json").read_text())
        return report

    def reports(self) -> list[Result]:
        """Those of all runs, the first one first."""
        return [json.loads(path.read_text()) for path in sorted(self.report_dir.glob("report-*.json"))]

    def page(self) -> str:
        return (self.report_dir / "report.html").read_text()


def connection_of(cloud: Emulator) -> Result:
    """The cloud's operator as options, and no environment."""
    variables = cloud.env()
    return {
        "access_key": variables["HW_ACCESS_KEY"],
        "secret_key": variables["HW_SECRET_KEY"],
        "iam_endpoint": variables["HW_AUTH_URL"],
        "ims_endpoint": variables["HW_IMS_ENDPOINT"],
    }


def recap(outcome: Outcome, host: str = "localhost") -> dict[str, int]:
    """``ok``, ``changed``, ``failed`` and so on, from the last lines of a play."""
    (line,) = re.findall(rf"^{host} +: (.*)$", outcome.output, re.M)
    return {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", line)}


def shown(outcome: Outcome) -> list[str]:
    """The lines that came while the copies were under way."""
    return re.findall(r"^\[ims\] .*$", outcome.errors, re.M)


def ended(outcome: Outcome) -> str:
    """What the last task that failed says, however this version of ansible-core wraps it."""
    return " ".join((outcome.output + outcome.errors).replace("\\n", " ").replace('\\"', '"').split())


def write(path: pathlib.Path, content: t.Any) -> pathlib.Path:
    path.write_text(json.dumps(content))
    return path
