"""What a rounded number can have been before it was rounded: closed intervals, exact to the last digit.

Everything that decides is a Fraction. Intervals are closed, so a value exactly half-way belongs to both
neighbours: half-up and half-to-even are equally right.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True)
class Interval:
    """All values from `low` to `high`, both included."""

    low: Fraction
    high: Fraction

    @property
    def width(self) -> Fraction:
        """How much room the interval leaves; zero for a number printed in full."""
        return self.high - self.low

    def touches(self, other: Interval) -> bool:
        """Whether at least one value lies in both."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class PrintedCount:
    """A count as printed; `unit` is the precision it was printed in, 1 = in full, 1000 = "147 ribu"."""

    value: int
    unit: int = 1

    @property
    def text(self) -> str:
        """The digits, without separators."""
        return str(self.value)

    @property
    def interval(self) -> Interval:
        """The counts that round to the printed one; a count of zero or more is never below zero."""
        half = Fraction(self.unit, 2) if self.unit > 1 else Fraction(0)
        lowest_count = Fraction(min(self.value, 0))
        return Interval(max(self.value - half, lowest_count), self.value + half)


@dataclass(frozen=True)
class PrintedPercent:
    """A percent as printed, with dot decimals: '65.60' says more than '65.6'."""

    text: str

    @property
    def decimals(self) -> int:
        """Number of printed decimals."""
        return len(self.text.partition(".")[2])

    @property
    def value(self) -> Fraction:
        """The number itself, in percent."""
        return Fraction(self.text)

    @property
    def last_place(self) -> Fraction:
        """One unit of the last printed decimal."""
        return Fraction(1, 10**self.decimals)

    @property
    def interval(self) -> Interval:
        """The percents that round to the printed one; one of zero or more is never below zero."""
        half = self.last_place / 2
        lowest_percent = min(self.value, Fraction(0))
        return Interval(max(self.value - half, lowest_percent), self.value + half)


@dataclass(frozen=True)
class Division:
    """Participants over a denominator of at least one, in percent."""

    participants: PrintedCount
    denominator: PrintedCount

    @property
    def percent(self) -> Fraction:
        """The percent that the two counts give as they are printed."""
        return Fraction(self.participants.value * 100, self.denominator.value)

    @property
    def interval(self) -> Interval:
        """Every percent that the two counts allow. A base has at least one worker, however it was rounded."""
        counted, base = self.participants.interval, self.denominator.interval
        return Interval(counted.low * 100 / base.high, counted.high * 100 / max(base.low, Fraction(1)))

    def ties(self, printed: PrintedPercent) -> bool:
        """Whether the counts and the percent can all be right, each within its own rounding."""
        return self.interval.touches(printed.interval)


def half_up(value: Fraction, decimals: int) -> Decimal:
    """The value rounded to `decimals`, halves upwards, in whole-number arithmetic."""
    return _decimal(floor(value * 10**decimals + Fraction(1, 2)), decimals)


def rounded_down(value: Fraction, decimals: int) -> Decimal:
    """The nearest decimal that is not above the value: for the lower end of an interval."""
    return _decimal(floor(value * 10**decimals), decimals)


def rounded_up(value: Fraction, decimals: int) -> Decimal:
    """The nearest decimal that is not below the value: for the upper end of an interval."""
    return _decimal(ceil(value * 10**decimals), decimals)


def _decimal(scaled: int, decimals: int) -> Decimal:
    # From text, as arithmetic between Decimals stops at 28 digits.
    return Decimal(f"{scaled}E-{decimals}")
