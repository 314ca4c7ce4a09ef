"""The tables of a page, cell by cell as text; and what stands in each column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.publication import headings
from warehouse.publication.figures import Figure, Place
from warehouse.publication.language import Language
from warehouse.publication.names import table_name
from warehouse.publication.notes import figure_notes
from warehouse.publication.snapshot import Shown
from warehouse.publication.trends import is_break
from warehouse.publication.views import View


@dataclass(frozen=True)
class Column:
    """A column: its title, and the text of a place's cell."""

    title: str
    cell: Callable[[Place, Figure | None], str]
    is_text: bool = False
    sorted: bool = False


@dataclass(frozen=True)
class Row:
    """A row: the name with its notes, then the cells."""

    name: str
    href: str
    notes: list[str]
    cells: list[str]


@dataclass(frozen=True)
class FileLink:
    """A button that saves a file."""

    href: str
    saved_as: str
    label: str


@dataclass(frozen=True)
class Grid:
    """A table ready for a template."""

    id: str
    caption: str
    filter: str
    columns: list[Column]
    rows: list[Row]
    total: Row | None
    files: list[FileLink]


@dataclass(frozen=True)
class MonthRow:
    """A month of the folded table."""

    month: str
    cells: list[str]


@dataclass(frozen=True)
class Monthly:
    """Every month in numbers: the trend for those who do not see it."""

    note: str
    names: list[str]
    rows: list[MonthRow]


def columns(
    lang: Language, figures: Sequence[Figure | None], *, mixed_days: bool, ranked: bool
) -> list[Column]:
    """Return the columns that have at least one number, the name first."""
    known = [figure for figure in figures if figure is not None]
    found = [Column(lang.t("table.place"), lambda place, _: place.name, is_text=True)]
    found.append(
        Column(lang.t("table.coverage"), lambda _, f: lang.decimal(f.pct if f else None), sorted=True)
    )
    if any(f.gap is not None for f in known):
        found.append(Column(lang.t("table.target"), lambda _, f: lang.decimal(f.target if f else None)))
        found.append(Column(lang.t("table.gap"), lambda _, f: lang.decimal(f.gap if f else None)))
        found.append(Column(lang.t("table.needed"), lambda _, f: lang.integer(f.needed if f else None)))
    found.append(Column(lang.t("table.members"), lambda _, f: lang.integer(f.members if f else None)))
    found.append(Column(lang.t("table.base"), lambda _, f: lang.integer(f.base if f else None)))
    if any(f.change is not None for f in known):
        found.append(
            Column(lang.t("table.change"), lambda _, f: lang.decimal(f.change if f else None, signed=True))
        )
    if ranked and any(f.rank is not None for f in known):
        found.append(Column(lang.t("table.rank"), lambda _, f: lang.integer(f.rank if f else None)))
    if mixed_days:
        found.append(
            Column(lang.t("table.as_of"), lambda _, f: lang.short_day(f.as_of if f and f.has_data else None))
        )
    found.append(Column(lang.t("table.code"), lambda place, _: place.code))
    return found


def row(lang: Language, shown: Shown, cells: Sequence[Column], name: str, href: str = "") -> Row:
    """Return a place's row; a place without a number says why."""
    notes = figure_notes(lang, shown.figure)
    if shown.pct is None:
        notes = [headings.why_missing(lang, shown)]
    return Row(name, href, notes, [column.cell(shown.place, shown.figure) for column in cells[1:]])


def regency_grid(view: View, files: list[FileLink]) -> Grid:
    """Return the table of a province's regencies, with the province below them."""
    lang, shown = view.lang, view.shown
    ordered = [*shown.known, *shown.missing]
    whole = view.territory.whole.at(_period(shown.known, shown.figure))
    cells = columns(lang, [s.figure for s in ordered], mixed_days=False, ranked=True)
    total = _total(view, whole, cells)
    return Grid(
        "t",
        lang.t("table.caption.regencies", place=view.full_name, day=lang.day(shown.parts_as_of)),
        lang.t("table.filter.regencies"),
        cells,
        [row(lang, s, cells, table_name(s.place.full)) for s in ordered],
        total,
        files,
    )


def _total(view: View, figure: Figure | None, cells: Sequence[Column]) -> Row | None:
    """Return the row of the whole; a rank does not apply to it."""
    if figure is None:
        return None
    found = row(view.lang, Shown(view.territory.whole, figure), cells, view.full_name)
    rank = view.lang.t("table.rank")
    found.cells[:] = ["" if c.title == rank else text for c, text in zip(cells[1:], found.cells, strict=True)]
    return found


def _period(known: Sequence[Shown], figure: Figure | None) -> date | None:
    first = known[0].figure if known else figure
    return first.period if first else None


def province_grid(view: View, suffix: str, files: list[FileLink]) -> Grid:
    """Return the table of all provinces, with the country below them."""
    lang, shown = view.lang, view.shown
    ordered = [*shown.known, *shown.missing]
    cells = columns(lang, [s.figure for s in ordered], mixed_days=not shown.has_one_day, ranked=False)
    cells[0] = Column(lang.t("table.province"), cells[0].cell, is_text=True)
    total = _total(view, shown.figure, cells)
    return Grid(
        "tp",
        lang.t("table.caption.provinces"),
        lang.t("table.filter.provinces"),
        cells,
        [row(lang, s, cells, s.place.name, f"province/{s.place.code}{suffix}.html") for s in ordered],
        total,
        files,
    )


def country_grid(view: View) -> Grid:
    """Return the table of all regencies that have a number, with their province.

    Its files stand beside the table of provinces, which is not folded away.
    """
    lang = view.lang
    pairs = [(territory.whole, s) for territory, snap in view.content.regencies for s in snap.known]
    pairs.sort(key=lambda pair: (-(pair[1].pct or 0), pair[1].place.code))
    provinces = {s.place.code: province.name for province, s in pairs}
    figures = [s.figure for _, s in pairs]
    mixed = len({f.as_of for f in figures if f}) > 1
    cells = columns(lang, figures, mixed_days=mixed, ranked=False)
    province = Column(lang.t("table.province"), lambda place, _: provinces[place.code], is_text=True)
    cells = [cells[0], province, *cells[1:]]
    total = sum(len(territory.parts) for territory, _ in view.content.regencies)
    caption = lang.t("table.caption.country", known=lang.integer(len(pairs)), total=lang.integer(total))
    rows = [row(lang, s, cells, table_name(s.place.full)) for _, s in pairs]
    return Grid("t", caption, lang.t("table.filter.regencies"), cells, rows, None, [])


def monthly(view: View) -> Monthly:
    """Return the months of the trend as a table, newest first, with the SDMX letters that matter."""
    lang, trend = view.lang, view.content.trend
    months = trend.months if trend else ()
    places = [view.territory.whole, *view.territory.parts]
    places = [place for place in places if any(place.at(m) and place.at(m).pct for m in months)]  # type: ignore[union-attr]
    rows = [
        MonthRow(lang.short_month(m), [_cell(lang, place, m) for place in places]) for m in reversed(months)
    ]
    return Monthly(lang.t("trend.table_note"), [place.name for place in places], rows)


def _cell(lang: Language, place: Place, month: date) -> str:
    figure = place.at(month)
    if figure is None or figure.pct is None:
        return lang.decimal(None)
    earlier = place.last_known(before=month)
    marks = ["P"] * figure.is_provisional + ["B"] * (earlier is not None and is_break(earlier, figure))
    return " ".join([lang.decimal(figure.pct), *marks])
