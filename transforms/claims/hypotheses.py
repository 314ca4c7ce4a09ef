"""Single changes after which a statement would tie, the most plausible first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from transforms.claims.rounding import Division, PrintedCount, PrintedPercent, half_up
from transforms.claims.slips import count_slips, percent_slips
from transforms.claims.wording import Wording

_ROUNDING_KINDS = ("rounded_twice", "truncated_not_rounded")
_SLIP_KINDS = ("neighbouring_digits_exchanged", "digit_doubled", "misplaced_separator", "digit_dropped")
_KINDS = (*_ROUNDING_KINDS, *_SLIP_KINDS, "another_known_base")
_NUMBER_ORDER = ("denominator", "participants", "published_value")

#: A change must move the percent at least this many times the room that rounding leaves, or it is weak.
_STRONG_FROM = 10


@dataclass(frozen=True)
class Base:
    """Workers that a percent of the region may have been computed with, and where that number stands."""

    workers: PrintedCount
    origin: Wording


@dataclass(frozen=True)
class Hypothesis:
    """A statement with one thing changed, so that it ties."""

    kind: str
    number: str
    division: Division
    percent: PrintedPercent
    #: How far the change moves the percent: the computed one, or the printed one where that is changed.
    jump: Fraction
    origin: Wording | None = None

    @property
    def figure(self) -> PrintedCount | PrintedPercent:
        """The number as it would have been."""
        if self.number == "published_value":
            return self.percent
        return self.division.denominator if self.number == "denominator" else self.division.participants

    @property
    def is_strong(self) -> bool:
        """Whether it would be a surprise to meet the printed percent by chance."""
        room = self.division.interval.width + self.percent.interval.width
        return self.kind in _ROUNDING_KINDS or self.jump >= _STRONG_FROM * room

    @property
    def order(self) -> tuple[bool, int, Fraction, int, Fraction]:
        """Sorts the most plausible first; no two hypotheses on one statement share it."""
        is_weak_slip = self.kind in _SLIP_KINDS and not self.is_strong
        return (
            is_weak_slip,
            _KINDS.index(self.kind),
            abs(self.division.percent - self.percent.value),
            _NUMBER_ORDER.index(self.number),
            Fraction(self.figure.value),
        )


def hypotheses(division: Division, printed: PrintedPercent, bases: Sequence[Base]) -> list[Hypothesis]:
    """Every single change after which the division ties with the printed percent, most plausible first.

    For a statement that does not tie. `claim_repairs` gives the order and its reasons. Where two slips lead
    to the same number the more plausible one is kept; a known base stays beside it, it speaks for itself.
    """
    found = [
        *_rounding_hypotheses(division, printed),
        *_slip_hypotheses(division, printed),
        *_base_hypotheses(division, printed, bases),
    ]
    kept: dict[tuple[bool, str, Fraction], Hypothesis] = {}
    for hypothesis in sorted(found, key=lambda hypothesis: hypothesis.order):
        is_base = hypothesis.kind == "another_known_base"
        kept.setdefault((is_base, hypothesis.number, Fraction(hypothesis.figure.value)), hypothesis)
    return list(kept.values())


def _rounding_hypotheses(division: Division, printed: PrintedPercent) -> Iterator[Hypothesis]:
    """Nothing is misprinted, only the last decimal was made in another way."""
    possible, place = division.interval, printed.last_place
    half = place / 2
    rounded = PrintedPercent(str(half_up(division.percent, printed.decimals)))
    if possible.low < printed.value + place and possible.high >= printed.value:
        yield Hypothesis("truncated_not_rounded", "published_value", division, rounded, Fraction(0))
    if possible.low < printed.value - half and possible.high >= printed.value - half * Fraction(11, 10):
        yield Hypothesis("rounded_twice", "published_value", division, rounded, Fraction(0))


def _slip_hypotheses(division: Division, printed: PrintedPercent) -> Iterator[Hypothesis]:
    for kind, denominator in count_slips(division.denominator):
        changed = replace(division, denominator=denominator)
        if changed.ties(printed):
            jump = abs(changed.percent - division.percent)
            yield Hypothesis(kind, "denominator", changed, printed, jump)
    for kind, participants in count_slips(division.participants):
        changed = replace(division, participants=participants)
        if changed.ties(printed):
            jump = abs(changed.percent - division.percent)
            yield Hypothesis(kind, "participants", changed, printed, jump)
    for kind, percent in percent_slips(printed):
        if division.ties(percent):
            yield Hypothesis(kind, "published_value", division, percent, abs(percent.value - printed.value))


def _base_hypotheses(
    division: Division, printed: PrintedPercent, bases: Sequence[Base]
) -> Iterator[Hypothesis]:
    for base in bases:
        changed = replace(division, denominator=base.workers)
        if base.workers.value != division.denominator.value and changed.ties(printed):
            jump = abs(changed.percent - division.percent)
            yield Hypothesis("another_known_base", "denominator", changed, printed, jump, base.origin)
