"""The warehouse file: opening it, and its tables as the models declare them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb

from schemas.catalog import LAYERS, LEDGER, STAGING
from schemas.errors import ContractBroken, StorageError, TookTooLong
from warehouse.declared import (
    comment,
    create_table,
    declared_columns,
    declared_words,
    has_declared_form,
    tables_in,
)
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
        there = tables_in(connection)
        for entry in STAGING:
            if entry.full_name not in there:
                create_table(connection, entry)
                continue
            # Tables without file_id are replaced whole every night, whatever form they have.
            if "file_id" in declared_columns(entry) and not has_declared_form(there[entry.full_name], entry):
                raise StorageError(
                    f"{entry.full_name} has the form of another version",
                    where=str(path),
                    hint="Make the warehouse anew from the landing: `cakupan rebuild`.",
                )
        for entry in LEDGER:
            if not has_declared_form(there.get(entry.full_name), entry):
                raise ContractBroken(
                    f"{entry.full_name} is not as its model declares: a migration is missing",
                    where="warehouse/migrations",
                )
        for entry in (*STAGING, *LEDGER):
            found = there.get(entry.full_name)
            # Hundreds of statements, which nearly every night would say what is said already.
            if found and found.words != declared_words(entry, [name for name, _, _ in found.columns]):
                comment(connection, entry, entry.full_name)
        connection.execute(
            f"CREATE OR REPLACE VIEW ledger.counted_files AS {sql_text('views/counted_files.sql')}"
        )


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
