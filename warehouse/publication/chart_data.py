"""Charts for newsrooms and print, as numbers on a canvas: bars, map and lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from warehouse.publication.figures import Figure
from warehouse.publication.maps import Drawing, Frame
from warehouse.publication.measure import fitting_size, text_width
from warehouse.publication.notes import figure_notes
from warehouse.publication.rows import ranking_axis, side
from warehouse.publication.trend_block import TrendBlock
from warehouse.publication.trends import HEIGHT, Line, Trend
from warehouse.publication.views import View

BAR, REACHED, PROVISIONAL, REACHED_PROVISIONAL = "#317892", "#1c6b45", "#8fbccb", "#8cbfa5"
COLORS = ("url(#nd)", "#d5e8ee", "#a5ccd9", "#6ba8bd", "#317892", "#125470")
_TARGET, _WARN, _GREY, _LAST, _MUTED = "#b3261e", "#8a4b00", "#c3cfd4", "#125470", "#4d626b"
#: Labels at the ends of lines stand at least this far apart.
_APART = 24
_COMMAND = re.compile(r"([MlhHV])([^MlhHV]*)")
_NUMBER = re.compile(r"-?\d+")
_LEGEND_STEP = 104


@dataclass(frozen=True)
class BarRow:
    """A bar with its texts."""

    name: str
    mark: str
    width: float
    fill: str
    target: float | None
    pct: str
    gap: str


@dataclass(frozen=True)
class Caption:
    """A text at a place."""

    x: float
    anchor: str
    text: str


@dataclass(frozen=True)
class Bars:
    """The ranking."""

    rows: list[BarRow]
    step: float
    left: float
    value_right: float
    has_gap: bool
    target_label: Caption | None

    @property
    def height(self) -> float:
        """Height of the body."""
        return 24 + len(self.rows) * self.step + 4


def fill(figure: Figure) -> str:
    """Return the colour of a bar; a provisional one is paler and says so in words."""
    if figure.is_provisional:
        return REACHED_PROVISIONAL if figure.is_reached else PROVISIONAL
    return REACHED if figure.is_reached else BAR


def bars(view: View, width: float, step: float) -> Bars:
    """Return the ranking on a canvas of this width."""
    shown, lang, axis = view.shown, view.lang, ranking_axis(view.shown)
    left = max((text_width(s.place.name, 17, 600) for s in shown.known), default=0) + 24
    has_gap = bool(shown.targets)
    value_right = width - (90 if has_gap else 0)
    room = value_right - 76 - left
    rows = []
    for s in shown.known:
        if s.figure is None or s.figure.pct is None:
            continue
        x = None if s.figure.target is None else left + axis.share(s.figure.target) / 100 * room
        rows.append(
            BarRow(
                s.place.name,
                "*" if figure_notes(lang, s.figure) else "",
                round(axis.share(s.figure.pct) / 100 * room, 1),
                fill(s.figure),
                None if x is None else round(x, 1),
                lang.decimal(s.figure.pct),
                lang.decimal(s.figure.gap),
            )
        )
    label = None
    if len(shown.targets) == 1:
        (target,) = shown.targets
        share = axis.share(target)
        anchor = {"sr": "end", "sl": "start", "": "middle"}[side(share)]
        text = lang.t("target.label", pct=lang.decimal(target))
        label = Caption(round(left + share / 100 * room, 1), anchor, text)
    return Bars(rows, step, round(left, 1), value_right, has_gap, label)


@dataclass(frozen=True)
class MapData:
    """The map with its legend."""

    map: Drawing
    scale: float
    colors: tuple[str, ...]
    legend: list[tuple[int, str, float]]
    legend_step: float

    @property
    def height(self) -> float:
        """Height of the body."""
        return round(56 + self.map.height * self.scale + 6, 1)


def map_data(view: View, width: float, height: float) -> MapData:
    """Return the map, as large as fits."""
    drawing = view.drawing({"print": Frame(width, height, 14, 0 if view.territory.is_country else 3)})
    scale = round(min(width / drawing.width, height / drawing.height), 4)
    legend, x = [], 0.0
    for color, text in view.legend:
        legend.append((color, text, round(x, 1)))
        x += max(_LEGEND_STEP, text_width(text, 15) + 14)
    return MapData(drawing, scale, COLORS, legend, _LEGEND_STEP)


@dataclass(frozen=True)
class Stroke:
    """A drawn line."""

    path: str
    color: str
    width: float
    dash: str = ""


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class EndLabel:
    """A text at the end of a line."""

    y: float
    size: float
    color: str
    text: str


@dataclass(frozen=True)
class Lines:
    """The trend: the whole above its parts."""

    left: float
    right: float
    top: float
    bottom: float
    ticks: list[Tick]
    marks: list[Tick]
    strokes: list[Stroke]
    labels: list[EndLabel]


def lines(view: View, trend: Trend, width: float, height: float) -> Lines:
    """Return the trend on a canvas of this size."""
    lang, axis = view.lang, trend.axis
    left, right, top, bottom = 48.0, width - 130, 14.0, height - 40
    sx, sy = (right - left) / trend.width, (bottom - top) / HEIGHT

    def y(share: float) -> float:
        return round(bottom - share / 100 * (bottom - top), 1)

    def placed(path: str) -> str:
        return _placed(path, (left, top), (sx, sy))

    ticks = [Tick(0, y(axis.share(tick)), str(tick)) for tick in axis.ticks]
    marks = [
        Tick(
            round(left + at / 100 * (right - left), 1),
            0,
            str(m.year) if m.month == 1 else lang.short_month(m),
        )
        for at, m in trend.ticks()
    ]
    strokes = [Stroke(placed(p.line.solid + p.line.gaps), _GREY, 1.4) for p in trend.panels]
    strokes += _whole_strokes(trend.whole, placed) if trend.whole else []
    strokes += [
        Stroke(f"M{round(left + (x * 10 - 5) * sx, 1)} {top}V{bottom}", _WARN, 1.4, "4 4")
        for x in (trend.whole.breaks if trend.whole else ())
    ]
    return Lines(left, right, top, bottom, ticks, marks, strokes, _end_labels(view, y))


def _whole_strokes(line: Line, place: Callable[[str], str]) -> list[Stroke]:
    found = [
        Stroke(place(line.target), _TARGET, 1.8, "6 4"),
        Stroke(place(line.gaps), BAR, 2.4, "0.1 6"),
        Stroke(place(line.solid), BAR, 3),
        Stroke(place(line.dots), BAR, 9),
        Stroke(place(line.tip), BAR, 10),
    ]
    return [stroke for stroke in found if stroke.path]


def _end_labels(view: View, y: Callable[[float], float]) -> list[EndLabel]:
    """Return the value and the target; the highest and the lowest part too, where there is room."""
    ends, trend = TrendBlock(view).ends, view.content.trend
    if ends is None or trend is None or trend.whole is None:
        return []
    found = [EndLabel(y(ends.value), 21, _LAST, view.lang.decimal(trend.whole.last.pct))]
    if ends.target is not None:
        found.append(EndLabel(y(ends.target), 15, _TARGET, ends.target_text))
    for panel in trend.panels[:1] + trend.panels[1:][-1:]:
        label = EndLabel(y(panel.line.end), fitting_size(panel.place.name, 15, 112), _MUTED, panel.place.name)
        if panel.line.last.period == trend.months[-1] and all(
            abs(label.y - other.y) >= _APART for other in found
        ):
            found.append(label)
    return found


def _placed(path: str, origin: tuple[float, float], scale: tuple[float, float]) -> str:
    """Return a path on the canvas: resvg and Typst would stretch the stroke with a stretched path."""
    parts = []
    for command, arguments in _COMMAND.findall(path):
        numbers = [int(number) for number in _NUMBER.findall(arguments)]
        axes = {"h": (0,), "H": (0,), "V": (1,)}.get(command, (0, 1))
        moved = [
            number * scale[axes[i % len(axes)]] + (origin[axes[i % len(axes)]] if command in "MHV" else 0)
            for i, number in enumerate(numbers)
        ]
        parts.append(command + " ".join(f"{number:.1f}" for number in moved))
    return "".join(parts)
