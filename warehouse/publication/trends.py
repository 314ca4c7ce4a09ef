"""Lines over months: solid where months follow each other, dotted over a gap, cut at a break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from warehouse.publication.figures import Figure, Place
from warehouse.publication.scales import Axis, line_axis

#: Charts show at most this many months; the downloads hold them all.
MONTHS = 36
#: One month is this wide and the axis this high, in drawing units.
STEP, HEIGHT = 10, 400
_ENOUGH = 2

Spot = tuple[int, Decimal]


@dataclass(frozen=True)
class Line:
    """One place's months as paths."""

    solid: str
    gaps: str
    dots: str
    target: str
    breaks: tuple[int, ...]
    first: Figure
    last: Figure
    count: int
    end: float
    tip: str


@dataclass(frozen=True)
class Panel:
    """A small chart: a place and its line."""

    place: Place
    line: Line


@dataclass(frozen=True)
class Trend:
    """All lines of a page on one pair of axes."""

    months: tuple[date, ...]
    axis: Axis
    whole: Line | None
    panels: tuple[Panel, ...]

    @property
    def width(self) -> int:
        """Drawing units from the first month to the last."""
        return max(1, len(self.months) - 1) * STEP

    @property
    def is_drawable(self) -> bool:
        """Whether any line has two months."""
        return any(line.count >= _ENOUGH for line in self.lines)

    @property
    def lines(self) -> list[Line]:
        """Every line, the whole first."""
        return ([self.whole] if self.whole else []) + [panel.line for panel in self.panels]

    @property
    def has_gaps(self) -> bool:
        """Whether a month is missing anywhere."""
        return any(line.gaps for line in self.lines)

    @property
    def has_breaks(self) -> bool:
        """Whether a base or a definition changed anywhere."""
        return any(line.breaks for line in self.lines)

    @property
    def has_target(self) -> bool:
        """Whether a target is drawn anywhere."""
        return any(line.target for line in self.lines)

    def ticks(self) -> list[tuple[float, date]]:
        """Return where a year starts; the first and the last month where none does."""
        last = max(1, len(self.months) - 1)
        marks = [(i / last * 100, month) for i, month in enumerate(self.months) if month.month == 1]
        if marks:
            return marks
        ends = [(0.0, self.months[0]), (100.0, self.months[-1])]
        return ends[: len(self.months)]


def trend(whole: Place, parts: Sequence[Place]) -> Trend | None:
    """Return the lines of a territory, or nothing when no month has a number."""
    months = _months([whole, *parts])
    if not months:
        return None
    figures = [_shown(place, months) for place in (whole, *parts)]
    values = [f.pct for found in figures for f in found if f.pct is not None]
    targets = [f.target for found in figures for f in found if f.target is not None and f.pct is not None]
    axis = line_axis(values + targets)
    lines = [_line(found, months, axis) for found in figures]
    panels = [
        Panel(place, line)
        for place, line in zip(parts, lines[1:], strict=True)
        if line and line.count >= _ENOUGH
    ]
    panels.sort(key=lambda panel: (-(panel.line.last.pct or 0), panel.place.code))
    return Trend(months, axis, lines[0], tuple(panels))


def _months(places: Sequence[Place]) -> tuple[date, ...]:
    """Return every calendar month from the first number to the last, the newest 36 at most."""
    known = [figure.period for place in places for figure in place.figures if figure.pct is not None]
    if not known:
        return ()
    month, last = min(known), max(known)
    months = []
    while month <= last:
        months.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return tuple(months[-MONTHS:])


def _shown(place: Place, months: Sequence[date]) -> list[Figure]:
    return [figure for figure in place.figures if figure.period >= months[0]]


def is_break(before: Figure, after: Figure) -> bool:
    """Whether two numbers must not be joined: another count, another base, or a base counted anew."""
    ids = (before.numerator_id, before.denominator_id) != (after.numerator_id, after.denominator_id)
    return ids or after.obs == "B"


def _line(figures: Sequence[Figure], months: Sequence[date], axis: Axis) -> Line | None:
    spots = [
        (months.index(figure.period), figure)
        for figure in figures
        if figure.pct is not None and figure.period in months
    ]
    if not spots:
        return None
    runs, gaps, breaks = _joined(spots)
    solid = "".join(_path(run, axis) for run in runs if len(run) > 1)
    dots = "".join(_dot(run[0], axis) for run in runs if len(run) == 1)
    last = spots[-1][1]
    return Line(
        solid,
        "".join(_path(gap, axis) for gap in gaps),
        dots,
        _steps(figures, months, axis),
        tuple(breaks),
        spots[0][1],
        last,
        len(spots),
        axis.share(last.pct or 0),
        _dot((spots[-1][0], last.pct or Decimal(0)), axis),
    )


def _joined(spots: Sequence[tuple[int, Figure]]) -> tuple[list[list[Spot]], list[list[Spot]], list[int]]:
    """Return runs of joined months, dotted bridges over missing ones, and where the series breaks."""
    runs: list[list[Spot]] = []
    gaps: list[list[Spot]] = []
    breaks: list[int] = []
    before: tuple[int, Figure] | None = None
    for index, figure in spots:
        spot = (index, figure.pct or Decimal(0))
        if before is not None and is_break(before[1], figure):
            breaks.append(index)
            runs.append([spot])
        elif before is not None and index == before[0] + 1:
            runs[-1].append(spot)
        else:
            if before is not None:
                gaps.append([runs[-1][-1], spot])
            runs.append([spot])
        before = (index, figure)
    return runs, gaps, breaks


def _y(value: Decimal, axis: Axis) -> int:
    return round(HEIGHT - axis.share(value) / 100 * HEIGHT)


def _path(spots: Sequence[Spot], axis: Axis) -> str:
    x, y = spots[0][0] * STEP, _y(spots[0][1], axis)
    text = f"M{x} {y}l"
    for index, value in spots[1:]:
        dx, dy = index * STEP - x, _y(value, axis) - y
        text += f"{'' if text.endswith('l') else ' '}{dx}{'' if dy < 0 else ' '}{dy}"
        x, y = x + dx, y + dy
    return text


def _dot(spot: Spot, axis: Axis) -> str:
    return f"M{spot[0] * STEP} {_y(spot[1], axis)}h0"


def _steps(figures: Sequence[Figure], months: Sequence[date], axis: Axis) -> str:
    """Return the target as steps; nothing where there is none."""
    known = {figure.period: figure.target for figure in figures if figure.pct is not None}
    path, before = "", None
    for index, month in enumerate(months):
        target = known.get(month)
        if target is not None:
            x, y = index * STEP, _y(target, axis)
            path += f"M{x} {y}" if before is None else f"H{x}" + (f"V{y}" if before != y else "")
            before = y
        elif month in known:
            before = None
    return path + ("h5" if path and "H" not in path.rsplit("M", 1)[-1] else "")
