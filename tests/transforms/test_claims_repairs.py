"""Hypotheses on statements that do not tie."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.tables.marts import ClaimRepairs
from schemas.tables.reference import PublishedFigures
from transforms.claims import claim_repairs, claim_verdicts

NO_BASES = pl.DataFrame(
    schema={
        "region_code": pl.String,
        "denominator_id": pl.String,
        "round": pl.Date,
        "workers": pl.Int64,
        "origin": pl.String,
    }
)


def statement(participants: int, denominator: int, printed: str, **others: Any) -> dict[str, Any]:
    return {
        "claim_id": "the-claim",
        "region_code": "51",
        "participants": participants,
        "participants_unit": 1,
        "denominator": denominator,
        "denominator_unit": 1,
        "published_value": printed,
    } | others


def register(*statements: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(statements), schema=PublishedFigures.polars_schema(), orient="row")


def repairs(*args: Any, **others: Any) -> list[dict[str, Any]]:
    return claim_repairs(register(statement(*args, **others)), NO_BASES).rows(named=True)


def best(*args: Any, **others: Any) -> tuple[str, str, str, str]:
    first = repairs(*args, **others)[0]
    assert first["rank"] == 1
    return first["repair_kind"], first["number"], first["as_printed"], first["hypothesis"]


def test_hypotheses_come_in_the_declared_columns() -> None:
    for claims in (register(), register(statement(935079, 1873899, "50.88"))):
        ClaimRepairs.to_schema().validate(claim_repairs(claims, NO_BASES))


def test_exchanged_digits_of_the_base_are_the_best_hypothesis_for_bali() -> None:
    # 935,079 / 1,837,899 = 50.88 percent: 1,837,899 × 0.5088 = 935,123, × 0.50875 = 935,031.
    first = repairs(935079, 1873899, "50.88")[0]
    assert first["repair_kind"] == "neighbouring_digits_exchanged"
    assert (first["number"], first["as_printed"], first["hypothesis"]) == (
        "denominator",
        "1873899",
        "1837899",
    )
    assert str(first["pct_if_so"]) == "50.88"
    assert first["explanation_en"] == (
        "Hypothesis, not a correction: if the denominator was 1,837,899, printed 1,873,899 because two"
        " neighbouring digits were exchanged, then 935,079 ÷ 1,837,899 = 50.88 percent; printed 50.88"
    )
    assert first["explanation_id"] == (
        "Hipotesis, bukan koreksi: bila penyebut sebenarnya 1.837.899, tertulis 1.873.899 karena dua angka"
        " yang bersebelahan tertukar, maka 935.079 ÷ 1.837.899 = 50,88 persen; tertulis 50,88"
    )


def test_exchanged_digits_are_found_in_the_percent_and_across_its_point() -> None:
    # 935,079 / 1,837,899 = 50.88 percent.
    exchanged_across_the_point = best(935079, 1837899, "58.08")
    assert exchanged_across_the_point == (
        "neighbouring_digits_exchanged",
        "published_value",
        "58.08",
        "50.88",
    )


def test_a_digit_written_twice() -> None:
    # Printed 18,378,899 for 1,837,899; but 1,837,889 with its last 9 doubled fits as well, 50.8779 percent.
    found = repairs(935079, 18378899, "50.88")
    assert [(row["repair_kind"], row["hypothesis"]) for row in found[:2]] == [
        ("digit_doubled", "1837889"),
        ("digit_doubled", "1837899"),
    ]


def test_a_misplaced_decimal_point() -> None:
    assert best(935079, 1837899, "5.088") == ("misplaced_separator", "published_value", "5.088", "50.88")
    assert best(935079, 1837899, "0.5088") == ("misplaced_separator", "published_value", "0.5088", "50.88")


def test_a_lost_thousand() -> None:
    # "147 ribu", 146,500 to 147,500, of 300,001 is 48.8 to 49.2 percent.
    assert best(147, 300001, "49") == ("misplaced_separator", "participants", "147", "147000")


def test_a_digit_left_out() -> None:
    # Printed 1,83,899 for 1,837,899: the 7 lacks.
    found = repairs(935079, 183899, "50.88")
    assert ("digit_dropped", "denominator", "1837899") in [
        (row["repair_kind"], row["number"], row["hypothesis"]) for row in found
    ]


def test_digits_of_a_rounded_number_change_only_where_they_were_printed() -> None:
    # 3.97 of 10.18 million, in 0.01 million, is 39.0 percent; printed is 9.37 million = 92 percent.
    found = repairs(9370000, 10180000, "39", participants_unit=10000, denominator_unit=10000)
    assert [row["hypothesis"] for row in found if row["number"] == "participants"] == ["3970000"]


def test_a_digit_left_out_of_a_rounded_number_stood_among_the_printed_ones() -> None:
    # 3,970 to 3,979 thousand of 10.18 million is 39 percent; printed is "397 ribu".
    found = repairs(397000, 10180000, "39", participants_unit=1000)
    left_out = [int(row["hypothesis"]) for row in found if row["number"] == "participants"]
    assert {3970000, 3979000} <= set(left_out)
    assert all(value % 1000 == 0 for value in left_out)


def test_no_number_is_supposed_to_begin_with_a_zero() -> None:
    # 138 / 1,000 = 13.8 percent, but 1038 with exchanged digits would be 0138.
    assert "138" not in [row["hypothesis"] for row in repairs(1038, 1000, "13.8")]


def test_a_small_shift_is_called_weak() -> None:
    # 1,000,000 / 2,001,000 = 49.975 and / 2,000,100 = 49.9975 percent: twice the room of 49.995 to 50.005.
    [slip] = [row for row in repairs(1000000, 2001000, "50.00") if row["hypothesis"] == "2000100"]
    assert "(weak: " in slip["explanation_en"]


def test_decimals_cut_off_come_before_any_wrong_digit() -> None:
    # 2 / 3 = 66.67 percent, cut off 66.66.
    assert best(200000, 300000, "66.66") == ("truncated_not_rounded", "published_value", "66.66", "66.67")


def test_rounding_twice_comes_before_any_wrong_digit() -> None:
    # 298,595 / 1,393,042 = 21.4347 percent, then 21.435, then 21.44; 298,595 / 1,393,024 = 21.43502.
    found = repairs(298595, 1393042, "21.44")
    assert [(row["repair_kind"], row["hypothesis"]) for row in found[:2]] == [
        ("rounded_twice", "21.43"),
        ("neighbouring_digits_exchanged", "1393024"),
    ]
    assert "weak" not in found[0]["explanation_en"]
    assert "weak" in found[1]["explanation_en"]
    assert "lemah" in found[1]["explanation_id"]


def test_a_base_printed_elsewhere_for_the_region_is_named_with_its_claim() -> None:
    # 123,456 / 400,000 = 30.86 percent, / 300,000 = 41.15 percent.
    claims = register(
        statement(123456, 400000, "41.15"),
        statement(150000, 300000, "50.00", claim_id="bali-earlier"),
        statement(150000, 300001, "50.00", claim_id="elsewhere", region_code="52"),
    )
    found = claim_repairs(claims, NO_BASES).filter(repair_kind="another_known_base")
    assert found["hypothesis"].to_list() == ["300000"]
    assert "300,000 (printed in bali-earlier)" in found["explanation_en"][0]


def test_a_delivered_base_is_named_with_its_round_and_origin() -> None:
    bases = pl.DataFrame(
        [("51", "eligible_workers", date(2024, 8, 1), 1837899, "penduduk_bekerja_51_202408.csv")],
        schema=NO_BASES.schema,
        orient="row",
    )
    found = claim_repairs(register(statement(935079, 1873899, "50.88")), bases).rows(named=True)
    assert [row["repair_kind"] for row in found] == ["neighbouring_digits_exchanged", "another_known_base"]
    assert "eligible_workers, round 2024-08-01, penduduk_bekerja_51_202408.csv" in found[1]["explanation_en"]
    assert (
        "eligible_workers, putaran 2024-08-01, penduduk_bekerja_51_202408.csv" in found[1]["explanation_id"]
    )


def test_a_weak_slip_comes_after_a_known_base() -> None:
    # 298,595 / 1,393,000 = 21.43539 percent, / 1,393,024 = 21.43502 percent: a shift of 0.0003 points.
    bases = pl.DataFrame(
        [("51", "employed", date(2022, 8, 1), 1393000, "x")], schema=NO_BASES.schema, orient="row"
    )
    found = claim_repairs(register(statement(298595, 1393042, "21.44")), bases)
    assert found["repair_kind"].to_list()[:3] == [
        "rounded_twice",
        "another_known_base",
        "neighbouring_digits_exchanged",
    ]


def test_a_base_known_from_several_places_is_one_hypothesis_with_its_first_origin() -> None:
    claims = register(
        statement(123456, 400000, "41.15"),
        statement(150000, 300000, "50.00", claim_id="a-claim"),
        statement(150000, 300000, "50.00", claim_id="b-claim"),
    )
    found = claim_repairs(claims, NO_BASES).filter(repair_kind="another_known_base")
    assert found.height == 1
    assert "a-claim" in found["explanation_en"][0]


@pytest.mark.parametrize(
    "untouched",
    [
        statement(935079, 1837899, "50.88"),
        statement(935079, 1873899, "50.88", as_of_printed="31 Juni 2025"),
        statement(935079, 0, "50.88"),
        statement(935079, 1873899, "50.88", published_value=None),
    ],
)
def test_only_statements_that_do_not_tie_get_hypotheses(untouched: dict[str, Any]) -> None:
    assert claim_repairs(register(untouched), NO_BASES).height == 0


# What holds for every statement.


def exchanged(digits: str, place: int) -> str:
    return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]


numbers = st.sampled_from(["participants", "denominator", "published_value"])


@settings(deadline=None)
@given(st.integers(100_000, 999_999), st.integers(1_000_000, 3_000_000), numbers, st.integers(0, 5))
def test_an_exchange_of_neighbouring_digits_is_always_found(
    participants: int, denominator: int, slipped: str, place: int
) -> None:
    hundredths = round(Fraction(10_000 * participants, denominator))
    truth = {
        "participants": str(participants),
        "denominator": str(denominator),
        "published_value": f"{hundredths // 100}.{hundredths % 100:02d}",
    }
    digits = truth[slipped].replace(".", "")
    assume(place < len(digits) - 1)
    slip = exchanged(digits, place)
    assume(slip != digits and not slip.startswith("0"))
    printed = truth | {slipped: f"{slip[:-2]}.{slip[-2:]}" if slipped == "published_value" else slip}
    claims = register(
        statement(int(printed["participants"]), int(printed["denominator"]), printed["published_value"])
    )
    assume(claim_verdicts(claims)["arithmetic"].item() == "does_not_tie")
    found = claim_repairs(claims, NO_BASES).filter(
        repair_kind="neighbouring_digits_exchanged", number=slipped, hypothesis=truth[slipped]
    )
    assert found.height == 1


anything = st.tuples(
    st.integers(1, 3_000_000),
    st.integers(10_000, 3_000_000),
    st.from_regex(r"[1-9][0-9]?(\.[0-9]{1,2})?", fullmatch=True),
)


@settings(deadline=None, max_examples=50)
@given(st.lists(anything, min_size=1, max_size=5), st.randoms())
def test_each_hypothesis_makes_its_claim_tie_whatever_the_order_of_rows(
    numbers: list[tuple[int, int, str]], random: Any
) -> None:
    statements = [statement(*three, claim_id=f"claim-{place}") for place, three in enumerate(numbers)]
    found = claim_repairs(register(*statements), NO_BASES)
    for (claim_id,), rows in found.group_by("claim_id"):
        assert rows["rank"].to_list() == list(range(1, rows.height + 1)), claim_id
        assert rows.select("repair_kind", "number", "hypothesis").is_unique().all()
    by_id = {one["claim_id"]: one for one in statements}
    repaired = []
    # A count with a moved separator is known to fewer digits than a claim can say here.
    for row in found.filter(pl.col("repair_kind") != "misplaced_separator").iter_rows(named=True):
        value = row["hypothesis"] if row["number"] == "published_value" else int(row["hypothesis"])
        name = f"{row['claim_id']}-{row['rank']}"
        repaired.append(by_id[row["claim_id"]] | {"claim_id": name, row["number"]: value})
    assert set(claim_verdicts(register(*repaired))["arithmetic"]) <= {"ties"}
    random.shuffle(statements)
    assert found.equals(claim_repairs(register(*statements), NO_BASES))
