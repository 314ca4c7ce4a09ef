"""One printed statement: participants, denominator and percent, each with the precision it was printed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl

from schemas.errors import RegisterError
from transforms.claims.rounding import Division, PrintedCount, PrintedPercent

_DECIMAL_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

#: Above this a register row is taken for a slip of ours: 10,000 participants for each worker of the base.
_LARGEST_PERCENT = 1_000_000


@dataclass(frozen=True)
class Statement:
    """A row of the register `published_figures`, as far as its arithmetic is concerned."""

    claim_id: str
    region_code: str | None
    region_name: str | None
    as_of: date | None
    as_of_printed: str | None
    measure: str | None
    segment: str | None
    source_url: str | None
    participants: PrintedCount | None
    denominator: PrintedCount | None
    published_value: PrintedPercent | None

    @property
    def missing(self) -> list[str]:
        """Columns of the three numbers that are not printed."""
        numbers = ("participants", "denominator", "published_value")
        return [name for name in numbers if getattr(self, name) is None]

    @property
    def division(self) -> Division | None:
        """Participants over the denominator; null unless both are printed and can be divided."""
        if self.participants is None or self.denominator is None:
            return None
        if self.participants.value < 0 or self.denominator.value <= 0:
            return None
        return Division(self.participants, self.denominator)


def read_statements(figures: pl.DataFrame) -> list[Statement]:
    """The register's rows in order of claim_id, whatever order they came in.

    Raises RegisterError, naming the claim, for a claim_id that is missing or comes twice, a number without
    its rounding unit, a percent that is not a decimal number with a dot, and a percent above 1,000,000.
    """
    statements = [_statement(row) for row in figures.iter_rows(named=True)]
    statements.sort(key=lambda statement: statement.claim_id)
    for earlier, later in pairwise(statements):
        if earlier.claim_id == later.claim_id:
            raise _register_error(later.claim_id, "the claim_id comes twice", "give every claim its own id")
    return statements


def _statement(row: dict[str, Any]) -> Statement:
    if row["claim_id"] is None:
        raise _register_error("without claim_id", "a row has no claim_id", "give every claim its own id")
    statement = Statement(
        claim_id=row["claim_id"],
        region_code=row["region_code"],
        region_name=row["region_name"],
        as_of=row["as_of"],
        as_of_printed=row["as_of_printed"],
        measure=row["measure"],
        segment=row["segment"],
        source_url=row["source_url"],
        participants=_printed_count(row, "participants"),
        denominator=_printed_count(row, "denominator"),
        published_value=_printed_percent(row),
    )
    division, printed = statement.division, statement.published_value
    if (division and division.interval.high > _LARGEST_PERCENT) or (
        printed and abs(printed.value) > _LARGEST_PERCENT
    ):
        what = "the percent is above 1,000,000"
        raise _register_error(statement.claim_id, what, "compare the row with its source")
    return statement


def _printed_count(row: dict[str, Any], column: str) -> PrintedCount | None:
    value, unit = row[column], row[f"{column}_unit"]
    if value is None:
        return None
    if unit is None or unit < 1:
        hint = "write 1 where the number is printed in full, 1000 where it is printed in thousands"
        raise _register_error(row["claim_id"], f"{column}_unit is missing or below 1", hint)
    return PrintedCount(value, unit)


def _printed_percent(row: dict[str, Any]) -> PrintedPercent | None:
    text = row["published_value"]
    if text is None:
        return None
    if not _DECIMAL_NUMBER.fullmatch(text):
        hint = "write digits with a dot before the decimals, without a percent sign"
        raise _register_error(row["claim_id"], "published_value is not a decimal number", hint)
    return PrintedPercent(text)


def _register_error(claim_id: str, what: str, hint: str) -> RegisterError:
    return RegisterError(what, where=f"published_figures, claim {claim_id}", hint=hint)
