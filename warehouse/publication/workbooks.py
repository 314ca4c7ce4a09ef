"""Workbooks: numbers as numbers, so that the reader's own Excel writes them in its own way."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xlsxwriter.exceptions import XlsxWriterException  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from warehouse.publication.book import Book, height
from warehouse.publication.covers import cover, notes
from warehouse.publication.errors import PublicationError
from warehouse.publication.sheet import NO_VALUE, Field, Sheet, Value
from warehouse.publication.sheets import sheets
from warehouse.publication.views import View

_FORMATS = {
    "count": "#,##0",
    "percent": "0.00",
    "points": "+0.00;-0.00;0.00",
    "day": "d mmmm yyyy",
    "month": "mmmm yyyy",
}
_HEADER_ROW = 4
_FIRST_ROW = _HEADER_ROW + 1
#: A chart with more bars than this cannot be read.
_CHART_LIMIT = 45


def workbook(view: View, kemendagri: Mapping[str, str]) -> bytes:
    """Return a territory's workbook: cover, notes, tables, dictionary, quality."""
    with warnings.catch_warnings():
        # xlsxwriter only warns of a name or a formula that Excel would then "repair".
        warnings.simplefilter("error")
        try:
            return _workbook(Book(view), sheets(view, kemendagri))
        except (Warning, XlsxWriterException) as error:
            raise PublicationError(
                f"the workbook of {view.place_name} cannot be written: {error}",
                where="warehouse/publication/workbooks.py",
                hint="a defect of the program: see the sheet that the message names",
            ) from error


def _workbook(book: Book, tables: Sequence[Sheet]) -> bytes:
    cover(book, tables)
    notes(book)
    for sheet in tables:
        page = book.add(sheet.name, landscape=True)
        _titles(book, page, sheet)
        _table(book, page, sheet)
        if sheet.bars and sheet.bars <= _CHART_LIMIT and book.view.shown.known:
            _chart(book, page, sheet)
    return book.close()


def _titles(book: Book, page: Worksheet, sheet: Sheet) -> None:
    page.write_string(0, 0, sheet.title, book.format(bold=True, font_size=14))
    page.write_string(1, 0, sheet.note, book.format(font_color="#4d626b"))
    notices = " ".join(f"{notice.text}." for notice in book.view.lasting_notices)
    if notices:
        page.write_string(2, 0, notices, book.format(bold=True, font_color="#4d3800"))


def _table(book: Book, page: Worksheet, sheet: Sheet) -> None:
    for column, field in enumerate(sheet.fields):
        page.set_column(column, column, field.width)
        _column(book, page, column, field, [values[column] for values in sheet.rows])
    wrapped = [(i, field.width) for i, field in enumerate(sheet.fields) if field.wraps]
    for row, values in enumerate(sheet.rows if wrapped else (), _FIRST_ROW):
        # LibreOffice does not give a row the height that its texts need.
        page.set_row(row, height([(str(values[i] or ""), width) for i, width in wrapped]))
    headings = [
        {"header": book.view.lang.t(field.key), "header_format": _heading(book, column, field)}
        for column, field in enumerate(sheet.fields)
    ]
    options = {
        "name": sheet.table,
        "columns": headings,
        "style": "Table Style Light 1",
        "banded_rows": False,
    }
    last = max(_FIRST_ROW, _HEADER_ROW + len(sheet.rows))
    page.add_table(_HEADER_ROW, 0, last, len(sheet.fields) - 1, options)
    page.set_row(_HEADER_ROW, 48)
    page.freeze_panes(_FIRST_ROW, 1)
    page.repeat_rows(_HEADER_ROW)


def _heading(book: Book, column: int, field: Field) -> Any:
    is_text = field.kind == "text"
    look = {"align": "left" if is_text else "right", "indent": int(is_text and column > 0)}
    return book.format(bold=True, text_wrap=True, valign="bottom", bottom=2, **look)


def _column(book: Book, page: Worksheet, column: int, field: Field, values: Sequence[Value]) -> None:
    """Write a column; formats are looked up once, a table may have 18,504 rows."""
    is_text = field.kind == "text"
    indent = int(is_text and column > 0)
    missing = book.format(align="left" if is_text else "right", indent=indent)
    words = book.format(text_wrap=field.wraps, align="left", indent=indent)
    number = book.format(num_format=_FORMATS.get(field.kind, "@"), align="right")
    for row, value in enumerate(values, _FIRST_ROW):
        if value is None or value == "":
            page.write_string(row, column, NO_VALUE, missing)
        elif isinstance(value, str):
            page.write_string(row, column, value, words)
        elif isinstance(value, date):
            page.write_datetime(row, column, value, number)
        else:
            page.write_number(row, column, float(value), number)


def _chart(book: Book, page: Worksheet, sheet: Sheet) -> None:
    view, t = book.view, book.view.lang.t
    known = len(view.shown.known)
    value = next(i for i, field in enumerate(sheet.fields) if field.column == "coverage_pct")
    first, last = _FIRST_ROW, _HEADER_ROW + known
    bar = {"type": "data_bar", "bar_color": "#a5ccd9", "bar_solid": True, "min_type": "num", "min_value": 0}
    page.conditional_format(first, value, last, value, bar)
    chart = book.book.add_chart({"type": "bar"})
    series = {
        "name": t("xlsx.coverage"),
        "categories": [sheet.name, first, 0, last, 0],
        "values": [sheet.name, first, value, last, value],
        "fill": {"color": "#317892"},
        "gap": 40,
        "data_labels": {"value": True, "num_format": "0.00"},
    }
    chart.add_series(series)
    title = ". ".join([t("xlsx.chart", place=view.full_name), *(n.text for n in view.lasting_notices)])
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_size({"width": 860, "height": 120 + 26 * known})
    page.insert_chart(
        first + len(sheet.rows) + 2,
        0,
        chart,
        {"description": f"{title}. {view.map_label}", "object_position": 1},
    )
