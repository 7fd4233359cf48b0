# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw images in all the forms that occur, and the one dict that they become."""

from __future__ import annotations

import contextlib
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image, Origin, parse_image
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.raw import Unreadable

SOURCE = "465076de-dc36-4aec-80f5-ef9d8009428f"
RAW: dict[str, t.Any] = {
    "id": "7f0c1d52-3a4e-4a1b-9a53-0e6e7b0c9a11",
    "name": "golden-web-2026.03",
    "owner": "89abcdef0123456789abcdef01234567",
    "status": "active",
    "visibility": "private",
    "protected": False,
    "container_format": "bare",
    "disk_format": "zvhd2",
    "min_disk": 40,
    "min_ram": 0,
    "max_ram": "0",
    "size": 0,
    "virtual_size": None,
    "created_at": "2026-03-01T12:00:41Z",
    "tags": ["env=prod"],
    "enterprise_project_id": "0",
    "virtual_env_type": "FusionCompute",
    "__imagetype": "private",
    "__isregistered": "true",
    "__image_size": "3221225472",
    "__description": "nightly golden image",
    "__data_origin": f"image,cn-north-4,{SOURCE}",
    "__originalimagename": SOURCE,
    "__os_type": "Linux",
    "__os_version": "Ubuntu 22.04 server 64bit",
    "__platform": "Ubuntu",
    "__support_kvm": "true",
}


def image(**raw: t.Any) -> Image:
    return parse_image({**RAW, **raw}, "cn-south-1")


def test_an_image_is_exactly_the_documented_dict() -> None:
    assert image().as_dict() == {
        "id": "7f0c1d52-3a4e-4a1b-9a53-0e6e7b0c9a11",
        "name": "golden-web-2026.03",
        "region": "cn-south-1",
        "project_id": "89abcdef0123456789abcdef01234567",
        "status": "active",
        "size_bytes": 3221225472,
        "min_disk": 40,
        "min_ram": 0,
        "max_ram": 0,
        "os_type": "Linux",
        "os_version": "Ubuntu 22.04 server 64bit",
        "platform": "Ubuntu",
        "architecture": None,
        "disk_format": "zvhd2",
        "image_type": "private",
        "env_type": "FusionCompute",
        "encrypted": False,
        "iso": False,
        "full_ecs": False,
        "protected": False,
        "origin": {"region": "cn-north-4", "image_id": SOURCE},
        "tags": {"env": "prod"},
        "description": "nightly golden image",
        "created_at": "2026-03-01T12:00:41Z",
        "enterprise_project_id": "0",
    }


def test_an_image_that_is_hardly_there_yet_has_the_same_keys() -> None:
    bare = parse_image({"id": "x"}, "cn-south-1")
    assert bare.as_dict().keys() == image().as_dict().keys()
    assert (bare.name, bare.status, bare.project_id, bare.created_at) == ("", "", "", "")
    assert (bare.size_bytes, bare.min_disk, bare.min_ram, bare.max_ram) == (None, None, None, 0)
    assert (bare.os_type, bare.image_type, bare.origin, bare.description) == (None, None, None, None)
    assert (bare.encrypted, bare.iso, bare.full_ecs, bare.protected) == (False, False, False, False)
    assert (bare.tags, bare.enterprise_project_id) == ({}, "0")


def test_of_what_may_be_altered_it_is_known_which_attributes_are_there() -> None:
    attributes = parse_image({"id": "x", "min_ram": 0, "max_ram": None, "__description": ""}, "r").attributes
    assert attributes == {"min_ram", "__description"}


def test_the_documented_dict_is_the_callers_own() -> None:
    seen = image(tags=["a=1"], __data_origin=f"image,cn-north-4,{'a' * 8}-{'b' * 4}-{'c' * 4}-{'d' * 4}-{'e' * 12}")
    seen.as_dict()["tags"]["b"] = "2"
    seen.as_dict()["origin"]["region"] = "elsewhere"
    assert seen.tags == {"a": "1"}
    assert seen.origin is not None and seen.origin.region == "cn-north-4"


@pytest.mark.parametrize("raw", [{}, {"id": None}, {"id": ""}, {"id": " "}, None, "x", []])
def test_an_image_without_an_id_cannot_be_read(raw: t.Any) -> None:
    with pytest.raises(Unreadable, match="id is missing|it is .*, not an object"):
        parse_image(raw, "cn-south-1")


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ({"id": "a b"}, "id is not an id"),
        ({"name": ["x"]}, "name is a list, not text"),
        ({"owner": {}}, "owner is an object, not text"),
        ({"status": True}, "status is true or false, not text"),
        ({"name": 1.5}, "name is a number, not text"),
        ({"min_disk": True}, "min_disk is true or false, not a number"),
        ({"__image_size": [1]}, "__image_size is a list, not a number"),
        ({"protected": []}, "protected is a list, not true or false"),
        ({"__data_origin": ["image,a,b"]}, "__data_origin is a list, not text"),
        ({"tags": "env=prod"}, "tags is text, not a list"),
        ({"tags": [["env=prod"]]}, "tags holds a list, not text alone"),
        ({"__description": "x" * 16385}, "__description has 16385 characters"),
        ({"ims_copy_0123456789ab_0001": {}}, "ims_copy_0123456789ab_0001 is an object, not text"),
    ],
)
def test_an_attribute_that_is_not_of_its_kind_cannot_be_read(raw: dict[str, t.Any], what: str) -> None:
    with pytest.raises(Unreadable, match=f"^{what}$"):
        image(**raw)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("40", 40),
        (40, 40),
        (40.0, 40),
        (" 40 ", 40),
        ("", None),
        (None, None),
        ("x", None),
        (1e400, None),
        (2**63, None),
    ],
)
def test_numbers_come_in_many_forms(value: t.Any, number: int | None) -> None:
    assert (image(min_disk=value).min_disk, image(__image_size=value).size_bytes) == (number, number)


@pytest.mark.parametrize(("value", "number"), [("0", 0), (None, 0), ("", 0), ("4096", 4096), (4096, 4096)])
def test_no_limit_of_memory_is_zero(value: t.Any, number: int) -> None:
    assert image(max_ram=value).max_ram == number


@pytest.mark.parametrize(
    ("value", "truth"),
    [(True, True), ("true", True), ("True", True), ("TRUE", True), (False, False), ("False", False), ("", False),
     (None, False), ("no", False)],
)  # fmt: skip
def test_booleans_come_in_many_forms(value: t.Any, truth: bool) -> None:
    assert (image(__whole_image=value).full_ecs, image(protected=value).protected) == (truth, truth)


@pytest.mark.parametrize(
    ("tags", "read"),
    [
        (["env=prod", "role=web"], {"env": "prod", "role": "web"}),
        (["env=a=b"], {"env": "a=b"}),
        (["env="], {"env": ""}),
        (["env.prod.eu"], {"env": "prod.eu"}),
        (["v1.2=x"], {"v1.2": "x"}),
        (["plain"], {"plain": ""}),
        (["", None, "=x", ".x"], {}),
        ([], {}),
        (None, {}),
    ],
)
def test_tags_come_in_many_forms(tags: t.Any, read: dict[str, str]) -> None:
    assert image(tags=tags).tags == read


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        (f"image,cn-north-4,{SOURCE}", Origin("cn-north-4", SOURCE)),
        (f"image, cn-north-4, {SOURCE}", Origin("cn-north-4", SOURCE)),
        (f"image,{SOURCE}", None),
        ("image,,x", None),
        ("image,r,x,y", None),
        ("server_backup,a,b", None),
        ("instance,4cd1", None),
        ("file,https://obs.example/x", None),
        ("", None),
        (None, None),
    ],
)
def test_only_the_mark_of_a_copy_is_an_origin(value: t.Any, origin: Origin | None) -> None:
    assert image(__data_origin=value).origin == origin


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"__system__cmkid": "0d0466b0"}, "encrypted"),
        ({"virtual_env_type": "IsoImage"}, "iso"),
        ({"disk_format": "ISO"}, "iso"),
        ({"__whole_image": "true"}, "full_ecs"),
        ({"protected": "True"}, "protected"),
    ],
)
def test_what_stands_in_the_way_of_a_copy_is_seen(raw: dict[str, t.Any], field: str) -> None:
    assert getattr(image(**raw), field) is True
    assert getattr(image(), field) is False


def test_an_empty_key_id_is_no_encryption() -> None:
    assert image(__system__cmkid="").encrypted is False


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"__imagetype": "Gold"}, "gold"),
        ({"__imagetype": None, "visibility": "public"}, "gold"),
        ({"__imagetype": "", "visibility": "shared"}, "shared"),
        ({"__imagetype": None, "visibility": None}, None),
    ],
)
def test_the_kind_of_an_image_is_told_by_its_type_or_its_visibility(raw: dict[str, t.Any], kind: str | None) -> None:
    assert image(**raw).image_type == kind


@pytest.mark.parametrize(
    ("kind", "owner", "own"),
    [
        ("private", "me", True),
        ("shared", "me", True),
        ("shared", "you", False),
        ("private", "you", False),
        ("gold", "me", False),
        ("market", "me", False),
    ],
)
def test_an_own_image_is_told_by_owner_and_type(kind: str, owner: str, own: bool) -> None:
    assert image(__imagetype=kind, owner=owner).owned_by("me") is own


def test_an_architecture_that_is_not_named_is_told_by_the_arm_mark() -> None:
    assert image(__support_arm="true").architecture == "arm"
    assert image(__support_arm="true", architecture="x86").architecture == "x86"


def test_a_description_may_be_empty() -> None:
    assert image(__description="").description == ""
    assert image(__description=None).description is None


def test_a_name_is_not_trimmed_because_it_is_compared() -> None:
    assert image(name=" x").name == " x"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("aT1 .,=%é", max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)


@given(raw=st.dictionaries(st.sampled_from([*RAW, "__whole_image", "__system__cmkid", "other"]), JUNK))
def test_whatever_an_attribute_is_it_is_read_or_refused(raw: dict[str, t.Any]) -> None:
    with contextlib.suppress(Unreadable):
        assert parse_image({**raw, "id": "x"}, "r").as_dict().keys() == image().as_dict().keys()


def test_an_attribute_may_have_16384_characters() -> None:
    assert image(__description="x" * 16384).description == "x" * 16384
