# SPDX-License-Identifier: GPL-3.0-or-later
"""Once nobody waits for a task any more, its module submits nothing and ends."""

from __future__ import annotations

import os
import signal

import pytest

from tests.e2e.commands import wait_until
from tests.e2e.progress_support import LEASES, LEGACY, LONG, WEB, lasting, migration, once, result_in


def over(running):
    """Whether everything has ended that came of a command, what it left in the background included."""
    running.process.poll()
    return running.family() == [running.process.pid]


@pytest.fixture
def two(ansible, cloud):
    """A migration of two images with one slot, whose first copy is under way and shown to be."""
    lasting(cloud, WEB, LEGACY)
    running = ansible.start(tasks=[migration(WEB, LEGACY, max_concurrent=1)])
    wait_until(lambda: "1 under way" in running.printed())
    yield running
    running.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_playbook_that_is_killed_has_nothing_more_submitted(ansible, cloud, two, number):
    assert list(ansible.folder.glob(LEASES))

    # The main process alone: workers and module go on.
    two.process.send_signal(number)

    wait_until(lambda: not list(ansible.folder.glob(LEASES)))
    # The slot comes free.
    cloud.advance(LONG)
    wait_until(lambda: over(two))
    assert [copy["status"] for copy in cloud.copies()] == [200]


def test_a_worker_that_is_killed_too_has_nothing_more_submitted_either(ansible, cloud, two):
    two.kill(jobs=False)
    (lease,) = ansible.folder.glob(LEASES)
    # What half a minute without a touch comes to.
    lease.unlink()

    cloud.advance(LONG)
    wait_until(lambda: over(two))
    assert len(cloud.copies()) == 1


def test_what_a_killed_run_began_is_carried_on_by_the_next(ansible, cloud, two, play, tmp_path):
    two.process.kill()
    wait_until(lambda: not list(ansible.folder.glob(LEASES)))
    wait_until(lambda: over(two))
    cloud.advance(LONG)

    seen = play(migration(WEB, LEGACY), during=once(lambda line: f'"{LEGACY}"' in line, lambda: cloud.advance(LONG)))

    assert (seen.status, result_in(tmp_path)["counts"]["total"]) == (0, 2)
    assert len(cloud.copies()) == 2


def test_a_task_that_runs_out_of_its_time_has_nothing_more_submitted(ansible, cloud, play, tmp_path):
    lasting(cloud, WEB, LEGACY)

    seen = play({**migration(WEB, LEGACY, max_concurrent=1), "timeout": 8})

    assert seen.status == 2
    assert not list(ansible.folder.glob(LEASES))
    cloud.advance(LONG)
    assert len(cloud.copies()) <= 1


def test_a_module_that_is_killed_fails_its_task_and_says_how_to_go_on(ansible, cloud, two):
    (lease,) = ansible.folder.glob(LEASES)
    wait_until(lease.read_text)

    os.kill(int(lease.read_text()), signal.SIGKILL)

    outcome = ansible.finish(two)
    assert outcome.status == 2
    assert outcome.result["failed"] is True
    assert outcome.result["changed"] is True
    assert "run again to wait for them" in outcome.result["msg"]
    assert len(cloud.copies()) == 1
