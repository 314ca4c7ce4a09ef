"""Published tables as CSV and Parquet: the same rows in the same order, the release in front."""

from __future__ import annotations

from pathlib import Path

from schemas.catalog import PUBLISHED, RELEASE_COLUMN, TableEntry
from warehouse.database import Connection, quoted
from warehouse.release.facts import ReleaseFacts

#: Title and link that travel inside every Parquet file.
LICENCE = "CC-BY-4.0"

#: The table on the page: of each province the newest month with any figure, one row per regency.
_LATEST = """
    SELECT * FROM marts.coverage_by_regency
    WHERE (province_code, period) IN (
        SELECT province_code, max(CASE WHEN has_figure THEN period END)
        FROM (
            SELECT province_code, period, coverage_pct IS NOT NULL AS has_figure
            FROM marts.coverage_by_regency
            UNION ALL
            SELECT province_code, period, coverage_pct IS NOT NULL FROM marts.coverage_by_province
        ) GROUP BY province_code HAVING bool_or(has_figure)
        UNION ALL
        SELECT province_code, max(period) FROM marts.coverage_by_regency GROUP BY province_code
        HAVING province_code NOT IN (
            SELECT province_code FROM marts.coverage_by_regency WHERE coverage_pct IS NOT NULL
            UNION SELECT province_code FROM marts.coverage_by_province WHERE coverage_pct IS NOT NULL
        )
    )
"""


def write_tables(connection: Connection, facts: ReleaseFacts, folder: Path) -> dict[str, int]:
    """Write every published table and `coverage_latest.csv`; returns rows per file stem."""
    counts = {}
    for entry in PUBLISHED:
        counts[entry.name] = _write(
            connection, entry, f"SELECT * FROM {entry.full_name}", entry.name, facts, folder
        )
    regency = next(entry for entry in PUBLISHED if entry.name == "coverage_by_regency")
    counts["coverage_latest"] = _write(
        connection,
        regency,
        f"{_LATEST} ORDER BY {regency.order}",
        "coverage_latest",
        facts,
        folder,
        parquet=False,
    )
    return counts


def released(query: str, release_id: str) -> str:
    """Return the query with the release in front; marts stand in the order of their keys (warehouse.build)."""
    return f"SELECT {quoted(release_id)} AS {RELEASE_COLUMN}, * FROM ({query})"


def _write(
    connection: Connection,
    entry: TableEntry,
    query: str,
    name: str,
    facts: ReleaseFacts,
    folder: Path,
    *,
    parquet: bool = True,
) -> int:
    rows = released(query, facts.release_id)
    csv = quoted(str(folder / f"{name}.csv"))
    done = connection.execute(
        f"COPY ({rows}) TO {csv} (FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"')"
    ).fetchall()
    if parquet:
        told = {
            "title": f"{entry.title_en} | {entry.title_id}",
            "release_id": facts.release_id,
            "licence": LICENCE,
            "synthetic": "yes" if facts.is_synthetic else "no",
        }
        metadata = ", ".join(f"{key}: {quoted(value)}" for key, value in told.items())
        connection.execute(
            f"COPY ({rows}) TO {quoted(str(folder / f'{name}.parquet'))} "
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{metadata}}})"
        )
    return int(done[0][0])
