"""The short method: six questions that readers ask, answered for exactly the figures on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from warehouse.publication.figures import Figure, Territory
from warehouse.publication.language import Language
from warehouse.publication.snapshot import Snapshot


@dataclass(frozen=True)
class Definition:
    """A way of counting members or workers, in both languages."""

    title_id: str
    title_en: str

    def title(self, lang: Language) -> str:
        """Return the title in the page's language."""
        return self.title_id if lang.code == "id" else self.title_en


@dataclass(frozen=True)
class Answer:
    """A question of the reader and its answer."""

    question: str
    answer: str


def definitions(table: pl.DataFrame | None) -> dict[str, Definition]:
    """Return the register of definitions by id."""
    columns = ["definition_id", "title_id", "title_en"]
    if table is None or not set(columns) <= set(table.columns):
        return {}
    return {
        key: Definition(title_id, title_en)
        for key, title_id, title_en in table.select(columns).sort(columns).iter_rows()
    }


def other_targets(
    table: pl.DataFrame | None, territory: Territory, figure: Figure | None
) -> tuple[tuple[Decimal, int, str], ...]:
    """Return the targets of the same place and year that somebody else told: value, year, who."""
    needed = {"target_id", "region_code", "year", "target_pct", "set_by"}
    if table is None or figure is None or not needed <= set(table.columns):
        return ()
    rows = table.filter(
        (pl.col("region_code") == territory.whole.code)
        & (pl.col("year") == (figure.target_year or figure.period.year))
        & pl.col("target_pct").is_not_null()
        & pl.col("target_id").ne_missing(figure.target_id)
    ).sort("target_id")
    return tuple((row["target_pct"], row["year"], row["set_by"]) for row in rows.iter_rows(named=True))


def answers(
    lang: Language,
    shown: Snapshot,
    known: Mapping[str, Definition],
    others: Sequence[tuple[Decimal, int, str]],
) -> list[Answer]:
    """Return the six answers."""
    figure = shown.figure or next((s.figure for s in shown.known if s.figure), None)
    level = "provinces" if shown.territory.is_country else "regencies"
    texts = {
        "measure": lang.t("method.measure.answer"),
        "formula": lang.t(f"method.formula.{level}"),
        "who": _counted(lang, known, figure.numerator_id if figure else None, "who"),
        "base": _counted(lang, known, figure.denominator_id if figure else None, "base"),
        "target": _target(lang, figure, others),
        "revision": lang.t("method.revision.answer"),
    }
    if figure is not None and figure.is_reported_total:
        texts["formula"] = lang.t(f"method.reported.{level}")
    return [Answer(lang.t(f"method.{key}.question"), text) for key, text in texts.items()]


def _counted(lang: Language, known: Mapping[str, Definition], definition_id: str | None, key: str) -> str:
    text = lang.t(f"method.{key}.answer")
    definition = known.get(definition_id or "")
    if definition is None:
        return text
    return f"{definition.title(lang)}, id {definition_id}. {text}"


def _target(lang: Language, figure: Figure | None, others: Sequence[tuple[Decimal, int, str]]) -> str:
    if figure is None or figure.target is None:
        text = lang.t("method.target.none")
    else:
        text = lang.t("method.target.used", pct=lang.decimal(figure.target), year=figure.target_year)
    told = [lang.t("method.target.told", pct=lang.decimal(pct), who=who) for pct, _, who in others]
    return f"{text} {lang.t('method.target.others', told='; '.join(told))}" if told else text
