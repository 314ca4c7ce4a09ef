"""Printed figures that contradict each other."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.tables.marts import ClaimContradictions
from schemas.tables.reference import PublishedFigures
from transforms.claims import claim_contradictions

DAY = date(2023, 8, 31)
REGENCIES = pl.DataFrame({"province_code": ["91", "91", "92"], "regency_code": ["9101", "9102", "9201"]})


def claim(region: str, participants: int | None = None, **others: Any) -> dict[str, Any]:
    segment = others.get("segment", "TOTAL")
    return {
        "claim_id": f"{region}-{segment}".lower(),
        "region_code": region,
        "region_name": f"Region {region}",
        "as_of": DAY,
        "measure": "coverage",
        "segment": segment,
        "participants": participants,
        "participants_unit": None if participants is None else 1,
        "source_url": "https://example.org/article",
    } | others


def contradictions(*claims: dict[str, Any]) -> list[dict[str, Any]]:
    frame = pl.DataFrame(list(claims), schema=PublishedFigures.polars_schema(), orient="row")
    return claim_contradictions(frame, REGENCIES).rows(named=True)


def test_contradictions_come_in_the_declared_columns() -> None:
    for participants in (99, 100):
        claims = [claim("91", participants), claim("9101", 70), claim("9102", 29)]
        frame = pl.DataFrame(claims, schema=PublishedFigures.polars_schema(), orient="row")
        ClaimContradictions.to_schema().validate(claim_contradictions(frame, REGENCIES))


def test_regencies_that_do_not_add_up_to_their_province() -> None:
    # 70 + 29 = 99, printed 100.
    [row] = contradictions(claim("91", 100), claim("9102", 29), claim("9101", 70))
    assert row["contradiction_id"] == "regencies_do_not_add_up:participants:91-total"
    assert row["contradiction_kind"] == "regencies_do_not_add_up"
    assert row["claim_ids"] == "91-total, 9101-total, 9102-total"
    assert (row["region_code"], row["as_of"]) == ("91", DAY)
    assert (row["values_printed"], row["difference"]) == ("100 | 70 + 29 = 99", "1")
    assert row["explanation_en"] == (
        "Region 91, number of participants: its 2 regencies add up to 99, printed for the province is 100,"
        " a difference of 1"
    )
    assert row["explanation_id"] == (
        "Region 91, jumlah peserta: jumlah 2 kabupaten/kota 99, untuk provinsi tertulis 100, selisih 1"
    )


def test_denominators_are_added_as_well() -> None:
    based = {"denominator": 500, "denominator_unit": 1}
    [row] = contradictions(claim("91", **based), claim("9101", **based), claim("9102", **based))
    assert row["contradiction_id"] == "regencies_do_not_add_up:denominator:91-total"
    assert row["difference"] == "-500"


@pytest.mark.parametrize(
    "second",
    [
        None,
        claim("9102", None, published_value="50"),
        claim("9102", 29, source_url="https://example.org/another"),
        claim("9102", 29, as_of=date(2023, 9, 30)),
        claim("9102", 29, segment="PU"),
        claim("9102", 29, measure="construction_projects"),
        claim("9201", 29),
    ],
)
def test_a_sum_needs_every_regency_from_the_same_table(second: dict[str, Any] | None) -> None:
    assert contradictions(*[one for one in (claim("91", 100), claim("9101", 70), second) if one]) == []


def test_regencies_add_up_within_their_rounding() -> None:
    # 70 and 29 to the nearest ten can be 65 + 25 = 90 to 75 + 35 = 110.
    rounded = {"participants_unit": 10}
    parts = [claim("9101", 70, **rounded), claim("9102", 30, **rounded)]
    assert contradictions(claim("91", 110), *parts) == []
    assert [row["difference"] for row in contradictions(claim("91", 111), *parts)] == ["11"]


def test_an_undated_table_is_added_up_within_its_source() -> None:
    undated = {"as_of": None}
    [row] = contradictions(
        claim("91", 100, **undated), claim("9101", 70, **undated), claim("9102", 29, **undated)
    )
    assert row["as_of"] is None


def test_two_percents_for_one_place_and_day() -> None:
    [row] = contradictions(
        claim("52", claim_id="a", published_value="30.7"),
        claim("52", claim_id="b", published_value="32", source_url="https://example.org/another"),
    )
    assert row["contradiction_id"] == "same_place_and_day_two_values:published_value:a"
    assert (row["claim_ids"], row["values_printed"], row["difference"]) == ("a, b", "30.7 | 32", "1.3")
    assert row["explanation_en"] == (
        "Region 52, 2023-08-31, segment TOTAL, percent: printed as 30.7 and 32, a difference of 1.3 points"
        " that rounding does not explain"
    )
    assert row["explanation_id"] == (
        "Region 52, 2023-08-31, segmen TOTAL, persentase: tertulis 30,7 dan 32, selisih 1,3 poin"
        " yang tidak terjelaskan oleh pembulatan"
    )


@pytest.mark.parametrize(
    ("first", "second", "contradict"),
    [("32", "32.1", False), ("32", "32.5", False), ("32", "32.6", True), ("31.95", "32.0", False)],
)
def test_percents_that_round_to_each_other_agree(first: str, second: str, *, contradict: bool) -> None:
    found = contradictions(
        claim("52", claim_id="a", published_value=first), claim("52", claim_id="b", published_value=second)
    )
    assert bool(found) == contradict


@pytest.mark.parametrize(
    "other",
    [
        {"region_code": "53"},
        {"as_of": date(2023, 9, 30)},
        {"segment": "PU"},
        {"measure": "construction_projects"},
    ],
)
def test_values_of_different_things_do_not_contradict(other: dict[str, Any]) -> None:
    assert contradictions(claim("52", 10, claim_id="a"), claim("52", 20, claim_id="b") | other) == []


def test_undated_values_do_not_contradict() -> None:
    assert contradictions(*(claim("52", n, claim_id=f"c{n}", as_of=None) for n in (10, 20))) == []


def test_three_values_of_one_day_are_one_contradiction() -> None:
    [row] = contradictions(*(claim("52", n, claim_id=f"c{n}") for n in (30, 10, 20)))
    assert (row["claim_ids"], row["values_printed"], row["difference"]) == (
        "c10, c20, c30",
        "10 | 20 | 30",
        "20",
    )


def segments(total: int, **parts: int) -> list[dict[str, Any]]:
    return contradictions(claim("51", total), *(claim("51", n, segment=name) for name, n in parts.items()))


def test_segments_that_exceed_their_total() -> None:
    # 21,080 + 10,548 = 31,628, printed 31,627.
    [row] = segments(31627, PU=21080, BPU=10548)
    assert row["contradiction_kind"] == "segments_do_not_add_up"
    assert row["claim_ids"] == "51-total, 51-bpu, 51-pu"
    assert (row["values_printed"], row["difference"]) == ("31627 | 10548 + 21080 = 31628", "-1")
    assert row["explanation_en"] == (
        "Region 51, number of participants: the segments BPU + PU add up to 31,628, printed as their total is"
        " 31,627, a difference of 1"
    )


def test_segments_that_add_up() -> None:
    assert segments(31627, PU=21080, BPU=10547) == []


def test_a_shortfall_counts_only_when_every_segment_is_printed() -> None:
    assert segments(100, PU=50, BPU=30) == []
    assert segments(100, PU=50, BPU=30, JAKON=10) == []
    assert [row["difference"] for row in segments(100, PU=50, BPU=30, JAKON=10, PMI=9)] == ["1"]


def test_segments_need_both_main_ones() -> None:
    assert segments(100, PU=150) == []
    assert segments(100, BPU=90, JAKON=20) == []


def test_a_segment_printed_twice_is_not_added_up() -> None:
    twice = [claim("51", 50, segment="PU", claim_id=name) for name in ("first", "again")]
    assert contradictions(claim("51", 110), claim("51", 60, segment="BPU"), *twice) == []


# What holds for every table.


@settings(deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.sampled_from([1, 10, 100]),
    st.sampled_from([1, 10, 100]),
)
def test_one_truth_rounded_in_different_ways_never_contradicts_itself(
    first: int, second: int, unit: int, total_unit: int
) -> None:
    def rounded(region: str, true: int, to: int, **others: Any) -> dict[str, Any]:
        return claim(region, round(Fraction(true, to)) * to, participants_unit=to, **others)

    assert contradictions(
        rounded("91", first + second, total_unit),
        rounded("91", first + second, unit, claim_id="again", source_url="https://example.org/another"),
        rounded("91", first, unit, segment="PU"),
        rounded("91", second, unit, segment="BPU"),
        rounded("9101", first, unit),
        rounded("9102", second, unit),
    ) == []  # fmt: skip


@settings(deadline=None)
@given(
    st.permutations(
        [claim("91", 100), claim("9101", 70), claim("9102", 29), claim("91", 9, claim_id="other")]
    )
)
def test_order_of_rows_does_not_matter(claims: list[dict[str, Any]]) -> None:
    assert [row["contradiction_id"] for row in contradictions(*claims)] == [
        "regencies_do_not_add_up:participants:91-total",
        "regencies_do_not_add_up:participants:other",
        "same_place_and_day_two_values:participants:91-total",
    ]
