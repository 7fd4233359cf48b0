# SPDX-License-Identifier: GPL-3.0-or-later
"""The preflight rules about the source image and what its replica is to be like."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._decide import rules_image as rules
from ansible_collections.huaweicloud.ims.plugins.module_utils._decide.facts import Rule, Unknown, Verdict
from tests.unit.shapes import GIB, SOURCE_ID, SOURCE_PROJECT, destination, facts, request, source

AWAY = Unknown("IMS is away")
LABEL = f'image "golden" ({SOURCE_ID})'
ANOTHER_NAME = "Give the replica another one with name, or the replicas of a migration with name_template."
BY_A_SERVER = "Start a server from it, make a private image of that server, and copy that."


def of_source(rule: t.Callable[..., Verdict], fields: dict[str, t.Any] | None = None, **raw: t.Any) -> Verdict:
    """The verdict of a rule on a source with these raw attributes."""
    return rules.about_source(rule)(request(**(fields or {})), facts(sources=[source(**raw)]))


def test_the_source_is_there() -> None:
    assert rules.source_found(request(), facts()) == Verdict("pass", f"image {SOURCE_ID} is there")


def test_no_image_has_the_id() -> None:
    assert rules.source_found(request(image_id="i9"), facts(sources=[])) == Verdict(
        "fail",
        "there is no image i9 in cn-north-4 (project cn-north-4)",
        "IMG.0027",
        "Check image_id, source_region and source_project_name; the module ims_image_info lists what is there.",
    )


def test_no_image_has_the_name() -> None:
    asked = request(image_name="golden", source_project_name="cn-north-4_x")
    assert rules.source_found(asked, facts(sources=[])) == Verdict(
        "fail",
        'there is no own private image called "golden" in cn-north-4 (project cn-north-4_x)',
        "IMG.0027",
        "Check image_name, source_region and source_project_name; the module ims_image_info lists what is there.",
    )


def test_several_images_have_the_name_and_all_are_listed() -> None:
    found = rules.source_found(request(image_name="golden"), facts(sources=[source(id="i1"), source(id="i2")]))
    assert found == Verdict(
        "fail",
        '2 images in cn-north-4 (project cn-north-4) are called "golden": i1, i2',
        hint="Name one of them by image_id.",
    )


def test_whether_the_source_is_there_may_be_unknown() -> None:
    assert rules.source_found(request(), facts(sources=AWAY)) == Verdict(
        "unknown", "the source image could not be looked for: IMS is away"
    )


SOURCE_RULES = [
    rules.source_own,
    rules.source_private,
    rules.source_active,
    rules.source_not_encrypted,
    rules.source_not_iso,
    rules.source_size,
    rules.full_ecs_vault,
    rules.windows,
]


@pytest.mark.parametrize("rule", SOURCE_RULES)
@pytest.mark.parametrize("sources", [AWAY, [], [source(id="i1"), source(id="i2")]])
def test_without_one_source_its_rules_know_nothing(rule: t.Callable[..., Verdict], sources: t.Any) -> None:
    found = rules.about_source(rule)(request(), facts(sources=sources))
    assert found == Verdict("unknown", "there is no one source image to look at")


def test_the_source_belongs_to_its_project() -> None:
    assert of_source(rules.source_own).status == "pass"


def test_an_own_image_that_is_shared_out_is_own() -> None:
    assert of_source(rules.source_own, __imagetype="shared").status == "pass"


def test_an_own_image_of_unknown_kind_is_own() -> None:
    assert of_source(rules.source_own, __imagetype=None).status == "pass"


def test_the_source_belongs_to_somebody_else() -> None:
    assert of_source(rules.source_own, owner="p-9", __imagetype="shared") == Verdict(
        "fail",
        f"{LABEL} belongs to project p-9, not to cn-north-4",
        "IMG.0047",
        "If that is another project of yours, name it as source_project_name. An image that somebody else shares with "
        "you has to be copied within cn-north-4 first; take that private copy.",
    )


@pytest.mark.parametrize("kind", ["gold", "market"])
def test_the_way_out_with_everybodys_image_is_a_server(kind: str) -> None:
    found = of_source(rules.source_own, owner="p-9", __imagetype=kind)
    assert (found.code, found.hint) == ("IMG.0047", BY_A_SERVER)


def test_without_the_source_project_nobody_knows_whose_the_source_is() -> None:
    found = rules.about_source(rules.source_own)(request(), facts(source_project=None))
    assert found == Verdict("unknown", f"whose image {SOURCE_ID} is, is not known without the source project")


@pytest.mark.parametrize("kind", [None, "private", "shared"])
def test_the_source_is_private(kind: str | None) -> None:
    assert of_source(rules.source_private, __imagetype=kind) == Verdict("pass", "the image is a private one")


@pytest.mark.parametrize(("kind", "word"), [("gold", "public"), ("market", "market")])
def test_the_source_is_not_private(kind: str, word: str) -> None:
    assert of_source(rules.source_private, __imagetype=kind) == Verdict(
        "fail", f"{LABEL} is a {word} image, and only private ones are copied", "IMG.0024", BY_A_SERVER
    )


def test_the_source_is_active() -> None:
    assert of_source(rules.source_active) == Verdict("pass", "the image is active")


WAIT, ANEW = "Wait until it is active, and run again.", "Make the image anew, as this one came to nothing."


@pytest.mark.parametrize(
    ("status", "hint"), [("queued", WAIT), ("saving", WAIT), ("tomorrow's", WAIT), ("killed", ANEW), ("deleted", ANEW)]
)
def test_the_source_is_not_active(status: str, hint: str) -> None:
    assert of_source(rules.source_active, status=status) == Verdict(
        "fail", f"{LABEL} is {status}, not active", "IMG.0046", hint
    )


def test_the_source_is_not_encrypted() -> None:
    assert of_source(rules.source_not_encrypted) == Verdict("pass", "the image is not encrypted")


def test_the_source_is_encrypted() -> None:
    found = of_source(rules.source_not_encrypted, __system__cmkid="key-1")
    assert found == Verdict(
        "fail",
        f"{LABEL} is encrypted",
        "IMG.0143",
        "Copy it within cn-north-4 without a key first, and take that copy.",
    )


def test_the_source_is_no_iso() -> None:
    assert of_source(rules.source_not_iso) == Verdict("pass", "the image was not created from an ISO file")


@pytest.mark.parametrize("raw", [{"virtual_env_type": "IsoImage"}, {"disk_format": "iso"}])
def test_the_source_is_an_iso(raw: dict[str, t.Any]) -> None:
    assert of_source(rules.source_not_iso, **raw) == Verdict(
        "fail",
        f"{LABEL} was created from an ISO file",
        "IMG.0167",
        "Install a server from it, make a private image of that server, and copy that.",
    )


@pytest.mark.parametrize(
    ("here", "there", "given", "limit"),
    [
        ("cn-north-4", "cn-south-1", None, 300),
        ("cn-south-1", "cn-north-4", None, 300),
        ("cn-east-2", "cn-east-3", None, 300),
        ("cn-east-3", "cn-south-1", None, 300),
        ("cn-north-4", "cn-north-1", None, 128),
        ("cn-north-1", "cn-north-4", None, 128),
        ("cn-north-4", "ap-southeast-1", None, 128),
        ("la-south-2", "ap-southeast-1", None, 128),
        ("cn-north-4", "cn-south-1", 50, 50),
        ("la-south-2", "ap-southeast-1", 1000.5, 1000.5),
    ],
)
def test_the_limit_depends_on_both_regions_unless_it_is_given(
    here: str, there: str, given: float | None, limit: float
) -> None:
    asked = request(source_region=here, destination=destination(region=there), size_limit=given)
    assert rules.size_limit_gib(asked) == limit


@pytest.mark.parametrize(("size", "status"), [(1, "pass"), (7 * GIB, "pass"), (7 * GIB + 1, "fail")])
def test_an_image_may_be_just_as_large_as_the_limit(size: int, status: str) -> None:
    assert of_source(rules.source_size, {"size_limit": 7}, __image_size=str(size)).status == status


def test_a_size_within_the_limit() -> None:
    assert of_source(rules.source_size) == Verdict("pass", "3.0 GiB is within the limit of 300 GiB")


LARGE = "cn-east-2, cn-east-3, cn-north-4, cn-south-1"


@pytest.mark.parametrize(
    ("there", "given", "size", "message"),
    [
        ("cn-south-1", 2.5, 3 * GIB, "has 3.0 GiB, and the limit is 2.5 GiB: size_limit says so"),
        (
            "cn-south-1",
            None,
            301 * GIB,
            f"has 301.0 GiB, and the limit is 300 GiB: so the service documents it between two of {LARGE}",
        ),
        (
            "cn-north-1",
            None,
            200 * GIB,
            f"has 200.0 GiB, and the limit is 128 GiB: only between two of {LARGE} it is 300 GiB, "
            "and cn-north-1 is none of them",
        ),
        ("cn-south-1", 7, 7 * GIB + 1, "has 1 byte more than 7 GiB, and the limit is 7 GiB: size_limit says so"),
        ("cn-south-1", 7, 7 * GIB + GIB // 10, "has 7.1 GiB, and the limit is 7 GiB: size_limit says so"),
        ("cn-south-1", 2, 2 * GIB + 2, "has 2 bytes more than 2 GiB, and the limit is 2 GiB: size_limit says so"),
        ("cn-south-1", 1e-10, 1, "has 1 byte more than 1e-10 GiB, and the limit is 1e-10 GiB: size_limit says so"),
    ],
)
def test_a_size_beyond_the_limit_says_why_that_is_the_limit(
    there: str, given: float | None, size: int, message: str
) -> None:
    fields = {"size_limit": given, "destination": destination(region=there)}
    assert of_source(rules.source_size, fields, __image_size=str(size)) == Verdict(
        "fail",
        f"{LABEL} {message}",
        "IMG.0146",
        "Make the image anew with a smaller disk, or raise size_limit if you know that the service takes larger ones.",
    )


def test_both_regions_that_take_no_large_images_are_named() -> None:
    asked = request(source_region="la-south-2", destination=destination(region="cn-north-1"))
    found = rules.about_source(rules.source_size)(asked, facts(sources=[source(__image_size=str(129 * GIB))]))
    assert found.message.endswith("cn-north-1 and la-south-2 are none of them")


@pytest.mark.parametrize("size", [None, "0", "a lot"])
def test_a_size_that_nobody_knows(size: str | None) -> None:
    assert of_source(rules.source_size, __image_size=size) == Verdict(
        "unknown", f"the service does not say how large {LABEL} is"
    )


def test_an_ordinary_image_needs_no_vault() -> None:
    assert of_source(rules.full_ecs_vault) == Verdict("pass", "the image is not a full-ECS image")


def test_a_full_ecs_image_needs_a_vault() -> None:
    assert of_source(rules.full_ecs_vault, __whole_image="true") == Verdict(
        "fail",
        f"{LABEL} is a full-ECS image, and no vault_id is given",
        "IMG.0184",
        "Give the vault_id of a server vault in cn-south-1 with the protection type replication, or copy an image of "
        "the server's system disk instead.",
    )


def test_a_full_ecs_image_with_a_vault() -> None:
    found = of_source(rules.full_ecs_vault, {"destination": destination(vault_id="v1")}, __whole_image="true")
    assert found == Verdict("pass", "the full-ECS image goes to vault v1")


def test_an_image_that_is_not_of_windows() -> None:
    assert of_source(rules.windows) == Verdict("pass", "the image is not a Windows image")


@pytest.mark.parametrize("raw", [{"__os_type": "Windows"}, {"__os_type": None, "__platform": "Windows"}])
def test_windows_is_warned_of_and_no_failure(raw: dict[str, t.Any]) -> None:
    assert of_source(rules.windows, **raw) == Verdict(
        "warn",
        "the service documents that Windows images are no longer to be replicated this way",
        hint="See that a server starts from the replica before you rely on it.",
    )


@pytest.mark.parametrize("name", ["a", "golden-web_2026.03", "a b", "-", "镜像", "x" * 128, "a" + " " * 126 + "b"])
def test_a_legal_name(name: str) -> None:
    assert rules.name(request(name=name), facts()) == Verdict("pass", f"{name!r} is a legal image name")


@pytest.mark.parametrize("name", [" a", "a ", " ", "a/b", "a\nb", "a\n", "a@b", "<a>"])
def test_an_illegal_name(name: str) -> None:
    found = rules.name(request(name=name), facts())
    assert (found.status, found.code) == ("fail", "IMG.0003")
    assert found.message.startswith(f"{name!r} is not a legal image name: ")
    assert found.hint == ANOTHER_NAME


def test_a_name_that_is_too_long() -> None:
    assert rules.name(request(name="x" * 129), facts()) == Verdict(
        "fail", "the name of the replica has 129 characters, at most 128 are allowed", "IMG.0002", ANOTHER_NAME
    )


def test_an_empty_name() -> None:
    found = rules.name(request(name=""), facts())
    assert found == Verdict("fail", "the name of the replica is empty", "IMG.0013", ANOTHER_NAME)


def test_a_template_is_judged_by_what_it_makes() -> None:
    found = rules.name(request(name_template="{name}@{destination_region}"), facts())
    assert (found.status, found.message.partition(" ")[0]) == ("fail", "'golden@cn-south-1'")


@pytest.mark.parametrize("sources", [AWAY, [], [source(id="i1"), source(id="i2")]])
def test_the_name_of_an_unknown_source_is_not_known(sources: t.Any) -> None:
    found = rules.name(request(), facts(sources=sources))
    assert found == Verdict("unknown", "the name is that of the source image, which is not known")


@pytest.mark.parametrize("sources", [AWAY, []])
def test_a_name_that_was_given_is_judged_without_the_source(sources: t.Any) -> None:
    assert rules.name(request(name="a"), facts(sources=sources)).status == "pass"


@pytest.mark.parametrize("text", [None, "", "nightly, of 3 March", "x" * 1024])
def test_a_legal_description(text: str | None) -> None:
    found = rules.description(request(description=text), facts())
    assert found == Verdict("pass", "the description is legal")


def test_a_description_that_is_too_long() -> None:
    assert rules.description(request(description="x" * 1025), facts()) == Verdict(
        "fail", "the description has 1025 characters, at most 1024 are allowed", "IMG.0004", "Shorten description."
    )


@pytest.mark.parametrize("text", ["a\nb", "a\r", "<b", "a>b"])
def test_an_illegal_description(text: str) -> None:
    assert rules.description(request(description=text), facts()) == Verdict(
        "fail", "the description may hold no line break, < or >", "IMG.0054", "Take those out of description."
    )


@pytest.mark.parametrize(
    "tags", [{}, {"env": "prod"}, {"k" * 36: "v" * 43}, {"k": ""}, {"k": "1.2-3_4"}, {"键": "值"}]
)
def test_legal_tags(tags: dict[str, str]) -> None:
    assert rules.tags(request(tags=tags), facts()) == Verdict("pass", "the tags are legal")


@pytest.mark.parametrize(
    "tags", [{"k" * 37: "v"}, {"k": "v" * 44}, {"": "v"}, {"a.b": "v"}, {"k": "a b"}, {"k": "v\n"}]
)
def test_illegal_tags(tags: dict[str, str]) -> None:
    found = rules.tags(request(tags=tags), facts())
    assert (found.status, found.code) == ("fail", "IMG.0115")


def test_every_illegal_tag_is_named_and_no_other() -> None:
    found = rules.tags(request(tags={"z z": "1", "ok": "1", "a a": "1"}), facts())
    assert found.message.startswith("not legal tags: a a, z z; ")
    assert found.hint == "Change them."


def test_ten_tags_are_not_too_many_and_eleven_are() -> None:
    tags = {f"k{number}": "v" for number in range(10)}
    assert rules.tags(request(tags=tags), facts()).status == "pass"
    assert rules.tags(request(tags={**tags, "k10": "v"}), facts()) == Verdict(
        "fail", "11 tags, at most 10 are allowed", "IMG.0116", "Leave some out."
    )


def test_tags_that_are_copied_count_too() -> None:
    tags = {f"k{number}": "v" for number in range(10)}
    given = facts(sources=[source(tags=["env=prod"])])
    found = rules.tags(request(tags=tags, copy_tags=True), given)
    assert found.code == "IMG.0116"
    assert found.hint == "Leave some out, or set copy_tags to false, as some may be the source's."
    assert rules.tags(request(tags=tags), given).status == "pass"


@pytest.mark.parametrize("sources", [AWAY, []])
def test_without_the_source_the_requests_own_tags_are_judged(sources: t.Any) -> None:
    given = facts(sources=sources)
    assert rules.tags(request(tags={"a b": "1"}, copy_tags=True), given).code == "IMG.0115"
    assert rules.tags(request(tags={"a": "1"}, copy_tags=True), given).status == "pass"


def test_a_rule_about_the_source_is_a_rule_like_any_other() -> None:
    rule: Rule = rules.about_source(lambda request, facts, source: Verdict("pass", source.id))
    assert rule(request(), facts(source_project=SOURCE_PROJECT)) == Verdict("pass", SOURCE_ID)
