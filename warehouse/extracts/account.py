"""What became of every physical line of a file, and the batches that carry its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

#: A row that is not a row: the line number, the reasons, nothing else.
BROKEN_SCHEMA: dict[str, Any] = {"line": pl.Int64, "reasons": pl.List(pl.String)}
LINE = "line"


@dataclass
class LineAccount:
    """Physical lines of one file by what they are; rows are counted by the gate, not here.

    Identity: lines = header + blank + total_row + note + continued + rows.
    """

    lines: int = 0
    header: int = 0
    blank: int = 0
    total_row: int = 0
    note: int = 0
    continued: int = 0
    rows: int = 0

    @property
    def is_balanced(self) -> bool:
        """Whether every physical line has been given exactly one name."""
        named = self.header + self.blank + self.total_row + self.note + self.continued + self.rows
        return self.lines == named


@dataclass(frozen=True)
class Batch:
    """Some rows of a file.

    `rows`: `line` and one text column per declared column (null where the column is absent).
    `broken`: lines that do not form a row, with reasons. `received` gives the text of lines as they came.
    """

    rows: pl.DataFrame
    broken: pl.DataFrame
    received: Callable[[list[int]], list[str]]


@dataclass
class Reading:
    """A file being read: iterate over `batches` once, then `account` and `totals` are complete."""

    batches: Iterator[Batch]
    account: LineAccount
    #: Text of the summed column in each total row that was met.
    totals: list[str | None] = field(default_factory=list)
    #: Lines that were not UTF-8 and were read as Windows-1252.
    lines_recoded: int = 0


def no_broken_lines() -> pl.DataFrame:
    """Return an empty frame of broken lines."""
    return pl.DataFrame(schema=BROKEN_SCHEMA)
