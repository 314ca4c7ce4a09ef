"""Which month a page shows, and what is known in it: chosen by rule, the same in every format.

Public figures are patchy: a province may have only a total, or one regency in one month. So the whole
and its parts are each shown at the newest month that has a number, and every section says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from warehouse.publication.figures import Figure, Place, Territory


@dataclass(frozen=True)
class Shown:
    """A part as the page shows it: its figure, or why there is none and what was known last."""

    place: Place
    figure: Figure | None
    last: Figure | None = None

    @property
    def pct(self) -> Decimal | None:
        """The published coverage."""
        return self.figure.pct if self.figure else None


@dataclass(frozen=True)
class Snapshot:
    """One page's choice of months."""

    territory: Territory
    figure: Figure | None
    parts: tuple[Shown, ...]
    parts_as_of: date | None
    newer: tuple[Figure, int] | None

    @property
    def known(self) -> list[Shown]:
        """Parts with a coverage, highest first; equal ones in order of their codes."""
        rows = [shown for shown in self.parts if shown.pct is not None]
        return sorted(rows, key=lambda shown: (-(shown.pct or 0), shown.place.code))

    @property
    def missing(self) -> list[Shown]:
        """Parts without a coverage, in order of their codes."""
        return [shown for shown in self.parts if shown.pct is None]

    @property
    def reached(self) -> int:
        """Parts at their target."""
        return sum(1 for shown in self.known if shown.figure and shown.figure.is_reached)

    @property
    def targets(self) -> set[Decimal]:
        """The targets of the parts that have a number."""
        return {s.figure.target for s in self.known if s.figure and s.figure.target is not None}

    @property
    def as_of(self) -> date | None:
        """The day that the page as a whole is about."""
        days = [day for day in (self.figure.as_of if self.figure else None, self.parts_as_of) if day]
        return max(days, default=None)

    @property
    def has_one_day(self) -> bool:
        """Whether everything shown is of the same day."""
        days = {s.figure.as_of for s in self.known if s.figure}
        return (
            len(days | ({self.figure.as_of} if self.figure and self.figure.pct is not None else set())) <= 1
        )

    @property
    def has_one_definition(self) -> bool:
        """Whether the parts can be compared: the same count over the same base."""
        return len({(s.figure.numerator_id, s.figure.denominator_id) for s in self.known if s.figure}) <= 1

    @property
    def is_provisional(self) -> bool:
        """Whether any number shown may still change."""
        figures = [self.figure, *(s.figure for s in self.known)]
        return any(figure.is_provisional for figure in figures if figure)


def snapshot(territory: Territory) -> Snapshot:
    """Return what a page of this territory shows."""
    whole = territory.whole
    figure = whole.last_known() or _newest(whole.figures, territory.parts)
    if territory.is_country:
        parts = tuple(_own_newest(place) for place in territory.parts)
        as_of = max((s.figure.as_of for s in parts if s.figure and s.pct is not None), default=None)
    else:
        period = _parts_period(territory)
        parts = tuple(_in_month(place, period) for place in territory.parts)
        as_of = next((s.figure.as_of for s in parts if s.figure and s.figure.period == period), None)
    return Snapshot(territory, figure, parts, as_of, _newer(whole, figure, territory.parts))


def _newest(figures: Sequence[Figure], parts: Sequence[Place]) -> Figure | None:
    """Return the newest month of the whole in which anything is known, of it or of a part."""
    periods = {f.period for part in parts for f in part.figures if f.has_data}
    known = (f for f in reversed(figures) if f.has_data or f.period in periods)
    return next(known, None)


def _parts_period(territory: Territory) -> date | None:
    with_pct = {f.period for part in territory.parts for f in part.figures if f.pct is not None}
    with_data = {f.period for part in territory.parts for f in part.figures if f.has_data}
    return max(with_pct or with_data, default=None)


def _in_month(place: Place, period: date | None) -> Shown:
    figure = place.at(period)
    if figure is None or figure.pct is not None:
        return Shown(place, figure)
    return Shown(place, figure, place.last_known(before=period))


def _own_newest(place: Place) -> Shown:
    return Shown(place, place.last_known() or _newest(place.figures, ()))


def _newer(whole: Place, shown: Figure | None, parts: Sequence[Place]) -> tuple[Figure, int] | None:
    """Return the newest later month in which the whole is withheld, and how many parts have it."""
    if shown is None:
        return None
    for figure in reversed(whole.figures):
        if figure.period <= shown.period:
            return None
        reported = sum(1 for p in parts if (f := p.at(figure.period)) is not None and f.pct is not None)
        if reported:
            return figure, reported
    return None
