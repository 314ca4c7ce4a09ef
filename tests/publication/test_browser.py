from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.publication.chromium import Browser, is_installed
from tests.publication.conftest import Releases, write_pages
from tests.publication.publication_tables import national
from tests.publication.scenarios import patchy

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
#: Where `npm install axe-core@4.14.1` may have put it; CAKUPAN_AXE names another place.
_AXE = (ROOT / "node_modules/axe-core/axe.min.js", ROOT / ".ci/node_modules/axe-core/axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 390, 320)
INK, WHITE = "rgb(20, 38, 46)", "rgb(255, 255, 255)"
PROVINCE, COUNTRY = ("province/51.html", "province/51.en.html"), ("index.html", "en.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert is_installed(), "apt-get install chromium chromium-driver, or run with -m 'not browser'"
    with Browser() as found:
        yield found


@pytest.fixture(scope="module")
def axe() -> str:
    named = os.environ.get("CAKUPAN_AXE")
    places = [Path(named)] if named else list(_AXE)
    found = next((path for path in places if path.is_file()), None)
    assert found, "npm install axe-core@4.14.1, or run with -m 'not browser'"
    return found.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pages(national(14), tmp_path_factory.mktemp("country") / "pages")


@pytest.fixture(scope="module")
def sparse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pages(patchy(), tmp_path_factory.mktemp("sparse") / "pages")


def look(browser: Browser, path: Path, width: int = 1280) -> None:
    browser.size(width)
    browser.open(path)
    browser.js("return document.fonts.ready.then(() => 1)")


def violations(browser: Browser, axe: str) -> tuple[list[Any], list[Any]]:
    browser.js("document.querySelectorAll('details').forEach(d => d.open = true)")
    browser.js(axe + ";window.axe = axe")
    found = browser.js(
        "return axe.run(document, {runOnly: arguments[0], resultTypes: ['violations', 'incomplete']})", TAGS
    )
    told = [
        (v["id"], v["nodes"][0]["html"][:200], v["nodes"][0].get("failureSummary"))
        for v in found["violations"]
    ]
    open_points = [(v["id"], n["html"][:160]) for v in found["incomplete"] for n in v["nodes"]]
    return told, open_points


EDGES = ("nothing", "one_regency", "total_only", "above_100", "broken_series", "hostile")


def all_clear(browser: Browser, axe: str, page: Path, width: int) -> None:
    look(browser, page, width)
    told, open_points = violations(browser, axe)
    assert told == []
    # Contrast over bars, hatching and drawings stays open in axe; test_colors.py computes it.
    assert [point for point in open_points if point[0] != "color-contrast"] == []


@pytest.mark.parametrize(
    ("scenario", "name", "width"),
    [("bali", name, width) for name in PROVINCE for width in WIDTHS]
    + [(edge, name, width) for edge in EDGES for name, width in zip(PROVINCE, (320, 1280), strict=True)],
)
def test_axe_finds_nothing_on_province_pages(
    scenario: str, name: str, width: int, browser: Browser, axe: str, pages: Releases
) -> None:
    all_clear(browser, axe, pages(scenario) / name, width)


@pytest.mark.parametrize(
    ("which", "name", "width"),
    [("country", name, width) for name in COUNTRY for width in WIDTHS]
    + [("sparse", "index.html", 320), ("sparse", "en.html", 1280)],
)
def test_axe_finds_nothing_on_national_pages(
    which: str, name: str, width: int, browser: Browser, axe: str, request: pytest.FixtureRequest
) -> None:
    all_clear(browser, axe, request.getfixturevalue(which) / name, width)


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize(
    "scenario", ["bali", "nothing", "hostile", "above_100", "own_targets", "never_complete"]
)
def test_no_page_scrolls_sideways(scenario: str, width: int, browser: Browser, pages: Releases) -> None:
    for name in (*PROVINCE, *COUNTRY):
        look(browser, pages(scenario) / name, width)
        browser.js("document.querySelectorAll('details').forEach(d => d.open = true)")
        wide = browser.js("return document.documentElement.scrollWidth")
        assert wide <= width, (name, wide, browser.js(_WIDEST, width))


#: The elements that stick out, for the message.
_WIDEST = """return [...document.querySelectorAll('body *')].filter(e => !e.closest('.tw, nav, .vh, svg')
  && e.getBoundingClientRect().right > arguments[0] + 1).slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("name", ["index.html", "province/51.html", "province/35.html"])
def test_text_on_a_phone_is_large_enough(name: str, width: int, browser: Browser, country: Path) -> None:
    look(browser, country / name, width)
    browser.js("document.querySelectorAll('details').forEach(d => d.open = true)")
    small = browser.js("""return [...document.querySelectorAll('main *')].filter(e =>
      [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length
      && !e.closest('.vh, title, svg') && parseFloat(getComputedStyle(e).fontSize) < 14)
      .map(e => e.outerHTML.slice(0, 120))""")
    assert small == []
    letters = browser.js("""return [...document.querySelectorAll('.map text')].filter(e => e.getClientRects().length)
      .map(e => e.getBoundingClientRect().height)""")
    assert min(letters, default=11) >= 11


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("province/51.html", 1280),
        ("province/51.html", 320),
        ("province/35.html", 1280),
        ("province/13.html", 320),
    ],
)
def test_labels_on_maps_are_dark_on_light_and_light_on_dark(
    name: str, width: int, browser: Browser, country: Path
) -> None:
    look(browser, country / name, width)
    labels = browser.js("""return [...document.querySelectorAll('.map .lb text')].filter(e => e.getClientRects().length)
      .map(e => [getComputedStyle(e).fill, /k[45]/.test(e.parentNode.getAttribute('class'))])""")
    assert len(labels) == len([label for label in labels if label[0] in (INK, WHITE)])
    assert {fill for fill, is_dark in labels if is_dark} <= {WHITE}
    assert {fill for fill, is_dark in labels if not is_dark} <= {INK}
    values = browser.js("""return [...document.querySelectorAll('.map .lb .v')].filter(e => e.getClientRects().length)
      .map(e => e.textContent)""")
    assert values
    assert set(values) <= set(column(browser, 1))


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("name", PROVINCE + COUNTRY)
def test_buttons_beside_a_table_share_a_line(
    name: str, width: int, browser: Browser, releases: Releases
) -> None:
    look(browser, releases("bali") / name, width)
    boxes = browser.js("""return [...document.querySelector('#table .tools').querySelectorAll('.btn')]
      .map(e => { const b = e.getBoundingClientRect(); return [b.top, b.right] })""")
    assert len(boxes) == 2
    assert boxes[0][0] == boxes[1][0]
    assert max(right for _, right in boxes) <= width


@pytest.mark.parametrize("width", [390, 320])
def test_verdicts_are_seen_on_a_phone_without_scrolling(
    width: int, browser: Browser, pages: Releases
) -> None:
    look(browser, pages("bali") / "province/51.html", width)
    browser.js("document.querySelectorAll('details').forEach(d => d.open = true)")
    boxes = browser.js("""return [...document.querySelectorAll('.pill')].map(e => {
      const b = e.getBoundingClientRect(); return [b.left, b.right, b.height, !e.closest('.tw')] })""")
    assert len(boxes) == 5
    for left, right, height, is_free in boxes:
        assert 0 <= left < right <= width
        assert height > 14
        assert is_free


@pytest.mark.parametrize("name", ["51", "35", "32", "34", "75", "96"])
def test_no_small_chart_stands_alone_in_its_line(name: str, browser: Browser, country: Path) -> None:
    look(browser, country / f"province/{name}.html", 1280)
    tops = browser.js("""return [...document.querySelectorAll('.many figure')]
      .map(e => Math.round(e.getBoundingClientRect().top))""")
    lines = [tops.count(top) for top in sorted(set(tops))]
    assert sum(lines) == len(column(browser, 0))
    assert lines[-1] > 1


def test_a_line_is_cut_where_its_base_changes(browser: Browser, pages: Releases) -> None:
    drawn = {}
    for scenario in ("bali", "broken_series"):
        look(browser, pages(scenario) / "province/51.html", 1280)
        drawn[scenario] = browser.js("""return [document.querySelectorAll('.hero .bk').length,
          [...document.querySelectorAll('.hero .bk')].every(e => e.getBoundingClientRect().height > 100),
          document.querySelectorAll('.key .brk').length]""")
    assert drawn == {"bali": [0, True, 0], "broken_series": [3, True, 1]}


def test_nothing_is_fetched(browser: Browser, pages: Releases) -> None:
    look(browser, pages("bali") / "province/51.html")
    assert (
        browser.js(
            "return performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith('data:'))"
        )
        == []
    )


def test_the_national_page_reads_without_javascript(browser: Browser, country: Path) -> None:
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        look(browser, country / "en.html", 390)
        assert browser.js("return document.querySelectorAll('#tp th button').length") == 0
        assert browser.js("return [...document.querySelectorAll('[hidden]')].every(e => !e.offsetParent)")
        assert browser.js("return document.querySelectorAll('#strip ol li').length") == 38
        assert not browser.js("return document.querySelector('#t').checkVisibility()")
        browser.js("document.querySelector('#table details summary').focus()")
        press(browser, "Enter", text="\r")
        assert browser.js("return document.querySelector('#t').checkVisibility()")
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=False)


def test_the_page_reads_without_javascript(browser: Browser, pages: Releases) -> None:
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        look(browser, pages("bali") / "province/51.html", 390)
        assert browser.js("return document.querySelectorAll('#t th button').length") == 0
        assert browser.js("return [...document.querySelectorAll('[hidden]')].every(e => !e.offsetParent)")
        assert browser.js("return document.querySelectorAll('#t tbody tr').length") == 9
        seen = browser.js("return document.body.innerText")
        for words in ("48 dari setiap 100", "57,91", "Bagikan lewat WhatsApp"):
            assert words in seen
        for words in ("Salin ringkasan", "Cari kabupaten"):
            assert words not in seen
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=False)


def press(browser: Browser, key: str, code: str = "", text: str = "") -> None:
    numbers = {"Backspace": 8, "Tab": 9, "Enter": 13, "Space": 32, "ArrowRight": 39}
    event = {"key": key, "code": code or key, "windowsVirtualKeyCode": numbers.get(code or key, 0)}
    browser.cdp("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
    browser.cdp("Input.dispatchKeyEvent", type="keyUp", **event)


FOCUSED = "const e = document.activeElement; return [e.tagName, e.className, e.textContent.trim().slice(0, 40), e.id]"


def tab_to(browser: Browser, words: str, most: int = 80) -> None:
    for _ in range(most):
        press(browser, "Tab")
        if words in " ".join(browser.js(FOCUSED)):
            return
    raise AssertionError(f"{words} cannot be reached with the keyboard")


def test_a_keyboard_is_enough(browser: Browser, pages: Releases) -> None:
    look(browser, pages("bali") / "province/51.html")
    press(browser, "Tab")
    assert browser.js(FOCUSED)[1] == "skip"
    assert browser.js("return document.querySelector('.skip').getBoundingClientRect().left") >= 0
    tab_to(browser, "INPUT")
    browser.cdp("Input.insertText", text="kota")
    assert browser.js("return document.getElementById('t-n').textContent") == "1 baris cocok"
    assert (
        browser.js("return [...document.querySelectorAll('#t tbody tr')].filter(r => !r.hidden).length") == 1
    )
    for _ in range(4):
        press(browser, "Backspace")
    assert len(column(browser, 0)) == browser.js(
        "return document.querySelectorAll('#t tbody tr:not([hidden])').length"
    )
    tab_to(browser, "BUTTON  Kabupaten/kota")
    assert browser.js("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    press(browser, "Enter", text="\r")
    assert column(browser, 0) == sorted(column(browser, 0))
    assert browser.js("return document.querySelector('#t thead th').getAttribute('aria-sort')") == "ascending"


def test_wide_tables_and_folded_ones_are_reached_and_moved_with_the_keyboard(
    browser: Browser, pages: Releases
) -> None:
    look(browser, pages("bali") / "province/51.html", 390)
    tab_to(browser, "Angka bulanan sebagai tabel")
    press(browser, "Enter", text="\r")
    assert browser.js("return document.querySelector('#trend details').open")
    tab_to(browser, "DIV tw")
    assert (
        browser.js("return document.activeElement.getAttribute('aria-label')")
        == "Angka bulanan sebagai tabel"
    )
    for _ in range(3):
        press(browser, "ArrowRight")
    moved = (
        "const e = document.activeElement; return new Promise(d => setTimeout(() => d(e.scrollLeft), 400))"
    )
    assert browser.js(moved) > 0
    tab_to(browser, "Salin ringkasan")
    press(browser, "Tab")
    assert browser.js("return document.activeElement.id") == "pr"


def column(browser: Browser, index: int) -> list[str]:
    return browser.js(
        "return [...document.querySelectorAll('#t tbody tr')].map(r => r.cells[arguments[0]].firstChild.textContent.trim())",
        index,
    )


def test_the_table_sorts_by_button(browser: Browser, pages: Releases) -> None:
    look(browser, pages("above_100") / "province/51.html")
    assert column(browser, 1)[0] == "126,15"
    click = "document.querySelectorAll('#t thead button')[arguments[0]].click();"
    browser.js(click, 1)
    assert column(browser, 1)[:2] == ["36,14", "38,87"]
    assert column(browser, 1)[-1] == "–"
    browser.js(click, 1)
    assert column(browser, 1)[0] == "126,15"
    assert column(browser, 1)[-1] == "–"
    browser.js(click, 0)
    assert column(browser, 0) == sorted(column(browser, 0))
    states = browser.js(
        "return [...document.querySelectorAll('#t thead th')].map(h => h.getAttribute('aria-sort'))"
    )
    assert states.count("ascending") == 1
    assert states.count("descending") == 0


def test_both_tables_of_the_country_sort_and_filter(browser: Browser, country: Path) -> None:
    look(browser, country / "en.html")
    browser.js("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.js("return document.querySelectorAll('#t tbody tr').length") == 514
    browser.js("document.querySelectorAll('#t thead button')[6].click()")
    members = [int(text.replace(",", "")) for text in column(browser, 6)]
    assert members == sorted(members, reverse=True)
    browser.js("const i = document.querySelector('[data-for=t]'); i.value = 'jembrana'; i.oninput()")
    assert browser.js("return document.getElementById('t-n').textContent") == "1 rows match"
    browser.js("const i = document.querySelector('[data-for=tp]'); i.value = 'kalimantan'; i.oninput()")
    assert browser.js("return document.getElementById('tp-n').textContent") == "5 rows match"


def test_the_link_to_the_other_language_keeps_the_section(browser: Browser, pages: Releases) -> None:
    browser.size(1280)
    browser.open(pages("bali") / "province/51.html", "#trend")
    browser.js(
        "document.querySelector('.lg').addEventListener('click', e => e.preventDefault()); document.querySelector('.lg').click()"
    )
    assert browser.js("return document.querySelector('.lg').getAttribute('href')").endswith(
        "51.en.html#trend"
    )


def test_the_national_page_prints_to_a4_with_every_province(
    browser: Browser, country: Path, tmp_path: Path
) -> None:
    look(browser, country / "index.html")
    browser.print_pdf(tmp_path / "page.pdf")
    info, text = (
        subprocess.run([*command], check=True, capture_output=True, text=True).stdout
        for command in (
            ["pdfinfo", tmp_path / "page.pdf"],
            ["pdftotext", "-layout", tmp_path / "page.pdf", "-"],
        )
    )
    assert "A4" in info
    assert "DATA SINTETIS" in text
    names = browser.js("return [...document.querySelectorAll('#strip .nm a')].map(e => e.textContent)")
    assert len(names) == 38
    lines = " ".join(text.split())
    assert [name for name in names if name not in lines] == []
    for hidden in ("Cari provinsi", "Langsung ke isi", "Bagikan lewat WhatsApp"):
        assert hidden not in text


def test_print_to_a4(browser: Browser, pages: Releases, tmp_path: Path) -> None:
    assert shutil.which("pdftotext"), "install poppler-utils, or run with -m 'not browser'"
    look(browser, pages("bali") / "province/51.html")
    browser.print_pdf(tmp_path / "page.pdf")
    info = subprocess.run(
        ["pdfinfo", tmp_path / "page.pdf"], check=True, capture_output=True, text=True
    ).stdout
    assert "A4" in info
    assert int(re.search(r"Pages:\s+(\d+)", info)[1]) <= 6  # type: ignore[index]
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "DATA SINTETIS" in text
    assert "Kab. Karangasem" in text
    for hidden in ("Cari kabupaten", "Bagikan lewat WhatsApp", "Langsung ke isi"):
        assert hidden not in text


def test_motion_is_reduced_when_asked(browser: Browser, pages: Releases) -> None:
    browser.cdp(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}]
    )
    look(browser, pages("bali") / "province/51.html")
    assert browser.js("return getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    browser.cdp("Emulation.setEmulatedMedia", features=[])


#: What carries meaning by its colour: Windows' high contrast would paint it in the colour of the ground.
_COLOURED = (
    ".rank .trk i", ".rank .trk b", ".rank .trk u", ".thermo i", ".thermo b", ".stack", ".stack i", ".leg i", ".key i",
)  # fmt: skip


def test_bars_stay_visible_in_high_contrast(browser: Browser, country: Path) -> None:
    ask = """return Object.fromEntries(arguments[0].map(s => [s, [...document.querySelectorAll(s)].map(e => {
      const c = getComputedStyle(e); return c.backgroundColor + c.backgroundImage + c.borderTopColor })]))"""
    for name in ("index.html", "province/51.html"):
        colours = []
        for forced in ("none", "active"):
            browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": forced}])
            look(browser, country / name)
            colours.append(browser.js(ask, _COLOURED))
        browser.cdp("Emulation.setEmulatedMedia", features=[])
        assert colours[0] == colours[1]
        assert colours[0][".thermo i"]
