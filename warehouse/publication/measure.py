"""How wide a text is in Inter, so that labels fit and card lines break where they should."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from pathlib import Path

from warehouse.publication.errors import PublicationError

FONTS = Path(__file__).parent / "fonts"
STATIC_FONTS = ("Inter-Regular.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")
_WIDE = 1000


def text_width(text: str, size: float, weight: int = 400) -> float:
    """Return the width of a text, in the unit of `size`."""
    widths = _widths()[str(weight)]
    return sum(widths.get(letter, _WIDE) for letter in text) / 1000 * size


def wrap(text: str, size: float, width: float, weight: int = 400) -> list[str]:
    """Return the lines of a text, none wider than `width` unless a single word is; what is bound stays together."""
    lines: list[str] = []
    for word in _words(text):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def balanced(text: str, size: float, width: float, weight: int = 400) -> list[str]:
    """Return as many lines as `wrap` needs, but of about the same length: no word is left alone."""
    lines = wrap(text, size, width, weight)
    # Below the widest word no width changes anything any more.
    widest = max((text_width(word, size, weight) for word in _words(text)), default=width)
    narrow = width * 0.96
    while (
        len(lines) > 1 and narrow > widest and len(tighter := wrap(text, size, narrow, weight)) == len(lines)
    ):
        narrow, lines = narrow * 0.96, tighter
    return lines


def _words(text: str) -> list[str]:
    """Return what may not be parted: hard blanks bind."""
    return re.findall(r"[^ \t\r\n]+", text)


def fitting_size(text: str, size: float, width: float, weight: int = 400) -> float:
    """Return `size`, or the smaller one with which the text fits into `width`."""
    actual = text_width(text, size, weight)
    return size if actual <= width else round(size * width / actual, 2)


@cache
def page_font() -> str:
    """Return the page's font as base64, to stand inside the page."""
    return base64.b64encode(_font("inter-page.woff2", b"wOF2")).decode("ascii")


@cache
def static_fonts() -> tuple[str, ...]:
    """Return the paths of the fonts for pictures and print, each one looked at first.

    resvg and Typst skip a font that they cannot read and draw nothing in its place.
    """
    for name in STATIC_FONTS:
        _font(name, b"\x00\x01\x00\x00")
    return tuple(str(FONTS / name) for name in STATIC_FONTS)


def _font(name: str, magic: bytes) -> bytes:
    path = FONTS / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, str(error)) from error
    if not content.startswith(magic):
        raise _unreadable(path, "it is not a font file of the expected kind")
    return content


def _unreadable(path: Path, reason: str) -> PublicationError:
    return PublicationError(
        f"the font cannot be read: {reason}",
        where=str(path),
        hint="restore it from the repository, or make it again with tests/publication/make_fonts.py",
    )


@cache
def _widths() -> dict[str, dict[str, int]]:
    path = FONTS / "inter-widths.json"
    try:
        widths: dict[str, dict[str, int]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    return widths
