"""What the ledger knows and is told: files, runs, stages, checks, releases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

import polars as pl

from schemas.catalog import table
from warehouse.checks import Finding
from warehouse.database import Connection, rows, scalar
from warehouse.landing import LandingFile
from warehouse.load import insert
from warehouse.staged import rows_file
from warehouse.transaction import transaction

#: Stands for the digest of a file that was refused by its name.
NOT_READ = "-"


@cache
def method_digest() -> str:
    """SHA-256 over every query, check and macro: what turns counted files into figures."""
    digest = hashlib.sha256()
    for folder in ("warehouse", "warehouse.marts", "warehouse.checks", "warehouse.views"):
        for file in sorted(resources.files(folder).iterdir(), key=lambda item: item.name):
            if file.name.endswith(".sql"):
                digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def known_digests(connection: Connection) -> dict[tuple[str, int, int], str]:
    """(name, bytes, modified) of files seen before → SHA-256, so that an unchanged file is not read again.

    Files that were refused by their name were not read: they have no digest.
    """
    found = connection.execute(
        "SELECT file_name, bytes, modified_ns, sha256 FROM ledger.landing WHERE sha256 <> ?", [NOT_READ]
    ).fetchall()
    return {(name, size, modified): sha256 for name, size, modified, sha256 in found}


def remember_digests(connection: Connection, seen: Iterable[tuple[LandingFile, str]]) -> None:
    """Replace what is remembered of the landing by what was seen this time."""
    listed = [(file.name, file.bytes, file.modified_ns, sha256) for file, sha256 in seen]
    if set(listed) == set(connection.execute("FROM ledger.landing").fetchall()):
        return  # most nights, and a landing may hold thousands of files
    entry = table("ledger.landing")
    with transaction(connection):
        connection.execute("DELETE FROM ledger.landing")
        if listed:
            insert(connection, entry, pl.DataFrame(listed, entry.model.polars_schema(), orient="row"))


def known_readings(connection: Connection) -> dict[tuple[str, str], str]:
    """(file_id, reading) of every reading in the ledger → its state."""
    found = connection.execute("SELECT file_id, reading, state FROM ledger.files").fetchall()
    return {(file_id, reading): state for file_id, reading, state in found}


def counted_deliveries(connection: Connection) -> dict[tuple[str, str, Any], tuple[str, datetime]]:
    """Slot (source, scope, as_of) → the file that counts and when it was delivered."""
    found = connection.execute(
        "SELECT source, scope, as_of, file_id, delivered_at FROM ledger.counted_files"
    ).fetchall()
    return {(source, scope, as_of): (file_id, moment) for source, scope, as_of, file_id, moment in found}


def open_run(connection: Connection, run_id: str, moment: datetime) -> None:
    """Write down that a run began; a run that was killed before stays visible as failed."""
    connection.execute(
        """UPDATE ledger.runs SET outcome = 'failed', message = 'the run ended without closing its entry'
           WHERE outcome = 'running'"""
    )
    connection.execute(
        "INSERT INTO ledger.runs BY NAME SELECT ? AS run_id, ?::TIMESTAMPTZ AS started_at, 'running' AS outcome",
        [run_id, moment],
    )


def close_run(connection: Connection, run_id: str, moment: datetime, **facts: Any) -> None:
    """Write down how a run ended; `facts` are columns of ledger.runs."""
    columns = ", ".join(f"{name} = ?" for name in facts)
    connection.execute(
        f"UPDATE ledger.runs SET finished_at = ?, {columns} WHERE run_id = ?",
        [moment, *facts.values(), run_id],
    )


def last_night(connection: Connection) -> datetime | None:
    """When the newest run began that judged its files; not one that was killed or ended in an error."""
    found = scalar(
        connection, "SELECT max(started_at) FROM ledger.runs WHERE outcome NOT IN ('running', 'failed')"
    )
    return cast("datetime | None", found)


def record_step(connection: Connection, run_id: str, step: str, seconds: float, message: str) -> None:
    """Write down one stage of a run."""
    connection.execute("INSERT INTO ledger.steps VALUES (?, ?, ?, ?)", [run_id, step, seconds, message])


def record_checks(connection: Connection, run_id: str, findings: Iterable[Finding]) -> None:
    """Write down how many rows offend each check."""
    connection.execute("DELETE FROM ledger.check_results WHERE run_id = ?", [run_id])
    connection.executemany(
        "INSERT INTO ledger.check_results VALUES (?, ?, ?, ?)",
        [[run_id, one.check.check_id, one.check.severity, one.rows] for one in findings],
    )


def input_state(connection: Connection, registers: dict[str, str], method: str) -> str:
    """SHA-256 of everything a release depends on: counted files, registers, queries, program.

    When it is unchanged there is nothing to publish.
    """
    counted = connection.execute(
        """SELECT file_id, reading, epoch_us(delivered_at), is_revised
           FROM ledger.counted_files ORDER BY file_id"""
    ).fetchall()
    text = repr((counted, sorted(registers.items()), method, method_digest()))
    return hashlib.sha256(text.encode()).hexdigest()


def last_release(connection: Connection) -> dict[str, Any] | None:
    """Return the newest release of the ledger; None before the first."""
    found = rows(connection, "SELECT * FROM ledger.releases ORDER BY sequence DESC LIMIT 1")
    return found[0] if found else None


def record_release(connection: Connection, release: dict[str, Any]) -> None:
    """Write down a release as the newest; an entry of a run that was killed right after is replaced."""
    columns = ", ".join(f"? AS {name}" for name in release)
    newest = scalar(connection, "SELECT coalesce(max(sequence), 0) FROM ledger.releases")
    with transaction(connection):
        connection.execute("DELETE FROM ledger.releases WHERE release_id = ?", [release["release_id"]])
        connection.execute(
            f"INSERT INTO ledger.releases BY NAME SELECT {columns}, ? AS sequence",
            [*release.values(), newest + 1],
        )


def release_list(connection: Connection) -> list[dict[str, Any]]:
    """Every release, newest first."""
    return rows(
        connection,
        """SELECT release_id, data_as_of::VARCHAR AS data_as_of, published_at::VARCHAR AS published_at,
               previous_release_id, sha256, what_changed, input_state
           FROM ledger.releases ORDER BY sequence DESC""",
    )


def files_of_months(connection: Connection, first: date, last: date) -> list[tuple[str, str, date, str, str]]:
    """Files of the landing whose day lies in a range: (name, source, as_of, file_id, reading)."""
    return connection.execute(
        """SELECT DISTINCT landing.file_name, files.source, files.as_of, files.file_id, files.reading
           FROM ledger.files JOIN ledger.landing ON files.sha256 = landing.sha256
           WHERE files.as_of BETWEEN ? AND ? ORDER BY ALL""",
        [first, last],
    ).fetchall()


def forget_digests(connection: Connection, names: Iterable[str]) -> None:
    """Forget what files of the landing were like, so that their bytes are looked at again."""
    connection.execute("DELETE FROM ledger.landing WHERE list_contains(?, file_name)", [list(names)])


def forget_rejections(connection: Connection, file_ids: Iterable[str]) -> None:
    """Forget that files were rejected, so that they are read again; accepted readings stay."""
    connection.execute(
        "DELETE FROM ledger.files WHERE state = 'rejected' AND list_contains(?, file_id)", [list(file_ids)]
    )


def rejected_files(connection: Connection) -> list[dict[str, Any]]:
    """Files of the landing that were rejected as they stand there now, with what is wrong and what to do."""
    return rows(
        connection,
        """SELECT file_name, rejection, hint, read_at FROM (
               SELECT files.* FROM ledger.files
               JOIN ledger.landing ON files.file_name = landing.file_name
                   AND (files.sha256 = landing.sha256 OR (files.source IS NULL AND landing.sha256 = ?))
               QUALIFY row_number() OVER (PARTITION BY files.file_name ORDER BY read_at DESC) = 1)
           WHERE state = 'rejected'
           ORDER BY file_name""",
        [NOT_READ],
    )


def counted_rows(connection: Connection, staged: Path, source: str) -> list[tuple[str, Path]]:
    """(file name, staged Parquet) of every file of a source that counts and is still staged."""
    found = connection.execute(
        """SELECT file_name, as_of, file_id, reading FROM ledger.counted_files
           WHERE source = ? ORDER BY as_of, file_name""",
        [source],
    ).fetchall()
    paths = [
        (name, rows_file(staged / source / f"as_of={as_of}" / f"{file_id}-{reading}"))
        for name, as_of, file_id, reading in found
    ]
    return [(name, path) for name, path in paths if path.exists()]


def counts_synthetic_data(connection: Connection) -> bool:
    """Whether any file that counts says SYNTHETIC in its name."""
    return bool(
        scalar(connection, "SELECT count(*) FROM ledger.counted_files WHERE file_name ILIKE '%synthetic%'")
    )


def newest_day(connection: Connection) -> date | None:
    """Return the newest day that the warehouse has membership figures for, from whichever source."""
    newest = scalar(
        connection,
        """SELECT max(as_of) FROM (
               SELECT as_of FROM staging.membership_counts
               UNION ALL SELECT as_of FROM staging.worker_counts)""",
    )
    return cast("date | None", newest)
