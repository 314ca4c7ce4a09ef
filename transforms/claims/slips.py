"""What a number may have been before one slip of the hand: every candidate, none judged here.

Works on the digits as they were printed: '147 ribu' slips in 147, never in the zeros that nobody wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from transforms.claims.rounding import PrintedCount, PrintedPercent

_DIGITS = "0123456789"

#: Places that a separator moves by. A count in full loses or gains a group: '147 ribu' taken down as 147.
_GROUP_SHIFTS = (-6, -3, 3, 6)
#: In a short form ('1,87 juta') and in a percent also one place or two: a share taken for a percent.
_PLACE_SHIFTS = (-2, -1, 1, 2)


def count_slips(printed: PrintedCount) -> Iterator[tuple[str, PrintedCount]]:
    """Every (kind of slip, count) that would have been printed as this count after a single slip."""
    if printed.value <= 0:
        return
    scale = printed.unit if printed.value % printed.unit == 0 else 1
    for kind, text in _digit_slips(str(printed.value // scale)):
        yield kind, PrintedCount(int(text) * scale, printed.unit)
    for places in _GROUP_SHIFTS if printed.unit == 1 else (*_GROUP_SHIFTS, *_PLACE_SHIFTS):
        if moved := _moved_count(printed, places):
            yield "misplaced_separator", moved


def percent_slips(printed: PrintedPercent) -> Iterator[tuple[str, PrintedPercent]]:
    """Every (kind of slip, percent) that would have been printed as this percent after a single slip."""
    if printed.value <= 0:
        return
    for kind, text in _digit_slips(printed.text):
        if PrintedPercent(text).value != printed.value:
            yield kind, PrintedPercent(text)
    for places in _PLACE_SHIFTS:
        if moved := _moved_point(printed, places):
            yield "misplaced_separator", moved


def _digit_slips(printed: str) -> Iterator[tuple[str, str]]:
    for kind, candidates in (
        ("neighbouring_digits_exchanged", _exchanged(printed)),
        ("digit_doubled", _without_a_doubled_digit(printed)),
        ("digit_dropped", _with_one_more_digit(printed)),
    ):
        for text in sorted(candidates):
            if text != printed and _could_be_written(text):
                yield kind, text


def _exchanged(printed: str) -> set[str]:
    """Two neighbouring digits change places; a point between them stays where it is."""
    places = [place for place, mark in enumerate(printed) if mark in _DIGITS]
    found = set()
    for left, right in pairwise(places):
        marks = list(printed)
        marks[left], marks[right] = marks[right], marks[left]
        found.add("".join(marks))
    return found


def _without_a_doubled_digit(printed: str) -> set[str]:
    """A digit that stands twice in a row stands once."""
    return {
        printed[:place] + printed[place + 1 :]
        for place in range(len(printed) - 1)
        if printed[place] == printed[place + 1]
    }


def _with_one_more_digit(printed: str) -> set[str]:
    """A digit that was left out stands at any place."""
    return {
        printed[:place] + digit + printed[place:] for place in range(len(printed) + 1) for digit in _DIGITS
    }


def _could_be_written(text: str) -> bool:
    """Nobody writes a zero before a number: '05.88' is no percent, '0.58' is."""
    whole, _, _ = text.partition(".")
    return whole == "0" or (whole != "" and not whole.startswith("0"))


def _moved_count(printed: PrintedCount, places: int) -> PrintedCount | None:
    """The count times a power of ten, known only to the same digits; null where that is no whole number."""
    if places > 0:
        return PrintedCount(printed.value * 10**places, printed.unit * 10**places)
    divisor = 10**-places
    if printed.value % divisor:
        return None
    return PrintedCount(printed.value // divisor, max(1, printed.unit // divisor))


def _moved_point(printed: PrintedPercent, places: int) -> PrintedPercent | None:
    """The same digits with the point further right; null where a digit would have to be invented."""
    decimals = printed.decimals - places
    digits = printed.text.replace(".", "")
    if not 0 <= decimals <= len(digits):
        return None
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return PrintedPercent((whole.lstrip("0") or "0") + ("." + fraction if fraction else ""))
