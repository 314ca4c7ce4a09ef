"""Rows, bars and figures of the page: numbers as text, places as percentages of a width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from warehouse.publication.figures import Figure
from warehouse.publication.notes import figure_notes
from warehouse.publication.scales import Axis, bar_axis
from warehouse.publication.snapshot import Shown, Snapshot
from warehouse.publication.views import View

_HUNDRED = Decimal(100)
#: Below this share of the width a label does not fit into its bar.
_ROOM_INSIDE = 18
_LEFT, _RIGHT = 12, 86


@dataclass(frozen=True)
class RankRow:
    """A bar of the ranking."""

    rank: str
    name: str
    notes: list[str]
    kind: str
    width: float
    target: float | None
    pct: str
    gap: str


@dataclass(frozen=True)
class StripRow:
    """A province on the national page: its mark and a dot for each regency."""

    name: str
    href: str
    notes: list[str]
    kind: str
    left: float | None
    dots: list[float]
    target: float | None
    pct: str
    gap: str


@dataclass(frozen=True)
class Thermo:
    """The bar from 0 to 100 below the headline."""

    label: str
    text: str
    width: float
    kind: str
    outside: bool
    target: float | None
    target_text: str
    side: str
    hundred: float | None


@dataclass(frozen=True)
class TargetLabel:
    """A target that all rows share, written above them."""

    left: float
    side: str
    text: str


@dataclass(frozen=True)
class Item:
    """A figure of the row below the bar."""

    label: str
    value: str
    unit: str


def kind(figure: Figure | None) -> str:
    """Return how a bar is drawn: green when reached, hatched when provisional."""
    if figure is None:
        return ""
    return " ".join(["ok"] * figure.is_reached + ["p"] * figure.is_provisional)


def side(left: float) -> str:
    """Return on which side of its tick a label stands so that it stays on the page."""
    return "sr" if left > _RIGHT else "sl" if left < _LEFT else ""


def ranking_axis(shown: Snapshot) -> Axis:
    """Return the axis of the ranking: every bar and every target fits."""
    return bar_axis([s.pct for s in shown.known if s.pct is not None] + list(shown.targets))


def target_label(view: View, axis: Axis) -> TargetLabel | None:
    """Return the target of all rows, if they share one, where it stands on their axis."""
    if len(view.shown.targets) != 1:
        return None
    (target,) = view.shown.targets
    left = axis.share(target)
    return TargetLabel(left, side(left), view.lang.decimal(target))


def rank_rows(view: View) -> list[RankRow]:
    """Return the ranking, highest first."""
    axis, lang = ranking_axis(view.shown), view.lang
    rows = []
    for shown in view.shown.known:
        figure = shown.figure
        if figure is None or figure.pct is None:
            continue
        target = axis.share(figure.target) if figure.target is not None else None
        rows.append(
            RankRow(
                str(figure.rank or ""),
                shown.place.name,
                figure_notes(lang, figure),
                kind(figure),
                axis.share(figure.pct),
                target,
                lang.decimal(figure.pct),
                lang.decimal(figure.gap),
            )
        )
    return rows


def strip_axis(view: View) -> Axis:
    """Return the axis of the national strips."""
    regencies = [s.pct for _, snap in view.content.regencies for s in snap.known if s.pct is not None]
    provinces = [s.pct for s in view.shown.known if s.pct is not None]
    return bar_axis(regencies + provinces + list(view.shown.targets))


def strip_rows(view: View, suffix: str) -> list[StripRow]:
    """Return one row per province that has any number: by coverage, then those with regencies only."""
    axis = strip_axis(view)
    snaps = {territory.whole.code: snap for territory, snap in view.content.regencies}
    rest = [s for s in view.shown.missing if snaps[s.place.code].known]
    return [
        _strip(view, shown, snaps[shown.place.code], axis, suffix) for shown in [*view.shown.known, *rest]
    ]


def _strip(view: View, shown: Shown, snap: Snapshot, axis: Axis, suffix: str) -> StripRow:
    lang, figure = view.lang, shown.figure
    has_number = figure is not None and figure.pct is not None
    same_month = not has_number or (figure is not None and snap.parts_as_of == figure.as_of)
    notes = figure_notes(lang, figure)
    if not has_number:
        counts = {"known": len(snap.known), "expected": len(snap.parts)}
        notes.append(lang.t("note.regencies_only", **counts))
    if not view.shown.has_one_day and (day := figure.as_of if figure and has_number else snap.parts_as_of):
        notes.append(lang.short_day(day))
    return StripRow(
        shown.place.name,
        f"province/{shown.place.code}{suffix}.html",
        notes,
        kind(figure),
        axis.share(figure.pct) if figure and figure.pct is not None else None,
        [axis.share(s.pct) for s in snap.known if s.pct is not None] if same_month else [],
        axis.share(figure.target) if figure and figure.target is not None and has_number else None,
        lang.decimal(figure.pct if figure else None),
        lang.decimal(figure.gap if figure else None),
    )


def thermo(view: View) -> Thermo | None:
    """Return the bar to the target; nothing without a coverage."""
    figure, lang = view.shown.figure, view.lang
    if figure is None or figure.pct is None:
        return None
    values = [figure.pct] + ([figure.target] if figure.target is not None else [])
    axis = bar_axis(values) if max(values) > _HUNDRED else Axis(0, 100, (0, 100))
    target = axis.share(figure.target) if figure.target is not None else None
    target_text = ""
    if figure.target is not None:
        target_text = lang.t("target.year", year=figure.target_year, pct=lang.decimal(figure.target))
    width = axis.share(figure.pct)
    label = lang.t("thermo.label", place=view.place_name, pct=lang.percent(figure.pct), target=target_text)
    return Thermo(
        label.strip(),
        " ".join([lang.percent(figure.pct)] + [lang.t("note.short")] * figure.is_provisional),
        width,
        kind(figure),
        width < _ROOM_INSIDE,
        target,
        target_text,
        side(target) if target is not None else "",
        axis.share(_HUNDRED) if axis.high > _HUNDRED else None,
    )


def facts_row(view: View) -> list[Item]:
    """Return three figures: people needed, gap and parts at target; counts where there is no target."""
    figure, lang, shown = view.shown.figure, view.lang, view.shown
    if figure is None and not shown.known:
        return []
    items = []
    if figure is not None and figure.gap is not None and figure.needed is not None:
        items.append(Item(lang.t("facts.needed"), lang.integer(figure.needed), lang.t("unit.people")))
        items.append(Item(lang.t("facts.gap"), lang.decimal(figure.gap), lang.t("unit.points")))
    elif figure is not None and figure.members is not None:
        items.append(Item(lang.t("facts.members"), lang.integer(figure.members), lang.t("unit.people")))
        items.append(Item(lang.t("facts.base"), lang.integer(figure.base), lang.t("unit.people")))
    with_target = sum(1 for s in shown.known if s.figure and s.figure.target is not None)
    if with_target:
        of = lang.t("facts.of_known" if shown.missing else "facts.of", n=with_target)
        items.append(Item(lang.t(f"facts.reached.{view.level}"), str(shown.reached), of))
    elif shown.parts:
        of = lang.t("facts.of", n=len(shown.parts))
        items.append(Item(lang.t(f"facts.known.{view.level}"), str(len(shown.known)), of))
    # A single figure in a row of three looks like a mistake; the heading says it anyway.
    return items if len(items) > 1 else []


def ticks(axis: Axis) -> list[dict[str, object]]:
    """Return the ticks of an axis with their places."""
    return [{"left": axis.share(tick), "text": tick} for tick in axis.ticks]


def rows_key(figures: Sequence[Figure]) -> list[str]:
    """Return the parts of the key that the bars really use."""
    key = []
    if any(figure.is_reached for figure in figures):
        key.append("ok")
    if any(figure.is_provisional for figure in figures):
        key.append("p")
    if any(figure.target is not None for figure in figures):
        key.append("tick")
    return key
