"""A map as a drawing: which colour class a region has, and which label fits into it at which size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from warehouse.publication.measure import text_width
from warehouse.publication.outlines import Outline, OutlineMap
from warehouse.publication.scales import class_of

_LIGHT_FROM = 4
_LINE = 1.22
_ROOM = 1.12


@dataclass(frozen=True)
class Frame:
    """How large a map is shown and how large its letters are, in pixels."""

    width: float
    height: float
    letter: float
    smallest: float = 0

    def unit(self, outline_map: OutlineMap) -> float:
        """Return the map units that one pixel takes."""
        return max(outline_map.width / self.width, outline_map.height / self.height)


DESKTOP = Frame(900, 640, 16, 3.2)
PHONE = Frame(348, 520, 12.5, 2.2)
#: The country: 280 of 514 regencies have no room for a dot of 3 pixels, so it shows the pattern only.
WIDE = Frame(1040, 640, 14.5)


@dataclass(frozen=True)
class Label:
    """A name and a value at a place; `name_on` and `value_on` say at which sizes there is room."""

    x: float
    y: float
    anchor: str
    name: str
    value: str
    is_light: bool
    color_class: int
    leader: tuple[float, float, float, float] | None
    name_on: frozenset[str]
    value_on: frozenset[str]


@dataclass(frozen=True)
class Shape:
    """A region to draw."""

    code: str
    path: str
    color_class: int
    title: str
    dot: tuple[float, float] | None


@dataclass(frozen=True)
class Drawing:
    """Everything a template needs to draw a map."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]
    letter: dict[str, float]
    dot_size: float


@dataclass(frozen=True)
class Region:
    """What is known of a region on a map."""

    name: str
    title: str
    value: Decimal | None
    text: str


def draw(
    outline_map: OutlineMap,
    regions: Mapping[str, Region],
    edges: Sequence[Decimal],
    frames: Mapping[str, Frame],
    *,
    with_labels: bool = True,
) -> Drawing:
    """Return the map with the regions coloured and, where there is room, labelled."""
    outlines = [outline for outline in outline_map.outlines if outline.code in regions]
    letter = {name: round(frame.letter * frame.unit(outline_map), 1) for name, frame in frames.items()}
    smallest = max(frame.smallest * frame.unit(outline_map) for frame in frames.values())
    shapes = [_shape(outline, regions[outline.code], edges, smallest) for outline in outlines]
    labels = (
        [_label(outline, regions[outline.code], edges, letter) for outline in outlines] if with_labels else []
    )
    return Drawing(
        outline_map.width,
        outline_map.height,
        tuple(shapes),
        tuple(label for label in labels if label.value_on),
        letter,
        round(smallest, 1),
    )


def _shape(outline: Outline, region: Region, edges: Sequence[Decimal], smallest: float) -> Shape:
    dot = (round(outline.x, 1), round(outline.y, 1)) if outline.radius < smallest else None
    return Shape(outline.code, outline.path, class_of(region.value, edges), region.title, dot)


def _label(outline: Outline, region: Region, edges: Sequence[Decimal], letter: Mapping[str, float]) -> Label:
    color = class_of(region.value, edges)
    if outline.label:
        hand = outline.label
        inside = hand.leader_to is None and outline.contains(hand.x, hand.y)
        leader = (hand.x, hand.y, *hand.leader_to) if hand.leader_to else None
        names = frozenset(size for size in letter if not (size == "phone" and hand.hides_name_on_phone))
        return Label(
            hand.x,
            hand.y,
            hand.anchor,
            region.name,
            region.text,
            inside and color >= _LIGHT_FROM,
            color if inside else -1,
            leader,
            names,
            frozenset(letter),
        )
    names = frozenset(size for size, height in letter.items() if _fits(outline, region, height, lines=2))
    values = frozenset(size for size, height in letter.items() if _fits(outline, region, height, lines=1))
    return Label(
        outline.x,
        outline.y,
        "middle",
        region.name,
        region.text,
        color >= _LIGHT_FROM,
        color,
        None,
        names,
        values | names,
    )


def _fits(outline: Outline, region: Region, height: float, *, lines: int) -> bool:
    """Whether the text stays within the largest circle inside the region, or nearly so."""
    width = text_width(region.text, height, 600)
    if lines > 1:
        width = max(width, text_width(region.name, height))
    half = ((width / 2) ** 2 + (height * _LINE * lines / 2) ** 2) ** 0.5
    return float(half) <= outline.radius * _ROOM
