# SPDX-License-Identifier: GPL-3.0-or-later
"""What is recorded of a cloud: our client reads it again, what differs is told, and nothing says whose it was."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import inspect
import json

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.iam import Iam
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.ims import Ims
from tests import hunting
from tests.emulator import routes, seed
from tests.parity import calls, keeping, steps
from tests.parity.compare import Outcome, compare
from tests.parity.exchanges import Exchange, replayed
from tests.parity.scrub import Scrubber
from tests.parity.shapes import shape
from tests.parity.sides import UNKNOWN
from tests.unit.documented import PLUGINS

RECORDINGS = sorted(keeping.FOLDER.glob("*.json"))
ID = "465076de-dc36-4aec-80f5-ef9d8009428f"


def answered(body, step="quota", status=200, said="ok", path="/v1/x"):
    return Outcome(step, said, [Exchange("GET", path, None, status, {}, body)])


def again(whole, outcomes):
    """What our client makes of a recording now."""
    exchanges = [one for outcome in outcomes for one in outcome.exchanges]
    with replayed(exchanges):
        return steps.play(keeping.as_side(whole), whole["name"])[0]


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_our_client_reads_every_recorded_answer_as_it_did(file):
    whole, outcomes = keeping.read(file)

    found = again(whole, outcomes)

    assert [(one.step, one.said) for one in found] == [(one.step, one.said) for one in outcomes]
    assert [len(one.exchanges) for one in found] == [len(one.exchanges) for one in outcomes]


def test_an_answer_that_our_client_cannot_read_is_seen():
    whole, outcomes = keeping.read(RECORDINGS[0])
    (number,) = [number for number, one in enumerate(outcomes) if one.step == "quota"]
    wrong = copy.deepcopy(outcomes[number].exchanges[0])
    wrong.body["quotas"]["resources"][0]["quota"] = "many"
    outcomes[number] = dataclasses.replace(outcomes[number], exchanges=[wrong])

    found = again(whole, outcomes)

    assert [one.said for one in found if one.step == "quota"] == ["BadReply"]


def test_a_job_that_names_its_image_early_is_noted_though_it_is_looked_at_again_before_the_removal():
    whole, outcomes = keeping.read(RECORDINGS[0])
    (number,) = [number for number, one in enumerate(outcomes) if one.step == "job"]
    ended = outcomes[number].exchanges[-1]
    running = dataclasses.replace(ended, body={**ended.body, "status": "RUNNING"})
    outcomes[number] = dataclasses.replace(outcomes[number], exchanges=[running, ended])

    with replayed([one for outcome in outcomes for one in outcome.exchanges]):
        notes = steps.play(keeping.as_side(whole), whole["name"])[1]

    assert notes[6] == "entities.image_id is there while the job runs"


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_a_recording_says_not_whose_it_was(file):
    text = file.read_text(encoding="utf-8")
    names = {*hunting.all_secrets(), *seed.USERS, seed.ACCOUNT, seed.DOMAIN_ID, "ubuntu-22.04-web", "ims_copy_image"}
    assert [name for name in names if f'"{name}"' in text] == []


def test_there_is_a_recording_to_read():
    assert RECORDINGS != []


def test_what_was_the_same_still_is_wherever_it_stands():
    scrubber = Scrubber()
    body = scrubber.body({"images": [{"id": ID, "name": "our secret name", "status": "active", "min_disk": 40}]})

    (image,) = body["images"]
    assert (image["status"], image["min_disk"]) == ("active", 40)
    assert ID not in json.dumps(body)
    assert "secret" not in json.dumps(body)
    assert scrubber.path(f"/v2/images/{ID}") == f"/v2/images/{image['id']}"
    assert scrubber.path("/v2/cloudimages?name=our%20secret%20name") == f"/v2/cloudimages?name={image['name']}"
    assert scrubber.body({"__data_origin": f"image,cn-north-4,{ID}"}) == {
        "__data_origin": f"image,cn-north-4,{image['id']}"
    }
    assert scrubber.body({"error_msg": f"Image {ID} of our secret name is not there."}) == {
        "error_msg": f"Image {image['id']} of {image['name']} is not there."
    }


def test_a_secret_that_a_refusal_repeats_has_a_stand_in(tmp_path, monkeypatch):
    whole, outcomes = keeping.read(RECORDINGS[0])
    side = keeping.as_side(whole)
    side = dataclasses.replace(side, connection=dataclasses.replace(side.connection, security_token="the-token"))
    monkeypatch.setattr(keeping, "FOLDER", tmp_path)
    outcomes.append(answered({"error_msg": "you have signed x-security-token:the-token|and more"}))

    file = keeping.keep(side, outcomes, whole["name"], datetime.date(2026, 3, 1))

    assert "you have signed x-security-token:text-" in file.read_text(encoding="utf-8")
    assert "the-token" not in file.read_text(encoding="utf-8")


def test_what_we_asked_for_by_an_id_that_nobody_has_stays():
    assert Scrubber([UNKNOWN]).path(f"/v2/images/{UNKNOWN}") == f"/v2/images/{UNKNOWN}"


@pytest.mark.parametrize("key", ["the-secret", f"of_{ID}"])
def test_nothing_is_written_where_a_name_of_a_value_tells_whose_it_was(tmp_path, key, monkeypatch):
    whole, outcomes = keeping.read(RECORDINGS[0])
    side = dataclasses.replace(
        keeping.as_side(whole),
        connection=dataclasses.replace(keeping.as_side(whole).connection, secret_key="the-secret"),
    )
    monkeypatch.setattr(keeping, "FOLDER", tmp_path)
    outcomes.append(answered({key: 1, "id": ID}))

    with pytest.raises(keeping.Telling):
        keeping.keep(side, outcomes, whole["name"], datetime.date(2026, 3, 1))

    assert list(tmp_path.iterdir()) == []


def test_the_items_of_a_list_are_of_one_shape():
    assert shape({"images": [{"id": "a"}, {"id": None, "size": 3}]}) == {
        "": {"object"},
        "images": {"list"},
        "images[]": {"object"},
        "images[].id": {"text", "null"},
        "images[].size": {"number"},
    }


@pytest.mark.parametrize(
    ("real", "differs", "word"),
    [
        (answered({"used": "3"}), True, "used is text, and with the emulator number"),
        (answered({"used": 3}, status=203), True, "answered with 203"),
        (answered({"used": 3}, said="NotFound IMG.0023"), True, "ends as NotFound IMG.0023"),
        (answered({"used": 3, "more": True}), False, "more (true or false) is not the emulator's"),
        (answered({}), False, "used is the emulator's alone"),
        (Outcome("quota", "NotSent", []), True, "was asked of one side alone: NotSent / ok"),
        (Outcome("quota", "for want of an agency", []), False, "was asked of one side alone"),
    ],
)
def test_what_cannot_both_be_right_differs_and_what_is_seen_on_one_side_is_told(real, differs, word):
    (finding,) = compare([real], [answered({"used": 3})])
    assert (finding.differs, word in finding.text) == (differs, True), finding.text


def test_what_may_be_null_on_one_side_is_no_other_type():
    assert compare([answered({"used": None})], [answered({"used": 3})]) == []


def test_the_page_is_what_the_table_says():
    assert calls.PAGE.read_text(encoding="utf-8") == calls.page()


def test_every_call_of_our_client_is_in_the_table():
    methods = {
        f"{kind.__name__}.{name}"
        for kind in (Ims, Iam)
        for name, dummy in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }
    # Whoever else asks is one of those that prove who calls.
    asking = {file.stem for file in (PLUGINS / "module_utils").rglob("*.py") if ".call(" in file.read_text("utf-8")}
    assert {name for call in calls.CALLS for name in call.asked_by} == methods | {"TokenProof", "AssumedProof"}
    assert asking == {"ims", "iam", "assumed"}


def test_every_row_is_a_call_that_the_emulator_has_and_the_sdk_reads():
    known = {route.operation for route in (*routes.IMS, *routes.IAM)}
    assert [call.operation for call in calls.CALLS if call.operation not in known] == []
    assert [call.operation for call in calls.CALLS if not calls.sdk_reads(call)] == []


def test_a_recording_of_the_real_service_counts_by_its_date(tmp_path, monkeypatch):
    whole = json.loads(RECORDINGS[0].read_text(encoding="utf-8"))
    (tmp_path / "real.json").write_text(json.dumps({**whole, "side": "real", "when": "2026-05-01"}))
    monkeypatch.setattr(keeping, "FOLDER", tmp_path)

    assert calls.recorded()["CopyImageCrossRegion"] == "2026-05-01"
    assert "UpdateImage" not in calls.recorded()
