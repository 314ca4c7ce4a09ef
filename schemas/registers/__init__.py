"""Registers: reference data as CSV beside this module, validated when loaded.

A register that breaks a rule is refused with file and line, before any extract is read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from schemas.catalog import REFERENCE, TableEntry
from schemas.errors import RegisterError
from schemas.validation import broken_rules

PACKAGED = Path(__file__).parent
NATION = "00"
_LINE = "__line"


@dataclass(frozen=True)
class Registers:
    """All registers, validated on their own and against each other."""

    regions: pl.DataFrame
    definitions: pl.DataFrame
    targets: pl.DataFrame
    published_figures: pl.DataFrame
    corrections: pl.DataFrame
    #: SHA-256 of each register file, by register name.
    digests: dict[str, str]

    def frames(self) -> dict[str, pl.DataFrame]:
        """Register name → frame, as loaded into schema `reference`."""
        return {entry.name: getattr(self, entry.name) for entry in REFERENCE}

    def definition_ids(self, role: str) -> list[str]:
        """Ids of the numerators or of the denominators."""
        return self.definitions.filter(pl.col("role") == role)["definition_id"].to_list()


def load_registers(folder: Path = PACKAGED) -> Registers:
    """Read and validate every register of `folder`.

    Raises RegisterError naming file and line of the first broken rules.
    """
    frames: dict[str, pl.DataFrame] = {}
    digests: dict[str, str] = {}
    for entry in REFERENCE:
        path = folder / f"{entry.name}.csv"
        digests[entry.name] = _digest(path)
        frames[entry.name] = _load(entry, path)
    _check_references(frames, folder)
    _check_overlaps(frames["regions"], folder)
    return Registers(
        **{name: frame.drop(_LINE) for name, frame in frames.items()},
        digests=digests,
    )


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise RegisterError(
            f"register cannot be read ({error.strerror})", where=str(path), hint="Restore the file."
        ) from None


def _load(entry: TableEntry, path: Path) -> pl.DataFrame:
    """Read one register as text, type it and hold it against its model; adds the line number."""
    text = _read_text(entry, path)
    typed = _typed(entry, text, path)
    failed = broken_rules(entry.model.to_schema(), typed.drop(_LINE))
    for rule, flags in failed.items():
        _refuse(path, typed.filter(flags), rule)
    return typed


def _read_text(entry: TableEntry, path: Path) -> pl.DataFrame:
    expected = list(entry.model.polars_schema())
    try:
        rows = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError:
        raise RegisterError(
            "the CSV cannot be read: a line has more fields than the header, or quotes are not closed",
            where=str(path),
            hint="Open the file and compare each line with the header.",
        ) from None
    if rows.columns != expected:
        missing = [column for column in expected if column not in rows.columns]
        extra = [column for column in rows.columns if column not in expected]
        raise RegisterError(
            f"the header differs: missing {missing or 'none'}, unexpected {extra or 'none'}",
            where=f"{path}:1",
            hint=f"Expected: {','.join(expected)}",
        )
    return rows.with_columns(_physical_lines(path, rows.height))


def _physical_lines(path: Path, rows: int) -> pl.Series:
    """Line of each record. Registers hold no line break inside quotes, so record n is line n + 1."""
    lines = path.read_text(encoding="utf-8").splitlines()
    filled = [number for number, line in enumerate(lines, 1) if line.strip()][1:]
    if len(filled) != rows:
        raise RegisterError(
            f"{rows} records on {len(filled)} lines: a value holds a line break, or quotes are not closed",
            where=str(path),
            hint="Keep each record on one line.",
        )
    return pl.Series(_LINE, filled, dtype=pl.Int64)


def _typed(entry: TableEntry, text: pl.DataFrame, path: Path) -> pl.DataFrame:
    typed = text.with_columns(
        _as_type(name, dtype).alias(name) for name, dtype in entry.model.polars_schema().items()
    )
    for name in entry.model.polars_schema():
        unreadable = text[name].is_not_null() & typed[name].is_null()
        if unreadable.any():
            _refuse(path, typed.filter(unreadable), f"{name}:unreadable")
    return typed


def _as_type(name: str, dtype: Any) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Date:
        return column.str.to_date("%Y-%m-%d", strict=False)
    if dtype == pl.Boolean:
        return column.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if dtype == pl.String:
        return column
    return column.cast(dtype, strict=False)


def _check_references(frames: dict[str, pl.DataFrame], folder: Path) -> None:
    """Every code and definition that one register names must exist in the other."""
    regions = [*frames["regions"]["region_code_bps"].to_list(), NATION]
    numerators, denominators = (
        frames["definitions"].filter(pl.col("role") == role)["definition_id"].to_list()
        for role in ("numerator", "denominator")
    )
    for register, column, known in (
        ("targets", "region_code", regions),
        ("published_figures", "region_code", regions),
        ("corrections", "region_code", regions),
        ("targets", "numerator_id", numerators),
        ("targets", "denominator_id", denominators),
    ):
        unknown = frames[register].filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known))
        if unknown.height:
            _refuse(folder / f"{register}.csv", unknown, f"{column}:unknown")


def _check_overlaps(regions: pl.DataFrame, folder: Path) -> None:
    """A former code must not be the code of another region: a row would have two homes."""
    for issuer in ("bps", "kemendagri"):
        code, former = f"region_code_{issuer}", f"region_code_{issuer}_previous"
        clash = regions.filter(
            pl.col(former).is_not_null()
            & (pl.col(former).is_in(regions[code].to_list()) | pl.col(former).is_duplicated())
        )
        if clash.height:
            _refuse(folder / "regions.csv", clash, f"{former}:belongs_to_two_regions")


def _refuse(path: Path, rows: pl.DataFrame, rule: str) -> None:
    lines = rows[_LINE].to_list()
    shown = ", ".join(str(line) for line in lines[:10]) + (" …" if len(lines) > 10 else "")
    raise RegisterError(
        f"{len(lines)} record(s) break the rule {rule} (line {shown})",
        where=f"{path}:{lines[0]}",
        hint="Correct the record; `cakupan docs tables` describes the columns and their rules.",
    )
