"""The warehouse file: opening it, and its tables as the models declare them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schemas.catalog import LAYERS, LEDGER, RELEASE_COLUMN, STAGING, TableEntry
from schemas.errors import ContractBroken, StorageError, TookTooLong
from schemas.tables.table import vocabulary
from warehouse.migrating import migrate
from warehouse.transaction import transaction

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Limits:
    """What one connection may use: memory (`4GB`), threads, where it spills, and seconds per query."""

    memory: str = "4GB"
    threads: int = 2
    spill: Path | None = None
    query_seconds: int = 1800


@contextlib.contextmanager
def open_warehouse(path: Path, limits: Limits, moment: datetime | None = None) -> Iterator[Connection]:
    """Open the working file for writing and make sure that schemas, macros and ledger are there.

    A ledger of an earlier version is brought up to date, which is entered with the moment; without a moment
    it is refused. Raises StorageError when another process holds the file, the disk refuses, or the file is
    damaged or newer than this program.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": limits.memory,
        "threads": limits.threads,
        "max_execution_time": limits.query_seconds * 1000,
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
            _prepare(connection, path, moment)
            yield connection
        finally:
            connection.close()


#: What DuckDB says of a file that is cut off, overwritten or something else.
_DAMAGED = ("orrupt", "checksum", "not a valid DuckDB", "Could not read enough bytes")


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn DuckDB's errors about the file itself into a StorageError that says what to do."""
    try:
        yield
    except duckdb.InterruptException:
        raise TookTooLong(
            "a query took longer than it may",
            where=str(path),
            hint="Run again; if the data has grown, raise CAKUPAN_QUERY_SECONDS.",
        ) from None
    except duckdb.Error as error:
        text = str(error)
        if "Could not set lock" in text:
            hint = "Another program has it open. Analysts open published/latest/cakupan.duckdb instead."
        elif "No space left" in text or "max_temp_directory_size" in text:
            hint = "Free disk space and run again; the warehouse holds its last committed state."
        elif any(told in text for told in _DAMAGED):
            hint = "Move the file away and run again: it is rebuilt from staged files and the landing."
        elif isinstance(error, duckdb.IOException) and str(path) in text:
            hint = "Check that it is a file in a folder that this user may read and write."
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


def _prepare(connection: Connection, path: Path, moment: datetime | None) -> None:
    """Bring the ledger up to date, then create what is missing; a ledger that is refused stays untouched."""
    migrate(connection, path, moment)
    with transaction(connection):  # dozens of statements: one commit
        for layer in LAYERS:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
        connection.execute(sql_text("macros.sql"))
        for entry in STAGING:
            create_table(connection, entry)
            # Tables without file_id are replaced whole every night, whatever form they have.
            if "file_id" in declared_columns(entry) and not is_as_declared(connection, entry):
                raise StorageError(
                    f"{entry.full_name} has the form of another version",
                    where=str(path),
                    hint="Make the warehouse anew from the landing: `cakupan rebuild`.",
                )
        for entry in LEDGER:
            if not is_as_declared(connection, entry):
                raise ContractBroken(
                    f"{entry.full_name} is not as its model declares: a migration is missing",
                    where="warehouse/migrations",
                )
            comment(connection, entry, entry.full_name)
        connection.execute(
            f"CREATE OR REPLACE VIEW ledger.counted_files AS {sql_text('views/counted_files.sql')}"
        )


def is_as_declared(connection: Connection, entry: TableEntry) -> bool:
    """Whether a table has the columns, types and constraints of its model."""
    found = connection.execute(
        """SELECT column_name, data_type, is_nullable FROM duckdb_columns()
           WHERE database_name = current_database() AND schema_name = ? AND table_name = ?
           ORDER BY column_index""",
        [entry.layer, entry.name],
    ).fetchall()
    columns = entry.model.to_schema().columns
    declared = [(name, kind, columns[name].nullable) for name, kind in declared_columns(entry).items()]
    return found == declared


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
