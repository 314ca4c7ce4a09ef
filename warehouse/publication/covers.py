"""The first two sheets of a workbook: what this is, and how to read it."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.publication.book import Book, height
from warehouse.publication.sheet import NO_VALUE, Sheet

_COVER, _TITLE = 78, 16
_QUESTION, _ANSWER = 30, 80


def cover(book: Book, sheets: Sequence[Sheet]) -> None:
    """Write title, headline, release, source, licence, citation and a table of contents with links."""
    view, t = book.view, book.view.lang.t
    page = book.add(t("xlsx.sheet.cover"), landscape=False)
    page.set_column(0, 0, _COVER)
    page.write_string(0, 0, view.title, book.format(bold=True, font_size=_TITLE, text_wrap=True))
    # LibreOffice sets bold letters wider, and gives a row no more height than it is told.
    page.set_row(0, height([(view.title, _COVER * 0.85)], _TITLE) + 6)
    row = book.notices(page, 1)
    for line in _lines(book):
        page.write_string(row, 0, line, book.format(text_wrap=True))
        page.set_row(row, height([(line, _COVER)]))
        row += 1
    page.write_string(row, 0, t("xlsx.contents"), book.format(bold=True, font_size=13))
    notes = (t("xlsx.sheet.notes"), t("xlsx.title.notes"))
    for name, title in [notes, *((sheet.name, sheet.title) for sheet in sheets)]:
        row += 1
        text = title if title.startswith(name) else f"{name}. {title}"
        page.write_url(row, 0, f"internal:'{name}'!A1", book.format(font_color="#125470", underline=1), text)


def _lines(book: Book) -> list[str]:
    view, facts, t = book.view, book.view.facts, book.view.lang.t
    lines = [
        f"{view.headline}.",
        view.lede,
        view.newer,
        t("quality.made", moment=view.lang.moment(facts.published_at, facts.clock)) + ".",
        t("card.release", release=facts.release_id),
        view.source_line,
        f"{t('downloads.licence')} {facts.licence}. {facts.licence_url}",
        facts.site_url,
        f"{t('downloads.cite')} {view.citation}",
    ]
    return [line for line in lines if line]


def notes(book: Book) -> None:
    """Write what `[x]` means and the method in questions and answers."""
    view, t = book.view, book.view.lang.t
    page = book.add(t("xlsx.sheet.notes"), landscape=False)
    page.set_column(0, 0, _QUESTION)
    page.set_column(1, 1, _ANSWER)
    page.write_string(0, 0, t("xlsx.title.notes"), book.format(bold=True, font_size=14))
    pairs = [(NO_VALUE, t("xlsx.missing")), *((a.question, a.answer) for a in view.method)]
    for row, (left, right) in enumerate(pairs, book.notices(page, 1)):
        page.write_string(row, 0, left, book.format(bold=True, text_wrap=True))
        page.write_string(row, 1, right, book.format(text_wrap=True))
        page.set_row(row, height([(left, _QUESTION), (right, _ANSWER)]))
