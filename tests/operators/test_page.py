from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from schemas.sources import SOURCES
from tests.operators.ledgers import TODAY, delivered, eventful, ledger, office, run, situation
from warehouse.checks import declared_checks
from warehouse.operators.facts import NIGHTS, Finding, Ledger, Refused, SetAside, Situation
from warehouse.operators.page import SHOWN, Page
from warehouse.operators.writing import page_language, render, write_pages
from warehouse.publication.language import CODES, placeholders
from warehouse.publication.quality import reason_words

ID, EN = (page_language(code) for code in CODES)
PACKAGE = Path(__file__).parents[2] / "warehouse" / "operators"


def html(told: Ledger, now: Situation | None = None, code: str = "en") -> str:
    return render(Page(page_language(code), now or situation(), told))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ignored = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.ignored = tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self.ignored = False

    def handle_data(self, data: str) -> None:
        self.words += [] if self.ignored else data.split()


def words(page: str) -> str:
    parser = _Words()
    parser.feed(page)
    return " ".join(parser.words)


SCENARIOS: dict[str, Ledger] = {
    "nothing": ledger(),
    "one_run": ledger(run(TODAY, "published")),
    "eventful": eventful(),
    "killed": ledger(
        run(TODAY, "failed", finished_at=None, message="the run ended without closing its entry")
    ),
}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_page_asks_nothing_of_the_network_and_says_nothing_undefined(name: str, code: str) -> None:
    page = html(SCENARIOS[name], code=code)
    assert f'<html lang="{code}">' in page
    assert "http://" not in page
    assert "https://" not in page
    for broken in ("None", "nan", "built-in", "{{", "Undefined"):
        assert broken not in words(page), broken
    assert len(page) < 150_000
    assert all('scope="' in head for head in re.findall(r"<th\b[^>]*>", page))


@pytest.mark.parametrize(
    ("outcome", "headline"),
    [
        ("published", "The last night published"),
        ("nothing_new", "The last night ended well, with nothing new"),
        ("failed", "The last night failed"),
        ("running", "The last night has not ended"),
    ],
)
def test_the_headline_says_how_the_last_run_ended(outcome: str, headline: str) -> None:
    page = html(ledger(run(TODAY - timedelta(days=1), "published"), run(TODAY, outcome)))
    assert f"<h1>{headline}</h1>" in page


def test_the_headline_counts_refused_files_and_failed_checks() -> None:
    one, two = (Refused(name, "what", "hint") for name in ("a.csv", "b.csv"))
    partly = ledger(run(TODAY, "partly_failed"), refused=(one, two))
    assert "<h1>The release is up to date, but 2 files cannot be used</h1>" in html(partly)
    # What the run itself met comes before what the ledger knows: a file may be unreadable and unknown.
    assert "but one file cannot be used</h1>" in html(partly, situation(refused=(one,)))
    found = (Finding("region_reported_twice", "error", 1), Finding("members_jump", "warning", 4))
    stopped = ledger(run(TODAY, "checks_failed"), findings=found)
    assert "<h1>Tidak terbit: satu pemeriksaan gagal</h1>" in html(stopped, code="id")


def test_without_a_run_the_page_says_what_to_do() -> None:
    told = words(html(ledger()))
    assert "No night has run yet" in told
    assert "Put files into the landing folder, then run cakupan run. There is no release yet." in told
    assert "0 of 0 nights" in told
    assert "No office is awaited" in told
    assert "No file is used yet" in told


def test_a_failure_is_told_with_its_hint() -> None:
    message = "/srv/cakupan: the disk is full\nhint: Free space, then run again."
    told = words(html(ledger(run(TODAY, "failed", message=message))))
    assert "The program says: /srv/cakupan: the disk is full What to do: Free space, then run again." in told
    assert "Began 12 Dec 2026, 02:00 WITA, stopped after 30 s. There is no release yet." in told
    assert "One thing needs a person" in told
    without = words(html(ledger(run(TODAY, "failed", message="ZeroDivisionError"))))
    assert "What to do: Mend the cause, then run cakupan run." in without


def test_a_failure_of_before_is_no_task_any_more() -> None:
    told = words(html(ledger(run(TODAY - timedelta(days=1), "failed", message="gone"), run(TODAY))))
    assert "Nothing needs a person" in told
    assert "Last 30 days: 1 of 2 nights were good, one failed" in told


def test_the_eventful_month_in_both_languages() -> None:
    english, indonesian = (words(html(eventful(), code=code)) for code in ("en", "id"))
    assert "Last 30 days: 22 of 27 nights were good, 3 failed, 2 did not run" in english
    assert "30 hari terakhir: 22 dari 27 malam berhasil, 3 gagal, 2 tidak berjalan" in indonesian
    assert [f"{day} November 2026: did not run" in english for day in (23, 24, 25, 26)] == [
        False,
        True,
        True,
        False,
    ]
    assert "2 dari 3 kantor yang ditunggu sudah terlambat" in indonesian
    assert "46 dari 17.886 baris disisihkan (0,26 %)" in indonesian
    assert "46 of 17,886 rows set aside (0.26%)" in english
    assert "61.250 baris dibaca dari 4 berkas" in indonesian
    assert "Data termutakhir sampai 30 November 2026" in indonesian


def test_the_strip_says_each_night_in_words() -> None:
    page = html(eventful())
    cells = re.findall(r'<li class="(\w+)">.*?<span class="vh">(.*?)</span></li>', page)
    assert len(cells) == NIGHTS
    assert ("missing", "24 November 2026: did not run") in cells
    assert ("failed", "9 December 2026: failed, 12 s") in cells
    assert cells[-1] == ("partly_failed", "12 December 2026: some files rejected, 55 s")


def test_bars_are_as_high_as_nights_were_long() -> None:
    longest, half = run(TODAY - timedelta(days=1)), run(TODAY)
    longest = replace(longest, finished_at=longest.started_at + timedelta(seconds=60))
    heights = re.findall(r'<i style="height:([\d.]+)%">', html(ledger(longest, half)))
    assert heights == ["0"] * 28 + ["100.0", "50.0"]


def test_several_runs_of_a_day_are_counted() -> None:
    again = replace(run(TODAY), run_id="again", started_at=run(TODAY).started_at + timedelta(hours=1))
    assert "nothing new, 2.0 s" not in html(ledger(run(TODAY), again))
    assert "(2 runs)" in html(ledger(run(TODAY), again))


@pytest.mark.parametrize(
    ("seconds", "indonesian", "english"),
    [
        (0.04, "0,0 detik", "0.0 s"),
        (2.75, "2,8 detik", "2.8 s"),
        (9.99, "10,0 detik", "10.0 s"),
        (29.5, "30 detik", "30 s"),
        (60, "1 menit 0 detik", "1 min 0 s"),
        (185, "3 menit 5 detik", "3 min 5 s"),
        (3_720, "1 jam 2 menit", "1 h 2 min"),
        (None, "–", "–"),
    ],
)
def test_durations(seconds: float | None, indonesian: str, english: str) -> None:
    took = [Page(page_language(code), situation(), ledger()).took(seconds) for code in ("id", "en")]
    assert took == [indonesian, english]


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        ("00", "Indonesia"),
        ("51", "Bali"),
        ("51a", "Bali, kantor 51a"),
        ("k07", "Kantor k07"),
        ("99", "Kantor 99"),
    ],
)
def test_offices_are_called_by_their_province(scope: str, name: str) -> None:
    assert Page(ID, situation(), ledger()).office(scope) == name


def test_who_is_awaited_and_since_when() -> None:
    deliveries = (
        *delivered("peserta", "91b", "2026-08", "2026-09", after=9),
        *delivered("rekap", "51", "2026-09", "2026-10", after=12),
        *delivered("rekap", "52", "2026-09", "2026-10", after=20),
        *delivered("rekap", "53", "2026-09", "2026-10", after=80),
    )
    told = words(html(ledger(deliveries=deliveries)))
    # Tonight is the 12th of December: the night after it runs on the 13th.
    assert "1 of 4 awaited offices are late" in told
    assert "Papua Barat, office 91b 33 days late October 2026 and the month after day 9" in told
    assert "Bali expected tonight November 2026 day 12 after the month" in told
    assert "Nusa Tenggara Barat expected 20 Dec 2026 November 2026" in told
    assert "Office 53 not delivered yet November 2026 not known yet" in told


def test_a_long_list_is_folded_and_loses_nothing() -> None:
    refused = tuple(Refused(f"file_{number:02}.csv", "what", "hint") for number in range(SHOWN + 8))
    page = html(ledger(run(TODAY, "partly_failed"), refused=refused))
    assert "and 8 more; cakupan status names them all" in page
    assert [f"file_{number:02}.csv" in page for number in range(SHOWN + 8)] == [True] * (SHOWN + 8)


def test_sources_are_added_up_and_the_oldest_office_comes_first() -> None:
    offices = (
        office("rekap", "51", TODAY - timedelta(days=12), rows_accepted=1_500, rows_set_aside=4, files=2),
        office("rekap", "52", TODAY - timedelta(days=42), rows_accepted=500),
    )
    told = words(html(ledger(offices=offices)))
    assert "Member counts from offices 30 Nov 2026 12 days 2 3 2,000 4 (0.20%)" in told
    assert told.index("Nusa Tenggara Barat 31 Oct 2026 42 days") < told.index("Bali 30 Nov 2026 12 days")


def test_a_page_that_nothing_replaced_says_so_to_who_opens_it() -> None:
    page = html(ledger(run(TODAY)))
    # 13 December 2026, 02:00 in Makassar, and two hours.
    assert 'id="stale" data-after="1797105600" hidden>' in page
    unscheduled = html(ledger(run(TODAY)), situation(next_run_at=None))
    assert 'id="stale"' not in unscheduled
    assert "The schedule cannot be read" in unscheduled


def test_invented_data_are_marked() -> None:
    release = {"release_id": "2026-11-30-0a1b2c3d-SYNTHETIC", "data_as_of": TODAY}
    assert "DATA SINTETIS" in html(ledger(run(TODAY), release=release), code="id")
    assert "SINTETIS" not in html(eventful(), code="id")


HOSTILE = "<script>alert(1)</script>&\"'"


def test_names_from_outside_never_become_markup() -> None:
    told = ledger(
        run(TODAY, "failed", message=HOSTILE),
        refused=(Refused(HOSTILE, HOSTILE, HOSTILE),),
        set_aside=(SetAside(HOSTILE, HOSTILE, HOSTILE, 1, 1, HOSTILE),),
        offices=(office(HOSTILE, HOSTILE, TODAY),),
        deliveries=delivered(HOSTILE, HOSTILE, "2026-09", "2026-10"),
        findings=(Finding(HOSTILE, "warning", 1),),
    )
    page = html(told, code="id")
    assert page.count("<script>") == 1
    assert unescape(page).count("<script>alert(1)</script>") >= 8


def test_words_of_the_program_are_marked_as_english_on_the_indonesian_page() -> None:
    page = html(eventful(), code="id")
    assert '<span lang="en">the file name does not say what the file is</span>' in page
    assert '<span lang="en">' not in html(eventful(), code="en")


def test_both_languages_have_the_same_texts() -> None:
    def own(texts: dict[str, str]) -> set[str]:
        plural = {key for key in texts if key.endswith(".one")}
        return {key for key in texts if not key.startswith("op.check.")} - plural

    assert own(ID.texts) == own(EN.texts)
    for key in own(ID.texts):
        assert placeholders(ID.texts[key]) == placeholders(EN.texts[key]), key


def test_every_check_is_told_in_indonesian() -> None:
    told = {key.removeprefix("op.check.") for key in ID.texts if key.startswith("op.check.")}
    assert told == {check.check_id for check in declared_checks()}


@pytest.mark.parametrize("source", SOURCES)
def test_every_defect_of_a_source_is_told_in_words(source: str) -> None:
    declared = SOURCES[source]
    defects = {*declared.defects, *(check.name for check in declared.schema.checks)}
    for lang in (ID, EN):
        raw = [defect for defect in defects if reason_words(lang, defect) == defect]
        assert raw == [], lang.code


def test_no_text_is_left_over() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (*PACKAGE.glob("*.py"), *PACKAGE.glob("templates/*.html"))
    )
    asked = set(re.findall(r"op\.[a-z_.]+", code))
    for key in EN.texts:
        if key.startswith("op."):
            stem = re.sub(r"\.(one|other)$", "", key)
            assert stem in asked or f"{stem.rpartition('.')[0]}." in asked, key


def test_pages_are_replaced_whole_in_both_languages(tmp_path: Path) -> None:
    write_pages(tmp_path / "operators", situation(), ledger())
    write_pages(tmp_path / "operators", situation(), eventful())
    folder = tmp_path / "operators"
    assert sorted(path.name for path in folder.iterdir()) == ["en.html", "index.html"]
    assert "22 of 27 nights" in (folder / "en.html").read_text(encoding="utf-8")
    assert "22 dari 27 malam" in (folder / "index.html").read_text(encoding="utf-8")
    write_pages(tmp_path / "again", situation(), eventful())
    assert (tmp_path / "again" / "index.html").read_bytes() == (folder / "index.html").read_bytes()
