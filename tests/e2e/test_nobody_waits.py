# SPDX-License-Identifier: GPL-3.0-or-later
"""Once nobody waits for a task any more, its module submits nothing and ends."""

from __future__ import annotations

import signal

import pytest

from tests.e2e.commands import wait_until
from tests.e2e.progress_support import LEASES, LEGACY, LONG, WEB, lasting, migration, once, result_in


@pytest.fixture
def two(ansible, cloud):
    """A migration of two images with one slot, whose first copy is under way and shown to be."""
    lasting(cloud, WEB, LEGACY)
    running = ansible.start(tasks=[migration(WEB, LEGACY, max_concurrent=1)])
    wait_until(lambda: "1 under way" in running.printed())
    yield running
    running.kill()


def end_the_playbook(ansible, running, number):
    """The main process alone: workers and module go on."""
    assert list(ansible.folder.glob(LEASES))
    running.process.send_signal(number)
    wait_until(lambda: not list(ansible.folder.glob(LEASES)))


def nothing_more_is_submitted(cloud, running):
    """Though the slot comes free."""
    cloud.advance(LONG)
    wait_until(running.over)
    return [copy["status"] for copy in cloud.copies()] == [200]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_playbook_that_is_told_to_end_has_nothing_more_submitted(ansible, cloud, two, number):
    end_the_playbook(ansible, two, number)

    assert nothing_more_is_submitted(cloud, two)


def test_a_playbook_that_is_killed_has_nothing_more_submitted_and_the_next_run_carries_on(
    ansible, cloud, two, play, tmp_path
):
    end_the_playbook(ansible, two, signal.SIGKILL)
    assert nothing_more_is_submitted(cloud, two)

    seen = play(migration(WEB, LEGACY), during=once(lambda line: f'"{LEGACY}"' in line, lambda: cloud.advance(LONG)))

    assert (seen.status, result_in(tmp_path)["counts"]["total"]) == (0, 2)
    assert len(cloud.copies()) == 2


def test_a_worker_that_is_killed_too_has_nothing_more_submitted_either(ansible, cloud, two):
    two.kill(jobs=False)
    (lease,) = ansible.folder.glob(LEASES)
    # What half a minute without a touch comes to.
    lease.unlink()

    assert nothing_more_is_submitted(cloud, two)


def test_a_task_that_runs_out_of_its_time_has_nothing_more_submitted(ansible, cloud, play, tmp_path):
    lasting(cloud, WEB, LEGACY)

    seen = play({**migration(WEB, LEGACY, max_concurrent=1), "timeout": 8})

    assert seen.status == 2
    assert not list(ansible.folder.glob(LEASES))
    cloud.advance(LONG)
    assert len(cloud.copies()) <= 1
