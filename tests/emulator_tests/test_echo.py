# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The switch ``echo``: in the end everything that was sent has been quoted, everywhere and in every way of writing."""

from __future__ import annotations

import json

import pytest

from tests.emulator import echo, seed, seed_images
from tests.emulator.testing import Emulator
from tests.emulator_tests.api import NORTH, Api

WEB = seed_images.UBUNTU_WEB


@pytest.fixture
def awkward(emulator: Emulator) -> Api:
    emulator.switch(echo=True)
    return Api(emulator, "awkward")


def test_what_was_sent_is_quoted_in_every_way_of_writing(awkward: Api) -> None:
    password, token = seed.AWKWARD.password, awkward.token(NORTH)
    said = ""
    for _turn in range(40):
        said += json.dumps(awkward.ims("GET", "/v2/cloudimages").json(), ensure_ascii=False)
    for secret in (password, token):
        for writing in echo.WRITINGS:
            assert json.dumps(writing(secret), ensure_ascii=False)[1:-1] in said


def test_it_is_quoted_in_every_place(awkward: Api, emulator: Emulator) -> None:
    emulator.outcome(image_id=WEB, status="FAIL", fail_reason="no room", error_code="IMG.0023")
    token = awkward.token(NORTH)
    login = awkward.login(None, "wrong-password")
    job = awkward.submit(WEB)
    listed = awkward.ims("GET", "/v2/cloudimages")
    emulator.advance(3600)
    failed = awkward.ims("GET", f"/v1/cloudimages/job/{job}")
    refused = awkward.ims("GET", "/v1/cloudimages/job/nobody")
    emulator.fault(operation="ListImages", do="respond", status=302, headers={"Location": "http://x.example/"})
    moved = awkward.ims("GET", "/v2/cloudimages", allow_redirects=False)

    images = listed.json()["images"]
    quoting = (
        login.json()["error"]["message"],
        listed.headers["X-Request-Id"],
        images[0]["name"],
        images[-1]["__description"],
        *images[-1]["tags"],
        failed.json()["entities"]["current_task"],
        refused.json()["error"]["message"],
        moved.headers["Location"],
    )
    assert all(len(said) > 100 for said in quoting)
    assert token[:30] in "".join(quoting)
    assert refused.json()["error"]["code"] == "IMG.0023"


def test_a_cloud_that_quotes_still_works(awkward: Api, emulator: Emulator) -> None:
    job = awkward.submit(WEB)
    emulator.advance(3600)
    assert awkward.job(job)["status"] == "SUCCESS"
    assert len(awkward.images()) > 5


def test_nothing_is_quoted_unless_somebody_asked_for_it(api: Api) -> None:
    token = api.token(NORTH)
    assert token not in api.ims("GET", "/v2/cloudimages").text
