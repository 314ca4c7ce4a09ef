"""Reads a page back as a person or a machine would: texts, tables, links, labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

_VOID = {"meta", "link", "input", "br", "img", "path", "circle", "use", "rect"}
_SILENT = {"script", "style", "title"}


@dataclass
class Table:
    """A table as texts."""

    id: str
    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
    is_small: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """A page taken apart."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.html = path.read_text(encoding="utf-8")
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.tables: list[Table] = []
        self.words: list[str] = []
        self.headings: dict[str, str] = {}
        self._open: list[str] = []
        self._cell = self._caption = False
        self._heading = ""
        self.feed(self.html)

    @property
    def text(self) -> str:
        """All that is read on the page."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        if tag in _SILENT or tag == "small":
            self._open.append(tag)
        if tag == "table":
            self.tables.append(Table(values.get("id", "")))
        if tag == "tr":
            self.tables[-1].rows.append([])
        if tag in ("td", "th"):
            self._cell, self._caption = True, False
            self.tables[-1].rows[-1].append("")
        if tag == "caption":
            self._caption = True
        if tag in ("h1", "h2", "h3"):
            self._heading = values.get("id", tag)
            self.headings[self._heading] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT or tag == "small":
            self._open.remove(tag)
        if tag in ("tbody", "thead", "tfoot", "table"):
            self._cell = False
        if tag == "caption":
            self._caption = False
        if tag in ("h1", "h2", "h3"):
            self._heading = ""

    def handle_data(self, data: str) -> None:
        if set(self._open) & _SILENT:
            return
        self.words.append(data)
        if self._heading:
            self.headings[self._heading] += data
        if self._cell and "small" not in self._open:
            self.tables[-1].rows[-1][-1] = (self.tables[-1].rows[-1][-1] + data).strip()
        if self._caption:
            self.tables[-1].caption += data

    def table(self, table_id: str) -> Table:
        """Return one table."""
        return next(table for table in self.tables if table.id == table_id)

    def having(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every tag of this name."""
        return [values for name, values in self.tags if name == tag]


@cache
def read(path: Path) -> Reader:
    """Return a page taken apart, once."""
    return Reader(path)
