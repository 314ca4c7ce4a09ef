"""Small files that would fill memory or disk are refused before they are unpacked."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import zstandard

from schemas.errors import FileRejected
from schemas.sources import REKAP
from tests.warehouse.extracts.readings import read_file
from warehouse.extracts.container import PIECE, Recoding, pieces
from warehouse.extracts.limits import DENSEST, HARMLESS

_LINE = b"51.03,PU,1\n"
_HEADER = b"wilayah,segmen,peserta_aktif\n"
#: Twice of what is harmless, and packed to a thousandth.
_SIZE = 4 * HARMLESS
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def _gzip(path: Path) -> None:
    with gzip.open(path, "wb") as packed:
        packed.write(_HEADER)
        for _ in range(_SIZE // len(_LINE) // 100_000):
            packed.write(_LINE * 100_000)


def _zstandard(path: Path) -> None:
    with path.open("wb") as stream, zstandard.ZstdCompressor().stream_writer(stream) as packed:
        packed.write(_HEADER)
        for _ in range(_SIZE // len(_LINE) // 100_000):
            packed.write(_LINE * 100_000)


@pytest.mark.parametrize(("ending", "pack"), [("csv.gz", _gzip), ("csv.zst", _zstandard)])
def test_packed_text_is_unfolded_no_further_than_its_size_allows(
    tmp_path: Path, ending: str, pack: Callable[[Path], None]
) -> None:
    path = tmp_path / f"rekap_51_20250331.{ending}"
    pack(path)
    allowed = max(HARMLESS, DENSEST * path.stat().st_size)
    assert allowed < _SIZE / 2
    sizes: list[int] = []
    with pytest.raises(FileRejected, match="unfolds to more than 200 times its size") as refused:
        sizes.extend(len(piece) for piece in pieces(path, ending, path.name, Recoding()))
    assert sum(sizes) <= allowed + PIECE
    assert "plain CSV" in refused.value.hint


def _book(path: Path, sheet: Iterator[bytes], texts: bytes = b"", parts: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        with book.open("xl/worksheets/sheet1.xml", "w") as part:
            for piece in sheet:
                part.write(piece)
        if texts:
            book.writestr("xl/sharedStrings.xml", texts)
        for at in range(parts):
            book.writestr(f"xl/media/{at}", b"")
    return path


def _cells(cells: str) -> Iterator[bytes]:
    yield _SHEET.format(cells).encode()


def _spaces() -> Iterator[bytes]:
    start, end = _SHEET.split("{}")
    yield start.encode()
    for _ in range(300):
        yield b" " * 1024 * 1024
    yield end.encode()


def _entities() -> Iterator[bytes]:
    yield b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + _SHEET.format("&b;").encode()


BOOKS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "too much in one sheet": (lambda path: _book(path, _spaces()), "unfolds to more than 256 MiB"),
    "XML entities": (lambda path: _book(path, _entities()), "declares XML entities"),
    "a cell at the far end": (
        lambda path: _book(
            path,
            _cells(
                '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            ),
        ),
        "spans more than 5000000 cells",
    ),
    "one long text in every cell": (
        lambda path: _book(
            path,
            _cells("<row>" + '<c t="s"><v>0</v></c>' * 2_000 + "</row>"),
            b"<sst><si><t>" + b"x" * 1_000_000 + b"</t></si></sst>",
        ),
        "repeat one very long text",
    ),
    "thousands of parts": (lambda path: _book(path, _cells(""), parts=1500), "it has 1501 parts"),
}


@pytest.mark.parametrize("kind", BOOKS)
def test_a_spreadsheet_that_would_fill_the_memory_is_not_opened(tmp_path: Path, kind: str) -> None:
    make, told = BOOKS[kind]
    with pytest.raises(FileRejected, match=f"the file was not unpacked: .*{told}"):
        read_file(make(tmp_path / "rekap_51_20250331.xlsx"), REKAP)


def test_a_parquet_file_of_equal_rows_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "rekap_51_20250331.parquet"
    pl.DataFrame({"wilayah": ["51.03"], "segmen": ["x" * 500], "peserta_aktif": ["1"]}).select(
        pl.all().repeat_by(900_000).explode()
    ).write_parquet(path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(FileRejected, match="the file was not unpacked"):
        read_file(path, REKAP)


def test_text_that_packs_as_honest_text_does_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rekap_51_20250331.csv.gz"
    lines = [f"51.{at % 71:02},PU,{at * 7919}" for at in range(50_000)]
    path.write_bytes(gzip.compress(_HEADER + "\n".join(lines).encode()))
    assert len(read_file(path, REKAP).rows) == 50_000
