"""The printed report: Typst lays it out and refuses to build it if it were not accessible (PDF/UA)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import typst

from warehouse.publication.charts import (
    Body,
    bare,
    map_body,
    ranking_body,
    star_notes,
    trend_body,
    trend_notes,
)
from warehouse.publication.claim_rows import claim_rows
from warehouse.publication.errors import PublicationError
from warehouse.publication.headings import ends_sentence, missing_words
from warehouse.publication.html import TEMPLATES, template_text
from warehouse.publication.measure import FONTS, balanced, static_fonts, text_width
from warehouse.publication.rows import facts_row
from warehouse.publication.tabulation import Grid, province_grid, regency_grid
from warehouse.publication.views import View

_CLAIMS = 5
#: Size of the headline, and the width between the margins, in points.
_TITLE, _WIDTH = 22, 510
#: Size of a table's letters and width of its narrowest column, in points: headings take three lines at most.
_CELL, _NARROWEST = 8, 36.0
#: More rows than this stand closer, so that ranking and headline share the first page.
_MANY = 14
#: The map is drawn smaller than it is printed, so that its letters come out larger.
_MAP = (660, 440)
_MAP_SHARE = 0.62


def report(view: View) -> bytes:
    """Return the report as a PDF with tags, alternative texts, title and language."""
    static_fonts()
    inputs = {"data": json.dumps(_data(view), ensure_ascii=False)}
    try:
        # The moment is a constant: the PDF of the same figures has the same bytes.
        pdf = _compiler().compile(
            _template(), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=0
        )
    except typst.TypstError as error:
        raise PublicationError(
            f"the report of {view.place_name} cannot be laid out: {error.message}",
            where="warehouse/publication/templates/report.typ",
            hint=" ".join(error.hints) or "a text, a font or an alternative text is missing",
        ) from error
    if not isinstance(pdf, bytes):
        raise PublicationError("Typst made no PDF", where="report.typ", hint="check the version of typst")
    return pdf


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.Compiler(root=str(TEMPLATES), font_paths=fonts)


@cache
def _template() -> bytes:
    return template_text("report.typ").encode()


def _data(view: View) -> dict[str, Any]:
    lang = view.lang
    return {
        "title": view.title,
        "lang": lang.code,
        "region": "ID" if lang.code == "id" else "GB",
        "publisher": view.facts.publisher,
        "release": view.facts.release_id,
        "summary": view.summary,
        "footer": " ".join([n.text + "." for n in view.lasting_notices] + [view.eyebrow, view.source_line]),
        "notices": [notice.text for notice in view.lasting_notices],
        "eyebrow": view.eyebrow,
        "headline": balanced(str(view.headline), _TITLE, _WIDTH, 700),
        "lede": view.lede,
        "newer": view.newer,
        "facts": [{"label": i.label, "value": i.value, "unit": i.unit} for i in facts_row(view)],
        "ranking": _ranking(view),
        "map": _map(view),
        "table": _table(view),
        "trend": _trend(view),
        "claims": _claims(view),
        "method": {
            "heading": lang.t("method.heading"),
            "items": [{"question": a.question, "answer": a.answer} for a in view.method],
        },
        "citation": " ".join(
            [
                lang.t("downloads.cite"),
                view.citation,
                lang.t("downloads.licence"),
                f"{view.facts.licence}.",
            ]
        ),
    }


def _svg(view: View, body: Body | None) -> str:
    return bare(view, body) if body else ""


def _ranking(view: View) -> dict[str, Any]:
    body = ranking_body(view, step=34 if len(view.shown.known) <= _MANY else 22)
    return {
        "heading": view.ranking_heading,
        "subtitle": view.ranking_subtitle,
        "svg": _svg(view, body),
        "alt": f"{view.ranking_heading}. {ends_sentence(view.lang, view.shown)}",
        "notes": [*star_notes(view), *missing_words(view.lang, view.shown)],
    }


def _map(view: View) -> dict[str, Any]:
    width, height = (_MAP[0] * 1.35, _MAP[1]) if view.territory.is_country else _MAP
    body = map_body(view, width, height)
    return {
        "heading": view.lang.t("map.heading"),
        "subtitle": view.map_subtitle,
        "svg": _svg(view, body),
        "alt": view.map_label,
        "share": 1 if view.territory.is_country else _MAP_SHARE,
        "credit": view.lang.t("map.credit"),
    }


def _trend(view: View) -> dict[str, Any]:
    svg = _svg(view, trend_body(view, height=205))
    return {
        "heading": view.trend_heading,
        "svg": svg,
        "alt": f"{view.trend_heading}. {view.summary}",
        "note": " ".join(trend_notes(view)),
    }


def _table(view: View) -> dict[str, Any]:
    grid: Grid = province_grid(view, "", []) if view.territory.is_country else regency_grid(view, [])
    marks: dict[str, str] = {}
    for row in grid.rows:
        for note in row.notes:
            marks.setdefault(note, "abcdefgh"[len(marks) % 8])
    rows = [[_marked(row.name, [marks[note] for note in row.notes]), *row.cells] for row in grid.rows]
    total = [grid.total.name, *grid.total.cells] if grid.total else [""] * len(grid.columns)
    return {
        "caption": grid.caption,
        "columns": [column.title for column in grid.columns],
        "widths": [
            max(_NARROWEST, *(text_width(text, _CELL, 600) for text in (*column.title.split(), *cells)))
            for column, cells in zip(grid.columns, zip(*rows, total, strict=True), strict=True)
        ],
        "rows": rows,
        "total": total if grid.total else [],
        "notes": [f"({mark}) {note}." for note, mark in marks.items()],
    }


def _marked(name: str, marks: list[str]) -> str:
    return f"{name} ({', '.join(marks)})" if marks else name


def _claims(view: View) -> dict[str, Any]:
    lang = view.lang
    found = claim_rows(lang, view.content.claims)
    rest = len(found) - _CLAIMS
    subtitle = lang.t("claims.subtitle") if found else lang.t("claims.none", place=view.place_name)
    if rest > 0:
        subtitle += " " + lang.tn("claims.elsewhere", rest)
    keys = ("claims.statement", "claims.printed", "claims.ours", "claims.difference", "claims.verdict")
    fields = ("title", "explanation", "printed", "ours", "difference", "verdict")
    return {
        "heading": lang.t("claims.heading"),
        "subtitle": subtitle,
        "columns": [lang.t(key) for key in keys],
        "rows": [{name: getattr(claim, name) for name in fields} for claim in found[:_CLAIMS]],
    }
