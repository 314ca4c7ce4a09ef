"""Sheets and Parquet files as text, with types that would be read wrong told apart."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from schemas.errors import FileRejected
from schemas.sources import PENDUDUK_BEKERJA, REKAP, Source
from tests.warehouse.extracts.readings import Outcome, read_file
from warehouse.extracts.account import LineAccount

Sheet = Callable[..., Outcome]
BASE = ["wilayah", "penduduk_bekerja"]


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """Write rows as the first sheet of an XLSX and read it; a pair is a formula with its value."""

    def write(*rows: list[Any], source: Source = PENDUDUK_BEKERJA, at: int = 0) -> Outcome:
        path = tmp_path / "extract.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            for line, row in enumerate(rows, at):
                for column, cell in enumerate(row):
                    if isinstance(cell, tuple):
                        page.write_formula(line, column, cell[0], None, cell[1])
                    elif isinstance(cell, str):
                        page.write_string(line, column, cell)
                    elif cell is not None:
                        page.write(line, column, cell)
        return read_file(path, source)

    return write


def workers(told: Outcome) -> dict[int, list[str]]:
    return {line: [row["region_code"], row["workers"]] for line, row in told.rows.items()}


def test_a_table_as_statistics_offices_lay_it_out(sheet: Sheet) -> None:
    told = sheet(
        ["Penduduk bekerja menurut kabupaten/kota, Agustus 2023"],
        [],
        ["No.", "Kode", "Kabupaten/Kota", "Penduduk", "Formal"],
        ["", "Wilayah", "", "Bekerja", ""],
        ["1", "91.02", "Kaimana", "30.123", "10.000"],
        ["2", "91.05", "Manokwari", 101456, 40001],
        ["", "", "Jumlah", "131.579", "50.001"],
        [],
        ["Sumber: BPS"],
        ["Catatan: angka sementara"],
    )
    assert workers(told) == {5: ["91.02", "30.123"], 6: ["91.05", "101456"]}
    assert told.rows[5]["formal_workers"] == "10.000"
    assert told.totals == ["131.579"]
    # Title, header of two rows, two rows, total row, two blank rows, two notes.
    assert told.account == LineAccount(lines=10, header=2, blank=2, total_row=1, note=3, rows=2)
    assert told.account.is_balanced
    assert told.received[5] == "1\t91.02\tKaimana\t30.123\t10.000"


@pytest.mark.parametrize("at", [0, 1, 4])
def test_lines_are_rows_of_the_sheet_even_below_blank_ones(at: int, sheet: Sheet) -> None:
    told = sheet(BASE, ["51.03", 1], [], ["51.04", 2], at=at)
    assert workers(told) == {2 + at: ["51.03", "1"], 4 + at: ["51.04", "2"]}
    assert told.account == LineAccount(lines=4 + at, header=1, blank=1 + at, rows=2)


def test_numbers_of_a_spreadsheet(sheet: Sheet) -> None:
    told = sheet(
        BASE, ["51.03", 935079], ["51.04", 935079.0], ["51.05", 0.1 + 0.2], ["51.06", True], ["51.07", -5]
    )
    assert [cells[1] for cells in workers(told).values()] == ["935079", "935079", "0.3", "true", "-5"]


def test_a_number_with_three_decimals_is_not_grouped_thousands(sheet: Sheet) -> None:
    told = sheet(
        [*BASE, "formal"], ["51.03", 1.873, "1.873"], ["51.04", "1.873", 1.873], ["51.05", 126.154, -2.125]
    )
    numbers = {line: (row["workers"], row["formal_workers"]) for line, row in told.rows.items()}
    assert numbers == {2: ("1,873", "1.873"), 3: ("1.873", "1,873"), 4: ("126,154", "-2,125")}


def test_a_code_kept_as_a_number_becomes_no_other_regency(sheet: Sheet) -> None:
    told = sheet(BASE, [51.03, 1], [51.10, 2], [5103, 3], [91.1, 4], ["51.10", 5], [51.0, 6])
    # 51.10 as a number is 51.1, which is no code; the gate sets it aside. The others keep their digits.
    assert [cells[0] for cells in workers(told).values()] == ["51.03", "51.1", "5103", "91.1", "51.10", "51"]


def test_a_formula_gives_its_value_and_a_failed_one_is_not_missing(sheet: Sheet) -> None:
    told = sheet(
        [*BASE, "formal"],
        ["51.03", ("=1+1", 2), ("=NA()", "#N/A")],
        ["51.04", ("=1/0", "#DIV/0!"), 7],
        ["51.05", 9, ("=REF()", "#REF!")],
    )
    numbers = {line: (row["workers"], row["formal_workers"]) for line, row in told.rows.items()}
    assert numbers == {2: ("2", "#ERROR"), 3: ("#ERROR", "7"), 4: ("9", "#ERROR")}


def test_dates_and_blanks(tmp_path: Path) -> None:
    path = tmp_path / "extract.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["wilayah", "segmen", "peserta_aktif"])
        page.write_row(1, 0, ["51.03", "PU"])
        page.write_datetime(1, 2, date(2025, 3, 31), book.add_format({"num_format": "dd/mm/yyyy"}))
        page.write_row(2, 0, ["51.04", "  ", "   "])
    told = read_file(path, REKAP)
    assert [list(row.values())[:3] for row in told.rows.values()] == [
        ["51.03", "PU", "2025-03-31 00:00:00"],
        ["51.04", "  ", "   "],
    ]


def test_a_row_without_figures_is_no_note(sheet: Sheet) -> None:
    told = sheet(BASE, ["51.03", 10], ["51.04", None], ["5105", None], [None, None], ["Catatan: x", None])
    assert workers(told) == {2: ["51.03", "10"], 3: ["51.04", ""], 4: ["5105", ""]}
    assert (told.account.note, told.account.blank) == (1, 1)


def test_a_sentence_between_rows_is_a_row_that_the_gate_will_judge(sheet: Sheet) -> None:
    told = sheet(BASE, ["51.03", 10], ["Kabupaten:", None], ["51.04", 20])
    assert list(told.rows) == [2, 3, 4]


@pytest.mark.parametrize("word", ["Jumlah", "TOTAL", "grand  total", " Jumlah Total "])
def test_total_rows_of_a_sheet(word: str, sheet: Sheet) -> None:
    told = sheet(["nama wilayah", *BASE], ["Badung", "51.03", 10], [word, None, "10"])
    assert told.totals == ["10"]
    assert list(told.rows) == [2]


def test_a_header_alone(sheet: Sheet) -> None:
    told = sheet(BASE)
    assert told.rows == {}
    assert told.account == LineAccount(lines=1, header=1)


def test_columns_left_of_the_table_do_no_harm(sheet: Sheet) -> None:
    told = sheet([None, None, *BASE], [None, None, "51.03", 10])
    assert workers(told) == {2: ["51.03", "10"]}


def test_only_the_first_sheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "extract.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("notes").write(0, 0, "nothing here")
        page = book.add_worksheet("table")
        page.write_row(0, 0, BASE)
    with pytest.raises(FileRejected, match="no header was found on the first sheet") as refused:
        read_file(path, PENDUDUK_BEKERJA)
    assert refused.value.hint == "Expected the columns wilayah, penduduk_bekerja."


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "the first sheet is empty"),
        ([["wilayah", "pekerja"]], "the header differs: missing penduduk_bekerja; unknown pekerja"),
        ([["x"]] * 31 + [BASE, ["51.03", 1]], "no header was found on the first sheet"),
    ],
)
def test_a_sheet_without_its_header(rows: list[list[Any]], told: str, sheet: Sheet) -> None:
    with pytest.raises(FileRejected) as refused:
        sheet(*rows)
    assert refused.value.what == told
    assert refused.value.where.startswith("extract.xlsx")
    assert refused.value.hint


def test_a_part_in_an_unknown_encoding_is_damage(tmp_path: Path) -> None:
    whole, damaged = tmp_path / "whole.xlsx", tmp_path / "extract.xlsx"
    whole_sheet(whole)
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(damaged, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b'encoding="UTF-8"', b'encoding="UTF-7x"'))
    with pytest.raises(FileRejected, match="the XLSX is damaged"):
        read_file(damaged, PENDUDUK_BEKERJA)


def whole_sheet(path: Path) -> bytes:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, BASE)
        page.write_row(1, 0, ["51.03", 10])
    return path.read_bytes()


def whole_parquet(path: Path) -> bytes:
    pl.DataFrame({"wilayah": ["51.03", "51.04"], "penduduk_bekerja": ["10", "20"]}).write_parquet(path)
    return path.read_bytes()


@pytest.mark.parametrize(("ending", "make"), [("xlsx", whole_sheet), ("parquet", whole_parquet)])
def test_a_damaged_file_is_read_whole_or_refused(
    ending: str, make: Callable[[Path], bytes], tmp_path: Path
) -> None:
    path = tmp_path / f"extract.{ending}"
    content = make(path)
    chance = random.Random(1)
    outcomes = []
    for _ in range(120):
        damaged = bytearray(content)
        if chance.random() < 0.3:
            del damaged[chance.randrange(4, len(damaged)) :]
        else:
            damaged[chance.randrange(4, len(damaged))] ^= chance.randrange(1, 256)
        path.write_bytes(damaged)
        outcomes.append(refusal(path))
    refusals = [refused for refused in outcomes if refused is not None]
    assert 0 < len(refusals) < len(outcomes)
    assert all(refused.where.startswith(f"extract.{ending}") and refused.hint for refused in refusals)


def refusal(path: Path) -> FileRejected | None:
    try:
        read_file(path, PENDUDUK_BEKERJA)
    except FileRejected as refused:
        return refused
    return None


Parquet = Callable[..., Outcome]


@pytest.fixture
def parquet(tmp_path: Path) -> Parquet:
    """Write columns as Parquet and read the file."""

    def write(source: Source = PENDUDUK_BEKERJA, **columns: Any) -> Outcome:
        path = tmp_path / "extract.parquet"
        pl.DataFrame(
            {"wilayah": ["51.03", "51.04"], "penduduk_bekerja": ["10", "20"]} | columns
        ).write_parquet(path)
        return read_file(path, source)

    return write


def test_a_parquet_file_of_text(parquet: Parquet) -> None:
    told = parquet(nama=["Badung", None])
    assert workers(told) == {2: ["51.03", "10"], 3: ["51.04", "20"]}
    assert told.account == LineAccount(lines=3, header=1, rows=2)
    assert told.received == {2: '["51.03", "10", "Badung"]', 3: '["51.04", "20", null]'}


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        (pl.Series([935079, None], dtype=pl.Int64), ["935079", ""]),
        (pl.Series([935079.0, 58.68]), ["935079", "58.68"]),
        (pl.Series([1.873, 126.154]), ["1,873", "126,154"]),
        (pl.Series([Decimal("935.000"), Decimal("1.873")], dtype=pl.Decimal(10, 3)), ["935", "1,873"]),
        (pl.Series([Decimal("935079.00"), Decimal("0.50")], dtype=pl.Decimal(10, 2)), ["935079", "0.50"]),
        (pl.Series([float("nan"), float("inf")]), ["NaN", "inf"]),
        (pl.Series([True, False]), ["true", "false"]),
        (pl.Series(["1.873", "a"], dtype=pl.Categorical), ["1.873", "a"]),
        (pl.Series([date(2025, 3, 31), None]), ["2025-03-31", ""]),
    ],
)
def test_parquet_types_become_text_that_means_the_same(
    numbers: pl.Series, texts: list[str], parquet: Parquet
) -> None:
    told = parquet(penduduk_bekerja=numbers)
    assert [cells[1] for cells in workers(told).values()] == texts


def test_a_code_kept_as_a_number_in_parquet(parquet: Parquet) -> None:
    told = parquet(wilayah=pl.Series([51.03, 51.10]))
    assert [cells[0] for cells in workers(told).values()] == ["51.03", "51.1"]


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param([[1], [2]], id="lists"),
        pytest.param([{"a": 1}, {"a": 2}], id="records"),
        pytest.param([b"10", b"\xff\xfe"], id="bytes"),
        pytest.param([timedelta(1), None], id="durations"),
    ],
)
def test_parquet_types_that_are_no_values_are_refused(cells: list[Any], parquet: Parquet) -> None:
    with pytest.raises(FileRejected, match="neither text, number nor date") as refused:
        parquet(nama=cells)
    assert refused.value.where == "extract.parquet, header"


def test_a_parquet_file_with_other_columns(parquet: Parquet) -> None:
    with pytest.raises(FileRejected, match="the header differs: unknown catatan"):
        parquet(catatan=["a", "b"])
