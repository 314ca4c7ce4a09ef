"""The warehouse file: opening it, and its tables as the models declare them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schemas.catalog import CATALOG, LAYERS, RELEASE_COLUMN, TableEntry
from schemas.errors import ContractBroken, StorageError
from schemas.tables.table import vocabulary

Connection = duckdb.DuckDBPyConnection
LEDGER_VERSION = 1


@dataclass(frozen=True)
class Limits:
    """What one connection may use: memory (`4GB`), threads, and where it spills."""

    memory: str = "4GB"
    threads: int = 2
    spill: Path | None = None


@contextlib.contextmanager
def open_warehouse(path: Path, limits: Limits) -> Iterator[Connection]:
    """Open the working file for writing and make sure that schemas, macros and ledger are there.

    Raises StorageError when another process holds the file, the disk refuses, or the file is damaged or
    newer than this program.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": limits.memory,
        "threads": limits.threads,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": True,
    }
    if limits.spill is not None:
        config["temp_directory"] = str(limits.spill)
    with storage_errors(path):
        connection = duckdb.connect(str(path), config=config)
        try:
            path.chmod(0o600)
            connection.execute("SET TimeZone = 'UTC'")
            _prepare(connection, path)
            yield connection
        finally:
            connection.close()


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn DuckDB's errors about the file itself into a StorageError that says what to do."""
    try:
        yield
    except duckdb.Error as error:
        text = str(error)
        if "Could not set lock" in text:
            hint = "Another program has it open. Analysts open published/latest/cakupan.duckdb instead."
        elif "No space left" in text or "max_temp_directory_size" in text:
            hint = "Free disk space and run again; the warehouse holds its last committed state."
        elif "orrupt" in text or "checksum" in text or "not a valid DuckDB" in text:
            hint = "Move the file away and run again: it is rebuilt from staged files and the landing."
        else:
            raise
        raise StorageError(
            f"the warehouse cannot be used ({_first_line(text)})", where=str(path), hint=hint
        ) from None
    except OSError as error:
        raise StorageError(
            f"the disk refuses ({error.strerror})", where=str(path), hint="Check free space and permissions."
        ) from None


def _first_line(text: str) -> str:
    return text.splitlines()[0][:200] if text else "no message"


def _prepare(connection: Connection, path: Path) -> None:
    """Create what is missing; refuse a ledger written by a newer version."""
    for layer in LAYERS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    connection.execute(sql_text("macros.sql"))
    for entry in CATALOG:
        if entry.layer in ("ledger", "staging"):
            create_table(connection, entry)
    connection.execute(
        f"CREATE OR REPLACE VIEW ledger.counted_files AS {sql_text('views/counted_files.sql')}"
    )
    version = scalar(connection, "SELECT max(version) FROM ledger.schema_version")
    if version is not None and version > LEDGER_VERSION:
        raise StorageError(
            f"the ledger has version {version}, this program knows {LEDGER_VERSION}",
            where=str(path),
            hint="Use the newer version of cakupan that wrote it.",
        )


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
    usage = "".join(f" {english} | {indonesian}" for english, indonesian in entry.warnings)
    text = f"{entry.title_en}: {entry.description} | {entry.title_id}.{usage}"
    connection.execute(f"COMMENT ON TABLE {name} IS {quoted(text)}")
    for column in described_columns(connection, name):
        words = vocabulary()[column]
        unit = f" [{words.unit}]" if words.unit else ""
        connection.execute(
            f'COMMENT ON COLUMN {name}."{column}" IS {quoted(f"{words.english}{unit} | {words.indonesian}")}'
        )


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


def sql_text(name: str) -> str:
    """Return an SQL file of this package."""
    return resources.files("warehouse").joinpath(name).read_text(encoding="utf-8")


def scalar(connection: Connection, query: str, parameters: list[Any] | None = None) -> Any:
    """Return the single value of a query; leaves no result open on the connection."""
    return connection.execute(query, parameters or []).fetchall()[0][0]


def rows(connection: Connection, query: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
    """Return the rows of a query as dictionaries."""
    cursor = connection.execute(query, parameters or [])
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def declared_columns(entry: TableEntry, *, published: bool = False) -> dict[str, str]:
    """Column → DuckDB type of a table as declared; with `release_id` in front when published."""
    columns = {name: sql_type(dtype) for name, dtype in entry.model.polars_schema().items()}
    return {RELEASE_COLUMN: "VARCHAR", **columns} if published else columns
