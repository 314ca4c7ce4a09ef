"""Fewer vertices without opening a border: a stretch shared by two regions is simplified once, for both."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Cell = tuple[int, int]
Ring = list[Cell]
_SMALLEST_RING = 3


def simplified(regions: Sequence[Sequence[Ring]], tolerance: float) -> list[list[Ring]]:
    """Return the rings of all regions with no vertex farther than `tolerance` from its new border.

    A region never vanishes: where all its rings would collapse it keeps them as they are.
    """
    if tolerance <= 0:
        return [list(rings) for rings in regions]
    junctions = _junctions(regions)
    arcs: dict[tuple[Cell, ...], Ring] = {}
    found = []
    for rings in regions:
        slim = [
            ring
            for ring in (_ring(r, junctions, tolerance, arcs) for r in rings)
            if len(ring) >= _SMALLEST_RING
        ]
        found.append(slim or list(rings))
    return found


def _junctions(regions: Sequence[Sequence[Ring]]) -> set[Cell]:
    """Return the vertices at which more than two stretches meet: they must stay where they are."""
    neighbours: dict[Cell, set[Cell]] = {}
    for rings in regions:
        for ring in rings:
            for index, cell in enumerate(ring):
                neighbours.setdefault(cell, set()).update((ring[index - 1], ring[(index + 1) % len(ring)]))
    return {cell for cell, around in neighbours.items() if len(around) > 2}


def _ring(ring: Ring, junctions: set[Cell], tolerance: float, arcs: dict[tuple[Cell, ...], Ring]) -> Ring:
    fixed = [index for index, cell in enumerate(ring) if cell in junctions]
    if not fixed:
        # The same start for both regions of an enclave, whichever way they go round.
        fixed = [ring.index(min(ring))]
    start = fixed[0]
    turned = [*ring[start:], *ring[:start], ring[start]]
    stops = [index - start for index in fixed] + [len(ring)]
    slim: Ring = []
    for first, last in pairwise(stops):
        slim += _arc(turned[first : last + 1], tolerance, arcs)[:-1]
    return slim


def _arc(arc: Ring, tolerance: float, arcs: dict[tuple[Cell, ...], Ring]) -> Ring:
    forward, backward = tuple(arc), tuple(reversed(arc))
    key = min(forward, backward)
    if key not in arcs:
        arcs[key] = _douglas_peucker(key, tolerance)
    return arcs[key] if key == forward else arcs[key][::-1]


def _douglas_peucker(arc: Sequence[Cell], tolerance: float) -> Ring:
    keep = {0, len(arc) - 1}
    spans = [(0, len(arc) - 1)]
    while spans:
        first, last = spans.pop()
        far, index = 0.0, 0
        for i in range(first + 1, last):
            distance = _distance(arc[i], arc[first], arc[last])
            if distance > far:
                far, index = distance, i
        if far > tolerance:
            keep.add(index)
            spans += [(first, index), (index, last)]
    return [arc[i] for i in sorted(keep)]


def _distance(point: Cell, start: Cell, end: Cell) -> float:
    """Return how far a point lies from a line, or from a point where the line is none."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    if length == 0:
        return float(((point[0] - start[0]) ** 2 + (point[1] - start[1]) ** 2) ** 0.5)
    return float(abs(dy * (point[0] - start[0]) - dx * (point[1] - start[1])) / length)
