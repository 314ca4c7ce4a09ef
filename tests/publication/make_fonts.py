"""Make the font files of `warehouse/publication/fonts` from Inter's variable font. Run by hand, not by a night.

    npm install inter-ui@4.1.1
    python -m venv v && v/bin/pip install fonttools==4.68.0 brotli
    v/bin/python tests/publication/make_fonts.py node_modules/inter-ui warehouse/publication/fonts

One variable WOFF2 for the pages, three static TTF for Typst and resvg (neither reads WOFF2), and the
advance widths with which labels are fitted. Every character a page can print is in CHARACTERS.
"""

from __future__ import annotations

import json
import shutil
import sys
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

LATIN = [*range(0x20, 0x7F), 0xA0, 0xAB, 0xB0, 0xB1, 0xB7, 0xBB, *range(0xC0, 0x100)]
MARKS = [0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2212, 0x2264, 0x2265]
#: The page falls back to the reader's own fonts for rare letters; files for print cannot.
PAGE = [c for c in LATIN if c < 0x7F or c in (0xA0, 0xB0, 0xB7, 0xC9, 0xD7, 0xE9, 0xF7)] + MARKS
CUTS = {"Regular": 400, "SemiBold": 600, "Bold": 700}


def _instance(variable: Path, **axes: object) -> TTFont:
    """Return the font at these axes, saved once: the subsetter needs a settled glyph table."""
    font = instantiateVariableFont(TTFont(variable), {"opsz": 14, **axes})
    font.flavor = None
    buffer = BytesIO()
    font.save(buffer)
    buffer.seek(0)
    return TTFont(buffer)


def _subset(font: TTFont, characters: list[int]) -> TTFont:
    options = Options()
    options.layout_features = ["kern", "tnum"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def _rename(font: TTFont, cut: str) -> None:
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in (0, 5, 13, 14)]
    legacy = cut if cut in ("Regular", "Bold") else "Regular"
    family = "Inter" if cut in ("Regular", "Bold") else f"Inter {cut}"
    texts = {
        1: family,
        2: legacy,
        3: f"Inter-{cut}",
        4: f"Inter {cut}",
        6: f"Inter-{cut}",
        16: "Inter",
        17: cut,
    }
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)
    for table in ("STAT",):
        if table in font:
            del font[table]
    font["OS/2"].usWeightClass = CUTS[cut]


def _widths(font: TTFont) -> dict[str, int]:
    scale = 1000 / font["head"].unitsPerEm
    return {
        chr(code): round(font["hmtx"][glyph][0] * scale) for code, glyph in sorted(font.getBestCmap().items())
    }


def main(source: Path, target: Path) -> None:
    """Write the fonts and their widths into `target`."""
    variable = source / "variable" / "InterVariable.woff2"
    page = _subset(_instance(variable, wght=(400, 700)), PAGE)
    page.flavor = "woff2"
    page.save(target / "inter-page.woff2")
    widths = {}
    for cut, weight in CUTS.items():
        font = _subset(_instance(variable, wght=weight), LATIN + MARKS)
        _rename(font, cut)
        font.save(target / f"Inter-{cut}.ttf")
        widths[str(weight)] = _widths(font)
    text = json.dumps(widths, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (target / "inter-widths.json").write_text(text + "\n", encoding="utf-8")
    shutil.copy(source / "LICENSE.txt", target / "LICENSE-Inter.txt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
