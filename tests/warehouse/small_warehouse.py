"""A warehouse in memory, filled from CSVs: what the examples of marts and checks are built in.

A column that an example leaves out gets a value that says nothing: see `_left_out`.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

import warehouse.build
import warehouse.declared
from schemas.catalog import CATALOG, LAYERS, MARTS, TableEntry, table
from warehouse.build import build_marts
from warehouse.database import Connection, sql_text
from warehouse.declared import create_table, declared_columns

COUNTRY = Path(__file__).parent / "small_country"
RUN_ID = "run-1"
_INPUT_LAYERS = ("reference", "staging", "ledger")
#: Staging table → source of its files, and the column that holds their day.
_SOURCES = {
    "staging.membership_counts": ("rekap", "as_of"),
    "staging.bases": ("penduduk_bekerja", "base_round"),
}
_NEUTRAL = {
    "VARCHAR": "-",
    "BIGINT": "0",
    "BOOLEAN": "false",
    "TIMESTAMP WITH TIME ZONE": "2024-01-01 00:00:00+00",
}


def empty_warehouse() -> Connection:
    """Every table of the catalog, empty, with macros and views; marts are made by building them."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    for layer in LAYERS:
        connection.execute(f"CREATE SCHEMA {layer}")
    connection.execute(sql_text("macros.sql"))
    for entry in CATALOG:
        if entry.layer in _INPUT_LAYERS:
            create_table(connection, entry)
    connection.execute(f"CREATE VIEW ledger.counted_files AS {sql_text('views/counted_files.sql')}")
    return connection


def fill(connection: Connection, *folders: Path) -> None:
    """Replace every input table by `<layer>.<table>.csv` of the last folder that has one; empty otherwise."""
    given = {path.name.removesuffix(".csv"): path for folder in folders for path in folder.glob("*.*.csv")}
    unknown = set(given) - {entry.full_name for entry in CATALOG if entry.layer in _INPUT_LAYERS}
    assert not unknown, f"no such input table: {unknown}"
    rows = {name: read_csv(path) for name, path in given.items()}
    rows.setdefault("ledger.files", _files_of(rows))
    sizes = Counter(row["file_id"] for name in _SOURCES for row in rows.get(name, []))
    for entry in CATALOG:
        if entry.layer in _INPUT_LAYERS:
            connection.execute(f"DELETE FROM {entry.full_name}")
            _insert(connection, entry, rows.get(entry.full_name, []), sizes)


def _files_of(rows: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One accepted file per file_id of the staged rows."""
    days = {
        row["file_id"]: (source, row[day])
        for name, (source, day) in _SOURCES.items()
        for row in rows.get(name, [])
    }
    return [{"file_id": name, "source": source, "as_of": day} for name, (source, day) in days.items()]


def read_csv(path: Path) -> list[dict[str, str | None]]:
    """Rows of a CSV as text; an empty field is a null."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [{name: value or None for name, value in row.items()} for row in csv.DictReader(stream)]


def insert_rows(connection: Connection, full_name: str, rows: list[dict[str, Any]]) -> None:
    """Add rows of text to one table."""
    _insert(connection, table(full_name), rows, Counter(row.get("file_id") for row in rows))


def _insert(
    connection: Connection, entry: TableEntry, rows: list[dict[str, Any]], sizes: Counter[str | None]
) -> None:
    """Insert rows of text; columns that are left out get their neutral value."""
    columns = declared_columns(entry)
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"{entry.full_name} has no column {unknown}"
    nullable = {name for name, column in entry.model.to_schema().columns.items() if column.nullable}
    for number, row in enumerate(rows, 1):
        told = _left_out(row, number, sizes)
        values = [
            row[name]
            if name in row
            else told.get(name, None if name in nullable else _NEUTRAL.get(columns[name]))
            for name in columns
        ]
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO {entry.full_name} VALUES ({marks})", values)


def _left_out(row: dict[str, Any], number: int, sizes: Counter[str | None]) -> dict[str, Any]:
    """A file holds exactly the rows shown, a code says its level, and a day is delivered the day after."""
    told: dict[str, Any] = {"line": number}
    code = row.get("region_code")
    if code:
        told["region_level"] = "nation" if code == "00" else "regency" if len(code) == 4 else "province"
    if row.get("file_id"):
        rows_accepted = row.get("rows_accepted", sizes[row["file_id"]])
        told |= {
            "file_name": f"{row['file_id']}.csv",
            "sha256": hashlib.sha256(row["file_id"].encode()).hexdigest(),
            "reading": "r1",
            "scope": row["file_id"],
            "state": "accepted",
            "numerator_id": "workers_residence",
            "denominator_id": "eligible_workers",
            "rows_accepted": rows_accepted,
            "lines": int(rows_accepted) + int(row.get("rows_quarantined") or 0),
        }
    return told


def build(connection: Connection, marts: Iterable[str], patched: pytest.MonkeyPatch) -> None:
    """Build these marts and the marts that they read, and no other; comments take a third of the time."""
    needed = set[str]().union(*(_read_by(mart) for mart in marts))
    patched.setattr(warehouse.build, "MARTS", [entry for entry in MARTS if entry.name in needed])
    patched.setattr(warehouse.declared, "comment", lambda *_: None)
    build_marts(connection, RUN_ID)


@cache
def _read_by(mart: str) -> frozenset[str]:
    direct = re.findall(r"\bmarts\.(\w+)", sql_text(f"marts/{mart}.sql"))
    return frozenset({mart}.union(*(_read_by(name) for name in direct)))


def texts(
    connection: Connection, full_name: str, columns: list[str], condition: str = "true"
) -> list[tuple[str | None, ...]]:
    """Rows of a table as text, in the order of its key."""
    shown = ", ".join(f'"{name}"::VARCHAR' for name in columns)
    key = ", ".join(f'"{name}" NULLS FIRST' for name in table(full_name).key)
    return connection.execute(f"SELECT {shown} FROM {full_name} WHERE {condition} ORDER BY {key}").fetchall()
