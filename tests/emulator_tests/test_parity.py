# SPDX-License-Identifier: GPL-3.0-or-later
"""``make parity`` proves itself: a cloud like the emulator is found to be like it, and another one is not."""

from __future__ import annotations

import contextlib

import pytest

from tests.emulator.testing import running
from tests.parity import __main__ as parity
from tests.parity import keeping, steps

WITH = ("--agency", "ims_copy_image", "--interval", "0.05")


@pytest.fixture
def ask(monkeypatch, capsys):
    """Runs the command, and gives its exit status and what it printed."""

    def run(*arguments, environment=None):
        for name in parity.CREDENTIALS:
            monkeypatch.delenv(name, raising=False)
        for name, value in (environment or {}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["parity", *arguments])
        status = parity.main()
        return status, capsys.readouterr().out

    return run


@pytest.fixture
def real():
    """A cloud that is asked by the credentials of the environment, as the real one is."""
    with running(time_scale=2000) as emulator:
        yield emulator


def names(emulator, region):
    return sorted(image["name"] for image in emulator.images(region))


def test_without_credentials_a_second_emulator_on_ports_stands_in_and_nothing_contradicts(ask):
    status, printed = ask()

    assert status == 0, printed
    assert "a second emulator stands in" in printed
    assert "Nothing contradicts" in printed
    assert all(f"  {step.__name__} " in printed for step in (*steps.READS, *steps.COPY, *steps.REMOVAL))


def test_with_credentials_alone_nothing_is_asked_for_that_changes_anything(ask, real):
    status, printed = ask(environment=real.env())

    assert status == 0, printed
    assert "stands in" not in printed
    assert [entry["operation"] for entry in real.journal() if entry["operation"] == "ListImages"] != []
    assert real.mutations() == []


def test_a_copy_that_is_asked_for_is_made_once_and_removed(ask, real):
    before = names(real, "cn-south-1")
    image = real.image("debian-12-db")["id"]

    status, printed = ask("--copy", image, "--to", "cn-south-1", *WITH, environment=real.env())

    assert status == 0, printed
    assert len([copy for copy in real.copies() if copy["took_effect"]]) == 1
    assert names(real, "cn-south-1") == before


def test_the_replica_is_removed_though_somebody_stops_the_script(ask, real, monkeypatch):
    before = names(real, "cn-south-1")
    image = real.image("debian-12-db")["id"]

    def stopped(facts):
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "COPY", (steps.copy, stopped))
    with pytest.raises(KeyboardInterrupt):
        ask("--copy", image, "--to", "cn-south-1", *WITH, environment=real.env())

    assert len([copy for copy in real.copies() if copy["took_effect"]]) == 1
    assert names(real, "cn-south-1") == before


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (
            {"operation": "ShowImageQuota", "do": "respond", "status": 403, "body": {"error": {"code": "IMG.0002"}}},
            "quota is answered with 403",
        ),
        (
            {"operation": "ListRegions", "do": "respond", "status": 200, "body": {"regions": [{"id": 7}]}},
            "regions[].id is number, and with the emulator text",
        ),
    ],
    ids=["status", "type"],
)
def test_a_cloud_that_answers_otherwise_is_told_from_the_emulator(ask, real, fault, word):
    real.fault(times=None, **fault)

    status, printed = ask(environment=real.env())

    assert status == 1, printed
    assert word in printed.replace(": ", " ")


@pytest.mark.parametrize("how", ["aksk", "temporary", "password"])
def test_each_way_to_prove_who_calls_is_kept_without_a_trace(ask, real, how, tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "FOLDER", tmp_path)

    status, printed = ask("--keep", "--agency", "ims_copy_image", environment=real.env(how=how))

    assert status == 0, printed
    kept = (tmp_path / "real.json").read_text(encoding="utf-8")
    proofs = [value for name, value in real.env(how=how).items() if name not in ("HW_AUTH_URL", "HW_IMS_ENDPOINT")]
    assert [proof for proof in (*proofs, *real.tokens()) if proof in kept] == []


def test_what_cannot_be_an_endpoint_is_said_in_a_line(ask, real, capsys):
    with pytest.raises(SystemExit):
        ask(environment={**real.env(), "HW_AUTH_URL": "nonsense"})

    assert "iam_endpoint is not an http or https URL" in capsys.readouterr().err


def test_a_region_without_a_project_is_said_once_and_nothing_more_is_asked_there(ask, real):
    status, printed = ask("--region", "xx-none-1", environment=real.env())

    assert status == 1
    assert "for want of a project in xx-none-1" in printed
    assert [entry["service"] for entry in real.journal() if entry["service"] == "ims"] == []


def test_a_copy_without_a_place_is_refused_before_anything_is_asked(ask, real, capsys):
    with contextlib.suppress(SystemExit):
        ask("--copy", "x", environment=real.env())

    assert "a copy needs" in capsys.readouterr().err
    assert real.journal() == []
