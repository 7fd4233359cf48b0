# SPDX-License-Identifier: GPL-3.0-or-later
"""The decision: what stands in the destination -> present, in flight, submit or blocked."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.decision import (
    BLOCKED,
    IN_FLIGHT,
    PRESENT,
    SUBMIT,
    Decision,
    Wanted,
    decide,
)
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image, Origin
from tests.unit.shapes import ORIGIN
from tests.unit.shapes import ORIGIN_ELSEWHERE as ELSEWHERE
from tests.unit.shapes import OTHER_ORIGIN as OTHER
from tests.unit.shapes import standing as image


def decided(*images: Image, match: str = "name_and_origin") -> Decision:
    return decide(Wanted(ORIGIN, "golden", match), images)


ROWS = [
    # status, origin, name -> by name_and_origin, by origin, by name
    ("active", ORIGIN, "golden", PRESENT, PRESENT, PRESENT),
    ("queued", ORIGIN, "golden", IN_FLIGHT, IN_FLIGHT, IN_FLIGHT),
    ("saving", ORIGIN, "golden", IN_FLIGHT, IN_FLIGHT, IN_FLIGHT),
    ("a status of tomorrow", ORIGIN, "golden", IN_FLIGHT, IN_FLIGHT, IN_FLIGHT),
    ("queued", None, "golden", IN_FLIGHT, IN_FLIGHT, IN_FLIGHT),
    ("saving", None, "golden", IN_FLIGHT, IN_FLIGHT, IN_FLIGHT),
    ("killed", ORIGIN, "golden", SUBMIT, SUBMIT, SUBMIT),
    ("deleted", ORIGIN, "golden", SUBMIT, SUBMIT, SUBMIT),
    ("active", OTHER, "golden", BLOCKED, SUBMIT, PRESENT),
    ("active", ELSEWHERE, "golden", BLOCKED, SUBMIT, PRESENT),
    ("active", None, "golden", BLOCKED, SUBMIT, PRESENT),
    ("queued", OTHER, "golden", BLOCKED, SUBMIT, IN_FLIGHT),
    ("killed", OTHER, "golden", SUBMIT, SUBMIT, SUBMIT),
    ("killed", None, "golden", SUBMIT, SUBMIT, SUBMIT),
    ("deleted", OTHER, "golden", SUBMIT, SUBMIT, SUBMIT),
    ("active", ORIGIN, "other", SUBMIT, PRESENT, SUBMIT),
    ("queued", ORIGIN, "other", SUBMIT, IN_FLIGHT, SUBMIT),
    ("killed", ORIGIN, "other", SUBMIT, SUBMIT, SUBMIT),
    ("queued", None, "other", SUBMIT, SUBMIT, SUBMIT),
    ("active", OTHER, "other", SUBMIT, SUBMIT, SUBMIT),
    ("active", ORIGIN, "Golden", SUBMIT, PRESENT, SUBMIT),
    # A copy of this source that may be called anything is no proof that there is none.
    ("active", ORIGIN, "", BLOCKED, PRESENT, BLOCKED),
    ("saving", ORIGIN, " ", BLOCKED, IN_FLIGHT, BLOCKED),
    ("killed", ORIGIN, "", SUBMIT, SUBMIT, SUBMIT),
    ("active", OTHER, "", SUBMIT, SUBMIT, SUBMIT),
    ("saving", None, "", SUBMIT, SUBMIT, SUBMIT),
]


@pytest.mark.parametrize(("status", "origin", "name", "both", "by_origin", "by_name"), ROWS)
def test_one_image_in_the_destination(
    status: str, origin: t.Optional[Origin], name: str, both: str, by_origin: str, by_name: str
) -> None:
    standing = image(status, origin, name)
    for match, kind in (("name_and_origin", both), ("origin", by_origin), ("name", by_name)):
        decision = decided(standing, match=match)
        assert (match, decision.kind) == (match, kind)
        assert decision.replica == (None if kind == SUBMIT else standing)


def test_of_a_copy_without_a_name_it_is_said_that_it_has_none() -> None:
    assert decided(image("active", name="")).reason == (
        "image r1 in cn-south-1 (active) is a copy of this source, and the service does not say what it is called"
    )


CUT = "x" * 60


@pytest.mark.parametrize(
    ("asked", "called", "status", "kind"),
    [
        ("a  b ", "a b", "active", PRESENT),
        ("a  b ", "a b", "queued", IN_FLIGHT),
        ("a  b ", "a b", "killed", SUBMIT),
        ("a b", "ab", "active", SUBMIT),
        (CUT + "y", CUT, "active", PRESENT),
        (CUT, CUT[1:], "active", SUBMIT),  # so short a name may well begin with another
        (CUT, CUT + "y", "active", SUBMIT),
    ],
)
@pytest.mark.parametrize("match", ["name_and_origin", "name"])
def test_a_copy_whose_name_the_service_has_squeezed_or_cut_short_is_not_made_again(
    asked: str, called: str, status: str, kind: str, match: str
) -> None:
    assert decide(Wanted(ORIGIN, asked, match), [image(status, ORIGIN, called)]).kind == kind
    assert decide(Wanted(ORIGIN, asked, match), [image(status, OTHER, called)]).kind == SUBMIT
    named = image("queued", ORIGIN, asked, "r2")
    assert decide(Wanted(ORIGIN, asked, match), [image(status, ORIGIN, called), named]).replica == named


@pytest.mark.parametrize(
    ("status", "origin", "kind"),
    [("queued", None, IN_FLIGHT), ("queued", OTHER, SUBMIT), ("active", None, SUBMIT), ("killed", None, SUBMIT)],
)
def test_a_name_under_which_a_copy_is_known_to_be_made_counts_where_the_origin_does(
    status: str, origin: t.Optional[Origin], kind: str
) -> None:
    standing = image(status, origin, "silver")
    assert decide(Wanted(ORIGIN, "golden", "origin", also=frozenset({"silver"})), [standing]).kind == kind
    assert decide(Wanted(ORIGIN, "golden", "origin"), [standing]).kind == SUBMIT


@pytest.mark.parametrize("match", ["name_and_origin", "origin", "name"])
def test_nothing_there_means_submit(match: str) -> None:
    assert decided(match=match) == Decision(SUBMIT)


def test_an_active_image_counts_before_one_that_is_on_its_way() -> None:
    decision = decided(image("queued", image_id="r1"), image("active", image_id="r2"))
    assert (decision.kind, decision.replica and decision.replica.id) == (PRESENT, "r2")


def test_one_on_its_way_counts_before_a_killed_one() -> None:
    decision = decided(image("killed", image_id="r1"), image("saving", image_id="r2"))
    assert (decision.kind, decision.replica and decision.replica.id) == (IN_FLIGHT, "r2")
    assert decision.warnings == ()


def test_a_replica_counts_whatever_else_has_its_name() -> None:
    decision = decided(image("active", OTHER, image_id="r1"), image("active", image_id="r2"))
    assert (decision.kind, decision.replica and decision.replica.id, decision.warnings) == (PRESENT, "r2", ())


def test_a_killed_leftover_does_not_hide_what_is_in_the_way() -> None:
    decision = decided(image("killed", image_id="r1"), image("active", OTHER, image_id="r2"))
    assert (decision.kind, decision.replica and decision.replica.id) == (BLOCKED, "r2")


def test_several_active_ones_are_present_and_the_duplicates_are_listed() -> None:
    decision = decided(
        image("active", image_id="r1"),
        image("active", image_id="r2"),
        image("saving", None, image_id="r3"),
        image("killed", image_id="r4"),
        image("deleted", image_id="r5"),
    )
    assert decision.kind == PRESENT
    assert decision.replica is not None and decision.replica.id == "r1"
    assert decision.warnings == (
        "r1 counts as the replica, but there are more images like it in cn-south-1: "
        'r2 ("golden", active), r3 ("golden", saving).',
    )


def test_several_on_their_way_are_listed_too() -> None:
    decision = decided(image("queued", image_id="r1"), image("saving", image_id="r2"))
    assert decision.kind == IN_FLIGHT
    assert decision.warnings == (
        'r1 counts as the replica, but there are more images like it in cn-south-1: r2 ("golden", saving).',
    )


def test_duplicates_under_other_names_are_listed_when_the_origin_alone_counts() -> None:
    images = image("active", name="a", image_id="r1"), image("active", name="b", image_id="r2")
    (warning,) = decided(*images, match="origin").warnings
    assert 'r2 ("b", active)' in warning


@pytest.mark.parametrize("origin", [ORIGIN, OTHER, None])
def test_a_killed_leftover_is_named_with_what_it_costs(origin: t.Optional[Origin]) -> None:
    decision = decided(image("killed", origin))
    assert decision.warnings == (
        'The killed image r1 ("golden") in cn-south-1 is what is left of a copy that failed; '
        "it is not deleted, and it counts against the quota.",
    )


def test_by_origin_a_killed_image_without_one_is_nobodys_leftover() -> None:
    assert decided(image("killed", None), image("killed", OTHER, image_id="r2"), match="origin") == Decision(SUBMIT)


def test_a_copy_under_another_name_is_pointed_out_and_not_taken() -> None:
    decision = decided(image("active", name="other"), image("queued", name="on its way", image_id="r2"))
    assert decision == Decision(
        SUBMIT,
        warnings=(
            'r1 ("other") in cn-south-1 is a copy of the same source under another name; '
            "match: origin would have it count as the replica.",
        ),
    )


@pytest.mark.parametrize("match", ["origin", "name"])
def test_it_is_pointed_out_only_where_name_and_origin_decide(match: str) -> None:
    assert all("another name" not in text for text in decided(image("active", name="x"), match=match).warnings)


def test_a_block_says_what_stands_there() -> None:
    reason = decided(image("active", OTHER)).reason
    assert reason == (
        '"golden" in cn-south-1 is already the name of image r1 (active), which is a copy of another-image in '
        "cn-north-4, not of this source"
    )


def test_a_block_by_an_image_of_unknown_origin_says_so() -> None:
    reason = decided(image("active", None)).reason
    assert reason is not None and reason.endswith("image r1 (active), which is not known to be a copy of anything")


def test_by_origin_any_name_will_do() -> None:
    wanted = Wanted(ORIGIN, None, "origin")
    assert decide(wanted, [image("active", name="whatever")]).kind == PRESENT
    # Without a name there is nothing to know a beginning by.
    assert decide(wanted, [image("queued", None)]).kind == SUBMIT


def test_without_a_name_nothing_stands_under_another_one() -> None:
    assert decide(Wanted(ORIGIN, None), [image("active", name="whatever")]) == Decision(
        PRESENT, image("active", name="whatever")
    )
