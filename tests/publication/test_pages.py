from __future__ import annotations

import gzip
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.publication.conftest import Releases, write_pages
from tests.publication.publication_tables import national
from tests.publication.reading import Reader, read
from tests.publication.scenarios import SCENARIOS, patchy
from warehouse.publication.figures import country as places
from warehouse.publication.language import language
from warehouse.publication.names import full_name, table_name
from warehouse.publication.snapshot import snapshot

PAGES = ("province/51.html", "province/51.en.html", "index.html", "en.html")
#: What a page may point to outside itself; everything else must stand in it or beside it.
_ALLOWED = (
    "https://wa.me/?text=",
    "https://creativecommons.org/licenses/",
    "https://bali.antaranews.com/",
    "https://example.org/a",
    "http://www.w3.org/2000/svg",
)
_LEFTOVERS = re.compile(r"built-in|\bNone\b|\bnan\b|\bnull\b|undefined|<function|Decimal\(")


@pytest.fixture(params=[f"{scenario}:{page}" for scenario in SCENARIOS for page in PAGES])
def page(request: pytest.FixtureRequest, pages: Releases) -> Reader:
    scenario, _, name = request.param.partition(":")
    return read(pages(scenario) / name)


def test_a_page_is_whole_and_asks_nobody_for_anything(page: Reader) -> None:
    code = "en" if page.tags[0][1]["lang"] == "en" else "id"
    assert page.html.startswith(f'<!doctype html>\n<html lang="{code}">')
    for tag, values in page.tags:
        assert tag not in ("iframe", "object", "embed", "img", "base")
        assert "src" not in values
        for value in (values.get("href", ""), values.get("content", "")):
            if "://" in value and not value.startswith("default-src"):
                assert value.startswith(_ALLOWED), value
    assert [v for v in page.having("link") if v.get("rel") == "stylesheet"] == []
    assert "@import" not in page.html
    assert len(page.html.encode()) <= 150_000


def test_nothing_of_the_program_shows(page: Reader) -> None:
    assert not _LEFTOVERS.search(page.text)
    for _, values in page.tags:
        for name, value in values.items():
            assert not _LEFTOVERS.search(value), (name, value)
    if "7*7" not in page.html:
        assert "{{" not in page.text
        assert "{%" not in page.text


def test_everything_seen_can_be_heard(page: Reader) -> None:
    for tag, values in page.tags:
        if tag == "svg" and "aria-hidden" not in values:
            assert values["role"] == "img"
            assert len(values["aria-label"]) > 10
        if tag == "th":
            assert values.get("scope") in ("col", "row")
        if values.get("role") == "region":
            assert values["tabindex"] == "0"
            assert values.get("aria-label") or values["aria-labelledby"]
    ids = Counter(values["id"] for _, values in page.tags if "id" in values)
    assert [name for name, count in ids.items() if count > 1] == []
    for _, values in page.tags:
        for name in values.get("aria-labelledby", "").split():
            assert name in ids


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scenario", ["bali", "empty_tables"])
def test_links_within_the_release_lead_somewhere(scenario: str, name: str, releases: Releases) -> None:
    folder = releases(scenario)
    page = read(folder / name)
    ids = {values["id"] for _, values in page.tags if "id" in values}
    for values in page.having("a"):
        target = values["href"]
        if target.startswith("#"):
            assert target[1:] in ids
        elif "://" not in target:
            assert ((folder / name).parent / target.partition("#")[0]).is_file(), target


def test_the_script_is_small_and_the_only_one(page: Reader) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", page.html, re.DOTALL)
    assert len(scripts) == 1
    assert len(scripts[0].encode()) < 4_096
    assert "on" not in {name[:2] for _, values in page.tags for name in values}


def test_synthetic_figures_say_so_on_every_page(page: Reader) -> None:
    lang = language("en" if page.tags[0][1]["lang"] == "en" else "id")
    assert page.text.count(lang.t("notice.synthetic")) >= 2


def _expected(table: pl.DataFrame, code: str) -> dict[str, list[str]]:
    """Return the cells of the newest month, formatted from the published columns alone."""
    lang = language(code)
    newest = table.filter(pl.col("period") == table.drop_nulls("coverage_pct")["period"].max())
    has_changes = newest["change_12m_points"].is_not_null().any()
    found = {}
    for row in newest.iter_rows(named=True):
        name = table_name(full_name(row["regency_name"], row["regency_kind"]))
        found[name] = [
            lang.decimal(row["coverage_pct"]), lang.decimal(row["target_pct"]), lang.decimal(row["gap_points"]),
            lang.integer(row["members_needed"]), lang.integer(row["active_members"]),
            lang.integer(row["working_population"]),
            *([lang.decimal(row["change_12m_points"], signed=True)] if has_changes else []),
            lang.integer(row["rank_in_province"]), row["regency_code"],
        ]  # fmt: skip
    return found


@pytest.mark.parametrize("code", ["id", "en"])
@pytest.mark.parametrize("scenario", ["bali", "above_100", "ties", "broken_series", "withheld"])
def test_every_number_of_the_table_is_the_published_one(scenario: str, code: str, pages: Releases) -> None:
    table = SCENARIOS[scenario]()["coverage_by_regency"]
    page = read(pages(scenario) / ("province/51.html" if code == "id" else "province/51.en.html"))
    body = page.table("t").rows[1:-1]
    assert {row[0]: row[1:] for row in body} == _expected(table, code)
    ranked = [row[1] for row in body if row[1] != "–"]
    assert [row[1] for row in body][: len(ranked)] == ranked


def test_the_row_of_the_whole_is_the_published_one(pages: Releases) -> None:
    row = SCENARIOS["bali"]()["coverage_by_province"].sort("period").tail(1).row(0, named=True)
    lang = language("id")
    total = read(pages("bali") / "province/51.html").table("t").rows[-1]
    assert total == [
        "Provinsi Bali", lang.decimal(row["coverage_pct"]), lang.decimal(row["target_pct"]),
        lang.decimal(row["gap_points"]), lang.integer(row["members_needed"]), lang.integer(row["active_members"]),
        lang.integer(row["working_population"]), lang.decimal(row["change_12m_points"], signed=True), "", "51",
    ]  # fmt: skip


def test_every_month_stands_in_the_folded_table(pages: Releases) -> None:
    tables = SCENARIOS["bali"]()
    months = read(pages("bali") / "province/51.html").tables[0]
    assert len(months.rows) == 37
    printed = {cell.split(" ")[0] for row in months.rows[1:] for cell in row[1:]} - {"–"}
    published = {
        language("id").decimal(value)
        for name in ("coverage_by_regency", "coverage_by_province")
        for value in tables[name]["coverage_pct"].drop_nulls()
    }
    assert printed == published


def test_marks_of_the_folded_table(pages: Releases) -> None:
    cells = [c for row in read(pages("broken_series") / "province/51.html").tables[0].rows for c in row]
    assert any(cell.endswith(" B") for cell in cells)
    assert any(cell.endswith(" P") for cell in cells)


@pytest.mark.parametrize(
    ("scenario", "says", "never"),
    [
        ("bali", ["48 dari setiap 100 pekerja", "866.685 dari 1.793.200", "angka sementara", "48,33 % sementara"], []),
        ("nothing", ["Belum ada angka cakupan untuk Bali", "Belum ada data peserta (9)"], [" 0 dari", "0,00"]),
        ("empty_tables", ["Belum ada angka cakupan untuk Bali", "Belum ada data peserta (9)"], ["0,00"]),
        ("one_regency", ["Baru Badung yang punya angka: 57,91 persen", "1 dari 9 kabupaten/kota"], ["0,00"]),
        ("total_only", ["49 dari setiap 100", "Belum ada angka menurut kabupaten/kota"], ["tertinggi,"]),
        ("members_only", ["belum tersedia", "Belum ada penyebut (9)"], ["tertinggi,"]),
        ("above_100", ["126,15", "di atas 100", "1 dari 8 mencapai target", "dari 8 yang punya data"], ["1 dari 9"]),
        ("whole_above_100", ["lebih banyak daripada penduduk bekerja"], ["dari setiap 100"]),
        ("ties", ["Badung dan Denpasar tertinggi, Bangli dan Karangasem terendah"], []),
        ("all_equal", ["9 kabupaten/kota sama: 50,00 persen"], ["tertinggi,"]),
        ("all_reached", ["semua mencapai target"], []),
        ("some_reached", ["2 dari 9 mencapai target", "≥ 55 mencapai target"], []),
        ("first_month", ["Tren belum terlihat"], ["Perubahan 12 bulan", "setahun lalu"]),
        ("broken_series", ["penyebut atau definisi berganti"], []),
        ("no_target", ["Target Bali untuk 2025 belum ditemukan"], ["mencapai target", "Jarak ke target"]),
        ("withheld", ["Maret 2025 belum lengkap: 8 dari 9", "terakhir"], []),
        ("never_complete", ["Angka Bali ditahan", "8 dari 9 kabupaten/kota punya angka"], []),
        ("all_provisional", ["Memuat angka sementara"], []),
    ],
)  # fmt: skip
def test_what_a_page_says_and_never_says(
    scenario: str, says: list[str], never: list[str], pages: Releases
) -> None:
    text = read(pages(scenario) / "province/51.html").text.replace("\u00a0", " ")
    for words in says:
        assert words in text
    for words in never:
        assert words not in text


def test_names_never_become_markup(pages: Releases) -> None:
    for name in PAGES:
        page = read(pages("hostile") / name)
        assert len(page.having("script")) == 1
        assert page.having("img") == []
        assert not any(key.startswith("on") for _, values in page.tags for key in values)
        assert "javascript:" not in page.html
    page = read(pages("hostile") / "province/51.html")
    assert '<script>alert("x")</script>' in page.text
    assert "{{ 7*7 }} {% raw %}" in page.text


def test_the_ranking_and_the_map_agree_with_the_table(pages: Releases) -> None:
    page = read(pages("bali") / "province/51.html")
    values = {row[1] for row in page.table("t").rows[1:-1]}
    for value in values:
        # ranking, map label, map title, small chart, folded table, table
        assert page.html.count(value) >= 6


def test_sections_stand_in_the_promised_order(pages: Releases) -> None:
    for name in PAGES:
        page = read(pages("bali") / name)
        first = ["rank", "map"] if "province" in name else ["map", "strip"]
        wanted = [*first, "trend", "table", "quality", "method", "dl"]
        assert [values["id"] for values in page.having("section")] == wanted
        links = [values["href"] for values in page.having("a") if values["href"].startswith("#")]
        assert links == ["#main", *(f"#{key}" for key in wanted)]
        assert (
            len(page.having("dt")) - page.html.count('class="kpis"') * 3 - 3 * len(page.having("dl")[1:-1])
            == 6
        )
        other = next(values for values in page.having("a") if values.get("class") == "lg")
        assert other["lang"] == other["hreflang"] == ("id" if page.tags[0][1]["lang"] == "en" else "en")


def test_what_minus_means_is_told_only_where_a_gap_is_negative(pages: Releases) -> None:
    for scenario, is_told in (("bali", False), ("some_reached", True), ("no_target", False)):
        text = read(pages(scenario) / "province/51.html").text
        assert ("Minus berarti terlampaui" in text) == is_told, scenario


def test_the_common_target_is_written_where_its_line_is_drawn(country: Path) -> None:
    html = (country / "index.html").read_text(encoding="utf-8")
    label = re.search(r'class="tl [a-z]*" style="left:([\d.]+)%">Target 67,28<', html)
    lines = re.findall(
        r'<b style="left:([\d.]+)%"></b>', html.partition('id="strip"')[2].partition("<section")[0]
    )
    assert label
    assert set(lines) == {label[1]}
    assert len(lines) == 38


def test_late_data_is_told_on_pages(tmp_path: Path) -> None:
    folder = write_pages(SCENARIOS["first_month"](), tmp_path, late=True)
    text = read(folder / "province/51.html").text
    assert "Terlambat: data baru belum masuk; angka di sini masih per 31 Maret 2025" in text


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables = national(14)
    folder = write_pages(tables, tmp_path_factory.mktemp("country"))
    tables["coverage_by_regency"].write_parquet(folder / "regencies.parquet")
    return folder


def test_the_national_page_has_every_regency_as_published(country: Path) -> None:
    page = read(country / "index.html")
    table = pl.read_parquet(country / "regencies.parquet")
    newest = table.filter(pl.col("period") == table["period"].max())
    lang = language("id")
    wanted = Counter(
        (row["regency_code"], lang.decimal(row["coverage_pct"]), lang.integer(row["active_members"]))
        for row in newest.iter_rows(named=True)
    )
    found = Counter((row[-1], row[2], row[6]) for row in page.table("t").rows[1:])
    assert found == wanted
    assert sum(found.values()) == 514
    assert len(page.table("tp").rows) == 1 + 38 + 1


def test_sizes_for_the_whole_country(country: Path) -> None:
    content = (country / "index.html").read_bytes()
    assert len(content) <= 1_000_000
    assert len(gzip.compress(content)) <= 300_000
    assert max(path.stat().st_size for path in (country / "province").iterdir()) <= 146_000


def test_patchy_figures_are_shown_with_their_days() -> None:
    land = places(patchy())
    shown = snapshot(land.nation)
    assert shown.figure is not None
    assert shown.figure.pct == Decimal("37.01")
    assert len(shown.known) == 5
    assert not shown.has_one_day
    assert not shown.has_one_definition
    bali = next(t for t in land.provinces if t.whole.code == "51")
    assert [s.place.name for s in snapshot(bali).known] == ["Gianyar"]
    assert {s.place.name: s.last.pct for s in snapshot(bali).missing if s.last} == {
        "Badung": Decimal("57.91"), "Bangli": Decimal("36.14"),
    }  # fmt: skip
