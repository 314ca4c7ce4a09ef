"""The published numbers as places with their months. Values are taken over, never computed again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from warehouse.publication.errors import PublicationError
from warehouse.publication.names import full_name, short_names, short_province

_MEASURES = [
    "period",
    "as_of",
    "active_members",
    "working_population",
    "denominator_id",
    "numerator_id",
    "coverage_pct",
    "target_pct",
    "target_id",
    "gap_points",
    "members_needed",
    "change_12m_points",
    "figure_status",
    "obs_status",
    "coverage_status",
]
_REGENCY = ["province_code", "province_name", "regency_code", "regency_name", "regency_kind"]
#: The columns that pages need; a table may have more.
COLUMNS: Mapping[str, list[str]] = {
    "coverage_by_regency": [*_REGENCY, *_MEASURES, "rank_in_province"],
    "coverage_by_province": ["province_code", "province_name", *_MEASURES],
    "coverage_nationwide": _MEASURES,
}
COUNTRY_CODE = "00"
_PROVINCE = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """One place in one month, as published."""

    period: date
    as_of: date
    members: int | None
    base: int | None
    pct: Decimal | None
    target: Decimal | None
    target_id: str | None
    gap: Decimal | None
    needed: int | None
    change: Decimal | None
    rank: int | None
    status: str | None
    obs: str
    coverage_status: str
    numerator_id: str | None
    denominator_id: str | None
    target_year: int | None = None
    is_reported_total: bool = False

    @property
    def is_provisional(self) -> bool:
        """Whether the number may still change."""
        return self.pct is not None and self.status == "provisional"

    @property
    def is_reached(self) -> bool:
        """Whether the target is reached: no point and no member is missing."""
        return self.gap is not None and self.gap <= 0 and not self.needed

    @property
    def has_data(self) -> bool:
        """Whether anything at all is known."""
        return self.pct is not None or self.members is not None


@dataclass(frozen=True)
class Place:
    """A regency, a province or the country, with its months in order."""

    code: str
    name: str
    full: str
    figures: tuple[Figure, ...]
    by_period: dict[date, Figure] = field(repr=False, compare=False, default_factory=dict)

    def at(self, period: date | None) -> Figure | None:
        """Return the figure of one month, if the table has that month."""
        return self.by_period.get(period) if period else None

    def last_known(self, before: date | None = None) -> Figure | None:
        """Return the newest figure with a coverage (before a month, if one is given)."""
        known = (f for f in reversed(self.figures) if f.pct is not None and (not before or f.period < before))
        return next(known, None)


@dataclass(frozen=True)
class Territory:
    """A place that is shown with its parts: a province with regencies, the country with provinces."""

    whole: Place
    parts: tuple[Place, ...]

    @property
    def is_country(self) -> bool:
        """Whether this is the national page."""
        return self.whole.code == COUNTRY_CODE


@dataclass(frozen=True)
class Country:
    """Everything that has a number: the nation, its provinces, their regencies."""

    nation: Territory
    provinces: tuple[Territory, ...]


def require_columns(tables: Mapping[str, pl.DataFrame]) -> None:
    """Refuse tables that lack a column the pages print."""
    for name, columns in COLUMNS.items():
        if name not in tables:
            raise PublicationError(
                f"the table {name} was not handed to the publisher",
                where="render_publication(tables=…)",
                hint="build the marts before the pages",
            )
        missing = [column for column in columns if column not in tables[name].columns]
        if missing:
            raise PublicationError(
                f"columns are missing: {', '.join(missing)}",
                where=name,
                hint="compare the table with docs/reference and with warehouse/publication/figures.py",
            )


def country(tables: Mapping[str, pl.DataFrame]) -> Country:
    """Return all places with their figures; a region of the register without any row has no figures."""
    require_columns(tables)
    years = _target_years(tables.get("targets"))
    register = _register(tables.get("regions"))
    regencies = _by_code(tables["coverage_by_regency"], "regency_code")
    provinces = _by_code(tables["coverage_by_province"], "province_code")
    members: dict[str, set[str]] = {
        code: set() for code in (*provinces, *(c for c in register if len(c) == _PROVINCE))
    }
    for code in {*regencies, *(code for code in register if len(code) > _PROVINCE)}:
        members.setdefault(code[:_PROVINCE], set()).add(code)
    territories = []
    for code in sorted(members):
        name = _name(code, provinces.get(code), "province_name", register)
        whole = _place(
            code, short_province(name), f"Provinsi {short_province(name)}", provinces.get(code), years
        )
        territories.append(Territory(whole, _regencies(sorted(members[code]), regencies, register, years)))
    nation = _place(
        COUNTRY_CODE, "Indonesia", "Indonesia", tables["coverage_nationwide"].sort("period"), years
    )
    return Country(Territory(nation, tuple(t.whole for t in territories)), tuple(territories))


def _by_code(table: pl.DataFrame, key: str) -> dict[str, pl.DataFrame]:
    pattern = r"\d\d" if key == "province_code" else r"\d{4}"
    parts = table.sort(key, "period").partition_by(key, as_dict=True, maintain_order=True)
    return {_checked_code(str(code[0]), pattern, key): rows for code, rows in parts.items()}


def _register(regions: pl.DataFrame | None) -> dict[str, tuple[str, str]]:
    """Return code → name and kind of every region in force."""
    columns = ["region_code_bps", "name_short", "kind"]
    if regions is None or not set(columns) <= set(regions.columns):
        return {}
    return {code: (name, kind) for code, name, kind in regions.select(columns).iter_rows()}


def _name(code: str, rows: pl.DataFrame | None, column: str, register: Mapping[str, tuple[str, str]]) -> str:
    name = rows[column][-1] if rows is not None else register.get(code, (None, ""))[0]
    if not name or not name.strip():
        raise PublicationError(
            f"region {code} has no name", where=column, hint="give it a name in schemas/registers/regions.csv"
        )
    return str(name).strip()


def _target_years(targets: pl.DataFrame | None) -> dict[str, int]:
    if targets is None or not {"target_id", "year"} <= set(targets.columns):
        return {}
    return dict(targets.select("target_id", "year").iter_rows())


def _regencies(
    codes: Sequence[str],
    tables: Mapping[str, pl.DataFrame],
    register: Mapping[str, tuple[str, str]],
    years: Mapping[str, int],
) -> tuple[Place, ...]:
    full = {}
    for code in codes:
        rows = tables.get(code)
        kind = rows["regency_kind"][-1] if rows is not None else register[code][1]
        full[code] = full_name(_name(code, rows, "regency_name", register), kind)
    shorts = short_names(list(full.values()))
    return tuple(_place(code, shorts[name], name, tables.get(code), years) for code, name in full.items())


def _place(code: str, name: str, full: str, rows: pl.DataFrame | None, years: Mapping[str, int]) -> Place:
    figures = () if rows is None else tuple(_figure(row, years) for row in rows.iter_rows(named=True))
    return Place(code, name, full, figures, {figure.period: figure for figure in figures})


def _figure(row: dict[str, Any], years: Mapping[str, int]) -> Figure:
    return Figure(
        period=row["period"],
        as_of=row["as_of"],
        members=row["active_members"],
        base=row["working_population"],
        pct=row["coverage_pct"],
        target=row["target_pct"],
        target_id=row["target_id"],
        gap=row["gap_points"],
        needed=row["members_needed"],
        change=row["change_12m_points"],
        rank=row.get("rank_in_province"),
        status=row["figure_status"],
        obs=row["obs_status"],
        coverage_status=row["coverage_status"],
        numerator_id=row["numerator_id"],
        denominator_id=row["denominator_id"],
        target_year=years.get(row["target_id"] or "", row["period"].year),
        is_reported_total=row.get("members_basis") == "reported_total",
    )


def _checked_code(code: str, pattern: str, table: str) -> str:
    if not re.fullmatch(pattern, code):
        raise PublicationError(
            f"“{code}” is not a BPS code", where=table, hint="codes are digits only; they become file names"
        )
    return code
