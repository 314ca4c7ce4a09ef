"""Horizontal bars as SVG, in groups; drawn by hand, because a plot library would be one more thing to pin."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

_WIDTH, _BAR, _GAP, _LEFT, _RIGHT = 760, 16, 5, 190, 110
_OURS, _OTHERS, _INK = "#1b6ca8", "#9aa5b1", "#1f2933"


@dataclass(frozen=True)
class Bar:
    """One bar: its length in the plot's unit, and what is written at its end."""

    label: str
    value: float
    told: str
    is_ours: bool = True


@dataclass(frozen=True)
class Group:
    """Bars that are compared with each other: the longest fills the width."""

    heading: str
    bars: list[Bar]


def bars(title: str, groups: list[Group]) -> str:
    """Return the picture as SVG, or an empty one that says so when there is nothing to draw."""
    parts: list[str] = []
    top = 34
    for group in groups:
        parts.append(_text(8, top + 12, group.heading, weight="bold"))
        top += 22
        longest = max((bar.value for bar in group.bars), default=0.0)
        for bar in group.bars:
            width = (_WIDTH - _LEFT - _RIGHT) * bar.value / longest if longest else 0.0
            colour = _OURS if bar.is_ours else _OTHERS
            parts += [
                _text(_LEFT - 8, top + 12, bar.label, anchor="end"),
                f'<rect x="{_LEFT}" y="{top}" width="{max(width, 1):.1f}" height="{_BAR}" fill="{colour}"/>',
                _text(_LEFT + max(width, 1) + 6, top + 12, bar.told),
            ]
            top += _BAR + _GAP
        top += 12
    if not groups:
        parts.append(_text(8, top + 12, "nothing measured yet"))
        top += 30
    head = [
        _opening(title, top),
        '<rect width="100%" height="100%" fill="#fff"/>',
        _text(8, 20, title, weight="bold", size=14),
    ]
    return "\n".join([*head, *parts, "</svg>"]) + "\n"


def _opening(title: str, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'font-size="12" font-family="sans-serif" role="img" aria-label="{escape(title, quote=True)}">'
    )


def _text(
    x: float, y: float, told: str, *, anchor: str = "start", weight: str = "normal", size: int = 12
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{_INK}" text-anchor="{anchor}" font-weight="{weight}" '
        f'font-size="{size}">{escape(told)}</text>'
    )
