# SPDX-License-Identifier: GPL-3.0-or-later
"""No request goes by what was seen long before: neither one that is sent again, nor one that was held up."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import phases as p
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.ledger import Entry
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.observations import (
    Accepted,
    NotNow,
    Refused,
    Standing,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.record import Record
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import NotSent, TlsError
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Origin
from tests.unit.shapes import replica
from tests.unit.submitting import Bench, Until
from tests.unit.support import FakeClock


@pytest.fixture
def bench(tmp_path: pathlib.Path, clock: FakeClock) -> Bench:
    bench = Bench(tmp_path, clock)
    bench.plan()
    bench.copy.phase = p.Submitting(p.Queued())
    return bench


def test_a_request_that_never_left_is_sent_again_after_a_new_look_and_only_so_often(bench: Bench) -> None:
    bench.service.answers = [NotSent("no connection")] * 3
    submission = bench.submission(retries=2)

    assert [type(submission.send(bench.copy)) for _time in range(3)] == [NotNow, NotNow, Refused]
    assert bench.note is None


def test_what_somebody_has_brought_over_before_the_second_try_is_found(bench: Bench) -> None:
    bench.service.answers = [NotSent("no connection")]
    submission = bench.submission(retries=2)
    submission.send(bench.copy)
    theirs = replica("r9", Origin("cn-north-4", "a1"), name="a1")
    bench.service.images.append(theirs)

    assert submission.send(bench.copy) == Standing(theirs)
    assert len(bench.service.did("copy")) == 1


def test_a_certificate_that_is_not_accepted_is_final(bench: Bench) -> None:
    bench.service.answers = [TlsError("not trusted")]
    assert isinstance(bench.submission(retries=2).send(bench.copy), Refused)


def slow_to_write(bench: Bench, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    write = Entry.write

    def slowly(entry: Entry, record: Record) -> None:
        clock.sleep(seconds)
        write(entry, record)

    monkeypatch.setattr(Entry, "write", slowly)


@pytest.mark.parametrize(("seconds", "seen"), [(14.9, Accepted), (15.0, NotNow)])
def test_noting_that_takes_longer_than_a_look_is_worth_has_the_copy_wait(
    bench: Bench, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, seconds: float, seen: t.Any
) -> None:
    slow_to_write(bench, clock, monkeypatch, seconds)

    assert isinstance(bench.submission().send(bench.copy), seen)
    assert bench.service.did("copy") == (["a1"] if seen is Accepted else [])


@pytest.mark.parametrize(("seconds", "seen"), [(14.9, Accepted), (15.0, NotNow)])
def test_so_has_a_look_after_the_list_at_what_it_does_not_show_any_more(
    bench: Bench, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, seconds: float, seen: t.Any
) -> None:
    bench.service.vanished_images = [replica("r9", Origin("cn-north-4", "a1"), name="a1")]
    ask = bench.service.image

    def slowly(image_id: str, deadline: t.Any = None) -> t.Any:
        clock.sleep(seconds)
        return ask(image_id)

    monkeypatch.setattr(bench.service, "image", slowly)

    assert isinstance(bench.submission().send(bench.copy), seen)
    assert bench.service.did("image") == ["r9"]
    assert bench.service.did("copy") == (["a1"] if seen is Accepted else [])


def test_the_request_is_not_sent_later_however_long_it_takes_to_prove_who_calls(
    bench: Bench, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_to_write(bench, clock, monkeypatch, 5.0)
    bench.submission().send(bench.copy)

    # Five of the fifteen seconds went by before, and as many in noting what came of it.
    assert bench.service.not_after.remaining == 5.0


def test_a_run_that_nobody_waits_for_any_more_once_it_has_noted_sends_nothing(
    bench: Bench, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_to_write(bench, clock, monkeypatch, 5.0)
    lease = Until(clock, clock.monotonic() + 4.0)

    assert isinstance(bench.submission(lease=lease).send(bench.copy), NotNow)
    assert (bench.service.did("copy"), bench.note) == ([], None)
