"""Pictures for messengers: one glance, one number, and everything it must not travel without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import resvg_py
from jinja2 import Environment

from warehouse.publication.chart_data import fill
from warehouse.publication.charts import star_notes
from warehouse.publication.errors import PublicationError
from warehouse.publication.headings import base_word, missing_words
from warehouse.publication.html import template_environment
from warehouse.publication.language import language
from warehouse.publication.measure import balanced, fitting_size, static_fonts, text_width, wrap
from warehouse.publication.notes import figure_notes
from warehouse.publication.rows import Item, facts_row, ranking_axis, thermo
from warehouse.publication.snapshot import Shown
from warehouse.publication.views import View

PORTRAIT, LANDSCAPE = (1080, 1350), (1200, 630)
_MARGIN, _BAND = 64, 54
_MOST, _FIRST, _LAST = 11, 5, 5
_HUNDRED = 100
#: With fewer bars than this there is room for the sentence with the counts.
_ROOMY = 6


@dataclass(frozen=True)
class CardRow:
    """A bar; without a name it stands for the rows left out."""

    name: str
    size: float
    width: float
    fill: str
    target: float | None
    pct: str


@dataclass(frozen=True)
class CardBar:
    """The bar to the target."""

    width: float
    fill: str
    target: float | None
    text: str
    anchor: str


@dataclass(frozen=True)
class Card:
    """A picture as numbers on a canvas."""

    width: int
    height: int
    margin: int
    bands: list[str]
    place: str
    number: str
    sentence: list[str]
    bar: CardBar | None
    facts: list[Item]
    lede: list[str]
    heading: list[str]
    rows: list[CardRow]
    left: float
    track: float
    footer: list[str]

    @property
    def top(self) -> int:
        """Where the text begins."""
        return len(self.bands) * _BAND


def portrait(view: View) -> bytes:
    """Return the picture for WhatsApp, 1080 by 1350."""
    return _png(view, card_svg(view, PORTRAIT))


def landscape(view: View) -> bytes:
    """Return the picture that messengers show beside a link, 1200 by 630."""
    return _png(view, card_svg(view, LANDSCAPE))


def card_svg(view: View, size: tuple[int, int]) -> str:
    """Return a picture before it becomes pixels."""
    template, most = ("card.svg", _MOST) if size == PORTRAIT else ("card_og.svg", 0)
    card = _card(view, size, most=most)
    return _environment(view.lang.code).get_template(template).render(card=card)


def _card(view: View, size: tuple[int, int], *, most: int) -> Card:
    figure, lang = view.shown.figure, view.lang
    room = size[0] - 2 * _MARGIN
    has_number = figure is not None and figure.pct is not None
    sentence = _sentence(view)
    rows, left, track = _rows(view, room, most)
    return Card(
        *size,
        _MARGIN,
        [notice.text for notice in view.lasting_notices],
        lang.t("card.place", place=view.full_name, day=view.day_words),
        lang.decimal(figure.pct) if figure and has_number else "",
        balanced(sentence, 36 if has_number else 56, room, 600 if has_number else 700),
        _bar(view, room),
        facts_row(view)[:2] if has_number else [],
        wrap(view.lede, 30, room) if len(rows) < _ROOMY else [],
        balanced(view.ranking_heading, 30, room, 600),
        rows,
        left,
        track,
        _footer(view, room),
    )


def _sentence(view: View) -> str:
    """Return what stands below the number; the headline where a share of people would be nonsense."""
    figure = view.shown.figure
    if figure is None or figure.pct is None or figure.pct > _HUNDRED:
        return str(view.headline)
    return view.lang.t(f"card.sentence.{base_word(figure)}")


def _bar(view: View, room: float) -> CardBar | None:
    bar, figure = thermo(view), view.shown.figure
    if bar is None or figure is None:
        return None
    anchor = {"sr": "end", "sl": "start", "": "middle"}[bar.side]
    target = None if bar.target is None else round(bar.target / 100 * room, 1)
    return CardBar(round(bar.width / 100 * room, 1), fill(figure), target, bar.target_text, anchor)


def _rows(view: View, room: float, most: int) -> tuple[list[CardRow], float, float]:
    known = view.shown.known
    chosen: list[Shown | None] = [*known]
    if len(known) > most:
        chosen = [*known[:_FIRST], None, *known[-_LAST:]] if most else []
    names = [_name(view, s) for s in chosen if s]
    left = min(360.0, max((text_width(name, 30) for name in names), default=0) + 28)
    track = room - left - 130
    return [_row(view, s, left, track) for s in chosen], left, track


def _name(view: View, shown: Shown) -> str:
    return shown.place.name + "*" * bool(figure_notes(view.lang, shown.figure))


def _row(view: View, shown: Shown | None, left: float, track: float) -> CardRow:
    if shown is None or shown.figure is None or shown.figure.pct is None:
        count = len(view.shown.known) - _FIRST - _LAST
        return CardRow(view.lang.t("card.others", n=count), 26, 0, "none", None, "")
    figure, axis = shown.figure, ranking_axis(view.shown)
    target = None if figure.target is None else round(axis.share(figure.target) / 100 * track, 1)
    name = _name(view, shown)
    return CardRow(
        name,
        fitting_size(name, 30, left - 20),
        round(axis.share(shown.figure.pct) / 100 * track, 1),
        fill(figure),
        target,
        view.lang.decimal(figure.pct),
    )


def _footer(view: View, room: float) -> list[str]:
    texts = [*star_notes(view), *missing_words(view.lang, view.shown)]
    if view.shown.targets:
        texts.append(view.lang.t("card.red"))
    source = view.lang.t("card.source", source=view.facts.source.in_language(view.lang.code))
    release = view.lang.t("card.release", release=view.facts.release_id)
    texts.append(" ".join(part for part in (source, release, view.facts.site_url) if part))
    return _at_most([line for text in texts for line in wrap(text, 23, room)], 6)


def _at_most(lines: Sequence[str], most: int) -> list[str]:
    """Return the lines that fit: the source stands last and always stays."""
    return [*lines[: most - 2], *lines[-2:]] if len(lines) > most else list(lines)


@cache
def _environment(code: str) -> Environment:
    return template_environment(language(code))


def _png(view: View, svg: str) -> bytes:
    try:
        return resvg_py.svg_to_bytes(
            svg_string=svg, skip_system_fonts=True, font_files=list(static_fonts()), font_family="Inter"
        )
    except ValueError as error:
        raise PublicationError(
            f"the picture of {view.place_name} cannot be drawn: {error}",
            where="warehouse/publication/templates/card.svg",
            hint="a defect of the template: run tests/publication/pictures.py and look",
        ) from error
