"""Zstandard files as streams."""

from __future__ import annotations

import io
from typing import IO, Any

import zstandard

#: Packed bytes taken at once: even the densest archive unfolds them to some 60 MB.
_PACKED = 2048


class Zstandard(io.RawIOBase):
    """A Zstandard file of one or several frames; the library's own reader ends a cut-off file in silence."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Unfold a stream."""
        self._stream = stream
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._packed = b""
        self._text = memoryview(b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill the buffer; 0 at the end. Raises EOFError for a frame that is damaged or cut off."""
        while not self._text:
            self._packed = self._packed or self._stream.read(_PACKED)
            if not self._packed and self._frame is None:
                return 0
            if not self._packed:
                raise EOFError
            self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            try:
                self._text = memoryview(self._frame.decompress(self._packed))
            except zstandard.ZstdError:
                raise EOFError from None
            self._packed = b""
            if self._frame.eof:
                self._packed, self._frame = self._frame.unused_data, None
        count = min(len(buffer), len(self._text))
        buffer[:count], self._text = self._text[:count], self._text[count:]
        return count

    def close(self) -> None:
        """Close the stream as well."""
        self._stream.close()
        super().close()
