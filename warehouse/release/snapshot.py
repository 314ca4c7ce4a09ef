"""`cakupan.duckdb`: the published tables and views, with comments, for every client since DuckDB 1.2.

Built by selecting into a new file. Copying everything and dropping the rest would leave the dropped rows
readable in the bytes.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from schemas.catalog import PUBLISHED, RELEASE_COLUMN
from schemas.errors import StorageError
from warehouse.database import Connection, sql_text
from warehouse.declared import comment, declared_columns, quoted
from warehouse.release.facts import ReleaseFacts
from warehouse.release.tables import released, rows_in_order
from warehouse.release.views import create_views, published_views
from warehouse.transaction import transaction

#: Readable by DuckDB 1.2 and later, and by the browser build; 2.0's default is readable by 2.0 alone.
STORAGE_VERSION = "v1.2.0"
_NAME = "publication"


def write_snapshot(connection: Connection, facts: ReleaseFacts, path: Path) -> None:
    """Write the database file of a release and read every column of it back.

    Raises StorageError when the file has another storage version or does not read back whole.
    """
    connection.execute(f"ATTACH {quoted(str(path))} AS {_NAME} (STORAGE_VERSION '{STORAGE_VERSION}')")
    try:
        with transaction(connection):  # hundreds of statements, each of which would wait for the disk
            connection.execute(f"CREATE SCHEMA {_NAME}.marts")
            for entry in PUBLISHED:
                target = f"{_NAME}.marts.{entry.name}"
                nullable = {name: column.nullable for name, column in entry.model.to_schema().columns.items()}
                columns = ", ".join(
                    f'"{name}" {kind}{"" if nullable.get(name, False) else " NOT NULL"}'
                    for name, kind in declared_columns(entry, published=True).items()
                )
                connection.execute(f"CREATE TABLE {target} ({columns})")
                query = released(rows_in_order(connection, entry), facts.release_id)
                connection.execute(f"INSERT INTO {target} {query}")
                comment(connection, entry, target)
            connection.execute(f"USE {_NAME}")
            connection.execute(sql_text("macros.sql"))
            create_views(connection)
    finally:
        connection.execute("USE warehouse.main")
        connection.execute(f"DETACH {_NAME}")
    _read_back(path)


def _read_back(path: Path) -> None:
    """Open the file as an analyst would, check its version, scan every column: checksums are per block."""
    with duckdb.connect(str(path), read_only=True) as reader:
        version = _storage_version(reader)
        if version != STORAGE_VERSION:
            raise StorageError(
                f"the published database has another storage version ({version})",
                where=str(path),
                hint=f"Expected {STORAGE_VERSION}; see docs/decisions.",
            )
        for entry in PUBLISHED:
            columns = ", ".join(f'count("{name}")' for name in (RELEASE_COLUMN, *entry.model.polars_schema()))
            reader.execute(f"SELECT {columns} FROM marts.{entry.name}").fetchall()
        for view in published_views():
            reader.execute(f"SELECT count(*) FROM {view.full_name}").fetchall()


def _storage_version(reader: duckdb.DuckDBPyConnection) -> str:
    """Return the range of clients that the file says it is for: its first number is the oldest of them."""
    tags = reader.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()[0][0]
    return str(tags.get("storage_version", "unknown")).removesuffix("+")


def storage_version(path: Path) -> str:
    """Return the storage version of a published database. Raises StorageError when it cannot be opened."""
    try:
        with duckdb.connect(str(path), read_only=True) as reader:
            return _storage_version(reader)
    except duckdb.Error as error:
        raise StorageError(
            f"the published database cannot be opened ({str(error).splitlines()[0][:120]})",
            where=str(path),
            hint="Publish it again: `cakupan rebuild`.",
        ) from None
