"""Changes of the ledger's form, applied once each and in order: numbered SQL files in `migrations/`.

The ledger is the one part of the warehouse that cannot be made again from files, so its tables are made
and changed here and nowhere else; tables that can be made again follow their models. A file that was
applied anywhere is never edited: what is to change next gets the next number. Migrations run before the
staging tables are created, so one that changes staging says `ALTER TABLE IF EXISTS`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path

import duckdb

from schemas.errors import ContractBroken, StorageError
from warehouse.transaction import transaction

Connection = duckdb.DuckDBPyConnection
_NAME = re.compile(r"(?P<version>[0-9]{3})_(?P<name>[a-z0-9_]+)\.sql")


@dataclass(frozen=True)
class Migration:
    """One numbered change: the text of its file and the digest by which an edit is noticed."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known_migrations() -> tuple[Migration, ...]:
    """Every migration of this program, in order.

    Raises ContractBroken when the numbers are not 1, 2, 3 … without a gap.
    """
    found = []
    for file in resources.files("warehouse").joinpath("migrations").iterdir():
        match = _NAME.fullmatch(file.name)
        if match:
            found.append(Migration(int(match["version"]), match["name"], file.read_text(encoding="utf-8")))
    found.sort(key=lambda migration: migration.version)
    if [migration.version for migration in found] != list(range(1, len(found) + 1)):
        raise ContractBroken("the numbers of the migrations have a gap", where="warehouse/migrations")
    return tuple(found)


def applied_migrations(connection: Connection) -> dict[int, tuple[str, str]]:
    """Version → (name, SHA-256) of what was applied to this ledger; empty for a new file."""
    there = connection.execute(
        """SELECT count(*) FROM duckdb_tables()
           WHERE database_name = current_database() AND schema_name = 'ledger'
               AND table_name = 'schema_version'"""
    ).fetchall()
    if not there[0][0]:
        return {}
    found = connection.execute("SELECT version, name, sha256 FROM ledger.schema_version").fetchall()
    return {version: (name, sha256) for version, name, sha256 in found}


def pending_migrations(
    connection: Connection, path: Path, known: tuple[Migration, ...]
) -> tuple[Migration, ...]:
    """Return what is still to be applied.

    Raises StorageError when the ledger was written by a newer program, or by one whose migrations were
    other ones: going on would damage what cannot be made again.
    """
    applied = applied_migrations(connection)
    newest = max(applied, default=0)
    if newest > len(known):
        raise StorageError(
            f"the ledger has version {newest}, this program knows versions up to {len(known)}",
            where=str(path),
            hint="Install the newer version of cakupan that wrote it; nothing was changed.",
        )
    for migration in known[:newest]:
        if applied.get(migration.version) != (migration.name, migration.sha256):
            raise StorageError(
                f"migration {migration.version:03} of this ledger is not the one of this program",
                where=str(path),
                hint="Install the version that wrote it, or make the warehouse anew: `cakupan rebuild`.",
            )
    return known[newest:]


def migrate(
    connection: Connection, path: Path, moment: datetime | None, known: tuple[Migration, ...] | None = None
) -> tuple[Migration, ...]:
    """Bring the ledger to the form that this program knows; returns what was applied.

    Each migration and its entry are one transaction. Without a moment nothing may be changed: raises
    StorageError when something is pending.
    """
    known = known_migrations() if known is None else known
    pending = pending_migrations(connection, path, known)
    if pending and moment is None:
        raise StorageError(
            f"the ledger has version {len(known) - len(pending)}, this program works with {len(known)}",
            where=str(path),
            hint="`cakupan run` brings it up to date.",
        )
    for migration in pending:
        _apply(connection, migration, moment)
    return pending


def _apply(connection: Connection, migration: Migration, moment: datetime | None) -> None:
    with transaction(connection):
        connection.execute("CREATE SCHEMA IF NOT EXISTS ledger")
        connection.execute(migration.sql)
        connection.execute(
            "INSERT INTO ledger.schema_version VALUES (?, ?, ?, ?)",
            [migration.version, migration.name, migration.sha256, moment],
        )
