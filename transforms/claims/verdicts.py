"""Does a printed statement agree with its own numbers?"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from schemas.tables.staging import ClaimVerdicts
from transforms.claims.printed_dates import nonexistent_date
from transforms.claims.rounding import Division, PrintedPercent, half_up, rounded_down, rounded_up
from transforms.claims.statements import Statement, read_statements
from transforms.claims.wording import NUMBERS, Wording, joined, listed

_TOLERANCE_DECIMALS = 4

_ARITHMETIC = Wording(
    "{participants} ÷ {denominator} = {computed} percent",
    "{participants} ÷ {denominator} = {computed} persen",
)
_ARITHMETIC_ROUNDED = Wording(
    "{arithmetic} (from {lowest} to {highest}, as the counts are rounded)",
    "{arithmetic} (antara {lowest} dan {highest}, karena angkanya dibulatkan)",
)
_TIES = Wording("{arithmetic}; printed {printed}: ties", "{arithmetic}; tertulis {printed}: cocok")
_TOO_HIGH = Wording(
    "{arithmetic}; printed {printed}, {points} points higher: does not tie",
    "{arithmetic}; tertulis {printed}, lebih tinggi {points} poin: tidak cocok",
)
_TOO_LOW = Wording(
    "{arithmetic}; printed {printed}, {points} points lower: does not tie",
    "{arithmetic}; tertulis {printed}, lebih rendah {points} poin: tidak cocok",
)
_NO_PERCENT = Wording(
    "{arithmetic}; no percent is printed, so there is nothing to check",
    "{arithmetic}; persentase tidak tertulis, jadi tidak ada yang diperiksa",
)
_NOT_PRINTED = Wording(
    "Not checkable, as it is not printed: {missing}",
    "Tidak dapat diperiksa karena tidak tertulis: {missing}",
)
_IMPOSSIBLE = Wording("Impossible: {reasons}", "Mustahil: {reasons}")
_NO_SUCH_DATE = Wording("the calendar has no {printed}", "tanggal {printed} tidak ada")
_NEGATIVE = Wording("{number} below zero ({printed})", "{number} di bawah nol ({printed})")
_NOTHING_TO_DIVIDE_BY = Wording("the denominator is zero", "penyebutnya nol")


def claim_verdicts(figures: pl.DataFrame) -> pl.DataFrame:
    """One row per claim of `published_figures`, in order of claim_id: does it agree with its own numbers?

    `computed_pct` is participants ÷ denominator × 100, halves rounded up; null unless both are printed and
    possible. `difference` is the printed percent minus the computed one, in points. `tolerance` is half of
    the last printed decimal: the percent can have been that far away before it was rounded.

    `arithmetic`: `impossible` for a date that does not exist, a number below zero, or a denominator of zero
    under participants or a percent; else `not_checkable` where a number is missing; else `ties` where the
    percents that the two counts allow, given the units they are rounded to, and those that the printed
    percent allows have one in common, ends included; else `does_not_tie`. Decided in exact arithmetic on what
    is printed, never on the rounded columns. Coverage above 100 percent is real and never objected to.

    Raises RegisterError where a row of the register cannot be read as numbers.
    """
    rows = [_verdict_row(statement) for statement in read_statements(figures)]
    return pl.DataFrame(rows, schema=ClaimVerdicts.polars_schema(), orient="row")


def verdict_of(statement: Statement) -> str:
    """One of `ties`, `does_not_tie`, `impossible`, `not_checkable`."""
    if _impossibilities(statement):
        return "impossible"
    division, printed = statement.division, statement.published_value
    if division is None or printed is None:
        return "not_checkable"
    return "ties" if division.ties(printed) else "does_not_tie"


def _verdict_row(statement: Statement) -> dict[str, Any]:
    division, printed = statement.division, statement.published_value
    computed_pct = half_up(division.percent, 2) if division else None
    explanation = _explanation(statement)
    return {
        "claim_id": statement.claim_id,
        "computed_pct": computed_pct,
        "arithmetic": verdict_of(statement),
        "difference": _difference(printed, computed_pct),
        "tolerance": printed and rounded_up(printed.last_place / 2, _TOLERANCE_DECIMALS),
        "explanation_en": explanation.english,
        "explanation_id": explanation.indonesian,
    }


def _difference(printed: PrintedPercent | None, computed_pct: Decimal | None) -> Decimal | None:
    if printed is None or computed_pct is None:
        return None
    return (Decimal(printed.text) - computed_pct).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _impossibilities(statement: Statement) -> list[Wording]:
    reasons = []
    if day := nonexistent_date(statement.as_of_printed):
        reasons.append(_NO_SUCH_DATE.filled(printed=day))
    for name, number in NUMBERS.items():
        figure = getattr(statement, name)
        if figure is not None and figure.value < 0:
            reasons.append(_NEGATIVE.filled(number=number, printed=Decimal(figure.text)))
    counted = statement.participants is not None and statement.participants.value > 0
    no_base = statement.denominator is not None and statement.denominator.value == 0
    if no_base and (counted or statement.published_value):
        reasons.append(_NOTHING_TO_DIVIDE_BY)
    return reasons


def _explanation(statement: Statement) -> Wording:
    division, printed = statement.division, statement.published_value
    reasons = _impossibilities(statement)
    if reasons:
        comparison = [_comparison(division, printed)] if division and printed else []
        return _IMPOSSIBLE.filled(reasons=joined(reasons + comparison, "; "))
    if division is None:
        return _NOT_PRINTED.filled(missing=listed([NUMBERS[name] for name in statement.missing]))
    if printed is None:
        return _NO_PERCENT.filled(arithmetic=arithmetic(division, 2))
    return _comparison(division, printed)


def _comparison(division: Division, printed: PrintedPercent) -> Wording:
    shown = Decimal(printed.text)
    if division.ties(printed):
        return _TIES.filled(arithmetic=arithmetic(division, max(2, printed.decimals)), printed=shown)
    decimals = _telling_decimals(division.percent, printed)
    points = shown - half_up(division.percent, decimals)
    sentence = _TOO_HIGH if points > 0 else _TOO_LOW
    return sentence.filled(arithmetic=arithmetic(division, decimals), printed=shown, points=abs(points))


def arithmetic(division: Division, decimals: int) -> Wording:
    """'935,079 ÷ 1,873,899 = 49.90 percent', with its range where a count is rounded."""
    written = _ARITHMETIC.filled(
        participants=division.participants.value,
        denominator=division.denominator.value,
        computed=half_up(division.percent, decimals),
    )
    possible = division.interval
    if not possible.width:
        return written
    lowest, highest = rounded_down(possible.low, decimals), rounded_up(possible.high, decimals)
    return _ARITHMETIC_ROUNDED.filled(arithmetic=written, lowest=lowest, highest=highest)


def _telling_decimals(computed: Fraction, printed: PrintedPercent) -> int:
    """Enough decimals to see the gap: 64.498 does not round to 65, but written 64.50 it would seem to."""
    decimals = max(2, printed.decimals)
    while printed.interval.low <= Fraction(half_up(computed, decimals)) <= printed.interval.high:
        decimals += 1
    return decimals
