"""Text becomes types and marks: nothing dropped, nothing guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schemas.registers import load_registers
from schemas.sources import PENDUDUK_BEKERJA, REKAP, Source
from transforms.regions import region_codes
from transforms.typed_rows import Context, typed_rows

REGISTERS = load_registers()
CODES = region_codes(REGISTERS.regions, ("bps", "kemendagri"))
TODAY = date(2025, 3, 31)


def typed(
    source: Source, *rows: dict[str, str | None], scope: str = "51", as_of: date = TODAY
) -> list[dict[str, Any]]:
    role = "numerator" if source is REKAP else "denominator"
    known = frozenset(REGISTERS.definition_ids(role))
    schema = {"line": pl.Int64, **{column.name: pl.String for column in source.columns}}
    text = pl.DataFrame([{"line": 2 + at} | row for at, row in enumerate(rows)], schema=schema, orient="row")
    told = typed_rows(source, text, Context(scope, as_of, CODES, known))
    assert told.schema == pl.Schema(source.model.polars_schema())
    return [
        row | {"defects": [name for bit, name in enumerate(source.defects) if row["defects"] >> bit & 1]}
        for row in told.iter_rows(named=True)
    ]


def member(**cells: str | None) -> dict[str, str | None]:
    return {"region_code": "51.03", "segment": "PU", "active_members": "1.234"} | cells


def test_a_good_row() -> None:
    assert typed(REKAP, member(segment=" pu ", inactive_members="-")) == [
        {
            "line": 2,
            "region_code": "5103",
            "segment": "PU",
            "active_members": 1234,
            "inactive_members": None,
            "numerator_id": "workers_residence",
            "defects": [],
        }
    ]


def test_a_good_base() -> None:
    row = {
        "region_code": "5171",
        "workers": "540.123",
        "rse_pct": "2,15 %",
        "denominator_id": "EMPLOYED_SAKERNAS",
    }
    assert typed(PENDUDUK_BEKERJA, row) == [
        {
            "line": 2,
            "region_code": "5171",
            "workers": 540123,
            "formal_workers": None,
            "informal_workers": None,
            "rse_pct": 2.15,
            "denominator_id": "employed_sakernas",
            "defects": [],
        }
    ]


def test_every_defect_of_a_row_is_marked() -> None:
    (row,) = typed(
        REKAP, member(region_code="5.103", segment="X", active_members="5%", inactive_members="abc")
    )
    assert row["defects"] == [
        "region_code:wrong_form",
        "segment:unknown",
        "active_members:percent_where_count",
        "inactive_members:not_a_number",
    ]
    assert (row["region_code"], row["segment"], row["active_members"], row["inactive_members"]) == (None,) * 4


def test_an_empty_row_is_missing_what_is_required_and_nothing_else() -> None:
    (row,) = typed(REKAP, {"region_code": None})
    assert row["defects"] == ["region_code:missing", "segment:missing", "active_members:missing"]


def test_rows_keep_their_order_and_their_lines() -> None:
    rows = typed(REKAP, member(region_code="51.08"), member(region_code="99.99"), member(region_code="51.01"))
    assert [(row["line"], row["region_code"]) for row in rows] == [(2, "5108"), (3, None), (4, "5101")]


def test_an_unreadable_definition_is_not_replaced_by_the_default() -> None:
    (row,) = typed(REKAP, member(numerator_id="eligible_workers"))
    assert (row["numerator_id"], row["defects"]) == (None, ["numerator_id:unknown"])


def test_a_base_may_not_name_a_numerator() -> None:
    (row,) = typed(
        PENDUDUK_BEKERJA, {"region_code": "51", "workers": "5", "denominator_id": "workers_residence"}
    )
    assert row["defects"] == ["denominator_id:unknown"]


@pytest.mark.parametrize(
    ("scope", "code", "as_of", "defects"),
    [
        ("51", "51.03", TODAY, []),
        ("51", "51", TODAY, []),
        ("51", "52.01", TODAY, ["region_code:outside_scope"]),
        ("51", "00", TODAY, ["region_code:outside_scope"]),
        ("00", "52.01", TODAY, []),
        ("00", "00", TODAY, []),
        ("e04", "52.01", TODAY, []),  # a branch office may serve several provinces
        # Papua before 25 July 2022 was another territory, its regencies were not.
        ("94", "94", date(2022, 7, 24), ["region_code:other_territory"]),
        ("00", "94", date(2022, 7, 24), ["region_code:other_territory"]),
        ("94", "94", date(2022, 7, 25), []),
        ("91", "91", date(2022, 12, 7), ["region_code:other_territory"]),
        ("91", "91", date(2022, 12, 8), []),
        # Merauke was reported by Papua until then, under its former code or its present one.
        ("94", "9401", date(2022, 7, 24), []),
        ("94", "91.01", date(2021, 12, 31), []),
        ("94", "9501", date(2022, 7, 24), []),
        ("94", "9401", date(2022, 7, 25), ["region_code:outside_scope"]),
        ("95", "9401", date(2022, 7, 25), []),
        ("91", "9401", date(2021, 12, 31), ["region_code:outside_scope"]),
        ("51", "9401", date(2021, 12, 31), ["region_code:outside_scope"]),
    ],
)
def test_scope_and_territory(scope: str, code: str, as_of: date, defects: list[str]) -> None:
    (row,) = typed(REKAP, member(region_code=code), scope=scope, as_of=as_of)
    assert row["defects"] == defects


def test_a_number_that_lost_its_last_zero_becomes_no_other_regency() -> None:
    # 51.10 kept as a number is 51.1; as text without its dot it would be 5110 or 511.
    rows = typed(REKAP, *(member(region_code=code) for code in ("51.1", "511", "51.10", "5110")))
    assert [row["region_code"] for row in rows] == [None] * 4
    assert [row["defects"] for row in rows] == [
        ["region_code:wrong_form"],
        ["region_code:wrong_form"],
        ["region_code:unknown"],
        ["region_code:unknown"],
    ]
