"""Delimited text as rows: the fast way where a piece is regular, line by line only where it is not.

Polars fills a short line with nulls and without a word, so regularity is proved first: as many
delimiters as the lines call for and no quote means that no line is short once no line is long.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from schemas.errors import FileRejected
from schemas.sources import Source
from warehouse.extracts.account import BROKEN_SCHEMA, LINE, Batch, LineAccount, Reading, no_broken_lines
from warehouse.extracts.container import Recoding
from warehouse.extracts.header import Layout, layout_of_line

#: A quoted field may run over at most so many lines; beyond that the quote is broken.
LONGEST_RECORD = 20


def read_delimited(pieces: Iterator[bytes], source: Source, name: str, recoding: Recoding) -> Reading:
    """Read a delimited file. Raises FileRejected when there is no header or it differs."""
    account = LineAccount()
    totals: list[str | None] = []
    reading = Reading(iter(()), account, totals)
    table = _Table(source, name, account, totals)
    reading.batches = _batches(pieces, table, reading, recoding)
    return reading


@dataclass
class _Table:
    """What is known of the table while it is read."""

    source: Source
    name: str
    account: LineAccount
    totals: list[str | None]
    layout: Layout | None = None
    carried: list[str] = field(default_factory=list)


def _batches(pieces: Iterator[bytes], table: _Table, reading: Reading, recoding: Recoding) -> Iterator[Batch]:
    for piece in pieces:
        body = piece if table.layout else _after_header(piece, table)
        if body:
            yield _batch(body, table, table.account.lines)
        reading.lines_recoded = recoding.lines
    if table.layout is None:
        raise FileRejected(
            "the file holds no header", where=table.name, hint="Ask the sender to deliver it again."
        )


def _after_header(piece: bytes, table: _Table) -> bytes:
    """Take blank lines and the header off the first piece; returns what follows."""
    while piece:
        line, _, piece = piece.partition(b"\n")
        table.account.lines += 1
        if not line.strip():
            table.account.blank += 1
            continue
        table.account.header += 1
        table.layout = layout_of_line(line.decode("utf-8", "replace"), table.source, table.name)
        return piece
    return b""


def _batch(body: bytes, table: _Table, before: int) -> Batch:
    """Rows of one piece; `before` lines stand above it."""
    assert table.layout is not None  # noqa: S101 (the caller read the header)
    count = body.count(b"\n")
    table.account.lines += count
    delimiter = table.layout.delimiter.encode()
    regular = (
        b'"' not in body
        and b"\n\n" not in b"\n" + body
        and body.count(delimiter) == (table.layout.width - 1) * count
    )
    fields = _fields(body, table.layout) if regular else None
    if fields is not None:
        fields = fields.with_columns(pl.int_range(before + 1, before + 1 + count, dtype=pl.Int64).alias(LINE))
        broken = no_broken_lines()
    else:
        fields, broken = _line_by_line(body, table, before)
    fields = _without_totals(fields, table)
    table.account.rows += fields.height + broken.height
    return Batch(_declared(fields, table), broken, lambda lines: _received(body, before, lines))


def _fields(body: bytes, layout: Layout) -> pl.DataFrame | None:
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
            low_memory=False,
        )
    except pl.exceptions.PolarsError:
        return None


def _line_by_line(body: bytes, table: _Table, before: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split a piece that is not regular: regular lines at once, the others one by one."""
    layout = table.layout
    assert layout is not None  # noqa: S101 (the caller read the header)
    lines = body.decode().split("\n")[:-1]
    frame = pl.DataFrame({"text": lines}).with_row_index("at")
    suspect = (
        pl.col("text").str.contains('"', literal=True)
        | (pl.col("text").str.count_matches(layout.delimiter, literal=True) != layout.width - 1)
        | (pl.col("text").str.strip_chars() == "")
    )
    odd = frame.filter(suspect)["at"].to_list()
    consumed: set[int] = set(odd)
    records: list[tuple[int, list[str]]] = []
    broken: list[tuple[int, list[str]]] = []
    closed_until = -1
    for at in odd:
        if at <= closed_until:
            continue
        if not lines[at].strip():
            table.account.blank += 1
            continue
        fields, last, reason = _record(lines, at, layout)
        if fields is None:
            broken.append((before + 1 + at, [reason]))
            continue
        records.append((before + 1 + at, fields))
        table.account.continued += last - at
        consumed.update(range(at, last + 1))
        closed_until = last
    regular = frame.filter(~pl.col("at").is_in(sorted(consumed)))
    return _joined(regular, records, layout, before), pl.DataFrame(broken, schema=BROKEN_SCHEMA, orient="row")


def _record(lines: list[str], at: int, layout: Layout) -> tuple[list[str] | None, int, str]:
    """Return fields of the record that starts at a line, its last line, and the reason when there is none."""
    text = lines[at]
    last = at
    while text.count('"') % 2 and last + 1 < len(lines) and last - at < LONGEST_RECORD:
        last += 1
        text += "\n" + lines[last]
    if text.count('"') % 2:
        return None, at, "line:broken_quoting"
    try:
        reader = csv.reader(text.splitlines(keepends=True), delimiter=layout.delimiter, strict=True)
        records = list(reader)
    except csv.Error:
        return None, at, "line:broken_quoting"
    if len(records) != 1:
        return None, at, "line:broken_quoting"
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
    fields = _fields(body, layout)
    assert fields is not None  # noqa: S101 (each line was counted to have as many fields)
    numbered = fields.with_columns((regular["at"].cast(pl.Int64) + before + 1).alias(LINE)).select(
        LINE, *columns
    )
    return pl.concat([numbered, odd]).sort(LINE)


def _without_totals(fields: pl.DataFrame, table: _Table) -> pl.DataFrame:
    """Take total rows out: they are checked, not loaded."""
    layout = table.layout
    assert layout is not None  # noqa: S101 (the caller read the header)
    words = list(table.source.total_words)
    if not table.source.summed or not words:
        return fields
    is_total = pl.any_horizontal(
        pl.col(str(label)).str.strip_chars().str.to_lowercase().is_in(words) for label in layout.labels
    ).fill_null(value=False)
    totals = fields.filter(is_total)
    if totals.height:
        table.account.total_row += totals.height
        table.totals.extend(totals[str(layout.positions[table.source.summed])].to_list())
        return fields.filter(~is_total)
    return fields


def _declared(fields: pl.DataFrame, table: _Table) -> pl.DataFrame:
    layout = table.layout
    assert layout is not None  # noqa: S101 (the caller read the header)
    return fields.select(
        pl.col(LINE),
        *(
            pl.col(str(layout.positions[column.name])).alias(column.name)
            if column.name in layout.positions
            else pl.lit(None, pl.String).alias(column.name)
            for column in table.source.columns
        ),
    )


def _received(body: bytes, before: int, lines: list[int]) -> list[str]:
    """Text of physical lines as received; a line of this piece only."""
    texts = body.decode("utf-8", "replace").split("\n")
    return [texts[line - before - 1] for line in lines]
