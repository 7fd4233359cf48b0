# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures against published ones and against the official signer."""

from __future__ import annotations

import datetime
import hashlib
import json
import types

import pytest
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer as OfficialSigner
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.auth import Signer
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.signing import canonical_request
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Request

ACCESS_KEY = "AKEXAMPLE0000000001"
SECRET_KEY = "SkExampleSecretKey000000000000000000000000"
WHEN = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
IMS = "https://ims.cn-north-4.myhuaweicloud.com"
IMAGE = "465076de-dc36-4aec-80f5-ef9d8009428f"
JSON = {"Content-Type": "application/json"}
PROJECT = {"X-Project-Id": "0123456789abcdef0123456789abcdef"}

VECTORS: dict[str, tuple[Request, str | None, str, str, str]] = {
    "copy": (
        Request(
            "POST",
            f"{IMS}/v1/cloudimages/{IMAGE}/cross_region_copy",
            headers={**JSON, **PROJECT},
            body=json.dumps(
                {
                    "name": "golden-web-2026.03",
                    "region": "cn-south-1",
                    "project_name": "cn-south-1",
                    "agency_name": "ims_copy_image",
                }
            ).encode(),
        ),
        None,
        "content-type;host;x-project-id;x-sdk-date",
        "feca624e91af89286e27dfb6e91c2511b6fffc0fa40e00b3bdeb45b7492d9300",
        "3b530ee76d4ed93912e6a9290423c35eaed8dde459a92c2b4c9e754db6572479",
    ),
    "list with a query that needs encoding": (
        Request(
            "GET",
            f"{IMS}/v2/cloudimages",
            query=(
                ("__imagetype", "private"),
                ("name", "base image ~1+2/中文"),
                ("limit", "100"),
                ("protected", "false"),
                ("__isregistered", "true"),
            ),
            headers={**JSON, **PROJECT},
        ),
        None,
        "content-type;host;x-project-id;x-sdk-date",
        "827ecca6d13301f5d64edd54430314e496d2acc14d6af9ffe4d4af798f71f40f",
        "52ba335543eae30916e06f4fc59e21d828392fbf6d174b9a8a5f0dfa0e5e8339",
    ),
    "temporary key": (
        Request("GET", f"{IMS}/v1/cloudimages/job/edc89b490d7d4392898e19b2deb34797", headers={**JSON, **PROJECT}),
        "gQpjbi1ub3J0aC00EXAMPLETOKEN",
        "content-type;host;x-project-id;x-sdk-date;x-security-token",
        "48be31262262fe1e652822b795e73fac0992922d05d60694b8a0696b1ebb3cc2",
        "26f81c3b6012572773877de0516dbcf6a6ab036e17bdfd0d9e3736bd5ff42c58",
    ),
    "nothing but host and date": (
        Request("GET", "https://iam.myhuaweicloud.com/v3/projects", query=(("name", "cn-south-1"),)),
        None,
        "host;x-sdk-date",
        "78fa2df6cc6e079f121b6bd34ced3ad4573f17d18431336dc6e55bef5e169936",
        "166aff87dd12b57eb2e49df3545539272113d52e0f1ce68e7d20cae2ad91457d",
    ),
    "order of a query": (
        Request(
            "GET",
            f"{IMS}/v2/cloudimages",
            query=(
                ("tag", "a=b"),
                ("id", "x"),
                ("empty", ""),
                ("created_at", "gt:2026-01-01T00:00:00Z"),
                ("Zeta", "1"),
            ),
        ),
        None,
        "host;x-sdk-date",
        "ca5d0efe5147d6b7df4e79b9140bd05f871ff2d9c6ea57450df1b895800bd34b",
        "347811118d5ecbf3bfa3466411fbd098abb0960fe78703c7200500e852669482",
    ),
}


def digest_of(request: Request, headers: dict[str, str], names: str) -> str:
    everything = {name.lower(): value for name, value in {**request.headers, **headers}.items()}
    text = canonical_request(request, {name: everything[name] for name in names.split(";")})
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(("request_", "token", "names", "digest", "signature"), VECTORS.values(), ids=VECTORS.keys())
def test_a_signature_is_the_known_one(
    request_: Request, token: str | None, names: str, digest: str, signature: str
) -> None:
    headers = Signer(ACCESS_KEY, SECRET_KEY, token).sign(request_, WHEN)
    assert digest_of(request_, headers, names) == digest
    assert headers["Authorization"] == (
        f"SDK-HMAC-SHA256 Access={ACCESS_KEY}, SignedHeaders={names}, Signature={signature}"
    )
    assert headers["X-Sdk-Date"] == "20260301T120000Z"
    assert headers.get("X-Security-Token") == token


def test_the_signature_of_the_signing_guide_is_reproduced() -> None:
    request = Request(
        "GET",
        "https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
        query=(("limit", "2"), ("marker", "13551d6b-755d-4757-b956-536f674975c0")),
        headers=JSON,
    )
    when = datetime.datetime(2019, 11, 15, 3, 36, 55, tzinfo=datetime.timezone.utc)
    headers = Signer("QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc").sign(request, when)
    names = "content-type;host;x-sdk-date"
    assert digest_of(request, headers, names) == "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a"
    assert headers["Authorization"].endswith("7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe")


def test_the_time_is_signed_in_utc() -> None:
    there = WHEN.astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    request = Request("GET", IMS)
    assert Signer("a", "s").sign(request, there) == Signer("a", "s").sign(request, WHEN)


PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
REQUESTS = st.builds(
    lambda method, host, parts, query, headers, content_type, body: Request(
        method,
        f"https://{host}/" + "/".join(parts),
        query=tuple(query),
        headers={**headers, **({"Content-Type": content_type} if content_type else {})},
        body=body,
    ),
    st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]),
    st.sampled_from(["ims.cn-north-4.myhuaweicloud.com", "127.0.0.1:8765"]),
    st.lists(
        st.text("abcXYZ019-_.~ /+=:,@()*'!%é中", max_size=8).map(lambda part: part.replace("%", "%25")), max_size=4
    ),
    # No pair twice under one name: the official signer is given a list for those.
    st.dictionaries(ANYTHING, ANYTHING, max_size=5).map(dict.items),
    st.dictionaries(
        st.sampled_from(["X-Project-Id", "X-Domain-Id", "x-other", "X_Underscored", "Accept"]), PRINTABLE, max_size=4
    ),
    st.sampled_from([None, "application/json", "application/json;charset=utf-8", "application/bson"]),
    st.one_of(st.none(), st.binary(max_size=64)),
)


@settings(max_examples=4 * settings().max_examples)
@given(request=REQUESTS, token=st.one_of(st.none(), st.just("TOKEN")))
def test_the_official_signer_agrees(request: Request, token: str | None) -> None:
    ours = Signer(ACCESS_KEY, SECRET_KEY, token).sign(request, WHEN)

    rest = request.url.partition("://")[2]
    host, slash, path = rest.partition("/")
    headers = {**request.headers, "X-Sdk-Date": ours["X-Sdk-Date"]}
    if token is not None:
        headers["X-Security-Token"] = token
    theirs = SdkRequest(
        method=request.method,
        schema="https",
        host=host,
        resource_path=f"/{path}",
        query_params=list(request.query),
        header_params=headers,
        body=request.body or b"",
    )
    OfficialSigner(types.SimpleNamespace(ak=ACCESS_KEY, sk=SECRET_KEY)).sign(theirs)

    assert ours["Authorization"] == theirs.header_params["Authorization"]
    assert request.wire_url == f"https://{host}{theirs.uri}"
