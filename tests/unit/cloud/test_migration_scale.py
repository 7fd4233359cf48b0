# SPDX-License-Identifier: GPL-3.0-or-later
"""Large fleets: how often the service is asked, and how full its slots are."""

from __future__ import annotations

import collections

import pytest

from tests.bench.harness import heavy_tailed

FLEET = "[?starts_with(name, 'fleet-')]"
SLOTS = 5


@pytest.fixture
def fleet(cloud):
    """Adds images of these sizes in GiB, for which there is room in the destination."""

    def add(sizes):
        cloud.set_quota("cn-south-1", 1000)
        return [
            cloud.add_image("cn-north-4", name=f"fleet-{number:03}", __image_size=str(int(size * 1024**3)))
            for number, size in enumerate(sizes)
        ]

    return add


def test_a_second_run_over_five_hundred_images_asks_each_region_a_few_times_and_changes_nothing(cloud, migrate, fleet):
    for source in fleet([1] * 500):
        cloud.add_image("cn-south-1", **replica_of(source))

    result = migrate(query=FLEET)

    requests = collections.Counter(entry["region"] for entry in cloud.journal() if entry["service"] == "ims")
    assert result["counts"]["present"] == 500
    assert result["changed"] is False
    assert cloud.mutations() == []
    assert max(requests.values()) <= 10


def replica_of(source):
    """What the service makes of an image when it copies it."""
    kept = {name: value for name, value in source.items() if name.startswith("__os") or name in KEPT}
    return {**kept, "name": source["name"], "__data_origin": f"image,cn-north-4,{source['id']}"}


KEPT = ("__image_size", "__platform", "__support_kvm", "architecture", "min_disk", "virtual_env_type", "disk_format")


def test_sixty_images_fill_the_slots_and_never_more_than_them(cloud, migrate, fleet):
    sizes = heavy_tailed(60)
    fleet(sizes)

    result = migrate(query=FLEET)

    jobs = cloud.jobs()
    under_way = [sum(1 for job in jobs if job["begin"] <= at < job["end"]) for at in {job["begin"] for job in jobs}]
    taken = max(job["end"] for job in jobs) - min(job["begin"] for job in jobs)
    durations = [30 + 20 * size for size in sizes]
    assert result["counts"]["copied"] == 60
    assert max(under_way) == SLOTS
    assert all(copy["status"] == 200 for copy in cloud.copies())
    assert taken <= 1.05 * max(*durations, sum(durations) / SLOTS)


def test_a_copy_whose_slot_others_wait_for_is_looked_at_when_it_should_end(cloud, migrate, fleet):
    fleet([2, 1])

    migrate(query=FLEET, max_concurrent=1, wait_interval=40)

    first, second = sorted(cloud.jobs(), key=lambda job: job["begin"])
    assert first["end"] - first["begin"] == 70
    assert 0 <= second["begin"] - first["end"] < 3
