# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report for people: what it says, and that nothing in it can be more than text."""

from __future__ import annotations

import re
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.filter.report_view import report_view
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report_words import fit, progress
from tests.unit.report_page import ERROR, GIB, NOON, Reader, entry, failed, page, shown

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "</title><h1>taken over</h1>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }} {title} %s &amp; &lt;b&gt;",
    "\u202egpj.exe\u2066",
    "\ud800 lone \x00 \x1b[31m",
]


# -- nothing but text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_wherever_it_stands(name):
    everywhere = {
        "name": f"replica {name}",
        "source_image": {"id": f"id {name}", "name": name, "size_bytes": GIB},
        "image": {"id": name, "name": f"replica {name}"},
        "job": {"id": name, "progress": 3},
        "destination_region": name,
        "destination_project_name": f"project {name}",
        "error": dict.fromkeys(ERROR, name),
        "warnings": [name],
    }
    harmless = dict.fromkeys(ERROR, "harmless")
    plain = {**everywhere, "error": harmless, "warnings": ["harmless"]}
    plain.update(source_image={"id": "i", "name": "n", "size_bytes": GIB}, image={"id": "i", "name": "r"})
    plain.update(name="r", job={"id": "j", "progress": 3}, destination_region="d", destination_project_name="p")

    def outline(text):
        return [(tag, sorted(attributes)) for tag, attributes in Reader(text).elements]

    for status in ("failed", "in_progress", "copied", name):
        hostile_page = shown(entry(begin=0, end=9, **{**everywhere, "status": status}), title=name, source_region=name)
        plain_page = shown(entry(begin=0, end=9, **{**plain, "status": status}), title="t", source_region="s")
        assert outline(hostile_page) == outline(plain_page)


@pytest.mark.parametrize("name", HOSTILE[:-2])
def test_a_hostile_name_can_still_be_read(name):
    assert " ".join(name.split()) in Reader(shown(entry(name, 0, 90))).text


def test_what_cannot_be_written_to_a_file_is_made_visible():
    text = shown(entry("\ud800 \x00 end", 0, 90), title="\udfff")

    assert rb"\ud800 \x00 end" in text.encode("utf-8")


def test_names_cannot_turn_around_the_text_beside_them():
    assert r"<bdi>\u202egpj.exe\u2066</bdi>" in shown(entry("\u202egpj.exe\u2066", 0, 90))


def test_a_line_of_a_page_has_two_thousand_signs_at_most():
    assert fit("x" * 2000 + "\n" + "y" * 2001) == "x" * 2000 + "\n" + "y" * 1997 + "..."


def test_no_name_and_no_reason_is_longer_than_anybody_reads():
    text = shown(failed("n" * 100_000, error={**ERROR, "message": "m" * 100_000}))

    assert "nnnn..." in text
    assert len(text) < 60_000


def test_nothing_is_loaded_and_nothing_runs():
    text = shown(entry("a", 0, 90), failed(), entry("c"), entry("d", 5), msg="x")
    elements = Reader(text).elements

    assert not re.search(r"https?://|url\(|@import|javascript:", text)
    assert {tag for tag, dummy in elements} & {
        "script",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "a",
        "base",
    } == set()
    assert [
        name for dummy, attributes in elements for name in attributes if name.startswith("on") or name == "src"
    ] == []
    assert [attributes["href"] for tag, attributes in elements if tag == "link"] == ["data:,"]
    policy = next(given["content"] for tag, given in elements if given.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'; style-src 'unsafe-inline';")


@given(st.text(max_size=40))
def test_any_name_at_all_leaves_the_page_in_its_shape(name):
    usual = [tag for tag, dummy in Reader(shown(entry("plain", 0, 90), title="t")).elements]
    # A blank title is none, and a name that is none is not shown.
    assert [tag for tag, dummy in Reader(shown(entry(f"x{name}", 0, 90), title="t")).elements] == usual


def test_every_string_that_a_page_is_given_is_escaped():
    """A template cannot be trusted to do it: Ansible's do not escape by themselves."""
    mark = "<x a='1' b=\"2\">&"
    hostile: dict[str, t.Any] = dict.fromkeys(("image_name", "name", "source_region", "destination_region"), mark)
    hostile.update(source_image={"id": mark, "name": mark}, error=dict.fromkeys(ERROR, mark), warnings=[mark])
    copies = [entry(begin=0, end=90, **{**hostile, "status": status}) for status in ("copied", "failed", mark)]

    def strings(value):
        if isinstance(value, dict):
            return [text for item in value.values() for text in strings(item)]
        if isinstance(value, list):
            return [text for item in value for text in strings(item)]
        return [value] if isinstance(value, str) else []

    found = strings(report_view({"results": copies, "source_region": mark}, title=mark, html=True))

    assert [text for text in found if set(text) & set("<>\"'")] == []
    assert sum("&lt;x a=&#x27;1&#x27; b=&quot;2&quot;&gt;&amp;" in text for text in found) > 20


# -- what it says ----------------------------------------------------------------------------------------------------


def test_the_title_names_the_regions_and_the_time():
    text = Reader(shown(entry(), entry(destination_region="cn-east-3"))).text

    assert "Image migration: cn-north-4 → cn-south-1, cn-east-3 2026-03-01 13:00:00 UTC" in text


def test_a_title_of_ones_own_keeps_the_regions_beside_the_time():
    text = Reader(shown(entry(), title="Golden images")).text

    assert "Golden images cn-north-4 → cn-south-1, 2026-03-01 13:00:00 UTC" in text


def test_totals_are_counted_per_status_with_size_and_duration():
    text = Reader(shown(entry("a", 0, 90), entry("b", 10, 130), entry("c"), failed())).text

    for tile in ("4 copies asked for", "1 Failed", "2 Copied", "1 Present", "6.0 GiB copied, of 12.0 GiB in all"):
        assert tile in text
    assert "2:10 from the first copy to the last" in text
    assert "Left out" not in text


def test_the_duration_is_that_of_the_run_where_it_is_known():
    assert "1:02:03 duration of this run" in Reader(shown(entry("a", 0, 90), waited=3723.4)).text


def test_a_failure_is_told_with_its_whole_reason_before_anything_else():
    text = Reader(shown(entry("a", 0, 90), entry("b", 0), failed())).text
    reason = (
        "db → cn-south-1 the agency lacks permission Grant the agency IMS Administrator. "
        "code IMG.0151 , HTTP 400 , stage wait , request id 5f0c1d523a4e4a1b9a530e6e7b0c9a11"
    )

    assert "One copy failed" in text
    assert reason in text
    assert text.index(reason) < text.index("Not finished") < text.index("Timeline") < text.index("All copies")


def test_failures_stand_first_in_the_table_too():
    table = shown(entry("a", 0, 90), entry("b", 0), failed()).partition("<tbody")[2]

    assert re.findall(r'<tr role="row" class="(\w+)"', table) == ["failed", "in_progress", "copied"]


def test_many_failures_do_not_bury_the_page_and_all_are_in_the_table():
    text = shown(*(failed(f"db-{number}") for number in range(30)))
    details = text.partition("<details>")[2].partition("</details>")[0]

    assert "<summary>20 more</summary>" in details
    assert details.count("<li ") == 20
    assert all(f"db-{number}<" in text.partition("<tbody")[2] for number in range(30))


def test_a_row_tells_source_destination_replica_size_duration_and_attempts():
    copied = entry(
        "web", 0, 510, attempts=2, image={"id": "replica-id", "name": "golden"}, warnings=["a twin is there"]
    )
    copied["destination_project_name"] = "cn-south-1_apps"

    row = Reader(shown(copied).partition("<tbody")[2]).text

    for part in (
        "web",
        "source-id",
        "cn-south-1 (cn-south-1_apps)",
        "Copied",
        "golden",
        "replica-id",
        "3.0 GiB",
        "8:30",
    ):
        assert part in row
    assert "8:30 2 a twin is there" in row


def test_a_failure_of_the_whole_is_told_when_there_is_no_copy_to_blame():
    text = Reader(
        page({"msg": "bad key", "error": {**ERROR, "message": "wrong access key"}, "failed": True}, NOON)
    ).text

    assert "The migration failed wrong access key Grant" in text
    assert "There is no copy to show." in text


def test_a_failure_of_the_whole_is_told_beside_copies_that_did_not_fail_and_not_beside_those_that_did():
    blamed = shown(entry("a", 0, 90), failed(), error=ERROR, failed=True)
    blameless = shown(entry("a", 0, 90), error=ERROR, failed=True)

    assert "The migration failed" not in blamed
    assert "The migration failed" in blameless


def test_a_failure_without_a_structure_shows_its_message():
    assert "The migration failed out of disk" in Reader(page({"msg": "out of disk", "failed": True}, NOON)).text


def test_what_is_left_to_do_is_told():
    waiting = [entry("c", status="not_started"), entry("d", status="not_started")]
    text = Reader(shown(entry("a", 0, job={"id": "job-id", "progress": 43}), *waiting)).text

    assert "Not finished: 1 under way and 2 not started" in text
    assert "Under way 43 %" in text
    assert "job-id" in text


def test_a_status_of_a_later_release_is_shown_as_a_word():
    assert "paused for now" in Reader(shown(entry(status="paused_for_now"))).text


# -- where it is read ------------------------------------------------------------------------------------------------


def test_there_are_styles_for_phones_for_paper_and_for_the_dark():
    text = shown(entry())

    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    for rule in ("@media screen and (max-width: 900px)", "@media print", "@media (prefers-color-scheme: dark)"):
        assert rule in text
    assert 'data-label="Destination"' in text


@pytest.mark.parametrize(
    ("status", "done", "told"),
    [("in_progress", 40, 40), ("in_progress", None, None), ("copied", 100, None), ("failed", 40, None)],
)
def test_how_far_a_copy_is_is_told_of_those_under_way(status: str, done: int | None, told: int | None) -> None:
    assert progress({"status": status, "job": {"progress": done}}) == told
