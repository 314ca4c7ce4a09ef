"""What a spreadsheet would unfold to in memory, found by reading it as a stream before it is opened.

Every part is unfolded here with our own eyes: the sizes that a ZIP declares are the sender's words.
"""

from __future__ import annotations

import os
import re
import struct
import xml.parsers.expat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from schemas.errors import FileRejected
from warehouse.extracts.limits import bomb

if TYPE_CHECKING:
    from pathlib import Path

#: Bytes of all parts together; a spreadsheet is opened as a whole.
LARGEST_BOOK = 256 * 1024 * 1024
MOST_PARTS = 1000
#: Cells of the rectangle that the values of a sheet span: the reader makes room for all of them.
LARGEST_SHEET = 5_000_000
#: One shared text may be shown by every cell: cells times the longest text.
MOST_TEXT = 1024 * 1024 * 1024

_STEP = 1024 * 1024
_LOCAL_NAMES = struct.Struct("<HH")
_POSITION = re.compile(r"([A-Z]+)([0-9]+)", re.IGNORECASE)
_XML = (".xml", ".rels")


def check_book(path: Path, name: str) -> None:
    """Raise FileRejected when a spreadsheet would unfold beyond reason, or is no whole ZIP file."""
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
        if len(parts) > MOST_PARTS:
            raise bomb(name, f"it has {len(parts)} parts")
        spans = Spans(name)
        with path.open("rb") as stream:
            for part in parts:
                _look_through(_content(stream, part), part.filename, spans)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, LookupError, ValueError):
        raise FileRejected(
            "the XLSX is damaged or cut off",
            where=name,
            hint="Open it in a spreadsheet program and save it again as XLSX.",
        ) from None


def _content(stream: IO[bytes], part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unfold one part piece by piece, to its real end."""
    stream.seek(part.header_offset + 26)
    stream.seek(sum(_LOCAL_NAMES.unpack(stream.read(4))), os.SEEK_CUR)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    left = part.compress_size
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError
    while left > 0 and (packed := stream.read(min(_STEP, left))):
        left -= len(packed)
        if part.compress_type == zipfile.ZIP_STORED:
            yield packed
        while part.compress_type == zipfile.ZIP_DEFLATED and packed and not inflate.eof:
            yield inflate.decompress(packed, _STEP)
            packed = inflate.unconsumed_tail


@dataclass
class Spans:
    """What was seen so far: bytes, the rectangle of the sheet at hand, the longest text, the most cells."""

    name: str
    unfolded: int = 0
    longest_text: int = 0
    most_cells: int = 0
    rows: int = 0
    columns: int = 0
    cells: int = 0
    text: int = 0
    position: tuple[int, int] = field(default=(0, 0))

    def begin_part(self) -> None:
        """Forget the sheet before."""
        self.rows = self.columns = self.cells = self.text = 0
        self.position = (0, 0)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Follow the position of rows and cells; a cell counts once it holds something."""
        kind = tag.rpartition(":")[2]
        row, column = self.position
        if kind == "row":
            self.position = (_number(attributes.get("r"), row + 1), 0)
        elif kind == "c":
            self.position = _place(attributes.get("r")) or (row, column + 1)
        elif kind in ("v", "is", "f"):
            self.rows, self.columns = max(self.rows, row), max(self.columns, column)
            self.cells += 1
            self.most_cells = max(self.most_cells, self.cells)
        elif kind == "si":
            self.text = 0
        if self.rows * self.columns > LARGEST_SHEET:
            raise bomb(self.name, f"its sheet spans more than {LARGEST_SHEET} cells")

    def texts(self, data: str) -> None:
        """Measure the text at hand."""
        self.text += len(data)
        self.longest_text = max(self.longest_text, self.text)

    def end(self, tag: str) -> None:
        """Begin to measure anew after each element but the runs of one shared text."""
        if tag.rpartition(":")[2] not in ("t", "r"):
            self.text = 0

    def document_type(self, *_: object) -> None:
        """Refuse entities: no spreadsheet program writes them."""
        raise bomb(self.name, "it declares XML entities")


def _look_through(content: Iterator[bytes], part: str, spans: Spans) -> None:
    spans.begin_part()
    reader = xml.parsers.expat.ParserCreate()
    reader.StartElementHandler = spans.start
    reader.EndElementHandler = spans.end
    reader.CharacterDataHandler = spans.texts
    reader.StartDoctypeDeclHandler = spans.document_type
    is_xml = True
    for piece in content:
        spans.unfolded += len(piece)
        if spans.unfolded > LARGEST_BOOK:
            raise bomb(spans.name, f"it unfolds to more than {LARGEST_BOOK // 1024 // 1024} MiB")
        try:
            if is_xml:
                reader.Parse(piece, False)
        except xml.parsers.expat.ExpatError:
            if part.lower().endswith(_XML):
                raise zipfile.BadZipFile from None
            is_xml = False
        if spans.most_cells * spans.longest_text > MOST_TEXT:
            raise bomb(spans.name, "its cells repeat one very long text")


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else otherwise


def _place(reference: str | None) -> tuple[int, int] | None:
    """Return row and column of a reference like `AB12`; None when there is none."""
    match = _POSITION.fullmatch(reference or "")
    if match is None:
        return None
    column = 0
    for letter in match[1].upper()[:8]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2][:10]), column
