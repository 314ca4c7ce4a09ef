"""A workbook in the making: formats looked up once, sheets set up for print, texts only ever texts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from warehouse.publication.measure import wrap
from warehouse.publication.views import View

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_A4 = 9
_SIZE = 11
#: Height of a line in points; and how wide a character of Calibri is beside one of Inter.
_LINE, _LETTER = 15.5, 0.55
#: Excel takes at most 255 characters in a footer.
_FOOTER = 200


class Book:
    """Wraps xlsxwriter's workbook for one territory."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, _OPTIONS)
        self._formats: dict[str, Format] = {}
        facts = view.facts
        self.book.set_size(2400, 1400)
        self.book.set_properties(
            {
                "title": view.title,
                "subject": view.eyebrow,
                "author": facts.publisher,
                "keywords": facts.release_id,
                "comments": view.citation,
                # Without it the file would say when it was written, and differ on every run.
                "created": facts.published_at.replace(tzinfo=None),
            }
        )

    def close(self) -> bytes:
        """Return the finished file."""
        self.book.close()
        return self.buffer.getvalue()

    def format(self, **wanted: Any) -> Format:
        """Return a cell format, the same one for the same wishes."""
        key = repr(sorted(wanted.items()))
        if key not in self._formats:
            common = {"font_name": "Calibri", "font_size": _SIZE, "valign": "top"}
            self._formats[key] = self.book.add_format({**common, **wanted})
        return self._formats[key]

    def add(self, name: str, *, landscape: bool) -> Worksheet:
        """Return a new sheet that prints on A4, as wide as the page, with place and page number."""
        page = self.book.add_worksheet(name)
        page.hide_gridlines(2)
        page.set_paper(_A4)
        page.set_margins(0.5, 0.5, 0.7, 0.7)
        page.fit_to_pages(1, 0)
        if landscape:
            page.set_landscape()
        footer = self.view.eyebrow.replace("&", "&&")[:_FOOTER]
        page.set_footer(f"&L&8{footer}&R&8&P / &N")
        return page

    def notices(self, page: Worksheet, row: int) -> int:
        """Write the notices from `row` on; return the row below them."""
        loud = self.format(bold=True, bg_color="#fff1c9", font_color="#4d3800")
        for notice in self.view.lasting_notices:
            page.write_string(row, 0, notice.text, loud)
            row += 1
        return row


def height(texts: Sequence[tuple[str, float]], size: float = _SIZE) -> float:
    """Return the height of a row whose cells wrap at these widths (in characters of the usual size)."""
    larger = size / _SIZE
    return _LINE * larger * max(1, *(len(wrap(text, larger, width * _LETTER)) for text, width in texts))
