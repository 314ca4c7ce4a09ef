"""Declared corrections: one cell, the value they expect, and no other."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schemas.sources import PENDUDUK_BEKERJA, REKAP
from schemas.tables.reference import Corrections
from transforms.corrections import StaleCorrection, corrected_rows

TEXT = pl.DataFrame(
    {
        "line": [2, 3, 4],
        "region_code": ["51.03", "51.03", "51.04"],
        "segment": ["PU", "BPU", "PU"],
        "active_members": ["35 ", "7", None],
        "inactive_members": [None, None, "1"],
        "numerator_id": [None, None, None],
    },
    schema_overrides={"numerator_id": pl.String},
)
KEYS = pl.DataFrame({"region_code": ["5103", "5103", "5104"], "segment": ["PU", "BPU", "PU"]})


def correction(**changes: Any) -> dict[str, Any]:
    return {
        "correction_id": "badung",
        "source": "rekap",
        "scope": "51",
        "as_of": date(2025, 3, 31),
        "region_code": "5103",
        "segment": "PU",
        "column": "active_members",
        "expected_value": "35",
        "corrected_value": "53",
        "justification": "digits exchanged",
        "authority": "Kanwil",
        "declared_on": date(2025, 4, 1),
    } | changes


def declared(*corrections: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(corrections), schema=Corrections.polars_schema(), orient="row")


def test_one_cell_is_changed_and_its_line_is_told() -> None:
    done = corrected_rows(REKAP, TEXT, KEYS, declared(correction()))
    assert done.lines == (2,)
    assert done.rows["active_members"].to_list() == ["53", "7", None]
    assert done.rows.drop("active_members").equals(TEXT.drop("active_members"))


def test_the_column_may_be_named_as_the_office_names_it() -> None:
    done = corrected_rows(REKAP, TEXT, KEYS, declared(correction(column="peserta_aktif")))
    assert done.rows["active_members"][0] == "53"


def test_a_missing_value_can_be_expected_and_filled() -> None:
    one = correction(region_code="5104", expected_value=None, corrected_value="9")
    assert corrected_rows(REKAP, TEXT, KEYS, declared(one)).rows["active_members"].to_list() == [
        "35 ",
        "7",
        "9",
    ]


def test_a_value_can_be_taken_out() -> None:
    done = corrected_rows(REKAP, TEXT, KEYS, declared(correction(corrected_value=None)))
    assert done.rows["active_members"].to_list() == [None, "7", None]


def test_two_cells_of_one_row_are_one_row() -> None:
    other = correction(correction_id="b", column="inactive_members", expected_value=None, corrected_value="0")
    done = corrected_rows(REKAP, TEXT, KEYS, declared(correction(), other))
    assert done.lines == (2,)
    assert done.rows.row(0) == (2, "51.03", "PU", "53", "0", None)


def test_a_source_without_segments_is_matched_by_region() -> None:
    text = pl.DataFrame({"line": [2], "region_code": ["51.03"], "workers": ["100"]})
    one = correction(source="penduduk_bekerja", segment=None, column="workers", expected_value="100")
    done = corrected_rows(PENDUDUK_BEKERJA, text, pl.DataFrame({"region_code": ["5103"]}), declared(one))
    assert done.rows["workers"].to_list() == ["53"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"expected_value": "36"}, id="another value"),
        pytest.param({"expected_value": None}, id="a value where none is expected"),
        pytest.param({"region_code": "5108"}, id="no such row"),
        pytest.param({"segment": None}, id="two rows"),
        pytest.param({"column": "members"}, id="no such column"),
        pytest.param({"region_code": "5104"}, id="no value where one is expected"),
    ],
)
def test_a_correction_that_does_not_fit_is_stale_and_quotes_no_value(changes: dict[str, Any]) -> None:
    with pytest.raises(StaleCorrection, match=r"^badung: ") as stale:
        corrected_rows(REKAP, TEXT, KEYS, declared(correction(**changes)))
    assert "35" not in str(stale.value)
    assert "53" not in str(stale.value)


def test_the_same_correction_twice_does_not_fit_the_second_time() -> None:
    with pytest.raises(StaleCorrection, match=r"^again: "):
        corrected_rows(REKAP, TEXT, KEYS, declared(correction(), correction(correction_id="again")))
