"""What a delivered file really is, and its text as pieces of whole lines in UTF-8."""

from __future__ import annotations

import codecs
import gzip
import io
from pathlib import Path

import polars as pl
import pytest
import zstandard

from schemas.errors import FileRejected
from tests.warehouse.extracts.readings import read_bytes
from warehouse.extracts import container
from warehouse.extracts.container import Recoding, check_signature, pieces

HEADER = b"wilayah,segmen,peserta_aktif\n"


def parquet() -> bytes:
    told = io.BytesIO()
    pl.DataFrame({"wilayah": ["51.03"]}).write_parquet(told)
    return told.getvalue()


ARCHIVES = {
    "zip": b"PK\x03\x04" + b"\0" * 40,
    "pdf": b"%PDF-1.7\n%\xe2\xe3\n",
    "gzip": gzip.compress(HEADER),
    "zstandard": zstandard.compress(HEADER),
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 40,
    "parquet": parquet(),
    "picture": b"\x89PNG\r\n\x1a\n",
    "web page": b"<!DOCTYPE html>\n<html>",
}
NAMES = {
    "zip": "a ZIP or Office file",
    "pdf": "a PDF file",
    "gzip": "a gzip file",
    "zstandard": "a Zstandard file",
    "old office": "an old Office file",
    "parquet": "a Parquet file",
    "picture": "a picture",
    "web page": "a web page",
}


def refusal(path: Path, ending: str) -> FileRejected:
    with pytest.raises(FileRejected) as refused:
        check_signature(path, ending, "sent.csv")
    assert refused.value.where == "sent.csv"
    assert refused.value.hint
    return refused.value


@pytest.mark.parametrize("kind", ARCHIVES)
def test_what_is_no_text_is_told_by_its_kind(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(ARCHIVES[kind])
    assert refusal(path, "csv").what == f"the ending says .csv, but the content is {NAMES[kind]}"


@pytest.mark.parametrize(
    ("ending", "own"), [("csv.gz", "gzip"), ("csv.zst", "zstandard"), ("xlsx", "zip"), ("parquet", "parquet")]
)
@pytest.mark.parametrize("kind", [*ARCHIVES, "text"])
def test_an_ending_promises_a_content(ending: str, own: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(ARCHIVES.get(kind, HEADER))
    if kind == own:
        check_signature(path, ending, "sent.csv")
        return
    told = NAMES.get(kind, "something else")
    assert refusal(path, ending).what == f"the ending says .{ending}, but the content is {told}"


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "csv.zst", "xlsx", "parquet"])
def test_an_empty_file_is_called_empty(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(b"")
    assert refusal(path, ending).what == "the file is empty"


def read(path: Path, ending: str = "csv") -> tuple[bytes, int]:
    recoding = Recoding()
    told = list(pieces(path, ending, "sent.csv", recoding))
    assert all(piece.endswith(b"\n") for piece in told)
    return b"".join(told), recoding.lines


TEXT = "wilayah;nama\r\n51.03;Café – “Badung”\r\n\r\n51.04;Tabanan\r\n"
CLEAN = TEXT.replace("\r\n", "\n").encode()


@pytest.mark.parametrize("size", [1, 2, 5, 32, 10_000])
@pytest.mark.parametrize(
    ("content", "recoded"),
    [
        pytest.param(TEXT.encode(), 0, id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + TEXT.encode(), 0, id="UTF-8 with a mark"),
        pytest.param(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), 0, id="UTF-16 little-endian"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), 0, id="UTF-16 big-endian"),
        pytest.param(TEXT.encode("cp1252"), 1, id="Windows-1252"),
        pytest.param(TEXT.encode().removesuffix(b"\r\n"), 0, id="last line open"),
        pytest.param(TEXT.replace("\r\n", "\n").encode(), 0, id="line feeds"),
    ],
)
def test_all_encodings_give_the_same_text_in_pieces_of_any_size(
    content: bytes, recoded: int, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "PIECE", size)
    for ending, packed in (
        ("csv", content),
        ("csv.gz", gzip.compress(content)),
        ("csv.zst", zstandard.compress(content)),
    ):
        path = tmp_path / f"sent.{ending}"
        path.write_bytes(packed)
        assert read(path, ending) == (CLEAN, recoded)


def test_an_archive_of_several_parts_is_read_to_its_end(tmp_path: Path) -> None:
    parts = [HEADER, b"51.03,PU,1\n" * 3000, b"51.04,PU,2\n"]
    for ending, pack in (("csv.gz", gzip.compress), ("csv.zst", zstandard.compress)):
        path = tmp_path / f"sent.{ending}"
        path.write_bytes(b"".join(map(pack, parts)))
        assert read(path, ending) == (b"".join(parts), 0)


def test_only_the_lines_that_are_not_utf8_are_read_as_windows_1252(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes("a;é\n".encode() + "b;é – €\n".encode("cp1252") + b"c;\x81\n")
    # 0x81 means nothing in Windows-1252: it becomes a character that no rule accepts.
    assert read(path) == ("a;é\nb;é – €\nc;\ufffd\n".encode(), 2)


@pytest.mark.parametrize("cut", [1, 3, 5, 12, 30, -1, -4])
@pytest.mark.parametrize("ending", ["csv.gz", "csv.zst"])
def test_a_cut_off_archive_is_refused(ending: str, cut: int, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    pack = gzip.compress if ending == "csv.gz" else zstandard.compress
    path.write_bytes(pack(HEADER + b"51.03,TOTAL,12\n51.04,BPU,7\n51.05,PU,8\n")[:cut])
    with pytest.raises(FileRejected, match="the archive is damaged or cut off") as refused:
        read(path, ending)
    assert "deliver it again" in refused.value.hint


@pytest.mark.parametrize("ending", ["csv.gz", "csv.zst"])
def test_rubbish_after_the_magic_bytes_is_refused(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    start = gzip.compress(b"")[:10] if ending == "csv.gz" else b"\x28\xb5\x2f\xfd"
    path.write_bytes(start + b"rubbish and more rubbish")
    with pytest.raises(FileRejected, match="the archive is damaged or cut off"):
        read(path, ending)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(codecs.BOM_UTF16_LE + "wilayah\n51".encode("utf-16-le")[:-1], id="half a character"),
        pytest.param(codecs.BOM_UTF16_LE + b"\x00\xdc" * 3, id="half of a pair"),
        pytest.param(codecs.BOM_UTF16_BE + b"\xd8\x00", id="an open pair at the end"),
    ],
)
def test_damaged_utf16_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(content)
    with pytest.raises(FileRejected, match="begins as UTF-16 and is damaged or cut off"):
        read(path)


def test_nul_bytes_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(HEADER + b"51.03,PU,1\n51.\x0004,PU,1\n")
    with pytest.raises(FileRejected, match="holds NUL bytes") as refused:
        read(path)
    assert refused.value.where == "sent.csv, line 3"


def test_utf16_without_its_mark_is_refused_not_read_wrong(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(TEXT.encode("utf-16-le"))
    with pytest.raises(FileRejected, match="holds NUL bytes"):
        read(path)


@pytest.mark.parametrize("size", [16, 10_000])
@pytest.mark.parametrize(("before", "line"), [(b"", 1), (b"wilayah\n51\n", 3)])
def test_a_line_beyond_the_limit_is_refused_with_its_number(
    size: int, before: bytes, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "PIECE", size)
    monkeypatch.setattr(container, "LONGEST_LINE", 100)
    path = tmp_path / "sent"
    for after in (b"\n", b"\n51\n" * 4, b""):
        path.write_bytes(before + b"a" * 101 + after)
        with pytest.raises(FileRejected, match="the line is longer than") as refused:
            read(path)
        assert refused.value.where == f"sent.csv, line {line}"
        path.write_bytes(before + b"a" * 99 + after)
        read(path)


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "csv.zst"])
def test_a_huge_single_line_is_refused_after_its_first_piece(ending: str, tmp_path: Path) -> None:
    """2 GB on one line: as plain text 64 MiB stand for it, packed it is the whole of it."""
    path = tmp_path / f"sent.{ending}"
    mebibyte = b"1873899;" * (128 * 1024)
    if ending == "csv":
        with path.open("wb") as stream:
            for _ in range(64):
                stream.write(mebibyte)
    elif ending == "csv.gz":
        path.write_bytes(gzip.compress(mebibyte * 8, compresslevel=1) * 256)
    else:
        path.write_bytes(zstandard.compress(mebibyte * 8) * 256)
    taken: list[int] = []
    with pytest.raises(FileRejected) as refused:
        taken.extend(len(piece) for piece in pieces(path, ending, "sent.csv", Recoding()))
    assert taken == []
    assert refused.value.what == "the line is longer than 1 MiB"
    assert refused.value.where == "sent.csv, line 1"


def test_a_piece_is_far_larger_than_a_line() -> None:
    assert container.PIECE > 10 * container.LONGEST_LINE


def test_a_file_of_many_pieces_is_the_file_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        f"51.0{at % 9 + 1},TOTAL,{at}" if at % 7 else f'"51.0{at % 9 + 1}","TO\nTAL",{at}' for at in range(70)
    ]
    content = HEADER + "\n".join(rows).encode()
    whole = read_bytes(tmp_path, content)
    for size in (1, 13, 64, 1000):
        monkeypatch.setattr(container, "PIECE", size)
        assert read_bytes(tmp_path, content) == whole
    assert whole.account.continued == 10  # 70 rows, every seventh over two lines
