"""Total rows: which sums a total may stand for, and what is said when it is none of them."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.sources import PENDUDUK_BEKERJA, REKAP
from transforms.totals import total_disagrees


def members(*rows: tuple[str, str, int | None]) -> pl.DataFrame:
    schema = {"region_code": pl.String, "segment": pl.String, "active_members": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def bases(*rows: tuple[str, int | None]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={"region_code": pl.String, "workers": pl.Int64}, orient="row")


TWO = bases(("9101", 40), ("9102", 60))


@pytest.mark.parametrize("total", ["100", " 100 ", "100.0"])
def test_a_total_that_adds_up(total: str) -> None:
    assert total_disagrees(PENDUDUK_BEKERJA, TWO, [total]) is None


@pytest.mark.parametrize(
    ("total", "told"), [("101", "1 above"), ("99", "1 below"), ("1.100", "1000 above"), ("0", "100 below")]
)
def test_a_total_that_does_not(total: str, told: str) -> None:
    complaint = total_disagrees(PENDUDUK_BEKERJA, TWO, [total])
    assert complaint == f"the total row does not add up: it is {told} the sum of its rows"


def test_one_wrong_total_of_two_is_enough() -> None:
    assert total_disagrees(PENDUDUK_BEKERJA, TWO, ["100", "40"]) is not None


def test_no_total_no_complaint() -> None:
    assert total_disagrees(PENDUDUK_BEKERJA, TWO, []) is None


@pytest.mark.parametrize("total", [None, "-", "see note"])
def test_a_total_that_gives_no_number_is_held_against_nothing(total: str | None) -> None:
    assert total_disagrees(PENDUDUK_BEKERJA, TWO, [total]) is None


def test_rows_above_the_regencies_are_no_parts() -> None:
    rows = bases(("91", 100), ("9101", 40), ("9102", 60))
    assert total_disagrees(PENDUDUK_BEKERJA, rows, ["100"]) is None
    assert total_disagrees(PENDUDUK_BEKERJA, rows, ["200"]) is not None


def test_provinces_are_the_parts_where_there_is_nothing_below() -> None:
    assert total_disagrees(PENDUDUK_BEKERJA, bases(("51", 40), ("52", 60)), ["100"]) is None


def test_members_may_be_totalled_over_segments_or_over_totals() -> None:
    rows = members(
        ("5103", "PU", 10), ("5103", "BPU", 5), ("5103", "TOTAL", 16), ("5104", "PU", 2), ("5104", "TOTAL", 2)
    )
    assert total_disagrees(REKAP, rows, ["17"]) is None  # the segments
    assert total_disagrees(REKAP, rows, ["18"]) is None  # the totals
    assert total_disagrees(REKAP, rows, ["35"]) is None  # all rows
    assert total_disagrees(REKAP, rows, ["19"]) == (
        "the total row does not add up: it is 1 above the sum of its rows"
    )


def test_a_row_without_a_number_makes_every_total_unverifiable() -> None:
    assert total_disagrees(REKAP, members(("5103", "PU", 10), ("5104", "PU", None)), ["99"]) is None
