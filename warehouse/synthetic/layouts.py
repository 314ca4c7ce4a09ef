"""Layouts in which offices write their `peserta` files, and rows as text in such a layout."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass, replace

import polars as pl

from warehouse.synthetic.files import Lines, Piece, packed


@dataclass(frozen=True)
class Layout:
    """How one office writes CSV."""

    extension: str = "csv.gz"
    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    date_format: str = "%Y-%m-%d"
    has_bom: bool = False
    #: Header in capitals with blanks around the names.
    loud_header: bool = False
    #: Wages with dots between thousands.
    grouped_wages: bool = False
    #: A blank line after each block of rows.
    blank_lines: bool = False

    @property
    def is_compressed(self) -> bool:
        """Whether the file is a gzip archive."""
        return self.extension.endswith(".gz")


PLAIN = Layout()
PLAIN_TEXT = Layout(extension="csv")
VARIED = (
    PLAIN,
    Layout(
        extension="csv",
        delimiter=";",
        line_end="\r\n",
        date_format="%d/%m/%Y",
        has_bom=True,
        grouped_wages=True,
        blank_lines=True,
    ),
    Layout(delimiter="\t", encoding="cp1252", date_format="%d-%m-%Y", loud_header=True),
)


def layout_of(ordinal: int, *, varied: bool, compressed: bool) -> Layout:
    """Layout of an office by its ordinal within the province."""
    chosen = VARIED[ordinal % len(VARIED)] if varied else PLAIN
    return chosen if compressed else replace(chosen, extension="csv")


def header(columns: tuple[str, ...], layout: Layout) -> Piece:
    """The header line, after the byte order mark where the layout has one."""
    names = [f" {name.upper()} " for name in columns] if layout.loud_header else columns
    mark = codecs.BOM_UTF8 if layout.has_bom else b""
    text = mark + (layout.delimiter.join(names) + layout.line_end).encode(layout.encoding)
    return packed(text, Lines(header=1), compressed=layout.is_compressed)


def block(rows: pl.DataFrame, broken: list[list[str]], layout: Layout) -> Piece:
    """Typed rows, then lines given as fields, ready to be appended to a file."""
    buffer = io.BytesIO()
    _write(rows.with_columns(_grouped("upah")) if layout.grouped_wages else rows, buffer, layout)
    lines = [layout.delimiter.join(fields) + layout.line_end for fields in broken]
    buffer.write("".join(lines).encode())
    if layout.blank_lines:
        buffer.write(layout.line_end.encode())
    text = buffer.getvalue()
    if layout.encoding != "utf-8":
        text = text.decode().encode(layout.encoding)
    counted = Lines(rows=rows.height + len(broken), blank=int(layout.blank_lines))
    return packed(text, counted, compressed=layout.is_compressed)


def _write(rows: pl.DataFrame, buffer: io.BytesIO, layout: Layout) -> None:
    rows.write_csv(
        buffer,
        include_header=False,
        separator=layout.delimiter,
        line_terminator=layout.line_end,
        date_format=layout.date_format,
        datetime_format="%Y-%m-%d %H:%M:%S",
    )


def _grouped(column: str) -> pl.Expr:
    """Whole numbers with a dot between thousands: 2.996.000."""
    digits = pl.col(column).cast(pl.String)
    return digits.str.reverse().str.replace_all(r"(\d{3})", "$1.").str.strip_chars_end(".").str.reverse()
