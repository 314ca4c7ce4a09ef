from __future__ import annotations

import re

import pytest

from warehouse.publication.chart_data import COLORS
from warehouse.publication.html import template_text

STYLE = template_text("page.css")
TOKENS = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,8})", STYLE))
#: Text or mark, ground, least contrast (WCAG 2.2: 4.5 for text, 3 for large text and for marks).
PAIRS = [
    ("ink", "#ffffff", 4.5), ("mut", "#ffffff", 4.5), ("mut", "soft", 4.5), ("acc", "#ffffff", 4.5),
    ("acc", "soft", 4.5), ("tgt", "#ffffff", 4.5), ("warn", "#ffffff", 4.5), ("ok", "#ffffff", 4.5),
    ("#ffffff", "bar", 4.5), ("#ffffff", "ok", 4.5), ("#ffffff", "acc", 4.5), ("#ffffff", "#0c3f55", 4.5),
    ("#ffffff", "#3f839b", 4.0), ("#ffffff", "#2f7d58", 4.5), ("#4d3800", "#fff1c9", 4.5),
    ("#6d1d0b", "#fde4dc", 4.5), ("ink", "#fff8e6", 4.5), ("ink", "c1", 4.5), ("ink", "c2", 4.5),
    ("ink", "c3", 4.5), ("#ffffff", "c4", 4.5), ("#ffffff", "c5", 4.5), ("bar", "#ffffff", 3), ("tgt", "soft", 3),
    ("ok", "#ffffff", 3), ("#b07b00", "#ffffff", 3), ("edge", "#ffffff", 3), ("mut", "soft", 4.5),
]  # fmt: skip


def _luminance(color: str) -> float:
    value = TOKENS.get(color, color).lstrip("#")
    parts = [int(value[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_contrast(text: str, ground: str, least: float) -> None:
    light, dark = sorted((_luminance(text), _luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def test_page_and_charts_share_their_colours() -> None:
    assert tuple(TOKENS[f"c{n}"] for n in range(1, 6)) == COLORS[1:]
