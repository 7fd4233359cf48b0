# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that call a copy of one image to one place by different names, or the service by different endpoints."""

from __future__ import annotations

import fcntl
import os
import pathlib

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.mark import digits_of, name_of

COPY = "CopyImageCrossRegion"
WEB = "ubuntu-22.04-web"
LONG = 3600


@pytest.fixture
def host(monkeypatch, tmp_path):
    """Has the next runs remember their copies on one host, or with ``cloud`` each on another."""
    hosts: list[pathlib.Path] = []

    def choose(ledger):
        if not hosts or ledger == "cloud":
            hosts.append(tmp_path / f"host-{len(hosts)}")
        monkeypatch.setenv("HW_IMS_STATE_DIR", str(hosts[-1]))
        return {"ledger": ledger}

    return choose


@pytest.fixture
def hidden(cloud):
    """No replica shows for an hour, and the copies go on for longer."""
    cloud.switch(replica_visible="late", replica_delay=LONG)
    cloud.outcome(name=WEB, seconds=2 * LONG, times=None)


ledgers = pytest.mark.parametrize("ledger", ["host", "cloud"])


@ledgers
@pytest.mark.parametrize("first", ["origin", "name_and_origin", "name"])
def test_where_the_origin_counts_a_copy_under_another_name_is_taken_up(cloud, copy, hidden, host, ledger, first):
    begun = copy(name="golden", match=first, wait=False, **host(ledger))

    result = copy(name="silver", match="origin", wait=False, **host(ledger))

    assert (result["changed"], result["job"]["id"]) == (False, begun["job"]["id"])
    assert len(cloud.copies()) == 1


@ledgers
def test_where_the_name_counts_each_name_is_a_copy_and_each_is_found_again(cloud, copy, hidden, host, ledger):
    begun = {name: copy(name=name, wait=False, **host(ledger))["job"]["id"] for name in ("golden", "silver")}

    found = {name: copy(name=name, wait=False, **host(ledger)) for name in begun}

    assert {name: result["job"]["id"] for name, result in found.items()} == begun
    assert not any(result["changed"] for result in found.values())
    assert len(cloud.copies()) == 2


@ledgers
def test_a_copy_under_any_name_that_is_there_leaves_what_is_remembered_of_others(
    cloud, copy, hidden, host, clock, ledger
):
    cloud.switch(replica_visible="at_once")
    copy(name="golden", wait=False, **host(ledger))
    cloud.switch(replica_visible="late")
    silver = copy(name="silver", wait=False, **host(ledger))["job"]["id"]
    clock.advance(2 * LONG - 600)
    for raw in cloud.images("cn-south-1"):
        if raw["name"] == "golden":
            cloud.patch_image(raw["id"], status="active")

    assert copy(name="bronze", match="origin", **host(ledger))["image"]["name"] == "golden"

    assert copy(name="silver", wait=False, **host(ledger))["job"]["id"] == silver
    assert len(cloud.copies()) == 2


@ledgers
def test_another_copy_that_counts_leaves_what_is_remembered_of_the_name_that_was_asked_for(
    cloud, copy, hidden, host, ledger
):
    golden = copy(name="golden", match="origin", wait=False, **host(ledger))["job"]["id"]
    source = cloud.image(WEB)
    alike = {key: source[key] for key in ("__image_size", "min_disk")}
    cloud.add_image("cn-south-1", name="silver", __data_origin=f"image,cn-north-4,{source['id']}", **alike)

    assert copy(name="golden", match="origin", **host(ledger))["image"]["name"] == "silver"

    assert copy(name="golden", wait=False, **host(ledger))["job"]["id"] == golden
    assert len(cloud.copies()) == 1


@ledgers
@pytest.mark.parametrize("origin", ["at_once", "at_end"])
def test_a_run_that_died_over_another_name_before_it_had_an_answer_is_made_good(
    cloud, copy, killed, host, ledger, origin
):
    cloud.switch(replica_visible="late", replica_delay=60, origin_written=origin)
    cloud.outcome(name=WEB, seconds=900)
    cloud.fault(operation=COPY, do="drop", effect=True)
    assert killed(at=int(ledger == "cloud"), name="golden", **host(ledger))
    assert len(cloud.copies()) == 1

    result = copy(name="silver", match="origin", **host(ledger))

    assert (result["changed"], result["image"]["name"]) == (False, "golden")
    assert len(cloud.copies()) == 1


@ledgers
def test_one_run_that_asks_for_two_names_where_the_origin_counts_makes_one_copy(cloud, migrate, hidden, host, ledger):
    images = [{"image_name": WEB, "name": name} for name in ("golden", "silver")]

    result = migrate(images=images, match="origin", run_for=60, **host(ledger))

    first, second = result["results"]
    assert (first["action"], second["action"]) == ("submitted", "waited")
    assert first["job"]["id"] == second["job"]["id"]
    assert len(cloud.copies()) == 1


@pytest.mark.parametrize(("match", "heeded"), [("origin", True), ("name_and_origin", False), ("name", False)])
def test_the_mark_of_a_run_that_is_about_to_submit_under_another_name_is_heeded_where_the_origin_counts(
    cloud, copy, hidden, host, clock, match, heeded
):
    source, project = cloud.image(WEB)["id"], "a1000000000000000000000000000001"
    mark = name_of(digits_of(source, project, "golden"), "0badcafe")
    route = digits_of("cn-north-4", source, project)

    def made():
        cloud.patch_image(source, **{mark: f"pending {timestamp(clock.utcnow())} 0badcafe - {route}"})

    slept = clock.sleep
    clock.sleep = lambda seconds: (slept(seconds), made())
    result = copy(name="silver", match=match, wait=False, **host("cloud"))

    assert ("another run is about to submit a copy of this image" in result["msg"]) is heeded
    assert len(cloud.copies()) == (0 if heeded else 1)


@pytest.mark.parametrize("again", ["by its note", "by the results"])
def test_a_job_under_another_name_that_fails_is_told_as_the_failure_that_it_is(cloud, copy, warnings, again):
    cloud.outcome(name=WEB, status="FAIL", seconds=600, error_code="IMG.0061", fail_reason="broke")
    copy(name="golden", wait=False)
    first = copy(name="silver", match="origin", run_for=60)
    told = {key: first[key] for key in ("job", "started_at", "attempts")}
    resume = {} if again == "by its note" else {"resume": told}

    result = copy(name="silver", match="origin", **resume)

    assert any("IMG.0061" in warning and "broke" in warning for warning in warnings)
    assert (result["action"], result["image"]["name"]) == ("submitted", "silver")


def test_a_job_that_failed_hides_none_that_is_under_way(cloud, copy, hidden, host):
    running = copy(name="golden", wait=False, **host("host"))["job"]["id"]
    cloud.outcome(name=WEB, status="FAIL", seconds=1, leftover="none")
    copy(name="silver", wait=False, **host("host"))

    result = copy(name="bronze", match="origin", wait=False, **host("host"))

    assert (result["changed"], result["job"]["id"]) == (False, running)


@pytest.mark.parametrize("match", ["origin", "name_and_origin"])
def test_while_a_run_on_this_host_submits_under_another_name_nothing_is_submitted(cloud, copy, hidden, host, match):
    copy(name="golden", wait=False, **host("host"))
    (note,) = host_notes(host)
    with open(note, "r+b") as stream:
        stream.truncate()
        fcntl.flock(stream, fcntl.LOCK_EX)

        result = copy(name="silver", match=match, wait=False, **host("host"))

    assert "another run is submitting a copy of this image to the same destination" in result["msg"]
    assert len(cloud.copies()) == 1


def host_notes(host):
    host("host")
    return list(pathlib.Path(os.environ["HW_IMS_STATE_DIR"]).glob("*.json"))


@pytest.mark.parametrize("spelled", ["http://LOCALHOST:{port}/ims/{{region}}/", "http://localhost:{port}/ims/{{region}}"])
def test_the_endpoint_may_be_written_in_any_way(cloud, copy, hidden, spelled):
    begun = copy(wait=False)["job"]["id"]
    port = cloud.ims_endpoint.split(":")[2].split("/")[0]

    result = copy(wait=False, ims_endpoint=spelled.format(port=port))

    assert (result["changed"], result["job"]["id"]) == (False, begun)
    assert len(cloud.copies()) == 1


# -- the service itself calls it otherwise ---------------------------------------------------------------------------


@ledgers
def test_a_copy_that_the_service_has_called_otherwise_is_told_by_each_run_and_made_by_none(
    cloud, copy, host, clock, ledger
):
    cloud.outcome(name=WEB, replica={"name": "something else"})
    first = copy(**host(ledger))
    (made,) = [raw["id"] for raw in cloud.images("cn-south-1") if raw["name"] == "something else"]

    for seconds in (0, 7200, 20 * 86400):
        clock.advance(seconds)
        again = copy(**host(ledger))
        assert (again["failed"], again["changed"]) == (True, False)
        for said in (made, "something else", WEB, "match: origin"):
            assert said in again["msg"]
    assert first["failed"] is True
    assert len(cloud.copies()) == 1


@ledgers
@pytest.mark.parametrize("mended", ["renamed", "deleted", "accepted"])
def test_and_once_that_is_mended_nothing_stands_in_the_way(cloud, copy, host, ledger, mended):
    cloud.outcome(name=WEB, replica={"name": "something else"})
    made = copy(**host(ledger))["image"]["id"]
    if mended == "renamed":
        cloud.patch_image(made, name=WEB)
    elif mended == "deleted":
        cloud.delete_image(made)

    result = copy(**host(ledger), match="origin" if mended == "accepted" else None)

    assert (result["changed"], result["image"]["id"] == made) == (mended == "deleted", mended != "deleted")
    assert result["image"]["status"] == "active"


LONG_NAME = "golden-" + 100 * "x"


@pytest.mark.parametrize("match", ["name_and_origin", "name"])
@pytest.mark.parametrize(
    ("asked", "called", "told"),
    [("golden  web", "golden web", "differ in blanks alone"), (LONG_NAME, LONG_NAME[:64], LONG_NAME)],
)
def test_a_name_that_was_squeezed_or_cut_short_is_known_again_by_runs_that_remember_nothing(
    cloud, copy, asked, called, told, match
):
    cloud.outcome(name=WEB, replica={"name": called})
    copy(name=asked, match=match, ledger="none")

    again = copy(name=asked, match=match, ledger="none")

    assert (again["failed"], again["changed"], len(cloud.copies())) == (True, False, 1)
    for said in (called, told, "match: origin"):
        assert said in again["msg"]
