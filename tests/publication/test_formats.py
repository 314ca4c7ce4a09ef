from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import polars as pl
import pytest

from tests.publication.conftest import Releases
from tests.publication.publication_tables import cells, facts, tables
from tests.publication.scenarios import SCENARIOS
from warehouse.publication import PublicationError, reports
from warehouse.publication.cards import LANDSCAPE, PORTRAIT, card_svg
from warehouse.publication.content import content
from warehouse.publication.figures import country
from warehouse.publication.language import language
from warehouse.publication.names import full_name
from warehouse.publication.views import View
from warehouse.publication.workbooks import workbook

SVG = "{http://www.w3.org/2000/svg}"
LANG = language("id")


def view(scenario: str, code: str = "51", **changes: object) -> View:
    made = SCENARIOS[scenario]()
    land = country(made)
    places = {t.whole.code: t for t in (land.nation, *land.provinces)}
    return View(content(made, land, places[code]), facts(**changes), LANG)


def opened(content: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        # openpyxl does not know the solid bars of Excel 2010 and says so; it reads the cells all the same.
        warnings.filterwarnings("ignore", r".*extension is not supported", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(content))


def sheet(book: openpyxl.Workbook, name: str) -> list[dict[str, object]]:
    """Return the one table of a sheet as rows by heading."""
    page = book[name]
    (table,) = page.tables.values()
    cells = [[cell.value for cell in row] for row in page[table.ref]]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]


@pytest.fixture(scope="module")
def bali() -> openpyxl.Workbook:
    return opened(workbook(view("bali"), {"5103": "51.03"}))


def test_sheets_of_a_workbook(bali: openpyxl.Workbook) -> None:
    assert bali.sheetnames == [
        "Sampul", "Catatan", "Tabel 1", "Tabel 2", "Tabel 3", "Angka terbitan", "Kamus data", "Mutu data",
    ]  # fmt: skip
    assert (
        bali.properties.title
        == "Cakupan jaminan sosial ketenagakerjaan, Provinsi Bali. Keadaan 31 Maret 2025"
    )


COLUMNS = {
    "Cakupan (persen)": "coverage_pct", "Target (persen)": "target_pct", "Jarak ke target (poin)": "gap_points",
    "Peserta yang masih dibutuhkan": "members_needed", "Peserta aktif (orang)": "active_members",
    "Penduduk bekerja (orang)": "working_population", "Perubahan 12 bulan (poin)": "change_12m_points",
}  # fmt: skip


def value(cell: object) -> Decimal | int | None:
    """Return a cell as published: two decimals, a whole number, or nothing."""
    if cell == "[x]":
        return None
    return cell if isinstance(cell, int) else Decimal(str(cell))


def same(cell: object, published: Decimal | int | None) -> bool:
    found = value(cell)
    return found == published and (published is None) == (found is None)


@pytest.mark.parametrize("scenario", ["bali", "above_100", "no_target", "members_only", "total_only"])
def test_every_number_of_every_month_is_the_published_one(scenario: str) -> None:
    book = opened(workbook(view(scenario), {}))
    made = SCENARIOS[scenario]()
    for name, source, key in (
        ("Tabel 2", "coverage_by_province", None),
        ("Tabel 3", "coverage_by_regency", "regency"),
    ):
        rows = sheet(book, name)
        frame = made[source].sort(*([f"{key}_code"] if key else []), "period")
        assert len(rows) == frame.height
        for row, published in zip(rows, frame.iter_rows(named=True), strict=True):
            assert row["Bulan"] == datetime(published["period"].year, published["period"].month, 1)
            if key:
                assert row["Kode BPS"] == published["regency_code"]
                assert row["Kabupaten/kota"] == full_name(
                    published["regency_name"], published["regency_kind"]
                )
            for heading, column in COLUMNS.items():
                assert same(row[heading], published[column]), (heading, row, published)


def test_sums_survive(bali: openpyxl.Workbook) -> None:
    regencies = SCENARIOS["bali"]()["coverage_by_regency"]
    members = [row["Peserta aktif (orang)"] for row in sheet(bali, "Tabel 3")]
    assert sum(m for m in members if isinstance(m, int)) == regencies["active_members"].sum()


def test_a_missing_number_is_marked_and_explained(bali: openpyxl.Workbook) -> None:
    gap = next(row for row in sheet(bali, "Tabel 3") if row["Cakupan (persen)"] == "[x]")
    assert (gap["Kode BPS"], gap["Status"]) == ("5102", "Belum ada data peserta")
    assert any("[x]" in str(row[0].value) for row in bali["Catatan"].iter_rows())
    for page in bali.worksheets:
        for table in page.tables.values():
            assert all(cell.value is not None for row in page[table.ref] for cell in row)


def test_sheets_are_ready_for_print_and_for_people(bali: openpyxl.Workbook) -> None:
    for page in bali.worksheets:
        assert page.page_setup.paperSize == 9
        assert page.page_setup.fitToWidth in (None, 1)  # 1 is the default of the format
        assert not page.merged_cells.ranges
        assert page["A1"].value
    table = bali["Tabel 1"]
    assert table.freeze_panes == "B6"
    assert "SINTETIS" in table["A3"].value
    assert table["D6"].number_format == "0.00"
    # openpyxl does not read the alternative text of a chart: look into the file.
    archive = zipfile.ZipFile(io.BytesIO(workbook(view("bali"), {})))
    drawing = archive.read("xl/drawings/drawing1.xml").decode()
    assert "Tertinggi Badung 57,91; terendah Bangli 36,14" in drawing


def test_the_dictionary_names_every_heading(bali: openpyxl.Workbook) -> None:
    known = {row["Judul kolom"] for row in sheet(bali, "Kamus data")}
    for name in ("Tabel 1", "Tabel 2", "Tabel 3"):
        assert set(sheet(bali, name)[0]) <= known
    assert all(row["Arti"] != "[x]" for row in sheet(bali, "Kamus data"))


def test_reasons_add_up_to_rows_set_aside(bali: openpyxl.Workbook) -> None:
    rows = [row for row in sheet(bali, "Mutu data") if row["Alasan"] != "–"]
    assert sum(row["Baris dengan alasan ini"] for row in rows) == rows[0]["Baris disisihkan"]


def test_names_never_become_formulas() -> None:
    made = workbook(view("hostile"), {})
    book = opened(made)
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert any(cell.value == 'Kabupaten =cmd|"/c calc"!A1' for cell in cells)
    assert any(str(cell.value).startswith("<img src=x onerror") for cell in cells)
    xml = "".join(
        zipfile.ZipFile(io.BytesIO(made)).read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(1, 9)
    )
    assert "<f>" not in xml


def test_the_national_workbook_has_provinces_and_regencies() -> None:
    book = opened(workbook(view("bali", "00"), {}))
    assert [len(sheet(book, f"Tabel {n}")) for n in (1, 2, 3, 4)] == [1, 9, 72, 324]


def texts(svg: bytes | str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return ["".join(node.itertext()).strip() for node in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("scenario", ["nothing", "empty_tables"])
def test_a_province_without_any_figure_has_a_page_and_no_workbook_report_card_or_chart(
    scenario: str, releases: Releases
) -> None:
    folder = releases(scenario)
    assert (folder / "province" / "51.html").exists()
    for made in ("cakupan_51.xlsx", "laporan_51.pdf", "kartu_51.png", "grafik_51_peta.svg"):
        assert not (folder / made).exists()


@pytest.mark.parametrize("chart", ["peringkat", "peta", "tren"])
@pytest.mark.parametrize("scenario", ["bali", "one_regency", "above_100", "hostile"])
def test_a_chart_carries_what_it_must_not_travel_without(
    scenario: str, chart: str, releases: Releases
) -> None:
    svg = (releases(scenario) / f"grafik_51_{chart}.svg").read_bytes()
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.find(f"{SVG}title").text.endswith("Provinsi Bali")  # type: ignore[union-attr]
    words = " ".join(texts(svg))
    assert "SINTETIS" in words
    assert "Sumber: data BPJS Ketenagakerjaan dan BPS." in words
    assert "Rilis 2025-03-31-5f1c0a" in words
    assert "Provinsi Bali" in words
    assert not re.search(r"href|<script|<image|foreignObject|url\((?!#)", svg.decode().replace("&lt;", ""))


@pytest.mark.parametrize(("scenario", "told"), [("bali", False), ("broken_series", True)])
def test_a_break_is_drawn_and_explained_in_the_chart_of_the_trend(
    scenario: str, told: bool, releases: Releases
) -> None:
    svg = (releases(scenario) / "grafik_51_tren.svg").read_bytes()
    words = "Garis tegak putus-putus: penyebut atau definisi berganti."
    assert (words in texts(svg)) == told
    assert "Titik-titik: bulan tanpa angka." in texts(svg)
    assert svg.count(b'stroke-dasharray="4 4"') == (3 if told else 0)


def newest() -> pl.DataFrame:
    table = SCENARIOS["bali"]()["coverage_by_regency"]
    return table.filter(pl.col("period") == table["period"].max())


def test_charts_print_the_published_numbers(releases: Releases) -> None:
    published = {LANG.decimal(pct) for pct in newest()["coverage_pct"]}
    gaps = {LANG.decimal(gap) for gap in newest()["gap_points"]}
    ranking = texts((releases("bali") / "grafik_51_peringkat.svg").read_bytes())
    assert published | gaps <= set(ranking)
    assert published <= set(texts((releases("bali") / "grafik_51_peta.svg").read_bytes()))
    assert "48,33" in texts((releases("bali") / "grafik_51_tren.svg").read_bytes())


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
def test_a_card_prints_the_published_numbers(size: tuple[int, int]) -> None:
    svg = card_svg(view("bali"), size)
    words = texts(svg)
    assert "48,33%" in words
    assert "Target 2025: 67,28" in words
    assert "DATA SINTETIS, bukan angka resmi" in words
    assert any("Keadaan 31 Maret 2025" in text for text in words)
    assert any("Sumber:" in text for text in words)
    if size == PORTRAIT:
        assert {LANG.decimal(pct) for pct in newest()["coverage_pct"]} <= set(words)
        assert "Bangli*" in words
        assert "* Bangli: angka sementara." in words


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_nothing_on_a_card_leaves_the_card(scenario: str) -> None:
    for size in (PORTRAIT, LANDSCAPE):
        for node in ElementTree.fromstring(card_svg(view(scenario), size)).iter():
            for name, limit in (("y", size[1]), ("x", size[0])):
                number = node.attrib.get(name, "0")
                assert -30 <= float(number) <= limit, (scenario, node.attrib)


def test_a_card_of_many_regencies_shows_both_ends() -> None:
    made = tables(cells(["35"], 1))
    land = country(made)
    words = texts(card_svg(View(content(made, land, land.provinces[0]), facts(), LANG), PORTRAIT))
    assert "… 28 lainnya …" in words
    ranked = [LANG.decimal(pct) for pct in made["coverage_by_regency"]["coverage_pct"].sort(descending=True)]
    shown = [word for word in words if word in ranked]
    assert shown == ranked[:5] + ranked[-5:]


def test_a_card_above_100_does_not_speak_of_a_share_of_people() -> None:
    words = " ".join(texts(card_svg(view("whole_above_100"), PORTRAIT)))
    assert "lebih banyak daripada penduduk bekerja" in words
    assert "terlindungi Jamsostek" not in words


@pytest.mark.parametrize(("name", "size"), [("kartu_51.png", PORTRAIT), ("kartu_51_og.png", LANDSCAPE)])
def test_pictures_have_the_promised_size(name: str, size: tuple[int, int], releases: Releases) -> None:
    content = (releases("bali") / name).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == size
    assert len(content) < 300_000


def test_a_file_says_place_and_month_when_it_is_saved() -> None:
    assert view("bali").saved_as("xlsx") == "Cakupan-Jamsostek-Bali-2025-03.xlsx"
    assert view("nothing").saved_as("pdf") == "Cakupan-Jamsostek-Bali.pdf"


def pdf_text(path: Path) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def poppler() -> Callable[[Path], str]:
    assert shutil.which("pdftotext"), "install poppler-utils, or run with -m 'not browser'"
    return pdf_text


#: A province without any figure has a page only.
WITH_FIGURES = sorted(SCENARIOS.keys() - {"nothing", "empty_tables"})


@pytest.mark.browser
@pytest.mark.parametrize("scenario", WITH_FIGURES)
def test_the_report_prints_the_published_numbers(
    scenario: str, releases: Releases, poppler: Callable[[Path], str]
) -> None:
    path = releases(scenario) / "laporan_51.pdf"
    text = poppler(path)
    assert "SINTETIS" in text
    assert "Provinsi Bali" in text
    regencies = SCENARIOS[scenario]()["coverage_by_regency"]
    known = regencies.filter(pl.col("coverage_pct").is_not_null())
    for row in known.filter(pl.col("period") == pl.col("period").max()).iter_rows(named=True):
        assert text.count(LANG.decimal(row["coverage_pct"])) >= 2
        assert LANG.integer(row["active_members"]) in text
    info = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Title:\s+Cakupan jaminan sosial ketenagakerjaan, Provinsi Bali\.", info)
    assert re.search(r"Tagged:\s+yes", info)
    assert re.search(r"Page size:.*A4", info)
    assert int(re.search(r"Pages:\s+(\d+)", info)[1]) <= 3  # type: ignore[index]


def test_a_report_that_could_not_be_heard_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    template = reports.template_text("report.typ")
    assert template.count(", alt: alt") == 1
    monkeypatch.setattr(reports, "_template", lambda: template.replace(", alt: alt", "").encode())
    with pytest.raises(PublicationError, match="alt"):
        reports.report(view("bali"))


def test_a_report_says_title_and_language(releases: Releases) -> None:
    content = (releases("bali") / "laporan_51.pdf").read_bytes()
    assert b"/Lang (id-ID)" in content or b"/Lang(id-ID)" in content


@pytest.mark.browser
def test_the_usual_report_has_two_pages(releases: Releases) -> None:
    info = subprocess.run(
        ["pdfinfo", releases("bali") / "laporan_51.pdf"], check=True, capture_output=True, text=True
    ).stdout
    assert int(re.search(r"Pages:\s+(\d+)", info)[1]) == 2  # type: ignore[index]
