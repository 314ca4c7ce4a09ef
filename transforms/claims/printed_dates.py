"""Dates as people print them, and whether the calendar has them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator

_MONTH_NAMES = (
    "januari january jan",
    "februari pebruari february feb",
    "maret march mar",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agu agt ags aug",
    "september sept sep",
    "oktober october okt oct",
    "november nopember nov nop",
    "desember december des dec",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}

_DAY_MONTH_YEAR = re.compile(r"(?<!\d)(\d{1,2})\s+([A-Za-z]+)\.?(?:\s+(\d{4}))?(?!\d)")
_FIGURES = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")

#: Taken when no year is printed: 29 February then counts as a day that exists.
_A_LEAP_YEAR = 2000

_MONTHS_IN_A_YEAR = 12


def nonexistent_date(printed: str | None) -> str | None:
    """The part of a printed date that no calendar has ('31 Juni 2025'), or null.

    Reads day, month name (Indonesian, English, abbreviated) and year; 31/06/2025 with the day first; and
    2025-06-31. A month or a year alone, and text that holds no such date, is never objected to.
    """
    for text, day, month, year in _dates(printed or ""):
        if not 1 <= month <= _MONTHS_IN_A_YEAR or not 1 <= day <= monthrange(year, month)[1]:
            return text
    return None


def _dates(printed: str) -> Iterator[tuple[str, int, int, int]]:
    for found in _DAY_MONTH_YEAR.finditer(printed):
        day, name, year = found.groups()
        if name.lower() in _MONTHS:
            yield found[0].strip(), int(day), _MONTHS[name.lower()], int(year or _A_LEAP_YEAR)
    for found in _FIGURES.finditer(printed):
        yield found[0], int(found[1]), int(found[2]), int(found[3])
    for found in _ISO.finditer(printed):
        yield found[0], int(found[3]), int(found[2]), int(found[1])
