"""Pieces of delimited text that are not regular: quotes, blank lines, short and long ones, looked at one by one."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from warehouse.extracts.account import BROKEN_SCHEMA, LINE, no_broken_lines
from warehouse.extracts.header import Layout

#: A quoted field may run over at most so many lines; beyond that the quote is broken.
LONGEST_RECORD = 20
_BROKEN = "line:broken_quoting"
_UNCLOSED = "unclosed"


@dataclass
class Lines:
    """A piece split into rows. `spans`: first line → number of lines, where a quoted field holds line breaks.

    `held`: lines at the end that may go on in the next piece; they are no part of this one. `blank` and
    `continued`: lines that are no row of their own.
    """

    fields: pl.DataFrame
    broken: pl.DataFrame = field(default_factory=no_broken_lines)
    spans: dict[int, int] = field(default_factory=dict)
    held: int = 0
    blank: int = 0
    continued: int = 0


@dataclass
class _OddLines:
    """What is known of the lines that were looked at one by one."""

    lines: list[str]
    layout: Layout
    before: int
    is_last: bool
    records: list[tuple[int, list[str]]] = field(default_factory=list)
    broken: list[tuple[int, list[str]]] = field(default_factory=list)
    spans: dict[int, int] = field(default_factory=dict)
    consumed: set[int] = field(default_factory=set)
    held: int = 0
    blank: int = 0

    def look_at(self, odd: Iterable[int], most_broken: int) -> None:
        """Look at the odd lines in their order, until the piece ends in an open quote or too many are broken."""
        for at in odd:
            if at not in self.consumed:
                self._take(at)
            if self.held or len(self.broken) > most_broken:
                break

    def _take(self, at: int) -> None:
        self.consumed.add(at)
        if not self.lines[at].strip():
            self.blank += 1
            return
        fields, last, reason = _record(self.lines, at, self.layout)
        line = self.before + 1 + at
        if fields is not None:
            self.records.append((line, fields))
            self.spans[line] = last - at + 1
            self.consumed.update(range(at, last + 1))
        elif reason == _UNCLOSED and last == len(self.lines) - 1 < at + LONGEST_RECORD and not self.is_last:
            self.held = len(self.lines) - at
            self.consumed.update(range(at, len(self.lines)))
        else:
            self.broken.append((line, [_BROKEN if reason == _UNCLOSED else reason]))


def split_line_by_line(body: bytes, layout: Layout, before: int, most_broken: int, *, is_last: bool) -> Lines:
    """Split a piece that is not regular: regular lines at once, the others one by one.

    Stops at the line that is one broken line too many.
    """
    lines = body.decode().split("\n")[:-1]
    frame = pl.DataFrame({"text": lines}).with_row_index("at")
    suspect = (
        pl.col("text").str.contains('"', literal=True)
        | (pl.col("text").str.count_matches(layout.delimiter, literal=True) != layout.width - 1)
        | (pl.col("text").str.strip_chars() == "")
    )
    odd = frame.filter(suspect)["at"].to_list()
    found = _OddLines(lines, layout, before, is_last)
    found.look_at(odd, most_broken)
    regular = frame.filter(~pl.col("at").is_in(sorted(found.consumed.union(odd))))
    return Lines(
        _joined(regular, found.records, layout, before),
        pl.DataFrame(found.broken, schema=BROKEN_SCHEMA, orient="row"),
        found.spans,
        found.held,
        found.blank,
        sum(found.spans.values()) - len(found.spans),
    )


def _record(lines: list[str], at: int, layout: Layout) -> tuple[list[str] | None, int, str]:
    """Return fields of the record that starts at a line, its last line, and the reason when there is none."""
    texts = [lines[at]]
    quotes = lines[at].count('"')
    while quotes % 2 and at + len(texts) < len(lines) and len(texts) <= LONGEST_RECORD:
        texts.append(lines[at + len(texts)])
        quotes += texts[-1].count('"')
    last = at + len(texts) - 1
    if quotes % 2:
        return None, last, _UNCLOSED
    try:
        # One line feed ends a line, and nothing else: splitlines() would break at a form feed or U+2028.
        reader = csv.reader([text + "\n" for text in texts], delimiter=layout.delimiter, strict=True)
        records = list(reader)
    except csv.Error:
        return None, at, _BROKEN
    if len(records) != 1:
        return None, at, _BROKEN
    if len(records[0]) == layout.width:
        return records[0], last, ""
    reason = "line:too_few_fields" if len(records[0]) < layout.width else "line:too_many_fields"
    return None, at, reason


def _joined(
    regular: pl.DataFrame, records: list[tuple[int, list[str]]], layout: Layout, before: int
) -> pl.DataFrame:
    columns = [str(position) for position in range(layout.width)]
    schema = {LINE: pl.Int64, **dict.fromkeys(columns, pl.String)}
    odd = pl.DataFrame([[line, *fields] for line, fields in records], schema=schema, orient="row")
    if not regular.height:
        return odd
    body = ("\n".join(regular["text"].to_list()) + "\n").encode()
    fields = regular_fields(body, layout)
    assert fields is not None  # noqa: S101 (each line was counted to have as many fields)
    numbered = fields.with_columns((regular["at"].cast(pl.Int64) + before + 1).alias(LINE)).select(
        LINE, *columns
    )
    return pl.concat([numbered, odd]).sort(LINE)


def regular_fields(body: bytes, layout: Layout) -> pl.DataFrame | None:
    """Parse regular lines as text columns named by position; None when a line turns out to be long."""
    schema = {str(position): pl.String for position in range(layout.width)}
    if layout.width == 1:
        return pl.DataFrame({"0": body.decode().split("\n")[:-1]}, schema=schema)
    try:
        return pl.read_csv(
            body,
            has_header=False,
            schema=schema,
            separator=layout.delimiter,
            quote_char=None,
            low_memory=True,
        )
    except pl.exceptions.PolarsError:
        return None
