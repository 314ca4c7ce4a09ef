"""Printed figures that contradict each other, although each may agree with its own numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from schemas.tables.marts import ClaimContradictions
from schemas.tables.table import SEGMENTS, TOTAL
from transforms.claims.rounding import Interval, PrintedCount, PrintedPercent
from transforms.claims.statements import Statement, read_statements
from transforms.claims.wording import NUMBERS, Wording, listed

_ALWAYS_PRINTED_SEGMENTS = {"PU", "BPU"}

_REGENCIES = Wording(
    "{region}, {number}: its {count} regencies add up to {sum}, printed for the province is {total},"
    " a difference of {difference}",
    "{region}, {number}: jumlah {count} kabupaten/kota {sum}, untuk provinsi tertulis {total},"
    " selisih {difference}",
)
_SEGMENTS_SUM = Wording(
    "{region}, {number}: the segments {parts} add up to {sum}, printed as their total is {total},"
    " a difference of {difference}",
    "{region}, {number}: jumlah segmen {parts} adalah {sum}, sebagai totalnya tertulis {total},"
    " selisih {difference}",
)
_TWO_VALUES = Wording(
    "{region}, {day}, segment {segment}, {number}: printed as {values}, a difference of {difference} that"
    " rounding does not explain",
    "{region}, {day}, segmen {segment}, {number}: tertulis {values}, selisih {difference} yang tidak"
    " terjelaskan oleh pembulatan",
)
_SO_MANY = Wording("{value}", "{value}")
_POINTS = Wording("{value} points", "{value} poin")


def claim_contradictions(figures: pl.DataFrame, regencies: pl.DataFrame) -> pl.DataFrame:
    """One row per contradiction between claims of `published_figures`, in order of contradiction_id.

    `regencies` (province_code, regency_code) says which regencies make up a province. `difference`
    is a count for participants and denominators, percentage points for percents. Kinds:

    - `regencies_do_not_add_up`: participants or denominator of a province against the sum of its regencies;
      same source, day, measure and segment. Only where every regency of the province is printed once.
      Difference: province minus sum.
    - `segments_do_not_add_up`: participants of TOTAL against PU + BPU and, where printed, JAKON and PMI; same
      source, region, day and measure. A sum that falls short counts only when all four are printed: a total
      may contain segments that the source does not name. Difference: total minus sum.
    - `same_place_and_day_two_values`: participants, denominator or percent of one region, day, measure and
      segment, from any source. Claims without a day are left out. Difference: largest minus smallest.

    A contradiction is only what rounding cannot explain: the intervals of the printed numbers do not touch.
    Neither side is called wrong; two definitions under one name look the same.
    Raises RegisterError where a row of the register cannot be read as numbers.
    """
    statements = read_statements(figures)
    rows = [
        *_regencies_against_province(statements, _regencies_by_province(regencies)),
        *_segments_against_total(statements),
        *_two_values(statements),
    ]
    rows.sort(key=lambda row: row["contradiction_id"])
    return pl.DataFrame(rows, schema=ClaimContradictions.polars_schema(), orient="row")


def _regencies_by_province(regencies: pl.DataFrame) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    pairs = regencies.select("province_code", "regency_code").unique()
    for province, regency in sorted(pairs.iter_rows()):
        grouped.setdefault(province, []).append(regency)
    return grouped


def _regencies_against_province(
    statements: list[Statement], regencies_of: dict[str, list[str]]
) -> Iterator[dict[str, Any]]:
    groups = _grouped(
        [statement for statement in statements if statement.source_url],
        lambda one: (one.source_url, one.as_of, one.as_of_printed, one.measure, one.segment),
    )
    for group in groups:
        for total in group:
            expected = regencies_of.get(total.region_code or "", [])
            if not expected:
                continue
            for number in ("participants", "denominator"):
                parts = _printed(number, [one for one in group if one.region_code in expected])
                if sorted(one.region_code or "" for one in parts) == expected:
                    yield from _sum_against_total("regencies_do_not_add_up", number, total, parts)


def _segments_against_total(statements: list[Statement]) -> Iterator[dict[str, Any]]:
    groups = _grouped(
        [statement for statement in statements if statement.source_url and statement.region_code],
        lambda one: (one.source_url, one.region_code, one.as_of, one.as_of_printed, one.measure),
    )
    for group in groups:
        parts = _printed("participants", [one for one in group if one.segment in SEGMENTS])
        segments = [one.segment for one in parts]
        if len(set(segments)) < len(segments) or not _ALWAYS_PRINTED_SEGMENTS.issubset(segments):
            continue
        is_complete = len(segments) == len(SEGMENTS)
        for total in group:
            if total.segment == TOTAL:
                yield from _sum_against_total(
                    "segments_do_not_add_up", "participants", total, parts, may_fall_short=not is_complete
                )


def _sum_against_total(
    kind: str, number: str, total: Statement, parts: Sequence[Statement], *, may_fall_short: bool = False
) -> Iterator[dict[str, Any]]:
    printed: PrintedCount | None = getattr(total, number)
    if printed is None:
        return
    counts: list[PrintedCount] = [getattr(part, number) for part in parts]
    possible = _sum_of([count.interval for count in counts])
    falls_short = possible.high < printed.interval.low
    if possible.touches(printed.interval) or (falls_short and may_fall_short):
        return
    added = sum(count.value for count in counts)
    explanation = (_REGENCIES if kind == "regencies_do_not_add_up" else _SEGMENTS_SUM).filled(
        region=total.region_name or total.region_code or "",
        number=NUMBERS[number],
        count=len(parts),
        parts=" + ".join(part.segment or "" for part in parts),
        sum=added,
        total=printed.value,
        difference=abs(printed.value - added),
    )
    values = f"{printed.value} | {' + '.join(str(count.value) for count in counts)} = {added}"
    difference = Decimal(printed.value - added)
    yield _row(kind, number, [total, *parts], values=values, difference=difference, explanation=explanation)


def _sum_of(intervals: list[Interval]) -> Interval:
    nothing = Fraction(0)
    return Interval(
        sum((one.low for one in intervals), nothing), sum((one.high for one in intervals), nothing)
    )


def _two_values(statements: list[Statement]) -> Iterator[dict[str, Any]]:
    groups = _grouped(
        [statement for statement in statements if statement.region_code and statement.as_of],
        lambda one: (one.region_code, one.as_of, one.measure, one.segment),
    )
    for group in groups:
        for number in NUMBERS:
            claims = _printed(number, group)
            printed: list[PrintedCount | PrintedPercent] = [getattr(claim, number) for claim in claims]
            if not _share_a_value([one.interval for one in printed]):
                yield _two_values_row(number, claims, [Decimal(one.text) for one in printed])


def _share_a_value(intervals: list[Interval]) -> bool:
    """Whether one value lies in all of them: on a line, when the highest low is not above the lowest high."""
    if not intervals:
        return True
    return max(one.low for one in intervals) <= min(one.high for one in intervals)


def _two_values_row(number: str, claims: list[Statement], values: list[Decimal]) -> dict[str, Any]:
    first = claims[0]
    difference = max(values) - min(values)
    explanation = _TWO_VALUES.filled(
        region=first.region_name or first.region_code or "",
        day=first.as_of or "",
        segment=first.segment or "",
        values=listed([_SO_MANY.filled(value=value) for value in values]),
        number=NUMBERS[number],
        difference=(_POINTS if number == "published_value" else _SO_MANY).filled(value=difference),
    )
    text = " | ".join(str(value) for value in values)
    kind = "same_place_and_day_two_values"
    return _row(kind, number, claims, values=text, difference=difference, explanation=explanation)


def _row(
    kind: str,
    number: str,
    claims: list[Statement],
    *,
    values: str,
    difference: Decimal,
    explanation: Wording,
) -> dict[str, Any]:
    first = claims[0]
    return {
        "contradiction_id": f"{kind}:{number}:{first.claim_id}",
        "contradiction_kind": kind,
        "claim_ids": ", ".join(claim.claim_id for claim in claims),
        "region_code": first.region_code,
        "as_of": first.as_of,
        "values_printed": values,
        "difference": str(difference),
        "explanation_en": explanation.english,
        "explanation_id": explanation.indonesian,
    }


def _grouped(statements: list[Statement], key: Callable[[Statement], Hashable]) -> list[list[Statement]]:
    """Statements that share a key, each group in order of claim_id."""
    groups: dict[Hashable, list[Statement]] = {}
    for statement in statements:
        groups.setdefault(key(statement), []).append(statement)
    return list(groups.values())


def _printed(number: str, statements: list[Statement]) -> list[Statement]:
    return [statement for statement in statements if getattr(statement, number) is not None]
