# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever characters stand in what the cloud holds or says, or in the options: the result is whole and harmless."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._progress import Progress

HALF = "\ud83d"
# Clears a screen, writes over the line above, forges a line, and turns the direction of writing.
HOSTILE = "evil\x1b[2J\x1b[1A\r\n[ims] 0:01 5 of 5 done\x9b31m\u202e\u2066" + "x" * 5000
USUAL = "ubuntu-22.04-web"
# Without these an image is none, or none of the caller's.
NEEDED = ("id", "name", "owner", "status", "__imagetype", "visibility", "__isregistered", "__image_size")


def texts_in(value: t.Any) -> t.Iterator[str]:
    """Every string of a result, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


def assert_whole(result: t.Any) -> None:
    for text in texts_in(result):
        text.encode("utf-8")


def shown_of(result: t.Any) -> t.Iterator[str]:
    """The lines that people are shown of a result, wherever they stand in it."""
    yield from result["msg"].splitlines()
    for part in [result, *result.get("results", ())]:
        error = part.get("error") or {}
        yield from (str(text) for text in error.values())
        yield from (str(check[key]) for check in part.get("preflight", ()) for key in ("message", "hint"))
        yield from part.get("warnings", ())
        yield str(part.get("label"))
    for difference in result.get("diff", ()) if isinstance(result.get("diff"), list) else ():
        yield difference["before_header"]


def assert_harmless(lines: t.Iterable[str]) -> None:
    for line in lines:
        assert line.isprintable(), repr(line)
        assert len(line) < 1500, line
        assert not line.startswith("[ims]")


@pytest.fixture
def strange(cloud: t.Any) -> t.Callable[..., str]:
    """Gives an image of the source region these raw attributes."""

    def change(of: str, **attributes: t.Any) -> str:
        image_id = str(cloud.image(of)["id"])
        cloud.patch_image(image_id, **attributes)
        return image_id

    return change


def test_half_a_character_in_any_attribute_of_any_image_leaves_the_result_whole(cloud, copy, migrate, strange):
    for name in ("debian-12-db", USUAL):
        raw = cloud.image(name)
        texts = [key for key, value in raw.items() if isinstance(value, str) and key not in NEEDED]
        cloud.patch_image(raw["id"], **{key: f"{raw[key]}{HALF}" for key in texts if key != "self"})
    strange("debian-12-db", name=f"other{HALF}", tags=[f"k{HALF}=v{HALF}"], **{f"own{HALF}": HALF})
    cloud.outcome(name=USUAL, status="SUCCESS", replica={"__description": HALF, f"x{HALF}": HALF})

    result = copy(copy_tags=True, tags={"a": "b"}, diff=True)
    every = migrate(query="[].id", name_template="r-{id}", check=True)

    assert (result["action"], len(cloud.copies())) == ("submitted", 1), result["msg"]
    assert_whole(result)
    assert_whole(every)
    assert every["counts"]["total"] > 5, every["msg"]
    assert any("other\N{REPLACEMENT CHARACTER}" in text for text in texts_in(every))


def test_half_a_character_in_what_the_service_says_leaves_the_result_whole(cloud, copy):
    cloud.outcome(name=USUAL, status="FAIL", error_code=f"IMG.0151{HALF}", fail_reason=f"no{HALF}")
    failed = copy()
    said = {"error": {"code": HALF, "message": HALF}, "request_id": HALF}
    cloud.fault(operation="ListImages", do="respond", status=403, body=said, times=None)
    refused = copy()

    for result in (failed, refused):
        assert result["failed"] is True
        assert_whole(result)
    assert "no\N{REPLACEMENT CHARACTER}" in failed["msg"]


def test_options_with_half_a_character_are_refused_by_name(cloud, copy, monkeypatch):
    # Newer releases of Ansible hand no such argument on, but what the environment holds any module may read.
    monkeypatch.setenv("HW_IMS_STATE_DIR", "/tmp/\udcff")
    monkeypatch.setenv("HW_SECRET_KEY", "never-told\udcff")

    result = copy()

    assert result["error"]["stage"] == "input"
    assert "state_dir holds half a character" in result["msg"]
    assert "secret_key holds half a character" in result["msg"]
    assert "never-told" not in json.dumps(result)
    assert_whole(result)
    assert cloud.journal() == []


def test_names_and_reasons_act_on_no_terminal_and_look_like_no_line_of_ours(
    cloud, copy, migrate, strange, warnings, tmp_path
):
    log = tmp_path / "events"
    image_id = strange("debian-12-db", name=HOSTILE, __description=HOSTILE, __os_version=HOSTILE)
    strange("encrypted-vault", name=f"encrypted {HOSTILE}")
    cloud.outcome(image_id=image_id, status="FAIL", error_code=HOSTILE, fail_reason=HOSTILE, times=None)
    shown: list[str] = []

    def see(result: t.Any) -> t.Any:
        shown.extend([*shown_of(result), *warnings])
        warnings.clear()
        return result

    see(migrate(query="[].id", name_template="r-{id}", check=True, diff=True))
    more = {"on_preflight_failure": "skip", "max_attempts": 2, "event_log": str(log)}
    run = migrate(query="[].id", name_template="r-{id}", **more)
    jobs = [entry["job"] for entry in see(run)["results"] if entry["job"]]
    shown.extend(str(text) for job in jobs for text in job.values())
    see(copy(image_id=image_id))
    see(copy(image_id=image_id, name=f"r-{HOSTILE}"))
    said = {"error": {"code": HOSTILE, "message": HOSTILE}, "request_id": HOSTILE}
    cloud.fault(operation="ListImages", do="respond", status=403, body=said, times=None)
    refused = see(copy(image_id=image_id))

    progress = Progress(json.loads(log.read_text().splitlines()[0])["run"])
    for line in log.read_text().splitlines():
        progress.add(json.loads(line), 0.0)
        shown.extend(progress.lines(0.0))
    assert_harmless(shown)
    assert [line for line in shown if r"evil\x1b[2J" in line]
    assert refused["failed"] is True
