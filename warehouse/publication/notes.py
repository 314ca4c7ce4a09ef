"""Words that a number must not go without, and what stands in place of a missing one."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.publication.figures import Figure
from warehouse.publication.headings import why_missing
from warehouse.publication.language import Language
from warehouse.publication.snapshot import Shown

_HUNDRED = 100


def figure_notes(lang: Language, figure: Figure | None) -> list[str]:
    """Return the words that a number must not go without."""
    if figure is None or figure.pct is None:
        return []
    notes = []
    if figure.is_provisional:
        notes.append(lang.t("note.provisional"))
    if figure.status == "revised":
        notes.append(lang.t("note.revised"))
    if figure.coverage_status == "above_100" or figure.pct > _HUNDRED:
        notes.append(lang.t("note.above_100"))
    if figure.obs == "B":
        notes.append(lang.t("note.break"))
    return notes


def missing_groups(lang: Language, parts: Sequence[Shown]) -> list[tuple[str, list[Shown]]]:
    """Return the parts without a number, grouped by the reason, in a fixed order of reasons."""
    groups: dict[str, list[Shown]] = {}
    for shown in sorted(parts, key=lambda s: s.place.code):
        groups.setdefault(why_missing(lang, shown), []).append(shown)
    return sorted(groups.items())


def last_known(lang: Language, figure: Figure | None) -> str:
    """Return what was known last of a place that has no number now."""
    if figure is None or figure.pct is None:
        return ""
    return lang.t("missing.last", pct=lang.decimal(figure.pct), day=lang.short_day(figure.as_of))
