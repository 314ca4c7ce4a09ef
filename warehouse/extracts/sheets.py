"""Tables of an XLSX sheet or a Parquet file as rows of text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import fastexcel
import polars as pl

from schemas.errors import FileRejected
from schemas.sources import Source
from warehouse.extracts.account import LINE, Batch, LineAccount, Reading, no_broken_lines
from warehouse.extracts.books import check_book
from warehouse.extracts.header import Layout, layout_of, normal
from warehouse.extracts.parquet_limits import check_parquet

if TYPE_CHECKING:
    from pathlib import Path

#: How far down a sheet the header may stand.
DEEPEST_HEADER = 30
#: What stands for a cell whose formula failed (#REF!, #N/A): no rule accepts it.
FORMULA_ERROR = "#ERROR"
#: Looks like grouped thousands as text, and like three decimals as a number.
_AMBIGUOUS = re.compile(r"^-?\d{1,3}\.\d{3}$")
_CODE = re.compile(r"^\d[\d.]*$")


def read_sheet(path: Path, source: Source, name: str) -> Reading:
    """Read the first sheet of an XLSX as statistics offices lay it out.

    Title lines above, a header of one or two rows, a total row, notes below (data contract 1.3).
    Raises FileRejected for a broken file, or when no header is found.
    """
    check_book(path, name)
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
        book = fastexcel.read_excel(path)
        batch, failed = _first_sheet(book, "string").to_arrow_with_errors()
        rows = [list(row) for row in pl.DataFrame(batch).rows()]
        if any(_AMBIGUOUS.match(cell or "") for row in rows for cell in row):
            _tell_decimals(rows, _first_sheet(book, "boolean").to_polars().rows())
    except (fastexcel.FastExcelError, ValueError):
        raise FileRejected(
            "the XLSX is damaged, protected by a password, or has no sheet",
            where=name,
            hint="Open it in a spreadsheet program and save it again as XLSX.",
        ) from None
    if not rows:
        raise FileRejected("the first sheet is empty", where=name, hint="Put the table on the first sheet.")
    for error in failed.errors if failed else ():
        row, column = error.offset_position
        rows[row][column] = FORMULA_ERROR
    return [tuple(row) for row in rows]


def _first_sheet(book: fastexcel.ExcelReader, dtypes: Literal["string", "boolean"]) -> fastexcel.ExcelSheet:
    """Load the first sheet with all its rows: fastexcel leaves blank ones at the top out unless told."""
    return book.load_sheet(0, header_row=None, dtypes=dtypes, skip_rows=0, skip_whitespace_tail_rows=False)


def _tell_decimals(rows: list[list[str | None]], truths: list[tuple[bool | None, ...]]) -> None:
    """Write 1.873 as `1,873` where the cell is a number: as text it would be read as 1873.

    A number has a truth value, a text has none.
    """
    for row, known in zip(rows, truths, strict=True):
        for at, cell in enumerate(row):
            if cell is not None and known[at] is not None and _AMBIGUOUS.match(cell):
                row[at] = cell.replace(".", ",")


def _find_header(rows: list[tuple[str | None, ...]], source: Source, name: str) -> tuple[slice, Layout]:
    """Return the rows of the header and where its columns stand; a header may be spread over two rows."""
    refusal: FileRejected | None = None
    for at in range(min(len(rows), DEEPEST_HEADER)):
        for height in (2, 1):
            candidate = rows[at : at + height]
            if any(all(_is_blank(cell) for cell in row) for row in candidate):
                continue
            cells = [_joined(column) for column in zip(*candidate, strict=True)]
            try:
                layout = layout_of(cells, source, name)
            except FileRejected as failure:
                if refusal is None and sum(bool(cell) for cell in cells) > 1:
                    refusal = failure
                continue
            return slice(at, at + len(candidate)), layout
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
    ends = [at for at, (_, row) in enumerate(body) if not _is_note(row, layout)]
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


def _is_note(row: tuple[str | None, ...], layout: Layout) -> bool:
    """Whether at most one cell is filled; a region code alone is a row without its figures."""
    filled = sum(not _is_blank(cell) for cell in row)
    region = layout.positions.get("region_code")
    code = "" if region is None else row[region] or ""
    return filled < 1 or (filled == 1 and not _CODE.match(code.strip()))


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
    check_parquet(path, name)
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        raise FileRejected(
            "the Parquet file is damaged", where=name, hint="Ask the sender to deliver it again."
        ) from None
    layout = layout_of(frame.columns, source, name)
    text = frame.select(_as_text(column, frame.schema[column], name) for column in frame.columns)
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


def _as_text(column: str, dtype: pl.DataType, name: str) -> pl.Expr:
    """Return a Parquet column as text. Raises FileRejected for lists, records, bytes and durations."""
    value = pl.col(column)
    if dtype.is_float() or dtype.is_decimal():
        whole, text = value.cast(pl.Int64, strict=False), value.cast(pl.String)
        # 1.873 becomes `1,873`, as in a sheet: as text it would be read as 1873.
        told = pl.when(text.str.contains(_AMBIGUOUS.pattern)).then(text.str.replace(".", ",", literal=True))
        return (
            pl.when(value == whole).then(whole.cast(pl.String)).otherwise(told.otherwise(text)).alias(column)
        )
    if dtype.is_nested() or dtype in (pl.Binary, pl.Duration, pl.Object):
        raise FileRejected(
            "the Parquet file has a column that is neither text, number nor date",
            where=f"{name}, header",
            hint="Ask the sender to write every column as text.",
        )
    return value.cast(pl.String)
