"""Landing files that grow block by block, compressed in pieces so that any process can pack a block.

A `.csv.gz` is one gzip member: blocks are packed on their own and joined at byte borders, as pigz does, and
the check sum is carried over all of them. The bytes depend on the blocks only, not on who packed them when.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, BinaryIO

from warehouse.synthetic.checksums import crc32_of_both

if TYPE_CHECKING:
    from pathlib import Path

_LEVEL = 1
#: Magic, deflate, no flags, no time, fastest, unknown system: the same bytes on every machine.
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"


@dataclass(frozen=True)
class Piece:
    """Some lines of a file, ready to be appended: bytes as stored, check sum and size of the text in them."""

    stored: bytes
    crc32: int
    size: int
    lines: Lines


@dataclass(frozen=True)
class Lines:
    """Physical lines by what they are."""

    rows: int = 0
    header: int = 0
    blank: int = 0
    #: Second and later lines of a row with a line break in it.
    continued: int = 0
    total_row: int = 0
    #: Titles and footnotes of a workbook.
    note: int = 0

    @property
    def all(self) -> int:
        """Physical lines."""
        return self.rows + self.header + self.blank + self.continued + self.total_row + self.note

    def __add__(self, other: Lines) -> Lines:
        return Lines(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Written:
    """A finished file."""

    file_name: str
    sha256: str
    bytes: int
    lines: Lines


def packed(text: bytes, lines: Lines, *, compressed: bool) -> Piece:
    """Pack a block of whole lines."""
    if not compressed:
        return Piece(text, 0, len(text), lines)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    stored = packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH)
    return Piece(stored, zlib.crc32(text), len(text), lines)


class GrowingFile:
    """A landing file under a `.part` name until it is closed; the pipeline leaves such names alone."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.lines = Lines()
        self._path = folder / name
        self._part = folder / f"{name}.part"
        self._compressed = name.endswith(".gz")
        self._check, self._size, self._bytes = 0, 0, 0
        self._digest = hashlib.sha256()
        self._stream: BinaryIO = self._part.open("wb", buffering=1 << 16)
        if self._compressed:
            self._store(_HEAD)

    def append(self, part: Piece) -> None:
        """Add the lines of a piece."""
        self._store(part.stored)
        self._check = crc32_of_both(self._check, part.crc32, part.size) if self._compressed else 0
        self._size += part.size
        self.lines = self.lines + part.lines

    def close(self) -> Written:
        """Finish the file and give it its name."""
        if self._compressed:
            # An empty final block ends the deflate stream that the pieces left open.
            self._store(b"\x03\x00" + struct.pack("<II", self._check, self._size & 0xFFFFFFFF))
        self._stream.close()
        self._part.replace(self._path)
        return Written(self.name, self._digest.hexdigest(), self._bytes, self.lines)

    def _store(self, stored: bytes) -> None:
        self._stream.write(stored)
        self._digest.update(stored)
        self._bytes += len(stored)


def write_whole(folder: Path, name: str, content: bytes, lines: Lines) -> Written:
    """Write a small file at once."""
    part = folder / f"{name}.part"
    part.write_bytes(content)
    part.replace(folder / name)
    return Written(name, hashlib.sha256(content).hexdigest(), len(content), lines)
