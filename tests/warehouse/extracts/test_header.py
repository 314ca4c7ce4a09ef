"""Finding declared columns in the header that an office wrote."""

from __future__ import annotations

import pytest

from schemas.errors import FileRejected
from schemas.sources import PENDUDUK_BEKERJA, REKAP, Source
from warehouse.extracts.header import Layout, layout_of_line


def positions(line: str, source: Source = REKAP) -> dict[str, int]:
    return layout_of_line(line, source, "sent.csv").positions


def refusal(line: str, source: Source = REKAP) -> FileRejected:
    with pytest.raises(FileRejected) as refused:
        layout_of_line(line, source, "sent.csv")
    assert refused.value.where == "sent.csv, header"
    assert refused.value.hint
    return refused.value


PLAIN = {"region_code": 0, "segment": 1, "active_members": 2}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "cells",
    [
        ["wilayah", "segmen", "peserta_aktif"],
        ["WILAYAH", "Segmen", "Peserta_Aktif"],
        ["  wilayah ", " segmen", "peserta_aktif  "],
        ["Kode Wilayah", "SEGMEN", "Jumlah Peserta Aktif"],
        ["kode  kab/kota", "segmen", "peserta   aktif"],
        ['"wilayah"', '"segmen"', '"peserta aktif"'],
    ],
)
def test_a_header_in_any_case_with_blanks_aliases_and_quotes(cells: list[str], delimiter: str) -> None:
    if delimiter == "\t":
        cells = [" ".join(cell.split()) for cell in cells]
    layout = layout_of_line(delimiter.join(cells), REKAP, "sent.csv")
    assert layout == Layout(PLAIN, 3, (0,), delimiter)


def test_columns_may_stand_in_any_order_with_others_between() -> None:
    layout = layout_of_line("No;Nama Wilayah;peserta_aktif;;segmen;wilayah", REKAP, "sent.csv")
    assert layout.positions == {"active_members": 2, "segment": 4, "region_code": 5}
    assert layout.width == 6
    # Where a total row may say that it is one: number, name, the empty header, and the region.
    assert layout.labels == (0, 1, 3, 5)


def test_optional_columns_are_found_and_may_be_absent() -> None:
    assert positions("wilayah,segmen,peserta_aktif,peserta nonaktif,definisi") == PLAIN | {
        "inactive_members": 3,
        "numerator_id": 4,
    }
    assert positions("wilayah,penduduk bekerja (orang),RSE (%)", PENDUDUK_BEKERJA) == {
        "region_code": 0,
        "workers": 1,
        "rse_pct": 2,
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("wilayah,segmen", "the header differs: missing peserta_aktif"),
        ("wilayah,segmen,aktif", "the header differs: missing peserta_aktif; unknown aktif"),
        ("wilayah,segmen,peserta_aktif,catatan", "the header differs: unknown catatan"),
        ("a,b,c", "the header differs: missing wilayah, segmen, peserta_aktif; unknown a, b, c"),
    ],
)
def test_a_header_that_differs_is_told_by_its_words(line: str, told: str) -> None:
    refused = refusal(line)
    assert refused.what == told
    assert "Expected wilayah, segmen, peserta_aktif, peserta_nonaktif (optional)" in refused.hint
    assert "schemas/sources.py" in refused.hint


def test_a_slip_of_the_pen_is_guessed_in_the_hint_only() -> None:
    assert "Perhaps: peserta_aktiv → peserta aktif." in refusal("wilayah,segmen,peserta_aktiv").hint


@pytest.mark.parametrize("delimiter", [":", "~", "^", " "])
def test_another_delimiter_is_told_as_one_field(delimiter: str) -> None:
    refused = refusal(delimiter.join(["wilayah", "segmen", "peserta_aktif"]))
    assert "only one field: is the delimiter one of , ; tab | ?" in refused.what


@pytest.mark.parametrize(
    "line", ["wilayah,wilayah,segmen,peserta_aktif", "kode;segmen;peserta_aktif;Kode Wilayah"]
)
def test_a_column_that_stands_twice(line: str) -> None:
    assert refusal(line).what == "the column region_code stands twice in the header"


@pytest.mark.parametrize(
    "line",
    [
        "5103,Budi Santoso,935079",
        "51.03;Siti Aminah;TOTAL;12",
        "3271046504930002|12345678901|Made Wirawan",
        "2025-03-31\tRahasia\t7",
    ],
)
def test_a_row_of_data_in_the_place_of_the_header_is_not_quoted(line: str) -> None:
    told = str(refusal(line))
    for word in (
        "Budi",
        "Santoso",
        "Siti",
        "Made",
        "Rahasia",
        "935079",
        "5103",
        "51.03",
        "3271046504930002",
        "TOTAL",
    ):
        assert word not in told
    assert "field(s) that are no words" in told


def test_a_long_or_strange_header_is_counted_not_quoted() -> None:
    refused = refusal("wilayah,segmen,peserta_aktif," + "x" * 60 + ",<script>,catatan")
    assert refused.what == "the header differs: unknown catatan, 2 field(s) that are no words"
