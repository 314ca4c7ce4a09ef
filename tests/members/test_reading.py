"""Cells of a member row: every form that the contract allows, and a reason for everything else."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.registers import load_registers
from schemas.sources import MISSING_MARKS, PESERTA
from schemas.tables.extracts import Peserta
from schemas.validation import broken_rules
from tests.members.rows import CONTEXT, GOOD, text_frame, typed
from transforms.member_forms import member_context
from transforms.member_rows import typed_members


def test_a_good_row() -> None:
    [row] = typed({})
    assert row == {
        "line": 2,
        "as_of": date(2025, 3, 31),
        "nik": 5103014101900001,
        "kpj": "12345678901",
        "npp": "12345678",
        "segment": "PU",
        "is_active_status": True,
        "programs": 0b11111,
        "start_date": date(2020, 2, 3),
        "end_date": None,
        "last_paid": date(2025, 3, 1),
        "birth_date": date(1990, 1, 1),
        "age": 35,
        "sex": "P",
        "residence": 5103,
        "workplace": 5171,
        "branch_office": "51A01",
        "wage": 3_500_000.0,
        "funding": "PEMBERI_KERJA",
        "is_vulnerable": False,
        "activity_code": "55110",
        "updated_at": datetime(2025, 3, 30, 8, 15),
        "defects": [],
    }


MOMENT = datetime(2025, 3, 30, 8, 15)
FORMS: list[tuple[str, str, Any]] = [
    ("nik", " 5103014101900001\u00a0", 5103014101900001),
    ("nik", "\ufeff9401014101900001", 9401014101900001),
    ("kpj", " 12345678901 ", "12345678901"),
    ("npp", "12345678\t", "12345678"),
    ("segment", "bpu", "BPU"),
    ("segment", " Jakon ", "JAKON"),
    ("segment", "PMI", "PMI"),
    ("status", "aktif", True),
    ("status", "NonAktif", False),
    ("programs", "JKK|JKM", 0b00011),
    ("programs", "JKK|JKM|JHT", 0b00111),
    ("programs", "JKK|JKM|JHT|JP", 0b01111),
    ("programs", "JP | jkk | JKM", 0b01011),
    ("programs", "JHT", 0b00100),
    ("programs", "JKP|JKM", 0b10010),
    ("start_date", "31/03/2020", date(2020, 3, 31)),
    ("start_date", "31-03-2020", date(2020, 3, 31)),
    ("start_date", "31 Maret 2020", date(2020, 3, 31)),
    ("start_date", "1 JANUARI 2020", date(2020, 1, 1)),
    ("end_date", "29/02/2024", date(2024, 2, 29)),
    ("birth_date", "7 agustus 1980", date(1980, 8, 7)),
    ("birth_date", " 1980-08-07 ", date(1980, 8, 7)),
    ("last_paid", "202412", date(2024, 12, 1)),
    ("last_paid", " 202401 ", date(2024, 1, 1)),
    ("sex", "l", "L"),
    ("residence", " 51.71 ", 5171),
    ("residence", "94.01", 9601),
    ("workplace", "91.01", 9601),
    ("branch_office", " 51B01 ", "51B01"),
    ("branch_office", "\ufeff51B01", "51B01"),
    ("wage", "3.500.000", 3_500_000.0),
    ("wage", "3.500.000,50", 3_500_000.5),
    ("wage", "3500000,5", 3_500_000.5),
    ("wage", "0", 0.0),
    ("wage", "-1", -1.0),
    ("wage", " 12 ", 12.0),
    ("funding", "dana_desa", "DANA_DESA"),
    ("is_vulnerable", "y", True),
    ("activity_code", " 01111", "01111"),
    ("updated_at", "2025-03-30T08:15:00", MOMENT),
    ("updated_at", "30/03/2025 08:15:00", MOMENT),
    ("updated_at", "2025-03-30 08:15", MOMENT),
    *(
        ("start_date", f"2 {name} 2021", date(2021, at, 2))
        for at, name in enumerate(
            [
                "Januari",
                "Februari",
                "Maret",
                "April",
                "Mei",
                "Juni",
                "Juli",
                "Agustus",
                "September",
                "Oktober",
                "November",
                "Desember",
            ],
            1,
        )
    ),
    *(("funding", word, word) for word in ["MANDIRI", "APBN", "APBD", "DBH_SAWIT", "CSR"]),
    *(
        (name, mark, None)
        for mark in (*MISSING_MARKS, "  ", " - ")
        for name in ("npp", "end_date", "last_paid", "workplace", "wage", "activity_code")
    ),
    # Files of fixed width fill a cell with blanks: as many as it would have digits.
    ("npp", " " * 8, None),
    ("npp", "   NA   ", None),
    ("activity_code", " " * 5, None),
    ("activity_code", " N/A ", None),
]
_OURS = {"status": "is_active_status"}


@pytest.mark.parametrize(("column", "cell", "value"), FORMS)
def test_every_form_that_the_contract_allows(column: str, cell: str, value: Any) -> None:
    row = read_at_once()[column, cell]
    assert row[_OURS.get(column, column)] == value
    assert row["defects"] == []
    beside = read_at_once()["branch_office", " 51B01 "] | {"branch_office": "51A01", "line": 2}
    own = {_OURS.get(column, column): None, **({"age": None} if column == "birth_date" else {})}
    assert row | own | {"line": 2} == beside | own


@cache
def read_at_once() -> dict[tuple[str, str | None], dict[str, Any]]:
    """Every example below and above, each the only odd cell of its row."""
    cells = [(column, cell) for column, cell, _ in [*FORMS, *UNREADABLE]]
    return dict(zip(cells, typed(*({column: cell} for column, cell in cells)), strict=True))


UNREADABLE: list[tuple[str, str | None, str]] = [
    ("nik", None, "nik:missing"),
    ("nik", " - ", "nik:missing"),
    ("nik", "5.10302E+15", "nik:scientific_notation"),
    ("nik", "5,10302e15", "nik:scientific_notation"),
    ("nik", "510301410190000X", "nik:not_digits"),
    ("nik", "51.03014101900001", "nik:not_digits"),
    ("nik", "+510301410190001", "nik:not_digits"),
    ("nik", "510301410190000", "nik:wrong_length"),
    ("nik", "51030141019000011", "nik:wrong_length"),
    ("nik", "9999014101900001", "nik:unknown_region"),
    ("nik", "0000000000000001", "nik:unknown_region"),
    ("kpj", None, "kpj:missing"),
    ("kpj", " " * 11, "kpj:missing"),
    ("segment", "", "segment:missing"),
    ("segment", "TOTAL", "segment:unknown"),
    ("status", "…", "status:missing"),
    ("status", "CUTI", "status:unknown"),
    ("programs", "–", "programs:missing"),
    ("programs", "JKK|JKM|BPJS", "programs:unknown"),
    ("programs", "JKK;JKM", "programs:unknown"),
    ("programs", "JKK|JKM|", "programs:unknown"),
    ("programs", "JKK|JKM|jkk", "programs:repeated"),
    ("start_date", "NA", "start_date:missing"),
    ("start_date", "2025-02-29", "start_date:unreadable"),
    ("start_date", "03/31/2020", "start_date:unreadable"),
    ("start_date", "31 March 2020", "start_date:unreadable"),
    ("start_date", "43831", "start_date:unreadable"),
    ("end_date", "31.12.2024", "end_date:unreadable"),
    ("last_paid", "202513", "last_paid:unreadable"),
    ("last_paid", "202500", "last_paid:unreadable"),
    ("last_paid", "2025-03", "last_paid:unreadable"),
    ("last_paid", "+20212", "last_paid:unreadable"),
    ("last_paid", "-20299", "last_paid:unreadable"),
    ("birth_date", None, "birth_date:missing"),
    ("birth_date", "1990-13-01", "birth_date:unreadable"),
    ("sex", "", "sex:missing"),
    ("sex", "F", "sex:unknown"),
    ("residence", "—", "residence:missing"),
    ("residence", "5103", "residence:wrong_form"),
    ("residence", "99.99", "residence:unknown_region"),
    ("residence", "51", "residence:wrong_form"),
    ("workplace", "5171", "workplace:wrong_form"),
    ("workplace", "99.99", "workplace:unknown_region"),
    ("branch_office", "N/A", "branch_office:missing"),
    ("wage", "3,500,000", "wage:not_a_number"),
    ("wage", "Rp 3.500.000", "wage:not_a_number"),
    ("wage", "35.00", "wage:not_a_number"),
    ("funding", "...", "funding:missing"),
    ("funding", "APBN-P", "funding:unknown"),
    ("is_vulnerable", "", "is_vulnerable:missing"),
    ("is_vulnerable", "1", "is_vulnerable:unknown"),
    ("updated_at", "", "updated_at:missing"),
    ("updated_at", "2025-03-30", "updated_at:unreadable"),
    ("updated_at", "kemarin", "updated_at:unreadable"),
]


@pytest.mark.parametrize(("column", "cell", "defect"), UNREADABLE)
def test_what_cannot_be_read_has_its_reason(column: str, cell: str | None, defect: str) -> None:
    row = read_at_once()[column, cell]
    assert row["defects"] == [defect]
    # A NIK of an unknown region is still a number: its further rules are told as well.
    if defect != "nik:unknown_region":
        assert row[_OURS.get(column, column)] is None


def test_every_defect_of_reading_is_shown_above() -> None:
    assert {defect for _, _, defect in UNREADABLE} == set(PESERTA.defects)


def test_every_reason_of_a_row_is_kept_and_other_rows_are_untouched() -> None:
    rows = typed({}, {"nik": "x", "residence": "5103", "wage": "?", "sex": None}, {})
    assert [row["defects"] for row in rows] == [
        [],
        ["nik:not_digits", "sex:missing", "residence:wrong_form", "wage:not_a_number"],
        [],
    ]
    assert [row["line"] for row in rows] == [2, 3, 4]


DIRTY = st.one_of(
    st.sampled_from([cell for _, cell, _ in FORMS]),
    st.sampled_from([cell for _, cell, _ in UNREADABLE]),
    st.sampled_from([cell for cell in GOOD.values() if cell]),
    st.none(),
    st.text(max_size=18),
    st.text(alphabet=" \t\u00a0\ufeff-.,/|+E0123456789", max_size=18),
    st.from_regex(r"\s{0,2}[-+]?[0-9]{4,12}\s{0,2}", fullmatch=True),
)
DIRTY_ROW = st.dictionaries(st.sampled_from(sorted(GOOD)), DIRTY, max_size=4)


@given(rows=st.lists(DIRTY_ROW, min_size=1, max_size=8), blanks=st.sampled_from(["", " ", "\u00a0", "\t "]))
@settings(max_examples=60)
def test_the_quick_look_and_the_thorough_one_read_the_same(
    rows: list[dict[str, str | None]], blanks: str
) -> None:
    """Blanks around every cell change no value, but force every row through the thorough look."""
    text = text_frame(*rows)
    cells = [name for name in text.columns if name != "line"]
    padded = text.with_columns(
        (pl.lit(blanks) + pl.col(name) + pl.lit(blanks + " ")).alias(name) for name in cells
    )
    assert typed_members(text, CONTEXT).equals(typed_members(padded, CONTEXT))


@given(rows=st.lists(DIRTY_ROW, min_size=1, max_size=8))
@settings(max_examples=40)
def test_whatever_stands_in_a_cell_every_row_is_read_and_judged(rows: list[dict[str, str | None]]) -> None:
    text = text_frame(*rows)
    read = typed_members(text, CONTEXT)
    assert read.schema == pl.Schema(Peserta.polars_schema())
    assert read["line"].to_list() == text["line"].to_list()
    broken_rules(PESERTA.schema, read)
    for column in PESERTA.columns:
        nothing = read[_OURS.get(column.name, column.name)].is_null() & (read["defects"] == 0)
        given = text[column.name].str.strip_chars(" \t\r\u00a0\ufeff").is_in(MISSING_MARKS)
        assert not (nothing & ~given.fill_null(value=True)).any(), column.name


@given(rows=st.lists(DIRTY_ROW, min_size=2, max_size=8))
@settings(max_examples=20)
def test_a_row_is_read_the_same_whatever_stands_beside_it(rows: list[dict[str, str | None]]) -> None:
    together = typed_members(text_frame(*rows), CONTEXT)
    alone = [typed_members(text_frame(*rows)[at : at + 1], CONTEXT) for at in range(len(rows))]
    assert together.equals(pl.concat(alone))


def test_no_rows() -> None:
    assert typed_members(text_frame(), CONTEXT).schema == pl.Schema(Peserta.polars_schema())


def test_places_are_the_present_and_former_codes_of_the_register() -> None:
    context = member_context(load_registers().regions, date(2025, 3, 31))
    assert context.places["51.03"] == 5103
    # Merauke: 93.01 since Papua was split, 91.01 before; BPS calls it 9501.
    assert context.places["93.01"] == context.places["91.01"] == 9501
    assert {5103, 9301, 9101} <= context.nik_regions
    assert "51" not in context.places
