from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.operators.ledgers import TODAY, eventful, ledger, run, situation
from tests.publication.chromium import Browser, is_installed
from tests.publication.test_browser import WIDTHS, all_clear, axe, look
from warehouse.operators.facts import Ledger, Refused
from warehouse.operators.writing import write_pages

__all__ = ["axe"]  # the fixture: axe-core as a script

pytestmark = pytest.mark.browser

PAGES = ("index.html", "en.html")
_LONG = "peserta_51a_" + "20261031" * 12 + ".csv.gz"
SCENARIOS: dict[str, Ledger] = {
    "eventful": eventful(),
    "nothing": ledger(),
    "long_words": ledger(
        run(TODAY, "failed", message=f"/srv/{_LONG}: the disk is full\nhint: Free space."),
        refused=(Refused(_LONG, "x" * 300, "y" * 300),),
    ),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert is_installed(), "apt-get install chromium chromium-driver, or run with -m 'not browser'"
    with Browser() as found:
        yield found


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("operators")
    for name, told in SCENARIOS.items():
        write_pages(root / name, situation(), told)
    return root


@pytest.mark.parametrize(
    ("name", "page", "width"),
    [("eventful", page, width) for page in PAGES for width in WIDTHS]
    + [(name, page, 320) for name in ("nothing", "long_words") for page in PAGES],
)
def test_axe_finds_nothing(name: str, page: str, width: int, browser: Browser, axe: str, drawn: Path) -> None:
    all_clear(browser, axe, drawn / name / page, width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_page_scrolls_sideways(name: str, width: int, browser: Browser, drawn: Path) -> None:
    for page in PAGES:
        look(browser, drawn / name / page, width)
        browser.js("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert browser.js("return document.documentElement.scrollWidth") <= width, page


def test_text_on_a_phone_is_large_enough_and_every_night_is_seen(browser: Browser, drawn: Path) -> None:
    look(browser, drawn / "eventful" / "index.html", 320)
    small = browser.js("""return [...document.querySelectorAll('main *')].filter(e =>
      [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length
      && !e.closest('.vh') && parseFloat(getComputedStyle(e).fontSize) < 14).map(e => e.outerHTML.slice(0, 120))""")
    assert small == []
    boxes = browser.js("""return [...document.querySelectorAll('.nt .ic')].map(e => {
      const b = e.getBoundingClientRect(); return [b.left, b.right, b.width]})""")
    assert len(boxes) == 30
    assert min(left for left, _, _ in boxes) >= 0
    assert max(right for _, right, _ in boxes) <= 320
    assert {round(width) for _, _, width in boxes} == {20}


def test_nothing_is_fetched(browser: Browser, drawn: Path) -> None:
    look(browser, drawn / "eventful" / "en.html")
    assert browser.js("return performance.getEntriesByType('resource').filter(r => !r.name.startsWith('data:'))"
                      ".map(r => r.name)") == []  # fmt: skip


def _is_shown(browser: Browser) -> Any:
    return browser.js("return getComputedStyle(document.getElementById('stale')).display !== 'none'")


def test_a_page_that_was_not_replaced_in_time_says_so(browser: Browser, tmp_path: Path) -> None:
    text = None
    for name, age in (("fresh", -60), ("old", 60)):
        write_pages(tmp_path / name, situation(), eventful())
        path = tmp_path / name / "en.html"
        html = path.read_text(encoding="utf-8")
        due = int(time.time()) - age
        path.write_text(html.replace('data-after="1797105600"', f'data-after="{due}"'), encoding="utf-8")
        look(browser, path)
        shown = _is_shown(browser)
        assert shown is (name == "old"), name
        text = browser.js("return document.getElementById('stale').textContent")
    assert text == (
        "This page is out of date: the night that should have begun 13 Dec 2026, 02:00 WITA has not been "
        "recorded. Run cakupan status and cakupan doctor."
    )


def test_everything_is_told_without_javascript(drawn: Path) -> None:
    with Browser(javascript=False) as plain:
        plain.size(1280)
        plain.open(drawn / "eventful" / "en.html")
        told = plain.cdp("DOM.getDocument", depth=-1)
        assert "22 of 27 nights were good" in str(told)
        assert "2 of 3 awaited offices are late" in str(told)
