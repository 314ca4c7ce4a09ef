"""A whole night with pages: every format of a release prints its tables, and one that cannot be made stays away."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from flows.night import Report
from schemas.errors import PublicationError, RegisterError
from tests.publication.reading import read
from tests.publication.test_formats import opened, sheet, texts
from tests.small_nights import comparable, deliver, run_at, small_registers, stamp
from warehouse.publication import html, language, measure, outlines
from warehouse.publication.language import language as texts_of
from warehouse.release.shelf import damaged_files

pytestmark = pytest.mark.slow

AUGUST = ("rekap_91_20230831.csv", "penduduk_bekerja_91_202308.xlsx")
BALI = ("rekap_51_20250331.csv", "penduduk_bekerja_51_202503.csv")
Row = dict[str, str]
Damage = Callable[[Path, pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Shelf:
    """A data root with a release that people open."""

    root: Path
    registers: Path
    report: Report

    @property
    def latest(self) -> Path:
        return (self.root / "published" / "latest").resolve()

    def table(self, name: str) -> list[Row]:
        with (self.latest / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def newest(self) -> list[Row]:
        """Regencies of Papua Barat in August 2023, the newest month in which any has a figure."""
        return [
            row for row in self.table("coverage_by_regency")
            if row["province_code"] == "91" and row["period"] == "2023-08-01"
        ]  # fmt: skip


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Papua Barat and Bali as published, with pages; names of two regencies are hard to print."""
    registers = small_registers(tmp_path_factory.mktemp("small") / "registers")
    path = registers / "regions.csv"
    text = path.read_text(encoding="utf-8")
    for old, new in NAMES.items():
        assert text.count(f",{old},") == 1
        text = text.replace(f",{old},", f",{new},")
    path.write_text(text, encoding="utf-8")
    root = tmp_path_factory.mktemp("pages") / "root"
    deliver(root / "landing", *AUGUST, *BALI)
    return Shelf(root, registers, run_at(root, registers=registers, publication="everything"))


#: Short names of the register, and what stands there in this night.
NAMES = {"Kaimana": '"<b>Kai</b> & ""mana"""', "Fak Fak": "{{ 7*7 }} #strong[x]"}
SHOWN = {"9102": '<b>Kai</b> & "mana"', "9101": "{{ 7*7 }} #strong[x]"}


def test_the_release_was_published(shelf: Shelf) -> None:
    assert shelf.report.outcome == "published"
    assert damaged_files(shelf.latest) == []
    assert [row["coverage_pct"] for row in shelf.newest()] == [
        "76.69", "126.15", "94.52", "55.93", "86.08", "55.37", "33.68",
    ]  # fmt: skip


def _printed(row: Row, code: str) -> tuple[str, ...]:
    """Return the cells of a page's row from the CSV alone, without the program's own number writer."""
    return (row["regency_code"], _number(row["coverage_pct"], code), _number(row["active_members"], code),
            _number(row["working_population"], code))  # fmt: skip


def _number(text: str, code: str) -> str:
    if not text:
        return "–"
    written = f"{Decimal(text):,}"
    return written if code == "en" else written.translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize("code", ["id", "en"])
def test_a_page_prints_the_published_table(shelf: Shelf, code: str) -> None:
    page = read(shelf.latest / "province" / ("91.html" if code == "id" else "91.en.html"))
    table = page.table("t")
    heads = table.rows[0]
    wanted = ["Kode BPS", "Cakupan (%)", "Peserta aktif", "Penduduk bekerja"]
    if code == "en":
        wanted = [texts_of("en").t(f"table.{key}") for key in ("code", "coverage", "members", "base")]
    places = [heads.index(title) for title in wanted]
    found = [tuple(row[at] for at in places) for row in table.rows[1:]]
    regencies = [row for row in found if len(row[0]) == 4]
    assert Counter(regencies) == Counter(_printed(row, code) for row in shelf.newest())
    [province] = [
        row for row in shelf.table("coverage_by_province")
        if (row["province_code"], row["period"]) == ("91", "2023-08-01")
    ]  # fmt: skip
    assert found[-1] == _printed({**province, "regency_code": "91"}, code)


def test_the_national_page_prints_every_regency_with_a_figure(shelf: Shelf) -> None:
    rows = read(shelf.latest / "index.html").table("t").rows
    at = {
        title: rows[0].index(title)
        for title in ("Kode BPS", "Cakupan (%)", "Peserta aktif", "Penduduk bekerja")
    }
    found = Counter(tuple(row[place] for place in at.values()) for row in rows[1:])
    assert found == Counter(_printed(row, "id") for row in shelf.newest())


def test_a_workbook_holds_every_month_as_published(shelf: Shelf) -> None:
    book = opened((shelf.latest / "cakupan_91.xlsx").read_bytes())
    rows = [row for row in shelf.table("coverage_by_regency") if row["province_code"] == "91"]
    rows.sort(key=lambda row: (row["regency_code"], row["period"]))
    cells = sheet(book, "Tabel 3")
    assert len(cells) == len(rows) > 100
    columns = {
        "Cakupan (persen)": "coverage_pct", "Target (persen)": "target_pct", "Jarak ke target (poin)": "gap_points",
        "Peserta yang masih dibutuhkan": "members_needed", "Peserta aktif (orang)": "active_members",
        "Penduduk bekerja (orang)": "working_population", "Perubahan 12 bulan (poin)": "change_12m_points",
        "Peringkat di provinsi": "rank_in_province",
    }  # fmt: skip
    for cell, row in zip(cells, rows, strict=True):
        assert (cell["Kode BPS"], f"{cell['Bulan']:%Y-%m-%d}") == (row["regency_code"], row["period"])
        for title, column in columns.items():
            told = cell[title]
            assert (told == "[x]") == (row[column] == "")
            assert told == "[x]" or Decimal(str(told)) == Decimal(row[column]), (title, row)


def test_charts_print_the_published_percentages(shelf: Shelf) -> None:
    published = {_number(row["coverage_pct"], "id") for row in shelf.newest()}
    for chart in ("peringkat", "peta"):
        assert published <= set(texts((shelf.latest / f"grafik_91_{chart}.svg").read_bytes())), chart


@pytest.mark.browser
def test_a_report_prints_the_published_table(shelf: Shelf) -> None:
    text = subprocess.run(
        ["pdftotext", "-layout", shelf.latest / "laporan_91.pdf", "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = [" ".join(line.split()) for line in text.splitlines()]
    for row in shelf.newest():
        code, *numbers = _printed(row, "id")
        [line] = [line for line in lines if line.endswith(f" {code}")]
        assert set(numbers) <= set(line.split()), row


def test_names_of_the_register_stay_names(shelf: Shelf) -> None:
    for name in ("index.html", "en.html", "province/91.html", "province/91.en.html"):
        page = read(shelf.latest / name)
        assert "<b>Kai" not in page.html
        assert SHOWN["9102"] in page.text
        assert SHOWN["9101"] in page.text
    book = opened((shelf.latest / "cakupan_91.xlsx").read_bytes())
    assert {row["Kabupaten/kota"] for row in sheet(book, "Tabel 1")} >= {
        f"Kabupaten {name}" for name in SHOWN.values()
    }
    with zipfile.ZipFile(shelf.latest / "cakupan_91.xlsx") as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not any(b"<f>" in content or b"<f " in content for content in sheets)
    chart = " ".join(texts((shelf.latest / "grafik_91_peringkat.svg").read_bytes()))
    assert SHOWN["9102"] in chart
    assert SHOWN["9101"] in chart


def _without_outline(folder: Path, patched: pytest.MonkeyPatch) -> None:
    shutil.copytree(outlines.BOUNDARIES, folder)
    path = folder / "province_91.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(_dropped(content, "9102")), encoding="utf-8")
    patched.setattr(outlines, "BOUNDARIES", folder)


def _dropped(content: object, code: str) -> object:
    """Return boundaries without one region, whatever their form."""
    if isinstance(content, list):
        return [
            _dropped(one, code) for one in content if not (isinstance(one, dict) and code in one.values())
        ]
    if isinstance(content, dict):
        return {key: _dropped(value, code) for key, value in content.items() if key != code}
    return content


def _without_map(folder: Path, patched: pytest.MonkeyPatch) -> None:
    shutil.copytree(outlines.BOUNDARIES, folder)
    (folder / "province_91.json").unlink()
    patched.setattr(outlines, "BOUNDARIES", folder)


def _broken_font(folder: Path, patched: pytest.MonkeyPatch) -> None:
    shutil.copytree(measure.FONTS, folder)
    (folder / "Inter-Bold.ttf").write_bytes(b"not a font")
    patched.setattr(measure, "FONTS", folder)


def _without_text(_: Path, patched: pytest.MonkeyPatch) -> None:
    kept = {key: text for key, text in language.language("en").texts.items() if key != "map.heading"}
    patched.setattr(language.language("en"), "texts", kept)


def _forget() -> None:
    for cache in (
        outlines.outline_map,
        measure.page_font,
        measure.static_fonts,
        measure._widths,
        html._environment,
    ):
        cache.cache_clear()


def _redelivered(shelf: Shelf, root: Path) -> Path:
    """Copy the data root, and let Kaimana's 25.721 members be delivered anew as 26.000."""
    shutil.copytree(shelf.root, root, symlinks=True)
    path = root / "landing" / AUGUST[0]
    path.write_bytes(path.read_bytes().replace(b"25.721", b"26.000"))
    stamp(path, day=5)
    return root


def _refused(root: Path, shelf: Shelf, damage: Damage, folder: Path) -> PublicationError:
    with pytest.MonkeyPatch.context() as patched:
        damage(folder, patched)
        _forget()
        with pytest.raises(PublicationError) as refused:
            run_at(root, day=6, registers=shelf.registers, publication="everything")
    _forget()
    return refused.value


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_without_outline, "no outline for region 9102"),
        (_without_map, "boundaries of province_91 cannot be read"),
        (_broken_font, "the font cannot be read"),
        (_without_text, "there is no text “map.heading”"),
    ],
)
def test_a_release_that_cannot_be_rendered_leaves_the_last_one_public(
    damage: Damage, told: str, shelf: Shelf, tmp_path: Path
) -> None:
    root = _redelivered(shelf, tmp_path / "root")
    before = comparable(root / "published")
    refused = _refused(root, shelf, damage, tmp_path / "damaged")
    assert told in refused.what
    assert refused.where
    assert refused.hint
    assert refused.exit_code == 19
    after = comparable(root / "published")
    assert {name: kept for name, kept in after.items() if not name.startswith(".")} == before


def test_a_release_is_published_once_it_can_be_rendered(shelf: Shelf, tmp_path: Path) -> None:
    """26,000 / 20,390 = 127.51 instead of 126.15."""
    root = _redelivered(shelf, tmp_path / "root")
    _refused(root, shelf, _broken_font, tmp_path / "damaged")
    mended = run_at(root, day=6, registers=shelf.registers, publication="everything")
    assert mended.outcome == "published"
    assert "127,51" in read(root / "published" / "latest" / "province" / "91.html").text


def test_a_regency_without_name_stops_the_night_before_anything_is_read(shelf: Shelf, tmp_path: Path) -> None:
    root, registers = tmp_path / "root", tmp_path / "registers"
    shutil.copytree(shelf.root, root, symlinks=True)
    shutil.copytree(shelf.registers, registers)
    text = (registers / "regions.csv").read_text(encoding="utf-8")
    (registers / "regions.csv").write_text(text.replace(",Manokwari,", ",,", 1), encoding="utf-8")
    before = comparable(root / "published")
    with pytest.raises(RegisterError, match="name_short"):
        run_at(root, day=6, registers=registers, publication="everything")
    assert comparable(root / "published") == before
