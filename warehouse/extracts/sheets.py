"""Tables of an XLSX sheet or a Parquet file as rows of text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import fastexcel
import polars as pl

from schemas.errors import FileRejected
from schemas.sources import Source
from warehouse.extracts.account import LINE, Batch, LineAccount, Reading, no_broken_lines
from warehouse.extracts.header import Layout, layout_of, normal

if TYPE_CHECKING:
    from pathlib import Path

#: How far down a sheet the header may stand.
DEEPEST_HEADER = 30


def read_sheet(path: Path, source: Source, name: str) -> Reading:
    """Read the first sheet of an XLSX as statistics offices lay it out.

    Title lines above, a header of one or two rows, a total row, notes below (data contract 1.3).
    Raises FileRejected for a broken file, or when no header is found.
    """
    rows = _sheet_rows(path, name)
    start, layout = _find_header(rows, source, name)
    account = LineAccount(lines=len(rows), header=start.stop - start.start)
    totals: list[str | None] = []
    body = list(enumerate(rows))[start.stop :]
    for row in rows[: start.start]:
        _count_aside(row, account)
    data = _data_rows(body, layout, source, account, totals)
    account.rows = len(data)
    frame = _frame(data, layout, source)
    texts = {number: "\t".join(cell or "" for cell in row) for number, row in data}

    def received(lines: list[int]) -> list[str]:
        return [texts[line] for line in lines]

    return Reading(iter([Batch(frame, no_broken_lines(), received)]), account, totals)


def _sheet_rows(path: Path, name: str) -> list[tuple[str | None, ...]]:
    try:
        sheet = fastexcel.read_excel(path).load_sheet(
            0, header_row=None, dtypes="string", skip_whitespace_tail_rows=False
        )
        frame = sheet.to_polars()
    except (fastexcel.FastExcelError, ValueError):
        raise FileRejected(
            "the XLSX is damaged, protected by a password, or has no sheet",
            where=name,
            hint="Open it in a spreadsheet program and save it again as XLSX.",
        ) from None
    if not frame.height:
        raise FileRejected("the first sheet is empty", where=name, hint="Put the table on the first sheet.")
    return frame.rows()


def _find_header(rows: list[tuple[str | None, ...]], source: Source, name: str) -> tuple[slice, Layout]:
    """Return the rows of the header and where its columns stand; a header may be spread over two rows."""
    refusal: FileRejected | None = None
    for at in range(min(len(rows), DEEPEST_HEADER)):
        for height in (2, 1):
            cells = [_joined(column) for column in zip(*rows[at : at + height], strict=True)]
            try:
                layout = layout_of(cells, source, name)
            except FileRejected as failure:
                if refusal is None and sum(bool(cell) for cell in cells) > 1:
                    refusal = failure
                continue
            return slice(at, at + height), layout
    raise refusal or FileRejected(
        "no header was found on the first sheet",
        where=name,
        hint=f"Expected the columns {', '.join(c.header for c in source.columns if not c.optional)}.",
    )


def _joined(cells: tuple[str | None, ...]) -> str:
    return " ".join(cell.strip() for cell in cells if cell and cell.strip())


def _data_rows(
    body: list[tuple[int, tuple[str | None, ...]]],
    layout: Layout,
    source: Source,
    account: LineAccount,
    totals: list[str | None],
) -> list[tuple[int, tuple[str | None, ...]]]:
    """Rows of figures with their line numbers; blank, total and note rows are counted aside."""
    ends = [at for at, (_, row) in enumerate(body) if sum(not _is_blank(cell) for cell in row) > 1]
    table, below = body[: max(ends, default=-1) + 1], body[max(ends, default=-1) + 1 :]
    for _, row in below:
        _count_aside(row, account)
    data = []
    for at, row in table:
        if all(_is_blank(cell) for cell in row):
            account.blank += 1
        elif any(normal(row[label]) in source.total_words for label in layout.labels):
            account.total_row += 1
            totals.append(row[layout.positions[source.summed]])
        else:
            data.append((at + 1, row))
    return data


def _is_blank(cell: str | None) -> bool:
    return cell is None or not cell.strip()


def _count_aside(row: tuple[str | None, ...], account: LineAccount) -> None:
    if all(_is_blank(cell) for cell in row):
        account.blank += 1
    else:
        account.note += 1


def _frame(data: list[tuple[int, tuple[str | None, ...]]], layout: Layout, source: Source) -> pl.DataFrame:
    columns = {column.name: layout.positions.get(column.name) for column in source.columns}
    return pl.DataFrame(
        [
            [line, *(row[position] if position is not None else None for position in columns.values())]
            for line, row in data
        ],
        schema={LINE: pl.Int64, **dict.fromkeys(columns, pl.String)},
        orient="row",
    )


def read_parquet(path: Path, source: Source, name: str) -> Reading:
    """Read a Parquet file; a record counts as one line, its column names as the header.

    Raises FileRejected when the file is damaged or its columns differ.
    """
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        raise FileRejected(
            "the Parquet file is damaged", where=name, hint="Ask the sender to deliver it again."
        ) from None
    layout = layout_of(frame.columns, source, name)
    text = frame.select(pl.all().cast(pl.String, strict=False))
    rows = text.select(
        pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(LINE),
        *(
            pl.nth(layout.positions[column.name]).alias(column.name)
            if column.name in layout.positions
            else pl.lit(None, pl.String).alias(column.name)
            for column in source.columns
        ),
    )
    account = LineAccount(lines=frame.height + 1, header=1, rows=frame.height)

    def received(lines: list[int]) -> list[str]:
        return [json.dumps(text.row(line - 2), ensure_ascii=False) for line in lines]

    def batches() -> Iterator[Batch]:
        yield Batch(rows, no_broken_lines(), received)

    return Reading(batches(), account)
