"""What a press note tells of one region and month, taken from the published database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import Connection, rows

_LEVELS = {
    "nation": ("coverage_nationwide", "", "coverage_by_province", "province"),
    "province": ("coverage_by_province", "province_code", "coverage_by_regency", "regency"),
    "regency": ("coverage_by_regency", "regency_code", "", ""),
}


@dataclass(frozen=True)
class Figure:
    """Coverage of a region: never a percent without members and base."""

    name: str
    members: int
    base: int
    pct: Decimal


@dataclass(frozen=True)
class Target:
    """The target that the region is measured against, and how far it is."""

    year: int
    pct: Decimal
    set_by: str
    gap_points: Decimal
    members_needed: int


@dataclass(frozen=True)
class Change:
    """What moved since the figure before, and why."""

    since: date
    previous_pct: Decimal
    points: Decimal
    members: int
    base: int
    members_effect: Decimal | None
    base_effect: Decimal | None
    cause: str


@dataclass(frozen=True)
class NoteFacts:
    """All that a note may say. `figure` is None while the percent is withheld or missing."""

    release_id: str
    level: str
    place: str
    as_of: date
    status: str
    figure_status: str | None
    denominator_id: str | None
    members: int | None
    figure: Figure | None
    parts: tuple[Figure, ...]
    parts_expected: int
    parts_with_data: int
    target: Target | None
    change: Change | None

    @property
    def is_synthetic(self) -> bool:
        """Whether the release holds invented data; its id says so."""
        return self.release_id.endswith("-SYNTHETIC")


def level_of(code: str) -> str:
    """Level of a BPS code: 00 the country, two digits a province, four a regency."""
    if code == "00":
        return "nation"
    return "province" if len(code) == 2 else "regency"


def read_facts(database: Path, code: str, period: date) -> NoteFacts | None:
    """Read the facts of a region and month; None when the release has no such row."""
    with duckdb.connect(str(database), read_only=True) as connection:
        table, key, *_ = _LEVELS[level_of(code)]
        where = f"AND {key} = ?" if key else ""
        found = rows(
            connection,
            f"SELECT * FROM marts.{table} WHERE period = ? {where}",
            [period, code] if key else [period],
        )
        return _facts(connection, code, period, found[0]) if found else None


def _facts(connection: Connection, code: str, period: date, row: dict[str, Any]) -> NoteFacts:
    level = level_of(code)
    parts = _parts(connection, code, period, row)
    return NoteFacts(
        release_id=row["release_id"],
        level=level,
        place=_place(level, row),
        as_of=row["as_of"],
        status=row["coverage_status"],
        figure_status=row["figure_status"],
        denominator_id=row["denominator_id"],
        members=row["active_members"],
        figure=_figure(_place(level, row), row),
        parts=parts,
        parts_expected=row.get("parts_expected", 0),
        parts_with_data=row.get("parts_with_data", 0),
        target=_target(connection, row),
        change=_change(connection, code, period),
    )


def _place(level: str, row: dict[str, Any]) -> str:
    if level == "nation":
        return "Indonesia"
    if level == "province":
        return str(row["province_name"])
    return f"{row['regency_kind'].capitalize()} {row['regency_name']}"


def _figure(name: str, row: dict[str, Any]) -> Figure | None:
    if row["coverage_pct"] is None:
        return None
    return Figure(name, row["active_members"], row["working_population"], row["coverage_pct"])


def _parts(connection: Connection, code: str, period: date, row: dict[str, Any]) -> tuple[Figure, ...]:
    """Figures of the regions one level below, highest first; only those of the definition of the whole."""
    *_, table, level = _LEVELS[level_of(code)]
    if not table:
        return ()
    found = rows(
        connection,
        f"""SELECT * FROM marts.{table}
            WHERE period = ? AND coverage_pct IS NOT NULL AND (? = '00' OR province_code = ?)
                AND (? IS NULL OR (numerator_id, denominator_id) = (?, ?))
            ORDER BY coverage_pct DESC, {level}_code""",
        [period, code, code, row["denominator_id"], row["numerator_id"], row["denominator_id"]],
    )
    # Figures of two definitions have no highest and no lowest.
    if len({(part["numerator_id"], part["denominator_id"]) for part in found}) > 1:
        return ()
    return tuple(figure for part in found if (figure := _figure(_place(level, part), part)))


def _target(connection: Connection, row: dict[str, Any]) -> Target | None:
    if row["target_id"] is None or row["gap_points"] is None:
        return None
    [target] = rows(connection, "FROM marts.targets WHERE target_id = ?", [row["target_id"]])
    # The register goes on in English about who told it: "Kemendagri (monitoring of local governments)".
    set_by = re.split(r" \(|, ", target["set_by"])[0]
    return Target(target["year"], row["target_pct"], set_by, row["gap_points"], row["members_needed"])


def _change(connection: Connection, code: str, period: date) -> Change | None:
    found = rows(
        connection,
        "FROM marts.coverage_change WHERE region_code = ? AND period = ?",
        [code, period],
    )
    if not found:
        return None
    row = found[0]
    return Change(
        row["previous_as_of"],
        row["previous_coverage_pct"],
        row["change_points"],
        row["members_change"],
        row["base_change"],
        row["members_effect_points"],
        row["base_effect_points"],
        row["cause"],
    )
