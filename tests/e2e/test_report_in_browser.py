# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as people see it, in a browser: on a wide screen, on a phone, on paper, and whatever images are called."""

from __future__ import annotations

import datetime
import pathlib

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils import _text
from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import timestamp
from tests.e2e import browser as chromium
from tests.e2e.role_support import EAST, SOUTH, Role, images
from tests.unit.report_page import page

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
GIB = 1024**3
HOSTILE = [
    "<script>window.taken=1;document.title='taken'</script>",
    '"><img src=http://127.0.0.1:9/x onerror="window.taken=1">',
    "</style><script>window.taken=1</script>",
    "</title><svg onload=window.taken=1>",
    "\u202egnp.exe\u2066",
    "a-name-without-a-single-place-at-which-it-could-be-broken-" * 2,
]
ERROR = {
    "stage": "wait",
    "code": "IMG.0151",
    "http_status": 400,
    "message": "the agency lacks permission on the target project",
    "request_id": "5f0c1d523a4e4a1b9a530e6e7b0c9a11",
    "hint": "Grant the agency IMS Administrator in the destination project.",
}
WIDE, PHONE = (1280, 900, False), (390, 844, True)
BOXES = """[...document.querySelectorAll('.lane')].map(lane => [...lane.querySelectorAll('.bar')].map(bar => {
  const box = bar.getBoundingClientRect(); return [box.left, box.right, box.top, box.bottom] }))"""


def entry(number: int, name: str, begin: int, end: int | None, **more: object) -> dict[str, object]:
    return {
        "label": name,
        "status": "in_progress" if end is None else "copied",
        "image_name": name,
        "name": name,
        "source_region": "cn-north-4",
        "destination_region": "cn-south-1",
        "destination_project_name": "cn-south-1",
        "source_image": {"id": f"465076de-dc36-4aec-80f5-{number:012}", "name": name, "size_bytes": 3 * GIB},
        "image": {"id": f"7f0c1d52-3a4e-4a1b-9a53-{number:012}", "name": name},
        "job": {"id": f"ff808082ed684403b3c50547{number:08}", "progress": 43},
        "error": None,
        "attempts": 1,
        "started_at": timestamp(NOON + datetime.timedelta(seconds=begin)),
        "finished_at": None if end is None else timestamp(NOON + datetime.timedelta(seconds=end)),
        "warnings": [],
        **more,
    }


def report_of(*entries: dict[str, object]) -> str:
    return page({"results": list(entries)}, NOON + datetime.timedelta(hours=1))


@pytest.fixture(scope="module")
def browser():
    with chromium.running() as found:
        yield found


@pytest.fixture
def see(browser, tmp_path):
    """Opens a report on a screen; gives the addresses that were asked for."""

    def open_it(text: str, screen=WIDE, **media: str) -> list[str]:
        target = tmp_path / "report.html"
        target.write_text(text, encoding="utf-8")
        browser.media(**media)
        browser.screen(*screen)
        browser.open(target)
        return list(browser.requested())

    return open_it


@pytest.fixture
def mixed():
    """Two slots with copies that follow each other closely, one under way, two failures."""
    return report_of(
        entry(1, "ubuntu-22.04-web", 0, 300),
        entry(2, "debian-12-db", 0, 900),
        entry(3, "centos-7-legacy", 300, 330, status="failed", image=None, error=ERROR),
        entry(4, "rocky-9-batch", 330, 1500),
        entry(5, "windows-2019-app", 900, None),
        entry(6, "euleros-arm", 0, None, status="present", started_at=None, job=None),
        entry(7, "data-disk-logs", 1500, 2000, status="failed", image=None, error={**ERROR, "message": "out of quota"}),
    )


def visible(browser: chromium.Browser) -> str:
    """The text that is rendered, as somebody would copy it from the screen."""
    return str(browser.ask("document.body.innerText"))


@pytest.mark.parametrize("screen", [WIDE, (820, 1180, True), PHONE, (320, 640, True)], ids=lambda size: str(size[0]))
def test_a_page_never_scrolls_sideways(browser, see, mixed, screen):
    many = report_of(*(entry(n, f"image-{n}-{HOSTILE[-1]}", 60 * (n // 5), 60 * (n // 5) + 60) for n in range(200)))

    for text in (mixed, report_of(), many, report_of(*(entry(n, name, 0, 9) for n, name in enumerate(HOSTILE)))):
        see(text, screen)
        assert browser.ask("document.documentElement.scrollWidth") <= screen[0]


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_totals_and_the_reasons_of_failures_are_seen(browser, see, mixed, screen):
    see(mixed, screen)
    text = " ".join(visible(browser).split())

    for part in ("7 copies asked for", "2 Failed", "1 Under way", "3 Copied", "1 Present"):
        assert part in text
    for said in (ERROR["message"], ERROR["hint"], ERROR["code"], ERROR["request_id"], "out of quota"):
        assert str(said) in text
    assert browser.ask("document.querySelector('.failures').getBoundingClientRect().top") < screen[1]


def test_bars_stand_in_their_lanes_beside_each_other(browser, see, mixed):
    see(mixed)
    lanes = browser.ask(BOXES)

    assert [len(lane) for lane in lanes] == [4, 2]
    for lane in lanes:
        assert all(before[1] <= after[0] + 0.5 for before, after in zip(lane, lane[1:]))
    assert lanes[0][0][3] <= lanes[1][0][2]


def test_copies_in_the_hundreds_scroll_in_a_frame_of_their_own(browser, see):
    see(report_of(*(entry(n, f"image-{n}", 60 * (n // 5), 60 * (n // 5) + 60) for n in range(500))))
    lanes = browser.ask(BOXES)

    assert [len(lane) for lane in lanes] == [100] * 5
    assert all(box[1] - box[0] > 30 for lane in lanes for box in lane)
    assert browser.ask("(s => s.scrollWidth > s.clientWidth)(document.querySelector('.scroll'))")


def test_a_bar_is_read_without_its_colour(browser, see, mixed):
    see(mixed)
    bars = browser.ask("[...document.querySelectorAll('.bar')].map(bar => bar.innerText.replace(/\\s+/g, ' '))")

    assert "2 data-disk-logs → cn-south-1 3.0 GiB, 8:20, Failed" in bars
    assert "3 windows-2019-app → cn-south-1 3.0 GiB, 45:00, Under way, 43 %" in bars


def test_on_a_phone_every_label_of_the_timeline_is_read_in_full(browser, see, mixed):
    see(mixed, PHONE)

    assert (
        browser.ask("[...document.querySelectorAll('.bar')].map(e => getComputedStyle(e).overflow)") == ["visible"] * 6
    )
    texts = browser.ask("[...document.querySelectorAll('.who, .facts')].map(e => e.getBoundingClientRect().right)")
    assert 0 < max(texts) <= PHONE[0]
    lanes = browser.ask(BOXES)
    for lane in lanes:
        assert all(before[3] <= after[2] + 0.5 for before, after in zip(lane, lane[1:]))


def test_on_a_phone_every_row_is_a_card_with_its_labels(browser, see, mixed):
    see(mixed, PHONE)

    assert browser.ask("getComputedStyle(document.querySelector('tbody tr')).display") == "block"
    label = browser.ask("getComputedStyle(document.querySelector('td[data-label=Destination]'), '::before').content")
    assert label == "attr(data-label)" or "Destination" in label
    assert browser.ask("document.querySelector('thead').getBoundingClientRect().width") <= 1


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_only_read(browser, see, name):
    asked = see(report_of(entry(1, name, 0, 9), entry(2, name, 9, 20, status="failed", error={"message": name})))

    assert browser.ask("typeof window.taken") == "undefined"
    assert browser.ask("document.title") == "Image migration: cn-north-4 → cn-south-1"
    assert _text.visible(name) in visible(browser)
    assert browser.ask("document.querySelectorAll('img, script, svg, iframe').length") == 0
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []


def test_the_policy_of_the_page_holds_even_if_a_script_got_into_it(browser, see, mixed):
    script = "<script>window.taken=1</script><img src='http://127.0.0.1:9/x' onerror='window.taken=1'></main>"

    see(mixed.replace("</main>", script))

    assert browser.ask("typeof window.taken") == "undefined"


def test_nothing_but_the_page_itself_is_asked_for(see, mixed):
    asked = see(mixed)

    assert [pathlib.PurePath(address).name for address in asked if not address.startswith("data:")] == ["report.html"]


def contrast(browser: chromium.Browser, selector: str) -> float:
    """The contrast ratio of WCAG 2 between an element's text and its own background."""
    script = """(element => { const style = getComputedStyle(element);
      const light = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b };
      const [a, b] = [light(style.color), light(style.backgroundColor)].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05) })"""
    return float(browser.ask(f"{script}(document.querySelector({selector!r}))"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_matters_has_contrast_in_light_and_in_dark(browser, see, mixed, scheme):
    see(mixed, scheme=scheme)

    dark = browser.ask("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 28)"
    assert dark == (scheme == "dark")
    for selector in ("body", ".failures", ".banner", ".badge.copied", ".badge.in_progress", ".bar.copied"):
        assert contrast(browser, selector) >= 4.5, selector


def test_on_paper_it_is_light_and_nothing_is_cut_off(browser, see, mixed):
    see(mixed, medium="print", scheme="dark")

    assert browser.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.ask("getComputedStyle(document.querySelector('.scroll')).overflowX") == "visible"
    assert browser.ask("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert browser.pdf().startswith(b"%PDF-")


def test_the_report_of_a_real_run_is_seen_as_it_went(browser, ansible, cloud):
    cloud.outcome(
        name="centos-7-legacy", status="FAIL", error_code="IMG.0151", fail_reason="the agency may not", times=2
    )
    role = Role(ansible)
    role.play(images=images("ubuntu-22.04-web", "centos-7-legacy"), destinations=[SOUTH, EAST])
    browser.media()
    browser.screen(*WIDE)

    browser.open(role.report_dir / "report.html")

    text = " ".join(visible(browser).split())
    assert "Image migration: cn-north-4 → cn-south-1, cn-east-3" in text
    assert "4 copies asked for 2 Failed 2 Copied" in text
    assert "the agency may not" in text
    assert sum(len(lane) for lane in browser.ask(BOXES)) == 4
