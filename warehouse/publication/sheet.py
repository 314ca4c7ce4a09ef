"""A sheet of a workbook as data: one real table, never an empty cell, never a false 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

#: A number that is not known; the column of the status says why.
NO_VALUE = "[x]"

Kind = Literal["text", "count", "percent", "points", "day", "month"]
Value = str | int | Decimal | date | None


@dataclass(frozen=True)
class Field:
    """A column of a sheet: heading, the table column that it shows, kind and width."""

    key: str
    column: str
    kind: Kind
    width: float
    wraps: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet with one table."""

    name: str
    table: str
    title: str
    note: str
    fields: Sequence[Field]
    rows: list[list[Value]]
    bars: int | None = None
