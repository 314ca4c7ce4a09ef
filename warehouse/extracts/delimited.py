"""Delimited text as rows: the fast way where a piece is regular, line by line only where it is not.

Polars fills a short line with nulls and without a word, so regularity is proved first: as many
delimiters as the lines call for and no quote means that no line is short once no line is long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.errors import FileRejected
from schemas.sources import Source
from warehouse.extracts.account import LINE, Batch, LineAccount, Reading
from warehouse.extracts.container import Recoding, occurrences
from warehouse.extracts.header import Layout, layout_of_line
from warehouse.extracts.odd_lines import Lines, regular_fields, split_line_by_line

#: Lines of one file that are looked at one by one and are no rows.
MOST_BROKEN = 200_000


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
    #: Lines that are no rows, met so far.
    broken: int = 0


def _batches(pieces: Iterator[bytes], table: _Table, reading: Reading, recoding: Recoding) -> Iterator[Batch]:
    held = b""
    for piece in pieces:
        body = held + piece if table.layout else _after_header(piece, table)
        if body:
            batch, held = _batch(body, table, is_last=False)
            yield batch
        reading.lines_recoded = recoding.lines
    if held:
        yield _batch(held, table, is_last=True)[0]
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


def _batch(body: bytes, table: _Table, *, is_last: bool) -> tuple[Batch, bytes]:
    """Return the rows of one piece, and its end where a quoted field goes on in the next piece."""
    assert table.layout is not None  # noqa: S101 (the caller read the header)
    before, ends = table.account.lines, line_ends(body)
    count = len(ends)
    delimiter = table.layout.delimiter.encode()
    regular = (
        b'"' not in body
        and (count == 0 or np.diff(ends, prepend=-1).min() > 1)  # no empty line
        and occurrences(body, delimiter) == (table.layout.width - 1) * count
    )
    fields = regular_fields(body, table.layout) if regular else None
    may_be_empty = fields is None or _some_line_starts_blank(body, ends, delimiter)
    if fields is not None:
        split = Lines(
            fields.with_columns(pl.int_range(before + 1, before + 1 + count, dtype=pl.Int64).alias(LINE))
        )
    else:
        left = MOST_BROKEN - table.broken
        split = split_line_by_line(body, table.layout, before, left, is_last=is_last)
        _account_for(split, table)
    rows = _without_totals(_without_empty(split.fields, table) if may_be_empty else split.fields, table)
    table.account.lines += count - split.held
    table.account.rows += rows.height + split.broken.height
    batch = Batch(
        _declared(rows, table), split.broken, lambda lines: _received(body, ends, before, lines, split.spans)
    )
    return batch, body[ends[count - split.held - 1] + 1 if count > split.held else 0 :] if split.held else b""


def _account_for(split: Lines, table: _Table) -> None:
    """Enter what is no row. Gives up a file of which hardly a line is one: each of them costs time and room."""
    table.account.blank += split.blank
    table.account.continued += split.continued
    table.broken += split.broken.height
    if table.broken > MOST_BROKEN:
        raise FileRejected(
            f"more than {MOST_BROKEN} lines are no rows",
            where=f"{table.name}, line {split.broken['line'][-1]}",
            hint="The delimiter or the quotes of the file are probably wrong: ask the sender.",
        )


def _some_line_starts_blank(body: bytes, ends: npt.NDArray[np.intp], delimiter: bytes) -> bool:
    """Whether a line of nothing but delimiters and blanks is possible: one begins with either, or not in ASCII."""
    text = np.frombuffer(body, np.uint8)
    starts = text[np.concatenate(([0], ends[:-1] + 1))]
    return bool(((starts <= ord(" ")) | (starts == ord(delimiter)) | (starts >= 0x80)).any())


def _without_empty(fields: pl.DataFrame, table: _Table) -> pl.DataFrame:
    """Take out lines of nothing but delimiters, as spreadsheet programs write blank rows: they are blank."""
    columns = [column for column in fields.columns if column != LINE]
    suspects = fields.filter(_is_empty(columns[0])).filter(pl.all_horizontal(map(_is_empty, columns)))
    if not suspects.height:
        return fields
    table.account.blank += suspects.height
    return fields.filter(~pl.col(LINE).is_in(suspects[LINE].implode()))


def _is_empty(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.strip_chars() == ""


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


def line_ends(body: bytes) -> npt.NDArray[np.intp]:
    """Positions of the line feeds, which alone end a line: a lone carriage return does not."""
    return np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n"))


def _received(
    body: bytes, ends: npt.NDArray[np.intp], before: int, lines: list[int], spans: dict[int, int]
) -> list[str]:
    """Text of rows as received, with all the lines of a row; rows of this piece only."""
    texts = []
    for line in lines:
        at = line - before - 1
        start = ends[at - 1] + 1 if at else 0
        texts.append(body[start : ends[at + spans.get(line, 1) - 1]].decode("utf-8", "replace"))
    return texts
