"""Axes, colour classes and columns: geometry only, no published number is made here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

CLASSES = 5
_STEPS = (1, 2, 5, 10, 20)
_SUFFICIENT = 2
_COLUMNS = (3, 4, 5)
_FEW = 12


@dataclass(frozen=True)
class Axis:
    """A scale from `low` to `high` with ticks."""

    low: int
    high: int
    ticks: tuple[int, ...]

    def share(self, value: Decimal | float) -> float:
        """Return where a value stands, 0 at `low` and 100 at `high`."""
        return round((float(value) - self.low) / (self.high - self.low) * 100, 2)


def bar_axis(values: Sequence[Decimal]) -> Axis:
    """Return an axis from 0 that holds every bar: never clipped, also above 100."""
    top = max([float(value) for value in values], default=0.0)
    step = 20 if top <= 100 else 50
    high = max(step, -(-int(top * 1.02 + 1) // step) * step)
    return Axis(0, high, tuple(range(0, high + 1, step)))


def line_axis(values: Sequence[Decimal]) -> Axis:
    """Return an axis around the data: it may start above 0, and says so."""
    if not values:
        return Axis(0, 100, (0, 50, 100))
    low, high = float(min(values)), float(max(values))
    step = next((s for s in (2, 5, 10, 20) if high - low <= 3 * s), 50 if high - low > 150 else 20)
    bottom = max(0, int(low // step) * step)
    top = int(-(-high // step)) * step
    top = top if top > bottom else bottom + step
    return Axis(bottom, top, tuple(range(bottom, top + 1, step)))


def class_edges(values: Sequence[Decimal], target: Decimal | None) -> tuple[Decimal, ...]:
    """Return the lower edges of classes 2 to 5: round numbers that spread the values.

    Once a value reaches a target that all share, the highest class is "at the target". The first and
    the last class are open, so 126 percent has a colour too.
    """
    if not values:
        return ()
    reached = target is not None and any(value >= target for value in values)
    below = [value for value in values if target is None or not reached or value < target]
    edges = _round_edges(below or list(values), CLASSES - 2 if reached else CLASSES - 1)
    if not reached or target is None:
        return edges
    return (*(edge for edge in edges if edge < target), target)


def _round_edges(values: Sequence[Decimal], count: int) -> tuple[Decimal, ...]:
    """Return `count` equidistant round edges with the most even classes; coarser steps win a tie."""
    best: tuple[int, int, tuple[Decimal, ...]] | None = None
    for step in _STEPS:
        first = int((min(values) / step).to_integral_value(ROUND_FLOOR))
        last = int((max(values) / step).to_integral_value(ROUND_CEILING))
        for start in range(max(1, first - count), last + 1):
            edges = tuple(Decimal((start + i) * step) for i in range(count))
            fullest = max(_class_sizes(values, edges))
            if best is None or (fullest, -step) < best[:2]:
                best = (fullest, -step, edges)
    return best[2] if best else ()


def _class_sizes(values: Sequence[Decimal], edges: Sequence[Decimal]) -> list[int]:
    sizes = [0] * (len(edges) + 1)
    for value in values:
        sizes[class_of(value, edges) - 1] += 1
    return sizes


def class_of(value: Decimal | None, edges: Sequence[Decimal]) -> int:
    """Return the class of a value, 1 the lowest; 0 when there is none."""
    if value is None:
        return 0
    return 1 + sum(1 for edge in edges if value >= edge)


def columns(count: int) -> int:
    """Return how many small charts stand in a row so that none is left alone in the last one."""
    if count < _COLUMNS[0]:
        return max(1, count)
    options = _COLUMNS[:2] if count <= _FEW else _COLUMNS[::-1]
    return max(
        options, key=lambda columns: (count % columns == 0, count % columns >= _SUFFICIENT, count % columns)
    )
