# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be deleted: the replicas of a source, by their origin and never by their name alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.decision import Wanted
from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.removal import (
    ABSENT,
    BLOCKED,
    DELETE,
    WAIT,
    Removal,
    decide,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image, Origin
from tests.unit.shapes import ORIGIN
from tests.unit.shapes import ORIGIN_ELSEWHERE as ELSEWHERE
from tests.unit.shapes import OTHER_ORIGIN as OTHER
from tests.unit.shapes import standing as image

MATCHES = ("name_and_origin", "origin", "name")


def decided(*images: Image, match: str = "name_and_origin", name: str | None = "golden", **more: bool) -> Removal:
    return decide(Wanted(ORIGIN, name, match), images, **more)


ROWS = [
    # status, origin, name -> by name_and_origin, by origin, by name
    ("active", ORIGIN, "golden", DELETE, DELETE, DELETE),
    ("killed", ORIGIN, "golden", DELETE, DELETE, DELETE),
    ("queued", ORIGIN, "golden", WAIT, WAIT, WAIT),
    ("a status of tomorrow", ORIGIN, "golden", WAIT, WAIT, WAIT),
    ("saving", None, "golden", WAIT, WAIT, WAIT),
    ("deleted", ORIGIN, "golden", ABSENT, ABSENT, ABSENT),
    ("active", OTHER, "golden", ABSENT, ABSENT, BLOCKED),
    ("active", ELSEWHERE, "golden", ABSENT, ABSENT, BLOCKED),
    ("active", None, "golden", ABSENT, ABSENT, BLOCKED),
    ("active", ORIGIN, "other", ABSENT, DELETE, ABSENT),
    ("active", ORIGIN, " golden ", DELETE, DELETE, DELETE),
    ("queued", None, "other", ABSENT, ABSENT, ABSENT),
]


@pytest.mark.parametrize(("status", "origin", "name", "by_both", "by_origin", "by_name"), ROWS)
def test_the_table(status: str, origin: Origin | None, name: str, by_both: str, by_origin: str, by_name: str) -> None:
    standing = image(status, origin, name)
    assert tuple(decided(standing, match=match).kind for match in MATCHES) == (by_both, by_origin, by_name)


def test_a_name_that_nobody_knows_leaves_the_origin_alone_to_tell() -> None:
    assert decided(image("active", name="any"), name=None).kind == DELETE
    several = decided(image("active", name="any"), image("active", name="other", image_id="r2"), name=None)
    assert several.kind == BLOCKED


def test_what_a_failed_copy_has_left_goes_with_the_replica() -> None:
    assert len(decided(image("active"), image("killed", image_id="r2")).images) == 2


def test_one_of_several_that_is_protected_keeps_the_others() -> None:
    kept = decided(image("active"), image("active", image_id="r2", protected=True), match="origin")
    assert (kept.kind, "r2" in str(kept.reason), "IMG.0091" in str(kept.reason)) == (BLOCKED, True, True)


def test_what_stands_there_and_is_no_replica_is_told_of() -> None:
    (warning,) = decided(image("active", OTHER)).warnings
    assert "r1" in warning


IMAGES = st.lists(
    st.builds(
        image,
        st.sampled_from(["active", "killed", "queued", "saving", "deleted"]),
        st.sampled_from([ORIGIN, OTHER, ELSEWHERE, None]),
        st.sampled_from(["golden", "other", " golden", ""]),
        st.uuids().map(str),
        protected=st.booleans(),
        __imagetype=st.sampled_from(["private", "shared"]),
    ),
    max_size=6,
)


@given(IMAGES, st.sampled_from(MATCHES), st.sampled_from(["golden", None]), st.booleans())
def test_nothing_goes_that_is_not_a_finished_replica_of_this_source(
    images: list[Image], match: str, name: str | None, delete_shared: bool
) -> None:
    removal = decided(*images, match=match, name=name, delete_shared=delete_shared)
    for going in removal.images if removal.kind == DELETE else ():
        assert going.origin == ORIGIN
        assert going.status in ("active", "killed")
        assert not going.protected
        assert delete_shared or going.image_type != "shared"
    if removal.kind == DELETE and match != "origin":
        assert sum(going.status == "active" for going in removal.images) <= 1
