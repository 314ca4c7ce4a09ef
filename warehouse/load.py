"""Registers and staged files into the warehouse: one transaction per load, never half a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from schemas.catalog import LEDGER, REFERENCE, STAGING, TableEntry, table
from schemas.errors import ContractBroken
from warehouse.database import Connection, scalar
from warehouse.declared import create_table
from warehouse.staged import FileRecord, rows_file
from warehouse.transaction import transaction

#: Where the rows of a source are staged.
STAGING_TABLE = {"rekap": "staging.membership_counts", "penduduk_bekerja": "staging.bases"}


def load_reference(connection: Connection, registers: Mapping[str, pl.DataFrame]) -> None:
    """Replace the reference tables by the validated registers, in one transaction."""
    _replace(connection, {entry: registers[entry.name] for entry in REFERENCE})


def load_claims(connection: Connection, claims: Mapping[str, pl.DataFrame]) -> None:
    """Replace what was computed from printed statements (table name → frame), in one transaction."""
    _replace(connection, {table(f"staging.{name}"): frame for name, frame in claims.items()})


def _replace(connection: Connection, frames: Mapping[TableEntry, pl.DataFrame]) -> None:
    with transaction(connection):
        for entry, frame in frames.items():
            connection.execute(f"DROP TABLE IF EXISTS {entry.full_name}")
            create_table(connection, entry)
            if frame.height:
                insert(connection, entry, frame)


def insert(connection: Connection, entry: TableEntry, frame: pl.DataFrame) -> None:
    """Insert rows by column name."""
    columns = ", ".join(f'"{name}"' for name in entry.model.polars_schema())
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"INSERT INTO {entry.full_name} BY NAME SELECT {columns} FROM incoming")
    # Not in a `finally`: an aborted transaction refuses it, and that refusal would hide the true error.
    connection.unregister("incoming")


def load_file(connection: Connection, record: FileRecord, folder: Path | None) -> None:
    """Load one staged file, or the fact that a file was rejected; a superseded delivery leaves staging.

    One transaction: afterwards the slot holds the rows of the newest accepted delivery and of no other.
    Raises ContractBroken when the staged rows are not as many as the gate accepted.
    """
    record = _read_last(connection, record)
    with transaction(connection):
        forget(connection, record.file_id, record.reading)
        _enter(connection, "files", [record.ledger_row()])
        _enter(connection, "rejections", _reasons(record))
        if folder is not None and record.source in STAGING_TABLE:
            _load_rows(connection, record, folder)


def _read_last(connection: Connection, record: FileRecord) -> FileRecord:
    """Let the newest reading of a file also be the latest by its time: a clock may have been set back."""
    last = scalar(
        connection,
        "SELECT max(read_at) FROM ledger.files WHERE file_id = ? AND reading <> ?",
        [record.file_id, record.reading],
    )
    if last is None or last < record.read_at:
        return record
    return dataclasses.replace(record, read_at=last + timedelta(microseconds=1))


def forget(connection: Connection, file_id: str, reading: str) -> None:
    """Take an earlier record of the same reading out of the ledger, so that loading again changes nothing."""
    for name in ("files", "rejections"):
        connection.execute(f"DELETE FROM ledger.{name} WHERE file_id = ? AND reading = ?", [file_id, reading])


def _load_rows(connection: Connection, record: FileRecord, folder: Path) -> None:
    assert record.source is not None  # noqa: S101 (the caller looked)
    entry = table(STAGING_TABLE[record.source])
    counted = _counted(connection, record)
    # Rows of files that no longer count, and of an earlier reading of this one.
    connection.execute(
        f"""DELETE FROM {entry.full_name} WHERE file_id = ? OR (file_id <> ? AND file_id IN (
            SELECT file_id FROM ledger.files WHERE (source, scope, as_of) = (?, ?, ?)))""",
        [record.file_id, counted, record.source, record.scope, record.as_of],
    )
    if record.file_id != counted:
        return
    columns = ", ".join(f'"{name}"' for name in entry.model.polars_schema())
    connection.execute(
        f"INSERT INTO {entry.full_name} BY NAME SELECT {columns} FROM read_parquet(?)",
        [str(rows_file(folder))],
    )
    loaded = scalar(connection, f"SELECT count(*) FROM {entry.full_name} WHERE file_id = ?", [record.file_id])
    if loaded != record.rows_accepted:
        raise ContractBroken(
            f"{loaded} staged rows, but the gate accepted {record.rows_accepted}", where=record.file_name
        )


def _counted(connection: Connection, record: FileRecord) -> str | None:
    found = connection.execute(
        "SELECT file_id FROM ledger.counted_files WHERE (source, scope, as_of) = (?, ?, ?)",
        [record.source, record.scope, record.as_of],
    ).fetchall()
    return found[0][0] if found else None


def _enter(connection: Connection, name: str, listed: list[dict[str, Any]]) -> None:
    """Enter a few rows into a table of the ledger: by value, since a frame must be registered first."""
    if not listed:
        return
    columns = list(table(f"ledger.{name}").model.polars_schema())
    row = f"({', '.join('?' * len(columns))})"
    connection.execute(
        f"INSERT INTO ledger.{name} ({', '.join(columns)}) VALUES {', '.join([row] * len(listed))}",
        [entry[column] for entry in listed for column in columns],
    )


def _reasons(record: FileRecord) -> list[dict[str, Any]]:
    return [
        {"file_id": record.file_id, "reading": record.reading, **dataclasses.asdict(reason)}
        for reason in record.reasons
    ]


def empty_tables(connection: Connection, entries: Sequence[TableEntry] = (*STAGING, *LEDGER)) -> None:
    """Create staging and ledger tables that are not there."""
    for entry in entries:
        create_table(connection, entry)
