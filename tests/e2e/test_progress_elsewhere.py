# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of a task whose module runs on another host, or as another user: by way of a shell."""

from __future__ import annotations

import getpass
import pathlib
import sys

from tests.e2e.progress_support import LONG, WEB, lasting, migration, once, result_in


def of_a_copy(line):
    return "%" in line and f'"{WEB}"' in line


# What such a run keeps on the host of its module.
LEASE = "ansible-ims-*/" + "[0-9a-f]" * 8


def away(ansible, folder):
    """Keywords of a play whose host is reached by a plugin that is not Ansible's local one."""
    plugins = folder / "connections"
    plugins.mkdir()
    (plugins / "elsewhere.py").write_text(CONNECTION)
    ansible.environment["ANSIBLE_CONNECTION_PLUGINS"] = str(plugins)
    # The keyword of a play does not reach the localhost that no inventory names.
    return {"vars": {"ansible_connection": "elsewhere", "ansible_python_interpreter": sys.executable}}


CONNECTION = '''
from __future__ import annotations
from ansible.plugins.connection import local

DOCUMENTATION = local.DOCUMENTATION.replace("name: local", "name: elsewhere")


class Connection(local.Connection):
    transport = "elsewhere"
'''


class Wholes:
    """Hears of the whole each time it comes; the fourth time the copy ends."""

    def __init__(self, cloud, then=lambda: None):
        self.lines = []
        self._cloud = cloud
        self._then = then

    def hear(self, line):
        if " of 1 done" in line:
            self.lines.append(line)
            if len(self.lines) == 4:
                self._then()
                self._cloud.advance(LONG)

    def came_each_time_and_a_copy_that_did_not_move_once(self, seen):
        came = all("1 under way (1 slot ours), 0 % of" in line for line in self.lines[1:4])
        return came and len([line for line in seen.reports if of_a_copy(line)]) == 1


def test_the_whole_comes_each_time_and_a_copy_that_does_not_move_once(cloud, play):
    lasting(cloud, WEB)
    wholes = Wholes(cloud)

    seen = play(migration(WEB), during=wholes.hear)

    assert seen.status == 0
    assert wholes.came_each_time_and_a_copy_that_did_not_move_once(seen)


def test_the_same_lines_come_from_another_host(ansible, cloud, play, tmp_path):
    lasting(cloud, WEB)
    keywords = away(ansible, tmp_path)
    shared = ansible.folder / "shared"
    while_it_ran: list[pathlib.Path] = []
    wholes = Wholes(cloud, then=lambda: while_it_ran.extend(shared.glob(LEASE)))

    seen = play(migration(WEB), play=keywords, during=wholes.hear)

    assert seen.status == 0
    assert wholes.came_each_time_and_a_copy_that_did_not_move_once(seen)
    assert result_in(tmp_path)["counts"]["copied"] == 1
    assert any("has been copied" in line for line in seen.reports)
    assert while_it_ran
    assert not list(shared.glob("ansible-ims-*"))


def test_lines_come_when_the_module_is_another_users(ansible, cloud, play, tmp_path):
    plugins = tmp_path / "become"
    plugins.mkdir()
    (plugins / "pretence.py").write_text(BECOME)
    ansible.environment.update(ANSIBLE_BECOME_PLUGINS=str(plugins), ANSIBLE_BECOME_ALLOW_SAME_USER="true")
    lasting(cloud, WEB)
    task = {**migration(WEB), "become": True, "become_method": "pretence", "become_user": getpass.getuser()}

    seen = play(task, during=once(of_a_copy, lambda: cloud.advance(LONG)))

    assert (seen.status, result_in(tmp_path)["counts"]["copied"]) == (0, 1)
    assert not list((ansible.folder / "shared").glob("ansible-ims-*"))


BECOME = '''
from __future__ import annotations
from ansible.plugins.become import BecomeBase

DOCUMENTATION = """
name: pretence
short_description: Commands as they are
description: Commands as they are.
options:
  become_user: {description: User., vars: [{name: ansible_become_user}], keyword: [{name: become_user}]}
  become_exe: {description: Program., keyword: [{name: become_exe}]}
  become_flags: {description: Flags., keyword: [{name: become_flags}]}
  become_pass: {description: Password., vars: [{name: ansible_become_pass}]}
"""


class BecomeModule(BecomeBase):
    name = "pretence"

    def build_become_command(self, cmd, shell):
        super().build_become_command(cmd, shell)
        return self._build_success_command(cmd, shell)
'''
