# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report for people: what it says, and that nothing in it can be more than text."""

from __future__ import annotations

import datetime
import html.parser
import re

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.filter.report_html import FilterModule
from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report import page
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report_timeline import bars_of, lanes_of

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
GIB = 1024**3
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
ERROR = {
    "stage": "wait",
    "code": "IMG.0151",
    "http_status": 400,
    "message": "the agency lacks permission",
    "request_id": "5f0c1d523a4e4a1b9a530e6e7b0c9a11",
    "hint": "Grant the agency IMS Administrator.",
}


def at(seconds):
    return NOON + datetime.timedelta(seconds=seconds)


def entry(name="web", begin=None, end=None, **more):
    status = "present" if begin is None else "in_progress" if end is None else "copied"
    return {
        "label": name,
        "status": status,
        "image_name": name,
        "name": name,
        "source_region": "cn-north-4",
        "destination_region": "cn-south-1",
        "destination_project_name": "cn-south-1",
        "source_image": {"id": "source-id", "name": name, "size_bytes": 3 * GIB},
        "image": {"id": "replica-id", "name": name},
        "job": None,
        "error": None,
        "attempts": 0 if begin is None else 1,
        "started_at": None if begin is None else timestamp(at(begin)),
        "finished_at": None if end is None else timestamp(at(end)),
        "warnings": [],
        **more,
    }


def failed(name="db", **more):
    return entry(name, 0, 90, status="failed", image=None, **{"error": ERROR, **more})


def shown(*entries, now=3600, title=None, **report):
    return page({"results": list(entries), **report}, at(now), title)


class Reader(html.parser.HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.texts = []
        self._styles = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._styles += tag == "style"

    def handle_endtag(self, tag):
        self._styles -= tag == "style"

    def handle_data(self, data):
        if not self._styles:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


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


@pytest.mark.parametrize("name", HOSTILE[:-1])
def test_a_hostile_name_can_still_be_read(name):
    assert " ".join(name.split()) in Reader(shown(entry(name, 0, 90))).text


def test_what_cannot_be_written_to_a_file_is_replaced():
    text = shown(entry("\ud800 \x00 end", 0, 90), title="\udfff")

    assert b"end" in text.encode("utf-8")
    assert "\x00" not in text


def test_names_cannot_turn_around_the_text_beside_them():
    assert "<bdi>\u202egpj.exe\u2066</bdi>" in shown(entry("\u202egpj.exe\u2066", 0, 90))


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
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")


@given(st.text(max_size=40))
def test_any_name_at_all_leaves_the_page_in_its_shape(name):
    usual = [tag for tag, dummy in Reader(shown(entry("plain", 0, 90), title="t")).elements]
    # A blank title is none, and a name that is none is not shown.
    assert [tag for tag, dummy in Reader(shown(entry(f"x{name}", 0, 90), title="t")).elements] == usual


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


def test_a_failure_without_a_structure_shows_its_message():
    assert "The migration failed out of disk" in Reader(page({"msg": "out of disk", "failed": True}, NOON)).text


def test_what_is_left_to_do_is_told():
    waiting = entry("c", status="not_started")
    text = Reader(shown(entry("a", 0, job={"id": "job-id", "progress": 43}), waiting)).text

    assert "Not finished: 1 under way and 1 not started" in text
    assert "Under way 43 %" in text
    assert "job-id" in text


def test_a_status_of_a_later_release_is_shown_as_a_word():
    assert "paused for now" in Reader(shown(entry(status="paused_for_now"))).text


# -- the timeline ----------------------------------------------------------------------------------------------------


def lanes(*times, now=3600):
    entries = [entry(str(number), *time) for number, time in enumerate(times)]
    return [[drawn.entry["name"] for drawn in lane] for lane in lanes_of(bars_of(entries, at(now)))]


def test_a_slot_is_used_again_as_soon_as_it_is_free():
    assert lanes((0, 60), (0, 90), (60, 100), (90, 100), (100, 120)) == [["0", "2", "4"], ["1", "3"]]


def test_copies_that_were_never_submitted_are_not_drawn():
    assert lanes((None, None), (5, 10)) == [["1"]]
    assert "No copy was submitted" in shown(entry())
    assert "No copy was submitted" in shown()


def test_a_copy_that_is_under_way_lasts_until_the_time_of_the_report():
    (only,) = bars_of([entry("a", 10)], at(600))

    assert (only.begin, only.end) == (at(10), at(600))
    assert "9:50" in shown(entry("a", 10), now=600)


def test_times_that_make_no_sense_do_not_break_the_drawing():
    odd = [entry("ends early", 50, 10), entry("unreadable", 0, 9, started_at="soon"), entry("later", 7200)]

    assert lanes_of(bars_of(odd, at(600)))
    assert "ends early" in shown(*odd, now=600)


TIMES = st.lists(st.tuples(st.integers(0, 5000), st.one_of(st.none(), st.integers(0, 5000))), max_size=60)


@given(TIMES)
def test_bars_of_a_lane_never_overlap_and_no_lane_is_needless(times):
    entries = [entry(str(number), *time) for number, time in enumerate(times)]
    bars = bars_of(entries, at(4000))
    found = lanes_of(bars)

    assert sorted(drawn.number for lane in found for drawn in lane) == sorted(drawn.number for drawn in bars)
    for lane in found:
        assert all(before.end <= after.begin for before, after in zip(lane, lane[1:]))
    at_a_time = [sum(1 for drawn in bars if drawn.begin <= moment.begin < drawn.end) for moment in bars]
    assert len(found) == max(at_a_time, default=0)


@given(TIMES)
def test_drawn_bars_stay_within_their_lane_and_beside_each_other(times):
    text = shown(*(entry(str(number), *time) for number, time in enumerate(times)), now=4000)

    for lane in re.findall(r'<ol class="lane".*?</ol>', text, re.S):
        drawn = [(float(x), float(w)) for x, w in re.findall(r'style="--x:([\d.]+)%;--w:([\d.]+)%"', lane)]
        ends = [left + width for left, width in drawn]
        assert all(end <= left + 0.002 for end, (left, dummy) in zip(ends, drawn[1:]))
        assert not ends or max(ends) <= 100.6


def test_a_bar_tells_number_name_destination_size_duration_and_outcome_in_words():
    text = shown(entry("web", 0, 90), failed())
    bars = [Reader(item).text for item in re.findall(r'<li class="bar.*?</li>', text, re.S)]

    assert bars == ["1 db → cn-south-1 3.0 GiB, 1:30, Failed", "2 web → cn-south-1 3.0 GiB, 1:30"]


def test_five_hundred_copies_are_drawn_in_their_slots():
    entries = [entry(str(number), 60 * (number // 5), 60 * (number // 5) + 60) for number in range(500)]
    text = shown(*entries, now=9000)

    assert text.count('class="lane"') == 5
    assert text.count('<li class="bar') == 500
    assert "min-width:6000px" in text


# -- where it is read ------------------------------------------------------------------------------------------------


def test_there_are_styles_for_phones_for_paper_and_for_the_dark():
    text = shown(entry())

    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    for rule in ("@media screen and (max-width: 900px)", "@media print", "@media (prefers-color-scheme: dark)"):
        assert rule in text
    assert 'data-label="Destination"' in text


# -- the filter ------------------------------------------------------------------------------------------------------

report_html = FilterModule().filters()["report_html"]


def test_the_filter_takes_the_time_that_it_is_given_then_that_of_the_report():
    report = {"results": [], "generated_at": "2026-03-01T12:00:00Z"}

    assert "2026-03-01 12:00:00 UTC" in report_html(report)
    assert "2026-04-02 01:02:03 UTC" in report_html(report, generated_at="2026-04-02T01:02:03Z", title="April")
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", report_html({"results": []}))


@pytest.mark.parametrize("wrong", ["text", [entry()], None, {}, {"results": "x"}, {"results": [1]}])
def test_the_filter_refuses_what_is_no_result(wrong):
    with pytest.raises(AnsibleFilterError, match="takes the result of ims_image_migration"):
        report_html(wrong)


def test_the_filter_refuses_a_time_that_is_none():
    with pytest.raises(AnsibleFilterError, match="must look like"):
        report_html({"results": []}, generated_at="yesterday")
