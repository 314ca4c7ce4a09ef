"""Outlines of regions, ready to draw: read from `boundaries/`, made smaller without opening a border.

Every vertex is put on one whole-number grid, so a border shared by two regions stays shared; points that
then fall together or lie on a straight line go. Pages, which must stay small, get fewer vertices still.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from warehouse.publication.errors import PublicationError
from warehouse.publication.simplify import Cell, Ring, simplified

BOUNDARIES = Path(__file__).parent / "boundaries"
#: Half a unit of the source is half a pixel of a page.
_GRID = 2
_TOLERANCES = (0.0, 0.5, 0.75, 1.0, 1.5, 2.0)
#: Most characters that the paths of a page may take.
_BUDGETS = {"indonesia": 160_000}
_PROVINCE_BUDGET = 30_000
_COMMAND = re.compile(r"([Mlz])([^Mlz]*)")
_NUMBER = re.compile(r"-?\d*\.?\d+")
_RING = 3

Point = tuple[float, float]


@dataclass(frozen=True)
class HandLabel:
    """A label place chosen by a person: narrow regions next to each other need it."""

    x: float
    y: float
    anchor: str
    leader_to: Point | None
    hides_name_on_phone: bool


@dataclass(frozen=True)
class Outline:
    """One region: its path, the inner point farthest from its border, and that distance."""

    code: str
    path: str
    x: float
    y: float
    radius: float
    label: HandLabel | None
    rings: tuple[tuple[Cell, ...], ...]

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies inside (even-odd rule)."""
        inside = False
        for ring in self.rings:
            for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
                if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                    inside = not inside
        return inside


@dataclass(frozen=True)
class OutlineMap:
    """All regions of one map on a canvas of whole numbers."""

    width: int
    height: int
    outlines: tuple[Outline, ...]


@lru_cache(maxsize=128)
def outline_map(name: str, *, fine: bool = False) -> OutlineMap:
    """Return the map `province_51` or `indonesia`: for a page, or `fine` for print and newsrooms."""
    path = BOUNDARIES / f"{name}.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        regions = [(region, _rings(region["d"])) for region in data["regions"]]
        _, _, width, height = data["viewBox"]
    except (OSError, ValueError, KeyError) as error:
        raise PublicationError(
            f"the boundaries of {name} cannot be read: {error}",
            where=str(path),
            hint="restore the file from the repository; SOURCES-boundaries.md says where it comes from",
        ) from error
    cells = [_on_grid(rings) for _, rings in regions]
    if not fine:
        cells = _within(cells, _BUDGETS.get(name, _PROVINCE_BUDGET))
    outlines = tuple(_outline(region, rings) for (region, _), rings in zip(regions, cells, strict=True))
    return OutlineMap(round(width * _GRID), round(height * _GRID), outlines)


def require_outlines(name: str, codes: Iterable[str], *, fine: bool = False) -> OutlineMap:
    """Return the map, after making sure that it has every one of these regions."""
    found = outline_map(name, fine=fine)
    missing = sorted(set(codes) - {outline.code for outline in found.outlines})
    if missing:
        raise PublicationError(
            f"no outline for region {', '.join(missing)}",
            where=f"warehouse/publication/boundaries/{name}.json",
            hint="add its outline (see SOURCES-boundaries.md there), or correct the code in the register",
        )
    return found


def _rings(path: str) -> list[list[Point]]:
    rings: list[list[Point]] = []
    x = y = 0.0
    for command, arguments in _COMMAND.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(arguments)]
        if command == "M":
            x, y = numbers
            rings.append([(x, y)])
        elif command == "l":
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + dx, y + dy
                rings[-1].append((x, y))
    return rings


def _within(regions: Sequence[Sequence[Ring]], budget: int) -> list[list[Ring]]:
    """Return the most exact rings whose paths stay within the budget."""
    slim = [list(rings) for rings in regions]
    for tolerance in _TOLERANCES:
        slim = [[_without_straight(ring) for ring in rings] for rings in simplified(regions, tolerance)]
        if sum(len(_path(rings)) for rings in slim) <= budget:
            break
    return slim


def _outline(region: dict[str, object], cells: Sequence[Ring]) -> Outline:
    x, y, radius = (float(str(region[key])) * _GRID for key in ("x", "y", "r"))
    label = region.get("label")
    hand = _hand_label(label) if isinstance(label, dict) else None
    path = _path([_without_straight(ring) for ring in cells])
    return Outline(str(region["id"]), path, x, y, radius, hand, tuple(tuple(ring) for ring in cells))


def _hand_label(label: dict[str, object]) -> HandLabel:
    to = label.get("leader_to")
    leader = (float(to[0]) * _GRID, float(to[1]) * _GRID) if isinstance(to, list) else None
    x, y = (float(str(label[key])) * _GRID for key in ("x", "y"))
    return HandLabel(x, y, str(label["anchor"]), leader, bool(label.get("hide_name_on_phone")))


def _on_grid(rings: Sequence[Sequence[Point]]) -> list[Ring]:
    found = []
    for ring in rings:
        cells: Ring = []
        for x, y in ring:
            cell = (round(x * _GRID), round(y * _GRID))
            if not cells or cell != cells[-1]:
                cells.append(cell)
        if len(cells) > 1 and cells[0] == cells[-1]:
            cells.pop()
        if len(_without_straight(cells)) >= _RING:
            found.append(cells)
    return found or [_speck(rings)]


def _speck(rings: Sequence[Sequence[Point]]) -> Ring:
    """Return the smallest visible ring where a region is: a map without it would say it does not exist."""
    x, y = round(rings[0][0][0] * _GRID), round(rings[0][0][1] * _GRID)
    return [(x - 1, y), (x, y - 1), (x + 1, y), (x, y + 1)]


def _without_straight(ring: Ring) -> Ring:
    kept: Ring = []
    for index, (x, y) in enumerate(ring):
        before = kept[-1] if kept else ring[index - 1]
        after = ring[(index + 1) % len(ring)]
        a, b = (x - before[0], y - before[1]), (after[0] - x, after[1] - y)
        if a[0] * b[1] != a[1] * b[0] or a[0] * b[0] + a[1] * b[1] <= 0:
            kept.append((x, y))
    return kept


def _path(rings: Sequence[Ring]) -> str:
    """Return the rings as one path with relative steps and no character too many."""
    parts = []
    for ring in rings:
        x, y = ring[0]
        steps = ""
        for next_x, next_y in ring[1:]:
            for step in (next_x - x, next_y - y):
                steps += f"{step}" if step < 0 or not steps else f" {step}"
            x, y = next_x, next_y
        parts.append(f"M{ring[0][0]} {ring[0][1]}l{steps}z")
    return "".join(parts)
