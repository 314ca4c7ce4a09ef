"""Opening a delivered file: what it really is, decompression with limits, pieces of whole lines in UTF-8."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

import numpy as np

from schemas.errors import FileRejected
from warehouse.extracts.limits import Unfolding

if TYPE_CHECKING:
    from pathlib import Path

#: Below 32 MiB: memory of that size is taken from the system anew each time, and cleared by it.
PIECE = 30 * 1024 * 1024
LONGEST_LINE = 1024 * 1024

_SIGNATURES = {
    b"PK\x03\x04": "a ZIP or Office file",
    b"%PDF": "a PDF file",
    b"\x1f\x8b": "a gzip file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a picture",
    b"<!DO": "a web page",
    b"<htm": "a web page",
}
_EXPECTED = {"csv.gz": b"\x1f\x8b", "csv.zst": b"\x28\xb5\x2f\xfd", "xlsx": b"PK\x03\x04", "parquet": b"PAR1"}


@dataclass
class Recoding:
    """How many lines were not UTF-8 and were read as Windows-1252."""

    lines: int = 0


def check_signature(path: Path, extension: str, name: str) -> None:
    """Raise FileRejected when the first bytes are not what the ending promises."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise FileRejected("the file is empty", where=name, hint="Ask the sender to deliver it again.")
    expected = _EXPECTED.get(extension)
    kind = next((told for mark, told in _SIGNATURES.items() if start.startswith(mark)), None)
    if expected is not None and not start.startswith(expected):
        raise FileRejected(
            f"the ending says .{extension}, but the content is {kind or 'something else'}",
            where=name,
            hint="Ask the sender to export the file again; renaming a file does not change what it is.",
        )
    if expected is None and kind is not None:
        raise FileRejected(
            f"the ending says .csv, but the content is {kind}",
            where=name,
            hint="Ask the sender to export it as CSV, or give the file its true ending.",
        )


def pieces(path: Path, extension: str, name: str, recoding: Recoding) -> Iterator[bytes]:
    """Yield the text of a delimited file as UTF-8 pieces of whole lines, each ending in a line feed.

    CRLF becomes LF; a line that is not UTF-8 is read as Windows-1252 and counted in `recoding`.
    Raises FileRejected for a damaged archive or text, one that unfolds beyond reason, a line over 1 MiB, or
    NUL bytes.
    """
    unfolding = Unfolding(name, path.stat().st_size)
    with _opened(path, extension) as stream:
        head = _read(stream, name, 4)
        decoder = _decoder(head)
        rest = head.removeprefix(codecs.BOM_UTF8) if decoder is None else _decoded(decoder, head, name)
        lines_before = 0
        while True:
            block = _read(stream, name, PIECE)
            unfolding.add(len(block))
            text = block if decoder is None else _decoded(decoder, block, name)
            if not block:
                rest += text
                break
            cut = text.rfind(b"\n") + 1
            if len(text) - cut + (0 if cut else len(rest)) > LONGEST_LINE:
                raise _too_long(name, lines_before + (rest + text).count(b"\n") + 1)
            if cut:
                piece = _clean(b"".join((rest, memoryview(text)[:cut])), name, lines_before, recoding)
                rest = text[cut:]
                lines_before += occurrences(piece, b"\n")
                yield piece
            else:
                rest += text
        if rest:
            yield _clean(rest + b"\n", name, lines_before, recoding)


def _opened(path: Path, extension: str) -> IO[bytes]:
    if extension == "csv.gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if extension == "csv.zst":
        # Its library takes a while to import, and on most nights there is no such file.
        from warehouse.extracts.zstd import Zstandard  # noqa: PLC0415

        return io.BufferedReader(Zstandard(path.open("rb")))
    return path.open("rb")


def _read(stream: IO[bytes], name: str, size: int) -> bytes:
    try:
        return stream.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise FileRejected(
            "the archive is damaged or cut off",
            where=name,
            hint="The transfer was probably interrupted: ask the sender to deliver it again.",
        ) from None


def _decoded(decoder: codecs.IncrementalDecoder, block: bytes, name: str) -> bytes:
    try:
        return decoder.decode(block, final=not block).encode()
    except UnicodeDecodeError:
        raise FileRejected(
            "the text begins as UTF-16 and is damaged or cut off",
            where=name,
            hint="The transfer was probably interrupted: ask the sender to deliver it again.",
        ) from None


def _decoder(head: bytes) -> codecs.IncrementalDecoder | None:
    """Return a decoder for UTF-16, known by its byte order mark; None for everything else."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")()
    return None


def _clean(piece: bytes, name: str, lines_before: int, recoding: Recoding) -> bytes:
    if b"\0" in piece:
        line = lines_before + piece.count(b"\n", 0, piece.index(b"\0")) + 1
        raise FileRejected(
            "the file is not text (it holds NUL bytes)",
            where=f"{name}, line {line}",
            hint="Ask the sender to export it as CSV in UTF-8.",
        )
    if b"\r" in piece:
        piece = piece.replace(b"\r\n", b"\n")
    if len(piece) > LONGEST_LINE and (too_long := _first_long_line(piece)) is not None:
        raise _too_long(name, lines_before + too_long)
    if piece.isascii():
        return piece
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return b"\n".join(_recoded(line, recoding) for line in piece.split(b"\n"))
    return piece


def occurrences(text: bytes, mark: bytes) -> int:
    """How often a single byte stands in a text. Of bytes that stand close together: `count` takes twice as long."""
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord(mark)))


def _first_long_line(piece: bytes) -> int | None:
    """Return the number of the first line over the limit; looks at one place per stretch, so it is cheap."""
    start = 0
    while len(piece) - start > LONGEST_LINE:
        cut = piece.rfind(b"\n", start, start + LONGEST_LINE + 1)
        if cut < 0:
            return piece.count(b"\n", 0, start) + 1
        start = cut + 1
    return None


def _recoded(line: bytes, recoding: Recoding) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        recoding.lines += 1
        # Five bytes mean nothing in Windows-1252; they become U+FFFD and no rule accepts that.
        return line.decode("cp1252", errors="replace").encode()
    return line


def _too_long(name: str, line: int) -> FileRejected:
    return FileRejected(
        f"the line is longer than {LONGEST_LINE // 1024 // 1024} MiB",
        where=f"{name}, line {line}",
        hint="The line breaks are probably lost: ask the sender to export the file again.",
    )
