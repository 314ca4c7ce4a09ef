"""Registers: reference data as CSV beside this module, validated when loaded.

A register that breaks a rule is refused with file and line, before any extract is read.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from schemas.catalog import REFERENCE, TableEntry
from schemas.errors import RegisterError
from schemas.sources import SOURCES
from schemas.validation import broken_rules

PACKAGED = Path(__file__).parent
NATION = "00"
_LINE = "__line"
#: What a spreadsheet would compute instead of showing, when it opens the CSV of a release.
_FORMULA = r"^([=@\t\r]|[+-].*[^\d.,\s])"


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
    _check_corrections(frames["corrections"], folder)
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
    computed = typed.select(pl.col(pl.String).str.contains(_FORMULA).fill_null(value=False))
    for name in computed.columns:
        if computed[name].any():
            _refuse(path, typed.filter(computed[name]), f"{name}:formula")
    return typed


def _read_text(entry: TableEntry, path: Path) -> pl.DataFrame:
    """Return the records as text with their line numbers. Registers hold no line break inside quotes."""
    expected = list(entry.model.polars_schema())
    (_, header), *records = _records(path) or [(1, [])]
    if header != expected:
        missing = [column for column in expected if column not in header]
        extra = [column for column in header if column not in expected]
        raise RegisterError(
            f"the header differs: missing {missing or 'none'}, unexpected {extra or 'none'}",
            where=f"{path}:1",
            hint=f"Expected: {','.join(expected)}",
        )
    for line, record in records:
        if len(record) != len(expected):
            raise RegisterError(
                f"the record has {len(record)} fields, the header has {len(expected)}",
                where=f"{path}:{line}",
                hint="Compare the line with the header; a value with a comma stands in quotes.",
            )
    rows = [[line, *(value or None for value in record)] for line, record in records]
    return pl.DataFrame(
        rows, schema={_LINE: pl.Int64, **dict.fromkeys(expected, pl.String)}, orient="row"
    ).select(*expected, _LINE)


def _records(path: Path) -> list[tuple[int, list[str]]]:
    """Line number and fields of every record, the header first; Polars would fill short lines in silence."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise RegisterError(
            "the register is not UTF-8", where=str(path), hint="Save it again as CSV in UTF-8."
        ) from None
    records = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            records.append((number, next(csv.reader([line.rstrip("\r")], strict=True))))
        except csv.Error:
            raise RegisterError(
                "quotes are not closed, or a value holds a line break",
                where=f"{path}:{number}",
                hint="Keep each record on one line.",
            ) from None
    return records


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
    if isinstance(dtype, pl.Decimal):
        # Further decimals would be cut off without a word.
        fits = column.str.contains(rf"^-?\d+(\.\d{{1,{dtype.scale}}})?$")
        return pl.when(fits).then(column).cast(dtype, strict=False)
    return column.cast(dtype, strict=False)


def _check_references(frames: dict[str, pl.DataFrame], folder: Path) -> None:
    """Every code, definition and source that one register names must be declared in the other."""
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
        ("corrections", "source", list(SOURCES)),
        ("corrections", "column", [name for source in SOURCES.values() for name in source.column_names]),
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


def _check_corrections(corrections: pl.DataFrame, folder: Path) -> None:
    """A correction names its cell by region and segment, which no row of a person has for itself."""
    closed = [name for name, source in SOURCES.items() if not source.takes_corrections]
    wrong = corrections.filter(pl.col("source").is_in(closed))
    if wrong.height:
        line = wrong[_LINE][0]
        raise RegisterError(
            f"rows of {wrong['source'][0]} cannot be corrected here",
            where=f"{folder / 'corrections.csv'}:{line}",
            hint="Remove the record, and ask the office for a corrected file.",
        )


def _refuse(path: Path, rows: pl.DataFrame, rule: str) -> None:
    lines = rows[_LINE].to_list()
    shown = ", ".join(str(line) for line in lines[:10]) + (" …" if len(lines) > 10 else "")
    raise RegisterError(
        f"{len(lines)} record(s) break the rule {rule} (line {shown})",
        where=f"{path}:{lines[0]}",
        hint="Correct the record; `cakupan docs tables` describes the columns and their rules.",
    )
