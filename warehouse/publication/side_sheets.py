"""The sheets beside the tables: printed figures, dictionary, data quality."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.tables.table import vocabulary
from warehouse.publication.claim_rows import title as claim_title
from warehouse.publication.quality import reason_words
from warehouse.publication.sheet import Field, Sheet, Value
from warehouse.publication.views import View

#: Stands where nothing applies, as opposed to where something is not known.
NONE = "–"


def claims_sheet(view: View) -> Sheet:
    """Return the printed figures beside ours."""
    t = view.lang.t
    fields = (
        Field("claims.statement", "claim_id", "text", 34, wraps=True),
        Field("xlsx.claim.printed", "published_value", "text", 12),
        Field("xlsx.claim.members", "published_members", "count", 12),
        Field("xlsx.claim.ours", "our_value", "percent", 11),
        Field("xlsx.claim.our_members", "our_members", "count", 12),
        Field("xlsx.claim.difference", "difference", "points", 10),
        Field("claims.verdict", "verdict", "text", 18, wraps=True),
        Field("xlsx.claim.explanation", "explanation_id", "text", 48, wraps=True),
        Field("xlsx.claim.source", "source_title", "text", 26, wraps=True),
        Field("xlsx.claim.url", "source_url", "text", 40, wraps=True),
    )
    rows: list[list[Value]] = [
        [
            claim_title(view.lang, c),
            view.lang.printed(c.published) if c.published else None,
            c.published_members,
            c.ours,
            c.our_members,
            c.difference,
            view.lang.known(f"verdict.{c.verdict}", c.verdict),
            c.explanation(view.lang),
            c.source_title,
            c.source_url,
        ]
        for c in view.content.claims
    ]
    note = (
        t("xlsx.note", rows=view.lang.integer(len(rows))) if rows else t("claims.none", place=view.place_name)
    )
    return Sheet(t("xlsx.sheet.claims"), "angka_terbitan", t("claims.heading"), note, fields, rows)


def dictionary_sheet(view: View, tables: Sequence[Sheet]) -> Sheet:
    """Return each heading with its column in the CSV and Parquet files, meaning and unit."""
    t, words = view.lang.t, vocabulary()
    fields = (
        Field("xlsx.dictionary.heading", "heading", "text", 32),
        Field("xlsx.dictionary.column", "column", "text", 26),
        Field("xlsx.dictionary.meaning", "meaning", "text", 70, wraps=True),
        Field("xlsx.dictionary.unit", "unit", "text", 12),
    )
    rows: list[list[Value]] = []
    for field in dict.fromkeys(field for sheet in tables for field in sheet.fields):
        known = words.get(field.column)
        meaning = (known.indonesian if view.lang.code == "id" else known.english) if known else None
        unit = view.lang.known(f"xlsx.unit.{known.unit}", known.unit) if known and known.unit else NONE
        rows.append([t(field.key), field.column, meaning, unit])
    name, title = t("xlsx.sheet.dictionary"), t("xlsx.title.dictionary")
    return Sheet(name, "kamus_data", title, t("xlsx.dictionary.note"), fields, rows)


def quality_sheet(view: View) -> Sheet:
    """Return rows read and set aside, by source and reason."""
    t, lang = view.lang.t, view.lang
    fields = (
        Field("xlsx.quality.source", "source", "text", 30),
        Field("xlsx.month", "period", "month", 17),
        Field("xlsx.quality.read", "rows_read", "count", 14),
        Field("xlsx.quality.accepted", "rows_accepted", "count", 14),
        Field("xlsx.quality.rejected", "rows_rejected", "count", 14),
        Field("xlsx.quality.reason", "reason", "text", 44),
        Field("xlsx.quality.rows", "rows", "count", 14),
    )
    rows: list[list[Value]] = []
    for r in view.content.quality.details:
        reason = reason_words(lang, r.reason) if r.reason else NONE
        source = lang.known(f"source.{r.source}", r.source)
        rows.append([source, r.period, r.read, r.accepted, r.rejected, reason, r.rows])
    note = t("xlsx.quality.note") if rows else t("quality.no_rows")
    return Sheet(t("xlsx.sheet.quality"), "mutu_data", t("quality.heading"), note, fields, rows)
