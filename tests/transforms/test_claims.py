"""Verdicts on printed statements: hand-worked cases, and what holds for every statement."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.errors import RegisterError
from schemas.tables.reference import PublishedFigures
from schemas.tables.staging import ClaimVerdicts
from transforms.claims import claim_verdicts
from transforms.claims.printed_dates import nonexistent_date
from transforms.claims.rounding import Division, PrintedCount, PrintedPercent, half_up


def figures(*claims: dict[str, Any]) -> pl.DataFrame:
    numbered = [{"claim_id": f"claim-{place}"} | claim for place, claim in enumerate(claims)]
    return pl.DataFrame(numbered, schema=PublishedFigures.polars_schema(), orient="row")


def claim(
    participants: int | None, denominator: int | None, printed: str | None, *, units: tuple[int, int] = (1, 1)
) -> dict[str, Any]:
    return {
        "participants": participants,
        "participants_unit": None if participants is None else units[0],
        "denominator": denominator,
        "denominator_unit": None if denominator is None else units[1],
        "published_value": printed,
    }


def verdict(*args: Any, **kwargs: Any) -> dict[str, Any]:
    return claim_verdicts(figures(claim(*args, **kwargs))).row(0, named=True)


def test_a_percent_that_its_counts_do_not_give_does_not_tie() -> None:
    # 1,873,899 × 0.499 = 935,075.6, so 935,079 is just above 49.90 percent.
    row = verdict(935079, 1873899, "50.88")
    assert row["arithmetic"] == "does_not_tie"
    assert row["computed_pct"] == Decimal("49.90")
    assert row["difference"] == Decimal("0.98")
    assert row["tolerance"] == Decimal("0.0050")
    assert row["explanation_en"] == (
        "935,079 ÷ 1,873,899 = 49.90 percent; printed 50.88, 0.98 points higher: does not tie"
    )
    assert row["explanation_id"] == (
        "935.079 ÷ 1.873.899 = 49,90 persen; tertulis 50,88, lebih tinggi 0,98 poin: tidak cocok"
    )


def test_a_percent_ties_to_the_decimals_it_is_printed_with() -> None:
    # 538,504 / 1,214,028 = 44.36 percent.
    assert verdict(538504, 1214028, "44")["arithmetic"] == "ties"
    assert verdict(538504, 1214028, "44.4")["arithmetic"] == "ties"
    assert verdict(538504, 1214028, "44.0")["arithmetic"] == "does_not_tie"


@pytest.mark.parametrize(("printed", "expected"), [("12", "ties"), ("13", "ties"), ("12.6", "does_not_tie")])
def test_a_half_may_be_rounded_either_way(printed: str, expected: str) -> None:
    assert verdict(1, 8, printed)["arithmetic"] == expected


def test_computed_percent_rounds_halves_up() -> None:
    # 1 / 800 = 0.125 percent.
    assert verdict(1, 800, None)["computed_pct"] == Decimal("0.13")


@pytest.mark.parametrize(
    ("printed", "expected"),
    # 130,250 to 130,350 over 198,628 is 65.5749 to 65.6252 percent.
    [("65.56", "does_not_tie"), ("65.57", "ties"), ("65.63", "ties"), ("65.64", "does_not_tie")],
)
def test_rounded_counts_leave_room(printed: str, expected: str) -> None:
    assert verdict(130300, 198628, printed, units=(100, 1))["arithmetic"] == expected


def test_a_rounded_count_shows_its_range() -> None:
    row = verdict(130300, 198628, "65.60", units=(100, 1))
    assert row["explanation_id"] == (
        "130.300 ÷ 198.628 = 65,60 persen (antara 65,57 dan 65,63, karena angkanya dibulatkan);"
        " tertulis 65,60: cocok"
    )


def test_coverage_above_100_percent_is_not_objected_to() -> None:
    row = verdict(25721, 20390, "126.15")
    assert (row["arithmetic"], row["computed_pct"]) == ("ties", Decimal("126.15"))


def test_a_gap_stays_visible_where_two_decimals_would_hide_it() -> None:
    # 12,899 / 20,000 = 64.495 percent, not enough for 65; as 64.50 it would seem to be.
    row = verdict(12899, 20000, "65")
    assert row["arithmetic"] == "does_not_tie"
    assert row["explanation_en"].startswith(
        "12,899 ÷ 20,000 = 64.495 percent; printed 65, 0.505 points higher"
    )


@pytest.mark.parametrize(
    ("numbers", "english", "indonesian"),
    [
        ((None, None, "52.33"), "number of participants and denominator", "jumlah peserta dan penyebut"),
        ((657713, None, "42.47"), "denominator", "penyebut"),
        (
            (None, None, None),
            "number of participants, denominator and percent",
            "jumlah peserta, penyebut dan persentase",
        ),
    ],
)
def test_a_missing_number_is_named(numbers: tuple[Any, Any, Any], english: str, indonesian: str) -> None:
    row = verdict(*numbers)
    assert row["arithmetic"] == "not_checkable"
    assert row["computed_pct"] is None
    assert row["explanation_en"] == f"Not checkable, as it is not printed: {english}"
    assert row["explanation_id"] == f"Tidak dapat diperiksa karena tidak tertulis: {indonesian}"


def test_two_counts_without_a_percent_are_divided_and_not_judged() -> None:
    row = verdict(3, 4, None)
    assert (row["arithmetic"], row["computed_pct"], row["difference"]) == (
        "not_checkable",
        Decimal("75"),
        None,
    )


@pytest.mark.parametrize(
    "numbers", [(-5, 100, "5"), (5, -100, "5"), (5, 100, "-5"), (5, 0, None), (0, 0, "1")]
)
def test_numbers_that_cannot_be_are_impossible(numbers: tuple[int, int, str | None]) -> None:
    assert verdict(*numbers)["arithmetic"] == "impossible"


def test_a_base_of_zero_with_nobody_in_it_is_possible() -> None:
    assert verdict(0, 0, None)["arithmetic"] == "not_checkable"


def test_a_date_that_does_not_exist_is_impossible_even_when_the_numbers_tie() -> None:
    # 7,455 / 60,656 = 12.29 percent.
    row = claim_verdicts(figures(claim(7455, 60656, "12.29") | {"as_of_printed": "31 Juni 2025"})).row(
        0, named=True
    )
    assert row["arithmetic"] == "impossible"
    assert row["explanation_en"] == (
        "Impossible: the calendar has no 31 Juni 2025; 7,455 ÷ 60,656 = 12.29 percent; printed 12.29: ties"
    )


@pytest.mark.parametrize(
    "printed",
    ["31 Juni 2025", "per 31 juni 2025.", "29 Februari 2025", "31/06/2025", "31-04-2024", "2025-06-31",
     "0 Mei 2025", "32 Des 2024", "01/13/2025", "31 Sept. 2023", "30 Februari"],
)  # fmt: skip
def test_dates_that_no_calendar_has(printed: str) -> None:
    assert nonexistent_date(printed) is not None


@pytest.mark.parametrize(
    "printed",
    [None, "", "30 Juni 2025", "29 Februari 2024", "29 Februari", "Juni 2025", "2025", "31/12/2024",
     "2025-12-31", "31 persen", "akhir tahun"],
)  # fmt: skip
def test_dates_that_exist_and_texts_without_a_day(printed: str | None) -> None:
    assert nonexistent_date(printed) is None


@pytest.mark.parametrize(
    "row",
    [
        claim(5, 10, "50,0"),
        claim(5, 10, "50 %"),
        claim(5, 10, "50.0", units=(0, 1)),
        claim(5, 10, "50.0") | {"denominator_unit": None},
        claim(1_000_000, 1, None),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_name(row: dict[str, Any]) -> None:
    with pytest.raises(RegisterError, match="claim-0"):
        claim_verdicts(figures(row))


def test_a_claim_id_that_comes_twice_is_refused() -> None:
    twice = claim(1, 2, "50") | {"claim_id": "bali"}
    with pytest.raises(RegisterError, match="claim bali: the claim_id comes twice"):
        claim_verdicts(figures(twice, twice))


def test_no_claims_give_no_verdicts_in_the_declared_columns() -> None:
    empty = claim_verdicts(figures())
    assert empty.height == 0
    ClaimVerdicts.to_schema().validate(empty)


# What holds for every statement. Rounding is done here by Python's own round(), half to even, or upwards.

counts = st.integers(0, 3_000_000)
bases = st.integers(1, 3_000_000)
units = st.sampled_from([1, 10, 100, 1000, 10_000])


def written(value: Fraction, decimals: int, upwards: bool) -> str:
    scaled = value * 10**decimals
    whole = int(scaled + Fraction(1, 2)) if upwards else round(scaled)
    digits = str(whole).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


@settings(deadline=None)
@given(counts, bases, st.tuples(units, units), st.integers(0, 3), st.booleans())
def test_what_was_rounded_from_one_truth_ties(
    participants: int, base: int, rounded_to: tuple[int, int], decimals: int, upwards: bool
) -> None:
    printed_participants, printed_base = (
        round(Fraction(true, unit)) * unit
        for true, unit in zip((participants, base), rounded_to, strict=True)
    )
    # A base that rounds to nothing, or nearly so, is refused: no percent can be made of it.
    assume(printed_base > 0 and participants < 1000 * base)
    percent = written(Fraction(100 * participants, base), decimals, upwards)
    row = verdict(printed_participants, printed_base, percent, units=rounded_to)
    assert row["arithmetic"] == "ties"


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 1), st.integers(0, 200))
def test_exact_counts_tie_only_with_a_nearest_percent(
    participants: int, base: int, decimals: int, tenths: int
) -> None:
    place = Fraction(1, 10**decimals)
    printed = tenths * place
    percent = Fraction(100 * participants, base)
    is_nearest = all(abs(percent - printed) <= abs(percent - printed + step) for step in (place, -place))
    ties = verdict(participants, base, written(printed, decimals, upwards=True))["arithmetic"] == "ties"
    assert ties == is_nearest


@given(st.integers(0, 40), st.integers(1, 40), st.sampled_from([2, 4, 6]), st.sampled_from([2, 4, 6]))
def test_the_interval_is_that_of_all_counts_that_round_so(
    participants: int, base: int, counted_in: int, based_on: int
) -> None:
    # Every whole count at most half a unit away, ends included, and a base of at least one.
    possible = [
        Fraction(100 * counted, workers)
        for counted in range(max(0, participants - counted_in // 2), participants + counted_in // 2 + 1)
        for workers in range(max(1, base - based_on // 2), base + based_on // 2 + 1)
    ]
    interval = Division(PrintedCount(participants, counted_in), PrintedCount(base, based_on)).interval
    assert (interval.low, interval.high) == (min(possible), max(possible))


@given(st.fractions(0, 1000), st.integers(0, 6))
def test_rounded_half_up_is_never_further_than_half_a_place(value: Fraction, decimals: int) -> None:
    rounded = Fraction(half_up(value, decimals))
    assert -Fraction(1, 2) < (rounded - value) * 10**decimals <= Fraction(1, 2)


@given(st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,4})?", fullmatch=True))
def test_a_printed_percent_lies_in_the_middle_of_its_interval(text: str) -> None:
    printed = PrintedPercent(text)
    assert printed.interval.low == max(2 * printed.value - printed.interval.high, 0)
    assert printed.interval.high - printed.value == Fraction(1, 2 * 10**printed.decimals)


statements = st.builds(
    claim,
    st.none() | counts,
    st.none() | st.integers(1000, 3_000_000),
    st.none() | st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,2})?", fullmatch=True),
)


@settings(deadline=None)
@given(st.lists(statements, max_size=6), st.randoms())
def test_order_of_rows_does_not_matter(claims: list[dict[str, Any]], random: Any) -> None:
    frame = figures(*claims)
    order = list(range(frame.height))
    random.shuffle(order)
    verdicts = claim_verdicts(frame)
    assert verdicts.equals(claim_verdicts(frame[order]))
    assert verdicts["claim_id"].to_list() == sorted(frame["claim_id"].to_list())
    ClaimVerdicts.to_schema().validate(verdicts)
