"""Tables as the models declare them: making them, describing them, and whether a file has them so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import polars as pl

from schemas.catalog import RELEASE_COLUMN, TableEntry
from schemas.errors import ContractBroken
from schemas.tables.table import vocabulary

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class TableForm:
    """A table as it stands in the file: column, type and whether it may be null; what it says of itself.

    `words`: the table's comment, then that of each column.
    """

    columns: list[tuple[str, str, bool]]
    words: list[str | None]


def tables_in(connection: Connection) -> dict[str, TableForm]:
    """Full name → form of every table of this file."""
    found: dict[str, TableForm] = {}
    for layer, name, words in connection.execute(
        """SELECT schema_name, table_name, comment FROM duckdb_tables()
           WHERE database_name = current_database()"""
    ).fetchall():
        found[f"{layer}.{name}"] = TableForm([], [words])
    for layer, name, column, kind, nullable, words in connection.execute(
        """SELECT schema_name, table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()
           WHERE database_name = current_database() ORDER BY column_index"""
    ).fetchall():
        if form := found.get(f"{layer}.{name}"):  # views have columns as well
            form.columns.append((column, kind, nullable))
            form.words.append(words)
    return found


def is_as_declared(connection: Connection, entry: TableEntry) -> bool:
    """Whether a table has the columns, types and constraints of its model."""
    return has_declared_form(tables_in(connection).get(entry.full_name), entry)


def has_declared_form(found: TableForm | None, entry: TableEntry) -> bool:
    """Whether a table was found, with the columns, types and constraints of its model."""
    columns = entry.model.to_schema().columns
    declared = [(name, kind, columns[name].nullable) for name, kind in declared_columns(entry).items()]
    return found is not None and found.columns == declared


def create_table(connection: Connection, entry: TableEntry, *, name: str | None = None) -> None:
    """Create a table as its model declares it, with comments; leaves an existing one alone."""
    name = name or entry.full_name
    schema = entry.model.to_schema()
    columns = ", ".join(
        f'"{column}" {sql_type(dtype)}{"" if schema.columns[column].nullable else " NOT NULL"}'
        for column, dtype in entry.model.polars_schema().items()
    )
    connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
    comment(connection, entry, name)


def comment(connection: Connection, entry: TableEntry, name: str) -> None:
    """Write what a table and its columns mean into the database, in English and Indonesian."""
    columns = described_columns(connection, name)
    table, *words = declared_words(entry, columns)
    said = [f"COMMENT ON TABLE {name} IS {quoted(table)}"]
    said += [
        f'COMMENT ON COLUMN {name}."{column}" IS {quoted(text)}'
        for column, text in zip(columns, words, strict=True)
    ]
    connection.execute("; ".join(said))


def declared_words(entry: TableEntry, columns: list[str]) -> list[str]:
    """Return what a table means, then what each of its columns means."""
    usage = "".join(f" {english} | {indonesian}" for english, indonesian in entry.warnings)
    said = [f"{entry.title_en}: {entry.description} | {entry.title_id}.{usage}"]
    for column in columns:
        words = vocabulary()[column]
        unit = f" [{words.unit}]" if words.unit else ""
        said.append(f"{words.english}{unit} | {words.indonesian}")
    return said


def described_columns(connection: Connection, name: str) -> list[str]:
    """Column names of a table, in order."""
    return [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()]


def quoted(text: str) -> str:
    """Return text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@cache
def _sql_types() -> dict[Any, str]:
    return {
        pl.String: "VARCHAR",
        pl.Int64: "BIGINT",
        pl.UInt32: "UINTEGER",
        pl.Float64: "DOUBLE",
        pl.Boolean: "BOOLEAN",
        pl.Date: "DATE",
    }


def sql_type(dtype: Any) -> str:
    """Return the DuckDB type of a Polars type. Raises ContractBroken for a type no table may use."""
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.Datetime):
        return "TIMESTAMP WITH TIME ZONE"
    for known, name in _sql_types().items():
        if dtype == known:
            return name
    raise ContractBroken(f"no DuckDB type is declared for {dtype}")


def declared_columns(entry: TableEntry, *, published: bool = False) -> dict[str, str]:
    """Column → DuckDB type of a table as declared; with `release_id` in front when published."""
    columns = {name: sql_type(dtype) for name, dtype in entry.model.polars_schema().items()}
    return {RELEASE_COLUMN: "VARCHAR", **columns} if published else columns
