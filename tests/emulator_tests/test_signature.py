# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The verifier held to vectors: the published one of the signing guide, and some made with the official signer."""

from __future__ import annotations

import datetime
import hashlib
import typing as t

import pytest

from tests.emulator import signature

SECRET = "SkExampleSecretKey000000000000000000000000"
PROJECT = "0123456789abcdef0123456789abcdef"
DATE = "20260301T120000Z"
NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
IMAGE = "465076de-dc36-4aec-80f5-ef9d8009428f"
IMS = "ims.cn-north-4.myhuaweicloud.com"
COPY = (
    b'{"name": "golden-web-2026.03", "region": "cn-south-1", "project_name": "cn-south-1", '
    b'"agency_name": "ims_copy_image"}'
)
NATIVE_PATCH = "application/openstack-images-v2.1-json-patch"


class Vector(t.NamedTuple):
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    canonical: str
    signed: str


PLAIN = {"host": IMS, "x-sdk-date": DATE}
FULL = {"content-type": "application/json", "host": IMS, "x-project-id": PROJECT, "x-sdk-date": DATE}
VECTORS = {
    "post with a body": Vector(
        "POST", f"/v1/cloudimages/{IMAGE}/cross_region_copy", FULL, COPY,
        "feca624e91af89286e27dfb6e91c2511b6fffc0fa40e00b3bdeb45b7492d9300",
        "3b530ee76d4ed93912e6a9290423c35eaed8dde459a92c2b4c9e754db6572479",
    ),
    "query that needs encoding": Vector(
        "GET",
        "/v2/cloudimages?__imagetype=private&__isregistered=true&limit=100"
        "&name=base%20image%20~1%2B2%2F%E4%B8%AD%E6%96%87&protected=false",
        FULL, b"",
        "827ecca6d13301f5d64edd54430314e496d2acc14d6af9ffe4d4af798f71f40f",
        "52ba335543eae30916e06f4fc59e21d828392fbf6d174b9a8a5f0dfa0e5e8339",
    ),
    "temporary key": Vector(
        "GET", "/v1/cloudimages/job/edc89b490d7d4392898e19b2deb34797",
        {**FULL, "x-security-token": "gQpjbi1ub3J0aC00EXAMPLETOKEN"}, b"",
        "48be31262262fe1e652822b795e73fac0992922d05d60694b8a0696b1ebb3cc2",
        "26f81c3b6012572773877de0516dbcf6a6ab036e17bdfd0d9e3736bd5ff42c58",
    ),
    "smallest set of headers": Vector(
        "GET", "/v3/projects?name=cn-south-1", {"host": "iam.myhuaweicloud.com", "x-sdk-date": DATE}, b"",
        "78fa2df6cc6e079f121b6bd34ced3ad4573f17d18431336dc6e55bef5e169936",
        "166aff87dd12b57eb2e49df3545539272113d52e0f1ce68e7d20cae2ad91457d",
    ),
    "unsigned payload": Vector(
        "PATCH", f"/v2/images/{IMAGE}",
        {
            "content-type": NATIVE_PATCH, "host": IMS, "x-project-id": PROJECT,
            "x-sdk-content-sha256": "UNSIGNED-PAYLOAD", "x-sdk-date": DATE,
        },
        b'[{"op":"replace","path":"/name","value":"x"}]',
        "5549701a0961bf23ae4ff14ec6c8135fcff3d89007a6fde6f16b1d7dc0ecde56",
        "b046839620b597048b8719d99cc1b36ddec2aa39d091f2a8ee20d897adba7b52",
    ),
    "byte order of the query": Vector(
        "GET", "/v2/cloudimages?Zeta=1&created_at=gt%3A2026-01-01T00%3A00%3A00Z&empty=&id=x&tag=a%3Db", PLAIN, b"",
        "ca5d0efe5147d6b7df4e79b9140bd05f871ff2d9c6ea57450df1b895800bd34b",
        "347811118d5ecbf3bfa3466411fbd098abb0960fe78703c7200500e852669482",
    ),
}  # fmt: skip


@pytest.fixture(params=list(VECTORS.values()), ids=list(VECTORS))
def vector(request: pytest.FixtureRequest) -> Vector:
    found: Vector = request.param
    return found


def verify(vector: Vector, now: datetime.datetime = NOW, secret: str = SECRET) -> None:
    given = signature.Authorization("AKEXAMPLE0000000001", tuple(vector.headers), vector.signed)
    signature.verify(given, secret, vector.method, vector.target, vector.headers, vector.body, now)


def test_the_canonical_request_is_that_of_the_vector(vector: Vector) -> None:
    canonical = signature.canonical_request(
        vector.method, vector.target, tuple(vector.headers), vector.headers, vector.body
    )
    assert hashlib.sha256(canonical.encode()).hexdigest() == vector.canonical


def test_the_signature_of_the_vector_is_accepted(vector: Vector) -> None:
    verify(vector)


@pytest.mark.parametrize("change", ["method", "target", "headers", "secret", "date"])
def test_anything_else_is_not(vector: Vector, change: str) -> None:
    changed = {
        "method": vector._replace(method="PUT"),
        "target": vector._replace(target=vector.target + "x"),
        "headers": vector._replace(headers={**vector.headers, "host": "elsewhere"}),
        "date": vector._replace(headers={**vector.headers, "x-sdk-date": "20260301T120001Z"}),
    }.get(change, vector)
    with pytest.raises(signature.BadSignature, match="signature fail"):
        verify(changed, secret="other" if change == "secret" else SECRET)


def test_a_changed_body_is_noticed_if_the_payload_is_signed(vector: Vector) -> None:
    changed = vector._replace(body=vector.body + b" ")
    if "x-sdk-content-sha256" in vector.headers:
        verify(changed)
    else:
        with pytest.raises(signature.BadSignature):
            verify(changed)


def test_the_query_is_signed_in_byte_order_however_it_was_sent() -> None:
    vector = VECTORS["byte order of the query"]
    path, _mark, query = vector.target.partition("?")
    verify(vector._replace(target=f"{path}?{'&'.join(reversed(query.split('&')))}"))


def test_the_published_vector_is_accepted() -> None:
    headers = {
        "content-type": "application/json",
        "host": "service.region.example.com",
        "x-sdk-date": "20191115T033655Z",
    }
    target = "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0"
    given = signature.parse(
        "SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, "
        "Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe"
    )
    now = datetime.datetime(2019, 11, 15, 3, 37, tzinfo=datetime.timezone.utc)
    signature.verify(given, "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc", "GET", target, headers, b"", now)


@pytest.mark.parametrize(("minutes", "accepted"), [(-15, True), (15, True), (-16, False), (16, False)])
def test_fifteen_minutes_of_skew_are_allowed(minutes: int, accepted: bool) -> None:
    now = NOW + datetime.timedelta(minutes=minutes)
    vector = VECTORS["smallest set of headers"]
    if accepted:
        verify(vector, now)
    else:
        with pytest.raises(signature.BadSignature, match="expired"):
            verify(vector, now)


@pytest.mark.parametrize("missing", ["host", "x-sdk-date"])
def test_host_and_date_have_to_be_signed(missing: str) -> None:
    vector = VECTORS["smallest set of headers"]
    names = tuple(name for name in vector.headers if name != missing)
    given = signature.Authorization("AKEXAMPLE0000000001", names, vector.signed)
    with pytest.raises(signature.BadSignature, match=missing):
        signature.verify(given, SECRET, vector.method, vector.target, vector.headers, b"", NOW)
