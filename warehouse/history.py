"""What no landing can tell: earlier runs, releases, and deliveries that were replaced since."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from schemas.catalog import table
from schemas.errors import StorageError
from warehouse import ledger
from warehouse.database import Connection, rows
from warehouse.declared import quoted
from warehouse.migrating import applied_migrations, known_migrations, pending_migrations
from warehouse.release.shelf import LIST

#: Ledger tables that tell only of the past.
_PAST = ("runs", "steps", "check_results")


@dataclass(frozen=True)
class Before:
    """What was known: files that counted (id → name), releases (oldest first), the old warehouse if readable.

    `problem`: why the old warehouse cannot be read, in words for a person.
    """

    warehouse: Path | None = None
    counted: dict[str, str] = field(default_factory=dict)
    releases: tuple[dict[str, Any], ...] = ()
    problem: str = ""


def known_before(warehouse: Path, published: Path) -> Before:
    """Return what can still be read of the past: the old ledger, or else the public list of releases.

    Raises StorageError when the old ledger was written by a newer program.
    """
    if not warehouse.exists():
        return Before(releases=listed_releases(published))
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            if max(applied_migrations(connection), default=0) > len(known_migrations()):
                pending_migrations(connection, warehouse, known_migrations())
            for name in (*_PAST, "files", "rejections"):
                _read_whole(connection, name)
            counted = connection.execute("SELECT file_id, file_name FROM ledger.counted_files").fetchall()
            releases = rows(connection, "SELECT * FROM ledger.releases ORDER BY sequence")
            return Before(warehouse, dict(counted), tuple(releases))
    except duckdb.Error as error:
        told = str(error).splitlines()[0][:120]
        return Before(
            releases=listed_releases(published),
            problem=f"the old warehouse cannot be read ({told}): its earlier runs are forgotten, and whether "
            "files that counted are missing from the landing cannot be told",
        )


def _read_whole(connection: Connection, name: str) -> None:
    """Read every column: a damaged block shows only when it is read."""
    columns = ", ".join(f'count("{column}")' for column in table(f"ledger.{name}").model.polars_schema())
    connection.execute(f"SELECT {columns} FROM ledger.{name}").fetchall()


def listed_releases(published: Path) -> tuple[dict[str, Any], ...]:
    """Return the public list of releases as rows of the ledger, oldest first; empty where it is not there."""
    try:
        listed = json.loads((published / LIST).read_text(encoding="utf-8"))
        return tuple(
            release
            | {
                "published_at": datetime.fromisoformat(release["published_at"]),
                "data_as_of": release["data_as_of"] and date.fromisoformat(release["data_as_of"]),
            }
            for release in reversed(listed)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def carry_over(connection: Connection, before: Before, at_hand: Collection[str] | None) -> None:
    """Copy the past into a fresh ledger.

    `at_hand`: files of the landing, which are read again; every other delivery was replaced, and only its
    entry is taken. None: files that counted are gone, so that no entry of a file may be taken.
    """
    for release in before.releases:
        ledger.record_release(connection, {key: release[key] for key in release if key != "sequence"})
    if before.warehouse is None:
        return
    try:
        connection.execute(f"ATTACH {quoted(str(before.warehouse))} AS past (READ_ONLY)")
    except duckdb.Error as error:
        raise StorageError(
            f"the old warehouse cannot be read ({str(error).splitlines()[0][:120]})",
            where=str(before.warehouse),
            hint="Is another program reading it? Analysts open published/latest/cakupan.duckdb instead.",
        ) from None
    try:
        for name in _PAST:
            connection.execute(
                f"""INSERT INTO ledger.{name} BY NAME SELECT * FROM past.ledger.{name}
                    WHERE run_id NOT IN (SELECT run_id FROM ledger.runs)"""
            )
        for name in ("files", "rejections") if at_hand is not None else ():
            connection.execute(
                f"""INSERT INTO ledger.{name} BY NAME SELECT * FROM past.ledger.{name}
                    WHERE NOT list_contains(?::VARCHAR[], file_id)""",
                [list(at_hand or ())],
            )
    finally:
        connection.execute("DETACH past")
