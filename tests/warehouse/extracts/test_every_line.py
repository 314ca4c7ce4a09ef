"""For any table in any dialect: every physical line is accounted for once, and the cells come back."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.errors import FileRejected
from schemas.sources import REKAP
from tests.warehouse.extracts.readings import Outcome, read_bytes
from warehouse.extracts import container

#: Characters that have broken readers before: what splitlines() takes for line ends, marks, wide letters.
CELL = st.text(alphabet="a7.,;|\t\"' \u00e9\u2028\u0085\x0b\x0c😀-%", max_size=6)
#: Letters whose bytes in Windows-1252 can never be taken for UTF-8.
PLAIN_CELL = st.text(alphabet="a7.,;|\t\"' \u00e9-%", max_size=6)

HEADERS = {"region_code": "wilayah", "segment": "segmen", "active_members": "peserta_aktif"}


@dataclass(frozen=True)
class Dialect:
    """How an office writes a file."""

    delimiter: str
    newline: str
    encoding: str
    packing: str
    order: tuple[str, ...]
    with_name: bool
    padded: bool
    upper: bool
    quote_all: bool
    ends_open: bool


@dataclass
class Written:
    """A file in a dialect, and what must come out of it."""

    content: bytes
    rows: dict[int, dict[str, str]] = field(default_factory=dict)
    broken: dict[int, list[str]] = field(default_factory=dict)
    received: dict[int, str] = field(default_factory=dict)
    lines: int = 0
    blank: int = 0
    continued: int = 0


dialects = st.builds(
    Dialect,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252", "mixed"]),
    packing=st.sampled_from(["csv", "csv.gz", "csv.zst"]),
    order=st.permutations(list(HEADERS)).map(tuple),
    with_name=st.booleans(),
    padded=st.booleans(),
    upper=st.booleans(),
    quote_all=st.booleans(),
    ends_open=st.booleans(),
)


def elements(cell: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, list[str]]]]:
    """Lines of a table: rows (some cells with line breaks), blank lines, lines too short or too long."""
    broken_up = st.lists(cell, min_size=2, max_size=4).map("\n".join)
    row = st.tuples(st.just("row"), st.lists(cell | cell | cell | broken_up, min_size=4, max_size=4))
    blank = st.tuples(st.just("blank"), st.sampled_from([[""], ["  "]]))
    ragged = st.tuples(st.just("ragged"), st.sampled_from([["7"], ["7", "7"], ["7"] * 6]))
    return st.lists(row | row | row | blank | ragged, max_size=8)


tables = st.sampled_from([True, False]).flatmap(
    lambda wide: st.tuples(st.just(wide), elements(CELL if wide else PLAIN_CELL))
)


def quoted(cell: str, dialect: Dialect) -> str:
    needed = any(mark in cell for mark in (dialect.delimiter, '"', "\n", "\r"))
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if needed or dialect.quote_all else cell


def written(table: list[tuple[str, list[str]]], dialect: Dialect) -> Written:
    """Write a table; a fourth cell of each row is the region's name, where the dialect has one."""
    columns = [*dialect.order, *(["name"] if dialect.with_name else [])]
    header = [HEADERS.get(column, "Nama Wilayah") for column in columns]
    header = [f"  {cell} " if dialect.padded else cell for cell in header]
    header = [cell.upper() if dialect.upper else cell for cell in header]
    told = Written(b"", lines=1)
    texts = [dialect.delimiter.join(quoted(cell, dialect) for cell in header)]
    for kind, given_cells in table:
        line = told.lines + 1
        cells = given_cells[: len(columns)] if kind == "row" else given_cells
        text = dialect.delimiter.join(quoted(cell, dialect) if kind == "row" else cell for cell in cells)
        texts.append(text)
        told.lines += 1 + text.count("\n")
        told.continued += text.count("\n")
        if kind == "blank":
            told.blank += 1
        elif kind == "ragged":
            told.broken[line] = [f"line:too_{'few' if len(cells) < len(columns) else 'many'}_fields"]
            told.received[line] = text
        elif not any(cell.strip() for cell in cells):
            told.blank += 1
        else:
            by_name = dict(zip(columns, cells, strict=True))
            told.rows[line] = {name: by_name[name] for name in HEADERS}
            told.received[line] = text
    told.content = packed(encoded(texts, dialect), dialect.packing)
    return told


def encoded(texts: list[str], dialect: Dialect) -> bytes:
    lines = dialect.newline.join(text.replace("\n", dialect.newline) for text in texts)
    whole = lines if dialect.ends_open else lines + dialect.newline
    if dialect.encoding == "mixed":
        both = ("utf-8", "cp1252")
        pieces = whole.split(dialect.newline)
        return dialect.newline.encode().join(text.encode(both[at % 2]) for at, text in enumerate(pieces))
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    return marks.get(dialect.encoding, b"") + whole.encode(dialect.encoding)


def packed(content: bytes, packing: str) -> bytes:
    if packing == "csv.gz":
        return gzip.compress(content)
    return zstandard.ZstdCompressor().compress(content) if packing == "csv.zst" else content


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dialects")


def chosen(told: Outcome) -> dict[int, dict[str, str]]:
    return {line: {name: row[name] for name in HEADERS} for line, row in told.rows.items()}


@settings(max_examples=120)
@given(table=tables, dialect=dialects, piece=st.sampled_from([1, 3, 40, 10_000]))
def test_every_line_has_one_fate_and_the_cells_come_back(
    folder: Path, table: tuple[bool, list[tuple[str, list[str]]]], dialect: Dialect, piece: int
) -> None:
    wide, lines = table
    if wide and dialect.encoding in ("cp1252", "mixed"):
        dialect = Dialect(**{**vars(dialect), "encoding": "utf-8"})
    if dialect.ends_open and lines and lines[-1][0] == "blank":
        dialect = Dialect(**{**vars(dialect), "ends_open": False})  # an open blank line is no line
    expected = written(lines, dialect)
    with mock.patch.object(container, "PIECE", piece):
        told = read_bytes(folder, expected.content, ending=dialect.packing)
    account = told.account
    assert account.is_balanced
    assert account.lines == expected.lines
    assert account.header == 1
    assert account.total_row == account.note == 0
    assert account.rows == len(expected.rows) + len(expected.broken)
    assert told.broken == expected.broken
    assert list(told.rows) == list(expected.rows)
    assert chosen(told) == expected.rows
    assert told.received == expected.received
    assert (account.blank, account.continued) == (expected.blank, expected.continued)


ANYTHING = st.text(alphabet="a5\"',;|\t \n\r\x0b\x0c\u2028é", max_size=60)


@settings(max_examples=120)
@given(text=ANYTHING, piece=st.sampled_from([1, 5, 17]))
@example(text='51.03,TOTAL,"5\n51.04,TOTAL,"6\n', piece=1)
@example(text='"' + "\n" * 25 + '"', piece=5)
def test_whatever_stands_below_the_header_pieces_make_no_difference(
    folder: Path, text: str, piece: int
) -> None:
    content = ("wilayah,segmen,peserta_aktif\n" + text).encode()
    whole = read_bytes(folder, content)
    with mock.patch.object(container, "PIECE", piece):
        in_pieces = read_bytes(folder, content)
    assert whole == in_pieces
    assert whole.account.is_balanced
    body = text.replace("\r\n", "\n")
    assert whole.account.lines == 1 + body.count("\n") + (not body.endswith("\n") and body != "")
    assert not set(whole.rows) & set(whole.broken)
    # Nothing is made up: every character of a cell stood in its line.
    for line, row in whole.rows.items():
        assert set("".join(row.values())) <= set(whole.received[line])


def refusal(folder: Path, content: bytes, ending: str) -> FileRejected | None:
    try:
        read_bytes(folder, content, ending=ending)
    except FileRejected as refused:
        return refused
    return None


@settings(max_examples=100)
@given(
    content=st.binary(max_size=200), ending=st.sampled_from(["csv", "csv.gz", "csv.zst", "xlsx", "parquet"])
)
def test_any_bytes_are_read_or_refused_with_the_file_named(folder: Path, content: bytes, ending: str) -> None:
    start = {
        "csv.gz": gzip.compress(b"")[:4],
        "csv.zst": b"\x28\xb5\x2f\xfd",
        "xlsx": b"PK\x03\x04",
        "parquet": b"PAR1",
    }
    refused = refusal(folder, start.get(ending, b"") + content, ending)
    assert refused is None or refused.where.startswith(f"extract.{ending}")
    assert refused is None or refused.hint


@settings(max_examples=40)
@given(
    data=st.data(),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
    packing=st.sampled_from(["csv.gz", "csv.zst"]),
)
def test_an_archive_that_was_cut_off_is_never_read_as_a_shorter_file(
    folder: Path, data: st.DataObject, encoding: str, packing: str
) -> None:
    text = "wilayah,segmen,peserta_aktif\n" + "".join(f"51.0{at % 9 + 1},PU,{at}\n" for at in range(40))
    content = packed(text.encode(encoding), packing)
    cut = data.draw(st.integers(1, len(content) - 1))
    with pytest.raises(FileRejected, match=r"damaged or cut off|the content is"):
        read_bytes(folder, content[:cut], ending=packing)


def test_a_source_with_the_columns_used_here_exists() -> None:
    assert {column.name: column.header for column in REKAP.columns if not column.optional} == HEADERS
