"""SVG charts: for newsrooms with title, place, day and source inside; bare ones for the printed report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment

from warehouse.publication import chart_data
from warehouse.publication.html import template_environment
from warehouse.publication.language import language
from warehouse.publication.measure import balanced, wrap
from warehouse.publication.notes import figure_notes
from warehouse.publication.views import View

_WIDTH, _MARGIN = 1000, 30
_BODY = _WIDTH - 2 * _MARGIN
_BAND, _TITLE, _SUBTITLE, _FOOTER = 38, 34, 24, 22


@dataclass(frozen=True)
class Body:
    """The drawing itself: a template, its data and its size."""

    template: str
    data: Any
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """A drawing with everything that it must not travel without."""

    title: str
    description: str
    release: str
    bands: list[str]
    title_lines: list[str]
    subtitle_lines: list[str]
    footer_lines: list[str]
    body: str
    data: Any
    body_width: float
    body_height: float

    @property
    def width(self) -> int:
        """Width of the picture."""
        return _WIDTH

    @property
    def top(self) -> int:
        """Where the drawing starts."""
        titles = len(self.title_lines) * _TITLE + len(self.subtitle_lines) * _SUBTITLE
        return len(self.bands) * _BAND + 40 + titles

    @property
    def height(self) -> int:
        """Height of the picture."""
        return round(self.top + self.body_height + len(self.footer_lines) * _FOOTER + 40)


def ranking_body(view: View, width: float = _BODY, step: float = 34) -> Body | None:
    """Return the ranking, or nothing where no part has a number."""
    data = chart_data.bars(view, width, step)
    return Body("bars.svg", data, width, data.height) if data.rows else None


def map_body(view: View, width: float = _BODY, height: float = 760) -> Body:
    """Return the map."""
    data = chart_data.map_data(view, width, height)
    return Body("map.svg", data, width, data.height)


def trend_body(view: View, width: float = _BODY, height: float = 460) -> Body | None:
    """Return the trend, or nothing where there is none."""
    trend = view.content.trend
    if trend is None or not trend.is_drawable:
        return None
    return Body("lines.svg", chart_data.lines(view, trend, width, height), width, height)


def bare(view: View, body: Body) -> str:
    """Return the drawing alone."""
    chart = {"body": body.template, "data": body.data, "body_width": body.width, "body_height": body.height}
    return _environment(view.lang.code).get_template("bare.svg").render(chart=chart)


def newsroom_chart(view: View, chart: str) -> bytes:
    """Return one of the three charts as SVG; one without numbers says so."""
    lang = view.lang
    about = lang.t("chart.about", place=view.full_name, day=view.day_words)
    if chart == "tren":
        return _picture(view, view.trend_heading, about, trend_body(view))
    if view.shown.parts_as_of:
        day = lang.t("page.as_of", day=lang.day(view.shown.parts_as_of))
        about = lang.t("chart.about", place=view.full_name, day=day)
    if chart == "peta":
        return _picture(view, lang.t("map.heading"), about, map_body(view), [lang.t("map.credit")])
    return _picture(view, view.ranking_heading, about, ranking_body(view))


def _picture(
    view: View, title: str, subtitle: str, body: Body | None, credit: list[str] | None = None
) -> bytes:
    lang = view.lang
    shown = body or Body("empty.svg", lang.t("chart.empty"), _BODY, 90)
    footer = [*(credit or []), *_marks(view, body), view.source_line, view.citation]
    chart = Chart(
        title=f"{title}. {view.full_name}",
        description=f"{subtitle} {view.summary}",
        release=view.facts.release_id,
        bands=[notice.text for notice in view.lasting_notices],
        title_lines=balanced(title, 28, _BODY, 700),
        subtitle_lines=wrap(subtitle, 17, _BODY),
        footer_lines=[line for text in footer for line in wrap(text, 15, _BODY)],
        body=shown.template,
        data=shown.data,
        body_width=shown.width,
        body_height=shown.height,
    )
    return _environment(lang.code).get_template("chart.svg").render(chart=chart).encode()


def _marks(view: View, body: Body | None) -> list[str]:
    """Return what a star beside a name or a grey line means."""
    if body is None:
        return []
    if body.template == "lines.svg":
        return trend_notes(view)
    return star_notes(view) if body.template == "bars.svg" else []


def trend_notes(view: View) -> list[str]:
    """Return what the lines of the trend mean, each only where it is drawn."""
    trend, t = view.content.trend, view.lang.t
    if trend is None:
        return []
    drawn = {
        f"chart.grey.{view.level}": bool(trend.panels),
        "chart.gaps": trend.has_gaps,
        "chart.breaks": bool(trend.whole and trend.whole.breaks),
    }
    return [t(key) for key, is_drawn in drawn.items() if is_drawn]


def star_notes(view: View) -> list[str]:
    """Return one line per remark with the places that it is about."""
    groups: dict[str, list[str]] = {}
    for shown in view.shown.known:
        for note in figure_notes(view.lang, shown.figure):
            groups.setdefault(note, []).append(shown.place.name)
    return [f"* {view.lang.names(names)}: {note}." for note, names in groups.items()]


@cache
def _environment(code: str) -> Environment:
    return template_environment(language(code))
